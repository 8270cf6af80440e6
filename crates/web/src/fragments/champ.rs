//! Un champ de formulaire : étiquette, aide, erreur, liées pour les lecteurs d'écran.

use std::fmt::Display;

use askama::Template;

use super::html::fragment;
use crate::ErreurChamp;

/// La largeur d'un champ, qui dit ce qu'il attend.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Largeur {
    /// Une date, un montant, un code.
    Courte,
    /// Un nom, un libellé.
    #[default]
    Moyenne,
    /// Un texte.
    Pleine,
}

impl Largeur {
    const fn classe(self) -> &'static str {
        match self {
            Self::Courte => "court",
            Self::Moyenne => "moyen",
            Self::Pleine => "plein",
        }
    }
}

/// Une valeur possible et son libellé.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choix {
    valeur: String,
    libelle: String,
}

impl Choix {
    /// Cette valeur, montrée ainsi.
    #[must_use]
    pub fn nouveau(valeur: impl Display, libelle: impl Display) -> Self {
        Self {
            valeur: valeur.to_string(),
            libelle: libelle.to_string(),
        }
    }
}

#[derive(Clone, Debug)]
enum Saisie {
    Ligne {
        genre: &'static str,
        clavier: Option<&'static str>,
    },
    Zone {
        lignes: u8,
    },
    Liste(Vec<Choix>),
    Radios(Vec<Choix>),
    Case,
    Fichier {
        accepte: &'static str,
    },
}

/// Un champ de formulaire. Son identifiant est `champ-` suivi de son nom.
///
/// Sa valeur peut être personnelle : il n'a pas de `Debug`.
#[derive(Template, Clone)]
#[template(path = "fragments/champ.html")]
pub struct Champ {
    nom: String,
    libelle: String,
    saisie: Saisie,
    valeur: String,
    aide: Option<String>,
    erreur: Option<String>,
    obligatoire: bool,
    remplissage: &'static str,
    largeur: Largeur,
    longueur_max: Option<u32>,
}

impl Champ {
    fn nouveau(nom: impl Display, libelle: impl Display, saisie: Saisie, largeur: Largeur) -> Self {
        Self {
            nom: nom.to_string(),
            libelle: libelle.to_string(),
            saisie,
            valeur: String::new(),
            aide: None,
            erreur: None,
            obligatoire: false,
            remplissage: "off",
            largeur,
            longueur_max: None,
        }
    }

    fn ligne(
        nom: impl Display,
        libelle: impl Display,
        genre: &'static str,
        clavier: Option<&'static str>,
        largeur: Largeur,
    ) -> Self {
        Self::nouveau(nom, libelle, Saisie::Ligne { genre, clavier }, largeur)
    }

    /// Une ligne de texte.
    #[must_use]
    pub fn texte(nom: impl Display, libelle: impl Display) -> Self {
        Self::ligne(nom, libelle, "text", None, Largeur::Moyenne)
    }

    /// Des mots à chercher.
    #[must_use]
    pub fn recherche(nom: impl Display, libelle: impl Display) -> Self {
        Self::ligne(nom, libelle, "search", None, Largeur::Moyenne)
    }

    /// Une date ; la valeur s'écrit `2026-03-05`, et c'est ce que le formulaire envoie.
    #[must_use]
    pub fn date(nom: impl Display, libelle: impl Display) -> Self {
        Self::ligne(nom, libelle, "date", None, Largeur::Courte)
    }

    /// Une somme en euros, lue par `Montant::lire_francais`.
    #[must_use]
    pub fn montant(nom: impl Display, libelle: impl Display) -> Self {
        Self::ligne(nom, libelle, "text", Some("decimal"), Largeur::Courte)
    }

    /// Une suite de chiffres : NIR, SIRET, code à usage unique.
    #[must_use]
    pub fn chiffres(nom: impl Display, libelle: impl Display) -> Self {
        Self::ligne(nom, libelle, "text", Some("numeric"), Largeur::Moyenne)
    }

    /// Une adresse de courriel.
    #[must_use]
    pub fn courriel(nom: impl Display, libelle: impl Display) -> Self {
        Self::ligne(nom, libelle, "email", None, Largeur::Moyenne)
    }

    /// Un numéro de téléphone.
    #[must_use]
    pub fn telephone(nom: impl Display, libelle: impl Display) -> Self {
        Self::ligne(nom, libelle, "tel", None, Largeur::Moyenne)
    }

    /// Un mot de passe ; sa valeur n'est jamais réaffichée.
    #[must_use]
    pub fn mot_de_passe(nom: impl Display, libelle: impl Display) -> Self {
        Self::ligne(nom, libelle, "password", None, Largeur::Moyenne)
    }

