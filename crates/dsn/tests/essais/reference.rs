//! Le chemin rapide contre une lecture naïve, caractère par caractère : la même chose, fautes comprises.

use dsn::{Declaration, Erreur, Faute, Lignes, Rubrique, lire, lire_octets};
use proptest::prelude::*;

use crate::fabrique::{Hache, fichier, fichier_juste};

/// Une ligne, telle que la norme la dit et sans rien de rapide.
fn naive(ligne: &[u8]) -> Result<(Rubrique, Vec<u8>), Faute> {
    if ligne.is_empty() {
        return Err(Faute::LigneVide);
    }
    // D'une ligne trop longue, rien n'est regardé au-delà de ce qu'une ligne peut tenir.
    let regardes: Vec<u8> = ligne.iter().copied().take(256).collect();
    for (interdit, faute) in [(0, Faute::OctetNul), (13, Faute::RetourSeul)] {
        if regardes.contains(&interdit) {
            return Err(faute);
        }
    }
    if regardes.iter().any(|o| *o < 32) {
        return Err(Faute::Controle);
    }
    if ligne.len() > 256 {
        return Err(Faute::LigneTropLongue);
    }
    let texte: String = ligne.iter().map(|o| char::from(*o)).collect();
    let (nom, reste) = texte.split_once(',').ok_or(Faute::Rubrique)?;
    let rubrique: Rubrique = nom.parse().map_err(|_| Faute::Rubrique)?;
    let reste = reste.strip_prefix('\'').ok_or(Faute::Rubrique)?;
    let valeur = reste
        .strip_suffix('\'')
        .ok_or(Faute::ApostropheFinale(rubrique))?;
    if valeur.is_empty() {
        return Err(Faute::ValeurVide(rubrique));
    }
    Ok((rubrique, ligne[16..ligne.len() - 1].to_vec()))
}

fn toutes_naives(octets: &[u8]) -> Vec<Result<(Rubrique, Vec<u8>), Faute>> {
    if octets.is_empty() {
        return Vec::new();
    }
    octets
        .strip_suffix(b"\n")
        .unwrap_or(octets)
        .split(|o| *o == b'\n')
        .map(|l| naive(l.strip_suffix(b"\r").unwrap_or(l)))
        .collect()
}

fn toutes(octets: &[u8]) -> Vec<Result<(Rubrique, Vec<u8>), Faute>> {
    Lignes::nouvelles(octets)
        .map(|l| l.map(|l| (l.rubrique, l.valeur.to_vec())))
        .collect()
}

type Lu = Result<(u64, Vec<Declaration>), Erreur>;

fn lus(source: impl std::io::Read) -> Lu {
    let mut declarations = Vec::new();
    lire(source, "f", &mut declarations).map(|n| (n, declarations))
}

fn lus_en_memoire(octets: &[u8]) -> Lu {
    let mut declarations = Vec::new();
    lire_octets(octets, "f", &mut declarations).map(|n| (n, declarations))
}

/// Des noms justes, faux d'un caractère, coupés, ou quelconques.
fn debut() -> impl Strategy<Value = Vec<u8>> {
    let juste = (0..100_u32, 0..100_u32, 0..100_u32, 0..1000_u32)
        .prop_map(|(s, g, b, r)| format!("S{s:02}.G{g:02}.{b:02}.{r:03},'").into_bytes());
    let courant = prop::sample::select(vec![
        &b"S21.G00.81.004,'"[..],
        b"S21.G00.30.001,'",
        b"S10.G00.00.006,'",
        b"S90.G00.90.002,'",
        b"S20.G00.05.001,'",
    ])
    .prop_map(<[u8]>::to_vec);
    let base = prop_oneof![4 => courant, 2 => juste];
    prop_oneof![
        8 => base.clone(),
        2 => (base.clone(), 0..16_usize, any::<u8>()).prop_map(|(mut b, i, o)| { b[i] = o; b }),
        2 => (base.clone(), 0..16_usize, -1..=1_i8).prop_map(|(mut b, i, e)| { b[i] = b[i].wrapping_add_signed(e); b }),
        1 => (base.clone(), 0..16_usize, 0..8_u32).prop_map(|(mut b, i, bit)| { b[i] ^= 1 << bit; b }),
        1 => (base, 0..=16_usize).prop_map(|(mut b, n)| { b.truncate(n); b }),
        1 => Just(Vec::new()),
    ]
}

