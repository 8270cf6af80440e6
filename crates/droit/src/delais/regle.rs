//! Les délais et leurs versions datées (`regles/delais.toml`).

use std::fmt;

use jiff::civil::Date;
use serde::Deserialize;

use super::{Lieu, Zone};
use crate::{
    Article, Droit, Erreur, ErreurDonnees,
    article::Extrait,
    enumeration::enumeration,
    vigueur::{Vigueur, verifier_suite},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fichier {
    calcul: CalculLu,
    delai: Vec<DelaiLu>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalculLu {
    quantieme: Vec<String>,
    report: Vec<String>,
    franc: Vec<String>,
    prescription: Vec<String>,
    distance_judiciaire: Vec<String>,
    distance_administrative: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DelaiLu {
    code: String,
    libelle: String,
    declencheur: String,
    genre: GenreDelai,
    contre: Option<Contre>,
    #[serde(default)]
    a_paris: bool,
    distance: Option<Distance>,
    #[serde(default)]
    origine: Origine,
    reserve: Option<String>,
    reserve_distance: Option<String>,
    version: Vec<VersionLue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionLue {
    depuis: Date,
    jusqua: Option<Date>,
    analogie_depuis: Option<Date>,
    periodes: Vec<Duree>,
    articles: Vec<String>,
}

/// Ce qui arrive au dernier jour d’un délai, donc comment il finit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GenreDelai {
    /// Quelque chose est à faire : un dernier jour non ouvré se reporte au suivant (CPC 642).
    Acte,
    /// De même, et le jour de l’échéance ne compte pas non plus (justice administrative).
    Franc,
    /// Quelque chose naît à la fin de ce jour, ouvré ou non : un refus tacite, le droit d’agir.
    Terme,
    /// Un droit s’éteint à la fin de ce jour, ouvré ou non.
    Prescription,
}

impl GenreDelai {
    pub(super) const fn se_reporte(self) -> bool {
        matches!(self, Self::Acte | Self::Franc)
    }
}

enumeration! {
    /// Contre qui un délai court : à la fin, la caisse a perdu un droit ou répondu par son silence ; ou le débiteur a
    /// perdu quelque chose, et elle peut aller plus loin ; ou un tiers aurait dû répondre.
    pub enum Contre ("celui contre qui le délai court") {
        Caisse = "caisse", "La caisse";
        Debiteur = "debiteur", "Le débiteur";
        Tiers = "tiers", "Un tiers";
    }
}

/// Le texte qui allonge un délai pour qui demeure loin.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Distance {
    Judiciaire,
    Administrative,
}

/// Le jour zéro : celui du déclencheur, ou le dernier de son année.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Origine {
    #[default]
    Jour,
    FinDAnnee,
}

/// Une durée : des mois comptés d’abord, puis des jours (CPC 641).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Duree {
    #[serde(default)]
    ans: u8,
    #[serde(default)]
    mois: u8,
    #[serde(default)]
    pub(super) jours: u8,
    /// Ce que la période est, si le délai en a plusieurs.
    pub(super) quoi: Option<String>,
}

impl Duree {
    /// Les mois entiers, années comprises.
    pub(super) fn en_mois(&self) -> i32 {
        i32::from(self.ans) * 12 + i32::from(self.mois)
    }

    fn est_vide(&self) -> bool {
        self.en_mois() == 0 && self.jours == 0
    }
}

impl fmt::Display for Duree {
    /// « 3 ans », « 2 mois », « 1 mois et 15 jours ».
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut morceaux = Vec::new();
        for (nombre, un, plusieurs) in [
            (self.ans, "an", "ans"),
            (self.mois, "mois", "mois"),
            (self.jours, "jour", "jours"),
        ] {
            match nombre {
                0 => {}
                1 => morceaux.push(format!("1 {un}")),
                _ => morceaux.push(format!("{nombre} {plusieurs}")),
            }
        }
        f.write_str(&morceaux.join(" et "))
    }
}

/// Une rédaction d’un délai.
#[derive(Debug)]
pub(super) struct Version {
    vigueur: Vigueur,
    analogie_depuis: Option<Date>,
    /// L’une après l’autre ; jamais vide.
    pub(super) periodes: Vec<Duree>,
    pub(super) articles: Vec<Article>,
}

