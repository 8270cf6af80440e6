//! Ce que l'écrivain écrit se relit ; ce que la norme interdit ne s'écrit pas.

use std::io;

use dsn::{
    Declaration, Ecrivain, ErreurEcriture, FinDeLigne, Lignes, Lot, Rubrique, SousLot, lire, lire_octets,
    texte,
};
use jiff::civil::datetime;
use proptest::prelude::*;

use crate::fabrique::{DECLARATION, EN_TETE, Hache, fichier, rubriques};

fn r(nom: &str) -> Rubrique {
    nom.parse().unwrap()
}

fn lot(messages: u64) -> Lot {
    Lot {
        version: "V01R02".to_owned(),
        identifiant: "769608".to_owned(),
        nature: "01".to_owned(),
        constitue_le: datetime(2025, 12, 19, 20, 16, 48, 0),
        messages,
    }
}

/// Les rubriques d'un fichier du portail, et lui refait par l'écrivain : octet pour octet.
#[test]
fn l_enveloppe_est_celle_du_portail() {
    let mut ecrivain = Ecrivain::nouveau(Vec::new());
    ecrivain.ouvrir_lot(&lot(1)).unwrap();
    for sous_lot in [
        SousLot::Acceptees,
        SousLot::RejeteesAuFormat,
        SousLot::RejeteesAuControle,
        SousLot::Autre,
    ] {
        ecrivain.ouvrir_sous_lot(sous_lot).unwrap();
        if sous_lot == SousLot::Acceptees {
            rubriques(&mut ecrivain, &EN_TETE);
            rubriques(&mut ecrivain, &[("S20.G00.05.001", "07")]);
            ecrivain.fermer_message().unwrap();
        }
        ecrivain.fermer_sous_lot().unwrap();
    }
    ecrivain.fermer_lot().unwrap();
    insta::assert_snapshot!(texte(&ecrivain.finir().unwrap()), @"
    S05.G51.00.001,'V01R02'
    S05.G51.00.002,'769608'
    S05.G51.00.003,'01'
    S05.G51.00.004,'19122025'
    S05.G51.00.005,'201648'
    S05.G51.00.006,'1'
    S06.G51.00.001,'DSNOK'
    S10.G00.00.001,'PAIE'
    S10.G00.00.005,'02'
    S10.G00.00.006,'P26V01'
    S20.G00.05.001,'07'
    S90.G00.90.001,'6'
    S90.G00.90.002,'1'
    S96.G51.00.001,'FINSL'
    S96.G51.00.002,'1'
    S06.G51.00.001,'FP-KO'
    S96.G51.00.001,'FINSL'
    S96.G51.00.002,'0'
    S06.G51.00.001,'CT-KO'
    S96.G51.00.001,'FINSL'
    S96.G51.00.002,'0'
    S06.G51.00.001,'AUTRE'
    S96.G51.00.001,'FINSL'
    S96.G51.00.002,'0'
    S95.G51.00.001,'769608'
    S95.G51.00.002,'1'
    ");
}

#[test]
fn une_valeur_que_la_norme_interdit_ne_s_ecrit_pas() {
    let longue = "x".repeat(240);
    let refus: Vec<String> = [
        "",
        "JOSÉ\u{0153}UF",
        "1 €",
        "A\nB",
        "A\u{7f}",
        "A\u{85}B",
        " A",
        "A ",
        "A\u{a0}",
        "\t",
        &longue,
    ]
    .iter()
    .map(|valeur| {
        let mut ecrivain = Ecrivain::nouveau(Vec::new());
        rubriques(&mut ecrivain, &EN_TETE);
        let refus = ecrivain
            .rubrique(r("S21.G00.30.002"), valeur)
            .unwrap_err()
            .to_string();
        ecrivain.fermer_message().unwrap();
        // Rien n'est parti de la ligne refusée, et elle n'est pas comptée.
        assert_eq!(ecrivain.finir().unwrap(), fichier(&[]));
        refus
    })
    .collect();
    insta::assert_snapshot!(refus.join("\n"), @"
    rubrique S21.G00.30.002 : la valeur est vide ; n'écrivez pas la rubrique
    rubrique S21.G00.30.002 : un caractère de la valeur n'existe pas en ISO-8859-1 ; remplacez-le
    rubrique S21.G00.30.002 : un caractère de la valeur n'existe pas en ISO-8859-1 ; remplacez-le
    rubrique S21.G00.30.002 : la valeur contient un caractère de contrôle ; retirez-le
    rubrique S21.G00.30.002 : la valeur contient un caractère de contrôle ; retirez-le
    rubrique S21.G00.30.002 : la valeur contient un caractère de contrôle ; retirez-le
    rubrique S21.G00.30.002 : la valeur commence ou finit par un blanc ; retirez-le
    rubrique S21.G00.30.002 : la valeur commence ou finit par un blanc ; retirez-le
    rubrique S21.G00.30.002 : la valeur commence ou finit par un blanc ; retirez-le
    rubrique S21.G00.30.002 : la valeur contient un caractère de contrôle ; retirez-le
    rubrique S21.G00.30.002 : la ligne dépasserait 256 caractères ; raccourcissez la valeur
    ");
}

#[test]
fn une_ligne_de_256_caracteres_s_ecrit() {
    let juste = "é".repeat(239);
    let octets = fichier(&[("S21.G00.30.002", &juste)]);
    let lues: Vec<_> = Lignes::nouvelles(&octets).map(Result::unwrap).collect();
    assert_eq!(texte(lues[EN_TETE.len()].valeur), juste);
}

type Geste = dyn Fn(&mut Ecrivain<Vec<u8>>) -> Result<(), ErreurEcriture>;

#[test]
fn les_messages_et_l_enveloppe_se_ferment_dans_l_ordre() {
    let mut refus = Vec::new();
    let mut essai = |geste: &Geste, prepare: &[&str]| {
        let mut e = Ecrivain::nouveau(Vec::new());
        for etape in prepare {
            match *etape {
                "lot" => e.ouvrir_lot(&lot(1)).unwrap(),
                "sous-lot" => e.ouvrir_sous_lot(SousLot::Acceptees).unwrap(),
                "fin" => e.fermer_message().unwrap(),
                _ => rubriques(&mut e, &EN_TETE),
            }
        }
        refus.push(geste(&mut e).unwrap_err().to_string());
    };
    essai(&|e| e.fermer_message(), &[]);
    essai(&|e| e.rubrique(r("S20.G00.05.001"), "01"), &[]);
    essai(&|e| e.rubrique(r("S90.G00.90.001"), "1"), &["message"]);
    essai(&|e| e.rubrique(r("S05.G51.00.001"), "1"), &[]);
    essai(&|e| e.rubrique(r("S10.G00.00.001"), "A"), &["lot"]);
    essai(&|e| e.ouvrir_lot(&lot(1)), &["message"]);
    essai(&|e| e.ouvrir_lot(&lot(1)), &["message", "fin"]);
    essai(&|e| e.ouvrir_sous_lot(SousLot::Autre), &[]);
    essai(&|e| e.ouvrir_sous_lot(SousLot::Autre), &["lot", "sous-lot"]);
    essai(&|e| e.fermer_sous_lot(), &["lot", "sous-lot", "message"]);
    essai(&|e| e.fermer_lot(), &["lot", "sous-lot"]);
    essai(&|e| e.fermer_lot(), &["lot"]);
    essai(
        &|e| {
            std::mem::replace(e, Ecrivain::nouveau(Vec::new()))
                .finir()
                .map(drop)
        },
        &["message"],
    );
    essai(
        &|e| {
            std::mem::replace(e, Ecrivain::nouveau(Vec::new()))
                .finir()
                .map(drop)
        },
        &["lot"],
    );
    insta::assert_snapshot!(refus.join("\n"), @"
    aucun message n'est ouvert
    rubrique S20.G00.05.001 : un message commence par le bloc S10.G00.00
    rubrique S90.G00.90.001 : elle s'écrit d'elle-même, avec l'enveloppe ou à la fin du message
    rubrique S05.G51.00.001 : elle s'écrit d'elle-même, avec l'enveloppe ou à la fin du message
    un message du lot est dans un sous-lot : ouvrez-en un
    l'enveloppe s'ouvre au début du fichier
    l'enveloppe s'ouvre au début du fichier
    un sous-lot s'ouvre dans un lot, hors d'un autre sous-lot
    un sous-lot s'ouvre dans un lot, hors d'un autre sous-lot
    un sous-lot se ferme une fois, après son dernier message
    le lot se ferme une fois, après son dernier sous-lot
    le lot annonçait 1 messages, 0 sont écrits
    le dernier message n'est pas fermé
    le lot n'est pas fermé
    ");
}

#[test]
fn une_sortie_pleine_se_dit() {
    struct Pleine;
    impl io::Write for Pleine {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let refus = Ecrivain::nouveau(Pleine).rubrique(r("S10.G00.00.001"), "PAIE");
    assert_eq!(
        refus.unwrap_err().to_string(),
        "l'écriture a échoué (le disque est plein)"
    );
}

/// Une valeur que la norme permet.
fn valeur() -> impl Strategy<Value = String> {
    let visible = prop_oneof![5 => b'!'..=b'~', 1 => Just(b'\''), 1 => 0xA1..=0xFF_u8].prop_map(char::from);
    let dedans = prop_oneof![9 => visible.clone(), 1 => Just(' '), 1 => Just('\u{a0}')];
    prop_oneof![
        9 => (visible.clone(), prop::collection::vec(dedans.clone(), 0..30), visible.clone()),
        1 => (visible.clone(), prop::collection::vec(dedans, 230..=237), visible),
    ]
    .prop_map(|(a, m, b)| std::iter::once(a).chain(m).chain([b]).collect())
}

/// Une rubrique hors de celles que l'écrivain tient.
fn rubrique() -> impl Strategy<Value = Rubrique> {
    (prop::sample::select(vec![21_u32, 89]), 30..99_u32, 0..1000_u32)
        .prop_map(|(s, b, n)| r(&format!("S{s}.G00.{b:02}.{n:03}")))
        // Ce dont la valeur est lue ne peut pas être quelconque.
        .prop_filter("lue", |r| {
            !["S21.G00.81", "S21.G00.82"].contains(&r.bloc().to_string().as_str())
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn ce_qui_est_ecrit_se_relit(
        corps in prop::collection::vec((rubrique(), valeur()), 0..60), crlf: bool, pas in 1..50_usize, graine: u64,
    ) {
        let fin = if crlf { FinDeLigne::CrLf } else { FinDeLigne::Lf };
        let mut ecrivain = Ecrivain::nouveau(Vec::new()).avec(fin);
        rubriques(&mut ecrivain, &EN_TETE);
        rubriques(&mut ecrivain, &DECLARATION);
        for (r, v) in &corps {
            ecrivain.rubrique(*r, v).unwrap();
        }
        ecrivain.fermer_message().unwrap();
        let octets = ecrivain.finir().unwrap();

        let lues: Vec<(Rubrique, String)> = Lignes::nouvelles(&octets)
            .map(|l| l.map(|l| (l.rubrique, texte(l.valeur).into_owned())))
            .collect::<Result<_, _>>()
            .unwrap();
        let total = (EN_TETE.len() + DECLARATION.len() + corps.len() + 2).to_string();
        let mut attendues: Vec<(Rubrique, String)> =
            EN_TETE.iter().chain(&DECLARATION).map(|(n, v)| (r(n), (*v).to_owned())).collect();
        attendues.extend(corps.iter().cloned());
        attendues.push((r("S90.G00.90.001"), total));
        attendues.push((r("S90.G00.90.002"), "1".to_owned()));
        prop_assert_eq!(&lues, &attendues);

        // L'accent qui semblerait de l'UTF-8 (« Ã© ») est rare, mais il existe : il se refuse, de toutes les façons.
        let mut entieres: Vec<Declaration> = Vec::new();
        let en_memoire = lire_octets(&octets, "f", &mut entieres);
        let mut hachees: Vec<Declaration> = Vec::new();
        prop_assert_eq!(lire(Hache::nouveau(&octets[..], pas, graine), "f", &mut hachees), en_memoire.clone());
        if let Ok(lignes) = en_memoire {
            prop_assert_eq!(lignes, u64::try_from(lues.len()).unwrap());
            prop_assert_eq!(entieres.len(), 1);
            prop_assert_eq!(entieres, hachees);
        }
    }
}
