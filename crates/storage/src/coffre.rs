use std::collections::HashMap;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, AeadInOut, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions};
use valeurs::CodeCaisse;
use zeroize::Zeroizing;

use crate::base::{creer_dossier, options_sqlite};
use crate::{Contexte, Erreur, Lot, Resultat, Tx, sql};

/// Longueur du nonce de XChaCha20-Poly1305, qui se tire au hasard sans risque de collision.
const NONCE: usize = 24;
/// Longueur de l'étiquette qui authentifie un chiffré.
const ETIQUETTE: usize = 16;
/// Octets gardés d'un haché à clé : 128 bits suffisent à l'égalité, l'index reste petit.
const HACHE: usize = 16;

/// Une colonne scellée : nonce, chiffré, étiquette.
pub type Scelle = Vec<u8>;

/// La clé d'un dossier. Détruire la clé rend illisibles les colonnes scellées, jusque dans les sauvegardes.
#[derive(Clone)]
pub struct Cle {
    dossier: i64,
    octets: Zeroizing<[u8; 32]>,
}

impl Cle {
    /// Scelle un texte ou un fichier pour une colonne (`contexte` : « table.colonne », vérifié à l'ouverture).
    ///
    /// # Errors
    /// [`Erreur::Alea`].
    pub fn sceller(&self, contexte: &str, clair: impl AsRef<[u8]>) -> Resultat<Scelle> {
        chiffrer(&self.octets, &self.etiquette(contexte), clair.as_ref())
    }

    /// Ouvre ce que [`Cle::sceller`] a scellé pour la même colonne du même dossier.
    ///
    /// # Errors
    /// [`Erreur::Descellement`].
    pub fn desceller(&self, contexte: &str, scelle: &[u8]) -> Resultat<String> {
        String::from_utf8(self.desceller_octets(contexte, scelle)?)
            .map_err(|_| Erreur::Descellement(self.dossier))
    }

    /// De même, pour ce qui n'est pas un texte.
    ///
    /// # Errors
    /// [`Erreur::Descellement`].
    pub fn desceller_octets(&self, contexte: &str, scelle: &[u8]) -> Resultat<Vec<u8>> {
        dechiffrer(&self.octets, &self.etiquette(contexte), scelle).ok_or(Erreur::Descellement(self.dossier))
    }

    fn etiquette(&self, contexte: &str) -> Vec<u8> {
        format!("{contexte}:{}", self.dossier).into_bytes()
    }
}

/// Le coffre d'une caisse, hors de la base et de ses sauvegardes : la clé maîtresse (un fichier lisible du seul
/// service), qui enveloppe une clé par dossier (un fichier SQLite à côté, quel que soit le moteur de la base).
#[derive(Clone)]
pub struct Coffre {
    maitresse: Arc<Zeroizing<[u8; 32]>>,
    recherche: Arc<Zeroizing<[u8; 32]>>,
    cles: SqlitePool,
    caisse: CodeCaisse,
}

impl Coffre {
    pub(crate) async fn creer(dossier: &Path, caisse: CodeCaisse) -> Resultat<Self> {
        creer_dossier(dossier)?;
        let chemin = fichier_maitre(dossier, caisse);
        // Un coffre resté d'une création interrompue est repris tel quel : ses clés ne servent encore à rien.
        if !chemin.exists() {
            let mut octets = Zeroizing::new([0_u8; 32]);
            getrandom::fill(&mut *octets).map_err(|_| Erreur::Alea)?;
            let provisoire = chemin.with_extension("provisoire");
            let ecrire = || -> std::io::Result<()> {
                let mut f = std::fs::OpenOptions::new()
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .mode(0o600)
                    .open(&provisoire)?;
                f.write_all(hexadecimal(&*octets).as_bytes())?;
                f.sync_all()?;
                std::fs::rename(&provisoire, &chemin)
            };
            ecrire().map_err(|source| Erreur::Fichier {
                chemin: chemin.clone(),
                source,
            })?;
        }
        Self::charger(dossier, caisse, true).await
    }

