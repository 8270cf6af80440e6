//! `sillon rapprocher`.

use acces::{Objet, Permis, actions};
use anyhow::Result;
use jiff::civil::Date;
use rapprochement::rapprocher::{Classe, Ecart, MoisRapproche, Regles};
use rapprochement::{Filtre, rapprochements};
use serde::Serialize;

use super::Fin;
use crate::arguments::{Format, Rapprocher};
use crate::configuration::{Configuration, operateur};
use crate::sortie::Table;

pub(super) async fn lancer(configuration: &Configuration, arguments: &Rapprocher) -> Result<Fin> {
    let db = configuration.ouvrir(arguments.caisse).await?;
    let permis =
        Permis::<actions::ConsulterDsn>::operateur(&db, &configuration.horloge, &operateur(), Objet::Caisse)
            .await?;
    let regles = Regles {
        au: arguments.au.unwrap_or_else(|| configuration.horloge.aujourdhui()),
        tolerance: arguments.tolerance,
    };
    let filtre = Filtre { mois: arguments.mois };
    let mut table = Table::ouvrir(configuration.format, EN_TETE)?;
    let format = configuration.format;
    rapprochements(&db, &permis, filtre, regles, |ligne| {
        imprimer(&mut table, format, &ligne)
    })
    .await?;
    table.fermer()?;
    db.fermer().await;
    Ok(Fin::Bien)
}

const EN_TETE: &str =
    "SIRET           mois             déclaré          ordonné          encaissé             solde  écarts";

#[derive(Serialize)]
struct LigneJson<'a> {
    siret: &'a str,
    mois: String,
    declare_centimes: i64,
    ordonne_centimes: i64,
    encaisse_centimes: i64,
    solde_centimes: i64,
    echeance: Option<Date>,
    ecarts: Vec<&'static str>,
    details: Vec<DetailJson<'a>>,
}

/// Un écart, sa preuve et ce que l'agent peut faire.
#[derive(Serialize)]
struct DetailJson<'a> {
    #[serde(flatten)]
    ecart: &'a Ecart,
    suite: &'static str,
}

#[derive(Serialize)]
struct LigneCsv<'a> {
    siret: &'a str,
    mois: String,
    declare_centimes: i64,
    ordonne_centimes: i64,
    encaisse_centimes: i64,
    solde_centimes: i64,
    echeance: Option<Date>,
    ecarts: String,
}

fn imprimer(table: &mut Table, format: Format, m: &MoisRapproche) -> Result<()> {
    let slugs: Vec<&'static str> = m.ecarts.iter().map(|e| e.classe.slug()).collect();
    if format == Format::Csv {
        let ligne = LigneCsv {
            siret: m.siret.as_str(),
            mois: m.mois.to_string(),
            declare_centimes: m.declare.centimes(),
            ordonne_centimes: m.ordonne.centimes(),
            encaisse_centimes: m.encaisse.centimes(),
            solde_centimes: m.solde.centimes(),
            echeance: m.echeance,
            ecarts: slugs.join(" "),
        };
        return table.ligne(&ligne, String::new);
    }
    let details = m.ecarts.iter().map(|ecart| DetailJson {
        ecart,
        suite: Classe::suite(ecart.classe),
    });
    let ligne = LigneJson {
        siret: m.siret.as_str(),
        mois: m.mois.to_string(),
        declare_centimes: m.declare.centimes(),
        ordonne_centimes: m.ordonne.centimes(),
        encaisse_centimes: m.encaisse.centimes(),
        solde_centimes: m.solde.centimes(),
        echeance: m.echeance,
        details: details.collect(),
        ecarts: slugs,
    };
    table.ligne(&ligne, || {
        format!(
            "{:<14}  {:<7}  {:>16} {:>16} {:>16} {:>16}  {}",
            m.siret.as_str(),
            m.mois.to_string(),
            m.declare.to_string(),
            m.ordonne.to_string(),
            m.encaisse.to_string(),
            m.solde.to_string(),
            ligne.ecarts.join(", ")
        )
    })
}
