//! Les recettes, de la banque à la créance.

mod commun;

use commun::{
    IBANS, SIRETS, assure, caisses, cotisation, csv, emettre_une, employeur, importer_texte, indu,
    inscrire_un, maintenant, nombre, restes, verifiee,
};
use creances::Erreur;
use creances::encaissements::{Placement, annoncer, classer, declasser, rembourser, ventiler};
use droit::Branche;
use jiff::civil::date;
use storage::ecrire;
use valeurs::Montant;

fn c(n: i64) -> Montant {
    Montant::de_centimes(n)
}

#[tokio::test]
async fn un_paiement_va_a_la_part_ouvriere_de_la_periode_designee_puis_a_la_patronale() {
    for banc in caisses().await {
        let d = inscrire_un(&banc, employeur(0)).await;
        let janvier = emettre_une(&banc, cotisation(d, 1, 300_00, 700_00))
            .await
            .unwrap();
        let fevrier = emettre_une(&banc, cotisation(d, 2, 100_00, 200_00))
            .await
            .unwrap();
        let b = importer_texte(
            &banc,
            "p.csv",
            &csv(&[("15032026", SIRETS[0], "2026-02", "250.00", "")]),
        )
        .await
        .unwrap();
        assert_eq!(
            (b.lus, b.imputes, b.en_rac, b.montant_centimes),
            (1, 1, 0, 250_00)
        );
        assert_eq!(restes(&banc, fevrier).await, [0, 50_00, 0, 0]);
        assert_eq!(restes(&banc, janvier).await, [300_00, 700_00, 0, 0]);
        verifiee(&banc).await;
    }
}

#[tokio::test]
async fn le_meme_fichier_deux_fois_ne_compte_rien_deux_fois() {
    for banc in caisses().await {
        let d = inscrire_un(&banc, employeur(0)).await;
        emettre_une(&banc, cotisation(d, 1, 300_00, 700_00))
            .await
            .unwrap();
        let texte = csv(&[
            ("15022026", SIRETS[0], "2026-01", "100.00", IBANS[1]),
            ("15022026", SIRETS[0], "2026-01", "100.00", IBANS[1]),
            ("15022026", SIRETS[1], "2026-01", "40.00", ""),
        ]);
        let b = importer_texte(&banc, "p.csv", &texte).await.unwrap();
        assert_eq!(
            (b.lus, b.imputes, b.en_rac, b.deja_connus),
            (3, 2, 1, 0),
            "deux lignes égales, deux paiements"
        );
        assert_eq!(b.montant_centimes, 240_00);
        let b = importer_texte(&banc, "renomme.csv", &texte).await.unwrap();
        assert_eq!((b.lus, b.deja_connus, b.montant_centimes), (3, 3, 0));
        assert_eq!(
            nombre(&banc, "SELECT COUNT(*) FROM ligne_presumee").await,
            0,
            "le même fichier n'est pas douteux"
        );
        let plus = format!(
            "{texte}{}",
            csv(&[("15022026", SIRETS[0], "2026-01", "100.00", IBANS[1])])
                .lines()
                .nth(1)
                .unwrap()
        );
        let b = importer_texte(&banc, "autre.csv", &plus).await.unwrap();
        assert_eq!(
            (b.lus, b.imputes, b.deja_connus),
            (4, 1, 3),
            "une troisième ligne égale est un troisième paiement"
        );
        assert_eq!(nombre(&banc, "SELECT COUNT(*) FROM ligne_presumee").await, 3);
        assert_eq!(verifiee(&banc).await.encaisse_centimes, 340_00);
    }
}

