//! Ce qui est vrai de toute retenue, et comment elle s’explique. Les cas comptés à la main : `tests/retenues.rs`.

use jiff::{
    ToSpan,
    civil::{Date, date},
};
use proptest::{prelude::*, sample::select};
use valeurs::Montant;

use super::*;
use crate::{Droit, ErreurDonnees, donnees::LIVRES, donnees::Textes};

fn c(centimes: i64) -> Montant {
    Montant::de_centimes(centimes)
}

const FEVRIER: Date = date(2026, 2, 15);

fn salaire(net: i64) -> Remuneration {
    Remuneration {
        genre: GenreRevenu::Salaire,
        net: c(net),
        personnes_a_charge: 0,
        deja_saisi: Montant::ZERO,
        insaisissable: None,
    }
}

const FOYER: Foyer = Foyer {
    assiette: Assiette::Familiale {
        revenus: Some(Montant::de_centimes(1_400_00)),
        prestations: Montant::de_centimes(300_00),
        fraude: None,
    },
    logement: None,
    menage: true,
    enfants: 2,
};

fn dire(explication: &[Etape]) -> String {
    let mut dit = String::new();
    for etape in explication {
        let montant = etape
            .montant
            .map_or("·".to_owned(), |montant| montant.to_string());
        dit += &format!(
            "{montant} | {} | {}\n",
            etape.phrase,
            crate::citer(etape.articles)
        );
    }
    dit
}

fn total(explication: &[Etape]) -> Montant {
    Montant::somme(explication.iter().filter_map(|etape| etape.montant)).unwrap()
}

#[test]
fn une_quotite_s_explique_tranche_par_tranche() {
    let mut remuneration = salaire(1_500_00);
    remuneration.personnes_a_charge = 2;
    remuneration.deja_saisi = c(50_00);
    let quotite = quotite_saisissable(FEVRIER, &remuneration).unwrap();
    assert_eq!(quotite.version, "R3252-2@2026-01-01");
    insta::assert_snapshot!(dire(&quotite.explication));
}

#[test]
fn une_pension_d_invalidite_de_2025_dit_ce_qui_n_a_pas_ete_relu() {
    let mut pension = salaire(660_00);
    pension.genre = GenreRevenu::PensionInvalidite;
    pension.personnes_a_charge = 1;
    let quotite = quotite_saisissable(date(2025, 5, 5), &pension).unwrap();
    insta::assert_snapshot!(dire(&quotite.explication));
}

#[test]
fn une_retenue_sur_prestations_s_explique_article_par_article() {
    let retenue = retenue_sur_prestations(
        date(2025, 3, 1),
        &FOYER,
        &MontantsRetenue::DeLAnnee,
        c(90_00),
        c(80_00),
    )
    .unwrap();
    assert_eq!(retenue.version, "D553-1@2025-01-01");
    insta::assert_snapshot!(dire(&retenue.explication));
}

#[test]
fn une_retenue_de_maladie_ou_sans_revenus_connus_s_explique() {
    let maladie = Foyer {
        assiette: Assiette::Maladie {
            ressources: c(1_600_00),
        },
        menage: false,
        enfants: 1,
        ..FOYER
    };
    let inconnu = Foyer {
        assiette: Assiette::Familiale {
            revenus: None,
            prestations: c(300_00),
            fraude: None,
        },
        ..FOYER
    };
    let dites = [maladie, inconnu].map(|foyer| {
        let retenue = retenue_sur_prestations(
            FEVRIER,
            &foyer,
            &MontantsRetenue::DeLArticle,
            c(700_00),
            c(900_00),
        )
        .unwrap();
        assert_eq!(retenue.version, "D553-1@article");
        dire(&retenue.explication)
    });
    insta::assert_snapshot!(dites.join("\n"));
}

