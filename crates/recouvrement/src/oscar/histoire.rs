//! Toute l'histoire d'un débiteur, sur une ligne du temps.

use std::cmp::Reverse;

use acces::{Action, Permis, date_de_paris};
use creances::creances::{Tri, creances};
use creances::dossiers::{commentaires, evenements};
use creances::grand_livre::NatureMouvement;
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Db, Tx, sql};
use valeurs::{DossierId, Montant};

use super::rappels::TEXTE;
use crate::Erreur;
use crate::actes::{Avancement, numero};
use crate::procedure::jour;

/// De quelle sorte est un passage de l'histoire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quoi {
    /// Une créance émise.
    Creance,
    /// Un paiement, ou ce qui le défait.
    Paiement,
    /// Ce qui change la dette autrement : majoration, annulation, remise…
    Mouvement,
    /// Une étape d'une procédure.
    Etape,
    /// Un acte, ou ce qu'il est devenu.
    Acte,
    /// Un autre événement du dossier.
    Evenement,
    /// Le dossier change de main.
    Attribution,
    /// Un rappel posé ou fait.
    Rappel,
    /// Un commentaire.
    Commentaire,
}

/// La page d'un passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lieu {
    /// Une créance.
    Creance(i64),
    /// Une recette.
    Recette(i64),
    /// Un acte.
    Acte(i64),
}

/// Un passage de l'histoire d'un débiteur.
#[derive(Clone, PartialEq, Eq)]
pub struct Passage {
    /// Le jour où c'est arrivé.
    pub jour: Date,
    /// De quelle sorte.
    pub quoi: Quoi,
    /// Ce qui est arrivé.
    pub titre: String,
    /// Une somme.
    pub montant: Option<Montant>,
    /// Ce qu'il y a à en dire.
    pub detail: Option<String>,
    /// Qui l'a fait.
    pub auteur: Option<String>,
    /// Où le voir.
    pub lieu: Option<Lieu>,
}

impl Passage {
    fn nouveau(jour: Date, quoi: Quoi, titre: impl Into<String>) -> Self {
        Self {
            jour,
            quoi,
            titre: titre.into(),
            montant: None,
            detail: None,
            auteur: None,
            lieu: None,
        }
    }

    fn de(self, auteur: impl Into<String>) -> Self {
        Self {
            auteur: Some(auteur.into()),
            ..self
        }
    }

    fn somme(self, montant: Montant) -> Self {
        Self {
            montant: Some(montant),
            ..self
        }
    }

    fn ou_(self, lieu: Lieu) -> Self {
        Self {
            lieu: Some(lieu),
            ..self
        }
    }
}

/// L'histoire d'un dossier dans les branches du permis, du plus récent au plus ancien ; commentaires et rappels ne se
/// lisent qu'avec la classe « commentaires ».
///
/// # Errors
/// Le refus de la base, du coffre ; un permis d'un autre dossier.
pub async fn raconter<A: Action>(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<A>,
    dossier: DossierId,
    au: Date,
) -> Result<Vec<Passage>, Erreur> {
    let mut histoire = Vec::new();
    for creance in creances(tx, permis, dossier, au, Tri::Emission, false).await? {
        let titre = format!("Créance émise : {}", creance.nature);
        let periode = creances::pages::periode_en_mots(creance.periode);
        histoire.push(Passage {
            detail: Some(format!(
                "{periode}, exigible le {}",
                valeurs::date_fr(creance.exigible_le)
            )),
            ..Passage::nouveau(creance.emise_le, Quoi::Creance, titre)
                .somme(creance.montant)
                .ou_(Lieu::Creance(creance.id))
        });
    }
    compte(tx, permis, dossier, &mut histoire).await?;
    for evenement in evenements(tx, permis, dossier).await? {
        let quoi = if evenement.procedure {
            Quoi::Etape
        } else {
            Quoi::Evenement
        };
        histoire.push(Passage::nouveau(evenement.jour, quoi, evenement.libelle).de(evenement.auteur));
    }
    actes(tx, permis, dossier, &mut histoire).await?;
    attributions(tx, permis, dossier, &mut histoire).await?;
    rappels(db, tx, permis, dossier, &mut histoire).await?;
    for commentaire in commentaires(db, tx, permis, dossier).await? {
        let le = date_de_paris(commentaire.ecrit_le);
        histoire.push(Passage {
            detail: Some(commentaire.texte),
            ..Passage::nouveau(le, Quoi::Commentaire, "Commentaire").de(commentaire.auteur)
        });
    }
    // Le tri est stable et se lit à rebours : ce qui est arrivé le même jour garde l'ordre inverse de son inscription.
    histoire.reverse();
    histoire.sort_by_key(|passage| Reverse(passage.jour));
    Ok(histoire)
}

