//! Remettre les actes à la poste : un dossier par lot, que prend un porteur (machine à courrier, imprimeur, recommandé
//! électronique, étude de commissaires de justice).

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use acces::{Permis, actions};
use droit::{Droit, ModeEnvoi};
use jiff::civil::Date;
use serde::Serialize;
use storage::{Db, Lot, ecrire, lire, sql};

use super::emettre::PDF;
use super::{Avancement, ErreurActes, numero};
use crate::Erreur;

/// Actes d'un lot, au plus.
const LOT: i64 = 1_000;
/// Le fichier qui dit ce qu'un lot contient ; sa présence dit qu'il est entier.
const BORDEREAU: &str = "bordereau.csv";
/// Ce que porte le dossier d'un lot tant qu'on l'écrit.
const INACHEVE: &str = ".part";

/// Ce qu'une expédition a remis.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct BilanExpedition {
    /// Les dossiers écrits.
    pub lots: Vec<PathBuf>,
    /// Les actes remis.
    pub actes: u64,
}

/// Une ligne du bordereau.
#[derive(Serialize)]
struct LigneBordereau<'a> {
    numero: String,
    acte: &'a str,
    envoi: &'static str,
    fichier: String,
    pages: i64,
    sha256: String,
    /// Pour un recommandé électronique.
    courriel: String,
}

/// Remet tous les actes des branches du permis qui attendent : des lots de mille au plus, un dossier chacun sous
/// `sortie`, avec un document par acte rangé par mode d'envoi, et `bordereau.csv`.
///
/// Un lot est d'abord noté, puis écrit : arrêtée à tout instant, l'expédition se relance sans remettre deux fois un acte ni
/// en oublier un.
///
/// # Errors
/// [`ErreurActes::Expedition`] : le système refuse d'écrire ; le refus de la base ou du coffre.
pub async fn expedier(
    db: &Db,
    permis: &Permis<actions::ExpedierActes>,
    sortie: &Path,
    jour: Date,
) -> Result<BilanExpedition, Erreur> {
    let mut bilan = BilanExpedition::default();
    achever(db, sortie, &mut bilan).await?;
    loop {
        let note: Result<bool, Erreur> = ecrire!(db, |tx| {
            tx.verrouiller_travail("expedition").await?;
            let attendent: Vec<(i64,)> = sql!(
                "SELECT s.acte_id FROM avancement_acte s JOIN acte a ON a.id = s.acte_id \
                 WHERE s.etat = 'a_expedier' AND (a.branche & $1) <> 0 ORDER BY s.acte_id LIMIT $2"
            )
            .bind(permis.perimetre().branches)
            .bind(LOT)
            .toutes(tx)
            .await?;
            if attendent.is_empty() {
                return Ok(false);
            }
            let lot = tx
                .reserver("lot_expedition", 1)
                .await?
                .first()
                .copied()
                .unwrap_or_default();
            sql!("INSERT INTO lot_expedition (id, cree_le, auteur, ecrit) VALUES ($1, $2, $3, 0)")
                .bind(lot)
                .bind(permis.quand().to_string())
                .bind(permis.acteur())
                .executer(tx)
                .await?;
            let actes = || attendent.iter().map(|(id,)| *id);
            Lot::nouveau()
                .entiers("acte_id", actes())
                .entiers("lot_id", attendent.iter().map(|_| lot))
                .textes("jour", attendent.iter().map(|_| jour.to_string()))
                .textes(
                    "enregistre_le",
                    attendent.iter().map(|_| permis.quand().to_string()),
                )
                .textes("auteur", attendent.iter().map(|_| permis.acteur()))
                .executer(
                    tx,
                    "INSERT INTO suivi_acte (acte_id, rang, nature, jour, enregistre_le, auteur, lot_id) \
                     SELECT acte_id, 1, 'remis', jour, enregistre_le, auteur, lot_id FROM v",
                )
                .await?;
            Lot::nouveau()
                .entiers("acte_id", actes())
                .textes("etat", attendent.iter().map(|_| Avancement::Remis.code()))
                .executer(
                    tx,
                    "UPDATE avancement_acte SET etat = v.etat FROM v WHERE avancement_acte.acte_id = v.acte_id",
                )
                .await?;
            Ok(true)
        });
        if !note? {
            return Ok(bilan);
        }
        achever(db, sortie, &mut bilan).await?;
    }
}

