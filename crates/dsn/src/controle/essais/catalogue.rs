//! `docs/dsn-controles.md` dit ce que le code fait.

use std::fmt::Write;

use crate::controle::presence::EXIGEES;
use crate::controle::{CONTROLES, Controle, Gravite};
use crate::libelle_rubrique;
use crate::norme::message_controle;

const PAGE: &str = include_str!("../../../../../docs/dsn-controles.md");

fn table(filtre: fn(&Controle) -> bool) -> String {
    let mut t = String::from("| contrôle | gravité | ce qu'il vérifie |\n| --- | --- | --- |\n");
    for c in CONTROLES.iter().filter(|c| filtre(c)) {
        writeln!(t, "| `{}` | {} | {} |", c.nom, c.gravite.mot(), c.resume).unwrap();
    }
    t
}

fn exigees() -> String {
    let mut t = String::from("| rubrique | libellé | ce qui permet de l'exiger |\n| --- | --- | --- |\n");
    for (r, pourquoi) in EXIGEES {
        writeln!(t, "| {r} | {} | {pourquoi} |", libelle_rubrique(r).unwrap()).unwrap();
    }
    t
}

#[test]
fn la_page_des_controles_est_celle_du_code() {
    for attendu in [
        table(|c| !c.est_de_la_norme()),
        table(Controle::est_de_la_norme),
        exigees(),
    ] {
        assert!(
            PAGE.contains(&attendu),
            "mettez dans docs/dsn-controles.md :\n\n{attendu}"
        );
    }
    let de_la_norme = CONTROLES.iter().filter(|c| c.est_de_la_norme()).count();
    let total = CONTROLES.len();
    let bloquants = CONTROLES
        .iter()
        .filter(|c| c.gravite == Gravite::Bloquant)
        .count();
    let phrase = format!(
        "{total} contrôles : {de_la_norme} de la norme, {} de Sillon ; {bloquants} bloquants.",
        total - de_la_norme
    );
    assert!(PAGE.contains(&phrase), "{phrase}");
    assert!(
        CONTROLES
            .iter()
            .filter(|c| c.est_de_la_norme())
            .all(|c| message_controle(c.nom).is_some())
    );
}
