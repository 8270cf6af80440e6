//! Ce dont une procédure est faite : positions, étapes, empêchements.

use crate::{Article, Droit, Nature, RegleDelai, enumeration::enumeration};

/// Où en est une créance.
#[derive(PartialEq, Eq, Debug)]
pub struct Position {
    pub(super) code: String,
    pub(super) libelle: String,
    pub(super) suite: String,
    pub(super) fin: bool,
}

impl Position {
    /// Le code stable : `mise_en_demeure_recue`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// « Mise en demeure reçue ».
    #[must_use]
    pub fn libelle(&self) -> &str {
        &self.libelle
    }

    /// Ce que l’agent a à faire, ou ce qu’il attend.
    #[must_use]
    pub fn suite(&self) -> &str {
        &self.suite
    }

    /// La procédure est-elle finie ?
    #[must_use]
    pub const fn est_fin(&self) -> bool {
        self.fin
    }
}

enumeration! {
    /// Qui fait une étape ; un tiers est la poste, le commissaire de justice, le tiers détenteur.
    pub enum Auteur ("l’auteur d’une étape") {
        Caisse = "caisse", "Caisse";
        Debiteur = "debiteur", "Débiteur";
        Juge = "juge", "Juge";
        Tiers = "tiers", "Tiers";
    }
}

/// Ce qui arrête certaines étapes tant qu’il dure.
#[derive(PartialEq, Eq, Debug)]
pub struct Empechement {
    pub(super) code: String,
    pub(super) libelle: String,
    pub(super) articles: Vec<Article>,
    pub(super) interdit: Vec<String>,
    pub(super) suspend_la_prescription: bool,
    /// Les délais au-delà desquels il ne suspend plus : le dernier à finir ; aucun : tant qu’il dure.
    pub(super) suspend_jusqua: Vec<String>,
}

impl Empechement {
    /// Le code stable : `recours`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// « recours pendant, qui suspend le recouvrement ».
    #[must_use]
    pub fn libelle(&self) -> &str {
        &self.libelle
    }

    /// Les articles qui le font empêcher.
    #[must_use]
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// Interdit-il quelque chose, ou se montre-t-il seulement ?
    #[must_use]
    pub fn arrete(&self) -> bool {
        !self.interdit.is_empty()
    }
}

/// Où mène une étape.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Vers {
    MemePosition,
    Precedente,
    Position(String),
}

/// La fin d’un délai, compté depuis la dernière étape d’un code, ou depuis l’exigibilité ; `None` : tel qu’il est ouvert.
#[derive(Debug)]
pub(super) struct Borne {
    pub(super) delai: String,
    pub(super) apres: Option<String>,
    pub(super) sauf: Vec<String>,
}

impl Borne {
    pub(super) const EXIGIBILITE: &'static str = "exigibilite";
}

/// Ce qui arrive à une créance, et ce que cela change.
#[derive(Debug)]
pub struct EtapeProcedure {
    pub(super) code: String,
    pub(super) libelle: String,
    pub(super) auteur: Auteur,
    /// Vide : toutes celles de la procédure.
    pub(super) natures: Vec<Nature>,
    /// `None` : de toute position qui n’est pas une fin.
    pub(super) de: Option<Vec<String>>,
    pub(super) vers: Vers,
    pub(super) exige: Option<String>,
    pub(super) attendre: Vec<Borne>,
    pub(super) avant: Vec<Borne>,
    /// Ceux qu’elle fait courir, et l’étape depuis laquelle ils courent ; `None` : elle-même.
    pub(super) ouvre: Vec<(String, Option<String>)>,
    pub(super) eteint: Vec<String>,
    pub(super) empeche: Option<String>,
    pub(super) leve: Vec<String>,
    pub(super) prescription: Option<String>,
    pub(super) prescription_fraude: Option<String>,
    pub(super) interrompt: bool,
    pub(super) quand_prescrite: bool,
    pub(super) au_compte: bool,
    pub(super) conditions: Vec<String>,
    pub(super) articles: Vec<Article>,
    pub(super) reserve: Option<String>,
}

/// Deux étapes sont la même si c’est la même règle.
impl PartialEq for EtapeProcedure {
    fn eq(&self, autre: &Self) -> bool {
        std::ptr::eq(self, autre)
    }
}

impl Eq for EtapeProcedure {}

impl EtapeProcedure {
    /// Le code stable : `mise_en_demeure`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// « Mise en demeure ».
    #[must_use]
    pub fn libelle(&self) -> &str {
        &self.libelle
    }

    /// Qui la fait.
    #[must_use]
    pub const fn auteur(&self) -> Auteur {
        self.auteur
    }

    /// Les seules natures de créance à qui elle arrive ; vide : toutes celles de la procédure.
    #[must_use]
    pub fn natures(&self) -> &[Nature] {
        &self.natures
    }

    /// Les codes des positions d’où elle part : aucune pour l’entrée ; `None` : toutes celles qui ne sont pas des fins.
    #[must_use]
    pub fn de(&self) -> Option<&[String]> {
        self.de.as_deref()
    }

    /// Le code de la position où elle mène toujours ; `None` si elle n’en change pas, ou revient à la précédente.
    #[must_use]
    pub fn vers(&self) -> Option<&str> {
        match &self.vers {
            Vers::Position(code) => Some(code),
            Vers::MemePosition | Vers::Precedente => None,
        }
    }

    /// Ce que l’agent doit avoir constaté et que le programme ne sait pas.
    #[must_use]
    pub fn conditions(&self) -> &[String] {
        &self.conditions
    }

    /// Les articles qui la fondent ; jamais vide.
    #[must_use]
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// Ce qu’aucun texte lu ne dit et qui est fait : à montrer « à vérifier ».
    #[must_use]
    pub fn reserve(&self) -> Option<&str> {
        self.reserve.as_deref()
    }

    /// Un mouvement du compte (paiement, annulation, remise, non-valeur) la fait ; elle ne s’enregistre pas sans lui.
    #[must_use]
    pub const fn se_fait_au_compte(&self) -> bool {
        self.au_compte
    }

    /// Les délais qu’elle fait courir.
    pub fn delais_ouverts(&self) -> impl Iterator<Item = &'static RegleDelai> {
        self.ouvre.iter().map(|(delai, _)| regle(delai))
    }

    pub(super) fn est_depart(&self) -> bool {
        self.de.as_ref().is_some_and(Vec::is_empty)
    }
}

/// Un délai que la lecture des règles a vérifié.
pub(super) fn regle(code: &str) -> &'static RegleDelai {
    Droit::charger()
        .regle_de_delai(code)
        .expect("la lecture des règles refuse un délai inconnu")
}
