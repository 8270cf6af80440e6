//! Les fichiers DSN inventés passent les contrôles de la norme, et disent ce qu'on en annonce.

use demo::Population;
use demo::declarations::{Cas, Modele, Scenario, Verite, fichier};
use droit::Regime;
use dsn::{Code, Declaration, FinDeLigne, Gravite};
use jiff::civil::date;
use valeurs::{CodeCaisse, Montant};

fn caisses() -> [CodeCaisse; 2] {
    ["DMSA33", "DMSA51"].map(|c| c.parse().unwrap())
}

fn modele(caisses: &[CodeCaisse]) -> Modele<'_> {
    Modele {
        graine: "1",
        mois: "2026-01".parse().unwrap(),
        caisses,
        etablissements: 30,
        salaries: 1..=12,
        fin_de_ligne: FinDeLigne::CrLf,
        portail: None,
    }
}

fn ecrire(modele: &Modele<'_>) -> (Vec<u8>, Vec<Verite>) {
    let mut octets = Vec::new();
    let verites = fichier(modele, &mut octets).unwrap();
    (octets, verites)
}

fn lire(octets: &[u8]) -> Vec<Declaration> {
    let mut declarations = Vec::new();
    dsn::lire_octets(octets, "essai.dsn", &mut declarations).unwrap();
    declarations
}

/// Aucune anomalie, ni bloquante, ni signalée.
#[track_caller]
fn controler(nom: &str, octets: &[u8]) {
    let mut vues = Vec::new();
    dsn::controler_octets(octets, nom, |a| {
        vues.push(format!("{} {} {}", a.ligne, Gravite::mot(a.gravite), a.controle));
    })
    .unwrap();
    assert!(vues.is_empty(), "{nom} : {vues:?}");
}

#[test]
fn un_fichier_passe_les_controles_et_se_relit_comme_il_est_annonce() {
    let caisses = caisses();
    let simple = modele(&caisses);
    let portail = Modele {
        fin_de_ligne: FinDeLigne::Lf,
        portail: Some(date(2026, 2, 12).at(8, 30, 0, 0)),
        salaries: 48..=60,
        etablissements: 6,
        ..modele(&caisses)
    };
    for modele in [simple, portail] {
        let (octets, verites) = ecrire(&modele);
        controler("essai.dsn", &octets);
        let lues = lire(&octets);
        assert_eq!(lues.len(), verites.len());
        for (lue, v) in lues.iter().zip(&verites) {
            let [caisse] = lue.caisses.as_slice() else {
                panic!("une caisse par déclaration")
            };
            assert_eq!(lue.siret.as_ref().map(Code::as_str), Some(v.siret.as_str()));
            assert_eq!(caisse.code.as_str(), v.caisse.code());
            assert_eq!(
                (caisse.declare, caisse.ordonne().unwrap()),
                (v.declare, v.ordonne)
            );
            assert_eq!(usize::try_from(lue.individus), Ok(v.individus));
            assert_eq!(
                lue.envoi.depose_le,
                modele.portail.map(jiff::civil::DateTime::date)
            );
        }
        let caisses_vues = verites.iter().filter(|v| v.caisse.code() == "DMSA51").count();
        assert!((1..verites.len()).contains(&caisses_vues), "{caisses_vues}");
        assert!(verites.iter().all(|v| v.declare > Montant::ZERO));
    }
}

#[test]
fn la_meme_graine_redonne_le_meme_fichier_et_une_autre_un_autre() {
    let caisses = caisses();
    let un = ecrire(&modele(&caisses));
    assert!(un == ecrire(&modele(&caisses)));
    let autre = Modele {
        graine: "2",
        ..modele(&caisses)
    };
    assert!(un.0 != ecrire(&autre).0);
}

#[test]
fn chaque_scenario_passe_les_controles_et_deux_n_ont_pas_d_etablissement_commun() {
    let caisse: CodeCaisse = "DMSA33".parse().unwrap();
    let mut vus = std::collections::HashSet::new();
    for &cas in Cas::TOUS {
        let raconter = || Scenario::de(cas, "1", caisse, "2026-01".parse().unwrap()).unwrap();
        let scenario = raconter();
        for (piece, autre) in scenario.depots.iter().zip(raconter().depots) {
            controler(&piece.nom, &piece.octets);
            assert!(*piece == autre, "{cas:?} change d'une fois à l'autre");
        }
        let sirets: std::collections::BTreeSet<_> =
            scenario.attendus.iter().map(|a| a.siret.clone()).collect();
        assert!(sirets.len() >= 2, "{cas:?}");
        for siret in sirets {
            assert!(vus.insert(siret), "{cas:?}");
        }
        assert!(scenario.attendus.is_sorted());
        for piece in &scenario.encaissements {
            let releve = releves::Releve::ouvrir(&piece.nom, piece.octets.as_slice()).unwrap();
            let lues: Vec<_> = releve.collect::<Result<_, _>>().unwrap();
            assert!(!lues.is_empty(), "{}", piece.nom);
        }
        for piece in &scenario.creances {
            let lues =
                creances::creances::relire_fichier(&piece.nom, piece.octets.as_slice(), date(2026, 6, 30));
            assert_eq!(lues.unwrap(), 1);
        }
    }
}

#[test]
fn les_declarations_d_une_caisse_passent_les_controles_et_ne_dependent_que_de_la_graine() {
    let caisse: CodeCaisse = "DMSA33".parse().unwrap();
    let population = || Population::nouvelle("1", caisse, 400, date(2026, 9, 14)).unwrap();
    let mois = population().mois_declares();
    let noms: Vec<String> = mois.iter().map(ToString::to_string).collect();
    assert_eq!(noms, ["2026-06", "2026-07", "2026-08"]);
    let employeurs = population()
        .debiteurs()
        .filter(|d| d.identite.regime == Regime::Employeur)
        .count();
    for mois in mois {
        let ecrire = || {
            let mut octets = Vec::new();
            let paiements = population().declarations(mois, &mut octets).unwrap();
            (octets, paiements)
        };
        let (octets, paiements) = ecrire();
        assert!(ecrire() == (octets.clone(), paiements.clone()), "{mois}");
        controler("caisse.dsn", &octets);
        let lues = lire(&octets);
        assert!((employeurs * 9 / 10..=employeurs * 11 / 10).contains(&lues.len()));
        assert!(paiements.is_sorted_by_key(|p| p.jour));
        assert!(
            paiements
                .iter()
                .all(|p| p.jour <= date(2026, 9, 14) && p.montant > Montant::ZERO)
        );
    }
}

#[test]
fn le_premier_du_mois_on_declare_encore_le_mois_d_avant() {
    let mois = |jour| {
        let caisse = "DMSA33".parse().unwrap();
        let population = Population::nouvelle("1", caisse, 1, jour).unwrap();
        population.mois_declares().last().map(ToString::to_string)
    };
    assert_eq!(mois(date(2026, 9, 4)).as_deref(), Some("2026-07"));
    assert_eq!(mois(date(2026, 9, 5)).as_deref(), Some("2026-08"));
}