/// Des octets choisis pour nuire.
fn octet() -> impl Strategy<Value = u8> {
    prop_oneof![
        20 => b' '..=b'~',
        4 => Just(b'\''),
        3 => 0xA0..=0xFF_u8,
        1 => 0x7F..=0x9F_u8,
        1 => prop::sample::select(vec![0, 1, 9, 11, 13, 27, 31, 32, 33, 127, 128, 129, 160, 255]),
    ]
}

fn milieu() -> impl Strategy<Value = Vec<u8>> {
    let longueur = prop_oneof![
        6 => 0..40_usize,
        3 => 220..250_usize,
        1 => prop::sample::select(vec![0, 1, 7, 8, 9, 15, 16, 17, 238, 239, 240, 241, 255, 256, 257, 284, 300, 600]),
    ];
    prop_oneof![
        4 => longueur.clone().prop_map(|n| vec![b'a'; n]),
        2 => longueur.clone().prop_map(|n| vec![0xE9; n]),
        4 => longueur.prop_flat_map(|n| prop::collection::vec(octet(), n)),
        3 => "-?[0-9]{1,9}\\.[0-9]{2}".prop_map(String::into_bytes),
    ]
}

fn ligne() -> impl Strategy<Value = Vec<u8>> {
    let fin = prop::sample::select(vec![
        &b"'\n"[..],
        b"'\n",
        b"'\r\n",
        b"'\r\n",
        b"\n",
        b"'",
        b"'\r",
        b"'\r\r\n",
        b"''\n",
        b"' \n",
        b"'\0\n",
    ]);
    (debut(), milieu(), fin).prop_map(|(d, m, f)| [&d[..], &m, f].concat())
}

fn lignes_adverses() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(
        prop_oneof![12 => ligne(), 1 => Just(b"\n".to_vec()), 1 => Just(b"\r\n".to_vec()), 1 => prop::collection::vec(octet(), 0..30)],
        0..12,
    )
    .prop_map(|l| l.concat())
}

