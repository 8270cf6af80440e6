use acces::{Action, Objet, Permis};
use droit::{Poste, Raison};
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Tx, sql};
use valeurs::Montant;

use super::lire::branches_visibles;
use super::lire_date;
use crate::Erreur;
use crate::dossiers::relire;
use crate::grand_livre::NatureMouvement;

/// Ce qu'une recette a éteint d'une créance, et pourquoi là.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImputationLue {
    /// Jour d'effet.
    pub jour: Date,
    /// La recette.
    pub encaissement: i64,
    /// Code de son mode de paiement.
    pub mode: String,
    /// Le compartiment éteint.
    pub poste: Poste,
    /// Ce qui y est éteint, toujours positif.
    pub montant: Montant,
    /// La raison de droit.
    pub raison: Raison,
    /// Le mouvement du grand livre.
    pub mouvement: i64,
}

#[derive(sqlx::FromRow)]
struct LigneImputation {
    jour: String,
    encaissement_id: i64,
    mode: String,
    poste: String,
    montant_centimes: i64,
    raison: String,
    mouvement_id: i64,
}

/// Les imputations d'une créance, de la première à la dernière : où chaque euro reçu est allé, et pourquoi. Celles
/// qui ont été défaites depuis y sont encore ; ce qui les défait est dans [`mouvements`]. Rien hors du périmètre.
///
/// # Errors
/// Le refus de la base.
pub async fn imputations<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    creance: i64,
) -> Result<Vec<ImputationLue>, Erreur> {
    let lignes: Vec<LigneImputation> = sql!(
        "SELECT e.jour, e.encaissement_id, r.mode, e.poste, e.montant_centimes, e.raison, e.mouvement_id \
         FROM creance c JOIN ecriture e ON e.creance_id = c.id JOIN encaissement r ON r.id = e.encaissement_id \
         WHERE c.id = $1 AND (c.branche & $2) <> 0 AND ($3 = 0 OR c.dossier_id = $3) \
         AND e.raison IS NOT NULL AND e.montant_centimes < 0 ORDER BY e.jour, e.mouvement_id, e.rang"
    )
    .bind(creance)
    .bind(branches_visibles(permis))
    .bind(dossier_du_permis(permis))
    .toutes(tx)
    .await?;
    lignes
        .into_iter()
        .map(|l| {
            Ok(ImputationLue {
                jour: lire_date(&l.jour)?,
                encaissement: l.encaissement_id,
                mode: l.mode,
                poste: relire(&l.poste, "poste")?,
                montant: Montant::de_centimes(l.montant_centimes).oppose(),
                raison: Raison::from_code(&l.raison).map_err(|_| Erreur::Illisible("raison"))?,
                mouvement: l.mouvement_id,
            })
        })
        .collect()
}

/// Ce qui a touché une créance autrement que par l'imputation d'une recette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MouvementLu {
    /// Le mouvement du grand livre.
    pub mouvement: i64,
    /// Ce qu'il fait.
    pub nature: NatureMouvement,
    /// Jour d'effet.
    pub jour: Date,
    /// Instant de son inscription.
    pub enregistre_le: Timestamp,
    /// Qui l'a inscrit.
    pub auteur: String,
    /// Pourquoi.
    pub motif: Option<String>,
    /// Le compartiment touché.
    pub poste: Poste,
    /// Positif : la dette augmente (émission, rejet…) ; négatif : elle diminue (annulation, remise…).
    pub montant: Montant,
}

#[derive(sqlx::FromRow)]
struct LigneMouvement {
    id: i64,
    nature: String,
    jour: String,
    enregistre_le: String,
    auteur: String,
    motif: Option<String>,
    poste: String,
    montant: i64,
}

/// Les autres mouvements d'une créance que ses [`imputations`], un par poste touché, du premier au dernier : émission,
/// majorations, rejets, imputations défaites, annulations, remises… Rien hors du périmètre du permis.
///
/// # Errors
/// Le refus de la base.
pub async fn mouvements<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    creance: i64,
) -> Result<Vec<MouvementLu>, Erreur> {
    let lignes: Vec<LigneMouvement> = sql!(
        "SELECT m.id, m.nature, m.jour, m.enregistre_le, m.auteur, m.motif, e.poste, \
         CAST(SUM(e.montant_centimes) AS BIGINT) AS montant \
         FROM creance c JOIN ecriture e ON e.creance_id = c.id JOIN mouvement m ON m.id = e.mouvement_id \
         WHERE c.id = $1 AND (c.branche & $2) <> 0 AND ($3 = 0 OR c.dossier_id = $3) \
         AND (e.raison IS NULL OR e.montant_centimes > 0) \
         GROUP BY m.id, m.nature, m.jour, m.enregistre_le, m.auteur, m.motif, e.poste \
         ORDER BY m.jour, m.id, MIN(e.rang)"
    )
    .bind(creance)
    .bind(branches_visibles(permis))
    .bind(dossier_du_permis(permis))
    .toutes(tx)
    .await?;
    lignes
        .into_iter()
        .map(|l| {
            Ok(MouvementLu {
                mouvement: l.id,
                nature: NatureMouvement::du_code(&l.nature)
                    .ok_or(Erreur::Illisible("nature de mouvement"))?,
                jour: lire_date(&l.jour)?,
                enregistre_le: relire(&l.enregistre_le, "instant")?,
                auteur: l.auteur,
                motif: l.motif,
                poste: relire(&l.poste, "poste")?,
                montant: Montant::de_centimes(l.montant),
            })
        })
        .collect()
}

/// Le dossier que le permis désigne, 0 s'il n'en désigne aucun.
fn dossier_du_permis<A: Action>(permis: &Permis<A>) -> i64 {
    match permis.objet() {
        Objet::Dossier(id) => id.get(),
        Objet::Liste { .. } | Objet::Caisse => 0,
    }
}
