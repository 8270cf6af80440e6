//! Un acte émis : ce qu'il réclame, son document, ce qu'il est devenu.

use acces::{Action, CodeAction, Permis, Visite, actions, instant_fr};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use creances::pages::permis_de_la_creance;
use serde::Deserialize;
use storage::{ecrire, lire, sql};
use valeurs::Montant;
use web::fragments::{
    self, Champ, ChampJeton, Chiffre, Chiffres, Choix, Chronologie, Definition, Definitions, EntetePage,
    Evenement, Lien, ResumeErreurs, Ton, chronologie,
};
use web::{Avis, ErreurChamp, Formulaire, Genre, Numero, lire_date, telecharger};

use super::super::ACTES;
use super::super::delais_ouverts::{DelaiOuvert, de_plusieurs};
use super::super::erreur::du_champ;
use super::etat;
use crate::Erreur;
use crate::actes::{
    ActeEmis, Avancement, NatureRetour, NonFaite, Suivi, acte, en_hexadecimal, noter_retour, numero, pdf,
};
use crate::procedure::{Suivie, encore_ouvertes};

struct LigneCreance {
    url: String,
    numero: i64,
    montant: Montant,
}

struct FormulaireRetour {
    url: String,
    champs: Vec<Champ>,
}

#[derive(Template)]
#[template(path = "acte.html")]
struct Vue {
    entete: EntetePage,
    resume: ResumeErreurs,
    chiffres: Chiffres,
    identite: Definitions,
    creances: Vec<LigneCreance>,
    suivi: Chronologie,
    delais: Vec<DelaiOuvert>,
    jeton: ChampJeton,
    retour: Option<FormulaireRetour>,
}

#[derive(Deserialize, Default)]
pub(in crate::pages) struct RetourSaisi {
    #[serde(default)]
    retour: String,
    #[serde(default)]
    jour: String,
}

/// Le permis de l'acte est celui de ses créances, qui sont d'un même dossier et d'une même branche.
async fn permis_de_l_acte<A: Action>(visite: &Visite<A>, id: i64) -> Result<Permis<A>, web::Erreur> {
    let creance: Result<Option<(i64,)>, Erreur> = lire!(visite.db(), |tx| {
        Ok(
            sql!("SELECT creance_id FROM acte_creance WHERE acte_id = $1 ORDER BY creance_id LIMIT 1")
                .bind(id)
                .au_plus_une(tx)
                .await?,
        )
    });
    // Aucune créance n'a ce numéro : le refus s'inscrit comme celui d'une créance inconnue.
    let creance = creance?.map_or(0, |(id,)| id);
    Ok(permis_de_la_creance(visite, creance).await?.0)
}

pub(in crate::pages) async fn montrer(
    visite: Visite<actions::ConsulterDossier>,
    Numero(id): Numero<i64>,
) -> Result<Response, web::Erreur> {
    let permis = permis_de_l_acte(&visite, id).await?;
    page(&visite, &permis, id, &RetourSaisi::default(), &[]).await
}

/// Le document, tel qu'il est parti.
pub(in crate::pages) async fn document(
    visite: Visite<actions::ConsulterDossier>,
    Numero(id): Numero<i64>,
) -> Result<Response, web::Erreur> {
    let permis = permis_de_l_acte(&visite, id).await?;
    let lu: Result<Option<Vec<u8>>, Erreur> =
        lire!(visite.db(), |tx| pdf(visite.db(), tx, &permis, id).await);
    let octets = lu?.ok_or(web::Erreur::NonTrouve)?;
    Ok(telecharger(&numero(id), Genre::Pdf, octets))
}

/// Note ce que la poste répond.
pub(in crate::pages) async fn noter(
    visite: Visite<actions::ExpedierActes>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<RetourSaisi>,
) -> Result<Response, web::Erreur> {
    let permis = permis_de_l_acte(&visite, id).await?;
    let aujourdhui = visite.aujourdhui();
    let nature = NatureRetour::du_code(&f.retour)
        .ok_or_else(|| ErreurChamp::nouvelle("retour", "Choisissez ce que la poste répond."));
    let refus = match (nature, lire_date("jour", &f.jour)) {
        (Ok(nature), Ok(jour)) => {
            let note: Result<Option<Vec<NonFaite>>, Erreur> = ecrire!(visite.db(), |tx| noter_retour(
                visite.db(),
                tx,
                &permis,
                id,
                nature,
                jour,
                aujourdhui
            )
            .await);
            match note {
                Ok(non_faites) => return note_le(&visite, id, &non_faites.unwrap_or_default()).await,
                Err(refus) => vec![du_champ(refus)?],
            }
        }
        (nature, jour) => nature.err().into_iter().chain(jour.err()).collect(),
    };
    page(&visite, &permis, id, &f, &refus).await
}

async fn note_le<A: Action>(
    visite: &Visite<A>,
    id: i64,
    non_faites: &[NonFaite],
) -> Result<Response, web::Erreur> {
    let url = visite.url(&format!("{ACTES}/{id}"));
    let avis = match non_faites {
        [] => Avis::Succes("Le retour est noté, et l’étape faite.".to_owned()),
        [NonFaite { creance, refus }, ..] => Avis::Alerte(format!(
            "Le retour est noté, mais l’étape n’est pas faite pour la créance {creance} : {}",
            web::phrase(refus)
        )),
    };
    visite.rediriger(&url, avis).await
}

