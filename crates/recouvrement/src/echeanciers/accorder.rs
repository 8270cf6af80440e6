//! Accorder un échéancier : la demande est gardée, et l'étape de chaque créance faite, d'un coup.

use acces::{Permis, actions};
use droit::Rythme;
use jiff::civil::Date;
use storage::{Db, Lot, Tx, sql};

use super::simuler::{Projet, Souhait, simuler};
use super::{ACCORDE, ErreurEcheancier};
use crate::Erreur;
use crate::procedure::{Suivie, charger, garder_les_derniers};

/// Accorde l'échéancier que ce souhait donne aujourd'hui ; rend son numéro.
///
/// Le dossier est verrouillé puis relu : ce qui a changé depuis la simulation compte.
///
/// # Errors
/// Ce que [`simuler`] refuse ; le refus de la base ou du coffre.
pub async fn accorder(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<actions::AccorderEcheancier>,
    souhait: &Souhait,
    au: Date,
) -> Result<i64, Erreur> {
    let dossiers: Vec<i64> = charger(tx, &souhait.creances)
        .await?
        .iter()
        .map(|suivie| suivie.dossier.get())
        .collect();
    tx.verrouiller_dossiers(&dossiers).await?;
    let projet = simuler(tx, permis, souhait, au).await?;
    let id = tx.reserver("echeancier", 1).await?.first().copied();
    let id = id.ok_or(Erreur::Illisible("numéro d’échéancier"))?;
    garder(tx, permis, id, &projet).await?;
    let mut avancees = Vec::with_capacity(projet.suivies.len());
    let mut rangs = Vec::with_capacity(projet.suivies.len());
    for suivie in projet.suivies {
        let etape = suivie
            .parcours
            .procedure()
            .etape(ACCORDE)
            .ok_or(ErreurEcheancier::SansEcheancier)?;
        rangs.push(i64::try_from(suivie.parcours.faits().len()).map_err(|_| Erreur::Illisible("rang"))?);
        let parcours = suivie.parcours.avancer(etape, au)?;
        avancees.push(Suivie { parcours, ..suivie });
    }
    Lot::nouveau()
        .entiers("creance_id", avancees.iter().map(|suivie| suivie.creance))
        .entiers("rang", rangs)
        .entiers("echeancier_id", avancees.iter().map(|_| id))
        .entiers(
            "reste_centimes",
            projet.restes.iter().map(|reste| reste.centimes()),
        )
        .executer(
            tx,
            "INSERT INTO echeancier_creance (creance_id, rang, echeancier_id, reste_centimes) \
             SELECT creance_id, rang, echeancier_id, reste_centimes FROM v",
        )
        .await?;
    garder_les_derniers(db, tx, &avancees, permis.acteur(), permis.quand(), au).await?;
    Ok(id)
}

async fn garder(
    tx: &mut Tx,
    permis: &Permis<actions::AccorderEcheancier>,
    id: i64,
    projet: &Projet,
) -> Result<(), Erreur> {
    let demande = &projet.demande;
    let (mensualites, par_mois) = match demande.rythme {
        Rythme::Mensualites(nombre) => (Some(i64::from(nombre)), None),
        Rythme::ParMois(montant) => (None, Some(montant.centimes())),
    };
    // Le dossier est verrouillé : aucun mouvement plus petit que celui-ci n'y viendra.
    let dernier: i64 = sql!("SELECT COALESCE(MAX(mouvement_id), 0) FROM ecriture WHERE dossier_id = $1")
        .bind(projet.dossier.get())
        .scalaire(tx)
        .await?;
    Lot::nouveau()
        .entiers("id", [id])
        .entiers("dossier_id", [projet.dossier.get()])
        .textes("procedure_code", [demande.procedure.code()])
        .textes("version", [projet.echeancier.version()])
        .textes("conclu_le", [demande.conclu_le.to_string()])
        .textes("premiere", [demande.premiere.to_string()])
        .entiers_opt("mensualites", [mensualites])
        .entiers_opt("par_mois_centimes", [par_mois])
        .textes("zone", [demande.zone.code()])
        .entiers("clause_de_rupture", [i64::from(demande.clause_de_rupture)])
        .entiers("part_ouvriere_centimes", [demande.dette.part_ouvriere.centimes()])
        .entiers("principal_centimes", [demande.dette.principal.centimes()])
        .entiers("majorations_centimes", [demande.dette.majorations.centimes()])
        .entiers("apres_mouvement", [dernier])
        .textes("enregistre_le", [permis.quand().to_string()])
        .textes("auteur", [permis.acteur()])
        .executer(
            tx,
            "INSERT INTO echeancier (id, dossier_id, procedure_code, version, conclu_le, premiere, mensualites, \
             par_mois_centimes, zone, clause_de_rupture, part_ouvriere_centimes, principal_centimes, \
             majorations_centimes, apres_mouvement, enregistre_le, auteur) SELECT id, dossier_id, procedure_code, \
             version, conclu_le, premiere, mensualites, par_mois_centimes, zone, clause_de_rupture, \
             part_ouvriere_centimes, principal_centimes, majorations_centimes, apres_mouvement, enregistre_le, \
             auteur FROM v",
        )
        .await?;
    Ok(())
}
