//! Les règles datées des échéanciers (`regles/echeanciers.toml`).

use jiff::civil::Date;
use serde::Deserialize;

use crate::{
    Article, Erreur, ErreurDonnees, Procedure,
    article::{Citation, Extrait},
    vigueur::{Vigueur, verifier_suite},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fichier {
    commun: CommunLu,
    echeancier: Vec<EcheancierLu>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommunLu {
    report: Vec<Citation>,
    ordre: Vec<Citation>,
    clause: Vec<Citation>,
    clause_successives: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EcheancierLu {
    code: String,
    procedures: Vec<String>,
    depuis: Date,
    jusqua: Option<Date>,
    analogie_depuis: Option<Date>,
    articles: Vec<Citation>,
    duree_mois: Option<u8>,
    #[serde(default)]
    duree: Vec<Citation>,
    #[serde(default)]
    duree_a_verifier: bool,
    #[serde(default)]
    part_ouvriere: Vec<Citation>,
    #[serde(default)]
    accessoires: Vec<Citation>,
    fin: Vec<Citation>,
    rupture: Option<RuptureLue>,
    exigence: Vec<ExigenceLue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuptureLue {
    successives: usize,
    meme_annee: bool,
    articles: Vec<Citation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExigenceLue {
    phrase: String,
    articles: Vec<Citation>,
}

/// Ce que la loi demande pour accorder un échéancier, et que le calcul ne peut pas vérifier.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exigence {
    /// Ce qui doit être vrai, en français ; « à vérifier » quand c’est un doute sur les textes.
    pub phrase: String,
    /// Les articles qui le demandent.
    pub articles: Vec<Article>,
}

/// Toutes les règles d’échéancier.
#[derive(Debug)]
pub(crate) struct Echeanciers {
    pub(super) report: Vec<Article>,
    pub(super) ordre: Vec<Article>,
    pub(super) clause: Rupture,
    regles: Vec<RegleEcheancier>,
}

/// Une rédaction, pour les procédures qu’elle règle.
#[derive(Debug)]
pub(super) struct RegleEcheancier {
    pub(super) code: String,
    procedures: Vec<String>,
    vigueur: Vigueur,
    analogie_depuis: Option<Date>,
    pub(super) articles: Vec<Article>,
    pub(super) duree: Option<Duree>,
    /// Vide quand la procédure ne connaît pas de part ouvrière.
    pub(super) part_ouvriere: Vec<Article>,
    pub(super) accessoires: Vec<Article>,
    pub(super) fin: Vec<Article>,
    /// `None` quand aucun texte ne rompt l’échéancier.
    pub(super) rupture: Option<Rupture>,
    pub(super) exigences: Vec<Exigence>,
}

/// La durée qu’un échéancier ne peut passer.
#[derive(Debug)]
pub(super) struct Duree {
    pub(super) mois: u8,
    pub(super) articles: Vec<Article>,
}

/// Ce qui fait perdre un échéancier.
#[derive(Debug)]
pub(super) struct Rupture {
    /// Deux au moins.
    pub(super) successives: usize,
    pub(super) meme_annee: bool,
    pub(super) articles: Vec<Article>,
}

impl Echeanciers {
    pub(crate) fn lire(
        texte: &str,
        extrait: &Extrait,
        procedures: &[Procedure],
    ) -> Result<Self, ErreurDonnees> {
        let Fichier { commun, echeancier } =
            toml::from_str(texte).map_err(|source| ErreurDonnees::illisible("echeanciers", &source))?;
        let regles: Vec<RegleEcheancier> = echeancier
            .into_iter()
            .map(|lu| lu.fonder(extrait))
            .collect::<Result<_, _>>()?;
        for (place, regle) in regles.iter().enumerate() {
            if regles[..place].iter().any(|autre| autre.code == regle.code) {
                let code = regle.code.clone();
                return Err(ErreurDonnees::CodeEnDouble { code });
            }
            let connue = |code: &String| procedures.iter().any(|procedure| procedure.code() == code);
            if !regle.procedures.iter().all(connue) {
                return Err(faux(&regle.code, "une procédure n’existe pas"));
            }
        }
        for procedure in procedures {
            let siennes = regles.iter().filter(|regle| regle.vise(procedure));
            let mut vigueurs: Vec<Vigueur> = siennes.map(|regle| regle.vigueur).collect();
            verifier_suite(procedure.code(), &mut vigueurs)?;
        }
        Ok(Self {
            report: Citation::citer_toutes(&commun.report, extrait)?,
            ordre: Citation::citer_toutes(&commun.ordre, extrait)?,
            clause: RuptureLue {
                successives: commun.clause_successives,
                meme_annee: false,
                articles: commun.clause,
            }
            .fonder("clause", extrait)?,
            regles,
        })
    }

    /// La règle d’un échéancier conclu ce jour dans cette procédure, et si elle ne vaut que par analogie.
    pub(super) fn regle(
        &self,
        procedure: &Procedure,
        conclu_le: Date,
    ) -> Result<(&RegleEcheancier, bool), Erreur> {
        let mut siennes = self.regles.iter().filter(|regle| regle.vise(procedure));
        siennes
            .find_map(|regle| Some((regle, regle.vaut(conclu_le)?)))
            .ok_or(Erreur::VersionInconnue {
                regle: "échéancier de paiement",
                date: conclu_le,
            })
    }
}

impl RegleEcheancier {
    fn vise(&self, procedure: &Procedure) -> bool {
        self.procedures.iter().any(|code| code == procedure.code())
    }

    /// `Some(true)` : par analogie seulement.
    fn vaut(&self, date: Date) -> Option<bool> {
        let analogie = self
            .analogie_depuis
            .is_some_and(|depuis| depuis <= date && date < self.vigueur.depuis);
        (analogie || self.vigueur.contient(date)).then_some(analogie)
    }
}

impl EcheancierLu {
    fn fonder(self, extrait: &Extrait) -> Result<RegleEcheancier, ErreurDonnees> {
        let mut articles_duree = Citation::citer_toutes(&self.duree, extrait)?;
        for article in &mut articles_duree {
            article.verifie &= !self.duree_a_verifier;
        }
        let duree = match (self.duree_mois, articles_duree.is_empty()) {
            (None, true) => None,
            (Some(mois), false) if mois > 0 => Some(Duree {
                mois,
                articles: articles_duree,
            }),
            _ => return Err(faux(&self.code, "une durée a des mois et des articles")),
        };
        let rupture = self
            .rupture
            .map(|rupture| rupture.fonder(&self.code, extrait))
            .transpose()?;
        let exigences = self
            .exigence
            .into_iter()
            .map(|lue| {
                Ok(Exigence {
                    articles: Citation::citer_toutes(&lue.articles, extrait)?,
                    phrase: lue.phrase,
                })
            })
            .collect::<Result<_, ErreurDonnees>>()?;
        Ok(RegleEcheancier {
            procedures: self.procedures,
            vigueur: Vigueur {
                depuis: self.depuis,
                jusqua: self.jusqua,
            },
            analogie_depuis: self.analogie_depuis,
            articles: Citation::citer_toutes(&self.articles, extrait)?,
            duree,
            part_ouvriere: Citation::citer_toutes(&self.part_ouvriere, extrait)?,
            accessoires: Citation::citer_toutes(&self.accessoires, extrait)?,
            fin: Citation::citer_toutes(&self.fin, extrait)?,
            rupture,
            exigences,
            code: self.code,
        })
    }
}

impl RuptureLue {
    fn fonder(self, code: &str, extrait: &Extrait) -> Result<Rupture, ErreurDonnees> {
        if self.successives < 2 {
            return Err(faux(code, "une rupture veut deux échéances au moins"));
        }
        Ok(Rupture {
            successives: self.successives,
            meme_annee: self.meme_annee,
            articles: Citation::citer_toutes(&self.articles, extrait)?,
        })
    }
}

fn faux(code: &str, valeur: &str) -> ErreurDonnees {
    ErreurDonnees::ValeurFausse {
        code: code.to_owned(),
        valeur: valeur.to_owned(),
    }
}