    /// Plusieurs lignes de texte.
    #[must_use]
    pub fn zone(nom: impl Display, libelle: impl Display, lignes: u8) -> Self {
        Self::nouveau(nom, libelle, Saisie::Zone { lignes }, Largeur::Pleine)
    }

    /// Une liste déroulante.
    #[must_use]
    pub fn liste(nom: impl Display, libelle: impl Display, options: Vec<Choix>) -> Self {
        Self::nouveau(nom, libelle, Saisie::Liste(options), Largeur::Moyenne)
    }

    /// Des boutons radio, toutes les valeurs visibles.
    #[must_use]
    pub fn radios(nom: impl Display, libelle: impl Display, options: Vec<Choix>) -> Self {
        Self::nouveau(nom, libelle, Saisie::Radios(options), Largeur::Moyenne)
    }

    /// Une case, qui envoie `oui` si elle est cochée ; la valeur `oui` la coche.
    #[must_use]
    pub fn case(nom: impl Display, libelle: impl Display) -> Self {
        Self::nouveau(nom, libelle, Saisie::Case, Largeur::Moyenne)
    }

    /// Un fichier ; `accepte` est l'attribut `accept` (`.csv,.jsonl`).
    #[must_use]
    pub fn fichier(nom: impl Display, libelle: impl Display, accepte: &'static str) -> Self {
        Self::nouveau(nom, libelle, Saisie::Fichier { accepte }, Largeur::Moyenne)
    }

    /// Ce que le champ contient déjà.
    #[must_use]
    pub fn valeur(self, valeur: impl Display) -> Self {
        Self {
            valeur: valeur.to_string(),
            ..self
        }
    }

    /// Ce qu'il faut savoir pour le remplir.
    #[must_use]
    pub fn aide(self, aide: impl Display) -> Self {
        Self {
            aide: Some(aide.to_string()),
            ..self
        }
    }

    /// Ce qui ne va pas.
    #[must_use]
    pub fn erreur(self, erreur: impl Display) -> Self {
        Self {
            erreur: Some(erreur.to_string()),
            ..self
        }
    }

    /// Prend l'erreur qui est la sienne, s'il y en a une.
    #[must_use]
    pub fn parmi(self, erreurs: &[ErreurChamp]) -> Self {
        match erreurs.iter().find(|erreur| erreur.champ == self.nom.as_str()) {
            Some(erreur) => self.erreur(&erreur.message),
            None => self,
        }
    }

    /// Une erreur s'y montre-t-elle ?
    #[must_use]
    pub const fn est_fautif(&self) -> bool {
        self.erreur.is_some()
    }

    /// Le formulaire ne part pas sans lui.
    #[must_use]
    pub fn obligatoire(self) -> Self {
        Self {
            obligatoire: true,
            ..self
        }
    }

    /// L'attribut `autocomplete` ; sans lui, le navigateur ne propose rien (le poste peut être partagé).
    #[must_use]
    pub fn remplissage(self, jeton: &'static str) -> Self {
        Self {
            remplissage: jeton,
            ..self
        }
    }

    /// Une autre largeur que celle de son genre.
    #[must_use]
    pub fn largeur(self, largeur: Largeur) -> Self {
        Self { largeur, ..self }
    }

    /// Le nombre de caractères que le navigateur laisse taper.
    #[must_use]
    pub fn longueur_max(self, caracteres: u32) -> Self {
        Self {
            longueur_max: Some(caracteres),
            ..self
        }
    }

    /// Les identifiants de l'aide et de l'erreur, pour `aria-describedby`.
    fn decrit_par(&self) -> Option<String> {
        let aide = self.aide.as_ref().map(|_| format!("champ-{}-aide", self.nom));
        let erreur = self.erreur.as_ref().map(|_| format!("champ-{}-erreur", self.nom));
        match (aide, erreur) {
            (Some(aide), Some(erreur)) => Some(format!("{erreur} {aide}")),
            (aide, erreur) => aide.or(erreur),
        }
    }

    fn valeur_affichable(&self) -> &str {
        match self.saisie {
            Saisie::Ligne {
                genre: "password", ..
            } => "",
            _ => &self.valeur,
        }
    }
}

/// Ce qu'il y a à corriger, en tête du formulaire, chaque erreur menant à son champ.
#[derive(Template, Clone, Debug)]
#[template(path = "fragments/resume_erreurs.html")]
pub struct ResumeErreurs {
    erreurs: Vec<ErreurChamp>,
}

/// Le résumé des erreurs d'un formulaire ; rien s'il n'y en a pas.
#[must_use]
pub fn resume_erreurs(erreurs: &[ErreurChamp]) -> ResumeErreurs {
    ResumeErreurs {
        erreurs: erreurs.to_vec(),
    }
}

fragment!(Champ, ResumeErreurs);
