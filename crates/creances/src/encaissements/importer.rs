use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use jiff::Timestamp;
use releves::{Format, Ligne, Operation, Releve};
use sha2::{Digest as _, Sha256};
use storage::{Db, LIGNES_PAR_TRANSACTION, Tx, ecrire, lire, sql};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use valeurs::Montant;

use super::identite::{Identite, Identites};
use super::lot::{Connues, LigneLue, TRAVAIL, importer_lot};
use crate::Erreur;

/// Ce qu'un fichier a donné. `lus = imputes + en_rac + deja_connus + autre_caisse`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct BilanFichier {
    /// Nom du fichier.
    pub fichier: String,
    /// Recettes et retours lus (les débits propres à la caisse n'en sont pas).
    pub lus: u64,
    /// Recettes entièrement imputées.
    pub imputes: u64,
    /// Recettes qui attendent, en tout ou partie, en RAC.
    pub en_rac: u64,
    /// Recettes déjà comptabilisées.
    pub deja_connus: u64,
    /// Lignes d'une autre caisse, laissées.
    pub autre_caisse: u64,
    /// Somme nouvellement comptabilisée, en centimes ; un retour la diminue.
    pub montant_centimes: i64,
}

/// Qui importe, quand, et pour quelle caisse.
pub struct Importateur<'a> {
    /// La base de la caisse.
    pub db: &'a Db,
    /// Auteur des mouvements.
    pub auteur: &'a str,
    /// L'instant présent.
    pub maintenant: Timestamp,
}

/// Importe un relevé (camt.053, camt.054, CFONB 120) ou une liste de paiements (CSV).
///
/// Le fichier est lu deux fois : d'abord en entier pour le vérifier, ensuite pour comptabiliser par lots de
/// [`LIGNES_PAR_TRANSACTION`]. Il peut être interrompu à tout instant et repris : chaque ligne a une identité, rien
/// ne compte deux fois.
///
/// # Errors
/// [`Erreur::Releve`] et [`Erreur::ReferenceDivergente`] avant toute écriture ; le refus de la base.
pub async fn importer(par: &Importateur<'_>, chemin: &Path) -> Result<BilanFichier, Erreur> {
    let nom = chemin.file_name().map_or_else(
        || chemin.display().to_string(),
        |n| n.to_string_lossy().into_owned(),
    );
    importer_depuis(par, &nom, || File::open(chemin)).await
}

/// Comme [`importer`], d'un fichier qui n'a pas de chemin (un envoi) : `rouvrir` le rend lu du début, autant de fois
/// qu'il le faut, et `nom` le désigne.
///
/// # Errors
/// Celles d'[`importer`].
pub async fn importer_depuis(
    par: &Importateur<'_>,
    nom: &str,
    rouvrir: impl Fn() -> io::Result<File>,
) -> Result<BilanFichier, Erreur> {
    let ouvrir = || -> Result<BufReader<File>, Erreur> {
        let fichier = rouvrir().map_err(|source| Erreur::Fichier {
            fichier: nom.to_owned(),
            source,
        })?;
        Ok(BufReader::with_capacity(1 << 16, fichier))
    };
    let format = valider(par.db, nom, ouvrir()?).await?;
    let empreinte = empreinte(nom, ouvrir()?)?;
    let fichier = inscrire_fichier(par, nom, nom_du_format(format), &empreinte).await?;
    let mut bilan = BilanFichier {
        fichier: nom.to_owned(),
        ..BilanFichier::default()
    };
    let (mut lots, lecteur) = lire_d_avance(par.db, Releve::ouvrir(nom, ouvrir()?)?);
    while let Some(lu) = lots.recv().await {
        let LotLu {
            lignes,
            lus,
            autre_caisse,
        } = lu?;
        bilan.lus += lus;
        bilan.autre_caisse += autre_caisse;
        let lot: Result<_, Erreur> = ecrire!(par.db, |tx| importer_lot(par, tx, fichier, nom, &lignes).await);
        let lot = lot?;
        bilan.imputes += lot.imputes;
        bilan.en_rac += lot.en_rac;
        bilan.deja_connus += lot.deja_connus;
        bilan.montant_centimes = bilan
            .montant_centimes
            .checked_add(lot.montant_centimes)
            .ok_or(valeurs::Depassement)?;
    }
    if let Err(panique) = lecteur.await {
        std::panic::resume_unwind(panique.into_panic());
    }
    fermer_fichier(par, fichier).await?;
    tracing::info!(
        lus = bilan.lus,
        imputes = bilan.imputes,
        en_rac = bilan.en_rac,
        "relevé importé"
    );
    Ok(bilan)
}

