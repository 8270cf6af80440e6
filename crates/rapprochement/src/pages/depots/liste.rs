//! Les dépôts, tels que la base les garde.

use acces::{Permis, actions};
use jiff::{SignedDuration, Timestamp};
use storage::{Tx, sql};
use web::{Curseur, Pagination, Suite};

use crate::Erreur;

/// Un dépôt qui n'a rien gardé depuis plus longtemps ne travaille plus : un lot s'écrit en une seconde.
const SILENCE: SignedDuration = SignedDuration::from_mins(1);

/// Où en est un dépôt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Etat {
    Termine,
    /// En pour cent de ce qui est lu.
    EnCours(u64),
    Interrompu,
}

/// Un dépôt.
#[derive(sqlx::FromRow)]
pub(super) struct Depot {
    pub(super) id: i64,
    pub(super) nom: String,
    depose_le: String,
    pub(super) auteur: String,
    pub(super) lues: i64,
    pub(super) gardees: i64,
    pub(super) autres_caisses: i64,
    pub(super) sans_effet: i64,
    pub(super) signalements: i64,
    termine: i64,
    octets: i64,
    octets_lus: i64,
    avance_le: Option<String>,
}

/// Une page de dépôts, du plus récent au plus ancien, et ce qu'il y a autour.
pub(super) async fn depots(
    tx: &mut Tx,
    permis: &Permis<actions::ConsulterDsn>,
    pagination: &Pagination,
) -> Result<(Vec<Depot>, Suite), Erreur> {
    if !permis.perimetre().identification {
        return Ok((Vec::new(), Suite::default()));
    }
    let (curseur, a_rebours) = pagination.curseur();
    let place: Option<i64> = curseur.and_then(|c| c.texte().parse().ok());
    let requete = if a_rebours {
        sql!(
            "SELECT p.id, p.nom, p.depose_le, p.auteur, p.lues, \
             (SELECT COUNT(*) FROM dsn_declaration d WHERE d.depot_id = p.id) AS gardees, \
             p.autres_caisses, p.sans_effet, p.signalements, p.termine, p.octets, p.octets_lus, p.avance_le \
             FROM dsn_depot p WHERE p.id > $1 ORDER BY p.id LIMIT $2"
        )
        .bind(place.unwrap_or_default())
    } else {
        sql!(
            "SELECT p.id, p.nom, p.depose_le, p.auteur, p.lues, \
             (SELECT COUNT(*) FROM dsn_declaration d WHERE d.depot_id = p.id) AS gardees, \
             p.autres_caisses, p.sans_effet, p.signalements, p.termine, p.octets, p.octets_lus, p.avance_le \
             FROM dsn_depot p WHERE p.id < $1 ORDER BY p.id DESC LIMIT $2"
        )
        .bind(place.unwrap_or(i64::MAX))
    };
    let depots: Vec<Depot> = requete
        .bind(i64::from(pagination.taille()) + 1)
        .toutes(tx)
        .await?;
    Ok(pagination.decouper(depots, place.is_some(), |d| Curseur::nouveau(d.id.to_string())))
}

/// Les noms des dépôts qui travaillent.
pub(super) async fn en_cours(
    tx: &mut Tx,
    permis: &Permis<actions::ConsulterDsn>,
    maintenant: Timestamp,
) -> Result<Vec<String>, Erreur> {
    if !permis.perimetre().identification {
        return Ok(Vec::new());
    }
    let ouverts: Vec<(String, Option<String>)> =
        sql!("SELECT nom, avance_le FROM dsn_depot WHERE termine = 0 ORDER BY id DESC LIMIT 100")
            .toutes(tx)
            .await?;
    let travaille = |o: &(String, Option<String>)| recent(o.1.as_deref(), maintenant);
    Ok(ouverts.into_iter().filter(travaille).map(|o| o.0).collect())
}

fn recent(avance_le: Option<&str>, maintenant: Timestamp) -> bool {
    let instant = avance_le.and_then(|t| t.parse::<Timestamp>().ok());
    instant.is_some_and(|t| maintenant.duration_since(t) <= SILENCE)
}

impl Depot {
    pub(super) fn depose_le(&self) -> Result<Timestamp, Erreur> {
        self.depose_le.parse().map_err(|_| Erreur::Illisible("instant"))
    }

    pub(super) fn etat(&self, maintenant: Timestamp) -> Etat {
        if self.termine == 1 {
            return Etat::Termine;
        }
        if !recent(self.avance_le.as_deref(), maintenant) {
            return Etat::Interrompu;
        }
        let lus = u64::try_from(self.octets_lus).unwrap_or_default();
        let octets = u64::try_from(self.octets).unwrap_or_default();
        Etat::EnCours(lus.saturating_mul(100).checked_div(octets).unwrap_or_default())
    }

    /// Déclarations que la base tenait déjà d'un autre fichier.
    pub(super) fn deja_connues(&self) -> i64 {
        self.lues - self.gardees - self.autres_caisses - self.sans_effet - self.signalements
    }
}
