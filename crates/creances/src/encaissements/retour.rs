use std::collections::BTreeMap;

use droit::Poste;
use releves::{Operation, OrigineDuRetour};
use storage::{Tx, sql};
use valeurs::{DossierId, Montant};

use super::Attente;
use super::importer::{BilanFichier, Importateur};
use super::lot::{LigneLue, nouvel_encaissement};
use crate::Erreur;
use crate::creances::lire_date;
use crate::grand_livre::{Compte, LotComptable, Mouvement, NatureMouvement};

/// La recette qu'un retour défait.
#[derive(sqlx::FromRow)]
struct Origine {
    id: i64,
    jour: String,
    dossier_id: Option<i64>,
}

/// Ce qu'une recette a payé, et qu'un retour peut reprendre.
#[derive(sqlx::FromRow)]
struct Paye {
    mouvement_id: i64,
    rang: i64,
    compte: String,
    dossier_id: Option<i64>,
    creance_id: Option<i64>,
    poste: Option<String>,
    montant_centimes: i64,
}

/// Un retour qui attend sa recette d'origine.
#[derive(sqlx::FromRow)]
struct Attendu {
    id: i64,
    rac_centimes: i64,
    bout_en_bout: Option<String>,
    transaction_bancaire: Option<String>,
    jour: String,
}

/// Ce qu'un retour a repris.
struct Reprise {
    mouvement: Mouvement,
    /// L'argent avait déjà été rendu : le retour reste dû en RAC.
    decouvert: bool,
}

/// Ce qu'une recette a payé d'un poste d'une créance, net.
struct Net {
    creance: i64,
    poste: String,
    dossier: i64,
    paye: i64,
    /// Sa dernière écriture.
    derniere: (i64, i64),
}

/// Comptabilise les retours d'un lot : chacun défait la recette d'origine, ou attend en RAC qu'elle soit connue.
pub(super) async fn importer(
    par: &Importateur<'_>,
    tx: &mut Tx,
    fichier: i64,
    retours: &[&LigneLue],
    bilan: &mut BilanFichier,
) -> Result<(), Erreur> {
    let ids = tx.reserver("encaissement", retours.len()).await?;
    let mut redevenus_debiteurs = Vec::new();
    for (l, id) in retours.iter().zip(ids) {
        let Operation::Retour(retour) = &l.ligne.operation else {
            continue;
        };
        let montant = l.ligne.montant;
        let mut recette = nouvel_encaissement(id, fichier, l);
        recette.montant = montant.oppose();
        // La référence d'origine retrouvera la recette, même si elle est importée après son retour.
        let origine = origine(tx, &retour.origine, montant).await?;
        recette.bout_en_bout = retour.origine.end_to_end.clone();
        recette.transaction = retour.origine.transaction.clone();
        let motif = retour.motif.as_ref().map(|m| m.libelle().unwrap_or(m.code()));
        let debut = Mouvement::nouveau(NatureMouvement::Rejet, l.ligne.date, par.auteur, motif)
            .credit(Compte::Banque { encaissement: id }, montant);
        let mouvement = match &origine {
            Some(o) => {
                recette.retour_de = Some(o.id);
                recette.dossier = o.dossier_id.map(DossierId::new);
                redevenus_debiteurs.extend(recette.dossier);
                let reprise = reprendre(tx, o, id, montant, debut).await?;
                if reprise.decouvert {
                    recette.attente = Some(Attente::RetourDejaRembourse.code().to_owned());
                    bilan.en_rac += 1;
                } else {
                    bilan.imputes += 1;
                }
                reprise.mouvement
            }
            None => {
                recette.attente = Some(Attente::RetourSansOrigine.code().to_owned());
                bilan.en_rac += 1;
                debut.debit(Compte::Rac { encaissement: id }, montant)
            }
        };
        bilan.montant_centimes = bilan
            .montant_centimes
            .checked_sub(montant.centimes())
            .ok_or(valeurs::Depassement)?;
        let lot = LotComptable {
            encaissements: vec![recette],
            mouvements: vec![mouvement],
            creances: Vec::new(),
        };
        lot.passer(tx, par.maintenant).await?;
    }
    placer_les_excedents(par, tx, &redevenus_debiteurs).await
}

