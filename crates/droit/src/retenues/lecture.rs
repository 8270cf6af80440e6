//! Les barèmes datés des retenues (`regles/retenues.toml`).

use jiff::civil::Date;
use serde::Deserialize;
use valeurs::{Montant, Taux};

use super::palier::Fraction;
use crate::{
    Article, Erreur, ErreurDonnees,
    article::Extrait,
    vigueur::{Vigueur, verifier_suite},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fichier {
    remuneration: RemunerationLue,
    prestations: PrestationsLues,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Citation {
    article: String,
    endroit: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemunerationLue {
    proportion: Citation,
    assiette: Citation,
    personne_a_charge: Citation,
    bareme_article: String,
    fractions: Vec<String>,
    revision: Citation,
    reste_au_debiteur: Citation,
    montant_forfaitaire: Citation,
    plusieurs_payeurs: Citation,
    pension: PensionLue,
    bareme: Vec<BaremeLu>,
    insaisissable: Vec<InsaisissableLu>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PensionLue {
    depuis: Date,
    jusqua: Option<Date>,
    comme_un_salaire: Citation,
    plancher_invalidite: Citation,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BaremeLu {
    code: String,
    depuis: Date,
    jusqua: Option<Date>,
    seuils: Vec<Montant>,
    par_personne: Montant,
    source: String,
    #[serde(default)]
    a_verifier: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InsaisissableLu {
    depuis: Date,
    jusqua: Option<Date>,
    montant: Montant,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrestationsLues {
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
struct MaladieLue {
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

/// Toutes les règles de retenue.
#[derive(Debug)]
pub(crate) struct Retenues {
    pub(super) remuneration: RegleRemuneration,
    pub(super) prestations: ReglePrestations,
}

/// Comment une rémunération se saisit.
#[derive(Debug)]
pub(super) struct RegleRemuneration {
    pub(super) salaire: Vec<Article>,
    pub(super) pension: Vec<Article>,
    pub(super) plancher_invalidite: Vec<Article>,
    pub(super) fractions: Vec<Fraction>,
    pub(super) reste_au_debiteur: Vec<Article>,
    pub(super) deja_saisi: Vec<Article>,
    pensions: Vigueur,
    baremes: Vec<BaremeRemuneration>,
    insaisissables: Vec<Insaisissable>,
}

/// Les seuils d’une année.
#[derive(Debug)]
pub(super) struct BaremeRemuneration {
    pub(super) code: String,
    vigueur: Vigueur,
    /// Annuels ; le premier est zéro, chacun commence une tranche.
    pub(super) debuts: Vec<Montant>,
    pub(super) par_personne: Montant,
    pub(super) source: String,
    pub(super) articles: Vec<Article>,
    pub(super) tranches: Vec<Vec<Article>>,
    pub(super) charge: Vec<Article>,
}

/// Ce qu’un débiteur garde toujours, à une date.
#[derive(Debug)]
pub(super) struct Insaisissable {
    vigueur: Vigueur,
    pub(super) montant: Montant,
    pub(super) source: String,
}

/// Comment une retenue sur prestations se compte.
#[derive(Debug)]
pub(super) struct ReglePrestations {
    vigueur: Vigueur,
    pub(super) taux: Vec<(Taux, Fraction)>,
    pub(super) logement_repute: Taux,
    pub(super) demi_parts_personne_seule: u16,
    pub(super) demi_parts_menage: u16,
    pub(super) demi_parts_par_enfant: u16,
    pub(super) forfait: Vec<Article>,
    pub(super) tranches: Vec<Article>,
    pub(super) revenus_inconnus: Vec<Article>,
    pub(super) revalorisation: Vec<Article>,
    pub(super) jusqu_a_extinction: Vec<Article>,
    pub(super) familiale: RegleAssiette,
    pub(super) prestations: Vec<Article>,
    pub(super) maladie: RegleAssiette,
    pub(super) de_l_article: BaremePrestations,
    baremes: Vec<(Vigueur, BaremePrestations)>,
}

/// Les articles d’une assiette.
#[derive(Debug)]
pub(super) struct RegleAssiette {
    pub(super) revenus: Vec<Article>,
    pub(super) logement: Vec<Article>,
    pub(super) ponderation: Vec<Article>,
}

/// Les montants du CSS D553-1, d’où qu’ils viennent.
#[derive(Clone, Debug)]
pub(super) struct BaremePrestations {
    pub(super) code: String,
    pub(super) montants: BaremeDonne,
    pub(super) source: String,
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

impl Retenues {
    pub(crate) fn lire(texte: &str, extrait: &Extrait) -> Result<Self, ErreurDonnees> {
        let fichier: Fichier =
            toml::from_str(texte).map_err(|source| ErreurDonnees::illisible("retenues", &source))?;
        Ok(Self {
            remuneration: fichier.remuneration.fonder(extrait)?,
            prestations: fichier.prestations.fonder(extrait)?,
        })
    }
}

impl RegleRemuneration {
    pub(super) fn bareme(&self, date: Date) -> Result<&BaremeRemuneration, Erreur> {
        let regle = "quotité saisissable des rémunérations";
        let mut baremes = self.baremes.iter();
        baremes
            .find(|bareme| bareme.vigueur.contient(date))
            .ok_or(Erreur::VersionInconnue { regle, date })
    }

    pub(super) fn insaisissable(&self, date: Date) -> Result<&Insaisissable, Erreur> {
        let mut insaisissables = self.insaisissables.iter();
        insaisissables
            .find(|montant| montant.vigueur.contient(date))
            .ok_or(Erreur::InsaisissableInconnu { date })
    }

    /// Les pensions se saisissent-elles comme des salaires à cette date ?
    pub(super) fn pensions_au(&self, date: Date) -> Result<(), Erreur> {
        let regle = "saisie des pensions et rentes";
        if self.pensions.contient(date) {
            return Ok(());
        }
        Err(Erreur::VersionInconnue { regle, date })
    }
}

impl ReglePrestations {
    /// Les taux de l’article valent-ils à cette date ?
    pub(super) fn en_vigueur(&self, date: Date) -> Result<(), Erreur> {
        let regle = "retenue mensuelle sur prestations";
        if self.vigueur.contient(date) {
            return Ok(());
        }
        Err(Erreur::VersionInconnue { regle, date })
    }

    pub(super) fn bareme(&self, date: Date) -> Result<&BaremePrestations, Erreur> {
        let mut baremes = self.baremes.iter();
        baremes
            .find(|(vigueur, _)| vigueur.contient(date))
            .map(|(_, bareme)| bareme)
            .ok_or(Erreur::RetenueNonRevalorisee { date })
    }
}

impl Citation {
    fn citer(&self, extrait: &Extrait) -> Result<Article, ErreurDonnees> {
        extrait.citer(&self.article, self.endroit.as_deref())
    }
}

fn citer(extrait: &Extrait, citations: &[&Citation]) -> Result<Vec<Article>, ErreurDonnees> {
    citations.iter().map(|citation| citation.citer(extrait)).collect()
}

fn fausse(code: &str, valeur: &str) -> ErreurDonnees {
    ErreurDonnees::ValeurFausse {
        code: code.to_owned(),
        valeur: valeur.to_owned(),
    }
}

impl RemunerationLue {
    fn fonder(self, extrait: &Extrait) -> Result<RegleRemuneration, ErreurDonnees> {
        let fractions: Vec<Fraction> = self
            .fractions
            .iter()
            .map(|texte| texte.parse().map_err(|()| fausse("remuneration", texte)))
            .collect::<Result<_, _>>()?;
        verifier_fractions("remuneration", &fractions)?;
        let charge = self.personne_a_charge.citer(extrait)?;
        let revision = self.revision.citer(extrait)?;
        let baremes: Vec<BaremeRemuneration> = self
            .bareme
            .into_iter()
            .map(|lu| lu.fonder(extrait, &self.bareme_article, fractions.len(), &charge, &revision))
            .collect::<Result<_, _>>()?;
        suite("quotité saisissable", baremes.iter().map(|bareme| bareme.vigueur))?;
        let insaisissables: Vec<Insaisissable> = self
            .insaisissable
            .into_iter()
            .map(InsaisissableLu::fonder)
            .collect::<Result<_, _>>()?;
        suite(
            "fraction insaisissable",
            insaisissables.iter().map(|lu| lu.vigueur),
        )?;
        Ok(RegleRemuneration {
            salaire: citer(extrait, &[&self.proportion, &self.assiette])?,
            pension: citer(extrait, &[&self.pension.comme_un_salaire, &self.assiette])?,
            plancher_invalidite: citer(extrait, &[&self.pension.plancher_invalidite])?,
            fractions,
            reste_au_debiteur: citer(extrait, &[&self.reste_au_debiteur, &self.montant_forfaitaire])?,
            deja_saisi: citer(extrait, &[&self.proportion, &self.plusieurs_payeurs])?,
            pensions: Vigueur {
                depuis: self.pension.depuis,
                jusqua: self.pension.jusqua,
            },
            baremes,
            insaisissables,
        })
    }
}

impl BaremeLu {
    fn fonder(
        self,
        extrait: &Extrait,
        article: &str,
        tranches: usize,
        charge: &Article,
        revision: &Article,
    ) -> Result<BaremeRemuneration, ErreurDonnees> {
        let mut debuts = vec![Montant::ZERO];
        debuts.extend(&self.seuils);
        if debuts.len() != tranches || !debuts.is_sorted_by(|bas, haut| bas < haut) {
            return Err(fausse(
                &self.code,
                "un seuil par fraction moins une, en croissant",
            ));
        }
        if self.par_personne.est_negatif() {
            return Err(fausse(&self.code, "le montant par personne à charge est négatif"));
        }
        let reserver = |article: Article| Article {
            verifie: article.verifie && !self.a_verifier,
            ..article
        };
        let tranches = (1..=tranches)
            .map(|rang| Ok(vec![reserver(extrait.citer(article, Some(&format!("{rang}°")))?)]))
            .collect::<Result<_, ErreurDonnees>>()?;
        Ok(BaremeRemuneration {
            vigueur: Vigueur {
                depuis: self.depuis,
                jusqua: self.jusqua,
            },
            debuts,
            par_personne: self.par_personne,
            articles: vec![reserver(extrait.citer(article, None)?), revision.clone()],
            tranches,
            charge: vec![reserver(charge.clone())],
            code: self.code,
            source: self.source,
        })
    }
}

impl InsaisissableLu {
    fn fonder(self) -> Result<Insaisissable, ErreurDonnees> {
        if self.montant <= Montant::ZERO {
            return Err(fausse("insaisissable", "un montant n’est pas positif"));
        }
        Ok(Insaisissable {
            vigueur: Vigueur {
                depuis: self.depuis,
                jusqua: self.jusqua,
            },
            montant: self.montant,
            source: self.source,
        })
    }
}

impl PrestationsLues {
    fn fonder(self, extrait: &Extrait) -> Result<ReglePrestations, ErreurDonnees> {
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
            forfait: citer(extrait, &[&self.forfait])?,
            jusqu_a_extinction: vec![une_seule_retenue],
            tranches: vec![tranches],
            revenus_inconnus: citer(extrait, &[&self.familiale.fondement, &self.revenus_inconnus])?,
            revalorisation: citer(extrait, &[&self.revalorisation])?,
            familiale: RegleAssiette {
                revenus: citer(extrait, &[&self.familiale.fondement, &self.familiale.revenus])?,
                logement: citer(extrait, &[&self.familiale.logement])?,
                ponderation: vec![ponderation.clone()],
            },
            prestations: citer(extrait, &[&self.familiale.prestations])?,
            maladie: RegleAssiette {
                revenus: citer(extrait, &[&self.maladie.fondement, &self.maladie.revenus])?,
                logement: citer(extrait, &[&self.maladie.logement])?,
                ponderation: vec![self.maladie.renvoi.citer(extrait)?, ponderation],
            },
            de_l_article,
            baremes,
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

/// Des parts entre rien et le tout, qui croissent : sans quoi gagner plus pourrait faire prendre moins.
fn verifier_fractions(code: &str, fractions: &[Fraction]) -> Result<(), ErreurDonnees> {
    let croissent = fractions.is_sorted_by(|basse, haute| haute.depasse(*basse));
    if fractions.is_empty() || !croissent || fractions.iter().any(|fraction| !fraction.est_une_part()) {
        return Err(fausse(code, "des fractions croissantes, de rien à la totalité"));
    }
    Ok(())
}

fn suite(regle: &str, vigueurs: impl Iterator<Item = Vigueur>) -> Result<(), ErreurDonnees> {
    verifier_suite(regle, &mut vigueurs.collect::<Vec<_>>())
}
