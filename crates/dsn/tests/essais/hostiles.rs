//! Ce qu'une personne lit quand son fichier ne va pas : où, quelle règle, que faire. Jamais la valeur.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use dsn::{Declaration, Erreur, fichiers, lire};

use crate::archives::chiffre;
use crate::fabrique::{DECLARATION, EN_TETE, fichier, fichier_juste, gzip, zip};

/// Les valeurs d'essai qui ne doivent paraître dans aucune erreur.
const SECRETS: [&str; 7] = [
    "1850733063123",
    "O'CONNOR",
    "CONNOR",
    "FR7630006000011234567890189",
    "12,5",
    "31022026",
    "PRÉNOM",
];

fn lu(octets: &[u8], nom: &str) -> Result<(), Erreur> {
    fichiers(Cursor::new(octets), nom, |source, nom| {
        lire(source, nom, &mut Vec::<Declaration>::new()).map(drop)
    })
}

/// Le fichier juste, où cette rubrique vaut ces octets.
fn avec(rubrique: &str, octets: &[u8]) -> Vec<u8> {
    let mut sortie = Vec::new();
    for ligne in fichier_juste().split_inclusive(|o| *o == b'\n') {
        if ligne.starts_with(rubrique.as_bytes()) {
            sortie.extend([rubrique.as_bytes(), b",'", octets, b"'\n"].concat());
        } else {
            sortie.extend(ligne);
        }
    }
    sortie
}

/// Le fichier juste sans ses `n` dernières lignes.
fn sans_fin(n: usize) -> Vec<u8> {
    let juste = fichier_juste();
    let lignes: Vec<&[u8]> = juste.split_inclusive(|o| *o == b'\n').collect();
    lignes[..lignes.len() - n].concat()
}

fn avec_ligne(ligne: &[u8]) -> Vec<u8> {
    [&sans_fin(2), ligne].concat()
}

/// Un accent en UTF-8 dans un bloc lu tard.
fn utf8_tardif() -> Vec<u8> {
    let mut octets = sans_fin(2);
    while octets.len() < 300 << 10 {
        octets.extend(b"S21.G00.30.008,'RUE SANS ACCENT'\n");
    }
    octets.extend("S21.G00.30.004,'PRÉNOM'\n".as_bytes());
    octets
}

#[test]
fn un_fichier_hostile_est_refuse_par_une_phrase_qui_dit_ou_pourquoi_et_que_faire() {
    let juste = fichier_juste();
    let archive = zip(&[("janvier.dsn", &juste[..])]);
    let avec_montant = |m: &str| avec("S21.G00.81.004", m.as_bytes());
    let hostiles: Vec<(&str, Vec<u8>)> = vec![
        ("vide.dsn", Vec::new()),
        ("photo.jpg", b"\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01".to_vec()),
        ("retour-a-la-ligne.dsn", b"\n".to_vec()),
        ("octet-nul.dsn", avec("S21.G00.30.002", b"O'CON\0NOR")),
        ("retour-seul.dsn", avec("S21.G00.30.002", b"O'CON\rNOR")),
        ("tabulation.dsn", avec("S21.G00.30.002", b"O'CONNOR\t")),
        (
            "vieux-mac.dsn",
            juste
                .iter()
                .map(|o| if *o == b'\n' { b'\r' } else { *o })
                .collect(),
        ),
        ("257-caracteres.dsn", avec("S21.G00.30.002", &[b'X'; 240])),
        ("ligne-vide.dsn", avec_ligne(b"\n")),
        ("pas-une-rubrique.dsn", avec_ligne(b"S21.G00.30,'O'CONNOR'\n")),
        ("sans-apostrophe.dsn", avec_ligne(b"S21.G00.30.002,'O'CONNOR\n")),
        ("valeur-vide.dsn", avec_ligne(b"S21.G00.30.004,''\n")),
        ("utf8.dsn", avec("S21.G00.30.002", "PRÉNOM".as_bytes())),
        ("utf8-marque.dsn", [b"\xEF\xBB\xBF", &juste[..]].concat()),
        ("utf8-tardif.dsn", utf8_tardif()),
        ("sans-s90.dsn", sans_fin(2)),
        ("demi-s90.dsn", sans_fin(1)),
        ("coupe.dsn", juste[..juste.len() - 40].to_vec()),
        ("virgule.dsn", avec_montant("12,5")),
        ("total.dsn", {
            let immense = ("S21.G00.81.004", "999999999999999.99");
            let mut corps = DECLARATION.to_vec();
            corps.extend([immense; 100]);
            fichier(&corps)
        }),
        ("versement.dsn", avec("S21.G00.20.005", b"12,5")),
        ("mois.dsn", avec("S20.G00.05.005", b"31022026")),
        ("type.dsn", avec("S20.G00.05.002", b"1")),
        (
            "etablissement.dsn",
            fichier(
                &[
                    &DECLARATION[..8],
                    &[("S21.G00.82.001", "12,5"), ("S21.G00.82.005", "DMSA33")],
                ]
                .concat(),
            ),
        ),
        ("norme.dsn", avec("S10.G00.00.006", b"P21V01")),
        ("norme-absente.dsn", avec("S10.G00.00.006", b"2026")),
        (
            "sans-norme.dsn",
            b"S10.G00.00.001,'PAIE'\nS20.G00.05.001,'01'\n".to_vec(),
        ),
        ("s21-avant-s20.dsn", fichier(&[("S21.G00.06.001", "123456782")])),
        (
            "s21-avant-s20-individu.dsn",
            fichier(&[("S21.G00.40.001", "01012020")]),
        ),
        (
            "declaration-apres-s90.dsn",
            [&juste[..], b"S20.G00.05.001,'01'\n"].concat(),
        ),
        ("message-coupe.dsn", [&sans_fin(2)[..], &juste].concat()),
        (
            "enveloppe-dans-un-message.dsn",
            avec_ligne(b"S96.G51.00.001,'FINSL'\n"),
        ),
        (
            "en-tete-dans-une-declaration.dsn",
            avec_ligne(b"S10.G00.00.006,'P26V01'\n"),
        ),
        (
            "lot-coupe.dsn",
            [b"S05.G51.00.001,'V01R02'\nS06.G51.00.001,'DSNOK'\n", &juste[..]].concat(),
        ),
        ("coupe.gz", gzip(&juste)[..100].to_vec()),
        ("coupe.zip", archive[..archive.len() - 30].to_vec()),
        ("chiffre.zip", chiffre(archive.clone())),
        ("vide.zip", zip::<&str>(&[])),
        (
            "lot.zip",
            zip(&[("janvier.dsn", &juste[..]), ("fevrier.dsn", &sans_fin(2))]),
        ),
        ("imbrique.zip", zip(&[("lot.zip", &archive[..])])),
    ];
    let mut phrases = String::new();
    for (nom, octets) in &hostiles {
        let phrase = match lu(octets, nom) {
            Ok(()) => format!("{nom} : ACCEPTÉ"),
            Err(e) => e.to_string(),
        };
        for secret in SECRETS {
            assert!(!phrase.contains(secret), "{phrase}");
        }
        writeln!(phrases, "{phrase}").unwrap();
    }
    insta::assert_snapshot!(phrases);
}

