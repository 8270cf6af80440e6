//! Un formulaire qui envoie des fichiers, dont le jeton est vérifié avant qu'un seul octet n'en soit lu.

use std::{collections::HashMap, fs::File, io::Seek};

use axum::{
    extract::{
        DefaultBodyLimit, FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::StatusCode,
};
use tokio::io::AsyncWriteExt;

use crate::{CHAMP_JETON, Erreur, ErreurChamp, csrf};

/// Le plus grand envoi, tous fichiers ensemble : 64 Mio, un relevé bancaire d'un an d'une grande caisse.
pub const TAILLE_MAX_FICHIER: usize = 64 * 1024 * 1024;

/// Le plus grand champ de texte d'un tel formulaire : 64 Kio.
pub const TAILLE_MAX_CHAMP: usize = 64 * 1024;

/// Champs et fichiers au plus.
pub const CHAMPS_MAX: usize = 100;

/// Le plus long nom de fichier gardé, en caractères.
const NOM_MAX: usize = 120;

/// Le plus long nom sous lequel un envoi s'écrit sur le disque, en octets : sous les 255 d'un système de fichiers, de
/// quoi le suivre d'un rang ou d'une extension.
const NOM_MAX_OCTETS: usize = 200;

/// Un formulaire `multipart/form-data` : ses champs de texte et ses fichiers.
///
/// Le champ caché `jeton` doit venir le premier : il est vérifié avant que le reste soit lu. Un champ de
/// fichier laissé vide n'est pas un fichier.
///
/// # Errors
/// [`Erreur::Perime`] sans le bon jeton en tête, [`Erreur::TropGrand`], [`Erreur::Invalide`] si l'envoi est
/// malformé ou tronqué, [`Erreur::Interne`] si le disque refuse.
#[derive(Debug)]
pub struct FormulaireFichier {
    champs: HashMap<String, String>,
    /// Les fichiers, dans l'ordre de l'envoi.
    pub fichiers: Vec<FichierRecu>,
}

/// Un fichier reçu, écrit dans un fichier temporaire sans nom : il disparaît avec cette valeur, même si le
/// programme s'arrête.
#[derive(Debug)]
pub struct FichierRecu {
    /// Le nom du champ.
    pub champ: String,
    /// Le nom donné par le navigateur, réduit à sa dernière partie et à des caractères imprimables.
    pub nom: String,
    /// La taille, en octets.
    pub taille: u64,
    /// Le contenu, curseur au début.
    pub contenu: File,
}

impl FichierRecu {
    /// Le nom donné par l'agent, s'il peut nommer un fichier d'un dossier qu'on a choisi ; « fichier » sinon. Il ne
    /// sort pas de ce dossier, n'y est pas caché, et n'y dépasse pas deux cents octets : la fin, qui porte l'extension,
    /// en est gardée.
    #[must_use]
    pub fn nom_sur(&self) -> &str {
        nom_sur(&self.nom)
    }
}

fn nom_sur(nom: &str) -> &str {
    let nom = nom.rsplit(['/', '\\']).next().unwrap_or_default();
    let trop = nom.ceil_char_boundary(nom.len().saturating_sub(NOM_MAX_OCTETS));
    let nom = nom.get(trop..).unwrap_or_default();
    let nom = nom.trim_start_matches(|c: char| c == '.' || c.is_whitespace());
    if nom.trim().is_empty() {
        "fichier"
    } else {
        nom.trim_end()
    }
}

impl FormulaireFichier {
    /// Un champ de texte.
    #[must_use]
    pub fn champ(&self, nom: &str) -> Option<&str> {
        self.champs.get(nom).map(String::as_str)
    }
}

impl<S: Send + Sync> FromRequest<S> for FormulaireFichier {
    type Rejection = Erreur;

    async fn from_request(mut requete: Request, etat: &S) -> Result<Self, Erreur> {
        DefaultBodyLimit::max(TAILLE_MAX_FICHIER).apply(&mut requete);
        let extensions = requete.extensions().clone();
        let mut envoi = Multipart::from_request(requete, etat)
            .await
            .map_err(|_| malforme())?;
        match envoi.next_field().await.map_err(|e| refus(&e))? {
            Some(champ) if champ.name() == Some(CHAMP_JETON) => {
                csrf::verifier(&extensions, Some(&texte(champ).await?))?;
            }
            _ => return Err(Erreur::Perime),
        }
        let mut recu = Self {
            champs: HashMap::new(),
            fichiers: Vec::new(),
        };
        while let Some(champ) = envoi.next_field().await.map_err(|e| refus(&e))? {
            if recu.champs.len() + recu.fichiers.len() >= CHAMPS_MAX {
                return Err(malforme());
            }
            let nom = champ.name().unwrap_or_default().to_owned();
            match champ.file_name().map(nom_de_fichier) {
                None => {
                    recu.champs.insert(nom, texte(champ).await?);
                }
                Some(nom_du_fichier) => {
                    let (contenu, taille) = ecrire(champ).await?;
                    if taille > 0 || !nom_du_fichier.is_empty() {
                        recu.fichiers.push(FichierRecu {
                            champ: nom,
                            nom: nom_du_fichier,
                            taille,
                            contenu,
                        });
                    }
                }
            }
        }
        Ok(recu)
    }
}

async fn texte(mut champ: Field<'_>) -> Result<String, Erreur> {
    let mut octets = Vec::new();
    while let Some(morceau) = champ.chunk().await.map_err(|e| refus(&e))? {
        if octets.len() + morceau.len() > TAILLE_MAX_CHAMP {
            return Err(Erreur::TropGrand {
                limite_octets: TAILLE_MAX_CHAMP,
            });
        }
        octets.extend_from_slice(&morceau);
    }
    String::from_utf8(octets).map_err(|_| malforme())
}

async fn ecrire(mut champ: Field<'_>) -> Result<(File, u64), Erreur> {
    let temporaire = tempfile::tempfile().map_err(|e| Erreur::interne(&e))?;
    let mut fichier = tokio::fs::File::from_std(temporaire);
    let mut taille = 0_u64;
    while let Some(morceau) = champ.chunk().await.map_err(|e| refus(&e))? {
        taille = taille.saturating_add(u64::try_from(morceau.len()).unwrap_or(u64::MAX));
        fichier
            .write_all(&morceau)
            .await
            .map_err(|e| Erreur::interne(&e))?;
    }
    fichier.flush().await.map_err(|e| Erreur::interne(&e))?;
    let mut fichier = fichier.into_std().await;
    fichier.rewind().map_err(|e| Erreur::interne(&e))?;
    Ok((fichier, taille))
}

/// Un navigateur peut envoyer un chemin entier, et un attaquant n'importe quoi.
fn nom_de_fichier(nom: &str) -> String {
    let dernier = nom.rsplit(['/', '\\']).next().unwrap_or_default();
    dernier
        .chars()
        .filter(|c| !c.is_control())
        .take(NOM_MAX)
        .collect()
}

fn refus(erreur: &MultipartError) -> Erreur {
    if erreur.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Erreur::TropGrand {
            limite_octets: TAILLE_MAX_FICHIER,
        }
    } else {
        malforme()
    }
}

fn malforme() -> Erreur {
    Erreur::Invalide {
        champs: vec![ErreurChamp::nouvelle(
            "fichier",
            "L’envoi est incomplet ou malformé : recommencez-le.",
        )],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_nom_de_fichier_ne_sort_pas_de_son_dossier_et_y_tient() {
        assert_eq!(nom_sur(".."), "fichier");
        assert_eq!(nom_sur(""), "fichier");
        assert_eq!(nom_sur(" . "), "fichier");
        assert_eq!(nom_sur("../../etc/passwd"), "passwd");
        assert_eq!(nom_sur("C:\\dsn\\.janvier.dsn "), "janvier.dsn");
        assert_eq!(nom_sur("créances mars.csv"), "créances mars.csv");
        let long = format!("{}.csv", "é".repeat(150));
        assert!(nom_sur(&long).len() <= NOM_MAX_OCTETS && nom_sur(&long).ends_with(".csv"));
    }
}
