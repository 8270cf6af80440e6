//! Les ordres de prélèvement entiers : validés par le schéma officiel, relus par un autre lecteur que le nôtre.
#![expect(clippy::unwrap_used, reason = "dans un essai, paniquer est échouer")]

use std::{
    fmt::Write as _,
    io::{self, Write},
    path::Path,
    process::{Command, Stdio},
};

use jiff::{
    ToSpan,
    civil::{Date, DateTime, date, datetime},
};
use prelevements::{
    Adresse, Creancier, Ecrivain, ErreurEmission, Libelle, MontantPreleve, Nom, Ordre, Plan, RegleEmission,
    Remise, Sequence, Totaux,
};
use proptest::prelude::*;
use quick_xml::{Reader, events::Event};
use valeurs::{Iban, Montant};

const CREE_LE: DateTime = datetime(2026, 3, 2, 9, 30, 0, 0);

/// Valide ce texte contre le schéma officiel.
fn valider(xml: &[u8]) {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas/pain.008.001.08.xsd");
    let mut xmllint = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .arg(schema)
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect(
            "xmllint est introuvable : installez le paquet libxml2-utils (apt-get install libxml2-utils), \
             ou lancez « cargo xtask test », qui l’installe",
        );
    xmllint.stdin.take().unwrap().write_all(xml).unwrap();
    let sortie = xmllint.wait_with_output().unwrap();
    assert!(
        sortie.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&sortie.stderr),
        String::from_utf8_lossy(xml.get(..4_000).unwrap_or(xml))
    );
}

/// Un IBAN français juste, fait de son compte sans clés (10 chiffres de banque et guichet, 11 de compte).
fn iban_francais(compte: &str) -> Iban {
    let reste = |chiffres: &str| {
        chiffres
            .bytes()
            .fold(0, |r, b| (r * 10 + u32::from(b - b'0')) % 97)
    };
    let rib = 97 - reste(&format!("{compte}00"));
    let bban = format!("{compte}{rib:02}");
    // F vaut 15, R vaut 27.
    let cle = 98 - reste(&format!("{bban}152700"));
    format!("FR{cle:02}{bban}").parse().unwrap()
}

fn caisse() -> Creancier {
    Creancier {
        nom: Nom::new("MSA de la Gironde – Cotisations").unwrap(),
        iban: "FR7630006000011234567890189".parse().unwrap(),
        bic: Some("AGRIFRPP".parse().unwrap()),
        ics: "FR72ZZZ123456".parse().unwrap(),
    }
}

fn montant(centimes: i64) -> MontantPreleve {
    Montant::de_centimes(centimes).try_into().unwrap()
}

fn remise(echeance: Date, sequence: Sequence) -> Remise {
    Remise { echeance, sequence }
}

fn ordre(rang: u32, centimes: i64, remise: Remise) -> Ordre {
    Ordre {
        remise,
        bout_en_bout: format!("ECH-{rang:06}").parse().unwrap(),
        montant: montant(centimes),
        rum: format!("MSA33-{rang:06}").parse().unwrap(),
        signe_le: date(2025, 11, 3),
        debiteur: Nom::new("Élise de La Tour-d’Auvergne").unwrap(),
        iban: "FR1420041010050500013M02606".parse().unwrap(),
        bic: None,
        adresse: None,
        libelle: Some(Libelle::new("Échéancier n° 12, mensualité 3/10").unwrap()),
    }
}

/// Les trois ordres de l'instantané, de deux remises.
fn quelques_ordres() -> Vec<Ordre> {
    let mars = remise(date(2026, 3, 16), Sequence::Recurrent);
    let avril = remise(date(2026, 4, 15), Sequence::Unique);
    let suisse = Ordre {
        debiteur: Nom::new("Jürg Müller & Söhne").unwrap(),
        iban: "CH9300762011623852957".parse().unwrap(),
        bic: Some("UBSWCHZH80A".parse().unwrap()),
        adresse: Some(Adresse::new("Bahnhofstraße 1", "8001", "Zürich", "CH").unwrap()),
        libelle: None,
        ..ordre(3, 99_999_999_999, avril)
    };
    vec![ordre(1, 12_345, mars), ordre(2, 1, mars), suisse]
}