/// Écrit les lots notés qui ne le sont pas encore.
async fn achever(db: &Db, sortie: &Path, bilan: &mut BilanExpedition) -> Result<(), Erreur> {
    let lots: Result<Vec<(i64, String)>, Erreur> = lire!(db, |tx| {
        Ok(
            sql!("SELECT id, cree_le FROM lot_expedition WHERE ecrit = 0 ORDER BY id")
                .toutes(tx)
                .await?,
        )
    });
    for (lot, cree_le) in lots? {
        let nom = format!("{}-{lot:06}", cree_le.get(..10).unwrap_or("lot"));
        let chemin = sortie.join(&nom);
        if !chemin.join(BORDEREAU).exists() {
            bilan.actes += ecrire_le_lot(db, lot, sortie, &nom).await?;
            bilan.lots.push(chemin);
        }
        let ecrit: Result<(), Erreur> = ecrire!(db, |tx| {
            sql!("UPDATE lot_expedition SET ecrit = 1 WHERE id = $1")
                .bind(lot)
                .executer(tx)
                .await?;
            Ok(())
        });
        ecrit?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct LigneActe {
    id: i64,
    code: String,
    dossier_id: i64,
    envoi: String,
    pages: i64,
    empreinte: Vec<u8>,
    pdf_scelle: Vec<u8>,
}

/// Écrit un lot, un document à la fois ; son dossier ne prend son nom qu'entier.
async fn ecrire_le_lot(db: &Db, lot: i64, sortie: &Path, nom: &str) -> Result<u64, Erreur> {
    let inacheve = sortie.join(format!("{nom}{INACHEVE}"));
    let refus = |chemin: &Path, source: io::Error| {
        Erreur::from(ErreurActes::Expedition {
            fichier: chemin.display().to_string(),
            source,
        })
    };
    match fs::remove_dir_all(&inacheve) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(refus(&inacheve, e)),
    }
    dossier_prive(&inacheve).map_err(|e| refus(&inacheve, e))?;
    let chemin = inacheve.join(BORDEREAU);
    let mut bordereau = csv::WriterBuilder::new()
        .delimiter(b';')
        .from_writer(fichier_neuf(&chemin).map_err(|e| refus(&chemin, e))?);
    let (mut derniere, mut combien) = (0, 0);
    loop {
        let lu: Result<Option<(LigneActe, Option<String>)>, Erreur> = lire!(db, |tx| {
            let acte: Option<LigneActe> = sql!(
                "SELECT a.id, a.code, a.dossier_id, a.envoi, a.pages, a.empreinte, a.pdf_scelle FROM suivi_acte s \
                 JOIN acte a ON a.id = s.acte_id WHERE s.lot_id = $1 AND s.acte_id > $2 ORDER BY s.acte_id LIMIT 1"
            )
            .bind(lot)
            .bind(derniere)
            .au_plus_une(tx)
            .await?;
            let Some(acte) = acte else { return Ok(None) };
            let courriel: Option<(String,)> = sql!(
                "SELECT valeur FROM contact WHERE dossier_id = $1 AND nature = 'mail' ORDER BY rang LIMIT 1"
            )
            .bind(acte.dossier_id)
            .au_plus_une(tx)
            .await?;
            Ok(Some((acte, courriel.map(|(valeur,)| valeur))))
        });
        let Some((acte, courriel)) = lu? else { break };
        derniere = acte.id;
        combien += 1;
        let envoi: ModeEnvoi = acte
            .envoi
            .parse()
            .map_err(|_| Erreur::Illisible("mode d’envoi"))?;
        let dossier = inacheve.join(envoi.code());
        dossier_prive(&dossier).map_err(|e| refus(&dossier, e))?;
        let octets = db
            .coffre()
            .cle(acte.dossier_id)
            .await?
            .desceller_octets(PDF, &acte.pdf_scelle)?;
        let nom = format!("{}.pdf", numero(acte.id));
        let document = dossier.join(&nom);
        fichier_neuf(&document)
            .and_then(|mut f| f.write_all(&octets).and_then(|()| f.sync_all()))
            .map_err(|e| refus(&document, e))?;
        let ligne = LigneBordereau {
            numero: numero(acte.id),
            acte: Droit::charger()
                .acte(&acte.code)
                .map_or("", |acte| acte.libelle()),
            envoi: envoi.code(),
            fichier: format!("{}/{nom}", envoi.code()),
            pages: acte.pages,
            sha256: en_hexadecimal(&acte.empreinte),
            courriel: courriel.filter(|_| envoi == ModeEnvoi::Lre).unwrap_or_default(),
        };
        bordereau
            .serialize(ligne)
            .map_err(|e| refus(&chemin, io::Error::other(e)))?;
    }
    let fichier = bordereau
        .into_inner()
        .map_err(|e| refus(&chemin, io::Error::other(e.to_string())))?;
    fichier.sync_all().map_err(|e| refus(&chemin, e))?;
    let fini = sortie.join(nom);
    fs::rename(&inacheve, &fini)
        .and_then(|()| File::open(sortie)?.sync_all())
        .map_err(|e| refus(&fini, e))?;
    Ok(combien)
}

/// Un dossier que nul autre compte de la machine ne lit.
pub(crate) fn dossier_prive(dossier: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dossier)
}

/// Un fichier qui n'existait pas, de même.
pub(crate) fn fichier_neuf(chemin: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(chemin)
}

/// Une empreinte, pour être lue.
pub(crate) fn en_hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
