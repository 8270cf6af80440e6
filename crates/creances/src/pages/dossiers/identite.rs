use acces::Perimetre;
use valeurs::date_fr;
use web::fragments::{Definition, Definitions, definitions};

use crate::dossiers::{Contact, Debiteur};
use crate::pages::libelles;

/// « Éloïse Achard-Lévêque », ou la raison sociale.
pub(in crate::pages) fn nommer(nom: &str, prenom: &str) -> String {
    if prenom.is_empty() {
        nom.to_owned()
    } else {
        format!("{prenom} {nom}")
    }
}

/// L'identité de l'article 2 ; le NIR et les comptes n'y sont, même vides, que si le périmètre les laisse voir.
pub(super) fn identite(debiteur: &Debiteur, perimetre: &Perimetre) -> Definitions {
    let d = debiteur;
    let societe = d.prenom.is_empty();
    let mut lignes = vec![Definition::nouvelle(
        if societe { "Raison sociale" } else { "Nom" },
        d.nom.as_str(),
    )];
    if !societe {
        lignes.push(Definition::nouvelle("Prénom", d.prenom.as_str()));
    }
    lignes.push(Definition::nouvelle("Matricule", d.matricule.as_str()));
    lignes.push(Definition::nouvelle("Régime", d.regime.libelle()));
    if societe || d.siret.is_some() {
        lignes.push(Definition::nouvelle(
            "SIRET",
            d.siret.as_ref().map(ToString::to_string).unwrap_or_default(),
        ));
    }
    if perimetre.nir && (!societe || d.nir.is_some()) {
        lignes.push(Definition::nouvelle(
            "NIR",
            d.nir.as_ref().map(valeurs::Nir::afficher).unwrap_or_default(),
        ));
    }
    lignes.push(Definition::nouvelle(
        "Téléphone",
        contacts(d, |c| match c {
            Contact::Telephone(t) => Some(t.afficher()),
            Contact::Mail(_) => None,
        }),
    ));
    lignes.push(Definition::nouvelle(
        "Courriel",
        contacts(d, |c| match c {
            Contact::Mail(m) => Some(m.as_str().to_owned()),
            Contact::Telephone(_) => None,
        }),
    ));
    let commune = match &d.code_commune {
        Some(code) => format!("{} ({code})", d.commune),
        None => d.commune.clone(),
    };
    lignes.push(Definition::nouvelle("Commune", commune));
    lignes.push(Definition::nouvelle("Code agent", d.code_agent.as_str()));
    lignes.push(Definition::nouvelle("Code tiers", d.code_tiers.as_str()));
    lignes.push(Definition::nouvelle(
        "Mode de paiement",
        libelles::mode(&d.mode_paiement),
    ));
    if perimetre.bancaire {
        let comptes: Vec<String> = d
            .comptes
            .iter()
            .map(|c| format!("{} depuis le {}", c.iban.afficher(), date_fr(c.depuis)))
            .collect();
        lignes.push(Definition::nouvelle("Comptes bancaires", comptes.join(", ")));
    }
    definitions(lignes)
}

fn contacts(debiteur: &Debiteur, lire: impl Fn(&Contact) -> Option<String>) -> String {
    debiteur
        .contacts
        .iter()
        .filter_map(lire)
        .collect::<Vec<_>>()
        .join(", ")
}