impl Version {
    /// Le premier jour où cette rédaction est en vigueur.
    pub(super) fn depuis(&self) -> Date {
        self.vigueur.depuis
    }

    /// Ce déclencheur est-il antérieur à la rédaction, traité comme elle faute d’en avoir lu une autre ?
    pub(super) fn par_analogie(&self, declencheur: Date) -> bool {
        declencheur < self.vigueur.depuis
    }

    fn vaut(&self, declencheur: Date) -> bool {
        self.vigueur.contient(declencheur)
            || self
                .analogie_depuis
                .is_some_and(|depuis| depuis <= declencheur && declencheur < self.vigueur.depuis)
    }
}

/// Un délai du droit, avec toutes ses rédactions connues.
#[derive(Debug)]
pub struct RegleDelai {
    code: String,
    libelle: String,
    declencheur: String,
    genre: GenreDelai,
    contre: Contre,
    a_paris: bool,
    pub(super) distance: Option<Distance>,
    pub(super) origine: Origine,
    reserve: Option<String>,
    pub(super) reserve_distance: Option<String>,
    versions: Vec<Version>,
}

/// Deux règles du même code sont la même.
impl PartialEq for RegleDelai {
    fn eq(&self, autre: &Self) -> bool {
        self.code == autre.code
    }
}

impl Eq for RegleDelai {}

impl RegleDelai {
    /// Le code stable : `opposition-contrainte`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Ce que le délai laisse faire, ou ce qu’il termine : « Former opposition à une contrainte ».
    #[must_use]
    pub fn libelle(&self) -> &str {
        &self.libelle
    }

    /// Le fait qui le fait courir : « réception de la mise en demeure ».
    #[must_use]
    pub fn declencheur(&self) -> &str {
        &self.declencheur
    }

    /// Ce qui arrive au dernier jour.
    #[must_use]
    pub const fn genre(&self) -> GenreDelai {
        self.genre
    }

    /// Qui perd quelque chose à la fin.
    #[must_use]
    pub const fn contre(&self) -> Contre {
        self.contre
    }

    /// Le lieu dont le délai dépend, pour un débiteur de ce lieu : la Cour de cassation et le Conseil d’État siègent à
    /// Paris, où qu’il demeure.
    #[must_use]
    pub const fn lieu(&self, debiteur: Lieu) -> Lieu {
        Lieu {
            zone: if self.a_paris {
                Zone::Metropole
            } else {
                debiteur.zone
            },
            residence: debiteur.residence,
        }
    }

    /// Ce que les textes ne disent pas et qui est fait : à montrer « à vérifier ».
    #[must_use]
    pub fn reserve(&self) -> Option<&str> {
        self.reserve.as_deref()
    }

    /// La durée dans la dernière rédaction connue : « 15 jours », « 1 mois puis 3 ans ».
    #[must_use]
    pub fn duree(&self) -> String {
        let durees: Vec<String> = self.derniere().periodes.iter().map(Duree::to_string).collect();
        durees.join(" puis ")
    }

    /// Les articles de la dernière rédaction connue.
    #[must_use]
    pub fn articles(&self) -> &[Article] {
        &self.derniere().articles
    }

    /// Le premier jour de la dernière rédaction connue.
    #[must_use]
    pub fn depuis(&self) -> Date {
        self.derniere().depuis()
    }

    /// Les versions sont rangées par date, et il y en a une au moins : la lecture le vérifie.
    fn derniere(&self) -> &Version {
        &self.versions[self.versions.len() - 1]
    }