fn plan_de(ordres: &[Ordre]) -> Plan {
    let mut plan = Plan::new("MSA33-20260302-1".parse().unwrap());
    for ordre in ordres {
        plan.ajouter(ordre.remise, 1, ordre.montant.montant()).unwrap();
    }
    plan
}

fn ecrire_selon(plan: &Plan, ordres: &[Ordre]) -> Result<(Vec<u8>, Totaux), ErreurEmission> {
    let mut octets = Vec::new();
    let mut ecrivain = Ecrivain::commencer(&mut octets, plan, caisse(), CREE_LE)?;
    for ordre in ordres {
        ecrivain.ecrire(ordre)?;
    }
    let totaux = ecrivain.finir()?;
    Ok((octets, totaux))
}

fn ecrire(ordres: &[Ordre]) -> Vec<u8> {
    let plan = plan_de(ordres);
    let (octets, totaux) = ecrire_selon(&plan, ordres).unwrap();
    assert_eq!(totaux, plan.totaux());
    octets
}

/// Chaque feuille du fichier, dans l'ordre, avec son chemin sous `CstmrDrctDbtInitn` : un lecteur qui ne sait
/// rien de l'écrivain.
fn feuilles(xml: &[u8]) -> Vec<(String, String)> {
    let mut lecteur = Reader::from_reader(xml);
    let (mut tampon, mut chemin, mut feuilles) = (Vec::new(), Vec::<String>::new(), Vec::new());
    let mut texte: Option<String> = None;
    loop {
        match lecteur.read_event_into(&mut tampon).unwrap() {
            Event::Start(debut) => {
                chemin.push(debut.name().as_ref().to_owned());
                texte = Some(String::new());
            }
            Event::Text(lu) => {
                if let Some(texte) = &mut texte {
                    texte.push_str(&lu);
                }
            }
            Event::End(_) => {
                if let Some(texte) = texte.take() {
                    feuilles.push((chemin[2..].join("/"), texte));
                }
                chemin.pop();
            }
            Event::Eof => return feuilles,
            Event::Decl(_) => {}
            autre => panic!("{autre:?}"),
        }
        tampon.clear();
    }
}

/// Une remise relue : sa clé, ses totaux, ses opérations en clair.
type RemiseRelue = (Remise, (u64, i64), Vec<Vec<String>>);

/// Un fichier relu : totaux de l'en-tête, puis chaque remise.
#[derive(Debug, Default, PartialEq)]
struct Relu {
    entete: (u64, i64),
    remises: Vec<RemiseRelue>,
}

fn relire(xml: &[u8]) -> Relu {
    let mut relu = Relu::default();
    let centimes = |texte: &str| Montant::lire_point(texte).unwrap().centimes();
    let mut sequence = String::new();
    for (chemin, texte) in feuilles(xml) {
        let courante = relu.remises.last_mut();
        match chemin.strip_prefix("PmtInf/DrctDbtTxInf/") {
            Some("PmtId/EndToEndId") => courante.unwrap().2.push(vec![texte]),
            Some(_) => courante.unwrap().2.last_mut().unwrap().push(texte),
            None => match chemin.as_str() {
                "GrpHdr/NbOfTxs" => relu.entete.0 = texte.parse().unwrap(),
                "GrpHdr/CtrlSum" => relu.entete.1 = centimes(&texte),
                "PmtInf/PmtInfId" => {
                    relu.remises
                        .push((remise(Date::MIN, Sequence::Unique), (0, 0), Vec::new()));
                }
                "PmtInf/NbOfTxs" => courante.unwrap().1.0 = texte.parse().unwrap(),
                "PmtInf/CtrlSum" => courante.unwrap().1.1 = centimes(&texte),
                "PmtInf/PmtTpInf/SeqTp" => sequence = texte,
                "PmtInf/ReqdColltnDt" => {
                    let lue = Sequence::TOUTES
                        .into_iter()
                        .find(|s| s.code() == sequence)
                        .unwrap();
                    courante.unwrap().0 = remise(texte.parse().unwrap(), lue);
                }
                _ => {}
            },
        }
    }
    relu
}

