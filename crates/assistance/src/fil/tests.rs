use proptest::prelude::*;

use super::*;

/// Un fil écrit pour l'essai, comme le script du site l'écrit.
#[derive(Default)]
struct Ecrit(Vec<u8>);

impl Ecrit {
    fn message(epoque: u32, rang: u32) -> Self {
        let mut ecrit = Self(vec![VERSION]);
        ecrit.entier(epoque);
        ecrit.entier(rang);
        ecrit
    }

    fn entier(&mut self, mut n: u32) -> &mut Self {
        while n > 127 {
            self.0.push(u8::try_from(n & 127).unwrap() | 128);
            n >>= 7;
        }
        self.0.push(u8::try_from(n).unwrap());
        self
    }

    fn octet(&mut self, octet: u8) -> &mut Self {
        self.0.push(octet);
        self
    }

    fn texte(&mut self, texte: &str) -> &mut Self {
        self.entier(u32::try_from(texte.len()).unwrap());
        self.0.extend_from_slice(texte.as_bytes());
        self
    }

    fn nom(&mut self, nom: &str) -> &mut Self {
        self.entier(0).texte(nom)
    }

    /// Un élément sans attribut.
    fn element(&mut self, nom: &str, classe: Classe, enfants: u32) -> &mut Self {
        self.octet(1)
            .nom(nom)
            .octet(classe.octet())
            .entier(0)
            .entier(enfants)
    }

    fn noeud_texte(&mut self, texte: &str) -> &mut Self {
        self.octet(2).texte(texte)
    }

    fn vue(&mut self) -> &mut Self {
        self.octet(1).entier(1000).entier(700).entier(100).octet(0)
    }
}

/// La vue, et un document de trois nœuds : `html`, `body`, un texte.
fn ouverture() -> Vec<u8> {
    let mut ecrit = Ecrit::message(3, 0);
    ecrit.vue().octet(2);
    ecrit.element("html", Classe::Publique, 1);
    ecrit.element("body", Classe::Publique, 1);
    ecrit.noeud_texte("Bonjour");
    ecrit.0
}

fn publique() -> Classes {
    Classes::AUCUNE.avec(Classe::Publique)
}

/// Un fil ouvert, et un second message fait de ces opérations.
fn ensuite(accord: Classes, operations: impl Fn(&mut Ecrit)) -> Result<Classes, Faute> {
    let mut fil = Fil::nouveau(3, accord);
    assert_eq!(fil.verifier(&ouverture()), Ok(publique()));
    let mut ecrit = Ecrit::message(3, 1);
    operations(&mut ecrit);
    fil.verifier(&ecrit.0).map_err(|refus| refus.faute)
}

#[test]
fn une_epoque_s_ouvre_par_sa_vue_et_son_document_une_seule_fois() {
    let mut fil = Fil::nouveau(3, publique());
    assert_eq!(fil.verifier(&ouverture()), Ok(publique()));
    let mut sans_vue = Ecrit::message(3, 0);
    sans_vue.octet(2).element("html", Classe::Publique, 0);
    let mut sans_document = Ecrit::message(3, 0);
    sans_document.vue();
    for (message, faute) in [(sans_vue.0, Faute::Operation), (sans_document.0, Faute::Coupe)] {
        let refus = Fil::nouveau(3, publique()).verifier(&message).unwrap_err();
        assert_eq!(refus.faute, faute);
    }
    let second = ensuite(publique(), |e| {
        e.octet(2).element("html", Classe::Publique, 0);
    });
    assert_eq!(second, Err(Faute::Operation));
}

#[test]
fn une_autre_epoque_un_autre_rang_ou_une_autre_version_n_est_pas_remis_et_arrete_la_vue() {
    for (message, faute) in [
        (Ecrit::message(2, 1), Faute::Epoque),
        (Ecrit::message(4, 1), Faute::Epoque),
        (Ecrit::message(3, 0), Faute::Rang),
        (Ecrit::message(3, 2), Faute::Rang),
        (Ecrit(vec![2, 3, 1]), Faute::Version),
    ] {
        let mut fil = Fil::nouveau(3, publique());
        fil.verifier(&ouverture()).unwrap();
        assert_eq!(fil.verifier(&message.0).unwrap_err().faute, faute);
        let mut juste = Ecrit::message(3, 1);
        juste.octet(13).entier(0);
        assert_eq!(fil.verifier(&juste.0).unwrap_err().faute, Faute::Arretee);
    }
}

