//! `sillon verifier` : les soldes, le grand livre, la chaîne du journal des accès.

use acces::journal::{sceller_journal, verifier_journal};
use anyhow::{Result, bail};
use creances::{Anomalie, Bilan};
use valeurs::Montant;

use super::Fin;
use crate::arguments::{Format, Verifier};
use crate::configuration::Configuration;
use crate::sortie;

pub(super) async fn lancer(configuration: &Configuration, arguments: &Verifier) -> Result<Fin> {
    let caisses = match arguments.caisse {
        Some(caisse) => vec![caisse],
        None => configuration.lieu.caisses().await?,
    };
    if caisses.is_empty() {
        bail!("aucune caisse à vérifier : créez-en une avec « sillon caisse creer » ou « sillon demo »");
    }
    let mut fin = Fin::Bien;
    for caisse in caisses {
        let db = configuration.ouvrir(caisse).await?;
        let mut bilan = creances::verifier(&db).await?;
        let scelle = sceller_journal(&db, &configuration.donnees, configuration.horloge.maintenant()).await;
        if let Err(e) = scelle {
            noter(&mut bilan, e.to_string());
        }
        for anomalie in verifier_journal(&db, &configuration.donnees).await? {
            noter(&mut bilan, anomalie.to_string());
        }
        match configuration.format {
            Format::Json => sortie::json(&bilan)?,
            Format::Texte | Format::Csv => imprimer(&bilan)?,
        }
        if !bilan.anomalies.is_empty() {
            fin = Fin::Constat;
        }
        db.fermer().await;
    }
    Ok(fin)
}

/// Une anomalie de la chaîne du journal des accès.
fn noter(bilan: &mut Bilan, message: String) {
    bilan.nombre_anomalies += 1;
    bilan.anomalies.push(Anomalie {
        code: "ACC-100",
        objet: "journal des accès".to_owned(),
        message,
    });
}

fn imprimer(b: &Bilan) -> Result<()> {
    let m = Montant::de_centimes;
    sortie::ligne(&format!(
        "{} : {} mouvements ; encaissé {} = imputé {} + en RAC {} + remboursé {}",
        b.caisse,
        b.mouvements,
        m(b.encaisse_centimes),
        m(b.impute_centimes),
        m(b.rac_centimes),
        m(b.rembourse_centimes)
    ))?;
    for anomalie in &b.anomalies {
        sortie::ligne(&format!(
            "  {} {} : {}",
            anomalie.code, anomalie.objet, anomalie.message
        ))?;
    }
    let tues = b
        .nombre_anomalies
        .saturating_sub(u64::try_from(b.anomalies.len())?);
    if tues > 0 {
        sortie::ligne(&format!("  et {tues} autres anomalies"))?;
    }
    if b.anomalies.is_empty() {
        sortie::ligne("  aucune anomalie")?;
    }
    Ok(())
}
