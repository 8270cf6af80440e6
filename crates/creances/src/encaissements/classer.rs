use droit::{Branche, Nature, Poste};
use jiff::Timestamp;
use storage::{Db, Tx, sql};
use valeurs::{DossierId, Montant};

use super::Attente;
use super::destination::{Designation, lire_periode};
use super::identite;
use super::imputer::{Atelier, Somme, sortie_de_rac};
use crate::Erreur;
use crate::creances::lire_date;
use crate::grand_livre::{Compte, LotComptable, Mouvement, NatureMouvement};

#[derive(sqlx::FromRow)]
struct Recette {
    jour: String,
    rac_centimes: i64,
    periode: Option<String>,
    attente: Option<String>,
}

async fn lire_recette(tx: &mut Tx, id: i64) -> Result<Recette, Erreur> {
    // Le verrou d'abord : deux agents qui classent la même recette la prendraient deux fois.
    sql!("UPDATE encaissement SET attente = attente WHERE id = $1")
        .bind(id)
        .executer(tx)
        .await?;
    let recette: Option<Recette> =
        sql!("SELECT jour, rac_centimes, periode, attente FROM encaissement WHERE id = $1")
            .bind(id)
            .au_plus_une(tx)
            .await?;
    recette
        .filter(|r| r.rac_centimes > 0)
        .ok_or(Erreur::RecetteInconnue)
}

fn borner(montant: Option<Montant>, rac: i64) -> Result<Montant, Erreur> {
    let reste = Montant::de_centimes(rac);
    match montant {
        None => Ok(reste),
        Some(m) if m.est_nul() || m.est_negatif() => Err(Erreur::SansObjet(
            "le montant doit être supérieur à zéro ; corrigez-le",
        )),
        Some(m) if m > reste => Err(Erreur::PlusQueLaRac { reste }),
        Some(m) => Ok(m),
    }
}

/// Où un agent place une recette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Sur le dossier, par les ordres légaux, dans une branche.
    Dossier(DossierId, Branche),
    /// Sur une créance d'abord, puis par les ordres légaux dans sa branche.
    Creance(i64),
}

/// Classe une recette (ou `montant` de ce qui attend) ; rend ce qui a trouvé sa place. L'agent désigne le dossier ou
/// la créance, la loi ordonne le reste.
///
/// # Errors
/// [`Erreur::RecetteInconnue`], [`Erreur::PlusQueLaRac`], [`Erreur::CreanceInconnue`], [`Erreur::SansObjet`] si rien
/// n'y est dû.
pub async fn classer(
    tx: &mut Tx,
    recette: i64,
    placement: Placement,
    montant: Option<Montant>,
    auteur: &str,
    motif: Option<&str>,
    maintenant: Timestamp,
) -> Result<Montant, Erreur> {
    let (dossier, designation) = match placement {
        Placement::Dossier(dossier, branche) => (
            dossier,
            Designation {
                branche: Some(branche),
                ..Designation::default()
            },
        ),
        Placement::Creance(id) => {
            let creance: Option<(i64, String)> = sql!("SELECT dossier_id, nature FROM creance WHERE id = $1")
                .bind(id)
                .au_plus_une(tx)
                .await?;
            let (dossier, nature) = creance.ok_or(Erreur::CreanceInconnue)?;
            let nature: Nature = nature.parse().map_err(|_| Erreur::Illisible("nature"))?;
            let branche = Some(nature.branche());
            (
                DossierId::new(dossier),
                Designation {
                    branche,
                    creances: vec![id],
                    periode: None,
                },
            )
        }
    };
    // Même ordre de verrous que les imports : le dossier, puis la recette.
    let mut atelier = Atelier::ouvrir(tx, vec![dossier], auteur, maintenant).await?;
    let r = lire_recette(tx, recette).await?;
    let designation = if designation.creances.is_empty() {
        Designation {
            periode: lire_periode(r.periode.as_deref()),
            ..designation
        }
    } else {
        designation
    };
    let montant = borner(montant, r.rac_centimes)?;
    let somme = Somme {
        encaissement: recette,
        montant,
        jour: lire_date(&r.jour)?,
        dossier,
        designation,
    };
    let debut = sortie_de_rac(&somme, auteur, motif);
    let (mouvement, reliquat) = atelier.imputer(tx, &somme, debut).await?;
    let place = montant.checked_sub(reliquat.montant)?;
    if place.est_nul() {
        return Err(Erreur::SansObjet(
            "ce dossier ne doit rien dans cette branche ; rien n'a été classé",
        ));
    }
    atelier.lot.mouvements.push(mouvement.credit(
        Compte::Rac {
            encaissement: recette,
        },
        reliquat.montant,
    ));
    atelier.passer(tx).await?;
    sql!("UPDATE encaissement SET dossier_id = COALESCE(dossier_id, $2) WHERE id = $1")
        .bind(recette)
        .bind(dossier)
        .executer(tx)
        .await?;
    Ok(place)
}

