//! Les actes émis par la caisse, et ceux qui attendent de partir.

use acces::{CodeAction, Objet, Visite, actions};
use askama::Template;
use axum::response::Response;
use droit::{Acte, Droit, ModeEnvoi};
use storage::lire;
use web::fragments::{
    self, ActionPost, Champ, Chiffre, Chiffres, Choix, Colonne, EntetePage, Entetes, Filtres, LiensDePage,
    Pastille, Ton, action_post, mene,
};
use web::{Adresse, Avis, Curseur, Formulaire, Rien, SansTri, Sens};

use super::super::ACTES;
use super::etat;
use crate::Erreur;
use crate::actes::{ActeEmis, Avancement, FiltreActes, compter, lots_en_attente, numero, page, remettre};

const FILTRES: [&str; 3] = ["etat", "acte", "dossier"];

struct Ligne {
    url: String,
    url_dossier: String,
    numero: String,
    etat: Pastille,
    envoi: &'static str,
    acte: ActeEmis,
}

#[derive(Template)]
#[template(path = "actes.html")]
struct Vue {
    entete: EntetePage,
    chiffres: Chiffres,
    filtres: Filtres,
    entetes: Entetes,
    lignes: Vec<Ligne>,
    pages: LiensDePage,
}

pub(in crate::pages) async fn montrer(
    visite: Visite<actions::ConsulterDossier>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let pagination = adresse.pagination();
    let nombre = u64::from(pagination.taille());
    let permis = visite.permis(Objet::Liste { nombre }, None).await?;
    let filtre = FiltreActes {
        etat: adresse.parametre("etat").and_then(Avancement::du_code),
        acte: adresse
            .parametre("acte")
            .and_then(|code| Droit::charger().acte(code)),
        dossier: adresse.parametre("dossier").and_then(|id| id.parse().ok()),
    };
    let (curseur, a_rebours) = pagination.curseur();
    let sens = if a_rebours {
        Sens::Croissant
    } else {
        Sens::Decroissant
    };
    let place: Option<i64> = curseur.and_then(|curseur| curseur.texte().parse().ok());
    type Lu = (Vec<ActeEmis>, Vec<(Avancement, u64)>, u64);
    let lu: Result<Lu, Erreur> = lire!(visite.db(), |tx| {
        let actes = page(tx, &permis, filtre, sens, place, pagination.taille() + 1).await?;
        Ok((actes, compter(tx, &permis).await?, lots_en_attente(tx).await?))
    });
    let (actes, comptes, lots) = lu?;
    let (actes, suite) = pagination.decouper(actes, place.is_some(), |a| Curseur::nouveau(a.id.to_string()));
    let lien = adresse.lien(visite.url(ACTES), &FILTRES);
    let attendent = comptes
        .iter()
        .find(|(etat, _)| *etat == Avancement::AExpedier)
        .map_or(0, |(_, n)| *n);
    let mut entete = EntetePage::nouveau("Actes").sous_titre(
        "Les lettres et actes émis pour les créances de vos attributions, et ce qu’ils deviennent",
    );
    if attendent > 0 && visite.peut(CodeAction::ExpedierActes) {
        entete = entete.action(expedier_maintenant(&visite, attendent));
    }
    let vue = Vue {
        entete,
        chiffres: chiffres(&visite.url(ACTES), &comptes, lots),
        filtres: filtres(&visite, &adresse),
        entetes: fragments::entetes(&lien, SansTri::ORDRE, &pagination, colonnes()),
        lignes: actes
            .into_iter()
            .map(|acte| Ligne::nouvelle(&visite, acte))
            .collect(),
        pages: fragments::pagination(&lien, SansTri::ORDRE, &pagination, &suite),
    };
    Ok(web::page(&visite.cadre("Actes"), vue))
}

fn expedier_maintenant(visite: &Visite<actions::ConsulterDossier>, combien: u64) -> ActionPost {
    let actes = if combien == 1 { "acte" } else { "actes" };
    action_post(
        format!("Expédier {} {actes}", fragments::milliers(combien)),
        visite.url("/{caisse}/actes/expedier"),
        visite.jeton(),
    )
}

