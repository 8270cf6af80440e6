//! La liste des écarts : par défaut, ceux qu'il reste à traiter, du plus gros au plus petit.

use acces::agents::Collegue;
use acces::{CodeAction, Objet, Visite, actions};
use askama::Template;
use axum::response::Response;
use storage::lire;
use valeurs::Montant;
use web::fragments::{
    self, Champ, ChampJeton, Choix, Colonne, EntetePage, Entetes, Filtres, Lien, LiensDePage, Pastille,
};
use web::{Adresse, Curseur, ErreurChamp, Tri};

use super::{ECARTS, nom, ton, url};
use crate::Erreur;
use crate::ecarts::{EcartMontre, Etat, FiltreEcarts, ParEcart, page};
use crate::pages::TABLEAU;
use crate::pages::tableau::mois_demande;
use crate::rapprocher::Classe;

pub(super) const FILTRES: [&str; 5] = ["etat", "classe", "mois", "agent", "montant"];
/// Dans l'adresse, l'agent qui regarde : son identifiant n'a pas à y être.
const MOI: &str = "moi";

struct LigneEcart {
    url: String,
    url_dossier: Option<String>,
    nom: String,
    mois: String,
    etat: Pastille,
    agent: Option<String>,
    a_cocher: bool,
    ecart: EcartMontre,
}

/// De quoi attribuer les écarts cochés.
struct Attribution {
    action: String,
    jeton: ChampJeton,
    agent: Champ,
}

#[derive(Template)]
#[template(path = "ecarts/liste.html")]
struct Vue {
    entete: EntetePage,
    filtres: Filtres,
    attribution: Option<Attribution>,
    entetes: Entetes,
    lignes: Vec<LigneEcart>,
    pages: LiensDePage,
}

/// Le filtre que porte l'adresse, et ce qui ne s'y lit pas. Sans état dans l'adresse : ceux à traiter.
fn lire_filtre(adresse: &Adresse, moi: &str) -> (FiltreEcarts, Vec<ErreurChamp>) {
    let mut erreurs = Vec::new();
    let montant_min = adresse
        .parametre("montant")
        .filter(|t| !t.trim().is_empty())
        .and_then(|texte| {
            Montant::lire_francais(texte)
                .map_err(|e| erreurs.push(ErreurChamp::nouvelle("montant", e)))
                .ok()
        });
    if adresse.parametre("mois").is_some_and(|m| !m.trim().is_empty()) && mois_demande(adresse).is_none() {
        erreurs.push(ErreurChamp::nouvelle("mois", "Écrivez le mois ainsi : 2026-01."));
    }
    let agent = adresse.parametre("agent").filter(|a| !a.is_empty());
    let filtre = FiltreEcarts {
        etat: match adresse.parametre("etat") {
            None if agent == Some(MOI) => Some(Etat::Attribue),
            None => Some(Etat::ATraiter),
            Some(code) => code.parse().ok(),
        },
        classe: adresse.parametre("classe").and_then(|c| c.parse().ok()),
        mois: mois_demande(adresse),
        agent: agent.map(|a| if a == MOI { moi.to_owned() } else { a.to_owned() }),
        montant_min,
    };
    (filtre, erreurs)
}

pub(super) async fn montrer(
    visite: Visite<actions::ConsulterDsn>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let (filtre, erreurs) = lire_filtre(&adresse, &visite.agent().identifiant);
    let (tri, pagination) = (adresse.tri::<ParEcart>(), adresse.pagination());
    let nombre = u64::from(pagination.taille());
    let permis = visite.permis(Objet::Liste { nombre }, None).await?;
    let (curseur, a_rebours) = pagination.curseur();
    let sens = if a_rebours { tri.sens.inverse() } else { tri.sens };
    let place = curseur.and_then(|c| c.texte().parse().ok());
    let lus: Result<_, Erreur> = lire!(visite.db(), |tx| {
        page(
            tx,
            &permis,
            &filtre,
            Tri { sens, ..tri },
            place,
            pagination.taille() + 1,
        )
        .await
    });
    let (lus, suite) = pagination.decouper(lus?, place.is_some(), |e| Curseur::nouveau(e.id.to_string()));
    let collegues = visite.habilites(CodeAction::TraiterEcart).await?;
    let traite = visite.peut(CodeAction::TraiterEcart);
    let lien = adresse.lien(visite.url(ECARTS), &FILTRES);
    let muette = traite.then(|| Colonne::nouvelle("Choisir").muette());
    let colonnes = muette.into_iter().chain([
        Colonne::nouvelle("Employeur"),
        Colonne::nouvelle("Écart"),
        Colonne::nouvelle("Mois").triable(ParEcart::Mois),
        Colonne::nouvelle("Constaté le"),
        Colonne::nouvelle("État"),
        Colonne::nouvelle("Somme").triable(ParEcart::Montant).nombre(),
    ]);
    let vue = Vue {
        entete: entete(&visite, &filtre),
        filtres: filtres(&visite, &adresse, &filtre, &collegues, &erreurs),
        attribution: traite.then(|| Attribution {
            action: visite.url(ECARTS),
            jeton: fragments::champ_jeton(visite.jeton()),
            agent: choisir_agent(&collegues, &visite.agent().identifiant),
        }),
        entetes: fragments::entetes(&lien, tri, &pagination, colonnes.collect()),
        lignes: lus
            .into_iter()
            .map(|ecart| LigneEcart::nouvelle(&visite, ecart, &collegues))
            .collect(),
        pages: fragments::pagination(&lien, tri, &pagination, &suite),
    };
    Ok(web::page(&visite.cadre("Écarts de la DSN"), vue))
}

