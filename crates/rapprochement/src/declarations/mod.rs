//! Une déclaration gardée, lue par une personne : son arbre en mots, et ce qui la distingue de celle qu'elle remplace.

mod arbre;
mod blocs;
mod differences;
mod lire;

pub(crate) use arbre::{Feuille, Noeud, arbre};
pub(crate) use blocs::{BlocChange, Devenir};
pub(crate) use differences::{Differences, IndividuChange, differences};
pub(crate) use lire::{
    CotisationLue, DeclarationLue, contenu, cotisations, declaration, du_dossier, etablissement, individus,
    precedente, rang_de_la_ligne, remplacante,
};
