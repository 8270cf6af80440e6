//! Les lignes que `sillon dsn lire` imprime.

use dsn::{Caisse, CotisationEtablissement, CotisationIndividuelle, Declaration};
use jiff::civil::Date;
use serde::Serialize;
use valeurs::Montant;

/// Une déclaration pour une caisse de MSA ; `caisse` manque si elle n'en nomme aucune.
#[derive(Serialize)]
pub(super) struct LigneDsn<'a> {
    fichier: &'a str,
    rang: u32,
    siret: Option<&'a str>,
    mois: Option<String>,
    nature: &'a str,
    #[serde(rename = "type")]
    genre: &'a str,
    fraction: &'a str,
    caisse: Option<&'a str>,
    declare_centimes: i64,
    ordonne_centimes: i64,
    mode: Option<&'a str>,
    echeance: Option<Date>,
    individus: u32,
    norme: &'a str,
    sous_lot: Option<&'static str>,
    essai: bool,
    ligne_debut: u64,
    ligne_fin: u64,
}

impl<'a> LigneDsn<'a> {
    /// Les lignes d'une déclaration.
    pub(super) fn de(fichier: &'a str, d: &'a Declaration) -> Result<Vec<Self>, valeurs::Depassement> {
        if d.caisses.is_empty() {
            return Ok(vec![Self::pour(fichier, d, None)?]);
        }
        d.caisses
            .iter()
            .map(|c| Self::pour(fichier, d, Some(c)))
            .collect()
    }

    fn pour(
        fichier: &'a str,
        d: &'a Declaration,
        caisse: Option<&'a Caisse>,
    ) -> Result<Self, valeurs::Depassement> {
        let premier = caisse.and_then(|c| c.versements.first());
        Ok(Self {
            fichier,
            rang: d.rang,
            siret: d.siret.as_ref().map(dsn::Code::as_str),
            mois: d.mois.map(|m| m.to_string()),
            nature: d.nature.as_str(),
            genre: d.genre.as_str(),
            fraction: d.fraction.as_str(),
            caisse: caisse.map(|c| c.code.as_str()),
            declare_centimes: caisse.map_or(Montant::ZERO, |c| c.declare).centimes(),
            ordonne_centimes: caisse.map_or(Ok(Montant::ZERO), Caisse::ordonne)?.centimes(),
            mode: premier.and_then(|v| v.mode.as_ref()).map(dsn::Code::as_str),
            echeance: premier.and_then(|v| v.echeance),
            individus: d.individus,
            norme: d.envoi.norme.as_str(),
            sous_lot: d.envoi.sous_lot.map(dsn::SousLot::code),
            essai: d.envoi.essai,
            ligne_debut: d.lignes.0,
            ligne_fin: d.lignes.1,
        })
    }

    /// Pour une personne : les mêmes choses, alignées.
    pub(super) fn texte(&self) -> String {
        format!(
            "{:>5}  {:<14}  {:<7}  {:<2} {:<2} {:<2}  {:<6}  {:>16}  {:>16}  {:<2}  {:<10}  {:>6}",
            self.rang,
            self.siret.unwrap_or("–"),
            self.mois.as_deref().unwrap_or("–"),
            self.nature,
            self.genre,
            self.fraction,
            self.caisse.unwrap_or("–"),
            Montant::de_centimes(self.declare_centimes).to_string(),
            Montant::de_centimes(self.ordonne_centimes).to_string(),
            self.mode.unwrap_or("–"),
            self.echeance.map(valeurs::date_fr).unwrap_or_default(),
            self.individus,
        )
    }

    /// L'en-tête de [`Self::texte`].
    pub(super) fn en_tete() -> String {
        format!(
            "{:>5}  {:<14}  {:<7}  {:<2} {:<2} {:<2}  {:<6}  {:>16}  {:>16}  {:<2}  {:<10}  {:>6}",
            "rang",
            "SIRET",
            "mois",
            "na",
            "ty",
            "fr",
            "caisse",
            "déclaré",
            "ordonné",
            "mo",
            "échéance",
            "indiv."
        )
    }
}

/// Une cotisation d'un individu (S21.G00.81) ou de l'établissement (S21.G00.82).
///
/// L'individu n'est que son rang dans la déclaration : `ligne` le retrouve, `sillon dsn montrer` le montre.
#[derive(Serialize)]
pub(super) struct LigneDetail<'a> {
    fichier: &'a str,
    rang: u32,
    siret: Option<&'a str>,
    mois: Option<String>,
    caisse: Option<String>,
    individu: Option<u32>,
    base: Option<String>,
    debut: Option<Date>,
    fin: Option<Date>,
    code: Option<String>,
    assiette_centimes: Option<i64>,
    montant_centimes: Option<i64>,
    ligne: u64,
}

impl<'a> LigneDetail<'a> {
    pub(super) fn individuelle(c: &CotisationIndividuelle) -> LigneDetail<'static> {
        LigneDetail {
            fichier: "",
            rang: 0,
            siret: None,
            mois: None,
            caisse: c.caisse.map(|c| c.to_string()),
            individu: Some(c.individu),
            base: c.base.map(|c| c.to_string()),
            debut: c.debut,
            fin: c.fin,
            code: Some(c.code.to_string()),
            assiette_centimes: c.assiette.map(Montant::centimes),
            montant_centimes: c.montant.map(Montant::centimes),
            ligne: c.ligne,
        }
    }

    pub(super) fn etablissement(c: &CotisationEtablissement) -> LigneDetail<'static> {
        LigneDetail {
            fichier: "",
            rang: 0,
            siret: None,
            mois: None,
            caisse: c.caisse.map(|c| c.to_string()),
            individu: None,
            base: None,
            debut: c.debut,
            fin: c.fin,
            code: c.code.map(|c| c.to_string()),
            assiette_centimes: None,
            montant_centimes: c.montant.map(Montant::centimes),
            ligne: c.ligne,
        }
    }

    /// La même, dans sa déclaration.
    pub(super) fn dans(self, fichier: &'a str, d: &'a Declaration) -> Self {
        Self {
            fichier,
            rang: d.rang,
            siret: d.siret.as_ref().map(dsn::Code::as_str),
            mois: d.mois.map(|m| m.to_string()),
            ..self
        }
    }

    pub(super) fn texte(&self) -> String {
        let jour = |d: Option<Date>| d.map(valeurs::date_fr).unwrap_or_default();
        let montant = |m: Option<i64>| m.map(|m| Montant::de_centimes(m).to_string()).unwrap_or_default();
        format!(
            "{:>5}  {:<14}  {:<6}  {:>5}  {:<2}  {:<10}  {:<10}  {:<3}  {:>14}  {:>14}  {:>9}",
            self.rang,
            self.siret.unwrap_or("–"),
            self.caisse.as_deref().unwrap_or("–"),
            self.individu.map(|i| i.to_string()).unwrap_or_default(),
            self.base.as_deref().unwrap_or_default(),
            jour(self.debut),
            jour(self.fin),
            self.code.as_deref().unwrap_or_default(),
            montant(self.assiette_centimes),
            montant(self.montant_centimes),
            self.ligne,
        )
    }

    /// L'en-tête de [`Self::texte`].
    pub(super) fn en_tete() -> String {
        format!(
            "{:>5}  {:<14}  {:<6}  {:>5}  {:<2}  {:<10}  {:<10}  {:<3}  {:>14}  {:>14}  {:>9}",
            "rang", "SIRET", "caisse", "indiv", "ba", "du", "au", "cot", "assiette", "montant", "ligne"
        )
    }
}
