//! Qui peut quoi : les agents, leur connexion, la table des habilitations, le journal des accès.
//!
//! - [`Habilitations`] est la table rôle × action × classes de données, lue au démarrage et vérifiée.
//! - [`Route`] dit pour chaque adresse ce qu'elle exige ; [`routeur`] garde chaque page par cette liste.
//! - [`Visite<A>`](Visite) est l'extracteur d'une page : quelle caisse, quel agent, pour quelle action.
//! - [`Permis<A>`](Permis) est la preuve qu'un accès est accordé **et journalisé** : les requêtes sur des
//!   données personnelles en prennent un, et seule cette crate en fabrique.
//! - [`Abonne<A>`](Abonne) est l'extracteur d'une page que lit un programme de l'agent, par une adresse secrète.
//! - [`journal`] scelle le journal des accès et prouve que rien n'y a été changé.
//!
//! ```ignore
//! async fn dossier(visite: Visite<actions::ConsulterDossier>, Path((_, id)): Path<(String, DossierId)>)
//!     -> Result<Response, web::Erreur>
//! {
//!     let permis = visite.permis(Objet::Dossier(id), None).await?;
//!     let vue = queries::dossier(visite.db(), &permis, id).await?;
//!     Ok(web::page(&visite.cadre("Dossier"), vue))
//! }
//! ```

mod abonnement;
mod action;
pub mod agents;
mod alea;
pub mod connexion;
mod erreur;
#[cfg(feature = "essais")]
pub mod essais;
mod garde;
pub mod habilitations;
mod horloge;
pub mod journal;
mod maison;
mod navigation;
mod pages;
mod perimetre;
mod permis;
mod route;
mod session;
mod visite;
mod vocabulaire;

use storage::Migration;

/// Les actions, chacune comme type : `Visite<actions::ConsulterDossier>`.
pub mod actions {
    pub use crate::action::{
        AccorderEcheancier, AdmettreNonValeur, AnnulerCreance, ApprouverCampagne, AvancerProcedure,
        ChercherDebiteur, ClasserRac, CommenterDossier, ComposerActe, ConsulterActivite, ConsulterCai,
        ConsulterDossier, ConsulterDsn, ConsulterJournal, ConsulterRac, ConsulterTableau, DeposerDsn,
        ExpedierActes, ExporterCai, GererAgents, GererPortefeuille, ImporterCreances, ImporterEncaissements,
        LireHabilitations, NotifierMajorations, PasserOutre, PreparerCampagne, Rembourser, RemettreCreance,
        SaisirCreance, TraiterEcart, TransfererCreance,
    };
}

pub use abonnement::Abonne;
pub use action::{Action, CodeAction};
pub use erreur::Erreur;
pub use habilitations::Habilitations;
pub use horloge::{Horloge, date_de_paris, debut_du_jour, instant_fr};
pub use maison::{Caisse, Maison};
pub use pages::routes;
pub use perimetre::Perimetre;
pub use permis::{Objet, Permis};
pub use route::{Exigence, Methode, Route, routeur};
pub use session::AgentConnecte;
pub use visite::Visite;
pub use vocabulaire::{Classe, Role};

/// Les tables de cette crate, dans l'ordre.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        nom: "acces/0001_agents",
        texte: include_str!("../migrations/0001_agents.sql"),
    },
    Migration {
        nom: "acces/0002_journal",
        texte: include_str!("../migrations/0002_journal.sql"),
    },
    Migration {
        nom: "acces/0003_abonnements",
        texte: include_str!("../migrations/0003_abonnements.sql"),
    },
];
