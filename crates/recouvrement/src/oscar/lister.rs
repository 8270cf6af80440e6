//! Les débiteurs à suivre : ce qu'ils doivent, depuis quand, et ce qui arrive.
//!
//! Un portefeuille part de ses dossiers ; la liste de tous est une seule passe de l'index `creance_a_recouvrer`, dont la
//! requête écrit le prédicat. Ce que les colonnes montrent de plus se lit ensuite, pour les dossiers de la page.

use std::collections::HashMap;

use acces::{Permis, Role, actions};
use droit::Nature;
use jiff::ToSpan as _;
use jiff::civil::Date;
use storage::{Lot, Requete, Tx, sql};
use valeurs::{DossierId, Montant};
use web::{ColonneTriable, Sens, Tri};

use super::{FiltreOscar, Suivi};
use crate::Erreur;
use crate::procedure::jour;

/// Un jour après tous ceux qu'une base tient : la place de ce qui n'a pas de limite.
const SANS_LIMITE: &str = "9999-12-31";

/// Ce par quoi la liste se range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParDossier {
    /// Ce qui reste dû.
    Montant,
    /// La prochaine limite.
    Limite,
}

impl ColonneTriable for ParDossier {
    const TOUTES: &'static [Self] = &[Self::Montant, Self::Limite];
    const DEFAUT: Tri<Self> = Tri {
        colonne: Self::Montant,
        sens: Sens::Decroissant,
    };

    fn cle(self) -> &'static str {
        match self {
            Self::Montant => "montant",
            Self::Limite => "limite",
        }
    }
}

/// Un débiteur à suivre.
#[derive(Clone, PartialEq, Eq)]
pub struct Suivable {
    /// Dossier.
    pub dossier: DossierId,
    /// Nom, ou raison sociale.
    pub nom: String,
    /// Prénom ; vide pour une société.
    pub prenom: String,
    /// Matricule.
    pub matricule: String,
    /// Ce qui reste dû sur les créances qui répondent.
    pub reste: Montant,
    /// Combien répondent.
    pub creances: u64,
    /// L'exigibilité de la plus ancienne d'entre elles.
    pub depuis: Date,
    /// Qui le suit dans le service.
    pub agent: Option<String>,
    /// La prochaine limite de ses créances, ce jour compris.
    pub limite: Option<Date>,
    /// Sa dernière étape de procédure, et son jour.
    pub procedure: Option<(Date, String)>,
    /// Le jour du dernier paiement imputé sur ses créances.
    pub paiement: Option<Date>,
}

type LigneSomme = (i64, i64, i64, String);

