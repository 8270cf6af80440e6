//! OSCAR : les portefeuilles et ce qu'on y fait, l'histoire d'un débiteur, l'activité des agents.

pub(super) mod activite;
pub(super) mod gestes;
pub(super) mod histoire;
pub(super) mod liste;

use acces::agents::Collegue;
use acces::{Action, CodeAction, Visite};
use droit::Droit;
use valeurs::Montant;
use web::{ColonneTriable as _, ErreurChamp, LienTable, Position, TAILLE_PAGE};

use super::OSCAR;
use crate::oscar::{FiltreOscar, ParDossier, Suivi};

/// Les filtres de l'adresse : de qui, montant d'au moins, jours depuis la plus ancienne échéance, nature, position, jours
/// jusqu'à la prochaine limite, jours sans paiement.
pub(super) const FILTRES: [&str; 7] = [
    "suivi", "montant", "age", "nature", "position", "limite", "paiement",
];

/// Le filtre que disent ces valeurs, et ce qui ne s'y lit pas.
fn lire_filtre<'a>(valeur: impl Fn(&str) -> &'a str) -> (FiltreOscar, Vec<ErreurChamp>) {
    let mut erreurs = Vec::new();
    let montant_min = Some(valeur("montant").trim())
        .filter(|texte| !texte.is_empty())
        .and_then(|texte| {
            Montant::lire_francais(texte)
                .map_err(|e| erreurs.push(ErreurChamp::nouvelle("montant", e)))
                .ok()
        })
        .filter(|montant| *montant > Montant::ZERO);
    let jours = |nom| valeur(nom).parse().ok().filter(|jours: &u16| *jours > 0);
    let mut positions = Droit::charger()
        .procedures()
        .iter()
        .flat_map(droit::Procedure::positions);
    let filtre = FiltreOscar {
        suivi: Suivi::du_mot(valeur("suivi")),
        montant_min,
        age: jours("age"),
        nature: valeur("nature").parse().ok(),
        position: positions
            .find(|position| position.code() == valeur("position"))
            .map(|position| position.code().to_owned()),
        limite: jours("limite"),
        sans_paiement: jours("paiement"),
    };
    (filtre, erreurs)
}

/// Ce que l'adresse ou un formulaire porte de ce filtre.
fn ecrire_filtre(filtre: &FiltreOscar) -> [(&'static str, String); 7] {
    let jours = |jours: Option<u16>| jours.map(|n| n.to_string()).unwrap_or_default();
    let suivi = match &filtre.suivi {
        Suivi::Moi => "",
        autre => autre.mot(),
    };
    let montant = filtre.montant_min.map(|m| m.en_point().replace('.', ","));
    [
        ("suivi", suivi.to_owned()),
        ("montant", montant.unwrap_or_default()),
        ("age", jours(filtre.age)),
        (
            "nature",
            filtre.nature.map(droit::Nature::code).unwrap_or_default(),
        ),
        ("position", filtre.position.clone().unwrap_or_default()),
        ("limite", jours(filtre.limite)),
        ("paiement", jours(filtre.sans_paiement)),
    ]
}

/// L'adresse de la liste avec ce filtre.
fn url_du_filtre<A: Action>(visite: &Visite<A>, filtre: &FiltreOscar) -> String {
    let valeurs = ecrire_filtre(filtre);
    let valeurs: Vec<(&str, &str)> = valeurs.iter().map(|(nom, v)| (*nom, v.as_str())).collect();
    LienTable::lire(visite.url(OSCAR), &valeurs).url(ParDossier::DEFAUT, &Position::DEBUT, TAILLE_PAGE)
}

/// Les agents du service de l'agent qui tiennent un portefeuille, lui compris.
async fn equipe<A: Action>(visite: &Visite<A>) -> Result<Vec<Collegue>, web::Erreur> {
    let mut equipe = visite.habilites(CodeAction::GererPortefeuille).await?;
    equipe.retain(|collegue| collegue.role == visite.agent().role);
    Ok(equipe)
}

/// Le nom d'un agent, ou son identifiant s'il n'est plus de l'équipe.
pub(super) fn nommer<'a>(agent: &'a str, equipe: &'a [Collegue]) -> &'a str {
    equipe
        .iter()
        .find(|collegue| collegue.identifiant == agent)
        .map_or(agent, |collegue| &collegue.nom)
}
