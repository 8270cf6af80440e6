//! Ce que le serveur surveille de chaque caisse : le dossier des déclarations ([`rapprochement::arrivees`]), les créances
//! qui paraissent, les faits nouveaux.
//!
//! Cinq tâches par caisse, pour que ni un gros fichier ni une autre caisse ne fasse attendre : l'une dépose ce qui
//! arrive, une autre accorde les créances de la DSN à celles qu'un agent vient d'importer, la troisième constate les
//! écarts, la quatrième situe les créances nouvelles dans leur procédure, la dernière réunit et émet les campagnes et
//! écrit les lots d'actes à expédier.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Seek as _, SeekFrom};
use std::sync::Arc;
use std::time::Duration;

use acces::{Caisse, Horloge, Maison, Objet, Permis, actions};
use anyhow::{Context as _, Result};
use rapprochement::arrivees::{Arrivees, FichierPose};
use rapprochement::ecarts::constater;
use rapprochement::{ajuster, deposer, derniere_creance, emissions_depuis};
use recouvrement::actes::{Atelier, dossier, ecrire_les_lots};
use recouvrement::campagnes::{self, EtatCampagne};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

/// Entre deux regards sur les dossiers, et sur les créances.
const REGARD: Duration = Duration::from_secs(5);

/// Regards entre deux accords que rien n'a annoncés : une créance annulée, ou deux imports à la fois, ne se voient pas
/// au numéro de la dernière créance.
const REGARDS_PAR_ACCORD: u64 = 60;

/// Regards entre deux passes sur toutes les créances : deux émises à la fois peuvent paraître dans le désordre.
const REGARDS_PAR_SITUATION: u64 = 60;

/// Regards entre deux essais d'un fichier que le système n'a pas laissé lire, ou d'une campagne arrêtée.
const REGARDS_PAR_ESSAI: u64 = 60;

/// Pourquoi un fichier de l'agent d'un dossier n'est pas pris.
const PAS_UN_AGENT: &str = "Le dossier de ce fichier ne porte pas l'identifiant d'un agent actif qui peut déposer des \
     déclarations. Remède : qu'un agent qui le peut l'envoie par la page « Dépôts DSN », ou que l'opérateur le pose dans \
     « arrivees ».";

/// Surveille sans fin toutes les caisses ; tout s'arrête avec cette tâche.
pub(crate) async fn surveiller(maison: Maison) {
    let mut taches = JoinSet::new();
    for caisse in maison.caisses() {
        taches.spawn(deposer_sans_fin(caisse.clone(), maison.horloge().clone()));
        taches.spawn(accorder_sans_fin(caisse.clone(), maison.horloge().clone()));
        taches.spawn(constater_sans_fin(caisse.clone(), maison.horloge().clone()));
        taches.spawn(situer_sans_fin(caisse.clone(), maison.horloge().clone()));
        taches.spawn(emettre_sans_fin(caisse.clone(), maison.horloge().clone()));
    }
    while taches.join_next().await.is_some() {}
}

/// Dépose sans fin ce qui arrive.
async fn deposer_sans_fin(caisse: Arc<Caisse>, horloge: Horloge) {
    let mut horaire = tokio::time::interval(REGARD);
    let mut illisibles = HashSet::new();
    for regard in 0_u64.. {
        horaire.tick().await;
        if regard % REGARDS_PAR_ESSAI == 0 {
            illisibles.clear();
        }
        if let Err(e) = regarder(&caisse, &horloge, &mut illisibles).await {
            tracing::error!(caisse = %caisse.code, "arrivée des déclarations : {e:#}");
        }
    }
}

/// Accorde sans fin les créances de la DSN à ce qui est au compte, dès qu'une créance d'une autre voie y paraît.
async fn accorder_sans_fin(caisse: Arc<Caisse>, horloge: Horloge) {
    let mut horaire = tokio::time::interval(REGARD);
    let mut accordee = None;
    for regard in 0_u64.. {
        horaire.tick().await;
        match accorder(&caisse, &horloge, accordee, regard % REGARDS_PAR_ACCORD == 0).await {
            Ok(derniere) => accordee = Some(derniere),
            Err(e) => tracing::error!(caisse = %caisse.code, "créances des déclarations : {e}"),
        }
    }
}

/// Tient à jour sans fin le mois de chaque établissement et la liste des écarts ; sans faits nouveaux, un constat ne lit
/// que quelques nombres.
async fn constater_sans_fin(caisse: Arc<Caisse>, horloge: Horloge) {
    let mut horaire = tokio::time::interval(REGARD);
    horaire.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        horaire.tick().await;
        if let Err(e) = constater(&caisse.db, horloge.aujourdhui(), horloge.maintenant()).await {
            tracing::error!(caisse = %caisse.code, "écarts des déclarations : {e}");
        }
    }
}

