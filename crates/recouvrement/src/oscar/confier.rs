//! Qui suit quel dossier : le confier, le rendre au service, passer tout un portefeuille.

use std::collections::{BTreeSet, HashMap};

use acces::{Action, Permis, Role, actions};
use storage::{Lot, Tx, sql};

use crate::Erreur;

type Gerer = Permis<actions::GererPortefeuille>;

/// Confie ces dossiers à un agent du service, ou les rend au service ; rend combien ont changé de main. Ceux qui ne sont
/// pas des branches du permis sont laissés. `agent` est un identifiant que l'appelant a vérifié.
///
/// Les rappels à faire du dernier agent qui l'a suivi vont au suivant, même si le service l'a eu entre eux : le travail suit
/// le dossier.
///
/// # Errors
/// Le refus de la base.
pub async fn confier(
    tx: &mut Tx,
    permis: &Gerer,
    service: Role,
    dossiers: &[i64],
    agent: Option<&str>,
) -> Result<usize, Erreur> {
    // Deux agents qui se confient le même dossier : l'histoire et le portefeuille diraient autre chose.
    tx.verrouiller_travail("portefeuilles").await?;
    let siens = siens(tx, permis, dossiers).await?;
    let actuels: Vec<(i64, String)> = Lot::nouveau()
        .entiers("dossier", siens.iter().copied())
        .textes("service", siens.iter().map(|_| service.code()))
        .toutes(
            tx,
            "SELECT p.dossier_id, p.agent FROM v CROSS JOIN portefeuille p \
             WHERE p.dossier_id = v.dossier AND p.service = v.service",
        )
        .await?;
    let actuels: HashMap<i64, String> = actuels.into_iter().collect();
    let changent: Vec<i64> = siens
        .into_iter()
        .filter(|id| actuels.get(id).map(String::as_str) != agent)
        .collect();
    let derniers = derniers(tx, service, &changent).await?;
    noter(tx, permis, service, &changent, agent).await?;
    let dossiers = || Lot::nouveau().entiers("dossier", changent.iter().copied());
    match agent {
        None => {
            dossiers()
                .textes("service", changent.iter().map(|_| service.code()))
                .executer(
                    tx,
                    "DELETE FROM portefeuille WHERE dossier_id IN (SELECT dossier FROM v) \
                     AND service IN (SELECT service FROM v)",
                )
                .await?;
        }
        Some(agent) => {
            dossiers()
                .textes("service", changent.iter().map(|_| service.code()))
                .textes("agent", changent.iter().map(|_| agent))
                .textes("depuis", changent.iter().map(|_| permis.quand().to_string()))
                .executer(
                    tx,
                    "INSERT INTO portefeuille (dossier_id, service, agent, depuis) \
                     SELECT dossier, service, agent, depuis FROM v WHERE 1 = 1 \
                     ON CONFLICT (dossier_id, service) DO UPDATE SET agent = excluded.agent, depuis = excluded.depuis",
                )
                .await?;
            Lot::nouveau()
                .entiers("dossier", derniers.iter().map(|(id, _)| *id))
                .textes("ancien", derniers.iter().map(|(_, ancien)| ancien.as_str()))
                .textes("nouveau", derniers.iter().map(|_| agent))
                .executer(
                    tx,
                    "UPDATE rappel SET agent = v.nouveau FROM v WHERE rappel.dossier_id = v.dossier \
                     AND rappel.agent = v.ancien AND rappel.fait_le IS NULL",
                )
                .await?;
        }
    }
    Ok(changent.len())
}

/// Ceux de ces dossiers qui sont des branches du permis, une fois chacun, par numéro.
pub(super) async fn siens(tx: &mut Tx, permis: &Gerer, dossiers: &[i64]) -> Result<Vec<i64>, Erreur> {
    let uniques: BTreeSet<i64> = dossiers.iter().copied().collect();
    let mut siens: Vec<(i64,)> = Lot::nouveau()
        .entiers("dossier", uniques.iter().copied())
        .entiers("branches", uniques.iter().map(|_| permis.perimetre().branches))
        .toutes(
            tx,
            "SELECT d.id FROM v CROSS JOIN debiteur d WHERE d.id = v.dossier AND (d.branches & v.branches) <> 0",
        )
        .await?;
    siens.sort_unstable();
    Ok(siens.into_iter().map(|(id,)| id).collect())
}

/// Le dernier agent du service qui a suivi chacun de ces dossiers, même rendu depuis.
async fn derniers(tx: &mut Tx, service: Role, dossiers: &[i64]) -> Result<Vec<(i64, String)>, Erreur> {
    Ok(Lot::nouveau()
        .entiers("dossier", dossiers.iter().copied())
        .textes("service", dossiers.iter().map(|_| service.code()))
        .toutes(
            tx,
            "SELECT a.dossier_id, a.agent FROM v CROSS JOIN attribution_dossier a \
             WHERE a.id = (SELECT MAX(b.id) FROM attribution_dossier b WHERE b.dossier_id = v.dossier \
             AND b.service = v.service AND b.agent IS NOT NULL)",
        )
        .await?)
}

async fn noter(
    tx: &mut Tx,
    permis: &Gerer,
    service: Role,
    dossiers: &[i64],
    agent: Option<&str>,
) -> Result<(), Erreur> {
    let numeros = tx.reserver("attribution_dossier", dossiers.len()).await?;
    Lot::nouveau()
        .entiers("id", numeros)
        .entiers("dossier", dossiers.iter().copied())
        .textes("service", dossiers.iter().map(|_| service.code()))
        .entiers("branches", dossiers.iter().map(|_| permis.perimetre().branches))
        .textes_opt("agent", dossiers.iter().map(|_| agent))
        .textes("quand", dossiers.iter().map(|_| permis.quand().to_string()))
        .textes("auteur", dossiers.iter().map(|_| permis.acteur()))
        .executer(
            tx,
            "INSERT INTO attribution_dossier (id, dossier_id, service, branches, agent, attribue_le, auteur) \
             SELECT id, dossier, service, branches, agent, quand, auteur FROM v",
        )
        .await?;
    Ok(())
}

/// Passe tout le portefeuille d'un agent du service à un autre, ou le rend au service ; rend combien de dossiers ont
/// changé de main.
///
/// # Errors
/// Le refus de la base.
pub async fn passer(
    tx: &mut Tx,
    permis: &Gerer,
    service: Role,
    de: &str,
    a: Option<&str>,
) -> Result<usize, Erreur> {
    tx.verrouiller_travail("portefeuilles").await?;
    let dossiers: Vec<(i64,)> =
        sql!("SELECT dossier_id FROM portefeuille WHERE service = $1 AND agent = $2 ORDER BY dossier_id")
            .bind(service.code())
            .bind(de)
            .toutes(tx)
            .await?;
    let dossiers: Vec<i64> = dossiers.into_iter().map(|(id,)| id).collect();
    confier(tx, permis, service, &dossiers, a).await
}

/// Les agents du service qui suivent au moins un dossier, par identifiant : ceux qui sont partis y sont encore.
///
/// # Errors
/// Le refus de la base.
pub async fn suivants<A: Action>(tx: &mut Tx, _: &Permis<A>, service: Role) -> Result<Vec<String>, Erreur> {
    let agents: Vec<(String,)> =
        sql!("SELECT DISTINCT agent FROM portefeuille WHERE service = $1 ORDER BY agent")
            .bind(service.code())
            .toutes(tx)
            .await?;
    Ok(agents.into_iter().map(|(agent,)| agent).collect())
}
