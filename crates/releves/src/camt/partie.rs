//! Les parties d'une opération : débiteur, créancier, et leurs comptes.

use valeurs::{Iban, Siret};
use xml::Noeud;

use crate::{Regle, erreur::Faute};

/// Une partie et son compte.
#[derive(Clone, Default)]
pub(super) struct Partie {
    pub(super) nom: Option<String>,
    pub(super) iban: Option<Iban>,
    pub(super) siret: Option<Siret>,
}

impl Partie {
    /// Lit une partie de `RltdPties` : sa balise, celle de son compte, celle de la partie finale qui la
    /// nomme à défaut. À partir de la version 08, un niveau `Pty` s'intercale.
    pub(super) fn lire(
        parties: &Noeud,
        balise: &'static str,
        balise_du_compte: &'static str,
        balise_finale: &'static str,
    ) -> Result<Self, Faute> {
        let mut lue = Self::default();
        for balise in [balise, balise_finale] {
            let Some(partie) = parties.fils(balise)? else {
                continue;
            };
            let partie = partie.fils("Pty")?.unwrap_or(partie);
            lue.nom = lue.nom.or(partie.texte_de(&["Nm"])?.map(str::to_owned));
            if let Some(organisation) = partie.chemin(&["Id", "OrgId"])? {
                lue.siret = lue.siret.or(siret(organisation)?);
            }
        }
        if let Some(compte) = parties.chemin(&[balise_du_compte, "Id", "IBAN"])? {
            lue.iban = lire_iban(compte, "RltdPties/*Acct/Id/IBAN")?;
        }
        Ok(lue)
    }
}

/// L'IBAN de ce nœud, `None` s'il est vide.
pub(super) fn lire_iban(noeud: &Noeud, champ: &'static str) -> Result<Option<Iban>, Faute> {
    let lu = noeud.texte().map(str::parse).transpose();
    lu.map_err(|_| Faute::new(noeud.ligne, champ, Regle::Iban))
}

/// Le SIRET d'une organisation : un identifiant annoncé comme tel (`SIRET`, ou `0009` dans ISO 6523).
/// Écrit par le payeur et non par la banque, il est ignoré si sa clé est fausse.
fn siret(organisation: &Noeud) -> Result<Option<Siret>, Faute> {
    for autre in organisation.tous("Othr") {
        let code = autre
            .texte_de(&["SchmeNm", "Cd"])?
            .or(autre.texte_de(&["SchmeNm", "Prtry"])?);
        let annonce = matches!(code, Some("SIRET" | "0009"));
        if let Some(siret) = autre
            .texte_de(&["Id"])?
            .filter(|_| annonce)
            .and_then(|id| id.parse().ok())
        {
            return Ok(Some(siret));
        }
    }
    Ok(None)
}
