//! Les échéanciers contre des cas comptés à la main : `docs/cas/echeanciers.md`, dont chaque bloc est un essai.

use droit::{
    Demande, Dette, Droit, Echeancier, EtatEcheancier, EtatMensualite, Mensualite, Rythme, SuiviMensualite,
    Versement, Zone,
};
use jiff::civil::Date;
use serde::Deserialize;
use valeurs::Montant;

const CAS: &str = include_str!("../../../docs/cas/echeanciers.md");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bloc {
    demande: DemandeLue,
    #[serde(default)]
    suivi: Vec<SuiviLu>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DemandeLue {
    procedure: String,
    conclu_le: Date,
    premiere: Date,
    mensualites: Option<u16>,
    par_mois: Option<String>,
    part_ouvriere: Option<String>,
    principal: Option<String>,
    majorations: Option<String>,
    #[serde(default = "metropole")]
    zone: Zone,
    #[serde(default)]
    clause: bool,
    refus: Option<String>,
    echeances: Option<Vec<String>>,
    bornes: Option<[String; 2]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SuiviLu {
    au: Date,
    versements: Vec<String>,
    etats: Vec<String>,
    reste: String,
    en_retard: String,
    trop_verse: Option<String>,
    etat: String,
}

const fn metropole() -> Zone {
    Zone::Metropole
}

fn lire(texte: &str) -> Montant {
    Montant::lire_francais(texte).unwrap()
}

fn lire_ou_zero(texte: Option<&String>) -> Montant {
    texte.map_or(Montant::ZERO, |texte| lire(texte))
}

#[test]
fn chaque_cas_compte_a_la_main_se_retrouve_au_centime_et_au_jour() {
    let mut nombre = 0;
    for section in CAS.split("\n### ").skip(1) {
        let titre = section.lines().next().unwrap();
        let bloc = section.split("```toml\n").nth(1).unwrap();
        let bloc = bloc.split("```").next().unwrap();
        let bloc: Bloc = toml::from_str(bloc).unwrap_or_else(|faute| panic!("{titre} : {faute}"));
        verifier(titre, &bloc);
        nombre += 1;
    }
    assert_eq!(nombre, 23);
}

fn verifier(titre: &str, bloc: &Bloc) {
    let lue = &bloc.demande;
    let procedures = Droit::charger().procedures();
    let demande = Demande {
        procedure: procedures.iter().find(|p| p.code() == lue.procedure).unwrap(),
        dette: Dette {
            part_ouvriere: lire_ou_zero(lue.part_ouvriere.as_ref()),
            principal: lire_ou_zero(lue.principal.as_ref()),
            majorations: lire_ou_zero(lue.majorations.as_ref()),
        },
        conclu_le: lue.conclu_le,
        premiere: lue.premiere,
        rythme: match (lue.mensualites, &lue.par_mois) {
            (Some(nombre), None) => Rythme::Mensualites(nombre),
            (None, Some(montant)) => Rythme::ParMois(lire(montant)),
            _ => panic!("{titre} : des mensualités, ou tant par mois"),
        },
        zone: lue.zone,
        clause_de_rupture: lue.clause,
    };
    let echeancier = match (Echeancier::proposer(&demande), &lue.refus) {
        (Err(refus), Some(attendu)) => return assert_eq!(espaces(&refus.to_string()), *attendu, "{titre}"),
        (proposition, None) => proposition.unwrap(),
        (Ok(_), Some(refus)) => panic!("{titre} : admis, malgré {refus}"),
    };
    let dites: Vec<String> = echeancier.mensualites().iter().map(dire).collect();
    if let Some(attendues) = &lue.echeances {
        assert_eq!(dites, *attendues, "{titre}");
    }
    if let Some([premiere, derniere]) = &lue.bornes {
        assert_eq!(
            (dites.first(), dites.last()),
            (Some(premiere), Some(derniere)),
            "{titre}"
        );
    }
    for suivi in &bloc.suivi {
        verifier_suivi(&format!("{titre}, au {}", suivi.au), &echeancier, suivi);
    }
}

fn verifier_suivi(titre: &str, echeancier: &Echeancier, attendu: &SuiviLu) {
    let versements: Vec<Versement> = attendu
        .versements
        .iter()
        .map(|texte| {
            let (le, montant) = texte.split_once(' ').unwrap();
            Versement {
                le: le.parse().unwrap(),
                montant: lire(montant),
            }
        })
        .collect();
    let suivi = echeancier.suivre(&versements, attendu.au).unwrap();
    let etats: Vec<String> = suivi.mensualites.iter().map(dire_etat).collect();
    assert_eq!(etats, attendu.etats, "{titre}");
    assert_eq!(suivi.reste, lire(&attendu.reste), "{titre}");
    assert_eq!(suivi.en_retard, lire(&attendu.en_retard), "{titre}");
    assert_eq!(
        suivi.trop_verse,
        lire_ou_zero(attendu.trop_verse.as_ref()),
        "{titre}"
    );
    let etat = match suivi.etat {
        EtatEcheancier::EnCours => "en cours".to_owned(),
        EtatEcheancier::Solde { le } => format!("soldé {le}"),
        EtatEcheancier::Rompu(fin) => format!("rompu {}", fin.jour),
        EtatEcheancier::Expire(fin) => format!("expiré {}", fin.jour),
    };
    assert_eq!(etat, attendu.etat, "{titre}");
}

/// Des espaces ordinaires, comme on les tape.
fn espaces(texte: &str) -> String {
    texte.replace(['\u{202f}', '\u{a0}'], " ")
}

/// « 2026-01-31 300,00 dont 20,00 > 2026-02-02 ».
fn dire(mensualite: &Mensualite) -> String {
    let sans_signe = |montant: Montant| espaces(&montant.to_string()).replace(" €", "");
    let mut dite = format!("{} {}", mensualite.jour, sans_signe(mensualite.montant));
    if !mensualite.majorations.est_nul() {
        dite += &format!(" dont {}", sans_signe(mensualite.majorations));
    }
    if mensualite.dernier_jour != mensualite.jour {
        dite += &format!(" > {}", mensualite.dernier_jour);
    }
    dite
}

fn dire_etat(suivi: &SuiviMensualite) -> String {
    match suivi.etat {
        EtatMensualite::AVenir if suivi.reste.est_nul() => panic!("une échéance payée n’est plus à venir"),
        EtatMensualite::AVenir => "à venir".to_owned(),
        EtatMensualite::Payee { le } => format!("payée {le}"),
        EtatMensualite::PayeeEnRetard { le } => format!("en retard {le}"),
        EtatMensualite::Manquee => "manquée".to_owned(),
    }
}
