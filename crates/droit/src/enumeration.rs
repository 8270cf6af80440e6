//! La forme commune des énumérations du domaine : un code stable, un libellé français, la lecture du code.

/// Déclare une énumération dont chaque valeur a un code stable (gardé en base, lu dans les imports) et un
/// libellé (montré). Le code est écrit une fois : `code`, `FromStr` et serde en viennent tous trois.
macro_rules! enumeration {
    (
        $(#[$doc:meta])*
        pub enum $Nom:ident ($quoi:literal) {
            $( $Variante:ident = $code:literal, $libelle:literal; )+
        }
    ) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize,
        )]
        pub enum $Nom {
            $(
                #[doc = $libelle]
                #[serde(rename = $code)]
                $Variante,
            )+
        }

        impl $Nom {
            /// Toutes les valeurs, dans l’ordre de leur déclaration.
            pub const TOUS: &'static [Self] = &[$(Self::$Variante),+];

            /// Le code stable, en minuscules et sans accent.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$Variante => $code,)+
                }
            }

            /// Le libellé français, pour les écrans et les lettres.
            #[must_use]
            pub const fn libelle(self) -> &'static str {
                match self {
                    $(Self::$Variante => $libelle,)+
                }
            }
        }

        impl std::fmt::Display for $Nom {
            /// Le libellé.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.libelle())
            }
        }

        impl std::str::FromStr for $Nom {
            type Err = crate::CodeInconnu;

            /// Lit le code.
            fn from_str(texte: &str) -> Result<Self, Self::Err> {
                match texte {
                    $($code => Ok(Self::$Variante),)+
                    _ => Err(crate::CodeInconnu::nouveau($quoi, &[$($code),+])),
                }
            }
        }
    };
}

pub(crate) use enumeration;
