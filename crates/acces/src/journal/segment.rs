use jiff::SignedDuration;
use storage::{Tx, sql};

use super::ligne::{ajouter, mac};
use super::plages::Plages;

/// Un trou dans la suite des identifiants peut encore se remplir pendant ce temps : sur PostgreSQL, une
/// transaction qui a tiré le sien peut valider après une autre qui en a tiré un plus grand. Aucune transaction du
/// journal (deux ordres) n'approche cette durée ; une ligne qui arriverait plus tard serait dite insérée.
pub(super) const DELAI_DES_TROUS: SignedDuration = SignedDuration::from_hours(1);

/// Un segment scellé, tel que la base le garde.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Segment {
    pub(super) rang: i64,
    pub(super) scelle_le_ms: i64,
    pub(super) premier_id: i64,
    pub(super) dernier_id: i64,
    pub(super) nombre: i64,
    pub(super) absents: String,
    pub(super) rattrapes: String,
    pub(super) empreintes: Vec<u8>,
    pub(super) tete: Vec<u8>,
}

impl Segment {
    /// La tête de la chaîne après ce segment : HMAC de la tête d'avant et de tout ce que le segment dit. Les
    /// lignes n'y entrent que par leurs empreintes : purgées, la chaîne se prouve encore.
    pub(super) fn tete_attendue(&self, cle: &[u8; 32], precedente: &[u8]) -> Vec<u8> {
        let mut mac = mac(cle);
        hmac::Mac::update(&mut mac, b"tete");
        ajouter(&mut mac, Some(precedente));
        for entier in [
            self.rang,
            self.scelle_le_ms,
            self.premier_id,
            self.dernier_id,
            self.nombre,
        ] {
            ajouter(&mut mac, Some(&entier.to_be_bytes()));
        }
        ajouter(&mut mac, Some(self.absents.as_bytes()));
        ajouter(&mut mac, Some(self.rattrapes.as_bytes()));
        ajouter(&mut mac, Some(&self.empreintes));
        hmac::Mac::finalize(mac).into_bytes().to_vec()
    }

    pub(super) fn plages_absentes(&self) -> Plages {
        Plages::lire(&self.absents).unwrap_or_default()
    }

    pub(super) fn plages_rattrapees(&self) -> Plages {
        Plages::lire(&self.rattrapes).unwrap_or_default()
    }
}

/// Le dernier segment scellé.
pub(super) async fn dernier(tx: &mut Tx) -> Result<Option<Segment>, storage::Erreur> {
    sql!(
        "SELECT rang, scelle_le_ms, premier_id, dernier_id, nombre, absents, rattrapes, empreintes, tete
         FROM acces_scellement ORDER BY rang DESC LIMIT 1"
    )
    .au_plus_une(tx)
    .await
}
