//! Le calcul d'un délai, hors de tout dossier.

use acces::{Visite, actions};
use askama::Template;
use axum::response::Response;
use droit::{Contre, Droit, Lieu, RegleDelai, Residence, Zone};
use web::fragments::{Champ, Choix, EntetePage, Largeur};
use web::{Adresse, ErreurChamp, lire_date};

use super::{DELAIS, Pas, expliquer};

/// Une échéance trouvée.
struct Trouvee {
    libelle: &'static str,
    jour: String,
    declencheur: &'static str,
    contre: Contre,
    version: String,
    pas: Vec<Pas>,
}

#[derive(Template)]
#[template(path = "delais.html")]
struct Vue {
    entete: EntetePage,
    action: String,
    champs: Vec<Champ>,
    trouvee: Option<Trouvee>,
}

pub(super) async fn montrer(
    visite: Visite<actions::ConsulterDossier>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let siege = Zone::du_siege(visite.caisse().code);
    let (trouvee, erreurs) = match calculer(&adresse, siege) {
        Ok(trouvee) => (trouvee, Vec::new()),
        Err(refus) => (None, vec![refus]),
    };
    let vue = Vue {
        entete: EntetePage::nouveau("Calculer un délai")
            .sous_titre("La date, et comment elle est trouvée ; les dossiers le font d’eux-mêmes."),
        action: visite.url(DELAIS),
        champs: champs(&adresse, siege, &erreurs),
        trouvee,
    };
    Ok(web::page(&visite.cadre("Calculer un délai"), vue))
}

/// L'échéance que l'adresse demande, au tribunal du siège de la caisse si elle n'en dit pas d'autre ; `None` tant qu'elle ne demande rien.
fn calculer(adresse: &Adresse, siege: Zone) -> Result<Option<Trouvee>, ErreurChamp> {
    let valeur = |nom| {
        adresse
            .parametre(nom)
            .map(str::trim)
            .filter(|texte| !texte.is_empty())
    };
    let (Some(code), Some(depuis)) = (valeur("regle"), valeur("depuis")) else {
        return Ok(None);
    };
    let champ = |nom: &'static str| move |e: droit::CodeInconnu| ErreurChamp::nouvelle(nom, web::phrase(&e));
    let regle: &'static RegleDelai = Droit::charger().regle_de_delai(code).map_err(champ("regle"))?;
    let depuis = lire_date("depuis", depuis)?;
    let zone: Zone = valeur("zone")
        .map_or(Ok(siege), str::parse)
        .map_err(champ("zone"))?;
    let residence: Residence = valeur("residence")
        .map_or(Ok(zone.into()), str::parse)
        .map_err(champ("residence"))?;
    let echeance = regle
        .echeance(depuis, Lieu { zone, residence })
        .map_err(|e| ErreurChamp::nouvelle("depuis", web::phrase(&e)))?;
    Ok(Some(Trouvee {
        libelle: regle.libelle(),
        jour: valeurs::date_longue(echeance.jour),
        declencheur: regle.declencheur(),
        contre: regle.contre(),
        pas: expliquer(&echeance.etapes),
        version: echeance.version,
    }))
}

fn champs(adresse: &Adresse, siege: Zone, erreurs: &[ErreurChamp]) -> Vec<Champ> {
    let valeur = |nom| adresse.parametre(nom).unwrap_or_default();
    let regles = Droit::charger()
        .regles_de_delai()
        .iter()
        .map(|regle| Choix::nouveau(regle.code(), regle.libelle()));
    let zones = Zone::TOUS.iter().map(|zone| Choix::nouveau(zone.code(), zone));
    let residences = Residence::TOUS
        .iter()
        .map(|residence| Choix::nouveau(residence.code(), residence));
    let sur_place = std::iter::once(Choix::nouveau("", "Au même endroit"));
    vec![
        Champ::liste("regle", "Délai", regles.collect())
            .valeur(valeur("regle"))
            .parmi(erreurs),
        Champ::date("depuis", "Jour zéro")
            .valeur(valeur("depuis"))
            .largeur(Largeur::Courte)
            .parmi(erreurs),
        Champ::liste("zone", "Siège de la juridiction", zones.collect())
            .valeur(adresse.parametre("zone").unwrap_or(siege.code()))
            .parmi(erreurs),
        Champ::liste(
            "residence",
            "Demeure du débiteur",
            sur_place.chain(residences).collect(),
        )
        .valeur(valeur("residence"))
        .parmi(erreurs),
    ]
}
