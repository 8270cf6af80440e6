//! Les lettres et actes : composés du dossier, vérifiés avant d'exister, émis une fois, expédiés, suivis.
//!
//! Ce qu'un acte doit dire est une règle ([`droit::Acte`]) ; comment il le dit est un modèle de la caisse ([`Modeles`]) ; de
//! qui et jusqu'où, ses réglages ([`Reglages`]). [`preparer`] réunit tout et nomme ce qui manque ; [`emettre`] compose,
//! numérote, scelle, et fait l'étape de chaque créance, d'un coup ; [`expedier`] remet à la poste ; [`noter_retour`] garde
//! ce que la poste répond, d'où partent les délais.

mod adresse;
mod consentement;
mod contenu;
mod emettre;
mod erreur;
mod expedier;
mod lire;
mod modeles;
mod projet;
mod reglages;
mod retours;
mod table;
mod verifier;
mod versements;

use std::path::{Path, PathBuf};

use valeurs::CodeCaisse;

pub use adresse::{
    AdressePostale, BilanAdresses, adresse, importer_adresses, noter_adresse, reprendre_adresses,
};
pub use consentement::{Consentement, consentement, noter_consentement};
pub use contenu::Contenu;
pub use emettre::{Demande, Emission, apercu, emettre};
pub(crate) use emettre::{Issue, Tirage, composer_tous, garder_tous};
pub use erreur::ErreurActes;
pub use expedier::{BilanExpedition, ecrire_les_lots, expedier, remettre};
pub(crate) use expedier::{en_hexadecimal, lots_en_attente};
pub use lire::{ActeEmis, Avancement, FiltreActes, Suivi, acte, compter, page, pdf};
pub use modeles::Modeles;
pub(crate) use projet::sans_acte;
pub use projet::{Composition, LigneActe, Manque, Projet, candidates, preparer, qualifie};
pub use reglages::{FICHIER as FICHIER_REGLAGES, Reglages, Signataire};
pub use retours::{BilanRetours, NatureRetour, NonFaite, importer_retours, noter_retour};
pub use verifier::{ActeAltere, verifier};
pub use versements::{noter_versements, reprendre_versements};

/// Ce qu'il faut à une caisse pour composer : ses réglages et ses modèles.
#[derive(Clone, Debug)]
pub struct Atelier {
    /// Ses réglages.
    pub reglages: Reglages,
    /// Ses modèles.
    pub modeles: Modeles,
}

impl Atelier {
    /// L'atelier d'une caisse, relu de son dossier : un modèle changé vaut dès l'acte suivant.
    ///
    /// # Errors
    /// Les réglages manquent ou sont faux, un modèle ne se lit pas : fichier, ligne et remède.
    pub fn ouvrir(donnees: &Path, caisse: CodeCaisse) -> Result<Self, ErreurActes> {
        let dossier = dossier(donnees, caisse);
        Ok(Self {
            reglages: Reglages::lire(&dossier)?,
            modeles: Modeles::lire(&dossier)?,
        })
    }
}

/// Le dossier des actes d'une caisse, sous celui des données.
#[must_use]
pub fn dossier(donnees: &Path, caisse: CodeCaisse) -> PathBuf {
    donnees.join("actes").join(caisse.code())
}

/// Le numéro d'un acte, tel qu'imprimé : « A00000123 ».
#[must_use]
pub fn numero(id: i64) -> String {
    format!("A{id:08}")
}

/// L'acte de ce numéro.
#[must_use]
pub fn du_numero(texte: &str) -> Option<i64> {
    let chiffres = texte.trim().strip_prefix(['A', 'a'])?;
    (chiffres.len() >= 8 && chiffres.bytes().all(|o| o.is_ascii_digit())).then_some(())?;
    chiffres.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_numero_se_relit() {
        for id in [1, 123, 99_999_999, 100_000_000] {
            assert_eq!(du_numero(&numero(id)), Some(id));
        }
        for faux in ["", "A", "A123", "B00000123", "A0000012x", "A-0000001"] {
            assert_eq!(du_numero(faux), None, "{faux}");
        }
    }
}
