//! Ce que la population promet : la même graine la redonne, ses numéros sont justes et uniques, et elle ressemble
//! à une caisse.

use std::collections::{HashMap, HashSet};

use demo::{
    COMBIEN_MAX, CauseOrpheline, Creance, Debiteur, Erreur, Paiement, Personne, Population, Principal,
};
use droit::Regime;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use valeurs::{CodeCaisse, NatureNir};

const AUJOURDHUI: Date = date(2026, 9, 14);

fn caisse(code: &str) -> CodeCaisse {
    code.parse().expect("une caisse de la table")
}

fn gironde(combien: u64) -> Population {
    Population::nouvelle("1", caisse("DMSA33"), combien, AUJOURDHUI).expect("une taille permise")
}

fn prenoms_et_noms(debiteurs: &[Debiteur]) -> impl Iterator<Item = (&str, &str)> {
    debiteurs
        .iter()
        .map(|d| (d.identite.personne.prenom(), d.identite.personne.nom()))
}

fn assert_unique(genre: &str, valeurs: impl Iterator<Item = String>) -> usize {
    let mut vues = HashSet::new();
    for valeur in valeurs {
        assert!(vues.insert(valeur), "un numéro de genre {genre} sort deux fois");
    }
    vues.len()
}

#[test]
fn la_meme_graine_redonne_la_meme_population() {
    let (une, autre) = (gironde(300), gironde(300));
    assert!(une.debiteurs().eq(autre.debiteurs()));
    assert!(une.recettes_orphelines(50).eq(autre.recettes_orphelines(50)));
    let differente = Population::nouvelle("2", caisse("DMSA33"), 300, AUJOURDHUI).unwrap();
    assert!(
        une.debiteurs()
            .zip(differente.debiteurs())
            .all(|(a, b)| a.identite != b.identite)
    );
}

#[test]
fn une_grande_population_commence_par_une_petite() {
    let (petite, grande) = (gironde(200), gironde(COMBIEN_MAX));
    assert!(petite.debiteurs().eq(grande.debiteurs().take(200)));
    assert!(petite.debiteur(199) == grande.debiteur(199));
    assert!(petite.debiteur(200).is_none());
    assert!(grande.debiteur(COMBIEN_MAX - 1).is_some());
}

#[test]
fn l_identite_ne_depend_pas_du_jour_de_la_demonstration() {
    let plus_tard = Population::nouvelle("1", caisse("DMSA33"), 100, date(2031, 2, 28)).unwrap();
    for (avant, apres) in gironde(100).debiteurs().zip(plus_tard.debiteurs()) {
        assert!(avant.identite == apres.identite && avant.contacts == apres.contacts);
    }
}

#[test]
fn une_taille_ou_une_date_impossible_est_refusee() {
    let taille = |combien| Population::nouvelle("1", caisse("DMSA33"), combien, AUJOURDHUI).err();
    assert_eq!(taille(0), Some(Erreur::Taille));
    assert_eq!(taille(COMBIEN_MAX + 1), Some(Erreur::Taille));
    assert_eq!(taille(COMBIEN_MAX), None);
    let hors = Population::nouvelle("1", caisse("DMSA33"), 1, date(2009, 12, 31)).err();
    assert_eq!(hors, Some(Erreur::Date));
}

#[test]
fn les_numeros_de_vingt_mille_debiteurs_sont_uniques() {
    for code in ["DMSA33", "DMSA20", "DMSA77"] {
        let population = Population::nouvelle("numéros", caisse(code), 20_000, AUJOURDHUI).unwrap();
        let debiteurs: Vec<Debiteur> = population.debiteurs().collect();
        let identites = || debiteurs.iter().map(|d| &d.identite);
        assert_unique("matricule", identites().map(|i| i.matricule.as_str().to_owned()));
        assert_unique("tiers", identites().map(|i| i.code_tiers.clone()));
        let nirs = identites()
            .filter_map(|i| i.personne.nir())
            .map(|nir| nir.as_str().to_owned());
        assert!(assert_unique("NIR", nirs) > 10_000);
        let sirens = identites()
            .filter_map(|i| i.siret.as_ref())
            .map(|s| s.siren().as_str().to_owned());
        assert!(assert_unique("SIREN", sirens) > 5_000);
        let ibans = identites()
            .flat_map(|i| &i.ibans)
            .map(|iban| iban.as_str().to_owned());
        assert!(assert_unique("IBAN", ibans) > 15_000);
        let creances = debiteurs
            .iter()
            .flat_map(|d| &d.creances)
            .map(|c| c.reference.clone());
        assert_unique("créance", creances);
        let recus = debiteurs.iter().flat_map(|d| d.encaissements.clone());
        let orphelines = population.recettes_orphelines(2_000).map(|o| o.paiement);
        assert_unique(
            "recette",
            recus.chain(orphelines).map(|p: Paiement| p.reference_bancaire),
        );
    }
}

