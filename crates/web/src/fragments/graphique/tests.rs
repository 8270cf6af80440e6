use super::*;

fn euros(valeurs: &[i64]) -> Vec<Montant> {
    valeurs.iter().map(|v| Montant::de_centimes(v * 100)).collect()
}

fn mois(nombre: usize) -> Vec<String> {
    const NOMS: [&str; 12] = [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
    ];
    (0..nombre)
        .map(|rang| format!("{} {}", NOMS[rang % 12], 24 + rang / 12))
        .collect()
}

fn exemple() -> Graphique {
    Graphique::nouveau("essai", "Déclaré, ordonné, encaissé", mois(3))
        .serie(Serie::barres("Déclaré", euros(&[1_000, 0, -250])))
        .serie(Serie::ligne("Ordonné <d’après la DSN>", euros(&[1_000, 500])))
        .serie(Serie::barres("Encaissé", euros(&[800, 1, 0])))
}

#[test]
fn un_graphique_a_l_ecran_a_sa_table_et_ses_textes() {
    insta::assert_snapshot!(exemple().html());
}

#[test]
fn un_graphique_sur_papier_a_ses_couleurs() {
    insta::assert_snapshot!(exemple().svg());
}

#[test]
fn une_table_de_la_page_remplace_celle_du_graphique() {
    let html = exemple().decrit_par("par-mois").html().to_string();
    assert!(html.contains(r#"aria-describedby="par-mois""#));
    assert!(!html.contains("<table"));
}

#[test]
fn un_libelle_ne_devient_jamais_une_balise() {
    for sortie in [exemple().html().to_string(), exemple().svg()] {
        assert!(!sortie.contains("<d’après"), "{sortie}");
        assert!(sortie.contains("&#60;d’après la DSN&#62;"));
    }
}

#[test]
fn trente_six_mois_tiennent_et_le_trente_septieme_chasse_le_premier() {
    let graphique = |nombre: usize| {
        let valeurs = vec![Montant::de_centimes(100); nombre];
        Graphique::nouveau("essai", "Longueur", mois(nombre)).serie(Serie::barres("Déclaré", valeurs))
    };
    // Une barre par mois, et celle de la légende.
    for nombre in [1, 2, 13, 36] {
        assert_eq!(graphique(nombre).svg().matches("<rect").count(), nombre + 1);
    }
    let html = graphique(37).html().to_string();
    assert_eq!(html.matches("<rect").count(), 37);
    assert!(!html.contains("janv. 24"));
    assert!(html.contains("janv. 27"));
}

#[test]
fn les_noms_des_mois_ne_se_touchent_pas() {
    let noms = |nombre| {
        let svg = Graphique::nouveau("essai", "Mois", mois(nombre)).svg();
        svg.matches(r#"text-anchor="middle""#).count()
    };
    assert_eq!((noms(1), noms(6), noms(12), noms(36)), (1, 6, 6, 9));
}

#[test]
fn sans_mois_ni_serie_il_reste_un_dessin_vide() {
    let vide = Graphique::nouveau("essai", "Vide", Vec::<String>::new()).serie(Serie::ligne("Rien", vec![]));
    assert!(vide.svg().contains("Aucun mois."));
    assert!(vide.html().to_string().contains("<tbody>\n</tbody>"));
}
