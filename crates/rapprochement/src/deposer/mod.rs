//! Le dépôt d'un fichier : garder ce qu'il déclare à la caisse, émettre ce qui n'est pas encore au compte.

mod avancer;
mod ecrire;
mod emettre;
mod garde;
mod sceller;

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::thread::JoinHandle;
use std::time::Instant;

use acces::{Permis, actions};
use dsn::{CodeMsa, Declaration, Lecture};
use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use storage::{Db, LIGNES_PAR_TRANSACTION, ecrire, lire, sql};
use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot;

use self::avancer::Avancement;
use self::garde::{Ecartees, Garde, Gardee};
use crate::Erreur;

pub(crate) use ecrire::ETABLISSEMENT;
use emettre::ajuster_mois;
pub use emettre::{Ajustement, Emissions, ajuster, derniere_creance, emissions_depuis};
pub(crate) use sceller::INDIVIDU;

/// Ce qu'un fichier a donné. `lues = gardees + deja_connues + autres_caisses + sans_effet + signalements`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BilanDepot {
    /// Nom du fichier.
    pub fichier: String,
    /// Déclarations lues.
    pub lues: u64,
    /// Déclarations gardées par ce dépôt.
    pub gardees: u64,
    /// Déclarations déjà gardées d'un dépôt précédent.
    pub deja_connues: u64,
    /// Déclarations d'autres caisses : comptées, pas gardées.
    pub autres_caisses: u64,
    /// Envois d'essai et déclarations rejetées par le portail.
    pub sans_effet: u64,
    /// Signalements, qui ne déclarent pas de cotisations.
    pub signalements: u64,
    /// Individus gardés.
    pub individus: u64,
    /// Déclaré à la caisse par les déclarations gardées, en centimes.
    pub declare_centimes: i64,
    /// Ordonné à la caisse par elles, en centimes.
    pub ordonne_centimes: i64,
    /// Débiteurs créés.
    pub debiteurs_crees: u64,
    /// Créances émises.
    pub creances_emises: u64,
    /// Créances de la DSN annulées, remplacées ou non par d'autres.
    pub creances_annulees: u64,
    /// Recettes en attente qui ont trouvé leur place.
    pub recettes_placees: u64,
}

/// Dépose un fichier DSN, en clair et déployé : `fichier` est lu deux fois, d'abord en entier pour le vérifier.
///
/// Chaque déclaration est gardée avec ses créances dans une même transaction, courte ; le dépôt peut être interrompu à
/// tout instant et repris. Le même fichier ne change rien, ni la même déclaration dans un autre fichier.
/// `sur_avance` reçoit les octets lus de la seconde lecture, et leur total.
///
/// # Errors
/// [`Erreur::Dsn`] et [`Erreur::Declaration`] avant toute écriture ; le refus de la base.
pub async fn deposer(
    db: &Db,
    permis: &Permis<actions::DeposerDsn>,
    aujourdhui: Date,
    nom: &str,
    fichier: &File,
    mut sur_avance: impl FnMut(u64, u64),
) -> Result<BilanDepot, Erreur> {
    let (empreinte, octets) = verifier(nom, fichier).await?;
    let connu: Result<Option<(i64, i64, i64, i64)>, Erreur> = lire!(db, |tx| {
        Ok(sql!(
        "SELECT lues, autres_caisses, sans_effet, signalements FROM dsn_depot WHERE empreinte = $1 AND termine = 1"
    )
    .bind(empreinte.clone())
    .au_plus_une(tx)
    .await?)
    });
    if let Some((lues, autres_caisses, sans_effet, signalements)) = connu? {
        return Ok(BilanDepot {
            fichier: nom.to_owned(),
            lues: positif(lues),
            deja_connues: positif(lues - autres_caisses - sans_effet - signalements),
            autres_caisses: positif(autres_caisses),
            sans_effet: positif(sans_effet),
            signalements: positif(signalements),
            ..BilanDepot::default()
        });
    }
    let caisse = code_msa(db)?;
    let mut depot = ecrire::Depot {
        db,
        permis,
        aujourdhui,
        caisse,
        nom,
        empreinte,
        bilan: BilanDepot {
            fichier: nom.to_owned(),
            ..BilanDepot::default()
        },
        avancement: Avancement {
            octets,
            debut: permis.quand(),
            chronometre: Instant::now(),
        },
    };
    // Lire et écrire se recouvrent : un fil lit et prépare le lot suivant pendant que celui-ci s'écrit.
    let (envoi, mut lots) = tokio::sync::mpsc::channel(1);
    let lecteur = lire_lots(nom, fichier, caisse, envoi)?;
    while let Some(lot) = lots.recv().await {
        let lot = lot?;
        if !lot.pretes.is_empty() {
            let fait: Result<BilanDepot, Erreur> =
                ecrire!(db, |tx| depot.garder(tx, &lot.pretes, lot.octets).await);
            depot.bilan.ajouter(&fait?)?;
        }
        depot.bilan.ecarter(lot.ecartees);
        sur_avance(lot.octets, octets);
    }
    if lecteur.join().is_err() {
        return Err(Erreur::Illisible("lecture interrompue"));
    }
    let fini: Result<(), Erreur> = ecrire!(db, |tx| depot.terminer(tx).await);
    fini?;
    tracing::info!(
        lues = depot.bilan.lues,
        gardees = depot.bilan.gardees,
        "déclarations déposées"
    );
    Ok(depot.bilan)
}

