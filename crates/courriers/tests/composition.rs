//! Des courriers entiers : ce qu'ils contiennent, ce qui les fait refuser, et ce qu'une erreur ne dit pas.
#![expect(clippy::unwrap_used, reason = "dans un essai, paniquer est échouer")]

use std::io::Read as _;

use courriers::{Erreur, Modele, Motif, Pdf, composer};
use flate2::read::ZlibDecoder;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

const RELANCE: &str = include_str!("modeles/relance.typ");
const FICHE: &str = include_str!("modeles/fiche.typ");
const TENDANCE: &str = include_str!("modeles/tendance.svg");

fn date() -> Timestamp {
    "2026-09-01T08:30:00Z".parse().unwrap()
}

fn lettre() -> Value {
    json!({
        "caisse": "MSA Inventée",
        "destinataire": ["Mme Élodie Œuvrard-Noël", "3, rue de l’Église", "24000 Périgueux"],
        "objet": "Relance amiable",
        "dossier": "DMSA33-00012345",
        "date": "1er septembre 2026",
        "lignes": [
            { "periode": "1er trimestre 2026", "nature": "Cotisations", "reste": "1 234,56 €" },
            { "periode": "2e trimestre 2026", "nature": "Majorations de retard", "reste": "61,73 €" },
        ],
        "total": "1 296,29 €",
        "delai": "30 jours",
    })
}

fn composer_source(source: &str, donnees: &impl Serialize) -> Result<Pdf, Erreur> {
    composer(&Modele::new("essai", source), donnees, "Essai", date())
}

fn refus(source: &str, donnees: &impl Serialize) -> Erreur {
    composer_source(source, donnees).unwrap_err()
}

/// Le PDF en clair : ses objets tels quels, et ses flux décomprimés à la suite.
fn en_clair(pdf: &Pdf) -> String {
    let octets = pdf.octets();
    let mut clair = octets.to_vec();
    for debut in positions(octets, b"stream\n") {
        let mut flux = Vec::new();
        // Un flux qui n'est pas comprimé (les métadonnées) est déjà en clair.
        if ZlibDecoder::new(&octets[debut + 7..])
            .read_to_end(&mut flux)
            .is_ok()
        {
            clair.extend(flux);
        }
    }
    String::from_utf8_lossy(&clair).into_owned()
}

fn positions<'a>(octets: &'a [u8], motif: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    octets
        .windows(motif.len())
        .enumerate()
        .filter(move |(_, fenetre)| *fenetre == motif)
        .map(|(i, _)| i)
}

#[test]
fn une_relance_est_un_pdf_a_2a_accessible_en_francais() {
    let pdf = composer(
        &Modele::new("relance", RELANCE),
        &lettre(),
        "Relance amiable",
        date(),
    )
    .unwrap();
    assert_eq!(pdf.pages(), 1);
    let clair = en_clair(&pdf);
    assert!(clair.starts_with("%PDF-1.7"));
    for marque in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "<xmp:CreatorTool>Sillon</xmp:CreatorTool>",
        "Relance amiable</rdf:li>",
        "2026-09-01T08:30:00",
        "/Lang(fr)",
        "/MarkInfo",
        "/StructTreeRoot",
        "/OutputIntents",
    ] {
        assert!(clair.contains(marque), "{marque} manque");
    }
}

#[test]
fn les_polices_sont_dans_le_fichier_et_leur_texte_se_relit() {
    let pdf = composer(
        &Modele::new("relance", RELANCE),
        &lettre(),
        "Relance amiable",
        date(),
    )
    .unwrap();
    let clair = en_clair(&pdf);
    let polices = clair.matches("/Type/FontDescriptor").count();
    assert!(polices > 0);
    assert_eq!(clair.matches("/FontFile3").count(), polices);
    assert!(clair.contains("LibertinusSerif"));
    // Chaque police dit à quels caractères répondent ses dessins : « É », « œ », « ’ » et l'espace insécable.
    assert!(clair.contains("/ToUnicode"));
    for code in ["<00C9>", "<0153>", "<2019>", "<20AC>"] {
        assert!(clair.contains(code), "{code} n'est dans aucune table");
    }
}

#[test]
fn memes_entrees_memes_octets() {
    let modele = Modele::new("fiche", FICHE).avec_svg("tendance.svg", TENDANCE);
    let composer_le = |date| composer(&modele, &fiche(), "Fiche de synthèse", date).unwrap();
    let premier = composer_le(date());
    for _ in 0..3 {
        assert_eq!(premier, composer_le(date()));
    }
    let plusieurs: Vec<_> = std::thread::scope(|portee| {
        let fils: Vec<_> = (0..4).map(|_| portee.spawn(|| composer_le(date()))).collect();
        fils.into_iter().map(|fil| fil.join().unwrap()).collect()
    });
    assert!(plusieurs.iter().all(|autre| *autre == premier));
    assert_ne!(premier, composer_le("2026-09-02T08:30:00Z".parse().unwrap()));
}

