//! La page d'une table : sa taille et sa place, lues dans l'adresse.

use std::{convert::Infallible, fmt};

use axum::{extract::FromRequestParts, http::Uri, http::request::Parts};

use crate::tri::{parametres, valeur};

/// Les lignes d'une page.
pub const TAILLE_PAGE: u32 = 50;

/// Les lignes d'une page au plus : au-delà, un export convient mieux.
pub const TAILLE_PAGE_MAX: u32 = 200;

/// La plus grande page qu'on puisse demander par son numéro : plus loin, on cherche ou l'on suit un curseur.
const PAGE_MAX: u32 = 10_000;

const CURSEUR_MAX: usize = 64;

/// Le repère d'une ligne, pour reprendre après ou avant elle : des lettres, chiffres, `-` et `_`.
///
/// Il va dans l'adresse : c'est un identifiant technique, jamais un nom ni un NIR, et la requête retrouve par
/// lui la valeur de tri de la ligne.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Curseur(String);

impl Curseur {
    /// Ce repère, s'il en a la forme et soixante-quatre caractères au plus.
    #[must_use]
    pub fn nouveau(texte: impl Into<String>) -> Option<Self> {
        let texte = texte.into();
        let lisible = texte
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        (lisible && (1..=CURSEUR_MAX).contains(&texte.len())).then_some(Self(texte))
    }

    /// Le texte.
    #[must_use]
    pub fn texte(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Curseur {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Où la page commence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Position {
    /// La page de ce rang, à partir de 1.
    Page(u32),
    /// Juste après cette ligne.
    Apres(Curseur),
    /// Juste avant cette ligne.
    Avant(Curseur),
}

impl Position {
    /// La première page.
    pub const DEBUT: Self = Self::Page(1);

    /// Le paramètre d'adresse qui la dit ; rien pour la première page.
    pub(crate) fn parametre(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Page(0 | 1) => None,
            Self::Page(rang) => Some(("page", rang.to_string())),
            Self::Apres(curseur) => Some(("apres", curseur.to_string())),
            Self::Avant(curseur) => Some(("avant", curseur.to_string())),
        }
    }
}

/// La page demandée : `?page=3`, `?apres=01J…` ou `?avant=01J…`, et `taille=100`. L'illisible donne la première page
/// de [`TAILLE_PAGE`] lignes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pagination {
    /// Les lignes voulues, de 1 à [`TAILLE_PAGE_MAX`].
    taille: u32,
    /// Où elle commence.
    position: Position,
}

impl Default for Pagination {
    fn default() -> Self {
        Self {
            taille: TAILLE_PAGE,
            position: Position::DEBUT,
        }
    }
}

impl Pagination {
    /// Lit l'adresse.
    #[must_use]
    pub fn lire(adresse: &Uri) -> Self {
        let parametres = parametres(adresse);
        let taille = valeur(&parametres, "taille").and_then(|texte| texte.parse().ok());
        let curseur = |nom| valeur(&parametres, nom).and_then(Curseur::nouveau);
        let rang = valeur(&parametres, "page").and_then(|texte| texte.parse().ok());
        let position = curseur("apres")
            .map(Position::Apres)
            .or_else(|| curseur("avant").map(Position::Avant))
            .or_else(|| {
                rang.filter(|rang| (1..=PAGE_MAX).contains(rang))
                    .map(Position::Page)
            })
            .unwrap_or(Position::DEBUT);
        let taille = taille
            .filter(|taille| *taille > 0)
            .unwrap_or(TAILLE_PAGE)
            .min(TAILLE_PAGE_MAX);
        Self { taille, position }
    }

    /// Les lignes voulues, de 1 à [`TAILLE_PAGE_MAX`]. En lire une de plus dit s'il y a une suite.
    #[must_use]
    pub const fn taille(&self) -> u32 {
        self.taille
    }

    /// Où elle commence.
    #[must_use]
    pub const fn position(&self) -> &Position {
        &self.position
    }

    /// Le repère de la ligne après ou avant laquelle la page commence, et si on la lit à rebours.
    #[must_use]
    pub const fn curseur(&self) -> (Option<&Curseur>, bool) {
        match &self.position {
            Position::Apres(curseur) => (Some(curseur), false),
            Position::Avant(curseur) => (Some(curseur), true),
            Position::Page(_) => (None, false),
        }
    }

    /// La page et ce qu'il y a autour, depuis les lignes lues après le repère dans le sens de lecture (une de plus que
    /// la page, s'il y en a) ; `placee` dit si le repère a été compris.
    #[must_use]
    pub fn decouper<T>(
        &self,
        mut lues: Vec<T>,
        placee: bool,
        repere: impl Fn(&T) -> Option<Curseur>,
    ) -> (Vec<T>, Suite) {
        let (_, a_rebours) = self.curseur();
        let taille = usize::try_from(self.taille).unwrap_or(usize::MAX);
        let encore = lues.len() > taille;
        lues.truncate(taille);
        if a_rebours {
            lues.reverse();
        }
        let (avant, apres) = if a_rebours {
            (encore, placee)
        } else {
            (placee, encore)
        };
        let suite = Suite {
            precedente: lues
                .first()
                .filter(|_| avant)
                .and_then(&repere)
                .map(Position::Avant),
            suivante: lues
                .last()
                .filter(|_| apres)
                .and_then(&repere)
                .map(Position::Apres),
            ..Suite::default()
        };
        (lues, suite)
    }

