use std::collections::BTreeMap;

use acces::{Permis, actions};
use droit::{Acte, Branche, ModeEnvoi, Refus};
use storage::{Db, Lot, Tx, ecrire, sql};
use valeurs::{DossierId, Montant};

use super::lire::{Campagne, EtatCampagne, lire_campagne};
use crate::Erreur;
use crate::actes::{Atelier, ErreurActes, preparer as projeter, qualifie};
use crate::procedure::{Suivie, charger};
use jiff::civil::Date;

/// Dossiers réunis en une transaction.
const LOT: i64 = 500;

/// Une campagne à préparer.
#[derive(Clone, Debug)]
pub struct NouvelleCampagne {
    /// L'acte, qui n'a rien à faire saisir.
    pub acte: &'static Acte,
    /// Le plus petit montant réclamé à un débiteur.
    pub minimum: Montant,
    /// Comment les actes partent.
    pub envoi: ModeEnvoi,
    /// Qui les signe.
    pub signataire: String,
}

/// Ouvre une campagne sur tout ce que le permis voit ; rend son identifiant. Ses dossiers restent à [`reunir`].
///
/// # Errors
/// [`ErreurActes::ACompleter`], [`ErreurActes::Envoi`], [`ErreurActes::Signataire`] ; le refus de la base.
pub async fn ouvrir(
    tx: &mut Tx,
    permis: &Permis<actions::PreparerCampagne>,
    atelier: &Atelier,
    nouvelle: &NouvelleCampagne,
    au: Date,
) -> Result<i64, Erreur> {
    let acte = nouvelle.acte;
    if !acte.se_compose_seul() {
        return Err(ErreurActes::ACompleter.into());
    }
    if !acte.envois().contains(&nouvelle.envoi) {
        return Err(ErreurActes::Envoi.into());
    }
    let signe = |s: &crate::actes::Signataire| s.nom == nouvelle.signataire;
    if !atelier
        .reglages
        .signataires(acte, nouvelle.minimum, au)
        .any(signe)
    {
        return Err(ErreurActes::Signataire.into());
    }
    let id = tx
        .reserver("campagne", 1)
        .await?
        .first()
        .copied()
        .unwrap_or_default();
    sql!(
        "INSERT INTO campagne (id, code, branches, minimum_centimes, envoi, signataire, preparee_le, preparee_par, etat, \
         reuni_jusqu_a) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'en_preparation', 0)"
    )
    .bind(id)
    .bind(acte.code())
    .bind(permis.perimetre().branches)
    .bind(nouvelle.minimum.centimes())
    .bind(nouvelle.envoi.code())
    .bind(nouvelle.signataire.as_str())
    .bind(permis.quand().to_string())
    .bind(permis.acteur())
    .executer(tx)
    .await?;
    Ok(id)
}

/// Réunit les dossiers suivants d'une campagne en préparation : ceux qui recevront l'acte, et ceux qui en sont écartés,
/// avec la raison. Rend `false` quand tous le sont : elle attend alors d'être approuvée. Rien n'est émis.
///
/// # Errors
/// [`Erreur::Campagne`] : elle n'est pas en préparation, ou sort du permis ; le refus de la base, du coffre ou du droit.
pub async fn reunir(
    db: &Db,
    permis: &Permis<actions::PreparerCampagne>,
    atelier: &Atelier,
    id: i64,
    au: Date,
) -> Result<bool, Erreur> {
    ecrire!(db, |tx| {
        let campagne = lire_campagne(tx, permis, id)
            .await?
            .filter(|c| c.etat == EtatCampagne::EnPreparation);
        let campagne = campagne.ok_or(Erreur::Campagne(
            "cette campagne n’est plus en préparation, ou sort de vos attributions",
        ))?;
        let dossiers: Vec<(i64,)> = sql!(
            "SELECT DISTINCT dossier_id FROM creance \
             WHERE dossier_id > (SELECT reuni_jusqu_a FROM campagne WHERE id = $1) \
             AND +ouverte = 1 AND (branche & $2) <> 0 ORDER BY dossier_id LIMIT $3"
        )
        .bind(id)
        .bind(campagne.branches)
        .bind(LOT)
        .toutes(tx)
        .await?;
        let dossiers: Vec<i64> = dossiers.into_iter().map(|(dossier,)| dossier).collect();
        let Some(dernier) = dossiers.last().copied() else {
            sql!("UPDATE campagne SET etat = 'preparee' WHERE id = $1")
                .bind(id)
                .executer(tx)
                .await?;
            return Ok(false);
        };
        let reunis = reunir_ceux(db, tx, permis, atelier, &campagne, &dossiers, au).await?;
        garder(tx, id, &reunis).await?;
        sql!("UPDATE campagne SET reuni_jusqu_a = $1 WHERE id = $2")
            .bind(dernier)
            .bind(id)
            .executer(tx)
            .await?;
        Ok(true)
    })
}

