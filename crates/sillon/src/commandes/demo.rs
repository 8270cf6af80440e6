//! `sillon demo` : une caisse synthétique, faite puis servie, et l'extranet de ses adhérents.

use std::io::{BufWriter, Write as _};
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Instant;

use ::demo::extranet::{Adherent, Extranet, adherents};
use ::demo::{Agent, Population, Service, adresser, agents, charger, encaisser, poursuivre};
use acces::agents::totp::Secret;
use acces::agents::{MotDePasse, NouvelAgent, creer_agent_de_demonstration};
use acces::{Objet, Permis, Role, actions};
use anyhow::{Context as _, Result, ensure};
use axum::Router;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use storage::Db;
use tokio::net::TcpListener;
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
    #[serde(skip_serializing_if = "Option::is_none")]
    extranet: Option<AnnonceExtranet>,
}

/// L'extranet de la caisse et ses comptes.
#[derive(Serialize)]
struct AnnonceExtranet {
    adresse: String,
    comptes: Vec<CompteExtranet>,
}

#[derive(Serialize)]
struct CompteExtranet {
    profil: &'static str,
    identifiant: String,
    mot_de_passe: String,
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
        let serveur = Serveur::preparer(configuration, bases.clone(), port, None).await?;
        let premiere = bases.first().context("aucune caisse")?;
        let site = Site::preparer(configuration, &arguments, premiere, aujourdhui).await?;
        Some((serveur, site))
    };
    for &caisse in &caisses {
        let adresse = serveur
            .as_ref()
            .map(|(s, _)| format!("{}/{caisse}/", s.adresse()));
        let site = serveur
            .as_ref()
            .map(|(_, site)| site)
            .filter(|site| site.caisse == caisse);
        annoncer(configuration, &arguments, caisse, adresse, site)?;
    }
    match serveur {
        Some((serveur, site)) => {
            let extranet = tokio::spawn(async move { axum::serve(site.ecoute, site.routeur).await });
            serveur.servir().await?;
            extranet.abort();
        }
        None => {
            for db in bases {
                db.fermer().await;
            }
        }
    }
    Ok(Fin::Bien)
}

/// L'extranet d'une caisse, prêt : son port est pris. Une autre adresse que le back-office, donc une autre origine et
/// d'autres cookies.
struct Site {
    caisse: CodeCaisse,
    adresse: String,
    adherents: Vec<Adherent>,
    ecoute: TcpListener,
    routeur: Router,
}

impl Site {
    async fn preparer(
        configuration: &Configuration,
        arguments: &Demo,
        db: &Db,
        aujourdhui: Date,
    ) -> Result<Self> {
        let caisse = db.caisse();
        let population = Population::nouvelle(&arguments.graine, caisse, arguments.debiteurs, aujourdhui)?;
        let adherents = adherents(&arguments.graine, &population);
        let port = arguments.port_extranet;
        let ecoute = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .with_context(|| {
                format!("le port {port} n'est pas libre : donnez-en un autre par --port-extranet")
            })?;
        let adresse = format!("http://{}/", ecoute.local_addr()?);
        let horloge = configuration.horloge.clone();
        let routeur = Extranet::nouveau(db.clone(), horloge, adherents.clone()).routeur();
        Ok(Self {
            caisse,
            adresse,
            adherents,
            ecoute,
            routeur,
        })
    }

    fn annoncer(&self) -> AnnonceExtranet {
        let comptes = self.adherents.iter().map(|a| CompteExtranet {
            profil: a.profil.libelle(),
            identifiant: a.identite.matricule.as_str().to_owned(),
            mot_de_passe: a.mot_de_passe.clone(),
        });
        AnnonceExtranet {
            adresse: self.adresse.clone(),
            comptes: comptes.collect(),
        }
    }
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
    site: Option<&Site>,
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
        extranet: site.map(Site::annoncer),
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
    if let Some(extranet) = &a.extranet {
        sortie::ligne(&format!(
            "\nL'extranet des adhérents : {}\n\n{:<26} {:<16} {}",
            extranet.adresse, "adhérent", "identifiant", "mot de passe"
        ))?;
        for c in &extranet.comptes {
            sortie::ligne(&format!(
                "{:<26} {:<16} {}",
                c.profil, c.identifiant, c.mot_de_passe
            ))?;
        }
    }
    sortie::ligne(
        "\nLe code change toutes les 30 secondes : « sillon demo » le réimprime, ou donnez le secret à une application de codes.",
    )
}
