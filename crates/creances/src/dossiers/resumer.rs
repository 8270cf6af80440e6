use acces::{Action, Perimetre, Permis};
use droit::Poste;
use jiff::civil::Date;
use storage::{Tx, sql};
use valeurs::{DossierId, Montant};

use super::evenements::{Evenement, LigneEvenement};
use super::lire::portee;
use crate::Erreur;
use crate::creances::{lire_date, restes_au};

/// L'état d'un dossier à une date, dans les branches du périmètre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resume {
    /// Somme des restes dus ; négatif si la caisse doit.
    pub solde: Montant,
    /// Ce qui attend en RAC au nom du débiteur : cet argent n'est encore d'aucune branche.
    pub en_attente: Montant,
    /// Créances dont un poste au moins reste dû.
    pub ouvertes: u64,
    /// Le dernier règlement qui n'est pas revenu impayé.
    pub dernier_reglement: Option<Reglement>,
    /// La dernière étape de procédure.
    pub derniere_procedure: Option<Evenement>,
}

/// Un règlement du débiteur.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reglement {
    /// La recette.
    pub encaissement: i64,
    /// Jour du paiement.
    pub jour: Date,
    /// Ce qui en a éteint des créances visibles du dossier, et ce qui en attend encore ; toujours positif.
    pub montant: Montant,
    /// Code du mode de paiement.
    pub mode: String,
}

/// L'état du dossier à la date `au`, incluse, tiré du grand livre et restreint aux branches du permis.
///
/// # Errors
/// [`Erreur::DossierInconnu`] si le permis est d'un autre dossier ; le refus de la base.
pub async fn resume<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    id: DossierId,
    au: Date,
) -> Result<Resume, Erreur> {
    let perimetre = portee(permis, id).ok_or(Erreur::DossierInconnu)?;
    lire_resume(tx, perimetre, id, au).await
}

pub(super) async fn lire_resume(
    tx: &mut Tx,
    perimetre: &Perimetre,
    id: DossierId,
    au: Date,
) -> Result<Resume, Erreur> {
    let branches = perimetre.branches;
    let restes = restes_au(tx, branches, id, au).await?;
    let ouverte = |r: &&[Montant; Poste::NOMBRE]| r.iter().any(|m| !m.est_nul() && !m.est_negatif());
    let jour = au.to_string();
    let en_attente: i64 = sql!(
        "SELECT CAST(COALESCE(SUM(-r.montant_centimes), 0) AS BIGINT) FROM debiteur d \
         JOIN encaissement e ON e.dossier_id = d.id JOIN ecriture r ON r.encaissement_id = e.id \
         WHERE d.id = $1 AND (d.branches = 0 OR (d.branches & $2) <> 0) AND r.compte = 'rac' AND r.jour <= $3"
    )
    .bind(id)
    .bind(branches)
    .bind(&jour)
    .scalaire(tx)
    .await?;
    // Un retour porte ses propres écritures : il se compte avec la recette qu'il défait.
    let dernier: Option<(i64, String, String, i64)> = sql!(
        "SELECT o.id, o.jour, o.mode, CAST(SUM(x.n) AS BIGINT) FROM (\
         SELECT l.encaissement_id AS id, -l.montant_centimes AS n FROM ecriture l \
         JOIN creance c ON c.id = l.creance_id WHERE l.dossier_id = $1 AND (c.branche & $2) <> 0 \
         AND l.encaissement_id IS NOT NULL AND l.jour <= $3 \
         UNION ALL SELECT e.id, -r.montant_centimes FROM debiteur d \
         JOIN encaissement e ON e.dossier_id = d.id JOIN ecriture r ON r.encaissement_id = e.id \
         WHERE d.id = $1 AND (d.branches = 0 OR (d.branches & $2) <> 0) AND r.compte = 'rac' AND r.jour <= $3) x \
         JOIN encaissement e ON e.id = x.id JOIN encaissement o ON o.id = COALESCE(e.retour_de, e.id) \
         GROUP BY o.id, o.jour, o.mode HAVING SUM(x.n) > 0 ORDER BY o.jour DESC, o.id DESC LIMIT 1"
    )
    .bind(id)
    .bind(branches)
    .bind(&jour)
    .au_plus_une(tx)
    .await?;
    let dernier_reglement = match dernier {
        Some((encaissement, jour, mode, n)) => Some(Reglement {
            encaissement,
            jour: lire_date(&jour)?,
            montant: Montant::de_centimes(n),
            mode,
        }),
        None => None,
    };
    let procedure: Option<LigneEvenement> = sql!(
        "SELECT e.id, e.jour, e.enregistre_le, e.nature, e.libelle, e.auteur, e.branche, e.procedure \
         FROM debiteur d JOIN evenement_dossier e ON e.dossier_id = d.id WHERE d.id = $1 \
         AND (d.branches = 0 OR (d.branches & $2) <> 0) AND (e.branche = 0 OR (e.branche & $2) <> 0) \
         AND e.procedure = 1 AND e.jour <= $3 ORDER BY e.jour DESC, e.id DESC LIMIT 1"
    )
    .bind(id)
    .bind(branches)
    .bind(&jour)
    .au_plus_une(tx)
    .await?;
    Ok(Resume {
        solde: Montant::somme(restes.values().flatten().copied())?,
        en_attente: Montant::de_centimes(en_attente),
        ouvertes: u64::try_from(restes.values().filter(ouverte).count()).unwrap_or(u64::MAX),
        dernier_reglement,
        derniere_procedure: procedure.map(LigneEvenement::lire).transpose()?,
    })
}
