//! `sillon verifier` : les soldes, le grand livre, la chaîne du journal des accès, les écarts constatés, les
//! procédures, les actes, les prélèvements.

use acces::journal::{sceller_journal, verifier_journal};
use anyhow::{Result, bail};
use creances::{Anomalie, Bilan};
use rapprochement::ecarts;
use recouvrement::prelevements::PrelevementAltere;
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
            noter(&mut bilan, "ACC-100", "journal des accès", e.to_string());
        }
        for anomalie in verifier_journal(&db, &configuration.donnees).await? {
            noter(&mut bilan, "ACC-100", "journal des accès", anomalie.to_string());
        }
        for divergence in ecarts::verifier(&db).await? {
            let objet = match divergence.dossier {
                Some(dossier) => format!("dossier {dossier}"),
                None => "établissement sans dossier".to_owned(),
            };
            let message = "le mois ou les écarts constatés ne sont pas ce que les faits disent".to_owned();
            noter(&mut bilan, "DSN-100", &objet, message);
        }
        let aujourdhui = configuration.horloge.aujourdhui();
        for divergence in recouvrement::procedure::verifier(&db, aujourdhui).await? {
            let objet = format!("créance {}", divergence.creance);
            let message = "sa situation dans la procédure n'est pas ce que ses étapes disent".to_owned();
            noter(&mut bilan, "REC-100", &objet, message);
        }
        for altere in recouvrement::actes::verifier(&db).await? {
            let objet = format!("acte {}", recouvrement::actes::numero(altere.acte));
            let message = "son document ou son état n'est pas celui qui a été gardé".to_owned();
            noter(&mut bilan, "REC-200", &objet, message);
        }
        for altere in recouvrement::prelevements::verifier(&db).await? {
            let (objet, message) = match altere {
                PrelevementAltere::Prelevement(id) => (
                    format!("prélèvement {id}"),
                    "ni son mandat, ni les créances qu'il paie, ni sa présentation ne sont ceux de son échéancier",
                ),
                PrelevementAltere::Mandat(id) => (format!("mandat {id}"), "son compte ne s'ouvre plus"),
            };
            noter(&mut bilan, "REC-400", &objet, message.to_owned());
        }
        for divergente in recouvrement::oscar::verifier(&db).await? {
            let objet = format!("dossier {}", divergente.dossier);
            let message = "l'agent qui le suit n'est pas celui de sa dernière attribution".to_owned();
            noter(&mut bilan, "REC-500", &objet, message);
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

/// Une anomalie d'ailleurs que le compte.
fn noter(bilan: &mut Bilan, code: &'static str, objet: &str, message: String) {
    bilan.nombre_anomalies += 1;
    bilan.anomalies.push(Anomalie {
        code,
        objet: objet.to_owned(),
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
