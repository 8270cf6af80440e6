//! L’imputation d’un paiement sur les créances d’un débiteur.
//!
//! Quatre étages, chacun payé en entier avant le suivant : le principal de toutes les créances, les majorations et
//! pénalités émises, les majorations calculées au jour du paiement, les frais de justice (CSS L133-4-11). Dans un
//! étage : les créances que le paiement désigne, l’échéance du jour pour les non-salariés, les créances échues de la
//! plus ancienne à la plus récente. Ce qui n’est pas échu, et que rien ne désigne, vient après les quatre étages de ce
//! qui l’est. Pour une même échéance, le rang du régime
//! (CRPM D725-4-3 ; CSS L133-4-11 et D133-4). À égalité de tout cela, des proportions identiques.

mod raison;
mod rangs;

#[cfg(test)]
mod exemples;
#[cfg(test)]
mod proprietes;

use jiff::civil::Date;
use valeurs::Montant;

pub use self::raison::{Moment, Raison};
pub(crate) use self::rangs::Rangs;
use self::rangs::{Etage, IdRang};
use crate::{Droit, Erreur, Nature, Poste, Regime};

/// Une créance sur laquelle un paiement peut s’imputer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CreanceOuverte {
    /// Ce qui la désigne chez l’appelant ; unique dans un appel.
    pub cle: i64,
    /// Sa nature, que son régime doit admettre ([`Regime::admet`]).
    pub nature: Nature,
    /// Le titre auquel elle est due.
    pub regime: Regime,
    /// Sa période, bornes incluses ; son premier jour choisit la version du droit.
    pub periode: (Date, Date),
    /// La date limite d’exigibilité ; ce jour-là, elle est échue.
    pub exigible_le: Date,
    /// Ce qui reste dû, en centimes, à la place que donne [`Poste::index`] ; jamais négatif.
    pub restes: [Montant; Poste::NOMBRE],
    /// Le paiement la désigne, par sa période ou sa référence. Sans effet pour les non-salariés, dont l’ordre
    /// est fixé par CRPM D725-4-3.
    pub designee: bool,
    /// Les majorations que la loi calcule au jour du paiement et qui ne sont pas encore émises ; jamais négatif.
    pub majorations_calculees: Montant,
}

/// Les circonstances du paiement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Contexte {
    /// Le jour du paiement.
    pub date_paiement: Date,
}

/// Ce qu’un paiement éteint d’un poste d’une créance, et pourquoi.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// La créance.
    pub cle: i64,
    /// Le poste éteint.
    pub poste: Poste,
    /// La somme, strictement positive.
    pub montant: Montant,
    /// Pourquoi cette somme va là.
    pub raison: Raison,
}

/// Où va un paiement : la somme des parts et du reliquat est exactement le paiement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Imputation {
    /// Les parts, dans l’ordre où la loi les paie.
    pub parts: Vec<Part>,
    /// Les majorations à émettre avant d’enregistrer les parts, dans le même ordre : (clé, somme émise). La part
    /// qui les paie est aussi dans `parts`, sur le poste [`Poste::Majoration`], pour la même somme.
    pub a_liquider: Vec<(i64, Montant)>,
    /// Ce qu’aucune créance n’absorbe.
    pub reliquat: Montant,
}

/// Une somme due, avec tout ce qui décide de sa place ; l’ordre des champs est l’ordre légal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Ligne {
    lot: Lot,
    cle: i64,
    poste: Poste,
    rang: IdRang,
    reste: Montant,
}

/// Les lignes d’un même lot sont payées dans des proportions identiques.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Lot {
    /// Ce qui n'est pas échu attend que tout ce qui l'est, accessoires compris, soit payé.
    anticipe: bool,
    etage: Etage,
    moment: Moment,
    exigible_le: Date,
    regime: Regime,
    numero: u8,
}

/// Impute un paiement sur les créances ouvertes d’un débiteur, dans l’ordre de la loi.
///
/// Le résultat ne dépend pas de l’ordre de `ouvertes` : à égalité de droit, un centime indivisible va à la plus
/// petite clé.
///
/// # Errors
/// Montant, reste ou majoration négatif ; période inversée ; clé présentée deux fois ; nature que le régime
/// n’admet pas ; période antérieure à toute version connue ; total trop grand.
pub fn imputer(
    montant: Montant,
    contexte: &Contexte,
    ouvertes: &[CreanceOuverte],
) -> Result<Imputation, Erreur> {
    if montant.est_negatif() {
        return Err(Erreur::MontantNegatif);
    }
    refuser_les_doubles(ouvertes)?;
    let mut lignes = Vec::with_capacity(ouvertes.len().saturating_mul(3));
    for creance in ouvertes {
        placer(creance, contexte, &mut lignes)?;
    }
    lignes.sort_unstable();

    let mut imputation = Imputation {
        parts: Vec::with_capacity(lignes.len()),
        a_liquider: Vec::new(),
        reliquat: montant,
    };
    for lot in lignes.chunk_by(|une, autre| une.lot == autre.lot) {
        if imputation.reliquat.est_nul() {
            break;
        }
        payer(lot, &mut imputation)?;
    }
    Ok(imputation)
}

