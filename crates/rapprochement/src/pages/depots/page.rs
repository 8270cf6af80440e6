use acces::{CodeAction, Objet, Visite, actions, instant_fr};
use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use jiff::Timestamp;
use storage::lire;
use web::fragments::{
    self, ActionPost, Champ, ChampJeton, EntetePage, LiensDePage, Pastille, ResumeErreurs, Ton, action_post,
    milliers, pastille,
};
use web::{Adresse, ErreurChamp, LienTable, SansTri};

use super::dossier::{self, Dossier, MONTRES, Refus};
use super::liste::{self, Depot, Etat};
use super::{DEPOTS, REFUS};
use crate::Erreur;
use crate::arrivees::FichierPose;

/// Le nom du champ du fichier.
pub(super) const FICHIER: &str = "fichier";
/// Entre deux rechargements de la page qui suit un dépôt, en secondes.
const SUIVI: HeaderValue = HeaderValue::from_static("5");

/// De quoi déposer.
struct Envoi {
    action: String,
    jeton: ChampJeton,
    fichier: Champ,
}

struct LigneRefus {
    nom: String,
    par: String,
    quand: String,
    pourquoi: String,
    ecarter: Option<ActionPost>,
}

struct LigneAttente {
    nom: String,
    par: String,
    quand: String,
    etat: Pastille,
}

struct LigneDepot {
    nom: String,
    par: String,
    quand: String,
    gardees: String,
    /// Lues, déjà connues, d'autres caisses, sans effet, signalements ; rien tant que le dépôt n'est pas terminé.
    comptes: Option<[String; 5]>,
    etat: Pastille,
}

/// De quoi suivre ce qui attend, ou cesser.
struct Suivi {
    url: String,
    suit: bool,
}

/// Tout ce qui suit le formulaire.
struct Liste {
    suivi: Option<Suivi>,
    refus: Vec<LigneRefus>,
    autres_refus: usize,
    attente: Vec<LigneAttente>,
    autres_en_attente: usize,
    depots: Vec<LigneDepot>,
    pages: LiensDePage,
}

#[derive(Template)]
#[template(path = "depots/depots.html")]
struct Vue {
    entete: EntetePage,
    resume: ResumeErreurs,
    envoi: Option<Envoi>,
    liste: Option<Liste>,
}

pub(super) async fn montrer(
    visite: Visite<actions::ConsulterDsn>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let (pagination, maintenant) = (adresse.pagination(), visite.maintenant());
    let nombre = u64::from(pagination.taille());
    let permis = visite.permis(Objet::Liste { nombre }, None).await?;
    let dossier = dossier::lire(visite.caisse(), &permis).await?;
    let lu: Result<_, Erreur> = lire!(visite.db(), |tx| {
        let depots = liste::depots(tx, &permis, &pagination).await?;
        Ok((depots, liste::en_cours(tx, &permis, maintenant).await?))
    });
    let ((depots, suite), en_cours) = lu?;
    let url = visite.url(DEPOTS);
    let peut_deposer = visite.peut(CodeAction::DeposerDsn);
    let bouge = !dossier.en_attente.is_empty() || !en_cours.is_empty();
    let suit = bouge && adresse.parametre("suivre") == Some("oui");
    let pages = fragments::pagination(&LienTable::lire(&url, &[]), SansTri::ORDRE, &pagination, &suite);
    let liste = Liste {
        suivi: bouge.then(|| Suivi {
            url: if suit {
                url.clone()
            } else {
                format!("{url}?suivre=oui")
            },
            suit,
        }),
        autres_refus: dossier.nombre_de_refus - dossier.refus.len(),
        autres_en_attente: dossier.en_attente.len().saturating_sub(MONTRES),
        attente: attente(&dossier, &en_cours),
        depots: depots
            .iter()
            .map(|d| LigneDepot::nouvelle(d, &dossier, maintenant))
            .collect::<Result<_, _>>()?,
        refus: dossier
            .refus
            .into_iter()
            .map(|r| LigneRefus::nouvelle(&visite, r, peut_deposer))
            .collect(),
        pages,
    };
    let vue = Vue {
        entete: entete(),
        resume: fragments::resume_erreurs(&[]),
        // Une page qui se recharge perdrait le fichier qu'on vient de choisir.
        envoi: (peut_deposer && !suit).then(|| envoi(&url, visite.jeton(), &[])),
        liste: Some(liste),
    };
    let mut page = web::page(&visite.cadre("Dépôts DSN"), vue);
    if suit {
        page.headers_mut().insert(header::REFRESH, SUIVI);
    }
    Ok(page)
}

