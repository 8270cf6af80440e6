//! Importer et imputer des recettes, contre le SQL ensembliste nu qui écrit les mêmes lignes.

use std::fmt::Write as _;

use anyhow::{Result, ensure};
use creances::encaissements::{Importateur, importer};
use storage::essais::Banc;
use storage::{lire, sql};
use valeurs::Montant;

use crate::caisse::{caisses, maintenant};
use crate::mesure::{Chrono, dire};
use crate::rejeu::{Ajout, Avant};

const DEBITEURS: u64 = 5_000;
const RECETTES: usize = 50_000;
/// Tables où l'import ajoute des lignes.
const AJOUTS: [Ajout; 4] = [
    Ajout::entiere("fichier_importe", "id"),
    Ajout::entiere("encaissement", "id"),
    Ajout::entiere("mouvement", "id"),
    Ajout::entiere("ecriture", "mouvement_id"),
];
/// Ce que l'import change de ce qui est déjà là.
const CHANGEMENTS: &str = "UPDATE creance SET reste_part_ouvriere = s.reste_part_ouvriere, \
     reste_part_patronale = s.reste_part_patronale, reste_majoration = s.reste_majoration FROM apres.creance s \
     WHERE s.id = creance.id AND (s.reste_part_ouvriere <> creance.reste_part_ouvriere \
     OR s.reste_part_patronale <> creance.reste_part_patronale);\n\
     UPDATE debiteur SET solde_centimes = s.solde_centimes FROM apres.debiteur s WHERE s.id = debiteur.id \
     AND s.solde_centimes <> debiteur.solde_centimes;\n";

pub(crate) async fn mesurer() -> Result<bool> {
    let mut tient = true;
    for banc in caisses(DEBITEURS).await? {
        let moteur = banc.db.moteur();
        let fichier = banc.dossier.path().join("paiements.csv");
        std::fs::write(&fichier, paiements(&banc).await?)?;
        let avant = Avant::photographier(&banc, &AJOUTS, CHANGEMENTS).await?;
        let chrono = Chrono::partir();
        let par = Importateur {
            db: &banc.db,
            auteur: "bancs",
            maintenant: maintenant(),
        };
        let bilan = importer(&par, &fichier).await?;
        let notre = chrono.arreter();
        let imputes = bilan.imputes;
        ensure!(imputes * 10 > bilan.lus * 9, "le banc doit imputer : {bilan:?}");
        let nu = avant.rejouer(&banc).await?;
        let lus = f64::from(u32::try_from(bilan.lus)?);
        println!(
            "{moteur} : {} recettes, {imputes} imputées ; Sillon {:.2} s (processeur {:.2} s), SQL nu {:.2} s",
            bilan.lus,
            notre.ecoule.as_secs_f64(),
            notre.processeur.as_secs_f64(),
            nu.ecoule.as_secs_f64()
        );
        let rapport = nu.ecoule.as_secs_f64() / notre.ecoule.as_secs_f64();
        tient &= dire(
            &format!("{moteur} : débit de l'import / débit du SQL nu"),
            rapport,
            ">= 0.33",
            rapport >= 0.33,
        );
        let debit = lus / notre.processeur.as_secs_f64();
        tient &= dire(
            &format!("{moteur} : recettes par seconde de processeur"),
            debit,
            ">= 5000",
            debit >= 5_000.0,
        );
    }
    Ok(tient)
}

/// Des paiements d'employeurs connus, pour les périodes de leurs créances ouvertes, en petites sommes.
async fn paiements(banc: &Banc) -> Result<String> {
    let ouvertes: Result<Vec<(String, String, i64)>, storage::Erreur> = lire!(banc.db, |tx| sql!(
        "SELECT d.siret, substr(c.periode_debut, 1, 7), c.reste_part_ouvriere + c.reste_part_patronale \
         FROM creance c JOIN debiteur d ON d.id = c.dossier_id \
         WHERE c.regime = 'employeur' AND d.siret IS NOT NULL \
         AND c.reste_part_ouvriere + c.reste_part_patronale > 10000 ORDER BY c.id"
    )
    .toutes(tx)
    .await);
    let ouvertes = ouvertes?;
    ensure!(!ouvertes.is_empty(), "aucune créance ouverte d'employeur");
    let mut texte = String::from("date;caisse;siret;periode;montant;mode;iban\r\n");
    let par_creance = i64::try_from(RECETTES / ouvertes.len() + 1)?;
    for i in 0..RECETTES {
        let (siret, periode, reste) = &ouvertes[i % ouvertes.len()];
        let montant = Montant::de_centimes((reste / (par_creance + 1)).max(1));
        let jour = i / ouvertes.len() % 28 + 1;
        write!(
            texte,
            "{jour:02}102026;DMSA33;{siret};{periode};{};05;\r\n",
            montant.en_point()
        )?;
    }
    Ok(texte)
}
