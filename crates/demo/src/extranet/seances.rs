use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderValue, header};
use jiff::{SignedDuration, Timestamp};
use rand::RngExt as _;

const COOKIE: &str = "__Host-extranet";
/// Sans rien demander pendant ce temps, on se reconnecte.
const DUREE: SignedDuration = SignedDuration::from_mins(30);

/// Qui est connecté, par le secret que porte son navigateur.
#[derive(Default)]
pub(super) struct Seances(Mutex<HashMap<String, Seance>>);

#[derive(Clone)]
struct Seance {
    matricule: String,
    vue: Timestamp,
}

impl Seances {
    /// Ouvre une séance ; rend le cookie à poser.
    pub(super) fn ouvrir(&self, matricule: &str, maintenant: Timestamp) -> HeaderValue {
        let secret = format!(
            "{:032x}{:032x}",
            rand::rng().random::<u128>(),
            rand::rng().random::<u128>()
        );
        let cookie = format!("{COOKIE}={secret}; Path=/; Secure; HttpOnly; SameSite=Strict");
        let mut seances = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seances.retain(|_, seance| maintenant.duration_since(seance.vue) < DUREE);
        seances.insert(
            secret,
            Seance {
                matricule: matricule.to_owned(),
                vue: maintenant,
            },
        );
        HeaderValue::try_from(cookie).unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    /// Le matricule de qui fait cette requête, s'il est connecté.
    pub(super) fn connecte(&self, entetes: &HeaderMap, maintenant: Timestamp) -> Option<String> {
        let secret = secret(entetes)?;
        let mut seances = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seance = seances.get_mut(secret)?;
        if maintenant.duration_since(seance.vue) >= DUREE {
            return None;
        }
        seance.vue = maintenant;
        Some(seance.matricule.clone())
    }

    /// Ferme celle de cette requête ; rend le cookie qui l'efface.
    pub(super) fn fermer(&self, entetes: &HeaderMap) -> HeaderValue {
        if let Some(secret) = secret(entetes) {
            let mut seances = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            seances.remove(secret);
        }
        HeaderValue::from_static("__Host-extranet=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
    }
}

fn secret(entetes: &HeaderMap) -> Option<&str> {
    let cookies = entetes.get(header::COOKIE)?.to_str().ok()?;
    let mut paires = cookies
        .split(';')
        .filter_map(|paire| paire.trim().split_once('='));
    paires.find(|(nom, _)| *nom == COOKIE).map(|(_, valeur)| valeur)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn une_seance_dort_au_bout_d_une_demi_heure_et_se_ferme() {
        let seances = Seances::default();
        let debut: Timestamp = "2026-06-30T08:00:00Z".parse().unwrap();
        let pose = seances.ouvrir("3300000001", debut);
        let paire = pose.to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut entetes = HeaderMap::new();
        entetes.insert(
            header::COOKIE,
            HeaderValue::try_from(format!("autre=1; {paire}")).unwrap(),
        );
        let minutes = |n| debut + SignedDuration::from_mins(n);
        assert_eq!(
            seances.connecte(&entetes, minutes(29)).as_deref(),
            Some("3300000001")
        );
        assert_eq!(
            seances.connecte(&entetes, minutes(58)).as_deref(),
            Some("3300000001")
        );
        assert_eq!(seances.connecte(&entetes, minutes(88)), None);
        assert_eq!(seances.connecte(&HeaderMap::new(), debut), None);
        let pose = seances.ouvrir("3300000001", minutes(100));
        let paire = pose.to_str().unwrap().split(';').next().unwrap().to_owned();
        entetes.insert(header::COOKIE, HeaderValue::try_from(paire).unwrap());
        seances.fermer(&entetes);
        assert_eq!(seances.connecte(&entetes, minutes(100)), None);
    }
}