/// Un fichier juste, abîmé en quelques places.
fn abime() -> impl Strategy<Value = Vec<u8>> {
    let coup = (
        any::<prop::sample::Index>(),
        prop_oneof![any::<u8>(), octet()],
        0..4_u8,
    );
    (prop::collection::vec(coup, 0..4), any::<bool>()).prop_map(|(coups, double)| {
        let mut octets = fichier_juste();
        if double {
            octets.extend(fichier_juste());
        }
        for (place, octet, genre) in coups {
            if octets.is_empty() {
                break;
            }
            let i = place.index(octets.len());
            match genre {
                0 => octets[i] = octet,
                1 => octets.insert(i, octet),
                2 => {
                    octets.remove(i);
                }
                _ => octets.truncate(i),
            }
        }
        octets
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn chaque_ligne_est_celle_d_une_lecture_naive(octets in lignes_adverses()) {
        prop_assert_eq!(toutes(&octets), toutes_naives(&octets));
    }

    #[test]
    fn des_octets_quelconques_se_lisent_comme_une_lecture_naive(octets in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(toutes(&octets), toutes_naives(&octets));
    }

    #[test]
    fn un_fichier_abime_se_lit_ou_se_refuse_pareil_de_toutes_les_facons(
        octets in abime(), pas in 1..40_usize, graine: u64,
    ) {
        prop_assert_eq!(toutes(&octets), toutes_naives(&octets));
        let attendu = lus_en_memoire(&octets);
        prop_assert_eq!(&lus(&octets[..]), &attendu);
        prop_assert_eq!(&lus(Hache::nouveau(&octets[..], pas, graine)), &attendu);
    }

    #[test]
    fn un_debut_juste_suivi_de_n_importe_quoi_ne_panique_pas(suite in lignes_adverses(), pas in 1..9_usize, graine: u64) {
        let octets = [b"S10.G00.00.001,'PAIE'\nS10.G00.00.006,'P26V01'\nS20.G00.05.001,'01'\n", &suite[..]].concat();
        let attendu = lus_en_memoire(&octets);
        prop_assert_eq!(&lus(Hache::nouveau(&octets[..], pas, graine)), &attendu);
    }

    #[test]
    fn les_deux_fins_de_ligne_se_lisent_pareil(octets in abime()) {
        prop_assume!(!octets.contains(&b'\r'));
        let mut crlf = Vec::new();
        for o in &octets {
            if *o == b'\n' {
                crlf.push(b'\r');
            }
            crlf.push(*o);
        }
        prop_assert_eq!(toutes(&crlf), toutes(&octets));
        prop_assert_eq!(lus(&crlf[..]), lus(&octets[..]));
    }
}

/// Chaque longueur autour des bornes, chaque caractère dans chaque place d'un mot de huit octets.
#[test]
fn les_bornes_de_longueur_sont_celles_de_la_norme() {
    for n in (0..40_usize).chain(225..260).chain([300]) {
        for place in [None, Some(0), Some(n / 2), n.checked_sub(1)] {
            for octet in [0_u8, 9, 13, 31, 32, b'\'', 127, 128, 159, 160, 233, 255] {
                let mut valeur = vec![b'x'; n];
                if let Some(v) = place.and_then(|p| valeur.get_mut(p)) {
                    *v = octet;
                }
                for fin in [
                    &b"'\n"[..],
                    b"'\r\n",
                    b"'",
                    b"\n",
                    b"",
                    b"\r\n",
                    b"'\r",
                    b"'\nS",
                    b"'\nS21.G00.30.001,'1'\n",
                ] {
                    let octets = [b"S21.G00.30.002,'", &valeur[..], fin].concat();
                    assert_eq!(
                        toutes(&octets),
                        toutes_naives(&octets),
                        "{n} {place:?} {octet} {fin:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn une_ligne_coupee_a_chaque_longueur_se_refuse_comme_une_lecture_naive() {
    let ligne = b"S21.G00.30.002,'O'CONNOR'\r\nS21.G00.30.004,'Mary'\n";
    for n in 0..=ligne.len() {
        assert_eq!(toutes(&ligne[..n]), toutes_naives(&ligne[..n]), "{n}");
    }
}

#[test]
fn chaque_octet_a_chaque_place_du_nom_se_juge_comme_une_lecture_naive() {
    for juste in [b"S21.G00.81.004,'1'\n", b"S89.G99.99.999,'1'\n"] {
        for place in 0..16 {
            for octet in 0..=u8::MAX {
                let mut ligne = juste.to_vec();
                ligne[place] = octet;
                assert_eq!(toutes(&ligne), toutes_naives(&ligne), "{place} {octet}");
            }
        }
    }
}

/// Le tampon de lecture tient 256 Kio : des lignes à cheval sur sa fin, à chaque décalage.
#[test]
fn une_ligne_a_cheval_sur_deux_lectures_se_lit() {
    let lignes = |remplissage: usize| {
        let mut corps = crate::fabrique::DECLARATION.to_vec();
        let nom = "N".repeat(200);
        let rue = "R".repeat(remplissage);
        for _ in 0..1300 {
            corps.push(("S21.G00.30.008", &nom));
        }
        corps.push(("S21.G00.30.008", &rue));
        fichier(&corps)
    };
    for remplissage in (1..=230).step_by(3) {
        let octets = lignes(remplissage);
        assert!(octets.len() > 1 << 18);
        assert_eq!(lus(&octets[..]), lus_en_memoire(&octets), "{remplissage}");
        assert!(lus(&octets[..]).is_ok());
    }
}

#[test]
fn une_ligne_sans_fin_se_refuse_pareil_de_toutes_les_facons() {
    for (motif, faute) in [
        (&b"x"[..], Faute::LigneTropLongue),
        (b"S21.G00.30.002,'A'\r", Faute::RetourSeul),
        (b"\0", Faute::OctetNul),
        (b"\t", Faute::Controle),
        (b"\xC3\xA9", Faute::Utf8),
    ] {
        let mut octets = b"S10.G00.00.001,'PAIE'\n".to_vec();
        octets.extend(motif.iter().cycle().take(600_000));
        assert_eq!(lus(&octets[..]), lus_en_memoire(&octets));
        assert_eq!(lus(&octets[..]).map_err(|e| (e.ligne, e.faute)), Err((2, faute)));
    }
}

#[test]
fn la_premiere_ligne_fautive_est_dite_quel_que_soit_l_ordre_des_fautes() {
    let mut octets = fichier_juste();
    octets.extend(b"S10.G00.00.001,'PAIE'\nLIGNE FAUSSE\n");
    octets.extend(b"S10.G00.00.002,'A'\n".repeat(20_000));
    octets.extend("S10.G00.00.002,'é'\n".as_bytes());
    assert_eq!(lus(&octets[..]), lus_en_memoire(&octets));
    assert_eq!(lus(&octets[..]).unwrap_err().faute, Faute::Rubrique);
}

#[test]
fn un_accent_loin_dans_une_ligne_sans_fin_ne_change_pas_la_faute() {
    let mut octets = b"S10.G00.00.001,'PAIE'\nS21.G00.30.002,'".to_vec();
    octets.extend(vec![b'x'; 400_000]);
    octets.extend("é'\n".as_bytes());
    assert_eq!(lus(&octets[..]), lus_en_memoire(&octets));
}
