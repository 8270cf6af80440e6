//! Les mots de passe : ce qu'on en exige, leur hachage (Argon2id), ceux qu'on donne.

use std::fmt;
use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization as _;

use super::Identifiant;
use crate::{Erreur, alea};

/// Caractères au moins (recommandation de la CNIL n°2022-100 : 12 quand un second facteur protège le compte).
pub const LONGUEUR_MIN: usize = 12;
/// Caractères au plus : borne le travail du hachage.
const LONGUEUR_MAX: usize = 128;
/// Hachages simultanés : chacun prend 19 Mio, un afflux de connexions ne doit pas prendre toute la mémoire.
const HACHAGES_SIMULTANES: usize = 4;
/// Ce que trop de gens choisissent, réduit à ses lettres et chiffres.
const TROP_COMMUNS: &[&str] = &[
    "motdepasse",
    "password",
    "azerty",
    "azertyuiop",
    "qwerty",
    "qwertyuiop",
    "123456",
    "1234567890",
    "123456789012",
    "bonjour",
    "bienvenue",
    "soleil",
    "doudou",
    "loulou",
    "chouchou",
    "jetaime",
    "admin",
    "administrateur",
    "calimero",
    "sillon",
    "mutualite",
    "agricole",
    "msa",
];

static FILE: Semaphore = Semaphore::const_new(HACHAGES_SIMULTANES);

/// Un mot de passe en clair. Son `Debug` le masque.
#[derive(Clone, PartialEq, Eq)]
pub struct MotDePasse(String);

/// Pourquoi un mot de passe est refusé.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ErreurMotDePasse {
    /// Moins de [`LONGUEUR_MIN`] caractères.
    #[error("le mot de passe compte au moins {LONGUEUR_MIN} caractères")]
    TropCourt,
    /// Plus que la longueur admise.
    #[error("le mot de passe compte au plus {LONGUEUR_MAX} caractères")]
    TropLong,
    /// Il contient l'identifiant.
    #[error("le mot de passe ne doit pas contenir votre identifiant")]
    Identifiant,
    /// Il est fait d'un mot trop courant, ou d'un seul caractère répété.
    #[error("ce mot de passe est trop courant : choisissez par exemple quatre mots sans rapport entre eux")]
    TropCommun,
    /// C'est celui qu'il faut changer.
    #[error("choisissez un mot de passe différent de celui que vous avez reçu")]
    Inchange,
    /// Le mot de passe présent, redemandé, n'est pas le bon.
    #[error(
        "le mot de passe actuel n’est pas le bon : retapez-le ; après plusieurs essais, attendez un instant"
    )]
    Present,
}

impl MotDePasse {
    /// Ce que quelqu'un a tapé, sans exigence : pour le comparer.
    #[must_use]
    pub fn tape(texte: &str) -> Self {
        Self(texte.nfkc().collect())
    }

    /// Un mot de passe choisi par l'agent de cet identifiant.
    ///
    /// # Errors
    /// [`ErreurMotDePasse`].
    pub fn choisi(texte: &str, identifiant: &Identifiant) -> Result<Self, ErreurMotDePasse> {
        let choisi = Self::tape(texte);
        let nombre = choisi.0.chars().count();
        if nombre < LONGUEUR_MIN {
            return Err(ErreurMotDePasse::TropCourt);
        }
        if nombre > LONGUEUR_MAX {
            return Err(ErreurMotDePasse::TropLong);
        }
        let minuscules = choisi.0.to_lowercase();
        if minuscules.contains(identifiant.as_str()) {
            return Err(ErreurMotDePasse::Identifiant);
        }
        // « Azerty123456! » reste « azerty » : chiffres et signes de fin n'y changent rien.
        let racine: String = minuscules.chars().filter(|c| c.is_alphanumeric()).collect();
        let mot = racine.trim_end_matches(|c: char| c.is_ascii_digit());
        let premier = racine.chars().next();
        if TROP_COMMUNS.contains(&mot)
            || TROP_COMMUNS.contains(&racine.as_str())
            || mot.is_empty()
            || racine.chars().all(|c| Some(c) == premier)
        {
            return Err(ErreurMotDePasse::TropCommun);
        }
        Ok(choisi)
    }

    /// Un mot de passe à usage unique : quatre groupes de cinq caractères, 100 bits au hasard.
    pub(crate) fn provisoire() -> Result<Self, Erreur> {
        const SYMBOLES: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
        let tirage = alea::octets::<20>()?;
        let mut texte = String::with_capacity(23);
        for (i, octet) in tirage.iter().enumerate() {
            if i > 0 && i % 5 == 0 {
                texte.push('-');
            }
            texte.push(char::from(SYMBOLES[usize::from(octet & 31)]));
        }
        Ok(Self(texte))
    }