    pub(crate) async fn ouvrir(dossier: &Path, caisse: CodeCaisse) -> Resultat<Self> {
        Self::charger(dossier, caisse, false).await
    }

    async fn charger(dossier: &Path, caisse: CodeCaisse, neuf: bool) -> Resultat<Self> {
        let chemin = fichier_maitre(dossier, caisse);
        let refus = |raison: &str| Erreur::Coffre {
            chemin: chemin.clone(),
            raison: raison.to_owned(),
        };
        let texte = Zeroizing::new(
            std::fs::read_to_string(&chemin).map_err(|_| refus("fichier absent ou illisible"))?,
        );
        let maitresse =
            depuis_hexadecimal(texte.trim()).ok_or_else(|| refus("64 chiffres hexadécimaux attendus"))?;
        let fichier = dossier.join(format!("{caisse}.cles.sqlite"));
        let options = options_sqlite(&fichier).create_if_missing(neuf);
        let cles = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await
            .map_err(|_| Erreur::Coffre {
                chemin: fichier,
                raison: "fichier des clés absent ou illisible".into(),
            })?;
        sqlx::raw_sql(
            "CREATE TABLE IF NOT EXISTS cle (dossier INTEGER PRIMARY KEY, enveloppe BLOB NOT NULL) STRICT",
        )
        .execute(&cles)
        .await?;
        let recherche = Arc::new(derivee(&maitresse, "recherche"));
        Ok(Self {
            maitresse: Arc::new(maitresse),
            recherche,
            cles,
            caisse,
        })
    }

    /// Haché à clé d'une valeur recherchée par égalité (NIR, IBAN) ; `domaine` sépare les colonnes.
    #[must_use]
    pub fn hacher(&self, domaine: &str, valeur: impl AsRef<[u8]>) -> Vec<u8> {
        let mut mac = hmac(&self.recherche);
        mac.update(domaine.as_bytes());
        mac.update(&[0]);
        mac.update(valeur.as_ref());
        mac.finalize().into_bytes()[..HACHE].to_vec()
    }

    /// Une clé de la caisse pour un usage nommé (journal, jetons…), tirée de la clé maîtresse.
    #[must_use]
    pub fn cle_derivee(&self, usage: &str) -> Zeroizing<[u8; 32]> {
        derivee(&self.maitresse, usage)
    }

    /// La clé d'un dossier, créée au premier appel.
    ///
    /// # Errors
    /// Le coffre refuse.
    pub async fn cle(&self, dossier: i64) -> Resultat<Cle> {
        let mut cles = self.cles(&[dossier]).await?;
        cles.remove(&dossier).ok_or(Erreur::Descellement(dossier))
    }

    /// Les clés de plusieurs dossiers, créées (et gravées avant de rendre la main) si elles manquent.
    ///
    /// # Errors
    /// Le coffre refuse.
    pub async fn cles(&self, dossiers: &[i64]) -> Resultat<HashMap<i64, Cle>> {
        let mut tx = Tx::Sqlite(
            self.cles.begin_with("BEGIN IMMEDIATE").await?,
            Contexte::de(self.caisse),
        );
        let texte = "SELECT cle.dossier, cle.enveloppe FROM v CROSS JOIN cle WHERE cle.dossier = v.dossier";
        let connues: Vec<(i64, Vec<u8>)> = Lot::nouveau()
            .entiers("dossier", dossiers.iter().copied())
            .toutes(&mut tx, texte)
            .await?;
        let mut cles = HashMap::with_capacity(dossiers.len());
        for (dossier, enveloppe) in connues {
            let octets = dechiffrer(&self.maitresse, &dossier.to_be_bytes(), &enveloppe)
                .and_then(|o| <[u8; 32]>::try_from(o).ok())
                .ok_or(Erreur::Descellement(dossier))?;
            cles.insert(
                dossier,
                Cle {
                    dossier,
                    octets: Zeroizing::new(octets),
                },
            );
        }
        let mut neuves = Vec::new();
        for &dossier in dossiers {
            if cles.contains_key(&dossier) {
                continue;
            }
            let mut octets = Zeroizing::new([0_u8; 32]);
            getrandom::fill(&mut *octets).map_err(|_| Erreur::Alea)?;
            neuves.push((
                dossier,
                chiffrer(&self.maitresse, &dossier.to_be_bytes(), &*octets)?,
            ));
            cles.insert(dossier, Cle { dossier, octets });
        }
        if neuves.is_empty() {
            tx.abandonner().await?;
        } else {
            let (ids, enveloppes): (Vec<i64>, Vec<Vec<u8>>) = neuves.into_iter().unzip();
            Lot::nouveau()
                .entiers("dossier", ids)
                .octets("enveloppe", enveloppes.into_iter().map(Some))
                .executer(
                    &mut tx,
                    "INSERT INTO cle (dossier, enveloppe) SELECT dossier, enveloppe FROM v",
                )
                .await?;
            tx.valider().await?;
        }
        Ok(cles)
    }

