//! Ce qu'un agent fait d'un écart : se l'attribuer ou l'attribuer, le commenter, le clore avec un motif, le rouvrir.

use acces::{Permis, actions};
use storage::{Db, Tx, sql};

use super::{COMMENTAIRE, Etat, Geste, Motif};
use crate::Erreur;
use crate::ecarts::lire::{EcartMontre, ecart};

/// Caractères d'un commentaire, au plus.
const LONGUEUR_MAX: usize = 4_000;

type Traiter = Permis<actions::TraiterEcart>;

/// Attribue un écart ouvert à un agent, ou le rend à tous. `agent` est un identifiant que l'appelant a vérifié.
///
/// # Errors
/// [`Erreur::EcartInconnu`], [`Erreur::EcartFerme`] ; le refus de la base.
pub async fn attribuer(tx: &mut Tx, permis: &Traiter, id: i64, agent: Option<&str>) -> Result<(), Erreur> {
    let montre = ouvert(tx, id).await?;
    if montre.agent.as_deref() == agent {
        return Ok(());
    }
    let etat = Etat::ouvert(montre.classe, agent.is_some());
    changer(tx, id, etat, agent).await?;
    let geste = if agent.is_some() {
        Geste::Attribue
    } else {
        Geste::Libere
    };
    noter(tx, permis, &montre, geste, agent, None, None).await
}

/// Ajoute un commentaire, scellé par la clé du dossier de l'employeur, à un écart quel que soit son état.
///
/// # Errors
/// [`Erreur::EcartInconnu`], [`Erreur::Commentaire`], [`Erreur::EmployeurInconnu`] ; le refus de la base ou du coffre.
pub async fn commenter(db: &Db, tx: &mut Tx, permis: &Traiter, id: i64, texte: &str) -> Result<(), Erreur> {
    let montre = verrouiller(tx, id).await?;
    let scelle = sceller(db, &montre, texte).await?.ok_or(Erreur::Commentaire)?;
    noter(tx, permis, &montre, Geste::Commente, None, None, Some(scelle)).await
}

/// Clôt un écart ouvert, avec son motif ; un autre motif se dit en commentaire. Il se rouvrira de lui-même si sa somme
/// change.
///
/// # Errors
/// [`Erreur::EcartInconnu`], [`Erreur::EcartFerme`], [`Erreur::MotifADire`], [`Erreur::Commentaire`],
/// [`Erreur::EmployeurInconnu`] ; le refus de la base ou du coffre.
pub async fn clore(
    db: &Db,
    tx: &mut Tx,
    permis: &Traiter,
    id: i64,
    motif: Motif,
    commentaire: &str,
) -> Result<(), Erreur> {
    let montre = ouvert(tx, id).await?;
    let scelle = sceller(db, &montre, commentaire).await?;
    if motif == Motif::Autre && scelle.is_none() {
        return Err(Erreur::MotifADire);
    }
    changer(tx, id, Etat::Clos, montre.agent.as_deref()).await?;
    noter(tx, permis, &montre, Geste::Clos, None, Some(motif), scelle).await
}

/// Rouvre un écart clos.
///
/// # Errors
/// [`Erreur::EcartInconnu`], [`Erreur::EcartOuvert`] ; le refus de la base.
pub async fn rouvrir(tx: &mut Tx, permis: &Traiter, id: i64) -> Result<(), Erreur> {
    let montre = verrouiller(tx, id).await?;
    if montre.etat != Etat::Clos {
        return Err(Erreur::EcartOuvert);
    }
    let etat = Etat::ouvert(montre.classe, montre.agent.is_some());
    changer(tx, id, etat, montre.agent.as_deref()).await?;
    noter(tx, permis, &montre, Geste::Rouvert, None, None, None).await
}

/// L'écart, que rien d'autre ne changera d'ici la fin de la transaction.
async fn verrouiller(tx: &mut Tx, id: i64) -> Result<EcartMontre, Erreur> {
    // La passe du serveur prend le même verrou.
    tx.verrouiller_travail("constat_dsn").await?;
    ecart(tx, id).await?.ok_or(Erreur::EcartInconnu)
}

async fn ouvert(tx: &mut Tx, id: i64) -> Result<EcartMontre, Erreur> {
    let montre = verrouiller(tx, id).await?;
    if montre.etat.est_ouvert() {
        Ok(montre)
    } else {
        Err(Erreur::EcartFerme)
    }
}

async fn sceller(db: &Db, montre: &EcartMontre, texte: &str) -> Result<Option<Vec<u8>>, Erreur> {
    let texte = texte.replace("\r\n", "\n");
    let texte = texte.trim();
    if texte.is_empty() {
        return Ok(None);
    }
    if texte.chars().count() > LONGUEUR_MAX {
        return Err(Erreur::Commentaire);
    }
    let (dossier, _) = montre.employeur.as_ref().ok_or(Erreur::EmployeurInconnu)?;
    let cle = db.coffre().cle(dossier.get()).await?;
    Ok(Some(cle.sceller(COMMENTAIRE, texte)?))
}

async fn changer(tx: &mut Tx, id: i64, etat: Etat, agent: Option<&str>) -> Result<(), Erreur> {
    sql!("UPDATE ecart SET etat = $2, agent = $3 WHERE id = $1")
        .bind(id)
        .bind(etat.code())
        .bind(agent)
        .executer(tx)
        .await?;
    Ok(())
}

async fn noter(
    tx: &mut Tx,
    permis: &Traiter,
    montre: &EcartMontre,
    geste: Geste,
    agent: Option<&str>,
    motif: Option<Motif>,
    commentaire: Option<Vec<u8>>,
) -> Result<(), Erreur> {
    let numero = tx.reserver("geste_ecart", 1).await?.first().copied();
    sql!(
        "INSERT INTO geste_ecart (id, ecart_id, quand, auteur, geste, agent, motif, montant_centimes, \
         commentaire_scelle) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    )
    .bind(numero.unwrap_or_default())
    .bind(montre.id)
    .bind(permis.quand().to_string())
    .bind(permis.acteur())
    .bind(geste.code())
    .bind(agent)
    .bind(motif.map(Motif::code))
    .bind(montre.montant)
    .bind(commentaire)
    .executer(tx)
    .await?;
    Ok(())
}
