//! Les déclarations telles que lues : chaque champ, puis le détail.

use dsn::{
    Caisse, Code, CotisationEtablissement, CotisationIndividuelle, Declaration, Envoi, Identifiant, Ligne,
    Recepteur, Versement, lire,
};
use jiff::civil::date;
use valeurs::{Montant, Periode};

use crate::fabrique::{DECLARATION, fichier};

pub(crate) fn lues(octets: &[u8]) -> Vec<Declaration> {
    let mut declarations = Vec::new();
    lire(octets, "f", &mut declarations).unwrap();
    // Le détail ne change ni les déclarations, ni le nombre de lignes.
    let mut detail = Detail::default();
    lire(octets, "f", &mut detail).unwrap();
    assert_eq!(detail.declarations, declarations);
    declarations
}

pub(crate) fn euros(centimes: i64) -> Montant {
    Montant::de_centimes(centimes)
}

fn seule(corps: &[(&str, &str)]) -> Declaration {
    let mut lues = lues(&fichier(corps));
    assert_eq!(lues.len(), 1);
    lues.remove(0)
}

fn versement(ligne: u64, centimes: i64) -> Versement {
    Versement {
        ligne,
        montant: euros(centimes),
        debut: None,
        fin: None,
        mode: None,
        echeance: None,
        payeur: None,
        bic: None,
        iban: None,
    }
}

/// Tout ce qu'une déclaration peut dire.
const COMPLETE: [(&str, &str); 62] = [
    ("S20.G00.05.001", "01"), // ligne 4
    ("S20.G00.05.002", "03"),
    ("S20.G00.05.003", "23"),
    ("S20.G00.05.004", "123456789012345"),
    ("S20.G00.05.005", "01022026"),
    ("S20.G00.05.006", "0502202642"),
    ("S20.G00.05.007", "05032026"),
    ("S20.G00.05.008", "02"),
    ("S20.G00.07.001", "CONTACT"),
    ("S21.G00.06.001", "123456782"), // 13
    ("S21.G00.06.002", "99999"),
    ("S21.G00.11.001", "00018"),
    ("S21.G00.11.002", "0111Z"),
    ("S21.G00.82.001", "10.00"), // 17
    ("S21.G00.82.002", "903"),
    ("S21.G00.82.003", "01022026"),
    ("S21.G00.82.004", "28022026"),
    ("S21.G00.82.005", "DMSA33"),
    ("S21.G00.82.001", "5000.00"), // 22 : sans référence à une caisse
    ("S21.G00.82.002", "022"),
    ("S21.G00.20.001", "DMSA33"), // 24
    ("S21.G00.20.003", "AGRIFRPP"),
    ("S21.G00.20.004", "FR7630006000011234567890189"),
    ("S21.G00.20.005", "250.50"),
    ("S21.G00.20.006", "01022026"),
    ("S21.G00.20.007", "28022026"),
    ("S21.G00.20.010", "05"),
    ("S21.G00.20.011", "05032026"),
    ("S21.G00.20.001", "12345678901234"), // 32 : un organisme qui n'est pas une caisse
    ("S21.G00.20.005", "9999.99"),
    ("S21.G00.20.001", "DMSA24"), // 34
    ("S21.G00.20.005", "-3.00"),
    ("S21.G00.20.010", "06"),
    ("S21.G00.20.012", "98765432100013"),
    ("S21.G00.20.001", "DMSA33"), // 38
    ("S21.G00.20.005", "1.00"),
    ("S21.G00.55.001", "7.00"),
    ("S21.G00.30.001", "1850733063123"), // 41
    ("S21.G00.30.002", "UN"),
    ("S21.G00.78.001", "02"),
    ("S21.G00.78.002", "01022026"),
    ("S21.G00.78.003", "28022026"),
    ("S21.G00.78.004", "2000.00"),
    ("S21.G00.81.001", "076"), // 47
    ("S21.G00.81.002", "DMSA33"),
    ("S21.G00.81.003", "2000.00"),
    ("S21.G00.81.004", "240.50"),
    ("S21.G00.81.001", "018"), // 51 : une réduction
    ("S21.G00.81.002", "DMSA24"),
    ("S21.G00.81.004", "-3.00"),
    ("S21.G00.78.001", "03"),
    ("S21.G00.81.001", "059"), // 55 : un organisme qui n'est pas une caisse
    ("S21.G00.81.002", "12345678901234"),
    ("S21.G00.81.004", "77.77"),
    ("S21.G00.30.002", "DEUX"), // 58 : sans NIR
    ("S21.G00.30.020", "1850733063124"),
    ("S21.G00.78.001", "02"),
    ("S21.G00.81.001", "076"), // 61
    ("S21.G00.81.002", "DMSA33"),
    ("S21.G00.81.004", "0.01"),
    ("S21.G00.85.001", "12345678200018"),
    ("S89.G00.91.001", "TIERS"), // 65
];

