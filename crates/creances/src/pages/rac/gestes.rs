use acces::{Action, Permis, Visite, actions};
use axum::response::Response;
use droit::Branche;
use serde::Deserialize;
use storage::{ecrire, lire, sql};
use valeurs::{DossierId, Matricule, Montant};
use web::{Avis, ErreurChamp, Formulaire, Numero};

use super::fiche::{Saisie, apres, page};
use crate::Erreur;
use crate::encaissements::{self as recettes, Placement};
use crate::pages::encaissements::portee_de_la_recette;
use crate::pages::erreur::du_champ;
use crate::pages::portee;

/// Où classer : une créance ou un dossier proposés, ou le matricule tapé ; combien, et pourquoi.
#[derive(Deserialize)]
pub(super) struct Classement {
    #[serde(default, deserialize_with = "web::optionnel")]
    creance: Option<i64>,
    #[serde(default, deserialize_with = "web::optionnel")]
    dossier: Option<DossierId>,
    #[serde(default)]
    matricule: String,
    #[serde(default)]
    branche: String,
    #[serde(default)]
    montant: String,
    #[serde(default)]
    motif: String,
}

/// Une part à détacher.
#[derive(Deserialize)]
pub(super) struct Part {
    #[serde(default)]
    part: String,
    #[serde(default)]
    motif_part: String,
}

/// Une somme à rendre.
#[derive(Deserialize)]
pub(super) struct Rendu {
    #[serde(default)]
    rendu: String,
    #[serde(default)]
    motif_rendu: String,
}

/// Pourquoi un geste ne se fait pas : une saisie à corriger, ou une page d'erreur.
enum Refus {
    Champ(ErreurChamp),
    Page(web::Erreur),
}

impl From<web::Erreur> for Refus {
    fn from(erreur: web::Erreur) -> Self {
        Self::Page(erreur)
    }
}

impl Refus {
    fn champ(nom: &'static str, message: impl std::fmt::Display) -> Self {
        Self::Champ(ErreurChamp::nouvelle(nom, message))
    }

    /// Un refus du métier : au champ de la somme, à celui du motif, ou au formulaire entier.
    fn metier(erreur: Erreur, montant: &'static str, motif: &'static str) -> Self {
        let champ = match &erreur {
            Erreur::PlusQueLaRac { .. } => Some(montant),
            Erreur::MotifManquant => Some(motif),
            _ => None,
        };
        match du_champ(erreur) {
            Ok(refus) => Self::Champ(ErreurChamp {
                champ: champ.map_or(refus.champ, Into::into),
                ..refus
            }),
            Err(page) => Self::Page(page),
        }
    }
}