/// Les paiements, par recette et par jour, et les autres mouvements du compte ; une émission est déjà dite.
async fn compte<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    dossier: DossierId,
    histoire: &mut Vec<Passage>,
) -> Result<(), Erreur> {
    let paiements: Vec<(i64, String, i64)> = sql!(
        "SELECT e.encaissement_id, e.jour, CAST(SUM(e.montant_centimes) AS BIGINT) FROM ecriture e \
         JOIN creance c ON c.id = e.creance_id WHERE e.dossier_id = $1 AND (c.branche & $2) <> 0 \
         AND e.encaissement_id IS NOT NULL GROUP BY e.encaissement_id, e.jour \
         HAVING SUM(e.montant_centimes) <> 0 ORDER BY e.jour, e.encaissement_id"
    )
    .bind(dossier)
    .bind(permis.perimetre().branches)
    .toutes(tx)
    .await?;
    for (recette, le, somme) in paiements {
        let titre = if somme < 0 {
            "Paiement imputé"
        } else {
            "Paiement défait"
        };
        histoire.push(
            Passage::nouveau(jour(&le)?, Quoi::Paiement, titre)
                .somme(absolu(somme))
                .ou_(Lieu::Recette(recette)),
        );
    }
    let mouvements: Vec<(i64, String, String, String, i64)> = sql!(
        "SELECT m.id, m.nature, m.jour, m.auteur, CAST(SUM(e.montant_centimes) AS BIGINT) FROM ecriture e \
         JOIN creance c ON c.id = e.creance_id JOIN mouvement m ON m.id = e.mouvement_id \
         WHERE e.dossier_id = $1 AND (c.branche & $2) <> 0 AND e.encaissement_id IS NULL AND m.nature <> 'emission' \
         GROUP BY m.id, m.nature, m.jour, m.auteur ORDER BY m.jour, m.id"
    )
    .bind(dossier)
    .bind(permis.perimetre().branches)
    .toutes(tx)
    .await?;
    for (_, nature, le, auteur, somme) in mouvements {
        let nature = NatureMouvement::du_code(&nature).ok_or(Erreur::Illisible("nature de mouvement"))?;
        histoire.push(
            Passage::nouveau(jour(&le)?, Quoi::Mouvement, nature.libelle())
                .de(auteur)
                .somme(absolu(somme)),
        );
    }
    Ok(())
}

fn absolu(centimes: i64) -> Montant {
    Montant::de_centimes(centimes.saturating_abs())
}

