//! Les articles que citent les règles, et l’extrait relu qui les atteste.

use std::{collections::HashMap, fmt};

use jiff::civil::Date;
use serde::Deserialize;

use crate::{ErreurDonnees, enumeration::enumeration};

enumeration! {
    /// Un code de droit français ; son code stable est le mot qui ouvre une citation (« CRPM R725-6 »).
    pub enum Code ("le code de droit") {
        Crpm = "CRPM", "CRPM";
        Css = "CSS", "CSS";
        CodeDuTravail = "CT", "Code du travail";
        Crpa = "CRPA", "CRPA";
        CodeCivil = "CC", "Code civil";
        Cpc = "CPC", "CPC";
        Cpce = "CPCE", "CPCE";
        Cja = "CJA", "CJA";
        Casf = "CASF", "CASF";
        Cch = "CCH", "CCH";
        CodeDeCommerce = "CCOM", "Code de commerce";
        Coj = "COJ", "COJ";
    }
}

impl Code {
    /// L’extrait relu contient-il ce code ? Sinon ses articles sont toujours « à vérifier ».
    const fn publie_dans_l_extrait(self) -> bool {
        matches!(self, Self::Crpm | Self::Css | Self::CodeDuTravail | Self::Crpa)
    }
}

/// Un article cité par une règle, et l’endroit du texte s’il est précisé.
///
/// `verifie` dit que quelqu’un a lu l’article **et** qu’il dit ce que la règle lui fait dire ; sinon
/// l’affichage ajoute « à vérifier ».
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Article {
    /// Le code.
    pub code: Code,
    /// Le numéro, sans point ni espace : `L133-4-11`.
    pub numero: String,
    /// L’endroit du texte : « I, 3° », ou rien.
    pub subdivision: Option<String>,
    /// Lu dans l’extrait, et dit bien cela.
    pub verifie: bool,
}

impl fmt::Display for Article {
    /// « CSS art. L133-4-11, alinéa 2 » ; « Code civil art. 1342-10, à vérifier ». `{:#}`, pour une lettre au débiteur, tait la
    /// réserve, qui n’est que pour l’agent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} art. {}", self.code.libelle(), self.numero)?;
        if let Some(subdivision) = &self.subdivision {
            write!(f, ", {subdivision}")?;
        }
        if !self.verifie && !f.alternate() {
            f.write_str(", à vérifier")?;
        }
        Ok(())
    }
}

/// Des articles à la suite : « CSS art. R243-16 ; CRPM art. R741-1-1 ».
pub fn citer<'a>(articles: impl IntoIterator<Item = &'a Article>) -> String {
    let cites: Vec<String> = articles.into_iter().map(Article::to_string).collect();
    cites.join(" ; ")
}

/// Un article tel qu’une règle le cite : `{ article = "CSS L355-2", endroit = "alinéa 1" }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Citation {
    article: String,
    endroit: Option<String>,
}

impl Citation {
    /// # Errors
    /// Celles de [`Extrait::citer`].
    pub(crate) fn citer(&self, extrait: &Extrait) -> Result<Article, ErreurDonnees> {
        extrait.citer(&self.article, self.endroit.as_deref())
    }

    /// Des citations à la suite, dans leur ordre.
    ///
    /// # Errors
    /// Celles de [`Extrait::citer`].
    pub(crate) fn citer_toutes<'a>(
        citations: impl IntoIterator<Item = &'a Self>,
        extrait: &Extrait,
    ) -> Result<Vec<Article>, ErreurDonnees> {
        citations
            .into_iter()
            .map(|citation| citation.citer(extrait))
            .collect()
    }
}

/// Un article tel qu’il a été relu dans le texte consolidé (`donnees/articles.toml`).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArticleRelu {
    /// Le code.
    pub code: Code,
    /// Le numéro, sans point ni espace.
    pub numero: String,
    /// L’identifiant de la version : `LEGIARTI…`.
    pub id: String,
    /// L’état du texte à la relecture : `VIGUEUR`, `ABROGE_DIFF`…
    pub etat: String,
    /// Le début de cette version du texte.
    pub depuis: Date,
    /// Le dernier jour de cette version, inclus, quand une fin est annoncée.
    pub jusqua: Option<Date>,
    /// SHA-256 du texte relu, en hexadécimal ; ce qui est haché est dit en tête du fichier.
    pub sha256: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FichierExtrait {
    article: Vec<ArticleRelu>,
}

