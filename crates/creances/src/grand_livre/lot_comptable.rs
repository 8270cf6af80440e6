use std::collections::BTreeMap;

use droit::{Nature, Poste, Regime};
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Lot, Tx};
use valeurs::{DossierId, Montant};

use super::{Compte, Mouvement};
use crate::Erreur;

/// Une créance à inscrire, avec l'identifiant réservé pour elle (`creance`).
#[derive(Clone, Debug)]
pub struct NouvelleCreance {
    /// Identifiant réservé.
    pub id: i64,
    /// Référence unique dans la caisse.
    pub reference: String,
    /// Dossier du débiteur.
    pub dossier: DossierId,
    /// Famille de cotisation, prestation indue…
    pub nature: Nature,
    /// Titre auquel elle est due.
    pub regime: Regime,
    /// Premier et dernier jours de la période, inclus.
    pub periode: (Date, Date),
    /// Jour d'émission.
    pub emise_le: Date,
    /// Date limite d'exigibilité.
    pub exigible_le: Date,
    /// Libellé montré.
    pub libelle: String,
    /// Cause d'un indu.
    pub cause: Option<String>,
    /// Principal émis, toutes parts ensemble.
    pub montant: Montant,
}

/// Une recette à inscrire, avec l'identifiant réservé pour elle (`encaissement`).
#[derive(Clone, Debug)]
pub struct NouvelEncaissement {
    /// Identifiant réservé.
    pub id: i64,
    /// Ce qui la rend unique.
    pub identite: Vec<u8>,
    /// Fichier d'où elle vient.
    pub fichier: Option<i64>,
    /// Ligne du fichier, à partir de 1.
    pub ligne: i64,
    /// Jour du paiement.
    pub jour: Date,
    /// Montant ; négatif pour un retour.
    pub montant: Montant,
    /// Code du mode de paiement.
    pub mode: String,
    /// SIRET annoncé, connu ou non de la caisse.
    pub siret: Option<String>,
    /// Période désignée (`2026-01`).
    pub periode: Option<String>,
    /// Haché à clé de l'IBAN du payeur.
    pub iban_hache: Option<Vec<u8>>,
    /// IBAN du payeur, scellé.
    pub iban_scelle: Option<Vec<u8>>,
    /// Nom du payeur selon la banque.
    pub nom_payeur: Option<String>,
    /// Texte libre du paiement.
    pub libelle: Option<String>,
    /// Référence de l'écriture à la banque.
    pub reference_bancaire: Option<String>,
    /// Identité de l'écriture de banque qui regroupe plusieurs opérations, dont celle-ci.
    pub lot_identite: Option<Vec<u8>>,
    /// Référence interbancaire de l'opération.
    pub transaction: Option<String>,
    /// Référence de bout en bout.
    pub bout_en_bout: Option<String>,
    /// Dossier du débiteur, s'il est connu.
    pub dossier: Option<DossierId>,
    /// Recette dont celle-ci est une part.
    pub parent: Option<i64>,
    /// Recette que ce retour défait.
    pub retour_de: Option<i64>,
    /// Code de ce qui la fait attendre en RAC.
    pub attente: Option<String>,
}

/// Tout ce qu'une transaction inscrit au grand livre, passé d'un coup : c'est le seul endroit qui écrit créances,
/// recettes, mouvements, écritures et les soldes qui en découlent.
#[derive(Default, Debug)]
pub struct LotComptable {
    /// Créances nouvelles.
    pub creances: Vec<NouvelleCreance>,
    /// Recettes nouvelles.
    pub encaissements: Vec<NouvelEncaissement>,
    /// Mouvements, dans l'ordre.
    pub mouvements: Vec<Mouvement>,
}

/// Les variations de solde que des écritures entraînent.
#[derive(Default)]
struct Variations {
    restes: BTreeMap<i64, [i64; Poste::NOMBRE]>,
    rac: BTreeMap<i64, i64>,
    soldes: BTreeMap<i64, i64>,
    branches: BTreeMap<i64, i64>,
}

