//! Un échéancier accordé, suivi d'après les paiements du compte, et sa fin à constater.

use acces::{Action, CodeAction, Permis, Visite, actions, instant_fr};
use askama::Template;
use axum::response::Response;
use creances::pages::permis_de_la_creance;
use droit::{EtatEcheancier, EtatMensualite};
use jiff::civil::Date;
use storage::{ecrire, lire, sql};
use valeurs::{Montant, date_fr, date_longue};
use web::fragments::{
    self, ChampJeton, Chiffre, Chiffres, Definition, Definitions, EntetePage, Lien, Pastille, Ton,
};
use web::{Avis, Formulaire, Numero, Rien};

use super::super::Pas;
use super::{ECHEANCIER, LigneMensualite, dire};
use crate::Erreur;
use crate::echeanciers::{SuiviEcheancier, echeancier, rompre as rompre_echeancier};

struct LigneSuivie {
    mensualite: LigneMensualite,
    verse: Montant,
    reste: Montant,
    etat: Pastille,
}

struct LigneCreance {
    url: String,
    numero: i64,
    reste: Montant,
}

#[derive(Template)]
#[template(path = "echeancier.html")]
struct Vue {
    entete: EntetePage,
    chiffres: Chiffres,
    /// Pourquoi il est fini sans être payé.
    fin: Option<Pas>,
    /// Où le constater, si cet agent le peut.
    rompre: Option<String>,
    jeton: ChampJeton,
    identite: Definitions,
    mensualites: Vec<LigneSuivie>,
    creances: Vec<LigneCreance>,
    explication: Vec<Pas>,
}

/// Le permis de l'échéancier est celui de ses créances, qui sont d'un même dossier et d'une même branche.
async fn permis_de_l_echeancier<A: Action>(visite: &Visite<A>, id: i64) -> Result<Permis<A>, web::Erreur> {
    let creance: Result<Option<(i64,)>, Erreur> = lire!(visite.db(), |tx| {
        Ok(sql!(
            "SELECT creance_id FROM echeancier_creance WHERE echeancier_id = $1 ORDER BY creance_id LIMIT 1"
        )
        .bind(id)
        .au_plus_une(tx)
        .await?)
    });
    // Aucune créance n'a ce numéro : le refus s'inscrit comme celui d'une créance inconnue.
    let creance = creance?.map_or(0, |(id,)| id);
    Ok(permis_de_la_creance(visite, creance).await?.0)
}

pub(in crate::pages) async fn montrer(
    visite: Visite<actions::ConsulterDossier>,
    Numero(id): Numero<i64>,
) -> Result<Response, web::Erreur> {
    let permis = permis_de_l_echeancier(&visite, id).await?;
    let au = visite.aujourdhui();
    let lu: Result<Option<SuiviEcheancier>, Erreur> =
        lire!(visite.db(), |tx| echeancier(tx, &permis, id, au).await);
    let lu = lu?.ok_or(web::Erreur::NonTrouve)?;
    let titre = format!("Échéancier {id}");
    let accorde = &lu.accorde;
    let vue = Vue {
        entete: EntetePage::nouveau(&titre)
            .fil(vec![Lien::nouveau(
                "Dossier",
                visite.url(&format!("/{{caisse}}/dossiers/{}", accorde.dossier)),
            )])
            .sous_titre(etat(&lu)),
        chiffres: chiffres(&lu),
        fin: fin(&lu),
        rompre: (lu.est_a_rompre() && visite.peut(CodeAction::AccorderEcheancier)).then(|| {
            let page = ECHEANCIER.replace("{echeancier}", &id.to_string());
            visite.url(&format!("{page}/rupture"))
        }),
        jeton: fragments::champ_jeton(visite.jeton()),
        identite: identite(&lu),
        mensualites: lu
            .suivi
            .mensualites
            .iter()
            .map(|suivie| LigneSuivie {
                mensualite: LigneMensualite::de(&suivie.mensualite),
                verse: suivie.verse,
                reste: suivie.reste,
                etat: pastille(suivie.etat),
            })
            .collect(),
        creances: accorde
            .creances
            .iter()
            .map(|&(numero, reste)| LigneCreance {
                url: visite.url(&format!("/{{caisse}}/creances/{numero}/procedure")),
                numero,
                reste,
            })
            .collect(),
        explication: accorde
            .echeancier
            .explication()
            .iter()
            .map(|pas| dire(&pas.phrase, pas.articles))
            .chain([dire(
                "Un versement sert la plus ancienne mensualité impayée",
                lu.suivi.ordre,
            )])
            .collect(),
    };
    Ok(web::page(&visite.cadre(titre), vue))
}

