//! Aucun octet ne fait paniquer la lecture d'une DSN, et elle dit la même chose de toutes les façons : d'un trait, en
//! mémoire, morceau par morceau, avec le détail.
//! Amorces : `cargo +nightly fuzz run dsn_lire fuzz/corpus/dsn_lire crates/dsn/tests`.
#![no_main]

use std::io::Read;

use dsn::{Declaration, Erreur, Ligne, Lignes, Recepteur, lire, lire_octets};
use libfuzzer_sys::fuzz_target;

const DEBUTS: [&[u8]; 2] = [
    b"",
    b"S10.G00.00.001,'PAIE'\nS10.G00.00.006,'P26V01'\nS20.G00.05.001,'01'\n",
];

#[derive(Default)]
struct Detail {
    lignes: u64,
    declarations: Vec<Declaration>,
}

impl Recepteur for Detail {
    const DETAIL: bool = true;

    fn ligne(&mut self, numero: u64, ligne: Ligne<'_>, individu: u32) {
        assert!(numero > self.lignes && !ligne.valeur.is_empty() && ligne.valeur.len() <= 239);
        assert!(u64::from(individu) <= numero);
        self.lignes = numero;
    }

    fn declaration(&mut self, declaration: Declaration) {
        assert!(declaration.lignes.0 <= declaration.lignes.1);
        self.declarations.push(declaration);
    }
}

/// Une source qui rend peu d'octets à la fois.
struct Hache<'a>(&'a [u8], usize);

impl Read for Hache<'_> {
    fn read(&mut self, tampon: &mut [u8]) -> std::io::Result<usize> {
        self.1 = self.1 % 61 + 1;
        let n = self.1.min(tampon.len());
        self.0.read(&mut tampon[..n])
    }
}

fn lus(
    lire: impl FnOnce(&mut Vec<Declaration>) -> Result<u64, Erreur>,
) -> Result<(u64, Vec<Declaration>), Erreur> {
    let mut declarations = Vec::new();
    lire(&mut declarations).map(|n| (n, declarations))
}

fuzz_target!(|octets: &[u8]| {
    for debut in DEBUTS {
        let contenu = [debut, octets].concat();
        let attendu = lus(|d| lire(&contenu[..], "f", d));
        assert_eq!(lus(|d| lire_octets(&contenu, "f", d)), attendu);
        assert_eq!(lus(|d| lire(Hache(&contenu, contenu.len()), "f", d)), attendu);
        let mut detail = Detail::default();
        if let (Ok(lignes), Ok((attendues, declarations))) =
            (lire_octets(&contenu, "f", &mut detail), &attendu)
        {
            assert_eq!((&lignes, &detail.declarations), (attendues, declarations));
            assert!(declarations.iter().all(|d| d.lignes.1 < lignes));
        }
        let sauts = contenu.split(|o| *o == b'\n').count();
        let lignes = Lignes::nouvelles(&contenu).count();
        assert!(lignes == sauts || lignes + 1 == sauts);
        if let Err(e) = &attendu {
            assert!(e.ligne >= 1 && e.ligne <= u64::try_from(sauts).unwrap() + 1);
            assert!(!e.to_string().is_empty());
        }
    }
});
