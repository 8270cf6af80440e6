//! L'activité des agents : volumes, âges et issues d'une période. Aucun débiteur n'y est nommé.

use std::collections::BTreeMap;

use acces::{Action, Permis};
use jiff::civil::Date;
use storage::{Tx, sql};
use valeurs::Montant;

use crate::Erreur;
use crate::procedure::jour;

/// Une période, en instants gardés : du premier, inclus, au second, exclu ; et ses jours, inclus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bornes {
    /// Premier jour.
    pub du: Date,
    /// Dernier jour.
    pub au: Date,
    /// Premier instant.
    pub debut: jiff::Timestamp,
    /// L'instant d'après le dernier.
    pub fin: jiff::Timestamp,
}

/// L'activité d'un agent, ou la somme de celle d'une équipe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activite {
    /// Étapes de procédure enregistrées.
    pub etapes: u64,
    /// Actes émis.
    pub actes: u64,
    /// Parmi eux, reçus.
    pub recus: u64,
    /// Parmi eux, non réclamés ou revenus.
    pub sans_effet: u64,
    /// Rappels faits.
    pub rappels: u64,
    /// Dossiers du portefeuille qui doivent encore, aujourd'hui.
    pub dossiers: u64,
    /// Ce qu'ils doivent.
    pub reste: Montant,
    /// L'exigibilité de la plus ancienne de leurs créances.
    pub depuis: Option<Date>,
    /// Ce qui y a été encaissé dans la période.
    pub encaisse: Montant,
}

impl Activite {
    /// La somme de deux activités.
    ///
    /// # Errors
    /// Un montant trop grand.
    pub fn plus(&self, autre: &Self) -> Result<Self, Erreur> {
        Ok(Self {
            etapes: self.etapes + autre.etapes,
            actes: self.actes + autre.actes,
            recus: self.recus + autre.recus,
            sans_effet: self.sans_effet + autre.sans_effet,
            rappels: self.rappels + autre.rappels,
            dossiers: self.dossiers + autre.dossiers,
            reste: self.reste.checked_add(autre.reste)?,
            depuis: self.depuis.into_iter().chain(autre.depuis).min(),
            encaisse: self.encaisse.checked_add(autre.encaisse)?,
        })
    }
}

/// L'activité de chaque agent sur la période, par identifiant ; d'un seul s'il est dit.
///
/// Le permis est d'une action qui ne montre aucun débiteur : il est journalisé, sa portée ne filtre rien ici.
///
/// # Errors
/// Le refus de la base ; un montant trop grand.
pub async fn activite<A: Action>(
    tx: &mut Tx,
    _: &Permis<A>,
    bornes: &Bornes,
    agent: Option<&str>,
) -> Result<BTreeMap<String, Activite>, Erreur> {
    let seul = agent.unwrap_or_default();
    let (debut, fin) = (bornes.debut.to_string(), bornes.fin.to_string());
    let mut activites: BTreeMap<String, Activite> = BTreeMap::new();
    let etapes: Vec<(String, i64)> = sql!(
        "SELECT auteur, COUNT(*) FROM fait_procedure WHERE enregistre_le >= $1 AND enregistre_le < $2 \
         AND ($3 = '' OR auteur = $3) GROUP BY auteur"
    )
    .bind(&debut)
    .bind(&fin)
    .bind(seul)
    .toutes(tx)
    .await?;
    for (auteur, n) in etapes {
        activites.entry(auteur).or_default().etapes = nombre(n)?;
    }
    let actes: Vec<(String, i64, i64, i64)> = sql!(
        "SELECT a.auteur, COUNT(*), COUNT(CASE WHEN s.etat = 'recu' THEN 1 END), \
         COUNT(CASE WHEN s.etat IN ('non_reclame', 'revenu') THEN 1 END) FROM acte a \
         JOIN avancement_acte s ON s.acte_id = a.id WHERE a.emis_le BETWEEN $1 AND $2 \
         AND ($3 = '' OR a.auteur = $3) GROUP BY a.auteur"
    )
    .bind(bornes.du.to_string())
    .bind(bornes.au.to_string())
    .bind(seul)
    .toutes(tx)
    .await?;
    for (auteur, emis, recus, sans_effet) in actes {
        let sienne = activites.entry(auteur).or_default();
        sienne.actes = nombre(emis)?;
        sienne.recus = nombre(recus)?;
        sienne.sans_effet = nombre(sans_effet)?;
    }
    let rappels: Vec<(String, i64)> = sql!(
        "SELECT fait_par, COUNT(*) FROM rappel WHERE fait_le >= $1 AND fait_le < $2 \
         AND ($3 = '' OR fait_par = $3) GROUP BY fait_par"
    )
    .bind(&debut)
    .bind(&fin)
    .bind(seul)
    .toutes(tx)
    .await?;
    for (auteur, n) in rappels {
        activites.entry(auteur).or_default().rappels = nombre(n)?;
    }
    portefeuilles(tx, bornes, seul, &mut activites).await?;
    Ok(activites)
}

/// Ce que les portefeuilles d'aujourd'hui doivent, et ce qui y a été encaissé ; un dossier ne compte que les créances
/// que le service de son agent suit ici : les cotisations (décision 18-07, article 1).
async fn portefeuilles(
    tx: &mut Tx,
    bornes: &Bornes,
    seul: &str,
    activites: &mut BTreeMap<String, Activite>,
) -> Result<(), Erreur> {
    let suivis: Vec<(String, i64, i64, String)> = sql!(
        "SELECT p.agent, COUNT(DISTINCT c.dossier_id), CAST(SUM(c.reste_centimes) AS BIGINT), MIN(c.exigible_le) \
         FROM portefeuille p CROSS JOIN creance c WHERE ($1 = '' OR p.agent = $1) AND c.dossier_id = p.dossier_id \
         AND c.reste_centimes > 0 AND c.branche = 1 GROUP BY p.agent"
    )
    .bind(seul)
    .toutes(tx)
    .await?;
    for (agent, dossiers, reste, depuis) in suivis {
        let sienne = activites.entry(agent).or_default();
        sienne.dossiers = nombre(dossiers)?;
        sienne.reste = Montant::de_centimes(reste);
        sienne.depuis = Some(jour(&depuis)?);
    }
    let encaisses: Vec<(String, i64)> = sql!(
        "SELECT p.agent, CAST(-SUM(e.montant_centimes) AS BIGINT) FROM portefeuille p CROSS JOIN ecriture e \
         CROSS JOIN creance c WHERE ($3 = '' OR p.agent = $3) AND e.dossier_id = p.dossier_id \
         AND e.jour BETWEEN $1 AND $2 AND e.encaissement_id IS NOT NULL AND c.id = e.creance_id \
         AND c.branche = 1 GROUP BY p.agent"
    )
    .bind(bornes.du.to_string())
    .bind(bornes.au.to_string())
    .bind(seul)
    .toutes(tx)
    .await?;
    for (agent, encaisse) in encaisses {
        activites.entry(agent).or_default().encaisse = Montant::de_centimes(encaisse);
    }
    Ok(())
}

fn nombre(n: i64) -> Result<u64, Erreur> {
    u64::try_from(n).map_err(|_| Erreur::Illisible("nombre"))
}