/// Ce qu'on doit relire de ces ordres, rangés.
fn attendu(ordres: &[Ordre]) -> Relu {
    let mut relu = Relu::default();
    for ordre in ordres {
        let centimes = ordre.montant.montant().centimes();
        if relu
            .remises
            .last()
            .is_none_or(|derniere| derniere.0 != ordre.remise)
        {
            relu.remises.push((ordre.remise, (0, 0), Vec::new()));
        }
        let derniere = relu.remises.last_mut().unwrap();
        for totaux in [&mut relu.entete, &mut derniere.1] {
            *totaux = (totaux.0 + 1, totaux.1 + centimes);
        }
        let mut operation = vec![
            ordre.bout_en_bout.as_str().to_owned(),
            format!("{}.{:02}", centimes / 100, centimes % 100),
            ordre.rum.as_str().to_owned(),
            ordre.signe_le.to_string(),
            ordre
                .bic
                .as_ref()
                .map_or("NOTPROVIDED", |bic| bic.as_str())
                .to_owned(),
            ordre.debiteur.as_str().to_owned(),
        ];
        if ordre.adresse.is_some() {
            operation.extend(["Bahnhofstrasse 1", "8001", "Zurich", "CH"].map(str::to_owned));
        }
        operation.push(ordre.iban.as_str().to_owned());
        operation.extend(ordre.libelle.iter().map(|libelle| libelle.as_str().to_owned()));
        derniere.2.push(operation);
    }
    relu
}

#[test]
fn un_fichier_de_deux_remises_est_celui_que_la_norme_decrit() {
    let octets = ecrire(&quelques_ordres());
    valider(&octets);
    insta::assert_snapshot!(String::from_utf8(octets).unwrap());
}

#[test]
fn les_memes_ordres_font_les_memes_octets() {
    assert_eq!(ecrire(&quelques_ordres()), ecrire(&quelques_ordres()));
}

#[test]
fn un_fichier_se_relit_tel_qu_il_a_ete_donne() {
    assert_eq!(relire(&ecrire(&quelques_ordres())), attendu(&quelques_ordres()));
}

#[test]
fn dix_mille_ordres_font_un_fichier_juste() {
    let mut ordres: Vec<Ordre> = (0..10_000_u32)
        .map(|rang| {
            let echeance = date(2026, 3, 16) + i64::from(rang % 12).months();
            let sequence = Sequence::TOUTES[usize::try_from(rang % 4).unwrap()];
            ordre(rang, i64::from(rang) * 7 + 1, remise(echeance, sequence))
        })
        .collect();
    ordres.sort_by_key(|ordre| ordre.remise);
    let octets = ecrire(&ordres);
    valider(&octets);
    let relu = relire(&octets);
    // 1 + 8 + … + 69 994, compté à part.
    assert_eq!(relu.entete, (10_000, 349_975_000));
    assert_eq!(relu.remises.len(), 12);
    assert_eq!(relu, attendu(&ordres));
}

#[test]
fn le_schema_refuse_bien_un_fichier_faux() {
    let octets = ecrire(&quelques_ordres());
    let faux = String::from_utf8(octets).unwrap().replace("RCUR", "RCUX");
    assert!(std::panic::catch_unwind(|| valider(faux.as_bytes())).is_err());
}

