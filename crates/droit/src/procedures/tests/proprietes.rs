//! Ce que nul enchaînement d’étapes ne peut faire.

use proptest::prelude::*;

use super::*;

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
