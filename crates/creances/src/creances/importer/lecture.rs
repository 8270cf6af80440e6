//! Le fichier de créances, ligne à ligne : CSV à point-virgule ou JSON Lines, reconnus par leur contenu.

use std::io::{BufRead, Read as _};

use serde_json::{Map, Value};

use crate::Erreur;

/// Octets par ligne, au plus : une ligne juste en compte moins de mille ; au-delà, ce n'est pas un tel fichier.
const LIGNE_MAX: u64 = 64 * 1024;
/// Chiffres d'un nombre JSON, au plus : au-delà, sa lecture pourrait l'avoir arrondi.
const CHIFFRES_MAX: usize = 15;

/// Ce qu'une ligne enfreint ; le fichier et la ligne s'y ajoutent.
#[derive(Debug)]
pub(super) struct Faute {
    pub(super) champ: &'static str,
    pub(super) regle: String,
    pub(super) remede: &'static str,
}

impl Faute {
    pub(super) fn nouvelle(champ: &'static str, regle: impl Into<String>, remede: &'static str) -> Self {
        Self {
            champ,
            regle: regle.into(),
            remede,
        }
    }

    pub(super) fn a_la_ligne(self, fichier: &str, ligne: u64) -> Erreur {
        let Self { champ, regle, remede } = self;
        Erreur::Ligne {
            fichier: fichier.to_owned(),
            ligne,
            champ,
            regle,
            remede,
        }
    }
}

/// Déclare les colonnes d'un fichier de créances : leur nom est celui du champ.
macro_rules! colonnes {
    ($($champ:ident)+) => {
        /// Une ligne du fichier, en texte ; une colonne absente ou vide est un texte vide.
        #[derive(Default)]
        pub(super) struct Brute {
            pub(super) ligne: u64,
            $(pub(super) $champ: String,)+
        }

        /// Les colonnes d'un fichier de créances.
        pub(super) const COLONNES: &[&str] = &[$(stringify!($champ)),+];

        impl Brute {
            fn placer(&mut self, colonne: &'static str, valeur: &str) -> Result<(), Faute> {
                if valeur.chars().any(char::is_control) {
                    return Err(Faute::nouvelle(
                        colonne, "un caractère de contrôle s’y trouve", "ôtez les tabulations et les sauts de ligne",
                    ));
                }
                match colonne {
                    $(stringify!($champ) => valeur.trim().clone_into(&mut self.$champ),)+
                    _ => unreachable!("`colonne` vient de COLONNES"),
                }
                Ok(())
            }
        }
    };
}

colonnes! {
    reference matricule siret nir nom prenom commune code_commune regime nature periode debut fin emise_le exigible_le
    part_ouvriere part_patronale principal cause libelle
}

/// Sans elles, aucune ligne ne peut être juste.
const OBLIGATOIRES: [&str; 5] = ["reference", "regime", "nature", "emise_le", "exigible_le"];

fn colonne(nom: &str) -> Option<&'static str> {
    COLONNES.iter().copied().find(|c| *c == nom)
}

enum Format {
    Csv(Vec<&'static str>),
    JsonLines,
}

/// Un fichier de créances en cours de lecture, en mémoire bornée.
pub(super) struct Lecteur<'f, R> {
    fichier: &'f str,
    source: R,
    numero: u64,
    format: Format,
    /// La première ligne d'un fichier JSON Lines, lue pour le reconnaître.
    premiere: Option<String>,
}

impl<'f, R: BufRead> Lecteur<'f, R> {
    /// Reconnaît le format ; `fichier` nomme le fichier dans les erreurs.
    pub(super) fn ouvrir(fichier: &'f str, source: R) -> Result<Self, Erreur> {
        let mut lecteur = Self {
            fichier,
            source,
            numero: 0,
            format: Format::JsonLines,
            premiere: None,
        };
        let Some(mut texte) = lecteur.texte()? else {
            let vide = Faute::nouvelle(
                "en-tête",
                "le fichier est vide",
                "vérifiez l’export qui l’a produit",
            );
            return Err(vide.a_la_ligne(fichier, 1));
        };
        if texte.trim_start().starts_with('{') {
            lecteur.premiere = Some(std::mem::take(&mut texte));
        } else {
            lecteur.format = Format::Csv(en_tete(&texte).map_err(|f| f.a_la_ligne(fichier, lecteur.numero))?);
        }
        Ok(lecteur)
    }

