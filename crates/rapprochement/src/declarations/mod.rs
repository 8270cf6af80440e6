//! Une déclaration gardée, lue par une personne : son arbre en mots, et ce qui la distingue de celle qu'elle remplace.

mod arbre;
mod differences;
mod lire;

pub(crate) use arbre::{Noeud, arbre};
pub(crate) use differences::{Differences, IndividuChange, differences};
pub(crate) use lire::{
    CotisationLue, DeclarationLue, contenu, cotisations, declaration, du_dossier, etablissement, individus,
    precedente, remplacante,
};
