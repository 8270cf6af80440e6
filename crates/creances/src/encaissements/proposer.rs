mod indices;
mod noms;

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use acces::{Action, Perimetre, Permis};
use storage::{Lot, Tx, sql};
use valeurs::{DossierId, Montant};

use crate::Erreur;
use indices::Indice;

/// Propositions au plus : au-delà, l'agent cherche lui-même.
const PROPOSITIONS: usize = 10;
/// Sous ce score, une proposition n'aide pas.
const SEUIL: u32 = 20;

/// Un débiteur, et peut-être une créance, où une recette en RAC pourrait aller.
#[derive(Clone, PartialEq, Eq)]
pub struct Proposition {
    /// Le dossier.
    pub dossier: DossierId,
    /// Matricule du débiteur.
    pub matricule: String,
    /// Nom, ou raison sociale.
    pub nom: String,
    /// Prénom ; vide pour une société.
    pub prenom: String,
    /// Ce qu'il doit, toutes créances visibles ensemble.
    pub du: Montant,
    /// La créance que la recette semble payer.
    pub creance: Option<CreanceProposee>,
    /// De 0 à 100 : la somme de ce que valent les motifs.
    pub score: u32,
    /// Pourquoi, du plus fort au plus faible.
    pub motifs: Vec<Motif>,
}

impl fmt::Debug for Proposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proposition")
            .field("dossier", &self.dossier)
            .field("creance", &self.creance)
            .field("score", &self.score)
            .field("motifs", &self.motifs)
            .finish_non_exhaustive()
    }
}

/// Une créance ouverte qu'une recette semble payer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreanceProposee {
    /// La créance.
    pub id: i64,
    /// Sa référence.
    pub reference: String,
    /// Ce qui en reste dû, tous postes ensemble.
    pub reste: Montant,
}

/// Ce qui rapproche une recette d'un débiteur. Se lit en français par `Display`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Motif {
    /// Le SIRET annoncé est le sien.
    Siret,
    /// Le texte du paiement porte la référence d'une de ses créances.
    Reference,
    /// Le texte du paiement porte son matricule.
    Matricule,
    /// Il paie depuis ce compte, et lui seul.
    Iban,
    /// Une part de la recette est déjà à son compte.
    DejaRattachee,
    /// Le SIRET annoncé est celui d'un autre établissement de la même entreprise.
    Siren,
    /// Tous les mots de son nom sont dans le paiement.
    NomIdentique,
    /// Ce qui attend est exactement ce qui reste d'une de ses créances.
    MontantExact,
    /// Plusieurs débiteurs, dont lui, paient depuis ce compte.
    IbanPartage,
    /// Ce qui attend est exactement ce qui reste d'une de ses périodes.
    MontantDePeriode,
    /// Une bonne part des mots de son nom sont dans le paiement, à une faute près.
    NomProche,
}

impl Motif {
    const fn poids(self) -> u32 {
        match self {
            Self::Siret | Self::Reference => 70,
            Self::Matricule => 65,
            Self::Iban => 60,
            Self::DejaRattachee => 50,
            Self::Siren | Self::NomIdentique => 45,
            Self::IbanPartage | Self::MontantExact => 30,
            Self::MontantDePeriode | Self::NomProche => 25,
        }
    }

    /// Code des exports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Siret => "siret",
            Self::Reference => "reference",
            Self::Matricule => "matricule",
            Self::Iban => "iban",
            Self::DejaRattachee => "deja_rattachee",
            Self::Siren => "siren",
            Self::NomIdentique => "nom_identique",
            Self::MontantExact => "montant_exact",
            Self::IbanPartage => "iban_partage",
            Self::MontantDePeriode => "montant_de_periode",
            Self::NomProche => "nom_proche",
        }
    }
}

impl fmt::Display for Motif {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Siret => "le SIRET annoncé est le sien",
            Self::Reference => "le texte du paiement porte la référence d’une de ses créances",
            Self::Matricule => "le texte du paiement porte son matricule",
            Self::Iban => "le compte du payeur est connu à son nom",
            Self::DejaRattachee => "la recette est déjà rattachée à son dossier",
            Self::Siren => "le SIRET annoncé est celui d’un autre établissement de la même entreprise",
            Self::NomIdentique => "tous les mots de son nom sont dans le paiement",
            Self::MontantExact => "le montant est exactement celui d’une de ses créances",
            Self::IbanPartage => "le compte du payeur est connu à son nom et à d’autres",
            Self::MontantDePeriode => "le montant est exactement celui d’une de ses périodes",
            Self::NomProche => "le nom du payeur ressemble au sien",
        })
    }
}

/// Ce que la recette donne à chercher.
#[derive(sqlx::FromRow)]
struct Recette {
    id: i64,
    rac_centimes: i64,
    siret: Option<String>,
    iban_hache: Option<Vec<u8>>,
    nom_payeur: Option<String>,
    libelle: Option<String>,
    bout_en_bout: Option<String>,
    dossier_id: Option<i64>,
}

/// Où une recette en RAC pourrait aller : dix propositions au plus, la meilleure d'abord. L'agent décide.
///
/// # Errors
/// [`Erreur::RecetteInconnue`] si elle n'attend plus, ou si c'est un retour ; le refus de la base.
pub async fn proposer(
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    recette: i64,
) -> Result<Vec<Proposition>, Erreur> {
    proposer_dans(tx, permis.perimetre(), recette).await
}