#[test]
fn une_fraude_reiteree_s_explique() {
    let foyer = Foyer {
        assiette: Assiette::Familiale {
            revenus: None,
            prestations: c(0),
            fraude: Some(Fraude {
                commise_le: date(2024, 5, 1),
                precedente_notifiee_le: Some(date(2021, 6, 3)),
            }),
        },
        ..FOYER
    };
    let retenue = retenir(&foyer, &MontantsRetenue::DeLAnnee);
    insta::assert_snapshot!(dire(&retenue.explication));
}

#[test]
fn chaque_pension_cite_les_articles_de_son_regime() {
    let mut dites = String::new();
    for genre in GenreRevenu::TOUS {
        for le in [date(2023, 5, 1), FEVRIER] {
            let revenu = Remuneration {
                genre: *genre,
                ..salaire(1_200_00)
            };
            let quotite = quotite_saisissable(le, &revenu).unwrap();
            assert_eq!(
                quotite.saisissable,
                quotite_saisissable(le, &salaire(1_200_00)).unwrap().saisissable
            );
            let premier = &quotite.explication[0];
            dites += &format!("{le} {} | {}\n", premier.phrase, crate::citer(premier.articles));
        }
    }
    insta::assert_snapshot!(dites);
}

#[test]
fn ce_qui_n_est_pas_dans_les_regles_est_refuse_et_le_refus_dit_quoi_faire() {
    let quotite =
        |le, remuneration: &Remuneration| quotite_saisissable(le, remuneration).unwrap_err().to_string();
    let retenue = |le, foyer: &Foyer| {
        retenue_sur_prestations(le, foyer, &MontantsRetenue::DeLAnnee, c(1), c(1))
            .unwrap_err()
            .to_string()
    };
    let trop_saisi = Remuneration {
        deja_saisi: c(1_000_01),
        ..salaire(1_000_00)
    };
    let loyer_negatif = Foyer {
        logement: Some(c(-1)),
        ..FOYER
    };
    let maladie = Foyer {
        assiette: Assiette::Maladie { ressources: c(1) },
        ..FOYER
    };
    let refus = [
        quotite(date(2022, 12, 31), &salaire(1_000_00)),
        quotite(date(2027, 1, 1), &salaire(1_000_00)),
        quotite(date(2026, 4, 1), &salaire(1_000_00)),
        quotite(FEVRIER, &salaire(-1)),
        quotite(FEVRIER, &trop_saisi),
        retenue(FEVRIER, &FOYER),
        retenue(date(2021, 12, 31), &FOYER),
        retenue_sur_prestations(
            date(2022, 6, 30),
            &maladie,
            &MontantsRetenue::DeLArticle,
            c(1),
            c(1),
        )
        .unwrap_err()
        .to_string(),
        retenue(date(2025, 3, 1), &loyer_negatif),
        BaremeDonne::new([1, 2, 2, 3].map(c), c(0), c(1))
            .unwrap_err()
            .to_string(),
        BaremeDonne::new([1, 2, 3, 4].map(c), c(2), c(1))
            .unwrap_err()
            .to_string(),
    ];
    insta::assert_snapshot!(refus.join("\n"));
}

#[test]
fn le_plus_grand_montant_se_calcule_ou_se_refuse_sans_jamais_paniquer() {
    let quotite = quotite_saisissable(FEVRIER, &salaire(i64::MAX)).unwrap();
    assert_eq!(quotite.laisse, c(1_578_57));
    let comble = Foyer {
        assiette: Assiette::Familiale {
            revenus: Some(Montant::MAX),
            prestations: c(1),
            fraude: None,
        },
        ..FOYER
    };
    let lu = retenue_sur_prestations(FEVRIER, &comble, &MontantsRetenue::DeLArticle, c(1), c(1));
    assert_eq!(lu, Err(Erreur::Depassement));
}

