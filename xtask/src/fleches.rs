//! Les flèches d'ARCHITECTURE.md, tenues contre les manifestes.

use std::collections::BTreeSet;
use std::path::Path;

/// Les crates, de haut en bas : chacune n'importe que ce qui est au-dessus d'elle.
const ORDRE: [&str; 16] = [
    "valeurs",
    "droit",
    "dsn",
    "xml",
    "releves",
    "prelevements",
    "storage",
    "web",
    "acces",
    "courriers",
    "creances",
    "recouvrement",
    "rapprochement",
    "assistance",
    "demo",
    "sillon",
];
/// Celles qui ne font ni entrée ni sortie.
const PURES: [&str; 8] = [
    "valeurs",
    "droit",
    "dsn",
    "xml",
    "releves",
    "prelevements",
    "courriers",
    "assistance",
];
/// Ce qu'une crate pure n'importe jamais.
const ENTREES_SORTIES: [&str; 6] = ["tokio", "sqlx", "axum", "storage", "openidconnect", "web"];

fn racine() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask est dans l'espace de travail")
}

/// Noms des dépendances d'une crate (hors essais).
fn dependances(crate_: &str) -> BTreeSet<String> {
    let texte =
        std::fs::read_to_string(racine().join("crates").join(crate_).join("Cargo.toml")).expect(crate_);
    let debut = texte
        .find("[dependencies]")
        .map_or(texte.len(), |i| i + "[dependencies]".len());
    let section = texte[debut..].split("\n[").next().unwrap_or_default();
    section
        .lines()
        .filter_map(|l| l.split(['.', ' ', '=']).next())
        .filter(|nom| !nom.is_empty() && !nom.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn les_fleches_ne_montent_que_dans_l_ordre_du_plan() {
    for (rang, crate_) in ORDRE.iter().enumerate() {
        for autre in &ORDRE[rang..] {
            assert!(
                !dependances(crate_).contains(*autre),
                "{crate_} importe {autre}, qui est plus bas"
            );
        }
    }
}

#[test]
fn toute_crate_est_dans_le_plan() {
    let dossiers: BTreeSet<String> = std::fs::read_dir(racine().join("crates"))
        .expect("crates/")
        .map(|e| e.expect("crates/").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(dossiers, ORDRE.iter().map(|c| (*c).to_owned()).collect());
}

#[test]
fn les_crates_pures_ne_font_ni_entree_ni_sortie() {
    for crate_ in PURES {
        for interdite in ENTREES_SORTIES {
            assert!(
                !dependances(crate_).contains(interdite),
                "{crate_} importe {interdite}"
            );
        }
    }
}

#[test]
fn seule_storage_lance_un_moteur() {
    // Les autres ne prennent de sqlx que la lecture des lignes (`FromRow`).
    for crate_ in ORDRE.iter().filter(|c| **c != "storage") {
        for fichier in sources(&racine().join("crates").join(crate_).join("src")) {
            let texte = std::fs::read_to_string(&fichier).expect("source");
            for interdit in [
                "sqlx::query",
                "sqlx::raw_sql",
                "PgPool",
                "SqlitePool",
                "AssertSqlSafe",
            ] {
                assert!(
                    !texte.contains(interdit),
                    "{} nomme {interdit}",
                    fichier.display()
                );
            }
        }
    }
}

fn sources(dossier: &Path) -> Vec<std::path::PathBuf> {
    let mut trouvees = Vec::new();
    for entree in std::fs::read_dir(dossier).expect("dossier de sources") {
        let chemin = entree.expect("entrée").path();
        if chemin.is_dir() {
            trouvees.extend(sources(&chemin));
        } else if chemin.extension().is_some_and(|e| e == "rs") {
            trouvees.push(chemin);
        }
    }
    trouvees
}
