//! Ce que le retard ajoute à une dette, avec son explication.

mod baremes;
mod non_application;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use valeurs::{Arrondi, Montant, date_fr};

pub(crate) use self::baremes::Baremes;
use self::baremes::TauxFonde;
pub use self::non_application::{
    Condition, EcheancierSigne, NonApplication, Situation, non_application, plafond_mensuel,
};
use crate::{Article, Droit, Erreur, Regime};

/// La règle d’arrondi, une fois à la fin de chacune des deux majorations ; à vérifier.
const ARRONDI: Arrondi = Arrondi::DemiSuperieur;
/// Ce qui finit la phrase d’un pas dont l’arrondi n’est dans aucun texte : pour l’agent, non pour le débiteur.
pub const RESERVE_D_ARRONDI: &str = " (arrondi à vérifier)";

/// Une fraction du principal et le jour où elle a été payée.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tranche {
    /// La somme de cotisations, jamais négative ; ni majoration, ni pénalité, ni frais.
    pub montant: Montant,
    /// Le jour du paiement ; `None` si elle reste due.
    pub paye_le: Option<Date>,
}

/// Un pas du calcul.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Etape {
    /// Ce qui est fait, en français.
    pub phrase: String,
    /// Les articles qui le fondent.
    pub articles: &'static [Article],
    /// Ce que le pas ajoute au total ; `None` pour un pas intermédiaire, arrondi plus loin. La somme des
    /// montants est le total.
    pub montant: Option<Montant>,
}

/// Ce que le retard ajoute.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Majoration {
    /// La majoration due dès le premier jour de retard.
    pub initiale: Montant,
    /// Celle qui croît avec le temps.
    pub complementaire: Montant,
    /// Leur somme.
    pub total: Montant,
    /// Le calcul, pas à pas ; vide si rien n’était en retard.
    pub explication: Vec<Etape>,
    /// La version de la règle : `R731-68@2020`. Stable, à garder avec le dossier.
    pub version: &'static str,
}

/// Les majorations de retard sur les cotisations d’une échéance, arrêtées au jour `au` inclus.
///
/// Une part fixe de ce qui n’était pas payé à la date limite d’exigibilité, puis, par mois ou fraction de mois
/// écoulé depuis cette date, une part de chaque somme jusqu’à son paiement. Un paiement postérieur à `au` ne compte
/// pas encore. La date limite d’exigibilité choisit la version du droit (CRPM R731-68 ; CSS R243-16).
///
/// # Errors
/// Régime sans majorations de retard (assurés, professionnels de santé) ; aucune version connue à cette date ;
/// tranche négative ; total trop grand.
pub fn majorations_de_retard(
    regime: Regime,
    exigible_le: Date,
    au: Date,
    dettes: &[Tranche],
) -> Result<Majoration, Erreur> {
    let regle = Droit::charger().retard(regime, exigible_le)?;
    let retards = en_retard(exigible_le, au, dettes)?;
    if retards.is_empty() {
        return Ok(Majoration::nulle(&regle.code));
    }
    let (initiale, premier_pas) = part_fixe(exigible_le, &retards, &regle.initiale)?;

    let TauxFonde { taux, articles } = &regle.complementaire;
    let mut explication = vec![premier_pas];
    let mut base_fois_mois = 0_i128;
    for (&(fin, paye), &montant) in &retards {
        let mois = mois_commences(exigible_le, fin)?;
        base_fois_mois = i128::from(montant.centimes())
            .checked_mul(mois.into())
            .and_then(|produit| base_fois_mois.checked_add(produit))
            .ok_or(Erreur::Depassement)?;
        let sort = if paye { "payés le" } else { "impayés au" };
        let commences = if mois == 1 {
            "mois commencé"
        } else {
            "mois commencés"
        };
        let phrase = format!("{montant} {sort} {} : {mois} {commences} à {taux}", date_fr(fin));
        explication.push(Etape {
            phrase,
            articles,
            montant: None,
        });
    }
    let base_fois_mois = i64::try_from(base_fois_mois).map_err(|_| Erreur::Depassement)?;
    let complementaire = Montant::de_centimes(base_fois_mois).appliquer(*taux, 1, ARRONDI)?;
    explication.push(Etape {
        phrase: format!(
            "majoration complémentaire de {taux} par mois ou fraction de mois, arrondie au centime{RESERVE_D_ARRONDI}"
        ),
        articles,
        montant: Some(complementaire),
    });
    let total = initiale.checked_add(complementaire)?;
    Ok(Majoration {
        initiale,
        complementaire,
        total,
        explication,
        version: &regle.code,
    })
}