    /// La page où se trouve une ligne, dont le rang commence à zéro.
    #[must_use]
    pub fn contenant(&self, ligne: u64) -> Self {
        let rang = ligne / u64::from(self.taille) + 1;
        let rang = u32::try_from(rang).unwrap_or(PAGE_MAX).min(PAGE_MAX);
        Self {
            taille: self.taille,
            position: Position::Page(rang),
        }
    }

    /// Les lignes à sauter quand la page est demandée par son rang ; zéro avec un curseur.
    #[must_use]
    pub fn decalage(&self) -> u64 {
        match self.position {
            Position::Page(rang) => u64::from(rang.saturating_sub(1)) * u64::from(self.taille),
            Position::Apres(_) | Position::Avant(_) => 0,
        }
    }

    /// La suite d'une table dont on connaît le total, paginée par rangs.
    #[must_use]
    pub fn suite(&self, total: u64) -> Suite {
        let taille = u64::from(self.taille);
        let derniere = total.div_ceil(taille).max(1);
        let rang = match self.position {
            Position::Page(rang) => u64::from(rang),
            Position::Apres(_) | Position::Avant(_) => 1,
        };
        let page = |rang: u64| u32::try_from(rang).ok().map(Position::Page);
        let premiere_ligne = (rang - 1) * taille + 1;
        Suite {
            precedente: (rang > 1).then(|| page((rang - 1).min(derniere))).flatten(),
            suivante: (rang < derniere).then(|| page(rang + 1)).flatten(),
            lignes: (premiere_ligne <= total).then(|| (premiere_ligne, (rang * taille).min(total))),
            total: Some(total),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Pagination {
    type Rejection = Infallible;

    async fn from_request_parts(parties: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::lire(&parties.uri))
    }
}

/// Ce qu'il y a autour de la page affichée.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Suite {
    /// La page d'avant.
    pub precedente: Option<Position>,
    /// La page d'après.
    pub suivante: Option<Position>,
    /// Les rangs de la première et de la dernière ligne affichées, s'ils sont connus.
    pub lignes: Option<(u64, u64)>,
    /// Le nombre total de lignes, s'il est connu.
    pub total: Option<u64>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lue(parametres: &str) -> Pagination {
        Pagination::lire(&format!("/t?{parametres}").parse().unwrap())
    }

    #[test]
    fn une_page_lue_a_rebours_se_remet_a_l_endroit_avec_ses_voisines() {
        let repere = |n: &i32| Curseur::nouveau(n.to_string());
        let nomme = |n: i32| repere(&n).unwrap();
        let (page, suite) = lue("taille=2").decouper(vec![1, 2, 3], false, repere);
        assert_eq!(page, [1, 2]);
        assert_eq!(
            (suite.precedente, suite.suivante),
            (None, Some(Position::Apres(nomme(2))))
        );
        let (page, suite) = lue("taille=2&avant=5").decouper(vec![4, 3, 2], true, repere);
        assert_eq!(page, [3, 4]);
        assert_eq!(
            (suite.precedente, suite.suivante),
            (Some(Position::Avant(nomme(3))), Some(Position::Apres(nomme(4))))
        );
        let (page, suite) = lue("apres=5").decouper(Vec::<i32>::new(), true, repere);
        assert_eq!((page.len(), suite), (0, Suite::default()));
    }

    #[test]
    fn l_illisible_donne_la_premiere_page() {
        for perdu in [
            "",
            "page=0",
            "page=-1",
            "page=deux",
            "page=10001",
            "apres=",
            "apres=Jean%20Dupont",
            "taille=0",
        ] {
            assert_eq!(lue(perdu), Pagination::default(), "{perdu}");
        }
        assert_eq!(lue("taille=201").taille(), TAILLE_PAGE_MAX);
        assert_eq!(lue("taille=200").taille(), 200);
        assert_eq!(lue("page=3&taille=20").decalage(), 40);
        assert_eq!(
            lue("page=3&apres=01J-a_").position(),
            &Position::Apres(Curseur("01J-a_".to_owned()))
        );
        assert_eq!(Curseur::nouveau("a".repeat(65)), None);
    }

    proptest! {
        #[test]
        fn les_pages_couvrent_tout_sans_recouvrement(total in 0_u64..2_000, taille in 1_u32..=200) {
            let mut attendue = 1;
            let mut pagination = Pagination { taille, position: Position::DEBUT };
            loop {
                let suite = pagination.suite(total);
                if let Some((premiere, derniere)) = suite.lignes {
                    prop_assert_eq!(premiere, attendue);
                    prop_assert_eq!(premiere, pagination.decalage() + 1);
                    attendue = derniere + 1;
                }
                match suite.suivante {
                    Some(position) => pagination.position = position,
                    None => break,
                }
            }
            prop_assert_eq!(attendue, total + 1);
        }
    }
}
