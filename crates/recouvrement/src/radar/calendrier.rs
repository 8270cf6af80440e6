//! Le radar en calendrier (iCalendar, RFC 5545) : un événement d'un jour par délai, sans rien de personne.

use icalendar::{Calendar, Component as _, Event, Property};
use jiff::Timestamp;
use jiff::civil::Date;

use super::Annonce;

/// Ce qu'un agenda attend avant de relire (RFC 7986, 5.7) : une limite se compte en jours.
const RELECTURE: &str = "PT6H";

/// Le calendrier de ces annonces ; `adresse` donne la page d'une annonce, `caisse` est son code.
pub fn calendrier(
    annonces: &[Annonce],
    caisse: &str,
    maintenant: Timestamp,
    adresse: impl Fn(&Annonce) -> String,
) -> String {
    let mut calendrier = Calendar::empty();
    calendrier
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//Sillon//Échéances//FR"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .append_property(("X-PUBLISHED-TTL", RELECTURE))
        .append_property(
            Property::new("REFRESH-INTERVAL", RELECTURE)
                .add_parameter("VALUE", "DURATION")
                .done(),
        )
        .name(&format!("Échéances {caisse}"));
    for annonce in annonces {
        let Annonce { jour, regle, nombre } = annonce;
        let creances = if *nombre == 1 {
            "1 créance".to_owned()
        } else {
            format!("{nombre} créances")
        };
        // Le même jour et le même délai remplacent leur événement d'hier chez qui l'a déjà.
        let evenement = Event::new()
            .uid(&format!("{caisse}-{jour}-{}@sillon", regle.code()))
            .add_property("DTSTAMP", maintenant.strftime("%Y%m%dT%H%M%SZ").to_string())
            .append_property(journee("DTSTART", *jour))
            .summary(&format!("{} : {creances}", regle.libelle()))
            .url(&adresse(annonce))
            .done();
        calendrier.push(evenement);
    }
    calendrier.to_string()
}

/// Une date sans heure.
fn journee(nom: &str, jour: Date) -> Property {
    Property::new(nom, jour.strftime("%Y%m%d").to_string())
        .add_parameter("VALUE", "DATE")
        .done()
}

#[cfg(test)]
mod tests {
    use droit::Droit;
    use jiff::civil::date;

    use super::*;

    #[test]
    fn le_calendrier_a_un_evenement_d_un_jour_par_delai_et_ne_nomme_personne() {
        let regle = |code| Droit::charger().regle_de_delai(code).unwrap();
        let annonces = [
            Annonce {
                jour: date(2026, 3, 17),
                regle: regle("opposition-contrainte"),
                nombre: 1,
            },
            Annonce {
                jour: date(2026, 12, 31),
                regle: regle("prescription-cotisations"),
                nombre: 1_204,
            },
        ];
        let maintenant = "2026-03-02T08:00:00Z".parse().unwrap();
        let texte = calendrier(&annonces, "DMSA33", maintenant, |annonce| {
            format!(
                "https://calimero.exemple.fr/DMSA33/radar?regle={}",
                annonce.regle.code()
            )
        });
        assert!(texte.lines().all(|ligne| ligne.len() <= 75));
        insta::assert_snapshot!(texte.replace("\r\n", "\n"));
    }
}