    /// La ligne suivante ; les lignes vides sont passées.
    pub(super) fn suivante(&mut self) -> Result<Option<Brute>, Erreur> {
        let texte = match self.premiere.take() {
            Some(premiere) => premiere,
            None => match self.texte()? {
                Some(texte) => texte,
                None => return Ok(None),
            },
        };
        let brute = match &self.format {
            Format::Csv(colonnes) => de_csv(colonnes, &texte),
            Format::JsonLines => de_json(&texte),
        };
        let mut brute = brute.map_err(|f| f.a_la_ligne(self.fichier, self.numero))?;
        brute.ligne = self.numero;
        Ok(Some(brute))
    }

    /// Le texte de la prochaine ligne qui n'est pas vide, sans BOM ni fin de ligne.
    fn texte(&mut self) -> Result<Option<String>, Erreur> {
        loop {
            let mut octets = Vec::new();
            self.source
                .by_ref()
                .take(LIGNE_MAX + 1)
                .read_until(b'\n', &mut octets)
                .map_err(|source| Erreur::Fichier {
                    fichier: self.fichier.to_owned(),
                    source,
                })?;
            if octets.is_empty() {
                return Ok(None);
            }
            self.numero += 1;
            let faute = |regle: &str, remede| {
                Faute::nouvelle("ligne", regle, remede).a_la_ligne(self.fichier, self.numero)
            };
            if octets.len() > usize::try_from(LIGNE_MAX).unwrap_or(usize::MAX) {
                let remede = "vérifiez que c’est bien un fichier de créances";
                return Err(faute("elle dépasse 64 Kio", remede));
            }
            let texte = String::from_utf8(octets)
                .map_err(|_| faute("elle n’est pas en UTF-8", "enregistrez le fichier en UTF-8"))?;
            let texte = texte.trim_end_matches(['\r', '\n']);
            let texte = if self.numero == 1 {
                texte.trim_start_matches('\u{feff}')
            } else {
                texte
            };
            if !texte.trim().is_empty() {
                return Ok(Some(texte.to_owned()));
            }
        }
    }
}

fn en_tete(texte: &str) -> Result<Vec<&'static str>, Faute> {
    let faute = |regle, remede| Err(Faute::nouvelle("en-tête", regle, remede));
    let mut colonnes = Vec::new();
    for (i, nom) in decouper(texte)?.iter().enumerate() {
        let Some(nom) = colonne(nom.trim()) else {
            let regle = format!("la colonne n° {} n’est pas une colonne de créances", i + 1);
            return faute(
                regle,
                "écrivez les noms de colonnes du guide, ou ôtez cette colonne",
            );
        };
        if colonnes.contains(&nom) {
            return faute(format!("la colonne « {nom} » y est deux fois"), "gardez-en une");
        }
        colonnes.push(nom);
    }
    match OBLIGATOIRES.iter().find(|o| !colonnes.contains(o)) {
        Some(absente) => faute(format!("la colonne « {absente} » manque"), "ajoutez-la"),
        None => Ok(colonnes),
    }
}