fn fiche() -> Value {
    json!({
        "titre": "Fiche de synthèse",
        "reste": "12 345,67 €",
        "commentaire": "Le reste à recouvrer baisse depuis juin.",
    })
}

#[test]
fn une_fiche_montre_un_graphique_svg() {
    let avec = Modele::new("fiche", FICHE).avec_svg("tendance.svg", TENDANCE);
    let pdf = composer(&avec, &fiche(), "Fiche de synthèse", date()).unwrap();
    let clair = en_clair(&pdf);
    assert!(clair.contains("/Figure"));
    assert!(clair.contains("/Alt"));
    let sans = composer(
        &Modele::new("fiche", FICHE),
        &fiche(),
        "Fiche de synthèse",
        date(),
    );
    assert_eq!(sans.unwrap_err().motif, Motif::Fichier);
}

#[test]
fn un_modele_ne_lit_ni_fichier_ni_paquet_ni_reseau() {
    for source in [
        r#"#read("/etc/hostname")"#,
        r#"#read("../../../etc/hostname")"#,
        r#"#read("Cargo.toml")"#,
        r#"#json("autre.json")"#,
        r#"#image("photo.png", alt: "rien")"#,
        r#"#include "autre.typ""#,
        r#"#import "donnees.json": x"#,
        r#"#import "@preview/cetz:0.3.0": canvas"#,
        r#"#bibliography("refs.bib")"#,
        r#"#image("https://exemple.fr/a.png", alt: "rien")"#,
    ] {
        let erreur = refus(source, &json!({}));
        assert_eq!(
            (erreur.ligne, &erreur.motif),
            (Some(1), &Motif::Fichier),
            "{source} : {erreur}"
        );
    }
}

#[test]
fn une_image_ne_charge_rien_d_ailleurs() {
    for lien in [
        "autre.png",
        "file:///etc/hostname",
        "https://exemple.fr/a.png",
        "/etc/a.png",
    ] {
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><image href="{lien}" width="10" height="10"/></svg>"#
        );
        let modele =
            Modele::new("essai", r#"#image("dessin.svg", alt: "un dessin")"#).avec_svg("dessin.svg", svg);
        let erreur = composer(&modele, &json!({}), "Essai", date()).unwrap_err();
        assert!(
            matches!(erreur.motif, Motif::Fichier | Motif::MoteurSurDonnees),
            "{lien} : {erreur}"
        );
        assert!(!erreur.to_string().contains(lien));
    }
}

#[test]
fn un_modele_faux_dit_sa_ligne_ce_que_dit_le_moteur_et_le_remede() {
    let cas = [
        ("parenthèse ouverte", "= Bonjour\n\n#strong(\"à vous\""),
        ("champ inconnu", "#let d = json(\"donnees.json\")\n#d.nomm"),
        ("fonction inconnue", "Bonjour\n#encadrer[vous]"),
        (
            "somme d'un texte",
            "#let d = json(\"donnees.json\")\n\n#(d.nom + 1)",
        ),
        ("fichier refusé", "#image(\"logo.png\", alt: \"le logo\")"),
        ("sans texte de remplacement", "#rect()\n#image(\"dessin.svg\")"),
        ("police absente", "Un\n#set text(font: \"Marianne\")\nDeux"),
        ("date du jour", "#datetime.today().display()"),
        ("titres sautés", "=== Trois"),
        ("boucle sans fin", "#{\n  while true { }\n}"),
        ("caractère sans police", "Bravo 🎉"),
        ("formule", "$ x + y $"),
        ("donnée sans police", "#json(\"donnees.json\").etranger"),
    ];
    let donnees = json!({ "nom": "Dupuy", "etranger": "王" });
    let dit: String = cas
        .iter()
        .map(|(nom, source)| {
            let modele = Modele::new("relance", *source).avec_svg(
                "dessin.svg",
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>"#,
            );
            let erreur = composer(&modele, &donnees, "Essai", date()).unwrap_err();
            format!("{nom}\n  {erreur}\n")
        })
        .collect();
    insta::assert_snapshot!(dit);
}

