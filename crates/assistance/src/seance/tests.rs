use proptest::prelude::*;

use super::*;
use crate::Classe;

fn instant(secondes: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + secondes).unwrap()
}

fn page(onglet: u32) -> Page {
    Page {
        onglet,
        origine: "https://extranet.exemple".to_owned(),
    }
}

fn agent(nom: &str) -> Agent {
    Agent::nouveau(nom)
}

fn classes(codes: u8) -> Classes {
    Classe::TOUTES
        .into_iter()
        .filter(|classe| codes & (1 << (classe.octet() - 1)) != 0)
        .collect()
}

fn toutes() -> Classes {
    classes(0x7f)
}

fn proposition(champ: u32, valeur: u8) -> Proposition {
    Proposition {
        numero: u64::from(champ),
        page: page(1),
        champ: Champ {
            noeud: champ,
            compte_bancaire: champ == 9,
        },
        valeur: [valeur; 32],
    }
}

/// Une session où ces faits sont arrivés, un par seconde ; tous y sont permis.
fn session(faits: &[(Voix, Fait)]) -> Seance {
    let mut seance = Seance::demandee(instant(0));
    for (rang, (voix, fait)) in (1..).zip(faits) {
        seance = seance.apres(voix, fait.clone(), instant(rang)).unwrap().0;
    }
    seance
}

fn prise() -> (Voix, Fait) {
    let prendre = Fait::Prendre {
        habilitation: toutes(),
        motif: "aide à la déclaration".to_owned(),
    };
    (Voix::Agent(agent("a")), prendre)
}

fn demande(question: Question) -> (Voix, Fait) {
    (Voix::Agent(agent("a")), Fait::Demander(question))
}

fn reponse(question: Question, oui: bool) -> (Voix, Fait) {
    let page = page(1);
    (Voix::Dialogue, Fait::Repondre { question, oui, page })
}

/// Prise, et ces questions posées puis accordées.
fn accordee(questions: &[Question]) -> Seance {
    let mut faits = vec![prise()];
    for question in questions {
        faits.extend([demande(*question), reponse(*question, true)]);
    }
    session(&faits)
}

#[test]
fn rien_ne_se_voit_avant_le_oui_et_l_habilitation_borne_ce_qui_est_accorde() {
    let posee = session(&[prise(), demande(Question::Voir(toutes()))]);
    for epoque in 0..3 {
        assert_eq!(posee.peut_voir(&agent("a"), &page(1), epoque, instant(2)), None);
    }
    let prendre = Fait::Prendre {
        habilitation: classes(0b11),
        motif: "aide".to_owned(),
    };
    let question = Question::Voir(classes(0b110));
    let (seance, effets) = session(&[(Voix::Agent(agent("a")), prendre), demande(question)])
        .apres(&Voix::Dialogue, reponse(question, true).1, instant(5))
        .unwrap();
    // Public, toujours, et l'identification ; l'adresse est accordée sans que l'agent y soit habilité.
    assert_eq!(
        effets,
        [Effet::Epoque {
            epoque: 1,
            classes: classes(0b11)
        }]
    );
    assert_eq!(
        seance.peut_voir(&agent("a"), &page(1), 1, instant(5)),
        Some(classes(0b11))
    );
    assert_eq!(
        seance.peut_voir(&agent("b"), &page(1), 1, instant(5)),
        None,
        "un autre agent"
    );
    assert_eq!(
        seance.peut_voir(&agent("a"), &page(2), 1, instant(5)),
        None,
        "un autre onglet"
    );
    let ailleurs = Page {
        origine: "https://ailleurs.exemple".to_owned(),
        ..page(1)
    };
    assert_eq!(
        seance.peut_voir(&agent("a"), &ailleurs, 1, instant(5)),
        None,
        "une autre origine"
    );
    assert_eq!(
        seance.peut_voir(&agent("a"), &page(1), 0, instant(5)),
        None,
        "une autre époque"
    );
}

