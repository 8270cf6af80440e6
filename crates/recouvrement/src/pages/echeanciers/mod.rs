//! Les pages des échéanciers : leur liste, en simuler un et l'accorder, le suivre et constater sa rupture.

pub(super) mod liste;
pub(super) mod plan;
pub(super) mod simuler;

use droit::{Article, Mensualite, citer};
use valeurs::Montant;

use super::Pas;

/// Les échéanciers ; le filtre `voir=a_constater` garde ceux dont la fin reste à constater.
pub(super) const ECHEANCIERS: &str = "/{caisse}/echeanciers";
/// Un échéancier.
pub(super) const ECHEANCIER: &str = "/{caisse}/echeanciers/{echeancier}";
/// La simulation d'un échéancier depuis une créance, et son accord.
pub(super) const SIMULER: &str = "/{caisse}/creances/{creance}/echeancier";

/// Une phrase et ses articles, comme un pas d'explication.
fn dire(phrase: &str, articles: &[Article]) -> Pas {
    Pas {
        phrase: phrase.to_owned(),
        articles: citer(articles),
    }
}

/// Une mensualité telle qu'une page la montre.
struct LigneMensualite {
    rang: u16,
    jour: jiff::civil::Date,
    dernier_jour: Option<String>,
    montant: Montant,
    majorations: Option<String>,
}

impl LigneMensualite {
    fn de(mensualite: &Mensualite) -> Self {
        let reportee = mensualite.dernier_jour != mensualite.jour;
        Self {
            rang: mensualite.rang,
            jour: mensualite.jour,
            dernier_jour: reportee.then(|| {
                format!(
                    "payée à temps jusqu’au {}",
                    valeurs::date_fr(mensualite.dernier_jour)
                )
            }),
            montant: mensualite.montant,
            majorations: (!mensualite.majorations.est_nul())
                .then(|| format!("dont majorations et frais : {}", mensualite.majorations)),
        }
    }
}
