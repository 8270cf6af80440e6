//! Des fichiers entiers : quelconques, abîmés, lus par morceaux ; et ce que les gens en lisent.

use std::fmt::Write;
use std::io::Read;

use proptest::prelude::*;

use super::fabrique::{anomalies, controles, message};
use crate::controle::flux::Flux;
use crate::controle::{Rapport, controler_flux};
use crate::{Faute, controler, controler_octets, rapport_html};

/// Une source qui ne rend que tant d'octets à la fois.
struct Goutte<'a>(&'a [u8], usize);

impl Read for Goutte<'_> {
    fn read(&mut self, tampon: &mut [u8]) -> std::io::Result<usize> {
        let n = self.1.min(tampon.len()).min(self.0.len());
        tampon[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

fn par_morceaux(octets: &[u8], taille: usize, goutte: usize) -> Vec<(u64, &'static str)> {
    let mut vues = Vec::new();
    let flux = Flux::de_taille(Goutte(octets, goutte), taille);
    controler_flux(flux, "essai.dsn", &mut |a| vues.push((a.ligne, a.controle))).expect("une DSN");
    vues
}

fn d_un_bloc(octets: &[u8]) -> Vec<(u64, &'static str)> {
    anomalies(octets)
        .0
        .iter()
        .map(|a| (a.ligne, a.controle))
        .collect()
}

/// Assez de déclarations pour plusieurs tampons.
fn long() -> Vec<u8> {
    let double = "double ".repeat(6);
    message(&format!(
        "81.001=ZZZ 20.011=30022026 30.002=@ {double} S90.G00.90.002=7"
    ))
}

#[test]
fn le_nombre_d_anomalies_ne_depend_pas_de_la_taille_des_lectures() {
    let mut octets = long();
    let place = octets.len() / 2;
    octets.splice(place..place, std::iter::repeat_n(b'A', 20_000));
    let attendues = d_un_bloc(&octets);
    assert!(attendues.iter().any(|(_, c)| *c == "SYNTAXE/longueur"));
    for taille in [4_096, 4_097, 5_000, 1 << 18] {
        for goutte in [1, 7, 4_096, usize::MAX] {
            assert_eq!(
                par_morceaux(&octets, taille, goutte),
                attendues,
                "{taille} {goutte}"
            );
        }
    }
}

#[test]
fn une_ligne_sans_fin_ne_remplit_pas_la_memoire() {
    let debut: &[u8] = b"S10.G00.00.001,'";
    let source = debut.chain(std::io::repeat(b'A').take(50_000_000));
    let mut vus = Vec::new();
    controler(source, "essai.dsn", |a| vus.push(a.controle)).expect("une DSN");
    assert_eq!(vus[0], "SYNTAXE/longueur");
}

#[test]
fn ce_qui_n_est_pas_une_dsn_est_une_erreur() {
    let erreur = |octets: &[u8]| controler_octets(octets, "x", |_| {}).unwrap_err().faute;
    assert_eq!(erreur(b""), Faute::FichierVide);
    assert_eq!(erreur(b"<?xml version='1.0'?>"), Faute::PasUneDsn);
    assert!(controler(&b""[..], "x", |_| {}).is_err());
}

#[test]
fn les_fins_de_ligne_lf_se_lisent_comme_crlf() {
    let lf: Vec<u8> = message("").into_iter().filter(|o| *o != b'\r').collect();
    assert_eq!(controles(&lf), [""; 0]);
}

#[test]
fn les_anomalies_se_lisent() {
    let octets = message(
        "81.001=ZZZ 20.011=30022026 30.002=~X -81.004 06.001=123456789 11.022+11.099=X --S21.G00.71 30.007=ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF \
         20.005=12,3 20.010=09",
    );
    let mut texte = String::new();
    for a in anomalies(&octets).0 {
        let rubrique = a.rubrique.map_or_else(String::new, |r| r.to_string());
        writeln!(
            texte,
            "{} {rubrique} {} {} : {}",
            a.ligne,
            a.gravite.mot(),
            a.controle,
            a.message
        )
        .unwrap();
    }
    insta::assert_snapshot!("anomalies", texte);
}

#[test]
fn le_rapport_se_lit() {
    let octets = message("81.001=ZZZ 20.011=30022026 -20.003 06.001=123456789");
    let mut rapport = Rapport::default();
    let bilan = controler_octets(&octets, "<essai>.dsn", |a| rapport.ajouter(a)).unwrap();
    insta::assert_snapshot!("rapport", rapport_html("<essai>.dsn", &bilan, &rapport));
}

#[test]
fn le_rapport_borne_ses_details_et_compte_tout() {
    let suite = "81.007+".to_owned() + &vec!["81.001=ZZZ,81.002=DMSA33"; 1_200].join(",");
    let mut rapport = Rapport::default();
    let bilan = controler_octets(&message(&suite), "gros.dsn", |a| rapport.ajouter(a)).unwrap();
    let page = rapport_html("gros.dsn", &bilan, &rapport);
    assert!(page.contains("Les 1\u{202f}000 premières sur 1\u{202f}200."));
    assert_eq!(page.matches("<tr><td").count(), 1_000);
    assert!(!page.contains("<script"));
}

proptest! {
    #[test]
    fn des_octets_quelconques_ne_font_pas_paniquer(
        octets in proptest::collection::vec(any::<u8>(), 0..2_000),
        dsn in any::<bool>(),
    ) {
        let octets = if dsn { [b"S10.G00.00.001,'A'\n".to_vec(), octets].concat() } else { octets };
        let _ = controler_octets(&octets, "x", |_| {});
    }

    #[test]
    fn un_fichier_abime_ne_fait_pas_paniquer_et_se_lit_pareil_par_morceaux(
        coups in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0_u8..3), 1..20),
    ) {
        let mut octets = message("double S90.G00.90.002=2");
        for (place, octet, coup) in coups {
            let place = place.index(octets.len());
            match coup {
                0 => octets[place] = octet,
                1 => octets.insert(place, octet),
                _ => { octets.remove(place); }
            }
        }
        prop_assume!(controler_octets(&octets, "x", |_| {}).is_ok());
        prop_assert_eq!(par_morceaux(&octets, 4_096, 513), d_un_bloc(&octets));
    }

    #[test]
    fn des_lignes_melangees_ne_font_pas_paniquer(
        ordre in proptest::collection::vec(any::<proptest::sample::Index>(), 1..200),
    ) {
        let juste = message("55.001=1.00 70.012=1 79.001=01 31.001=01012026 S89.G00.91.002=X");
        let lignes: Vec<&[u8]> = juste.split_inclusive(|o| *o == b'\n').collect();
        let melange: Vec<u8> = ordre.iter().flat_map(|i| lignes[i.index(lignes.len())]).copied().collect();
        let _ = controler_octets(&melange, "x", |_| {});
    }
}
