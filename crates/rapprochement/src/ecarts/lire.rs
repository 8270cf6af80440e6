//! Les écarts constatés, en liste et un à un, et leur histoire.

use std::collections::BTreeSet;

use acces::{Action, Permis};
use jiff::Timestamp;
use storage::{Db, Requete, Tx, sql};
use valeurs::{DossierId, Montant, Periode, Siret};
use web::{ColonneTriable, Sens, Tri};

use super::constater::rapprocher_lot;
use super::{COMMENTAIRE, Etat, Geste, Motif};
use crate::Erreur;
use crate::charger;
use crate::lire::premier_mois;
use crate::rapprocher::{Classe, MoisRapproche, Preuve};

/// Ce par quoi la liste des écarts se range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParEcart {
    Montant,
    Mois,
}

impl ColonneTriable for ParEcart {
    const TOUTES: &'static [Self] = &[Self::Montant, Self::Mois];
    const DEFAUT: Tri<Self> = Tri {
        colonne: Self::Montant,
        sens: Sens::Decroissant,
    };

    fn cle(self) -> &'static str {
        match self {
            Self::Montant => "montant",
            Self::Mois => "mois",
        }
    }
}

/// Ce qu'on cherche parmi les écarts ; ce qui manque ne filtre pas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FiltreEcarts {
    pub(crate) etat: Option<Etat>,
    pub(crate) classe: Option<Classe>,
    pub(crate) mois: Option<Periode>,
    /// Identifiant de l'agent à qui ils sont attribués.
    pub(crate) agent: Option<String>,
    /// D'un montant d'au moins.
    pub(crate) montant_min: Option<Montant>,
}

/// Un écart, et l'employeur qu'il concerne.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct EcartMontre {
    pub(crate) id: i64,
    pub(crate) siret: Siret,
    pub(crate) mois: Periode,
    pub(crate) classe: Classe,
    pub(crate) montant: Montant,
    pub(crate) constate_le: jiff::civil::Date,
    pub(crate) etat: Etat,
    pub(crate) agent: Option<String>,
    /// Le dossier de l'employeur, et son nom, si la caisse le connaît.
    pub(crate) employeur: Option<(DossierId, String)>,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    id: i64,
    siret: String,
    mois: String,
    classe: String,
    montant_centimes: i64,
    constate_le: String,
    etat: String,
    agent: Option<String>,
    dossier_id: Option<i64>,
    nom: Option<String>,
}

impl Ligne {
    fn lire(self) -> Result<EcartMontre, Erreur> {
        Ok(EcartMontre {
            id: self.id,
            siret: self.siret.parse().map_err(|_| Erreur::Illisible("siret"))?,
            mois: charger::periode(&self.mois)?,
            classe: self.classe.parse().map_err(|()| Erreur::Illisible("classe"))?,
            montant: Montant::de_centimes(self.montant_centimes),
            constate_le: charger::jour(&self.constate_le)?,
            etat: self.etat.parse().map_err(|()| Erreur::Illisible("etat"))?,
            agent: self.agent,
            employeur: self.dossier_id.map(DossierId::new).zip(self.nom),
        })
    }
}