#[test]
fn les_nir_gardent_leur_cle_quand_on_les_ecrit_en_entier() {
    for debiteur in gironde(5_000).debiteurs() {
        if let Some(nir) = debiteur.identite.personne.nir() {
            assert!((1..=97).contains(&nir.cle()));
            assert!(
                nir.afficher()
                    .parse::<valeurs::Nir>()
                    .is_ok_and(|relu| relu == *nir)
            );
        }
    }
}

#[test]
fn la_population_ressemble_a_une_caisse() {
    let debiteurs: Vec<Debiteur> = gironde(20_000).debiteurs().collect();
    let mut regimes: HashMap<Regime, u32> = HashMap::new();
    for debiteur in &debiteurs {
        *regimes.entry(debiteur.identite.regime).or_default() += 1;
        assert!(debiteur.identite.commune.code.as_str().starts_with("33"));
    }
    let part = |regime| regimes[&regime] * 1_000 / 20_000;
    assert!((120..160).contains(&part(Regime::Employeur)));
    assert!((200..240).contains(&part(Regime::NonSalarie)));
    assert!((50..70).contains(&part(Regime::Solidarite)));
    assert!((530..570).contains(&part(Regime::Assure)));
    assert!((20..40).contains(&part(Regime::ProfessionnelSante)));

    let nirs: Vec<_> = debiteurs
        .iter()
        .filter_map(|d| d.identite.personne.nir())
        .collect();
    let combien = |voulu: &dyn Fn(&str) -> bool| nirs.iter().filter(|nir| voulu(nir.as_str())).count();
    assert!(
        combien(&|n| matches!(&n[5..7], "2A" | "2B")) > 60,
        "naissances corses"
    );
    assert!(
        combien(&|n| &n[5..7] == "20") > 20,
        "naissances corses d’avant 1976"
    );
    assert!(combien(&|n| &n[5..7] == "99") > 1_000, "naissances à l’étranger");
    assert!(combien(&|n| &n[5..7] == "97") > 200, "naissances outre-mer");
    assert!(
        combien(&|n| n[3..5].parse::<u8>().unwrap() >= 20) > 50,
        "mois inconnus"
    );
    assert!(
        combien(&|n| (16..=25).contains(&n[1..3].parse::<u8>().unwrap())) > 50,
        "centenaires"
    );
    assert!(
        nirs.iter()
            .filter(|nir| nir.nature() == NatureNir::Temporaire)
            .count()
            > 100
    );

    let contient = |motif: &str| prenoms_et_noms(&debiteurs).any(|(_, nom)| nom.contains(motif));
    for motif in [
        "LE GOFF",
        "D'ALMEIDA",
        "d’Almeida",
        "de La Tour",
        "N'GUYEN",
        "Müller",
        "BEN SAÏD",
        "-DUPRÉ",
        "Œillon",
        "GAEC",
        "EARL",
        "SCEA",
        "CUMA",
        "SARL viticole",
        "PHARMACIE",
    ] {
        assert!(contient(motif), "aucun nom ne contient {motif}");
    }
    assert!(
        prenoms_et_noms(&debiteurs).any(|(prenom, _)| prenom == "Jean-Noël" || prenom == "Marie-Thérèse")
    );
    let allemands = debiteurs
        .iter()
        .flat_map(|d| &d.identite.ibans)
        .filter(|iban| iban.pays() == "DE");
    assert!(allemands.count() > 50);
}

#[test]
fn une_personne_morale_n_est_ni_assuree_ni_non_salariee() {
    for debiteur in gironde(5_000).debiteurs() {
        let identite = &debiteur.identite;
        if matches!(identite.personne, Personne::Morale { .. }) {
            assert!(matches!(
                identite.regime,
                Regime::Employeur | Regime::ProfessionnelSante
            ));
        }
        match identite.regime {
            Regime::Employeur | Regime::ProfessionnelSante => assert!(identite.siret.is_some()),
            Regime::Assure => assert!(identite.siret.is_none()),
            Regime::NonSalarie | Regime::Solidarite => {}
        }
    }
}

#[test]
fn un_million_reste_chargeable() {
    let debiteurs: Vec<Debiteur> = gironde(20_000).debiteurs().collect();
    let creances: usize = debiteurs.iter().map(|d| d.creances.len()).sum();
    let paiements: usize = debiteurs.iter().map(|d| d.encaissements.len()).sum();
    assert!((40_000..=80_000).contains(&creances), "{creances}");
    assert!((10_000..=60_000).contains(&paiements), "{paiements}");
    let riches = debiteurs.iter().filter(|d| d.creances.len() > 50).count();
    assert!((10..100).contains(&riches), "{riches}");
}

