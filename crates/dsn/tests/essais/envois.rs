//! Les messages autour des déclarations : enveloppe du portail, envois d'essai, plusieurs cœurs.

use std::io::Cursor;
use std::num::NonZero;

use dsn::{Code, Declaration, Ecrivain, Lot, SousLot, lire, lire_en_parallele};
use jiff::civil::{date, datetime};

use crate::fabrique::{DECLARATION, EN_TETE, fichier, rubriques};
use crate::totaux::{euros, lues};

/// Un lot du portail.
fn lot(messages: u64) -> Lot {
    Lot {
        version: "V01R02".to_owned(),
        identifiant: "1".to_owned(),
        nature: "01".to_owned(),
        constitue_le: datetime(2026, 2, 5, 1, 2, 3, 0),
        messages,
    }
}

/// Un fichier du portail : deux messages acceptés (dont un d'essai, de deux déclarations), un rejeté.
fn du_portail() -> Vec<u8> {
    let mut e = Ecrivain::nouveau(Vec::new());
    e.ouvrir_lot(&lot(3)).unwrap();
    e.ouvrir_sous_lot(SousLot::Acceptees).unwrap();
    rubriques(
        &mut e,
        &[
            ("S10.G00.00.001", "PAIE"),
            ("S10.G00.00.005", "01"),
            ("S10.G00.00.006", "P25V01"),
        ],
    );
    rubriques(&mut e, &DECLARATION);
    rubriques(&mut e, &DECLARATION);
    e.fermer_message().unwrap();
    rubriques(&mut e, &EN_TETE);
    rubriques(&mut e, &DECLARATION);
    e.fermer_message().unwrap();
    e.fermer_sous_lot().unwrap();
    e.ouvrir_sous_lot(SousLot::RejeteesAuControle).unwrap();
    rubriques(&mut e, &EN_TETE);
    rubriques(&mut e, &[("S20.G00.05.001", "04")]);
    e.fermer_message().unwrap();
    e.fermer_sous_lot().unwrap();
    e.fermer_lot().unwrap();
    e.finir().unwrap()
}

#[test]
fn l_enveloppe_du_portail_dit_ce_qui_compte() {
    let lues = lues(&du_portail());
    let resume: Vec<_> = lues
        .iter()
        .map(|d| {
            (
                d.rang,
                d.lignes,
                d.envoi.norme.to_string(),
                d.envoi.essai,
                d.envoi.sous_lot,
                d.envoi.compte(),
            )
        })
        .collect();
    let acceptees = Some(SousLot::Acceptees);
    assert_eq!(
        resume,
        [
            (1, (11, 26), "P25V01".to_owned(), true, acceptees, false),
            (2, (27, 42), "P25V01".to_owned(), true, acceptees, false),
            (3, (48, 63), "P26V01".to_owned(), false, acceptees, true),
            (
                4,
                (72, 72),
                "P26V01".to_owned(),
                false,
                Some(SousLot::RejeteesAuControle),
                false
            ),
        ]
    );
    assert!(lues[..3].iter().all(|d| d.caisses[0].declare == euros(10000)));
    assert_eq!(lues[3].caisses, []);
}

#[test]
fn plusieurs_messages_se_suivent_sans_enveloppe() {
    let octets = [
        fichier(&DECLARATION),
        fichier(&[("S20.G00.05.001", "01"), ("S20.G00.05.002", "02")]),
    ]
    .concat();
    let lues = lues(&octets);
    assert_eq!(
        lues.iter().map(|d| d.lignes).collect::<Vec<_>>(),
        [(4, 19), (25, 26)]
    );
    // Une déclaration « néant » : ni individu, ni caisse, ni mois.
    let neant = &lues[1];
    assert_eq!(
        (neant.genre, neant.individus, neant.mois, neant.siret),
        (Code::de(b"02"), 0, None, None)
    );
    assert_eq!(
        (&neant.identifiant, &neant.remplace, neant.champ),
        (&None, &None, None)
    );
    assert!(neant.caisses.is_empty());
}