/// `limite` écarts au plus, après l'écart `apres` dans l'ordre de `tri` ; rien si `apres` n'existe pas.
///
/// # Errors
/// Le refus de la base.
pub(crate) async fn page(
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    filtre: &FiltreEcarts,
    tri: Tri<ParEcart>,
    apres: Option<i64>,
    limite: u32,
) -> Result<Vec<EcartMontre>, Erreur> {
    if !permis.perimetre().identification {
        return Ok(Vec::new());
    }
    let place: Option<(String, i64)> = match apres {
        None => None,
        Some(id) => {
            let connue = sql!("SELECT mois, montant_centimes FROM ecart WHERE id = $1")
                .bind(id)
                .au_plus_une(tx)
                .await?;
            if connue.is_none() {
                return Ok(Vec::new());
            }
            connue
        }
    };
    // Un filtre absent est le texte vide : un seul texte par ordre, que son index sert.
    let requete = match (tri.colonne, tri.sens) {
        (ParEcart::Montant, Sens::Croissant) => sql!(
            "SELECT e.id, e.siret, e.mois, e.classe, e.montant_centimes, e.constate_le, e.etat, e.agent, \
             d.id AS dossier_id, d.nom FROM ecart e LEFT JOIN debiteur d ON d.siret = e.siret \
             WHERE ($1 = '' OR e.etat = $1) AND ($2 = '' OR e.classe = $2) AND ($3 = '' OR e.mois = $3) \
             AND ($4 = '' OR e.agent = $4) AND e.montant_centimes >= $5 \
             AND (e.montant_centimes, e.id) > ($6, $7) ORDER BY e.montant_centimes, e.id LIMIT $8"
        ),
        (ParEcart::Montant, Sens::Decroissant) => sql!(
            "SELECT e.id, e.siret, e.mois, e.classe, e.montant_centimes, e.constate_le, e.etat, e.agent, \
             d.id AS dossier_id, d.nom FROM ecart e LEFT JOIN debiteur d ON d.siret = e.siret \
             WHERE ($1 = '' OR e.etat = $1) AND ($2 = '' OR e.classe = $2) AND ($3 = '' OR e.mois = $3) \
             AND ($4 = '' OR e.agent = $4) AND e.montant_centimes >= $5 \
             AND (e.montant_centimes, e.id) < ($6, $7) ORDER BY e.montant_centimes DESC, e.id DESC LIMIT $8"
        ),
        (ParEcart::Mois, Sens::Croissant) => sql!(
            "SELECT e.id, e.siret, e.mois, e.classe, e.montant_centimes, e.constate_le, e.etat, e.agent, \
             d.id AS dossier_id, d.nom FROM ecart e LEFT JOIN debiteur d ON d.siret = e.siret \
             WHERE ($1 = '' OR e.etat = $1) AND ($2 = '' OR e.classe = $2) AND ($3 = '' OR e.mois = $3) \
             AND ($4 = '' OR e.agent = $4) AND e.montant_centimes >= $5 \
             AND (e.mois, e.id) > ($6, $7) ORDER BY e.mois, e.id LIMIT $8"
        ),
        (ParEcart::Mois, Sens::Decroissant) => sql!(
            "SELECT e.id, e.siret, e.mois, e.classe, e.montant_centimes, e.constate_le, e.etat, e.agent, \
             d.id AS dossier_id, d.nom FROM ecart e LEFT JOIN debiteur d ON d.siret = e.siret \
             WHERE ($1 = '' OR e.etat = $1) AND ($2 = '' OR e.classe = $2) AND ($3 = '' OR e.mois = $3) \
             AND ($4 = '' OR e.agent = $4) AND e.montant_centimes >= $5 \
             AND (e.mois, e.id) < ($6, $7) ORDER BY e.mois DESC, e.id DESC LIMIT $8"
        ),
    };
    let requete = requete
        .bind(filtre.etat.map(Etat::code).unwrap_or_default())
        .bind(filtre.classe.map(Classe::slug).unwrap_or_default())
        .bind(filtre.mois.map(|m| m.to_string()).unwrap_or_default())
        .bind(filtre.agent.as_deref().unwrap_or_default())
        .bind(filtre.montant_min.map_or(i64::MIN, Montant::centimes));
    let lignes: Vec<Ligne> = placer(requete, tri, place, apres)
        .bind(i64::from(limite))
        .toutes(tx)
        .await?;
    lignes.into_iter().map(Ligne::lire).collect()
}

/// Lie la place où la page commence ; sans elle, une valeur d'avant toutes les autres dans ce sens.
fn placer(
    requete: Requete<'_>,
    tri: Tri<ParEcart>,
    place: Option<(String, i64)>,
    apres: Option<i64>,
) -> Requete<'_> {
    let (mois, montant, id) = match tri.sens {
        Sens::Croissant => (String::new(), i64::MIN, -1),
        Sens::Decroissant => ("~".to_owned(), i64::MAX, i64::MAX),
    };
    let id = apres.unwrap_or(id);
    let (mois, montant) = place.unwrap_or((mois, montant));
    match tri.colonne {
        ParEcart::Montant => requete.bind(montant).bind(id),
        ParEcart::Mois => requete.bind(mois).bind(id),
    }
}

/// Un écart.
///
/// # Errors
/// Le refus de la base.
pub(crate) async fn ecart(tx: &mut Tx, id: i64) -> Result<Option<EcartMontre>, Erreur> {
    let ligne: Option<Ligne> = sql!(
        "SELECT e.id, e.siret, e.mois, e.classe, e.montant_centimes, e.constate_le, e.etat, e.agent, \
         d.id AS dossier_id, d.nom FROM ecart e LEFT JOIN debiteur d ON d.siret = e.siret WHERE e.id = $1"
    )
    .bind(id)
    .au_plus_une(tx)
    .await?;
    ligne.map(Ligne::lire).transpose()
}

/// Les écarts voisins dans le même état et au même agent, du plus gros au plus petit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Voisins {
    pub(crate) precedent: Option<i64>,
    pub(crate) suivant: Option<i64>,
}

