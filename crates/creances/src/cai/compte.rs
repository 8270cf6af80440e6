use std::collections::{HashMap, HashSet};

use acces::{Action, Perimetre, Permis};
use droit::{Nature, Poste};
use jiff::civil::Date;
use serde::{Serialize, Serializer};
use storage::{Tx, sql};
use valeurs::{DossierId, Montant, Periode, date_fr};

use super::totaux::totaliser;
use super::{Rubrique, Sens, Totaux};
use crate::Erreur;
use crate::creances::{lire_date, lire_nature};
use crate::dossiers::portee;
use crate::encaissements::lire_mode;
use crate::grand_livre::NatureMouvement;

pub(super) const TOUTES_BRANCHES: i64 = Perimetre::COTISATIONS | Perimetre::PRESTATIONS | Perimetre::SANTE;

/// De qui est le compte, à quelle date, et ce qu'il en ressort. `solde = du − en_attente = debit − credit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EnTete {
    /// Le dossier du débiteur.
    pub dossier: DossierId,
    /// Matricule du débiteur.
    pub matricule: String,
    /// Nom, ou raison sociale.
    pub nom: String,
    /// Prénom ; vide pour une société.
    pub prenom: String,
    /// Dernier jour compris dans le compte.
    pub au: Date,
    /// Somme des débits, en centimes.
    #[serde(rename = "debit_centimes")]
    pub debit: Montant,
    /// Somme des crédits, en centimes.
    #[serde(rename = "credit_centimes")]
    pub credit: Montant,
    /// Ce que ses créances lui laissent devoir, en centimes.
    #[serde(rename = "du_centimes")]
    pub du: Montant,
    /// Ce qui attend en RAC à son nom, en centimes ; négatif si un prélèvement revenu attend son origine. Absent si
    /// les habilitations ne le montrent pas : le solde est alors celui des seules créances.
    #[serde(rename = "en_attente_centimes")]
    pub en_attente: Option<Montant>,
    /// Débit moins crédit, en centimes.
    #[serde(rename = "solde_centimes")]
    pub solde: Montant,
}

/// Une écriture du compte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LigneCai {
    /// Date d'effet.
    pub jour: Date,
    /// Premier et dernier jours de la période, inclus ; aucune pour ce qui attend en RAC.
    pub periode: Option<(Date, Date)>,
    /// La période en toutes lettres, ou « sans période ».
    pub periode_libelle: String,
    /// Ce qui est dû.
    #[serde(serialize_with = "nature_en_base")]
    pub famille: Option<Nature>,
    /// Compartiment de la créance.
    pub poste: Option<Poste>,
    /// Débit ou crédit.
    pub sens: Sens,
    /// Ce que la ligne est.
    pub rubrique: Rubrique,
    /// En centimes, jamais négatif : le sens dit le signe.
    #[serde(rename = "montant_centimes")]
    pub montant: Montant,
    /// Référence de la créance ; pour ce qui attend en RAC, numéro de la recette.
    pub reference: String,
    /// Date limite d'exigibilité de la créance.
    pub exigible_le: Option<Date>,
    /// Jour du paiement, s'il y en a un.
    pub paye_le: Option<Date>,
    /// Auteur du mouvement.
    pub auteur: String,
    /// Son motif.
    pub motif: Option<String>,
    /// Le mouvement au grand livre.
    pub mouvement: i64,
    /// La recette, s'il y en a une.
    pub recette: Option<i64>,
}

impl LigneCai {
    /// Le montant, s'il est au débit.
    #[must_use]
    pub fn debit(&self) -> Option<Montant> {
        (self.sens == Sens::Debit).then_some(self.montant)
    }

    /// Le montant, s'il est au crédit.
    #[must_use]
    pub fn credit(&self) -> Option<Montant> {
        (self.sens == Sens::Credit).then_some(self.montant)
    }
}

/// Le compte adhérent individuel d'un débiteur à une date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cai {
    /// De qui, à quelle date, le solde.
    pub en_tete: EnTete,
    /// Les écritures, dans l'ordre de leur date d'effet puis de leur enregistrement.
    pub lignes: Vec<LigneCai>,
    /// Par période et famille.
    pub totaux: Vec<Totaux>,
}