/// La page que rend un geste : l'avis et la suite, le formulaire à corriger, ou l'erreur.
async fn conclure<A: Action>(
    visite: &Visite<A>,
    id: i64,
    saisie: &[(&'static str, &str)],
    fait: Result<(Permis<A>, String), Refus>,
) -> Result<Response, web::Erreur> {
    match fait {
        Ok((permis, phrase)) => {
            let (reste, url) = apres(visite, &permis, id).await?;
            let avis = if reste.est_nul() {
                Avis::Succes(phrase)
            } else {
                Avis::Info(format!("{phrase} Il en attend encore {reste}."))
            };
            visite.rediriger(&url, avis).await
        }
        Err(Refus::Champ(erreur)) => {
            let saisie = saisie
                .iter()
                .map(|(nom, valeur)| (*nom, (*valeur).to_owned()))
                .collect();
            page(visite, id, &Saisie(saisie), &[erreur]).await
        }
        Err(Refus::Page(erreur)) => Err(erreur),
    }
}

fn montant(champ: &'static str, texte: &str) -> Result<Option<Montant>, Refus> {
    match texte.trim() {
        "" => Ok(None),
        texte => Montant::lire_francais(texte)
            .map(Some)
            .map_err(|e| Refus::champ(champ, e)),
    }
}

fn motif(texte: &str) -> Option<&str> {
    Some(texte.trim()).filter(|t| !t.is_empty())
}

pub(super) async fn classer(
    visite: Visite<actions::ClasserRac>,
    Numero(id): Numero<i64>,
    Formulaire(c): Formulaire<Classement>,
) -> Result<Response, web::Erreur> {
    let fait = classement(&visite, id, &c).await;
    let saisie = [
        ("matricule", c.matricule.as_str()),
        ("branche", &c.branche),
        ("montant", &c.montant),
        ("motif", &c.motif),
    ];
    conclure(&visite, id, &saisie, fait).await
}

async fn classement(
    visite: &Visite<actions::ClasserRac>,
    id: i64,
    c: &Classement,
) -> Result<(Permis<actions::ClasserRac>, String), Refus> {
    let somme = montant("montant", &c.montant)?;
    portee_de_la_recette(visite, id).await?;
    let branche = || {
        let choisie: Result<Branche, _> = c.branche.parse();
        choisie.map_err(|_| Refus::champ("branche", "Choisissez la branche où classer la recette."))
    };
    let (permis, placement) = match (c.creance, c.dossier) {
        (Some(creance), _) => (
            portee::creance(visite, creance).await?.0,
            Placement::Creance(creance),
        ),
        (None, Some(dossier)) => {
            let branche = branche()?;
            (
                portee::dossier(visite, dossier).await?,
                Placement::Dossier(dossier, branche),
            )
        }
        (None, None) => {
            let dossier = du_matricule(visite, &c.matricule).await?;
            let branche = branche()?;
            (
                portee::dossier(visite, dossier).await?,
                Placement::Dossier(dossier, branche),
            )
        }
    };
    if let Placement::Dossier(_, branche) = placement
        && permis.perimetre().branches & i64::from(branche.bit()) == 0
    {
        return Err(Refus::champ(
            "branche",
            "Cette branche n’est pas de vos attributions.",
        ));
    }
    let place: Result<Montant, Erreur> = ecrire!(visite.db(), |tx| {
        let (auteur, quand) = (permis.acteur(), permis.quand());
        recettes::classer(tx, id, placement, somme, auteur, motif(&c.motif), quand).await
    });
    let place = place.map_err(|e| Refus::metier(e, "montant", "motif"))?;
    Ok((permis, format!("Recette n° {id} : {place} classés.")))
}

/// Le dossier de ce matricule ; un matricule hors de portée n'est pas dit différent d'un inconnu.
async fn du_matricule(visite: &Visite<actions::ClasserRac>, texte: &str) -> Result<DossierId, Refus> {
    let matricule: Matricule = texte.parse().map_err(|e| Refus::champ("matricule", e))?;
    let trouve: Result<Option<(i64,)>, Erreur> = lire!(visite.db(), |tx| {
        Ok(sql!("SELECT id FROM debiteur WHERE matricule = $1")
            .bind(matricule.as_str())
            .au_plus_une(tx)
            .await?)
    });
    let inconnu = || {
        Refus::champ(
            "matricule",
            "Aucun débiteur de ce matricule dans la caisse ; vérifiez-le, ou cherchez par nom.",
        )
    };
    let (id,) = trouve.map_err(web::Erreur::from)?.ok_or_else(inconnu)?;
    Ok(DossierId::new(id))
}

pub(super) async fn ventiler(
    visite: Visite<actions::ClasserRac>,
    Numero(id): Numero<i64>,
    Formulaire(p): Formulaire<Part>,
) -> Result<Response, web::Erreur> {
    let fait = ventilation(&visite, id, &p).await;
    conclure(
        &visite,
        id,
        &[("part", &p.part), ("motif_part", &p.motif_part)],
        fait,
    )
    .await
}

async fn ventilation(
    visite: &Visite<actions::ClasserRac>,
    id: i64,
    p: &Part,
) -> Result<(Permis<actions::ClasserRac>, String), Refus> {
    let Some(somme) = montant("part", &p.part)? else {
        return Err(Refus::champ("part", "Écrivez le montant de la part à détacher."));
    };
    let permis = portee_de_la_recette(visite, id).await?;
    let part: Result<i64, Erreur> = ecrire!(visite.db(), |tx| {
        let (auteur, quand) = (permis.acteur(), permis.quand());
        recettes::ventiler(visite.db(), tx, id, somme, auteur, motif(&p.motif_part), quand).await
    });
    let part = part.map_err(|e| Refus::metier(e, "part", "motif_part"))?;
    Ok((
        permis,
        format!("Part de {somme} détachée : c’est la recette n° {part}."),
    ))
}

pub(super) async fn rembourser(
    visite: Visite<actions::Rembourser>,
    Numero(id): Numero<i64>,
    Formulaire(r): Formulaire<Rendu>,
) -> Result<Response, web::Erreur> {
    let fait = remboursement(&visite, id, &r).await;
    conclure(
        &visite,
        id,
        &[("rendu", &r.rendu), ("motif_rendu", &r.motif_rendu)],
        fait,
    )
    .await
}

async fn remboursement(
    visite: &Visite<actions::Rembourser>,
    id: i64,
    r: &Rendu,
) -> Result<(Permis<actions::Rembourser>, String), Refus> {
    let somme = montant("rendu", &r.rendu)?;
    let permis = portee_de_la_recette(visite, id).await?;
    let jour = visite.aujourdhui();
    let rendu: Result<Montant, Erreur> = ecrire!(visite.db(), |tx| {
        let (auteur, quand) = (permis.acteur(), permis.quand());
        recettes::rembourser(tx, id, somme, jour, auteur, &r.motif_rendu, quand).await
    });
    let rendu = rendu.map_err(|e| Refus::metier(e, "rendu", "motif_rendu"))?;
    Ok((permis, format!("Recette n° {id} : {rendu} à rendre au payeur.")))
}
