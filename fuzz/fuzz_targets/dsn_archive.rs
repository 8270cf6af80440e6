//! Aucune archive ne fait paniquer son ouverture, ni sortir plus d'octets ou de fichiers que ce qui est permis.
//! La mémoire a sa borne : `cargo +nightly fuzz run dsn_archive fuzz/corpus/dsn_archive -- -rss_limit_mb=512 -malloc_limit_mb=128`.
#![no_main]

use std::io::{Cursor, Read};

use dsn::{Contenu, DEPLOIEMENT_LIBRE, DEPLOIEMENT_MAXIMAL, Erreur, FICHIERS_MAXIMUM, Flux, fichiers};
use libfuzzer_sys::fuzz_target;

/// Lit tout, sans rien garder ; rend le nombre de fichiers et d'octets.
fn deployer(octets: &[u8]) -> (usize, u64) {
    let (mut nombre, mut total) = (0, 0);
    let compter = |source: &mut dyn Read, nom: &str| {
        assert!(!nom.chars().any(char::is_control));
        nombre += 1;
        let mut tampon = [0; 8192];
        while let Ok(n @ 1..) = source.read(&mut tampon) {
            total += u64::try_from(n).unwrap();
        }
        Ok::<(), Erreur>(())
    };
    // Une erreur est une réponse : seuls comptent les invariants.
    drop(fichiers(Cursor::new(octets), "lot", compter));
    (nombre, total)
}

fuzz_target!(|octets: &[u8]| {
    for magie in [&b""[..], b"PK\x03\x04", b"\x1F\x8B\x08"] {
        let contenu = [magie, octets].concat();
        let (nombre, total) = deployer(&contenu);
        assert!(nombre <= FICHIERS_MAXIMUM);
        let taille = u64::try_from(contenu.len()).unwrap();
        assert!(total <= DEPLOIEMENT_LIBRE.max(taille * DEPLOIEMENT_MAXIMAL));

        let flux = Flux::ouvrir(&contenu[..], "-").unwrap();
        let mut en_flux = 0;
        if flux.contenu() != Contenu::Zip {
            drop(flux.fichier("-", |source, _| {
                en_flux = std::io::copy(source, &mut std::io::sink()).unwrap_or(total);
                Ok::<(), Erreur>(())
            }));
            assert_eq!(en_flux, total);
        }
    }
});
