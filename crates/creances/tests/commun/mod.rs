//! Une petite caisse, montée pareil sur les deux moteurs.
#![expect(dead_code, reason = "chaque fichier d'essais n'en prend qu'une part")]

use std::path::PathBuf;

use creances::creances::{CreanceAEmettre, Parts, emettre};
use creances::dossiers::{NouveauDebiteur, inscrire};
use creances::encaissements::{BilanFichier, Importateur, importer, retenter};
use creances::{Bilan, Erreur};
use droit::{FamilleCotisation, Nature, Prestation, Regime};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use storage::essais::{Banc, bancs};
use storage::{Migration, ecrire, lire, sql};
use valeurs::{DossierId, Montant};

/// SIRET d'essai, de clé juste.
pub(crate) const SIRETS: [&str; 3] = ["73282932000074", "55210055400013", "44306184100047"];
pub(crate) const IBANS: [&str; 2] = ["FR1420041010050500013M02606", "FR7630006000011234567890189"];

pub(crate) fn maintenant() -> Timestamp {
    "2026-04-01T08:00:00Z".parse().unwrap()
}

pub(crate) async fn caisses() -> Vec<Banc> {
    let migrations: Vec<Migration> = acces::MIGRATIONS
        .iter()
        .chain(creances::MIGRATIONS)
        .copied()
        .collect();
    bancs(&migrations).await
}

pub(crate) fn employeur(rang: usize) -> NouveauDebiteur {
    NouveauDebiteur {
        matricule: format!("EMP{rang:03}").parse().unwrap(),
        regime: Regime::Employeur,
        nom: format!("EARL Le Clos n° {rang}"),
        prenom: String::new(),
        siret: SIRETS.get(rang).map(|s| s.parse().unwrap()),
        nir: None,
        commune: "Saint-Émilion".into(),
        code_commune: Some("33394".parse().unwrap()),
        code_agent: "A01".into(),
        code_tiers: "T01".into(),
        mode_paiement: "prelevement".into(),
        contacts: Vec::new(),
        ibans: Vec::new(),
    }
}

pub(crate) fn assure(matricule: &str) -> NouveauDebiteur {
    NouveauDebiteur {
        matricule: matricule.parse().unwrap(),
        regime: Regime::Assure,
        nom: "D’Almeida".into(),
        prenom: "Zoé".into(),
        siret: None,
        nir: Some("2850233063123".parse().unwrap()),
        ibans: vec![IBANS[0].parse().unwrap()],
        ..employeur(99)
    }
}

pub(crate) async fn inscrire_un(banc: &Banc, debiteur: NouveauDebiteur) -> DossierId {
    let ids: Result<Vec<DossierId>, Erreur> = ecrire!(banc.db, |tx| {
        let ids = inscrire(&banc.db, tx, std::slice::from_ref(&debiteur), date(2026, 1, 1)).await?;
        retenter(&banc.db, tx, &ids, "essai", maintenant()).await?;
        Ok(ids)
    });
    ids.unwrap()[0]
}

/// Cotisations d'un employeur pour un mois de 2026 : parts ouvrière et patronale.
pub(crate) fn cotisation(dossier: DossierId, mois: i8, ouvriere: i64, patronale: i64) -> CreanceAEmettre {
    let debut = date(2026, mois, 1);
    let exigible_le = date(2026, mois + 1, 15);
    CreanceAEmettre {
        reference: format!("COT-{dossier}-2026{mois:02}"),
        dossier,
        nature: Nature::Cotisation(FamilleCotisation::AssurancesSociales),
        regime: Regime::Employeur,
        periode: (debut, debut.last_of_month()),
        emise_le: debut.last_of_month(),
        exigible_le,
        libelle: "Cotisations sur salaires".into(),
        cause: None,
        parts: Parts::Employeur {
            ouvriere: Montant::de_centimes(ouvriere),
            patronale: Montant::de_centimes(patronale),
        },
    }
}

/// Un indu de RSA.
pub(crate) fn indu(dossier: DossierId, reference: &str, montant: i64) -> CreanceAEmettre {
    CreanceAEmettre {
        reference: reference.into(),
        nature: Nature::Indu(Prestation::Rsa),
        regime: Regime::Assure,
        libelle: "RSA indu".into(),
        cause: Some("Ressources déclarées tardivement".into()),
        parts: Parts::Principal(Montant::de_centimes(montant)),
        ..cotisation(dossier, 1, 1, 1)
    }
}

pub(crate) async fn emettre_une(banc: &Banc, creance: CreanceAEmettre) -> Result<i64, Erreur> {
    let ids: Result<Vec<i64>, Erreur> = ecrire!(banc.db, |tx| {
        let ids = emettre(tx, std::slice::from_ref(&creance), "essai", maintenant()).await?;
        retenter(&banc.db, tx, &[creance.dossier], "essai", maintenant()).await?;
        Ok(ids)
    });
    ids.map(|ids| ids[0])
}

/// Écrit un fichier dans le dossier du banc et l'importe.
pub(crate) async fn importer_texte(banc: &Banc, nom: &str, texte: &str) -> Result<BilanFichier, Erreur> {
    let chemin: PathBuf = banc.dossier.path().join(nom);
    std::fs::write(&chemin, texte).unwrap();
    importer(
        &Importateur {
            db: &banc.db,
            auteur: "essai",
            maintenant: maintenant(),
        },
        &chemin,
    )
    .await
}

/// Un CSV de paiements, une ligne par élément sans les colonnes constantes : (jour, siret, période, montant, iban).
pub(crate) fn csv(lignes: &[(&str, &str, &str, &str, &str)]) -> String {
    let mut texte = String::from("date;caisse;siret;periode;montant;mode;iban\r\n");
    for (jour, siret, periode, montant, iban) in lignes {
        texte.push_str(&format!(
            "{jour};DMSA33;{siret};{periode};{montant};05;{iban}\r\n"
        ));
    }
    texte
}

/// Les restes d'une créance, en centimes : ouvrière, patronale, principal, majoration.
pub(crate) async fn restes(banc: &Banc, creance: i64) -> [i64; 4] {
    let r: Result<(i64, i64, i64, i64), storage::Erreur> = lire!(banc.db, |tx| {
        sql!(
        "SELECT reste_part_ouvriere, reste_part_patronale, reste_principal, reste_majoration FROM creance WHERE id = $1"
    )
    .bind(creance)
    .une(tx)
    .await
    });
    let r = r.unwrap();
    [r.0, r.1, r.2, r.3]
}

pub(crate) async fn nombre(banc: &Banc, texte: &'static str) -> i64 {
    let n: Result<i64, storage::Erreur> = lire!(banc.db, |tx| sql!(texte).scalaire(tx).await);
    n.unwrap()
}

/// La base prouvée sans anomalie.
pub(crate) async fn verifiee(banc: &Banc) -> Bilan {
    let bilan = creances::verifier(&banc.db).await.unwrap();
    assert!(
        bilan.anomalies.is_empty(),
        "{} : {:?}",
        banc.db.moteur(),
        bilan.anomalies
    );
    assert_eq!(
        bilan.encaisse_centimes,
        bilan.impute_centimes + bilan.rac_centimes + bilan.rembourse_centimes,
        "{}",
        banc.db.moteur()
    );
    bilan
}

pub(crate) fn jour(texte: &str) -> Date {
    texte.parse().unwrap()
}