/// Situe sans fin dans leur procédure les créances qui paraissent.
async fn situer_sans_fin(caisse: Arc<Caisse>, horloge: Horloge) {
    let mut horaire = tokio::time::interval(REGARD);
    horaire.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut situee = None;
    for regard in 0_u64.. {
        horaire.tick().await;
        let il_est_temps = regard % REGARDS_PAR_SITUATION == 0;
        match situer(&caisse, &horloge, situee, il_est_temps).await {
            Ok(derniere) => situee = Some(derniere),
            Err(e) => tracing::error!(caisse = %caisse.code, "procédures : {e:#}"),
        }
    }
}

/// Situe les créances nouvelles, si une a paru depuis `situee` ou s'il en est temps ; rend la dernière qu'il a vue.
async fn situer(caisse: &Caisse, horloge: &Horloge, situee: Option<i64>, il_est_temps: bool) -> Result<i64> {
    // Lue avant de situer : ce qui paraît pendant sera vu au regard suivant.
    let derniere = derniere_creance(&caisse.db).await?;
    if il_est_temps || situee != Some(derniere) {
        recouvrement::procedure::constater(&caisse.db, horloge.aujourdhui()).await?;
    }
    Ok(derniere)
}

/// Réunit et émet sans fin les campagnes, au nom de qui les a préparées, puis approuvées, et écrit les lots que les agents
/// ont remis.
async fn emettre_sans_fin(caisse: Arc<Caisse>, horloge: Horloge) {
    let mut horaire = tokio::time::interval(REGARD);
    horaire.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut arretees, mut empechee) = (HashSet::new(), false);
    for regard in 0_u64.. {
        horaire.tick().await;
        if regard % REGARDS_PAR_ESSAI == 0 {
            arretees.clear();
            empechee = false;
        }
        if let Err(e) = mener_les_campagnes(&caisse, &horloge, &mut arretees).await {
            tracing::error!(caisse = %caisse.code, "campagnes : {e:#}");
        }
        if !empechee && let Err(e) = ecrire_les_lots(&caisse.db, &dossier(&caisse.donnees, caisse.code)).await
        {
            tracing::error!(caisse = %caisse.code, "expédition des actes : {e:#}");
            empechee = true;
        }
    }
}

/// Mène chaque campagne en cours, hors de celles qui se sont arrêtées : aucune n'arrête les autres.
async fn mener_les_campagnes(caisse: &Caisse, horloge: &Horloge, arretees: &mut HashSet<i64>) -> Result<()> {
    for (id, etat, agent) in campagnes::en_cours(&caisse.db).await? {
        if arretees.contains(&id) {
            continue;
        }
        if let Err(e) = mener(caisse, horloge, id, etat, &agent).await {
            tracing::error!(caisse = %caisse.code, "campagne {id} : {e:#}");
            arretees.insert(id);
        }
    }
    Ok(())
}

async fn mener(caisse: &Caisse, horloge: &Horloge, id: i64, etat: EtatCampagne, agent: &str) -> Result<()> {
    let atelier = Atelier::ouvrir(&caisse.donnees, caisse.code)?;
    let au = horloge.aujourdhui();
    if etat == EtatCampagne::EnPreparation {
        let permis = Permis::differe(caisse, horloge, agent, Objet::Caisse).await?;
        let permis = permis.context("qui la prépare n'y est plus habilité")?;
        while campagnes::reunir(&caisse.db, &permis, &atelier, id, au).await? {}
        return Ok(());
    }
    let permis = Permis::differe(caisse, horloge, agent, Objet::Caisse).await?;
    let permis = permis.context("qui l'a approuvée n'y est plus habilité")?;
    loop {
        let avancee = campagnes::avancer(&caisse.db, &permis, &atelier, id, au).await?;
        // Un lot dont tout a changé pendant la composition se reprend au regard suivant.
        if avancee.finie || avancee.emis + avancee.ecartes == 0 {
            return Ok(());
        }
    }
}

