//! Les rangs de l’ordre d’imputation (`regles/imputation.toml`), rangés pour être trouvés sans chercher.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use serde::Deserialize;

use crate::{
    Article, ErreurDonnees, FamilleCotisation, Nature, Poste, Regime,
    article::Extrait,
    vigueur::{Vigueur, verifier_suite},
};

/// Les quatre étages d’une imputation, du premier payé au dernier.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Etage {
    /// Les cotisations ou la prestation à rendre.
    Principal,
    /// Les majorations et les pénalités déjà émises.
    Accessoires,
    /// Les majorations calculées au jour du paiement, émises si elles sont payées.
    ALiquider,
    /// Les frais de justice.
    Frais,
}

impl Etage {
    /// Les postes que cet étage paie.
    const fn postes(self) -> &'static [Poste] {
        match self {
            Self::Principal => &[Poste::PartOuvriere, Poste::PartPatronale, Poste::Principal],
            Self::Accessoires => &[Poste::Majoration, Poste::Penalite],
            Self::ALiquider => &[Poste::Majoration],
            Self::Frais => &[Poste::Frais],
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fichier {
    moments: MomentsLus,
    rang: Vec<RangLu>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MomentsLus {
    designee: String,
    anticipe: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RangLu {
    code: String,
    regimes: Vec<Regime>,
    etage: Etage,
    numero: u8,
    familles: Option<Vec<FamilleCotisation>>,
    postes: Option<Vec<Poste>>,
    depuis: Date,
    jusqua: Option<Date>,
    analogie_depuis: Option<Date>,
    article: String,
    subdivision: Option<String>,
    anciennete: Option<String>,
    libelle: String,
    annonce: Option<String>,
    objet: String,
    #[serde(default)]
    a_verifier: bool,
}

/// Une place dans l’ordre d’imputation, pour une version du droit.
#[derive(Debug)]
pub(crate) struct Rang {
    pub(crate) code: String,
    pub(crate) numero: u8,
    pub(crate) article: Article,
    /// L’article qui fait payer d’abord la plus ancienne échéance, s’il n’est pas `article`.
    pub(crate) anciennete: Option<Article>,
    pub(crate) libelle: String,
    pub(crate) annonce: Option<String>,
    pub(crate) objet: String,
    pub(crate) par_analogie: bool,
}

/// La place d’un rang dans [`Rangs`] ; ne vaut que pour les règles livrées, jamais gardée.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct IdRang(u16);

/// Le suffixe du code d’un rang appliqué par analogie à des périodes que son texte ne vise pas.
const ANALOGIE: &str = "*";

/// Tous les rangs, et le chemin de (régime, nature, étage, poste, période) à l’un d’eux.
#[derive(Debug)]
pub(crate) struct Rangs {
    rangs: Vec<(Vigueur, Rang)>,
    par_code: HashMap<String, IdRang>,
    par_case: HashMap<Case, Vec<(Vigueur, IdRang)>>,
    pub(crate) designee: Article,
    pub(crate) anticipe: Article,
}

/// Ce qui détermine un rang, hors la date : `famille` est absente pour ce qui n’est pas une cotisation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Case {
    regime: Regime,
    famille: Option<FamilleCotisation>,
    etage: Etage,
    poste: Poste,
}

impl Case {
    fn nouvelle(regime: Regime, nature: Nature, etage: Etage, poste: Poste) -> Self {
        let famille = match nature {
            Nature::Cotisation(famille) => Some(famille),
            Nature::Indu(_) | Nature::Soins(_) => None,
        };
        Self {
            regime,
            famille,
            etage,
            poste,
        }
    }
}

impl Rangs {
    pub(crate) fn lire(texte: &str, extrait: &Extrait) -> Result<Self, ErreurDonnees> {
        let fichier: Fichier =
            toml::from_str(texte).map_err(|source| ErreurDonnees::illisible("imputation", &source))?;
        let mut lus = Self {
            rangs: Vec::new(),
            par_code: HashMap::new(),
            par_case: HashMap::new(),
            designee: extrait.citer(&fichier.moments.designee, None)?,
            anticipe: extrait.citer(&fichier.moments.anticipe, None)?,
        };
        for rang in &fichier.rang {
            lus.ranger(rang, extrait)?;
        }
        lus.verifier()?;
        Ok(lus)
    }

    /// Range un rang lu et, s’il s’applique par analogie à des périodes antérieures, son double signalé.
    fn ranger(&mut self, lu: &RangLu, extrait: &Extrait) -> Result<(), ErreurDonnees> {
        let faux = |valeur: &str| ErreurDonnees::valeur_fausse(&lu.code, valeur);
        if lu.code.is_empty() || lu.code.contains(['/', '*']) {
            return Err(faux("le code est vide ou contient « / » ou « * »"));
        }
        let texte = Vigueur {
            depuis: lu.depuis,
            jusqua: lu.jusqua,
        };
        let mut versions = vec![(texte, false)];
        if let Some(depuis) = lu.analogie_depuis {
            let veille = lu.depuis.yesterday().map_err(|_| faux("depuis"))?;
            versions.push((
                Vigueur {
                    depuis,
                    jusqua: Some(veille),
                },
                true,
            ));
        }
        for (vigueur, par_analogie) in versions {
            let suffixe = if par_analogie { ANALOGIE } else { "" };
            let code = format!("{}{suffixe}", lu.code);
            let id = IdRang(u16::try_from(self.rangs.len()).map_err(|_| faux("trop de rangs"))?);
            let mut article = extrait.citer(&lu.article, lu.subdivision.as_deref())?;
            article.verifie &= !lu.a_verifier && !par_analogie;
            let anciennete = lu
                .anciennete
                .as_deref()
                .map(|citation| extrait.citer(citation, None))
                .transpose()?;
            if self.par_code.insert(code.clone(), id).is_some() {
                return Err(ErreurDonnees::CodeEnDouble { code });
            }
            for case in cases(lu) {
                self.par_case.entry(case).or_default().push((vigueur, id));
            }
            let rang = Rang {
                code,
                numero: lu.numero,
                article,
                anciennete,
                libelle: lu.libelle.clone(),
                annonce: lu.annonce.clone(),
                objet: lu.objet.clone(),
                par_analogie,
            };
            self.rangs.push((vigueur, rang));
        }
        Ok(())
    }

    /// Toute nature qu’un régime admet a un rang, et un seul, à chaque étage, sans trou dans le temps.
    fn verifier(&self) -> Result<(), ErreurDonnees> {
        for &regime in Regime::TOUS {
            for nature in Nature::toutes().filter(|&nature| regime.admet(nature)) {
                for etage in [
                    Etage::Principal,
                    Etage::Accessoires,
                    Etage::ALiquider,
                    Etage::Frais,
                ] {
                    for &poste in etage.postes() {
                        let regle = format!("{}, {}, {}", regime.code(), nature.code(), poste.code());
                        let case = Case::nouvelle(regime, nature, etage, poste);
                        let versions = self.par_case.get(&case).map_or(&[][..], Vec::as_slice);
                        let mut vigueurs: Vec<Vigueur> = versions.iter().map(|&(v, _)| v).collect();
                        verifier_suite(&regle, &mut vigueurs)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Le rang d’un poste d’une créance ; `periode_depuis`, début de sa période, choisit la version.
    pub(crate) fn trouver(
        &self,
        regime: Regime,
        nature: Nature,
        etage: Etage,
        poste: Poste,
        periode_depuis: Date,
    ) -> Option<IdRang> {
        let versions = self.par_case.get(&Case::nouvelle(regime, nature, etage, poste))?;
        versions
            .iter()
            .find(|(vigueur, _)| vigueur.contient(periode_depuis))
            .map(|&(_, id)| id)
    }

    pub(crate) fn rang(&self, id: IdRang) -> &Rang {
        &self.rangs[usize::from(id.0)].1
    }

    pub(crate) fn du_code(&self, code: &str) -> Option<IdRang> {
        self.par_code.get(code).copied()
    }

    #[cfg(test)]
    pub(crate) fn tous(&self) -> HashSet<IdRang> {
        self.par_code.values().copied().collect()
    }
}

/// Les cases qu’un rang lu occupe : ses régimes, ses familles (toutes celles du régime à défaut), ses postes.
fn cases(lu: &RangLu) -> HashSet<Case> {
    let mut cases = HashSet::new();
    for &regime in &lu.regimes {
        for nature in Nature::toutes().filter(|&nature| regime.admet(nature)) {
            let visee = match (&lu.familles, nature) {
                (Some(familles), Nature::Cotisation(famille)) => familles.contains(&famille),
                (Some(_), Nature::Indu(_) | Nature::Soins(_)) => false,
                (None, _) => true,
            };
            if !visee {
                continue;
            }
            for &poste in lu.postes.as_deref().unwrap_or(lu.etage.postes()) {
                cases.insert(Case::nouvelle(regime, nature, lu.etage, poste));
            }
        }
    }
    cases
}