fn entete(visite: &Visite<actions::ConsulterDsn>, filtre: &FiltreEcarts) -> EntetePage {
    let titre = filtre.classe.map_or("Écarts de la DSN", Classe::libelle);
    let mut entete = EntetePage::nouveau(titre)
        .fil(vec![Lien::nouveau("DSN", visite.url(TABLEAU))])
        .sous_titre(filtre.classe.map_or_else(
            || "Entre ce que les employeurs déclarent et ce que la caisse encaisse".to_owned(),
            |classe| web::phrase(classe.suite()),
        ));
    if visite.peut(CodeAction::TraiterEcart) {
        entete = entete.lien("Mes écarts", format!("{}?agent={MOI}", visite.url(ECARTS)));
    }
    entete
}

/// La liste des agents à qui attribuer, celui qui regarde d'abord.
pub(super) fn choisir_agent(collegues: &[Collegue], moi: &str) -> Champ {
    let a_moi = Choix::nouveau(moi, "Moi-même");
    let autres = collegues
        .iter()
        .filter(|c| c.identifiant != moi)
        .map(|c| Choix::nouveau(&c.identifiant, &c.nom));
    let personne = Choix::nouveau("", "Personne (rendre à tous)");
    let choix = std::iter::once(a_moi).chain(autres).chain([personne]);
    Champ::liste("agent", "Attribuer à", choix.collect()).valeur(moi)
}

fn filtres(
    visite: &Visite<actions::ConsulterDsn>,
    adresse: &Adresse,
    filtre: &FiltreEcarts,
    collegues: &[Collegue],
    erreurs: &[ErreurChamp],
) -> Filtres {
    let valeur = |nom| adresse.parametre(nom).unwrap_or_default();
    let etats = Etat::TOUS.map(|e| Choix::nouveau(e.code(), e.libelle()));
    let classes = Classe::TOUTES
        .iter()
        .map(|c| Choix::nouveau(c.slug(), c.libelle()));
    let moi = &visite.agent().identifiant;
    let agents = collegues
        .iter()
        .filter(|c| c.identifiant != *moi)
        .map(|c| Choix::nouveau(&c.identifiant, &c.nom));
    let champs = vec![
        Champ::liste(
            "etat",
            "État",
            etats.into_iter().chain([Choix::nouveau("", "Tous")]).collect(),
        )
        .valeur(filtre.etat.map(Etat::code).unwrap_or_default()),
        Champ::liste(
            "classe",
            "Classe",
            std::iter::once(Choix::nouveau("", "Toutes"))
                .chain(classes)
                .collect(),
        )
        .valeur(valeur("classe")),
        Champ::texte("mois", "Mois")
            .valeur(valeur("mois"))
            .aide("AAAA-MM")
            .parmi(erreurs),
        Champ::liste(
            "agent",
            "Attribué à",
            [Choix::nouveau("", "Tous"), Choix::nouveau(MOI, "Moi-même")]
                .into_iter()
                .chain(agents)
                .collect(),
        )
        .valeur(valeur("agent")),
        Champ::montant("montant", "Somme d’au moins")
            .valeur(valeur("montant"))
            .parmi(erreurs),
    ];
    adresse.filtres(&visite.url(ECARTS), &FILTRES, champs)
}

impl LigneEcart {
    fn nouvelle(visite: &Visite<actions::ConsulterDsn>, ecart: EcartMontre, collegues: &[Collegue]) -> Self {
        Self {
            url: url(visite, ecart.id),
            url_dossier: ecart
                .employeur
                .as_ref()
                .map(|(dossier, _)| visite.url(&format!("/{{caisse}}/dossiers/{dossier}"))),
            nom: nom(&ecart).to_owned(),
            mois: ecart.mois.libelle(),
            etat: fragments::pastille(ton(ecart.etat), ecart.etat.libelle()),
            agent: ecart.agent.as_deref().map(|a| nommer(a, collegues).to_owned()),
            a_cocher: ecart.etat.est_ouvert(),
            ecart,
        }
    }
}

/// Le nom d'un agent, ou son identifiant s'il n'est plus de ceux qui traitent des écarts.
pub(super) fn nommer<'a>(agent: &'a str, collegues: &'a [Collegue]) -> &'a str {
    collegues
        .iter()
        .find(|c| c.identifiant == agent)
        .map_or(agent, |c| &c.nom)
}