#[test]
fn une_declaration_rend_chacun_de_ses_champs() {
    let d = seule(&COMPLETE);
    let attendue = Declaration {
        rang: 1,
        lignes: (4, 65),
        envoi: Envoi {
            norme: Code::de(b"P26V01"),
            essai: false,
            sous_lot: None,
            depose_le: None,
        },
        nature: Code::de(b"01"),
        genre: Code::de(b"03"),
        fraction: Code::de(b"23"),
        identifiant: Some(Identifiant {
            constituee_le: date(2026, 3, 5),
            ordre: 123_456_789_012_345,
        }),
        mois: Some(Periode::mois(2026, 2).unwrap()),
        remplace: Some(Identifiant {
            constituee_le: date(2026, 2, 5),
            ordre: 42,
        }),
        champ: Some(Code::de(b"02")),
        siret: Some(Code::de(b"12345678200018")),
        individus: 2,
        caisses: vec![
            Caisse {
                code: Code::de(b"DMSA33"),
                declare: euros(1000 + 24050 + 1),
                versements: vec![
                    Versement {
                        debut: Some(date(2026, 2, 1)),
                        fin: Some(date(2026, 2, 28)),
                        mode: Some(Code::de(b"05")),
                        echeance: Some(date(2026, 3, 5)),
                        bic: Some("AGRIFRPP".to_owned()),
                        iban: Some("FR7630006000011234567890189".to_owned()),
                        ..versement(24, 25050)
                    },
                    versement(38, 100),
                ],
            },
            Caisse {
                code: Code::de(b"DMSA24"),
                declare: euros(-300),
                versements: vec![Versement {
                    mode: Some(Code::de(b"06")),
                    payeur: Some(Code::de(b"98765432100013")),
                    ..versement(34, -300)
                }],
            },
        ],
    };
    assert_eq!(d, attendue);
    // `Versement` a son propre `Debug` : comparés champ à champ ci-dessus, montrés sans compte.
    assert_eq!(d.caisses[0].ordonne().unwrap(), euros(25150));
    assert!(d.envoi.compte());
}

#[derive(Default)]
struct Detail {
    lignes: Vec<(u64, String, u32)>,
    cotisations: Vec<CotisationIndividuelle>,
    etablissement: Vec<CotisationEtablissement>,
    declarations: Vec<Declaration>,
}

impl Recepteur for Detail {
    const DETAIL: bool = true;

    fn ligne(&mut self, numero: u64, ligne: Ligne<'_>, individu: u32) {
        self.lignes.push((numero, ligne.rubrique.to_string(), individu));
    }

    fn cotisation_individuelle(&mut self, cotisation: CotisationIndividuelle) {
        self.cotisations.push(cotisation);
    }

    fn cotisation_etablissement(&mut self, cotisation: CotisationEtablissement) {
        self.etablissement.push(cotisation);
    }

    fn declaration(&mut self, declaration: Declaration) {
        self.declarations.push(declaration);
    }
}

fn detail(octets: &[u8]) -> Detail {
    let mut detail = Detail::default();
    lire(octets, "f", &mut detail).unwrap();
    detail
}

#[test]
fn le_detail_donne_chaque_ligne_et_son_individu() {
    let d = detail(&fichier(&COMPLETE));
    let attendues: Vec<(u64, String, u32)> = (4..)
        .zip(COMPLETE)
        .map(|(numero, (nom, _))| {
            let individu = match numero {
                41..58 => 1,
                58..64 => 2,
                _ => 0,
            };
            (numero, nom.to_owned(), individu)
        })
        .collect();
    assert_eq!(d.lignes, attendues);
}

#[test]
fn le_detail_donne_chaque_cotisation_avec_sa_base() {
    let d = detail(&fichier(&COMPLETE));
    let fevrier = (Some(date(2026, 2, 1)), Some(date(2026, 2, 28)));
    let cotisation =
        |ligne, individu, base: &[u8; 2], periode: (_, _), code: &[u8; 3]| CotisationIndividuelle {
            ligne,
            individu,
            base: Some(Code::de(base)),
            debut: periode.0,
            fin: periode.1,
            code: Code::de(code),
            caisse: None,
            assiette: None,
            montant: None,
        };
    assert_eq!(
        d.cotisations,
        [
            CotisationIndividuelle {
                caisse: Some(Code::de(b"DMSA33")),
                assiette: Some(euros(200_000)),
                montant: Some(euros(24050)),
                ..cotisation(47, 1, b"02", fevrier, b"076")
            },
            CotisationIndividuelle {
                caisse: Some(Code::de(b"DMSA24")),
                montant: Some(euros(-300)),
                ..cotisation(51, 1, b"02", fevrier, b"018")
            },
            CotisationIndividuelle {
                montant: Some(euros(7777)),
                ..cotisation(55, 1, b"03", (None, None), b"059")
            },
            CotisationIndividuelle {
                caisse: Some(Code::de(b"DMSA33")),
                montant: Some(euros(1)),
                ..cotisation(61, 2, b"02", (None, None), b"076")
            },
        ]
    );
    assert_eq!(
        d.etablissement,
        [
            CotisationEtablissement {
                ligne: 17,
                montant: Some(euros(1000)),
                code: Some(Code::de(b"903")),
                debut: Some(date(2026, 2, 1)),
                fin: Some(date(2026, 2, 28)),
                caisse: Some(Code::de(b"DMSA33")),
            },
            CotisationEtablissement {
                ligne: 22,
                montant: Some(euros(500_000)),
                code: Some(Code::de(b"022")),
                debut: None,
                fin: None,
                caisse: None,
            },
        ]
    );
}

