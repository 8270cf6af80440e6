//! Un échéancier payé par prélèvement : du mandat à la banque, et de la banque au compte, par le vrai routeur, sur les deux
//! moteurs.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

#[path = "scene/plan.rs"]
mod plan;
mod scene;

use std::fs;
use std::path::{Path, PathBuf};

use acces::essais::Navigateur;
use acces::{Objet, Permis, Role, actions};
use axum::http::StatusCode;
use creances::encaissements::{BilanFichier, Importateur, Placement, classer, importer};
use jiff::civil::{Date, date};
use plan::{accorder, agent_du, horloge_du};
use recouvrement::actes::{Reglages, dossier as dossier_des_actes};
use recouvrement::prelevements::{
    BilanComptesRendus, BilanPrelevements, PrelevementAltere, Raison, dossier, emettre, noter_comptes_rendus,
    verifier,
};
use scene::Scene;
use storage::{ecrire, lire, sql};
use valeurs::Montant;

const IBAN: &str = "FR1420041010050500013M02606";
const CREANCIER: &str = "\n[prelevement]\nnom = \"MSA d’Essai\"\nics = \"FR72ZZZ123456\"\n\
    iban = \"FR7630006000011234567890189\"\n";

fn mandat(rum: &str) -> [(&str, &str); 5] {
    [
        ("rum", rum),
        ("titulaire", "Zoé d’Almeida"),
        ("iban", IBAN),
        ("bic", ""),
        ("signe_le", "2026-03-30"),
    ]
}

/// L'échéancier de l'indu, payé par un mandat noté sur sa page.
async fn preleve(scene: &Scene) -> (Navigateur, String) {
    let mut agent = scene.agent(Role::Recouvrement).await;
    let plan = accorder(scene, &mut agent).await;
    let note = agent.post(&format!("{plan}/mandat"), &mandat("MSA-2026-1")).await;
    assert_eq!(note.etat, StatusCode::SEE_OTHER, "{}", note.corps);
    (agent, plan)
}

fn sortie(scene: &Scene) -> PathBuf {
    dossier(scene.banc.dossier.path(), scene.banc.db.caisse())
}

async fn presenter_vers(
    scene: &Scene,
    vers: &Path,
    au: Date,
    jusqu_au: Date,
) -> Result<BilanPrelevements, recouvrement::Erreur> {
    let actes = dossier_des_actes(scene.banc.dossier.path(), scene.banc.db.caisse());
    if let Some(reglages) = Reglages::ecrire_un_exemple(&actes, "MSA d’Essai").unwrap() {
        let exemple = fs::read_to_string(&reglages).unwrap();
        fs::write(&reglages, exemple + CREANCIER).unwrap();
    }
    let reglages = Reglages::lire(&actes).unwrap();
    let permis = permis(scene, au).await;
    let qui_preleve = reglages.prelevement().unwrap();
    let vers = Some(vers).filter(|vers| *vers != sortie(scene));
    emettre(
        &scene.banc.db,
        &permis,
        qui_preleve,
        &sortie(scene),
        vers,
        jusqu_au,
        au,
    )
    .await
}

async fn presenter(scene: &Scene, au: Date, jusqu_au: Date) -> BilanPrelevements {
    presenter_vers(scene, &sortie(scene), au, jusqu_au).await.unwrap()
}

async fn permis(scene: &Scene, au: Date) -> Permis<actions::EmettrePrelevements> {
    let horloge = horloge_du(&au.to_string());
    Permis::operateur(&scene.banc.db, &horloge, "essai", Objet::Caisse)
        .await
        .unwrap()
}

/// Le seul fichier d'un bilan.
fn contenu(bilan: &BilanPrelevements) -> String {
    let [fichier] = bilan.fichiers.as_slice() else {
        panic!("{bilan:?}")
    };
    fs::read_to_string(fichier).unwrap()
}