/// Comptabilise des lignes qui ne viennent pas d'un fichier (la caisse de démonstration), dans la transaction de
/// l'appelant ; `fichier` est celui d'[`ouvrir_fichier`].
///
/// # Errors
/// Le refus du droit ou de la base.
pub async fn comptabiliser(
    par: &Importateur<'_>,
    tx: &mut Tx,
    fichier: i64,
    lignes: Vec<Ligne>,
) -> Result<BilanFichier, Erreur> {
    let mut lecture = Lecture::nouvelle(par.db);
    let mut lu = LotLu::default();
    for ligne in lignes {
        lecture.garder(ligne, &mut lu);
    }
    let lot = importer_lot(par, tx, fichier, "", &lu.lignes).await?;
    Ok(BilanFichier {
        lus: lu.lus,
        autre_caisse: lu.autre_caisse,
        ..lot
    })
}

/// Inscrit l'origine de lignes qui ne viennent pas d'un fichier ; rend son numéro.
///
/// # Errors
/// Le refus de la base.
pub async fn ouvrir_fichier(par: &Importateur<'_>, nom: &str) -> Result<i64, Erreur> {
    inscrire_fichier(par, nom, "direct", nom.as_bytes()).await
}

/// Dit toutes les lignes d'un fichier traitées, après avoir retenté les retours qui attendaient l'une d'elles.
///
/// # Errors
/// Le refus du droit ou de la base.
pub async fn fermer_fichier(par: &Importateur<'_>, fichier: i64) -> Result<(), Erreur> {
    ecrire!(par.db, |tx| {
        tx.verrouiller_travail(TRAVAIL).await?;
        super::retour::retenter(par, tx).await?;
        sql!("UPDATE fichier_importe SET termine = 1 WHERE id = $1")
            .bind(fichier)
            .executer(tx)
            .await?;
        Ok(())
    })
}

/// Lignes lues d'une traite, et ce qu'il en faut compter.
#[derive(Default)]
struct LotLu {
    lignes: Vec<LigneLue>,
    lus: u64,
    autre_caisse: u64,
}

/// Le tri et l'identité des lignes, dans l'ordre du fichier.
struct Lecture {
    db: Db,
    identites: Identites,
}

impl Lecture {
    fn nouvelle(db: &Db) -> Self {
        Self {
            db: db.clone(),
            identites: Identites::default(),
        }
    }

    fn garder(&mut self, ligne: Ligne, lot: &mut LotLu) {
        if matches!(ligne.operation, Operation::Debit) {
            return;
        }
        lot.lus += 1;
        if ligne.caisse.is_some_and(|c| c != self.db.caisse()) {
            lot.autre_caisse += 1;
            return;
        }
        let Identite {
            octets,
            lot: ecriture,
            sure,
        } = self.identites.suivante(self.db.coffre(), &ligne);
        lot.lignes.push(LigneLue {
            ligne,
            identite: octets,
            lot: ecriture,
            sure,
        });
    }

    fn lot<R: BufRead>(&mut self, releve: &mut Releve<R>) -> Result<LotLu, Erreur> {
        let mut lot = LotLu::default();
        for ligne in releve {
            self.garder(ligne?, &mut lot);
            if lot.lignes.len() == LIGNES_PAR_TRANSACTION {
                break;
            }
        }
        Ok(lot)
    }
}

/// Lit le lot suivant sur un autre fil pendant que la base écrit le précédent.
fn lire_d_avance<R: BufRead + Send + 'static>(
    db: &Db,
    mut releve: Releve<R>,
) -> (mpsc::Receiver<Result<LotLu, Erreur>>, JoinHandle<()>) {
    let (envoi, lots) = mpsc::channel(1);
    let mut lecture = Lecture::nouvelle(db);
    let lecteur = tokio::task::spawn_blocking(move || {
        loop {
            let lot = lecture.lot(&mut releve);
            let fini = lot.as_ref().is_ok_and(|l| l.lus == 0);
            if fini || envoi.blocking_send(lot).is_err() {
                return;
            }
        }
    });
    (lots, lecteur)
}

