use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use openidconnect::IssuerUrl;
use serde::Deserialize;
use valeurs::CodeCaisse;

use crate::{Erreur, Role};

/// Comment une caisse connecte ses agents.
#[derive(Debug)]
pub enum Connexion {
    /// Comptes locaux : mot de passe et second facteur.
    Locale,
    /// Fournisseur d'identité OpenID Connect ; il répond aussi du second facteur.
    Fournisseur(Box<Fournisseur>),
}

/// Le fournisseur d'identité d'une caisse, lu dans `DONNEES/connexion/CODE.toml`.
pub struct Fournisseur {
    /// Adresse de l'émetteur, d'où sa configuration se découvre.
    pub emetteur: IssuerUrl,
    /// Identifiant de Sillon chez lui.
    pub client_id: String,
    /// Revendication (claim) qui porte les groupes de l'agent.
    pub revendication_role: String,
    /// Portées demandées en plus de `openid` et `profile`.
    pub portees: Vec<String>,
    /// Groupe chez le fournisseur, et rôle ici.
    pub roles: BTreeMap<String, Role>,
    pub(super) secret: String,
}

impl fmt::Debug for Fournisseur {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fournisseur({})", self.emetteur.as_str())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fichier {
    emetteur: String,
    client_id: String,
    fichier_secret: PathBuf,
    revendication_role: String,
    #[serde(default)]
    portees: Vec<String>,
    roles: BTreeMap<String, String>,
}

/// Où une caisse écrit son fournisseur d'identité.
#[must_use]
pub fn fichier_de_la_caisse(donnees: &Path, caisse: CodeCaisse) -> PathBuf {
    donnees.join("connexion").join(format!("{caisse}.toml"))
}

impl Connexion {
    /// La connexion de la caisse : celle de `DONNEES/connexion/CODE.toml`, ou locale s'il n'y en a pas.
    ///
    /// ```toml
    /// emetteur = "https://identite.exemple.fr"
    /// client_id = "sillon"
    /// fichier_secret = "secret"            # à côté de ce fichier, une ligne
    /// revendication_role = "groupes"
    /// portees = ["groupes"]                # facultatif
    ///
    /// [roles]
    /// "calimero-prestations" = "prestations"
    /// ```
    ///
    /// # Errors
    /// [`Erreur::Connexion`], qui nomme le fichier.
    pub fn de_la_caisse(donnees: &Path, caisse: CodeCaisse) -> Result<Self, Erreur> {
        let chemin = fichier_de_la_caisse(donnees, caisse);
        let refus = |raison: String| Erreur::Connexion {
            fichier: chemin.display().to_string(),
            raison,
        };
        let texte = match std::fs::read_to_string(&chemin) {
            Ok(texte) => texte,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::Locale),
            Err(_) => {
                return Err(refus(
                    "ne se lit pas : vérifiez ses droits et qu’il est en UTF-8".into(),
                ));
            }
        };
        let fichier: Fichier =
            toml::from_str(&texte).map_err(|e| refus(format!("ne se lit pas ({})", e.message())))?;
        let emetteur = IssuerUrl::new(fichier.emetteur)
            .map_err(|_| refus("« emetteur » doit être une adresse https://…".into()))?;
        let boucle_locale = emetteur
            .url()
            .host_str()
            .is_some_and(|h| h == "localhost" || h == "127.0.0.1");
        if emetteur.url().scheme() != "https" && !boucle_locale {
            return Err(refus("« emetteur » doit être une adresse https://…".into()));
        }
        let chemin_secret = chemin.with_file_name(&fichier.fichier_secret);
        let secret = std::fs::read_to_string(&chemin_secret)
            .map(|s| s.trim().to_owned())
            .unwrap_or_default();
        if secret.is_empty() {
            return Err(refus(format!(
                "le secret {} est absent ou vide",
                chemin_secret.display()
            )));
        }
        let mut roles = BTreeMap::new();
        for (groupe, code) in fichier.roles {
            let role = Role::depuis_code(&code)
                .ok_or_else(|| refus(format!("le rôle « {code} » n’existe pas dans [roles]")))?;
            roles.insert(groupe, role);
        }
        Ok(Self::Fournisseur(Box::new(Fournisseur {
            emetteur,
            client_id: fichier.client_id,
            revendication_role: fichier.revendication_role,
            portees: fichier.portees,
            roles,
            secret,
        })))
    }
}