/// La majoration des sommes réclamées à un professionnel de santé et non réglées à la date d’exigibilité que fixe
/// la mise en demeure, arrêtée au jour `au` inclus (CSS L133-4, III ; CRPM R725-22-2).
///
/// `exigible_le` est le dernier jour du délai que donne la mise en demeure ; il choisit la version du droit.
///
/// # Errors
/// Aucune version connue à cette date ; tranche négative ; total trop grand.
pub fn majoration_professionnel_sante(
    exigible_le: Date,
    au: Date,
    dettes: &[Tranche],
) -> Result<Majoration, Erreur> {
    let regle = Droit::charger().soins(exigible_le)?;
    let retards = en_retard(exigible_le, au, dettes)?;
    if retards.is_empty() {
        return Ok(Majoration::nulle(&regle.code));
    }
    let (initiale, pas) = part_fixe(exigible_le, &retards, &regle.majoration)?;
    let complementaire = Montant::ZERO;
    Ok(Majoration {
        initiale,
        complementaire,
        total: initiale,
        explication: vec![pas],
        version: &regle.code,
    })
}

impl Majoration {
    fn nulle(version: &'static str) -> Self {
        let zero = Montant::ZERO;
        Self {
            initiale: zero,
            complementaire: zero,
            total: zero,
            explication: Vec::new(),
            version,
        }
    }
}

/// Les sommes en retard, réunies par jour où leur retard s’arrête, et selon qu’elles ont alors été payées.
type Retards = BTreeMap<(Date, bool), Montant>;

fn en_retard(exigible_le: Date, au: Date, dettes: &[Tranche]) -> Result<Retards, Erreur> {
    let mut retards = Retards::new();
    for tranche in dettes {
        if tranche.montant.est_negatif() {
            return Err(Erreur::MontantNegatif);
        }
        let paye_le = tranche.paye_le.filter(|&jour| jour <= au);
        let fin = paye_le.unwrap_or(au);
        if fin > exigible_le && !tranche.montant.est_nul() {
            let somme = retards.entry((fin, paye_le.is_some())).or_default();
            *somme = somme.checked_add(tranche.montant)?;
        }
    }
    Ok(retards)
}

/// La majoration due dès le premier jour, sur tout ce qui était impayé.
fn part_fixe(
    exigible_le: Date,
    retards: &Retards,
    regle: &'static TauxFonde,
) -> Result<(Montant, Etape), Erreur> {
    let base = Montant::somme(retards.values().copied())?;
    let majoration = base.appliquer(regle.taux, 1, ARRONDI)?;
    let phrase = format!(
        "majoration de {} de {base} impayés à l’échéance du {}, arrondie au centime{RESERVE_D_ARRONDI}",
        regle.taux,
        date_fr(exigible_le)
    );
    Ok((
        majoration,
        Etape {
            phrase,
            articles: &regle.articles,
            montant: Some(majoration),
        },
    ))
}

/// Les mois ou fractions de mois écoulés de `depuis` exclu à `au` inclus, de quantième à quantième : du 15 février au
/// 15 mars, un ; au 16 mars, deux. Un quantième qui manque est le dernier jour du mois.
fn mois_commences(depuis: Date, au: Date) -> Result<i32, Erreur> {
    let annees = i32::from(au.year()) - i32::from(depuis.year());
    let mois = annees * 12 + i32::from(au.month()) - i32::from(depuis.month());
    let anniversaire = depuis.checked_add(mois.months())?;
    Ok(if anniversaire < au { mois + 1 } else { mois })
}
