use std::io::Seek as _;

use acces::{Objet, Visite, actions};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use storage::lire;
use valeurs::Montant;
use web::fragments::{self, EntetePage, LiensDePage};
use web::{FichierRecu, FormulaireFichier, LienTable, Pagination, SansTri};

use super::fichiers::nombre_de_fichiers;
use super::{IMPORTER, LigneFichier, PRESUMES, lignes_de_fichiers};
use crate::Erreur;
use crate::encaissements::{BilanFichier, Importateur, importer_depuis};

/// Ce qu'un fichier déposé a donné.
enum Issue {
    Importe(BilanFichier),
    Refuse { nom: String, raison: String },
}

impl Issue {
    fn bilan(&self) -> Option<&BilanFichier> {
        match self {
            Self::Importe(bilan) => Some(bilan),
            Self::Refuse { .. } => None,
        }
    }

    fn refus(&self) -> Option<(&str, &str)> {
        match self {
            Self::Importe(_) => None,
            Self::Refuse { nom, raison } => Some((nom, raison)),
        }
    }
}

#[derive(Template)]
#[template(path = "encaissements/importer.html")]
struct Vue {
    entete: EntetePage,
    action: String,
    jeton: String,
    oubli: bool,
    issues: Vec<Issue>,
    fichiers: Vec<LigneFichier>,
    legende: &'static str,
    pages: LiensDePage,
}

impl Vue {
    fn bilans(&self) -> Vec<&BilanFichier> {
        self.issues.iter().filter_map(Issue::bilan).collect()
    }

    fn refus(&self) -> Vec<(&str, &str)> {
        self.issues.iter().filter_map(Issue::refus).collect()
    }

    fn booke(&self, bilan: &BilanFichier) -> Montant {
        Montant::de_centimes(bilan.montant_centimes)
    }
}

pub(super) async fn montrer(
    visite: Visite<actions::ImporterEncaissements>,
    pagination: Pagination,
) -> Result<Response, web::Erreur> {
    page(&visite, &pagination, Vec::new(), false).await
}

/// Importe les fichiers dans l'ordre où ils sont déposés, et montre ce que chacun a donné. Redéposer ne compte rien deux
/// fois : recharger cette page est sans effet.
pub(super) async fn importer(
    visite: Visite<actions::ImporterEncaissements>,
    envoi: FormulaireFichier,
) -> Result<Response, web::Erreur> {
    let permis = visite.permis(Objet::Caisse, None).await?;
    let par = Importateur {
        db: visite.db(),
        auteur: permis.acteur(),
        maintenant: permis.quand(),
    };
    let mut issues = Vec::with_capacity(envoi.fichiers.len());
    for recu in &envoi.fichiers {
        issues.push(importer_un(&par, recu).await?);
    }
    let oubli = issues.is_empty();
    let refuse = oubli || issues.iter().any(|i| i.bilan().is_none());
    let page = page(&visite, &Pagination::default(), issues, oubli).await?;
    Ok(if refuse {
        (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
    } else {
        page
    })
}

async fn importer_un(par: &Importateur<'_>, recu: &FichierRecu) -> Result<Issue, web::Erreur> {
    let rouvrir = || {
        let mut lecteur = recu.contenu.try_clone()?;
        lecteur.rewind()?;
        Ok(lecteur)
    };
    match importer_depuis(par, &recu.nom, rouvrir).await {
        Ok(bilan) => Ok(Issue::Importe(bilan)),
        Err(refus @ (Erreur::Releve(_) | Erreur::ReferenceDivergente { .. })) => Ok(Issue::Refuse {
            nom: recu.nom.clone(),
            raison: refus.to_string(),
        }),
        Err(panne) => Err(panne.into()),
    }
}

async fn page(
    visite: &Visite<actions::ImporterEncaissements>,
    pagination: &Pagination,
    issues: Vec<Issue>,
    oubli: bool,
) -> Result<Response, web::Erreur> {
    let lus: Result<_, Erreur> = lire!(visite.db(), |tx| {
        let fichiers = lignes_de_fichiers(tx, pagination.decalage(), pagination.taille()).await?;
        Ok((fichiers, nombre_de_fichiers(tx).await?))
    });
    let (fichiers, nombre) = lus?;
    let lien = LienTable::lire(visite.url(IMPORTER), &[]);
    let vue = Vue {
        entete: EntetePage::nouveau("Encaissements")
            .sous_titre("Relevés de banque et listes de paiements")
            .lien("Doublons présumés", visite.url(PRESUMES)),
        action: visite.url(IMPORTER),
        jeton: visite.jeton().to_owned(),
        oubli,
        issues,
        fichiers,
        legende: "Fichiers importés, du plus récent au plus ancien",
        pages: fragments::pagination(&lien, SansTri::ORDRE, pagination, &pagination.suite(nombre)),
    };
    Ok(web::page(&visite.cadre("Encaissements"), vue))
}
