//! Les relevés entiers : ce qu'ils donnent, ce qu'ils refusent, et qu'ils ne paniquent jamais.
#![expect(clippy::unwrap_used, reason = "dans un essai, paniquer est échouer")]

use std::{
    fmt::Write as _,
    fs,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use proptest::prelude::*;
use releves::{Bilan, Erreur, Format, Ligne, ModePaiement, Operation, Regle, Releve, Retour};

fn chemin(nom: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fichiers")
        .join(nom)
}

fn contenu(nom: &str) -> Vec<u8> {
    fs::read(chemin(nom)).unwrap()
}

fn lire(nom: &str, contenu: &[u8]) -> Result<(Format, Vec<Ligne>, Bilan), Erreur> {
    // Un petit tampon : aucun découpage de la lecture ne doit changer le résultat.
    let mut releve = Releve::ouvrir(nom, BufReader::with_capacity(7, contenu))?;
    let lignes = releve.by_ref().collect::<Result<Vec<_>, _>>()?;
    Ok((releve.format(), lignes, *releve.bilan()))
}

fn lignes(nom: &str) -> Vec<Ligne> {
    lire(nom, &contenu(nom)).unwrap().1
}

/// Une ligne en clair, pour les comparaisons de ces tests : les personnes y sont inventées.
fn decrire(ligne: &Ligne) -> String {
    let mut texte = format!(
        "{} : {} {} {}",
        ligne.numero,
        ligne.date,
        ligne.montant,
        ligne.mode.libelle()
    );
    match &ligne.operation {
        Operation::Credit => texte.push_str(", crédit"),
        Operation::Debit => texte.push_str(", débit"),
        Operation::Retour(retour) => texte.push_str(&decrire_le_retour("retour", retour)),
        Operation::DebitAnnule(retour) => texte.push_str(&decrire_le_retour("débit annulé", retour)),
    }
    for (nom, valeur) in [
        ("valeur", ligne.date_valeur.map(|date| date.to_string())),
        ("caisse", ligne.caisse.map(|caisse| caisse.to_string())),
        (
            "siret",
            ligne.siret.as_ref().map(|siret| siret.as_str().to_owned()),
        ),
        ("période", ligne.periode.map(|periode| periode.to_string())),
        ("iban", ligne.iban.as_ref().map(|_| "connu".to_owned())),
        ("nom", ligne.nom_payeur.clone()),
        ("libellé", ligne.libelle.clone()),
        ("créancier", ligne.reference_creancier.clone()),
        ("banque", ligne.reference_bancaire.clone()),
        ("détail", ligne.reference_detail.clone()),
        ("bout en bout", ligne.end_to_end.clone()),
        ("compte", ligne.compte_caisse.as_ref().map(|_| "connu".to_owned())),
        ("lot", ligne.lot.as_ref().map(|lot| format!("{lot:?}"))),
    ] {
        if let Some(valeur) = valeur {
            write!(texte, "\n    {nom} : {valeur}").unwrap();
        }
    }
    texte
}

fn decrire_le_retour(quoi: &str, retour: &Retour) -> String {
    let origine = &retour.origine;
    let references: Vec<_> = [
        &origine.end_to_end,
        &origine.transaction,
        &origine.bancaire,
        &origine.mandat,
        &origine.remise,
    ]
    .into_iter()
    .flatten()
    .map(String::as_str)
    .collect();
    let motif = retour
        .motif
        .map_or_else(|| "sans motif".to_owned(), |motif| motif.to_string());
    format!(", {quoi} de [{}] : {motif}", references.join(", "))
}

fn rapport(nom: &str) -> String {
    let (format, lignes, bilan) = lire(nom, &contenu(nom)).unwrap();
    let lignes: Vec<_> = lignes.iter().map(decrire).collect();
    format!("{format:?}\n{}\n{bilan:?}", lignes.join("\n"))
}

#[test]
fn un_camt_053_donne_ses_ecritures_comptabilisees() {
    insta::assert_snapshot!(rapport("camt053.xml"));
}

#[test]
fn un_camt_054_detaille_les_lots_et_les_rejets() {
    insta::assert_snapshot!(rapport("camt054.xml"));
}

#[test]
fn un_camt_053_ancien_prefixe_et_en_deux_pages_se_lit() {
    insta::assert_snapshot!(rapport("camt053_version_02.xml"));
}

#[test]
fn un_cfonb_120_donne_ses_mouvements_et_leurs_complements() {
    insta::assert_snapshot!(rapport("cfonb120.txt"));
}

#[test]
fn un_cfonb_120_sans_fin_de_ligne_dit_la_meme_chose() {
    let avec = lignes("cfonb120.txt");
    assert_eq!(lignes("cfonb120_sans_fin_de_ligne.txt"), avec);
    let avec_crlf: Vec<u8> = contenu("cfonb120_minimal.txt")
        .into_iter()
        .flat_map(|octet| {
            if octet == b'\n' {
                vec![b'\r', b'\n']
            } else {
                vec![octet]
            }
        })
        .collect();
    assert_eq!(lire("", &avec_crlf).unwrap().1, lignes("cfonb120_minimal.txt"));
}

#[test]
fn la_meme_ecriture_a_la_meme_reference_en_camt_053_et_en_camt_054() {
    let (du_053, du_054) = (lignes("camt053.xml"), lignes("camt054.xml"));
    for avis in &du_054 {
        let ecriture: Vec<_> = du_053
            .iter()
            .filter(|ligne| ligne.reference_bancaire == avis.reference_bancaire)
            .collect();
        let [ecriture] = ecriture.as_slice() else {
            panic!("{avis:?}")
        };
        let montant = avis.lot.as_ref().map_or(avis.montant, |lot| lot.montant_total);
        assert_eq!(montant, ecriture.montant);
        if avis.lot.is_none() {
            assert_eq!(avis.reference_detail, ecriture.reference_detail);
        }
    }
    let lot: Vec<_> = du_054.iter().filter(|ligne| ligne.lot.is_some()).collect();
    assert_eq!(lot.len(), 3);
    assert_eq!(lot[0].reference_detail.as_deref(), Some("PRLV-0001#1"));
    assert_eq!(lot[1].reference_detail.as_deref(), Some("PRLV-0001#2"));
}

#[test]
fn les_lignes_font_la_difference_des_soldes() {
    for (nom, difference) in [("camt053.xml", 648_122), ("cfonb120.txt", 616_382)] {
        let signe = |ligne: &Ligne| ligne.montant.centimes() * if ligne.operation.entre() { 1 } else { -1 };
        assert_eq!(lignes(nom).iter().map(signe).sum::<i64>(), difference, "{nom}");
    }
}

#[test]
fn une_liste_de_paiements_garde_ses_lignes_identiques() {
    let (format, lignes, bilan) = lire("paiements.csv", &contenu("paiements.csv")).unwrap();
    assert_eq!(format, Format::Csv);
    assert_eq!(bilan.lignes, 29);
    let total: i64 = lignes.iter().map(|ligne| ligne.montant.centimes()).sum();
    assert_eq!(total, TOTAL_DES_PAIEMENTS);
    let jumelles = |ligne: &Ligne| {
        lignes
            .iter()
            .filter(|autre| {
                Ligne {
                    numero: ligne.numero,
                    ..(*autre).clone()
                } == *ligne
            })
            .count()
    };
    assert_eq!(lignes.iter().filter(|ligne| jumelles(ligne) == 2).count(), 4);
    let sans_iban: Vec<_> = lignes.iter().filter(|ligne| ligne.iban.is_none()).collect();
    assert_eq!(sans_iban.len(), 1);
    assert_eq!(sans_iban[0].mode, ModePaiement::Virement);
    assert_eq!(lignes[0].numero, 2);
}

/// En centimes, compté à part sur le fichier.
const TOTAL_DES_PAIEMENTS: i64 = 4_157_765;

#[test]
fn le_bom_les_guillemets_et_les_lignes_vides_d_un_csv_ne_changent_rien() {
    let attendues = lignes("paiements.csv");
    let texte = String::from_utf8(contenu("paiements.csv")).unwrap();
    let (en_tete, corps) = texte.split_once("\r\n").unwrap();
    let corps: String = corps
        .lines()
        .map(|ligne| format!("\"{}\"\n", ligne.replace(';', "\";\"")))
        .collect();
    let habille = format!("\u{FEFF}{en_tete}\n{corps}\n\n");
    assert_eq!(lire("", habille.as_bytes()).unwrap().1, attendues);
}

#[test]
fn un_camt_commence_par_un_bom_se_lit() {
    let mut avec_bom = b"\xEF\xBB\xBF".to_vec();
    avec_bom.extend(contenu("camt053.xml"));
    assert_eq!(lire("", &avec_bom).unwrap().1, lignes("camt053.xml"));
}

#[test]
fn chaque_fichier_invalide_dit_son_defaut_et_le_remede() {
    let mut noms: Vec<_> = fs::read_dir(chemin("invalides"))
        .unwrap()
        .map(|entree| entree.unwrap().file_name().into_string().unwrap())
        .collect();
    noms.sort();
    let mut messages = String::new();
    for nom in &noms {
        let erreur = lire(nom, &contenu(&format!("invalides/{nom}"))).map(|(_, lignes, _)| lignes.len());
        let erreur = erreur.expect_err(nom);
        writeln!(messages, "{erreur}").unwrap();
    }
    insta::assert_snapshot!(messages);
}

#[test]
fn aucune_erreur_ni_aucun_debug_ne_montre_une_donnee_personnelle() {
    let personnes = ["Guérin", "MULLER", "Müller", "FR76", "FR14", "Cotisations"];
    for nom in [
        "camt053.xml",
        "camt054.xml",
        "camt053_minimal.xml",
        "cfonb120.txt",
    ] {
        let montre = format!("{:?}", lignes(nom));
        assert!(
            personnes.iter().all(|personne| !montre.contains(personne)),
            "{montre}"
        );
    }
}

#[test]
fn apres_une_erreur_l_iterateur_est_fini() {
    let tronque = contenu("invalides/camt053_tronque.xml");
    let mut releve = Releve::ouvrir("tronque.xml", tronque.as_slice()).unwrap();
    assert!(releve.by_ref().any(|ligne| ligne.is_err()));
    assert!(releve.next().is_none());
}

#[test]
fn toute_troncature_d_un_camt_ou_d_un_cfonb_est_refusee() {
    for nom in ["camt053_minimal.xml", "cfonb120_minimal.txt"] {
        let entier = contenu(nom);
        let utile = entier.len() - 1;
        for taille in 0..utile {
            assert!(lire(nom, &entier[..taille]).is_err(), "{nom} coupé à {taille}");
        }
        assert!(lire(nom, &entier[..utile]).is_ok());
    }
}

/// Un gigaoctet derrière un début plausible, produit sans le garder.
fn gigaoctet(debut: &str, motif: u8) -> impl io::BufRead {
    BufReader::new(io::Cursor::new(debut.as_bytes().to_vec()).chain(io::repeat(motif).take(1 << 30)))
}

#[test]
fn un_gigaoctet_de_rebut_echoue_aussitot() {
    let camt =
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Acct><Id>";
    for (debut, motif, attendue) in [
        ("", b'a', Regle::FormatInconnu),
        ("", 0, Regle::FormatInconnu),
        ("01", b'0', Regle::Devise),
        (
            "date;caisse;siret;periode;montant;mode;iban\n",
            b'a',
            Regle::LigneTropLongue(4096),
        ),
        ("date;", b';', Regle::LigneTropLongue(4096)),
        (camt, b'a', Regle::TexteTropLong(65_536)),
        ("<", b'a', Regle::TexteTropLong(65_536)),
        ("<!--", b'-', Regle::TexteTropLong(65_536)),
        ("<Document ", b' ', Regle::TexteTropLong(65_536)),
    ] {
        let erreur = match Releve::ouvrir("rebut", gigaoctet(debut, motif)) {
            Ok(releve) => releve.filter_map(Result::err).next(),
            Err(erreur) => Some(erreur),
        };
        assert_eq!(erreur.map(|erreur| erreur.regle), Some(attendue), "{debut}");
    }
}

#[test]
fn des_balises_trop_imbriquees_ou_trop_nombreuses_sont_refusees() {
    let minimal = String::from_utf8(contenu("camt053_minimal.xml")).unwrap();
    let avec = |ajout: &str| {
        lire(
            "",
            minimal
                .replace("<RmtInf>", &format!("<RmtInf>{ajout}"))
                .as_bytes(),
        )
    };
    let imbriquees = format!("{}{}", "<a>".repeat(50), "</a>".repeat(50));
    assert_eq!(avec(&imbriquees).unwrap_err().regle, Regle::TropProfond(40));
    assert_eq!(
        avec(&"<a/>".repeat(4_001)).unwrap_err().regle,
        Regle::TropDElements(4_000)
    );
    assert!(avec(&"<a/>".repeat(3_000)).is_ok());
}

#[test]
fn une_panne_de_lecture_se_dit() {
    struct Panne;
    impl Read for Panne {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    let erreur = Releve::ouvrir("panne", BufReader::new(Panne)).unwrap_err();
    assert_eq!(erreur.regle, Regle::Lecture(io::ErrorKind::PermissionDenied));
}

const VALIDES: [&str; 6] = [
    "camt053_minimal.xml",
    "camt054.xml",
    "camt053_version_02.xml",
    "cfonb120.txt",
    "cfonb120_sans_fin_de_ligne.txt",
    "paiements.csv",
];

proptest! {
    #[test]
    fn aucun_fichier_quelconque_ne_fait_paniquer(octets in prop::collection::vec(any::<u8>(), 0..2_000)) {
        for debut in [&b""[..], b"<", b"01", b"date;caisse;siret;periode;montant;mode;iban\n"] {
            let contenu = [debut, &octets].concat();
            if let Err(erreur) = lire("quelconque", &contenu) {
                prop_assert!(erreur.ligne >= 1);
            }
        }
    }

    #[test]
    fn aucun_releve_abime_ne_fait_paniquer(
        fichier in prop::sample::select(&VALIDES[..]),
        changements in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        coupe in any::<Option<prop::sample::Index>>(),
    ) {
        let mut contenu = contenu(fichier);
        for (place, octet) in changements {
            let place = place.index(contenu.len());
            contenu[place] = octet;
        }
        if let Some(coupe) = coupe {
            contenu.truncate(coupe.index(contenu.len()));
        }
        match lire("abîmé", &contenu) {
            Ok((_, lignes, bilan)) => {
                prop_assert_eq!(bilan.lignes, u64::try_from(lignes.len()).unwrap());
                prop_assert!(lignes.iter().all(|ligne| ligne.montant.centimes() > 0));
            }
            Err(erreur) => prop_assert!(!erreur.to_string().is_empty()),
        }
    }
}