/// Des déclarations prêtes à être gardées en une transaction.
struct LotLu {
    pretes: Vec<Gardee>,
    /// Ce qui a été écarté depuis le lot précédent.
    ecartees: Ecartees,
    /// Octets lus jusqu'ici.
    octets: u64,
}

/// Seconde lecture, dans un fil à elle : les lots, dans l'ordre, jusqu'au dernier ou à la première erreur.
fn lire_lots(
    nom: &str,
    fichier: &File,
    caisse: CodeMsa,
    envoi: Sender<Result<LotLu, Erreur>>,
) -> Result<JoinHandle<()>, Erreur> {
    let fichier = rembobiner(nom, fichier)?;
    let nom = nom.to_owned();
    Ok(std::thread::spawn(move || {
        let mut lecture = Lecture::nouvelle(&fichier, &nom, Garde::pour(caisse));
        loop {
            let encore = match lecture.avancer() {
                Ok(encore) => encore,
                Err(e) => {
                    envoi.blocking_send(Err(e.into())).ok();
                    return;
                }
            };
            let garde = lecture.recepteur();
            if garde.depassement {
                envoi.blocking_send(Err(valeurs::Depassement.into())).ok();
                return;
            }
            if encore && poids(&garde.pretes) < LIGNES_PAR_TRANSACTION {
                continue;
            }
            let lot = LotLu {
                pretes: std::mem::take(&mut garde.pretes),
                ecartees: std::mem::take(&mut garde.ecartees),
                octets: (&fichier).stream_position().unwrap_or_default(),
            };
            // Personne ne reçoit plus : le dépôt s'est arrêté sur un refus.
            if envoi.blocking_send(Ok(lot)).is_err() || !encore {
                return;
            }
        }
    }))
}

/// Le code de la caisse, tel que les fichiers l'écrivent.
pub(crate) fn code_msa(db: &Db) -> Result<CodeMsa, Erreur> {
    CodeMsa::lire(db.caisse().code().as_bytes()).ok_or(Erreur::Illisible("caisse"))
}

/// Lignes de base qu'un lot de déclarations demande, à peu près.
fn poids(pretes: &[Gardee]) -> usize {
    pretes
        .iter()
        .map(|g| 8 + g.individus.len() + g.cotisations.len())
        .sum()
}

