use acces::{Visite, actions};
use askama::Template;
use axum::response::Response;
use creances::pages::permis_du_dossier;
use storage::lire;
use valeurs::DossierId;
use web::fragments::{self, Colonne, EntetePage, Entetes, Lien, LiensDePage, milliers};
use web::{Adresse, LienTable, Numero, SansTri};

use super::{employeur, genre, url};
use crate::Erreur;
use crate::declarations::{DeclarationLue, du_dossier};
use crate::pages::TABLEAU;

struct LigneDeclaration {
    url: String,
    mois: String,
    genre: String,
    individus: String,
    lue: DeclarationLue,
}

#[derive(Template)]
#[template(path = "declarations/liste.html")]
struct Vue {
    entete: EntetePage,
    entetes: Entetes,
    lignes: Vec<LigneDeclaration>,
    pages: LiensDePage,
}

/// Les déclarations gardées d'un employeur.
pub(super) async fn montrer(
    visite: Visite<actions::ConsulterDsn>,
    Numero(dossier): Numero<DossierId>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let permis = permis_du_dossier(&visite, dossier).await?;
    let pagination = adresse.pagination();
    let lu: Result<_, Erreur> = lire!(visite.db(), |tx| {
        du_dossier(tx, &permis, dossier, pagination.decalage(), pagination.taille()).await
    });
    let (lues, total) = lu?;
    let nom = lues.first().map(employeur).unwrap_or_default().to_owned();
    let ici = visite.url(&format!("/{{caisse}}/dossiers/{dossier}"));
    let lien = LienTable::lire(format!("{ici}/declarations"), &[]);
    let colonnes = ["Mois", "Déclaration", "Déposée le"].map(Colonne::nouvelle);
    let nombres = ["Salariés", "Déclaré", "Ordonné"].map(|c| Colonne::nouvelle(c).nombre());
    let vue = Vue {
        entete: EntetePage::nouveau("Déclarations de l’employeur")
            .fil(vec![
                Lien::nouveau("DSN", visite.url(TABLEAU)),
                Lien::nouveau("Dossier", ici),
            ])
            .sous_titre(nom),
        entetes: fragments::entetes(
            &lien,
            SansTri::ORDRE,
            &pagination,
            colonnes.into_iter().chain(nombres).collect(),
        ),
        lignes: lues
            .into_iter()
            .map(|lue| LigneDeclaration {
                url: url(&visite, lue.id),
                mois: lue.mois.libelle(),
                genre: genre(&lue),
                individus: milliers(u64::try_from(lue.individus).unwrap_or_default()),
                lue,
            })
            .collect(),
        pages: fragments::pagination(&lien, SansTri::ORDRE, &pagination, &pagination.suite(total)),
    };
    Ok(web::page(&visite.cadre("Déclarations"), vue))
}
