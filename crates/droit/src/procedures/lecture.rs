//! Les procédures et leurs étapes (`regles/procedures/*.toml`), vérifiées ensemble à la lecture.

use serde::Deserialize;

use super::etape::{Auteur, Borne, Empechement, EtapeProcedure, Position, Vers};
use crate::{Article, Droit, ErreurDonnees, Nature, RegleDelai, article::Extrait, delais::Delais};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FichierProcedures {
    procedure: Vec<ProcedureLue>,
    position: Vec<PositionLue>,
    empechement: Vec<EmpechementLu>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FichierEtapes {
    etape: Vec<EtapeLue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProcedureLue {
    code: String,
    libelle: String,
    natures: Vec<String>,
    depart: String,
    prescription: String,
    prescription_fraude: String,
    juge: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PositionLue {
    code: String,
    libelle: String,
    suite: String,
    #[serde(default)]
    fin: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EmpechementLu {
    code: String,
    libelle: String,
    procedures: Option<Vec<String>>,
    articles: Vec<String>,
    interdit: Vec<String>,
    #[serde(default)]
    suspend_la_prescription: bool,
    #[serde(default)]
    suspend_jusqua: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EtapeLue {
    code: String,
    libelle: String,
    procedures: Option<Vec<String>>,
    auteur: Auteur,
    #[serde(default)]
    natures: Vec<String>,
    de: Option<Vec<String>>,
    vers: Option<String>,
    exige: Option<String>,
    #[serde(default)]
    attendre: Vec<BorneLue>,
    #[serde(default)]
    avant: Vec<BorneLue>,
    #[serde(default)]
    ouvre: Vec<String>,
    #[serde(default)]
    ouvre_depuis: Vec<BorneLue>,
    #[serde(default)]
    eteint: Vec<String>,
    empeche: Option<String>,
    #[serde(default)]
    leve: Vec<String>,
    prescription: Option<String>,
    prescription_fraude: Option<String>,
    #[serde(default)]
    interrompt: bool,
    #[serde(default)]
    quand_prescrite: bool,
    #[serde(default)]
    au_compte: bool,
    #[serde(default)]
    conditions: Vec<String>,
    articles: Vec<String>,
    reserve: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct BorneLue {
    delai: String,
    apres: Option<String>,
    #[serde(default)]
    sauf: Vec<String>,
}

/// Une procédure de recouvrement : ce qu’elle recouvre, et par quelles étapes.
#[derive(Debug)]
pub struct Procedure {
    code: String,
    libelle: String,
    juge: String,
    natures: Vec<Nature>,
    pub(super) depart: usize,
    pub(super) prescription: String,
    pub(super) prescription_fraude: String,
    pub(super) positions: Vec<Position>,
    pub(super) empechements: Vec<Empechement>,
    etapes: Vec<EtapeProcedure>,
}

impl Procedure {
    /// Le code stable : `cotisations`, `indu`, `rsa`…
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Ce qu’elle recouvre, en français.
    #[must_use]
    pub fn libelle(&self) -> &str {
        &self.libelle
    }

    /// La juridiction qui connaît des recours.
    #[must_use]
    pub fn juge(&self) -> &str {
        &self.juge
    }

    /// Toutes les étapes, dans l’ordre des règles.
    #[must_use]
    pub fn etapes(&self) -> &[EtapeProcedure] {
        &self.etapes
    }

    /// Toutes les positions où une créance peut être, dans l’ordre des règles.
    #[must_use]
    pub fn positions(&self) -> &[Position] {
        &self.positions
    }

    /// L’étape de ce code, s’il y en a une.
    #[must_use]
    pub fn etape(&self, code: &str) -> Option<&EtapeProcedure> {
        self.etapes.iter().find(|etape| etape.code == code)
    }

    /// L’étape par laquelle toute créance entre, au jour de son émission.
    #[must_use]
    pub fn depart(&self) -> &EtapeProcedure {
        &self.etapes[self.depart]
    }

    pub(super) fn empechement(&self, code: &str) -> Option<&Empechement> {
        self.empechements.iter().find(|e| e.code == code)
    }
}

/// Toutes les procédures.
#[derive(Debug)]
pub(crate) struct Procedures(Vec<Procedure>);

impl Procedures {
    pub(crate) fn lire(
        procedures: &str,
        etapes: &str,
        extrait: &Extrait,
        delais: &Delais,
    ) -> Result<Self, ErreurDonnees> {
        let procedures: FichierProcedures =
            toml::from_str(procedures).map_err(|source| ErreurDonnees::illisible("procedures", &source))?;
        let etapes: FichierEtapes =
            toml::from_str(etapes).map_err(|source| ErreurDonnees::illisible("etapes", &source))?;
        let lecteur = Lecteur {
            extrait,
            delais,
            positions: &procedures.position,
            empechements: &procedures.empechement,
            etapes: &etapes.etape,
        };
        lecteur.verifier_les_noms(&procedures.procedure)?;
        let lues = procedures
            .procedure
            .iter()
            .map(|lue| lecteur.procedure(lue))
            .collect::<Result<Vec<_>, _>>()?;
        for nature in Nature::toutes() {
            if lues.iter().filter(|p| p.natures.contains(&nature)).count() != 1 {
                return Err(ErreurDonnees::valeur_fausse(
                    &nature.code(),
                    "cette nature n’a pas une procédure et une seule",
                ));
            }
        }
        Ok(Self(lues))
    }

    pub(crate) fn toutes(&self) -> &[Procedure] {
        &self.0
    }
}

/// `procedures` absent : partout.
fn concerne(procedures: Option<&Vec<String>>, code: &str) -> bool {
    procedures.is_none_or(|codes| codes.iter().any(|c| c == code))
}

struct Lecteur<'a> {
    extrait: &'a Extrait,
    delais: &'a Delais,
    positions: &'a [PositionLue],
    empechements: &'a [EmpechementLu],
    etapes: &'a [EtapeLue],
}

impl Lecteur<'_> {
    /// Une procédure mal nommée par une étape la ferait disparaître sans bruit.
    fn verifier_les_noms(&self, procedures: &[ProcedureLue]) -> Result<(), ErreurDonnees> {
        let connue = |code: &String| procedures.iter().any(|procedure| procedure.code == *code);
        let etapes = self.etapes.iter().map(|e| (&e.code, &e.procedures));
        let empechements = self.empechements.iter().map(|e| (&e.code, &e.procedures));
        for (code, citees) in etapes.chain(empechements) {
            if let Some(inconnue) = citees.iter().flatten().find(|citee| !connue(citee)) {
                return Err(ErreurDonnees::valeur_fausse(
                    code,
                    &format!("la procédure « {inconnue} » n’existe pas"),
                ));
            }
        }
        Ok(())
    }

    fn procedure(&self, lue: &ProcedureLue) -> Result<Procedure, ErreurDonnees> {
        let positions: Vec<Position> = self
            .positions
            .iter()
            .map(|position| Position {
                code: position.code.clone(),
                libelle: position.libelle.clone(),
                suite: position.suite.clone(),
                fin: position.fin,
            })
            .collect();
        let siennes: Vec<&EtapeLue> = self
            .etapes
            .iter()
            .filter(|etape| concerne(etape.procedures.as_ref(), &lue.code))
            .collect();
        for (rang, etape) in siennes.iter().enumerate() {
            if siennes[..rang].iter().any(|autre| autre.code == etape.code) {
                return Err(ErreurDonnees::CodeEnDouble {
                    code: format!("{} / {}", lue.code, etape.code),
                });
            }
        }
        let empechements = self.empechements(lue, &siennes)?;
        let etapes = siennes
            .iter()
            .map(|etape| self.etape(etape, lue, &siennes, &empechements))
            .collect::<Result<Vec<_>, _>>()?;
        let depart = etapes
            .iter()
            .position(|etape| etape.code == lue.depart && etape.est_depart())
            .ok_or_else(|| {
                ErreurDonnees::valeur_fausse(
                    &lue.code,
                    "l’étape de départ n’existe pas, ou part d’une position",
                )
            })?;
        for regle in [&lue.prescription, &lue.prescription_fraude] {
            self.delai(&lue.code, regle)?;
        }
        let procedure = Procedure {
            code: lue.code.clone(),
            libelle: lue.libelle.clone(),
            juge: lue.juge.clone(),
            natures: natures(&lue.code, &lue.natures)?,
            depart,
            prescription: lue.prescription.clone(),
            prescription_fraude: lue.prescription_fraude.clone(),
            positions,
            empechements,
            etapes,
        };
        procedure.verifier_les_issues()?;
        Ok(procedure)
    }

    fn empechements(
        &self,
        procedure: &ProcedureLue,
        etapes: &[&EtapeLue],
    ) -> Result<Vec<Empechement>, ErreurDonnees> {
        let mut empechements: Vec<Empechement> = Vec::new();
        for lu in self.empechements {
            if !concerne(lu.procedures.as_ref(), &procedure.code) {
                continue;
            }
            if empechements.iter().any(|autre| autre.code == lu.code) {
                return Err(ErreurDonnees::CodeEnDouble {
                    code: format!("{} / {}", procedure.code, lu.code),
                });
            }
            // Une étape interdite peut n’exister que dans une autre procédure.
            if let Some(inconnue) = lu
                .interdit
                .iter()
                .find(|code| !self.etapes.iter().any(|e| e.code == **code))
            {
                return Err(ErreurDonnees::valeur_fausse(
                    &lu.code,
                    &format!("l’étape « {inconnue} » n’existe pas"),
                ));
            }
            if !etapes.iter().any(|e| e.empeche.as_ref() == Some(&lu.code))
                || !etapes.iter().any(|e| e.leve.contains(&lu.code))
            {
                return Err(ErreurDonnees::valeur_fausse(
                    &format!("{} / {}", procedure.code, lu.code),
                    "aucune étape ne pose cet empêchement, ou aucune ne le lève",
                ));
            }
            for code in &lu.suspend_jusqua {
                self.delai(&lu.code, code)?;
            }
            empechements.push(Empechement {
                code: lu.code.clone(),
                libelle: lu.libelle.clone(),
                articles: self.extrait.citer_tous(&lu.articles)?,
                interdit: lu.interdit.clone(),
                suspend_la_prescription: lu.suspend_la_prescription,
                suspend_jusqua: lu.suspend_jusqua.clone(),
            });
        }
        Ok(empechements)
    }

    fn etape(
        &self,
        lue: &EtapeLue,
        procedure: &ProcedureLue,
        etapes: &[&EtapeLue],
        empechements: &[Empechement],
    ) -> Result<EtapeProcedure, ErreurDonnees> {
        let ici = format!("{} / {}", procedure.code, lue.code);
        let position = |code: &String| {
            let connue = self.positions.iter().any(|p| p.code == *code);
            connue.then_some(()).ok_or_else(|| {
                ErreurDonnees::valeur_fausse(&ici, &format!("la position « {code} » n’existe pas"))
            })
        };
        lue.de.iter().flatten().try_for_each(position)?;
        let vers = match lue.vers.as_deref() {
            None => Vers::MemePosition,
            Some("precedente") => Vers::Precedente,
            Some(code) => {
                position(&code.to_owned())?;
                Vers::Position(code.to_owned())
            }
        };
        for code in lue.exige.iter().chain(&lue.empeche).chain(&lue.leve) {
            if !empechements.iter().any(|e| e.code == *code) {
                return Err(ErreurDonnees::valeur_fausse(
                    &ici,
                    &format!("l’empêchement « {code} » n’existe pas"),
                ));
            }
        }
        let delais = lue.ouvre.iter().chain(&lue.eteint);
        for code in delais.chain(&lue.prescription).chain(&lue.prescription_fraude) {
            self.delai(&ici, code)?;
        }
        let connue = |code: &String| {
            let connue = etapes.iter().any(|etape| etape.code == *code);
            connue.then_some(()).ok_or_else(|| {
                ErreurDonnees::valeur_fausse(&ici, &format!("l’étape « {code} » n’existe pas"))
            })
        };
        let borne = |lue: &BorneLue| {
            self.delai(&ici, &lue.delai)?;
            let etapes = lue.apres.iter().filter(|apres| *apres != Borne::EXIGIBILITE);
            etapes.chain(&lue.sauf).try_for_each(connue)?;
            Ok(Borne {
                delai: lue.delai.clone(),
                apres: lue.apres.clone(),
                sauf: lue.sauf.clone(),
            })
        };
        let ouvertures: Vec<Borne> = lue.ouvre_depuis.iter().map(borne).collect::<Result<_, _>>()?;
        Ok(EtapeProcedure {
            code: lue.code.clone(),
            libelle: lue.libelle.clone(),
            auteur: lue.auteur,
            natures: natures(&ici, &lue.natures)?,
            de: lue.de.clone(),
            vers,
            exige: lue.exige.clone(),
            attendre: lue.attendre.iter().map(borne).collect::<Result<_, _>>()?,
            avant: lue.avant.iter().map(borne).collect::<Result<_, _>>()?,
            ouvre: lue
                .ouvre
                .iter()
                .map(|delai| (delai.clone(), None))
                .chain(ouvertures.into_iter().map(|depuis| (depuis.delai, depuis.apres)))
                .collect(),
            eteint: lue.eteint.clone(),
            empeche: lue.empeche.clone(),
            leve: lue.leve.clone(),
            prescription: lue.prescription.clone(),
            prescription_fraude: lue.prescription_fraude.clone(),
            interrompt: lue.interrompt,
            quand_prescrite: lue.quand_prescrite,
            au_compte: lue.au_compte,
            conditions: lue.conditions.clone(),
            articles: self.articles(&ici, &lue.articles)?,
            reserve: lue.reserve.clone(),
        })
    }

    fn articles(&self, ici: &str, citations: &[String]) -> Result<Vec<Article>, ErreurDonnees> {
        if citations.is_empty() {
            return Err(ErreurDonnees::valeur_fausse(
                ici,
                "aucun article ne fonde cette étape",
            ));
        }
        self.extrait.citer_tous(citations)
    }

    fn delai(&self, ici: &str, code: &str) -> Result<&RegleDelai, ErreurDonnees> {
        self.delais
            .regle(code)
            .ok_or_else(|| ErreurDonnees::valeur_fausse(ici, &format!("le délai « {code} » n’existe pas")))
    }
}

fn natures(ici: &str, motifs: &[String]) -> Result<Vec<Nature>, ErreurDonnees> {
    let mut natures = Vec::new();
    for motif in motifs {
        let avant = natures.len();
        match motif.strip_suffix('*') {
            Some(genre) => natures.extend(Nature::toutes().filter(|n| n.code().starts_with(genre))),
            None => natures.extend(motif.parse::<Nature>()),
        }
        if natures.len() == avant {
            return Err(ErreurDonnees::valeur_fausse(
                ici,
                &format!("« {motif} » n’est aucune nature de créance"),
            ));
        }
    }
    Ok(natures)
}

impl Procedure {
    /// De toute position qui n’est pas une fin, une étape propre à elle mène ailleurs ; toute position où une étape
    /// mène est quittée.
    fn verifier_les_issues(&self) -> Result<(), ErreurDonnees> {
        for position in self.positions.iter().filter(|position| !position.fin) {
            let atteinte = self
                .etapes
                .iter()
                .any(|e| e.vers == Vers::Position(position.code.clone()));
            let quittee = self.etapes.iter().any(|e| {
                e.vers != Vers::MemePosition && e.de.as_ref().is_some_and(|de| de.contains(&position.code))
            });
            if atteinte && !quittee {
                return Err(ErreurDonnees::valeur_fausse(
                    &format!("{} / {}", self.code, position.code),
                    "aucune étape ne mène hors de cette position",
                ));
            }
        }
        Ok(())
    }
}

impl Droit {
    /// Toutes les procédures, dans l’ordre des règles.
    #[must_use]
    pub fn procedures(&self) -> &[Procedure] {
        &self.procedures.0
    }

    /// La procédure qui recouvre cette nature.
    ///
    /// # Panics
    /// Jamais : la lecture des règles refuse une nature sans procédure.
    #[must_use]
    pub fn procedure(&self, nature: Nature) -> &Procedure {
        self.procedures
            .0
            .iter()
            .find(|procedure| procedure.natures.contains(&nature))
            .expect("la lecture des règles donne une procédure à chaque nature")
    }
}
