//! Le rapprochement lui-même, pur : des faits d'une caisse aux écarts de chaque établissement et de chaque mois.
//!
//! Les règles passent l'une après l'autre, et chacune ne voit que ce que les précédentes n'ont pas expliqué :
//!
//! 1. [`effectives()`] dit quelles déclarations comptent ;
//! 2. l'ordre de paiement se compare au déclaré (`ordre_different`, `mauvaise_caisse`, ordres en double) ;
//! 3. les paiements en double sont mis de côté (`doublon`) ;
//! 4. l'excédent d'un payeur couvre ceux qui le nomment (`paye_par_autre`) ;
//! 5. les mois d'un établissement se compensent (`mauvaise_periode`) ;
//! 6. ce qui manque ou dépasse encore est un écart de paiement (`impaye`, `partiel`, `trop_percu`, `paye_non_declare`,
//!    `retard`, `rejet`) ;
//! 7. dépôts, régularisations et compte se jugent à part.
//!
//! L'encaissé se compare à l'ordonné ou, si rien n'est ordonné, au déclaré. L'ordre des faits n'y change rien.

mod classe;
mod compte;
mod depots;
mod doublons;
mod echeance;
mod effectives;
mod faits;
mod mauvaise_periode;
mod mois;
mod ordre;
mod paiements;
mod payeurs;
mod preuves;
mod regularisations;
mod resultat;

#[cfg(test)]
pub(crate) mod tests;

pub use classe::Classe;
pub(crate) use echeance::derniere as derniere_echeance;
pub use effectives::{Effectives, Remplacement, declaration_effective, effectives};
pub use faits::{
    CotiseParIndividu, CreanceEmise, DeclarationGardee, Faits, NatureDeclaration, RecetteLue, Regularisation,
    TypeDeclaration, VersementGarde,
};
pub use resultat::{Ecart, MoisRapproche, Preuve, Regles};

use valeurs::Montant;

use crate::Erreur;
use mois::Etablissement;
use payeurs::Liens;

/// Rapproche des établissements, chacun donné une fois : une ligne par mois qu'une déclaration ou une recette nomme, dans
/// l'ordre des SIRET puis des mois. Un payeur ne couvre que les établissements donnés avec lui.
///
/// # Errors
/// Un total sort de l'étendue d'un montant.
pub fn rapprocher(faits: &[Faits], regles: Regles) -> Result<Vec<MoisRapproche>, Erreur> {
    let rangees = faits.iter().map(|f| Etablissement::ranger(f, regles));
    let mut etablissements = rangees.collect::<Result<Vec<_>, _>>()?;
    etablissements.sort_by(|a, b| a.faits.siret.cmp(&b.faits.siret));
    let liens = payeurs::liens(&etablissements)?;
    let pour_autrui = payeurs::ordonne_pour_autrui(&etablissements, &liens)?;
    for (rang, etablissement) in etablissements.iter_mut().enumerate() {
        ordre::relier_trimestres(etablissement);
        ordre::juger(etablissement, |mois| {
            pour_autrui.get(&(rang, mois)).copied().unwrap_or_default()
        })?;
    }
    retirer_doublons(&mut etablissements, &liens)?;
    payeurs::couvrir(&mut etablissements, &liens)?;
    let mut lignes = Vec::new();
    for mut etablissement in etablissements {
        mauvaise_periode::compenser(&mut etablissement)?;
        paiements::juger(&mut etablissement, regles)?;
        regularisations::juger(&mut etablissement)?;
        for (mois, m) in &mut etablissement.mois {
            payeurs::noter(m)?;
            depots::juger(m, regles);
            compte::juger(etablissement.faits, *mois, m)?;
        }
        lignes.extend(etablissement.rendre()?);
    }
    Ok(lignes)
}

/// Met de côté les paiements en double, puis arrête ce que chaque mois a en trop.
fn retirer_doublons(etablissements: &mut [Etablissement<'_>], liens: &Liens) -> Result<(), Erreur> {
    let mut retraits = Vec::new();
    for (rang, etablissement) in etablissements.iter().enumerate() {
        for (&mois, m) in &etablissement.mois {
            let dependants = liens.get(&(rang, mois)).map(Vec::as_slice).unwrap_or_default();
            let pour_autrui = payeurs::attendu_du_payeur(etablissements, m, mois, dependants)?;
            retraits.push((rang, mois, doublons::retirer(etablissement, m, pour_autrui)?));
        }
    }
    for (rang, mois, retrait) in retraits {
        if let Some(m) = etablissements.get_mut(rang).and_then(|e| e.mois.get_mut(&mois)) {
            retrait.appliquer(m)?;
            m.surplus = m.encaisse_net.checked_sub(m.attendu)?.max(Montant::ZERO);
        }
    }
    Ok(())
}