/// Remet à la poste tout ce qui attend.
pub(in crate::pages) async fn expedier(
    visite: Visite<actions::ExpedierActes>,
    Formulaire(Rien {}): Formulaire<Rien>,
) -> Result<Response, web::Erreur> {
    let permis = visite.permis(Objet::Caisse, None).await?;
    let avis = match remettre(visite.db(), &permis, visite.aujourdhui()).await? {
        0 => "Aucun acte n’attendait de partir.".to_owned(),
        1 => "Un acte est remis : le serveur écrit son lot.".to_owned(),
        n => format!(
            "{} actes sont remis : le serveur écrit leurs lots.",
            fragments::milliers(n)
        ),
    };
    visite.rediriger(&visite.url(ACTES), Avis::Succes(avis)).await
}

/// Ce qui est remis n'est parti qu'une fois son lot écrit : ceux qui ne le sont pas se voient.
fn chiffres(url: &str, comptes: &[(Avancement, u64)], lots: u64) -> Chiffres {
    let a_ecrire = (lots > 0).then(|| {
        Chiffre::nouveau("Lots que le serveur écrit", fragments::milliers(lots)).ton(Ton::Attention)
    });
    let chiffres = comptes.iter().map(|(etat, nombre)| {
        let chiffre = Chiffre::nouveau(
            etat.libelle(),
            mene(
                format!("{url}?etat={}", etat.code()),
                fragments::milliers(*nombre),
            ),
        );
        match etat {
            Avancement::NonReclame | Avancement::Revenu if *nombre > 0 => chiffre.ton(Ton::Danger),
            _ => chiffre,
        }
    });
    fragments::chiffres(chiffres.chain(a_ecrire).collect())
}

fn colonnes() -> Vec<Colonne<SansTri>> {
    vec![
        Colonne::nouvelle("Numéro"),
        Colonne::nouvelle("Émis le"),
        Colonne::nouvelle("Acte"),
        Colonne::nouvelle("Débiteur"),
        Colonne::nouvelle("Où il en est"),
        Colonne::nouvelle("Montant").nombre(),
    ]
}

fn filtres(visite: &Visite<actions::ConsulterDossier>, adresse: &Adresse) -> Filtres {
    let valeur = |nom| adresse.parametre(nom).unwrap_or_default();
    let tous = || std::iter::once(Choix::nouveau("", "Tous"));
    let etats = Avancement::TOUS.map(|etat| Choix::nouveau(etat.code(), etat.libelle()));
    let actes = Droit::charger()
        .actes()
        .iter()
        .map(|acte| Choix::nouveau(acte.code(), intitule(acte)));
    let champs = vec![
        Champ::liste("etat", "Où il en est", tous().chain(etats).collect()).valeur(valeur("etat")),
        Champ::liste("acte", "Acte", tous().chain(actes).collect()).valeur(valeur("acte")),
    ];
    let champs = if valeur("dossier").is_empty() {
        champs
    } else {
        let dossier = Champ::chiffres("dossier", "Dossier").valeur(valeur("dossier"));
        champs.into_iter().chain(std::iter::once(dossier)).collect()
    };
    adresse.filtres(&visite.url(ACTES), &FILTRES, champs)
}

/// « Mise en demeure (Cotisations) » : deux actes de même libellé se distinguent par ce qu'ils recouvrent.
pub(in crate::pages) fn intitule(acte: &'static Acte) -> String {
    let siennes: Vec<&str> = Droit::charger()
        .procedures()
        .iter()
        .filter(|procedure| acte.est_de(procedure))
        .map(droit::Procedure::libelle)
        .collect();
    if siennes.len() == Droit::charger().procedures().len() {
        acte.libelle().to_owned()
    } else {
        format!("{} ({})", acte.libelle(), siennes.join(", "))
    }
}

/// Un mode d'envoi, en peu de mots.
pub(in crate::pages) const fn court(envoi: ModeEnvoi) -> &'static str {
    match envoi {
        ModeEnvoi::Simple => "lettre simple",
        ModeEnvoi::Recommande => "recommandé",
        ModeEnvoi::Lre => "recommandé électronique",
        ModeEnvoi::Signification => "signification",
    }
}

impl Ligne {
    fn nouvelle(visite: &Visite<actions::ConsulterDossier>, acte: ActeEmis) -> Self {
        Self {
            url: visite.url(&format!("{ACTES}/{}", acte.id)),
            url_dossier: visite.url(&format!("/{{caisse}}/dossiers/{}", acte.dossier)),
            numero: numero(acte.id),
            etat: etat(acte.etat),
            envoi: court(acte.envoi),
            acte,
        }
    }
}
