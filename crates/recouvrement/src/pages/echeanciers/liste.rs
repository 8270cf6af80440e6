//! Les échéanciers de la caisse, et ceux dont la fin reste à constater.

use acces::{Objet, Visite, actions};
use askama::Template;
use axum::response::Response;
use jiff::civil::Date;
use storage::lire;
use valeurs::Montant;
use web::fragments::{self, Champ, Choix, Colonne, EntetePage, Entetes, Filtres, LiensDePage};
use web::{Adresse, Curseur, SansTri, Sens};

use super::plan::etat;
use super::{ECHEANCIER, ECHEANCIERS};
use crate::Erreur;
use crate::echeanciers::{EcheancierListe, lister};

const FILTRES: [&str; 1] = ["voir"];
const A_CONSTATER: &str = "a_constater";

struct Ligne {
    url: String,
    url_dossier: String,
    numero: i64,
    nom: String,
    conclu_le: Date,
    etat: String,
    total: Montant,
    en_retard: Montant,
    reste: Montant,
}

#[derive(Template)]
#[template(path = "echeanciers.html")]
struct Vue {
    entete: EntetePage,
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
    let (curseur, a_rebours) = pagination.curseur();
    let sens = if a_rebours {
        Sens::Croissant
    } else {
        Sens::Decroissant
    };
    let place: Option<i64> = curseur.and_then(|curseur| curseur.texte().parse().ok());
    let a_constater = adresse.parametre("voir") == Some(A_CONSTATER);
    let (au, limite) = (visite.aujourdhui(), pagination.taille() + 1);
    let lus: Result<Vec<EcheancierListe>, Erreur> = lire!(visite.db(), |tx| lister(
        tx,
        &permis,
        a_constater,
        sens,
        place,
        limite,
        au
    )
    .await);
    let (lus, suite) = pagination.decouper(lus?, place.is_some(), |e| {
        Curseur::nouveau(e.suivi.accorde.id.to_string())
    });
    let lien = adresse.lien(visite.url(ECHEANCIERS), &FILTRES);
    let vue = Vue {
        entete: EntetePage::nouveau("Échéanciers").sous_titre(
            "Les plans de paiement accordés, d’après les paiements du compte ; un plan perdu ou fini se constate",
        ),
        filtres: filtres(&visite, &adresse),
        entetes: fragments::entetes(&lien, SansTri::ORDRE, &pagination, colonnes()),
        lignes: lus.into_iter().map(|lu| Ligne::nouvelle(&visite, lu)).collect(),
        pages: fragments::pagination(&lien, SansTri::ORDRE, &pagination, &suite),
    };
    Ok(web::page(&visite.cadre("Échéanciers"), vue))
}

fn colonnes() -> Vec<Colonne<SansTri>> {
    vec![
        Colonne::nouvelle("Numéro"),
        Colonne::nouvelle("Débiteur"),
        Colonne::nouvelle("Conclu le"),
        Colonne::nouvelle("Où il en est"),
        Colonne::nouvelle("Échelonné").nombre(),
        Colonne::nouvelle("En retard").nombre(),
        Colonne::nouvelle("Reste").nombre(),
    ]
}

fn filtres(visite: &Visite<actions::ConsulterDossier>, adresse: &Adresse) -> Filtres {
    let choix = vec![
        Choix::nouveau("", "Tous"),
        Choix::nouveau(A_CONSTATER, "Dont la fin reste à constater"),
    ];
    let voir = Champ::liste("voir", "Montrer", choix).valeur(adresse.parametre("voir").unwrap_or_default());
    adresse.filtres(&visite.url(ECHEANCIERS), &FILTRES, vec![voir])
}

impl Ligne {
    fn nouvelle(visite: &Visite<actions::ConsulterDossier>, lu: EcheancierListe) -> Self {
        let accorde = &lu.suivi.accorde;
        Self {
            url: visite.url(&ECHEANCIER.replace("{echeancier}", &accorde.id.to_string())),
            url_dossier: visite.url(&format!("/{{caisse}}/dossiers/{}", accorde.dossier)),
            numero: accorde.id,
            conclu_le: accorde.conclu_le,
            etat: etat(&lu.suivi),
            total: accorde.echeancier.total(),
            en_retard: lu.suivi.suivi.en_retard,
            reste: lu.suivi.suivi.reste,
            nom: lu.nom,
        }
    }
}
