//! La page d'un débiteur et la recherche, contre les requêtes nues qu'elles demandent.

use std::time::{Duration, Instant};

use acces::essais::{Navigateur, horloge, maison};
use acces::{Role, routeur};
use anyhow::{Result, ensure};
use axum::http::StatusCode;
use jiff::Timestamp;
use storage::essais::Banc;
use storage::{Tx, ecrire, lire, sql};

use crate::caisse::caisses;
use crate::mesure::{dire, mediane};

const DEBITEURS: u64 = 20_000;
const VISITES: usize = 300;

pub(crate) async fn mesurer() -> Result<bool> {
    let mut tient = true;
    for banc in caisses(DEBITEURS).await? {
        let moteur = banc.db.moteur();
        let horloge = horloge();
        let routeur = routeur(sillon::routes(), maison(&banc, horloge.clone()));
        let mut agent = Navigateur::connecte(&routeur, &banc.db, &horloge, Role::Recouvrement).await;
        let dossiers = echantillon(&banc).await?;
        let (mut pages, mut nues) = (Vec::new(), Vec::new());
        // En alternance : le bruit de la machine touche les deux.
        for (id, _) in &dossiers {
            let debut = Instant::now();
            let r = agent.get(&format!("/DMSA33/dossiers/{id}")).await;
            pages.push(debut.elapsed());
            ensure!(r.etat == StatusCode::OK, "dossier {id} : {}", r.etat);
            nues.push(dossier_nu(&banc, *id).await?);
        }
        let (page, nue) = (mediane(pages), mediane(nues));
        println!("{moteur} : page du dossier {page:.0} µs, requêtes nues {nue:.0} µs");
        tient &= dire(
            &format!("{moteur} : page du dossier / requêtes nues"),
            page / nue,
            "<= 3",
            page <= 3.0 * nue,
        );

        let (mut pages, mut nues) = (Vec::new(), Vec::new());
        for (_, nom) in &dossiers {
            let debut = Instant::now();
            let r = agent.post("/DMSA33/recherche", &[("q", nom)]).await;
            pages.push(debut.elapsed());
            ensure!(r.etat == StatusCode::OK, "recherche : {}", r.etat);
            nues.push(recherche_nue(&banc, nom).await?);
        }
        let (page, nue) = (mediane(pages), mediane(nues));
        println!("{moteur} : recherche {page:.0} µs, requêtes nues {nue:.0} µs");
        tient &= dire(
            &format!("{moteur} : recherche / requêtes nues"),
            page / nue,
            "<= 2",
            page <= 2.0 * nue,
        );
    }
    Ok(tient)
}

/// Des dossiers répartis dans la caisse, avec le nom et la commune qu'un agent taperait.
async fn echantillon(banc: &Banc) -> Result<Vec<(i64, String)>> {
    let pas = i64::try_from(DEBITEURS)? / i64::try_from(VISITES)?;
    let lignes: Result<Vec<(i64, String, String)>, storage::Erreur> = lire!(banc.db, |tx| sql!(
        "SELECT id, nom, commune FROM debiteur WHERE id % $1 = 0 ORDER BY id"
    )
    .bind(pas)
    .toutes(tx)
    .await);
    Ok(lignes?
        .into_iter()
        .map(|(id, nom, commune)| (id, format!("{commune} {nom}")))
        .collect())
}

/// La session, une ligne de journal gravée : ce que toute page paie.
async fn acces_nu(banc: &Banc, dossier: Option<i64>) -> Result<()> {
    let session: Result<Vec<(i64, String)>, storage::Erreur> = lire!(banc.db, |tx| sql!(
        "SELECT a.id, a.role FROM session s JOIN agent a ON a.id = s.agent_id WHERE a.actif = 1"
    )
    .toutes(tx)
    .await);
    ensure!(!session?.is_empty(), "une session est ouverte");
    let gravee: Result<u64, storage::Erreur> = ecrire!(banc.db, |tx| journaliser(tx, dossier).await);
    gravee?;
    Ok(())
}

async fn journaliser(tx: &mut Tx, dossier: Option<i64>) -> Result<u64, storage::Erreur> {
    let id = tx
        .reserver("acces_journal", 1)
        .await?
        .first()
        .copied()
        .unwrap_or_default();
    sql!(
        "INSERT INTO acces_journal (id, quand_ms, acteur, role, action, dossier_id, nombre, resultat, motif, repere) \
         VALUES ($1, $2, 'recouvrement.essai', 'recouvrement', 'consulter_dossier', $3, 1, 'accorde', NULL, 'banc')"
    )
    .bind(id)
    .bind(Timestamp::UNIX_EPOCH.as_millisecond())
    .bind(dossier)
    .executer(tx)
    .await
}

