//! Les procédures : des histoires entières, ce qui est refusé, et ce que nul enchaînement ne peut faire.

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use proptest::prelude::*;

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
fn le_recours_arrete_la_prime_d_activite_mais_pas_les_cotisations() {
    for prestation in [
        Prestation::PrimeActivite,
        Prestation::Rsa,
        Prestation::AidesLogement,
    ] {
        let suspendu = suivre(
            indu(prestation),
            &[
                ("notification_recue", date(2025, 9, 3)),
                ("recours_forme", date(2025, 10, 1)),
            ],
        );
        for code in ["relance", "mise_en_demeure", "retenue"] {
            assert!(
                matches!(refus(&suspendu, code, date(2026, 1, 5)), Refus::Suspendue { .. }),
                "{prestation} {code}"
            );
        }
        assert!(!suspendu.prescription(date(2026, 1, 5)).unwrap().court);
    }
    let cotisation = suivre(
        cotisation_de_2025(),
        &[
            ("mise_en_demeure", date(2025, 10, 31)),
            ("mise_en_demeure_recue", date(2025, 11, 4)),
            ("recours_forme", date(2025, 11, 20)),
            ("contrainte", date(2025, 12, 5)),
        ],
    );
    assert_eq!(cotisation.position().code(), "contrainte");
}

#[test]
fn une_suspension_s_ajoute_jour_pour_jour_a_la_prescription_et_s_explique() {
    let parcours = suivre(
        indu(Prestation::PrimeActivite),
        &[
            ("lettre_recommandee", date(2025, 9, 1)),
            ("notification_recue", date(2025, 9, 3)),
            ("recours_forme", date(2025, 10, 1)),
            ("recours_rejete", date(2025, 11, 29)),
        ],
    );
    let prescription = parcours.prescription(date(2026, 1, 1)).unwrap();
    // Deux ans de la lettre, le 1er septembre 2027, et soixante jours.
    assert_eq!(prescription.jour, date(2027, 10, 31));
    let dit: Vec<&str> = prescription
        .etapes
        .iter()
        .map(|pas| pas.phrase.as_str())
        .collect();
    insta::assert_snapshot!(dit.join("\n"));
}

#[test]
fn deux_suspensions_a_la_fois_ne_comptent_qu_une_fois() {
    let seule = [
        ("lettre_recommandee", date(2025, 9, 1)),
        ("notification_recue", date(2025, 9, 3)),
        ("recours_forme", date(2025, 10, 1)),
        ("recours_rejete", date(2025, 11, 29)),
    ];
    let doublee = [
        seule[0],
        seule[1],
        seule[2],
        ("remise_demandee", date(2025, 10, 20)),
        ("remise_refusee", date(2025, 11, 10)),
        seule[3],
    ];
    let prescrite = |faits: &[(&str, Date)]| {
        let parcours = suivre(indu(Prestation::PrimeActivite), faits);
        parcours.prescription(date(2026, 1, 1)).unwrap().jour
    };
    assert_eq!(prescrite(&doublee), prescrite(&seule));
    assert_eq!(prescrite(&seule), date(2027, 10, 31));
}

#[test]
fn la_prescription_des_cotisations_passe_de_l_annee_a_l_action_puis_a_l_execution() {
    let due = cotisation_de_2025();
    assert_eq!(
        due.prescription(date(2025, 10, 1)).unwrap().jour,
        date(2028, 12, 31)
    );
    let envoyee = suivre(due, &[("mise_en_demeure", date(2025, 10, 31))]);
    assert_eq!(
        envoyee.prescription(date(2025, 11, 1)).unwrap().jour,
        date(2028, 12, 31)
    );
    let recue = suivre(envoyee, &[("mise_en_demeure_recue", date(2025, 11, 4))]);
    assert_eq!(
        recue.prescription(date(2025, 11, 5)).unwrap().jour,
        date(2028, 12, 4)
    );
    let signifiee = suivre(
        recue,
        &[
            ("contrainte", date(2025, 12, 5)),
            ("contrainte_signifiee", date(2025, 12, 12)),
        ],
    );
    assert_eq!(
        signifiee.prescription(date(2026, 1, 1)).unwrap().jour,
        date(2028, 12, 12)
    );
}