#[test]
fn une_declaration_sans_cotisation_ne_declare_rien_et_peut_ordonner() {
    let d = seule(
        &[
            &DECLARATION[..8],
            &[("S21.G00.20.001", "DMSA64"), ("S21.G00.20.005", "0.00")],
        ]
        .concat(),
    );
    assert_eq!(d.caisses.len(), 1);
    assert_eq!(
        (d.caisses[0].declare, d.caisses[0].ordonne().unwrap()),
        (Montant::ZERO, Montant::ZERO)
    );
}

#[test]
fn un_organisme_qui_n_est_pas_une_caisse_ne_compte_pas() {
    for organisme in ["DMSA3", "DMSA333", "dmsa33", "DMSAX3", "EMSA33", "78861779300013"] {
        let d = seule(
            &[
                &DECLARATION[..8],
                &[
                    ("S21.G00.82.001", "1.00"),
                    ("S21.G00.82.005", organisme),
                    ("S21.G00.20.001", organisme),
                    ("S21.G00.20.005", "1.00"),
                    ("S21.G00.30.001", "1850733063123"),
                    ("S21.G00.81.001", "076"),
                    ("S21.G00.81.002", organisme),
                    ("S21.G00.81.004", "1.00"),
                ],
            ]
            .concat(),
        );
        assert_eq!(d.caisses, [], "{organisme}");
    }
}

#[test]
fn un_organisme_ne_passe_pas_d_un_bloc_au_suivant() {
    let d = seule(
        &[
            &DECLARATION[..8],
            &[
                ("S21.G00.20.001", "DMSA33"),
                ("S21.G00.20.005", "1.00"),
                ("S21.G00.20.001", "78861779300013"),
                ("S21.G00.20.005", "2.00"),
                ("S21.G00.30.001", "1850733063123"),
                ("S21.G00.81.001", "076"),
                ("S21.G00.81.002", "DMSA33"),
                ("S21.G00.81.004", "4.00"),
                // Sans organisme : à personne.
                ("S21.G00.81.001", "059"),
                ("S21.G00.81.004", "8.00"),
            ],
        ]
        .concat(),
    );
    assert_eq!(d.caisses.len(), 1);
    assert_eq!(
        (d.caisses[0].declare, d.caisses[0].ordonne().unwrap()),
        (euros(400), euros(100))
    );
}

#[test]
fn les_individus_se_comptent_avec_ou_sans_nir() {
    let corps = [
        &DECLARATION[..8],
        &[
            ("S21.G00.30.001", "1850733063123"),
            ("S21.G00.30.002", "A"),
            ("S21.G00.30.004", "A"),
            ("S21.G00.30.002", "B"),
            ("S21.G00.30.004", "B"),
            ("S21.G00.40.001", "01012020"),
            ("S21.G00.30.002", "C"),
            ("S21.G00.30.001", "1850733063124"),
            ("S21.G00.30.002", "D"),
        ],
    ]
    .concat();
    assert_eq!(seule(&corps).individus, 4);
    let individus: Vec<u32> = detail(&fichier(&corps))
        .lignes
        .iter()
        .skip(8)
        .map(|l| l.2)
        .collect();
    assert_eq!(individus, [1, 1, 1, 2, 2, 2, 3, 4, 4]);
}

#[test]
fn les_tiers_de_s89_ne_sont_pas_des_individus() {
    let corps = [
        &DECLARATION[..],
        &[
            ("S89.G00.91.001", "1850733063124"),
            ("S89.G00.92.001", "02"),
            ("S89.G00.94.001", "9.99"),
        ],
    ]
    .concat();
    let d = seule(&corps);
    assert_eq!((d.individus, d.caisses[0].declare), (1, euros(10000)));
    let rangs: Vec<u32> = detail(&fichier(&corps))
        .lignes
        .iter()
        .rev()
        .take(4)
        .map(|l| l.2)
        .collect();
    assert_eq!(rangs, [0, 0, 0, 1]);
}

#[test]
fn une_seconde_declaration_repart_de_rien() {
    let octets = fichier(&[&COMPLETE[..], &DECLARATION].concat());
    let lues = lues(&octets);
    let simple = seule(&DECLARATION);
    let decalee = Declaration {
        rang: 1,
        lignes: (4, 19),
        caisses: vec![Caisse {
            versements: vec![Versement {
                ligne: 12,
                ..lues[1].caisses[0].versements[0].clone()
            }],
            ..lues[1].caisses[0].clone()
        }],
        ..lues[1].clone()
    };
    assert_eq!(decalee, simple);
    let individus: Vec<u32> = detail(&octets).cotisations.iter().map(|c| c.individu).collect();
    assert_eq!(individus, [1, 1, 1, 2, 1]);
}
