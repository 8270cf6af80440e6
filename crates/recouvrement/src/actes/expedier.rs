//! Remettre les actes à la poste : un dossier par lot, que prend un porteur (machine à courrier, imprimeur, recommandé
//! électronique, étude de commissaires de justice).
//!
//! Un lot est d'abord noté, puis écrit : arrêtée à tout instant, l'expédition reprend sans remettre deux fois un acte ni en
//! oublier un. L'agent note ([`remettre`]) et le serveur écrit ([`ecrire_les_lots`]) ; la ligne de commande fait les deux
//! ([`expedier`]).

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use acces::{Permis, actions};
use droit::{Droit, ModeEnvoi};
use jiff::civil::Date;
use serde::Serialize;
use storage::{Db, Lot, Tx, ecrire, lire, sql};

use super::emettre::PDF;
use super::{Avancement, ErreurActes, numero};
use crate::Erreur;
use crate::fichiers::{dossier_prive, fichier_neuf, verrouiller};

/// Actes d'un lot, au plus.
const LOT: i64 = 1_000;
/// Où les lots s'écrivent, sous le dossier des actes de la caisse.
const EXPEDITIONS: &str = "expeditions";
/// Le fichier qui dit ce qu'un lot contient ; sa présence dit qu'il est entier.
const BORDEREAU: &str = "bordereau.csv";
/// Ce que porte le dossier d'un lot tant qu'on l'écrit.
const INACHEVE: &str = ".part";

/// Ce qu'une expédition a écrit.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct BilanExpedition {
    /// Les dossiers écrits.
    pub lots: Vec<PathBuf>,
    /// Les actes qu'ils portent.
    pub actes: u64,
}

/// Une ligne du bordereau.
#[derive(Serialize)]
struct LigneBordereau {
    numero: String,
    acte: &'static str,
    envoi: &'static str,
    fichier: String,
    pages: i64,
    sha256: String,
    /// Pour un recommandé électronique.
    courriel: String,
}

/// Remet tous les actes des branches du permis qui attendent : des lots de mille au plus, un dossier chacun sous `vers`
/// (sous le dossier `actes` de la caisse si absent), avec un document par acte rangé par mode d'envoi, et `bordereau.csv`.
///
/// # Errors
/// [`ErreurActes::DejaEnCours`] ; [`ErreurActes::Expedition`] : le système refuse d'écrire ; le refus de la base ou du
/// coffre.
pub async fn expedier(
    db: &Db,
    permis: &Permis<actions::ExpedierActes>,
    actes: &Path,
    vers: Option<&Path>,
    jour: Date,
) -> Result<BilanExpedition, Erreur> {
    let verrou = verrouiller(actes).map_err(|e| refus(actes, e))?;
    let _verrou = verrou.ok_or(ErreurActes::DejaEnCours)?;
    remettre(db, permis, jour).await?;
    let ici = actes.join(EXPEDITIONS);
    ecrire_ceux_qui_restent(db, vers.unwrap_or(&ici)).await
}

/// Écrit sous le dossier `actes` de la caisse les lots notés qui ne le sont pas encore ; rien si un autre s'en charge.
///
/// # Errors
/// Comme [`expedier`].
pub async fn ecrire_les_lots(db: &Db, actes: &Path) -> Result<BilanExpedition, Erreur> {
    if lots_a_ecrire(db).await?.is_empty() {
        return Ok(BilanExpedition::default());
    }
    match verrouiller(actes).map_err(|e| refus(actes, e))? {
        Some(_verrou) => ecrire_ceux_qui_restent(db, &actes.join(EXPEDITIONS)).await,
        None => Ok(BilanExpedition::default()),
    }
}

/// Note la remise de tous les actes des branches du permis qui attendent ; rend leur nombre. Leurs lots restent à écrire.
///
/// # Errors
/// Le refus de la base.
pub async fn remettre(db: &Db, permis: &Permis<actions::ExpedierActes>, jour: Date) -> Result<u64, Erreur> {
    let mut remis = 0;
    loop {
        let note: Result<u64, Erreur> = ecrire!(db, |tx| {
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
                return Ok(0);
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
            let notes = Lot::nouveau()
                .entiers("acte_id", actes())
                .textes("etat", attendent.iter().map(|_| Avancement::Remis.code()))
                .executer(
                    tx,
                    "UPDATE avancement_acte SET etat = v.etat FROM v WHERE avancement_acte.acte_id = v.acte_id",
                )
                .await?;
            Ok(notes)
        });
        match note? {
            0 => return Ok(remis),
            notes => remis += notes,
        }
    }
}

async fn lots_a_ecrire(db: &Db) -> Result<Vec<(i64, String)>, Erreur> {
    lire!(db, |tx| {
        Ok(
            sql!("SELECT id, cree_le FROM lot_expedition WHERE ecrit = 0 ORDER BY id")
                .toutes(tx)
                .await?,
        )
    })
}

/// Combien de lots remis ne sont pas encore écrits.
///
/// # Errors
/// Le refus de la base.
pub(crate) async fn lots_en_attente(tx: &mut Tx) -> Result<u64, Erreur> {
    let combien: i64 = sql!("SELECT COUNT(*) FROM lot_expedition WHERE ecrit = 0")
        .scalaire(tx)
        .await?;
    Ok(u64::try_from(combien).unwrap_or_default())
}

