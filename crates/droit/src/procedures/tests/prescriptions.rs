//! Ce qui fait courir la prescription, l’interrompt, la suspend.

use super::*;

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
    let echu = suivre(lettre.clone(), &[("contradictoire_echu", date(2027, 4, 2))]);
    assert_eq!(
        echu.prescription(date(2027, 4, 3)).unwrap().jour,
        date(2029, 1, 31)
    );
    // Une seconde lettre, reçue ensuite, ne suspend que ses propres trente et un jours.
    let seconde = suivre(
        lettre,
        &[
            ("observations_recues", date(2026, 9, 1)),
            ("observations_repondues", date(2026, 10, 1)),
            ("observations_maintenues", date(2026, 10, 1)),
        ],
    );
    assert_eq!(
        seconde.prescription(date(2027, 4, 3)).unwrap().jour,
        date(2029, 3, 3)
    );
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
