//! Ce qui fait refuser une valeur : la règle et le remède, jamais la valeur.

use thiserror::Error;

/// Un identifiant de créancier (ICS) faux.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ErreurIcs {
    /// Pas deux lettres de pays, deux chiffres, trois caractères, puis l'identifiant national.
    #[error(
        "l’ICS commence par deux lettres et deux chiffres, puis trois caractères (souvent ZZZ) et l’identifiant national, sans accent ni ponctuation : recopiez-le depuis l’attestation de la Banque de France"
    )]
    Forme,
    /// Plus de 35 caractères, ou pas 13 pour la France.
    #[error("l’ICS n’a pas sa longueur (13 caractères pour la France) : recopiez-le en entier")]
    Longueur,
    /// Le reste de la division par 97 n'est pas 1.
    #[error("l’ICS est faux, sa clé de contrôle ne tombe pas juste : relisez-le caractère par caractère")]
    Cle,
}

/// Une référence (message, bout en bout, mandat) que la norme n'admet pas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ErreurReference {
    /// Rien.
    #[error("la référence est vide : donnez-en une")]
    Vide,
    /// Trop de caractères ; le nombre permis.
    #[error("la référence dépasse {0} caractères : raccourcissez-la")]
    TropLongue(usize),
    /// Un caractère hors de l'alphabet des références.
    #[error(
        "la référence contient une espace, un accent ou un signe que les messages SEPA n’admettent pas : n’y mettez que des lettres sans accent, des chiffres et / - ? : ( ) . , ' +"
    )]
    Caractere,
    /// Une barre oblique au début, à la fin, ou deux de suite.
    #[error(
        "la référence commence ou finit par une barre oblique, ou en porte deux de suite : ôtez ces barres"
    )]
    Barres,
    /// `NOTPROVIDED`, par quoi les banques disent qu'il n'y a pas de référence.
    #[error("cette référence veut dire « sans référence » pour les banques : donnez-en une qui soit unique")]
    Reservee,
}

/// Un code de banque (BIC) mal formé.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "le BIC compte 8 ou 11 caractères : quatre pour la banque, deux lettres pour le pays, deux pour la place et, s’il y a lieu, trois pour l’agence ; recopiez-le depuis le relevé d’identité bancaire"
)]
pub struct ErreurBic;

/// Un montant qui ne se prélève pas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("un prélèvement va de 0,01 € à 999 999 999,99 € : corrigez le montant, ou partagez-le")]
pub struct ErreurMontantPreleve;

/// Un texte dont l'alphabet des messages SEPA ne garde aucune lettre ni aucun chiffre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("le texte est vide, ou ne garde rien de lisible en lettres latines : écrivez-le en lettres latines")]
pub struct ErreurTexte;

/// Une adresse incomplète.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ErreurAdresse {
    /// La ville manque ou n'a rien de lisible.
    #[error("la ville de l’adresse manque, ou ne garde rien de lisible en lettres latines : donnez-la")]
    Ville,
    /// Pas un code de pays.
    #[error(
        "le pays de l’adresse n’est pas un code de deux lettres capitales (ISO 3166) : donnez-le, par exemple CH"
    )]
    Pays,
}