/// Un dossier réuni : il recevra l'acte, ou en est écarté pour une raison.
struct Reuni {
    dossier: DossierId,
    branche: Branche,
    creances: usize,
    montant: Montant,
    raison: Option<String>,
}

async fn reunir_ceux(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<actions::PreparerCampagne>,
    atelier: &Atelier,
    nouvelle: &Campagne,
    dossiers: &[i64],
    au: Date,
) -> Result<Vec<Reuni>, Erreur> {
    let ids: Vec<(i64,)> = Lot::nouveau()
        .entiers("id", dossiers.iter().copied())
        .entiers("branches", dossiers.iter().map(|_| nouvelle.branches))
        .toutes(
            tx,
            "SELECT c.id FROM v CROSS JOIN creance c WHERE c.dossier_id = v.id AND (c.branche & v.branches) <> 0 \
             AND +c.ouverte = 1",
        )
        .await?;
    let mut ids: Vec<i64> = ids.into_iter().map(|(id,)| id).collect();
    ids.sort_unstable();
    let mut retenues: Vec<Suivie> = Vec::new();
    let mut refusees: BTreeMap<(DossierId, Branche), (usize, String)> = BTreeMap::new();
    for suivie in charger(tx, &ids).await? {
        if !nouvelle.acte.est_de(suivie.parcours.procedure()) {
            continue;
        }
        match qualifie(nouvelle.acte, &suivie, au) {
            Ok(()) => retenues.push(suivie),
            Err(Refus::Calcul(e)) => return Err(e.into()),
            Err(refus) => {
                let cle = (suivie.dossier, suivie.nature.branche());
                let entree = refusees
                    .entry(cle)
                    .or_insert_with(|| (0, raison_du_refus(&refus).to_owned()));
                entree.0 += 1;
            }
        }
    }
    let retenues = crate::actes::sans_acte(tx, nouvelle.acte, retenues).await?;
    let saisies = BTreeMap::new();
    let tirage = nouvelle.tirage(atelier, &saisies, au);
    let projets = projeter(db, tx, permis, tirage.composition(), &retenues).await?;
    let mut reunis: Vec<Reuni> = Vec::with_capacity(projets.len());
    for projet in &projets {
        refusees.remove(&(projet.dossier, projet.branche));
        reunis.push(Reuni {
            dossier: projet.dossier,
            branche: projet.branche,
            creances: projet.lignes.len(),
            montant: projet.total,
            raison: tirage.empechement(projet).as_ref().map(raison),
        });
    }
    reunis.extend(
        refusees
            .into_iter()
            .map(|((dossier, branche), (creances, raison))| Reuni {
                dossier,
                branche,
                creances,
                montant: Montant::ZERO,
                raison: Some(raison),
            }),
    );
    Ok(reunis)
}

/// Ce qui empêche un acte, en peu de mots : une campagne en compte des milliers.
pub(super) fn raison(refus: &ErreurActes) -> String {
    match refus {
        ErreurActes::Incomplet(quoi) => format!("il manque {quoi}"),
        ErreurActes::Signataire => "montant au-delà de la délégation du signataire".to_owned(),
        ErreurActes::SousLeMinimum => "montant sous le minimum de la campagne".to_owned(),
        ErreurActes::SansCourriel => "aucune adresse électronique".to_owned(),
        autre => autre.to_string(),
    }
}

/// Un refus de la procédure, de même.
const fn raison_du_refus(refus: &Refus) -> &'static str {
    match refus {
        Refus::TropTot { .. } => "trop tôt",
        Refus::TropTard { .. } => "trop tard",
        Refus::Suspendue { .. } => "recouvrement suspendu",
        Refus::Prescrite { .. } => "créance prescrite",
        Refus::HorsOrdre { .. } => "étape déjà faite, ou pas encore possible",
        _ => "étape impossible",
    }
}

async fn garder(tx: &mut Tx, campagne: i64, reunis: &[Reuni]) -> Result<(), Erreur> {
    let mut creances = Vec::with_capacity(reunis.len());
    for reuni in reunis {
        creances.push(i64::try_from(reuni.creances).map_err(|_| Erreur::Illisible("nombre"))?);
    }
    Lot::nouveau()
        .entiers("campagne_id", reunis.iter().map(|_| campagne))
        .entiers("dossier_id", reunis.iter().map(|r| r.dossier.get()))
        .entiers("branche", reunis.iter().map(|r| i64::from(r.branche.bit())))
        .textes(
            "etat",
            reunis.iter().map(|r| if r.raison.is_some() { "ecarte" } else { "a_faire" }),
        )
        .entiers("creances", creances)
        .entiers("montant_centimes", reunis.iter().map(|r| r.montant.centimes()))
        .textes_opt("raison", reunis.iter().map(|r| r.raison.as_deref()))
        .executer(
            tx,
            "INSERT INTO campagne_dossier (campagne_id, dossier_id, branche, etat, creances, montant_centimes, raison) \
             SELECT campagne_id, dossier_id, branche, etat, creances, montant_centimes, raison FROM v",
        )
        .await?;
    Ok(())
}