fn refuser_les_doubles(ouvertes: &[CreanceOuverte]) -> Result<(), Erreur> {
    let mut cles: Vec<i64> = ouvertes.iter().map(|creance| creance.cle).collect();
    cles.sort_unstable();
    match cles.windows(2).find(|paire| paire[0] == paire[1]) {
        Some(paire) => Err(Erreur::CleEnDouble { cle: paire[0] }),
        None => Ok(()),
    }
}

/// Ajoute à `lignes` chaque somme due d’une créance, à sa place.
fn placer(creance: &CreanceOuverte, contexte: &Contexte, lignes: &mut Vec<Ligne>) -> Result<(), Erreur> {
    let CreanceOuverte {
        cle,
        nature,
        regime,
        periode,
        exigible_le,
        ..
    } = *creance;
    if periode.1 < periode.0 {
        return Err(Erreur::PeriodeInversee { cle });
    }
    if !regime.admet(nature) {
        return Err(Erreur::NatureEtrangereAuRegime { cle, regime });
    }
    let moment = moment(creance, contexte.date_paiement);
    let emises = Poste::TOUS
        .iter()
        .map(|&poste| (etage(poste), poste, creance.restes[poste.index()]));
    let calculees = (Etage::ALiquider, Poste::Majoration, creance.majorations_calculees);
    for (etage, poste, reste) in emises.chain([calculees]) {
        if reste.est_negatif() {
            return Err(Erreur::MontantNegatif);
        }
        if reste.est_nul() {
            continue;
        }
        let rangs = &Droit::charger().rangs;
        let rang = rangs
            .trouver(regime, nature, etage, poste, periode.0)
            .ok_or(Erreur::VersionInconnue {
                regle: "ordre d’imputation",
                date: periode.0,
            })?;
        let numero = rangs.rang(rang).numero;
        let lot = Lot {
            anticipe: moment == Moment::Anticipe,
            etage,
            moment,
            exigible_le,
            regime,
            numero,
        };
        lignes.push(Ligne {
            lot,
            cle,
            poste,
            rang,
            reste,
        });
    }
    Ok(())
}

/// L’étage qui paie ce qui est émis sur un poste.
const fn etage(poste: Poste) -> Etage {
    match poste {
        Poste::PartOuvriere | Poste::PartPatronale | Poste::Principal => Etage::Principal,
        Poste::Majoration | Poste::Penalite => Etage::Accessoires,
        Poste::Frais => Etage::Frais,
    }
}

fn moment(creance: &CreanceOuverte, date_paiement: Date) -> Moment {
    let designable = creance.regime.suit_la_designation();
    if designable && creance.designee {
        Moment::Designee
    } else if !designable && creance.exigible_le == date_paiement {
        Moment::Echeance
    } else if creance.exigible_le <= date_paiement {
        Moment::Anciennete
    } else {
        Moment::Anticipe
    }
}

/// Paie un lot de ce qui reste du paiement : en entier s’il y suffit, sinon dans des proportions identiques.
fn payer(lot: &[Ligne], imputation: &mut Imputation) -> Result<(), Erreur> {
    let du = Montant::somme(lot.iter().map(|ligne| ligne.reste))?;
    let paye = imputation.reliquat.min(du);
    imputation.reliquat = imputation.reliquat.checked_sub(paye)?;
    if paye == du {
        for ligne in lot {
            imputation.ajouter(ligne, ligne.reste);
        }
    } else {
        let poids: Vec<Montant> = lot.iter().map(|ligne| ligne.reste).collect();
        for (ligne, part) in lot.iter().zip(paye.repartir(&poids)) {
            imputation.ajouter(ligne, part);
        }
    }
    Ok(())
}

impl Imputation {
    fn ajouter(&mut self, ligne: &Ligne, montant: Montant) {
        if montant.est_nul() {
            return;
        }
        if ligne.lot.etage == Etage::ALiquider {
            self.a_liquider.push((ligne.cle, montant));
        }
        let raison = Raison::nouvelle(ligne.rang, ligne.lot.moment, ligne.lot.exigible_le);
        self.parts.push(Part {
            cle: ligne.cle,
            poste: ligne.poste,
            montant,
            raison,
        });
    }
}
