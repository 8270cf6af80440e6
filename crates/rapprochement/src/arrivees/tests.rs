use std::io::Cursor;

use super::*;

fn dossiers() -> (tempfile::TempDir, Arrivees) {
    let donnees = tempfile::tempdir().unwrap();
    let arrivees = Arrivees::ouvrir(donnees.path(), "DMSA33".parse().unwrap()).unwrap();
    (donnees, arrivees)
}

/// Un instant où tout ce qui est posé repose.
fn plus_tard() -> Timestamp {
    "2100-01-01T00:00:00Z".parse().unwrap()
}

fn noms(fichiers: &[FichierPose]) -> Vec<&str> {
    fichiers.iter().map(|f| f.nom.as_str()).collect()
}

async fn permis() -> (Permis<actions::DeposerDsn>, storage::essais::Banc) {
    let banc = storage::essais::bancs(acces::MIGRATIONS).await.remove(0);
    let horloge = acces::essais::horloge();
    let permis = Permis::operateur(&banc.db, &horloge, "essai", acces::Objet::Caisse)
        .await
        .unwrap();
    (permis, banc)
}

#[tokio::test]
async fn un_nom_deja_pris_prend_un_rang_et_rien_ne_s_ecrase() {
    let (_donnees, arrivees) = dossiers();
    let (permis, _banc) = permis().await;
    for octets in ["un", "deux", "trois"] {
        arrivees
            .poser(&permis, "janvier.dsn", &mut Cursor::new(octets))
            .unwrap();
    }
    arrivees.poser(&permis, "a.part", &mut Cursor::new("x")).unwrap();
    let prets = arrivees.prets(Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(
        noms(&prets),
        ["a", "janvier-2.dsn", "janvier-3.dsn", "janvier.dsn"]
    );
    assert_eq!(prets[0].agent.as_deref(), Some("operateur:essai"));
    let lu = |f: &FichierPose| io::read_to_string(f.lire().unwrap()).unwrap();
    assert_eq!(
        [lu(&prets[3]), lu(&prets[1]), lu(&prets[2])],
        ["un", "deux", "trois"]
    );
}

#[tokio::test]
async fn dossiers_et_fichiers_ne_se_lisent_que_du_compte_du_service() {
    use std::os::unix::fs::PermissionsExt as _;
    let (donnees, arrivees) = dossiers();
    let (permis, _banc) = permis().await;
    arrivees.poser(&permis, "f.dsn", &mut Cursor::new("x")).unwrap();
    let agent = donnees.path().join("dsn/DMSA33/arrivees/agent-operateur:essai");
    let mode = |chemin: &Path| fs::metadata(chemin).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&agent), 0o700);
    assert_eq!(mode(agent.parent().unwrap()), 0o700);
    assert_eq!(mode(&agent.join("f.dsn")), 0o600);
}

#[tokio::test]
async fn un_envoi_a_moitie_ecrit_n_est_pas_pris_et_s_efface_quand_personne_ne_le_finit() {
    let (donnees, arrivees) = dossiers();
    let racine = donnees.path().join("dsn/DMSA33/arrivees");
    let agent = racine.join("agent-a.b");
    fs::create_dir(&agent).unwrap();
    let (de_l_agent, de_l_operateur) = (agent.join("x.dsn.part"), racine.join("y.dsn.part"));
    fs::write(&de_l_agent, "x").unwrap();
    fs::write(&de_l_operateur, "y").unwrap();
    assert!(arrivees.prets(Timestamp::UNIX_EPOCH).unwrap().is_empty());
    assert!(arrivees.en_attente().unwrap().is_empty());
    assert!(de_l_agent.exists());
    assert!(arrivees.prets(plus_tard()).unwrap().is_empty());
    assert!(!de_l_agent.exists() && de_l_operateur.exists());
}

#[test]
fn ce_que_l_operateur_ecrit_encore_attend_d_etre_repose() {
    let (donnees, arrivees) = dossiers();
    let racine = donnees.path().join("dsn/DMSA33/arrivees");
    fs::write(racine.join("x.dsn"), "x").unwrap();
    fs::write(racine.join(".cache"), "x").unwrap();
    fs::create_dir(racine.join("ailleurs")).unwrap();
    fs::write(racine.join("ailleurs/z.dsn"), "z").unwrap();
    assert!(arrivees.prets(Timestamp::UNIX_EPOCH).unwrap().is_empty());
    assert_eq!(noms(&arrivees.prets(plus_tard()).unwrap()), ["x.dsn"]);
    assert_eq!(noms(&arrivees.en_attente().unwrap()), ["x.dsn"]);
}

#[tokio::test]
async fn un_refus_garde_sa_raison_quels_que_soient_les_noms() {
    let (donnees, arrivees) = dossiers();
    let (permis, _banc) = permis().await;
    let racine = donnees.path().join("dsn/DMSA33/arrivees");
    // Le nom d'un fichier peut être celui de la raison d'un autre.
    for nom in ["a.dsn.txt", "a.dsn", "a.dsn", "a.dsn.txt"] {
        fs::write(racine.join(nom), nom).unwrap();
        let pret = arrivees.prets(plus_tard()).unwrap().remove(0);
        arrivees.refuser(&pret, &format!("{nom} refusé")).unwrap();
    }
    let refuses = arrivees.refuses().unwrap();
    assert_eq!(refuses.len(), 4);
    for f in &refuses {
        let contenu = io::read_to_string(f.lire().unwrap()).unwrap();
        assert_eq!(
            f.pourquoi().unwrap(),
            Some(format!("{contenu} refusé")),
            "{}",
            f.nom
        );
    }
    assert!(!arrivees.ecarter(&permis, None, "../arrivees/x").unwrap());
    assert!(!arrivees.ecarter(&permis, Some("a.b"), "a.dsn.txt").unwrap());
    for f in &refuses {
        assert!(arrivees.ecarter(&permis, None, &f.nom).unwrap(), "{}", f.nom);
    }
    assert_eq!(
        fs::read_dir(donnees.path().join("dsn/DMSA33/refuses"))
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn un_refus_interrompu_se_refait_sans_laisser_de_reste() {
    let (donnees, arrivees) = dossiers();
    let dossier = donnees.path().join("dsn/DMSA33");
    fs::write(dossier.join("arrivees/x.dsn"), "x").unwrap();
    fs::write(dossier.join("refuses/x.dsn.txt"), "à moitié").unwrap();
    let pret = arrivees.prets(plus_tard()).unwrap().remove(0);
    arrivees.refuser(&pret, "pour de bon").unwrap();
    let refuses = arrivees.refuses().unwrap();
    assert_eq!(noms(&refuses), ["x.dsn"]);
    assert_eq!(refuses[0].pourquoi().unwrap().as_deref(), Some("pour de bon"));
}

#[test]
fn un_depot_se_reconnait_du_fichier_qui_l_a_donne() {
    let (donnees, arrivees) = dossiers();
    fs::write(donnees.path().join("dsn/DMSA33/arrivees/lot.zip"), "x").unwrap();
    let pose = arrivees.en_attente().unwrap().remove(0);
    assert!(pose.donne("lot.zip") && pose.donne("lot.zip/janvier.dsn"));
    assert!(!pose.donne("lot.zip2") && !pose.donne("janvier.dsn"));
}