    /// Le texte, pour le remettre à son agent.
    #[must_use]
    pub fn reveler(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MotDePasse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MotDePasse(…)")
    }
}

/// Le haché d'un mot de passe, au format PHC.
pub(crate) async fn hacher(mot_de_passe: &MotDePasse) -> Result<String, Erreur> {
    let clair = mot_de_passe.0.clone();
    calculer(move || {
        let hache: PasswordHash = Argon2::default()
            .hash_password(clair.as_bytes())
            .map_err(|_| Erreur::Calcul)?;
        Ok(hache.to_string())
    })
    .await
}

/// Le mot de passe est-il celui du haché ? Sans haché (compte inconnu), le même travail est fait contre un
/// haché que personne ne connaît : la durée ne dit pas si le compte existe.
pub(crate) async fn verifier(mot_de_passe: &MotDePasse, hache: Option<&str>) -> Result<bool, Erreur> {
    static LEURRE: LazyLock<Option<String>> = LazyLock::new(|| {
        let hache: PasswordHash = Argon2::default()
            .hash_password(&alea::octets::<32>().ok()?)
            .ok()?;
        Some(hache.to_string())
    });
    let (clair, connu) = (mot_de_passe.0.clone(), hache.map(str::to_owned));
    calculer(move || {
        let existe = connu.is_some();
        let hache = connu.or_else(|| LEURRE.clone()).ok_or(Erreur::Alea)?;
        let hache = PasswordHash::new(&hache).map_err(|_| Erreur::Calcul)?;
        Ok(Argon2::default()
            .verify_password(clair.as_bytes(), &hache)
            .is_ok()
            && existe)
    })
    .await
}

async fn calculer<T: Send + 'static>(
    calcul: impl FnOnce() -> Result<T, Erreur> + Send + 'static,
) -> Result<T, Erreur> {
    let _place = FILE.acquire().await.map_err(|_| Erreur::Calcul)?;
    tokio::task::spawn_blocking(calcul)
        .await
        .map_err(|_| Erreur::Calcul)?
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn choisi(texte: &str) -> Result<MotDePasse, ErreurMotDePasse> {
        MotDePasse::choisi(texte, &"mdupont".parse().unwrap())
    }

    #[test]
    fn un_mot_de_passe_faible_est_refuse() {
        assert_eq!(choisi("court"), Err(ErreurMotDePasse::TropCourt));
        assert_eq!(choisi(&"é".repeat(129)), Err(ErreurMotDePasse::TropLong));
        assert_eq!(choisi("le mot de mDupont"), Err(ErreurMotDePasse::Identifiant));
        for commun in [
            "Azerty123456!",
            "Mot-de-passe-2026",
            "aaaaaaaaaaaaaa",
            "1234 5678 9012 3456",
        ] {
            assert_eq!(choisi(commun), Err(ErreurMotDePasse::TropCommun), "{commun}");
        }
        assert!(choisi("charrue étang lundi bleu").is_ok());
    }

    #[test]
    fn un_mot_de_passe_ne_se_montre_pas() {
        assert_eq!(format!("{:?}", MotDePasse::tape("secret")), "MotDePasse(…)");
    }

    #[test]
    fn un_mot_de_passe_provisoire_a_quatre_groupes_de_cinq() {
        let provisoire = MotDePasse::provisoire().unwrap();
        assert_eq!(
            provisoire.reveler().split('-').map(str::len).collect::<Vec<_>>(),
            [5, 5, 5, 5]
        );
        assert_ne!(provisoire, MotDePasse::provisoire().unwrap());
    }

    #[tokio::test]
    async fn un_hache_ne_reconnait_que_le_sien() {
        let hache = hacher(&MotDePasse::tape("charrue étang lundi")).await.unwrap();
        assert!(hache.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        // Le même texte composé autrement par un autre clavier.
        assert!(
            verifier(&MotDePasse::tape("charrue e\u{301}tang lundi"), Some(&hache))
                .await
                .unwrap()
        );
        assert!(
            !verifier(&MotDePasse::tape("charrue etang lundi"), Some(&hache))
                .await
                .unwrap()
        );
        assert!(
            !verifier(&MotDePasse::tape("charrue étang lundi"), None)
                .await
                .unwrap()
        );
    }

    proptest! {
        #[test]
        fn ce_qui_est_admis_est_assez_long(texte in "\\PC{0,140}") {
            if let Ok(admis) = choisi(&texte) {
                let nombre = admis.reveler().chars().count();
                prop_assert!((LONGUEUR_MIN..=LONGUEUR_MAX).contains(&nombre));
            }
        }
    }
}