/// Ce qu'un retour rend dû, un excédent qui attendait du même débiteur peut le payer.
async fn placer_les_excedents(
    par: &Importateur<'_>,
    tx: &mut Tx,
    dossiers: &[DossierId],
) -> Result<(), Erreur> {
    super::retenter::retenter(par.db, tx, dossiers, par.auteur, par.maintenant).await?;
    Ok(())
}

/// La recette d'origine : mêmes références, même montant, pas déjà défaite. Plusieurs candidates : aucune.
async fn origine(tx: &mut Tx, refs: &OrigineDuRetour, montant: Montant) -> Result<Option<Origine>, Erreur> {
    let candidates: Vec<Origine> = sql!(
        "SELECT e.id, e.jour, e.dossier_id FROM encaissement e \
         WHERE (e.bout_en_bout = $1 OR e.transaction_bancaire = $2 OR e.reference_bancaire = $3) \
         AND e.montant_centimes = $4 \
         AND NOT EXISTS (SELECT 1 FROM encaissement r WHERE r.retour_de = e.id) \
         ORDER BY e.jour DESC, e.id DESC LIMIT 2"
    )
    .bind(refs.end_to_end.clone())
    .bind(refs.transaction.clone())
    .bind(refs.bancaire.clone())
    .bind(montant)
    .toutes(tx)
    .await?;
    // Un client garde souvent la même référence de bout en bout d'un mois sur l'autre : la dernière est la bonne,
    // sauf si deux sont du même jour.
    let mut candidates = candidates.into_iter();
    Ok(match (candidates.next(), candidates.next()) {
        (Some(une), Some(autre)) if une.jour == autre.jour => None,
        (une, _) => une,
    })
}

/// Reprend ce que l'origine avait payé, dans l'ordre inverse, jusqu'au montant du retour : d'abord ce qui attend en
/// RAC, puis les dernières imputations. Ce qui ne se reprend pas (déjà remboursé) reste dû en RAC.
async fn reprendre(
    tx: &mut Tx,
    origine: &Origine,
    retour: i64,
    montant: Montant,
    debut: Mouvement,
) -> Result<Reprise, Erreur> {
    // Même ordre de verrous que les gestes d'agents, les dossiers puis la recette ; ceux d'un geste qui vient de finir
    // s'y ajoutent.
    verrouiller_ses_dossiers(tx, origine.id).await?;
    sql!("UPDATE encaissement SET attente = attente WHERE id = $1")
        .bind(origine.id)
        .executer(tx)
        .await?;
    verrouiller_ses_dossiers(tx, origine.id).await?;
    let paye: Vec<Paye> = sql!(
        "SELECT mouvement_id, rang, compte, dossier_id, creance_id, poste, montant_centimes FROM ecriture \
         WHERE encaissement_id = $1 AND compte IN ('creance', 'rac') ORDER BY mouvement_id, rang"
    )
    .bind(origine.id)
    .toutes(tx)
    .await?;
    let mut reste = montant.centimes();
    let mut mouvement = debut;
    let rac: i64 = -paye
        .iter()
        .filter(|p| p.compte == "rac")
        .map(|p| p.montant_centimes)
        .sum::<i64>();
    let repris = reste.min(rac.max(0));
    mouvement = mouvement.debit(
        Compte::Rac {
            encaissement: origine.id,
        },
        Montant::de_centimes(repris),
    );
    reste -= repris;
    // Net par créance et poste, rangé par la dernière écriture : la dernière imputée est la première reprise.
    let mut nets: BTreeMap<(i64, String), Net> = BTreeMap::new();
    for p in &paye {
        let (Some(creance), Some(poste), Some(dossier)) = (p.creance_id, &p.poste, p.dossier_id) else {
            continue;
        };
        let net = nets.entry((creance, poste.clone())).or_insert_with(|| Net {
            creance,
            poste: poste.clone(),
            dossier,
            paye: 0,
            derniere: (0, 0),
        });
        net.paye -= p.montant_centimes;
        net.derniere = (p.mouvement_id, p.rang);
    }
    let mut nets: Vec<Net> = nets.into_values().filter(|n| n.paye > 0).collect();
    nets.sort_by_key(|n| std::cmp::Reverse(n.derniere));
    for n in nets {
        let part = reste.min(n.paye);
        let poste: Poste = n.poste.parse().map_err(|_| Erreur::Illisible("poste"))?;
        let dossier = DossierId::new(n.dossier);
        let compte = Compte::Creance {
            dossier,
            creance: n.creance,
            poste,
            encaissement: Some(retour),
        };
        mouvement = mouvement.debit(compte, Montant::de_centimes(part));
        reste -= part;
    }
    let effet = lire_date(&origine.jour)?.max(mouvement.jour);
    mouvement.jour = effet;
    let mouvement = mouvement.debit(Compte::Rac { encaissement: retour }, Montant::de_centimes(reste));
    Ok(Reprise {
        mouvement,
        decouvert: reste > 0,
    })
}