#[tokio::test]
async fn une_recette_de_siret_inconnu_attend_puis_trouve_son_debiteur() {
    for banc in caisses().await {
        let texte = csv(&[("15022026", SIRETS[0], "2026-01", "100.00", IBANS[1])]);
        let b = importer_texte(&banc, "p.csv", &texte).await.unwrap();
        assert_eq!((b.imputes, b.en_rac), (0, 1));
        assert_eq!(verifiee(&banc).await.rac_centimes, 100_00);
        let d = inscrire_un(&banc, employeur(0)).await;
        let id = emettre_une(&banc, cotisation(d, 1, 60_00, 70_00)).await.unwrap();
        assert_eq!(restes(&banc, id).await, [0, 30_00, 0, 0]);
        assert_eq!(verifiee(&banc).await.rac_centimes, 0);
        assert_eq!(
            nombre(&banc, "SELECT COUNT(*) FROM compte_bancaire").await,
            1,
            "son IBAN est désormais connu"
        );
        assert_eq!(
            nombre(
                &banc,
                "SELECT COUNT(*) FROM encaissement WHERE iban_scelle IS NOT NULL"
            )
            .await,
            0
        );
    }
}

#[tokio::test]
async fn les_lignes_d_une_autre_caisse_sont_laissees_et_comptees() {
    for banc in caisses().await {
        let texte = csv(&[("15022026", SIRETS[0], "2026-01", "100.00", "")]).replace("DMSA33", "DMSA35");
        let b = importer_texte(&banc, "p.csv", &texte).await.unwrap();
        assert_eq!((b.lus, b.autre_caisse, b.montant_centimes), (1, 1, 0));
        assert_eq!(nombre(&banc, "SELECT COUNT(*) FROM encaissement").await, 0);
    }
}

#[tokio::test]
async fn un_excedent_paie_les_majorations_de_retard_que_la_loi_calcule() {
    for banc in caisses().await {
        let d = inscrire_un(&banc, employeur(0)).await;
        let janvier = emettre_une(&banc, cotisation(d, 1, 400_00, 600_00))
            .await
            .unwrap();
        // Exigible le 15/02, payé le 28/03 : 5 % puis 0,2 % pour deux mois commencés = 54,00 €.
        let b = importer_texte(
            &banc,
            "p.csv",
            &csv(&[("28032026", SIRETS[0], "2026-01", "1100.00", "")]),
        )
        .await
        .unwrap();
        assert_eq!((b.imputes, b.en_rac), (0, 1), "46,00 € restent à classer");
        assert_eq!(restes(&banc, janvier).await, [0, 0, 0, 0]);
        let majorations = nombre(
            &banc,
            "SELECT CAST(SUM(montant_centimes) AS BIGINT) FROM ecriture WHERE poste = 'majoration' AND montant_centimes > 0",
        );
        assert_eq!(majorations.await, 54_00);
        assert_eq!(verifiee(&banc).await.rac_centimes, 46_00);
    }
}

#[tokio::test]
async fn un_iban_connu_suffit_si_le_debiteur_n_a_qu_une_branche_ouverte() {
    for banc in caisses().await {
        let d = inscrire_un(&banc, assure("ASS001")).await;
        let id = emettre_une(&banc, indu(d, "INDU-2026-001", 500_00))
            .await
            .unwrap();
        let releve = releve(&[("R1", "120.00", "Merci", IBANS[0])]);
        let b = importer_texte(&banc, "releve.xml", &releve).await.unwrap();
        assert_eq!((b.lus, b.imputes), (1, 1));
        assert_eq!(restes(&banc, id).await, [0, 0, 380_00, 0]);
        let b = importer_texte(
            &banc,
            "releve2.xml",
            &releve_suivant(&[("R2", "30.00", "INDU-2026-001", "")]),
        )
        .await
        .unwrap();
        assert_eq!((b.lus, b.imputes), (1, 1), "la référence de la créance suffit");
        assert_eq!(restes(&banc, id).await, [0, 0, 350_00, 0]);
        verifiee(&banc).await;
    }
}