/// Les textes de cette balise, dans l'ordre.
fn textes<'t>(xml: &'t str, balise: &str) -> Vec<&'t str> {
    let ouverture = format!("<{balise}>");
    xml.split(ouverture.as_str())
        .skip(1)
        .map(|suite| suite.split('<').next().unwrap())
        .collect()
}

/// Ce que la banque dit au relevé : un prélèvement encaissé, ou rendu.
async fn releve(scene: &Scene, jour: &str, reference: &str, montant: &str, rendu: bool) -> BilanFichier {
    let (sens, operation, motif) = if rendu {
        ("DBIT", "UPDD", "<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>")
    } else {
        ("CRDT", "ESDD", "")
    };
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn><GrpHdr>\
         <MsgId>M</MsgId><CreDtTm>{jour}T20:00:00</CreDtTm></GrpHdr><Ntfctn><Id>S</Id>\
         <CreDtTm>{jour}T20:00:00</CreDtTm><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy>\
         </Acct><Ntry><Amt Ccy=\"EUR\">{montant}</Amt><CdtDbtInd>{sens}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
         <BookgDt><Dt>{jour}</Dt></BookgDt><AcctSvcrRef>{sens}-{reference}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd>\
         <Fmly><Cd>IDDT</Cd><SubFmlyCd>{operation}</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs>\
         <EndToEndId>{reference}</EndToEndId></Refs><Amt Ccy=\"EUR\">{montant}</Amt><CdtDbtInd>{sens}</CdtDbtInd>\
         {motif}</TxDtls></NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>\n"
    );
    let chemin = scene.banc.dossier.path().join(format!("{sens}-{reference}.xml"));
    fs::write(&chemin, xml).unwrap();
    let par = Importateur {
        db: &scene.banc.db,
        auteur: "essai",
        maintenant: horloge_du(jour).maintenant(),
    };
    importer(&par, &chemin).await.unwrap()
}

/// Le compte rendu d'un fichier : un statut pour tout, et des rejets d'opérations.
fn compte_rendu(scene: &Scene, message: &str, statut: &str, rejets: &[(&str, &str)]) -> PathBuf {
    let rejets: String = rejets
        .iter()
        .map(|(reference, motif)| {
            format!(
                "<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn>\
                 <Cd>{motif}</Cd></Rsn></StsRsnInf></TxInfAndSts>"
            )
        })
        .collect();
    let remise = if rejets.is_empty() {
        String::new()
    } else {
        format!(
            "<OrgnlPmtInfAndSts><OrgnlPmtInfId>{message}-0001</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>{rejets}\
             </OrgnlPmtInfAndSts>"
        )
    };
    let chemin = scene.banc.dossier.path().join("pain002.xml");
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\">\
         <CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId><CreDtTm>2026-04-14T18:00:00</CreDtTm></GrpHdr>\n\
         <OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId>\
         <GrpSts>{statut}</GrpSts></OrgnlGrpInfAndSts>\n{remise}</CstmrPmtStsRpt></Document>\n"
    );
    fs::write(&chemin, xml).unwrap();
    chemin
}

async fn noter(scene: &Scene, chemin: &Path) -> Result<BilanComptesRendus, recouvrement::Erreur> {
    let au = date(2026, 4, 14);
    noter_comptes_rendus(&scene.banc.db, &permis(scene, au).await, chemin, au).await
}

async fn nombre(scene: &Scene, texte: &'static str) -> i64 {
    let n: Result<i64, storage::Erreur> = lire!(scene.banc.db, |tx| sql!(texte).scalaire(tx).await);
    n.unwrap()
}

async fn reste(scene: &Scene, creance: i64) -> i64 {
    let reste: Result<i64, storage::Erreur> = lire!(scene.banc.db, |tx| sql!(
        "SELECT reste_centimes FROM creance WHERE id = $1"
    )
    .bind(creance)
    .scalaire(tx)
    .await);
    reste.unwrap()
}