/// Accorde, si une créance d'une autre voie a paru depuis `accordee` ou s'il en est temps, et la première fois ; rend la
/// dernière créance qu'il a vue.
async fn accorder(
    caisse: &Caisse,
    horloge: &Horloge,
    accordee: Option<i64>,
    il_est_temps: bool,
) -> Result<i64, rapprochement::Erreur> {
    // Lue avant d'accorder : ce qui paraît pendant sera vu au regard suivant.
    let (derniere, a_faire) = match accordee {
        None => (derniere_creance(&caisse.db).await?, true),
        Some(accordee) => {
            let emissions = emissions_depuis(&caisse.db, accordee).await?;
            (emissions.derniere, il_est_temps || emissions.d_ailleurs)
        }
    };
    if a_faire {
        ajuster(&caisse.db, horloge.aujourdhui(), "serveur", horloge.maintenant()).await?;
    }
    Ok(derniere)
}

/// Dépose ce qui est arrivé pour une caisse, hors de ce qui ne se lit pas (l'agent et le nom du fichier).
///
/// # Errors
/// La base ou le système de fichiers refuse ; un fichier fautif n'est pas une erreur, il passe dans `refuses`.
async fn regarder(
    caisse: &Caisse,
    horloge: &Horloge,
    illisibles: &mut HashSet<(Option<String>, String)>,
) -> Result<()> {
    let arrivees = Arrivees::ouvrir(&caisse.donnees, caisse.code)
        .context("le dossier des arrivées ne peut être créé")?;
    for fichier in arrivees.prets(horloge.maintenant())? {
        let designation = (fichier.agent.clone(), fichier.nom.clone());
        if illisibles.contains(&designation) {
            continue;
        }
        let permis = match &fichier.agent {
            None => Some(Permis::operateur(&caisse.db, horloge, "serveur", Objet::Caisse).await?),
            Some(agent) => Permis::differe(caisse, horloge, agent, Objet::Caisse).await?,
        };
        let Some(permis) = permis else {
            refuser(caisse, &arrivees, &fichier, PAS_UN_AGENT)?;
            continue;
        };
        match deposer_un(caisse, &permis, &fichier, horloge).await {
            Ok(()) => fichier.effacer()?,
            Err(e) if est_du_fichier(&e) => refuser(caisse, &arrivees, &fichier, &format!("{e:#}"))?,
            // Un fichier que le système ne laisse pas lire n'arrête pas les autres.
            Err(e) if e.downcast_ref::<io::Error>().is_some() => {
                tracing::error!(caisse = %caisse.code, "un fichier arrivé ne se lit pas : {e:#}");
                illisibles.insert(designation);
            }
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

fn refuser(caisse: &Caisse, arrivees: &Arrivees, fichier: &FichierPose, pourquoi: &str) -> Result<()> {
    arrivees.refuser(fichier, pourquoi)?;
    tracing::warn!(
        caisse = %caisse.code,
        "une déclaration est refusée : voir « Dépôts DSN », ou le dossier « refuses »"
    );
    Ok(())
}

async fn deposer_un(
    caisse: &Caisse,
    permis: &Permis<actions::DeposerDsn>,
    fichier: &FichierPose,
    horloge: &Horloge,
) -> Result<()> {
    let (source, nom) = (fichier.lire()?, fichier.nom.clone());
    // Déployer est long et ne rend jamais la main : ailleurs que parmi les pages.
    let deployes = tokio::task::spawn_blocking(move || deployer(source, &nom)).await??;
    for (nom, fichier) in deployes {
        deposer(
            &caisse.db,
            permis,
            horloge.aujourdhui(),
            &nom,
            &fichier,
            |_, _| (),
        )
        .await?;
    }
    Ok(())
}

/// Les fichiers d'une source : ceux d'une archive sont déployés, chacun dans un fichier sans nom.
///
/// # Errors
/// L'archive est illisible, ou le système refuse.
pub(crate) fn deployer(source: File, nom: &str) -> Result<Vec<(String, File)>> {
    let mut deployes = Vec::new();
    dsn::fichiers(source, nom, |lecture, nom| {
        let mut fichier = tempfile::tempfile().context("aucun fichier temporaire ne peut être créé")?;
        io::copy(lecture, &mut fichier).map_err(|e| dsn::Faute::de_lecture(&e).dans(nom))?;
        fichier.seek(SeekFrom::Start(0))?;
        deployes.push((nom.to_owned(), fichier));
        Ok::<(), anyhow::Error>(())
    })?;
    Ok(deployes)
}

/// La faute est-elle celle du fichier, et non de la base ?
fn est_du_fichier(e: &anyhow::Error) -> bool {
    if e.downcast_ref::<dsn::Erreur>().is_some() {
        return true;
    }
    matches!(
        e.downcast_ref::<rapprochement::Erreur>(),
        Some(
            rapprochement::Erreur::Dsn(_)
                | rapprochement::Erreur::Declaration { .. }
                | rapprochement::Erreur::Depassement(_)
        )
    )
}