#[tokio::test]
async fn un_excedent_paie_la_dette_qu_un_prelevement_revenu_fait_renaitre() {
    for banc in caisses().await {
        let d = inscrire_un(&banc, assure("ASS001")).await;
        let id = emettre_une(&banc, indu(d, "INDU-2026-001", 500_00))
            .await
            .unwrap();
        let deux = releve(&[
            ("R1", "500.00", "INDU-2026-001", ""),
            ("R2", "500.00", "INDU-2026-001", ""),
        ]);
        let b = importer_texte(&banc, "releve.xml", &deux).await.unwrap();
        assert_eq!(
            (b.imputes, b.en_rac),
            (1, 1),
            "le second paiement est un excédent"
        );
        let rejet = camt("054", "0.00", &[], REJET_DE_R1);
        let b = importer_texte(&banc, "rejet.xml", &rejet).await.unwrap();
        assert_eq!((b.lus, b.imputes, b.montant_centimes), (1, 1, -500_00));
        assert_eq!(
            restes(&banc, id).await,
            [0, 0, 0, 0],
            "l'excédent a pris sa place"
        );
        let bilan = verifiee(&banc).await;
        assert_eq!((bilan.encaisse_centimes, bilan.rac_centimes), (500_00, 0));
    }
}

#[tokio::test]
async fn un_paiement_que_la_caisse_a_annonce_va_aux_creances_qu_il_designe() {
    for banc in caisses().await {
        let d = inscrire_un(&banc, employeur(0)).await;
        let mut creances = Vec::new();
        for mois in 1..=3 {
            let emise = emettre_une(&banc, cotisation(d, mois, 100_00, 0)).await;
            creances.push(emise.unwrap());
        }
        let annonce: Result<(), Erreur> = ecrire!(banc.db, |tx| {
            annoncer(tx, &[("E-PRL1", creances[1]), ("E-PRL1", creances[2])]).await
        });
        annonce.unwrap();
        let siret = format!("SIRET {}", SIRETS[0]);
        let releve = camt(
            "053",
            "0.00",
            &[("PRL1", "150.00", &siret, ""), ("PRL2", "20.00", &siret, "")],
            "",
        );
        let b = importer_texte(&banc, "releve.xml", &releve).await.unwrap();
        assert_eq!((b.imputes, b.en_rac), (2, 0));
        // L'annoncé paie les deux créances désignées, la plus ancienne d'abord ; l'autre, la plus ancienne de toutes.
        assert_eq!(restes(&banc, creances[0]).await, [80_00, 0, 0, 0]);
        assert_eq!(restes(&banc, creances[1]).await, [0, 0, 0, 0]);
        assert_eq!(restes(&banc, creances[2]).await, [50_00, 0, 0, 0]);
        verifiee(&banc).await;
    }
}

const REJET_DE_R1: &str = "<Ntry><Amt Ccy=\"EUR\">500.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
    <BookgDt><Dt>2026-03-05</Dt></BookgDt><AcctSvcrRef>R1-REJET</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly>\
    <Cd>RDDT</Cd><SubFmlyCd>UPDD</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E-R1\
    </EndToEndId></Refs><Amt Ccy=\"EUR\">500.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RtrInf><Rsn><Cd>AM04</Cd></Rsn>\
    </RtrInf></TxDtls></NtryDtls></Ntry>";

