//! Les règles de la retenue sur prestations.

use jiff::civil::Date;
use serde::Deserialize;
use valeurs::{Montant, Taux};

use super::{fausse, suite, verifier_fractions};
use crate::{
    Article, Erreur, ErreurDonnees,
    article::{Citation, Extrait},
    retenues::palier::Fraction,
    vigueur::Vigueur,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PrestationsLues {
    depuis: Date,
    jusqua: Option<Date>,
    pour_cent: Vec<Taux>,
    logement_repute_pour_cent: Taux,
    demi_parts_personne_seule: u16,
    demi_parts_menage: u16,
    demi_parts_par_enfant: u16,
    ponderation: Citation,
    tranches: Citation,
    forfait: Citation,
    revenus_inconnus: Citation,
    revalorisation: Citation,
    une_seule_retenue: Citation,
    familiale: FamilialeLue,
    fraude: FraudeLue,
    maladie: MaladieLue,
    article: MontantsLus,
    bareme: Vec<RevaloriseLu>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FamilialeLue {
    fondement: Citation,
    revenus: Citation,
    prestations: Citation,
    logement: Citation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FraudeLue {
    depuis: Date,
    jusqua: Option<Date>,
    pour_cent: Taux,
    reiteration_fois: u32,
    reiteration_ans: u8,
    fondement: Citation,
    taux: Citation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MaladieLue {
    depuis: Date,
    jusqua: Option<Date>,
    fondement: Citation,
    revenus: Citation,
    logement: Citation,
    renvoi: Citation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MontantsLus {
    code: String,
    seuils: Vec<Montant>,
    forfait: Montant,
    revenu_repute: Montant,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RevaloriseLu {
    code: String,
    depuis: Date,
    jusqua: Option<Date>,
    seuils: Vec<Montant>,
    forfait: Montant,
    revenu_repute: Montant,
    source: String,
    #[serde(default)]
    a_verifier: bool,
}

/// Comment une retenue sur prestations se compte.
#[derive(Debug)]
pub(in crate::retenues) struct ReglePrestations {
    vigueur: Vigueur,
    pub(in crate::retenues) taux: Vec<(Taux, Fraction)>,
    pub(in crate::retenues) logement_repute: Taux,
    pub(in crate::retenues) demi_parts_personne_seule: u16,
    pub(in crate::retenues) demi_parts_menage: u16,
    pub(in crate::retenues) demi_parts_par_enfant: u16,
    pub(in crate::retenues) forfait: Vec<Article>,
    pub(in crate::retenues) tranches: Vec<Article>,
    pub(in crate::retenues) revenus_inconnus: Vec<Article>,
    pub(in crate::retenues) revalorisation: Vec<Article>,
    pub(in crate::retenues) jusqu_a_extinction: Vec<Article>,
    pub(in crate::retenues) familiale: RegleAssiette,
    pub(in crate::retenues) prestations: Vec<Article>,
    maladie: RegleAssiette,
    vigueur_maladie: Vigueur,
    fraude: RegleFraude,
    pub(in crate::retenues) de_l_article: BaremePrestations,
    baremes: Vec<(Vigueur, BaremePrestations)>,
}

/// Ce que la fraude ajoute à une retenue.
#[derive(Debug)]
pub(in crate::retenues) struct RegleFraude {
    vigueur: Vigueur,
    pub(in crate::retenues) taux: Taux,
    pub(in crate::retenues) reiteration_fois: u32,
    pub(in crate::retenues) reiteration_ans: u8,
    pub(in crate::retenues) articles: Vec<Article>,
}

/// Les articles d’une assiette.
#[derive(Debug)]
pub(in crate::retenues) struct RegleAssiette {
    pub(in crate::retenues) revenus: Vec<Article>,
    pub(in crate::retenues) logement: Vec<Article>,
    pub(in crate::retenues) ponderation: Vec<Article>,
}

/// Les montants du CSS D553-1, d’où qu’ils viennent.
#[derive(Clone, Debug)]
pub(in crate::retenues) struct BaremePrestations {
    pub(in crate::retenues) code: String,
    pub(in crate::retenues) montants: BaremeDonne,
    pub(in crate::retenues) source: String,
}

/// Des tranches de retenue sur prestations, telles qu’un arrêté annuel les fixe (CSS D553-1, III).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BaremeDonne {
    debuts: [Montant; 4],
    forfait: Montant,
    revenu_repute: Montant,
}

impl BaremeDonne {
    /// Le début des tranches à 25, 35, 45 et 60 %, la retenue forfaitaire sous la première, et le revenu pondéré de
    /// qui n’a pas dit ses revenus.
    ///
    /// # Errors
    /// Des tranches qui ne croissent pas ; une retenue forfaitaire plus grande que la tranche qu’elle vise ; un montant
    /// négatif.
    pub fn new(debuts: [Montant; 4], forfait: Montant, revenu_repute: Montant) -> Result<Self, Erreur> {
        let croissants = debuts.is_sorted_by(|bas, haut| bas < haut);
        if !croissants || forfait.est_negatif() || forfait > debuts[0] || revenu_repute.est_negatif() {
            return Err(Erreur::BaremeEnDesordre);
        }
        Ok(Self {
            debuts,
            forfait,
            revenu_repute,
        })
    }

    /// Le début de chaque tranche.
    #[must_use]
    pub const fn debuts(&self) -> &[Montant; 4] {
        &self.debuts
    }

    /// La retenue sur ce qui est sous la première tranche.
    #[must_use]
    pub const fn forfait(&self) -> Montant {
        self.forfait
    }

    /// Le revenu pondéré de qui n’a pas dit ses revenus.
    #[must_use]
    pub const fn revenu_repute(&self) -> Montant {
        self.revenu_repute
    }
}

impl ReglePrestations {
    /// Les taux de l’article valent-ils à cette date ?
    pub(in crate::retenues) fn en_vigueur(&self, date: Date) -> Result<(), Erreur> {
        let regle = "retenue mensuelle sur prestations";
        if self.vigueur.contient(date) {
            return Ok(());
        }
        Err(Erreur::VersionInconnue { regle, date })
    }

    /// L’assiette des indus de maladie vaut-elle à cette date ?
    pub(in crate::retenues) fn maladie_au(&self, date: Date) -> Result<&RegleAssiette, Erreur> {
        let regle = "retenue sur prestations de maladie";
        if self.vigueur_maladie.contient(date) {
            return Ok(&self.maladie);
        }
        Err(Erreur::VersionInconnue { regle, date })
    }

    pub(in crate::retenues) fn fraude(&self, date: Date) -> Result<&RegleFraude, Erreur> {
        let regle = "majoration de la retenue pour fraude";
        if self.fraude.vigueur.contient(date) {
            return Ok(&self.fraude);
        }
        Err(Erreur::VersionInconnue { regle, date })
    }

    pub(in crate::retenues) fn bareme(&self, date: Date) -> Result<&BaremePrestations, Erreur> {
        let mut baremes = self.baremes.iter();
        baremes
            .find(|(vigueur, _)| vigueur.contient(date))
            .map(|(_, bareme)| bareme)
            .ok_or(Erreur::RetenueNonRevalorisee { date })
    }
}

impl PrestationsLues {
    pub(super) fn fonder(self, extrait: &Extrait) -> Result<ReglePrestations, ErreurDonnees> {
        let taux: Vec<(Taux, Fraction)> = self
            .pour_cent
            .iter()
            .map(|&taux| Some((taux, Fraction::du_taux(taux)?)))
            .collect::<Option<_>>()
            .ok_or_else(|| fausse("prestations", "taux hors de toute mesure"))?;
        let fractions: Vec<Fraction> = taux.iter().map(|&(_, fraction)| fraction).collect();
        verifier_fractions("prestations", &fractions)?;
        if self.demi_parts_personne_seule == 0 || self.demi_parts_menage < self.demi_parts_personne_seule {
            return Err(fausse("prestations", "les parts d’un foyer"));
        }
        let baremes: Vec<(Vigueur, BaremePrestations)> = self
            .bareme
            .into_iter()
            .map(RevaloriseLu::fonder)
            .collect::<Result<_, _>>()?;
        suite(
            "retenue sur prestations",
            baremes.iter().map(|(vigueur, _)| *vigueur),
        )?;
        let ponderation = self.ponderation.citer(extrait)?;
        let une_seule_retenue = self.une_seule_retenue.citer(extrait)?;
        let tranches = self.tranches.citer(extrait)?;
        let de_l_article = BaremePrestations {
            montants: donner(
                &self.article.code,
                &self.article.seuils,
                self.article.forfait,
                self.article.revenu_repute,
            )?,
            code: self.article.code,
            source:
                "montants écrits dans l’article, qu’un arrêté remplace chaque année : simulation, à vérifier"
                    .to_owned(),
        };
        Ok(ReglePrestations {
            vigueur: Vigueur {
                depuis: self.depuis,
                jusqua: self.jusqua,
            },
            taux,
            logement_repute: self.logement_repute_pour_cent,
            demi_parts_personne_seule: self.demi_parts_personne_seule,
            demi_parts_menage: self.demi_parts_menage,
            demi_parts_par_enfant: self.demi_parts_par_enfant,
            forfait: Citation::citer_toutes([&self.forfait], extrait)?,
            jusqu_a_extinction: vec![une_seule_retenue],
            tranches: vec![tranches],
            revenus_inconnus: Citation::citer_toutes(
                [&self.familiale.fondement, &self.revenus_inconnus],
                extrait,
            )?,
            revalorisation: Citation::citer_toutes([&self.revalorisation], extrait)?,
            familiale: RegleAssiette {
                revenus: Citation::citer_toutes(
                    [&self.familiale.fondement, &self.familiale.revenus],
                    extrait,
                )?,
                logement: Citation::citer_toutes([&self.familiale.logement], extrait)?,
                ponderation: vec![ponderation.clone()],
            },
            prestations: Citation::citer_toutes([&self.familiale.prestations], extrait)?,
            maladie: RegleAssiette {
                revenus: Citation::citer_toutes([&self.maladie.fondement, &self.maladie.revenus], extrait)?,
                logement: Citation::citer_toutes([&self.maladie.logement], extrait)?,
                ponderation: vec![self.maladie.renvoi.citer(extrait)?, ponderation],
            },
            vigueur_maladie: Vigueur {
                depuis: self.maladie.depuis,
                jusqua: self.maladie.jusqua,
            },
            fraude: self.fraude.fonder(extrait)?,
            de_l_article,
            baremes,
        })
    }
}

impl FraudeLue {
    fn fonder(self, extrait: &Extrait) -> Result<RegleFraude, ErreurDonnees> {
        if self.reiteration_fois == 0 || self.reiteration_ans == 0 {
            return Err(fausse("fraude", "une réitération qui ne change rien"));
        }
        Ok(RegleFraude {
            vigueur: Vigueur {
                depuis: self.depuis,
                jusqua: self.jusqua,
            },
            taux: self.pour_cent,
            reiteration_fois: self.reiteration_fois,
            reiteration_ans: self.reiteration_ans,
            articles: Citation::citer_toutes([&self.fondement, &self.taux], extrait)?,
        })
    }
}

impl RevaloriseLu {
    fn fonder(self) -> Result<(Vigueur, BaremePrestations), ErreurDonnees> {
        let reserve = if self.a_verifier { ", à vérifier" } else { "" };
        let vigueur = Vigueur {
            depuis: self.depuis,
            jusqua: self.jusqua,
        };
        let bareme = BaremePrestations {
            montants: donner(&self.code, &self.seuils, self.forfait, self.revenu_repute)?,
            code: self.code,
            source: format!("{}{reserve}", self.source),
        };
        Ok((vigueur, bareme))
    }
}

fn donner(
    code: &str,
    seuils: &[Montant],
    forfait: Montant,
    repute: Montant,
) -> Result<BaremeDonne, ErreurDonnees> {
    let debuts = seuils
        .try_into()
        .map_err(|_| fausse(code, "il faut un seuil par taux"))?;
    BaremeDonne::new(debuts, forfait, repute).map_err(|refus| fausse(code, &refus.to_string()))
}
