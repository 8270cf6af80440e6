use acces::{Action, Perimetre, Visite};
use askama::Template;
use web::fragments::{self, Definition, Definitions, Html, date, definitions};

use super::RECETTES;
use crate::encaissements::{RecetteEnAttente, code_mode};
use crate::pages::libelles;

#[derive(Template)]
#[template(ext = "html", source = r#"<a href="{{ url }}">{{ libelle }}</a>"#)]
struct Renvoi {
    url: String,
    libelle: String,
}

pub(super) fn renvoi(libelle: impl Into<String>, url: impl Into<String>) -> Html {
    let renvoi = Renvoi {
        url: url.into(),
        libelle: libelle.into(),
    };
    Html::rendu(&renvoi).unwrap_or_else(|_| Html::texte(renvoi.libelle))
}

/// Ce que la banque a dit d'une recette. Le payeur et son compte sont des coordonnées bancaires : ils n'y sont que si
/// le périmètre les laisse voir.
pub(in crate::pages) fn definitions_de_recette<A: Action>(
    visite: &Visite<A>,
    perimetre: &Perimetre,
    recette: &RecetteEnAttente,
) -> Definitions {
    let texte = |t: &Option<String>| t.clone().unwrap_or_default();
    let vers = |id: i64| {
        renvoi(
            format!("Recette n° {id}"),
            format!("{}/{id}", visite.url(RECETTES)),
        )
    };
    let mut lignes = vec![
        Definition::nouvelle("Reçue le", date(recette.jour)),
        Definition::nouvelle("Mode", libelles::mode(code_mode(recette.mode))),
    ];
    if perimetre.bancaire {
        lignes.push(Definition::nouvelle("Payeur", texte(&recette.nom_payeur)));
        lignes.push(Definition::nouvelle("Compte", texte(&recette.iban)));
        lignes.push(Definition::nouvelle("Texte du paiement", texte(&recette.libelle)));
    }
    lignes.push(Definition::nouvelle("SIRET annoncé", texte(&recette.siret)));
    lignes.push(Definition::nouvelle("Période désignée", texte(&recette.periode)));
    if let Some(dossier) = recette.dossier {
        let url = format!("{}/{dossier}", visite.url("/{caisse}/dossiers"));
        lignes.push(Definition::nouvelle("Débiteur", renvoi("Voir son dossier", url)));
    }
    if let Some(parent) = recette.parent {
        lignes.push(Definition::nouvelle("Part de", vers(parent)));
    }
    if let Some(origine) = recette.retour_de {
        lignes.push(Definition::nouvelle("Défait", vers(origine)));
    }
    if let Some(fichier) = &recette.fichier {
        let ligne = fragments::milliers(u64::try_from(recette.ligne).unwrap_or_default());
        lignes.push(Definition::nouvelle(
            "Fichier",
            format!("{fichier}, ligne {ligne}"),
        ));
    }
    definitions(lignes)
}