#[test]
fn seule_une_lettre_recommandee_interrompt_la_prescription_d_un_indu() {
    let prescrit = |prestation, faits: &[(&str, Date)]| {
        let parcours = suivre(indu(prestation), faits);
        parcours.prescription(date(2026, 1, 1)).unwrap().jour
    };
    let recue = ("notification_recue", date(2025, 9, 3));
    let (en_recommande, autrement) = (
        ("mise_en_demeure", date(2025, 12, 4)),
        ("mise_en_demeure_simple", date(2025, 12, 4)),
    );
    for prestation in [Prestation::Aah, Prestation::PrimeActivite, Prestation::Rsa] {
        // La période due commence le 1er janvier 2025 : deux ans, tant que rien n’est parti en recommandé.
        assert_eq!(prescrit(prestation, &[]), date(2027, 1, 1));
        assert_eq!(prescrit(prestation, &[recue]), date(2027, 1, 1));
        assert_eq!(prescrit(prestation, &[recue, autrement]), date(2027, 1, 1));
        assert_eq!(prescrit(prestation, &[recue, en_recommande]), date(2027, 12, 4));
        let lettre = ("lettre_recommandee", date(2025, 9, 1));
        assert_eq!(prescrit(prestation, &[lettre, recue]), date(2027, 9, 1));
    }
    let cotisations = cotisation_de_2025();
    assert!(cotisations.procedure().etape("lettre_recommandee").is_none());
    let sante = Parcours::ouvrir(
        Nature::Soins(MotifSoins::Facturation),
        reperes(date(2025, 9, 1), date(2025, 9, 1), date(2025, 1, 1)),
    );
    let sante = sante.unwrap();
    assert_eq!(
        sante.prescription(date(2026, 1, 1)).unwrap().jour,
        date(2028, 9, 1)
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
fn apres_un_controle_la_mise_en_demeure_attend_la_fin_du_contradictoire() {
    let lettre = suivre(cotisation_de_2025(), &[("observations_recues", date(2026, 3, 2))]);
    // Trente jours finissent le mercredi 1er avril 2026.
    let bloquee = refus(&lettre, "mise_en_demeure", date(2026, 4, 2));
    assert!(matches!(bloquee, Refus::Suspendue { .. }), "{bloquee}");
    let des_le = |parcours: &Parcours| match refus(parcours, "contradictoire_echu", date(2026, 3, 31)) {
        Refus::TropTot { des_le, .. } => des_le,
        autre => panic!("{autre}"),
    };
    assert_eq!(des_le(&lettre), date(2026, 4, 2));
    let tard = refus(&lettre, "observations_repondues", date(2026, 4, 2));
    assert!(matches!(tard, Refus::TropTard { .. }), "{tard}");
    let sans_reponse = suivre(
        lettre.clone(),
        &[
            ("contradictoire_echu", date(2026, 4, 2)),
            ("mise_en_demeure", date(2026, 4, 2)),
        ],
    );
    assert_eq!(sans_reponse.position().code(), "mise_en_demeure");

    // Soixante jours se comptent de la lettre, non de la demande : vendredi 1er mai, férié, donc le lundi 4.
    let prolongee = suivre(lettre, &[("contradictoire_prolonge", date(2026, 3, 30))]);
    assert_eq!(des_le(&prolongee), date(2026, 5, 5));
    let codes: Vec<&str> = prolongee.limites().iter().map(|l| l.regle.code()).collect();
    assert_eq!(codes, ["controle-observations-prolonge"]);
    let repondue = suivre(prolongee, &[("observations_repondues", date(2026, 5, 4))]);
    // La réponse oblige l’agent : aucun délai ne finit le contradictoire à sa place.
    for (code, jour) in [
        ("contradictoire_echu", date(2026, 9, 1)),
        ("contradictoire_prolonge", date(2026, 5, 4)),
    ] {
        assert!(matches!(refus(&repondue, code, jour), Refus::SansObjet { .. }));
    }
    let bloquee = refus(&repondue, "mise_en_demeure", date(2026, 9, 1));
    assert!(matches!(bloquee, Refus::Suspendue { .. }), "{bloquee}");
    let maintenue = suivre(
        repondue,
        &[
            ("observations_maintenues", date(2026, 6, 15)),
            ("mise_en_demeure", date(2026, 6, 15)),
        ],
    );
    // Suspendue du 2 mars au 15 juin : 106 jours après le 31 décembre 2028.
    let prescription = maintenue.prescription(date(2026, 6, 16)).unwrap();
    assert_eq!(prescription.jour, date(2029, 4, 16));
    insta::assert_snapshot!(prescription.etapes.last().unwrap().phrase);
}

#[test]
fn un_contradictoire_oublie_ne_suspend_pas_la_prescription_au_dela_de_son_terme() {
    let lettre = suivre(cotisation_de_2025(), &[("observations_recues", date(2026, 3, 2))]);
    let au = |jour: Date| {
        let prescription = lettre.prescription(jour).unwrap();
        (prescription.jour, prescription.court)
    };
    // Du 2 mars au 1er avril : trente et un jours, quel que soit le jour où l’agent s’en aperçoit.
    assert_eq!(au(date(2026, 4, 1)), (date(2029, 1, 31), false));
    assert_eq!(au(date(2026, 4, 2)), (date(2029, 1, 31), true));
    assert_eq!(au(date(2027, 4, 2)), (date(2029, 1, 31), true));
    let echu = suivre(lettre, &[("contradictoire_echu", date(2027, 4, 2))]);
    assert_eq!(
        echu.prescription(date(2027, 4, 3)).unwrap().jour,
        date(2029, 1, 31)
    );
}

#[test]
fn un_reglement_amiable_arrete_les_poursuites_de_toute_creance_quatre_mois_au_plus() {
    for nature in Nature::toutes() {
        let reperes = reperes(date(2025, 9, 1), date(2025, 9, 30), date(2025, 7, 1));
        let suspendue = suivre(
            Parcours::ouvrir(nature, reperes).unwrap(),
            &[
                ("suspension_provisoire", date(2026, 1, 15)),
                ("suspension_prorogee", date(2026, 3, 10)),
            ],
        );
        for code in ["relance", "contrainte", "opposition_tiers", "echeancier_accorde"] {
            let etape = etape(&suspendue, code);
            let interdit = |(quoi, _): (&Empechement, Date)| quoi.interdit.contains(&etape.code);
            assert!(suspendue.empechements().any(interdit), "{nature} {code}");
        }
        let codes: Vec<&str> = suspendue.limites().iter().map(|l| l.regle.code()).collect();
        assert_eq!(codes, ["suspension-amiable-prorogee"], "{nature}");
        assert_eq!(suspendue.limites()[0].echeance.jour, date(2026, 5, 15));
        let encore = refus(&suspendue, "suspension_prorogee", date(2026, 5, 16));
        assert!(matches!(encore, Refus::TropTard { .. }), "{encore}");
        // Passé quatre mois, la prescription court de nouveau, que la fin soit notée ou non.
        let le = |jour| suspendue.prescription(jour).unwrap();
        assert!(!le(date(2026, 5, 15)).court && le(date(2026, 5, 16)).court);
        assert_eq!(le(date(2026, 5, 15)).jour, le(date(2027, 5, 15)).jour);
        let finie = suivre(suspendue.clone(), &[("suspension_finie", date(2026, 5, 16))]);
        assert!(finie.empechements().next().is_none());
    }
}

#[test]
fn un_accord_amiable_suspend_tant_qu_il_s_execute_et_la_prescription_en_repart() {
    let accord = suivre(
        cotisation_de_2025(),
        &[
            ("suspension_provisoire", date(2026, 1, 15)),
            ("accord_amiable", date(2026, 3, 2)),
        ],
    );
    let refusee = refus(&accord, "mise_en_demeure", date(2027, 3, 1));
    insta::assert_snapshot!(refusee.to_string());
    assert!(!accord.prescription(date(2027, 3, 1)).unwrap().court);
    let fini = suivre(
        accord,
        &[
            ("accord_amiable_fini", date(2027, 3, 1)),
            ("mise_en_demeure", date(2027, 3, 1)),
        ],
    );
    let prescription = fini.prescription(date(2027, 3, 2)).unwrap();
    // Trois ans d’une interruption le 2 mars 2026, et 365 jours d’accord.
    assert!(prescription.court);
    assert_eq!(prescription.jour, date(2030, 3, 2));
}

#[test]
fn une_rectification_ecrite_mais_tardive_vaut_recours() {
    for prestation in [Prestation::Aah, Prestation::PrimeActivite] {
        let notifie = suivre(indu(prestation), &[("notification_recue", date(2025, 9, 3))]);
        // Vingt jours finissent le 23 septembre, deux mois le lundi 3 novembre.
        let tot = refus(&notifie, "rectification_tardive", date(2025, 9, 23));
        assert!(
            matches!(&tot, Refus::TropTot { des_le, .. } if *des_le == date(2025, 9, 24)),
            "{tot}"
        );
        let tard = refus(&notifie, "rectification_tardive", date(2025, 11, 4));
        assert!(matches!(tard, Refus::TropTard { .. }), "{tard}");
        let demandee = suivre(notifie, &[("rectification_tardive", date(2025, 9, 24))]);
        let bloquee = refus(&demandee, "mise_en_demeure", date(2025, 12, 1));
        assert!(matches!(bloquee, Refus::Suspendue { .. }), "{bloquee}");
        let codes: Vec<&str> = demandee.limites().iter().map(|l| l.regle.code()).collect();
        assert_eq!(codes, ["silence-cra"]);
        let rejetee = suivre(demandee, &[("recours_rejete", date(2025, 11, 24))]);
        assert_eq!(
            rejetee.verifier(etape(&rejetee, "tribunal_saisi"), date(2025, 12, 1)),
            Ok(())
        );
    }
}

#[test]
fn une_rectification_orale_et_tardive_vaut_recours_si_ses_pieces_viennent_en_vingt_jours() {
    for prestation in [Prestation::Aah, Prestation::PrimeActivite] {
        let invitee = suivre(
            indu(prestation),
            &[
                ("notification_recue", date(2025, 9, 3)),
                ("rectification_orale", date(2025, 10, 30)),
                ("justification_invitee", date(2025, 11, 5)),
            ],
        );
        // Du 5 au 25 novembre : la forclusion du 3 ne joue pas tant que la demande peut devenir un recours.
        let bloquee = refus(&invitee, "mise_en_demeure", date(2025, 11, 6));
        assert!(matches!(bloquee, Refus::Suspendue { .. }), "{bloquee}");
        let tot = refus(&invitee, "rectification_orale_rejetee", date(2025, 11, 25));
        assert!(matches!(tot, Refus::TropTot { .. }), "{tot}");
        let tard = refus(&invitee, "justification_produite", date(2025, 11, 26));
        assert!(matches!(tard, Refus::TropTard { .. }), "{tard}");
        let produite = suivre(invitee.clone(), &[("justification_produite", date(2025, 11, 25))]);
        let en_cours: Vec<&str> = produite.empechements().map(|(quoi, _)| quoi.code()).collect();
        assert_eq!(en_cours, ["recours"]);
        let rejetee = suivre(
            invitee,
            &[
                ("rectification_orale_rejetee", date(2025, 11, 26)),
                ("mise_en_demeure", date(2025, 11, 26)),
            ],
        );
        assert_eq!(rejetee.position().code(), "mise_en_demeure");
    }
}

#[test]
fn la_bonne_foi_d_un_pensionne_arrete_la_retenue_jusqu_a_la_commission_et_apres_elle() {
    let recue = ("notification_recue", date(2025, 9, 3));
    for prestation in [Prestation::Retraite, Prestation::Invalidite] {
        let soumise = suivre(
            indu(prestation),
            &[recue, ("bonne_foi_soumise", date(2025, 9, 10))],
        );
        for code in ["retenue", "mise_en_demeure", "mise_en_demeure_simple"] {
            let bloquee = refus(&soumise, code, date(2025, 12, 1));
            assert!(matches!(bloquee, Refus::Suspendue { .. }), "{bloquee}");
        }
        let remise = suivre(soumise.clone(), &[("bonne_foi_remise", date(2025, 11, 3))]);
        assert_eq!(remise.position().code(), "remise");
        let fixe = suivre(soumise, &[("echelonnement_fixe", date(2025, 11, 3))]);
        let bloquee = refus(&fixe, "retenue", date(2025, 12, 1));
        assert!(matches!(bloquee, Refus::Suspendue { .. }), "{bloquee}");
        let jour = date(2025, 12, 1);
        assert_eq!(fixe.verifier(etape(&fixe, "mise_en_demeure"), jour), Ok(()));
        let accepte = suivre(fixe, &[("prelevement_accepte", date(2025, 11, 20))]);
        assert_eq!(accepte.verifier(etape(&accepte, "retenue"), jour), Ok(()));
        let reconnue = suivre(
            indu(prestation),
            &[recue, ("bonne_foi_reconnue", date(2025, 9, 10))],
        );
        assert_eq!(reconnue.position().code(), "annulee");
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
fn l_attente_d_un_autre_indu_arrete_la_prescription_qui_repart_entiere() {
    for prestation in [
        Prestation::PrestationsFamiliales,
        Prestation::Aah,
        Prestation::PrimeActivite,
    ] {
        let attente = suivre(
            indu(prestation),
            &[
                ("notification_recue", date(2025, 9, 3)),
                ("attente_d_un_autre_indu", date(2025, 12, 1)),
            ],
        );
        let bloquee = refus(&attente, "retenue", date(2026, 6, 1));
        assert!(matches!(bloquee, Refus::Suspendue { .. }), "{bloquee}");
        assert!(!attente.prescription(date(2029, 6, 1)).unwrap().court);
        let finie = suivre(attente, &[("fin_de_l_attente", date(2029, 6, 1))]);
        let prescription = finie.prescription(date(2029, 6, 2)).unwrap();
        assert_eq!(
            (prescription.jour, prescription.court),
            (date(2031, 6, 2), true),
            "{prestation}"
        );
    }
    let sante = indu(Prestation::Sante);
    let attente = refus(&sante, "attente_d_un_autre_indu", date(2025, 12, 1));
    assert!(matches!(attente, Refus::HorsNature { .. }), "{attente}");
}

#[test]
fn une_attente_notee_apres_la_prescription_ne_la_releve_pas() {
    let prescrit = indu(Prestation::Aah);
    let attente = etape(&prescrit, "attente_d_un_autre_indu");
    let fin = etape(&prescrit, "fin_de_l_attente");
    let tardif = prescrit.noter(attente, date(2027, 3, 1)).unwrap();
    let fini = tardif.noter(fin, date(2027, 9, 1)).unwrap();
    assert_eq!(
        fini.prescription(date(2027, 9, 2)).unwrap().jour,
        date(2027, 1, 1)
    );
}

#[test]
fn un_titre_issu_d_un_jugement_s_execute_dix_ans_et_une_contrainte_non_contestee_moins() {
    let mise_en_demeure = [
        ("mise_en_demeure", date(2025, 12, 4)),
        ("mise_en_demeure_recue", date(2025, 12, 8)),
        ("contrainte", date(2026, 1, 12)),
        ("contrainte_signifiee", date(2026, 1, 20)),
    ];
    let recue = ("notification_recue", date(2025, 9, 3));
    let signifiees = [
        (suivre(cotisation_de_2025(), &mise_en_demeure), 3),
        (
            suivre(suivre(indu(Prestation::Aah), &[recue]), &mise_en_demeure),
            2,
        ),
        (
            suivre(suivre(indu(Prestation::Rsa), &[recue]), &mise_en_demeure),
            2,
        ),
    ];
    for (signifiee, ans) in signifiees {
        let au = date(2026, 12, 1);
        let definitif = suivre(signifiee.clone(), &[("titre_definitif", date(2026, 2, 10))]);
        assert_eq!(
            definitif.prescription(au).unwrap().jour,
            date(2026, 1, 20).checked_add(ans.years()).unwrap()
        );
        let juge = suivre(
            signifiee,
            &[
                ("opposition_formee", date(2026, 1, 28)),
                ("opposition_rejetee", date(2026, 6, 15)),
            ],
        );
        let prescription = juge.prescription(au).unwrap();
        assert_eq!(prescription.regle.code(), "prescription-execution-jugement");
        assert_eq!(prescription.jour, date(2036, 6, 15));
        let saisi = suivre(juge, &[("saisie_remunerations", date(2027, 3, 1))]);
        assert_eq!(
            saisi.prescription(date(2027, 3, 2)).unwrap().jour,
            date(2037, 3, 1)
        );
    }
}

#[test]
fn la_plus_vieille_creance_a_une_procedure_et_une_prescription() {
    for nature in Nature::toutes() {
        let vieux = date(1931, 5, 7);
        for fraude in [false, true] {
            let reperes = Reperes {
                fraude,
                ..reperes(vieux, vieux, vieux)
            };
            let parcours = Parcours::ouvrir(nature, reperes).unwrap();
            let prescription = parcours.prescription(date(2026, 1, 1)).unwrap();
            assert!(
                prescription.court && prescription.jour < date(1940, 1, 1),
                "{nature}"
            );
        }
    }
}

#[test]
fn la_prescription_constatee_cite_le_texte_de_la_prescription_de_sa_procedure() {
    for procedure in Droit::charger().procedures() {
        let delai = Droit::charger().regle_de_delai(&procedure.prescription).unwrap();
        for article in procedure.etape("prescription_constatee").unwrap().articles() {
            assert!(
                delai.articles().contains(article),
                "{} : {article}",
                procedure.code()
            );
        }
    }
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

/// Une histoire au hasard : des jours qui passent, et chaque fois l’une des étapes alors possibles.
fn une_histoire() -> impl Strategy<Value = (Nature, bool, Vec<(u16, prop::sample::Index)>)> {
    let natures: Vec<Nature> = Nature::toutes().collect();
    (
        prop::sample::select(natures),
        any::<bool>(),
        prop::collection::vec((0_u16..400, any::<prop::sample::Index>()), 0..25),
    )
}

fn jouer(nature: Nature, fraude: bool, pas: &[(u16, prop::sample::Index)]) -> (Parcours, Date) {
    let reperes = Reperes {
        fraude,
        ..reperes(date(2024, 3, 1), date(2024, 3, 31), date(2024, 1, 1))
    };
    let mut parcours = Parcours::ouvrir(nature, reperes).unwrap();
    let mut jour = reperes.emise_le;
    for (jours, choix) in pas {
        jour = jour.checked_add(i32::from(*jours).days()).unwrap();
        let possibles: Vec<&'static EtapeProcedure> = parcours
            .suites(jour)
            .unwrap()
            .into_iter()
            .filter(|suite| suite.quand == Quand::Maintenant)
            .map(|suite| suite.etape)
            .collect();
        if possibles.is_empty() {
            break;
        }
        parcours = parcours
            .avancer(possibles[choix.index(possibles.len())], jour)
            .unwrap();
    }
    (parcours, jour)
}

/// Ce qui peut arriver à toute créance, où qu’elle en soit : ne compte pas comme une suite.
fn arrive_partout(etape: &EtapeProcedure) -> bool {
    etape.de.is_none() && etape.exige.is_none() && !etape.quand_prescrite
}

proptest! {
    #[test]
    fn nulle_histoire_ne_s_arrete_sans_suite_ni_fin((nature, fraude, pas) in une_histoire()) {
        let (parcours, jour) = jouer(nature, fraude, &pas);
        let suites = parcours.suites(jour).unwrap();
        if parcours.position().est_fin() {
            prop_assert!(suites.is_empty());
        } else {
            prop_assert!(
                suites.iter().any(|suite| !arrive_partout(suite.etape)),
                "{} après {:?}", parcours.position().code(),
                parcours.faits().iter().map(|f| f.etape.code()).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn nulle_histoire_n_echappe_a_la_prescription((nature, fraude, pas) in une_histoire()) {
        let (parcours, jour) = jouer(nature, fraude, &pas);
        let prescription = parcours.prescription(jour).unwrap();
        let dernier = parcours.faits().last().unwrap().jour;
        let suspensions = jour - date(2024, 3, 1);
        let jugee = prescription.regle.code() == "prescription-execution-jugement";
        let plus_longue = if jugee { 10 } else { 6 };
        let borne = dernier.checked_add(plus_longue.years()).unwrap().checked_add(suspensions).unwrap();
        prop_assert!(prescription.jour <= borne);
        if prescription.court && !parcours.position().est_fin() {
            let apres = prescription.jour.max(dernier).tomorrow().unwrap();
            let constat = etape(&parcours, "prescription_constatee");
            prop_assert!(parcours.avancer(constat, apres).unwrap().position().est_fin());
        }
    }

    #[test]
    fn rejouer_les_faits_redonne_la_meme_situation((nature, fraude, pas) in une_histoire()) {
        let (parcours, jour) = jouer(nature, fraude, &pas);
        let reperes = Reperes { fraude, ..reperes(date(2024, 3, 1), date(2024, 3, 31), date(2024, 1, 1)) };
        let mut rejoue = Parcours::ouvrir(nature, reperes).unwrap();
        for fait in &parcours.faits()[1..] {
            rejoue = rejoue.noter(fait.etape, fait.jour).unwrap();
        }
        prop_assert_eq!(rejoue.position(), parcours.position());
        prop_assert_eq!(rejoue.limites(), parcours.limites());
        prop_assert_eq!(rejoue.suites(jour).unwrap(), parcours.suites(jour).unwrap());
        prop_assert!(rejoue.irregularites().is_empty());
    }

    #[test]
    fn ce_qui_est_possible_plus_tard_l_est_ce_jour_la_et_pas_la_veille((nature, fraude, pas) in une_histoire()) {
        let (parcours, jour) = jouer(nature, fraude, &pas);
        for suite in parcours.suites(jour).unwrap() {
            let Quand::DesLe(des_le, _) = suite.quand else { continue };
            prop_assert!(des_le > jour);
            let la_veille = parcours.verifier(suite.etape, des_le.yesterday().unwrap());
            let trop_tot = matches!(la_veille, Err(Refus::TropTot { .. }));
            prop_assert!(trop_tot);
            // La prescription peut arriver avant.
            let ce_jour = parcours.verifier(suite.etape, des_le);
            let admis = matches!(ce_jour, Ok(()) | Err(Refus::Prescrite { .. }));
            prop_assert!(admis);
        }
    }

    #[test]
    fn un_recours_suspensif_ne_laisse_a_la_caisse_aucune_poursuite((nature, fraude, pas) in une_histoire()) {
        let (parcours, jour) = jouer(nature, fraude, &pas);
        let suspensif = parcours.empechements().any(|(quoi, _)| ["recours", "instance"].contains(&quoi.code()) && quoi.arrete());
        let general = matches!(nature, Nature::Indu(p) if ![Prestation::Rsa, Prestation::PrimeActivite, Prestation::AidesLogement].contains(&p))
            || !matches!(nature, Nature::Indu(_));
        if suspensif && !general {
            for suite in parcours.suites(jour).unwrap() {
                prop_assert!(!["relance", "mise_en_demeure", "mise_en_demeure_simple", "contrainte", "retenue", "opposition_tiers", "saisie_remunerations"].contains(&suite.etape.code()));
            }
        }
    }
}
