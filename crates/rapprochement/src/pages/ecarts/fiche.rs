//! Un écart : sa somme, ses preuves dans les déclarations et les recettes, son histoire, et de quoi le traiter.

use acces::agents::Collegue;
use acces::{Action, CodeAction, Objet, Permis, Visite, actions, date_de_paris, instant_fr};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use creances::pages::permis_du_dossier;
use storage::lire;
use valeurs::date_fr;
use web::fragments::{
    self, Champ, ChampJeton, Chiffre, Chiffres, Choix, Chronologie, Definition, Definitions, EntetePage,
    Evenement, Lien, ResumeErreurs, Ton, chronologie, mene,
};
use web::{ErreurChamp, Numero};

use super::liste::{choisir_agent, nommer};
use super::{nom, ton, trouver, url};
use crate::Erreur;
use crate::ecarts::{EcartMontre, Etat, Geste, GesteMontre, Motif, Voisins, gestes, preuves, voisins};
use crate::pages::lieux::{Lieu, lieux};
use crate::pages::{ECARTS, TABLEAU};
use crate::rapprocher::MoisRapproche;

/// Un formulaire du traitement.
struct Formulaire {
    titre: &'static str,
    url: String,
    bouton: &'static str,
    champs: Vec<Champ>,
    ouvert: bool,
}

#[derive(Template)]
#[template(path = "ecarts/fiche.html")]
struct Vue {
    entete: EntetePage,
    resume: ResumeErreurs,
    precedent: Option<String>,
    suivant: Option<String>,
    suite: String,
    definitions: Definitions,
    /// Les sommes du mois, si les faits montrent encore l'écart.
    chiffres: Option<Chiffres>,
    lieux: Vec<Lieu>,
    jeton: ChampJeton,
    formulaires: Vec<Formulaire>,
    histoire: Chronologie,
}

/// Ce qu'un agent avait saisi, à remontrer avec ses erreurs.
#[derive(Default)]
pub(super) struct Saisie {
    pub(super) commentaire: String,
    pub(super) motif: String,
    pub(super) precision: String,
}

pub(super) async fn montrer(
    visite: Visite<actions::ConsulterDsn>,
    Numero(id): Numero<i64>,
) -> Result<Response, web::Erreur> {
    page(&visite, id, &Saisie::default(), &[]).await
}

/// Le permis de voir ou de traiter un écart : celui du dossier de son employeur, ou de la caisse s'il n'en a pas.
pub(super) async fn permis<A: Action>(
    visite: &Visite<A>,
    ecart: &EcartMontre,
) -> Result<Permis<A>, web::Erreur> {
    match &ecart.employeur {
        Some((dossier, _)) => permis_du_dossier(visite, *dossier).await,
        None => visite.permis(Objet::Caisse, None).await,
    }
}

/// La page d'un écart ; avec des erreurs, celle d'un formulaire à corriger.
pub(super) async fn page<A: Action>(
    visite: &Visite<A>,
    id: i64,
    saisie: &Saisie,
    erreurs: &[ErreurChamp],
) -> Result<Response, web::Erreur> {
    let ecart = trouver(visite, id).await?;
    let permis = permis(visite, &ecart).await?;
    let moi = visite.agent().identifiant.clone();
    let lu: Result<_, Erreur> = lire!(visite.db(), |tx| {
        let histoire = gestes(visite.db(), tx, &permis, &ecart).await?;
        let siens = if ecart.agent.as_deref() == Some(&moi) {
            voisins(tx, &ecart, Etat::Attribue, Some(&moi)).await?
        } else {
            voisins(tx, &ecart, Etat::ATraiter, None).await?
        };
        Ok((histoire, siens))
    });
    let (histoire, Voisins { precedent, suivant }) = lu?;
    let trouve = preuves(visite.db(), &ecart, visite.aujourdhui()).await?;
    let collegues = visite.habilites(CodeAction::TraiterEcart).await?;
    let lieux = trouve
        .as_ref()
        .map(|(_, preuves)| lieux(visite, preuves))
        .unwrap_or_default();
    let vue = Vue {
        entete: entete(visite, &ecart),
        resume: fragments::resume_erreurs(erreurs),
        precedent: precedent.map(|id| url(visite, id)),
        suivant: suivant.map(|id| url(visite, id)),
        suite: web::phrase(ecart.classe.suite()),
        definitions: definitions(visite, &ecart, &collegues),
        chiffres: trouve.as_ref().map(|(mois, _)| chiffres(mois)),
        lieux,
        jeton: fragments::champ_jeton(visite.jeton()),
        formulaires: if visite.peut(CodeAction::TraiterEcart) {
            formulaires(visite, &ecart, &collegues, saisie, erreurs)
        } else {
            Vec::new()
        },
        histoire: chronologie(raconter(&ecart, histoire, &collegues)),
    };
    let page = web::page(&visite.cadre("Écart"), vue);
    if erreurs.is_empty() {
        Ok(page)
    } else {
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    }
}

fn entete<A: Action>(visite: &Visite<A>, ecart: &EcartMontre) -> EntetePage {
    let mois = ecart.mois;
    let entete = EntetePage::nouveau(format!("{}, {}", ecart.classe.libelle(), mois.libelle()))
        .fil(vec![
            Lien::nouveau("DSN", format!("{}?mois={mois}", visite.url(TABLEAU))),
            Lien::nouveau("Écarts", visite.url(ECARTS)),
        ])
        .sous_titre(nom(ecart));
    match &ecart.employeur {
        Some((dossier, _)) => {
            let dossier = visite.url(&format!("/{{caisse}}/dossiers/{dossier}"));
            entete
                .lien("Fiche de synthèse", format!("{dossier}/synthese"))
                .lien("Dossier", dossier)
        }
        None => entete,
    }
}

