//! Les règles livrées avec le programme, lues une fois et vérifiées.

use std::sync::LazyLock;

use thiserror::Error;

use crate::{
    actes::Actes,
    article::{ArticleRelu, Extrait},
    delais::{Delais, Feries},
    echeanciers::Echeanciers,
    imputation::Rangs,
    majorations::Baremes,
    procedures::Procedures,
    retenues::Retenues,
};

const ARTICLES: &str = include_str!("../donnees/articles.toml");
const IMPUTATION: &str = include_str!("../regles/imputation.toml");
const MAJORATIONS: &str = include_str!("../regles/majorations.toml");
const DELAIS: &str = include_str!("../regles/delais.toml");
const JOURS_FERIES: &str = include_str!("../regles/jours_feries.toml");
const PROCEDURES: &str = include_str!("../regles/procedures/procedures.toml");
const ETAPES: &str = include_str!("../regles/procedures/etapes.toml");
const RETENUES: &str = include_str!("../regles/retenues.toml");
const ACTES: &str = include_str!("../regles/actes.toml");
const ECHEANCIERS: &str = include_str!("../regles/echeanciers.toml");

/// Les fichiers de règles, tels que compilés ou tels qu’un essai les fausse.
#[derive(Clone, Copy)]
pub(crate) struct Textes<'a> {
    pub(crate) articles: &'a str,
    pub(crate) imputation: &'a str,
    pub(crate) majorations: &'a str,
    pub(crate) delais: &'a str,
    pub(crate) jours_feries: &'a str,
    pub(crate) procedures: &'a str,
    pub(crate) etapes: &'a str,
    pub(crate) retenues: &'a str,
    pub(crate) actes: &'a str,
    pub(crate) echeanciers: &'a str,
}

/// Les règles livrées.
pub(crate) const LIVRES: Textes<'static> = Textes {
    articles: ARTICLES,
    imputation: IMPUTATION,
    majorations: MAJORATIONS,
    delais: DELAIS,
    jours_feries: JOURS_FERIES,
    procedures: PROCEDURES,
    etapes: ETAPES,
    retenues: RETENUES,
    actes: ACTES,
    echeanciers: ECHEANCIERS,
};

/// Les règles ne se lisent pas, ou se contredisent : une faute de qui les a saisies.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ErreurDonnees {
    /// Le fichier n’est pas du TOML de la forme attendue.
    #[error("règles « {fichier} » illisibles : {cause}")]
    Illisible {
        /// Le fichier, sans extension.
        fichier: &'static str,
        /// Ce que dit le lecteur TOML.
        cause: String,
    },
    /// Une règle cite un article d’un code publié que l’extrait n’a pas.
    #[error(
        "l’article « {citation} » est cité par une règle, mais absent de donnees/articles.toml : le relire et l’y ajouter"
    )]
    ArticleNonRelu {
        /// Ce que la règle écrit.
        citation: String,
    },
    /// Un article de l’extrait n’a ni identifiant ni empreinte valides.
    #[error("l’article « {article} » de donnees/articles.toml a un identifiant ou une empreinte mal formés")]
    ExtraitFaux {
        /// Son numéro.
        article: String,
    },
    /// Le même article est deux fois dans l’extrait.
    #[error("un article est deux fois dans donnees/articles.toml")]
    ExtraitEnDouble,
    /// Les versions d’une règle laissent un trou ou se chevauchent.
    #[error("les versions de la règle « {regle} » ne se suivent pas jour pour jour")]
    VersionsDiscontinues {
        /// La règle.
        regle: String,
    },
    /// Deux règles ont le même code stable.
    #[error("le code de règle « {code} » sert deux fois")]
    CodeEnDouble {
        /// Le code.
        code: String,
    },
    /// Un code, un taux ou un poste n’a pas la forme attendue.
    #[error("la règle « {code} » porte une valeur mal formée : {valeur}")]
    ValeurFausse {
        /// La règle.
        code: String,
        /// Ce qui est faux.
        valeur: String,
    },
}

impl ErreurDonnees {
    pub(crate) fn illisible(fichier: &'static str, source: &toml::de::Error) -> Self {
        Self::Illisible {
            fichier,
            cause: source.to_string(),
        }
    }

    pub(crate) fn valeur_fausse(code: &str, valeur: &str) -> Self {
        Self::ValeurFausse {
            code: code.to_owned(),
            valeur: valeur.to_owned(),
        }
    }
}

/// Le droit connu de ce programme : les règles datées et les articles qui les fondent.
#[derive(Debug)]
pub struct Droit {
    pub(crate) extrait: Extrait,
    pub(crate) rangs: Rangs,
    pub(crate) baremes: Baremes,
    pub(crate) delais: Delais,
    pub(crate) feries: Feries,
    pub(crate) retenues: Retenues,
    pub(crate) procedures: Procedures,
    pub(crate) actes: Actes,
    pub(crate) echeanciers: Echeanciers,
}

