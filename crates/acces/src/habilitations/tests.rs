use super::*;

fn commune() -> Habilitations {
    Habilitations::commune().unwrap()
}

fn message(texte: &str) -> String {
    commune()
        .restreindre("DMSA33.toml", texte)
        .unwrap_err()
        .to_string()
}

#[test]
fn la_table_livree_est_juste_et_complete() {
    let table = commune();
    for role in Role::TOUS {
        assert!(
            CodeAction::TOUS.iter().any(|a| table.accorde(*role, *a)),
            "{role}"
        );
    }
    for action in CodeAction::TOUS {
        assert!(
            Role::TOUS.iter().any(|r| table.accorde(*r, *action)),
            "{action} n'est à personne"
        );
    }
}

#[test]
fn dpo_et_administrateur_ne_voient_rien_de_l_article_2() {
    let rien = Perimetre {
        branches: 0,
        identification: false,
        nir: false,
        bancaire: false,
        commentaires: false,
    };
    for role in [Role::Dpo, Role::Administrateur] {
        for action in CodeAction::TOUS {
            if let Some(perimetre) = commune().perimetre(role, *action) {
                assert_eq!(perimetre, rien, "{role} {action}");
            }
        }
        assert!(!commune().accorde(role, CodeAction::ConsulterDossier));
    }
}

#[test]
fn chaque_service_voit_ses_branches() {
    let branches = |role| {
        commune()
            .perimetre(role, CodeAction::ConsulterDossier)
            .unwrap()
            .branches
    };
    assert_eq!(
        branches(Role::Prestations),
        Perimetre::PRESTATIONS | Perimetre::SANTE
    );
    assert_eq!(branches(Role::Cotisations), Perimetre::COTISATIONS);
    assert_eq!(branches(Role::Recouvrement), 7);
    assert_eq!(branches(Role::AgenceComptable), 7);
    let bancaire = |role| {
        commune()
            .perimetre(role, CodeAction::ConsulterDossier)
            .unwrap()
            .bancaire
    };
    assert!(bancaire(Role::AgenceComptable));
    assert!(!bancaire(Role::Recouvrement));
}

#[test]
fn une_caisse_restreint_un_role_et_garde_les_autres() {
    let table = commune()
        .restreindre(
            "DMSA33.toml",
            "[cotisations]\nconsulter_dossier = [\"identification\"]\n",
        )
        .unwrap();
    let perimetre = table
        .perimetre(Role::Cotisations, CodeAction::ConsulterDossier)
        .unwrap();
    assert!(perimetre.identification && !perimetre.nir && perimetre.branches == 0);
    assert!(!table.accorde(Role::Cotisations, CodeAction::ChercherDebiteur));
    assert_eq!(
        table.perimetre(Role::Prestations, CodeAction::ConsulterDossier),
        commune().perimetre(Role::Prestations, CodeAction::ConsulterDossier)
    );
}

#[test]
fn un_droit_plus_large_est_refuse_avec_sa_ligne() {
    insta::assert_snapshot!(
        message("# note\n[cotisations]\nconsulter_dossier = [\"identification\", \"coordonnees_bancaires\"]\n"),
        @"DMSA33.toml, ligne 3 : cotisations recevrait pour consulter_dossier un droit que la table commune n’accorde pas (coordonnees_bancaires) : une caisse peut restreindre la table, jamais l’élargir"
    );
    insta::assert_snapshot!(
        message("[prestations]\nremettre_creance = []\n"),
        @"DMSA33.toml, ligne 2 : prestations recevrait pour remettre_creance un droit que la table commune n’accorde pas (l’action elle-même) : une caisse peut restreindre la table, jamais l’élargir"
    );
}

