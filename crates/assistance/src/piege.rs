//! Le fil-piège : ce qui ne devrait jamais paraître, cherché dans tout ce qui paraît.
//!
//! Une page mal marquée laisserait passer un NIR dans une région dite publique. On cherche donc tout NIR de quinze
//! caractères à la clé juste hors de la classe identification, et tout IBAN à la clé juste hors de la classe économique,
//! d'un seul tenant ou en groupes, d'un texte au suivant et d'un message au suivant.
//!
//! Ce qui sépare les groupes est une espace de toute sorte, un point, un trait, une barre, ou la fin d'un texte, aux places
//! où ces numéros se coupent (`1 85 05 78 006 084 36`, `FR76 3000 …`), et nulle part ailleurs : des colonnes de nombres
//! ne font pas un NIR. Deux textes qui se suivent dans un même élément n'en font qu'un.
//!
//! N'est pas vu : un NIR de treize chiffres sans sa clé, que rien ne distingue d'un autre nombre ; un numéro dont les
//! morceaux sont séparés par d'autres textes, ou coupé au milieu d'un groupe entre deux éléments.

use valeurs::{Iban, Nir};

use crate::Classe;

const NIR: usize = 15;
const IBAN_MIN: usize = 15;
const IBAN_MAX: usize = 34;
/// Les places où un NIR se coupe : sexe, année, mois, département, commune, rang, clé.
const COUPES_NIR: [usize; 6] = [1, 3, 5, 7, 10, 13];

/// Ce qui a été trouvé hors de sa classe ; jamais le numéro lui-même.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Prise {
    /// Un NIR, hors de la classe identification.
    #[error(
        "un numéro de sécurité sociale paraît hors de la classe « identification » : marquez la région qui le tient"
    )]
    Nir,
    /// Un IBAN, hors de la classe économique.
    #[error("un IBAN paraît hors de la classe « economique » : marquez la région qui le tient")]
    Iban,
}

/// Les derniers caractères lus, de tous les textes d'une époque ; de taille fixe.
#[derive(Clone, Debug, Default)]
pub struct Piege {
    nir: Fenetre<NIR>,
    iban: Fenetre<IBAN_MAX>,
}

impl Piege {
    /// Lit un texte de cette classe. `colle` : il continue le précédent, dans le même élément.
    ///
    /// # Errors
    /// [`Prise`].
    pub fn lire(&mut self, classe: Classe, texte: &str, colle: bool) -> Result<(), Prise> {
        if classe == Classe::Identification {
            self.nir.rompre();
        } else {
            self.nir.lire(texte, colle, est_du_nir, |f| {
                f.tient_un_nir().then_some(Prise::Nir)
            })?;
        }
        if classe == Classe::Economique {
            self.iban.rompre();
        } else {
            self.iban.lire(
                texte,
                colle,
                |c| c.is_ascii_alphanumeric(),
                |f| f.tient_un_iban().then_some(Prise::Iban),
            )?;
        }
        Ok(())
    }
}

/// Un chiffre, ou la lettre d'un département corse.
const fn est_du_nir(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, 'A' | 'B' | 'a' | 'b')
}

/// Une espace, un point, un trait, une barre.
fn separe(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '.' | '-' | '/' | '\u{2010}'..='\u{2013}' | '\u{2060}' | '\u{200b}'
        )
}

/// Les `N` derniers caractères qui peuvent être d'un numéro, et où ils sont coupés.
#[derive(Clone, Debug)]
struct Fenetre<const N: usize> {
    /// En rond : le plus ancien est à `debut`.
    caracteres: [u8; N],
    coupes: [bool; N],
    debut: usize,
    remplis: usize,
    /// Le prochain caractère sera-t-il précédé d'une coupe ?
    coupe: bool,
}

impl<const N: usize> Default for Fenetre<N> {
    fn default() -> Self {
        Self {
            caracteres: [0; N],
            coupes: [false; N],
            debut: 0,
            remplis: 0,
            coupe: true,
        }
    }
}

impl<const N: usize> Fenetre<N> {
    fn lire<P>(
        &mut self,
        texte: &str,
        colle: bool,
        du_numero: impl Fn(char) -> bool,
        prise: impl Fn(&Self) -> Option<P>,
    ) -> Result<(), P> {
        if !colle {
            self.coupe = true;
        }
        for c in texte.chars() {
            if du_numero(c) {
                self.ajouter(c);
                continue;
            }
            // Un numéro finit où ses caractères finissent.
            self.juger(&prise)?;
            if separe(c) {
                self.coupe = true;
            } else {
                self.rompre();
            }
        }
        self.juger(&prise)
    }