/// L’extrait : les articles relus, par code et numéro.
#[derive(Debug)]
pub(crate) struct Extrait(HashMap<(Code, String), ArticleRelu>);

impl Extrait {
    pub(crate) fn lire(texte: &str) -> Result<Self, ErreurDonnees> {
        let fichier: FichierExtrait =
            toml::from_str(texte).map_err(|source| ErreurDonnees::illisible("articles", &source))?;
        let mut articles = HashMap::new();
        for relu in fichier.article {
            let empreinte_lisible =
                relu.sha256.len() == 64 && relu.sha256.bytes().all(|b| b.is_ascii_hexdigit());
            if !empreinte_lisible || !relu.id.starts_with("LEGIARTI") {
                return Err(ErreurDonnees::ExtraitFaux { article: relu.numero });
            }
            let cle = (relu.code, relu.numero.clone());
            if articles.insert(cle, relu).is_some() {
                return Err(ErreurDonnees::ExtraitEnDouble);
            }
        }
        Ok(Self(articles))
    }

    pub(crate) fn articles(&self) -> impl Iterator<Item = &ArticleRelu> {
        self.0.values()
    }

    /// L’article que cite une règle, écrit « CODE NUMÉRO ».
    ///
    /// # Errors
    /// Code inconnu, ou article d’un code publié que l’extrait n’a pas.
    pub(crate) fn citer(&self, citation: &str, subdivision: Option<&str>) -> Result<Article, ErreurDonnees> {
        let manque = || ErreurDonnees::ArticleNonRelu {
            citation: citation.to_owned(),
        };
        let (code, numero) = citation.split_once(' ').ok_or_else(manque)?;
        let code: Code = code.parse().map_err(|_| manque())?;
        let verifie = self.0.contains_key(&(code, numero.to_owned()));
        if !verifie && code.publie_dans_l_extrait() {
            return Err(manque());
        }
        Ok(Article {
            code,
            numero: numero.to_owned(),
            subdivision: subdivision.map(str::to_owned),
            verifie,
        })
    }

    /// Les articles que cite une règle, sans subdivision.
    ///
    /// # Errors
    /// Celles de [`Extrait::citer`].
    pub(crate) fn citer_tous(&self, citations: &[String]) -> Result<Vec<Article>, ErreurDonnees> {
        citations
            .iter()
            .map(|citation| self.citer(citation, None))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTRAIT: &str = r#"
[[article]]
code = "CSS"
numero = "L133-4-11"
id = "LEGIARTI000044626501"
etat = "VIGUEUR"
depuis = "2022-01-01"
sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
"#;

    #[test]
    fn un_article_relu_se_montre_sans_reserve() {
        let extrait = Extrait::lire(EXTRAIT).unwrap();
        assert_eq!(
            extrait.citer("CSS L133-4-11", None).unwrap().to_string(),
            "CSS art. L133-4-11"
        );
    }

    #[test]
    fn un_article_que_personne_n_a_lu_est_a_verifier() {
        let extrait = Extrait::lire(EXTRAIT).unwrap();
        let article = extrait.citer("CC 1342-10", Some("alinéa 2")).unwrap();
        assert_eq!(
            article.to_string(),
            "Code civil art. 1342-10, alinéa 2, à vérifier"
        );
        assert_eq!(format!("{article:#}"), "Code civil art. 1342-10, alinéa 2");
    }

    #[test]
    fn une_regle_ne_peut_citer_un_article_absent_de_l_extrait() {
        let extrait = Extrait::lire(EXTRAIT).unwrap();
        for citation in ["CSS R243-16", "CSS", "CODE L1", ""] {
            assert!(
                matches!(
                    extrait.citer(citation, None),
                    Err(ErreurDonnees::ArticleNonRelu { .. })
                ),
                "{citation}"
            );
        }
    }

    #[test]
    fn une_empreinte_tronquee_ou_un_doublon_est_refuse() {
        let tronque = EXTRAIT.replace("cdef\"", "\"");
        assert!(matches!(
            Extrait::lire(&tronque),
            Err(ErreurDonnees::ExtraitFaux { .. })
        ));
        let double = EXTRAIT.repeat(2);
        assert!(matches!(
            Extrait::lire(&double),
            Err(ErreurDonnees::ExtraitEnDouble)
        ));
    }
}