    pub(super) fn version(&'static self, declencheur: Date) -> Result<&'static Version, Erreur> {
        self.versions
            .iter()
            .find(|version| version.vaut(declencheur))
            .ok_or(Erreur::VersionInconnue {
                regle: &self.libelle,
                date: declencheur,
            })
    }
}

/// Les articles qui disent comment tout délai se compte.
#[derive(Debug)]
pub(super) struct Calcul {
    pub(super) quantieme: Vec<Article>,
    pub(super) report: Vec<Article>,
    pub(super) franc: Vec<Article>,
    pub(super) prescription: Vec<Article>,
    distance_judiciaire: Vec<Article>,
    distance_administrative: Vec<Article>,
}

impl Calcul {
    pub(super) fn distance(&self, distance: Distance) -> &[Article] {
        match distance {
            Distance::Judiciaire => &self.distance_judiciaire,
            Distance::Administrative => &self.distance_administrative,
        }
    }
}

/// Tous les délais connus.
#[derive(Debug)]
pub(crate) struct Delais {
    pub(super) calcul: Calcul,
    regles: Vec<RegleDelai>,
}

impl Delais {
    pub(crate) fn lire(texte: &str, extrait: &Extrait) -> Result<Self, ErreurDonnees> {
        let fichier: Fichier =
            toml::from_str(texte).map_err(|source| ErreurDonnees::illisible("delais", &source))?;
        let regles: Vec<RegleDelai> = fichier
            .delai
            .into_iter()
            .map(|lu| lu.fonder(extrait))
            .collect::<Result<_, _>>()?;
        for (place, regle) in regles.iter().enumerate() {
            if regles[..place].iter().any(|autre| autre.code == regle.code) {
                return Err(ErreurDonnees::CodeEnDouble {
                    code: regle.code.clone(),
                });
            }
        }
        Ok(Self {
            calcul: fichier.calcul.fonder(extrait)?,
            regles,
        })
    }
}

impl Delais {
    /// Le délai de ce code.
    pub(crate) fn regle(&self, code: &str) -> Option<&RegleDelai> {
        self.regles.iter().find(|regle| regle.code == code)
    }
}

impl CalculLu {
    fn fonder(&self, extrait: &Extrait) -> Result<Calcul, ErreurDonnees> {
        Ok(Calcul {
            quantieme: extrait.citer_tous(&self.quantieme)?,
            report: extrait.citer_tous(&self.report)?,
            franc: extrait.citer_tous(&self.franc)?,
            prescription: extrait.citer_tous(&self.prescription)?,
            distance_judiciaire: extrait.citer_tous(&self.distance_judiciaire)?,
            distance_administrative: extrait.citer_tous(&self.distance_administrative)?,
        })
    }
}

impl DelaiLu {
    fn fonder(self, extrait: &Extrait) -> Result<RegleDelai, ErreurDonnees> {
        let mut versions: Vec<Version> = self
            .version
            .into_iter()
            .map(|lue| lue.fonder(&self.code, extrait))
            .collect::<Result<_, _>>()?;
        versions.sort_unstable_by_key(Version::depuis);
        let mut vigueurs: Vec<Vigueur> = versions.iter().map(|version| version.vigueur).collect();
        verifier_suite(&self.code, &mut vigueurs)?;
        if versions
            .iter()
            .skip(1)
            .any(|version| version.analogie_depuis.is_some())
        {
            return Err(ErreurDonnees::valeur_fausse(
                &self.code,
                "`analogie_depuis` n’a de sens que sur la première version",
            ));
        }
        Ok(RegleDelai {
            code: self.code,
            libelle: self.libelle,
            declencheur: self.declencheur,
            genre: self.genre,
            contre: self.contre.unwrap_or(Contre::Debiteur),
            a_paris: self.a_paris,
            distance: self.distance,
            origine: self.origine,
            reserve: self.reserve,
            reserve_distance: self.reserve_distance,
            versions,
        })
    }
}

impl VersionLue {
    fn fonder(self, code: &str, extrait: &Extrait) -> Result<Version, ErreurDonnees> {
        if self.periodes.is_empty() || self.periodes.iter().any(Duree::est_vide) {
            return Err(ErreurDonnees::valeur_fausse(code, "une période ne dure rien"));
        }
        Ok(Version {
            vigueur: Vigueur {
                depuis: self.depuis,
                jusqua: self.jusqua,
            },
            analogie_depuis: self.analogie_depuis,
            periodes: self.periodes,
            articles: extrait.citer_tous(&self.articles)?,
        })
    }
}

impl Droit {
    /// Tous les délais connus, dans l’ordre des règles.
    #[must_use]
    pub fn regles_de_delai(&self) -> &[RegleDelai] {
        &self.delais.regles
    }

    /// Le délai de ce code.
    ///
    /// # Errors
    /// Aucun délai connu n’a ce code ; l’erreur dit lesquels existent.
    pub fn regle_de_delai(&self, code: &str) -> Result<&RegleDelai, crate::CodeInconnu> {
        self.delais.regle(code).ok_or_else(|| {
            let admis: Vec<&str> = self.delais.regles.iter().map(RegleDelai::code).collect();
            crate::CodeInconnu::nouveau("la règle de délai", &admis)
        })
    }
}
