//! Ce qui est vrai de tout échéancier, et comment il s’explique. Les cas comptés à la main : `tests/echeanciers.rs`.

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use proptest::{prelude::*, sample::select};
use valeurs::Montant;

use super::*;
use crate::{Droit, Erreur, ErreurDonnees, Procedure, Zone, citer, donnees::LIVRES, donnees::Textes};

const CONCLU: Date = date(2026, 2, 2);

fn c(centimes: i64) -> Montant {
    Montant::de_centimes(centimes)
}

fn procedure(code: &str) -> &'static Procedure {
    let mut procedures = Droit::charger().procedures().iter();
    procedures.find(|procedure| procedure.code() == code).unwrap()
}

fn demande(code: &str, principal: i64, nombre: u16) -> Demande {
    Demande {
        procedure: procedure(code),
        dette: Dette {
            part_ouvriere: Montant::ZERO,
            principal: c(principal),
            majorations: Montant::ZERO,
        },
        conclu_le: CONCLU,
        premiere: date(2026, 2, 15),
        rythme: Rythme::Mensualites(nombre),
        zone: Zone::Metropole,
        clause_de_rupture: false,
    }
}

#[test]
fn chaque_procedure_dit_son_echeancier_ses_exigences_et_ce_que_les_textes_taisent() {
    let mut dites = String::new();
    for procedure in Droit::charger().procedures() {
        let mut demande = demande(procedure.code(), 1_000_00, 3);
        demande.dette.majorations = c(50_00);
        let echeancier = Echeancier::proposer(&demande).unwrap();
        dites += &format!("# {} ({})\n", procedure.libelle(), echeancier.version());
        for etape in echeancier.explication() {
            dites += &format!("{} | {}\n", etape.phrase, citer(etape.articles));
        }
        for exigence in echeancier.exigences() {
            dites += &format!("- {} | {}\n", exigence.phrase, citer(&exigence.articles));
        }
    }
    insta::assert_snapshot!(dites);
}

#[test]
fn chaque_refus_dit_quoi_changer() {
    let base = demande("indu", 1_000_00, 3);
    let cotisations = demande("cotisations", 1_000_00, 3);
    let avec_part_ouvriere = |base: Demande| Demande {
        dette: Dette {
            part_ouvriere: c(10_00),
            ..base.dette
        },
        ..base
    };
    let refus = [
        Demande {
            dette: Dette {
                principal: c(0),
                ..base.dette
            },
            ..base
        },
        Demande {
            dette: Dette {
                majorations: c(-1),
                ..base.dette
            },
            ..base
        },
        Demande {
            dette: Dette {
                principal: Montant::MAX,
                majorations: c(1),
                ..base.dette
            },
            ..base
        },
        avec_part_ouvriere(base),
        avec_part_ouvriere(cotisations),
        Demande {
            premiere: date(2026, 2, 1),
            ..base
        },
        Demande {
            premiere: date(2027, 2, 3),
            rythme: Rythme::Mensualites(1),
            ..base
        },
        Demande {
            premiere: date(2027, 2, 2),
            ..base
        },
        Demande {
            rythme: Rythme::Mensualites(13),
            ..base
        },
        Demande {
            rythme: Rythme::Mensualites(0),
            ..cotisations
        },
        Demande {
            rythme: Rythme::ParMois(c(0)),
            ..cotisations
        },
        Demande {
            rythme: Rythme::ParMois(c(-100)),
            ..cotisations
        },
        Demande {
            rythme: Rythme::Mensualites(MENSUALITES_MAX + 1),
            ..cotisations
        },
        Demande {
            rythme: Rythme::ParMois(c(1)),
            ..cotisations
        },
        Demande {
            conclu_le: date(1969, 12, 31),
            ..base
        },
        Demande {
            premiere: date(9999, 11, 30),
            ..cotisations
        },
    ];
    let dits = refus.map(|demande| {
        let refus = Echeancier::proposer(&demande).unwrap_err();
        assert_eq!(refus.to_string().contains("art."), !refus.articles().is_empty());
        refus.to_string()
    });
    insta::assert_snapshot!(dits.join("\n"));
}

#[test]
fn le_plus_grand_montant_s_echelonne_et_se_suit() {
    let echeancier = Echeancier::proposer(&demande("cotisations", i64::MAX, MENSUALITES_MAX)).unwrap();
    let versement = |montant| Versement { le: CONCLU, montant };
    let suivi = echeancier.suivre(&[versement(Montant::MAX)], CONCLU).unwrap();
    assert_eq!(suivi.etat, EtatEcheancier::Solde { le: CONCLU });
    let trop = echeancier.suivre(&[versement(Montant::MAX), versement(c(1))], CONCLU);
    assert_eq!(trop, Err(Erreur::Depassement));
}

