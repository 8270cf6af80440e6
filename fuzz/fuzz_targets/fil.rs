//! Aucun octet ne fait paniquer le relais, et ce qu'il remet n'est jamais hors de l'accord, ni en message ouvert, ni dans
//! une époque en cours. Amorces : `cargo +nightly fuzz run fil fuzz/corpus/fil crates/assistance/tests/fils`.
#![no_main]

use assistance::{Classe, Classes, Fil};
use libfuzzer_sys::fuzz_target;

/// La vue, puis un document : `html`, `body`, un texte.
const OUVERTURE: &[u8] = b"\x01\x03\x00\x01\x0a\x0a\x64\x00\x02\x01\x00\x04html\x01\x00\x01\x01\x00\x04body\x01\x00\x01\x02\x02ab";

fuzz_target!(|octets: &[u8]| {
    let accord: Classes = [Classe::Publique, Classe::Sante].into_iter().collect();
    if let Ok(montre) = Fil::nouveau(1, accord).verifier(octets) {
        assert_eq!(montre.et(accord), montre);
    }
    let mut fil = Fil::nouveau(3, accord);
    assert!(fil.verifier(OUVERTURE).is_ok());
    if let Ok(montre) = fil.verifier(&[b"\x01\x03\x01", octets].concat()) {
        assert_eq!(montre.et(accord), montre);
    }
});
