//! Ce qui arrive compressé.

use std::io::{self, Cursor, Read, Write};

use dsn::{
    Contenu, DEPLOIEMENT_LIBRE, DEPLOIEMENT_MAXIMAL, Declaration, Erreur, FICHIERS_MAXIMUM, Faute, Flux,
    fichiers, lire,
};
use proptest::prelude::*;

use crate::fabrique::{Hache, fichier_juste, gzip, zip};

/// Le nom et le nombre de déclarations de chaque fichier.
pub(crate) fn lus(octets: &[u8], nom: &str) -> Result<Vec<(String, usize)>, Erreur> {
    let mut lus = Vec::new();
    fichiers(Cursor::new(octets), nom, |source, nom| {
        let mut declarations: Vec<Declaration> = Vec::new();
        lire(source, nom, &mut declarations)?;
        lus.push((nom.to_owned(), declarations.len()));
        Ok::<(), Erreur>(())
    })?;
    Ok(lus)
}

fn faute(octets: &[u8]) -> Faute {
    lus(octets, "lot").unwrap_err().faute
}

/// Les octets de chaque fichier, sans les lire comme une DSN.
fn copies(octets: &[u8]) -> Result<Vec<Vec<u8>>, Erreur> {
    let mut copies = Vec::new();
    fichiers(Cursor::new(octets), "lot", |source, _| {
        let mut copie = Vec::new();
        source.read_to_end(&mut copie).unwrap();
        copies.push(copie);
        Ok::<(), Erreur>(())
    })?;
    Ok(copies)
}

#[test]
fn un_contenu_se_reconnait_a_ses_premiers_octets() {
    let juste = fichier_juste();
    for (octets, contenu) in [
        (&juste[..], Contenu::Texte),
        (b"", Contenu::Texte),
        (b"P", Contenu::Texte),
        (b"PK", Contenu::Texte),
        (b"PKS10", Contenu::Texte),
        (b"\x1F", Contenu::Texte),
        (b"\x1F\x8B", Contenu::Gzip),
        (&gzip(&juste), Contenu::Gzip),
        (&zip(&[("a", &juste[..])]), Contenu::Zip),
        (&zip::<&str>(&[]), Contenu::Zip),
    ] {
        assert_eq!(Contenu::reconnaitre(octets), contenu);
        assert_eq!(Flux::ouvrir(octets, "-").unwrap().contenu(), contenu);
    }
}

#[test]
fn un_texte_un_gzip_et_un_zip_se_lisent_pareil() {
    let juste = fichier_juste();
    let deux_membres = [gzip(&juste[..50]), gzip(&juste[50..])].concat();
    for octets in [&juste[..], &gzip(&juste), &deux_membres] {
        assert_eq!(lus(octets, "janvier").unwrap(), [("janvier".to_owned(), 1)]);
    }
    let archive = zip(&[
        ("paies/", &b""[..]),
        ("paies/janvier.dsn", &juste),
        ("__MACOSX/paies/._janvier.dsn", b"\0\x05\x16\x07"),
        ("paies/.DS_Store", b"\0\0\0\x01Bud1"),
        ("f\u{e9}vrier.dsn", &juste),
    ]);
    assert_eq!(
        lus(&archive, "lot.zip").unwrap(),
        [
            ("lot.zip/paies/janvier.dsn".to_owned(), 1),
            ("lot.zip/f\u{e9}vrier.dsn".to_owned(), 1)
        ]
    );
}

#[test]
fn une_faute_dans_une_archive_nomme_le_fichier() {
    let mut faux = fichier_juste();
    faux.extend(b"\n");
    let archive = zip(&[("a.dsn", &fichier_juste()[..]), ("b.dsn", &faux)]);
    let erreur = lus(&archive, "lot.zip").unwrap_err();
    assert_eq!(erreur.fichier, "lot.zip/b.dsn");
    assert_eq!(erreur.ligne, 22);
}

