use std::marker::PhantomData;

use jiff::Timestamp;
use storage::Db;
use valeurs::DossierId;

use crate::journal::{Issue, Note, noter};
use crate::{Action, Horloge, Perimetre};

/// Ce sur quoi porte un accès, pour le journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objet {
    /// Le dossier d'un débiteur.
    Dossier(DossierId),
    /// Une liste de dossiers ou de lignes de plusieurs dossiers : combien sont montrés.
    Liste {
        /// Lignes montrées.
        nombre: u64,
    },
    /// La caisse entière : import, calcul, réglage.
    Caisse,
}

impl Objet {
    pub(crate) fn dossier(self) -> Option<DossierId> {
        match self {
            Self::Dossier(id) => Some(id),
            Self::Liste { .. } | Self::Caisse => None,
        }
    }

    pub(crate) fn nombre(self) -> i64 {
        match self {
            Self::Dossier(_) => 1,
            Self::Liste { nombre } => i64::try_from(nombre).unwrap_or(i64::MAX),
            Self::Caisse => 0,
        }
    }
}

/// La preuve qu'un accès a été accordé pour l'action `A`, et qu'il est déjà inscrit au journal.
///
/// Rien hors de cette crate n'en fabrique : une requête sur des données personnelles qui prend un
/// `&Permis<A>` ne se lance pas sans qu'un agent habilité l'ait obtenu. Sa portée ([`Permis::perimetre`])
/// devient le WHERE de la requête.
#[derive(Debug)]
pub struct Permis<A: Action> {
    perimetre: Perimetre,
    objet: Objet,
    acteur: String,
    quand: Timestamp,
    action: PhantomData<fn() -> A>,
}

impl<A: Action> Permis<A> {
    pub(crate) fn accorder(perimetre: Perimetre, objet: Objet, acteur: String, quand: Timestamp) -> Self {
        Self {
            perimetre,
            objet,
            acteur,
            quand,
            action: PhantomData,
        }
    }

    /// Le permis de l'opérateur de la ligne de commande, qui tient déjà les fichiers de la caisse : journalisé
    /// sous `operateur:UTILISATEUR` avant d'être rendu.
    ///
    /// # Errors
    /// La base refuse l'inscription au journal ; aucun permis n'est alors donné.
    pub async fn operateur(
        db: &Db,
        horloge: &Horloge,
        utilisateur_systeme: &str,
        objet: Objet,
    ) -> Result<Self, storage::Erreur> {
        let (acteur, quand) = (format!("operateur:{utilisateur_systeme}"), horloge.maintenant());
        noter(
            db,
            &Note {
                quand,
                acteur: &acteur,
                role: "operateur",
                action: A::CODE.code(),
                objet,
                issue: Issue::Accorde,
                motif: None,
                repere: "ligne de commande",
            },
        )
        .await?;
        Ok(Self::accorder(Perimetre::TOUT, objet, acteur, quand))
    }

    /// Ce que le permis laisse voir.
    #[must_use]
    pub fn perimetre(&self) -> &Perimetre {
        &self.perimetre
    }

    /// Ce sur quoi il porte.
    #[must_use]
    pub fn objet(&self) -> Objet {
        self.objet
    }

    /// Qui l'a obtenu : l'identifiant de l'agent, ou `operateur:UTILISATEUR`. C'est l'auteur des écritures.
    #[must_use]
    pub fn acteur(&self) -> &str {
        &self.acteur
    }

    /// L'instant où il a été accordé.
    #[must_use]
    pub fn quand(&self) -> Timestamp {
        self.quand
    }
}
