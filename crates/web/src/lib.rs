//! La coquille du back-office : la mise en page, la feuille de style, les formulaires, les erreurs.
//!
//! Aucun métier, aucune base : ce crate ne connaît ni agent ni créance, il reçoit ce qu'il affiche.
//!
//! # Une page
//! Askama ne lit que les gabarits de son propre crate : un crate de domaine ne peut donc pas étendre la
//! mise en page. Il rend le contenu de `<main>` avec son gabarit, et [`page()`] l'entoure :
//!
//! ```
//! # use askama::Template;
//! #[derive(Template)]
//! #[template(ext = "html", source = "<h1>{{ nom }}</h1>{{ web::fragments::montant(solde) }}")]
//! struct Vue { nom: String, solde: valeurs::Montant }
//!
//! # fn montre(cadre: &web::Cadre) -> axum::response::Response {
//! let vue = Vue { nom: "Lot 12".to_owned(), solde: valeurs::Montant::de_centimes(123_456) };
//! web::page(cadre, vue)
//! # }
//! ```
//!
//! Le contenu porte l'unique `<h1>` de la page ([`fragments::EntetePage`] l'écrit). Les morceaux communs
//! sont dans [`fragments`] : chacun s'écrit tel quel dans un gabarit, `{{ web::fragments::vide("…", "…") }}`,
//! sans `|safe` ; [`filters`] en donne deux sous la forme de filtres (`{{ solde|montant }}`).
//!
//! # Un serveur
//! [`proteger`] pose les couches dans leur ordre (numéro de requête, en-têtes, débit, origine) ;
//! [`assets()`] sert la feuille de style, le module et l'icône. La couche de connexion, d'un autre crate, met
//! [`JetonCsrf`] dans les extensions de la requête, et [`Formulaire`] ou [`FormulaireFichier`] le vérifient.
//!
//! # Ce qui ne va jamais dans une adresse
//! Une donnée personnelle. Une recherche est un formulaire POST ; le tri et la page, qui ne disent rien de
//! personne, restent dans l'adresse ([`LienTable`]).

mod adresse;
mod assets;
mod cadre;
mod csrf;
mod debit;
mod entetes;
mod erreur;
mod fichier;
pub mod filters;
mod formulaire;
pub mod fragments;
mod origine;
mod pagination;
mod parametres;
mod protection;
mod requete;
mod telechargement;
mod tri;

pub use adresse::LienTable;
pub use assets::{URL_ICONE, URL_MODULE, URL_STYLE, assets};
pub use cadre::{Affichage, AgentAffiche, Avis, Cadre, CaisseAffichee, Entree, Recherche, page};
pub use csrf::{CHAMP_JETON, JetonCsrf};
pub use debit::{AdresseClient, Debit, Seaux};
pub use entetes::CSP;
pub use erreur::{Erreur, ErreurChamp, majuscule, phrase, rhabiller};
pub use fichier::{CHAMPS_MAX, FichierRecu, FormulaireFichier, TAILLE_MAX_CHAMP, TAILLE_MAX_FICHIER};
pub use formulaire::{Formulaire, Rien, TAILLE_MAX_FORMULAIRE, lire_date, optionnel};
pub use pagination::{Curseur, Pagination, Position, Suite, TAILLE_PAGE, TAILLE_PAGE_MAX};
pub use parametres::{Adresse, Numero};
pub use protection::proteger;
pub use requete::RequeteId;
pub use telechargement::{Genre, telecharger};
pub use tri::{ColonneTriable, SansTri, Sens, Tri};
