//! Les morceaux de page que tous partagent, à écrire tels quels dans un gabarit : `{{ fragment }}`.
//!
//! Chacun échappe ce qu'il reçoit ; aucun ne porte de style ni de script. Une fonction prend tout ce qui
//! s'affiche (`impl Display`) : dans un gabarit, `self.libelle` arrive par référence.

mod anciennete;
mod boutons;
mod champ;
mod entete;
mod filtres;
mod graphique;
mod html;
mod listes;
mod navigation;
mod nombre;
mod pagination;
mod par_valeur;
mod pastille;
mod table;
mod valeurs_affichees;

pub use anciennete::{Anciennete, TonTranche, Tranche, anciennete};
pub use boutons::{ActionPost, ChampJeton, FormulaireCache, action_post, champ_jeton, formulaire_cache};
pub use champ::{Champ, Choix, Largeur, ResumeErreurs, resume_erreurs};
pub use entete::EntetePage;
pub use filtres::Filtres;
pub use graphique::{Graphique, Serie};
pub use html::{Html, Mene, mene};
pub use listes::{
    Chiffre, Chiffres, Chronologie, Commentaire, Commentaires, Definition, Definitions, Evenement, Vide,
    chiffres, chronologie, commentaires, definitions, vide,
};
pub use navigation::{Fil, Lien, Onglet, Onglets, fil, onglets};
pub use nombre::milliers;
pub use pagination::{LiensDePage, pagination};
pub use par_valeur::ParValeur;
pub use pastille::{Pastille, Ton, pastille};
pub use table::{Colonne, Entetes, entetes};
pub use valeurs_affichees::{
    CelluleDate, CelluleMontant, DateAffichee, MontantAffiche, cellule_date, cellule_montant, date, montant,
};
