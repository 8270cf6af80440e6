//! Tous les morceaux de la coquille, à regarder : `cargo run -p web --example galerie`, puis
//! `http://127.0.0.1:4170/`. Les personnes et les sommes sont inventées.

use std::io;

use askama::Template;
use axum::{
    Router,
    extract::{Path, Request},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::{Timestamp, civil::date};
use serde::Deserialize;
use valeurs::Montant;
use web::{
    AgentAffiche, Avis, Cadre, CaisseAffichee, ColonneTriable, Debit, Entree, Erreur, ErreurChamp,
    Formulaire, JetonCsrf, LienTable, Pagination, Recherche, Sens, Tri, filters,
    fragments::{
        self, Champ, Chiffre, Chiffres, Choix, Chronologie, Colonne, Commentaire, Commentaires, Definition,
        Definitions, EntetePage, Entetes, Evenement, Filtres, FormulaireCache, Html, Lien, LiensDePage,
        Onglet, Onglets, Pastille, ResumeErreurs, Ton, TonTranche, Tranche,
    },
};

const JETON: &str = "jeton-de-la-galerie";

#[derive(Clone, Copy, PartialEq, Eq)]
enum ColonneDebiteur {
    Nom,
    Echeance,
    Solde,
}

impl ColonneTriable for ColonneDebiteur {
    const TOUTES: &'static [Self] = &[Self::Nom, Self::Echeance, Self::Solde];
    const DEFAUT: Tri<Self> = Tri {
        colonne: Self::Solde,
        sens: Sens::Decroissant,
    };

    fn cle(self) -> &'static str {
        match self {
            Self::Nom => "nom",
            Self::Echeance => "echeance",
            Self::Solde => "solde",
        }
    }
}

struct Ligne {
    url: String,
    nom: &'static str,
    commune: &'static str,
    nature: &'static str,
    echeance: jiff::civil::Date,
    etat: Pastille,
    initial: Montant,
    solde: Montant,
}

fn lignes() -> Vec<Ligne> {
    let noms = [
        (
            "Achard-Lévêque, Éloïse",
            "Blaye",
            "RSA, indu de ressources",
            "En retard",
            Ton::Danger,
            482_390,
        ),
        (
            "d’Harcourt, Jean-Baptiste",
            "Saint-Émilion",
            "Cotisations non-salarié",
            "Échéancier",
            Ton::Info,
            1_260_044,
        ),
        (
            "Etcheverry, Maïté",
            "Langon",
            "Prime d’activité",
            "Bientôt échu",
            Ton::Attention,
            38_610,
        ),
        (
            "GAEC des Trois Chênes",
            "La Réole",
            "Cotisations employeur, part patronale",
            "En retard",
            Ton::Danger,
            9_874_512,
        ),
        (
            "Le Goff, Yann",
            "Lesparre-Médoc",
            "Logement (APL)",
            "Soldé",
            Ton::Positif,
            0,
        ),
        (
            "N’Diaye, Aïssatou",
            "Coutras",
            "Famille, garde alternée",
            "En cours",
            Ton::Neutre,
            72_155,
        ),
        (
            "SCEA Château Brûlé",
            "Pauillac",
            "Cotisations, 2e trimestre 2026",
            "En cours",
            Ton::Neutre,
            2_310_900,
        ),
        (
            "Santoni, Ghjuvan",
            "Bazas",
            "Retraite, réversion",
            "Trop-perçu",
            Ton::Attention,
            -15_020,
        ),
        (
            "Vörös, István",
            "Arcachon",
            "Invalidité",
            "En cours",
            Ton::Neutre,
            210_000,
        ),
    ];
    (1_i8..)
        .zip(noms)
        .map(|(rang, (nom, commune, nature, etat, ton, solde))| Ligne {
            url: format!("/dossier/{rang}"),
            nom,
            commune,
            nature,
            echeance: date(2026, rang, 15),
            etat: fragments::pastille(ton, etat),
            initial: Montant::de_centimes(i64::from(solde).abs() + 12_500),
            solde: Montant::de_centimes(solde.into()),
        })
        .collect()
}