/// Partage ce qui attend d'une recette en une part nouvelle, qui se classe à part ; rend la part.
///
/// # Errors
/// [`Erreur::RecetteInconnue`], [`Erreur::PlusQueLaRac`].
pub async fn ventiler(
    db: &Db,
    tx: &mut Tx,
    recette: i64,
    montant: Montant,
    auteur: &str,
    motif: Option<&str>,
    maintenant: Timestamp,
) -> Result<i64, Erreur> {
    let r = lire_recette(tx, recette).await?;
    let montant = borner(Some(montant), r.rac_centimes)?;
    let parts: i64 = sql!("SELECT COUNT(*) FROM encaissement WHERE parent_id = $1")
        .bind(recette)
        .scalaire(tx)
        .await?;
    let id = tx
        .reserver("encaissement", 1)
        .await?
        .first()
        .copied()
        .unwrap_or_default();
    let attente = r
        .attente
        .as_deref()
        .and_then(Attente::du_code)
        .unwrap_or(Attente::DebiteurInconnu);
    sql!(
        "INSERT INTO encaissement (id, identite, fichier_id, ligne, jour, montant_centimes, mode, siret, periode, \
         iban_hache, iban_scelle, nom_payeur, libelle, reference_bancaire, lot_identite, transaction_bancaire, \
         bout_en_bout, dossier_id, parent_id, retour_de, attente, rac_centimes) \
         SELECT $2, $3, fichier_id, ligne, jour, $4, mode, siret, periode, iban_hache, iban_scelle, nom_payeur, \
         libelle, NULL, NULL, NULL, NULL, NULL, id, NULL, $5, 0 FROM encaissement WHERE id = $1"
    )
    .bind(recette)
    .bind(id)
    .bind(identite::part(db.coffre(), recette, parts + 1))
    .bind(montant)
    .bind(attente.code())
    .executer(tx)
    .await?;
    let mouvement = Mouvement::nouveau(NatureMouvement::Ventilation, lire_date(&r.jour)?, auteur, motif)
        .debit(
            Compte::Rac {
                encaissement: recette,
            },
            montant,
        )
        .credit(Compte::Rac { encaissement: id }, montant);
    LotComptable {
        mouvements: vec![mouvement],
        ..LotComptable::default()
    }
    .passer(tx, maintenant)
    .await?;
    Ok(id)
}