    /// Détruit la clé d'un dossier : ses colonnes scellées ne s'ouvriront plus jamais.
    ///
    /// # Errors
    /// Le coffre refuse.
    pub async fn detruire(&self, dossier: i64) -> Resultat<()> {
        let mut tx = Tx::Sqlite(
            self.cles.begin_with("BEGIN IMMEDIATE").await?,
            Contexte::de(self.caisse),
        );
        sql!("DELETE FROM cle WHERE dossier = $1")
            .bind(dossier)
            .executer(&mut tx)
            .await?;
        tx.valider().await
    }

    pub(crate) async fn fermer(&self) {
        self.cles.close().await;
    }
}

fn fichier_maitre(dossier: &Path, caisse: CodeCaisse) -> PathBuf {
    dossier.join(format!("{caisse}.maitresse"))
}

fn hmac(cle: &[u8; 32]) -> Hmac<Sha256> {
    match <Hmac<Sha256> as KeyInit>::new_from_slice(cle) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC prend une clé de toute longueur"),
    }
}

fn derivee(maitresse: &[u8; 32], usage: &str) -> Zeroizing<[u8; 32]> {
    let mut cle = Zeroizing::new([0_u8; 32]);
    match Hkdf::<Sha256>::new(Some(b"sillon"), maitresse).expand(usage.as_bytes(), &mut *cle) {
        Ok(()) => cle,
        Err(_) => unreachable!("32 octets sont toujours dérivables"),
    }
}

fn chiffrer(cle: &[u8; 32], contexte: &[u8], clair: &[u8]) -> Resultat<Vec<u8>> {
    let mut nonce = [0_u8; NONCE];
    getrandom::fill(&mut nonce).map_err(|_| Erreur::Alea)?;
    let mut scelle = Vec::with_capacity(NONCE + clair.len() + ETIQUETTE);
    scelle.extend_from_slice(&nonce);
    scelle.extend_from_slice(clair);
    let etiquette = XChaCha20Poly1305::new(cle.into())
        .encrypt_inout_detached(&XNonce::from(nonce), contexte, (&mut scelle[NONCE..]).into())
        .map_err(|_| Erreur::Alea)?;
    scelle.extend_from_slice(&etiquette);
    Ok(scelle)
}

fn dechiffrer(cle: &[u8; 32], contexte: &[u8], scelle: &[u8]) -> Option<Vec<u8>> {
    let (nonce, chiffre) = scelle.split_first_chunk::<NONCE>()?;
    XChaCha20Poly1305::new(cle.into())
        .decrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: chiffre,
                aad: contexte,
            },
        )
        .ok()
}

fn hexadecimal(octets: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(octets.iter().map(|o| format!("{o:02x}")).collect())
}

fn depuis_hexadecimal(texte: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut octets = Zeroizing::new([0_u8; 32]);
    if texte.len() != 64 || !texte.is_ascii() {
        return None;
    }
    for (i, octet) in octets.iter_mut().enumerate() {
        *octet = u8::from_str_radix(&texte[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(octets)
}