#[test]
fn seul_le_dialogue_repond_revoque_suspend_et_accepte() {
    let question = Question::Voir(toutes());
    let posee = session(&[prise(), demande(question)]);
    let vue = accordee(&[question, Question::Saisie]);
    for voix in [Voix::Agent(agent("a")), Voix::Relais] {
        for (seance, fait) in [
            (&posee, reponse(question, true).1),
            (&vue, Fait::Revoquer(Accord::Voir)),
            (&vue, Fait::Suspendre(true)),
            (&vue, Fait::Accepter(proposition(3, 1))),
        ] {
            assert_eq!(
                seance.apres(&voix, fait, instant(60)).unwrap_err(),
                RefusSeance::Voix,
                "{voix:?}"
            );
        }
    }
    let autre = Question::Voir(classes(1));
    let refus = posee.apres(&Voix::Dialogue, reponse(autre, true).1, instant(9));
    assert_eq!(
        refus.unwrap_err(),
        RefusSeance::Question,
        "une réponse vaut pour la question lue"
    );
}

#[test]
fn la_souris_et_la_saisie_se_demandent_a_part_et_ne_valent_rien_sans_la_vue() {
    let sans_vue = session(&[prise()]);
    for question in [Question::Souris, Question::Saisie, Question::SaisieDOffice] {
        let (voix, fait) = demande(question);
        assert_eq!(
            sans_vue.apres(&voix, fait, instant(9)).unwrap_err(),
            RefusSeance::Accord
        );
    }
    let vue = accordee(&[Question::Voir(toutes())]);
    let clic = Geste::Cliquer(Bouton::Libre);
    let agir = |seance: &Seance, geste| {
        seance.peut_agir(&agent("a"), &page(1), seance.epoque(), &geste, instant(20))
    };
    assert_eq!(agir(&vue, Geste::Montrer), Ok(()));
    assert_eq!(agir(&vue, clic), Err(RefusSeance::Accord));
    let souris = accordee(&[Question::Voir(toutes()), Question::Souris]);
    assert_eq!(agir(&souris, clic), Ok(()));
    assert_eq!(
        agir(&souris, Geste::Cliquer(Bouton::Reserve)),
        Err(RefusSeance::Reserve)
    );
    let (sans_vue, _) = souris
        .apres(&Voix::Dialogue, Fait::Revoquer(Accord::Voir), instant(21))
        .unwrap();
    assert_eq!(agir(&sans_vue, clic), Err(RefusSeance::Accord));
}

#[test]
fn un_accord_expire_et_la_vue_avec_lui() {
    let seance = accordee(&[Question::Voir(toutes()), Question::Souris]);
    let clic = Geste::Cliquer(Bouton::Libre);
    let a = |minutes: i64| instant(3 + minutes * 60);
    let (voit, agit) = (
        |m| seance.peut_voir(&agent("a"), &page(1), 2, a(m)).is_some(),
        |m| seance.peut_agir(&agent("a"), &page(1), 2, &clic, a(m)).is_ok(),
    );
    assert!(voit(9) && agit(9) && voit(29));
    assert!(!agit(11) && !voit(31));
    let (expiree, effets) = seance.apres(&Voix::Relais, Fait::Heure, a(31)).unwrap();
    let noire = Effet::Epoque {
        epoque: 3,
        classes: Classes::AUCUNE,
    };
    assert_eq!(effets, [noire]);
    assert_eq!(expiree.peut_voir(&agent("a"), &page(1), 3, a(31)), None);
}

