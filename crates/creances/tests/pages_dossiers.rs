//! Les pages du dossier et de la créance, par le vrai routeur : ce que chaque service y voit, ce qu'il peut y faire.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

mod commun;

use acces::essais::{Navigateur, Reponse, maison};
use acces::journal::{FiltreJournal, consulter_journal};
use acces::{Horloge, Objet, Permis, Role};
use axum::Router;
use axum::http::StatusCode;
use commun::{
    assure, caisses, cotisation, csv, emettre_une, employeur, importer_texte, indu, inscrire_un, maintenant,
    nombre, restes, verifiee,
};
use storage::essais::Banc;
use valeurs::DossierId;

/// Un débiteur qui doit des cotisations et un RSA indu, et un règlement de ses cotisations.
struct Scene {
    banc: Banc,
    routeur: Router,
    dossier: DossierId,
    cotisation: i64,
    indu: i64,
}

impl Scene {
    async fn sur(banc: Banc) -> Self {
        let mut debiteur = assure("MIX001");
        debiteur.siret = employeur(0).siret;
        let dossier = inscrire_un(&banc, debiteur).await;
        let cotisation = emettre_une(&banc, cotisation(dossier, 1, 11_111, 22_222))
            .await
            .unwrap();
        let indu = emettre_une(&banc, indu(dossier, "RSA-MIX", 44_444))
            .await
            .unwrap();
        let paye = [("10032026", commun::SIRETS[0], "2026-01", "133.33", "")];
        importer_texte(&banc, "paiements.csv", &csv(&paye)).await.unwrap();
        let routeur = acces::routeur(
            [acces::routes(), creances::pages::routes()]
                .into_iter()
                .flatten()
                .collect(),
            maison(&banc, Horloge::fixe(maintenant())),
        );
        Self {
            banc,
            routeur,
            dossier,
            cotisation,
            indu,
        }
    }

    async fn sqlite() -> Self {
        Self::sur(caisses().await.remove(0)).await
    }

    async fn agent(&self, role: Role) -> Navigateur {
        Navigateur::connecte(&self.routeur, &self.banc.db, &Horloge::fixe(maintenant()), role).await
    }

    async fn lire(&self, role: Role, chemin: &str) -> Reponse {
        self.agent(role).await.get(chemin).await
    }

    fn url_dossier(&self) -> String {
        format!("/DMSA33/dossiers/{}", self.dossier)
    }

    async fn journal(&self) -> Vec<String> {
        let horloge = Horloge::fixe(maintenant());
        let permis = Permis::operateur(&self.banc.db, &horloge, "essai", Objet::Caisse)
            .await
            .unwrap();
        let lignes = consulter_journal(&self.banc.db, &permis, &FiltreJournal::default(), None, 50)
            .await
            .unwrap();
        let ligne = |issue: bool, acteur: &str, action: &str, dossier: Option<i64>, nombre: i64| {
            format!(
                "{acteur} {action} {dossier:?} {nombre} {}",
                if issue { "accordé" } else { "refusé" }
            )
        };
        let mut lues: Vec<String> = lignes
            .iter()
            .filter(|l| l.acteur.ends_with(".essai"))
            .map(|l| {
                ligne(
                    l.accorde,
                    &l.acteur,
                    &l.action,
                    l.dossier.map(DossierId::get),
                    l.nombre,
                )
            })
            .collect();
        lues.reverse();
        lues
    }
}

