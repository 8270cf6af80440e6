//! Les taux et la règle d'arrondi de leur application.

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Depassement, ErreurTaux, Montant, texte::par_texte};

/// Décimales et valeur les plus grandes : assez pour toute loi, assez peu pour que le calcul exact d'un taux
/// appliqué à un montant tienne toujours dans 128 bits.
const DECIMALES_MAX: u32 = 6;
const POURCENTAGE_MAX: Decimal = Decimal::ONE_THOUSAND;

/// Un taux en pourcentage, de 0 à 1 000 %, avec six décimales au plus : `0,2` veut dire 0,2 %.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Taux(Decimal);

/// Comment arrondir ce qu'un taux donne. Un montant négatif s'arrondit comme son opposé, pour qu'une
/// annulation annule exactement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Arrondi {
    /// Au centime le plus proche, le demi-centime compté pour un.
    DemiSuperieur,
    /// À l'euro supérieur, toute fraction d'euro comptée pour un euro.
    EuroSuperieur,
    /// À l'euro le plus proche, le demi-euro compté pour un.
    EuroLePlusProche,
}

impl Taux {
    /// Ce pourcentage.
    ///
    /// # Errors
    /// Hors de 0 à 1 000 %, ou plus de six décimales utiles.
    pub fn new(pourcentage: Decimal) -> Result<Self, ErreurTaux> {
        let pourcentage = pourcentage.normalize();
        if !(Decimal::ZERO..=POURCENTAGE_MAX).contains(&pourcentage) {
            return Err(ErreurTaux::HorsBornes);
        }
        if pourcentage.scale() > DECIMALES_MAX {
            return Err(ErreurTaux::TropDeDecimales);
        }
        Ok(Self(pourcentage))
    }

    /// Le pourcentage : 0,2 pour 0,2 %.
    #[must_use]
    pub const fn pourcentage(self) -> Decimal {
        self.0
    }
}

impl Montant {
    /// `facteur` fois le taux du montant (tant de mois, de fractions de mois ou de fois), calculé exactement
    /// puis arrondi une seule fois.
    ///
    /// # Errors
    /// Le résultat sort de l'étendue d'un montant.
    pub fn appliquer(self, taux: Taux, facteur: u32, arrondi: Arrondi) -> Result<Self, Depassement> {
        let centimes_par_unite: u128 = match arrondi {
            Arrondi::DemiSuperieur => 1,
            Arrondi::EuroSuperieur | Arrondi::EuroLePlusProche => 100,
        };
        let (unites, reste, diviseur) =
            diviser(self, taux, facteur, centimes_par_unite).ok_or(Depassement)?;
        let une_de_plus = match arrondi {
            Arrondi::DemiSuperieur | Arrondi::EuroLePlusProche => reste >= diviseur.div_ceil(2),
            Arrondi::EuroSuperieur => reste > 0,
        };
        let centimes = unites
            .checked_add(u128::from(une_de_plus))
            .and_then(|unites| unites.checked_mul(centimes_par_unite))
            .and_then(|centimes| i128::try_from(centimes).ok())
            .ok_or(Depassement)?;
        let absolu = Self::de_centimes_larges(centimes)?;
        Ok(if self.est_negatif() {
            absolu.oppose()
        } else {
            absolu
        })
    }
}

/// Quotient, reste et diviseur de `|montant| × taux × facteur`, en unités de tant de centimes.
fn diviser(
    montant: Montant,
    taux: Taux,
    facteur: u32,
    centimes_par_unite: u128,
) -> Option<(u128, u128, u128)> {
    let produit = u128::from(montant.centimes().unsigned_abs())
        .checked_mul(taux.0.mantissa().unsigned_abs())?
        .checked_mul(facteur.into())?;
    let diviseur = 10_u128
        .checked_pow(taux.0.scale())?
        .checked_mul(100)?
        .checked_mul(centimes_par_unite)?;
    Some((
        produit.checked_div(diviseur)?,
        produit.checked_rem(diviseur)?,
        diviseur,
    ))
}

impl fmt::Display for Taux {
    /// « 0,2 % », avec une espace insécable.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}\u{A0}%", self.0.to_string().replace('.', ",")))
    }
}

impl fmt::Debug for Taux {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Taux({} %)", self.0)
    }
}

impl FromStr for Taux {
    type Err = ErreurTaux;

    /// Lit `0.2`, `0,2` ou `0,2 %`.
    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let nombre = texte.trim();
        let nombre = nombre
            .strip_suffix('%')
            .map_or(nombre, str::trim_end)
            .replace(',', ".");
        let mut cotes = nombre.splitn(2, '.');
        if !cotes.all(|cote| !cote.is_empty() && cote.bytes().all(|b| b.is_ascii_digit())) {
            return Err(ErreurTaux::Forme);
        }
        let pourcentage = Decimal::from_str_exact(&nombre).map_err(|erreur| match erreur {
            rust_decimal::Error::Underflow => ErreurTaux::TropDeDecimales,
            _ => ErreurTaux::HorsBornes,
        })?;
        Self::new(pourcentage)
    }
}