#[test]
fn une_faute_dit_ou_elle_est_et_quoi_ecrire() {
    insta::assert_snapshot!(
        message("[directeur]\n"),
        @"DMSA33.toml, ligne 1 : le rôle « directeur » n’existe pas ; écrivez l’un de : prestations, cotisations, recouvrement, agence_comptable, dpo, administrateur"
    );
    assert!(
        message("[dpo]\nlire = []\n").starts_with("DMSA33.toml, ligne 2 : l’action « lire » n’existe pas")
    );
    assert!(
        message("[dpo]\nlire_habilitations = [\n\"nom\"]\n")
            .starts_with("DMSA33.toml, ligne 3 : la classe « nom »")
    );
    insta::assert_snapshot!(
        message("[dpo]\nconsulter_journal = [\"journal\",\n \"journal\"]\n"),
        @"DMSA33.toml, ligne 3 : « journal » est répétée pour dpo, consulter_journal : gardez-en une"
    );
    insta::assert_snapshot!(
        message("[dpo]\nconsulter_journal = [\"journal\", \"nir\"]\n"),
        @"DMSA33.toml, ligne 2 : dpo ne peut pas recevoir « nir » pour consulter_journal : l’article 3 de la décision 18-07 n’en fait pas un destinataire ; retirez cette classe"
    );
    insta::assert_snapshot!(
        message("[cotisations]\nconsulter_dossier = [\"nir\"]\n"),
        @"DMSA33.toml, ligne 2 : cotisations reçoit « nir » sans « identification » pour consulter_dossier : ajoutez « identification » ou retirez cette classe"
    );
    assert!(message("[dpo]\n[dpo]\n").starts_with("DMSA33.toml, ligne 2 : la table ne se lit pas"));
    assert!(
        message("[dpo]\nconsulter_journal = \"journal\"\n").starts_with("DMSA33.toml, ligne 2 : la table")
    );
}

#[test]
fn une_table_commune_sans_un_role_est_refusee() {
    let (avant, apres) = TABLE.split_once("[dpo]").unwrap();
    let sans_dpo = format!("{avant}{}", &apres[apres.find("[administrateur]").unwrap()..]);
    assert_eq!(
        Habilitations::lire("t", &sans_dpo),
        Err(ErreurHabilitations::RoleAbsent {
            fichier: "t".into(),
            role: Role::Dpo
        })
    );
}

#[test]
fn une_caisse_lit_son_fichier_ou_la_table_commune() {
    let donnees = tempfile::tempdir().unwrap();
    let caisse: CodeCaisse = "DMSA33".parse().unwrap();
    assert_eq!(Habilitations::de_la_caisse(donnees.path(), caisse), Ok(commune()));
    let fichier = fichier_de_la_caisse(donnees.path(), caisse);
    std::fs::create_dir_all(fichier.parent().unwrap()).unwrap();
    std::fs::write(&fichier, "[dpo]\nconsulter_journal = [\"journal\"]\n").unwrap();
    let table = Habilitations::de_la_caisse(donnees.path(), caisse).unwrap();
    assert!(!table.accorde(Role::Dpo, CodeAction::LireHabilitations));
    std::fs::write(&fichier, [0xff, 0xfe]).unwrap();
    assert!(matches!(
        Habilitations::de_la_caisse(donnees.path(), caisse),
        Err(ErreurHabilitations::Illisible { .. })
    ));
}

use proptest::prelude::*;

proptest! {
    #[test]
    fn une_restriction_n_accorde_jamais_plus(gardes in prop::collection::vec(any::<bool>(), 400)) {
        let commune = commune();
        let mut gardes = gardes.into_iter().cycle();
        let mut texte = String::new();
        for role in Role::TOUS {
            texte.push_str(&format!("[{role}]\n"));
            for action in CodeAction::TOUS {
                let Some(classes) = commune.classes(*role, *action) else { continue };
                let retenues: Vec<String> = classes
                    .iter()
                    .filter(|c| **c == Classe::Identification || gardes.next().unwrap())
                    .map(|c| format!("\"{c}\""))
                    .collect();
                if gardes.next().unwrap() {
                    texte.push_str(&format!("{action} = [{}]\n", retenues.join(",")));
                }
            }
        }
        let table = commune.restreindre("t", &texte).unwrap();
        for role in Role::TOUS {
            for action in CodeAction::TOUS {
                if let Some(classes) = table.classes(*role, *action) {
                    prop_assert!(classes.is_subset(commune.classes(*role, *action).unwrap()));
                }
            }
        }
    }
}
