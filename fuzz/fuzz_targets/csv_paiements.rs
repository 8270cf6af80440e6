//! Aucun texte ne fait paniquer la lecture du CSV de paiements.
//! Amorces : `cargo +nightly fuzz run csv_paiements fuzz/corpus/csv_paiements crates/releves/tests/fichiers`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use releves::{EN_TETE_CSV, Releve};

fuzz_target!(|octets: &[u8]| {
    let avec_en_tete = [EN_TETE_CSV.as_bytes(), b"\n", octets].concat();
    for contenu in [octets, &avec_en_tete] {
        if let Ok(releve) = Releve::ouvrir("paiements.csv", contenu) {
            for ligne in releve.flatten() {
                assert!(ligne.montant.centimes() > 0 && ligne.siret.is_some() && ligne.caisse.is_some());
            }
        }
    }
});
