//! Les mots que plusieurs pages partagent.

use jiff::civil::Date;
use valeurs::{Periode, date_fr};
use web::fragments::{Pastille, Ton, pastille};

use crate::creances::Creance;
use crate::encaissements::lire_mode;

/// Une période incluse en mots : « janvier 2026 », « 1er trimestre 2026 », « année 2026 », « 09/2025 à 01/2026 » pour
/// d'autres mois entiers ; à défaut « du 15/01/2026 au 14/02/2026 ».
#[must_use]
pub fn periode((debut, fin): (Date, Date)) -> String {
    let (annee, mois) = (debut.year(), debut.month());
    [
        Periode::mois(annee, mois),
        Periode::trimestre(annee, (mois + 2) / 3),
        Periode::annee(annee),
    ]
    .into_iter()
    .flatten()
    .find(|p| (p.debut(), p.fin()) == (debut, fin))
    .map_or_else(|| bornes(debut, fin), Periode::libelle)
}

fn bornes(debut: Date, fin: Date) -> String {
    if debut == debut.first_of_month() && fin == fin.last_of_month() {
        format!(
            "{:02}/{} à {:02}/{}",
            debut.month(),
            debut.year(),
            fin.month(),
            fin.year()
        )
    } else {
        format!("du {} au {}", date_fr(debut), date_fr(fin))
    }
}

/// Le mode de paiement en français, majuscule en tête ; un code que le programme ne connaît pas, tel quel.
pub(super) fn mode(code: &str) -> String {
    web::majuscule(mode_dans_une_phrase(code))
}

/// Le mode de paiement, tel qu'il suit un autre mot.
pub(super) fn mode_dans_une_phrase(code: &str) -> &str {
    lire_mode(code).map_or(code, |mode| mode.libelle())
}

/// Où en est une créance à une date.
pub(super) fn etat(creance: &Creance, au: Date) -> Pastille {
    if creance.est_ouverte() && creance.exigible_le < au {
        pastille(Ton::Danger, "Échue")
    } else if creance.est_ouverte() {
        pastille(Ton::Info, "À échoir")
    } else if creance.reste.est_negatif() {
        pastille(Ton::Attention, "Trop-perçu")
    } else {
        pastille(Ton::Positif, "Soldée")
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn une_periode_entiere_porte_son_nom_une_autre_ses_dates() {
        assert_eq!(periode((date(2026, 1, 1), date(2026, 1, 31))), "janvier 2026");
        assert_eq!(
            periode((date(2026, 4, 1), date(2026, 6, 30))),
            "2e trimestre 2026"
        );
        assert_eq!(periode((date(2026, 1, 1), date(2026, 12, 31))), "année 2026");
        assert_eq!(
            periode((date(2025, 9, 1), date(2026, 1, 31))),
            "09/2025 à 01/2026"
        );
        assert_eq!(
            periode((date(2026, 1, 15), date(2026, 2, 14))),
            "du 15/01/2026 au 14/02/2026"
        );
    }

    #[test]
    fn un_mode_inconnu_reste_lisible() {
        assert_eq!(mode("prelevement"), "Prélèvement SEPA");
        assert_eq!(mode("troc"), "Troc");
        assert_eq!(mode(""), "");
    }
}
