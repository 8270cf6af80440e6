//! Ce que la base sait des débiteurs et des références d'un fichier, et ce que le fichier y ajoute.

use std::collections::HashMap;

use storage::{Lot, Tx};
use valeurs::{DossierId, Matricule, Siret};

use super::lecture::Faute;
use super::ligne::LigneLue;
use crate::Erreur;
use crate::creances::{CreanceAEmettre, Parts};
use crate::dossiers::NouveauDebiteur;

/// Où va la créance d'une ligne.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cible {
    /// Un débiteur de la caisse.
    Connu(DossierId),
    /// Un débiteur que le fichier apporte ; son rang, tous lots comptés, est celui de [`Registre::a_creer`] au premier.
    ACreer(usize),
}

/// Une créance déjà émise sous une référence du fichier.
#[derive(sqlx::FromRow, PartialEq, Eq)]
struct Connue {
    reference: String,
    dossier_id: i64,
    nature: String,
    regime: String,
    periode_debut: String,
    periode_fin: String,
    emise_le: String,
    exigible_le: String,
    libelle: String,
    cause: Option<String>,
    montant_centimes: i64,
    /// Part ouvrière émise ; 0 pour qui n'est pas employeur.
    ouvriere: i64,
}

/// Les débiteurs et les références connus ; ce que le fichier crée s'y garde d'un lot à l'autre.
#[derive(Default)]
pub(super) struct Registre {
    connus: Designations<DossierId>,
    crees: Designations<usize>,
    a_creer: Vec<NouveauDebiteur>,
    /// Débiteurs créés par les lots précédents : ils n'ont plus à être gardés en entier.
    deja_crees: usize,
    references: HashMap<String, Connue>,
}

struct Designations<T> {
    matricules: HashMap<String, T>,
    sirets: HashMap<String, T>,
}

impl<T> Default for Designations<T> {
    fn default() -> Self {
        Self {
            matricules: HashMap::new(),
            sirets: HashMap::new(),
        }
    }
}

impl Registre {
    /// Charge ce que la base sait des lignes d'un lot, à la place du lot précédent.
    pub(super) async fn charger(&mut self, tx: &mut Tx, lignes: &[LigneLue]) -> Result<(), Erreur> {
        self.deja_crees += self.a_creer.len();
        self.a_creer.clear();
        let matricules = lignes
            .iter()
            .filter_map(|l| l.matricule.as_ref())
            .map(Matricule::as_str);
        let matricules: Vec<(String, i64)> = Lot::nouveau()
            .textes("matricule", matricules)
            .toutes(
                tx,
                "SELECT d.matricule, d.id FROM v CROSS JOIN debiteur d WHERE d.matricule = v.matricule",
            )
            .await?;
        let sirets = lignes.iter().filter_map(|l| l.siret.as_ref()).map(Siret::as_str);
        let sirets: Vec<(String, i64)> = Lot::nouveau()
            .textes("siret", sirets)
            .toutes(
                tx,
                "SELECT d.siret, d.id FROM v CROSS JOIN debiteur d WHERE d.siret = v.siret",
            )
            .await?;
        let dossier = |(texte, id)| (texte, DossierId::new(id));
        self.connus.matricules = matricules.into_iter().map(dossier).collect();
        self.connus.sirets = sirets.into_iter().map(dossier).collect();
        let connues: Vec<Connue> = Lot::nouveau()
            .textes("reference", lignes.iter().map(|l| l.reference.as_str()))
            .toutes(
                tx,
                "SELECT c.reference, c.dossier_id, c.nature, c.regime, c.periode_debut, c.periode_fin, c.emise_le, \
                 c.exigible_le, c.libelle, c.cause, c.montant_centimes, \
                 CAST(COALESCE((SELECT SUM(e.montant_centimes) FROM ecriture e \
                 JOIN mouvement m ON m.id = e.mouvement_id WHERE e.creance_id = c.id AND m.nature = 'emission' \
                 AND e.poste = 'part_ouvriere'), 0) AS BIGINT) AS ouvriere \
                 FROM v CROSS JOIN creance c WHERE c.reference = v.reference",
            )
            .await?;
        self.references = connues.into_iter().map(|c| (c.reference.clone(), c)).collect();
        Ok(())
    }

