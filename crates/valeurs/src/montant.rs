//! L'argent : des centimes entiers, jamais de flottants.

use std::{fmt, iter, ops::Neg, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Depassement, ErreurMontant};

const EXEMPLE_POINT: &str = "1234.56";
const EXEMPLE_FRANCAIS: &str = "1 234,56";

/// Une somme en euros, comptée en centimes, positive ou négative.
///
/// Toujours comprise entre `-i64::MAX` et `i64::MAX` centimes : l'opposé d'un montant en est un. Sérialisée
/// comme le nombre entier de centimes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(from = "i64", into = "i64")]
pub struct Montant(i64);

impl Montant {
    /// Zéro euro.
    pub const ZERO: Self = Self(0);

    /// Le plus grand montant : `i64::MAX` centimes, plus de 92 millions de milliards d'euros.
    pub const MAX: Self = Self(i64::MAX);

    /// Un nombre de centimes ; `i64::MIN`, seul entier sans opposé, est ramené à `-i64::MAX`.
    #[must_use]
    pub const fn de_centimes(centimes: i64) -> Self {
        if centimes == i64::MIN {
            Self(-i64::MAX)
        } else {
            Self(centimes)
        }
    }

    /// Le nombre de centimes.
    #[must_use]
    pub const fn centimes(self) -> i64 {
        self.0
    }

    /// Ce nombre de centimes, s'il tient dans un montant.
    pub(crate) fn de_centimes_larges(centimes: i128) -> Result<Self, Depassement> {
        match i64::try_from(centimes) {
            Ok(centimes) if centimes != i64::MIN => Ok(Self(centimes)),
            _ => Err(Depassement),
        }
    }

    /// La somme de deux montants.
    ///
    /// # Errors
    /// Le total sort de l'étendue d'un montant.
    pub fn checked_add(self, autre: Self) -> Result<Self, Depassement> {
        self.0
            .checked_add(autre.0)
            .ok_or(Depassement)
            .and_then(|c| Self::de_centimes_larges(c.into()))
    }

    /// La différence de deux montants.
    ///
    /// # Errors
    /// Le total sort de l'étendue d'un montant.
    pub fn checked_sub(self, autre: Self) -> Result<Self, Depassement> {
        self.checked_add(autre.oppose())
    }

    /// Le total, zéro s'il n'y a rien. Seul le total doit tenir dans un montant, pas les sommes partielles.
    ///
    /// # Errors
    /// Le total sort de l'étendue d'un montant.
    pub fn somme(montants: impl IntoIterator<Item = Self>) -> Result<Self, Depassement> {
        let mut total = 0_i128;
        for montant in montants {
            total = total.checked_add(montant.0.into()).ok_or(Depassement)?;
        }
        Self::de_centimes_larges(total)
    }

    /// La valeur absolue.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }

    /// Le même montant, de signe contraire ; l'opérateur `-` le rend aussi.
    #[must_use]
    pub const fn oppose(self) -> Self {
        Self(self.0.saturating_neg())
    }

    /// Vaut-il zéro ?
    #[must_use]
    pub const fn est_nul(self) -> bool {
        self.0 == 0
    }

    /// Est-il strictement sous zéro ?
    #[must_use]
    pub const fn est_negatif(self) -> bool {
        self.0 < 0
    }

    /// Lit la forme des fichiers : `1234.56`, `1234.5`, `1234`, un `-` devant s'il est négatif.
    ///
    /// # Errors
    /// Signe `+`, espace, virgule ou lettre ; plus de deux décimales ; rien d'un côté du point ; trop grand.
    pub fn lire_point(texte: &str) -> Result<Self, ErreurMontant> {
        let (negatif, chiffres) = match texte.strip_prefix('-') {
            Some(reste) => (true, reste),
            None => (false, texte),
        };
        lire(negatif, chiffres, '.', EXEMPLE_POINT)
    }

    /// Lit ce qu'une personne écrit : `1 234,56 €`, `1234,5`, `-12`. Les tranches de trois chiffres se
    /// séparent par des espaces de toute sorte ; « € » et le signe moins typographique sont admis.
    ///
    /// # Errors
    /// Signe `+`, point ou lettre ; espace mal placée ; plus de deux décimales ; rien d'un côté de la
    /// virgule ; trop grand.
    pub fn lire_francais(texte: &str) -> Result<Self, ErreurMontant> {
        let texte = texte.trim();
        let texte = texte.strip_suffix('€').map_or(texte, str::trim_end);
        let (negatif, texte) = match texte.strip_prefix(['-', '−']) {
            Some(reste) => (true, reste.trim_start()),
            None => (false, texte),
        };
        let (euros, decimales) = match texte.split_once(',') {
            Some((euros, decimales)) => (euros, Some(decimales)),
            None => (texte, None),
        };
        let tranches: Vec<&str> = euros.split(char::is_whitespace).collect();
        if let [premiere, suivantes @ ..] = tranches.as_slice()
            && !suivantes.is_empty()
            && (!(1..=3).contains(&premiere.len()) || suivantes.iter().any(|tranche| tranche.len() != 3))
        {
            return Err(ErreurMontant::EspaceMalPlacee);
        }
        let mut serre = tranches.concat();
        if let Some(decimales) = decimales {
            serre.push(',');
            serre.push_str(decimales);
        }
        lire(negatif, &serre, ',', EXEMPLE_FRANCAIS)
    }

