//! Une déclaration lue par une personne : son arbre, et ce qui la distingue de celle qu'elle remplace.

use acces::Route;

pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