#[test]
fn une_acceptation_vaut_pour_une_proposition_un_champ_et_une_valeur() {
    let seance = accordee(&[Question::Voir(toutes()), Question::Saisie]);
    let proposer = |p: Proposition| seance.apres(&Voix::Agent(agent("a")), Fait::Proposer(p), instant(20));
    let (proposee, effets) = proposer(proposition(3, 1)).unwrap();
    assert_eq!(effets, [Effet::Soumettre(proposition(3, 1))]);
    let accepter = |s: &Seance, p: Proposition| s.apres(&Voix::Dialogue, Fait::Accepter(p), instant(21));
    let autre_champ = Proposition {
        champ: Champ {
            noeud: 4,
            compte_bancaire: false,
        },
        ..proposition(3, 1)
    };
    for autre in [proposition(3, 2), proposition(4, 1), autre_champ] {
        assert_eq!(accepter(&proposee, autre).unwrap_err(), RefusSeance::Question);
    }
    let (faite, effets) = accepter(&proposee, proposition(3, 1)).unwrap();
    assert_eq!(effets, [Effet::Saisir(proposition(3, 1))]);
    assert_eq!(
        accepter(&faite, proposition(3, 1)).unwrap_err(),
        RefusSeance::Question,
        "une fois"
    );
    assert_eq!(
        proposer(proposition(9, 1)).unwrap_err(),
        RefusSeance::Reserve,
        "un compte bancaire"
    );
    let d_office = accordee(&[Question::Voir(toutes()), Question::SaisieDOffice]);
    let agent_a = Voix::Agent(agent("a"));
    let (_, effets) = d_office
        .apres(&agent_a, Fait::Proposer(proposition(3, 1)), instant(20))
        .unwrap();
    assert_eq!(effets, [Effet::Saisir(proposition(3, 1))]);
    let compte = d_office.apres(&agent_a, Fait::Proposer(proposition(9, 1)), instant(20));
    assert_eq!(compte.unwrap_err(), RefusSeance::Reserve);
}

#[test]
fn passer_la_session_fait_tomber_tout_accord_et_finir_est_definitif() {
    let seance = accordee(&[
        Question::Voir(toutes()),
        Question::Souris,
        Question::SaisieDOffice,
    ]);
    let ceder = Fait::Ceder {
        a: agent("b"),
        habilitation: toutes(),
    };
    let refus = seance.apres(&Voix::Agent(agent("b")), ceder.clone(), instant(30));
    assert_eq!(refus.unwrap_err(), RefusSeance::Autre);
    let (cedee, effets) = seance
        .apres(&Voix::Agent(agent("a")), ceder, instant(30))
        .unwrap();
    assert_eq!(
        effets,
        [Effet::Epoque {
            epoque: 4,
            classes: Classes::AUCUNE
        }]
    );
    for qui in ["a", "b"] {
        assert_eq!(
            cedee.peut_voir(&agent(qui), &page(1), 4, instant(30)),
            None,
            "{qui}"
        );
    }
    let (finie, _) = cedee.apres(&Voix::Dialogue, Fait::Finir, instant(31)).unwrap();
    for fait in [prise().1, Fait::Heure, Fait::Finir] {
        assert_eq!(
            finie.apres(&Voix::Dialogue, fait, instant(32)).unwrap_err(),
            RefusSeance::Finie
        );
    }
}

#[test]
fn une_session_se_prend_avec_un_motif_et_une_seule_fois() {
    let neuve = Seance::demandee(instant(0));
    let sans_motif = Fait::Prendre {
        habilitation: toutes(),
        motif: "  ".to_owned(),
    };
    let refus = neuve.apres(&Voix::Agent(agent("a")), sans_motif, instant(1));
    assert_eq!(refus.unwrap_err(), RefusSeance::Motif);
    let (voix, fait) = prise();
    let prise_par_a = neuve.apres(&voix, fait.clone(), instant(1)).unwrap().0;
    let par_b = prise_par_a.apres(&Voix::Agent(agent("b")), fait, instant(2));
    assert_eq!(par_b.unwrap_err(), RefusSeance::Autre);
    let avant = prise_par_a.apres(&Voix::Relais, Fait::Heure, instant(0));
    assert_eq!(avant.unwrap_err(), RefusSeance::Heure);
}

fn une_question() -> impl Strategy<Value = Question> {
    prop_oneof![
        Just(Question::Voir(toutes())),
        Just(Question::Voir(classes(0b100_0001))),
        Just(Question::Souris),
        Just(Question::Saisie),
        Just(Question::SaisieDOffice),
    ]
}