#[test]
fn les_paiements_ont_toutes_les_allures() {
    let debiteurs: Vec<Debiteur> = gironde(5_000).debiteurs().collect();
    let rejets = debiteurs
        .iter()
        .flat_map(|d| &d.encaissements)
        .filter_map(|p| p.rejet);
    let motifs: HashSet<String> = rejets.map(|rejet| rejet.motif.code().to_owned()).collect();
    assert_eq!(motifs, ["AC04", "AM04", "MD01"].map(str::to_owned).into());
    assert!(debiteurs.iter().any(|d| d.encaissements.is_empty()));
    let en_double = |d: &Debiteur| {
        d.encaissements.windows(2).any(|deux| {
            deux[0].montant == deux[1].montant
                && deux[0].libelle == deux[1].libelle
                && deux[0].rejet.is_none()
        })
    };
    assert!(debiteurs.iter().any(en_double));
    assert!(debiteurs.iter().any(|d| !d.evenements.is_empty()));
    assert!(
        debiteurs
            .iter()
            .any(|d| d.creances.iter().any(|c| c.exigible_le > AUJOURDHUI))
    );
    assert!(debiteurs.iter().any(|d| d.commentaires.len() > 1));
}

#[test]
fn les_orphelines_ont_toutes_les_causes_et_aucun_numero_connu() {
    let population = gironde(3_000);
    let debiteurs: Vec<Debiteur> = population.debiteurs().collect();
    let sirets: HashSet<_> = debiteurs
        .iter()
        .filter_map(|d| d.identite.siret.clone())
        .collect();
    let ibans: HashSet<_> = debiteurs.iter().flat_map(|d| d.identite.ibans.clone()).collect();
    let matricules: HashSet<&str> = debiteurs.iter().map(|d| d.identite.matricule.as_str()).collect();
    let mut causes = HashSet::new();
    for orpheline in population.recettes_orphelines(600) {
        let paiement = &orpheline.paiement;
        causes.insert(orpheline.cause);
        assert!(!paiement.montant.est_nul() && !paiement.montant.est_negatif());
        assert!(paiement.jour <= AUJOURDHUI);
        assert!(
            paiement
                .siret
                .as_ref()
                .is_none_or(|siret| !sirets.contains(siret))
        );
        assert!(paiement.iban.as_ref().is_none_or(|iban| !ibans.contains(iban)));
        let dernier_mot = paiement.libelle.split(' ').next_back().unwrap();
        assert!(!matricules.contains(dernier_mot));
        assert_eq!(
            orpheline.cause == CauseOrpheline::CompteInconnu,
            paiement.nom_payeur.is_some()
        );
    }
    assert_eq!(causes.len(), 4);
}

/// Ce qui doit tenir d'une créance.
fn creance_juste(creance: &Creance, regime: Regime, aujourdhui: Date) -> bool {
    let sans_negatif = match creance.principal {
        Principal::Parts { ouvriere, patronale } => !ouvriere.est_negatif() && !patronale.est_negatif(),
        Principal::Entier(montant) => !montant.est_negatif(),
    };
    let total: i64 = creance.postes().map(|(_, montant)| montant.centimes()).sum();
    sans_negatif
        && total > 0
        && total == creance.montant().centimes()
        && regime.admet(creance.nature)
        && creance.periode_debut <= creance.periode_fin
        && creance.emise_le <= aujourdhui
        && creance.emise_le <= creance.exigible_le
}

/// Ce qui doit tenir d'un paiement.
fn paiement_juste(paiement: &Paiement, aujourdhui: Date) -> bool {
    paiement.montant.centimes() > 0
        && paiement.jour <= aujourdhui
        && paiement
            .rejet
            .is_none_or(|rejet| paiement.jour < rejet.jour && rejet.jour <= aujourdhui)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn tout_debiteur_de_toute_graine_est_coherent(
        graine in ".{0,12}",
        rang_de_caisse in 0_usize..36,
        rang in 0_u64..COMBIEN_MAX,
        jours in 0_i64..40_000,
    ) {
        let caisse = CodeCaisse::toutes().nth(rang_de_caisse).unwrap();
        let aujourdhui = date(2010, 1, 1).saturating_add(jiff::Span::new().days(jours));
        let population = Population::nouvelle(&graine, caisse, COMBIEN_MAX, aujourdhui).unwrap();
        for rang in rang..(rang + 20).min(COMBIEN_MAX) {
            let debiteur = population.debiteur(rang).unwrap();
            let regime = debiteur.identite.regime;
            prop_assert!(!debiteur.creances.is_empty());
            prop_assert!(!debiteur.identite.personne.nom().is_empty());
            prop_assert!(debiteur.creances.iter().all(|c| creance_juste(c, regime, aujourdhui)));
            prop_assert!(debiteur.creances.is_sorted_by_key(|c| c.exigible_le));
            prop_assert!(debiteur.encaissements.iter().all(|p| paiement_juste(p, aujourdhui)));
            prop_assert!(debiteur.encaissements.is_sorted_by_key(|p| p.jour));
            prop_assert!(debiteur.commentaires.is_sorted_by_key(|c| c.ecrit_le));
            prop_assert!(debiteur.evenements.is_sorted_by_key(|e| e.jour));
            prop_assert!(debiteur.evenements.iter().all(|e| e.jour <= aujourdhui));
            prop_assert!(debiteur.commentaires.iter().all(|c| !c.texte.is_empty()));
        }
    }
}