#[test]
fn un_bareme_fautif_est_refuse_a_la_lecture() {
    for (juste, faux) in [
        ("seuils = [448000, 873000,", "seuils = [873000, 448000,"),
        ("\"1/5\", \"1/4\"", "\"1/4\", \"1/5\""),
        ("\"1/1\"", "\"2/1\""),
        ("seuils = [23100, 34600,", "seuils = [34600, 23100,"),
        ("pour_cent = [\"25\", \"35\"", "pour_cent = [\"35\", \"25\""),
        ("par_personne = 174000", "par_personne = -1"),
        ("montant = 64652", "montant = 0"),
        ("demi_parts_menage = 4", "demi_parts_menage = 2"),
        ("forfait = 4500", "forfait = 23101"),
        ("reiteration_fois = 2", "reiteration_fois = 0"),
        ("genre = \"pension\"", "genre = \"salaire\""),
        (
            "genre = \"pension\"\ndepuis = \"2003-08-22\"\njusqua = \"2028-12-31\"\ncomme_un_salaire = [{ article = \"CSS L355-2\", endroit = \"alinéa 1\" }]",
            "genre = \"pension\"\ndepuis = \"2003-08-22\"\ncomme_un_salaire = []",
        ),
    ] {
        assert!(LIVRES.retenues.contains(juste), "{juste}");
        let lu = Droit::lire(Textes {
            retenues: &LIVRES.retenues.replace(juste, faux),
            ..LIVRES
        });
        assert!(matches!(lu, Err(ErreurDonnees::ValeurFausse { .. })), "{faux}");
    }
    let troue = LIVRES
        .retenues
        .replace("depuis = \"2024-04-01\"", "depuis = \"2024-04-02\"");
    let lu = Droit::lire(Textes {
        retenues: &troue,
        ..LIVRES
    });
    assert!(matches!(lu, Err(ErreurDonnees::VersionsDiscontinues { .. })));
}

fn un_jour() -> impl Strategy<Value = Date> {
    (0..1186_i32).prop_map(|jours| date(2023, 1, 1).checked_add(jours.days()).unwrap())
}

fn une_remuneration() -> impl Strategy<Value = Remuneration> {
    let net = prop_oneof![0..400_000_i64, 0..=i64::MAX];
    (net, 0..8_u16, 0..=1_000_i128, select(GenreRevenu::TOUS)).prop_map(
        |(net, charges, pour_mille, genre)| {
            let deja = i64::try_from(i128::from(net) * pour_mille / 1_000).unwrap();
            Remuneration {
                genre,
                personnes_a_charge: charges,
                deja_saisi: c(deja),
                ..salaire(net)
            }
        },
    )
}

fn une_fraude() -> impl Strategy<Value = Option<Fraude>> {
    prop::option::of(
        (0..4_000_i32, prop::option::of(0..4_000_i32)).prop_map(|(faits, avant)| {
            let le = |jours: i32| date(2014, 1, 1).checked_add(jours.days()).unwrap();
            Fraude {
                commise_le: le(faits),
                precedente_notifiee_le: avant.map(le),
            }
        }),
    )
}

fn un_foyer() -> impl Strategy<Value = Foyer> {
    let assiette = prop_oneof![
        (prop::option::of(0..600_000_i64), 0..200_000_i64, une_fraude()).prop_map(
            |(revenus, prestations, fraude)| Assiette::Familiale {
                revenus: revenus.map(c),
                prestations: c(prestations),
                fraude,
            }
        ),
        (0..600_000_i64).prop_map(|ressources| Assiette::Maladie {
            ressources: c(ressources)
        }),
    ];
    (
        assiette,
        prop::option::of(0..200_000_i64),
        any::<bool>(),
        0..9_u16,
    )
        .prop_map(|(assiette, logement, menage, enfants)| Foyer {
            assiette,
            logement: logement.map(c),
            menage,
            enfants,
        })
}

fn des_montants() -> impl Strategy<Value = MontantsRetenue> {
    let donnes = (
        prop::array::uniform4(1..60_000_i64),
        0..60_000_i64,
        0..300_000_i64,
    )
        .prop_map(|([a, b, d, e], forfait, repute)| {
            let debuts = [a, a + b, a + b + d, a + b + d + e].map(c);
            MontantsRetenue::Donnes(BaremeDonne::new(debuts, c(forfait.min(a)), c(repute)).unwrap())
        });
    prop_oneof![
        Just(MontantsRetenue::DeLAnnee),
        Just(MontantsRetenue::DeLArticle),
        donnes
    ]
}

