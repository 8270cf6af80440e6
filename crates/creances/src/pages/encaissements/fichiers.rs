use acces::date_de_paris;
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Tx, sql};
use web::fragments::{Pastille, Ton, pastille};

use crate::Erreur;

/// Le format de ce qui ne vient pas d'un fichier : rien à redéposer.
const DIRECT: &str = "direct";

#[derive(sqlx::FromRow)]
struct Ligne {
    nom: String,
    format: String,
    importe_le: String,
    auteur: String,
    termine: i64,
}

/// Un fichier importé, tel que sa table le montre.
pub(in crate::pages) struct LigneFichier {
    pub(in crate::pages) nom: String,
    pub(in crate::pages) format: String,
    /// Jour de l'import, à Paris.
    pub(in crate::pages) jour: Date,
    pub(in crate::pages) auteur: String,
    pub(in crate::pages) etat: Pastille,
}

/// `limite` fichiers importés, du plus récent au plus ancien, après en avoir sauté `decalage`.
///
/// # Errors
/// Le refus de la base.
pub(in crate::pages) async fn lignes_de_fichiers(
    tx: &mut Tx,
    decalage: u64,
    limite: u32,
) -> Result<Vec<LigneFichier>, Erreur> {
    let lignes: Vec<Ligne> = sql!(
        "SELECT nom, format, importe_le, auteur, termine FROM fichier_importe ORDER BY id DESC LIMIT $1 OFFSET $2"
    )
    .bind(i64::from(limite))
    .bind(i64::try_from(decalage).unwrap_or(i64::MAX))
    .toutes(tx)
    .await?;
    lignes.into_iter().map(Ligne::montrer).collect()
}

/// Combien de fichiers ont été importés.
///
/// # Errors
/// Le refus de la base.
pub(super) async fn nombre_de_fichiers(tx: &mut Tx) -> Result<u64, Erreur> {
    let nombre: i64 = sql!("SELECT COUNT(*) FROM fichier_importe").scalaire(tx).await?;
    Ok(u64::try_from(nombre).unwrap_or_default())
}

impl Ligne {
    fn montrer(self) -> Result<LigneFichier, Erreur> {
        let instant: Timestamp = self
            .importe_le
            .parse()
            .map_err(|_| Erreur::Illisible("instant"))?;
        let etat = match (self.termine, self.format.as_str()) {
            (1, _) => pastille(Ton::Positif, "Terminé"),
            (_, DIRECT) => pastille(Ton::Neutre, "Reprise"),
            _ => pastille(Ton::Danger, "Interrompu : à redéposer"),
        };
        Ok(LigneFichier {
            nom: self.nom,
            format: self.format,
            jour: date_de_paris(instant),
            auteur: self.auteur,
            etat,
        })
    }
}
