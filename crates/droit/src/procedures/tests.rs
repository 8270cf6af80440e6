//! Les procédures : des histoires entières, ce qui est refusé, et ce que nul enchaînement ne peut faire.

mod empechements;
mod prescriptions;
mod proprietes;

use jiff::{
    ToSpan,
    civil::{Date, date},
};

use super::*;
use crate::{
    Droit, ErreurDonnees, FamilleCotisation, Lieu, MotifSoins, Nature, Prestation, Zone,
    donnees::{LIVRES, Textes},
};

const COTISATION: Nature = Nature::Cotisation(FamilleCotisation::Amexa);

fn reperes(emise_le: Date, exigible_le: Date, due_depuis: Date) -> Reperes {
    Reperes {
        emise_le,
        exigible_le,
        due_depuis,
        fraude: false,
        lieu: Lieu::sur_place(Zone::Metropole),
    }
}

fn cotisation_de_2025() -> Parcours {
    let reperes = reperes(date(2025, 9, 1), date(2025, 9, 30), date(2025, 7, 1));
    Parcours::ouvrir(COTISATION, reperes).unwrap()
}

fn indu(prestation: Prestation) -> Parcours {
    let reperes = reperes(date(2025, 9, 1), date(2025, 9, 1), date(2025, 1, 1));
    Parcours::ouvrir(Nature::Indu(prestation), reperes).unwrap()
}

fn etape(parcours: &Parcours, code: &str) -> &'static EtapeProcedure {
    parcours
        .procedure()
        .etape(code)
        .unwrap_or_else(|| panic!("pas d’étape {code}"))
}

fn suivre(parcours: Parcours, faits: &[(&str, Date)]) -> Parcours {
    faits.iter().fold(parcours, |parcours, (code, jour)| {
        let etape = etape(&parcours, code);
        parcours
            .avancer(etape, *jour)
            .unwrap_or_else(|refus| panic!("{code} : {refus}"))
    })
}

fn refus(parcours: &Parcours, code: &str, jour: Date) -> Refus {
    parcours
        .verifier(etape(parcours, code), jour)
        .expect_err("l’étape aurait dû être refusée")
}

#[test]
fn une_cotisation_va_de_l_emission_au_titre_sans_un_jour_de_trop() {
    let parcours = suivre(
        cotisation_de_2025(),
        &[
            ("relance", date(2025, 10, 10)),
            ("mise_en_demeure", date(2025, 10, 31)),
            ("mise_en_demeure_recue", date(2025, 11, 4)),
            ("contrainte", date(2025, 12, 5)),
            ("contrainte_signifiee", date(2025, 12, 12)),
            ("titre_definitif", date(2025, 12, 30)),
            ("opposition_tiers", date(2026, 1, 5)),
        ],
    );
    assert_eq!(parcours.position().code(), "execution");
    assert!(parcours.irregularites().is_empty());
    let prescription = parcours.prescription(date(2026, 2, 1)).unwrap();
    assert_eq!(prescription.jour, date(2029, 1, 5));
    assert_eq!(prescription.regle.code(), "prescription-execution-contrainte");
}

#[test]
fn chaque_refus_dit_l_article_et_quand_ou_pourquoi() {
    let cotisation = cotisation_de_2025();
    let recue = suivre(
        cotisation_de_2025(),
        &[
            ("mise_en_demeure", date(2025, 10, 31)),
            ("mise_en_demeure_recue", date(2025, 11, 4)),
        ],
    );
    let recours = suivre(
        indu(Prestation::PrimeActivite),
        &[
            ("notification_recue", date(2025, 9, 3)),
            ("recours_forme", date(2025, 9, 20)),
        ],
    );
    let notifie = suivre(
        indu(Prestation::PrestationsFamiliales),
        &[("notification_recue", date(2025, 9, 3))],
    );
    let soldee = suivre(cotisation_de_2025(), &[("solde", date(2025, 10, 1))]);
    let collective = suivre(
        cotisation_de_2025(),
        &[("ouverture_collective", date(2025, 10, 15))],
    );
    let phrases = [
        refus(&cotisation, "mise_en_demeure", date(2025, 10, 30)),
        refus(&cotisation, "contrainte", date(2025, 11, 30)),
        refus(&recue, "contrainte", date(2025, 12, 4)),
        refus(&recours, "mise_en_demeure", date(2025, 12, 1)),
        refus(&notifie, "mise_en_demeure", date(2025, 11, 3)),
        refus(&notifie, "retenue", date(2025, 9, 23)),
        refus(&notifie, "rectification_demandee", date(2025, 9, 24)),
        refus(&soldee, "relance", date(2025, 12, 1)),
        refus(&collective, "mise_en_demeure", date(2025, 12, 1)),
        refus(&collective, "declaration_creance", date(2025, 12, 16)),
        refus(&cotisation, "recours_rejete", date(2025, 12, 1)),
        refus(&recue, "contrainte", date(2028, 12, 5)),
        refus(&cotisation, "mise_en_demeure", date(2029, 1, 1)),
        refus(&cotisation, "prescription_constatee", date(2028, 12, 31)),
        refus(&recue, "contrainte", date(2025, 11, 3)),
    ]
    .map(|refus| refus.to_string());
    insta::assert_snapshot!(phrases.join("\n"));
}