#[test]
fn chaque_operation_qui_porte_une_classe_la_veut_accordee() {
    let porteurs: [fn(&mut Ecrit, u8); 8] = [
        |e, c| {
            e.octet(3)
                .entier(2)
                .octet(c)
                .entier(0)
                .entier(1)
                .octet(3)
                .octet(0);
        },
        |e, c| {
            e.octet(3)
                .entier(2)
                .octet(1)
                .entier(0)
                .entier(1)
                .octet(1)
                .nom("p")
                .octet(c)
                .entier(0)
                .entier(0);
        },
        |e, c| {
            e.octet(6).entier(3).octet(c).texte("x");
        },
        |e, c| {
            e.octet(7).entier(2).octet(c).nom("class").texte("x");
        },
        |e, c| {
            e.octet(9).entier(2).octet(c).texte("x");
        },
        |e, c| {
            e.octet(10).entier(2).octet(c).octet(1);
        },
        |e, c| {
            e.octet(11).entier(2).octet(c).entier(1).entier(4);
        },
        |e, c| {
            e.octet(17).entier(2).octet(c).texte("p{}");
        },
    ];
    for (rang, porteur) in porteurs.into_iter().enumerate() {
        assert!(ensuite(publique(), |e| porteur(e, 1)).is_ok(), "{rang}");
        let sante = publique().avec(Classe::Sante);
        assert!(ensuite(sante, |e| porteur(e, 6)).is_ok(), "{rang}");
        for refusee in [2, 3, 4, 5, 6, 7, 8, 255] {
            assert_eq!(
                ensuite(publique(), |e| porteur(e, refusee)),
                Err(Faute::Classe),
                "{rang} {refusee}"
            );
        }
    }
    let adresse = |e: &mut Ecrit| {
        e.octet(18).octet(7).texte("https://msa.exemple/rsa").texte("RSA");
    };
    assert_eq!(ensuite(publique(), adresse), Err(Faute::Classe));
    let navigation = publique().avec(Classe::Navigation);
    assert!(ensuite(navigation, adresse).unwrap().contient(Classe::Navigation));
    let deguisee = ensuite(navigation, |e| {
        e.octet(18).octet(1).texte("a").texte("b");
    });
    assert_eq!(deguisee, Err(Faute::Classe));
}

#[test]
fn un_squelette_et_un_document_ne_tiennent_aucun_texte() {
    let squelette = ensuite(publique(), |e| {
        e.octet(3)
            .entier(2)
            .octet(1)
            .entier(0)
            .entier(1)
            .octet(6)
            .nom("div")
            .entier(1)
            .noeud_texte("caché");
    });
    assert_eq!(squelette, Err(Faute::Operation));
    let sous_un_squelette = ensuite(publique(), |e| {
        e.octet(3)
            .entier(2)
            .octet(0)
            .entier(0)
            .entier(1)
            .noeud_texte("caché");
    });
    assert_eq!(sous_un_squelette, Err(Faute::Operation));
    let accorde = ensuite(publique(), |e| {
        e.octet(3)
            .entier(2)
            .octet(1)
            .entier(0)
            .entier(1)
            .octet(6)
            .nom("div")
            .entier(1);
        e.element("p", Classe::Publique, 1).noeud_texte("vu");
    });
    assert!(accorde.is_ok());
}

#[test]
fn un_nir_cache_dans_une_region_publique_arrete_la_vue_meme_coupe_entre_deux_messages() {
    let nir = "2 55 08 14 168 025 38";
    let refus = ensuite(publique(), |e| {
        e.octet(6).entier(3).octet(1).texte(nir);
    });
    assert_eq!(refus, Err(Faute::Prise(Prise::Nir)));
    let identifie = publique().avec(Classe::Identification);
    assert!(
        ensuite(identifie, |e| {
            e.octet(6).entier(3).octet(2).texte(nir);
        })
        .is_ok()
    );
    let mut fil = Fil::nouveau(3, publique());
    fil.verifier(&ouverture()).unwrap();
    let mut lu = Ok(publique());
    for (rang, morceau) in [(1, "2 55 08"), (2, "14 168"), (3, "025 38")] {
        assert!(lu.is_ok(), "{rang}");
        let mut ecrit = Ecrit::message(3, rang);
        ecrit
            .octet(3)
            .entier(2)
            .octet(1)
            .entier(0)
            .entier(1)
            .noeud_texte(morceau);
        lu = fil.verifier(&ecrit.0);
    }
    assert_eq!(lu.unwrap_err().faute, Faute::Prise(Prise::Nir));
}

#[test]
fn un_nom_qui_s_execute_ou_qui_adresse_est_refuse_ou_qu_il_soit() {
    for nom in [
        "script",
        "SCRIPT",
        "onclick",
        "OnLoad",
        "src",
        "srcdoc",
        "data-nir",
        "value",
        "xlink:href",
        "é",
        "",
        "-a",
        "1a",
    ] {
        let attribut = ensuite(publique(), |e| {
            e.octet(7).entier(2).octet(1).nom(nom).texte("x");
        });
        assert_eq!(attribut, Err(Faute::Nom), "{nom}");
    }
    let inconnu = ensuite(publique(), |e| {
        e.octet(8).entier(2).entier(40);
    });
    assert_eq!(inconnu, Err(Faute::Nom));
}

