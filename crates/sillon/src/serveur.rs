//! Le serveur : toutes les pages des caisses ouvertes, le scellement du journal en tâche de fond.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use acces::journal::sceller_journal;
use acces::{Caisse, Horloge, Maison, Route, routeur};
use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Redirect, Response};
use recouvrement::actes::{Atelier, FICHIER_REGLAGES, dossier};
use storage::Db;
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;
use valeurs::CodeCaisse;
use web::{AdresseClient, Debit};

use crate::configuration::Configuration;
use crate::surveiller::surveiller;

/// Entre deux scellements du journal des accès.
const SCELLEMENT: Duration = Duration::from_secs(60);

/// Un serveur prêt : son port est pris, rien n'est encore servi.
pub(crate) struct Serveur {
    ecoute: TcpListener,
    adresse: String,
    application: Router,
    maison: Maison,
    bases: Vec<Db>,
    donnees: PathBuf,
    horloge: Horloge,
}

impl Serveur {
    /// Prend le port et compose l'application ; `port` 0 en prend un libre.
    pub(crate) async fn preparer(
        configuration: &Configuration,
        bases: Vec<Db>,
        port: u16,
        origine: Option<String>,
    ) -> Result<Self> {
        let ecoute = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .with_context(|| format!("le port {port} n'est pas libre : donnez-en un autre par --port"))?;
        let adresse = format!("http://localhost:{}", ecoute.local_addr()?.port());
        let caisses = bases
            .iter()
            .map(|db| Caisse::preparer(db.clone(), &configuration.donnees))
            .collect::<Result<Vec<_>, _>>()?;
        for db in &bases {
            essayer_les_actes(&configuration.donnees, db.caisse())?;
        }
        let maison = Maison::nouvelle(
            caisses,
            configuration.horloge.clone(),
            origine.as_deref().unwrap_or(&adresse),
        );
        let application = application(maison.clone(), &configuration.horloge);
        // Une adresse publique donnée : un mandataire HTTPS est devant, sur cette machine.
        let application = if origine.is_some() {
            application.layer(from_fn(client_du_mandataire))
        } else {
            application
        };
        Ok(Self {
            ecoute,
            application,
            maison,
            adresse,
            bases,
            donnees: configuration.donnees.clone(),
            horloge: configuration.horloge.clone(),
        })
    }

    /// L'adresse locale du serveur.
    pub(crate) fn adresse(&self) -> &str {
        &self.adresse
    }

    /// Sert jusqu'à Ctrl-C ou SIGTERM, puis scelle le journal et ferme les bases.
    pub(crate) async fn servir(self) -> Result<()> {
        tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_env_filter(tracing_subscriber::EnvFilter::new("warn,sillon=info"))
            .try_init()
            .ok();
        let scellement = tokio::spawn(sceller_sans_fin(
            self.bases.clone(),
            self.donnees.clone(),
            self.horloge.clone(),
        ));
        let arrivees = tokio::spawn(surveiller(self.maison.clone()));
        axum::serve(
            self.ecoute,
            self.application
                .into_make_service_with_connect_info::<SocketAddr>(),
        )
        .with_graceful_shutdown(arret())
        .await?;
        scellement.abort();
        arrivees.abort();
        for db in self.bases {
            sceller_journal(&db, &self.donnees, self.horloge.maintenant()).await?;
            db.fermer().await;
        }
        Ok(())
    }
}

/// Un modèle ou un réglage d'acte faux se dit au démarrage, non devant un débiteur ; une caisse sans réglages n'en compose
/// aucun.
fn essayer_les_actes(donnees: &Path, caisse: CodeCaisse) -> Result<()> {
    if !dossier(donnees, caisse).join(FICHIER_REGLAGES).exists() {
        eprintln!(
            "Caisse {caisse} : aucun réglage pour les actes ; « sillon actes modeles --caisse {caisse} » en écrit un exemple."
        );
        return Ok(());
    }
    Ok(Atelier::ouvrir(donnees, caisse)?.modeles.essayer()?)
}

/// Derrière le mandataire, l'adresse du client est la dernière de `X-Forwarded-For` : celle qu'il a vue lui-même, et
/// non ce que le client prétend.
async fn client_du_mandataire(mut requete: Request, suite: Next) -> Response {
    let entete = requete.headers().get_all("x-forwarded-for").iter().next_back();
    let derniere = entete
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.rsplit(',').next());
    if let Some(adresse) = derniere.and_then(|a| a.trim().parse::<IpAddr>().ok()) {
        requete.extensions_mut().insert(AdresseClient(adresse));
    }
    suite.run(requete).await
}

/// L'application entière, telle que les essais la parcourent aussi.
fn application(maison: Maison, horloge: &Horloge) -> Router {
    let horloge = horloge.clone();
    let pages = routeur(crate::routes(), maison).merge(web::assets());
    web::proteger(pages, Debit::PAGES, move || horloge.maintenant()).layer(CompressionLayer::new())
}

/// Les pages qui ne sont d'aucune tranche.
pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get_public("/", accueil)]
}

/// Une seule caisse : on y va. Plusieurs : l'agent choisit la sienne.
async fn accueil(State(maison): State<Maison>) -> Response {
    let mut caisses = maison.caisses();
    match (caisses.next(), caisses.next()) {
        (Some(seule), None) => Redirect::to(&format!("/{}/", seule.code)).into_response(),
        _ => choix::page(&maison),
    }
}

mod choix {
    use acces::Maison;
    use axum::response::Response;
    use web::Cadre;

    #[derive(askama::Template)]
    #[template(path = "choix.html")]
    struct Choix {
        caisses: Vec<(String, String)>,
    }

    pub(super) fn page(maison: &Maison) -> Response {
        let caisses = maison
            .caisses()
            .map(|c| (format!("/{}/", c.code), c.nom.clone()))
            .collect();
        web::page(
            &Cadre {
                titre: "Choisir une caisse".to_owned(),
                ..Cadre::default()
            },
            Choix { caisses },
        )
    }
}

async fn sceller_sans_fin(bases: Vec<Db>, donnees: PathBuf, horloge: Horloge) {
    let mut horaire = tokio::time::interval(SCELLEMENT);
    loop {
        horaire.tick().await;
        for db in &bases {
            if let Err(e) = sceller_journal(db, &donnees, horloge.maintenant()).await {
                tracing::error!(caisse = %db.caisse(), "journal des accès non scellé : {e}");
            }
        }
    }
}

async fn arret() {
    let interruption = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut fin) => {
            tokio::select! {
                _ = interruption => {}
                _ = fin.recv() => {}
            }
        }
        Err(_) => {
            interruption.await.ok();
        }
    }
}