/// L'erreur que font ces ordres, changés par `changer`, contre le plan des ordres d'origine.
fn refus(changer: impl FnOnce(&mut Vec<Ordre>)) -> ErreurEmission {
    let mut ordres = quelques_ordres();
    let plan = plan_de(&ordres);
    changer(&mut ordres);
    ecrire_selon(&plan, &ordres).unwrap_err()
}

#[test]
fn chaque_ordre_faux_dit_son_defaut_et_le_remede() {
    let refus: Vec<ErreurEmission> = vec![
        refus(|ordres| ordres[1].signe_le = date(2026, 3, 17)),
        refus(|ordres| ordres[0].signe_le = date(1899, 12, 31)),
        refus(|ordres| ordres[2].bic = None),
        refus(|ordres| ordres[2].adresse = None),
        refus(|ordres| ordres[2].iban = "TN5910006035183598478831".parse().unwrap()),
        refus(|ordres| ordres[0].montant = montant(12_346)),
        refus(|ordres| ordres.push(ordre(4, 1, remise(date(2026, 4, 15), Sequence::Unique)))),
        refus(|ordres| ordres.push(ordre(4, 1, remise(date(2026, 5, 15), Sequence::Unique)))),
        refus(|ordres| ordres.truncate(1)),
        refus(|ordres| ordres.truncate(2)),
        refus(|ordres| ordres.swap(1, 2)),
        refus(|ordres| ordres.swap(0, 2)),
        refus(|ordres| ordres.push(ordre(4, 1, ordres[0].remise))),
        ecrire_selon(&Plan::new("VIDE".parse().unwrap()), &[]).unwrap_err(),
    ];
    let mut messages = String::new();
    for erreur in &refus {
        writeln!(messages, "{erreur}").unwrap();
    }
    for personne in ["Elise", "FR14", "CH93", "ECH-", "MSA33-0", "Muller", "Echeancier"] {
        assert!(!messages.contains(personne), "{personne}");
    }
    insta::assert_snapshot!(messages);
}

#[test]
fn une_echeance_qui_n_est_pas_apres_le_jour_du_fichier_est_refusee() {
    for (jour, permise) in [(1, false), (2, false), (3, true)] {
        let echeance = remise(date(2026, 3, jour), Sequence::Recurrent);
        let ordres = [ordre(1, 100, echeance)];
        let resultat = ecrire_selon(&plan_de(&ordres), &ordres);
        assert_eq!(resultat.is_ok(), permise, "{jour}");
        if let Err(erreur) = resultat {
            assert_eq!(erreur.regle, RegleEmission::EcheancePassee(echeance));
        }
    }
}

#[test]
fn un_creancier_hors_de_l_espace_sepa_est_refuse() {
    let etranger = Creancier {
        iban: "TN5910006035183598478831".parse().unwrap(),
        ..caisse()
    };
    let erreur =
        Ecrivain::commencer(Vec::new(), &plan_de(&quelques_ordres()), etranger, CREE_LE).unwrap_err();
    assert_eq!(erreur.regle, RegleEmission::HorsSepa);
}

#[test]
fn apres_une_erreur_rien_ne_s_ecrit_plus() {
    let mut ordres = quelques_ordres();
    let plan = plan_de(&ordres);
    let mut ecrivain = Ecrivain::commencer(Vec::new(), &plan, caisse(), CREE_LE).unwrap();
    ordres[0].signe_le = date(2027, 1, 1);
    assert!(ecrivain.ecrire(&ordres[0]).is_err());
    for _ in 0..2 {
        let erreur = ecrivain.ecrire(&quelques_ordres()[0]).unwrap_err();
        assert_eq!(erreur.regle, RegleEmission::DejaArrete);
    }
    assert_eq!(ecrivain.finir().unwrap_err().regle, RegleEmission::DejaArrete);
}

/// Un disque plein après tant d'octets.
struct Plein(usize);

