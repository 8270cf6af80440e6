//! Les débiteurs à suivre : par défaut ceux du portefeuille de l'agent, du plus gros montant au plus petit.

use std::collections::BTreeMap;

use acces::agents::Collegue;
use acces::{Objet, Visite, actions};
use askama::Template;
use axum::response::Response;
use droit::{Branche, Droit, Nature};
use jiff::civil::Date;
use storage::lire;
use valeurs::DossierId;
use web::fragments::{
    self, ActionPost, Champ, ChampJeton, Choix, Colonne, EntetePage, Entetes, Filtres, LiensDePage,
    action_post,
};
use web::{Adresse, Curseur, ErreurChamp, Tri};

use super::super::{ACTIVITE, COCHER, CONFIER, GARDER, OSCAR, OUBLIER, PASSER, RAPPELER, dans};
use super::{FILTRES, ecrire_filtre, equipe, lire_filtre, nommer, url_du_filtre};
use crate::Erreur;
use crate::oscar::{FiltreOscar, ParDossier, Rappel, Suivable, filtres_gardes, page, rappels_dus, suivants};

/// Rappels montrés, au plus : ceux qui restent se voient quand ceux-ci sont faits.
const RAPPELS_MAX: u32 = 20;

struct Ligne {
    url: String,
    histoire: String,
    nom: String,
    agent: Option<String>,
    dans: Option<String>,
    suivable: Suivable,
}

struct LigneRappel {
    url: String,
    quand: String,
    retard: bool,
    fait: ActionPost,
    rappel: Rappel,
}

struct FiltreGarde {
    nom: String,
    url: String,
    oublier: ActionPost,
}