fn definitions<A: Action>(visite: &Visite<A>, ecart: &EcartMontre, collegues: &[Collegue]) -> Definitions {
    let mut definitions = vec![Definition::nouvelle("SIRET", ecart.siret.to_string())];
    if let Some((dossier, nom)) = &ecart.employeur {
        let url = visite.url(&format!("/{{caisse}}/dossiers/{dossier}"));
        definitions.push(Definition::nouvelle("Employeur", mene(url, nom.as_str())));
    }
    definitions.push(Definition::nouvelle(
        "Somme en cause",
        fragments::montant(ecart.montant),
    ));
    definitions.push(Definition::nouvelle("Mois", ecart.mois.libelle()));
    definitions.push(Definition::nouvelle("Constaté le", date_fr(ecart.constate_le)));
    definitions.push(Definition::nouvelle(
        "État",
        fragments::pastille(ton(ecart.etat), ecart.etat.libelle()),
    ));
    if let Some(agent) = &ecart.agent {
        definitions.push(Definition::nouvelle("Attribué à", nommer(agent, collegues)));
    }
    fragments::definitions(definitions)
}

fn chiffres(m: &MoisRapproche) -> Chiffres {
    let precision = m.echeance.map_or_else(
        || "rien n’est déclaré".to_owned(),
        |e| format!("échéance {}", date_fr(e)),
    );
    fragments::chiffres(vec![
        Chiffre::nouveau("Déclaré", fragments::montant(m.declare)),
        Chiffre::nouveau("Ordonné", fragments::montant(m.ordonne)),
        Chiffre::nouveau("Encaissé", fragments::montant(m.encaisse)),
        Chiffre::nouveau("Solde", fragments::montant(m.solde)).precision(precision),
    ])
}

fn formulaires<A: Action>(
    visite: &Visite<A>,
    ecart: &EcartMontre,
    collegues: &[Collegue],
    saisie: &Saisie,
    erreurs: &[ErreurChamp],
) -> Vec<Formulaire> {
    let ici = url(visite, ecart.id);
    let fautif = |nom: &str| erreurs.iter().any(|e| e.champ == nom);
    let formulaire = |titre, chemin, bouton, champs, ouvert| Formulaire {
        titre,
        url: format!("{ici}/{chemin}"),
        bouton,
        champs,
        ouvert,
    };
    let mut formulaires = Vec::new();
    if ecart.etat.est_ouvert() {
        formulaires.push(formulaire(
            "Attribuer",
            "attribuer",
            "Attribuer",
            vec![choisir_agent(collegues, &visite.agent().identifiant).parmi(erreurs)],
            ecart.etat == Etat::ATraiter || fautif("agent"),
        ));
        let motifs = Motif::TOUS.map(|m| Choix::nouveau(m.code(), m.libelle()));
        formulaires.push(formulaire(
            "Clore",
            "clore",
            "Clore cet écart",
            vec![
                Champ::liste("motif", "Motif", motifs.into())
                    .valeur(&saisie.motif)
                    .obligatoire()
                    .parmi(erreurs),
                Champ::zone("precision", "Commentaire", 3)
                    .valeur(&saisie.precision)
                    .aide("Facultatif, sauf pour un autre motif. L’écart se rouvrira si sa somme change.")
                    .parmi(erreurs),
            ],
            ecart.etat == Etat::Attribue || fautif("motif") || fautif("precision"),
        ));
    }
    formulaires.push(formulaire(
        "Commenter",
        "commenter",
        "Ajouter ce commentaire",
        vec![
            Champ::zone("commentaire", "Commentaire", 3)
                .valeur(&saisie.commentaire)
                .obligatoire()
                .parmi(erreurs),
        ],
        fautif("commentaire"),
    ));
    if ecart.etat == Etat::Clos {
        formulaires.push(formulaire(
            "Rouvrir",
            "rouvrir",
            "Rouvrir cet écart",
            Vec::new(),
            false,
        ));
    }
    formulaires
}

/// L'histoire, du plus récent au plus ancien, jusqu'au premier constat.
fn raconter(ecart: &EcartMontre, histoire: Vec<GesteMontre>, collegues: &[Collegue]) -> Vec<Evenement> {
    let mut evenements: Vec<Evenement> = histoire
        .into_iter()
        .map(|g| {
            let titre = match (&g.agent, g.motif) {
                (Some(agent), _) => format!("{} à {}", g.geste.libelle(), nommer(agent, collegues)),
                (None, Some(motif)) => format!("{} : {}", g.geste.libelle(), motif.libelle()),
                (None, None) => g.geste.libelle().to_owned(),
            };
            let ton = match g.geste {
                Geste::Clos | Geste::Disparu => Ton::Positif,
                Geste::Rouvert | Geste::Revenu => Ton::Attention,
                Geste::Attribue | Geste::Libere | Geste::Commente => Ton::Info,
            };
            let evenement = Evenement::nouveau(date_de_paris(g.quand), titre)
                .auteur(format!(
                    "{}, {} ; somme de {}",
                    nommer(&g.auteur, collegues),
                    instant_fr(g.quand),
                    g.montant
                ))
                .ton(ton);
            match g.commentaire {
                Some(texte) => evenement.detail(texte),
                None => evenement,
            }
        })
        .collect();
    evenements.push(Evenement::nouveau(ecart.constate_le, "Constaté").ton(Ton::Attention));
    evenements
}