#[test]
fn un_lot_du_portail_sans_message_se_lit() {
    let mut e = Ecrivain::nouveau(Vec::new());
    e.ouvrir_lot(&lot(0)).unwrap();
    e.fermer_lot().unwrap();
    assert_eq!(lues(&e.finir().unwrap()), []);
}

#[test]
fn le_jour_du_depot_est_celui_que_dit_le_portail() {
    let depot = [
        &EN_TETE[..],
        &[("S10.G00.95.008", "20260205141038")],
        &[("S20.G00.05.001", "01")],
    ]
    .concat();
    let mut e = Ecrivain::nouveau(Vec::new());
    rubriques(&mut e, &depot);
    e.fermer_message().unwrap();
    rubriques(&mut e, &EN_TETE);
    rubriques(&mut e, &[("S20.G00.05.001", "01")]);
    e.fermer_message().unwrap();
    let jours: Vec<_> = lues(&e.finir().unwrap())
        .iter()
        .map(|d| d.envoi.depose_le)
        .collect();
    assert_eq!(jours, [Some(date(2026, 2, 5)), None]);
}

/// Plusieurs cœurs : la même chose que d'un trait, fautes comprises, où que tombent les coupes.
#[test]
fn plusieurs_coeurs_lisent_comme_un_seul() {
    let mut e = Ecrivain::nouveau(Vec::new());
    e.ouvrir_lot(&lot(60)).unwrap();
    for (i, sous_lot) in [SousLot::Acceptees, SousLot::RejeteesAuControle]
        .into_iter()
        .enumerate()
    {
        e.ouvrir_sous_lot(sous_lot).unwrap();
        for m in 0..30 {
            let essai = if (m + i) % 7 == 0 { "01" } else { "02" };
            let norme = if m % 2 == 0 { "P25V01" } else { "P26V01" };
            rubriques(
                &mut e,
                &[
                    ("S10.G00.00.001", "PAIE"),
                    ("S10.G00.00.005", essai),
                    ("S10.G00.00.006", norme),
                ],
            );
            for _ in 0..200 {
                rubriques(&mut e, &DECLARATION);
            }
            e.fermer_message().unwrap();
        }
        e.fermer_sous_lot().unwrap();
    }
    e.fermer_lot().unwrap();
    let juste = e.finir().unwrap();
    assert!(juste.len() > 4 << 20);
    let sans = |motif: &[u8]| {
        let place = memchr::memmem::rfind(&juste, motif).unwrap();
        let fin = place + 1 + memchr::memchr(b'\n', &juste[place + 1..]).unwrap();
        [&juste[..place], &juste[fin..]].concat()
    };
    let sans_s90 = sans(b"\nS90.G00.90.002");
    let sans_s95 = sans(b"\nS95.G51.00.002");
    let coupe_au_milieu = {
        let moitie = memchr::memmem::find(&juste[juste.len() / 2..], b"\nS90.G00.90.001").unwrap()
            + juste.len() / 2
            + 1;
        let suivant = memchr::memmem::find(&juste[moitie..], b"\nS10.G00.00.001").unwrap() + moitie + 1;
        [&juste[..moitie], &juste[suivant..]].concat()
    };
    for octets in [&juste, &sans_s90, &sans_s95, &coupe_au_milieu] {
        let mut declarations: Vec<Declaration> = Vec::new();
        let attendu = lire(&octets[..], "f", &mut declarations).map(|n| (declarations, n));
        assert_eq!(attendu.is_ok(), octets.len() == juste.len());
        for coeurs in [1, 2, 3, 7] {
            let longueur = u64::try_from(octets.len()).unwrap();
            let lu = lire_en_parallele(
                || Ok(Cursor::new(octets)),
                longueur,
                "f",
                NonZero::new(coeurs).unwrap(),
            );
            assert_eq!(lu, attendu, "{coeurs}");
        }
    }
}