/// De quoi agir sur les dossiers cochés, sur un portefeuille, sur le filtre.
struct Gestes {
    confier: String,
    rappeler: String,
    passer: String,
    garder: String,
    jeton: ChampJeton,
    /// Le filtre affiché, que chaque formulaire renvoie.
    caches: [(&'static str, String); 7],
    agent: Champ,
    jour: Champ,
    texte: Champ,
    nom: Champ,
    de: Option<Champ>,
    a: Champ,
}

#[derive(Template)]
#[template(path = "oscar.html")]
struct Vue {
    entete: EntetePage,
    rappels: Vec<LigneRappel>,
    gardes: Vec<FiltreGarde>,
    filtres: Filtres,
    gestes: Gestes,
    entetes: Entetes,
    lignes: Vec<Ligne>,
    pages: LiensDePage,
}

pub(in crate::pages) async fn montrer(
    visite: Visite<actions::GererPortefeuille>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let (filtre, erreurs) = lire_filtre(|nom| adresse.parametre(nom).unwrap_or_default());
    let (tri, pagination) = (adresse.tri::<ParDossier>(), adresse.pagination());
    let nombre = u64::from(pagination.taille());
    let permis = visite.permis(Objet::Liste { nombre }, None).await?;
    let (aujourdhui, service) = (visite.aujourdhui(), visite.agent().role);
    let (curseur, a_rebours) = pagination.curseur();
    let sens = if a_rebours { tri.sens.inverse() } else { tri.sens };
    let place: Option<DossierId> = curseur.and_then(|c| c.texte().parse().ok());
    let lu: Result<_, Erreur> = lire!(visite.db(), |tx| {
        let suivables = page(
            tx,
            &permis,
            service,
            &filtre,
            Tri { sens, ..tri },
            place,
            pagination.taille() + 1,
            aujourdhui,
        )
        .await?;
        let rappels = rappels_dus(visite.db(), tx, &permis, aujourdhui, RAPPELS_MAX).await?;
        let suivants = suivants(tx, &permis, service).await?;
        Ok((suivables, rappels, suivants, filtres_gardes(tx, &permis).await?))
    });
    let (suivables, rappels, suivants, gardes) = lu?;
    let (suivables, suite) = pagination.decouper(suivables, place.is_some(), |s| {
        Curseur::nouveau(s.dossier.to_string())
    });
    let equipe = equipe(&visite).await?;
    let lien = adresse.lien(visite.url(OSCAR), &FILTRES);
    let vue = Vue {
        entete: EntetePage::nouveau("Portefeuilles")
            .sous_titre(
                "Les débiteurs qui doivent encore, et qui les suit dans votre service ; le reste dû est celui des \
                 créances qui répondent aux filtres",
            )
            .lien("Activité", visite.url(ACTIVITE)),
        rappels: rappels
            .into_iter()
            .map(|rappel| LigneRappel::nouvelle(&visite, rappel, aujourdhui))
            .collect(),
        gardes: gardes
            .into_iter()
            .map(|(nom, filtre)| FiltreGarde {
                url: url_du_filtre(&visite, &filtre),
                oublier: action_post("Oublier", visite.url(OUBLIER), visite.jeton())
                    .champ("nom", &nom)
                    .precision(format!("le filtre {nom}")),
                nom,
            })
            .collect(),
        filtres: filtres(&visite, &adresse, permis.perimetre().branches, &equipe, &suivants, &erreurs),
        gestes: gestes(&visite, &filtre, &equipe, &suivants),
        entetes: fragments::entetes(&lien, tri, &pagination, colonnes()),
        lignes: suivables
            .into_iter()
            .map(|suivable| Ligne::nouvelle(&visite, suivable, &equipe, aujourdhui))
            .collect(),
        pages: fragments::pagination(&lien, tri, &pagination, &suite),
    };
    Ok(web::page(&visite.cadre("Portefeuilles"), vue))
}

fn colonnes() -> Vec<Colonne<ParDossier>> {
    vec![
        Colonne::nouvelle("Choisir").muette(),
        Colonne::nouvelle("Débiteur"),
        Colonne::nouvelle("Échu depuis"),
        Colonne::nouvelle("Dernière procédure"),
        Colonne::nouvelle("Dernier paiement"),
        Colonne::nouvelle("Prochaine limite").triable(ParDossier::Limite),
        Colonne::nouvelle("Suivi par"),
        Colonne::nouvelle("Reste dû")
            .triable(ParDossier::Montant)
            .nombre(),
    ]
}

fn filtres(
    visite: &Visite<actions::GererPortefeuille>,
    adresse: &Adresse,
    branches: i64,
    equipe: &[Collegue],
    suivants: &[String],
    erreurs: &[ErreurChamp],
) -> Filtres {
    let valeur = |nom| adresse.parametre(nom).unwrap_or_default();
    let indifferent = || std::iter::once(Choix::nouveau("", "Indifférent"));
    let jours = |offerts: &[u16], mots: &str| {
        let choix = offerts
            .iter()
            .map(|jours| Choix::nouveau(jours, format!("{mots} {jours} jours")));
        indifferent().chain(choix).collect::<Vec<_>>()
    };
    let moi = &visite.agent().identifiant;
    let a_moi = [
        Choix::nouveau("", "Mon portefeuille"),
        Choix::nouveau("libres", "Personne du service"),
        Choix::nouveau("tous", "Tous les débiteurs"),
    ];
    let collegues = suivants
        .iter()
        .filter(|agent| *agent != moi)
        .map(|agent| Choix::nouveau(agent, nommer(agent, equipe)));
    let visible = |branche: Branche| i64::from(branche.bit()) & branches != 0;
    let natures = Nature::toutes()
        .filter(|nature| visible(nature.branche()))
        .map(|nature| Choix::nouveau(nature.code(), nature));
    // Deux procédures nomment la même position pareillement.
    let positions: BTreeMap<&str, &str> = Nature::toutes()
        .filter(|nature| visible(nature.branche()))
        .flat_map(|nature| Droit::charger().procedure(nature).positions())
        .map(|position| (position.code(), position.libelle()))
        .collect();
    let positions = positions
        .into_iter()
        .map(|(code, libelle)| Choix::nouveau(code, libelle));
    let champs = vec![
        Champ::liste(
            "suivi",
            "Portefeuille",
            a_moi.into_iter().chain(collegues).collect(),
        )
        .valeur(valeur("suivi")),
        Champ::montant("montant", "Reste dû d’au moins")
            .valeur(valeur("montant"))
            .parmi(erreurs),
        Champ::liste(
            "age",
            "Plus ancienne échéance",
            jours(&[30, 90, 180, 365, 1_095], "depuis"),
        )
        .valeur(valeur("age")),
        Champ::liste("nature", "Nature", indifferent().chain(natures).collect()).valeur(valeur("nature")),
        Champ::liste(
            "position",
            "Où en est une créance",
            indifferent().chain(positions).collect(),
        )
        .valeur(valeur("position")),
        Champ::liste("paiement", "Sans paiement", jours(&[30, 90, 180, 365], "depuis"))
            .valeur(valeur("paiement")),
        Champ::liste("limite", "Prochaine limite", jours(&[7, 30, 90], "d’ici")).valeur(valeur("limite")),
    ];
    adresse.filtres(&visite.url(OSCAR), &FILTRES, champs)
}

fn gestes(
    visite: &Visite<actions::GererPortefeuille>,
    filtre: &FiltreOscar,
    equipe: &[Collegue],
    suivants: &[String],
) -> Gestes {
    let moi = &visite.agent().identifiant;
    let destinataires = || -> Vec<Choix> {
        let autres = equipe
            .iter()
            .filter(|c| c.identifiant != *moi)
            .map(|c| Choix::nouveau(&c.identifiant, &c.nom));
        std::iter::once(Choix::nouveau(moi, "Moi-même"))
            .chain(autres)
            .chain([Choix::nouveau("", "Personne (rendre au service)")])
            .collect()
    };
    let portefeuilles = suivants.iter().map(|agent| {
        let nom = if agent == moi {
            "Le mien"
        } else {
            nommer(agent, equipe)
        };
        Choix::nouveau(agent, nom)
    });
    let de = Champ::liste("de", "Le portefeuille de", portefeuilles.collect());
    Gestes {
        confier: visite.url(CONFIER),
        rappeler: visite.url(RAPPELER),
        passer: visite.url(PASSER),
        garder: visite.url(GARDER),
        jeton: fragments::champ_jeton(visite.jeton()),
        caches: ecrire_filtre(filtre),
        agent: Champ::liste("agent", "Confier à", destinataires()).valeur(moi),
        jour: Champ::date("jour", "Me rappeler le").valeur(visite.aujourdhui()),
        texte: Champ::texte("texte", "Ce qu’il faudra faire").longueur_max(500),
        nom: Champ::texte("nom", "Nom du filtre")
            .longueur_max(60)
            .obligatoire(),
        de: (!suivants.is_empty()).then_some(de),
        a: Champ::liste("a", "Passe à", destinataires()),
    }
}

impl Ligne {
    fn nouvelle(
        visite: &Visite<actions::GererPortefeuille>,
        suivable: Suivable,
        equipe: &[Collegue],
        aujourdhui: Date,
    ) -> Self {
        let url = visite.url(&format!("/{{caisse}}/dossiers/{}", suivable.dossier));
        Self {
            histoire: format!("{url}/histoire"),
            url,
            nom: format!("{} {}", suivable.nom, suivable.prenom)
                .trim_end()
                .to_owned(),
            agent: suivable.agent.as_deref().map(|a| nommer(a, equipe).to_owned()),
            dans: suivable.limite.map(|limite| dans(limite, aujourdhui)),
            suivable,
        }
    }
}

impl LigneRappel {
    fn nouvelle(visite: &Visite<actions::GererPortefeuille>, rappel: Rappel, aujourdhui: Date) -> Self {
        Self {
            url: visite.url(&format!("/{{caisse}}/dossiers/{}", rappel.dossier)),
            quand: dans(rappel.jour, aujourdhui),
            retard: rappel.jour < aujourdhui,
            fait: action_post("Fait", visite.url(COCHER), visite.jeton())
                .champ("rappel", rappel.id)
                .precision(format!("le rappel sur {}", rappel.nom)),
            rappel,
        }
    }
}
