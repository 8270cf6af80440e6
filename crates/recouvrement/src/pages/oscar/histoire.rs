//! Toute l'histoire d'un débiteur sur une ligne du temps, du plus récent au plus ancien.

use acces::{Visite, actions};
use askama::Template;
use axum::response::Response;
use creances::pages::permis_du_dossier;
use storage::lire;
use valeurs::DossierId;
use web::fragments::{
    self, Chronologie, EntetePage, Evenement, Html, Lien, LiensDePage, Ton, chronologie, mene,
};
use web::{Adresse, Numero, SansTri};

use crate::Erreur;
use crate::oscar::{Lieu, Passage, Quoi, raconter};

#[derive(Template)]
#[template(path = "histoire.html")]
struct Vue {
    entete: EntetePage,
    histoire: Option<Chronologie>,
    pages: LiensDePage,
}

pub(in crate::pages) async fn montrer(
    visite: Visite<actions::ConsulterDossier>,
    Numero(dossier): Numero<DossierId>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let permis = permis_du_dossier(&visite, dossier).await?;
    let (db, au) = (visite.db(), visite.aujourdhui());
    let lu: Result<_, Erreur> = lire!(db, |tx| {
        let debiteur = creances::dossiers::debiteur(db, tx, &permis, dossier)
            .await?
            .ok_or(creances::Erreur::DossierInconnu)?;
        Ok((debiteur, raconter(db, tx, &permis, dossier, au).await?))
    });
    let (debiteur, histoire) = lu?;
    let pagination = adresse.pagination();
    let suite = pagination.suite(u64::try_from(histoire.len()).unwrap_or(u64::MAX));
    let url = visite.url(&format!("/{{caisse}}/dossiers/{dossier}"));
    let passages: Vec<Evenement> = histoire
        .into_iter()
        .skip(usize::try_from(pagination.decalage()).unwrap_or(usize::MAX))
        .take(usize::try_from(pagination.taille()).unwrap_or(usize::MAX))
        .map(|passage| montre(&visite, passage))
        .collect();
    let nom = format!("{} {}", debiteur.nom, debiteur.prenom);
    let lien = adresse.lien(format!("{url}/histoire"), &[]);
    let vue = Vue {
        entete: EntetePage::nouveau("Histoire du dossier")
            .fil(vec![Lien::nouveau(nom.trim_end(), &url)])
            .sous_titre("Créances, paiements, étapes, actes, rappels et commentaires de vos attributions"),
        histoire: (!passages.is_empty()).then(|| chronologie(passages)),
        pages: fragments::pagination(&lien, SansTri::ORDRE, &pagination, &suite),
    };
    Ok(web::page(
        &visite.cadre(format!("Histoire du dossier {dossier}")),
        vue,
    ))
}

/// Un passage, avec sa somme, sa page et sa couleur.
fn montre(visite: &Visite<actions::ConsulterDossier>, passage: Passage) -> Evenement {
    let ton = match passage.quoi {
        Quoi::Creance => Ton::Info,
        Quoi::Paiement => Ton::Positif,
        Quoi::Etape | Quoi::Acte => Ton::Attention,
        Quoi::Mouvement | Quoi::Evenement | Quoi::Attribution | Quoi::Rappel | Quoi::Commentaire => {
            Ton::Neutre
        }
    };
    let dits: Vec<String> = passage
        .montant
        .map(|montant| montant.to_string())
        .into_iter()
        .chain(passage.detail)
        .collect();
    let texte = dits.join(" ; ");
    let detail: Html = match passage.lieu {
        Some(lieu) => {
            let chemin = match lieu {
                Lieu::Creance(id) => format!("/{{caisse}}/creances/{id}"),
                Lieu::Recette(id) => format!("/{{caisse}}/encaissements/{id}"),
                Lieu::Acte(id) => format!("/{{caisse}}/actes/{id}"),
            };
            let texte = if texte.is_empty() {
                "Voir l’acte".to_owned()
            } else {
                texte
            };
            mene(visite.url(&chemin), texte).into()
        }
        None => texte.into(),
    };
    let evenement = Evenement::nouveau(passage.jour, passage.titre).ton(ton);
    let evenement = match passage.auteur {
        Some(auteur) => evenement.auteur(auteur),
        None => evenement,
    };
    if detail.est_vide() {
        evenement
    } else {
        evenement.detail(detail)
    }
}