/// Un objet de l'export JSON, un par ligne : le compte, puis ses écritures.
#[derive(Debug, Serialize)]
#[serde(tag = "objet", rename_all = "snake_case")]
pub enum ObjetCai<'c> {
    /// Le compte.
    Compte(&'c EnTete),
    /// Une écriture.
    Ligne(&'c LigneCai),
}

impl Cai {
    /// Les objets de l'export JSON, dans l'ordre.
    pub fn objets(&self) -> impl Iterator<Item = ObjetCai<'_>> {
        std::iter::once(ObjetCai::Compte(&self.en_tete)).chain(self.lignes.iter().map(ObjetCai::Ligne))
    }
}

/// Le compte d'un débiteur, de tout ce qui a pris effet jusqu'au jour `au` inclus, dans le périmètre du permis.
///
/// # Errors
/// [`Erreur::DossierInconnu`] si le dossier n'existe pas, n'est pas du périmètre ou n'est pas celui du permis ; le
/// refus de la base.
pub async fn compte(
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    dossier: DossierId,
    au: Date,
) -> Result<Cai, Erreur> {
    match portee(permis, dossier) {
        Some(perimetre) => compte_vu(tx, perimetre, dossier, au).await,
        None => Err(Erreur::DossierInconnu),
    }
}

#[derive(sqlx::FromRow)]
struct Titulaire {
    matricule: String,
    nom: String,
    prenom: String,
}

#[derive(sqlx::FromRow)]
struct Ecriture {
    mouvement_id: i64,
    rang: i64,
    jour: String,
    montant_centimes: i64,
    poste: Option<String>,
    mouvement: String,
    contrepasse: Option<String>,
    auteur: String,
    motif: Option<String>,
    creance_id: Option<i64>,
    reference: Option<String>,
    nature: Option<String>,
    periode_debut: Option<String>,
    periode_fin: Option<String>,
    exigible_le: Option<String>,
    recette: Option<i64>,
    mode: Option<String>,
    paye_le: Option<String>,
}

pub(super) async fn compte_vu(
    tx: &mut Tx,
    perimetre: &Perimetre,
    dossier: DossierId,
    au: Date,
) -> Result<Cai, Erreur> {
    let titulaire: Option<Titulaire> = sql!(
        "SELECT matricule, nom, prenom FROM debiteur WHERE id = $1 AND (branches = 0 OR (branches & $2) <> 0)"
    )
    .bind(dossier)
    .bind(perimetre.branches)
    .au_plus_une(tx)
    .await?;
    let titulaire = titulaire.ok_or(Erreur::DossierInconnu)?;
    let mut ecritures: Vec<Ecriture> = sql!(
        "SELECT e.mouvement_id, e.rang, e.jour, e.montant_centimes, e.poste, m.nature AS mouvement, \
         o.nature AS contrepasse, m.auteur, m.motif, e.creance_id, c.reference, c.nature, c.periode_debut, \
         c.periode_fin, c.exigible_le, e.encaissement_id AS recette, r.mode, r.jour AS paye_le \
         FROM ecriture e JOIN mouvement m ON m.id = e.mouvement_id \
         LEFT JOIN mouvement o ON o.id = m.contrepasse \
         JOIN creance c ON c.id = e.creance_id LEFT JOIN encaissement r ON r.id = e.encaissement_id \
         WHERE e.dossier_id = $1 AND e.jour <= $2 AND e.compte = 'creance' AND (c.branche & $3) <> 0"
    )
    .bind(dossier)
    .bind(au.to_string())
    .bind(perimetre.branches)
    .toutes(tx)
    .await?;
    // Ce qui attend n'est encore d'aucune branche : le montrer à un service qui n'en voit qu'une lui dirait peut-être
    // le paiement d'une dette qui n'est pas de ses attributions.
    let avec_rac = perimetre.bancaire || perimetre.branches & TOUTES_BRANCHES == TOUTES_BRANCHES;
    if avec_rac {
        let attente: Vec<Ecriture> = sql!(
            "SELECT e.mouvement_id, e.rang, e.jour, e.montant_centimes, e.poste, m.nature AS mouvement, \
             o.nature AS contrepasse, m.auteur, m.motif, e.creance_id, e.poste AS reference, e.poste AS nature, \
             e.poste AS periode_debut, e.poste AS periode_fin, e.poste AS exigible_le, r.id AS recette, r.mode, \
             r.jour AS paye_le FROM encaissement r JOIN ecriture e ON e.encaissement_id = r.id \
             JOIN mouvement m ON m.id = e.mouvement_id LEFT JOIN mouvement o ON o.id = m.contrepasse \
             WHERE r.dossier_id = $1 AND e.jour <= $2 AND e.compte = 'rac'"
        )
        .bind(dossier)
        .bind(au.to_string())
        .toutes(tx)
        .await?;
        ecritures.extend(attente);
    }
    ecritures.sort_by(|a, b| (&a.jour, a.mouvement_id, a.rang).cmp(&(&b.jour, b.mouvement_id, b.rang)));
    let mut premieres = Premieres::default();
    let lignes = ecritures
        .iter()
        .map(|e| e.ligne(&mut premieres))
        .collect::<Result<Vec<_>, _>>()?;
    let net = |rac: bool| {
        let siennes = ecritures.iter().filter(|e| e.creance_id.is_none() == rac);
        Montant::somme(siennes.map(|e| Montant::de_centimes(e.montant_centimes)))
    };
    let (du, attendu) = (net(false)?, net(true)?.oppose());
    Ok(Cai {
        en_tete: EnTete {
            dossier,
            matricule: titulaire.matricule,
            nom: titulaire.nom,
            prenom: titulaire.prenom,
            au,
            debit: Montant::somme(lignes.iter().filter_map(LigneCai::debit))?,
            credit: Montant::somme(lignes.iter().filter_map(LigneCai::credit))?,
            du,
            en_attente: avec_rac.then_some(attendu),
            solde: du.checked_sub(attendu)?,
        },
        totaux: totaliser(&lignes)?,
        lignes,
    })
}