/// Le même fichier, au début, pour un fil à lui.
fn rembobiner(nom: &str, fichier: &File) -> Result<File, Erreur> {
    let rouvrir = || -> io::Result<File> {
        let mut fichier = fichier.try_clone()?;
        fichier.seek(SeekFrom::Start(0))?;
        Ok(fichier)
    };
    rouvrir().map_err(|source| Erreur::Lecture {
        fichier: nom.to_owned(),
        source,
    })
}

/// Première lecture : l'empreinte du fichier, sa taille en octets, et toute faute qu'il porte. Elle est longue et ne
/// fait que lire et compter : un fil à elle n'en prend aucun aux pages.
async fn verifier(nom: &str, fichier: &File) -> Result<(Vec<u8>, u64), Erreur> {
    let (envoi, verdict) = oneshot::channel();
    let fichier = rembobiner(nom, fichier)?;
    let nom = nom.to_owned();
    std::thread::spawn(move || {
        // Personne n'attend plus : le service s'arrête.
        if let Some(verdict) = lire_entier(&nom, &fichier, || envoi.is_closed()).transpose() {
            envoi.send(verdict).ok();
        }
    });
    verdict
        .await
        .map_err(|_| Erreur::Illisible("lecture interrompue"))?
}

/// Lit jusqu'au bout, ou jusqu'à ce que `assez` le dise.
fn lire_entier(
    nom: &str,
    fichier: &File,
    assez: impl Fn() -> bool,
) -> Result<Option<(Vec<u8>, u64)>, Erreur> {
    let mut empreinte = Empreinte {
        source: fichier,
        hache: Sha256::new(),
        octets: 0,
    };
    let mut lecture = Lecture::nouvelle(&mut empreinte, nom, Vec::<Declaration>::new());
    while lecture.avancer()? {
        situer_toutes(nom, lecture.recepteur())?;
        if assez() {
            return Ok(None);
        }
    }
    situer_toutes(nom, lecture.recepteur())?;
    Ok(Some((empreinte.hache.finalize().to_vec(), empreinte.octets)))
}

/// Vérifie, puis oublie, les déclarations lues.
fn situer_toutes(nom: &str, declarations: &mut Vec<Declaration>) -> Result<(), Erreur> {
    for d in declarations.drain(..) {
        ecrire::situer(&d).map_err(|regle| Erreur::Declaration {
            fichier: nom.to_owned(),
            ligne: d.lignes.0,
            regle,
        })?;
    }
    Ok(())
}

/// Lit et hache du même pas.
struct Empreinte<'a> {
    source: &'a File,
    hache: Sha256,
    octets: u64,
}

impl Read for Empreinte<'_> {
    fn read(&mut self, tampon: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(tampon)?;
        self.hache.update(&tampon[..n]);
        self.octets += u64::try_from(n).unwrap_or_default();
        Ok(n)
    }
}

fn positif(n: i64) -> u64 {
    n.try_into().unwrap_or_default()
}

impl BilanDepot {
    fn ajouter(&mut self, fait: &Self) -> Result<(), valeurs::Depassement> {
        self.lues += fait.lues;
        self.gardees += fait.gardees;
        self.deja_connues += fait.deja_connues;
        self.individus += fait.individus;
        self.debiteurs_crees += fait.debiteurs_crees;
        self.creances_emises += fait.creances_emises;
        self.creances_annulees += fait.creances_annulees;
        self.recettes_placees += fait.recettes_placees;
        for (total, part) in [
            (&mut self.declare_centimes, fait.declare_centimes),
            (&mut self.ordonne_centimes, fait.ordonne_centimes),
        ] {
            *total = total.checked_add(part).ok_or(valeurs::Depassement)?;
        }
        Ok(())
    }

    fn ecarter(&mut self, e: Ecartees) {
        self.autres_caisses += e.autres_caisses;
        self.sans_effet += e.sans_effet;
        self.signalements += e.signalements;
        self.lues += e.autres_caisses + e.sans_effet + e.signalements;
    }
}
