//! Les fichiers remis à la banque : un `pain.008` par lot noté, qui ne prend son nom qu'entier.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use ::prelevements::{Creancier, Ecrivain, Libelle, MontantPreleve, Ordre, Plan, Remise};
use acces::heure_de_paris;
use storage::{Db, ecrire, lire, sql};
use valeurs::Montant;

use super::emettre::BilanPrelevements;
use super::lire::sequence;
use super::mandat::compte;
use super::{ErreurPrelevement, message};
use crate::Erreur;
use crate::fichiers::{dossier_prive, fichier_neuf};
use crate::procedure::jour;

/// Ce que porte le nom d'un fichier tant qu'on l'écrit.
const INACHEVE: &str = ".part";

/// Écrit les fichiers notés qui ne le sont pas encore.
pub(super) async fn achever(
    db: &Db,
    creancier: &Creancier,
    sortie: &Path,
    bilan: &mut BilanPrelevements,
) -> Result<(), Erreur> {
    let notes: Result<Vec<(i64, String)>, Erreur> = lire!(db, |tx| {
        Ok(
            sql!("SELECT id, cree_le FROM fichier_prelevement WHERE ecrit = 0 ORDER BY id")
                .toutes(tx)
                .await?,
        )
    });
    for (id, cree_le) in notes? {
        let nom = format!("{}-{}.xml", cree_le.get(..10).unwrap_or_default(), message(id));
        let chemin = sortie.join(&nom);
        if !chemin.exists() {
            ecrire_le_fichier(db, id, &cree_le, creancier, sortie, &nom, bilan).await?;
            bilan.fichiers.push(chemin);
        }
        let ecrit: Result<(), Erreur> = ecrire!(db, |tx| {
            sql!("UPDATE fichier_prelevement SET ecrit = 1 WHERE id = $1")
                .bind(id)
                .executer(tx)
                .await?;
            Ok(())
        });
        ecrit?;
    }
    Ok(())
}

async fn ecrire_le_fichier(
    db: &Db,
    id: i64,
    cree_le: &str,
    creancier: &Creancier,
    sortie: &Path,
    nom: &str,
    bilan: &mut BilanPrelevements,
) -> Result<(), Erreur> {
    let ordres = ordres(db, id).await?;
    let message = message(id).parse().map_err(|_| Erreur::Illisible("message"))?;
    let mut plan = Plan::new(message);
    for ordre in &ordres {
        plan.ajouter(ordre.remise, 1, ordre.montant.montant())
            .map_err(ErreurPrelevement::from)?;
    }
    let cree_le = cree_le.parse().map_err(|_| Erreur::Illisible("instant"))?;
    let inacheve = sortie.join(format!("{nom}{INACHEVE}"));
    let refus = |chemin: &Path, source: io::Error| {
        Erreur::from(ErreurPrelevement::Ecriture {
            fichier: chemin.display().to_string(),
            source,
        })
    };
    dossier_prive(sortie).map_err(|e| refus(sortie, e))?;
    match fs::remove_file(&inacheve) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(refus(&inacheve, e)),
    }
    let fichier = fichier_neuf(&inacheve).map_err(|e| refus(&inacheve, e))?;
    let mut ecrivain = Ecrivain::commencer(&fichier, &plan, creancier.clone(), heure_de_paris(cree_le))
        .map_err(ErreurPrelevement::from)?;
    for ordre in &ordres {
        ecrivain.ecrire(ordre).map_err(ErreurPrelevement::from)?;
    }
    let totaux = ecrivain.finir().map_err(ErreurPrelevement::from)?;
    fichier.sync_all().map_err(|e| refus(&inacheve, e))?;
    let fini = sortie.join(nom);
    fs::rename(&inacheve, &fini)
        .and_then(|()| File::open(sortie)?.sync_all())
        .map_err(|e| refus(&fini, e))?;
    bilan.prelevements = bilan.prelevements.saturating_add(totaux.nombre);
    let somme = Montant::de_centimes(bilan.montant_centimes).checked_add(totaux.somme)?;
    bilan.montant_centimes = somme.centimes();
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Ligne {
    reference: String,
    echeance: String,
    sequence: String,
    montant_centimes: i64,
    echeancier_id: i64,
    rang: i64,
    rum: String,
    compte_scelle: Vec<u8>,
    signe_le: String,
    dossier_id: i64,
}

/// Les ordres d'un fichier, rangés comme ses remises : la base les tient dans un ordre qui ne change plus.
async fn ordres(db: &Db, fichier: i64) -> Result<Vec<Ordre>, Erreur> {
    let lignes: Result<Vec<Ligne>, Erreur> = lire!(db, |tx| {
        Ok(sql!(
            "SELECT p.reference, p.echeance, p.sequence, p.montant_centimes, p.echeancier_id, p.rang, m.rum, \
             m.compte_scelle, m.signe_le, m.dossier_id FROM prelevement p JOIN mandat_sepa m ON m.id = p.mandat_id \
             WHERE p.fichier_id = $1 ORDER BY p.id"
        )
        .bind(fichier)
        .toutes(tx)
        .await?)
    });
    let mut ordres = Vec::new();
    for ligne in lignes? {
        let compte = compte(db, ligne.dossier_id, &ligne.compte_scelle).await?;
        let montant = Montant::de_centimes(ligne.montant_centimes);
        ordres.push(Ordre {
            remise: Remise {
                echeance: jour(&ligne.echeance)?,
                sequence: sequence(&ligne.sequence)?,
            },
            bout_en_bout: ligne
                .reference
                .parse()
                .map_err(|_| Erreur::Illisible("référence"))?,
            montant: MontantPreleve::try_from(montant).map_err(ErreurPrelevement::from)?,
            rum: ligne.rum.parse().map_err(|_| Erreur::Illisible("RUM"))?,
            signe_le: jour(&ligne.signe_le)?,
            debiteur: compte.titulaire,
            iban: compte.iban,
            bic: compte.bic,
            adresse: None,
            libelle: Libelle::new(&format!(
                "Échéancier {}, mensualité {}",
                ligne.echeancier_id, ligne.rang
            ))
            .ok(),
        });
    }
    ordres.sort_by_key(|ordre| ordre.remise);
    Ok(ordres)
}
