//! Les liens d'une page de table à l'autre.

use askama::Template;

use super::{html::fragment, milliers};
use crate::{ColonneTriable, LienTable, Pagination, Position, Suite, Tri};

/// La navigation sous une table ; rien si tout tient sur une page et que rien n'est à compter.
#[derive(Template, Clone, Debug)]
#[template(path = "fragments/pagination.html")]
pub struct LiensDePage {
    formulaire: Option<String>,
    debut: Option<String>,
    precedente: Option<String>,
    suivante: Option<String>,
    lignes: Option<(String, String)>,
    total: Option<String>,
}

/// Les liens (ou les boutons, selon `lien`) vers les pages voisines, qui gardent le tri et la taille.
#[must_use]
pub fn pagination<C: ColonneTriable>(
    lien: &LienTable,
    tri: Tri<C>,
    pagination: &Pagination,
    suite: &Suite,
) -> LiensDePage {
    let url = |position: &Position| lien.url(tri, position, pagination.taille());
    LiensDePage {
        formulaire: lien.formulaire().map(str::to_owned),
        debut: suite.precedente.as_ref().map(|_| url(&Position::DEBUT)),
        precedente: suite.precedente.as_ref().map(url),
        suivante: suite.suivante.as_ref().map(url),
        lignes: suite
            .lignes
            .map(|(premiere, derniere)| (milliers(premiere), milliers(derniere))),
        total: suite.total.map(milliers),
    }
}

fragment!(LiensDePage);