/// Le compte, les procédures et les prélèvements se prouvent.
async fn prouver(scene: &Scene) {
    assert_eq!(verifier(&scene.banc.db).await.unwrap(), []);
    let bilan = creances::verifier(&scene.banc.db).await.unwrap();
    assert_eq!(bilan.nombre_anomalies, 0, "{:?}", bilan.anomalies);
    scene.prouver().await;
}

#[tokio::test]
async fn un_mandat_se_note_scelle_et_ne_montre_que_quatre_caracteres() {
    for scene in Scene::toutes().await {
        let mut agent = scene.agent(Role::Recouvrement).await;
        let plan = accorder(&scene, &mut agent).await;
        let avant = agent.get(&plan).await;
        assert!(avant.corps.contains("ne se paie pas par prélèvement"));
        for (champ, faux, dit) in [
            ("iban", "FR1420041010050500013M02607", "clé de contrôle"),
            ("iban", "GB29NWBK60161331926819", "Espace économique européen"),
            ("bic", "AGRI", "BIC"),
            ("rum", "a b", "espace"),
            ("signe_le", "2026-04-02", "avant d’être signé"),
            ("titulaire", "…", "lisible"),
        ] {
            let saisie =
                mandat("MSA-2026-1").map(|(nom, juste)| (nom, if nom == champ { faux } else { juste }));
            let refus = agent.post(&format!("{plan}/mandat"), &saisie).await;
            assert_eq!(refus.etat, StatusCode::UNPROCESSABLE_ENTITY, "{champ}");
            assert!(refus.corps.contains(dit), "{dit}\n{}", refus.corps);
        }
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM mandat_sepa").await, 0);
        let note = agent.post(&format!("{plan}/mandat"), &mandat("msa-2026-1")).await;
        assert_eq!(note.etat, StatusCode::SEE_OTHER, "{}", note.corps);
        let page = agent.get(&plan).await;
        for montre in ["MSA-2026-1", "•••• 2606", "30 mars 2026", "Révoquer le mandat"] {
            assert!(page.corps.contains(montre), "{montre}\n{}", page.corps);
        }
        assert!(!page.corps.contains("FR14") && !page.corps.contains("Almeida"));
        let encore = agent.post(&format!("{plan}/mandat"), &mandat("MSA-2026-1")).await;
        assert_eq!(encore.etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(encore.corps.contains("déjà celle d’un mandat"));
        let mut cotisations = scene.agent(Role::Cotisations).await;
        let interdit = cotisations
            .post(&format!("{plan}/mandat"), &mandat("MSA-2"))
            .await;
        assert_eq!(interdit.etat, StatusCode::FORBIDDEN);
        let histoire = agent
            .get(&format!("/DMSA33/dossiers/{}/histoire", scene.dossier))
            .await;
        assert!(
            histoire
                .corps
                .contains("Mandat de prélèvement signé le 30 mars 2026")
        );
        prouver(&scene).await;
    }
}

#[tokio::test]
async fn du_plan_au_releve_la_mensualite_est_payee_puis_manque_de_nouveau_quand_l_argent_revient() {
    for scene in Scene::toutes().await {
        let (_, plan) = preleve(&scene).await;
        let bilan = presenter(&scene, date(2026, 4, 10), date(2026, 4, 30)).await;
        assert_eq!((bilan.prelevements, bilan.montant_centimes), (1, 37_03));
        assert_eq!(bilan.ecartees, []);
        let xml = contenu(&bilan);
        for (balise, texte) in [
            ("MsgId", "REM00000001"),
            ("EndToEndId", "PRL00000001"),
            ("MndtId", "MSA-2026-1"),
            ("ReqdColltnDt", "2026-04-15"),
            ("SeqTp", "FRST"),
            ("CtrlSum", "37.03"),
            ("DtOfSgntr", "2026-03-30"),
        ] {
            assert_eq!(textes(&xml, balise)[0], texte, "{xml}");
        }
        assert!(xml.contains(IBAN) && xml.contains("Zoe d'Almeida"));
        let recu = releve(&scene, "2026-04-15", "PRL00000001", "37.03", false).await;
        assert_eq!((recu.imputes, recu.en_rac), (1, 0));
        // Le débiteur doit aussi une cotisation, plus ancienne : la référence désigne les créances de l'échéancier.
        assert_eq!(reste(&scene, scene.indu).await, 407_41);
        assert_eq!(reste(&scene, scene.cotisation).await, 300_00);
        let mut ensuite = agent_du(&scene, "2026-04-20").await;
        let payee = ensuite.get(&plan).await;
        for montre in ["Payée le 15/04/2026", "Payé</span>", "407,41"] {
            assert!(payee.corps.contains(montre), "{montre}\n{}", payee.corps);
        }
        prouver(&scene).await;
        let rendu = releve(&scene, "2026-04-22", "PRL00000001", "37.03", true).await;
        assert_eq!((rendu.imputes, rendu.en_rac), (1, 0));
        assert_eq!(reste(&scene, scene.indu).await, 444_44);
        let mut plus_tard = agent_du(&scene, "2026-04-23").await;
        let manquee = plus_tard.get(&plan).await;
        for montre in [
            "Manquée",
            "Revenu impayé",
            "provision insuffisante",
            "Présenter de nouveau",
        ] {
            assert!(manquee.corps.contains(montre), "{montre}\n{}", manquee.corps);
        }
        // Rien ne la représente sans qu'un agent le veuille.
        let rien = presenter(&scene, date(2026, 4, 23), date(2026, 4, 30)).await;
        assert_eq!((rien.prelevements, rien.fichiers.len()), (0, 0));
        let voulu = plus_tard
            .post(
                &format!("{plan}/prelevement/representer"),
                &[("prelevement", "1")],
            )
            .await;
        assert_eq!(voulu.etat, StatusCode::SEE_OTHER);
        let encore = presenter(&scene, date(2026, 4, 23), date(2026, 4, 30)).await;
        let xml = contenu(&encore);
        // L'argent a bougé : le mandat est entamé.
        assert_eq!(textes(&xml, "SeqTp"), ["RCUR"]);
        assert_eq!(textes(&xml, "EndToEndId"), ["PRL00000002"]);
        assert_eq!(textes(&xml, "ReqdColltnDt"), ["2026-04-25"]);
        assert_eq!(encore.montant_centimes, 37_03);
        prouver(&scene).await;
    }
}

#[tokio::test]
async fn une_mensualite_n_est_presentee_qu_une_fois_meme_si_l_ecriture_du_fichier_echoue() {
    for scene in Scene::toutes().await {
        preleve(&scene).await;
        let (au, jusqu_au) = (date(2026, 4, 10), date(2026, 5, 31));
        // Un fichier tient la place du dossier : rien ne s'y écrit.
        let impossible = scene.banc.dossier.path().join("fichier");
        fs::write(&impossible, "").unwrap();
        let refus = presenter_vers(&scene, &impossible, au, jusqu_au)
            .await
            .unwrap_err();
        assert!(refus.to_string().contains("rien n’est perdu"), "{refus}");
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM prelevement").await, 2);
        // Ce qu'un arrêt brutal aurait laissé d'un fichier.
        let sortie = sortie(&scene);
        fs::create_dir_all(&sortie).unwrap();
        let occupe = fs::File::open(&sortie).unwrap();
        occupe.try_lock().unwrap();
        let refus = presenter_vers(&scene, &sortie, au, jusqu_au).await.unwrap_err();
        assert!(refus.to_string().contains("déjà en cours"), "{refus}");
        drop(occupe);
        let moitie = sortie.join("2026-04-10-REM00000001.xml.part");
        fs::write(&moitie, "<?xml").unwrap();
        let reprise = presenter(&scene, au, jusqu_au).await;
        assert_eq!((reprise.prelevements, reprise.montant_centimes), (2, 74_06));
        let xml = contenu(&reprise);
        assert_eq!(textes(&xml, "SeqTp"), ["FRST", "RCUR"]);
        assert_eq!(textes(&xml, "ReqdColltnDt"), ["2026-04-15", "2026-05-15"]);
        assert_eq!(textes(&xml, "InstdAmt Ccy=\"EUR\""), ["37.03", "37.03"]);
        assert!(!moitie.exists());
        let deux_fois = presenter(&scene, au, jusqu_au).await;
        assert_eq!(deux_fois, BilanPrelevements::default());
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM prelevement").await, 2);
        prouver(&scene).await;
    }
}

#[tokio::test]
async fn un_rejet_se_note_une_fois_se_montre_et_se_represente_comme_un_premier() {
    for scene in Scene::toutes().await {
        let (mut agent, plan) = preleve(&scene).await;
        presenter(&scene, date(2026, 4, 10), date(2026, 4, 30)).await;
        for (message, rejets, dit) in [
            ("REM00000009", &[][..], "aucun fichier de cette référence"),
            ("MSA33-1", &[][..], "aucun fichier de cette référence"),
            (
                "REM00000001",
                &[("PRL00000001", "AM04"), ("PRL00000007", "AC04")][..],
                "ligne 4",
            ),
        ] {
            let refus = noter(&scene, &compte_rendu(&scene, message, "PART", rejets)).await;
            let refus = refus.unwrap_err().to_string();
            assert!(
                refus.starts_with("pain002.xml, ligne ") && refus.contains(dit),
                "{refus}"
            );
        }
        assert_eq!(nombre(&scene, "SELECT COUNT(*) FROM prelevement_rejete").await, 0);
        let rejet = compte_rendu(&scene, "REM00000001", "PART", &[("PRL00000001", "AC04")]);
        for notes in [1, 0] {
            let bilan = noter(&scene, &rejet).await.unwrap();
            assert_eq!((bilan.rejetes, bilan.notes, bilan.connus), (1, notes, 1 - notes));
        }
        let page = agent.get(&plan).await;
        assert!(
            page.corps.contains("compte soldé, clôturé ou transféré (AC04)"),
            "{}",
            page.corps
        );
        let representer = format!("{plan}/prelevement/representer");
        for dit in ["sera présenté de nouveau", "rien n’a changé"] {
            let reponse = agent.post(&representer, &[("prelevement", "1")]).await;
            assert_eq!(reponse.etat, StatusCode::SEE_OTHER);
            let page = agent.get(&plan).await;
            assert!(page.corps.contains(dit), "{dit}\n{}", page.corps);
        }
        // Rien n'avait bougé : c'est toujours le premier du mandat.
        let encore = presenter(&scene, date(2026, 4, 16), date(2026, 4, 30)).await;
        assert_eq!(textes(&contenu(&encore), "SeqTp"), ["FRST"]);
        let tout = compte_rendu(&scene, "REM00000002", "RJCT", &[]);
        let bilan = noter(&scene, &tout).await.unwrap();
        assert_eq!((bilan.rejetes, bilan.notes), (1, 1));
        prouver(&scene).await;
    }
}

#[tokio::test]
async fn un_mandat_revoque_un_echeancier_rompu_une_mensualite_payee_ne_se_prelevent_pas_et_se_disent() {
    for scene in Scene::toutes().await {
        let (mut agent, plan) = preleve(&scene).await;
        let raisons = |bilan: &BilanPrelevements| -> Vec<(u16, Raison)> {
            assert_eq!((bilan.prelevements, bilan.fichiers.len()), (0, 0));
            bilan.ecartees.iter().map(|e| (e.rang, e.raison)).collect()
        };
        // Payée d'avance par virement : 37,03 €.
        releve(&scene, "2026-04-02", "VIREMENT", "37.03", false).await;
        let (quand, indu) = (horloge_du("2026-04-02").maintenant(), scene.indu);
        let classee: Result<Montant, creances::Erreur> = ecrire!(scene.banc.db, |tx| {
            let recette = sql!("SELECT id FROM encaissement").scalaire(tx).await?;
            classer(tx, recette, Placement::Creance(indu), None, "essai", None, quand).await
        });
        assert_eq!(classee.unwrap(), Montant::de_centimes(37_03));
        let payee = presenter(&scene, date(2026, 4, 10), date(2026, 4, 30)).await;
        assert_eq!(raisons(&payee), [(1, Raison::Payee)]);
        let trop_tot = agent
            .post(
                &format!("{plan}/mandat/revoquer"),
                &[("revoque_le", "2026-03-29")],
            )
            .await;
        assert_eq!(trop_tot.etat, StatusCode::UNPROCESSABLE_ENTITY);
        let revoque = agent
            .post(
                &format!("{plan}/mandat/revoquer"),
                &[("revoque_le", "2026-04-01")],
            )
            .await;
        assert_eq!(revoque.etat, StatusCode::SEE_OTHER, "{}", revoque.corps);
        let page = agent.get(&plan).await;
        assert!(page.corps.contains("Révoqué le") && !page.corps.contains("Révoquer le mandat"));
        let revoque = presenter(&scene, date(2026, 5, 10), date(2026, 5, 31)).await;
        assert_eq!(raisons(&revoque), [(2, Raison::MandatRevoque)]);
        let note = agent.post(&format!("{plan}/mandat"), &mandat("MSA-2026-2")).await;
        assert_eq!(note.etat, StatusCode::SEE_OTHER);
        // Mai et juin manquent : la clause rompt.
        let rompu = presenter(&scene, date(2026, 6, 20), date(2026, 6, 30)).await;
        assert_eq!(
            raisons(&rompu),
            [(2, Raison::EcheancierFini), (3, Raison::EcheancierFini)]
        );
        let arrete = agent.post(&format!("{plan}/prelevement"), &[]).await;
        assert_eq!(arrete.etat, StatusCode::SEE_OTHER);
        let arrete = presenter(&scene, date(2026, 6, 20), date(2026, 6, 30)).await;
        assert_eq!(raisons(&arrete), []);
        prouver(&scene).await;
    }
}

#[tokio::test]
async fn un_prelevement_ou_un_mandat_altere_se_trouve() {
    for scene in Scene::toutes().await {
        preleve(&scene).await;
        presenter(&scene, date(2026, 4, 10), date(2026, 5, 31)).await;
        assert_eq!(verifier(&scene.banc.db).await.unwrap(), []);
        // Une seconde présentation que nul n'a voulue, et qui ne paie rien ; un mandat d'une autre clé.
        let change: Result<(), storage::Erreur> = ecrire!(scene.banc.db, |tx| {
            sql!(
                "INSERT INTO prelevement (id, reference, echeancier_id, rang, presentation, mandat_id, fichier_id, \
                 echeance, sequence, montant_centimes) SELECT 90, 'PRL00000090', echeancier_id, rang, 2, mandat_id, \
                 fichier_id, echeance, sequence, montant_centimes FROM prelevement WHERE id = 1"
            )
            .executer(tx)
            .await?;
            sql!(
                "INSERT INTO mandat_sepa (id, dossier_id, rum, compte_scelle, signe_le, enregistre_le, auteur) \
                 SELECT 91, dossier_id, 'FAUX', $1, signe_le, enregistre_le, auteur FROM mandat_sepa"
            )
            .bind(vec![0_u8; 64])
            .executer(tx)
            .await?;
            Ok(())
        });
        change.unwrap();
        assert_eq!(
            verifier(&scene.banc.db).await.unwrap(),
            [PrelevementAltere::Prelevement(90), PrelevementAltere::Mandat(91)]
        );
    }
}