/// Un fait quelconque, ou une question que l'agent pose et à laquelle le dialogue répond aussitôt oui : sans quoi presque
/// aucune suite tirée au hasard n'accorderait rien.
fn un_episode() -> impl Strategy<Value = Vec<(Voix, Fait)>> {
    let accorder = (une_question(), un_agent(), 1..3_u32).prop_map(|(question, qui, onglet)| {
        let page = page(onglet);
        let oui = true;
        vec![
            (Voix::Agent(qui), Fait::Demander(question)),
            (Voix::Dialogue, Fait::Repondre { question, oui, page }),
        ]
    });
    let quelconque = (une_voix(), un_fait()).prop_map(|fait| vec![fait]);
    prop_oneof![2 => accorder, 3 => quelconque]
}

fn un_agent() -> impl Strategy<Value = Agent> {
    prop_oneof![Just(agent("a")), Just(agent("b"))]
}

fn un_fait() -> impl Strategy<Value = Fait> {
    let accord = || prop_oneof![Just(Accord::Voir), Just(Accord::Souris), Just(Accord::Saisie)];
    let une_proposition = || (1..10_u32, 0..3_u8).prop_map(|(champ, valeur)| proposition(champ, valeur));
    prop_oneof![
        2 => any::<u8>().prop_map(|codes| Fait::Prendre { habilitation: classes(codes & 0x7f), motif: "m".to_owned() }),
        6 => une_question().prop_map(Fait::Demander),
        8 => (une_question(), any::<bool>(), 1..3_u32)
            .prop_map(|(question, oui, onglet)| Fait::Repondre { question, oui, page: page(onglet) }),
        2 => accord().prop_map(Fait::Revoquer),
        1 => any::<bool>().prop_map(Fait::Suspendre),
        1 => un_agent().prop_map(|a| Fait::Ceder { a, habilitation: toutes() }),
        3 => une_proposition().prop_map(Fait::Proposer),
        3 => une_proposition().prop_map(Fait::Accepter),
        2 => Just(Fait::Heure),
        1 => Just(Fait::Finir),
    ]
}

fn une_voix() -> impl Strategy<Value = Voix> {
    prop_oneof![4 => Just(Voix::Dialogue), 4 => un_agent().prop_map(Voix::Agent), 1 => Just(Voix::Relais)]
}

/// Ce qu'un adhérent sait de ses oui, tenu à part : rien d'autre ne doit se voir ni se faire.
#[derive(Default, Clone)]
struct Memoire {
    agent: Option<(Agent, Classes)>,
    posee: Option<Question>,
    oui: Vec<(Question, Page, Timestamp)>,
    suspendue: bool,
}

impl Memoire {
    /// Les faits acceptés, tels que l'adhérent les vit.
    fn retenir(&mut self, voix: &Voix, fait: &Fait, quand: Timestamp) {
        match fait {
            Fait::Prendre { habilitation, .. } => {
                if let Voix::Agent(agent) = voix {
                    self.agent = Some((agent.clone(), *habilitation));
                }
            }
            Fait::Demander(question) => self.posee = Some(*question),
            Fait::Repondre { question, oui, page } => {
                self.oui.retain(|(donne, ..)| donne.accord() != question.accord());
                if question.accord() == Accord::Voir {
                    self.oui.clear();
                }
                if *oui {
                    self.oui.push((*question, page.clone(), quand));
                }
            }
            Fait::Revoquer(accord) => {
                self.oui
                    .retain(|(donne, ..)| donne.accord() != *accord && *accord != Accord::Voir);
            }
            Fait::Suspendre(oui) => self.suspendue = *oui,
            Fait::Ceder { a, habilitation } => {
                self.agent = Some((a.clone(), *habilitation));
                self.oui.clear();
            }
            Fait::Finir => self.oui.clear(),
            Fait::Proposer(_) | Fait::Accepter(_) | Fait::Heure => {}
        }
    }

