//! Les comptes rendus entiers : ce qu'ils donnent, ce qu'ils refusent, et qu'ils ne paniquent jamais.
//!
//! Faute du schéma de pain.002 à portée, `fichiers/` est fait à la main, d'après la norme.
#![expect(clippy::unwrap_used, reason = "dans un essai, paniquer est échouer")]

use std::{
    fmt::Write as _,
    fs,
    io::{self, BufReader, Read},
    path::Path,
};

use prelevements::{Avis, CompteRendu, ErreurLecture, Motif, Objet, RegleLecture, Statut};
use proptest::prelude::*;

fn contenu(nom: &str) -> String {
    let chemin = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fichiers")
        .join(nom);
    fs::read_to_string(chemin).unwrap()
}

fn lire(nom: &str, contenu: &[u8]) -> Result<(String, Vec<Avis>), ErreurLecture> {
    // Un petit tampon : aucun découpage de la lecture ne doit changer le résultat.
    let mut compte_rendu = CompteRendu::ouvrir(nom, BufReader::with_capacity(7, contenu))?;
    let avis = compte_rendu.by_ref().collect::<Result<Vec<_>, _>>()?;
    Ok((compte_rendu.message().to_owned(), avis))
}

/// Un motif en clair, pour les comparaisons de ces essais : les personnes y sont inventées.
fn decrire_le_motif(motif: &Motif) -> String {
    let parties = [
        motif.code.map(|code| code.to_string()),
        motif.code_de_la_banque.clone().map(|code| format!("[{code}]")),
        motif
            .precision
            .clone()
            .map(|precision| format!("« {precision} »")),
    ];
    parties.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn decrire(avis: &Avis) -> String {
    let objet = match &avis.objet {
        Objet::Message => "message".to_owned(),
        Objet::Remise(reference) => format!("remise {reference}"),
        Objet::Operation(operation) => format!(
            "opération {} de {} : montant {:?}, échéance {:?}, mandat {:?}",
            operation.bout_en_bout,
            operation.remise,
            operation.montant.map(valeurs::Montant::en_point),
            operation.echeance.map(|date| date.to_string()),
            operation.rum,
        ),
    };
    let motifs: Vec<_> = avis.motifs.iter().map(decrire_le_motif).collect();
    format!(
        "{} : {objet} ; {} ; {}",
        avis.ligne,
        avis.statut,
        motifs.join(", ")
    )
}

fn rapport(nom: &str) -> String {
    let (message, avis) = lire(nom, contenu(nom).as_bytes()).unwrap();
    let avis: Vec<_> = avis.iter().map(decrire).collect();
    format!("{message}\n{}", avis.join("\n"))
}

#[test]
fn un_compte_rendu_de_rejets_dit_ce_qui_est_rejete_et_pourquoi() {
    insta::assert_snapshot!(rapport("rejets.xml"));
}

#[test]
fn un_message_rejete_en_entier_le_dit() {
    insta::assert_snapshot!(rapport("message_rejete.xml"));
}

#[test]
fn l_ancienne_version_prefixee_se_lit() {
    insta::assert_snapshot!(rapport("version_03.xml"));
}

#[test]
fn une_marque_d_ordre_des_octets_ne_change_rien() {
    let rejets = contenu("rejets.xml");
    let avec = format!("\u{FEFF}{rejets}");
    assert_eq!(lire("", avec.as_bytes()), lire("", rejets.as_bytes()));
}

/// L'erreur que fait `rejets.xml` quand on y change ce texte.
fn refus(de: &str, vers: &str) -> ErreurLecture {
    let rejets = contenu("rejets.xml");
    assert!(rejets.contains(de), "{de}");
    lire("rejets.xml", rejets.replacen(de, vers, 1).as_bytes()).expect_err(vers)
}

#[test]
fn chaque_compte_rendu_invalide_dit_son_defaut_et_le_remede() {
    let longue = "X".repeat(36);
    let mut messages = String::new();
    for (de, vers) in [
        ("pain.002.001.10", "pain.002.001.11"),
        ("pain.002.001.10", "camt.053.001.08"),
        ("CstmrPmtStsRpt", "CstmrPmtXxxRpt"),
        ("pain.008.001.08", "pain.001.001.09"),
        ("<OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId>", ""),
        ("<OrgnlMsgId>MSA33-20260302-1</OrgnlMsgId>", ""),
        ("<OrgnlMsgId>MSA33-20260302-1", &format!("<OrgnlMsgId>{longue}")),
        ("<GrpSts>PART</GrpSts>", "<GrpSts>Guerin</GrpSts>"),
        (
            "<GrpSts>PART</GrpSts>",
            "<GrpSts>PART</GrpSts><GrpSts>PART</GrpSts>",
        ),
        ("<OrgnlGrpInfAndSts>", "<Autre/><OrgnlGrpInfAndSts>"),
        ("<OrgnlPmtInfId>MSA33-20260302-1-0001</OrgnlPmtInfId>", ""),
        ("<DtldNbOfTxs>3</DtldNbOfTxs>", "<DtldNbOfTxs>4</DtldNbOfTxs>"),
        ("<DtldNbOfTxs>3</DtldNbOfTxs>", "<DtldNbOfTxs>trois</DtldNbOfTxs>"),
        ("<DtldSts>RJCT</DtldSts>", ""),
        ("<OrgnlEndToEndId>ECH-000001</OrgnlEndToEndId>", ""),
        (
            "<OrgnlEndToEndId>ECH-000001",
            &format!("<OrgnlEndToEndId>{longue}"),
        ),
        ("<TxSts>RJCT</TxSts>", "<TxSts>Guerin</TxSts>"),
        ("<TxSts>RJCT</TxSts>", ""),
        ("\"EUR\">123.45", "\"USD\">123.45"),
        ("\"EUR\">123.45", "\"EUR\">123.456"),
        ("\"EUR\">123.45", "\"EUR\">-123.45"),
        ("\"EUR\">123.45", "\"EUR\">0"),
        ("2026-03-16", "2026-02-30"),
        ("</TxInfAndSts>", "</TxInfAndSts><PmtInfSts>RJCT</PmtInfSts>"),
        ("<OrgnlPmtInfAndSts>", "<Autre/><OrgnlPmtInfAndSts>"),
        ("</Document>", "</Document><Document/>"),
        ("</CstmrPmtStsRpt>", "</CstmrPmtStsRpt><Autre/>"),
        ("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\""),
        ("<Document", "<!DOCTYPE Document><Document"),
        ("Elise Guerin", "Elise &Guerin;"),
        ("</GrpHdr>", "</GrpHdr2>"),
    ] {
        let erreur = refus(de, vers);
        assert!(!erreur.to_string().contains("Guerin"), "{erreur}");
        writeln!(messages, "{erreur}").unwrap();
    }
    let sans_statut = contenu("message_rejete.xml").replace("<GrpSts>RJCT</GrpSts>", "");
    for contenu in [
        sans_statut.as_str(),
        "",
        "bonjour",
        "PK\u{3}\u{4}",
        "<html></html>",
        "<Document>",
    ] {
        writeln!(messages, "{}", lire("autre.xml", contenu.as_bytes()).unwrap_err()).unwrap();
    }
    writeln!(messages, "{}", lire("utf16.xml", b"\xFF\xFE<\x00").unwrap_err()).unwrap();
    insta::assert_snapshot!(messages);
}

#[test]
fn toute_troncature_est_refusee() {
    for nom in ["rejets.xml", "version_03.xml"] {
        let entier = contenu(nom);
        let utile = entier.trim_end().len();
        for taille in 0..utile {
            assert!(
                lire(nom, &entier.as_bytes()[..taille]).is_err(),
                "{nom} coupé à {taille}"
            );
        }
        assert!(lire(nom, &entier.as_bytes()[..utile]).is_ok());
    }
}

#[test]
fn aucune_remise_detaillee_n_est_exigee_d_un_rejet_en_bloc() {
    let (_, avis) = lire("", contenu("rejets.xml").as_bytes()).unwrap();
    let derniere = avis.last().unwrap();
    assert_eq!(derniere.objet, Objet::Remise("MSA33-20260302-1-0002".to_owned()));
    assert_eq!(derniere.statut, Statut::Rejete);
}

#[test]
fn debug_ne_montre_aucune_donnee_personnelle() {
    let compte_rendu = lire("", contenu("rejets.xml").as_bytes()).unwrap();
    let montre = format!("{compte_rendu:?}");
    for personne in ["Guerin", "ECH-", "MSA33-000001", "FR14", "maison"] {
        assert!(!montre.contains(personne), "{montre}");
    }
}

#[test]
fn apres_une_erreur_l_iterateur_est_fini() {
    let rejets = contenu("rejets.xml");
    let tronque = &rejets.as_bytes()[..rejets.len() / 2];
    let mut compte_rendu = CompteRendu::ouvrir("tronque.xml", tronque).unwrap();
    assert!(compte_rendu.by_ref().any(|avis| avis.is_err()));
    assert!(compte_rendu.next().is_none());
}

#[test]
fn des_balises_trop_imbriquees_ou_trop_nombreuses_sont_refusees() {
    let avec = |ajout: &str| {
        let contenu = contenu("rejets.xml").replacen("<OrgnlTxRef>", &format!("<OrgnlTxRef>{ajout}"), 1);
        lire("", contenu.as_bytes()).map(|_| ())
    };
    let imbriquees = format!("{}{}", "<a>".repeat(50), "</a>".repeat(50));
    assert_eq!(
        avec(&imbriquees).unwrap_err().regle,
        RegleLecture::TropProfond(40)
    );
    assert_eq!(
        avec(&"<a/>".repeat(4_001)).unwrap_err().regle,
        RegleLecture::TropDElements(4_000)
    );
    assert_eq!(avec(&"<a/>".repeat(3_000)), Ok(()));
}

#[test]
fn un_gigaoctet_de_rebut_echoue_aussitot() {
    let debut = contenu("rejets.xml");
    let dans_la_remise = debut.split_once("<StsId>").unwrap().0;
    for (debut, motif, attendue) in [
        ("", b'a', RegleLecture::TexteTropLong(65_536)),
        ("<", b'a', RegleLecture::TexteTropLong(65_536)),
        ("<!--", b'-', RegleLecture::TexteTropLong(65_536)),
        ("<Document ", b' ', RegleLecture::TexteTropLong(65_536)),
        (dans_la_remise, b'a', RegleLecture::TexteTropLong(65_536)),
    ] {
        let source = io::Cursor::new(debut.as_bytes().to_vec()).chain(io::repeat(motif).take(1 << 30));
        let erreur = match CompteRendu::ouvrir("rebut", BufReader::new(source)) {
            Ok(compte_rendu) => compte_rendu.filter_map(Result::err).next(),
            Err(erreur) => Some(erreur),
        };
        assert_eq!(erreur.map(|erreur| erreur.regle), Some(attendue), "{debut}");
    }
}

#[test]
fn cent_mille_rejets_se_lisent_un_a_un() {
    let rejets = contenu("rejets.xml");
    let (avant, suite) = rejets.split_once("      <NbOfTxsPerSts>").unwrap();
    let (_, apres) = suite.split_once("    </OrgnlPmtInfAndSts>").unwrap();
    let operation = "<TxInfAndSts><OrgnlEndToEndId>E</OrgnlEndToEndId><TxSts>RJCT</TxSts></TxInfAndSts>\n";
    let source = io::Cursor::new(avant.to_owned())
        .chain(io::Cursor::new(operation.repeat(100_000)))
        .chain(io::Cursor::new(format!("    </OrgnlPmtInfAndSts>{apres}")));
    let compte_rendu = CompteRendu::ouvrir("grand.xml", BufReader::new(source)).unwrap();
    let operations = compte_rendu
        .map(Result::unwrap)
        .filter(|avis| matches!(avis.objet, Objet::Operation(_)));
    assert_eq!(operations.count(), 100_000);
}

#[test]
fn une_panne_de_lecture_se_dit() {
    struct Panne;
    impl Read for Panne {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    let erreur = CompteRendu::ouvrir("panne", BufReader::new(Panne)).unwrap_err();
    assert_eq!(
        erreur.regle,
        RegleLecture::Lecture(io::ErrorKind::PermissionDenied)
    );
}

#[test]
fn le_nom_du_fichier_ne_porte_pas_de_caractere_de_commande_dans_le_message() {
    let erreur = lire("reje\x1B[2Jts\n.xml", b"").unwrap_err();
    assert!(
        erreur
            .to_string()
            .starts_with("reje[2Jts.xml, ligne 1, champ fichier : ")
    );
}

proptest! {
    #[test]
    fn aucun_fichier_quelconque_ne_fait_paniquer(octets in prop::collection::vec(any::<u8>(), 0..2_000)) {
        let debut = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>";
        for debut in [&b""[..], b"<", debut.as_bytes()] {
            if let Err(erreur) = lire("quelconque", &[debut, &octets].concat()) {
                prop_assert!(erreur.ligne >= 1);
            }
        }
    }

    #[test]
    fn aucun_compte_rendu_abime_ne_fait_paniquer(
        fichier in prop::sample::select(&["rejets.xml", "message_rejete.xml", "version_03.xml"][..]),
        changements in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        coupe in any::<Option<prop::sample::Index>>(),
    ) {
        let mut contenu = contenu(fichier).into_bytes();
        for (place, octet) in changements {
            let place = place.index(contenu.len());
            contenu[place] = octet;
        }
        if let Some(coupe) = coupe {
            contenu.truncate(coupe.index(contenu.len()));
        }
        match lire("abîmé", &contenu) {
            Ok((_, avis)) => prop_assert!(!avis.is_empty()),
            Err(erreur) => prop_assert!(!erreur.to_string().is_empty()),
        }
    }
}
