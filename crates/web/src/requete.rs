//! Le numéro d'une requête : ce qu'une personne dicte à l'assistance, et ce que le journal technique porte.

use std::fmt;

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

/// Les lettres et chiffres qu'on ne confond pas à l'oreille ni à l'œil (base 32 de Crockford).
const SYMBOLES: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const ENTETE: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static COURANTE: RequeteId;
}

/// Le numéro d'une requête, quarante bits écrits `7K3M-9QXT`. Posé dans les extensions de la requête.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequeteId(u64);

impl RequeteId {
    /// Celui que donne un tirage ; les quarante bits bas comptent.
    #[must_use]
    pub const fn nouveau(tirage: u64) -> Self {
        Self(tirage & 0xFF_FFFF_FFFF)
    }

    /// Celui de la requête en cours ; un nouveau hors de [`crate::proteger`].
    pub(crate) fn courante() -> Self {
        COURANTE
            .try_with(|id| *id)
            .unwrap_or_else(|_| Self::nouveau(rand::random()))
    }
}

impl fmt::Display for RequeteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut texte = String::with_capacity(9);
        for rang in (0..8_u32).rev() {
            let cinq_bits = usize::try_from((self.0 >> (5 * rang)) & 31).unwrap_or_default();
            texte.push(char::from(SYMBOLES[cinq_bits]));
            if rang == 4 {
                texte.push('-');
            }
        }
        f.pad(&texte)
    }
}

impl fmt::Debug for RequeteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequeteId({self})")
    }
}

/// Donne son numéro à la requête, à son empan de trace et à la réponse (`x-request-id`).
pub(crate) async fn numeroter(mut requete: Request, suite: Next) -> Response {
    let id = RequeteId::nouveau(rand::random());
    requete.extensions_mut().insert(id);
    let empan = tracing::info_span!("requete", %id, methode = %requete.method());
    let mut reponse = COURANTE.scope(id, suite.run(requete)).instrument(empan).await;
    if let Ok(valeur) = HeaderValue::from_str(&id.to_string()) {
        reponse.headers_mut().insert(ENTETE, valeur);
    }
    reponse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_numero_a_huit_symboles_et_un_tiret() {
        assert_eq!(RequeteId::nouveau(0).to_string(), "0000-0000");
        assert_eq!(RequeteId::nouveau(u64::MAX).to_string(), "ZZZZ-ZZZZ");
        assert_eq!(RequeteId::nouveau(33).to_string(), "0000-0011");
    }
}
