use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use jiff::Timestamp;
use releves::{Format, Ligne, Operation, Releve};
use sha2::{Digest as _, Sha256};
use storage::{Db, Tx, ecrire, lire, sql};
use valeurs::{CodeCaisse, Montant};

use super::identite::{Identite, Identites};
use super::lot::{Connues, LigneLue, TRAVAIL, importer_lot};
use crate::Erreur;

/// Lignes par transaction : assez pour amortir la validation, assez peu pour ne faire attendre personne.
const LOT: usize = 2_000;

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
/// `LOT` lignes. Il peut être interrompu à tout instant et repris : chaque ligne a une identité, rien ne compte
/// deux fois.
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
    let mut lecture = Lecture::nouvelle(par.db.caisse());
    let mut releve = Releve::ouvrir(nom, ouvrir()?)?;
    loop {
        let mut lignes = Vec::with_capacity(LOT);
        while lignes.len() < LOT {
            let Some(ligne) = releve.next() else { break };
            lignes.extend(lecture.garder(par.db, ligne?, &mut bilan));
        }
        if lignes.is_empty() {
            break;
        }
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
    let mut lecture = Lecture::nouvelle(par.db.caisse());
    let mut bilan = BilanFichier::default();
    let lues: Vec<LigneLue> = lignes
        .into_iter()
        .filter_map(|l| lecture.garder(par.db, l, &mut bilan))
        .collect();
    let lot = importer_lot(par, tx, fichier, "", &lues).await?;
    Ok(BilanFichier {
        lus: bilan.lus,
        autre_caisse: bilan.autre_caisse,
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

/// Le tri et l'identité des lignes, dans l'ordre du fichier.
struct Lecture {
    caisse: CodeCaisse,
    identites: Identites,
}

impl Lecture {
    fn nouvelle(caisse: CodeCaisse) -> Self {
        Self {
            caisse,
            identites: Identites::default(),
        }
    }

    fn garder(&mut self, db: &Db, ligne: Ligne, bilan: &mut BilanFichier) -> Option<LigneLue> {
        if matches!(ligne.operation, Operation::Debit) {
            return None;
        }
        bilan.lus += 1;
        if ligne.caisse.is_some_and(|c| c != self.caisse) {
            bilan.autre_caisse += 1;
            return None;
        }
        let Identite { octets, lot, sure } = self.identites.suivante(db.coffre(), &ligne);
        Some(LigneLue {
            ligne,
            identite: octets,
            lot,
            sure,
        })
    }
}

/// Première lecture : toute erreur du fichier, et toute référence de banque déjà comptabilisée pour un autre montant.
async fn valider(db: &Db, nom: &str, lecteur: impl BufRead) -> Result<Format, Erreur> {
    let mut releve = Releve::ouvrir(nom, lecteur)?;
    let format = releve.format();
    let mut lecture = Lecture::nouvelle(db.caisse());
    let mut bilan = BilanFichier::default();
    loop {
        let mut sures = Vec::with_capacity(LOT);
        let mut fini = true;
        for ligne in releve.by_ref() {
            fini = false;
            sures.extend(lecture.garder(db, ligne?, &mut bilan).filter(|l| l.sure));
            if sures.len() == LOT {
                break;
            }
        }
        if fini {
            return Ok(format);
        }
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
