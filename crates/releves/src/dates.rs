//! La lecture des dates des trois formats.

use jiff::civil::Date;

/// `AAAA-MM-JJ`, suivi ou non d'une heure ou d'un fuseau (`Dt` et `DtTm` d'ISO 20022) : la date écrite
/// fait foi, l'heure et le fuseau n'y changent rien.
pub(crate) fn iso(texte: &str) -> Option<Date> {
    let (date, suite) = texte.split_at_checked(10)?;
    let suite_connue = suite.is_empty()
        || (suite.starts_with(['T', 'Z', '+', '-'])
            && suite
                .bytes()
                .all(|b| b.is_ascii_digit() || b"TZ:.+-".contains(&b)));
    let [annee, mois, jour] = <[&str; 3]>::try_from(date.split('-').collect::<Vec<_>>()).ok()?;
    let bien_ecrite = annee.len() == 4 && mois.len() == 2 && suite_connue;
    bien_ecrite.then(|| composer(annee, mois, jour)).flatten()
}

/// `JJMMAAAA`, la forme des dates en DSN.
pub(crate) fn jjmmaaaa(texte: &str) -> Option<Date> {
    if texte.len() != 8 || !texte.is_ascii() {
        return None;
    }
    composer(texte.get(4..)?, texte.get(2..4)?, texte.get(..2)?)
}

/// `JJMMAA` : de 90 à 99, le siècle est le vingtième, sinon le vingt et unième (aucun relevé en euros
/// n'est antérieur à 1999).
pub(crate) fn jjmmaa(texte: &str) -> Option<Date> {
    if texte.len() != 6 || !texte.is_ascii() {
        return None;
    }
    let (jour_et_mois, annee) = texte.split_at_checked(4)?;
    let siecle = if annee >= "90" { "19" } else { "20" };
    jjmmaaaa(&format!("{jour_et_mois}{siecle}{annee}"))
}

fn composer(annee: &str, mois: &str, jour: &str) -> Option<Date> {
    let en_chiffres = [annee, mois, jour]
        .iter()
        .all(|texte| texte.bytes().all(|b| b.is_ascii_digit()));
    if !en_chiffres {
        return None;
    }
    Date::new(annee.parse().ok()?, mois.parse().ok()?, jour.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn les_trois_formes_se_lisent() {
        let attendue = Some(date(2026, 2, 28));
        for texte in [
            "2026-02-28",
            "2026-02-28Z",
            "2026-02-28+01:00",
            "2026-02-28T23:59:59.123+01:00",
        ] {
            assert_eq!(iso(texte), attendue, "{texte}");
        }
        assert_eq!(jjmmaaaa("28022026"), attendue);
        assert_eq!(jjmmaa("280226"), attendue);
        assert_eq!(jjmmaa("010199"), Some(date(1999, 1, 1)));
    }

    #[test]
    fn une_date_qui_n_existe_pas_est_refusee() {
        for texte in [
            "2026-02-30",
            "2026-13-01",
            "2026-2-28",
            "28/02/2026",
            "",
            "2026-02-28 x",
            "2026-02-é8",
            "+026-02-28",
        ] {
            assert_eq!(iso(texte), None, "{texte}");
        }
        for texte in [
            "30022026", "00012026", "2802026", "2802202a", "+1022026", "é822026",
        ] {
            assert_eq!(jjmmaaaa(texte), None, "{texte}");
        }
        for texte in ["300226", "000000", "      ", "28022"] {
            assert_eq!(jjmmaa(texte), None, "{texte}");
        }
    }
}
