//! Les dates comme on les lit.

use jiff::civil::Date;

use crate::periode::nom_du_mois;

/// La date en chiffres : « 15/02/2026 ».
#[must_use]
pub fn date_fr(date: Date) -> String {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year())
}

/// La date en toutes lettres : « 15 février 2026 », « 1er mars 2026 ».
#[must_use]
pub fn date_longue(date: Date) -> String {
    let (mois, annee) = (nom_du_mois(date.month()), date.year());
    match date.day() {
        1 => format!("1er {mois} {annee}"),
        jour => format!("{jour} {mois} {annee}"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn une_date_se_lit_en_chiffres_et_en_lettres() {
        assert_eq!(date_fr(date(2026, 2, 5)), "05/02/2026");
        assert_eq!(date_longue(date(2026, 2, 15)), "15 février 2026");
        assert_eq!(date_longue(date(2026, 8, 1)), "1er août 2026");
    }
}
