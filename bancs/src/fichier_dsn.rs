//! Un fichier DSN du banc : la composition d'une paie agricole ordinaire, toute à la même caisse.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::Result;
use dsn::{Ecrivain, FinDeLigne, Rubrique};
use valeurs::Montant;

const CAISSE: &str = "DMSA33";
/// Cotisations déplafonnées d'un salarié : code, millièmes de l'assiette.
const COTISATIONS: [(&str, i64); 16] = [
    ("045", 21),
    ("049", 1),
    ("068", 3),
    ("074", 52),
    ("075", 70),
    ("076", 24),
    ("100", 1),
    ("128", 5),
    ("040", 40),
    ("048", 2),
    ("091", 4),
    ("903", 1),
    ("904", 1),
    ("905", 1),
    ("906", 2),
    ("131", 78),
];

/// Écrit `etablissements` déclarations de janvier 2026, de `salaries` individus chacune.
pub(crate) fn ecrire(chemin: &Path, etablissements: u32, salaries: u32) -> Result<()> {
    let sortie = BufWriter::new(File::create(chemin)?);
    let mut e = Ecrivain::nouveau(sortie).avec(FinDeLigne::CrLf);
    bloc(
        &mut e,
        "S10.G00.00",
        &[
            (1, "PAIE"),
            (2, "EDITEUR"),
            (3, "1"),
            (5, "02"),
            (6, "P26V01"),
            (7, "02"),
            (8, "01"),
        ],
    )?;
    bloc(
        &mut e,
        "S10.G00.01",
        &[
            (1, "732829320"),
            (2, "00074"),
            (3, "CABINET"),
            (4, "1 ROUTE DES VIGNES"),
            (5, "33000"),
            (6, "BORDEAUX"),
        ],
    )?;
    bloc(
        &mut e,
        "S10.G00.02",
        &[
            (1, "02"),
            (2, "DUPONT MARIE"),
            (4, "a@exemple.invalid"),
            (5, "0102030405"),
        ],
    )?;
    for n in 0..etablissements {
        declaration(&mut e, n, salaries)?;
    }
    e.fermer_message()?;
    e.finir()?;
    Ok(())
}

type Sortie = Ecrivain<BufWriter<File>>;

fn bloc(e: &mut Sortie, nom: &str, rubriques: &[(u32, &str)]) -> Result<()> {
    let bloc: dsn::Bloc = nom.parse()?;
    for (numero, valeur) in rubriques {
        let rubrique: Rubrique = bloc.rubrique(*numero);
        e.rubrique(rubrique, valeur)?;
    }
    Ok(())
}

fn euros(centimes: i64) -> String {
    Montant::de_centimes(centimes).en_point()
}

fn declaration(e: &mut Sortie, n: u32, salaries: u32) -> Result<()> {
    let siren = avec_cle(&format!("{:08}", 40_000_000 + n));
    let nic = avec_cle(&format!("{siren}0001"))[9..].to_owned();
    let bruts: Vec<i64> = (0..salaries)
        .map(|i| 200_000 + i64::from((n * 7 + i * 131) % 90_000))
        .collect();
    let total: i64 = bruts
        .iter()
        .map(|b| COTISATIONS.iter().map(|(_, t)| b * t / 1000).sum::<i64>())
        .sum();
    let rang = (n + 1).to_string();
    bloc(
        e,
        "S20.G00.05",
        &[
            (1, "01"),
            (2, "01"),
            (3, "11"),
            (4, rang.as_str()),
            (5, "01012026"),
            (7, "10022026"),
            (8, "01"),
            (9, rang.as_str()),
            (10, "01"),
        ],
    )?;
    bloc(
        e,
        "S20.G00.07",
        &[
            (1, "DURAND PAUL"),
            (2, "0102030405"),
            (3, "paie@exemple.invalid"),
            (4, "04"),
        ],
    )?;
    bloc(
        e,
        "S21.G00.06",
        &[
            (1, &siren),
            (2, &nic),
            (3, "0121Z"),
            (4, "12 RUE DU MOULIN"),
            (5, "33330"),
            (6, "SAINT-ÉMILION"),
            (15, "7024"),
        ],
    )?;
    bloc(
        e,
        "S21.G00.11",
        &[
            (1, &nic),
            (2, "0121Z"),
            (3, "12 RUE DU MOULIN"),
            (4, "33330"),
            (5, "SAINT-ÉMILION"),
            (17, "01"),
            (22, "7024"),
            (23, "01"),
        ],
    )?;
    bloc(
        e,
        "S21.G00.20",
        &[
            (1, CAISSE),
            (5, &euros(total)),
            (6, "01012026"),
            (7, "31012026"),
            (10, "02"),
            (11, "15022026"),
        ],
    )?;
    for (i, brut) in (1_u32..).zip(bruts) {
        individu(e, n, i, brut)?;
    }
    bloc(
        e,
        "S21.G00.85",
        &[
            (1, &format!("{siren}{nic}")),
            (2, "0121Z"),
            (3, "12 RUE DU MOULIN"),
            (4, "33330"),
            (5, "SAINT-ÉMILION"),
            (11, "33394"),
        ],
    )
}