#[test]
fn un_echeancier_de_2020_ne_vaut_que_par_analogie_et_le_dit() {
    let ancien = Demande {
        conclu_le: date(2020, 3, 2),
        premiere: date(2020, 3, 16),
        ..demande("cotisations", 1_000_00, 3)
    };
    let dit = |demande| {
        let echeancier = Echeancier::proposer(demande).unwrap();
        let mut etapes = echeancier.explication().iter();
        etapes.any(|etape| etape.phrase.contains("par analogie"))
    };
    assert!(dit(&ancien));
    assert!(!dit(&demande("cotisations", 1_000_00, 3)));
}

#[test]
fn un_versement_negatif_ou_anterieur_est_refuse() {
    let echeancier = Echeancier::proposer(&demande("indu", 1_000_00, 3)).unwrap();
    let suivre = |le, montant| {
        echeancier
            .suivre(&[Versement { le, montant }], date(2026, 3, 1))
            .unwrap_err()
            .to_string()
    };
    insta::assert_snapshot!(format!(
        "{}\n{}",
        suivre(CONCLU, c(-1)),
        suivre(date(2026, 2, 1), c(1))
    ));
}

#[test]
fn une_rupture_et_une_fin_disent_leur_jour_et_leur_article() {
    let fins = [
        ("cotisations", false, date(2026, 3, 31)),
        ("indu", true, date(2026, 3, 31)),
        ("indu", false, date(2026, 6, 30)),
        ("prime_activite", false, date(2026, 6, 30)),
        ("soins", false, date(2026, 6, 30)),
    ]
    .map(|(code, clause_de_rupture, au)| {
        let demande = Demande {
            clause_de_rupture,
            ..demande(code, 1_000_00, 3)
        };
        let suivi = Echeancier::proposer(&demande).unwrap().suivre(&[], au).unwrap();
        let (EtatEcheancier::Rompu(fin) | EtatEcheancier::Expire(fin)) = suivi.etat else {
            panic!("{code} devait finir");
        };
        format!("{code} : {} | {} | {}", fin.jour, fin.phrase, citer(fin.articles))
    });
    insta::assert_snapshot!(fins.join("\n"));
}

#[test]
fn une_regle_d_echeancier_fautive_est_refusee_a_la_lecture() {
    for (juste, faux) in [
        ("successives = 2", "successives = 1"),
        ("duree_mois = 12", "duree_mois = 0"),
        ("duree_mois = 12\n", ""),
        ("procedures = [\"soins\"]", "procedures = [\"soin\"]"),
    ] {
        assert!(LIVRES.echeanciers.contains(juste), "{juste}");
        let lu = Droit::lire(Textes {
            echeanciers: &LIVRES.echeanciers.replace(juste, faux),
            ..LIVRES
        });
        assert!(matches!(lu, Err(ErreurDonnees::ValeurFausse { .. })), "{faux}");
    }
    let sans_soins = LIVRES
        .echeanciers
        .replace("procedures = [\"soins\"]", "procedures = []");
    let lu = Droit::lire(Textes {
        echeanciers: &sans_soins,
        ..LIVRES
    });
    assert!(matches!(lu, Err(ErreurDonnees::VersionsDiscontinues { .. })));
    let double = LIVRES.echeanciers.replace("sans-texte:rsa@", "sans-texte:soins@");
    let lu = Droit::lire(Textes {
        echeanciers: &double,
        ..LIVRES
    });
    assert!(matches!(lu, Err(ErreurDonnees::CodeEnDouble { .. })));
}

fn une_demande() -> impl Strategy<Value = Demande> {
    let rythme = prop_oneof![
        (1..=11_u16).prop_map(Rythme::Mensualites),
        (4_000..60_000_i64).prop_map(|centimes| Rythme::ParMois(c(centimes))),
    ];
    (
        select(vec!["cotisations", "indu"]),
        (0..20_000_i64, 100..20_000_i64),
        0..1_000_i32,
        0..20_i32,
        rythme,
        any::<bool>(),
        select(Zone::TOUS),
    )
        .prop_map(
            |(code, (majorations, principal), jours, attente, rythme, clause_de_rupture, zone)| {
                let conclu_le = CONCLU.checked_add(jours.days()).unwrap();
                Demande {
                    dette: Dette {
                        part_ouvriere: Montant::ZERO,
                        principal: c(principal),
                        majorations: c(majorations),
                    },
                    conclu_le,
                    premiere: conclu_le.checked_add(attente.days()).unwrap(),
                    rythme,
                    clause_de_rupture,
                    zone,
                    ..demande(code, 0, 1)
                }
            },
        )
}