#[test]
fn l_entree_standard_se_lit_sans_se_rembobiner() {
    let juste = fichier_juste();
    for octets in [juste.clone(), gzip(&juste)] {
        let mut declarations: Vec<Declaration> = Vec::new();
        let flux = Flux::ouvrir(Hache::nouveau(&octets[..], 3, 5), "-").unwrap();
        flux.fichier("-", |source, nom| lire(source, nom, &mut declarations).map(drop))
            .unwrap();
        assert_eq!(declarations.len(), 1);
        let mut brut = Vec::new();
        Flux::ouvrir(&octets[..], "-")
            .unwrap()
            .brut()
            .read_to_end(&mut brut)
            .unwrap();
        assert_eq!(brut, octets);
    }
    let archive = zip(&[("a", &juste[..])]);
    let refuse = Flux::ouvrir(&archive[..], "-")
        .unwrap()
        .fichier("-", |_, _| Ok::<(), Erreur>(()));
    assert_eq!(refuse.unwrap_err().faute, Faute::ZipEnFlux);
}

#[test]
fn une_archive_coupee_n_importe_ou_n_est_jamais_lue_pour_entiere() {
    let juste = fichier_juste();
    for archive in [gzip(&juste), zip(&[("a.dsn", &juste[..]), ("b.dsn", &juste)])] {
        for n in 4..archive.len() {
            let erreur = lus(&archive[..n], "lot").unwrap_err();
            assert_eq!(erreur.faute, Faute::Archive, "{n}");
            assert_eq!(erreur.fichier, "lot");
        }
    }
}

#[test]
fn un_octet_change_dans_le_texte_compresse_se_voit() {
    let juste = fichier_juste();
    let archive = zip(&[("a.dsn", &juste[..])]);
    // L'en-tête local (trente octets et le nom) puis le texte compressé.
    let place = 30 + 5 + 40;
    let mut fausse = archive;
    fausse[place] ^= 0x10;
    assert_eq!(faute(&fausse), Faute::Archive);
}

#[test]
fn un_nombre_de_fichiers_a_sa_borne() {
    let juste = fichier_juste();
    let noms: Vec<String> = (0..=FICHIERS_MAXIMUM).map(|n| format!("{n}.dsn")).collect();
    let tous: Vec<(&String, &[u8])> = noms.iter().map(|n| (n, &juste[..])).collect();
    assert_eq!(lus(&zip(&tous[1..]), "lot").unwrap().len(), FICHIERS_MAXIMUM);
    assert_eq!(faute(&zip(&tous)), Faute::TropDeFichiers(FICHIERS_MAXIMUM));
}

#[test]
fn une_table_de_zip_demesuree_est_refusee_avant_d_etre_gardee() {
    let longs: Vec<String> = (0..400).map(|n| format!("{n}{}", "d".repeat(60_000))).collect();
    let tous: Vec<(&String, &[u8])> = longs.iter().map(|n| (n, &b""[..])).collect();
    assert_eq!(faute(&zip(&tous)), Faute::TropDeFichiers(FICHIERS_MAXIMUM));
}

/// Un gzip de zéros dont le texte fait `n` octets.
fn bombe(n: u64) -> Vec<u8> {
    let mut sortie = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    io::copy(&mut io::repeat(b'0').take(n), &mut sortie).unwrap();
    sortie.finish().unwrap()
}