fn cadre(titre: &str, chemin: &str) -> Cadre {
    let entree = |libelle: &str, url: &str, compte| Entree {
        libelle: libelle.to_owned(),
        url: url.to_owned(),
        active: chemin.starts_with("/dossier") && url == "/",
        compte,
    };
    Cadre {
        titre: titre.to_owned(),
        caisse: Some(CaisseAffichee {
            code: "DMSA33".to_owned(),
            nom: "MSA Gironde".to_owned(),
            url: "/".to_owned(),
        }),
        agent: Some(AgentAffiche {
            nom: "Camille Darrieux".to_owned(),
            roles: vec!["recouvrement".to_owned(), "contentieux".to_owned()],
            deconnexion: "/deconnexion".to_owned(),
            mot_de_passe: Some("/mot-de-passe".to_owned()),
        }),
        navigation: vec![
            entree("Débiteurs", "/", None),
            entree("Créances", "/creances", None),
            entree("Encaissements", "/encaissements", None),
            entree("Recettes à classer", "/rac", Some(128)),
            entree("Mes échéances", "/echeances", Some(12)),
            entree("Formulaire", "/formulaire", None),
            entree("Journal", "/journal", None),
        ],
        recherche: Some(Recherche {
            action: "/recherche".to_owned(),
            libelle: "Nom, NIR, SIRET, commune…".to_owned(),
        }),
        jeton: JETON.to_owned(),
        avis: None,
        chemin: chemin.to_owned(),
        affichage: web::Affichage::Large,
    }
}

#[derive(Template)]
#[template(path = "galerie/liste.html")]
struct Liste {
    entete: EntetePage,
    filtres: Filtres,
    cache: FormulaireCache,
    entetes: Entetes,
    lignes: Vec<Ligne>,
    pages: LiensDePage,
    anciennete: fragments::Anciennete,
}

async fn liste(tri: Tri<ColonneDebiteur>, pagination: Pagination) -> Response {
    let lien = LienTable::poster("/recherche", "suite");
    let natures = vec![
        Choix::nouveau("", "Toutes"),
        Choix::nouveau("cotisations", "Cotisations"),
        Choix::nouveau("piar", "Prestations (PIAR)"),
    ];
    let tranche = |libelle: &str, ton, centimes, lignes| Tranche {
        libelle: libelle.to_owned(),
        ton,
        montant: Montant::de_centimes(centimes),
        lignes,
    };
    let vue = Liste {
        entete: EntetePage::nouveau("Débiteurs")
            .sous_titre("Tous les comptes non soldés de la caisse")
            .lien("Exporter en CSV", "/export")
            .action(fragments::action_post("Importer des créances", "/importer", JETON).principale()),
        filtres: Filtres::poster(
            "/recherche",
            JETON,
            vec![
                Champ::recherche("q", "Nom ou numéro").valeur("ch"),
                Champ::liste("nature", "Nature", natures).valeur("piar"),
                Champ::date("du", "Échéance à partir du"),
                Champ::montant("min", "Solde minimal").valeur("100,00"),
            ],
        )
        .effacer("/"),
        cache: fragments::formulaire_cache("suite", "/recherche", JETON, &[("q", "ch")]),
        entetes: fragments::entetes(
            &lien,
            tri,
            &pagination,
            vec![
                Colonne::nouvelle("Débiteur").triable(ColonneDebiteur::Nom),
                Colonne::nouvelle("Commune"),
                Colonne::nouvelle("Nature"),
                Colonne::nouvelle("Échéance").triable(ColonneDebiteur::Echeance),
                Colonne::nouvelle("État"),
                Colonne::nouvelle("Montant initial").nombre(),
                Colonne::nouvelle("Solde")
                    .triable(ColonneDebiteur::Solde)
                    .nombre(),
            ],
        ),
        lignes: lignes(),
        pages: fragments::pagination(&lien, tri, &pagination, &pagination.suite(12_482)),
        anciennete: fragments::anciennete(
            "Ancienneté des soldes",
            &[
                tranche("Moins de 30 jours", TonTranche::Frais, 45_120_090, 5_012),
                tranche("30 à 90 jours", TonTranche::Moyen, 22_004_500, 3_800),
                tranche("90 jours à 1 an", TonTranche::Vieux, 18_770_023, 2_411),
                tranche("Plus d’un an", TonTranche::Ancien, 9_120_410, 1_259),
            ],
        ),
    };
    let mut cadre = cadre("Débiteurs", "/");
    cadre.avis = Some(Avis::Succes(
        "412 créances importées, 3 doublons reconnus et laissés de côté.".to_owned(),
    ));
    web::page(&cadre, vue)
}