async fn page<A: Action>(
    visite: &Visite<A>,
    permis: &Permis<A>,
    id: i64,
    saisie: &RetourSaisi,
    erreurs: &[ErreurChamp],
) -> Result<Response, web::Erreur> {
    type Lu = Option<(ActeEmis, Vec<(i64, Montant)>, Vec<Suivi>, Vec<Suivie>)>;
    let lu: Result<Lu, Erreur> = lire!(visite.db(), |tx| {
        let Some((emis, creances, suivis)) = acte(tx, permis, id).await? else {
            return Ok(None);
        };
        let ouvertes = encore_ouvertes(tx, creances.iter().map(|(creance, _)| *creance)).await?;
        Ok(Some((emis, creances, suivis, ouvertes)))
    });
    let (emis, creances, suivis, ouvertes) = lu?.ok_or(web::Erreur::NonTrouve)?;
    let titre = format!("{} {}", emis.acte.libelle(), numero(id));
    let vue = Vue {
        entete: EntetePage::nouveau(&titre)
            .fil(vec![
                Lien::nouveau("Actes", visite.url(ACTES)),
                Lien::nouveau(
                    "Dossier",
                    visite.url(&format!("/{{caisse}}/dossiers/{}", emis.dossier)),
                ),
            ])
            .sous_titre(etat(emis.etat))
            .lien("Le document (PDF)", visite.url(&format!("{ACTES}/{id}/acte.pdf"))),
        resume: fragments::resume_erreurs(erreurs),
        chiffres: fragments::chiffres(vec![
            Chiffre::nouveau("Montant", fragments::montant(emis.montant)),
            Chiffre::nouveau("Émis le", fragments::date(emis.emis_le)),
            Chiffre::nouveau("Créances", creances.len().to_string()),
        ]),
        identite: identite(&emis),
        creances: creances
            .into_iter()
            .map(|(creance, montant)| LigneCreance {
                url: visite.url(&format!("/{{caisse}}/creances/{creance}/procedure")),
                numero: creance,
                montant,
            })
            .collect(),
        jeton: fragments::champ_jeton(visite.jeton()),
        retour: retour(visite, &emis, saisie, erreurs),
        suivi: chronologie(raconter(&emis, &suivis)),
        delais: de_plusieurs(visite, &ouvertes, visite.aujourdhui())?,
    };
    let page = web::page(&visite.cadre(titre), vue);
    if erreurs.is_empty() {
        Ok(page)
    } else {
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    }
}

fn identite(emis: &ActeEmis) -> Definitions {
    fragments::definitions(vec![
        Definition::nouvelle("Débiteur", emis.nom.clone()),
        Definition::nouvelle("Envoi", emis.envoi.libelle()),
        Definition::nouvelle("Signé par", emis.signataire.clone()),
        Definition::nouvelle("Émis par", emis.auteur.clone()),
        Definition::nouvelle("Pages", emis.pages.to_string()),
        Definition::nouvelle("Empreinte SHA-256", en_hexadecimal(&emis.empreinte)),
    ])
}

/// Une réponse de la poste s'attend d'un acte remis, ou d'un pli non réclamé qu'il a fallu signifier.
fn retour<A: Action>(
    visite: &Visite<A>,
    emis: &ActeEmis,
    saisie: &RetourSaisi,
    erreurs: &[ErreurChamp],
) -> Option<FormulaireRetour> {
    let natures: &[NatureRetour] = match emis.etat {
        Avancement::Remis => &NatureRetour::TOUTES,
        Avancement::NonReclame => &[NatureRetour::Recu],
        Avancement::AExpedier | Avancement::Recu | Avancement::Revenu => return None,
    };
    if !visite.peut(CodeAction::ExpedierActes) {
        return None;
    }
    let choix = natures
        .iter()
        .map(|nature| Choix::nouveau(nature.etat().code(), nature.etat().libelle()));
    Some(FormulaireRetour {
        url: visite.url(&format!("{ACTES}/{}/retour", emis.id)),
        champs: vec![
            Champ::liste(
                "retour",
                "Ce que la poste répond",
                std::iter::once(Choix::nouveau("", "Choisissez")).chain(choix).collect(),
            )
            .valeur(&saisie.retour)
            .obligatoire()
            .parmi(erreurs),
            Champ::date("jour", "Le")
                .valeur(&saisie.jour)
                .aide("Jour de la signature ou de la signification ; pour un pli non réclamé, de sa première présentation.")
                .obligatoire()
                .parmi(erreurs),
        ],
    })
}

/// Du plus récent au plus ancien, jusqu'à l'émission.
fn raconter(emis: &ActeEmis, suivis: &[Suivi]) -> Vec<Evenement> {
    let ton = |etat| match etat {
        Avancement::Recu => Ton::Positif,
        Avancement::NonReclame | Avancement::Revenu => Ton::Danger,
        Avancement::AExpedier | Avancement::Remis => Ton::Info,
    };
    let suites = suivis.iter().rev().map(|s| {
        let evenement = Evenement::nouveau(s.jour, s.etat.libelle())
            .auteur(format!(
                "{}, enregistré le {}",
                s.auteur,
                instant_fr(s.enregistre_le)
            ))
            .ton(ton(s.etat));
        match s.lot {
            Some(lot) => evenement.detail(format!("Lot {lot}")),
            None => evenement,
        }
    });
    let emission = Evenement::nouveau(emis.emis_le, "Émis")
        .auteur(&emis.auteur)
        .ton(Ton::Info);
    suites.chain(std::iter::once(emission)).collect()
}