#[tokio::test]
async fn un_agent_ventile_classe_rembourse_et_defait() {
    for banc in caisses().await {
        let d = inscrire_un(&banc, employeur(0)).await;
        let creance = emettre_une(&banc, cotisation(d, 1, 40_00, 60_00)).await.unwrap();
        importer_texte(
            &banc,
            "p.csv",
            &csv(&[("15022026", SIRETS[1], "2026-01", "150.00", "")]),
        )
        .await
        .unwrap();
        let recette = nombre(&banc, "SELECT id FROM encaissement").await;
        let trop: Result<i64, Erreur> = ecrire!(banc.db, |tx| ventiler(
            &banc.db,
            tx,
            recette,
            c(150_01),
            "essai",
            None,
            maintenant()
        )
        .await);
        assert!(matches!(trop, Err(Erreur::PlusQueLaRac { .. })));
        let part: Result<i64, Erreur> = ecrire!(banc.db, |tx| ventiler(
            &banc.db,
            tx,
            recette,
            c(100_00),
            "essai",
            None,
            maintenant()
        )
        .await);
        let part = part.unwrap();
        let place: Result<Montant, Erreur> = ecrire!(banc.db, |tx| {
            let ou_ = Placement::Dossier(d, Branche::Cotisations);
            classer(
                tx,
                part,
                ou_,
                None,
                "essai",
                Some("appel du client"),
                maintenant(),
            )
            .await
        });
        assert_eq!(place.unwrap(), c(100_00));
        assert_eq!(restes(&banc, creance).await, [0, 0, 0, 0]);
        let rendu: Result<Montant, Erreur> = ecrire!(banc.db, |tx| {
            rembourser(
                tx,
                recette,
                None,
                date(2026, 3, 1),
                "essai",
                "payé deux fois",
                maintenant(),
            )
            .await
        });
        assert_eq!(rendu.unwrap(), c(50_00));
        let bilan = verifiee(&banc).await;
        assert_eq!(
            (
                bilan.impute_centimes,
                bilan.rac_centimes,
                bilan.rembourse_centimes
            ),
            (100_00, 0, 50_00)
        );
        let defait: Result<Montant, Erreur> = ecrire!(banc.db, |tx| {
            declasser(
                tx,
                part,
                date(2026, 3, 2),
                "essai",
                "mauvais dossier",
                maintenant(),
            )
            .await
        });
        assert_eq!(defait.unwrap(), c(100_00));
        assert_eq!(restes(&banc, creance).await, [40_00, 60_00, 0, 0]);
        assert_eq!(verifiee(&banc).await.rac_centimes, 100_00);
    }
}

fn releve(lignes: &[(&str, &str, &str, &str)]) -> String {
    camt("053", "1000.00", lignes, "")
}

fn releve_suivant(lignes: &[(&str, &str, &str, &str)]) -> String {
    camt("053", "1120.00", lignes, "")
}

/// Un relevé camt.053 ou un avis camt.054 d'écritures au crédit : (référence, montant, libellé, IBAN du payeur).
fn camt(message: &str, avant: &str, lignes: &[(&str, &str, &str, &str)], fin: &str) -> String {
    let mut entrees = String::new();
    let mut total = Montant::lire_point(avant).unwrap();
    for (reference, montant, libelle, iban) in lignes {
        total = total.checked_add(Montant::lire_point(montant).unwrap()).unwrap();
        let compte = if iban.is_empty() {
            String::new()
        } else {
            format!("<RltdPties><DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct></RltdPties>")
        };
        entrees.push_str(&format!(
            "<Ntry><Amt Ccy=\"EUR\">{montant}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
             <BookgDt><Dt>2026-03-02</Dt></BookgDt><ValDt><Dt>2026-03-02</Dt></ValDt>\
             <AcctSvcrRef>{reference}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>\
             <SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E-{reference}\
             </EndToEndId></Refs><Amt Ccy=\"EUR\">{montant}</Amt><CdtDbtInd>CRDT</CdtDbtInd>{compte}\
             <RmtInf><Ustrd>{libelle}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
        ));
    }
    let solde = |code: &str, montant: &str, jour: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{montant}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{jour}</Dt></Dt></Bal>"
        )
    };
    let (racine, corps, soldes) = match message {
        "053" => (
            "BkToCstmrStmt",
            "Stmt",
            solde("OPBD", avant, "2026-03-01") + &solde("CLBD", &total.en_point(), "2026-03-02"),
        ),
        _ => ("BkToCstmrDbtCdtNtfctn", "Ntfctn", String::new()),
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.{message}.001.08\">\
         <{racine}><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-03-02T20:00:00</CreDtTm></GrpHdr><{corps}><Id>S</Id>\
         <CreDtTm>2026-03-02T20:00:00</CreDtTm><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy>\
         </Acct>{soldes}{entrees}{fin}</{corps}></{racine}></Document>\n"
    )
}
