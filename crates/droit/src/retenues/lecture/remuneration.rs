//! Les règles de la quotité saisissable.

use jiff::civil::Date;
use serde::Deserialize;
use valeurs::Montant;

use super::{fausse, suite, verifier_fractions};
use crate::{
    Article, Erreur, ErreurDonnees,
    article::{Citation, Extrait},
    retenues::{GenreRevenu, palier::Fraction},
    vigueur::Vigueur,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RemunerationLue {
    proportion: Citation,
    assiette: Citation,
    personne_a_charge: Citation,
    bareme_article: String,
    fractions: Vec<String>,
    revision: Citation,
    reste_au_debiteur: Citation,
    montant_forfaitaire: Citation,
    plusieurs_payeurs: Citation,
    pension: Vec<PensionLue>,
    bareme: Vec<BaremeLu>,
    insaisissable: Vec<InsaisissableLu>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PensionLue {
    genre: GenreRevenu,
    depuis: Date,
    jusqua: Option<Date>,
    comme_un_salaire: Vec<Citation>,
    #[serde(default)]
    plancher: Vec<Citation>,
    #[serde(default)]
    a_verifier: bool,
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

/// Comment une rémunération se saisit.
#[derive(Debug)]
pub(in crate::retenues) struct RegleRemuneration {
    pub(in crate::retenues) salaire: Vec<Article>,
    pub(in crate::retenues) fractions: Vec<Fraction>,
    pub(in crate::retenues) reste_au_debiteur: Vec<Article>,
    pub(in crate::retenues) deja_saisi: Vec<Article>,
    pensions: Vec<ReglePension>,
    baremes: Vec<BaremeRemuneration>,
    insaisissables: Vec<Insaisissable>,
}

/// Pourquoi une pension se saisit comme un salaire, à une date.
#[derive(Debug)]
pub(in crate::retenues) struct ReglePension {
    genre: GenreRevenu,
    vigueur: Vigueur,
    pub(in crate::retenues) comme_un_salaire: Vec<Article>,
    /// Le texte qui ne la laisse pas descendre plus bas ; vide si aucun ne le fait.
    pub(in crate::retenues) plancher: Vec<Article>,
}

/// Les seuils d’une année.
#[derive(Debug)]
pub(in crate::retenues) struct BaremeRemuneration {
    pub(in crate::retenues) code: String,
    vigueur: Vigueur,
    /// Annuels ; le premier est zéro, chacun commence une tranche.
    pub(in crate::retenues) debuts: Vec<Montant>,
    pub(in crate::retenues) par_personne: Montant,
    pub(in crate::retenues) source: String,
    pub(in crate::retenues) articles: Vec<Article>,
    pub(in crate::retenues) tranches: Vec<Vec<Article>>,
    pub(in crate::retenues) charge: Vec<Article>,
}

/// Ce qu’un débiteur garde toujours, à une date.
#[derive(Debug)]
pub(in crate::retenues) struct Insaisissable {
    vigueur: Vigueur,
    pub(in crate::retenues) montant: Montant,
    pub(in crate::retenues) source: String,
}

impl RegleRemuneration {
    pub(in crate::retenues) fn bareme(&self, date: Date) -> Result<&BaremeRemuneration, Erreur> {
        let regle = "quotité saisissable des rémunérations";
        let mut baremes = self.baremes.iter();
        baremes
            .find(|bareme| bareme.vigueur.contient(date))
            .ok_or(Erreur::VersionInconnue { regle, date })
    }

    pub(in crate::retenues) fn insaisissable(&self, date: Date) -> Result<&Insaisissable, Erreur> {
        let mut insaisissables = self.insaisissables.iter();
        insaisissables
            .find(|montant| montant.vigueur.contient(date))
            .ok_or(Erreur::InsaisissableInconnu { date })
    }

    /// La règle qui fait saisir une pension comme un salaire à cette date ; `None` pour un salaire.
    pub(in crate::retenues) fn pension(
        &self,
        genre: GenreRevenu,
        date: Date,
    ) -> Result<Option<&ReglePension>, Erreur> {
        let regle = "saisie des pensions et rentes";
        if genre == GenreRevenu::Salaire {
            return Ok(None);
        }
        let mut pensions = self.pensions.iter();
        pensions
            .find(|pension| pension.genre == genre && pension.vigueur.contient(date))
            .map(Some)
            .ok_or(Erreur::VersionInconnue { regle, date })
    }
}

impl RemunerationLue {
    pub(super) fn fonder(self, extrait: &Extrait) -> Result<RegleRemuneration, ErreurDonnees> {
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
        let assiette = self.assiette.citer(extrait)?;
        let pensions: Vec<ReglePension> = self
            .pension
            .into_iter()
            .map(|lue| lue.fonder(extrait, &assiette))
            .collect::<Result<_, _>>()?;
        for genre in GenreRevenu::TOUS {
            let mut siennes = pensions.iter().filter(|pension| pension.genre == *genre);
            if *genre != GenreRevenu::Salaire {
                suite(genre.code(), siennes.map(|pension| pension.vigueur))?;
            } else if siennes.next().is_some() {
                return Err(fausse(genre.code(), "un salaire n’est pas une pension"));
            }
        }
        Ok(RegleRemuneration {
            salaire: Citation::citer_toutes([&self.proportion, &self.assiette], extrait)?,
            fractions,
            reste_au_debiteur: Citation::citer_toutes(
                [&self.reste_au_debiteur, &self.montant_forfaitaire],
                extrait,
            )?,
            deja_saisi: Citation::citer_toutes([&self.proportion, &self.plusieurs_payeurs], extrait)?,
            pensions,
            baremes,
            insaisissables,
        })
    }
}

impl PensionLue {
    fn fonder(self, extrait: &Extrait, assiette: &Article) -> Result<ReglePension, ErreurDonnees> {
        if self.comme_un_salaire.is_empty() {
            return Err(fausse(self.genre.code(), "aucun article ne la dit saisissable"));
        }
        let mut comme_un_salaire = Citation::citer_toutes(&self.comme_un_salaire, extrait)?;
        let mut plancher = Citation::citer_toutes(&self.plancher, extrait)?;
        for article in comme_un_salaire.iter_mut().chain(&mut plancher) {
            article.verifie &= !self.a_verifier;
        }
        comme_un_salaire.push(assiette.clone());
        Ok(ReglePension {
            genre: self.genre,
            vigueur: Vigueur {
                depuis: self.depuis,
                jusqua: self.jusqua,
            },
            comme_un_salaire,
            plancher,
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