impl Droit {
    /// Les règles livrées avec le programme, lues au premier appel.
    ///
    /// # Panics
    /// Les fichiers compilés avec le programme sont faux : un test de cette crate l’exclut.
    #[must_use]
    pub fn charger() -> &'static Self {
        static DROIT: LazyLock<Droit> = LazyLock::new(|| {
            Droit::lire(LIVRES).expect("les règles sont compilées avec le programme et lues par ses tests")
        });
        &DROIT
    }

    /// Lit et vérifie des règles : chaque article cité est relu, chaque suite de versions est continue, chaque
    /// code sert une fois.
    pub(crate) fn lire(textes: Textes<'_>) -> Result<Self, ErreurDonnees> {
        let extrait = Extrait::lire(textes.articles)?;
        let delais = Delais::lire(textes.delais, &extrait)?;
        let procedures = Procedures::lire(textes.procedures, textes.etapes, &extrait, &delais)?;
        Ok(Self {
            actes: Actes::lire(textes.actes, &extrait, procedures.toutes())?,
            echeanciers: Echeanciers::lire(textes.echeanciers, &extrait, procedures.toutes())?,
            procedures,
            delais,
            rangs: Rangs::lire(textes.imputation, &extrait)?,
            baremes: Baremes::lire(textes.majorations, &extrait)?,
            feries: Feries::lire(textes.jours_feries, &extrait)?,
            retenues: Retenues::lire(textes.retenues, &extrait)?,
            extrait,
        })
    }

    /// Les articles relus sur lesquels les règles s’appuient, sans ordre.
    pub fn articles_relus(&self) -> impl Iterator<Item = &ArticleRelu> {
        self.extrait.articles()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_regles_livrees_sont_justes() {
        let droit = Droit::lire(LIVRES).unwrap();
        assert!(droit.articles_relus().count() > 40);
    }

    #[test]
    fn tout_article_relu_est_cite_par_une_regle() {
        let regles = [
            IMPUTATION,
            MAJORATIONS,
            DELAIS,
            JOURS_FERIES,
            PROCEDURES,
            ETAPES,
            RETENUES,
            ACTES,
            ECHEANCIERS,
        ]
        .concat();
        for relu in Droit::charger().articles_relus() {
            let citation = format!("\"{} {}\"", relu.code.code(), relu.numero);
            assert!(regles.contains(&citation), "{citation}");
        }
    }

    #[test]
    fn retirer_un_article_de_l_extrait_se_voit() {
        for relu in Droit::charger().articles_relus() {
            let numero = format!("numero = \"{}\"", relu.numero);
            let ampute = ARTICLES.replace(&numero, "numero = \"X1\"");
            let lu = Droit::lire(Textes {
                articles: &ampute,
                ..LIVRES
            });
            assert!(
                matches!(
                    lu,
                    Err(ErreurDonnees::ArticleNonRelu { .. } | ErreurDonnees::ExtraitEnDouble)
                ),
                "{}",
                relu.numero
            );
        }
    }

    #[test]
    fn un_code_de_rang_qui_sert_deux_fois_est_refuse() {
        let double = IMPUTATION.replace("\"D725-4-3:I:2\"", "\"D725-4-3:I:1\"");
        let lu = Droit::lire(Textes {
            imputation: &double,
            ..LIVRES
        });
        assert!(matches!(lu, Err(ErreurDonnees::CodeEnDouble { .. })));
    }

    #[test]
    fn un_trou_entre_deux_versions_est_refuse() {
        let trou = MAJORATIONS.replace("depuis = \"2024-01-01\"", "depuis = \"2024-01-02\"");
        let lu = Droit::lire(Textes {
            majorations: &trou,
            ..LIVRES
        });
        assert!(matches!(lu, Err(ErreurDonnees::VersionsDiscontinues { .. })));
        let sans_rang = IMPUTATION.replace("familles = [\"rco\"]", "familles = [\"invalidite\"]");
        let lu = Droit::lire(Textes {
            imputation: &sans_rang,
            ..LIVRES
        });
        assert!(matches!(lu, Err(ErreurDonnees::VersionsDiscontinues { .. })));
    }

    #[test]
    fn un_delai_qui_ne_dure_rien_ou_sert_deux_fois_est_refuse() {
        let vide = DELAIS.replace("periodes = [{ jours = 15 }]", "periodes = [{ jours = 0 }]");
        let lu = Droit::lire(Textes {
            delais: &vide,
            ..LIVRES
        });
        assert!(matches!(lu, Err(ErreurDonnees::ValeurFausse { .. })));
        let double = DELAIS.replace("code = \"cassation\"", "code = \"appel\"");
        let lu = Droit::lire(Textes {
            delais: &double,
            ..LIVRES
        });
        assert!(matches!(lu, Err(ErreurDonnees::CodeEnDouble { .. })));
    }

    #[test]
    fn un_jour_ferie_sans_place_est_refuse() {
        let flou = JOURS_FERIES.replace("paques = 39", "mois = 5");
        let lu = Droit::lire(Textes {
            jours_feries: &flou,
            ..LIVRES
        });
        assert!(matches!(lu, Err(ErreurDonnees::ValeurFausse { .. })));
    }
}