/// Le formulaire seul, avec ce qui n'allait pas.
pub(super) fn reprendre(visite: &Visite<actions::DeposerDsn>, erreurs: &[ErreurChamp]) -> Response {
    let url = visite.url(DEPOTS);
    let vue = Vue {
        entete: entete().lien("Voir les dépôts", &url),
        resume: fragments::resume_erreurs(erreurs),
        envoi: Some(envoi(&url, visite.jeton(), erreurs)),
        liste: None,
    };
    web::page(&visite.cadre("Dépôts DSN"), vue)
}

fn entete() -> EntetePage {
    EntetePage::nouveau("Dépôts DSN").sous_titre(
        "Un fichier déjà déposé ne change rien, ni une déclaration déjà connue dans un autre fichier.",
    )
}

fn envoi(url: &str, jeton: &str, erreurs: &[ErreurChamp]) -> Envoi {
    Envoi {
        action: url.to_owned(),
        jeton: fragments::champ_jeton(jeton),
        fichier: Champ::fichier(FICHIER, "Fichier", ".dsn,.txt,.zip,.gz")
            .aide("DSN en clair, gzip ou zip, 64 Mio au plus. Il est lu en arrière-plan : vous pouvez quitter la page.")
            .obligatoire()
            .parmi(erreurs),
    }
}

fn attente(dossier: &Dossier, en_cours: &[String]) -> Vec<LigneAttente> {
    let montres = dossier.en_attente.iter().take(MONTRES);
    montres
        .map(|f| LigneAttente {
            nom: f.nom.clone(),
            par: par(f),
            quand: instant_fr(f.depuis),
            etat: if en_cours.iter().any(|nom| f.donne(nom)) {
                pastille(Ton::Info, "En cours")
            } else {
                pastille(Ton::Neutre, "En attente")
            },
        })
        .collect()
}

/// Qui a posé un fichier.
fn par(fichier: &FichierPose) -> String {
    fichier.agent.clone().unwrap_or_else(|| "l’opérateur".to_owned())
}

impl LigneRefus {
    fn nouvelle(visite: &Visite<actions::ConsulterDsn>, refus: Refus, peut_ecarter: bool) -> Self {
        let Refus { fichier, pourquoi } = refus;
        let bouton = || {
            action_post("Effacer", visite.url(REFUS), visite.jeton())
                .champ("agent", fichier.agent.as_deref().unwrap_or_default())
                .champ("nom", &fichier.nom)
                .precision(format!("le fichier refusé {}", fichier.nom))
        };
        Self {
            ecarter: peut_ecarter.then(bouton),
            par: par(&fichier),
            quand: instant_fr(fichier.depuis),
            pourquoi: pourquoi.map_or_else(
                || "La raison n’est plus là : déposez-le de nouveau pour la connaître.".to_owned(),
                |texte| texte.replace('\'', "’"),
            ),
            nom: fichier.nom,
        }
    }
}

impl LigneDepot {
    fn nouvelle(depot: &Depot, dossier: &Dossier, maintenant: Timestamp) -> Result<Self, Erreur> {
        let etat = depot.etat(maintenant);
        let compte = |n: i64| milliers(u64::try_from(n).unwrap_or_default());
        let reprendra = dossier.en_attente.iter().any(|f| f.donne(&depot.nom));
        Ok(Self {
            nom: depot.nom.clone(),
            par: depot.auteur.clone(),
            quand: instant_fr(depot.depose_le()?),
            gardees: compte(depot.gardees),
            comptes: (etat == Etat::Termine).then(|| {
                [
                    compte(depot.lues),
                    compte(depot.deja_connues()),
                    compte(depot.autres_caisses),
                    compte(depot.sans_effet),
                    compte(depot.signalements),
                ]
            }),
            etat: match etat {
                Etat::Termine => pastille(Ton::Positif, "Terminé"),
                Etat::EnCours(part) => pastille(Ton::Info, format!("En cours : {part}\u{A0}%")),
                Etat::Interrompu if reprendra => pastille(Ton::Attention, "Interrompu : il reprendra"),
                Etat::Interrompu => pastille(Ton::Danger, "Interrompu : à redéposer"),
            },
        })
    }
}