#[test]
fn une_erreur_ne_cite_jamais_une_donnee() {
    let donnees = json!({
        "nom": "Zacharie Quelquun",
        "montant": 987_654,
        "chemin": "secret-quelquun.png",
        "etranger": "王",
        "comptes": { "Quelquun": "FR7630001007941234567890185" },
    });
    let sources = [
        "#panic(d.nom)",
        "#panic(upper(d.nom))",
        "#panic(d.montant / 100)",
        "#panic(d)",
        "#panic(..d.comptes.keys())",
        "#panic(d.comptes.values().first().slice(4, 9))",
        "#panic(d.nom.clusters().rev().join())",
        "#assert(false, message: \"mauvais nom : \" + d.nom)",
        "#assert.eq(d.montant, 12)",
        "#int(d.nom)",
        "#d.at(d.nom)",
        "#read(d.chemin)",
        "#image(d.chemin, alt: \"rien\")",
        "#eval(d.nom, mode: \"code\")",
        "#eval(\"#\" + d.nom, mode: \"markup\")",
        "#regex(\"(\" + d.nom)",
        "#text(font: d.nom)[a]",
        "#text(lang: d.nom)[a]",
        "#d.etranger #d.nom",
        "#label(d.nom) #ref(label(d.nom))",
        "#if d.nom.starts-with(\"Z\") { panic(d.nom) }",
        "#context panic(document.title)",
        "#(d.nom + d.montant)",
        "#decimal(d.nom)",
        "#datetime(year: d.montant, month: 13, day: 1)",
        "#image(bytes(d.nom), alt: \"rien\", format: \"svg\")",
        "#image(bytes(\"<svg><\" + d.nom), alt: \"rien\", format: \"svg\")",
        "#json(bytes(d.nom))",
        "#link(d.nom + \":\")[a] #panic(d.nom)",
    ];
    for source in sources {
        let erreur = composer(
            &Modele::new("essai", format!("#let d = json(\"donnees.json\")\n{source}")),
            &donnees,
            "Relance de Quelquun",
            date(),
        )
        .unwrap_err();
        let dit = format!("{erreur} {erreur:?}").to_lowercase();
        for valeur in [
            "quelquun", "nuuqleuq", "zacharie", "987", "9876", "fr76", "300010", "secret", "王",
        ] {
            assert!(!dit.contains(valeur), "{source} : {dit}");
        }
    }
}

#[test]
fn un_message_qui_ne_depend_pas_des_donnees_est_montre() {
    let source = "#let d = json(\"donnees.json\")\n\n#(d.nom + 1)";
    let erreur = refus(source, &json!({ "nom": "Dupuy" }));
    assert_eq!(erreur.ligne, Some(3));
    assert!(
        matches!(&erreur.motif, Motif::Moteur(dit) if dit.contains("cannot add")),
        "{erreur}"
    );
    let source = "#let d = json(\"donnees.json\")\n\n#if d.nom == \"Dupuy\" { panic(\"non\") }";
    let erreur = refus(source, &json!({ "nom": "Dupuy" }));
    assert_eq!((erreur.ligne, erreur.motif), (Some(3), Motif::MoteurSurDonnees));
}

#[test]
fn un_svg_faux_ne_se_cite_pas() {
    let modele = Modele::new("fiche", FICHE).avec_svg("tendance.svg", "<svg><Quelquun");
    let erreur = composer(&modele, &fiche(), "Fiche", date()).unwrap_err();
    assert_eq!(erreur.motif, Motif::MoteurSurDonnees);
    assert!(!erreur.to_string().contains("Quelquun"));
}

#[test]
fn les_donnees_ne_sont_jamais_lues_comme_du_typst() {
    let source = "#let d = json(\"donnees.json\")\n#d.nom";
    let pieges = [
        "#panic()",
        "*gras* _italique_ = titre",
        "#read(\"/etc/hostname\")",
        "$x$ @ref <a> \\",
    ];
    for piege in pieges {
        composer_source(source, &json!({ "nom": piege })).unwrap();
    }
}

#[test]
fn un_titre_vide_une_date_impossible_et_un_nom_d_image_faux_sont_refuses() {
    let motif = |modele: &Modele, titre, date| composer(modele, &json!({}), titre, date).unwrap_err().motif;
    let modele = Modele::new("essai", "Bonjour");
    assert_eq!(motif(&modele, " ", date()), Motif::TitreVide);
    assert_eq!(motif(&modele, "Essai", Timestamp::MIN), Motif::Date);
    let modele = modele.avec_svg("../logo.svg", "<svg/>");
    assert_eq!(motif(&modele, "Essai", date()), Motif::NomImage);
    let sans_cle: std::collections::BTreeMap<Vec<u8>, u8> = [(vec![1], 1)].into();
    assert_eq!(refus("Bonjour", &sans_cle).motif, Motif::Donnees);
}

#[test]
fn ni_un_modele_ni_un_pdf_ne_montrent_leur_contenu_dans_une_trace() {
    let modele = Modele::new("essai", "Quelquun").avec_svg("a.svg", "<svg>Quelquun</svg>");
    let pdf = composer(&Modele::new("essai", "Quelquun"), &json!({}), "Essai", date()).unwrap();
    assert!(!format!("{modele:?} {pdf:?}").contains("Quelquun"));
    assert_eq!(pdf.octets().to_vec(), pdf.into_octets());
}