impl LotComptable {
    /// Inscrit le lot ; rend les identifiants des mouvements, dans l'ordre.
    ///
    /// Les lignes des dossiers touchés doivent être verrouillées ([`Tx::verrouiller_dossiers`]).
    ///
    /// # Errors
    /// [`Erreur::Desequilibre`] si un mouvement ne somme pas à zéro (rien n'est écrit) ; le refus de la base.
    pub async fn passer(self, tx: &mut Tx, maintenant: Timestamp) -> Result<Vec<i64>, Erreur> {
        let mut variations = Variations::default();
        for m in &self.mouvements {
            if !m.somme()?.est_nul() || m.ecritures.is_empty() {
                return Err(Erreur::Desequilibre {
                    nature: m.nature.libelle(),
                });
            }
            for e in &m.ecritures {
                variations.noter(e.compte, e.montant)?;
            }
        }
        for c in &self.creances {
            *variations.branches.entry(c.dossier.get()).or_default() |= i64::from(c.nature.branche().bit());
        }
        let maintenant = maintenant.to_string();
        inscrire_creances(tx, self.creances, &mut variations).await?;
        inscrire_encaissements(tx, self.encaissements, &mut variations).await?;
        let ids = inscrire_mouvements(tx, self.mouvements, &maintenant).await?;
        variations.appliquer(tx).await?;
        Ok(ids)
    }
}

impl Variations {
    fn noter(&mut self, compte: Compte, montant: Montant) -> Result<(), Erreur> {
        let ajouter = |case: &mut i64, n: i64| -> Result<(), Erreur> {
            *case = case.checked_add(n).ok_or(valeurs::Depassement)?;
            Ok(())
        };
        match compte {
            Compte::Creance {
                dossier,
                creance,
                poste,
                ..
            } => {
                ajouter(
                    &mut self.restes.entry(creance).or_default()[poste.index()],
                    montant.centimes(),
                )?;
                ajouter(self.soldes.entry(dossier.get()).or_default(), montant.centimes())
            }
            Compte::Rac { encaissement } => ajouter(
                self.rac.entry(encaissement).or_default(),
                montant.oppose().centimes(),
            ),
            Compte::Banque { .. } | Compte::Rembourse { .. } | Compte::Contrepartie { .. } => Ok(()),
        }
    }

    async fn appliquer(self, tx: &mut Tx) -> Result<(), Erreur> {
        let colonne = |i: usize| self.restes.values().map(move |r| r[i]).collect::<Vec<_>>();
        Lot::nouveau()
            .entiers("id", self.restes.keys().copied())
            .entiers("a", colonne(0))
            .entiers("b", colonne(1))
            .entiers("c", colonne(2))
            .entiers("d", colonne(3))
            .entiers("e", colonne(4))
            .entiers("f", colonne(5))
            .executer(
                tx,
                "UPDATE creance SET reste_part_ouvriere = creance.reste_part_ouvriere + v.a, \
                 reste_part_patronale = creance.reste_part_patronale + v.b, \
                 reste_principal = creance.reste_principal + v.c, \
                 reste_majoration = creance.reste_majoration + v.d, \
                 reste_penalite = creance.reste_penalite + v.e, \
                 reste_frais = creance.reste_frais + v.f FROM v WHERE creance.id = v.id",
            )
            .await?;
        Lot::nouveau()
            .entiers("id", self.rac.keys().copied())
            .entiers("n", self.rac.values().copied())
            .executer(
                tx,
                "UPDATE encaissement SET rac_centimes = encaissement.rac_centimes + v.n, \
                 attente = CASE WHEN encaissement.rac_centimes + v.n = 0 THEN NULL \
                 ELSE COALESCE(encaissement.attente, 'declassee') END \
                 FROM v WHERE encaissement.id = v.id",
            )
            .await?;
        let dossiers: BTreeMap<i64, (i64, i64)> = self
            .soldes
            .keys()
            .chain(self.branches.keys())
            .map(|id| {
                let solde = self.soldes.get(id).copied().unwrap_or_default();
                (*id, (solde, self.branches.get(id).copied().unwrap_or_default()))
            })
            .collect();
        Lot::nouveau()
            .entiers("id", dossiers.keys().copied())
            .entiers("n", dossiers.values().map(|d| d.0))
            .entiers("b", dossiers.values().map(|d| d.1))
            .executer(
                tx,
                "UPDATE debiteur SET solde_centimes = debiteur.solde_centimes + v.n, \
                 branches = debiteur.branches | v.b FROM v WHERE debiteur.id = v.id",
            )
            .await?;
        Ok(())
    }
}