/// Première lecture : toute erreur du fichier, et toute référence de banque déjà comptabilisée pour un autre montant.
async fn valider(db: &Db, nom: &str, lecteur: impl BufRead) -> Result<Format, Erreur> {
    let mut releve = Releve::ouvrir(nom, lecteur)?;
    let format = releve.format();
    let mut lecture = Lecture::nouvelle(db);
    loop {
        let mut lot = LotLu::default();
        let mut fini = true;
        for ligne in releve.by_ref() {
            fini = false;
            let ligne = ligne?;
            // Sans référence de banque, une ligne ne peut en contredire une autre.
            if ligne.reference_bancaire.is_some() {
                lecture.garder(ligne, &mut lot);
            }
            if lot.lignes.len() == LIGNES_PAR_TRANSACTION {
                break;
            }
        }
        if fini {
            return Ok(format);
        }
        let sures = lot.lignes;
        let ok: Result<(), Erreur> = lire!(db, |tx| comparer(tx, nom, &sures).await);
        ok?;
    }
}

async fn comparer(tx: &mut Tx, nom: &str, sures: &[LigneLue]) -> Result<(), Erreur> {
    let connues = Connues::chercher(tx, sures).await?;
    let divergente = |l: &LigneLue| Erreur::ReferenceDivergente {
        fichier: nom.to_owned(),
        ligne: l.ligne.numero,
    };
    for l in sures {
        if connues
            .montant(&l.identite)
            .is_some_and(|m| m.abs() != l.ligne.montant)
        {
            return Err(divergente(l));
        }
        let attendu = l.ligne.lot.as_ref().map(|lot| lot.montant_total);
        let parent = l.lot.as_ref().and_then(|lot| connues.montant(lot));
        if parent.is_some_and(|m: Montant| Some(m.abs()) != attendu) {
            return Err(divergente(l));
        }
    }
    Ok(())
}

fn empreinte(nom: &str, mut lecteur: impl BufRead) -> Result<Vec<u8>, Erreur> {
    let mut sha = Sha256::new();
    let mut tampon = vec![0_u8; 1 << 16];
    loop {
        let n = lecteur
            .by_ref()
            .read(&mut tampon)
            .map_err(|source| Erreur::Fichier {
                fichier: nom.to_owned(),
                source,
            })?;
        if n == 0 {
            return Ok(sha.finalize().to_vec());
        }
        sha.update(&tampon[..n]);
    }
}

const fn nom_du_format(format: Format) -> &'static str {
    match format {
        Format::Camt053 { .. } => "camt.053",
        Format::Camt054 { .. } => "camt.054",
        Format::Cfonb120 => "CFONB 120",
        Format::Csv => "CSV",
    }
}

/// Le même contenu est le même fichier, quel que soit son nom : une reprise retrouve le sien.
async fn inscrire_fichier(
    par: &Importateur<'_>,
    nom: &str,
    format: &str,
    empreinte: &[u8],
) -> Result<i64, Erreur> {
    ecrire!(par.db, |tx| {
        tx.verrouiller_travail("fichier_importe").await?;
        let connu: Option<(i64,)> = sql!("SELECT id FROM fichier_importe WHERE empreinte = $1")
            .bind(empreinte)
            .au_plus_une(tx)
            .await?;
        if let Some((id,)) = connu {
            return Ok(id);
        }
        let id = tx
            .reserver("fichier_importe", 1)
            .await?
            .first()
            .copied()
            .unwrap_or_default();
        sql!(
            "INSERT INTO fichier_importe (id, empreinte, nom, format, importe_le, auteur, termine) \
             VALUES ($1, $2, $3, $4, $5, $6, 0)"
        )
        .bind(id)
        .bind(empreinte)
        .bind(nom)
        .bind(format)
        .bind(par.maintenant.to_string())
        .bind(par.auteur)
        .executer(tx)
        .await?;
        Ok(id)
    })
}
