//! Aucun texte ne fait paniquer la lecture du CFONB 120.
//! Amorces : `cargo +nightly fuzz run cfonb fuzz/corpus/cfonb crates/releves/tests/fichiers`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use releves::Releve;

fuzz_target!(|octets: &[u8]| {
    for debut in ["", "0113306    00140EUR2 "] {
        let contenu = [debut.as_bytes(), octets].concat();
        if let Ok(releve) = Releve::ouvrir("cfonb.txt", contenu.as_slice()) {
            for ligne in releve.flatten() {
                assert!(ligne.montant.centimes() > 0);
            }
        }
    }
});