/// `limite` dossiers au plus, après le dossier `apres` dans l'ordre de `tri` ; rien si `apres` ne répond plus au filtre.
///
/// # Errors
/// Le refus de la base ; une date qui ne se calcule pas.
#[expect(
    clippy::too_many_arguments,
    reason = "ce qu'une page demande, et qui la demande"
)]
pub async fn page(
    tx: &mut Tx,
    permis: &Permis<actions::GererPortefeuille>,
    service: Role,
    filtre: &FiltreOscar,
    tri: Tri<ParDossier>,
    apres: Option<DossierId>,
    limite: u32,
    aujourdhui: Date,
) -> Result<Vec<Suivable>, Erreur> {
    if !permis.perimetre().identification {
        return Ok(Vec::new());
    }
    let branches = permis.perimetre().branches;
    // La clé se lit toujours en croissant : les plus gros montants d'abord, les limites les plus proches d'abord.
    let signe: i64 = match (tri.colonne, tri.sens) {
        (ParDossier::Montant, Sens::Decroissant) | (ParDossier::Limite, Sens::Croissant) => 1,
        (ParDossier::Montant, Sens::Croissant) | (ParDossier::Limite, Sens::Decroissant) => -1,
    };
    let communs = Communs::nouveaux(branches, filtre, tri.colonne, aujourdhui)?;
    let place = match apres {
        None => (i64::MIN, i64::MIN),
        Some(dossier) => {
            let cle: Option<(i64,)> = communs
                .lier(sql!(
                    "SELECT CASE WHEN $6 = 0 THEN -x.reste ELSE CAST(REPLACE(x.limite, '-', '') AS BIGINT) END FROM (\
                     SELECT CAST(SUM(c.reste_centimes) AS BIGINT) AS reste, COALESCE(MIN(CASE WHEN $6 = 0 THEN NULL \
                     ELSE (SELECT MIN(l.echeance) FROM limite_procedure l WHERE l.creance_id = c.id \
                     AND l.echeance >= $4) END), '9999-12-31') AS limite FROM creance c \
                     WHERE c.dossier_id = $7 AND c.reste_centimes > 0 AND (c.branche & $1) <> 0 \
                     AND ($2 = '' OR c.nature = $2) AND ($3 = '' OR EXISTS (SELECT 1 FROM situation_procedure s \
                     WHERE s.creance_id = c.id AND s.position = $3)) AND ($5 = '' OR EXISTS (SELECT 1 \
                     FROM limite_procedure l WHERE l.creance_id = c.id AND l.echeance BETWEEN $4 AND $5)) \
                     GROUP BY c.dossier_id) x"
                ))
                .bind(dossier)
                .au_plus_une(tx)
                .await?;
            let Some((cle,)) = cle else { return Ok(Vec::new()) };
            (cle * signe, dossier.get() * signe)
        }
    };
    let sommes: Vec<LigneSomme> = match filtre.suivi.agent(permis.acteur()) {
        Some(agent) => {
            communs
                .lier(sql!(
                    "SELECT y.dossier_id, y.reste, y.nombre, y.depuis FROM (SELECT x.dossier_id, x.reste, x.nombre, \
                     x.depuis, CASE WHEN $6 = 0 THEN -x.reste ELSE CAST(REPLACE(x.limite, '-', '') AS BIGINT) END AS cle \
                     FROM (SELECT c.dossier_id, CAST(SUM(c.reste_centimes) AS BIGINT) AS reste, COUNT(*) AS nombre, \
                     MIN(c.exigible_le) AS depuis, COALESCE(MIN(CASE WHEN $6 = 0 THEN NULL ELSE (SELECT MIN(l.echeance) \
                     FROM limite_procedure l WHERE l.creance_id = c.id AND l.echeance >= $4) END), '9999-12-31') AS limite \
                     FROM portefeuille p CROSS JOIN creance c WHERE p.service = $7 AND p.agent = $8 \
                     AND c.dossier_id = p.dossier_id AND c.reste_centimes > 0 AND (c.branche & $1) <> 0 \
                     AND ($2 = '' OR c.nature = $2) AND ($3 = '' OR EXISTS (SELECT 1 FROM situation_procedure s \
                     WHERE s.creance_id = c.id AND s.position = $3)) AND ($5 = '' OR EXISTS (SELECT 1 \
                     FROM limite_procedure l WHERE l.creance_id = c.id AND l.echeance BETWEEN $4 AND $5)) \
                     GROUP BY c.dossier_id) x WHERE x.reste >= $9 AND x.depuis <= $10 AND ($11 = '' OR NOT EXISTS (\
                     SELECT 1 FROM ecriture e JOIN creance r ON r.id = e.creance_id WHERE e.dossier_id = x.dossier_id \
                     AND e.jour > $11 AND e.encaissement_id IS NOT NULL AND e.montant_centimes < 0 \
                     AND (r.branche & $1) <> 0))) y \
                     WHERE (y.cle * $12, y.dossier_id * $12) > ($13, $14) \
                     ORDER BY y.cle * $12, y.dossier_id * $12 LIMIT $15"
                ))
                .bind(service.code())
                .bind(agent)
        }
        None => {
            communs
                .lier(sql!(
                    "SELECT y.dossier_id, y.reste, y.nombre, y.depuis FROM (SELECT x.dossier_id, x.reste, x.nombre, \
                     x.depuis, CASE WHEN $6 = 0 THEN -x.reste ELSE CAST(REPLACE(x.limite, '-', '') AS BIGINT) END AS cle \
                     FROM (SELECT c.dossier_id, CAST(SUM(c.reste_centimes) AS BIGINT) AS reste, COUNT(*) AS nombre, \
                     MIN(c.exigible_le) AS depuis, COALESCE(MIN(CASE WHEN $6 = 0 THEN NULL ELSE (SELECT MIN(l.echeance) \
                     FROM limite_procedure l WHERE l.creance_id = c.id AND l.echeance >= $4) END), '9999-12-31') AS limite \
                     FROM creance c WHERE c.reste_centimes > 0 AND (c.branche & $1) <> 0 \
                     AND ($2 = '' OR c.nature = $2) AND ($3 = '' OR EXISTS (SELECT 1 FROM situation_procedure s \
                     WHERE s.creance_id = c.id AND s.position = $3)) AND ($5 = '' OR EXISTS (SELECT 1 \
                     FROM limite_procedure l WHERE l.creance_id = c.id AND l.echeance BETWEEN $4 AND $5)) \
                     GROUP BY c.dossier_id) x WHERE x.reste >= $9 AND x.depuis <= $10 AND ($11 = '' OR NOT EXISTS (\
                     SELECT 1 FROM ecriture e JOIN creance r ON r.id = e.creance_id WHERE e.dossier_id = x.dossier_id \
                     AND e.jour > $11 AND e.encaissement_id IS NOT NULL AND e.montant_centimes < 0 \
                     AND (r.branche & $1) <> 0)) AND ($8 = 0 OR NOT EXISTS (SELECT 1 FROM portefeuille p \
                     WHERE p.dossier_id = x.dossier_id AND p.service = $7))) y \
                     WHERE (y.cle * $12, y.dossier_id * $12) > ($13, $14) \
                     ORDER BY y.cle * $12, y.dossier_id * $12 LIMIT $15"
                ))
                .bind(service.code())
                .bind(filtre.suivi == Suivi::Libres)
        }
    }
    .bind(filtre.montant_min.map_or(1, Montant::centimes))
    .bind(avant(aujourdhui, filtre.age)?.map_or_else(|| SANS_LIMITE.to_owned(), |jour| jour.to_string()))
    .bind(avant(aujourdhui, filtre.sans_paiement)?.map_or_else(String::new, |jour| jour.to_string()))
    .bind(signe)
    .bind(place.0)
    .bind(place.1)
    .bind(i64::from(limite))
    .toutes(tx)
    .await?;
    detailler(tx, branches, service, sommes, aujourdhui).await
}