async fn actes<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    dossier: DossierId,
    histoire: &mut Vec<Passage>,
) -> Result<(), Erreur> {
    let emis: Vec<(i64, String, String, String, i64)> = sql!(
        "SELECT id, code, emis_le, auteur, montant_centimes FROM acte \
         WHERE dossier_id = $1 AND (branche & $2) <> 0 ORDER BY id"
    )
    .bind(dossier)
    .bind(permis.perimetre().branches)
    .toutes(tx)
    .await?;
    for (id, code, le, auteur, montant) in emis {
        let acte = droit::Droit::charger()
            .acte(&code)
            .ok_or(Erreur::Illisible("code d’acte"))?;
        histoire.push(
            Passage::nouveau(
                jour(&le)?,
                Quoi::Acte,
                format!("Acte émis : {} {}", acte.libelle(), numero(id)),
            )
            .de(auteur)
            .somme(Montant::de_centimes(montant))
            .ou_(Lieu::Acte(id)),
        );
    }
    let suivis: Vec<(i64, String, String, String)> = sql!(
        "SELECT a.id, s.nature, s.jour, s.auteur FROM acte a JOIN suivi_acte s ON s.acte_id = a.id \
         WHERE a.dossier_id = $1 AND (a.branche & $2) <> 0 ORDER BY a.id, s.rang"
    )
    .bind(dossier)
    .bind(permis.perimetre().branches)
    .toutes(tx)
    .await?;
    for (id, nature, le, auteur) in suivis {
        let etat = Avancement::du_code(&nature).ok_or(Erreur::Illisible("suivi d’acte"))?;
        histoire.push(
            Passage::nouveau(
                jour(&le)?,
                Quoi::Acte,
                format!("Acte {} : {}", numero(id), etat.libelle()),
            )
            .de(auteur)
            .ou_(Lieu::Acte(id)),
        );
    }
    Ok(())
}

async fn attributions<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    dossier: DossierId,
    histoire: &mut Vec<Passage>,
) -> Result<(), Erreur> {
    let lues: Vec<(String, Option<String>, String, String)> = sql!(
        "SELECT service, agent, attribue_le, auteur FROM attribution_dossier \
         WHERE dossier_id = $1 AND (branches & $2) <> 0 ORDER BY id"
    )
    .bind(dossier)
    .bind(permis.perimetre().branches)
    .toutes(tx)
    .await?;
    for (service, agent, quand, auteur) in lues {
        let service = acces::Role::depuis_code(&service).ok_or(Erreur::Illisible("service"))?;
        let titre = match agent {
            Some(agent) => format!("Dossier confié à {agent}"),
            None => "Dossier rendu au service".to_owned(),
        };
        histoire.push(Passage {
            detail: Some(service.libelle().to_owned()),
            ..Passage::nouveau(du_jour(&quand)?, Quoi::Attribution, titre).de(auteur)
        });
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct LigneRappel {
    jour: String,
    texte_scelle: Vec<u8>,
    pose_le: String,
    auteur: String,
    fait_le: Option<String>,
    fait_par: Option<String>,
}

/// Les rappels posés, et ceux qui sont faits.
async fn rappels<A: Action>(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<A>,
    dossier: DossierId,
    histoire: &mut Vec<Passage>,
) -> Result<(), Erreur> {
    if !permis.perimetre().commentaires {
        return Ok(());
    }
    let lus: Vec<LigneRappel> = sql!(
        "SELECT jour, texte_scelle, pose_le, auteur, fait_le, fait_par FROM rappel \
         WHERE dossier_id = $1 AND (branches & $2) <> 0 ORDER BY id"
    )
    .bind(dossier)
    .bind(permis.perimetre().branches)
    .toutes(tx)
    .await?;
    if lus.is_empty() {
        return Ok(());
    }
    let cle = db.coffre().cle(dossier.get()).await?;
    for lu in lus {
        let texte = cle.desceller(TEXTE, &lu.texte_scelle)?;
        histoire.push(Passage {
            detail: Some(texte.clone()),
            ..Passage::nouveau(
                du_jour(&lu.pose_le)?,
                Quoi::Rappel,
                format!("Rappel posé pour le {}", valeurs::date_fr(jour(&lu.jour)?)),
            )
            .de(lu.auteur)
        });
        if let Some((fait_le, fait_par)) = lu.fait_le.zip(lu.fait_par) {
            histoire.push(Passage {
                detail: Some(texte),
                ..Passage::nouveau(du_jour(&fait_le)?, Quoi::Rappel, "Rappel fait").de(fait_par)
            });
        }
    }
    Ok(())
}

/// Le jour de Paris d'un instant gardé.
fn du_jour(instant: &str) -> Result<Date, Erreur> {
    let instant: Timestamp = instant.parse().map_err(|_| Erreur::Illisible("instant"))?;
    Ok(date_de_paris(instant))
}