/// Le texte d'une page, sans son cadre ni ses balises, une ligne par ligne.
fn texte(page: &str) -> String {
    let debut = page.find("<main").unwrap_or(0);
    let fin = page.find("</main>").unwrap_or(page.len());
    let (mut texte, mut dans_balise) = (String::new(), false);
    for c in page[debut..fin].chars() {
        match c {
            '<' => {
                dans_balise = true;
                texte.push(' ');
            }
            '>' => dans_balise = false,
            c if !dans_balise => texte.push(c),
            _ => {}
        }
    }
    let texte = texte.replace(['\u{a0}', '\u{202f}'], " ").replace("&#39;", "'");
    let lignes = texte
        .lines()
        .map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "));
    lignes.filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Ce qui trahirait les cotisations : leurs montants, leur nature, leur période, leur règlement.
const DES_COTISATIONS: [&str; 8] = [
    "111,11",
    "222,22",
    "333,33",
    "133,33",
    "200,00",
    "Assurances sociales",
    "janvier 2026",
    "Prélèvement SEPA le",
];

#[tokio::test]
async fn les_prestations_ne_voient_rien_d_une_cotisation_et_l_inverse() {
    for banc in caisses().await {
        let scene = Scene::sur(banc).await;
        for vue in ["", "?vue=toutes", "?vue=reglements", "?au=2026-03-20&vue=toutes"] {
            let page = scene
                .lire(Role::Prestations, &format!("{}{vue}", scene.url_dossier()))
                .await;
            assert_eq!(page.etat, StatusCode::OK);
            let lu = texte(&page.corps);
            for element in DES_COTISATIONS.iter().filter(|e| **e != "janvier 2026") {
                assert!(
                    !lu.contains(element),
                    "{element} est dans la page des prestations {vue} :\n{lu}"
                );
            }
            let page = scene
                .lire(Role::Cotisations, &format!("{}{vue}", scene.url_dossier()))
                .await;
            let lu = texte(&page.corps);
            assert!(!lu.contains("444,44") && !lu.contains("RSA"), "{lu}");
        }
        let cotisation = format!("/DMSA33/creances/{}", scene.cotisation);
        let indu = format!("/DMSA33/creances/{}", scene.indu);
        assert_eq!(
            scene.lire(Role::Prestations, &cotisation).await.etat,
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            scene.lire(Role::Cotisations, &indu).await.etat,
            StatusCode::NOT_FOUND
        );
        let vu = scene.lire(Role::Recouvrement, &scene.url_dossier()).await;
        let lu = texte(&vu.corps);
        assert!(lu.contains("444,44") && lu.contains("200,00"), "{lu}");
        assert!(
            scene
                .journal()
                .await
                .iter()
                .any(|l| l.contains("prestations") && l.contains("refusé"))
        );
    }
}

#[tokio::test]
async fn le_nir_et_les_comptes_ne_sont_que_pour_qui_la_table_les_accorde() {
    let mut banc = caisses().await.remove(0);
    let dossier = banc.dossier.path().join("habilitations");
    std::fs::create_dir_all(&dossier).unwrap();
    let sans_nir = "[cotisations]\nchercher_debiteur = [\"identification\", \"economique_cotisations\"]\n\
                    consulter_dossier = [\"identification\", \"economique_cotisations\"]\n";
    std::fs::write(dossier.join("DMSA33.toml"), sans_nir).unwrap();
    banc = Scene::sur(banc).await.banc;
    let scene = Scene {
        routeur: acces::routeur(
            [acces::routes(), creances::pages::routes()]
                .into_iter()
                .flatten()
                .collect(),
            maison(&banc, Horloge::fixe(maintenant())),
        ),
        dossier: DossierId::new(1),
        cotisation: 1,
        indu: 2,
        banc,
    };
    let cotisations = scene.lire(Role::Cotisations, &scene.url_dossier()).await.corps;
    assert!(
        !cotisations.contains("NIR</dt>") && !cotisations.contains("063 123"),
        "{}",
        texte(&cotisations)
    );
    assert!(!cotisations.contains("Comptes bancaires") && !cotisations.contains("Commentaires</h2>"));
    let prestations = scene.lire(Role::Prestations, &scene.url_dossier()).await.corps;
    assert!(prestations.contains("NIR</dt>") && prestations.contains("2 85 02 33 063 123"));
    assert!(!prestations.contains("Comptes bancaires"));
    let comptable = scene
        .lire(Role::AgenceComptable, &scene.url_dossier())
        .await
        .corps;
    assert!(comptable.contains("Comptes bancaires") && comptable.contains("FR14 2004"));
    // Un NIR cherché par qui ne le voit pas ne trouve personne.
    let mut agent = scene.agent(Role::Cotisations).await;
    let trouve = agent.post("/DMSA33/recherche", &[("q", "2850233063123")]).await;
    assert!(texte(&trouve.corps).contains("Personne ne répond"));
}

#[tokio::test]
async fn la_recherche_se_poste_et_se_journalise() {
    let scene = Scene::sqlite().await;
    let mut agent = scene.agent(Role::Cotisations).await;
    let vide = agent.get("/DMSA33/recherche").await;
    assert!(texte(&vide.corps).contains("Ce qui se cherche"));
    let trouve = agent.post("/DMSA33/recherche", &[("q", "zoé dalm")]).await;
    assert_eq!(trouve.etat, StatusCode::OK);
    assert!(
        texte(&trouve.corps).contains("Personne ne répond"),
        "« dalm » n’est pas un début de mot"
    );
    let trouve = agent.post("/DMSA33/recherche", &[("q", "zoe saint em")]).await;
    insta::assert_snapshot!(texte(&trouve.corps), @r"
    Chercher un débiteur Inscrire un débiteur
    Nom, NIR, SIRET, matricule, commune, téléphone ou courriel Chercher
    1 débiteur, par ordre de nom
    Débiteur Matricule Commune SIRET Régime Créances ouvertes Solde
    D’Almeida Zoé MIX001 Saint-Émilion 732 829 320 00074 Assuré ou allocataire 1 200,00 €
    ");
    let court = agent.post("/DMSA33/recherche", &[("q", "z")]).await;
    assert_eq!(court.etat, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(court.corps.contains("aria-invalid=\"true\""));
    assert_eq!(
        agent.get("/DMSA33/recherche?q=zoe").await.corps,
        vide.corps,
        "rien ne se cherche par l’adresse"
    );
    insta::assert_snapshot!(scene.journal().await.join("\n"), @r"
    cotisations.essai Chercher un débiteur None 0 accordé
    cotisations.essai Chercher un débiteur None 0 accordé
    cotisations.essai Chercher un débiteur None 1 accordé
    ");
}

#[tokio::test]
async fn le_dossier_se_lit() {
    let scene = Scene::sqlite().await;
    let page = scene.lire(Role::Recouvrement, &scene.url_dossier()).await;
    insta::assert_snapshot!(texte(&page.corps), @r"
    Débiteurs Zoé D’Almeida
    Zoé D’Almeida Assuré ou allocataire, matricule MIX001 Compte adhérent Histoire Fiche de synthèse
    Identité et contacts Nom D’Almeida Prénom Zoé Matricule MIX001 Régime Assuré ou allocataire SIRET 732 829 320 00074 NIR 2 85 02 33 063 123 41 Téléphone non renseigné Courriel non renseigné Commune Saint-Émilion (33394) Code agent A01 Code tiers T01 Mode de paiement Prélèvement SEPA
    État du dossier au Voir à cette date
    Solde dû 644,44 € dont 644,44 € échus ; 2 créances ouvertes En attente de classement 0,00 € Dernier règlement 133,33 € Prélèvement SEPA le 10/03/2026 Dernière procédure Aucune
    Créances ouvertes 2 Toutes les créances 2 Règlements 1
    Créances ouvertes du dossier
    Créance , trier ↕ Période , trier ↕ Exigible le , trier en ordre décroissant ↑ Montant , trier ↕ Reste dû , trier ↕
    Assurances sociales des salariés Cotisations sur salaires · COT-1-202601 janvier 2026 15/02/2026 Échue 333,33 € 200,00 €
    Indu : Revenu de solidarité active (RSA) RSA indu · RSA-MIX janvier 2026 15/02/2026 Échue 444,44 € 444,44 €
    Total des créances ouvertes 644,44 €
    Lignes 1 à 2 sur 2
    Commentaires Aucun commentaire.
    Ajouter un commentaire (obligatoire) Signé de votre nom et daté ; personne ne peut ensuite le modifier ni l’effacer.
    Ajouter à la fiche
    ");
    assert_eq!(page.corps.matches("<h1").count(), 1);
    let reglements = scene
        .lire(
            Role::AgenceComptable,
            &format!("{}?vue=reglements", scene.url_dossier()),
        )
        .await;
    insta::assert_snapshot!(texte(&reglements.corps), @r"
    Débiteurs Zoé D’Almeida
    Zoé D’Almeida Assuré ou allocataire, matricule MIX001 Compte adhérent Histoire Fiche de synthèse
    Identité et contacts Nom D’Almeida Prénom Zoé Matricule MIX001 Régime Assuré ou allocataire SIRET 732 829 320 00074 NIR 2 85 02 33 063 123 41 Téléphone non renseigné Courriel non renseigné Commune Saint-Émilion (33394) Code agent A01 Code tiers T01 Mode de paiement Prélèvement SEPA Comptes bancaires FR14 2004 1010 0505 0001 3M02 606 depuis le 01/01/2026
    État du dossier au Voir à cette date
    Solde dû 644,44 € dont 644,44 € échus ; 2 créances ouvertes En attente de classement 0,00 € Dernier règlement 133,33 € Prélèvement SEPA le 10/03/2026 Dernière procédure Aucune
    Créances ouvertes 2 Toutes les créances 2 Règlements 1
    Règlements du dossier
    Reçu le , trier en ordre croissant ↓ Mode , trier ↕ État Imputé , trier ↕ En attente
    10/03/2026 Prélèvement SEPA Imputé 133,33 € 0,00 €
    Total 133,33 € 0,00 €
    Lignes 1 à 1 sur 1
    Commentaires Aucun commentaire.
    Ajouter un commentaire (obligatoire) Signé de votre nom et daté ; personne ne peut ensuite le modifier ni l’effacer.
    Ajouter à la fiche
    ");
    let acces: Vec<String> = scene
        .journal()
        .await
        .into_iter()
        .filter(|l| l.contains("recouvrement"))
        .collect();
    assert_eq!(acces.len(), 1, "{acces:?}");
}

#[tokio::test]
async fn le_dossier_se_lit_tel_qu_il_etait() {
    let scene = Scene::sqlite().await;
    let lire = async |au: &str| {
        texte(
            &scene
                .lire(Role::Cotisations, &format!("{}?au={au}", scene.url_dossier()))
                .await
                .corps,
        )
    };
    let avant = lire("2026-03-09").await;
    assert!(
        avant.contains("tel qu’il était le 09/03/2026") && avant.contains("333,33"),
        "{avant}"
    );
    let apres = lire("2026-03-10").await;
    assert!(
        apres.contains("200,00") && !apres.contains("Ajouter un commentaire"),
        "{apres}"
    );
    let origine = lire("2026-01-01").await;
    assert!(origine.contains("Aucune créance ouverte"), "{origine}");
    // Une date à venir ou illisible est aujourd'hui.
    assert!(!lire("2030-01-01").await.contains("tel qu’il était"));
    assert!(!lire("hier").await.contains("tel qu’il était"));
}

#[tokio::test]
async fn un_commentaire_s_ajoute_et_ne_change_jamais() {
    let scene = Scene::sqlite().await;
    let url = format!("{}/commentaires", scene.url_dossier());
    let mut agent = scene.agent(Role::Cotisations).await;
    let fait = agent
        .post(&url, &[("texte", "Appel : rappelle jeudi <b>.")])
        .await;
    assert_eq!(
        fait.vers.as_deref(),
        Some(&*format!("{}#commentaires", scene.url_dossier()))
    );
    agent.post(&url, &[("texte", "A payé.")]).await;
    let page = agent.get(&scene.url_dossier()).await.corps;
    assert!(
        page.contains("Appel : rappelle jeudi &#60;b&#62;.") || page.contains("jeudi &lt;b&gt;."),
        "{}",
        texte(&page)
    );
    assert!(texte(&page).contains("cotisations.essai"));
    let (premier, second) = (page.find("rappelle jeudi").unwrap(), page.find("A payé").unwrap());
    assert!(second < premier, "le plus récent d’abord");
    assert_eq!(
        agent.post(&url, &[("texte", "  ")]).await.etat,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(nombre(&scene.banc, "SELECT COUNT(*) FROM commentaire").await, 2);
    let routes = creances::pages::routes();
    let chemins = routes.iter().filter(|r| r.chemin().contains("commentaires"));
    assert_eq!(
        chemins.count(),
        1,
        "un commentaire ne se modifie ni ne s’efface par aucune route"
    );
}

#[tokio::test]
async fn un_formulaire_sans_le_jeton_de_sa_session_est_refuse() {
    let scene = Scene::sqlite().await;
    let url = format!("{}/commentaires", scene.url_dossier());
    let mut agent = scene.agent(Role::Cotisations).await;
    assert_eq!(
        agent.post_brut(&url, &[("texte", "Faux")]).await.etat,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        agent
            .post_brut(&url, &[("texte", "Faux"), ("jeton", "x")])
            .await
            .etat,
        StatusCode::FORBIDDEN
    );
    let autre = scene.agent(Role::Prestations).await.jeton();
    assert_eq!(
        agent
            .post_brut(&url, &[("texte", "Faux"), ("jeton", &autre)])
            .await
            .etat,
        StatusCode::FORBIDDEN
    );
    assert_eq!(nombre(&scene.banc, "SELECT COUNT(*) FROM commentaire").await, 0);
}

#[tokio::test]
async fn une_creance_dit_ou_chaque_euro_est_alle_et_ce_que_le_retard_ajoute() {
    let scene = Scene::sqlite().await;
    let url = format!("/DMSA33/creances/{}", scene.cotisation);
    let page = scene.lire(Role::Cotisations, &url).await;
    insta::assert_snapshot!(texte(&page.corps), @r"
    Débiteurs Zoé D’Almeida Assurances sociales des salariés
    Assurances sociales des salariés Cotisations sur salaires, janvier 2026, référence COT-1-202601 Procédure
    La créance Référence COT-1-202601 Branche Cotisations Nature Assurances sociales des salariés Due au titre de Employeur de main-d’œuvre Période janvier 2026 Émise le 31/01/2026 Exigible le 15/02/2026 Libellé Cotisations sur salaires
    Reste dû, par poste Part ouvrière 0,00 € Part patronale 200,00 €
    Reste dû 200,00 € Échue Montant émis 333,33 € le 31/01/2026 Réglé 133,33 € Exigible le 15/02/2026
    Mouvements, et pourquoi chaque somme est allée là
    Jour Mouvement Débit Crédit Reste
    31/01/2026 Émission, part ouvrière par essai 111,11 € 111,11 €
    31/01/2026 Émission, part patronale par essai 222,22 € 333,33 €
    10/03/2026 Règlement par prélèvement SEPA, part ouvrière Échéance du 15/02/2026, désignée par le paiement : part ouvrière de toutes les cotisations, dans des proportions identiques (CSS art. L133-4-11, alinéa 2 ; Code civil art. 1342-10, à vérifier) 111,11 € 222,22 €
    10/03/2026 Règlement par prélèvement SEPA, part patronale Échéance du 15/02/2026, désignée par le paiement : part patronale, une fois la part ouvrière payée, dans des proportions identiques (CSS art. D133-4, I ; Code civil art. 1342-10, à vérifier) 22,22 € 200,00 €
    Total 333,33 € 133,33 € 200,00 €
    Majorations de retard
    Majorations arrêtées au Calculer
    Calcul au 01/04/2026, règle R243-16@2020
    Étape Articles Montant
    Majoration de 5 % de 333,33 € impayés à l’échéance du 15/02/2026, arrondie au centime (arrondi à vérifier) CSS art. R243-16 ; CRPM art. R741-1-1 16,67 €
    133,33 € payés le 10/03/2026 : 1 mois commencé à 0,2 % CSS art. R243-16 ; CRPM art. R741-1-1
    200,00 € impayés au 01/04/2026 : 2 mois commencés à 0,2 % CSS art. R243-16 ; CRPM art. R741-1-1
    Majoration complémentaire de 0,2 % par mois ou fraction de mois, arrondie au centime (arrondi à vérifier) CSS art. R243-16 ; CRPM art. R741-1-1 1,07 €
    Total calculé 17,74 €
    Déjà au débit 0,00 €
    Reste à notifier 17,74 €
    Notifier 17,74 € de majorations de retard
    Pourquoi elles ne sont pas écartées
    Remplie Obligations déclaratives respectées (CSS art. R243-11 ; CRPM art. R741-1-1)
    Non remplie Cotisations payées, ou échéancier signé et respecté, au plus tard le 17/03/2026 (30 jours après l’échéance) (CSS art. R243-11 ; CRPM art. R741-1-1)
    Remplie Sans retard de paiement dans les 24 mois précédant l’échéance, depuis le 15/02/2024 (CSS art. R243-11 ; CRPM art. R741-1-1)
    Remplie Majorations inférieures au plafond mensuel de la sécurité sociale : 17,74 € pour 4 005,00 € (CSS art. D242-17, à vérifier)
    Agir sur la créance
    Annuler tout ou partie
    Ce qui est annulé n’a jamais été dû. Une annulation totale rend à la RAC ce qui avait été payé. Étendue (obligatoire) Une part du principal Toute la créance Montant à annuler Pour une annulation partielle. Motif (obligatoire) Gardé au grand livre avec votre nom ; n’y écrivez rien d’intime.
    Annuler tout ou partie
    ");
    let mut agent = scene.agent(Role::Cotisations).await;
    let fait = agent.post(&format!("{url}/majorations"), &[]).await;
    assert_eq!(fait.vers.as_deref(), Some(url.as_str()));
    let apres = texte(&agent.get(&url).await.corps);
    assert!(
        apres.contains("Les majorations sont notifiées") && apres.contains("Règle "),
        "{apres}"
    );
    assert_eq!(
        agent.post(&format!("{url}/majorations"), &[]).await.etat,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    // Qui n'a pas l'action n'en voit pas le bouton.
    let comptable = scene.lire(Role::AgenceComptable, &url).await.corps;
    assert!(!comptable.contains("/majorations\"") && comptable.contains("Transférer"));
    assert!(!comptable.contains("/annulation\"") && !comptable.contains("/remise\""));
    verifiee(&scene.banc).await;
}

#[tokio::test]
async fn une_creance_s_eteint_avec_son_motif_ou_dit_pourquoi_non() {
    let scene = Scene::sqlite().await;
    let url = format!("/DMSA33/creances/{}", scene.indu);
    let mut agent = scene.agent(Role::Recouvrement).await;
    let trop = [
        ("poste", "principal"),
        ("montant_remis", "1000"),
        ("motif_remise", "Précarité"),
    ];
    let refus = agent.post(&format!("{url}/remise"), &trop).await;
    assert_eq!(refus.etat, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        texte(&refus.corps).contains("CRE-025 : il ne reste que 444,44 €"),
        "{}",
        texte(&refus.corps)
    );
    assert!(
        refus
            .corps
            .contains("<details class=\"carte\" open><summary>Accorder une remise")
    );
    assert!(
        refus.corps.contains("value=\"1000\"") && refus.corps.contains("Précarité</textarea>"),
        "ce qui était écrit l’est encore"
    );
    let muet = [
        ("poste", "principal"),
        ("montant_remis", "44,44"),
        ("motif_remise", " "),
    ];
    assert_eq!(
        agent.post(&format!("{url}/remise"), &muet).await.etat,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let juste = [
        ("poste", "principal"),
        ("montant_remis", "44,44"),
        ("motif_remise", "Précarité"),
    ];
    assert_eq!(
        agent.post(&format!("{url}/remise"), &juste).await.vers.as_deref(),
        Some(url.as_str())
    );
    assert_eq!(restes(&scene.banc, scene.indu).await[2], 40_000);
    let page = texte(&agent.get(&url).await.corps);
    assert!(
        page.contains("Remise gracieuse Précarité par recouvrement.essai"),
        "{page}"
    );
    let total = [("etendue", "totale"), ("motif_annulation", "Erreur de droit")];
    agent.post(&format!("{url}/annulation"), &total).await;
    assert_eq!(restes(&scene.banc, scene.indu).await[2], 0);
    // Le service cotisations n'annule pas un indu, même en connaissant son adresse.
    let mut autre = scene.agent(Role::Cotisations).await;
    assert_eq!(
        autre.post(&format!("{url}/annulation"), &total).await.etat,
        StatusCode::NOT_FOUND
    );
    let (cotisation, indu) = (scene.cotisation, scene.indu);
    for (creance, dit) in [
        (
            cotisation,
            "CRE-028 : l’admission en non-valeur est possible à partir du 16 février 2027 (CRPM art. R725-3)",
        ),
        (
            indu,
            "CRE-028 : l’admission en non-valeur est possible à partir du 1er février 2027 (CSS art. D133-2-1)",
        ),
    ] {
        let tot = agent
            .post(
                &format!("/DMSA33/creances/{creance}/non-valeur"),
                &[("motif_non_valeur", "Insolvable")],
            )
            .await;
        assert!(texte(&tot.corps).contains(dit), "{}", texte(&tot.corps));
    }
    verifiee(&scene.banc).await;
}

#[tokio::test]
async fn un_debiteur_d_un_autre_service_se_rattache_par_son_matricule_et_son_siret() {
    for banc in caisses().await {
        let scene = Scene::sur(banc).await;
        let employeur = employeur(1);
        let matricule = employeur.matricule.to_string();
        let d = inscrire_un(&scene.banc, employeur).await;
        emettre_une(&scene.banc, cotisation(d, 1, 11_100, 22_200))
            .await
            .unwrap();
        let mut agent = scene.agent(Role::Prestations).await;
        let cherche = [("q", matricule.as_str())];
        let inconnu = agent.post("/DMSA33/recherche", &cherche).await;
        let dossier = format!("/DMSA33/dossiers/{d}");
        assert!(!inconnu.corps.contains(&dossier), "{}", inconnu.corps);
        let saisi = |siret| {
            [
                ("matricule", matricule.as_str()),
                ("regime", "assure"),
                ("nom", "Nom tapé"),
                ("siret", siret),
                ("commune", "Langon"),
                ("mode_paiement", "virement"),
            ]
        };
        let autre = agent
            .post("/DMSA33/dossiers/nouveau", &saisi("73282932000074"))
            .await;
        assert_eq!(autre.etat, StatusCode::UNPROCESSABLE_ENTITY, "{:?}", autre.vers);
        let rattache = agent
            .post("/DMSA33/dossiers/nouveau", &saisi(commun::SIRETS[1]))
            .await;
        assert_eq!(
            rattache.vers.as_deref(),
            Some(dossier.as_str()),
            "{}",
            rattache.corps
        );
        let page = agent.get(&dossier).await;
        let lue = texte(&page.corps);
        assert!(
            page.etat == StatusCode::OK && !lue.contains("333,00") && !lue.contains("Nom tapé"),
            "{lue}"
        );
        assert!(
            agent
                .post("/DMSA33/recherche", &cherche)
                .await
                .corps
                .contains(&dossier)
        );
        let noms = nombre(&scene.banc, "SELECT COUNT(*) FROM debiteur").await;
        assert_eq!(noms, 2, "un débiteur n'a qu'un dossier");
        verifiee(&scene.banc).await;
    }
}

#[tokio::test]
async fn une_creance_se_saisit_et_prend_la_recette_qui_l_attendait() {
    let scene = Scene::sqlite().await;
    let paye = [("20032026", commun::SIRETS[1], "2026-02", "50.00", "")];
    importer_texte(&scene.banc, "attente.csv", &csv(&paye))
        .await
        .unwrap();
    let mut agent = scene.agent(Role::Cotisations).await;
    let debiteur = [
        ("matricule", "neuf01"),
        ("regime", "employeur"),
        ("nom", "GAEC du Pré"),
        ("siret", commun::SIRETS[1]),
        ("commune", "Langon"),
        ("mode_paiement", "virement"),
    ];
    let inscrit = agent.post("/DMSA33/dossiers/nouveau", &debiteur).await;
    let dossier = inscrit.vers.unwrap();
    let double = agent.post("/DMSA33/dossiers/nouveau", &debiteur).await;
    assert_eq!(double.etat, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        texte(&double.corps).contains("CRE-012"),
        "{}",
        texte(&double.corps)
    );
    let url = format!("{dossier}/creances/nouvelle");
    let formulaire = texte(&agent.get(&url).await.corps);
    assert!(
        formulaire.contains("Part ouvrière") && !formulaire.contains("Indu : "),
        "{formulaire}"
    );
    let vide = agent.post(&url, &[("regime", "employeur")]).await;
    assert_eq!(vide.etat, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        texte(&vide.corps).contains("8 champs sont à corriger"),
        "{}",
        texte(&vide.corps)
    );
    let creance = [
        ("regime", "employeur"),
        ("reference", "man-1"),
        ("nature", "cotisation:assurances_sociales"),
        ("du", "2026-02-01"),
        ("au", "2026-02-28"),
        ("emise_le", "2026-03-01"),
        ("exigible_le", "2026-04-15"),
        ("part_ouvriere", "20"),
        ("part_patronale", "30,00"),
    ];
    assert_eq!(
        agent.post(&url, &creance).await.vers.as_deref(),
        Some(dossier.as_str())
    );
    assert_eq!(
        nombre(
            &scene.banc,
            "SELECT rac_centimes FROM encaissement ORDER BY id DESC LIMIT 1"
        )
        .await,
        0
    );
    let page = texte(&agent.get(&format!("{dossier}?vue=toutes")).await.corps);
    assert!(page.contains("Soldée") && page.contains("MAN-1"), "{page}");
    let encore = agent.post(&url, &creance).await;
    assert_eq!(encore.etat, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        texte(&encore.corps).contains("CRE-021"),
        "{}",
        texte(&encore.corps)
    );
    verifiee(&scene.banc).await;
}

#[tokio::test]
async fn un_fichier_de_creances_s_importe_ou_dit_sa_faute() {
    let scene = Scene::sqlite().await;
    let mut agent = scene.agent(Role::Prestations).await;
    let page = texte(&agent.get("/DMSA33/creances/importer").await.corps);
    assert!(page.contains("part_ouvriere, part_patronale"), "{page}");
    let juste = "reference;matricule;regime;nature;periode;emise_le;exigible_le;principal;cause\n\
                 IMP-1;MIX001;assure;indu:rsa;2026-01;2026-02-01;2026-04-01;12,50;Ressources\n";
    let fait = envoyer(&mut agent, "créances.csv", juste).await;
    assert_eq!(fait.etat, StatusCode::OK);
    assert!(
        texte(&fait.corps).contains("créances.csv 1 1 0 0 12,50 €"),
        "{}",
        texte(&fait.corps)
    );
    let encore = envoyer(&mut agent, "créances.csv", juste).await;
    assert!(
        texte(&encore.corps).contains("créances.csv 1 0 1 0 0,00 €"),
        "{}",
        texte(&encore.corps)
    );
    let faux = envoyer(&mut agent, "faux.csv", &juste.replace("12,50", "12,505")).await;
    assert_eq!(faux.etat, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        texte(&faux.corps).contains("faux.csv, ligne 2, champ principal"),
        "{}",
        texte(&faux.corps)
    );
    let vide = envoyer(&mut agent, "vide.csv", "").await;
    assert!(
        texte(&vide.corps).contains("Choisissez un fichier"),
        "{}",
        texte(&vide.corps)
    );
    verifiee(&scene.banc).await;
}

#[tokio::test]
async fn un_fichier_ne_porte_que_des_creances_des_branches_de_l_agent() {
    let scene = Scene::sqlite().await;
    let mut agent = scene.agent(Role::Prestations).await;
    let avant = nombre(&scene.banc, "SELECT COUNT(*) FROM creance").await;
    let mele = "reference;matricule;regime;nature;periode;emise_le;exigible_le;part_ouvriere;part_patronale;principal;cause\n\
                IMP-1;MIX001;assure;indu:rsa;2026-01;2026-02-01;2026-04-01;;;12,50;Ressources\n\
                IMP-2;MIX001;employeur;cotisation:assurances_sociales;2026-01;2026-02-01;2026-02-15;1,00;2,00;;\n";
    let refuse = envoyer(&mut agent, "mele.csv", mele).await;
    assert_eq!(refuse.etat, StatusCode::UNPROCESSABLE_ENTITY);
    let lu = texte(&refuse.corps);
    assert!(lu.contains("mele.csv, ligne 3, champ nature"), "{lu}");
    assert!(lu.contains("vos habilitations"), "{lu}");
    assert_eq!(
        nombre(&scene.banc, "SELECT COUNT(*) FROM creance").await,
        avant,
        "rien n'est écrit"
    );
}

async fn envoyer(agent: &mut Navigateur, nom: &str, contenu: &str) -> Reponse {
    let (limite, jeton) = ("limite-essai", agent.jeton());
    let corps = format!(
        "--{limite}\r\nContent-Disposition: form-data; name=\"jeton\"\r\n\r\n{jeton}\r\n--{limite}\r\n\
         Content-Disposition: form-data; name=\"fichier\"; filename=\"{nom}\"\r\nContent-Type: text/csv\r\n\r\n\
         {contenu}\r\n--{limite}--\r\n"
    );
    let demande = agent
        .demande("POST", "/DMSA33/creances/importer")
        .header("content-type", format!("multipart/form-data; boundary={limite}"))
        .body(axum::body::Body::from(corps))
        .unwrap();
    agent.envoyer(demande).await
}