/// Les paramètres que tous les textes partagent, $1 à $6.
struct Communs {
    branches: i64,
    nature: String,
    position: String,
    aujourdhui: String,
    jusqua: String,
    par_limite: bool,
}

impl Communs {
    fn nouveaux(
        branches: i64,
        filtre: &FiltreOscar,
        colonne: ParDossier,
        aujourdhui: Date,
    ) -> Result<Self, Erreur> {
        let jusqua = filtre
            .limite
            .map(|jours| aujourdhui.checked_add(i64::from(jours).days()))
            .transpose()
            .map_err(|_| Erreur::Illisible("date"))?;
        Ok(Self {
            branches,
            nature: filtre.nature.map(Nature::code).unwrap_or_default(),
            position: filtre.position.clone().unwrap_or_default(),
            aujourdhui: aujourdhui.to_string(),
            jusqua: jusqua.map_or_else(String::new, |jour| jour.to_string()),
            par_limite: colonne == ParDossier::Limite,
        })
    }

    fn lier<'q>(&'q self, requete: Requete<'q>) -> Requete<'q> {
        requete
            .bind(self.branches)
            .bind(&self.nature)
            .bind(&self.position)
            .bind(&self.aujourdhui)
            .bind(&self.jusqua)
            .bind(self.par_limite)
    }
}

impl Suivi {
    /// L'agent dont c'est le portefeuille, s'il en désigne un.
    fn agent<'a>(&'a self, moi: &'a str) -> Option<&'a str> {
        match self {
            Self::Moi => Some(moi),
            Self::Agent(agent) => Some(agent),
            Self::Libres | Self::Tous => None,
        }
    }
}

fn avant(jour: Date, jours: Option<u16>) -> Result<Option<Date>, Erreur> {
    jours
        .map(|jours| jour.checked_sub(i64::from(jours).days()))
        .transpose()
        .map_err(|_| Erreur::Illisible("date"))
}

