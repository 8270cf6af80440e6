mod ages;
mod histoire;
mod page;

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use acces::Perimetre;
use jiff::civil::Date;
use releves::ModePaiement;
use storage::{Cle, Db, Lot, Tx};
use valeurs::{DossierId, Iban, Montant};

pub use ages::{AgesRac, Anciennete, TrancheRac, ages};
pub use histoire::{EtapeDeRecette, recette};
pub use page::{CurseurRac, FiltreRac, TriRac, en_attente};

use super::Attente;
use super::code_mode;
use super::lot::cle_du_mois;
use crate::Erreur;
use crate::creances::lire_date;
use crate::dossiers::IBAN;

/// Relit un mode de paiement tenu en base.
pub(crate) fn lire_mode(code: &str) -> Result<ModePaiement, Erreur> {
    [
        ModePaiement::Cheque,
        ModePaiement::Virement,
        ModePaiement::TitreInterbancaire,
        ModePaiement::Prelevement,
        ModePaiement::AutreEtablissement,
        ModePaiement::TeleReglement,
        ModePaiement::CarteBancaire,
        ModePaiement::Especes,
        ModePaiement::Autre,
    ]
    .into_iter()
    .find(|mode| code_mode(*mode) == code)
    .ok_or(Erreur::Illisible("mode de paiement"))
}

/// Une recette, et ce qui en attend en RAC.
#[derive(Clone, PartialEq, Eq)]
pub struct RecetteEnAttente {
    /// La recette.
    pub id: i64,
    /// Jour du paiement.
    pub jour: Date,
    /// Montant reçu ; négatif pour un retour.
    pub montant: Montant,
    /// Ce qui en attend ; négatif pour un retour qui cherche son origine, nul si tout est placé.
    pub rac: Montant,
    /// Moyen de paiement.
    pub mode: ModePaiement,
    /// SIRET annoncé, connu ou non de la caisse.
    pub siret: Option<String>,
    /// Période désignée (`2026-01`).
    pub periode: Option<String>,
    /// Nom du payeur selon la banque.
    pub nom_payeur: Option<String>,
    /// Texte libre du paiement.
    pub libelle: Option<String>,
    /// IBAN du payeur, masqué ; absent sans la classe « coordonnees_bancaires ».
    pub iban: Option<String>,
    /// Pourquoi elle attend ; rien si rien n'attend.
    pub attente: Option<Attente>,
    /// Dossier du débiteur, s'il est connu.
    pub dossier: Option<DossierId>,
    /// Fichier d'où elle vient.
    pub fichier: Option<String>,
    /// Ligne du fichier, à partir de 1.
    pub ligne: i64,
    /// Recette ou lot dont elle est une part.
    pub parent: Option<i64>,
    /// Recette que ce retour défait.
    pub retour_de: Option<i64>,
    /// Jours écoulés depuis le paiement.
    pub age_jours: i64,
}

impl fmt::Debug for RecetteEnAttente {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecetteEnAttente")
            .field("id", &self.id)
            .field("rac", &self.rac)
            .finish_non_exhaustive()
    }
}