/// Les voisins d'un écart dans la liste d'un état et d'un agent : de quoi les traiter l'un après l'autre.
///
/// # Errors
/// Le refus de la base.
pub(crate) async fn voisins(
    tx: &mut Tx,
    montre: &EcartMontre,
    etat: Etat,
    agent: Option<&str>,
) -> Result<Voisins, Erreur> {
    let precedent: Option<(i64,)> = sql!(
        "SELECT id FROM ecart WHERE etat = $1 AND COALESCE(agent, '') = $2 AND (montant_centimes, id) > ($3, $4) \
         ORDER BY montant_centimes, id LIMIT 1"
    )
    .bind(etat.code())
    .bind(agent.unwrap_or_default())
    .bind(montre.montant)
    .bind(montre.id)
    .au_plus_une(tx)
    .await?;
    let suivant: Option<(i64,)> = sql!(
        "SELECT id FROM ecart WHERE etat = $1 AND COALESCE(agent, '') = $2 AND (montant_centimes, id) < ($3, $4) \
         ORDER BY montant_centimes DESC, id DESC LIMIT 1"
    )
    .bind(etat.code())
    .bind(agent.unwrap_or_default())
    .bind(montre.montant)
    .bind(montre.id)
    .au_plus_une(tx)
    .await?;
    Ok(Voisins {
        precedent: precedent.map(|(id,)| id),
        suivant: suivant.map(|(id,)| id),
    })
}

/// Ce qui est arrivé à un écart.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct GesteMontre {
    pub(crate) quand: Timestamp,
    pub(crate) auteur: String,
    pub(crate) geste: Geste,
    /// À qui il a été attribué.
    pub(crate) agent: Option<String>,
    pub(crate) motif: Option<Motif>,
    /// La somme de l'écart ce jour-là.
    pub(crate) montant: Montant,
    pub(crate) commentaire: Option<String>,
}

type LigneGeste = (
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    i64,
    Option<Vec<u8>>,
);

/// L'histoire d'un écart, du plus récent au plus ancien ; les commentaires ne s'y lisent qu'avec la classe
/// « commentaires ».
///
/// # Errors
/// Le refus de la base ou du coffre.
pub(crate) async fn gestes(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    montre: &EcartMontre,
) -> Result<Vec<GesteMontre>, Erreur> {
    let lignes: Vec<LigneGeste> = sql!(
        "SELECT quand, auteur, geste, agent, motif, montant_centimes, commentaire_scelle FROM geste_ecart \
         WHERE ecart_id = $1 ORDER BY id DESC"
    )
    .bind(montre.id)
    .toutes(tx)
    .await?;
    let a_lire = permis.perimetre().commentaires && lignes.iter().any(|l| l.6.is_some());
    let cle = match &montre.employeur {
        Some((dossier, _)) if a_lire => Some(db.coffre().cle(dossier.get()).await?),
        _ => None,
    };
    let gestes = lignes
        .into_iter()
        .map(|(quand, auteur, geste, agent, motif, montant, scelle)| {
            let commentaire = scelle.zip(cle.as_ref());
            Ok(GesteMontre {
                quand: quand.parse().map_err(|_| Erreur::Illisible("instant"))?,
                auteur,
                geste: geste.parse().map_err(|()| Erreur::Illisible("geste"))?,
                agent,
                motif: motif
                    .map(|m| m.parse().map_err(|()| Erreur::Illisible("motif")))
                    .transpose()?,
                montant: Montant::de_centimes(montant),
                commentaire: commentaire
                    .map(|(scelle, cle)| cle.desceller(COMMENTAIRE, &scelle))
                    .transpose()?,
            })
        });
    gestes.collect()
}

/// Le mois d'un écart tel que les faits le montrent au jour donné, et où l'écart s'y voit ; rien s'ils ne le montrent
/// plus.
///
/// # Errors
/// Le refus de la base.
pub(crate) async fn preuves(
    db: &Db,
    montre: &EcartMontre,
    au: jiff::civil::Date,
) -> Result<Option<(MoisRapproche, Vec<Preuve>)>, Erreur> {
    let sirets = BTreeSet::from([montre.siret.as_str().to_owned()]);
    let lignes = rapprocher_lot(db, &sirets, premier_mois(db).await?, au).await?;
    let trouve = lignes
        .into_iter()
        .find(|l| l.mois == montre.mois)
        .and_then(|mois| {
            let ecart = mois.ecarts.iter().find(|e| e.classe == montre.classe)?;
            let preuves = ecart.preuves.clone();
            Some((mois, preuves))
        });
    Ok(trouve)
}