fn de_csv(colonnes: &[&'static str], texte: &str) -> Result<Brute, Faute> {
    let valeurs = decouper(texte)?;
    if valeurs.len() != colonnes.len() {
        return Err(Faute::nouvelle(
            "ligne",
            format!(
                "elle compte {} champs, l’en-tête {}",
                valeurs.len(),
                colonnes.len()
            ),
            "vérifiez qu’elle est entière et que ses points-virgules sont entre guillemets",
        ));
    }
    let mut brute = Brute::default();
    for (colonne, valeur) in colonnes.iter().zip(valeurs) {
        brute.placer(colonne, &valeur)?;
    }
    Ok(brute)
}

/// Coupe une ligne aux points-virgules ; un champ entre guillemets peut en contenir, et `""` y vaut un guillemet.
fn decouper(texte: &str) -> Result<Vec<String>, Faute> {
    let mut champs = Vec::new();
    let mut reste = texte;
    loop {
        let Some(cite) = reste.strip_prefix('"') else {
            match reste.split_once(';') {
                Some((champ, suite)) => {
                    champs.push(champ.to_owned());
                    reste = suite;
                    continue;
                }
                None => {
                    champs.push(reste.to_owned());
                    return Ok(champs);
                }
            }
        };
        let mut champ = String::new();
        let mut suite = cite;
        loop {
            let Some((avant, apres)) = suite.split_once('"') else {
                return Err(Faute::nouvelle(
                    "ligne",
                    "un guillemet n’est pas fermé",
                    "fermez-le, ou doublez-le s’il est du texte",
                ));
            };
            champ.push_str(avant);
            match apres.strip_prefix('"') {
                Some(encore) => {
                    champ.push('"');
                    suite = encore;
                }
                None => {
                    suite = apres;
                    break;
                }
            }
        }
        champs.push(champ);
        if suite.is_empty() {
            return Ok(champs);
        }
        reste = suite.strip_prefix(';').ok_or_else(|| {
            Faute::nouvelle(
                "ligne",
                "du texte suit un guillemet fermé",
                "doublez les guillemets qui sont du texte",
            )
        })?;
    }
}

fn de_json(texte: &str) -> Result<Brute, Faute> {
    let objet: Map<String, Value> = serde_json::from_str(texte).map_err(|_| {
        Faute::nouvelle(
            "ligne",
            "ce n’est pas un objet JSON",
            "écrivez un objet par ligne, entre accolades",
        )
    })?;
    let mut brute = Brute::default();
    for (nom, valeur) in objet {
        let Some(nom) = colonne(&nom) else {
            return Err(Faute::nouvelle(
                "ligne",
                "une de ses clés n’est pas une colonne de créances",
                "écrivez les noms de colonnes du guide, ou ôtez cette clé",
            ));
        };
        let valeur = match valeur {
            Value::Null => continue,
            Value::String(texte) => texte,
            Value::Number(n) if n.to_string().len() <= CHIFFRES_MAX => n.to_string(),
            Value::Number(_) => {
                return Err(Faute::nouvelle(
                    nom,
                    "ce nombre a trop de chiffres pour être lu sans arrondi",
                    "écrivez-le entre guillemets",
                ));
            }
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                return Err(Faute::nouvelle(
                    nom,
                    "ce n’est ni un texte ni un nombre",
                    "écrivez la valeur entre guillemets",
                ));
            }
        };
        brute.placer(nom, &valeur)?;
    }
    Ok(brute)
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, repeat};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn un_gigaoctet_sans_fin_de_ligne_echoue_aussitot() {
        let source = BufReader::new(repeat(b'a').take(1 << 30));
        let Err(erreur) = Lecteur::ouvrir("essai.csv", source) else {
            panic!("lu")
        };
        insta::assert_snapshot!(erreur, @"essai.csv, ligne 1, champ ligne : elle dépasse 64 Kio. Remède : vérifiez que c’est bien un fichier de créances.");
    }

    #[test]
    fn une_ligne_de_64_kio_est_encore_lue() {
        let juste = "{\"nom\":\"\"}".len();
        let limite = usize::try_from(LIGNE_MAX).unwrap();
        for (longueur, lue) in [(limite, true), (limite + 1, false)] {
            let texte = format!("{{\"nom\":\"{}\"}}", "a".repeat(longueur - juste));
            let lecture = Lecteur::ouvrir("essai", texte.as_bytes()).and_then(|mut l| l.suivante());
            assert_eq!(lecture.is_ok(), lue, "{longueur}");
        }
    }

    #[test]
    fn les_guillemets_gardent_les_points_virgules() {
        assert_eq!(decouper(r#"a;"b;""c""";;d"#).unwrap(), ["a", "b;\"c\"", "", "d"]);
        assert_eq!(decouper("").unwrap(), [""]);
        assert_eq!(decouper(";").unwrap(), ["", ""]);
        assert!(decouper(r#"a;"b"#).is_err());
        assert!(decouper(r#""a"b;c"#).is_err());
    }

    proptest! {
        #[test]
        fn ce_qui_est_cite_se_relit(champs in prop::collection::vec("[^\\r\\n]{0,12}", 1..8)) {
            let texte: Vec<String> = champs.iter().map(|c| format!("\"{}\"", c.replace('"', "\"\""))).collect();
            prop_assert_eq!(decouper(&texte.join(";")).unwrap(), champs);
        }

        #[test]
        fn aucun_fichier_ne_fait_paniquer_la_lecture(octets in prop::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(mut lecteur) = Lecteur::ouvrir("essai", octets.as_slice()) {
                while let Ok(Some(brute)) = lecteur.suivante() {
                    prop_assert!(brute.ligne >= 1);
                }
            }
        }
    }
}