/// Constate la rupture, ou la fin : l'étape de chaque créance est faite.
pub(in crate::pages) async fn rompre(
    visite: Visite<actions::AccorderEcheancier>,
    Numero(id): Numero<i64>,
    Formulaire(Rien {}): Formulaire<Rien>,
) -> Result<Response, web::Erreur> {
    let permis = permis_de_l_echeancier(&visite, id).await?;
    let au = visite.aujourdhui();
    let fait: Result<Option<()>, Erreur> = ecrire!(visite.db(), |tx| rompre_echeancier(
        visite.db(),
        tx,
        &permis,
        id,
        au
    )
    .await);
    let avis = match fait {
        Ok(constatee) => {
            constatee.ok_or(web::Erreur::NonTrouve)?;
            Avis::Succes("La fin de l’échéancier est constatée : la poursuite peut reprendre.".to_owned())
        }
        // Payé entre-temps, ou déjà constaté : la page le montre.
        Err(Erreur::Echeancier(refus)) => Avis::Alerte(web::phrase(&refus)),
        Err(Erreur::Refus(refus)) => Avis::Alerte(web::phrase(&refus)),
        Err(panne) => return Err(panne.into()),
    };
    let url = visite.url(&ECHEANCIER.replace("{echeancier}", &id.to_string()));
    visite.rediriger(&url, avis).await
}

pub(super) fn etat(lu: &SuiviEcheancier) -> String {
    match (&lu.suivi.etat, &lu.accorde.rompu) {
        (_, Some((jour, _))) => format!("Rompu depuis le {}", date_longue(*jour)),
        (EtatEcheancier::EnCours, None) => "En cours".to_owned(),
        (EtatEcheancier::Solde { le }, None) => format!("Soldé le {}", date_longue(*le)),
        (EtatEcheancier::Rompu(fin), None) => {
            format!("Rompu depuis le {}, à constater", date_longue(fin.jour))
        }
        (EtatEcheancier::Expire(fin), None) => {
            format!("Expiré depuis le {}, à constater", date_longue(fin.jour))
        }
    }
}

fn fin(lu: &SuiviEcheancier) -> Option<Pas> {
    match &lu.suivi.etat {
        EtatEcheancier::Rompu(fin) | EtatEcheancier::Expire(fin) => {
            Some(dire(&format!("{}.", web::majuscule(&fin.phrase)), fin.articles))
        }
        EtatEcheancier::EnCours | EtatEcheancier::Solde { .. } => None,
    }
}

fn pastille(etat: EtatMensualite) -> Pastille {
    let le = |jour: Date| format!("le {}", date_fr(jour));
    match etat {
        EtatMensualite::AVenir => fragments::pastille(Ton::Info, "À venir"),
        EtatMensualite::Payee { le: jour } => {
            fragments::pastille(Ton::Positif, format!("Payée {}", le(jour)))
        }
        EtatMensualite::PayeeEnRetard { le: jour } => {
            fragments::pastille(Ton::Info, format!("Payée en retard {}", le(jour)))
        }
        EtatMensualite::Manquee => fragments::pastille(Ton::Danger, "Manquée"),
    }
}

fn chiffres(lu: &SuiviEcheancier) -> Chiffres {
    let suivi = &lu.suivi;
    let retard = Chiffre::nouveau("En retard", fragments::montant(suivi.en_retard));
    let retard = if suivi.en_retard.est_nul() {
        retard
    } else {
        retard.ton(Ton::Danger)
    };
    let mut chiffres = vec![
        Chiffre::nouveau("Échelonné", fragments::montant(lu.accorde.echeancier.total())),
        Chiffre::nouveau("Payé", fragments::montant(suivi.verse)),
        Chiffre::nouveau("Reste de l’échéancier", fragments::montant(suivi.reste)),
        retard,
        // Une remise, une annulation ou une majoration l'écarte du reste de l'échéancier.
        Chiffre::nouveau("Reste au compte", fragments::montant(lu.reste_au_compte)),
    ];
    if !suivi.trop_verse.est_nul() {
        chiffres.push(Chiffre::nouveau(
            "Trop versé",
            fragments::montant(suivi.trop_verse),
        ));
    }
    fragments::chiffres(chiffres)
}

fn identite(lu: &SuiviEcheancier) -> Definitions {
    let accorde = &lu.accorde;
    let mut lignes = vec![
        Definition::nouvelle("Conclu le", date_longue(accorde.conclu_le)),
        Definition::nouvelle(
            "Accordé par",
            format!(
                "{}, enregistré le {}",
                accorde.auteur,
                instant_fr(accorde.enregistre_le)
            ),
        ),
        Definition::nouvelle("Règle", accorde.echeancier.version()),
    ];
    if let Some((jour, auteur)) = &accorde.rompu {
        lignes.push(Definition::nouvelle(
            "Fin constatée",
            format!("au {}, par {auteur}", date_longue(*jour)),
        ));
    }
    fragments::definitions(lignes)
}