#[test]
fn une_bombe_de_texte_est_refusee_avant_tout_son_deploiement() {
    let ligne = [b"S10.G00.00.002,'", &[b'A'; 239][..], b"'\n"].concat();
    let octets = [&b"S10.G00.00.001,'PAIE'\n"[..], &ligne.repeat(120_000)].concat();
    let mut bombe = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bombe.write_all(&octets).unwrap();
    let erreur = lu(&bombe.finish().unwrap(), "bombe.gz").unwrap_err();
    insta::assert_snapshot!(erreur, @"bombe.gz : l'archive se déploie plus de 200 fois : elle est refusée. Remède : déployez l'archive vous-même et donnez les fichiers.");
}

#[test]
fn sans_saut_de_ligne_final_un_fichier_entier_se_lit() {
    for fin in [&b""[..], b"\n", b"\r\n", b"\r"] {
        let mut octets = fichier_juste();
        octets.pop();
        octets.extend(fin);
        assert_eq!(lu(&octets, "f"), Ok(()));
    }
}

#[test]
fn un_accent_iso_8859_1_se_lit_ou_qu_il_soit() {
    let tardif: Vec<u8> = dsn::texte(&utf8_tardif())
        .chars()
        .filter(|c| *c != 'Ã')
        .map(|c| if c == '\u{89}' { 'É' } else { c })
        .map(|c| u8::try_from(c).unwrap())
        .collect();
    let juste = [tardif, b"S90.G00.90.001,'1'\nS90.G00.90.002,'1'\n".to_vec()].concat();
    assert_eq!(lu(&juste, "f"), Ok(()));
    // Un premier accent en ISO-8859-1 le prouve pour tout le fichier : « Ã© » est ensuite deux lettres.
    let deux = avec("S21.G00.30.002", b"\xC9LO\xC3\xA9");
    assert_eq!(lu(&deux, "f"), Ok(()));
}

#[test]
fn aucun_debug_ne_montre_un_compte_ni_une_valeur() {
    let octets = fichier(
        &[
            &DECLARATION[..9],
            &[("S21.G00.20.004", "FR7630006000011234567890189")],
            &DECLARATION[9..],
        ]
        .concat(),
    );
    let mut declarations: Vec<Declaration> = Vec::new();
    lire(&octets[..], "f", &mut declarations).unwrap();
    let montre = format!("{declarations:?}");
    for secret in SECRETS {
        assert!(!montre.contains(secret), "{montre}");
    }
    assert_eq!(EN_TETE.len() + DECLARATION.len() + 1 + 2, 22);
}