    fn juger<P>(&self, prise: &impl Fn(&Self) -> Option<P>) -> Result<(), P> {
        // Rien n'a été ajouté depuis la dernière coupe : c'est déjà jugé.
        if self.coupe {
            return Ok(());
        }
        prise(self).map_or(Ok(()), Err)
    }

    fn ajouter(&mut self, c: char) {
        let place = (self.debut + self.remplis) % N;
        if let (Some(caractere), Some(coupe)) = (self.caracteres.get_mut(place), self.coupes.get_mut(place)) {
            *caractere = u8::try_from(c.to_ascii_uppercase()).unwrap_or(0);
            *coupe = self.coupe;
        }
        self.coupe = false;
        if self.remplis == N {
            self.debut = (self.debut + 1) % N;
        } else {
            self.remplis += 1;
        }
    }

    /// Ce qui suit ne continue rien.
    fn rompre(&mut self) {
        self.remplis = 0;
        self.coupe = true;
    }

    /// Le caractère de ce rang parmi les `combien` derniers, et s'il est précédé d'une coupe.
    fn parmi_les_derniers(&self, combien: usize, rang: usize) -> Option<(u8, bool)> {
        let place = (self.debut + self.remplis.checked_sub(combien)? + rang) % N;
        Some((*self.caracteres.get(place)?, *self.coupes.get(place)?))
    }

    /// Les `combien` derniers, s'ils commencent après une coupe et ne sont coupés qu'à ces places-là.
    fn numero(&self, combien: usize, coupable: impl Fn(usize) -> bool) -> Option<String> {
        let mut texte = String::with_capacity(combien);
        for rang in 0..combien {
            let (c, coupe) = self.parmi_les_derniers(combien, rang)?;
            let juste = if rang == 0 {
                coupe
            } else {
                !coupe || coupable(rang)
            };
            if !juste {
                return None;
            }
            texte.push(char::from(c));
        }
        Some(texte)
    }

    fn tient_un_nir(&self) -> bool {
        let numero = self.numero(NIR, |rang| COUPES_NIR.contains(&rang));
        numero.is_some_and(|texte| texte.parse::<Nir>().is_ok())
    }