#[derive(Template)]
#[template(path = "galerie/dossier.html")]
struct Dossier {
    entete: EntetePage,
    identite: Definitions,
    chiffres: Chiffres,
    onglets: Onglets,
    lignes: Vec<Ligne>,
    chronologie: Chronologie,
    commentaires: Commentaires,
    vide: fragments::Vide,
    commenter: Champ,
}

async fn dossier(Path(_): Path<u32>) -> Response {
    let montant = |centimes| fragments::montant(Montant::de_centimes(centimes));
    let definition = |terme: &str, valeur: &str| Definition::nouvelle(terme, valeur);
    let vue = Dossier {
        entete: EntetePage::nouveau("Éloïse Achard-Lévêque")
            .fil(vec![Lien::nouveau("Débiteurs", "/")])
            .sous_titre(Html::from(fragments::pastille(
                Ton::Danger,
                "En retard de 47 jours",
            )))
            .lien("Compte adhérent", "/cai")
            .action(fragments::action_post("Mettre en demeure", "/med", JETON).principale()),
        identite: fragments::definitions(vec![
            definition("Matricule", "33 0412 876"),
            definition("NIR", "2 85 07 2A 004 117 ••"),
            definition("Commune", "Blaye (33058)"),
            definition("Téléphone", "05 57 00 00 00"),
            definition("Courriel", ""),
            definition("Code agent", "A12"),
            definition("Code tiers", "T00412876"),
            definition("Mode de paiement", "Prélèvement le 5"),
            Definition::nouvelle("Dernier paiement", fragments::date(date(2026, 9, 5))),
        ]),
        chiffres: fragments::chiffres(vec![
            Chiffre::nouveau("Solde dû", montant(482_390))
                .ton(Ton::Danger)
                .precision("dont 213,40 € de majorations"),
            Chiffre::nouveau("Échu", montant(301_200))
                .ton(Ton::Attention)
                .precision("3 créances"),
            Chiffre::nouveau("Encaissé", montant(120_000))
                .ton(Ton::Positif)
                .precision("depuis le 01/01/2026"),
            Chiffre::nouveau("À classer", montant(0)),
        ]),
        onglets: fragments::onglets(
            "Vues du dossier",
            vec![
                Onglet::nouveau("Créances", "/dossier/1").actif(true).compte(9),
                Onglet::nouveau("Encaissements", "/dossier/1/enc").compte(14),
                Onglet::nouveau("Procédures", "/dossier/1/proc"),
                Onglet::nouveau("Compte à une date", "/dossier/1/au"),
            ],
        ),
        lignes: lignes().into_iter().take(5).collect(),
        chronologie: fragments::chronologie(vec![
            Evenement::nouveau(date(2026, 10, 22), "Mise en demeure échue sans réponse")
                .ton(Ton::Danger)
                .detail("Délai d’un mois, article L. 725-3 du code rural."),
            Evenement::nouveau(date(2026, 9, 21), "Mise en demeure notifiée")
                .ton(Ton::Attention)
                .auteur("Camille Darrieux"),
            Evenement::nouveau(date(2026, 9, 5), "Encaissement de 1 200,00 € imputé").ton(Ton::Positif),
            Evenement::nouveau(date(2026, 7, 1), "Créance notifiée"),
        ]),
        commentaires: fragments::commentaires(vec![
            Commentaire::nouveau(
                "Camille Darrieux",
                "21 octobre 2026 à 9 h 12",
                "Appel : Mme Achard-Lévêque demande un délai.\nPropose 12 mensualités, à confirmer par écrit.",
            ),
            Commentaire::nouveau(
                "Paul Irigoyen",
                "2 septembre 2026 à 16 h 40",
                "Changement de compte bancaire signalé.",
            ),
        ]),
        vide: fragments::vide(
            "Aucune procédure",
            "Une procédure s’ouvre depuis une créance échue.",
        ),
        commenter: Champ::zone("texte", "Ajouter un commentaire", 3)
            .aide("Signé et daté ; il ne pourra pas être modifié."),
    };
    web::page(&cadre("Dossier 33 0412 876", "/dossier/1"), vue)
}

