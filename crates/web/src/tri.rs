//! Le tri d'une table : une colonne d'une liste fermée, un sens.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Query},
    http::{Uri, request::Parts},
};

/// Les colonnes qu'une table sait trier : un enum, dont la clé va dans l'adresse.
///
/// La requête SQL choisit son `ORDER BY` par un `match` sur l'enum : ce qui vient de l'adresse n'y entre pas.
pub trait ColonneTriable: Copy + Eq + Send + 'static {
    /// Toutes les colonnes.
    const TOUTES: &'static [Self];

    /// Le tri quand l'adresse n'en dit rien de lisible.
    const DEFAUT: Tri<Self>;

    /// Le mot de l'adresse, en minuscules sans accent.
    fn cle(self) -> &'static str;
}

/// Le sens d'un tri.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sens {
    /// Du plus petit au plus grand.
    Croissant,
    /// Du plus grand au plus petit.
    Decroissant,
}

impl Sens {
    /// L'autre sens.
    #[must_use]
    pub const fn inverse(self) -> Self {
        match self {
            Self::Croissant => Self::Decroissant,
            Self::Decroissant => Self::Croissant,
        }
    }

    /// Le mot de l'adresse.
    #[must_use]
    pub const fn cle(self) -> &'static str {
        match self {
            Self::Croissant => "asc",
            Self::Decroissant => "desc",
        }
    }
}

/// Une table dont l'ordre ne se choisit pas.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SansTri;

impl SansTri {
    /// Son seul ordre.
    pub const ORDRE: Tri<Self> = Tri {
        colonne: Self,
        sens: Sens::Croissant,
    };
}

impl ColonneTriable for SansTri {
    const TOUTES: &'static [Self] = &[];
    const DEFAUT: Tri<Self> = Self::ORDRE;

    fn cle(self) -> &'static str {
        "ordre"
    }
}

/// Une colonne et un sens. Se lit dans l'adresse, `?tri=solde&sens=desc` ; l'illisible donne
/// [`ColonneTriable::DEFAUT`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tri<C> {
    /// La colonne.
    pub colonne: C,
    /// Le sens.
    pub sens: Sens,
}

impl<C: ColonneTriable> Tri<C> {
    /// Lit l'adresse.
    #[must_use]
    pub fn lire(adresse: &Uri) -> Self {
        let parametres = parametres(adresse);
        let Some(colonne) = valeur(&parametres, "tri")
            .and_then(|cle| C::TOUTES.iter().copied().find(|colonne| colonne.cle() == cle))
        else {
            return C::DEFAUT;
        };
        let sens = match valeur(&parametres, "sens") {
            Some("asc") => Sens::Croissant,
            Some("desc") => Sens::Decroissant,
            _ if colonne == C::DEFAUT.colonne => C::DEFAUT.sens,
            _ => Sens::Croissant,
        };
        Self { colonne, sens }
    }
}

impl<C: ColonneTriable, S: Sync> FromRequestParts<S> for Tri<C> {
    type Rejection = Infallible;

    async fn from_request_parts(parties: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::lire(&parties.uri))
    }
}

/// Les paramètres de l'adresse, vides si elle n'en a pas de lisibles.
pub(crate) fn parametres(adresse: &Uri) -> Vec<(String, String)> {
    Query::try_from_uri(adresse)
        .map(|Query(paires)| paires)
        .unwrap_or_default()
}

/// La première valeur de ce nom.
pub(crate) fn valeur<'a>(parametres: &'a [(String, String)], nom: &str) -> Option<&'a str> {
    parametres
        .iter()
        .find(|(cle, _)| cle == nom)
        .map(|(_, valeur)| valeur.as_str())
}

#[cfg(test)]
pub(crate) mod essais {
    use super::{ColonneTriable, Sens, Tri};

    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub(crate) enum Colonne {
        Nom,
        Solde,
    }

    impl ColonneTriable for Colonne {
        const TOUTES: &'static [Self] = &[Self::Nom, Self::Solde];
        const DEFAUT: Tri<Self> = Tri {
            colonne: Self::Solde,
            sens: Sens::Decroissant,
        };

        fn cle(self) -> &'static str {
            match self {
                Self::Nom => "nom",
                Self::Solde => "solde",
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{essais::Colonne, *};

    fn lu(parametres: &str) -> Tri<Colonne> {
        Tri::lire(&format!("/t?{parametres}").parse().unwrap())
    }

    #[test]
    fn le_tri_se_lit_et_l_illisible_donne_le_defaut() {
        assert_eq!(
            lu("tri=nom"),
            Tri {
                colonne: Colonne::Nom,
                sens: Sens::Croissant
            }
        );
        assert_eq!(
            lu("tri=nom&sens=desc"),
            Tri {
                colonne: Colonne::Nom,
                sens: Sens::Decroissant
            }
        );
        assert_eq!(lu("tri=solde").sens, Sens::Decroissant);
        for perdu in [
            "",
            "tri=",
            "tri=Nom",
            "tri=nom;drop",
            "sens=asc",
            "%ff=%fe",
            "tri=%00",
        ] {
            assert_eq!(lu(perdu), Colonne::DEFAUT, "{perdu}");
        }
    }

    proptest! {
        #[test]
        fn aucune_adresse_ne_fait_echouer_la_lecture(parametres in "[ -~&&[^#\"<>`{}|\\\\^ ]]{0,60}") {
            if let Ok(adresse) = format!("/t?{parametres}").parse::<Uri>() {
                let tri = Tri::<Colonne>::lire(&adresse);
                prop_assert!(Colonne::TOUTES.contains(&tri.colonne));
            }
        }
    }
}