/// Ce que les colonnes montrent des dossiers d'une page.
async fn detailler(
    tx: &mut Tx,
    branches: i64,
    service: Role,
    sommes: Vec<LigneSomme>,
    aujourdhui: Date,
) -> Result<Vec<Suivable>, Erreur> {
    let lot = || {
        Lot::nouveau()
            .entiers("dossier", sommes.iter().map(|l| l.0))
            .entiers("branches", sommes.iter().map(|_| branches))
            .textes("service", sommes.iter().map(|_| service.code()))
            .textes("du", sommes.iter().map(|_| aujourdhui.to_string()))
    };
    let noms: Vec<(i64, String, String, String)> = lot()
        .toutes(
            tx,
            "SELECT d.id, d.nom, d.prenom, d.matricule FROM v CROSS JOIN debiteur d WHERE d.id = v.dossier",
        )
        .await?;
    let agents: Vec<(i64, String)> = lot()
        .toutes(
            tx,
            "SELECT p.dossier_id, p.agent FROM v CROSS JOIN portefeuille p \
             WHERE p.dossier_id = v.dossier AND p.service = v.service",
        )
        .await?;
    let limites: Vec<(i64, String)> = lot()
        .toutes(
            tx,
            "SELECT c.dossier_id, MIN(l.echeance) FROM v CROSS JOIN creance c CROSS JOIN limite_procedure l \
             WHERE c.dossier_id = v.dossier AND c.reste_centimes > 0 AND (c.branche & v.branches) <> 0 \
             AND l.creance_id = c.id AND l.echeance >= v.du GROUP BY c.dossier_id",
        )
        .await?;
    let procedures: Vec<(i64, String, String)> = lot()
        .toutes(
            tx,
            "SELECT e.dossier_id, e.jour, e.libelle FROM v CROSS JOIN evenement_dossier e WHERE e.id = (SELECT p.id \
             FROM evenement_dossier p WHERE p.dossier_id = v.dossier AND p.procedure = 1 \
             AND (p.branche & v.branches) <> 0 ORDER BY p.jour DESC, p.id DESC LIMIT 1)",
        )
        .await?;
    let paiements: Vec<(i64, String)> = lot()
        .toutes(
            tx,
            "SELECT e.dossier_id, MAX(e.jour) FROM v CROSS JOIN ecriture e CROSS JOIN creance c \
             WHERE e.dossier_id = v.dossier AND e.encaissement_id IS NOT NULL AND e.montant_centimes < 0 \
             AND c.id = e.creance_id AND (c.branche & v.branches) <> 0 GROUP BY e.dossier_id",
        )
        .await?;
    let mut noms: HashMap<i64, (String, String, String)> = noms
        .into_iter()
        .map(|(id, nom, prenom, matricule)| (id, (nom, prenom, matricule)))
        .collect();
    let mut agents: HashMap<i64, String> = agents.into_iter().collect();
    let limites: HashMap<i64, String> = limites.into_iter().collect();
    let mut procedures: HashMap<i64, (String, String)> = procedures
        .into_iter()
        .map(|(id, le, libelle)| (id, (le, libelle)))
        .collect();
    let paiements: HashMap<i64, String> = paiements.into_iter().collect();
    let date = |texte: Option<&String>| texte.map(|texte| jour(texte)).transpose();
    sommes
        .into_iter()
        .map(|(id, reste, nombre, depuis)| {
            let (nom, prenom, matricule) = noms.remove(&id).ok_or(Erreur::Illisible("dossier"))?;
            let procedure = procedures
                .remove(&id)
                .map(|(le, libelle)| Ok::<_, Erreur>((jour(&le)?, libelle)))
                .transpose()?;
            Ok(Suivable {
                dossier: DossierId::new(id),
                nom,
                prenom,
                matricule,
                reste: Montant::de_centimes(reste),
                creances: u64::try_from(nombre).map_err(|_| Erreur::Illisible("nombre"))?,
                depuis: jour(&depuis)?,
                agent: agents.remove(&id),
                limite: date(limites.get(&id))?,
                procedure,
                paiement: date(paiements.get(&id))?,
            })
        })
        .collect()
}
