//! Aucun texte ne fait paniquer la lecture d'un fichier de créances, CSV ou JSON Lines.
//! Amorces : `cargo +nightly fuzz run creances fuzz/corpus/creances`.
#![no_main]

use creances::creances::relire_fichier;
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;

const DEBUTS: [&str; 3] = [
    "",
    "reference;matricule;nom;regime;nature;periode;emise_le;exigible_le;principal\n",
    "{\"reference\":\"R1\",\"matricule\":\"M1\",",
];

fuzz_target!(|octets: &[u8]| {
    for debut in DEBUTS {
        let contenu = [debut.as_bytes(), octets].concat();
        if let Ok(lignes) = relire_fichier("creances", contenu.as_slice(), date(2026, 11, 20)) {
            assert!(lignes <= contenu.len());
        }
    }
});