async fn verrouiller_ses_dossiers(tx: &mut Tx, recette: i64) -> Result<(), Erreur> {
    let dossiers: Vec<(i64,)> =
        sql!("SELECT DISTINCT dossier_id FROM ecriture WHERE encaissement_id = $1 AND compte = 'creance'")
            .bind(recette)
            .toutes(tx)
            .await?;
    let dossiers: Vec<i64> = dossiers.into_iter().map(|d| d.0).collect();
    tx.verrouiller_dossiers(&dossiers).await?;
    Ok(())
}

/// Retente les retours qui attendaient leur recette d'origine.
pub(super) async fn retenter(par: &Importateur<'_>, tx: &mut Tx) -> Result<(), Erreur> {
    let attendus: Vec<Attendu> = sql!(
        "SELECT id, rac_centimes, bout_en_bout, transaction_bancaire, jour FROM encaissement \
         WHERE rac_centimes <> 0 AND rac_centimes < 0 AND attente = 'retour_sans_origine' ORDER BY id"
    )
    .toutes(tx)
    .await?;
    let mut redevenus_debiteurs = Vec::new();
    for a in attendus {
        let id = a.id;
        let montant = Montant::de_centimes(a.rac_centimes).oppose();
        let refs = OrigineDuRetour {
            end_to_end: a.bout_en_bout,
            transaction: a.transaction_bancaire,
            ..OrigineDuRetour::default()
        };
        let Some(o) = origine(tx, &refs, montant).await? else {
            continue;
        };
        let debut = Mouvement::nouveau(NatureMouvement::Rejet, lire_date(&a.jour)?, par.auteur, None)
            .credit(Compte::Rac { encaissement: id }, montant);
        redevenus_debiteurs.extend(o.dossier_id.map(DossierId::new));
        let Reprise { mouvement, decouvert } = reprendre(tx, &o, id, montant, debut).await?;
        sql!("UPDATE encaissement SET retour_de = $2, dossier_id = $3, attente = $4 WHERE id = $1")
            .bind(id)
            .bind(o.id)
            .bind(o.dossier_id)
            .bind(decouvert.then_some(Attente::RetourDejaRembourse.code()))
            .executer(tx)
            .await?;
        LotComptable {
            mouvements: vec![mouvement],
            ..LotComptable::default()
        }
        .passer(tx, par.maintenant)
        .await?;
    }
    placer_les_excedents(par, tx, &redevenus_debiteurs).await
}