    /// La forme des fichiers, toujours avec deux décimales : `-1234.50`. Relue par [`Self::lire_point`].
    #[must_use]
    pub fn en_point(self) -> String {
        let (negatif, euros, centimes) = self.decompose();
        let signe = if negatif { "-" } else { "" };
        format!("{signe}{euros}.{centimes:02}")
    }

    /// Négatif ?, euros, centimes de 0 à 99.
    const fn decompose(self) -> (bool, u64, u64) {
        let absolu = self.0.unsigned_abs();
        (self.0 < 0, absolu / 100, absolu % 100)
    }
}

/// Lit des chiffres, puis au plus deux décimales derrière `separateur`.
fn lire(
    negatif: bool,
    chiffres: &str,
    separateur: char,
    exemple: &'static str,
) -> Result<Montant, ErreurMontant> {
    if chiffres.is_empty() {
        return Err(if negatif {
            ErreurMontant::Incomplet
        } else {
            ErreurMontant::Vide { exemple }
        });
    }
    let (euros, decimales) = chiffres.split_once(separateur).unwrap_or((chiffres, "00"));
    if !euros.bytes().chain(decimales.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(ErreurMontant::Caractere { exemple });
    }
    if euros.is_empty() || decimales.is_empty() {
        return Err(ErreurMontant::Incomplet);
    }
    if decimales.len() > 2 {
        return Err(ErreurMontant::TropDeDecimales);
    }
    let complement = iter::repeat_n(b'0', 2_usize.saturating_sub(decimales.len()));
    euros
        .bytes()
        .chain(decimales.bytes())
        .chain(complement)
        .try_fold(0_i64, |total, chiffre| {
            total
                .checked_mul(10)?
                .checked_add(chiffre.saturating_sub(b'0').into())
        })
        .map(|centimes| {
            if negatif {
                Montant(centimes).oppose()
            } else {
                Montant(centimes)
            }
        })
        .ok_or(ErreurMontant::TropGrand)
}

impl Neg for Montant {
    type Output = Self;

    fn neg(self) -> Self {
        self.oppose()
    }
}

impl From<i64> for Montant {
    /// Des centimes, comme [`Montant::de_centimes`].
    fn from(centimes: i64) -> Self {
        Self::de_centimes(centimes)
    }
}

impl From<Montant> for i64 {
    fn from(montant: Montant) -> i64 {
        montant.0
    }
}

impl FromStr for Montant {
    type Err = ErreurMontant;

    /// Lit la forme française, celle de `Display` ; les fichiers se lisent par [`Montant::lire_point`].
    fn from_str(texte: &str) -> Result<Self, Self::Err> {
        Self::lire_francais(texte)
    }
}

impl fmt::Display for Montant {
    /// « −1 234,56 € » : signe moins typographique, fine insécable entre milliers, insécable devant « € ».
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (negatif, euros, centimes) = self.decompose();
        let chiffres = euros.to_string();
        let mut texte = String::from(if negatif { "−" } else { "" });
        for (rang, chiffre) in chiffres.chars().enumerate() {
            let restants = chiffres.len().saturating_sub(rang);
            if rang > 0 && restants.is_multiple_of(3) {
                texte.push('\u{202F}');
            }
            texte.push(chiffre);
        }
        texte.push_str(&format!(",{centimes:02}\u{A0}€"));
        f.pad(&texte)
    }
}