async fn inscrire_creances(
    tx: &mut Tx,
    creances: Vec<NouvelleCreance>,
    variations: &mut Variations,
) -> Result<(), Erreur> {
    if creances.is_empty() {
        return Ok(());
    }
    let restes: Vec<[i64; Poste::NOMBRE]> = creances
        .iter()
        .map(|c| variations.restes.remove(&c.id).unwrap_or_default())
        .collect();
    let colonne = |i: usize| restes.iter().map(move |r| r[i]).collect::<Vec<_>>();
    Lot::nouveau()
        .entiers("id", creances.iter().map(|c| c.id))
        .textes("reference", creances.iter().map(|c| c.reference.as_str()))
        .entiers("dossier_id", creances.iter().map(|c| c.dossier.get()))
        .entiers("branche", creances.iter().map(|c| i64::from(c.nature.branche().bit())))
        .textes("nature", creances.iter().map(|c| c.nature.code()))
        .textes("regime", creances.iter().map(|c| c.regime.code()))
        .textes("periode_debut", creances.iter().map(|c| c.periode.0.to_string()))
        .textes("periode_fin", creances.iter().map(|c| c.periode.1.to_string()))
        .textes("emise_le", creances.iter().map(|c| c.emise_le.to_string()))
        .textes("exigible_le", creances.iter().map(|c| c.exigible_le.to_string()))
        .textes("libelle", creances.iter().map(|c| c.libelle.as_str()))
        .textes_opt("cause", creances.iter().map(|c| c.cause.as_deref()))
        .entiers("montant_centimes", creances.iter().map(|c| c.montant.centimes()))
        .entiers("a", colonne(0))
        .entiers("b", colonne(1))
        .entiers("c", colonne(2))
        .entiers("d", colonne(3))
        .entiers("e", colonne(4))
        .entiers("f", colonne(5))
        .executer(
            tx,
            "INSERT INTO creance (id, reference, dossier_id, branche, nature, regime, periode_debut, periode_fin, \
             emise_le, exigible_le, libelle, cause, montant_centimes, reste_part_ouvriere, reste_part_patronale, \
             reste_principal, reste_majoration, reste_penalite, reste_frais) \
             SELECT id, reference, dossier_id, branche, nature, regime, periode_debut, periode_fin, emise_le, \
             exigible_le, libelle, cause, montant_centimes, a, b, c, d, e, f FROM v",
        )
        .await?;
    Ok(())
}

async fn inscrire_encaissements(
    tx: &mut Tx,
    recettes: Vec<NouvelEncaissement>,
    variations: &mut Variations,
) -> Result<(), Erreur> {
    if recettes.is_empty() {
        return Ok(());
    }
    let rac: Vec<i64> = recettes
        .iter()
        .map(|e| variations.rac.remove(&e.id).unwrap_or_default())
        .collect();
    Lot::nouveau()
        .entiers("id", recettes.iter().map(|e| e.id))
        .octets("identite", recettes.iter().map(|e| Some(e.identite.clone())))
        .entiers_opt("fichier_id", recettes.iter().map(|e| e.fichier))
        .entiers("ligne", recettes.iter().map(|e| e.ligne))
        .textes("jour", recettes.iter().map(|e| e.jour.to_string()))
        .entiers("montant_centimes", recettes.iter().map(|e| e.montant.centimes()))
        .textes("mode", recettes.iter().map(|e| e.mode.as_str()))
        .textes_opt("siret", recettes.iter().map(|e| e.siret.as_deref()))
        .textes_opt("periode", recettes.iter().map(|e| e.periode.as_deref()))
        .octets("iban_hache", recettes.iter().map(|e| e.iban_hache.clone()))
        .octets("iban_scelle", recettes.iter().map(|e| e.iban_scelle.clone()))
        .textes_opt("nom_payeur", recettes.iter().map(|e| e.nom_payeur.as_deref()))
        .textes_opt("libelle", recettes.iter().map(|e| e.libelle.as_deref()))
        .textes_opt("reference_bancaire", recettes.iter().map(|e| e.reference_bancaire.as_deref()))
        .octets("lot_identite", recettes.iter().map(|e| e.lot_identite.clone()))
        .textes_opt("transaction_bancaire", recettes.iter().map(|e| e.transaction.as_deref()))
        .textes_opt("bout_en_bout", recettes.iter().map(|e| e.bout_en_bout.as_deref()))
        .entiers_opt("dossier_id", recettes.iter().map(|e| e.dossier.map(DossierId::get)))
        .entiers_opt("parent_id", recettes.iter().map(|e| e.parent))
        .entiers_opt("retour_de", recettes.iter().map(|e| e.retour_de))
        .textes_opt("attente", recettes.iter().map(|e| e.attente.as_deref()))
        .entiers("rac_centimes", rac)
        .executer(
            tx,
            "INSERT INTO encaissement (id, identite, fichier_id, ligne, jour, montant_centimes, mode, siret, periode, \
             iban_hache, iban_scelle, nom_payeur, libelle, reference_bancaire, lot_identite, \
             transaction_bancaire, bout_en_bout, \
             dossier_id, parent_id, retour_de, attente, rac_centimes) \
             SELECT id, identite, fichier_id, ligne, jour, montant_centimes, mode, siret, periode, iban_hache, \
             iban_scelle, nom_payeur, libelle, reference_bancaire, lot_identite, transaction_bancaire, bout_en_bout, dossier_id, \
             parent_id, retour_de, attente, rac_centimes FROM v",
        )
        .await?;
    Ok(())
}