#[test]
fn les_bornes_sont_tenues() {
    let profond = ensuite(publique(), |e| {
        e.octet(3).entier(2).octet(1).entier(0).entier(1);
        for _ in 0..600 {
            e.octet(6).nom("div").entier(1);
        }
    });
    assert_eq!(profond, Err(Faute::Profondeur));
    let absent = ensuite(publique(), |e| {
        e.octet(4).entier(1).entier(4);
    });
    assert_eq!(absent, Err(Faute::Noeud));
    let mut grand = Ecrit::message(3, 1).0;
    grand.resize(MESSAGE_MAX + 1, 13);
    let mut fil = Fil::nouveau(3, publique());
    fil.verifier(&ouverture()).unwrap();
    assert_eq!(fil.verifier(&grand).unwrap_err().faute, Faute::TropGrand);
    let nul_de_trop = ensuite(publique(), |e| {
        e.octet(13).octet(0x80).octet(0);
    });
    assert_eq!(nul_de_trop, Err(Faute::MalEcrit));
}

#[test]
fn un_defilement_se_dit_d_une_ancre_deja_parue_ou_d_aucune() {
    let defiler = |ancre| {
        ensuite(publique(), |e| {
            e.octet(12).entier(1).entier(ancre).entier(0).entier(40);
        })
    };
    assert!(defiler(0).is_ok());
    assert!(defiler(2).is_ok());
    assert_eq!(defiler(9), Err(Faute::Noeud));
}

/// Des nœuds au hasard : genre et classe de chacun.
fn arbre() -> impl Strategy<Value = Vec<(u8, u8)>> {
    proptest::collection::vec((0..6_u8, 1..8_u8), 1..40)
}

/// Insère ces nœuds sous le `body`, qui est public ; rend les classes qu'ils montrent.
fn ecrire(noeuds: &[(u8, u8)], e: &mut Ecrit) -> Classes {
    let mut montre = Classes::AUCUNE;
    e.octet(3)
        .entier(2)
        .octet(1)
        .entier(0)
        .entier(u32::try_from(noeuds.len()).unwrap());
    for (genre, classe) in noeuds {
        let sienne = Classe::de_l_octet(*classe).unwrap();
        match genre {
            0 => {
                e.octet(3).octet(*classe);
            }
            1 => {
                e.octet(8).nom("input");
            }
            2 => {
                e.octet(6).nom("div").entier(1).octet(3).octet(0);
            }
            3 => {
                montre = montre.avec(Classe::Publique);
                e.noeud_texte("mot");
            }
            _ => {
                montre = montre.avec(sienne);
                e.octet(1)
                    .nom("p")
                    .octet(*classe)
                    .entier(1)
                    .nom("title")
                    .texte("a")
                    .entier(1);
                e.noeud_texte("texte");
            }
        }
    }
    montre
}

proptest! {
    #[test]
    fn ce_qui_est_bien_ecrit_passe_si_et_seulement_si_tout_en_est_accorde(noeuds in arbre(), accord in any::<u8>()) {
        let accord: Classes = Classe::TOUTES
            .into_iter()
            .filter(|classe| *classe == Classe::Publique || accord & (1 << (classe.octet() - 1)) != 0)
            .collect();
        let lu = ensuite(accord, |e| {
            ecrire(&noeuds, e);
        });
        let montre = ecrire(&noeuds, &mut Ecrit::default());
        let attendu = if montre.et(accord) == montre { Ok(montre) } else { Err(Faute::Classe) };
        prop_assert_eq!(lu, attendu);
    }

    #[test]
    fn un_message_coupe_n_importe_ou_n_est_jamais_remis_pour_plus_qu_il_ne_dit(noeuds in arbre()) {
        let mut ecrit = Ecrit::message(3, 1);
        ecrire(&noeuds, &mut ecrit);
        for fin in 0..ecrit.0.len() {
            let mut fil = Fil::nouveau(3, Classe::TOUTES.into_iter().collect());
            fil.verifier(&ouverture()).unwrap();
            prop_assert!(fil.verifier(&ecrit.0[..fin]).is_err(), "{}", fin);
        }
    }

    #[test]
    fn des_octets_quelconques_ne_font_pas_paniquer(octets in proptest::collection::vec(any::<u8>(), 0..300), dedans in any::<bool>()) {
        let mut fil = Fil::nouveau(3, publique());
        if dedans {
            fil.verifier(&ouverture()).unwrap();
        }
        let entete = [VERSION, 3, u8::from(dedans)];
        let _ = fil.verifier(&[&entete[..], &octets].concat());
        let _ = Fil::nouveau(3, publique()).verifier(&octets);
    }
}
