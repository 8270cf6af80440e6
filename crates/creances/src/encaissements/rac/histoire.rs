use acces::{Action, Perimetre, Permis};
use droit::{Poste, Raison};
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Db, Tx, sql};
use valeurs::{DossierId, Montant};

use super::{RecetteEnAttente, lire};
use crate::Erreur;
use crate::creances::lire_date;
use crate::grand_livre::NatureMouvement;

/// Une ligne de l'histoire d'une recette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EtapeDeRecette {
    /// Le mouvement.
    pub mouvement: i64,
    /// Sa nature.
    pub nature: NatureMouvement,
    /// Date d'effet.
    pub jour: Date,
    /// Instant de l'enregistrement.
    pub enregistre_le: Timestamp,
    /// Auteur.
    pub auteur: String,
    /// Motif.
    pub motif: Option<String>,
    /// Compte touché (`banque`, `rac`, `creance`, `rembourse`).
    pub compte: String,
    /// Débit positif, crédit négatif.
    pub montant: Montant,
    /// Dossier et créance touchés, s'ils sont du périmètre.
    pub creance: Option<(DossierId, i64)>,
    /// Référence de la créance.
    pub reference: Option<String>,
    /// Compartiment de la créance.
    pub poste: Option<Poste>,
    /// Raison de droit, pour une imputation.
    pub raison: Option<Raison>,
}

/// Une recette, en RAC ou déjà placée, et toute son histoire au grand livre, dans l'ordre.
///
/// # Errors
/// [`Erreur::RecetteInconnue`] ; le refus de la base ou du coffre.
pub async fn recette(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    id: i64,
    au: Date,
) -> Result<(RecetteEnAttente, Vec<EtapeDeRecette>), Erreur> {
    recette_vue(db, tx, permis.perimetre(), id, au).await
}

#[derive(sqlx::FromRow)]
struct LigneEtape {
    mouvement: i64,
    nature: String,
    jour: String,
    enregistre_le: String,
    auteur: String,
    motif: Option<String>,
    compte: String,
    montant_centimes: i64,
    dossier_id: Option<i64>,
    creance_id: Option<i64>,
    reference: Option<String>,
    poste: Option<String>,
    raison: Option<String>,
}

async fn recette_vue(
    db: &Db,
    tx: &mut Tx,
    perimetre: &Perimetre,
    id: i64,
    au: Date,
) -> Result<(RecetteEnAttente, Vec<EtapeDeRecette>), Erreur> {
    let recette = lire(db, tx, perimetre, &[id], au)
        .await?
        .pop()
        .ok_or(Erreur::RecetteInconnue)?;
    let etapes: Vec<LigneEtape> = sql!(
        "SELECT m.id AS mouvement, m.nature, m.jour, m.enregistre_le, m.auteur, m.motif, e.compte, \
         e.montant_centimes, c.dossier_id, c.id AS creance_id, c.reference, e.poste, e.raison \
         FROM ecriture e JOIN mouvement m ON m.id = e.mouvement_id \
         LEFT JOIN creance c ON c.id = e.creance_id AND (c.branche & $2) <> 0 \
         WHERE e.encaissement_id = $1 ORDER BY e.mouvement_id, e.rang"
    )
    .bind(id)
    .bind(perimetre.branches)
    .toutes(tx)
    .await?;
    let etapes = etapes
        .into_iter()
        .map(LigneEtape::etape)
        .collect::<Result<_, _>>()?;
    Ok((recette, etapes))
}

impl LigneEtape {
    fn etape(self) -> Result<EtapeDeRecette, Erreur> {
        let nature = NatureMouvement::du_code(&self.nature);
        let raison = self.raison.as_deref().map(Raison::from_code).transpose();
        Ok(EtapeDeRecette {
            mouvement: self.mouvement,
            nature: nature.ok_or(Erreur::Illisible("nature de mouvement"))?,
            jour: lire_date(&self.jour)?,
            enregistre_le: self
                .enregistre_le
                .parse()
                .map_err(|_| Erreur::Illisible("instant"))?,
            auteur: self.auteur,
            motif: self.motif,
            compte: self.compte,
            montant: Montant::de_centimes(self.montant_centimes),
            creance: self.dossier_id.map(DossierId::new).zip(self.creance_id),
            reference: self.reference,
            poste: self
                .poste
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(|_| Erreur::Illisible("poste"))?,
            raison: raison.map_err(|_| Erreur::Illisible("raison"))?,
        })
    }
}