    fn tient_un_iban(&self) -> bool {
        (IBAN_MIN..=IBAN_MAX.min(self.remplis)).any(|combien| {
            let lettre = |rang| {
                let lu = self.parmi_les_derniers(combien, rang);
                lu.is_some_and(|(c, _)| c.is_ascii_alphabetic())
            };
            lettre(0)
                && lettre(1)
                && !lettre(2)
                && self
                    .numero(combien, |rang| rang % 4 == 0)
                    .is_some_and(|texte| texte.parse::<Iban>().is_ok())
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const UN_NIR: &str = "2 55 08 14 168 025 38";
    const UN_IBAN: &str = "FR76 3000 6000 0112 3456 7890 189";

    fn lire(textes: &[(Classe, &str, bool)]) -> Result<(), Prise> {
        let mut piege = Piege::default();
        for (classe, texte, colle) in textes {
            piege.lire(*classe, texte, *colle)?;
        }
        Ok(())
    }

    #[test]
    fn un_nir_ou_un_iban_se_trouve_sous_toutes_ses_ecritures_hors_de_sa_classe_seulement() {
        for texte in [
            UN_NIR,
            "255081416802538",
            "NIR : 2550814168025 38.",
            "2.55.08.14.168.025.38",
            "2\u{a0}55\u{202f}08-14/168 025\n38 et la suite",
            "né à Ajaccio, 1 80 05 2A 004 123 75",
        ] {
            let corse = texte.contains("2A");
            if corse {
                let nir: Nir = "180052A004123".parse().unwrap();
                let juste = texte.replace("75", &format!("{:02}", nir.cle()));
                assert_eq!(
                    lire(&[(Classe::Publique, &juste, false)]),
                    Err(Prise::Nir),
                    "{juste}"
                );
                continue;
            }
            assert_eq!(
                lire(&[(Classe::Publique, texte, false)]),
                Err(Prise::Nir),
                "{texte}"
            );
            assert_eq!(
                lire(&[(Classe::Economique, texte, false)]),
                Err(Prise::Nir),
                "{texte}"
            );
            assert_eq!(lire(&[(Classe::Identification, texte, false)]), Ok(()), "{texte}");
        }
        for texte in [
            UN_IBAN,
            "fr7630006000011234567890189",
            "IBAN FR76-3000-6000-0112-3456-7890-189 !",
        ] {
            assert_eq!(
                lire(&[(Classe::Publique, texte, false)]),
                Err(Prise::Iban),
                "{texte}"
            );
            assert_eq!(lire(&[(Classe::Economique, texte, false)]), Ok(()), "{texte}");
        }
    }

    #[test]
    fn un_numero_a_la_cle_fausse_ou_pris_dans_un_plus_long_n_en_est_pas_un() {
        for texte in [
            "2 55 08 14 168 025 39",
            "92 55 08 14 168 025 38",
            "2550814168025381",
            "2550 8141680 2538",
            "2 55 08 14 168 025,38",
            "FR77 3000 6000 0112 3456 7890 189",
        ] {
            assert_eq!(lire(&[(Classe::Publique, texte, false)]), Ok(()), "{texte}");
        }
    }

    /// Les numéros où couper au hasard.
    fn coupes() -> impl Strategy<Value = Vec<usize>> {
        proptest::collection::vec(0..33_usize, 0..6)
    }

    fn en_morceaux(texte: &str, mut ou: Vec<usize>) -> Vec<String> {
        let caracteres: Vec<char> = texte.chars().collect();
        ou.extend([0, caracteres.len()]);
        ou.retain(|place| *place <= caracteres.len());
        ou.sort_unstable();
        ou.windows(2)
            .map(|bornes| {
                caracteres
                    .get(bornes[0]..bornes[1])
                    .unwrap_or_default()
                    .iter()
                    .collect()
            })
            .collect()
    }

    proptest! {
        #[test]
        fn coupe_n_importe_ou_dans_un_meme_element_un_numero_se_trouve(
            ou in coupes(), nir in any::<bool>(), avant in "[a-z ,;]{0,8}",
        ) {
            let (texte, attendu) = if nir { (UN_NIR, Prise::Nir) } else { (UN_IBAN, Prise::Iban) };
            let mut piege = Piege::default();
            let mut lu = piege.lire(Classe::Publique, &format!("{avant} "), false);
            for morceau in en_morceaux(texte, ou) {
                lu = lu.and_then(|()| piege.lire(Classe::Publique, &morceau, true));
            }
            prop_assert_eq!(lu, Err(attendu));
        }

        #[test]
        fn coupe_entre_ses_groupes_un_nir_se_trouve_d_un_texte_au_suivant(masque in 0..64_u8) {
            let groupes: Vec<&str> = UN_NIR.split(' ').collect();
            let mut textes = vec![String::new()];
            for (rang, groupe) in groupes.iter().enumerate() {
                if rang > 0 && masque & (1 << (rang - 1)) != 0 {
                    textes.push(String::new());
                }
                textes.last_mut().unwrap().push_str(groupe);
            }
            let mut piege = Piege::default();
            let lu = textes.iter().try_for_each(|texte| piege.lire(Classe::Publique, texte, false));
            prop_assert_eq!(lu, Err(Prise::Nir));
        }

        #[test]
        fn aucun_texte_ne_fait_paniquer(textes in proptest::collection::vec((".{0,40}", any::<bool>()), 0..20)) {
            let mut piege = Piege::default();
            for (texte, colle) in &textes {
                let _ = piege.lire(Classe::Publique, texte, *colle);
            }
        }
    }

    /// Des tables de sommes, de dates et d'entiers, comme une page de cotisations en montre.
    #[test]
    fn vingt_mille_lignes_de_sommes_et_de_dates_ne_prennent_rien() {
        let mut graine = 7_u64;
        let mut hasard = |max: u64| {
            graine = graine
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (graine >> 33) % max
        };
        let mut piege = Piege::default();
        for _ in 0..20_000 {
            let (jour, mois, annee) = (1 + hasard(28), 1 + hasard(12), 1990 + hasard(37));
            for cellule in [
                format!("{jour:02}/{mois:02}/{annee}"),
                format!("{} {:03},{:02} €", hasard(99), hasard(1000), hasard(100)),
                hasard(100_000).to_string(),
                format!("{annee}-{mois:02}"),
                format!("33{:08}", hasard(100_000_000)),
                hasard(10).to_string(),
                format!("{:02}", hasard(100)),
            ] {
                assert_eq!(piege.lire(Classe::Publique, &cellule, false), Ok(()), "{cellule}");
            }
        }
    }
}
