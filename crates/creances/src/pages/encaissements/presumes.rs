use acces::{Objet, Visite, actions};
use askama::Template;
use axum::response::Response;
use serde::Deserialize;
use storage::{ecrire, lire, sql};
use web::fragments::{self, ActionPost, EntetePage, Lien, LiensDePage, action_post};
use web::{Adresse, Avis, Curseur, Formulaire, LienTable, Position, SansTri, Suite};

use super::{IMPORTER, PRESUMES, RECETTES, portee_de_la_recette};
use crate::Erreur;
use crate::encaissements::{LignePresumee, autre_paiement, code_mode, confirmer_doublon, presumees};
use crate::pages::libelles;

struct Ligne {
    url: String,
    mode: String,
    decision: Option<String>,
    boutons: Vec<ActionPost>,
    presumee: LignePresumee,
}

#[derive(Template)]
#[template(path = "encaissements/presumes.html")]
struct Vue {
    entete: EntetePage,
    onglets: fragments::Onglets,
    toutes: bool,
    lignes: Vec<Ligne>,
    pages: LiensDePage,
}

pub(super) async fn montrer(
    visite: Visite<actions::ImporterEncaissements>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let toutes = adresse.parametre("voir") == Some("toutes");
    let pagination = adresse.pagination();
    let apres = match pagination.position() {
        Position::Apres(curseur) => place(curseur),
        Position::Avant(_) | Position::Page(_) => None,
    };
    let taille = pagination.taille();
    let permis = visite
        .permis(
            Objet::Liste {
                nombre: u64::from(taille),
            },
            None,
        )
        .await?;
    let lues: Result<Vec<LignePresumee>, Erreur> = lire!(visite.db(), |tx| presumees(
        tx,
        &permis,
        !toutes,
        apres,
        taille + 1
    )
    .await);
    let mut lues = lues?;
    let taille = usize::try_from(taille).unwrap_or(usize::MAX);
    let encore = lues.len() > taille;
    lues.truncate(taille);
    let derniere = lues.last().filter(|_| encore);
    let suite = Suite {
        suivante: derniere
            .and_then(|l| Curseur::nouveau(format!("{}-{}", l.fichier, l.ligne)))
            .map(Position::Apres),
        ..Suite::default()
    };
    let url = visite.url(PRESUMES);
    let lien = LienTable::lire(&url, &[("voir", if toutes { "toutes" } else { "" })]);
    let vue = Vue {
        entete: EntetePage::nouveau("Doublons présumés")
            .fil(vec![Lien::nouveau("Encaissements", visite.url(IMPORTER))])
            .sous_titre(
                "Des lignes sans référence bancaire, pareilles à une recette d’un fichier antérieur : elles n’ont pas \
                 été comptées.",
            ),
        onglets: fragments::onglets(
            "Doublons présumés",
            vec![
                fragments::Onglet::nouveau("À décider", &url).actif(!toutes),
                fragments::Onglet::nouveau("Toutes", format!("{url}?voir=toutes")).actif(toutes),
            ],
        ),
        toutes,
        lignes: lues.into_iter().map(|l| Ligne::nouvelle(&visite, l)).collect(),
        pages: fragments::pagination(&lien, SansTri::ORDRE, &pagination, &suite),
    };
    Ok(web::page(&visite.cadre("Doublons présumés"), vue))
}

fn place(curseur: &Curseur) -> Option<(i64, i64)> {
    let (fichier, ligne) = curseur.texte().split_once('-')?;
    Some((fichier.parse().ok()?, ligne.parse().ok()?))
}

impl Ligne {
    fn nouvelle(visite: &Visite<actions::ImporterEncaissements>, presumee: LignePresumee) -> Self {
        let bouton = |libelle, decision: &str| {
            action_post(libelle, visite.url(PRESUMES), visite.jeton())
                .champ("fichier", presumee.fichier)
                .champ("ligne", presumee.ligne)
                .champ("decision", decision)
                .precision(format!("que la recette n° {}", presumee.recette))
        };
        let decision = presumee.decision.as_ref().map(|d| match d.autre {
            Some(_) => format!("Autre paiement, selon {}", d.par),
            None => format!("Le même, selon {}", d.par),
        });
        let boutons = if decision.is_some() {
            Vec::new()
        } else {
            vec![
                bouton("C’est bien le même", "meme"),
                bouton("C’est un autre paiement", "autre"),
            ]
        };
        Self {
            url: format!("{}/{}", visite.url(RECETTES), presumee.recette),
            mode: libelles::mode(code_mode(presumee.mode)),
            decision,
            boutons,
            presumee,
        }
    }
}

/// Ce qu'un agent dit d'une ligne présumée connue.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Dit {
    Meme,
    Autre,
}

#[derive(Deserialize)]
pub(super) struct Decision {
    fichier: i64,
    ligne: i64,
    decision: Dit,
}

pub(super) async fn decider(
    visite: Visite<actions::ImporterEncaissements>,
    Formulaire(d): Formulaire<Decision>,
) -> Result<Response, web::Erreur> {
    let Decision {
        fichier,
        ligne,
        decision,
    } = d;
    let recette: Result<Option<(i64,)>, Erreur> = lire!(visite.db(), |tx| {
        Ok(
            sql!("SELECT encaissement_id FROM ligne_presumee WHERE fichier_id = $1 AND ligne = $2")
                .bind(fichier)
                .bind(ligne)
                .au_plus_une(tx)
                .await?,
        )
    });
    let Some((recette,)) = recette? else {
        return Err(visite.refuser(Objet::Caisse, "ligne présumée inexistante").await);
    };
    let permis = portee_de_la_recette(&visite, recette).await?;
    let (auteur, quand) = (permis.acteur(), permis.quand());
    let phrase: Result<String, Erreur> = match decision {
        Dit::Meme => ecrire!(visite.db(), |tx| {
            confirmer_doublon(tx, auteur, quand, fichier, ligne).await?;
            Ok(format!(
                "Ligne {ligne} : le même paiement que la recette n° {recette}."
            ))
        }),
        Dit::Autre => ecrire!(visite.db(), |tx| {
            let autre = autre_paiement(visite.db(), tx, auteur, quand, fichier, ligne).await?;
            Ok(format!(
                "Ligne {ligne} comptabilisée : c’est la recette n° {autre}."
            ))
        }),
    };
    visite
        .rediriger(&visite.url(PRESUMES), Avis::Succes(phrase?))
        .await
}