type Identite = (String, String, String, Option<Vec<u8>>, String, i64);
type Trouve = (i64, String, String, String, String, i64);
type Creance = (i64, String, String, String, String, String, i64, i64, i64);

async fn dossier_nu(banc: &Banc, id: i64) -> Result<Duration> {
    let debut = Instant::now();
    acces_nu(banc, Some(id)).await?;
    let lues: Result<usize, storage::Erreur> = lire!(banc.db, |tx| {
        let debiteur: Option<Identite> = sql!(
            "SELECT matricule, nom, prenom, nir_scelle, commune, solde_centimes FROM debiteur WHERE id = $1"
        )
        .bind(id)
        .au_plus_une(tx)
        .await?;
        let contacts: Vec<(String, String)> =
            sql!("SELECT nature, valeur FROM contact WHERE dossier_id = $1")
                .bind(id)
                .toutes(tx)
                .await?;
        let comptes: Vec<(Vec<u8>,)> = sql!("SELECT iban_scelle FROM compte_bancaire WHERE dossier_id = $1")
            .bind(id)
            .toutes(tx)
            .await?;
        let creances: Vec<Creance> = sql!(
            "SELECT id, nature, libelle, periode_debut, periode_fin, exigible_le, montant_centimes, \
             reste_part_ouvriere + reste_part_patronale + reste_principal, reste_majoration FROM creance \
             WHERE dossier_id = $1 ORDER BY exigible_le"
        )
        .bind(id)
        .toutes(tx)
        .await?;
        let recettes: Vec<(i64, String, i64, String, i64)> = sql!(
            "SELECT id, jour, montant_centimes, mode, rac_centimes FROM encaissement WHERE dossier_id = $1 ORDER BY jour"
        )
        .bind(id)
        .toutes(tx)
        .await?;
        let evenements: Vec<(String, String, String)> =
            sql!("SELECT jour, nature, libelle FROM evenement_dossier WHERE dossier_id = $1 ORDER BY jour")
                .bind(id)
                .toutes(tx)
                .await?;
        let commentaires: Vec<(String, String, Vec<u8>)> =
            sql!("SELECT ecrit_le, auteur, texte_scelle FROM commentaire WHERE dossier_id = $1 ORDER BY id")
                .bind(id)
                .toutes(tx)
                .await?;
        Ok(usize::from(debiteur.is_some())
            + contacts.len()
            + comptes.len()
            + creances.len()
            + recettes.len()
            + evenements.len()
            + commentaires.len())
    });
    ensure!(lues? > 0, "dossier {id} vide");
    Ok(debut.elapsed())
}

async fn recherche_nue(banc: &Banc, texte: &str) -> Result<Duration> {
    let mots = valeurs::mots_de_recherche(texte);
    let long = mots.iter().max_by_key(|m| m.len()).cloned().unwrap_or_default();
    let autres: Vec<&String> = mots.iter().filter(|m| **m != long).take(2).collect();
    let mot = |i: usize| autres.get(i).map_or(long.clone(), |m| (*m).clone());
    let debut = Instant::now();
    acces_nu(banc, None).await?;
    let trouves: Result<Vec<Trouve>, storage::Erreur> = lire!(banc.db, |tx| {
        sql!(
        "SELECT d.id, d.matricule, d.nom, d.prenom, d.commune, d.solde_centimes FROM mot m \
         JOIN debiteur d ON d.id = m.dossier_id WHERE m.mot >= $1 AND m.mot < $1 || '\u{10FFFF}' \
         AND EXISTS (SELECT 1 FROM mot x WHERE x.dossier_id = m.dossier_id AND x.mot >= $2 AND x.mot < $2 || '\u{10FFFF}') \
         AND EXISTS (SELECT 1 FROM mot y WHERE y.dossier_id = m.dossier_id AND y.mot >= $3 AND y.mot < $3 || '\u{10FFFF}') \
         ORDER BY d.nom, d.id LIMIT 50"
    )
    .bind(long.as_str())
    .bind(mot(0))
    .bind(mot(1))
    .toutes(tx)
    .await
    });
    ensure!(!trouves?.is_empty(), "la recherche nue trouve");
    Ok(debut.elapsed())
}
