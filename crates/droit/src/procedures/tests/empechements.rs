//! Ce qui arrête la poursuite, et comment elle reprend.

use super::*;

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
