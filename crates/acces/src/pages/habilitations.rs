use askama::Template;
use axum::response::Response;
use web::fragments::EntetePage;

use crate::{CodeAction, Habilitations, Objet, Role, Visite, actions};

struct Droit {
    action: &'static str,
    classes: Vec<&'static str>,
}

struct Section {
    role: &'static str,
    droits: Vec<Droit>,
}

#[derive(Template)]
#[template(path = "habilitations.html")]
struct Vue {
    entete: EntetePage,
    restreinte: bool,
    sections: Vec<Section>,
}

pub(super) async fn montrer(visite: Visite<actions::LireHabilitations>) -> Result<Response, web::Erreur> {
    visite.permis(Objet::Caisse, None).await?;
    let table = &visite.caisse().habilitations;
    let commune = Habilitations::commune().map_err(crate::Erreur::from)?;
    let vue = Vue {
        entete: EntetePage::nouveau("Habilitations")
            .sous_titre("Ce que chaque rôle peut faire, et les données qu’il y voit"),
        restreinte: *table != commune,
        sections: Role::TOUS.iter().map(|role| section(table, *role)).collect(),
    };
    Ok(web::page(&visite.cadre("Habilitations"), vue))
}

fn section(table: &Habilitations, role: Role) -> Section {
    let droits = CodeAction::TOUS.iter().filter_map(|action| {
        let classes = table.classes(role, *action)?;
        Some(Droit {
            action: action.libelle(),
            classes: classes.iter().map(|c| c.libelle()).collect(),
        })
    });
    Section {
        role: role.libelle(),
        droits: droits.collect(),
    }
}
