//! Les taux, conditions et plafonds datés (`regles/majorations.toml`).

use jiff::civil::Date;
use serde::Deserialize;
use valeurs::{Montant, Taux};

use crate::{
    Article, Droit, Erreur, ErreurDonnees, Regime,
    article::Extrait,
    vigueur::{Vigueur, verifier_suite},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fichier {
    plafond_article: String,
    retard: Vec<RetardLu>,
    soins: Vec<SoinsLus>,
    non_application: Vec<NonApplicationLue>,
    plafond_mensuel: Vec<PlafondLu>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RetardLu {
    code: String,
    regimes: Vec<Regime>,
    depuis: Date,
    jusqua: Option<Date>,
    initiale_pour_cent: Taux,
    initiale_articles: Vec<String>,
    complementaire_pour_cent: Taux,
    complementaire_articles: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SoinsLus {
    code: String,
    depuis: Date,
    jusqua: Option<Date>,
    pour_cent: Taux,
    articles: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NonApplicationLue {
    code: String,
    regimes: Vec<Regime>,
    depuis: Date,
    jusqua: Option<Date>,
    jours_pour_payer: i32,
    mois_sans_manquement: i32,
    manquement: String,
    articles: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlafondLu {
    depuis: Date,
    jusqua: Option<Date>,
    centimes: i64,
}

/// Un taux et les articles qui le fixent.
#[derive(Debug)]
pub(crate) struct TauxFonde {
    pub(crate) taux: Taux,
    pub(crate) articles: Vec<Article>,
}

/// Les deux majorations de retard d’un régime.
#[derive(Debug)]
pub(crate) struct Retard {
    pub(crate) code: String,
    pub(crate) initiale: TauxFonde,
    pub(crate) complementaire: TauxFonde,
}

/// La majoration des indus de soins.
#[derive(Debug)]
pub(crate) struct Soins {
    pub(crate) code: String,
    pub(crate) majoration: TauxFonde,
}

/// Les conditions pour que les majorations ne soient pas dues.
#[derive(Debug)]
pub(crate) struct ConditionsNonApplication {
    pub(crate) code: String,
    pub(crate) jours_pour_payer: i32,
    pub(crate) mois_sans_manquement: i32,
    /// Ce qui ne doit pas avoir été constaté : « infraction », « retard de paiement ».
    pub(crate) manquement: String,
    pub(crate) articles: Vec<Article>,
}

/// Une règle et les régimes et dates où elle vaut.
#[derive(Debug)]
struct Datee<T> {
    regimes: Vec<Regime>,
    vigueur: Vigueur,
    regle: T,
}

/// Toutes les règles de majoration.
#[derive(Debug)]
pub(crate) struct Baremes {
    retard: Vec<Datee<Retard>>,
    soins: Vec<Datee<Soins>>,
    non_application: Vec<Datee<ConditionsNonApplication>>,
    plafonds: Vec<Datee<Montant>>,
    /// L’article qui institue le plafond, toujours « à vérifier » : ses valeurs viennent d’arrêtés non relus.
    pub(crate) plafond_article: Vec<Article>,
}

impl Baremes {
    pub(crate) fn lire(texte: &str, extrait: &Extrait) -> Result<Self, ErreurDonnees> {
        let fichier: Fichier =
            toml::from_str(texte).map_err(|source| ErreurDonnees::illisible("majorations", &source))?;
        let mut plafond_article = extrait.citer_tous(&[fichier.plafond_article])?;
        plafond_article
            .iter_mut()
            .for_each(|article| article.verifie = false);
        let baremes = Self {
            retard: fichier
                .retard
                .into_iter()
                .map(|lu| lu.fonder(extrait))
                .collect::<Result<_, _>>()?,
            soins: fichier
                .soins
                .into_iter()
                .map(|lu| lu.fonder(extrait))
                .collect::<Result<_, _>>()?,
            non_application: fichier
                .non_application
                .into_iter()
                .map(|lu| lu.fonder(extrait))
                .collect::<Result<_, _>>()?,
            plafonds: fichier
                .plafond_mensuel
                .iter()
                .map(PlafondLu::lire)
                .collect::<Result<_, _>>()?,
            plafond_article,
        };
        baremes.verifier()?;
        Ok(baremes)
    }

    fn verifier(&self) -> Result<(), ErreurDonnees> {
        for regime in [Regime::Employeur, Regime::NonSalarie, Regime::Solidarite] {
            verifier("majorations de retard", &self.retard, regime)?;
            verifier("majorations non dues", &self.non_application, regime)?;
        }
        verifier(
            "majoration des indus de soins",
            &self.soins,
            Regime::ProfessionnelSante,
        )?;
        verifier("plafond mensuel", &self.plafonds, Regime::Employeur)
    }
}

impl Droit {
    pub(crate) fn retard(&self, regime: Regime, date: Date) -> Result<&Retard, Erreur> {
        trouver("majorations de retard", &self.baremes.retard, regime, date)
    }

    pub(crate) fn soins(&self, date: Date) -> Result<&Soins, Erreur> {
        trouver(
            "majoration des indus de soins",
            &self.baremes.soins,
            Regime::ProfessionnelSante,
            date,
        )
    }

    pub(crate) fn conditions_non_application(
        &self,
        regime: Regime,
        date: Date,
    ) -> Result<&ConditionsNonApplication, Erreur> {
        trouver(
            "majorations non dues",
            &self.baremes.non_application,
            regime,
            date,
        )
    }

    pub(crate) fn plafond(&self, date: Date) -> Result<Montant, Erreur> {
        trouver(
            "plafond mensuel de la sécurité sociale",
            &self.baremes.plafonds,
            Regime::Employeur,
            date,
        )
        .copied()
    }
}

/// La version d’une règle pour un régime, à une date.
fn trouver<'a, T>(
    regle: &'static str,
    versions: &'a [Datee<T>],
    regime: Regime,
    date: Date,
) -> Result<&'a T, Erreur> {
    let mut du_regime = versions
        .iter()
        .filter(|datee| datee.regimes.contains(&regime))
        .peekable();
    if du_regime.peek().is_none() {
        return Err(Erreur::SansMajoration { regime });
    }
    du_regime
        .find(|datee| datee.vigueur.contient(date))
        .map(|datee| &datee.regle)
        .ok_or(Erreur::VersionInconnue { regle, date })
}

fn verifier<T>(regle: &str, versions: &[Datee<T>], regime: Regime) -> Result<(), ErreurDonnees> {
    let mut vigueurs: Vec<Vigueur> = versions
        .iter()
        .filter(|datee| datee.regimes.contains(&regime))
        .map(|datee| datee.vigueur)
        .collect();
    verifier_suite(&format!("{regle}, {}", regime.code()), &mut vigueurs)
}

impl RetardLu {
    fn fonder(self, extrait: &Extrait) -> Result<Datee<Retard>, ErreurDonnees> {
        let initiale = TauxFonde {
            taux: self.initiale_pour_cent,
            articles: extrait.citer_tous(&self.initiale_articles)?,
        };
        let complementaire = TauxFonde {
            taux: self.complementaire_pour_cent,
            articles: extrait.citer_tous(&self.complementaire_articles)?,
        };
        Ok(Datee {
            regimes: self.regimes,
            vigueur: Vigueur {
                depuis: self.depuis,
                jusqua: self.jusqua,
            },
            regle: Retard {
                code: self.code,
                initiale,
                complementaire,
            },
        })
    }
}

impl SoinsLus {
    fn fonder(self, extrait: &Extrait) -> Result<Datee<Soins>, ErreurDonnees> {
        let articles = extrait.citer_tous(&self.articles)?;
        Ok(Datee {
            regimes: vec![Regime::ProfessionnelSante],
            vigueur: Vigueur {
                depuis: self.depuis,
                jusqua: self.jusqua,
            },
            regle: Soins {
                code: self.code,
                majoration: TauxFonde {
                    taux: self.pour_cent,
                    articles,
                },
            },
        })
    }
}

impl NonApplicationLue {
    fn fonder(self, extrait: &Extrait) -> Result<Datee<ConditionsNonApplication>, ErreurDonnees> {
        if self.jours_pour_payer < 0 || self.mois_sans_manquement < 0 {
            return Err(ErreurDonnees::valeur_fausse(&self.code, "un délai est négatif"));
        }
        let articles = extrait.citer_tous(&self.articles)?;
        Ok(Datee {
            regimes: self.regimes,
            vigueur: Vigueur {
                depuis: self.depuis,
                jusqua: self.jusqua,
            },
            regle: ConditionsNonApplication {
                code: self.code,
                jours_pour_payer: self.jours_pour_payer,
                mois_sans_manquement: self.mois_sans_manquement,
                manquement: self.manquement,
                articles,
            },
        })
    }
}

impl PlafondLu {
    fn lire(&self) -> Result<Datee<Montant>, ErreurDonnees> {
        if self.centimes <= 0 {
            return Err(ErreurDonnees::valeur_fausse(
                "plafond_mensuel",
                "un plafond n’est pas positif",
            ));
        }
        Ok(Datee {
            regimes: Regime::TOUS.to_vec(),
            vigueur: Vigueur {
                depuis: self.depuis,
                jusqua: self.jusqua,
            },
            regle: Montant::de_centimes(self.centimes),
        })
    }
}
