//! Toute l'histoire d'un débiteur sur une ligne du temps, du plus récent au plus ancien.

use acces::{Visite, actions};
use askama::Template;
use axum::response::Response;
use creances::pages::permis_du_dossier;
use jiff::ToSpan as _;
use storage::lire;
use valeurs::DossierId;
use web::fragments::{
    self, Chronologie, EntetePage, Evenement, Html, Lien, LiensDePage, Ton, chronologie, mene,
};
use web::{Adresse, Numero, SansTri};

use super::super::delais_ouverts::{DelaiOuvert, de_plusieurs};
use crate::Erreur;
use crate::oscar::{Lieu, Passage, Quoi, raconter};
use crate::procedure::bientot_echues;

/// Avant l'histoire se montrent les délais qui finissent dans ces jours, et toujours le prochain.
const HORIZON: i32 = 90;
/// Délais lus pour cela, au plus.
const DELAIS_LUS: u32 = 20;

#[derive(Template)]
#[template(path = "histoire.html")]
struct Vue {
    entete: EntetePage,
    delais: Vec<DelaiOuvert>,
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
        let suivies = bientot_echues(tx, &permis, dossier, au, DELAIS_LUS).await?;
        Ok((debiteur, raconter(db, tx, &permis, dossier, au).await?, suivies))
    });
    let (debiteur, histoire, suivies) = lu?;
    let pagination = adresse.pagination();
    let horizon = au
        .checked_add(HORIZON.days())
        .map_err(droit::Erreur::from)
        .map_err(Erreur::from)?;
    let delais = if pagination.decalage() == 0 {
        de_plusieurs(&visite, &suivies, au)?
            .into_iter()
            .filter(|delai| delai.echeance >= au)
            .enumerate()
            .take_while(|(rang, delai)| *rang == 0 || delai.echeance <= horizon)
            .map(|(_, delai)| delai)
            .collect()
    } else {
        Vec::new()
    };
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
        delais,
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