#[test]
fn une_archive_qui_se_deploie_trop_est_une_bombe() {
    let en_usize = |n: u64| usize::try_from(n).unwrap();
    // Jusqu'à seize mébioctets, le rapport ne compte pas.
    assert_eq!(
        copies(&bombe(DEPLOIEMENT_LIBRE)).unwrap()[0].len(),
        en_usize(DEPLOIEMENT_LIBRE)
    );
    let zeros = vec![b'0'; en_usize(DEPLOIEMENT_LIBRE) + 1];
    for archive in [bombe(DEPLOIEMENT_LIBRE + 1), zip(&[("a", &zeros[..])])] {
        let mut sortis = 0;
        let refus = fichiers(Cursor::new(&archive), "lot", |source, nom| {
            let mut tampon = [0; 4096];
            loop {
                match source.read(&mut tampon) {
                    Ok(0) => return Ok(()),
                    Ok(n) => sortis += n,
                    Err(e) => {
                        assert_eq!(
                            e.get_ref().unwrap().to_string(),
                            Faute::Bombe(DEPLOIEMENT_MAXIMAL).to_string()
                        );
                        // Comme le lecteur le ferait.
                        return lire(Echec(Some(e)), nom, &mut Vec::<Declaration>::new()).map(drop);
                    }
                }
            }
        });
        assert_eq!(refus.unwrap_err().faute, Faute::Bombe(DEPLOIEMENT_MAXIMAL));
        assert!(sortis <= en_usize(DEPLOIEMENT_LIBRE));
    }
}

/// Une source qui échoue.
struct Echec(Option<io::Error>);