#[derive(Template)]
#[template(path = "galerie/formulaire.html")]
struct Saisie {
    entete: EntetePage,
    resume: ResumeErreurs,
    creance: Vec<Champ>,
    suites: Vec<Champ>,
}

async fn formulaire() -> Response {
    let erreurs = [
        ErreurChamp::nouvelle(
            "montant",
            "Écrivez une somme avec deux décimales au plus, par exemple 1 234,56.",
        ),
        ErreurChamp::nouvelle("cause", "Choisissez la cause de l’indu."),
    ];
    let causes = vec![
        Choix::nouveau("ressources", "Changement de ressources"),
        Choix::nouveau("situation", "Changement de situation"),
        Choix::nouveau("fraude", "Fraude établie"),
    ];
    let vue = Saisie {
        entete: EntetePage::nouveau("Saisir une créance").fil(vec![Lien::nouveau("Créances", "/creances")]),
        resume: fragments::resume_erreurs(&erreurs),
        creance: vec![
            Champ::texte("libelle", "Libellé")
                .obligatoire()
                .valeur("RSA, indu de janvier à mars 2026"),
            Champ::montant("montant", "Montant en euros")
                .obligatoire()
                .aide("Le principal, sans majoration.")
                .valeur("12,345")
                .parmi(&erreurs),
            Champ::date("notifiee", "Date de notification").valeur("2026-07-01"),
            Champ::radios("cause", "Cause", causes)
                .obligatoire()
                .parmi(&erreurs),
        ],
        suites: vec![
            Champ::zone("note", "Commentaire", 3),
            Champ::fichier("piece", "Pièce jointe", ".pdf").aide("PDF, 64 Mio au plus."),
            Champ::case("prevenir", "Prévenir le débiteur par courrier").valeur("oui"),
        ],
    };
    web::page(&cadre("Saisir une créance", "/formulaire"), vue)
}

#[derive(Deserialize)]
struct Recherchee {
    q: String,
}

async fn recherche(Formulaire(recherchee): Formulaire<Recherchee>) -> Result<Response, Erreur> {
    if recherchee.q.trim().is_empty() {
        Err(Erreur::NonTrouve)
    } else {
        Ok(axum::response::Redirect::to("/").into_response())
    }
}

async fn connecter(mut requete: Request, suite: Next) -> Response {
    requete.extensions_mut().insert(JetonCsrf(JETON.to_owned()));
    let chemin = requete.uri().path().to_owned();
    let reponse = suite.run(requete).await;
    if chemin.starts_with("/nue") {
        reponse
    } else {
        web::rhabiller(&cadre("", &chemin), reponse)
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let pages = Router::new()
        .route("/", get(liste))
        .route("/dossier/{numero}", get(dossier))
        .route("/formulaire", get(formulaire))
        .route("/recherche", post(recherche))
        .route(
            "/conflit",
            get(|| async {
                Erreur::Conflit {
                    motif: "Cet encaissement est déjà classé.".into(),
                }
            }),
        )
        .route(
            "/nue/panne",
            get(|| async { Erreur::interne(&io::Error::other("disque plein")) }),
        )
        .fallback(|| async { Erreur::NonTrouve })
        .layer(from_fn(connecter));
    let application = web::proteger(pages.merge(web::assets()), Debit::PAGES, || Timestamp::UNIX_EPOCH);
    let ecoute = tokio::net::TcpListener::bind("127.0.0.1:4170").await?;
    axum::serve(ecoute, application).await
}