/// Rend au payeur ce qui attend (ou une part).
///
/// # Errors
/// [`Erreur::MotifManquant`], [`Erreur::RecetteInconnue`], [`Erreur::PlusQueLaRac`].
pub async fn rembourser(
    tx: &mut Tx,
    recette: i64,
    montant: Option<Montant>,
    jour: jiff::civil::Date,
    auteur: &str,
    motif: &str,
    maintenant: Timestamp,
) -> Result<Montant, Erreur> {
    if motif.trim().is_empty() {
        return Err(Erreur::MotifManquant);
    }
    let r = lire_recette(tx, recette).await?;
    let montant = borner(montant, r.rac_centimes)?;
    let mouvement = Mouvement::nouveau(NatureMouvement::Remboursement, jour, auteur, Some(motif))
        .debit(
            Compte::Rac {
                encaissement: recette,
            },
            montant,
        )
        .credit(
            Compte::Rembourse {
                encaissement: recette,
            },
            montant,
        );
    LotComptable {
        mouvements: vec![mouvement],
        ..LotComptable::default()
    }
    .passer(tx, maintenant)
    .await?;
    Ok(montant)
}

/// Défait toutes les imputations d'une recette : l'argent revient en RAC, où il attend une décision.
///
/// # Errors
/// [`Erreur::MotifManquant`], [`Erreur::IndefaisableCar`] si rien n'est imputé ou si le prélèvement est revenu.
pub async fn declasser(
    tx: &mut Tx,
    recette: i64,
    jour: jiff::civil::Date,
    auteur: &str,
    motif: &str,
    maintenant: Timestamp,
) -> Result<Montant, Erreur> {
    if motif.trim().is_empty() {
        return Err(Erreur::MotifManquant);
    }
    let dossiers: Vec<(i64,)> =
        sql!("SELECT DISTINCT dossier_id FROM ecriture WHERE encaissement_id = $1 AND compte = 'creance'")
            .bind(recette)
            .toutes(tx)
            .await?;
    let mut dossiers: Vec<i64> = dossiers.into_iter().map(|d| d.0).collect();
    dossiers.sort_unstable();
    tx.verrouiller_dossiers(&dossiers).await?;
    let retour: i64 = sql!("SELECT COUNT(*) FROM encaissement WHERE retour_de = $1")
        .bind(recette)
        .scalaire(tx)
        .await?;
    if retour > 0 {
        return Err(Erreur::IndefaisableCar(
            "ce prélèvement est revenu impayé : il n'y a plus rien à défaire",
        ));
    }
    let imputes: Vec<(i64, i64, String, i64)> = sql!(
        "SELECT dossier_id, creance_id, poste, CAST(SUM(montant_centimes) AS BIGINT) FROM ecriture \
         WHERE encaissement_id = $1 AND compte = 'creance' GROUP BY dossier_id, creance_id, poste \
         HAVING SUM(montant_centimes) < 0 ORDER BY creance_id, poste"
    )
    .bind(recette)
    .toutes(tx)
    .await?;
    let mut mouvement = Mouvement::nouveau(NatureMouvement::Classement, jour, auteur, Some(motif));
    let mut total = Montant::ZERO;
    for (dossier, creance, poste, credit) in imputes {
        let poste: Poste = poste.parse().map_err(|_| Erreur::Illisible("poste"))?;
        let part = Montant::de_centimes(credit).oppose();
        let dossier = DossierId::new(dossier);
        let compte = Compte::Creance {
            dossier,
            creance,
            poste,
            encaissement: Some(recette),
        };
        mouvement = mouvement.debit(compte, part);
        total = total.checked_add(part)?;
    }
    if total.est_nul() {
        return Err(Erreur::IndefaisableCar(
            "cette recette n'est imputée sur aucune créance ; rien n'a été changé",
        ));
    }
    let mouvement = mouvement.credit(
        Compte::Rac {
            encaissement: recette,
        },
        total,
    );
    LotComptable {
        mouvements: vec![mouvement],
        ..LotComptable::default()
    }
    .passer(tx, maintenant)
    .await?;
    sql!("UPDATE encaissement SET attente = $2, dossier_id = NULL WHERE id = $1")
        .bind(recette)
        .bind(Attente::Declassee.code())
        .executer(tx)
        .await?;
    Ok(total)
}