par_texte!(Taux, ErreurTaux, |taux| taux.0.to_string());

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn taux(texte: &str) -> Taux {
        texte.parse().unwrap()
    }

    fn c(centimes: i64) -> Montant {
        Montant::de_centimes(centimes)
    }

    fn un_taux() -> impl Strategy<Value = Taux> {
        (0..=1_000_000_000_i64)
            .prop_map(|millioniemes| Taux::new(Decimal::new(millioniemes, DECIMALES_MAX)).unwrap())
    }

    fn un_arrondi() -> impl Strategy<Value = Arrondi> {
        prop_oneof![
            Just(Arrondi::DemiSuperieur),
            Just(Arrondi::EuroSuperieur),
            Just(Arrondi::EuroLePlusProche)
        ]
    }

    proptest! {
        #[test]
        fn un_taux_affiche_se_relit(taux in un_taux()) {
            prop_assert_eq!(taux.to_string().parse(), Ok(taux));
            prop_assert_eq!(String::from(taux).parse(), Ok(taux));
        }

        #[test]
        fn l_oppose_donne_l_oppose(
            montant in any::<i64>().prop_map(c), taux in un_taux(), facteur in any::<u32>(), arrondi in un_arrondi()
        ) {
            let direct = montant.appliquer(taux, facteur, arrondi).map(Montant::oppose);
            prop_assert_eq!((-montant).appliquer(taux, facteur, arrondi), direct);
        }

        #[test]
        fn l_arrondi_reste_a_sa_distance_du_calcul_exact(
            montant in 0..1_000_000_000_i64, millioniemes in 0..10_000_000_i64, facteur in 0..100_u32
        ) {
            let taux = Taux::new(Decimal::new(millioniemes, 6)).unwrap();
            let exact = Decimal::from(montant) * taux.pourcentage() / Decimal::ONE_HUNDRED * Decimal::from(facteur);
            let applique = |arrondi| {
                Decimal::from(c(montant).appliquer(taux, facteur, arrondi).unwrap().centimes())
            };
            prop_assert!((applique(Arrondi::DemiSuperieur) - exact).abs() <= Decimal::new(5, 1));
            prop_assert!((applique(Arrondi::EuroLePlusProche) - exact).abs() <= Decimal::from(50));
            let exces = applique(Arrondi::EuroSuperieur) - exact;
            prop_assert!(Decimal::ZERO <= exces && exces < Decimal::ONE_HUNDRED);
        }
    }

    #[test]
    fn cinq_pour_cent_et_deux_dixiemes_par_mois() {
        assert_eq!(
            c(123_456).appliquer(taux("5"), 1, Arrondi::DemiSuperieur),
            Ok(c(6_173))
        );
        assert_eq!(
            c(123_456).appliquer(taux("0,2"), 7, Arrondi::DemiSuperieur),
            Ok(c(1_728))
        );
        assert_eq!(
            c(100_000).appliquer(taux("0.2 %"), 0, Arrondi::EuroSuperieur),
            Ok(Montant::ZERO)
        );
    }

    #[test]
    fn chaque_arrondi_suit_sa_regle() {
        let cent_pour_cent = taux("100");
        let arrondi = |centimes, arrondi| {
            c(centimes)
                .appliquer(cent_pour_cent, 1, arrondi)
                .unwrap()
                .centimes()
        };
        assert_eq!(arrondi(101, Arrondi::EuroSuperieur), 200);
        assert_eq!(arrondi(100, Arrondi::EuroSuperieur), 100);
        assert_eq!(arrondi(149, Arrondi::EuroLePlusProche), 100);
        assert_eq!(arrondi(150, Arrondi::EuroLePlusProche), 200);
        assert_eq!(arrondi(-150, Arrondi::EuroLePlusProche), -200);
        assert_eq!(c(1).appliquer(taux("50"), 1, Arrondi::DemiSuperieur), Ok(c(1)));
        assert_eq!(
            c(1).appliquer(taux("49,999999"), 1, Arrondi::DemiSuperieur),
            Ok(Montant::ZERO)
        );
    }

    #[test]
    fn un_resultat_trop_grand_est_refuse() {
        assert_eq!(
            Montant::MAX.appliquer(taux("100"), 1, Arrondi::DemiSuperieur),
            Ok(Montant::MAX)
        );
        assert_eq!(
            Montant::MAX.appliquer(taux("1000"), u32::MAX, Arrondi::EuroSuperieur),
            Err(Depassement)
        );
    }

    #[test]
    fn les_bornes_et_la_forme_d_un_taux_sont_tenues() {
        let faute = |texte: &str| texte.parse::<Taux>().unwrap_err();
        for texte in ["", "%", "-1", "+1", ".2", "2.", "1_0", "1e2", "1.2.3"] {
            assert_eq!(faute(texte), ErreurTaux::Forme, "{texte}");
        }
        assert_eq!(faute("1000,1"), ErreurTaux::HorsBornes);
        assert_eq!(faute(&"9".repeat(40)), ErreurTaux::HorsBornes);
        assert_eq!(faute("0,1234567"), ErreurTaux::TropDeDecimales);
        assert_eq!(
            faute(&format!("0,{}", "1".repeat(40))),
            ErreurTaux::TropDeDecimales
        );
        assert_eq!(taux("0,2000000"), taux("0.2"));
        assert_eq!(taux("0,20").to_string(), "0,2\u{A0}%");
        assert_eq!(serde_json::to_string(&taux("0,20")).unwrap(), "\"0.2\"");
    }
}