impl Read for Echec {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

#[test]
fn plusieurs_petites_bombes_en_font_une() {
    let part = vec![b'0'; 2 << 20];
    let noms: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    let tous: Vec<(&String, &[u8])> = noms.iter().map(|n| (n, &part[..])).collect();
    assert_eq!(copies(&zip(&tous[..8])).unwrap().len(), 8);
    assert_eq!(
        copies(&zip(&tous)).unwrap_err().faute,
        Faute::Bombe(DEPLOIEMENT_MAXIMAL)
    );
}

#[test]
fn une_dsn_qui_se_repete_n_est_pas_une_bombe() {
    let mut corps = crate::fabrique::DECLARATION.to_vec();
    let individu = corps[10..].to_vec();
    for _ in 0..120_000 {
        corps.extend(&individu);
    }
    let texte = crate::fabrique::fichier(&corps);
    let archive = gzip(&texte);
    assert!(texte.len() > 16 << 20 && texte.len() / archive.len() > 100);
    assert_eq!(lus(&archive, "lot.gz").unwrap(), [("lot.gz".to_owned(), 1)]);
}

/// Le zip, avec un octet changé dans chaque en-tête local puis chaque en-tête de la table.
fn retoucher(mut archive: Vec<u8>, local: usize, central: usize, octets: &[u8]) -> Vec<u8> {
    for i in 0..archive.len() - 46 {
        let place = match &archive[i..i + 4] {
            b"PK\x03\x04" => i + local,
            b"PK\x01\x02" => i + central,
            _ => continue,
        };
        archive[place..place + octets.len()].copy_from_slice(octets);
    }
    archive
}

pub(crate) fn chiffre(archive: Vec<u8>) -> Vec<u8> {
    retoucher(archive, 6, 8, &[1, 0])
}

#[test]
fn une_archive_chiffree_vide_imbriquee_ou_d_une_autre_compression_est_refusee() {
    let juste = fichier_juste();
    let simple = zip(&[("a.dsn", &juste[..])]);
    assert_eq!(faute(&chiffre(simple.clone())), Faute::Chiffre);
    assert_eq!(
        faute(&retoucher(simple.clone(), 8, 10, &[9, 0])),
        Faute::Compression
    );
    assert_eq!(
        faute(&retoucher(simple.clone(), 8, 10, &[99, 0])),
        Faute::Compression
    );
    assert_eq!(faute(&zip::<&str>(&[])), Faute::ArchiveVide);
    assert_eq!(
        faute(&zip(&[("d/", &b""[..]), ("__MACOSX/x", b"x")])),
        Faute::ArchiveVide
    );
    for imbriquee in [
        zip(&[("b.zip", &simple[..])]),
        zip(&[("b.gz", &gzip(&juste)[..])]),
        gzip(&gzip(&juste)),
        gzip(&simple),
    ] {
        assert_eq!(faute(&imbriquee), Faute::ArchiveImbriquee);
    }
}

#[test]
fn deux_fichiers_du_meme_nom_sont_refuses() {
    let juste = fichier_juste();
    let archive = retoucher(zip(&[("a.dsn", &juste[..]), ("b.dsn", &juste)]), 30, 46, b"c.dsn");
    assert_eq!(faute(&archive), Faute::NomsEnDouble);
}

#[test]
fn des_fichiers_qui_se_recouvrent_sont_refuses() {
    let gros: Vec<u8> = fichier_juste().repeat(50);
    let archive = zip(&[("a.dsn", &gros[..]), ("b.dsn", &gros), ("c.dsn", &gros)]);
    // Chaque fichier se dit long comme toute l'archive.
    let longueur = u32::try_from(archive.len()).unwrap().to_le_bytes();
    assert_eq!(faute(&retoucher(archive, 18, 20, &longueur)), Faute::Archive);
}

#[test]
fn un_nom_hostile_ne_commande_pas_le_terminal() {
    let juste = fichier_juste();
    let archive = zip(&[("a\u{1b}[31m\n.dsn", &juste[..])]);
    let nom = lus(&archive, "lot.zip").unwrap().remove(0).0;
    assert_eq!(nom, "lot.zip/a\u{FFFD}[31m\u{FFFD}.dsn");
}

#[test]
fn une_panne_du_disque_n_est_pas_une_archive_fautive() {
    let panne = || Echec(Some(io::Error::from_raw_os_error(5)));
    let refus = Flux::ouvrir(gzip(&fichier_juste())[..20].chain(panne()), "lot")
        .unwrap()
        .fichier("lot", |source, nom| {
            lire(source, nom, &mut Vec::<Declaration>::new()).map(drop)
        });
    insta::assert_snapshot!(refus.unwrap_err(), @"lot : la lecture a échoué (erreur du système). Remède : vérifiez que le fichier est lisible et recommencez.");
}

#[test]
fn l_erreur_de_qui_recoit_arrete_la_lecture() {
    let juste = fichier_juste();
    let archive = zip(&[("a", &juste[..]), ("b", &juste)]);
    let mut n = 0;
    let refus = fichiers(Cursor::new(archive), "lot", |_, nom| {
        n += 1;
        Err(Faute::FichierVide).map_err(|faute| Erreur {
            fichier: nom.to_owned(),
            ligne: 1,
            faute,
        })
    });
    assert_eq!((n, refus.unwrap_err().fichier), (1, "lot/a".to_owned()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn une_archive_abimee_ne_panique_jamais(
        en_zip: bool, coups in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), coupe: Option<prop::sample::Index>,
    ) {
        let juste = fichier_juste();
        let mut octets = if en_zip { zip(&[("a.dsn", &juste[..]), ("b.dsn", &juste)]) } else { gzip(&juste) };
        for (place, octet) in coups {
            let i = place.index(octets.len());
            octets[i] = octet;
        }
        if let Some(coupe) = coupe {
            octets.truncate(coupe.index(octets.len()));
        }
        let _ = lus(&octets, "lot");
    }

    #[test]
    fn un_gzip_se_deploie_pareil_quel_que_soit_le_decoupage(texte in prop::collection::vec(any::<u8>(), 0..3_000), pas in 1..50_usize, graine: u64) {
        prop_assume!(Contenu::reconnaitre(&texte) == Contenu::Texte);
        let milieu = texte.len() / 2;
        let archive = [gzip(&texte[..milieu]), gzip(&texte[milieu..])].concat();
        let mut deploye = Vec::new();
        Flux::ouvrir(Hache::nouveau(&archive[..], pas, graine), "-").unwrap().fichier("-", |source, _| {
            io::copy(source, &mut deploye).unwrap();
            Ok::<(), Erreur>(())
        }).unwrap();
        prop_assert_eq!(deploye, texte);
    }
}

#[test]
fn la_sortie_d_un_zip_se_relit_octet_pour_octet() {
    let juste = fichier_juste();
    let mut gros = Vec::new();
    for _ in 0..2000 {
        gros.write_all(&juste).unwrap();
    }
    let archive = zip(&[("a", &juste[..]), ("b", &gros)]);
    assert_eq!(copies(&archive).unwrap(), [juste, gros]);
}
