//! Les erreurs de lecture, une énumération par valeur.
//!
//! Chaque message dit la règle et le remède, jamais la valeur refusée : elle peut être une donnée
//! personnelle, et c'est l'appelant qui sait nommer le fichier, la ligne ou le champ.

use thiserror::Error;

use crate::CodeCaisse;

/// Un calcul sur des montants sort de ce qu'un montant peut porter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("le total dépasse le plus grand montant possible : vérifiez l’ordre de grandeur des montants")]
pub struct Depassement;

/// Un montant illisible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ErreurMontant {
    /// Rien à lire.
    #[error("le montant est vide : indiquez un montant en euros, par exemple {exemple}")]
    Vide {
        /// Un montant bien écrit dans la forme attendue.
        exemple: &'static str,
    },
    /// Un signe « + », une lettre, un séparateur étranger à la forme attendue.
    #[error(
        "le montant contient un caractère interdit : écrivez-le en chiffres, par exemple {exemple}, avec un « - » devant s’il est négatif"
    )]
    Caractere {
        /// Un montant bien écrit dans la forme attendue.
        exemple: &'static str,
    },
    /// Séparateur décimal sans chiffre devant ou derrière.
    #[error("le montant est incomplet : il faut au moins un chiffre de chaque côté du séparateur décimal")]
    Incomplet,
    /// Plus de deux décimales.
    #[error("le montant a plus de deux décimales : arrondissez-le au centime")]
    TropDeDecimales,
    /// Une espace ailleurs qu'entre deux tranches de trois chiffres.
    #[error("une espace du montant est mal placée : elle ne sépare que des tranches de trois chiffres")]
    EspaceMalPlacee,
    /// Montant au-delà de ce qui se compte.
    #[error("le montant est trop grand : vérifiez l’ordre de grandeur")]
    TropGrand,
}

/// Une période illisible ou hors du calendrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ErreurPeriode {
    /// Ni un mois, ni un trimestre, ni une année.
    #[error(
        "la période est illisible : écrivez un mois « 2026-01 », un trimestre « 2026-T1 » ou une année « 2026 »"
    )]
    Forme,
    /// Année hors des bornes.
    #[error("l’année de la période doit être comprise entre 1900 et 2999")]
    Annee,
    /// Mois hors de 1 à 12.
    #[error("le mois de la période doit être compris entre 01 et 12")]
    Mois,
    /// Trimestre hors de 1 à 4.
    #[error("le trimestre de la période doit être compris entre T1 et T4")]
    Trimestre,
}

/// Un numéro de dossier illisible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "le numéro de dossier est un nombre entier positif, sans signe ni espace : recopiez-le tel qu’il est affiché"
)]
pub struct ErreurDossierId;

/// Le code ne désigne aucune caisse de MSA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "cette caisse est inconnue : donnez un code DMSA suivi de deux chiffres, parmi {}",
    codes()
)]
pub struct CaisseInconnue;

fn codes() -> String {
    CodeCaisse::toutes()
        .map(CodeCaisse::code)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Un taux illisible ou hors bornes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ErreurTaux {
    /// Autre chose que des chiffres et un séparateur décimal.
    #[error("le taux est illisible : écrivez un pourcentage en chiffres, par exemple 0,2")]
    Forme,
    /// Plus de six décimales.
    #[error("le taux a plus de six décimales : arrondissez-le")]
    TropDeDecimales,
    /// Hors de 0 à 1 000 %.
    #[error("le taux doit être compris entre 0 et 1 000 % : vérifiez qu’il est donné en pourcentage")]
    HorsBornes,
}

/// Un NIR mal formé.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ErreurNir {
    /// Ni 13 ni 15 caractères.
    #[error("le NIR compte 13 caractères, ou 15 avec sa clé : recopiez-le en entier")]
    Longueur,
    /// Un caractère qui n'est pas un chiffre, hors du département de naissance.
    #[error(
        "le NIR ne contient que des chiffres, sauf 2A ou 2B pour une naissance en Corse : corrigez le caractère fautif"
    )]
    Caractere,
    /// Premier chiffre inconnu.
    #[error(
        "le NIR commence par 1 ou 2, ou par 3, 4, 7 ou 8 s’il est temporaire : corrigez le premier chiffre"
    )]
    PremierChiffre,
    /// Code de mois inconnu.
    #[error(
        "le mois de naissance du NIR (4e et 5e chiffres) va de 01 à 12, de 20 à 42 ou de 50 à 99 : corrigez-le"
    )]
    Mois,
    /// La clé donnée n'est pas celle du numéro.
    #[error(
        "la clé du NIR ne correspond pas au numéro : une erreur de saisie est probable, relisez les 15 caractères"
    )]
    Cle,
}

/// Un SIREN mal formé.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ErreurSiren {
    /// Autre chose que neuf chiffres.
    #[error("le SIREN compte 9 chiffres : recopiez-le en entier, sans lettre")]
    Forme,
    /// La clé de Luhn n'est pas bonne.
    #[error("le SIREN est faux, sa clé de contrôle ne tombe pas juste : relisez les 9 chiffres")]
    Cle,
}

/// Un SIRET mal formé.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ErreurSiret {
    /// Autre chose que quatorze chiffres.
    #[error("le SIRET compte 14 chiffres : recopiez-le en entier, sans lettre")]
    Forme,
    /// La clé du numéro, ou celle du SIREN qu'il contient, n'est pas bonne.
    #[error("le SIRET est faux, sa clé de contrôle ne tombe pas juste : relisez les 14 chiffres")]
    Cle,
}

/// Un IBAN mal formé.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ErreurIban {
    /// Pas deux lettres de pays, deux chiffres de clé, puis des lettres et des chiffres.
    #[error(
        "l’IBAN commence par deux lettres et deux chiffres, suivis de lettres et de chiffres sans accent : recopiez-le depuis le relevé d’identité bancaire"
    )]
    Forme,
    /// La longueur n'est pas celle du pays.
    #[error("l’IBAN n’a pas la longueur de son pays (27 caractères pour la France) : recopiez-le en entier")]
    Longueur,
    /// Le reste de la division par 97 n'est pas 1.
    #[error("l’IBAN est faux, sa clé de contrôle ne tombe pas juste : relisez-le caractère par caractère")]
    Cle,
    /// Le compte français contenu dans l'IBAN a une mauvaise clé RIB.
    #[error(
        "la clé RIB du compte contenu dans l’IBAN ne tombe pas juste : recopiez l’IBAN depuis le relevé d’identité bancaire"
    )]
    CleRib,
}

/// Un matricule mal formé.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("le matricule compte de 1 à 14 chiffres ou lettres sans accent : recopiez-le sans ponctuation")]
pub struct ErreurMatricule;

/// Un code de commune mal formé.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "le code de commune est le code INSEE, pas le code postal : 5 chiffres, ou 2A ou 2B et 3 chiffres en Corse, en commençant par le département"
)]
pub struct ErreurCodeCommune;

/// Un numéro de téléphone mal formé.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "le téléphone compte 10 chiffres en commençant par 0, ou commence par « + » et l’indicatif du pays s’il est étranger : corrigez-le"
)]
pub struct ErreurTelephone;

/// Une adresse de courriel mal formée.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("l’adresse de courriel s’écrit nom@domaine.fr, sans espace ni accent : corrigez-la")]
pub struct ErreurCourriel;
