//! `sillon demo` : une caisse synthétique, faite puis servie.

use std::io::{BufWriter, Write as _};
use std::path::PathBuf;
use std::time::Instant;

use ::demo::{Agent, Population, Service, adresser, agents, charger, encaisser, poursuivre};
use acces::agents::totp::Secret;
use acces::agents::{MotDePasse, NouvelAgent, creer_agent_de_demonstration};
use acces::{Objet, Permis, Role, actions};
use anyhow::{Context as _, Result, ensure};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use storage::Db;
use valeurs::CodeCaisse;

use super::Fin;
use crate::arguments::{Demo, Format};
use crate::configuration::{Configuration, PORT, operateur};
use crate::serveur::Serveur;
use crate::sortie;

/// Une caisse de démonstration, telle qu'elle est annoncée.
#[derive(Serialize)]
struct Annonce {
    caisse: String,
    nom: &'static str,
    debiteurs: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    adresse: Option<String>,
    comptes: Vec<Compte>,
}

#[derive(Serialize)]
struct Compte {
    service: &'static str,
    identifiant: &'static str,
    mot_de_passe: String,
    /// Base32 : à donner à une application de codes, ou à un programme.
    secret_totp: String,
    /// Code valable à l'instant de l'impression.
    code: String,
}

pub(super) async fn lancer(configuration: &Configuration, arguments: Demo) -> Result<Fin> {
    let aujourdhui = arguments.au.unwrap_or_else(|| configuration.horloge.aujourdhui());
    let existantes = configuration.lieu.caisses().await?;
    let mut caisses = arguments.caisse.clone();
    caisses.sort();
    caisses.dedup();
    let mut bases = Vec::new();
    for &caisse in &caisses {
        if existantes.contains(&caisse) {
            Tirage::relire(configuration, caisse)?.comparer(&arguments, caisse)?;
            eprintln!("La caisse {caisse} est déjà là : elle est servie telle quelle.");
            bases.push(configuration.ouvrir(caisse).await?);
        } else {
            let population =
                Population::nouvelle(&arguments.graine, caisse, arguments.debiteurs, aujourdhui)?;
            bases.push(faire(configuration, caisse, &population, aujourdhui, &arguments.graine).await?);
        }
    }
    let serveur = if arguments.sans_serveur {
        None
    } else {
        let port = arguments.port.or(configuration.fichier.port).unwrap_or(PORT);
        Some(Serveur::preparer(configuration, bases.clone(), port, None).await?)
    };
    for &caisse in &caisses {
        let adresse = serveur.as_ref().map(|s| format!("{}/{caisse}/", s.adresse()));
        annoncer(configuration, &arguments, caisse, adresse)?;
    }
    match serveur {
        Some(serveur) => serveur.servir().await?,
        None => {
            for db in bases {
                db.fermer().await;
            }
        }
    }
    Ok(Fin::Bien)
}

async fn faire(
    configuration: &Configuration,
    caisse: CodeCaisse,
    population: &Population,
    aujourdhui: Date,
    graine: &str,
) -> Result<Db> {
    let debut = Instant::now();
    let db = configuration.creer(caisse).await?;
    let maintenant = configuration.horloge.maintenant();
    let total = population.combien();
    let mut dit = 0;
    charger(&db, population, maintenant, aujourdhui, |fait| {
        if fait * 10 / total > dit {
            dit = fait * 10 / total;
            eprintln!(
                "Caisse {caisse} : {fait} débiteurs sur {total} ({} s)",
                debut.elapsed().as_secs()
            );
        }
    })
    .await
    .with_context(|| format!("caisse {caisse}"))?;
    declarer(configuration, &db, population, aujourdhui)
        .await
        .with_context(|| format!("déclarations de la caisse {caisse}"))?;
    poursuivre(&db, population, configuration.horloge.maintenant(), aujourdhui)
        .await
        .with_context(|| format!("procédures de la caisse {caisse}"))?;
    adresser(&db, population, aujourdhui)
        .await
        .with_context(|| format!("adresses de la caisse {caisse}"))?;
    let dossier = recouvrement::actes::dossier(&configuration.donnees, caisse);
    recouvrement::actes::Reglages::ecrire_un_exemple(&dossier, caisse.nom())?;
    let permis =
        Permis::<actions::GererAgents>::operateur(&db, &configuration.horloge, &operateur(), Objet::Caisse)
            .await?;
    for agent in agents(graine, caisse) {
        ouvrir_un_compte(&db, &permis, &agent).await?;
    }
    // En dernier : c'est à lui qu'on reconnaît une démonstration entière.
    Tirage {
        graine: graine.to_owned(),
        debiteurs: total,
    }
    .garder(configuration, caisse)?;
    Ok(db)
}