async fn proposer_dans(tx: &mut Tx, perimetre: &Perimetre, recette: i64) -> Result<Vec<Proposition>, Erreur> {
    let recette: Option<Recette> = sql!(
        "SELECT id, rac_centimes, siret, iban_hache, nom_payeur, libelle, bout_en_bout, dossier_id \
         FROM encaissement WHERE id = $1 AND rac_centimes > 0"
    )
    .bind(recette)
    .au_plus_une(tx)
    .await?;
    let recette = recette
        .filter(|_| perimetre.identification)
        .ok_or(Erreur::RecetteInconnue)?;
    let mut indices = indices::chercher(tx, &recette).await?;
    indices.extend(noms::chercher(tx, &recette).await?);
    let mut par_dossier: BTreeMap<i64, Candidat> = BTreeMap::new();
    for Indice {
        dossier,
        creance,
        motif,
    } in indices
    {
        let c = par_dossier.entry(dossier).or_default();
        c.creance = c.creance.or(creance);
        if !c.motifs.contains(&motif) {
            c.motifs.push(motif);
        }
    }
    completer(tx, perimetre, recette.rac_centimes, par_dossier).await
}

#[derive(Default)]
struct Candidat {
    creance: Option<i64>,
    motifs: Vec<Motif>,
}

#[derive(sqlx::FromRow)]
struct Debiteur {
    id: i64,
    matricule: String,
    nom: String,
    prenom: String,
}

#[derive(sqlx::FromRow)]
struct Ouverte {
    id: i64,
    dossier_id: i64,
    reference: String,
    periode_debut: String,
    periode_fin: String,
    reste: i64,
}

/// Donne aux candidats leur nom, leurs créances ouvertes et ce que le montant en dit ; garde les meilleurs.
async fn completer(
    tx: &mut Tx,
    perimetre: &Perimetre,
    rac: i64,
    candidats: BTreeMap<i64, Candidat>,
) -> Result<Vec<Proposition>, Erreur> {
    let relation = || {
        Lot::nouveau()
            .entiers("dossier", candidats.keys().copied())
            .entiers("branches", candidats.keys().map(|_| perimetre.branches))
    };
    let debiteurs: Vec<Debiteur> = relation()
        .toutes(
            tx,
            "SELECT d.id, d.matricule, d.nom, d.prenom FROM v CROSS JOIN debiteur d WHERE d.id = v.dossier \
             AND (d.branches = 0 OR (d.branches & v.branches) <> 0)",
        )
        .await?;
    // « + » : sans lui, SQLite suivrait l'index des créances ouvertes, et les lirait toutes pour chaque débiteur.
    let ouvertes: Vec<Ouverte> = relation()
        .toutes(
            tx,
            "SELECT c.id, c.dossier_id, c.reference, c.periode_debut, c.periode_fin, c.reste_centimes AS reste \
             FROM v CROSS JOIN creance c WHERE c.dossier_id = v.dossier AND (c.branche & v.branches) <> 0 \
             AND +c.ouverte = 1 AND c.reste_centimes > 0 ORDER BY c.dossier_id, c.exigible_le, c.id",
        )
        .await?;
    let mut par_dossier: HashMap<i64, Vec<Ouverte>> = HashMap::new();
    for o in ouvertes {
        par_dossier.entry(o.dossier_id).or_default().push(o);
    }
    let mut propositions = Vec::with_capacity(debiteurs.len());
    for d in debiteurs {
        let Some(candidat) = candidats.get(&d.id) else {
            continue;
        };
        let ouvertes = par_dossier.remove(&d.id).unwrap_or_default();
        let mut motifs = candidat.motifs.clone();
        motifs.retain(|m| *m != Motif::MontantExact);
        let exacte = ouvertes.iter().find(|o| o.reste == rac);
        if exacte.is_some() {
            motifs.push(Motif::MontantExact);
        } else if periode_exacte(&ouvertes, rac) {
            motifs.push(Motif::MontantDePeriode);
        }
        let designee = candidat
            .creance
            .and_then(|id| ouvertes.iter().find(|o| o.id == id))
            .or(exacte);
        motifs.sort_unstable();
        let score = motifs.iter().map(|m| m.poids()).sum::<u32>().min(100);
        propositions.push(Proposition {
            dossier: DossierId::new(d.id),
            matricule: d.matricule,
            nom: d.nom,
            prenom: d.prenom,
            du: Montant::somme(ouvertes.iter().map(|o| Montant::de_centimes(o.reste)))?,
            creance: designee.map(|o| CreanceProposee {
                id: o.id,
                reference: o.reference.clone(),
                reste: Montant::de_centimes(o.reste),
            }),
            score,
            motifs,
        });
    }
    propositions.retain(|p| p.score >= SEUIL);
    propositions.sort_by(|a, b| b.score.cmp(&a.score).then(a.dossier.cmp(&b.dossier)));
    propositions.truncate(PROPOSITIONS);
    Ok(propositions)
}

/// Les restes d'une même période somment-ils au montant ?
fn periode_exacte(ouvertes: &[Ouverte], rac: i64) -> bool {
    let mut sommes: HashMap<(&str, &str), i128> = HashMap::new();
    for o in ouvertes {
        *sommes.entry((&o.periode_debut, &o.periode_fin)).or_default() += i128::from(o.reste);
    }
    sommes.into_values().any(|somme| somme == i128::from(rac))
}