async fn inscrire_mouvements(
    tx: &mut Tx,
    mouvements: Vec<Mouvement>,
    maintenant: &str,
) -> Result<Vec<i64>, Erreur> {
    let ids = tx.reserver("mouvement", mouvements.len()).await?;
    Lot::nouveau()
        .entiers("id", ids.iter().copied())
        .textes("nature", mouvements.iter().map(|m| m.nature.code()))
        .textes("jour", mouvements.iter().map(|m| m.jour.to_string()))
        .textes("enregistre_le", mouvements.iter().map(|_| maintenant))
        .textes("auteur", mouvements.iter().map(|m| m.auteur.as_str()))
        .textes_opt("motif", mouvements.iter().map(|m| m.motif.as_deref()))
        .entiers_opt("contrepasse", mouvements.iter().map(|m| m.contrepasse))
        .executer(
            tx,
            "INSERT INTO mouvement (id, nature, jour, enregistre_le, auteur, motif, contrepasse) \
             SELECT id, nature, jour, enregistre_le, auteur, motif, contrepasse FROM v",
        )
        .await?;
    let lignes: Vec<_> = ids
        .iter()
        .zip(&mouvements)
        .flat_map(|(id, m)| {
            (1_i64..)
                .zip(&m.ecritures)
                .map(move |(rang, e)| (*id, rang, m.jour, e))
        })
        .collect();
    Lot::nouveau()
        .entiers("mouvement_id", lignes.iter().map(|l| l.0))
        .entiers("rang", lignes.iter().map(|l| l.1))
        .textes("jour", lignes.iter().map(|l| l.2.to_string()))
        .textes("compte", lignes.iter().map(|l| l.3.compte.code()))
        .entiers("montant_centimes", lignes.iter().map(|l| l.3.montant.centimes()))
        .entiers_opt("dossier_id", lignes.iter().map(|l| l.3.compte.dossier().map(DossierId::get)))
        .entiers_opt("creance_id", lignes.iter().map(|l| l.3.compte.creance().map(|c| c.0)))
        .textes_opt("poste", lignes.iter().map(|l| l.3.compte.creance().map(|c| c.1.code())))
        .entiers_opt("encaissement_id", lignes.iter().map(|l| l.3.compte.encaissement()))
        .textes_opt("raison", lignes.iter().map(|l| l.3.raison.as_deref()))
        .executer(
            tx,
            "INSERT INTO ecriture (mouvement_id, rang, jour, compte, montant_centimes, dossier_id, creance_id, \
             poste, encaissement_id, raison) SELECT mouvement_id, rang, jour, compte, montant_centimes, dossier_id, \
             creance_id, poste, encaissement_id, raison FROM v",
        )
        .await?;
    Ok(ids)
}