/// Période et famille.
type Cle = (Option<(Date, Date)>, Option<Nature>);

/// La première créance émise pour chaque période et famille : les suivantes sont des régularisations.
#[derive(Default)]
struct Premieres {
    par_cle: HashMap<Cle, i64>,
    suivantes: HashSet<i64>,
}

impl Premieres {
    fn suivante(&mut self, cle: Cle, creance: Option<i64>) -> bool {
        let Some(creance) = creance else { return false };
        if *self.par_cle.entry(cle).or_insert(creance) != creance {
            self.suivantes.insert(creance);
        }
        self.suivantes.contains(&creance)
    }
}

impl Ecriture {
    fn ligne(&self, premieres: &mut Premieres) -> Result<LigneCai, Erreur> {
        let date = |texte: &Option<String>| texte.as_deref().map(lire_date).transpose();
        let periode = date(&self.periode_debut)?.zip(date(&self.periode_fin)?);
        let famille = self.nature.as_deref().map(lire_nature).transpose()?;
        let mode = self.mode.as_deref().map(lire_mode).transpose()?;
        let nature = self.contrepasse.as_deref().unwrap_or(&self.mouvement);
        let nature = NatureMouvement::du_code(nature).ok_or(Erreur::Illisible("nature de mouvement"))?;
        let suivante = premieres.suivante((periode, famille), self.creance_id);
        let montant = Montant::de_centimes(self.montant_centimes);
        Ok(LigneCai {
            jour: lire_date(&self.jour)?,
            periode,
            periode_libelle: periode.map_or_else(|| "sans période".to_owned(), libelle_periode),
            famille,
            poste: self
                .poste
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(|_| Erreur::Illisible("poste"))?,
            sens: if montant.est_negatif() {
                Sens::Credit
            } else {
                Sens::Debit
            },
            rubrique: Rubrique::de(nature, self.creance_id.is_none(), suivante, mode),
            montant: montant.abs(),
            reference: match (&self.reference, self.recette) {
                (Some(reference), _) => reference.clone(),
                (None, Some(recette)) => format!("recette {recette}"),
                (None, None) => String::new(),
            },
            exigible_le: date(&self.exigible_le)?,
            paye_le: date(&self.paye_le)?,
            auteur: self.auteur.clone(),
            motif: self.motif.clone(),
            mouvement: self.mouvement_id,
            recette: self.recette,
        })
    }
}

/// « janvier 2026 », « 1er trimestre 2026 », « année 2026 » ; à défaut « du 15/01/2026 au 14/02/2026 ».
fn libelle_periode((debut, fin): (Date, Date)) -> String {
    let (annee, mois) = (debut.year(), debut.month());
    [
        Periode::mois(annee, mois),
        Periode::trimestre(annee, (mois + 2) / 3),
        Periode::annee(annee),
    ]
    .into_iter()
    .flatten()
    .find(|p| p.debut() == debut && p.fin() == fin)
    .map_or_else(
        || format!("du {} au {}", date_fr(debut), date_fr(fin)),
        Periode::libelle,
    )
}

/// La nature par son code stable, comme en base et dans les imports.
pub(super) fn nature_en_base<S: Serializer>(nature: &Option<Nature>, s: S) -> Result<S::Ok, S::Error> {
    nature.map(Nature::code).serialize(s)
}
