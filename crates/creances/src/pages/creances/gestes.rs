use acces::{Action, Visite, actions};
use axum::response::Response;
use droit::Poste;
use serde::Deserialize;
use storage::ecrire;
use valeurs::Montant;
use web::{Avis, ErreurChamp, Formulaire, Numero};

use super::creance::{Demande, page};
use super::formulaires::{Geste, Refus, Saisie};
use crate::Erreur;
use crate::creances::{Extinction, eteindre};
use crate::pages::erreur::du_champ;
use crate::pages::portee;

#[derive(Deserialize)]
pub(super) struct Annulation {
    etendue: String,
    #[serde(default)]
    montant_annule: String,
    motif_annulation: String,
}

#[derive(Deserialize)]
pub(super) struct Remise {
    poste: String,
    montant_remis: String,
    motif_remise: String,
}

#[derive(Deserialize)]
pub(super) struct NonValeur {
    motif_non_valeur: String,
}

#[derive(Deserialize)]
pub(super) struct Transfert {
    motif_transfert: String,
}

/// Annule tout ou partie d'une créance.
pub(super) async fn annuler(
    visite: Visite<actions::AnnulerCreance>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<Annulation>,
) -> Result<Response, web::Erreur> {
    let extinction = match f.etendue.as_str() {
        "totale" => Ok(Extinction::AnnulationTotale),
        _ => montant(&f.montant_annule, Geste::Annuler).map(Extinction::AnnulationPartielle),
    };
    let saisie = [
        ("etendue", &*f.etendue),
        ("montant_annule", &*f.montant_annule),
        ("motif_annulation", &*f.motif_annulation),
    ];
    faire(
        &visite,
        id,
        Geste::Annuler,
        extinction,
        &saisie,
        "L’annulation est enregistrée.",
    )
    .await
}

/// Remet une part d'un poste.
pub(super) async fn remettre(
    visite: Visite<actions::RemettreCreance>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<Remise>,
) -> Result<Response, web::Erreur> {
    let poste = f
        .poste
        .parse::<Poste>()
        .map_err(|_| ErreurChamp::nouvelle("poste", "Choisissez le poste remis."));
    let extinction = poste.and_then(|poste| {
        Ok(Extinction::Remise(
            poste,
            montant(&f.montant_remis, Geste::Remettre)?,
        ))
    });
    let saisie = [
        ("poste", &*f.poste),
        ("montant_remis", &*f.montant_remis),
        ("motif_remise", &*f.motif_remise),
    ];
    faire(
        &visite,
        id,
        Geste::Remettre,
        extinction,
        &saisie,
        "La remise est enregistrée.",
    )
    .await
}

/// Admet en non-valeur tout ce qui reste.
pub(super) async fn admettre(
    visite: Visite<actions::AdmettreNonValeur>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<NonValeur>,
) -> Result<Response, web::Erreur> {
    let fait = "L’admission en non-valeur est enregistrée.";
    faire(
        &visite,
        id,
        Geste::AdmettreNonValeur,
        Ok(Extinction::NonValeur),
        &[("motif_non_valeur", &*f.motif_non_valeur)],
        fait,
    )
    .await
}

/// Transfère tout ce qui reste à une autre caisse.
pub(super) async fn transferer(
    visite: Visite<actions::TransfererCreance>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<Transfert>,
) -> Result<Response, web::Erreur> {
    let fait = "Le transfert est enregistré.";
    faire(
        &visite,
        id,
        Geste::Transferer,
        Ok(Extinction::Transfert),
        &[("motif_transfert", &*f.motif_transfert)],
        fait,
    )
    .await
}

fn montant(texte: &str, geste: Geste) -> Result<Montant, ErreurChamp> {
    Montant::lire_francais(texte).map_err(|e| ErreurChamp::nouvelle(geste.champ_montant(), web::majuscule(e)))
}

/// Éteint, puis revient à la créance ; un refus la remontre avec le formulaire ouvert et ce qu'il faut corriger.
async fn faire<A: Action>(
    visite: &Visite<A>,
    id: i64,
    geste: Geste,
    extinction: Result<Extinction, ErreurChamp>,
    saisie: Saisie<'_>,
    fait: &str,
) -> Result<Response, web::Erreur> {
    let (permis, dossier) = portee::creance(visite, id).await?;
    let jour = visite.aujourdhui();
    let motif = saisie
        .iter()
        .find(|(nom, _)| *nom == geste.champ_motif())
        .map_or("", |(_, motif)| motif.trim());
    let erreur = match extinction {
        Err(refus) => refus,
        Ok(extinction) => {
            let eteint: Result<Montant, Erreur> = ecrire!(visite.db(), |tx| {
                eteindre(tx, id, extinction, jour, permis.acteur(), motif, permis.quand()).await
            });
            match eteint {
                Ok(_) => {
                    let url = visite.url(&format!("/{{caisse}}/creances/{id}"));
                    return visite.rediriger(&url, Avis::Succes(fait.to_owned())).await;
                }
                Err(refus) => situer(geste, du_champ(refus)?),
            }
        }
    };
    page(
        visite,
        &permis,
        dossier,
        id,
        &Demande {
            au: None,
            refus: Some(Refus {
                geste,
                erreur,
                saisie,
            }),
        },
    )
    .await
}

/// Le champ du formulaire de ce geste que le refus désigne.
fn situer(geste: Geste, refus: ErreurChamp) -> ErreurChamp {
    let champ = if refus.champ == "motif" {
        geste.champ_motif()
    } else {
        geste.champ_montant()
    };
    ErreurChamp {
        champ: champ.into(),
        ..refus
    }
}