fn individu(e: &mut Sortie, n: u32, i: u32, brut: i64) -> Result<()> {
    let nir = format!(
        "1{:02}06{:02}{:03}{:03}",
        60 + i % 40,
        1 + n % 19,
        1 + n % 900,
        1 + i
    );
    let naissance = format!("1206{}", 1960 + i % 40);
    let (brut_ecrit, contrat) = (euros(brut), format!("{i:05}"));
    bloc(
        e,
        "S21.G00.30",
        &[
            (1, &nir),
            (2, "D'ALMEIDA"),
            (4, "Chloé"),
            (6, &naissance),
            (7, "LIBOURNE"),
            (8, "3 LE BOURG"),
            (9, "33330"),
            (10, "LIBOURNE"),
            (13, "01"),
            (14, &nir[5..7]),
            (15, "FR"),
            (19, &contrat),
            (24, "03"),
            (25, "05"),
        ],
    )?;
    bloc(
        e,
        "S21.G00.40",
        &[
            (1, "01022020"),
            (2, "07"),
            (3, "04"),
            (4, "691b"),
            (6, "OUVRIER VITICOLE"),
            (7, "01"),
            (8, "99"),
            (9, &contrat),
            (11, "10"),
            (12, "151.67"),
            (13, "151.67"),
            (14, "10"),
            (16, "99"),
            (17, "7024"),
            (18, "300"),
            (20, "300"),
            (24, "99"),
            (26, "99"),
            (36, "02"),
            (37, "02"),
            (39, "300"),
            (40, "RA110"),
            (41, "ECHELON 2"),
            (42, "02"),
            (43, "2.10"),
            (48, "01"),
            (49, "02"),
            (72, "01"),
            (73, "01"),
        ],
    )?;
    bloc(e, "S21.G00.71", &[(2, "RUAA")])?;
    bloc(
        e,
        "S21.G00.50",
        &[
            (1, "31012026"),
            (2, &brut_ecrit),
            (3, "01"),
            (4, &brut_ecrit),
            (6, "3.00"),
            (7, "01"),
            (8, "123456789"),
            (9, "45.00"),
            (13, &brut_ecrit),
        ],
    )?;
    for genre in ["001", "002", "003", "010"] {
        bloc(
            e,
            "S21.G00.51",
            &[
                (1, "01012026"),
                (2, "31012026"),
                (10, &contrat),
                (11, genre),
                (13, &brut_ecrit),
            ],
        )?;
        if genre == "002" {
            bloc(e, "S21.G00.53", &[(1, "01"), (2, "151.67"), (3, "10")])?;
        }
    }
    bloc(e, "S21.G00.58", &[(3, "03"), (4, &brut_ecrit)])?;
    bloc(
        e,
        "S21.G00.78",
        &[(1, "03"), (2, "01012026"), (3, "31012026"), (4, &brut_ecrit)],
    )?;
    for (code, milliemes) in COTISATIONS {
        let montant = euros(brut * milliemes / 1000);
        bloc(
            e,
            "S21.G00.81",
            &[
                (1, code),
                (2, CAISSE),
                (3, &brut_ecrit),
                (4, &montant),
                (7, "1.000"),
            ],
        )?;
    }
    for genre in ["07", "02"] {
        bloc(
            e,
            "S21.G00.86",
            &[(1, genre), (2, "02"), (3, "12"), (5, &contrat)],
        )?;
    }
    Ok(())
}

/// Des chiffres et leur clé de Luhn.
fn avec_cle(chiffres: &str) -> String {
    let somme: u32 = chiffres
        .bytes()
        .rev()
        .zip([2, 1].into_iter().cycle())
        .map(|(octet, poids)| {
            let produit = u32::from(octet - b'0') * poids;
            produit / 10 + produit % 10
        })
        .sum();
    format!("{chiffres}{}", (10 - somme % 10) % 10)
}