impl fmt::Debug for Montant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Montant({})", self.en_point())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn un_montant() -> impl Strategy<Value = Montant> {
        prop_oneof![any::<i64>(), -1_000_000..1_000_000_i64].prop_map(Montant::de_centimes)
    }

    proptest! {
        #[test]
        fn un_montant_affiche_se_relit(montant in un_montant()) {
            prop_assert_eq!(montant.to_string().parse(), Ok(montant));
            prop_assert_eq!(Montant::lire_point(&montant.en_point()), Ok(montant));
        }

        #[test]
        fn ajouter_puis_retrancher_ne_change_rien(a in un_montant(), b in un_montant()) {
            if let Ok(total) = a.checked_add(b) {
                prop_assert_eq!(total.checked_sub(b), Ok(a));
                prop_assert_eq!(Montant::somme([a, b]), Ok(total));
            }
        }

        #[test]
        fn l_oppose_annule(montant in un_montant()) {
            prop_assert_eq!(montant.checked_add(-montant), Ok(Montant::ZERO));
            prop_assert_eq!(-(-montant), montant);
            prop_assert!(!montant.abs().est_negatif());
        }

        #[test]
        fn aucun_texte_ne_fait_paniquer_la_lecture(texte in "\\PC{0,24}") {
            for montant in [Montant::lire_point(&texte), Montant::lire_francais(&texte)].into_iter().flatten() {
                prop_assert!(texte.contains(|c: char| c.is_ascii_digit()), "{:?}", montant);
            }
        }
    }

    fn c(centimes: i64) -> Montant {
        Montant::de_centimes(centimes)
    }

    #[test]
    fn les_formes_des_fichiers_se_lisent() {
        assert_eq!(Montant::lire_point("1234.56"), Ok(c(123_456)));
        assert_eq!(Montant::lire_point("1234.5"), Ok(c(123_450)));
        assert_eq!(Montant::lire_point("1234"), Ok(c(123_400)));
        assert_eq!(Montant::lire_point("-0.01"), Ok(c(-1)));
        assert_eq!(Montant::lire_point("92233720368547758.07"), Ok(Montant::MAX));
    }

    #[test]
    fn les_formes_des_personnes_se_lisent() {
        for texte in [
            "1 234,56",
            "1234,56 €",
            "1\u{202F}234,56\u{A0}€",
            " 1\u{A0}234,56€ ",
        ] {
            assert_eq!(Montant::lire_francais(texte), Ok(c(123_456)), "{texte}");
        }
        assert_eq!(Montant::lire_francais("−12,5"), Ok(c(-1_250)));
        assert_eq!(Montant::lire_francais("- 12"), Ok(c(-1_200)));
    }

    #[test]
    fn une_troisieme_decimale_est_refusee_et_le_message_le_dit() {
        let erreur = Montant::lire_point("12.345").unwrap_err();
        assert_eq!(erreur, ErreurMontant::TropDeDecimales);
        assert_eq!(
            erreur.to_string(),
            "le montant a plus de deux décimales : arrondissez-le au centime"
        );
        assert_eq!(
            Montant::lire_francais("12,000"),
            Err(ErreurMontant::TropDeDecimales)
        );
    }

    #[test]
    fn ce_qui_n_est_pas_un_montant_est_refuse() {
        let point = |texte| Montant::lire_point(texte).unwrap_err();
        assert_eq!(
            point(""),
            ErreurMontant::Vide {
                exemple: EXEMPLE_POINT
            }
        );
        for texte in ["-", ".5", "5.", "-.5", "."] {
            assert_eq!(point(texte), ErreurMontant::Incomplet, "{texte}");
        }
        for texte in ["+5", "1,5", "1 234", "1e3", "--1", "1.2.3", "١", "5€", "−5"] {
            assert_eq!(
                point(texte),
                ErreurMontant::Caractere {
                    exemple: EXEMPLE_POINT
                },
                "{texte}"
            );
        }
        assert_eq!(point("92233720368547758.08"), ErreurMontant::TropGrand);

        let francais = |texte| Montant::lire_francais(texte).unwrap_err();
        assert_eq!(
            francais(" € "),
            ErreurMontant::Vide {
                exemple: EXEMPLE_FRANCAIS
            }
        );
        for texte in ["1234.56", "1.234,56", "+5", "12,5,6", "12,5 0", "€5"] {
            assert_eq!(
                francais(texte),
                ErreurMontant::Caractere {
                    exemple: EXEMPLE_FRANCAIS
                },
                "{texte}"
            );
        }
        for texte in ["1 23,45", "1234 567", "1  234", "12 34 567,00"] {
            assert_eq!(francais(texte), ErreurMontant::EspaceMalPlacee, "{texte}");
        }
    }

    #[test]
    fn l_affichage_suit_la_typographie_francaise() {
        assert_eq!(c(123_456_789).to_string(), "1\u{202F}234\u{202F}567,89\u{A0}€");
        assert_eq!(c(-100_000).to_string(), "\u{2212}1\u{202F}000,00\u{A0}€");
        assert_eq!(c(5).to_string(), "0,05\u{A0}€");
        assert_eq!(c(-5).en_point(), "-0.05");
    }

    #[test]
    fn les_bornes_sont_symetriques_et_rien_ne_les_passe() {
        assert_eq!(c(i64::MIN), -Montant::MAX);
        assert_eq!(Montant::MAX.checked_add(c(1)), Err(Depassement));
        assert_eq!((-Montant::MAX).checked_sub(c(1)), Err(Depassement));
        assert_eq!(Montant::somme([Montant::MAX, c(1)]), Err(Depassement));
        assert_eq!(Montant::somme([Montant::MAX, c(1), c(-1)]), Ok(Montant::MAX));
        assert_eq!(Montant::somme([]), Ok(Montant::ZERO));
    }

    #[test]
    fn un_montant_se_serialise_en_centimes() {
        assert_eq!(serde_json::to_string(&c(-1_250)).unwrap(), "-1250");
        assert_eq!(serde_json::from_str::<Montant>("-1250").unwrap(), c(-1_250));
    }
}
