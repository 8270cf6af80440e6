use std::fmt;

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use storage::Coffre;
use valeurs::CodeCaisse;

use crate::{Erreur, alea};

/// Le secret d'une session : 256 bits au hasard, que seul le cookie du visiteur porte ; ou celui d'un abonnement, que seule
/// son adresse porte.
///
/// Un visiteur qui n'est pas connecté en a un aussi, inconnu de la base : il lie les formulaires de connexion
/// à son navigateur.
#[derive(Clone)]
pub(crate) struct Jeton(String);

impl Jeton {
    pub(crate) fn neuf() -> Result<Self, Erreur> {
        Ok(Self(URL_SAFE_NO_PAD.encode(alea::octets::<32>()?)))
    }

    /// Le jeton que porte la requête pour cette caisse, s'il a la bonne forme.
    pub(crate) fn lire(entetes: &HeaderMap, caisse: CodeCaisse) -> Option<Self> {
        lire_cookie(entetes, &nom_du_cookie(caisse)).and_then(Self::du_texte)
    }

    /// Le jeton que dit ce texte, s'il a la bonne forme.
    pub(crate) fn du_texte(texte: &str) -> Option<Self> {
        let juste = texte.len() == 43 && URL_SAFE_NO_PAD.decode(texte).is_ok();
        juste.then(|| Self(texte.to_owned()))
    }

    /// Le secret lui-même, pour l'adresse qui le porte.
    pub(crate) fn en_clair(&self) -> &str {
        &self.0
    }

    /// Ce que la base garde du jeton.
    pub(crate) fn hache(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }

    /// Le jeton des formulaires de cette session.
    pub(crate) fn csrf(&self, coffre: &Coffre) -> String {
        URL_SAFE_NO_PAD.encode(coffre.hacher("acces.csrf", &self.0))
    }

    /// `Set-Cookie` qui le remet au navigateur, jusqu'à sa fermeture.
    pub(crate) fn cookie(&self, caisse: CodeCaisse) -> HeaderValue {
        poser(&format!(
            "{}={}; Path=/; Secure; HttpOnly; SameSite=Strict",
            nom_du_cookie(caisse),
            self.0
        ))
    }

    /// `Set-Cookie` qui l'efface.
    pub(crate) fn effacer(caisse: CodeCaisse) -> HeaderValue {
        poser(&format!(
            "{}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0",
            nom_du_cookie(caisse)
        ))
    }
}

impl fmt::Debug for Jeton {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Jeton(…)")
    }
}

fn nom_du_cookie(caisse: CodeCaisse) -> String {
    format!("__Host-sillon-{caisse}")
}

/// La valeur d'un cookie de la requête.
pub(crate) fn lire_cookie<'e>(entetes: &'e HeaderMap, nom: &str) -> Option<&'e str> {
    entetes
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .find_map(|paire| paire.trim().strip_prefix(nom)?.strip_prefix('='))
}

pub(crate) fn poser(texte: &str) -> HeaderValue {
    HeaderValue::from_str(texte).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn le_cookie_de_la_caisse_se_retrouve_parmi_d_autres() {
        let caisse: CodeCaisse = "DMSA33".parse().unwrap();
        let jeton = Jeton::neuf().unwrap();
        let pose = jeton.cookie(caisse);
        let pose = pose.to_str().unwrap();
        assert!(pose.starts_with("__Host-sillon-DMSA33="));
        assert!(pose.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"));
        let valeur = pose.split(';').next().unwrap();
        let mut entetes = HeaderMap::new();
        entetes.insert(
            header::COOKIE,
            poser(&format!("__Host-sillon-DMSA24=a; {valeur}; b=c")),
        );
        assert_eq!(Jeton::lire(&entetes, caisse).unwrap().hache(), jeton.hache());
        assert!(Jeton::lire(&entetes, "DMSA24".parse().unwrap()).is_none());
    }

    #[test]
    fn un_jeton_ne_se_montre_pas() {
        assert_eq!(format!("{:?}", Jeton::neuf().unwrap()), "Jeton(…)");
    }
}