/// Des versements, en jours depuis la conclusion : souvent trop peu, parfois trop.
fn des_versements() -> impl Strategy<Value = Vec<(i32, i64)>> {
    prop::collection::vec((0..420_i32, 0..12_000_i64), 0..10)
}

fn a_partir_de(conclu_le: Date, versements: &[(i32, i64)]) -> Vec<Versement> {
    let vers = |&(jours, centimes): &(i32, i64)| Versement {
        le: conclu_le.checked_add(jours.days()).unwrap(),
        montant: c(centimes),
    };
    versements.iter().map(vers).collect()
}

fn apres(jour: Date, jours: i32) -> Date {
    jour.checked_add(jours.days()).unwrap()
}

proptest! {
    #[test]
    fn la_somme_des_mensualites_est_la_dette_et_leurs_jours_se_suivent(demande in une_demande()) {
        let echeancier = Echeancier::proposer(&demande).unwrap();
        let mensualites = echeancier.mensualites();
        let somme = |part: fn(&Mensualite) -> Montant| Montant::somme(mensualites.iter().map(part)).unwrap();
        let Dette { principal, majorations, .. } = demande.dette;
        prop_assert_eq!(somme(|m| m.montant), echeancier.total());
        prop_assert_eq!(somme(|m| m.principal), principal);
        prop_assert_eq!(somme(|m| m.majorations), majorations);
        prop_assert!(mensualites.is_sorted_by(|avant, apres| avant.dernier_jour < apres.jour
            && avant.rang + 1 == apres.rang
            // Aucune majoration n’est payée avant tout le principal.
            && (avant.majorations.est_nul() || apres.principal.est_nul())));
        let droit = Droit::charger();
        for m in mensualites {
            prop_assert!(m.montant > Montant::ZERO && m.jour <= m.dernier_jour);
            prop_assert_eq!(m.principal.checked_add(m.majorations).unwrap(), m.montant);
            prop_assert!(droit.non_ouvre(demande.zone, m.dernier_jour).unwrap().is_none());
            let quantieme = m.jour.day() == demande.premiere.day();
            prop_assert!(quantieme || m.jour == m.jour.last_of_month());
        }
        if let Rythme::ParMois(chacune) = demande.rythme {
            prop_assert!(mensualites.iter().all(|m| m.montant <= chacune));
        }
    }

    #[test]
    fn rien_ne_reste_du_en_negatif_et_paye_plus_reste_fait_le_total(
        demande in une_demande(), versements in des_versements(), jours in 0..450_i32
    ) {
        let echeancier = Echeancier::proposer(&demande).unwrap();
        let versements = a_partir_de(demande.conclu_le, &versements);
        let au = apres(demande.conclu_le, jours);
        let suivi = echeancier.suivre(&versements, au).unwrap();
        prop_assert!(!suivi.reste.est_negatif() && !suivi.trop_verse.est_negatif());
        prop_assert_eq!(suivi.verse.checked_add(suivi.reste).unwrap(), echeancier.total());
        let recu = Montant::somme(versements.iter().filter(|v| v.le <= au).map(|v| v.montant)).unwrap();
        prop_assert_eq!(suivi.verse.checked_add(suivi.trop_verse).unwrap(), recu);
        prop_assert!(suivi.reste.est_nul() || suivi.trop_verse.est_nul());
        let somme = |part: fn(&SuiviMensualite) -> Montant| Montant::somme(suivi.mensualites.iter().map(part)).unwrap();
        prop_assert_eq!(somme(|s| s.verse), suivi.verse);
        prop_assert_eq!(somme(|s| s.reste), suivi.reste);
        prop_assert!(suivi.en_retard <= suivi.reste);
        for s in &suivi.mensualites {
            prop_assert!(!s.verse.est_negatif() && !s.reste.est_negatif());
            let payee = matches!(s.etat, EtatMensualite::Payee { .. } | EtatMensualite::PayeeEnRetard { .. });
            prop_assert_eq!(payee, s.reste.est_nul());
        }
    }

    #[test]
    fn rejouer_les_versements_dans_un_autre_ordre_donne_le_meme_suivi(
        demande in une_demande(), versements in des_versements(), jours in 0..450_i32
    ) {
        let echeancier = Echeancier::proposer(&demande).unwrap();
        let au = apres(demande.conclu_le, jours);
        let versements = a_partir_de(demande.conclu_le, &versements);
        let a_l_envers: Vec<Versement> = versements.iter().rev().copied().collect();
        let suivi = echeancier.suivre(&versements, au).unwrap();
        prop_assert_eq!(&suivi, &echeancier.suivre(&a_l_envers, au).unwrap());
        let rejoue = Echeancier::proposer(&demande).unwrap().suivre(&versements, au).unwrap();
        prop_assert_eq!(suivi, rejoue);
    }

    #[test]
    fn une_rupture_suit_la_seconde_echeance_manquee_et_ne_bouge_plus(
        demande in une_demande(), versements in des_versements()
    ) {
        let echeancier = Echeancier::proposer(&demande).unwrap();
        let versements = a_partir_de(demande.conclu_le, &versements);
        let tard = apres(demande.conclu_le, 900);
        if let EtatEcheancier::Rompu(fin) = echeancier.suivre(&versements, tard).unwrap().etat {
            let veille = fin.jour.yesterday().unwrap();
            prop_assert_ne!(
                echeancier.suivre(&versements, veille).unwrap().etat,
                EtatEcheancier::Rompu(fin.clone())
            );
            let le_jour = echeancier.suivre(&versements, fin.jour).unwrap();
            prop_assert_eq!(&le_jour.etat, &EtatEcheancier::Rompu(fin.clone()));
            let dues = le_jour.mensualites.iter().filter(|s| {
                s.mensualite.dernier_jour < fin.jour && match s.etat {
                    EtatMensualite::Payee { le } | EtatMensualite::PayeeEnRetard { le } => le == fin.jour,
                    EtatMensualite::AVenir | EtatMensualite::Manquee => true,
                }
            });
            prop_assert!(dues.count() >= 2);
        }
    }

    #[test]
    fn un_echeancier_paye_au_jour_dit_n_est_jamais_rompu(demande in une_demande(), avance in 0..3_i32) {
        let echeancier = Echeancier::proposer(&demande).unwrap();
        let mensualites = echeancier.mensualites();
        let versements: Vec<Versement> = mensualites
            .iter()
            .map(|m| Versement {
                le: apres(m.dernier_jour, -avance).max(demande.conclu_le),
                montant: m.montant,
            })
            .collect();
        for jours in 0..500 {
            let etat = echeancier.suivre(&versements, apres(demande.conclu_le, jours)).unwrap().etat;
            prop_assert!(matches!(etat, EtatEcheancier::EnCours | EtatEcheancier::Solde { .. }), "{:?}", etat);
        }
        let fini = echeancier.suivre(&versements, Date::MAX).unwrap();
        prop_assert!(matches!(fini.etat, EtatEcheancier::Solde { .. }), "{:?}", fini.etat);
        let a_temps = |s: &SuiviMensualite| matches!(s.etat, EtatMensualite::Payee { .. });
        prop_assert!(fini.mensualites.iter().all(a_temps));
    }

    #[test]
    fn un_echeancier_paye_avant_d_etre_rompu_est_solde(demande in une_demande(), versements in des_versements()) {
        let echeancier = Echeancier::proposer(&demande).unwrap();
        let versements = a_partir_de(demande.conclu_le, &versements);
        let suivi = echeancier.suivre(&versements, Date::MAX).unwrap();
        let Some(EtatMensualite::Payee { le } | EtatMensualite::PayeeEnRetard { le }) =
            suivi.mensualites.last().map(|s| s.etat)
        else {
            return Ok(());
        };
        match suivi.etat {
            EtatEcheancier::Solde { le: solde } => prop_assert_eq!(solde, le),
            EtatEcheancier::Rompu(fin) => prop_assert!(fin.jour <= le),
            autre => prop_assert!(false, "{autre:?}"),
        }
    }

    #[test]
    fn payer_plus_ne_rompt_jamais(
        demande in une_demande(), versements in des_versements(), de_plus in des_versements(), jours in 0..450_i32
    ) {
        let echeancier = Echeancier::proposer(&demande).unwrap();
        let au = apres(demande.conclu_le, jours);
        let mut versements = a_partir_de(demande.conclu_le, &versements);
        let avant = echeancier.suivre(&versements, au).unwrap().etat;
        versements.extend(a_partir_de(demande.conclu_le, &de_plus));
        if let EtatEcheancier::Rompu(fin) = echeancier.suivre(&versements, au).unwrap().etat {
            let EtatEcheancier::Rompu(plus_tot) = avant else {
                return Err(TestCaseError::fail("rompu par un versement"));
            };
            prop_assert!(plus_tot.jour <= fin.jour);
        }
    }

    #[test]
    fn un_indu_n_est_rompu_que_par_une_clause(demande in une_demande(), versements in des_versements()) {
        let echeancier = Echeancier::proposer(&demande).unwrap();
        let versements = a_partir_de(demande.conclu_le, &versements);
        let etat = echeancier.suivre(&versements, Date::MAX).unwrap().etat;
        if demande.procedure.code() == "indu" && !demande.clause_de_rupture {
            prop_assert!(!matches!(etat, EtatEcheancier::Rompu(_)));
        }
        prop_assert!(!matches!(etat, EtatEcheancier::EnCours));
    }
}
