//! Les retenues contre des cas comptés à la main : `docs/cas/retenues.md`, dont chaque bloc est un essai.

use std::collections::BTreeSet;

use droit::{
    Assiette, BaremeDonne, Foyer, Fraude, GenreRevenu, MontantsRetenue, Palier, Remuneration,
    quotite_saisissable, retenue_sur_prestations,
};
use jiff::civil::Date;
use serde::Deserialize;
use valeurs::Montant;

const CAS: &str = include_str!("../../../docs/cas/retenues.md");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bloc {
    remuneration: Option<CasRemuneration>,
    prestations: Option<CasPrestations>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CasRemuneration {
    le: Date,
    #[serde(default = "salaire")]
    revenu: GenreRevenu,
    net: String,
    #[serde(default)]
    personnes_a_charge: u16,
    deja_saisi: Option<String>,
    insaisissable: Option<String>,
    paliers: Vec<String>,
    saisissable: String,
    disponible: String,
    laisse: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CasPrestations {
    le: Date,
    bareme: Option<String>,
    branche: Option<String>,
    #[serde(default)]
    menage: bool,
    #[serde(default)]
    enfants: u16,
    revenus: Option<String>,
    prestations: Option<String>,
    logement: Option<String>,
    fraude_du: Option<Date>,
    fraude_precedente: Option<Date>,
    a_echoir: String,
    reste_du: String,
    pondere: String,
    paliers: Vec<String>,
    calculee: Option<String>,
    majoration: Option<String>,
    retenue: String,
    laisse: String,
    reste_au_foyer: Option<String>,
}

const fn salaire() -> GenreRevenu {
    GenreRevenu::Salaire
}

/// Le titre et le bloc de chaque cas.
fn cas() -> Vec<(&'static str, Bloc)> {
    let sections = CAS.split("\n### ").skip(1);
    sections
        .map(|section| {
            let titre = section.lines().next().unwrap();
            let bloc = section.split("```toml\n").nth(1).unwrap();
            let bloc = bloc.split("```").next().unwrap();
            (
                titre,
                toml::from_str(bloc).unwrap_or_else(|faute| panic!("{titre} : {faute}")),
            )
        })
        .collect()
}

fn lire(texte: &str) -> Montant {
    Montant::lire_francais(texte).unwrap()
}

fn lire_ou_zero(texte: Option<&String>) -> Montant {
    texte.map_or(Montant::ZERO, |texte| lire(texte))
}

fn pris(paliers: &[Palier]) -> Vec<Montant> {
    paliers.iter().map(|palier| palier.pris).collect()
}

fn lus(textes: &[String]) -> Vec<Montant> {
    textes.iter().map(|texte| lire(texte)).collect()
}

#[test]
fn chaque_cas_compte_a_la_main_se_retrouve_au_centime() {
    let mut numeros = BTreeSet::new();
    for (titre, bloc) in cas() {
        numeros.insert(titre.split('.').next().unwrap());
        match (bloc.remuneration, bloc.prestations) {
            (Some(cas), None) => verifier_remuneration(titre, &cas),
            (None, Some(cas)) => verifier_prestations(titre, &cas),
            _ => panic!("{titre} : un cas dit une rémunération ou des prestations"),
        }
    }
    assert_eq!(numeros.len(), 44);
}

fn verifier_remuneration(titre: &str, cas: &CasRemuneration) {
    let quotite = quotite_saisissable(
        cas.le,
        &Remuneration {
            genre: cas.revenu,
            net: lire(&cas.net),
            personnes_a_charge: cas.personnes_a_charge,
            deja_saisi: lire_ou_zero(cas.deja_saisi.as_ref()),
            insaisissable: cas.insaisissable.as_deref().map(lire),
        },
    )
    .unwrap();
    assert_eq!(pris(&quotite.paliers), lus(&cas.paliers), "{titre}");
    assert_eq!(quotite.saisissable, lire(&cas.saisissable), "{titre}");
    assert_eq!(quotite.disponible, lire(&cas.disponible), "{titre}");
    assert_eq!(quotite.laisse, lire(&cas.laisse), "{titre}");
}

fn verifier_prestations(titre: &str, cas: &CasPrestations) {
    let revenus = cas.revenus.as_deref().map(lire);
    let assiette = match cas.branche.as_deref() {
        None => Assiette::Familiale {
            revenus,
            prestations: lire_ou_zero(cas.prestations.as_ref()),
            fraude: cas.fraude_du.map(|commise_le| Fraude {
                commise_le,
                precedente_notifiee_le: cas.fraude_precedente,
            }),
        },
        Some("maladie") => Assiette::Maladie {
            ressources: revenus.unwrap(),
        },
        autre => panic!("{titre} : {autre:?}"),
    };
    let euros = |euros: i64| Montant::de_centimes(euros * 100);
    let montants = match cas.bareme.as_deref() {
        None => MontantsRetenue::DeLAnnee,
        Some("article") => MontantsRetenue::DeLArticle,
        Some("donne") => MontantsRetenue::Donnes(
            BaremeDonne::new([310, 460, 690, 920].map(euros), euros(60), euros(1_380)).unwrap(),
        ),
        autre => panic!("{titre} : {autre:?}"),
    };
    let foyer = Foyer {
        assiette,
        logement: cas.logement.as_deref().map(lire),
        menage: cas.menage,
        enfants: cas.enfants,
    };
    let retenue = retenue_sur_prestations(
        cas.le,
        &foyer,
        &montants,
        lire(&cas.a_echoir),
        lire(&cas.reste_du),
    )
    .unwrap();
    let attendue = cas.calculee.as_ref().unwrap_or(&cas.retenue);
    assert_eq!(retenue.pondere, lire(&cas.pondere), "{titre}");
    assert_eq!(pris(&retenue.paliers), lus(&cas.paliers), "{titre}");
    assert_eq!(retenue.calculee, lire(attendue), "{titre}");
    assert_eq!(
        retenue.majoration,
        lire_ou_zero(cas.majoration.as_ref()),
        "{titre}"
    );
    assert_eq!(retenue.montant, lire(&cas.retenue), "{titre}");
    assert_eq!(retenue.laisse, lire(&cas.laisse), "{titre}");
    assert_eq!(
        retenue.reste_au_foyer,
        cas.reste_au_foyer.as_deref().map(lire),
        "{titre}"
    );
}
