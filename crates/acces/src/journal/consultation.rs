use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Db, lire, sql};
use valeurs::DossierId;

use super::ligne::Ligne;
use crate::horloge::debut_du_jour;
use crate::permis::Permis;
use crate::{CodeAction, Role, actions};

/// Ce qu'on cherche dans le journal ; un filtre vide montre tout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FiltreJournal {
    /// Identifiant de l'agent, exact.
    pub acteur: Option<String>,
    /// Code de l'action, ou `connexion`.
    pub action: Option<String>,
    /// Dossier consulté.
    pub dossier: Option<DossierId>,
    /// Premier jour (Paris), compris.
    pub du: Option<Date>,
    /// Dernier jour (Paris), compris.
    pub au: Option<Date>,
}

/// Une ligne du journal, prête à lire : un numéro de dossier, jamais un nom de débiteur.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LigneAffichee {
    /// Numéro de la ligne, croissant.
    pub id: i64,
    /// Quand.
    pub quand: Timestamp,
    /// Identifiant de l'agent, `operateur:UTILISATEUR`, ou `inconnu`.
    pub acteur: String,
    /// Son rôle au moment de l'accès, en toutes lettres.
    pub role: String,
    /// L'action, en toutes lettres.
    pub action: String,
    /// Le dossier, s'il n'y en a qu'un.
    pub dossier: Option<DossierId>,
    /// Lignes montrées.
    pub nombre: i64,
    /// Accordé, ou refusé.
    pub accorde: bool,
    /// Pourquoi.
    pub motif: Option<String>,
    /// Route ou commande.
    pub repere: String,
}

/// Les lignes les plus récentes qui répondent au filtre, avant la ligne `avant` si elle est donnée.
///
/// # Errors
/// La base refuse.
pub async fn consulter_journal(
    db: &Db,
    _: &Permis<actions::ConsulterJournal>,
    filtre: &FiltreJournal,
    avant: Option<i64>,
    taille: u32,
) -> Result<Vec<LigneAffichee>, storage::Erreur> {
    let du = filtre.du.map_or(i64::MIN, |d| debut_du_jour(d).as_millisecond());
    let au = filtre
        .au
        .and_then(|d| d.tomorrow().ok())
        .map_or(i64::MAX, |d| debut_du_jour(d).as_millisecond());
    let acteur = filtre.acteur.as_deref().unwrap_or_default();
    let action = filtre.action.as_deref().unwrap_or_default();
    let lignes: Vec<Ligne> = lire!(db, |tx| {
        // Un texte par premier filtre : chacun suit son index, du plus récent au plus ancien.
        let requete = match (filtre.dossier, acteur) {
            (Some(_), _) => sql!(
                "SELECT id, quand_ms, acteur, role, action, dossier_id, nombre, resultat, motif, repere
                     FROM acces_journal
                     WHERE dossier_id = $7 AND id < $1 AND quand_ms >= $2 AND quand_ms < $3
                       AND ($4 = '' OR action = $4) AND ($5 = '' OR acteur = $5)
                     ORDER BY id DESC LIMIT $6"
            ),
            (None, "") => sql!(
                "SELECT id, quand_ms, acteur, role, action, dossier_id, nombre, resultat, motif, repere
                     FROM acces_journal
                     WHERE id < $1 AND quand_ms >= $2 AND quand_ms < $3
                       AND ($4 = '' OR action = $4) AND $5 = ''
                     ORDER BY id DESC LIMIT $6"
            ),
            (None, _) => sql!(
                "SELECT id, quand_ms, acteur, role, action, dossier_id, nombre, resultat, motif, repere
                     FROM acces_journal
                     WHERE acteur = $5 AND id < $1 AND quand_ms >= $2 AND quand_ms < $3
                       AND ($4 = '' OR action = $4)
                     ORDER BY id DESC LIMIT $6"
            ),
        };
        let requete = requete
            .bind(avant.unwrap_or(i64::MAX))
            .bind(du)
            .bind(au)
            .bind(action)
            .bind(acteur)
            .bind(i64::from(taille));
        match filtre.dossier {
            Some(dossier) => requete.bind(dossier).toutes(tx).await,
            None => requete.toutes(tx).await,
        }
    })?;
    Ok(lignes.into_iter().map(LigneAffichee::from).collect())
}

impl From<Ligne> for LigneAffichee {
    fn from(l: Ligne) -> Self {
        let role = Role::depuis_code(&l.role).map(|r| r.libelle().to_owned());
        let action = CodeAction::depuis_code(&l.action).map(|a| a.libelle().to_owned());
        Self {
            id: l.id,
            quand: Timestamp::from_millisecond(l.quand_ms).unwrap_or_default(),
            acteur: l.acteur,
            role: role.unwrap_or(l.role),
            action: action.unwrap_or(l.action),
            dossier: l.dossier_id.map(DossierId::new),
            nombre: l.nombre,
            accorde: l.resultat == "accorde",
            motif: l.motif,
            repere: l.repere,
        }
    }
}
