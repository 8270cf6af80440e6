//! Les tables se lisent comme la norme les écrit.

use proptest::prelude::*;
use regex::bytes::Regex;

use super::recherche::accepte;
use super::tables::{CODES, EXPRESSIONS, MESSAGES};
use super::*;

#[test]
fn chaque_rubrique_se_retrouve_a_sa_place() {
    for (place, r) in (0_u16..).zip(&RUBRIQUES) {
        assert_eq!(ordre(r.rubrique), Some(place), "{}", r.rubrique);
        assert_eq!(BLOCS[usize::from(r.bloc)].bloc, r.rubrique.bloc());
        assert!(
            BLOCS[usize::from(r.bloc)]
                .rubriques()
                .iter()
                .any(|x| x.rubrique == r.rubrique)
        );
    }
}

#[test]
fn une_rubrique_qui_n_est_pas_dans_la_norme_ne_se_trouve_pas() {
    for nom in [
        "S21.G00.11.099",
        "S21.G00.06.904",
        "S21.G00.99.001",
        "S00.G00.00.000",
        "S99.G99.99.999",
        "S21.G00.06.000",
    ] {
        assert_eq!(ordre(Rubrique::de(nom)), None, "{nom}");
        assert_eq!(libelle_rubrique(Rubrique::de(nom)), None, "{nom}");
    }
}

#[test]
fn les_blocs_suivent_leur_parent() {
    for (rang, b) in BLOCS.iter().enumerate() {
        assert!(b.parent().is_none() || usize::from(b.parent) < rang, "{}", b.bloc);
    }
    let parent = |nom| {
        Norme::bloc(Bloc::de(nom))
            .and_then(BlocNorme::parent)
            .map(|p| p.bloc.to_string())
    };
    assert_eq!(parent("S21.G00.81").as_deref(), Some("S21.G00.78"));
    assert_eq!(parent("S20.G00.05"), None);
}

#[test]
fn les_rubriques_du_portail_sont_connues() {
    for nom in [
        "S05.G51.00.001",
        "S06.G51.00.001",
        "S10.G00.95.901",
        "S20.G00.96.902",
        "S21.G00.06.903",
        "S21.G00.11.904",
        "S96.G51.00.002",
        "S95.G51.00.002",
    ] {
        assert!(libelle_rubrique(Rubrique::de(nom)).is_some(), "{nom}");
    }
    assert!(ordre(Rubrique::de("S20.G00.96.902")) < ordre(Rubrique::de("S21.G00.06.001")));
}

#[test]
fn les_codes_se_disent_en_mots() {
    let nature = Rubrique::de("S20.G00.05.001");
    assert_eq!(libelle_code(nature, "01"), Some("DSN Mensuelle"));
    assert_eq!(libelle_code(nature, "99"), None);
    assert_eq!(libelle_code(nature, "un code bien trop long"), None);
    assert_eq!(libelle_caisse("DMSA33"), Some("MSA GIRONDE"));
    assert_eq!(libelle_caisse("DMSA99"), None);
    assert_eq!(libelle_bloc(Bloc::de("S21.G00.78")), Some("Base assujettie"));
    let cotisation = Norme::rubrique(Rubrique::de("S21.G00.81.001")).unwrap();
    assert!(cotisation.code_msa(b"076") && !cotisation.code_msa(b"999"));
}

#[test]
fn les_messages_ne_gardent_rien_du_tableur() {
    assert!(
        message_controle("S21.G00.20.007/CCH-11")
            .unwrap()
            .starts_with("Votre déclaration porte")
    );
    for (nom, message) in &MESSAGES {
        assert!(!message.contains("_x000D_") && !message.contains('\n'), "{nom}");
        assert_eq!(nom.len(), "S21.G00.20.007/CCH-11".len(), "{nom}");
        assert!(nom[..14].parse::<Rubrique>().is_ok(), "{nom}");
    }
}

#[test]
fn chaque_code_se_retrouve_et_chaque_table_est_en_ordre() {
    assert!(MESSAGES.is_sorted() && tables::CAISSES.is_sorted());
    let mut vus = 0;
    for r in &RUBRIQUES {
        assert!(r.codes().is_sorted_by_key(|c| c.cle), "{}", r.rubrique);
        assert_eq!(
            r.nature == Nature::Enumeration,
            !r.codes().is_empty(),
            "{}",
            r.rubrique
        );
        for c in r.codes() {
            vus += 1;
            assert_eq!(libelle_code(r.rubrique, c.code), Some(c.libelle));
            let n = u16::try_from(c.code.len()).unwrap();
            assert!(
                (r.longueur.0..=r.longueur.1).contains(&n),
                "{} {}",
                r.rubrique,
                c.code
            );
        }
    }
    assert_eq!(vus, CODES.len());
}

fn expression() -> impl Strategy<Value = (u16, &'static str)> {
    proptest::sample::select(EXPRESSIONS.to_vec())
}

/// Notre automate et la crate regex disent-ils pareil ?
fn pareil(depart: u16, expression: &str, valeur: &[u8]) -> bool {
    let autre = Regex::new(&format!("^(?-u:{expression})$")).unwrap();
    // `$` de regex, sans `m`, n'accepte que la fin.
    accepte(depart, valeur) == autre.is_match(valeur)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn l_automate_accepte_ce_que_l_expression_engendre(
        (depart, expression, valeur) in expression().prop_flat_map(|(depart, expression)| {
            let sans_ancres = expression.replace(['^', '$'], "");
            let valeurs = proptest::string::string_regex(&sans_ancres).expect(expression);
            valeurs.prop_map(move |v| (depart, expression, v))
        })
    ) {
        prop_assert!(accepte(depart, valeur.as_bytes()) || !valeur.is_ascii(), "{} {}", expression, valeur);
        prop_assert!(pareil(depart, expression, valeur.as_bytes()), "{} {}", expression, valeur);
    }

    #[test]
    fn l_automate_refuse_ce_que_l_expression_refuse(
        (depart, expression) in expression(),
        valeur in "[0-9]{0,8}|-?[0-9]{0,4}[.][0-9]{0,3}|[A-Z0-9a-z. -]{0,14}|[12][0-9]{12}",
        octets in proptest::collection::vec(any::<u8>(), 0..10),
    ) {
        prop_assert!(pareil(depart, expression, valeur.as_bytes()), "{} {}", expression, valeur);
        prop_assert!(pareil(depart, expression, &octets), "{} {:?}", expression, octets);
    }

    #[test]
    fn une_valeur_juste_changee_d_un_octet_se_juge_pareil(
        (depart, expression, mut valeur) in expression().prop_flat_map(|(depart, expression)| {
            let sans_ancres = expression.replace(['^', '$'], "");
            let valeurs = proptest::string::bytes_regex(&format!("(?-u:{sans_ancres})")).expect(expression);
            valeurs.prop_map(move |v| (depart, expression, v))
        }),
        place in any::<proptest::sample::Index>(),
        octet in proptest::sample::select(b"0123456789.-AZaz ".to_vec()),
    ) {
        if !valeur.is_empty() {
            let place = place.index(valeur.len());
            valeur[place] = octet;
        }
        prop_assert!(pareil(depart, expression, &valeur), "{} {:?}", expression, valeur);
    }
}
