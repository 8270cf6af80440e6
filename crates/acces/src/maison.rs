use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use storage::Db;
use valeurs::CodeCaisse;

use crate::connexion::Connexion;
use crate::{Erreur, Habilitations, Horloge};

/// Une caisse servie : sa base, sa table des habilitations, sa façon de connecter ses agents.
pub struct Caisse {
    /// Son code.
    pub code: CodeCaisse,
    /// Son nom, tel qu'affiché.
    pub nom: String,
    /// Sa base.
    pub db: Db,
    /// Sa table des habilitations.
    pub habilitations: Habilitations,
    /// Comptes locaux, ou fournisseur d'identité.
    pub connexion: Connexion,
    /// Le dossier des données du service, où chaque tranche a le sien (`dsn/CODE`…) : rien n'en est servi tel quel.
    pub donnees: PathBuf,
}

impl Caisse {
    /// Prépare une caisse dont la base est ouverte, avec ses fichiers de `donnees` : `habilitations/CODE.toml`
    /// et `connexion/CODE.toml`, s'ils existent.
    ///
    /// # Errors
    /// Un de ces fichiers est faux ([`Erreur::Habilitations`], [`Erreur::Connexion`]) : rien n'est servi.
    pub fn preparer(db: Db, donnees: &Path) -> Result<Self, Erreur> {
        let code = db.caisse();
        Ok(Self {
            code,
            nom: code.nom().to_owned(),
            habilitations: Habilitations::de_la_caisse(donnees, code)?,
            connexion: Connexion::de_la_caisse(donnees, code)?,
            donnees: donnees.to_owned(),
            db,
        })
    }
}

/// Les caisses que ce serveur sert, et son heure : l'état que reçoivent toutes les pages.
#[derive(Clone)]
pub struct Maison(Arc<Interieur>);

struct Interieur {
    caisses: BTreeMap<CodeCaisse, Arc<Caisse>>,
    horloge: Horloge,
    origine: String,
}

impl Maison {
    /// Une maison de ces caisses. `origine` est l'adresse publique du serveur, sans barre finale
    /// (`https://calimero.exemple.fr`).
    #[must_use]
    pub fn nouvelle(caisses: Vec<Caisse>, horloge: Horloge, origine: &str) -> Self {
        let caisses = caisses.into_iter().map(|c| (c.code, Arc::new(c))).collect();
        let origine = origine.trim_end_matches('/').to_owned();
        Self(Arc::new(Interieur {
            caisses,
            horloge,
            origine,
        }))
    }

    /// La caisse de ce code, si elle est servie ici.
    #[must_use]
    pub fn caisse(&self, code: CodeCaisse) -> Option<&Arc<Caisse>> {
        self.0.caisses.get(&code)
    }

    /// Les caisses servies, par code.
    pub fn caisses(&self) -> impl Iterator<Item = &Arc<Caisse>> {
        self.0.caisses.values()
    }

    /// L'heure.
    #[must_use]
    pub fn horloge(&self) -> &Horloge {
        &self.0.horloge
    }

    /// L'adresse publique du serveur, sans barre finale.
    #[must_use]
    pub fn origine(&self) -> &str {
        &self.0.origine
    }
}
