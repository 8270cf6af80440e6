//! Des fractions exactes, tranche par tranche, arrondies une seule fois.

use std::{fmt, str::FromStr};

use valeurs::{Montant, Taux};

use crate::Erreur;

/// La part d’un revenu qui tombe dans une tranche, et ce qui en est pris.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Palier {
    /// Le bas de la tranche.
    pub de: Montant,
    /// Le haut de la tranche ; `None` pour la dernière.
    pub jusqua: Option<Montant>,
    /// Ce que le revenu a dans la tranche, jamais nul.
    pub base: Montant,
    /// Ce qui en est pris : ce que le total arrondi gagne en passant la tranche.
    pub pris: Montant,
}

/// Une part d’un montant, de rien à tout.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Fraction {
    numerateur: i128,
    denominateur: i128,
}

impl Fraction {
    /// Tant sur tant ; `None` si le dénominateur n’est pas positif ou le numérateur négatif.
    pub(super) fn new(numerateur: i128, denominateur: i128) -> Option<Self> {
        if numerateur < 0 || denominateur <= 0 {
            return None;
        }
        Some(Self {
            numerateur,
            denominateur,
        })
    }

    pub(super) fn du_taux(taux: Taux) -> Option<Self> {
        let pourcentage = taux.pourcentage();
        let denominateur = 10_i128.checked_pow(pourcentage.scale())?.checked_mul(100)?;
        Self::new(pourcentage.mantissa(), denominateur)
    }

    /// Entre rien et le tout, bornes comprises ?
    pub(super) const fn est_une_part(self) -> bool {
        self.numerateur <= self.denominateur
    }

    /// Cette part est-elle plus grande que l’autre ?
    pub(super) fn depasse(self, autre: Self) -> bool {
        let produits = self
            .numerateur
            .checked_mul(autre.denominateur)
            .zip(autre.numerateur.checked_mul(self.denominateur));
        produits.is_some_and(|(celle_ci, autre)| celle_ci > autre)
    }
}

impl fmt::Display for Fraction {
    /// « 1/20 » ; « la totalité ».
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.numerateur == self.denominateur {
            return f.write_str("la totalité");
        }
        write!(f, "{}/{}", self.numerateur, self.denominateur)
    }
}

impl FromStr for Fraction {
    type Err = ();

    /// Lit « 2/3 ».
    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        let (numerateur, denominateur) = texte.split_once('/').ok_or(())?;
        let lire = |nombre: &str| nombre.parse::<u32>().map(i128::from).map_err(|_| ());
        Self::new(lire(numerateur)?, lire(denominateur)?).ok_or(())
    }
}

/// Un total exact de centimes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Exact {
    numerateur: i128,
    denominateur: i128,
}

impl Exact {
    pub(super) fn de(montant: Montant) -> Self {
        Self {
            numerateur: montant.centimes().into(),
            denominateur: 1,
        }
    }

    /// Ajoute une part d’un montant.
    pub(super) fn plus(self, montant: Montant, part: Fraction) -> Result<Self, Erreur> {
        let somme = || {
            let ici = self.numerateur.checked_mul(part.denominateur)?;
            let la = i128::from(montant.centimes())
                .checked_mul(part.numerateur)?
                .checked_mul(self.denominateur)?;
            let numerateur = ici.checked_add(la)?;
            let denominateur = self.denominateur.checked_mul(part.denominateur)?;
            let commun = pgcd(numerateur, denominateur);
            Some(Self {
                numerateur: numerateur.checked_div(commun)?,
                denominateur: denominateur.checked_div(commun)?,
            })
        };
        somme().ok_or(Erreur::Depassement)
    }

    /// Au centime le plus proche, le demi-centime compté pour un.
    ///
    /// # Errors
    /// Le total ne tient pas dans un montant.
    pub(super) fn arrondir(self) -> Result<Montant, Erreur> {
        let double = self
            .denominateur
            .checked_mul(2)
            .zip(self.numerateur.checked_mul(2))
            .and_then(|(double, deux_fois)| Some((double, deux_fois.checked_add(self.denominateur)?)));
        let centimes = double.and_then(|(double, demi_de_plus)| demi_de_plus.checked_div_euclid(double));
        let centimes = centimes.and_then(|centimes| i64::try_from(centimes).ok());
        centimes.map(Montant::de_centimes).ok_or(Erreur::Depassement)
    }
}

fn pgcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.saturating_abs(), b.saturating_abs());
    while b != 0 {
        (a, b) = (b, a.checked_rem(b).unwrap_or(0));
    }
    a.max(1)
}

/// Sert les tranches de bas en haut, en partant de ce qui est déjà pris ; rend les tranches atteintes et le total.
///
/// `debuts` croît ; chaque tranche va de son début à celui de la suivante, la dernière sans fin. Les fractions
/// croissent, donc élever un début ne prend jamais plus, et l’arrondi unique du total le conserve.
pub(super) fn echelonner(
    revenu: Montant,
    deja_pris: Montant,
    debuts: &[Montant],
    fractions: &[Fraction],
) -> Result<(Vec<Palier>, Montant), Erreur> {
    let mut exact = Exact::de(deja_pris);
    let mut total = deja_pris;
    let mut paliers = Vec::new();
    let fins = debuts.iter().skip(1).copied().map(Some).chain([None]);
    for ((&de, jusqua), &fraction) in debuts.iter().zip(fins).zip(fractions) {
        if revenu <= de {
            break;
        }
        let base = jusqua.map_or(revenu, |haut| haut.min(revenu)).checked_sub(de)?;
        exact = exact.plus(base, fraction)?;
        let cumul = exact.arrondir()?;
        paliers.push(Palier {
            de,
            jusqua,
            base,
            pris: cumul.checked_sub(total)?,
        });
        total = cumul;
    }
    Ok((paliers, total))
}
