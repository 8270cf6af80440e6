//! Les délais et les jours fériés contre des cas trouvés sans ce programme (`tests/cas/` : comment, et leurs sources).

use std::collections::{BTreeMap, BTreeSet};

use droit::{Droit, Lieu, Residence, Zone};
use jiff::civil::Date;

const DELAIS: &str = include_str!("cas/delais.csv");
const FERIES: &str = include_str!("cas/feries.csv");
const DESACCORDS: &str = include_str!("cas/feries_desaccord.csv");

/// Les lignes d'un CSV sans guillemets, sans son en-tête.
fn lignes(texte: &str) -> impl Iterator<Item = Vec<&str>> {
    texte.lines().skip(1).map(|ligne| ligne.split(';').collect())
}

#[test]
fn chaque_cas_resolu_ailleurs_donne_la_meme_date() {
    let mut ecarts = Vec::new();
    let mut vus = 0;
    let (mut regles, mut zones) = (BTreeSet::new(), BTreeSet::new());
    for champs in lignes(DELAIS) {
        let [code, depuis, zone, residence, attendue, _source, raisonnement] = champs[..] else {
            panic!("{champs:?}")
        };
        let lieu = Lieu {
            zone: zone.parse().unwrap(),
            residence: residence.parse().unwrap(),
        };
        let regle = Droit::charger().regle_de_delai(code).unwrap();
        let echeance = regle.echeance(depuis.parse().unwrap(), lieu).unwrap();
        if echeance.jour != attendue.parse::<Date>().unwrap() {
            ecarts.push(format!(
                "{code} {depuis} {zone} {residence} : {} au lieu de {attendue} ({raisonnement})",
                echeance.jour
            ));
        }
        vus += 1;
        regles.insert(code);
        zones.insert(zone);
    }
    assert!(
        ecarts.is_empty(),
        "{} écarts\n{}",
        ecarts.len(),
        ecarts.join("\n")
    );
    assert!(
        vus >= 200 && regles.len() >= 20,
        "{vus} cas, {} règles",
        regles.len()
    );
    assert_eq!(zones.len(), Zone::TOUS.len());
}

#[test]
fn la_residence_n_est_jamais_oubliee_par_les_cas() {
    let vues: BTreeSet<Residence> = lignes(DELAIS).map(|champs| champs[3].parse().unwrap()).collect();
    assert_eq!(vues.len(), Residence::TOUS.len());
}

#[test]
fn les_jours_feries_sont_ceux_des_bibliotheques_la_ou_elles_s_accordent_et_des_articles_ailleurs() {
    let mut attendus: BTreeMap<(Zone, i16), BTreeSet<Date>> = BTreeMap::new();
    for champs in lignes(FERIES) {
        let (zone, annee): (Zone, i16) = (champs[0].parse().unwrap(), champs[1].parse().unwrap());
        let jours = champs[2]
            .split(' ')
            .map(|jour| format!("{annee}-{jour}").parse::<Date>().unwrap());
        attendus.entry((zone, annee)).or_default().extend(jours);
    }
    for champs in lignes(DESACCORDS).filter(|champs| champs[2] == "oui") {
        let (zone, jour): (Zone, Date) = (champs[0].parse().unwrap(), champs[1].parse().unwrap());
        attendus.entry((zone, jour.year())).or_default().insert(jour);
    }
    assert_eq!(attendus.len(), Zone::TOUS.len() * 131);
    for ((zone, annee), attendus) in attendus {
        let mut jour = Date::new(annee, 1, 1).unwrap();
        let mut trouves = BTreeSet::new();
        while jour.year() == annee {
            if Droit::charger().jour_ferie(zone, jour).unwrap().is_some() {
                trouves.insert(jour);
            }
            jour = jour.tomorrow().unwrap();
        }
        assert_eq!(trouves, attendus, "{zone} {annee}");
    }
}