#[test]
fn de_deux_delais_a_attendre_le_refus_dit_celui_qui_finit_le_dernier() {
    let refusee = suivre(
        indu(Prestation::PrimeActivite),
        &[
            ("notification_recue", date(2025, 9, 3)),
            ("rectification_demandee", date(2025, 9, 10)),
            ("rectification_refusee", date(2025, 10, 5)),
        ],
    );
    // Deux mois de la notification finissent le 3 novembre ; deux mois du refus, le 5 décembre.
    for jour in [date(2025, 10, 6), date(2025, 11, 4)] {
        let refus = refus(&refusee, "retenue", jour);
        assert!(
            matches!(&refus, Refus::TropTot { des_le, .. } if *des_le == date(2025, 12, 6)),
            "{refus}"
        );
    }
    assert_eq!(
        refusee.verifier(etape(&refusee, "retenue"), date(2025, 12, 6)),
        Ok(())
    );
}

#[test]
fn les_deux_mises_en_demeure_d_un_indu_ont_les_memes_regles() {
    for procedure in Droit::charger().procedures() {
        let Some(simple) = procedure.etape("mise_en_demeure_simple") else {
            continue;
        };
        let recommandee = procedure.etape("mise_en_demeure").unwrap();
        assert_eq!(simple.de(), recommandee.de());
        assert_eq!(simple.vers(), recommandee.vers());
        let bornes = |etape: &EtapeProcedure| format!("{:?}", etape.attendre);
        assert_eq!(bornes(simple), bornes(recommandee));
        for empechement in &procedure.empechements {
            assert_eq!(
                empechement.interdit.contains(&simple.code),
                empechement.interdit.contains(&recommandee.code),
                "{} / {}",
                procedure.code(),
                empechement.code()
            );
        }
    }
}

#[test]
fn une_etape_d_une_autre_nature_n_est_ni_offerte_ni_forcee() {
    let aah = suivre(indu(Prestation::Aah), &[("notification_recue", date(2025, 9, 3))]);
    let jour = date(2025, 9, 10);
    let soumise = etape(&aah, "bonne_foi_soumise");
    assert!(
        aah.suites(jour)
            .unwrap()
            .iter()
            .all(|suite| suite.etape != soumise)
    );
    let refuse = aah.clone().noter(soumise, jour).unwrap_err();
    assert!(matches!(refuse, Refus::HorsNature { .. }));
    insta::assert_snapshot!(refuse.to_string());
}

#[test]
fn ce_qu_aucun_texte_ne_dit_est_dit_a_verifier_dans_chaque_procedure() {
    for procedure in Droit::charger().procedures() {
        for code in ["relance", "annulation", "reprise"] {
            let etape = procedure.etape(code).unwrap();
            assert!(
                etape
                    .reserve()
                    .is_some_and(|reserve| reserve.starts_with("aucun texte")),
                "{} / {code}",
                procedure.code()
            );
        }
    }
}

#[test]
fn passer_outre_avance_et_garde_l_irregularite() {
    let tot = cotisation_de_2025();
    let mise_en_demeure = etape(&tot, "mise_en_demeure");
    let forcee = tot.noter(mise_en_demeure, date(2025, 10, 15)).unwrap();
    assert_eq!(forcee.position().code(), "mise_en_demeure");
    assert!(matches!(forcee.irregularites(), [(_, Refus::TropTot { .. })]));
    let soldee = suivre(cotisation_de_2025(), &[("solde", date(2025, 10, 1))]);
    let relance = etape(&soldee, "relance");
    assert!(matches!(
        soldee.noter(relance, date(2025, 12, 1)),
        Err(Refus::Finie { .. })
    ));
}

#[test]
fn le_retour_a_meilleure_fortune_reprend_ou_l_on_en_etait() {
    let parcours = suivre(
        cotisation_de_2025(),
        &[
            ("mise_en_demeure", date(2025, 10, 31)),
            ("mise_en_demeure_recue", date(2025, 11, 4)),
            ("non_valeur", date(2026, 10, 1)),
            ("reprise", date(2027, 3, 1)),
        ],
    );
    assert_eq!(parcours.position().code(), "mise_en_demeure_recue");
}

#[test]
fn une_procedure_fautive_est_refusee_a_la_lecture() {
    let essayer = |avant: &str, apres: &str| {
        let (procedures, etapes) = (
            LIVRES.procedures.replacen(avant, apres, 1),
            LIVRES.etapes.replacen(avant, apres, 1),
        );
        let fausses = procedures != LIVRES.procedures || etapes != LIVRES.etapes;
        assert!(fausses, "{avant} n’est pas dans les règles");
        Droit::lire(Textes {
            procedures: &procedures,
            etapes: &etapes,
            ..LIVRES
        })
        .err()
        .map_or_else(
            || panic!("{avant} → {apres} est admis"),
            |erreur| erreur.to_string(),
        )
    };
    let dits = [
        essayer("vers = \"due\"", "vers = \"nulle-part\""),
        essayer("delai = \"mise-en-demeure-cotisations\"", "delai = \"jamais\""),
        essayer("empeche = \"collective\"", "empeche = \"rien\""),
        essayer("natures = [\"indu:rsa\"]", "natures = [\"indu:aah\"]"),
        essayer("procedures = [\"soins\"]", "procedures = [\"soin\"]"),
        essayer("depart = \"emission\"", "depart = \"relance\""),
        essayer("code = \"relance\"", "code = \"solde\""),
        essayer("de = [\"non_valeur\"]", "de = [\"titre\"]"),
        essayer(
            "suspend_jusqua = [\"controle-observations\"",
            "suspend_jusqua = [\"jamais\"",
        ),
        essayer("apres = \"observations_recues\"", "apres = \"nulle_part\""),
    ];
    insta::assert_snapshot!(dits.join("\n"));
    let roi = LIVRES.etapes.replacen("auteur = \"juge\"", "auteur = \"roi\"", 1);
    for illisible in ["[[etape]]\ncode = 1", &roi] {
        let lu = Droit::lire(Textes {
            etapes: illisible,
            ..LIVRES
        });
        assert!(matches!(lu, Err(ErreurDonnees::Illisible { .. })));
    }
}
