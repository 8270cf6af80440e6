//! Le frein de la connexion : au-delà de quelques échecs, chaque essai coûte une attente qui double.

use jiff::{SignedDuration, Timestamp};
use storage::{Db, ecrire, sql};

/// Échecs oubliés après ce temps.
const MEMOIRE: SignedDuration = SignedDuration::from_hours(24);

/// Combien d'échecs sont libres, et l'attente la plus longue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Regle {
    domaine: &'static str,
    libres: i64,
    plafond: SignedDuration,
}

/// Par compte, connu ou non : quelques fautes de frappe, puis de 2 secondes à un quart d'heure.
pub(crate) const COMPTE: Regle = Regle {
    domaine: "compte",
    libres: 5,
    plafond: SignedDuration::from_mins(15),
};
/// Par adresse : toute une caisse peut sortir par une même adresse un lundi matin.
pub(crate) const ADRESSE: Regle = Regle {
    domaine: "adresse",
    libres: 100,
    plafond: SignedDuration::from_mins(5),
};
/// Codes du second facteur, par compte : un million de codes, trois valables à la fois.
pub(crate) const CODE: Regle = Regle {
    domaine: "code",
    libres: 5,
    plafond: SignedDuration::from_mins(15),
};

impl Regle {
    fn attente(self, echecs: i64) -> SignedDuration {
        let rang = u32::try_from(echecs - self.libres).unwrap_or(0).min(20);
        SignedDuration::from_secs(1_i64 << rang).min(self.plafond)
    }

    fn cle(self, db: &Db, qui: &str) -> Vec<u8> {
        // Un identifiant démesuré ne coûte pas plus qu'un autre.
        let qui: String = qui.chars().take(128).collect();
        db.coffre()
            .hacher("acces.frein", format!("{}:{qui}", self.domaine))
    }
}

/// Compte un essai **avant** qu'il soit jugé (des essais simultanés comptent tous) ; rend l'attente s'il est
/// fermé, auquel cas il n'est pas jugé.
pub(crate) async fn essayer(
    db: &Db,
    regle: Regle,
    qui: &str,
    maintenant: Timestamp,
) -> Result<Option<SignedDuration>, storage::Erreur> {
    let (cle, ms) = (regle.cle(db, qui), maintenant.as_millisecond());
    let oubli = maintenant
        .saturating_sub(MEMOIRE)
        .map_or(i64::MIN, Timestamp::as_millisecond);
    ecrire!(db, |tx| {
        sql!("DELETE FROM frein WHERE dernier_ms < $1")
            .bind(oubli)
            .executer(tx)
            .await?;
        let (echecs, ferme_jusqu): (i64, i64) = sql!(
            "INSERT INTO frein (cle, echecs, dernier_ms, ferme_jusqu_ms) VALUES ($1, 1, $2, 0)
             ON CONFLICT (cle) DO UPDATE SET
               echecs = CASE WHEN frein.ferme_jusqu_ms > $2 THEN frein.echecs ELSE frein.echecs + 1 END,
               dernier_ms = $2
             RETURNING echecs, ferme_jusqu_ms"
        )
        .bind(cle.clone())
        .bind(ms)
        .une(tx)
        .await?;
        if ferme_jusqu > ms {
            return Ok(Some(SignedDuration::from_millis(ferme_jusqu - ms)));
        }
        if echecs > regle.libres {
            let attente = i64::try_from(regle.attente(echecs).as_millis()).unwrap_or(i64::MAX);
            sql!("UPDATE frein SET ferme_jusqu_ms = $2 WHERE cle = $1")
                .bind(cle.clone())
                .bind(ms.saturating_add(attente))
                .executer(tx)
                .await?;
        }
        Ok(None)
    })
}

/// L'essai était bon : le compte repart de zéro.
pub(crate) async fn oublier(db: &Db, regle: Regle, qui: &str) -> Result<(), storage::Erreur> {
    let cle = regle.cle(db, qui);
    ecrire!(db, |tx| {
        sql!("DELETE FROM frein WHERE cle = $1")
            .bind(cle.clone())
            .executer(tx)
            .await
            .map(|_| ())
    })
}

/// L'essai était bon : il ne compte pas contre l'adresse, qui garde ses échecs (un compte à soi ne rouvre pas
/// la porte aux essais sur les autres).
pub(crate) async fn decompter(db: &Db, regle: Regle, qui: &str) -> Result<(), storage::Erreur> {
    let cle = regle.cle(db, qui);
    ecrire!(db, |tx| {
        sql!("UPDATE frein SET echecs = echecs - 1 WHERE cle = $1 AND echecs > 0")
            .bind(cle.clone())
            .executer(tx)
            .await
            .map(|_| ())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn l_attente_double_jusqu_a_son_plafond() {
        let attentes: Vec<i64> = (6..=17).map(|n| COMPTE.attente(n).as_secs()).collect();
        assert_eq!(attentes, [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    }

    proptest! {
        #[test]
        fn l_attente_ne_decroit_jamais(echecs in 0_i64..i64::MAX / 2) {
            for regle in [COMPTE, ADRESSE, CODE] {
                prop_assert!(regle.attente(echecs) <= regle.attente(echecs + 1));
                prop_assert!(regle.attente(echecs) <= regle.plafond);
            }
        }
    }
}