    fn voit(&self, agent: &Agent, page: &Page, quand: Timestamp) -> Option<Classes> {
        let (sien, habilitation) = self.agent.as_ref()?;
        let vue = self
            .oui
            .iter()
            .find_map(|(question, ou, depuis)| match question {
                Question::Voir(classes) if ou == page && quand.duration_since(*depuis) < DUREE_VUE => {
                    Some(classes.avec(Classe::Publique))
                }
                _ => None,
            })?;
        (sien == agent && !self.suspendue).then(|| vue.et(*habilitation))
    }
}

proptest! {
    #[test]
    fn quoi_qu_il_arrive_rien_ne_se_voit_ni_ne_se_fait_sans_un_oui_qui_vaut_encore(
        episodes in proptest::collection::vec((un_episode(), prop_oneof![3 => 0..30_i64, 1 => 0..1_200_i64]), 1..60),
        finit in any::<bool>(),
    ) {
        let (voix, prendre) = prise();
        let mut memoire = Memoire::default();
        memoire.retenir(&voix, &prendre, instant(1));
        let mut seance = session(&[(voix, prendre)]);
        let (mut quand, mut epoque) = (1, 0);
        let faits = episodes.into_iter().flat_map(|(faits, attente)| faits.into_iter().map(move |(voix, fait)| (voix, fait, attente)));
        for (voix, fait, attente) in faits {
            // Une suite sur deux ne finit pas : elle irait rarement loin.
            if fait == Fait::Finir && !finit {
                continue;
            }
            quand += attente;
            let maintenant = instant(quand);
            let finie = seance.est_finie();
            match seance.apres(&voix, fait.clone(), maintenant) {
                Err(_) => {}
                Ok((suite, effets)) => {
                    prop_assert!(!finie, "une session finie ne revit pas");
                    memoire.retenir(&voix, &fait, maintenant);
                    prop_assert!(suite.epoque() >= epoque, "les époques ne reculent pas");
                    let saisies = effets.iter().filter(|effet| matches!(effet, Effet::Saisir(_))).count();
                    if saisies > 0 {
                        let accord = memoire.oui.iter().any(|(question, ou, depuis)| {
                            question.accord() == Accord::Saisie
                                && *ou == page(1)
                                && maintenant.duration_since(*depuis) < DUREE_GESTES
                        });
                        prop_assert!(accord && saisies == 1, "une saisie sans accord");
                        let du_dialogue = matches!(fait, Fait::Accepter(_)) && voix == Voix::Dialogue;
                        let d_office = memoire.oui.iter().any(|(question, ..)| *question == Question::SaisieDOffice);
                        prop_assert!(du_dialogue || d_office);
                    }
                    let change = suite.epoque() != epoque;
                    prop_assert_eq!(change, effets.iter().any(|effet| matches!(effet, Effet::Epoque { .. })));
                    epoque = suite.epoque();
                    seance = suite;
                }
            }
            for qui in [agent("a"), agent("b")] {
                for ou in [page(1), page(2)] {
                    let vu = seance.peut_voir(&qui, &ou, epoque, maintenant);
                    let attendu = if seance.est_finie() { None } else { memoire.voit(&qui, &ou, maintenant) };
                    prop_assert_eq!(vu, attendu);
                    for autre in [epoque.wrapping_sub(1), epoque + 1] {
                        prop_assert_eq!(seance.peut_voir(&qui, &ou, autre, maintenant), None);
                    }
                    let reserve = seance.peut_agir(&qui, &ou, epoque, &Geste::Cliquer(Bouton::Reserve), maintenant);
                    prop_assert!(reserve.is_err());
                    let clic = seance.peut_agir(&qui, &ou, epoque, &Geste::Cliquer(Bouton::Libre), maintenant);
                    let souris = memoire.oui.iter().any(|(question, sur, depuis)| {
                        *question == Question::Souris && *sur == ou && maintenant.duration_since(*depuis) < DUREE_GESTES
                    });
                    prop_assert_eq!(clic.is_ok(), souris && vu.is_some());
                }
            }
        }
    }
}
