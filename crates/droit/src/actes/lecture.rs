//! Les actes (`regles/actes.toml`), vérifiés contre les procédures à la lecture.

use jiff::civil::Date;
use serde::Deserialize;

use super::{Acte, Destinataire, Donnee, Mention, ModeEnvoi, morceaux};
use crate::{ErreurDonnees, Procedure, article::Extrait};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fichier {
    acte: Vec<ActeLu>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActeLu {
    code: String,
    libelle: String,
    procedures: Vec<String>,
    etape: String,
    recue: Option<String>,
    non_reclamee: Option<String>,
    revenue: Option<String>,
    #[serde(default)]
    liquide_majorations: bool,
    #[serde(default)]
    constate: bool,
    destinataire: Option<Destinataire>,
    envois: Vec<ModeEnvoi>,
    depuis: Date,
    mention: Vec<MentionLue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MentionLue {
    code: String,
    libelle: String,
    exige: Vec<Donnee>,
    phrase: Option<String>,
    #[serde(default)]
    nullite: bool,
    articles: Vec<String>,
}

/// Tous les actes.
#[derive(Debug)]
pub(crate) struct Actes(pub(super) Vec<Acte>);

impl Actes {
    pub(crate) fn lire(
        texte: &str,
        extrait: &Extrait,
        procedures: &[Procedure],
    ) -> Result<Self, ErreurDonnees> {
        let fichier: Fichier =
            toml::from_str(texte).map_err(|source| ErreurDonnees::illisible("actes", &source))?;
        let mut actes: Vec<Acte> = Vec::new();
        for lu in fichier.acte {
            let acte = lu.verifier(extrait, procedures)?;
            if actes.iter().any(|autre| autre.code == acte.code) {
                return Err(ErreurDonnees::CodeEnDouble { code: acte.code });
            }
            let meme_etape = |autre: &&Acte| {
                autre.etape == acte.etape && autre.procedures.iter().any(|p| acte.procedures.contains(p))
            };
            if let Some(autre) = actes.iter().find(meme_etape) {
                return Err(fausse(
                    &acte.code,
                    format!("« {} » fait déjà cette étape", autre.code),
                ));
            }
            actes.push(acte);
        }
        Ok(Self(actes))
    }
}

impl ActeLu {
    fn verifier(self, extrait: &Extrait, procedures: &[Procedure]) -> Result<Acte, ErreurDonnees> {
        for code in &self.procedures {
            let Some(procedure) = procedures.iter().find(|p| p.code() == code) else {
                return Err(fausse(&self.code, format!("procédure inconnue, « {code} »")));
            };
            let suites = [&self.recue, &self.non_reclamee, &self.revenue];
            for etape in std::iter::once(&self.etape).chain(suites.into_iter().flatten()) {
                if procedure.etape(etape).is_none() {
                    return Err(fausse(&self.code, format!("étape inconnue, « {etape} »")));
                }
            }
        }
        if self.envois.is_empty() {
            return Err(fausse(&self.code, "aucun mode d’envoi".to_owned()));
        }
        let mut mentions: Vec<Mention> = Vec::new();
        for lue in self.mention {
            if mentions.iter().any(|autre| autre.code == lue.code) {
                return Err(fausse(&self.code, format!("mention en double, « {} »", lue.code)));
            }
            mentions.push(lue.verifier(&self.code, extrait)?);
        }
        Ok(Acte {
            code: self.code,
            libelle: self.libelle,
            procedures: self.procedures,
            etape: self.etape,
            recue: self.recue,
            non_reclamee: self.non_reclamee,
            revenue: self.revenue,
            liquide_majorations: self.liquide_majorations,
            constate: self.constate,
            destinataire: self.destinataire.unwrap_or(Destinataire::Debiteur),
            envois: self.envois,
            depuis: self.depuis,
            mentions,
        })
    }
}

impl MentionLue {
    /// Une phrase ne demande que ce que la mention exige : ce qui manque se dit avant d’écrire.
    fn verifier(self, acte: &str, extrait: &Extrait) -> Result<Mention, ErreurDonnees> {
        for (_, donnee) in morceaux(self.phrase.as_deref().unwrap_or_default()) {
            let Some(code) = donnee else { continue };
            let connue = code.parse().is_ok_and(|donnee| self.exige.contains(&donnee));
            if !connue {
                let valeur = format!("la mention « {} » emploie « {code} » sans l’exiger", self.code);
                return Err(fausse(acte, valeur));
            }
        }
        Ok(Mention {
            articles: extrait.citer_tous(&self.articles)?,
            code: self.code,
            libelle: self.libelle,
            exige: self.exige,
            phrase: self.phrase,
            nullite: self.nullite,
        })
    }
}

fn fausse(acte: &str, valeur: String) -> ErreurDonnees {
    ErreurDonnees::ValeurFausse {
        code: acte.to_owned(),
        valeur,
    }
}
