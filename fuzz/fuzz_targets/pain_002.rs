//! Aucun XML ne fait paniquer la lecture des comptes rendus de prélèvement, ni derrière un en-tête juste, ni
//! seul. Amorces : `cargo +nightly fuzz run pain_002 fuzz/corpus/pain_002 crates/prelevements/tests/fichiers`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use prelevements::{CompteRendu, Objet};

const DEBUTS: [&str; 2] = [
    "",
    "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr/>\
     <OrgnlGrpInfAndSts><OrgnlMsgId>M</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId></OrgnlGrpInfAndSts>",
];

fuzz_target!(|octets: &[u8]| {
    for debut in DEBUTS {
        let contenu = [debut.as_bytes(), octets].concat();
        if let Ok(compte_rendu) = CompteRendu::ouvrir("pain.002.xml", contenu.as_slice()) {
            for avis in compte_rendu.flatten() {
                if let Objet::Operation(operation) = avis.objet {
                    assert!(!operation.bout_en_bout.is_empty());
                    assert!(operation.montant.is_none_or(|montant| montant.centimes() > 0));
                }
            }
        }
    }
});
