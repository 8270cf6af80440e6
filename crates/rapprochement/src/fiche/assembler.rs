//! D'un rapprochement et d'un compte à une fiche : pur.

use std::collections::{BTreeMap, BTreeSet};

use creances::cai::{Cai, LigneCai, Rubrique};
use droit::{FamilleCotisation, Nature, Poste};
use jiff::civil::Date;
use valeurs::{Montant, Periode};

use super::phrases::Recit;
use super::{AutrePeriode, EnTete, Explication, Fiche, LigneFamille, MoisDeFiche, Totaux};
use crate::Erreur;
use crate::rapprocher::{Classe, Effectives, Faits, MoisRapproche, effectives};

/// Les numéros des écarts que le serveur a constatés.
pub(super) type Constates = BTreeMap<(Periode, Classe), i64>;

/// Ce qu'une fiche réunit.
pub(super) struct Matiere<'a> {
    /// Les faits de l'établissement ; absents s'il n'a pas de SIRET.
    pub(super) faits: Option<&'a Faits>,
    /// Ses mois rapprochés.
    pub(super) rapproches: &'a [MoisRapproche],
    /// Son compte.
    pub(super) cai: &'a Cai,
    pub(super) constates: &'a Constates,
}

/// Ce que le compte tient d'une période et d'une famille ; le principal seul, les majorations n'étant pas déclarées.
#[derive(Clone, Copy, Default)]
struct AuCompte {
    emis: Montant,
    impute: Montant,
    reste: Montant,
}

/// Une période et une famille du compte.
type Cle = ((Date, Date), FamilleCotisation);

/// Assemble la fiche.
///
/// # Errors
/// Un total sort de l'étendue d'un montant.
pub(super) fn assembler(en_tete: EnTete, matiere: &Matiere<'_>) -> Result<Fiche, Erreur> {
    let mut compte = au_compte(&matiere.cai.lignes)?;
    let effectives = matiere
        .faits
        .map(|f| effectives(&f.declarations))
        .unwrap_or_default();
    let recit = matiere.faits.map(Recit::nouveau);
    let mut mois = Vec::new();
    for periode in en_tete.intervalle.mois()? {
        let rapproche = matiere.rapproches.iter().find(|m| m.mois == periode);
        let du_mois = effectives.get(&periode);
        let familles = familles(periode, du_mois, &mut compte)?;
        mois.push(MoisDeFiche {
            mois: periode,
            totaux: totaux_du_mois(rapproche, &familles)?,
            echeance: rapproche.and_then(|m| m.echeance),
            ecarts: match (rapproche, &recit) {
                (Some(m), Some(recit)) => expliquer(recit, m, du_mois, matiere.constates)?,
                _ => Vec::new(),
            },
            familles,
        });
    }
    let autres_periodes = compte
        .into_iter()
        .filter(|((periode, _), _)| en_tete.intervalle.touche(*periode) && !est_un_mois(*periode))
        .map(|((periode, famille), c)| AutrePeriode {
            periode,
            libelle: libelle(matiere.cai, periode),
            famille,
            emis: c.emis,
            impute: c.impute,
            reste: c.reste,
        })
        .collect();
    Ok(Fiche {
        totaux: totaliser(&mois)?,
        en_tete,
        mois,
        autres_periodes,
    })
}

fn expliquer(
    recit: &Recit<'_>,
    mois: &MoisRapproche,
    effectives: Option<&Effectives<'_>>,
    constates: &Constates,
) -> Result<Vec<Explication>, Erreur> {
    let explications = mois.ecarts.iter().map(|ecart| {
        Ok(Explication {
            classe: ecart.classe,
            montant: Montant::de_centimes(ecart.montant_centimes),
            phrase: recit.phrase(mois, effectives, ecart)?,
            preuves: ecart.preuves.clone(),
            constate: constates.get(&(mois.mois, ecart.classe)).copied(),
        })
    });
    explications.collect()
}

