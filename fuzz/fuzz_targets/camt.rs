//! Aucun XML ne fait paniquer la lecture des camt, ni derrière un en-tête juste, ni seul.
//! Amorces : `cargo +nightly fuzz run camt fuzz/corpus/camt crates/releves/tests/fichiers`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use releves::Releve;

const DEBUTS: [&str; 3] = [
    "",
    "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>",
    "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn>",
];

fuzz_target!(|octets: &[u8]| {
    for debut in DEBUTS {
        let contenu = [debut.as_bytes(), octets].concat();
        if let Ok(releve) = Releve::ouvrir("camt.xml", contenu.as_slice()) {
            for ligne in releve.flatten() {
                assert!(ligne.montant.centimes() > 0);
            }
        }
    }
});