    /// Où va la créance d'une ligne ; `None` si elle est déjà émise, telle quelle.
    pub(super) fn situer(&mut self, ligne: &LigneLue) -> Result<Option<Cible>, Faute> {
        let cible = self.debiteur(ligne)?;
        let Some(connue) = self.references.get(&ligne.reference) else {
            return Ok(Some(cible));
        };
        if let Cible::Connu(dossier) = cible
            && connue.est(&ligne.creance(dossier))
        {
            return Ok(None);
        }
        Err(Faute::nouvelle(
            "reference",
            "une autre créance porte déjà cette référence",
            "changez la référence, ou annulez la créance émise",
        ))
    }

    fn debiteur(&mut self, ligne: &LigneLue) -> Result<Cible, Faute> {
        let matricule = ligne.matricule.as_ref().map(Matricule::as_str);
        let siret = ligne.siret.as_ref().map(Siret::as_str);
        let par_matricule = matricule.and_then(|m| {
            let connu = self.connus.matricules.get(m).copied().map(Cible::Connu);
            connu.or_else(|| self.crees.matricules.get(m).copied().map(Cible::ACreer))
        });
        let par_siret = siret.and_then(|s| {
            let connu = self.connus.sirets.get(s).copied().map(Cible::Connu);
            connu.or_else(|| self.crees.sirets.get(s).copied().map(Cible::ACreer))
        });
        match (par_matricule, par_siret) {
            (Some(a), Some(b)) if a != b => Err(Faute::nouvelle(
                "siret",
                "le matricule et le SIRET sont ceux de deux débiteurs",
                "corrigez l’un ou l’autre",
            )),
            (None, Some(_)) if matricule.is_some() => Err(Faute::nouvelle(
                "matricule",
                "ce SIRET est celui d’un débiteur d’un autre matricule",
                "corrigez l’un ou l’autre",
            )),
            (Some(cible), _) | (None, Some(cible)) => Ok(cible),
            (None, None) => self.creer(ligne),
        }
    }

    fn creer(&mut self, ligne: &LigneLue) -> Result<Cible, Faute> {
        let Some(nouveau) = ligne.debiteur() else {
            return Err(Faute::nouvelle(
                if ligne.matricule.is_some() {
                    "matricule"
                } else {
                    "siret"
                },
                "ce débiteur est inconnu de la caisse",
                "corrigez-le, ou donnez le matricule et le nom pour que le débiteur soit créé",
            ));
        };
        let rang = self.deja_crees + self.a_creer.len();
        self.crees
            .matricules
            .insert(nouveau.matricule.as_str().to_owned(), rang);
        if let Some(siret) = &nouveau.siret {
            self.crees.sirets.insert(siret.as_str().to_owned(), rang);
        }
        self.a_creer.push(nouveau);
        Ok(Cible::ACreer(rang))
    }

    /// Les débiteurs que le dernier lot chargé apporte, dans l'ordre de leur première ligne.
    pub(super) fn a_creer(&self) -> &[NouveauDebiteur] {
        &self.a_creer
    }
}

impl Connue {
    fn est(&self, creance: &CreanceAEmettre) -> bool {
        let ouvriere = match creance.parts {
            Parts::Employeur { ouvriere, .. } => ouvriere.centimes(),
            Parts::Principal(_) => 0,
        };
        let Ok(montant) = creance.verifier() else {
            return false;
        };
        *self
            == Self {
                reference: creance.reference.clone(),
                dossier_id: creance.dossier.get(),
                nature: creance.nature.code(),
                regime: creance.regime.code().to_owned(),
                periode_debut: creance.periode.0.to_string(),
                periode_fin: creance.periode.1.to_string(),
                emise_le: creance.emise_le.to_string(),
                exigible_le: creance.exigible_le.to_string(),
                libelle: creance.libelle.clone(),
                cause: creance.cause.clone(),
                montant_centimes: montant.centimes(),
                ouvriere,
            }
    }
}