/// Les familles d'un mois, déclarées ou au compte, dans leur ordre ; celles du compte en sont retirées.
fn familles(
    mois: Periode,
    effectives: Option<&Effectives<'_>>,
    compte: &mut BTreeMap<Cle, AuCompte>,
) -> Result<Vec<LigneFamille>, Erreur> {
    let mut declares: BTreeMap<FamilleCotisation, Vec<Montant>> = BTreeMap::new();
    let comptent = effectives.into_iter().flat_map(|e| &e.declarations);
    for (famille, montant) in comptent.flat_map(|d| &d.familles) {
        declares.entry(*famille).or_default().push(*montant);
    }
    let periode = (mois.debut(), mois.fin());
    let au_compte: Vec<FamilleCotisation> = compte
        .keys()
        .filter(|(p, _)| *p == periode)
        .map(|(_, famille)| *famille)
        .collect();
    let presentes: BTreeSet<FamilleCotisation> = declares.keys().copied().chain(au_compte).collect();
    let mut lignes = Vec::new();
    for famille in presentes {
        let declare = Montant::somme(declares.remove(&famille).unwrap_or_default())?;
        let AuCompte { emis, impute, reste } = compte.remove(&(periode, famille)).unwrap_or_default();
        let ligne = LigneFamille {
            famille,
            declare,
            emis,
            difference: emis.checked_sub(declare)?,
            impute,
            reste,
        };
        // Une créance toute annulée ne laisse rien à montrer.
        if [declare, emis, impute, reste].iter().any(|m| !m.est_nul()) {
            lignes.push(ligne);
        }
    }
    Ok(lignes)
}

fn totaux_du_mois(rapproche: Option<&MoisRapproche>, familles: &[LigneFamille]) -> Result<Totaux, Erreur> {
    let somme = |part: fn(&LigneFamille) -> Montant| Montant::somme(familles.iter().map(part));
    let lu = |part: fn(&MoisRapproche) -> Montant| rapproche.map(part).unwrap_or_default();
    Ok(Totaux {
        declare: lu(|m| m.declare),
        ordonne: lu(|m| m.ordonne),
        encaisse: lu(|m| m.encaisse),
        solde: lu(|m| m.solde),
        emis: somme(|f| f.emis)?,
        impute: somme(|f| f.impute)?,
        reste: somme(|f| f.reste)?,
    })
}

fn totaliser(mois: &[MoisDeFiche]) -> Result<Totaux, Erreur> {
    let somme = |part: fn(&Totaux) -> Montant| Montant::somme(mois.iter().map(|m| part(&m.totaux)));
    Ok(Totaux {
        declare: somme(|t| t.declare)?,
        ordonne: somme(|t| t.ordonne)?,
        encaisse: somme(|t| t.encaisse)?,
        solde: somme(|t| t.solde)?,
        emis: somme(|t| t.emis)?,
        impute: somme(|t| t.impute)?,
        reste: somme(|t| t.reste)?,
    })
}

/// Le principal des familles d'employeur, par période et famille.
fn au_compte(lignes: &[LigneCai]) -> Result<BTreeMap<Cle, AuCompte>, Erreur> {
    let mut compte: BTreeMap<Cle, AuCompte> = BTreeMap::new();
    for l in lignes {
        let (Some(periode), Some(Nature::Cotisation(famille))) = (l.periode, l.famille) else {
            continue;
        };
        if !famille.est_employeur() || !l.poste.is_some_and(Poste::est_principal) {
            continue;
        }
        let net = l
            .debit()
            .unwrap_or_default()
            .checked_sub(l.credit().unwrap_or_default())?;
        let c = compte.entry((periode, famille)).or_default();
        c.reste = c.reste.checked_add(net)?;
        match l.rubrique {
            Rubrique::Emission | Rubrique::Regularisation | Rubrique::Annulation => {
                c.emis = c.emis.checked_add(net)?;
            }
            Rubrique::Encaissement(_) | Rubrique::Rejet | Rubrique::Remboursement => {
                c.impute = c.impute.checked_sub(net)?;
            }
            Rubrique::Majoration
            | Rubrique::Penalite
            | Rubrique::Frais
            | Rubrique::EnAttente
            | Rubrique::Remise
            | Rubrique::NonValeur
            | Rubrique::Transfert => {}
        }
    }
    compte.retain(|_, c| [c.emis, c.impute, c.reste].iter().any(|m| !m.est_nul()));
    Ok(compte)
}

fn est_un_mois((debut, fin): (Date, Date)) -> bool {
    debut == debut.first_of_month() && fin == debut.last_of_month()
}

/// La période, telle que le compte la nomme.
fn libelle(cai: &Cai, periode: (Date, Date)) -> String {
    let ligne = cai.lignes.iter().find(|l| l.periode == Some(periode));
    ligne.map(|l| l.periode_libelle.clone()).unwrap_or_default()
}