/// Dépose les dernières déclarations des employeurs, comme on dépose celles du portail, puis reçoit leurs paiements.
async fn declarer(
    configuration: &Configuration,
    db: &Db,
    population: &Population,
    aujourdhui: Date,
) -> Result<()> {
    let horloge = &configuration.horloge;
    let permis = Permis::<actions::DeposerDsn>::operateur(db, horloge, &operateur(), Objet::Caisse).await?;
    for mois in population.mois_declares() {
        let mut sortie = BufWriter::new(tempfile::tempfile()?);
        let paiements = population.declarations(mois, &mut sortie)?;
        sortie.flush()?;
        let nom = format!("dsn-{mois}.dsn");
        rapprochement::deposer(db, &permis, aujourdhui, &nom, sortie.get_ref(), |_, _| ()).await?;
        encaisser(db, &format!("paiements-{mois}"), &paiements, horloge.maintenant()).await?;
    }
    Ok(db.actualiser_statistiques().await?)
}

async fn ouvrir_un_compte(db: &Db, permis: &Permis<actions::GererAgents>, agent: &Agent) -> Result<()> {
    let nouvel_agent = NouvelAgent::lire(
        agent.service.identifiant(),
        &agent.nom_affiche,
        role(agent.service),
    )?;
    let mot_de_passe = MotDePasse::tape(&agent.mot_de_passe);
    let secret = Secret::depuis_base32(&agent.secret_totp).context("secret de démonstration")?;
    creer_agent_de_demonstration(db, permis, &nouvel_agent, &mot_de_passe, &secret).await?;
    Ok(())
}

/// De quoi une caisse de démonstration a été faite : `DONNEES/demo/CODE.json`.
#[derive(Serialize, Deserialize)]
struct Tirage {
    graine: String,
    debiteurs: u64,
}

impl Tirage {
    fn chemin(configuration: &Configuration, caisse: CodeCaisse) -> PathBuf {
        configuration.donnees.join("demo").join(format!("{caisse}.json"))
    }

    fn garder(&self, configuration: &Configuration, caisse: CodeCaisse) -> Result<()> {
        let chemin = Self::chemin(configuration, caisse);
        std::fs::create_dir_all(configuration.donnees.join("demo"))?;
        std::fs::write(&chemin, serde_json::to_string(self)?)
            .with_context(|| format!("{} ne s'écrit pas", chemin.display()))
    }

    fn relire(configuration: &Configuration, caisse: CodeCaisse) -> Result<Self> {
        let texte = std::fs::read_to_string(Self::chemin(configuration, caisse)).ok();
        texte.and_then(|t| serde_json::from_str(&t).ok()).with_context(|| {
            format!(
                "la caisse {caisse} existe déjà et n'est pas une démonstration entière : choisissez un autre --donnees"
            )
        })
    }

    fn comparer(&self, arguments: &Demo, caisse: CodeCaisse) -> Result<()> {
        ensure!(
            self.graine == arguments.graine && self.debiteurs == arguments.debiteurs,
            "la caisse {caisse} existe déjà, faite par --graine {} --debiteurs {} : redonnez ces options, ou un autre --donnees",
            self.graine,
            self.debiteurs
        );
        Ok(())
    }
}

const fn role(service: Service) -> Role {
    match service {
        Service::Prestations => Role::Prestations,
        Service::Cotisations => Role::Cotisations,
        Service::Recouvrement => Role::Recouvrement,
        Service::Comptable => Role::AgenceComptable,
        Service::Dpo => Role::Dpo,
        Service::Administrateur => Role::Administrateur,
    }
}

fn annoncer(
    configuration: &Configuration,
    arguments: &Demo,
    caisse: CodeCaisse,
    adresse: Option<String>,
) -> Result<()> {
    let maintenant = configuration.horloge.maintenant();
    let comptes = agents(&arguments.graine, caisse).into_iter().map(|a| Compte {
        service: a.service.libelle(),
        identifiant: a.service.identifiant(),
        code: Secret::depuis_base32(&a.secret_totp)
            .map(|s| s.code(maintenant))
            .unwrap_or_default(),
        mot_de_passe: a.mot_de_passe,
        secret_totp: a.secret_totp,
    });
    let annonce = Annonce {
        caisse: caisse.to_string(),
        nom: caisse.nom(),
        debiteurs: arguments.debiteurs,
        adresse,
        comptes: comptes.collect(),
    };
    match configuration.format {
        Format::Json => sortie::json(&annonce),
        Format::Texte | Format::Csv => imprimer(&annonce),
    }
}

fn imprimer(a: &Annonce) -> Result<()> {
    sortie::ligne(&format!(
        "\n{} — {} : {} débiteurs inventés",
        a.caisse, a.nom, a.debiteurs
    ))?;
    if let Some(adresse) = &a.adresse {
        sortie::ligne(&format!("Ouvrez {adresse}"))?;
    }
    sortie::ligne(&format!(
        "\n{:<26} {:<16} {:<30} {:<8} {}",
        "service", "identifiant", "mot de passe", "code", "secret du second facteur"
    ))?;
    for c in &a.comptes {
        sortie::ligne(&format!(
            "{:<26} {:<16} {:<30} {:<8} {}",
            c.service, c.identifiant, c.mot_de_passe, c.code, c.secret_totp
        ))?;
    }
    sortie::ligne(
        "\nLe code change toutes les 30 secondes : « sillon demo » le réimprime, ou donnez le secret à une application de codes.",
    )
}
