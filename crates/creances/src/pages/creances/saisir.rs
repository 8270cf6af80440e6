use acces::{CodeAction, Permis, Visite, actions};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use droit::{Nature, Regime};
use storage::{ecrire, lire};
use valeurs::DossierId;
use web::fragments::{self, Champ, ChampJeton, Choix, EntetePage, Lien, ResumeErreurs};
use web::{Adresse, Avis, ErreurChamp, Formulaire, Numero};

use super::saisie::CreanceSaisie;
use crate::Erreur;
use crate::creances::{CreanceAEmettre, emettre};
use crate::dossiers::{Debiteur, debiteur};
use crate::encaissements::retenter;
use crate::pages::dossiers::nommer;
use crate::pages::erreur::du_champ;
use crate::pages::portee;

type Saisie = Visite<actions::SaisirCreance>;

#[derive(Template)]
#[template(path = "creances/saisir.html")]
struct Vue {
    entete: EntetePage,
    resume: ResumeErreurs,
    url: String,
    titre: Champ,
    regime: &'static str,
    jeton: ChampJeton,
    groupes: [(&'static str, Vec<Champ>); 3],
    dossier: String,
}

/// Les natures que l'agent peut saisir au titre d'un régime : celles de ses branches.
fn natures(visite: &Saisie, regime: Regime) -> Vec<Nature> {
    let table = &visite.caisse().habilitations;
    let branches = table
        .perimetre(visite.agent().role, CodeAction::SaisirCreance)
        .map_or(0, |p| p.branches);
    let sienne = |n: &Nature| i64::from(n.branche().bit()) & branches != 0;
    Nature::toutes()
        .filter(|n| regime.admet(*n) && sienne(n))
        .collect()
}

/// Les régimes au titre desquels l'agent peut saisir quelque chose.
fn regimes(visite: &Saisie) -> Vec<Regime> {
    Regime::TOUS
        .iter()
        .copied()
        .filter(|r| !natures(visite, *r).is_empty())
        .collect()
}

/// Le formulaire d'une créance du dossier, au titre de son régime ou de celui que l'adresse demande.
pub(super) async fn montrer(
    visite: Saisie,
    Numero(id): Numero<DossierId>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let permis = portee::dossier(&visite, id).await?;
    let debiteur = lire_debiteur(&visite, &permis, id).await?;
    let permis_de = regimes(&visite);
    let demande = adresse.parametre("regime").and_then(|code| code.parse().ok());
    let regime = [demande, Some(debiteur.regime)]
        .into_iter()
        .flatten()
        .find(|r| permis_de.contains(r))
        .or_else(|| permis_de.first().copied())
        .ok_or(web::Erreur::NonTrouve)?;
    let saisie = CreanceSaisie::nouvelle(regime, visite.aujourdhui());
    Ok(page(&visite, &debiteur, regime, &saisie, &[]))
}

/// Émet la créance, et retente les recettes qui l'attendaient.
pub(super) async fn saisir(
    visite: Saisie,
    Numero(id): Numero<DossierId>,
    Formulaire(saisie): Formulaire<CreanceSaisie>,
) -> Result<Response, web::Erreur> {
    let permis = portee::dossier(&visite, id).await?;
    let regime = saisie.regime.parse().map_err(|_| web::Erreur::NonTrouve)?;
    let lue = saisie.lire(id, regime, &natures(&visite, regime), visite.aujourdhui());
    let erreurs = match lue {
        Err(erreurs) => erreurs,
        Ok(creance) => match ecrire(&visite, &permis, &creance).await {
            Ok(()) => {
                let url = visite.url(&format!("/{{caisse}}/dossiers/{id}"));
                return visite
                    .rediriger(&url, Avis::Succes("La créance est émise.".to_owned()))
                    .await;
            }
            Err(refus) => vec![du_champ(refus)?],
        },
    };
    let debiteur = lire_debiteur(&visite, &permis, id).await?;
    let page = page(&visite, &debiteur, regime, &saisie, &erreurs);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn ecrire(
    visite: &Saisie,
    permis: &Permis<actions::SaisirCreance>,
    creance: &CreanceAEmettre,
) -> Result<(), Erreur> {
    let db = visite.db();
    ecrire!(db, |tx| {
        tx.verrouiller_dossiers(&[creance.dossier.get()]).await?;
        emettre(tx, std::slice::from_ref(creance), permis.acteur(), permis.quand()).await?;
        retenter(db, tx, &[creance.dossier], permis.acteur(), permis.quand()).await?;
        Ok(())
    })
}

async fn lire_debiteur(
    visite: &Saisie,
    permis: &Permis<actions::SaisirCreance>,
    id: DossierId,
) -> Result<Debiteur, web::Erreur> {
    let lu: Result<Option<Debiteur>, Erreur> =
        lire!(visite.db(), |tx| debiteur(visite.db(), tx, permis, id).await);
    Ok(lu?.ok_or(Erreur::DossierInconnu)?)
}

fn page(
    visite: &Saisie,
    debiteur: &Debiteur,
    regime: Regime,
    saisie: &CreanceSaisie,
    erreurs: &[ErreurChamp],
) -> Response {
    let dossier = visite.url(&format!("/{{caisse}}/dossiers/{}", debiteur.id));
    let titres = regimes(visite)
        .into_iter()
        .map(|r| Choix::nouveau(r.code(), r.libelle()))
        .collect();
    let vue = Vue {
        entete: EntetePage::nouveau("Saisir une créance").fil(vec![
            Lien::nouveau("Débiteurs", visite.url("/{caisse}/recherche")),
            Lien::nouveau(nommer(&debiteur.nom, &debiteur.prenom), &dossier),
        ]),
        resume: fragments::resume_erreurs(erreurs),
        url: format!("{dossier}/creances/nouvelle"),
        titre: Champ::liste("regime", "Due au titre de", titres).valeur(regime.code()),
        regime: regime.code(),
        jeton: fragments::champ_jeton(visite.jeton()),
        groupes: saisie.champs(regime, &natures(visite, regime), erreurs),
        dossier,
    };
    web::page(&visite.cadre("Saisir une créance"), vue)
}