async fn ecrire_ceux_qui_restent(db: &Db, sortie: &Path) -> Result<BilanExpedition, Erreur> {
    let mut bilan = BilanExpedition::default();
    for (lot, cree_le) in lots_a_ecrire(db).await? {
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
    Ok(bilan)
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
    courriel: Option<String>,
}

/// Écrit un lot, un document à la fois ; son dossier ne prend son nom qu'entier.
async fn ecrire_le_lot(db: &Db, lot: i64, sortie: &Path, nom: &str) -> Result<u64, Erreur> {
    let (sortie, nom) = (sortie.to_owned(), nom.to_owned());
    let mut ecriture = a_part(move || Ecriture::ouvrir(sortie, &nom)).await?;
    let (mut dernier, mut combien) = (0, 0);
    loop {
        let lu: Result<Option<LigneActe>, Erreur> = lire!(db, |tx| {
            Ok(sql!(
            "SELECT a.id, a.code, a.dossier_id, a.envoi, a.pages, a.empreinte, a.pdf_scelle, \
             (SELECT valeur FROM contact c WHERE c.dossier_id = a.dossier_id AND c.nature = 'mail' ORDER BY c.rang \
             LIMIT 1) AS courriel \
             FROM suivi_acte s JOIN acte a ON a.id = s.acte_id WHERE s.lot_id = $1 AND s.acte_id > $2 \
             ORDER BY s.acte_id LIMIT 1"
        )
        .bind(lot)
        .bind(dernier)
        .au_plus_une(tx)
        .await?)
        });
        let Some(acte) = lu? else { break };
        dernier = acte.id;
        combien += 1;
        let envoi: ModeEnvoi = acte
            .envoi
            .parse()
            .map_err(|_| Erreur::Illisible("mode d’envoi"))?;
        let octets = db
            .coffre()
            .cle(acte.dossier_id)
            .await?
            .desceller_octets(PDF, &acte.pdf_scelle)?;
        let ligne = LigneBordereau {
            numero: numero(acte.id),
            acte: Droit::charger()
                .acte(&acte.code)
                .map_or("", |acte| acte.libelle()),
            envoi: envoi.code(),
            fichier: format!("{}/{}.pdf", envoi.code(), numero(acte.id)),
            pages: acte.pages,
            sha256: en_hexadecimal(&acte.empreinte),
            courriel: acte
                .courriel
                .filter(|_| envoi == ModeEnvoi::Lre)
                .unwrap_or_default(),
        };
        ecriture = a_part(move || ecriture.ajouter(&ligne, &octets)).await?;
    }
    a_part(move || ecriture.finir()).await?;
    Ok(combien)
}

/// Hors des fils qui servent les pages : le disque fait attendre.
async fn a_part<T: Send + 'static>(
    travail: impl FnOnce() -> Result<T, ErreurActes> + Send + 'static,
) -> Result<T, Erreur> {
    let fait = tokio::task::spawn_blocking(travail).await;
    Ok(fait.map_err(|_| ErreurActes::Interrompue)??)
}

/// Un lot qui s'écrit.
struct Ecriture {
    sortie: PathBuf,
    inacheve: PathBuf,
    fini: PathBuf,
    bordereau: csv::Writer<File>,
}

impl Ecriture {
    /// Repart de rien si un arrêt l'avait laissé inachevé.
    fn ouvrir(sortie: PathBuf, nom: &str) -> Result<Self, ErreurActes> {
        let inacheve = sortie.join(format!("{nom}{INACHEVE}"));
        match fs::remove_dir_all(&inacheve) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(refus(&inacheve, e)),
        }
        dossier_prive(&inacheve).map_err(|e| refus(&inacheve, e))?;
        let chemin = inacheve.join(BORDEREAU);
        let fichier = fichier_neuf(&chemin).map_err(|e| refus(&chemin, e))?;
        Ok(Self {
            fini: sortie.join(nom),
            bordereau: csv::WriterBuilder::new().delimiter(b';').from_writer(fichier),
            sortie,
            inacheve,
        })
    }

    fn ajouter(mut self, ligne: &LigneBordereau, octets: &[u8]) -> Result<Self, ErreurActes> {
        let document = self.inacheve.join(&ligne.fichier);
        let dossier = self.inacheve.join(ligne.envoi);
        dossier_prive(&dossier)
            .and_then(|()| fichier_neuf(&document))
            .and_then(|mut f| f.write_all(octets).and_then(|()| f.sync_all()))
            .map_err(|e| refus(&document, e))?;
        self.bordereau
            .serialize(ligne)
            .map_err(|e| refus(&self.inacheve, io::Error::other(e)))?;
        Ok(self)
    }

    fn finir(self) -> Result<(), ErreurActes> {
        let Self {
            sortie,
            inacheve,
            fini,
            bordereau,
        } = self;
        let fichier = bordereau
            .into_inner()
            .map_err(|e| refus(&inacheve, io::Error::other(e.to_string())))?;
        fichier
            .sync_all()
            .and_then(|()| fs::rename(&inacheve, &fini))
            .and_then(|()| File::open(&sortie)?.sync_all())
            .map_err(|e| refus(&fini, e))
    }
}

fn refus(chemin: &Path, source: io::Error) -> ErreurActes {
    ErreurActes::Expedition {
        fichier: chemin.display().to_string(),
        source,
    }
}

/// Une empreinte, pour être lue.
pub(crate) fn en_hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