/// Un foyer qui gagne tant de plus.
fn enrichi(foyer: Foyer, plus: i64) -> Foyer {
    let assiette = match foyer.assiette {
        Assiette::Familiale {
            revenus,
            prestations,
            fraude,
        } => Assiette::Familiale {
            revenus: revenus.map(|revenus| revenus.checked_add(c(plus)).unwrap()),
            prestations,
            fraude,
        },
        Assiette::Maladie { ressources } => Assiette::Maladie {
            ressources: ressources.checked_add(c(plus)).unwrap(),
        },
    };
    Foyer { assiette, ..foyer }
}

fn retenir(foyer: &Foyer, montants: &MontantsRetenue) -> Retenue {
    retenue_sur_prestations(date(2025, 3, 1), foyer, montants, Montant::MAX, Montant::MAX).unwrap()
}

fn se_suivent(paliers: &[Palier]) -> bool {
    paliers.is_sorted_by(|bas, haut| bas.jusqua == Some(haut.de))
        && paliers.iter().all(|palier| {
            palier.base > Montant::ZERO && !palier.pris.est_negatif() && palier.pris <= palier.base
        })
}

proptest! {
    #[test]
    fn gagner_plus_ne_fait_jamais_saisir_moins_ni_ne_laisse_moins(
        le in un_jour(), remuneration in une_remuneration(), plus in 0..10_000_i64
    ) {
        let mieux = Remuneration { net: c(remuneration.net.centimes().saturating_add(plus)), ..remuneration };
        let [avant, apres] = [remuneration, mieux].map(|r| quotite_saisissable(le, &r).unwrap());
        prop_assert!(avant.saisissable <= apres.saisissable);
        // Un total arrondi : au plus un centime d’écart.
        prop_assert!(avant.laisse.checked_sub(apres.laisse).unwrap() <= c(1));
    }

    #[test]
    fn une_saisie_ne_prend_que_ce_qui_est_la_et_laisse_la_fraction_insaisissable(
        le in un_jour(), remuneration in une_remuneration()
    ) {
        let quotite = quotite_saisissable(le, &remuneration).unwrap();
        let garde = remuneration.net.checked_sub(quotite.saisissable).unwrap();
        prop_assert!(garde >= quotite.insaisissable.min(remuneration.net));
        prop_assert!(!quotite.disponible.est_negatif() && quotite.disponible <= quotite.saisissable);
        let pris = remuneration.deja_saisi.max(quotite.saisissable);
        prop_assert_eq!(quotite.laisse, remuneration.net.checked_sub(pris).unwrap());
    }

    #[test]
    fn les_tranches_d_une_remuneration_font_le_tout(le in un_jour(), remuneration in une_remuneration()) {
        let quotite = quotite_saisissable(le, &remuneration).unwrap();
        let somme = |part: fn(&Palier) -> Montant| Montant::somme(quotite.paliers.iter().map(part)).unwrap();
        prop_assert_eq!(somme(|palier| palier.base), remuneration.net);
        prop_assert_eq!(somme(|palier| palier.pris), quotite.par_tranches);
        prop_assert!(se_suivent(&quotite.paliers));
        prop_assert_eq!(total(&quotite.explication), quotite.disponible);
    }

    #[test]
    fn une_personne_a_charge_de_plus_ne_fait_jamais_saisir_plus(
        le in un_jour(), remuneration in une_remuneration()
    ) {
        let plus = Remuneration { personnes_a_charge: remuneration.personnes_a_charge + 1, ..remuneration };
        let [avant, apres] = [remuneration, plus].map(|r| quotite_saisissable(le, &r).unwrap());
        prop_assert!(apres.saisissable <= avant.saisissable);
    }

    #[test]
    fn gagner_plus_ne_fait_jamais_retenir_moins(
        foyer in un_foyer(), montants in des_montants(), plus in 0..10_000_i64
    ) {
        let avant = retenir(&foyer, &montants);
        let apres = retenir(&enrichi(foyer, plus), &montants);
        prop_assert!(avant.montant <= apres.montant);
        if let Some((avant, apres)) = avant.reste_au_foyer.zip(apres.reste_au_foyer) {
            // Même doublée : deux fois 60 % d’un revenu divisé par une part et demie au moins. Deux totaux arrondis, dont
            // un que la fraude double.
            prop_assert!(avant.checked_sub(apres).unwrap() <= c(4), "{avant} puis {apres}");
        }
    }

    #[test]
    fn un_enfant_ou_un_conjoint_de_plus_ne_fait_jamais_retenir_plus(foyer in un_foyer(), montants in des_montants()) {
        let seul = retenir(&Foyer { menage: false, ..foyer }, &montants);
        let deux = retenir(&Foyer { menage: true, ..foyer }, &montants);
        prop_assert!(deux.montant <= seul.montant);
        let enfant = retenir(&Foyer { enfants: foyer.enfants + 1, ..foyer }, &montants);
        prop_assert!(enfant.montant <= retenir(&foyer, &montants).montant);
    }

    #[test]
    fn une_retenue_ne_prend_que_ce_qui_est_a_echoir_et_du(
        foyer in un_foyer(), montants in des_montants(), a_echoir in 0..100_000_i64, du in 0..100_000_i64
    ) {
        let retenue =
            retenue_sur_prestations(date(2025, 3, 1), &foyer, &montants, c(a_echoir), c(du)).unwrap();
        prop_assert_eq!(retenue.montant, retenue.calculee.checked_add(retenue.majoration).unwrap().min(c(a_echoir)).min(c(du)));
        prop_assert_eq!(retenue.laisse, c(a_echoir).checked_sub(retenue.montant).unwrap());
        prop_assert_eq!(retenue.revenu.is_none(), retenue.reste_au_foyer.is_none());
        prop_assert_eq!(total(&retenue.explication), retenue.montant);
    }

    #[test]
    fn les_tranches_d_une_retenue_font_le_tout(foyer in un_foyer(), montants in des_montants()) {
        let retenue = retenir(&foyer, &montants);
        let somme = |part: fn(&Palier) -> Montant| Montant::somme(retenue.paliers.iter().map(part)).unwrap();
        prop_assert!(se_suivent(&retenue.paliers));
        prop_assert_eq!(somme(|palier| palier.pris).checked_add(retenue.forfait).unwrap(), retenue.calculee);
        let premier = retenue.paliers.first().map_or(retenue.pondere, |palier| palier.de);
        prop_assert_eq!(somme(|palier| palier.base).checked_add(premier).unwrap(), retenue.pondere);
    }

    #[test]
    fn une_fraude_majore_de_la_moitie_ou_du_double_au_centime_pres(foyer in un_foyer(), montants in des_montants()) {
        let retenue = retenir(&foyer, &montants);
        let majoration = retenue.majoration.centimes();
        let calculee = retenue.calculee.centimes();
        match foyer.assiette {
            Assiette::Familiale { fraude: Some(Fraude { precedente_notifiee_le: None, .. }), .. } => {
                prop_assert_eq!(majoration, (calculee + 1) / 2);
            }
            Assiette::Familiale { fraude: Some(_), .. } => {
                prop_assert!(majoration == calculee || majoration == (calculee + 1) / 2);
            }
            _ => prop_assert_eq!(majoration, 0),
        }
    }

    #[test]
    fn la_retenue_ne_prend_jamais_plus_que_le_revenu_pondere_au_dessus_du_premier_seuil(
        foyer in un_foyer(), montants in des_montants()
    ) {
        let retenue = retenir(&foyer, &montants);
        prop_assert!(retenue.paliers.is_empty() || retenue.calculee <= retenue.pondere);
    }
}