impl Write for Plein {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match self.0.min(octets.len()) {
            0 => Err(io::ErrorKind::StorageFull.into()),
            ecrits => {
                self.0 -= ecrits;
                Ok(ecrits)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn un_disque_plein_se_dit_ou_qu_il_arrive() {
    let ordres = quelques_ordres();
    let plan = plan_de(&ordres);
    let taille = ecrire(&ordres).len();
    let essayer = |place| -> Result<Totaux, ErreurEmission> {
        let mut ecrivain = Ecrivain::commencer(Plein(place), &plan, caisse(), CREE_LE)?;
        for ordre in &ordres {
            ecrivain.ecrire(ordre)?;
        }
        ecrivain.finir()
    };
    for place in [0, 1, 500, taille - 1] {
        let erreur = essayer(place).unwrap_err();
        assert_eq!(
            erreur.regle,
            RegleEmission::Ecriture(io::ErrorKind::StorageFull),
            "{place}"
        );
    }
    assert!(essayer(taille).is_ok());
}

#[test]
fn debug_ne_montre_aucune_donnee_personnelle() {
    let montre = format!("{:?} {:?}", quelques_ordres(), caisse());
    for personne in [
        "Elise",
        "Muller",
        "FR14",
        "CH93",
        "ECH-",
        "MSA33-0",
        "Echeancier",
        "Zurich",
    ] {
        assert!(!montre.contains(personne), "{montre}");
    }
}

fn une_reference() -> impl Strategy<Value = String> {
    "[A-Za-z0-9?:().,'+-]{1,17}(/[A-Za-z0-9?:().,'+-]{1,17})?".prop_filter("« sans référence »", |texte| {
        !texte.eq_ignore_ascii_case("NOTPROVIDED")
    })
}

prop_compose! {
    fn un_ordre()(
        (jours, sequence) in (0..20_i64, prop::sample::select(&Sequence::TOUTES[..])),
        (bout_en_bout, rum) in (une_reference(), une_reference()),
        centimes in prop_oneof![1..=999_999_999_99_i64, 1..100_000_i64],
        anciennete in 0..9_000_i64,
        (debiteur, libelle) in ("\\PC{0,90}a", prop::option::of("\\PC{0,160}")),
        compte in "[0-9]{21}",
        bic in prop::option::of("[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?"),
        suisse in prop::bool::weighted(0.2),
    ) -> Ordre {
        let echeance = date(2026, 3, 3) + jours.days();
        Ordre {
            remise: remise(echeance, sequence),
            bout_en_bout: bout_en_bout.parse().unwrap(),
            montant: montant(centimes),
            rum: rum.parse().unwrap(),
            signe_le: echeance - anciennete.days(),
            debiteur: Nom::new(&debiteur).or(Nom::new("Dupont")).unwrap(),
            iban: if suisse { "CH9300762011623852957".parse().unwrap() } else { iban_francais(&compte) },
            bic: bic.or(suisse.then(|| "UBSWCHZH80A".to_owned())).map(|bic| bic.parse().unwrap()),
            adresse: suisse.then(|| Adresse::new("Bahnhofstraße 1", "8001", "Zürich", "CH").unwrap()),
            libelle: libelle.and_then(|libelle| Libelle::new(&libelle).ok()),
        }
    }
}

proptest! {
    // Chaque cas lance xmllint.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn toute_liste_d_ordres_fait_un_fichier_valide_et_se_relit(
        mut ordres in prop::collection::vec(un_ordre(), 1..40)
    ) {
        ordres.sort_by_key(|ordre| ordre.remise);
        let octets = ecrire(&ordres);
        valider(&octets);
        prop_assert!(octets.is_ascii());
        let relu = relire(&octets);
        let somme: i64 = ordres.iter().map(|ordre| ordre.montant.montant().centimes()).sum();
        prop_assert_eq!(relu.entete, (u64::try_from(ordres.len()).unwrap(), somme));
        prop_assert_eq!(relu, attendu(&ordres));
    }
}