impl RecetteEnAttente {
    /// Sa place dans la liste.
    #[must_use]
    pub fn curseur(&self) -> CurseurRac {
        CurseurRac {
            jour: self.jour,
            rac: self.rac,
            id: self.id,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Ligne {
    id: i64,
    jour: String,
    montant_centimes: i64,
    rac_centimes: i64,
    mode: String,
    siret: Option<String>,
    periode: Option<String>,
    nom_payeur: Option<String>,
    libelle: Option<String>,
    iban_hache: Option<Vec<u8>>,
    iban_scelle: Option<Vec<u8>>,
    attente: Option<String>,
    dossier_id: Option<i64>,
    fichier: Option<String>,
    ligne: i64,
    parent_id: Option<i64>,
    retour_de: Option<i64>,
}

async fn lire(
    db: &Db,
    tx: &mut Tx,
    perimetre: &Perimetre,
    ids: &[i64],
    au: Date,
) -> Result<Vec<RecetteEnAttente>, Erreur> {
    let lignes: Vec<Ligne> = Lot::nouveau()
        .entiers("recette", ids.iter().copied())
        .entiers("branches", ids.iter().map(|_| perimetre.branches))
        .toutes(
            tx,
            "SELECT r.id, r.jour, r.montant_centimes, r.rac_centimes, r.mode, r.siret, r.periode, r.nom_payeur, \
             r.libelle, r.iban_hache, r.iban_scelle, r.attente, r.dossier_id, f.nom AS fichier, r.ligne, \
             r.parent_id, r.retour_de FROM v CROSS JOIN encaissement r \
             LEFT JOIN fichier_importe f ON f.id = r.fichier_id \
             WHERE r.id = v.recette AND (r.dossier_id IS NULL OR EXISTS (SELECT 1 FROM debiteur d \
             WHERE d.id = r.dossier_id AND (d.branches = 0 OR (d.branches & v.branches) <> 0)))",
        )
        .await?;
    let porteurs: Vec<PorteurIban<'_>> = lignes
        .iter()
        .filter(|_| perimetre.bancaire)
        .map(Ligne::porteur)
        .collect();
    let ibans = ibans(db, tx, &porteurs).await?;
    lignes
        .into_iter()
        .map(|l| l.recette(perimetre, &ibans, au))
        .collect()
}

/// Ce qui mène à l'IBAN d'une recette.
pub(super) struct PorteurIban<'r> {
    pub(super) recette: i64,
    pub(super) jour: &'r str,
    pub(super) dossier: Option<i64>,
    pub(super) hache: Option<&'r Vec<u8>>,
    pub(super) scelle: Option<&'r Vec<u8>>,
}

/// Les IBAN de recettes. Celle qui n'a pas de dossier tient le sien, scellé par la clé de son mois ; sinon il est
/// parmi les comptes du débiteur, scellé par la clé du dossier. Absent du résultat : inconnu, ou sa clé est détruite.
pub(super) async fn ibans(
    db: &Db,
    tx: &mut Tx,
    porteurs: &[PorteurIban<'_>],
) -> Result<HashMap<i64, Iban>, Erreur> {
    let mut scelles: Vec<(i64, i64, Vec<u8>)> = Vec::new();
    let mut rattachees = Vec::new();
    for p in porteurs {
        match (p.scelle, p.dossier, p.hache) {
            (Some(scelle), ..) => scelles.push((p.recette, cle_du_mois(lire_date(p.jour)?), scelle.clone())),
            (None, Some(dossier), Some(hache)) => rattachees.push((p.recette, dossier, hache)),
            _ => {}
        }
    }
    let comptes: Vec<(i64, i64, Vec<u8>)> = Lot::nouveau()
        .entiers("recette", rattachees.iter().map(|r| r.0))
        .entiers("dossier", rattachees.iter().map(|r| r.1))
        .octets("hache", rattachees.iter().map(|r| Some(r.2.clone())))
        .toutes(
            tx,
            "SELECT v.recette, c.dossier_id, c.iban_scelle FROM v CROSS JOIN compte_bancaire c \
             WHERE c.iban_hache = v.hache AND c.dossier_id = v.dossier",
        )
        .await?;
    scelles.extend(comptes);
    let cles: Vec<i64> = scelles
        .iter()
        .map(|s| s.1)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let cles: HashMap<i64, Cle> = if cles.is_empty() {
        HashMap::new()
    } else {
        db.coffre().cles(&cles).await?
    };
    // Une clé détruite rend le compte illisible, c'est son but : la recette se montre sans lui.
    let clair = |cle: i64, scelle: &[u8]| -> Option<Iban> {
        cles.get(&cle)?.desceller(IBAN, scelle).ok()?.parse().ok()
    };
    Ok(scelles
        .iter()
        .filter_map(|(id, cle, scelle)| Some((*id, clair(*cle, scelle)?)))
        .collect())
}

impl Ligne {
    fn porteur(&self) -> PorteurIban<'_> {
        PorteurIban {
            recette: self.id,
            jour: &self.jour,
            dossier: self.dossier_id,
            hache: self.iban_hache.as_ref(),
            scelle: self.iban_scelle.as_ref(),
        }
    }

    fn recette(
        self,
        perimetre: &Perimetre,
        ibans: &HashMap<i64, Iban>,
        au: Date,
    ) -> Result<RecetteEnAttente, Erreur> {
        let jour = lire_date(&self.jour)?;
        // Une recette libérée par l'annulation d'une créance revient en RAC sans autre raison.
        let attente = self
            .attente
            .as_deref()
            .and_then(Attente::du_code)
            .unwrap_or(Attente::Declassee);
        Ok(RecetteEnAttente {
            id: self.id,
            jour,
            montant: Montant::de_centimes(self.montant_centimes),
            rac: Montant::de_centimes(self.rac_centimes),
            mode: lire_mode(&self.mode)?,
            siret: self.siret,
            periode: self.periode,
            nom_payeur: self.nom_payeur.filter(|_| perimetre.identification),
            libelle: self.libelle.filter(|_| perimetre.identification),
            iban: ibans.get(&self.id).map(Iban::masque),
            attente: (self.rac_centimes != 0).then_some(attente),
            dossier: self.dossier_id.map(DossierId::new),
            fichier: self.fichier,
            ligne: self.ligne,
            parent: self.parent_id,
            retour_de: self.retour_de,
            age_jours: (au - jour).get_days().into(),
        })
    }
}
