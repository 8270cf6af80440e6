use askama::Template;
use axum::response::Response;
use serde::Deserialize;
use valeurs::DossierId;
use web::fragments::{
    self, Champ, Choix, Colonne, EntetePage, Entetes, Filtres, FormulaireCache, LiensDePage, Pastille, Ton,
    Vide, pastille,
};
use web::{Curseur, ErreurChamp, Formulaire, LienTable, Pagination, Position, SansTri, Suite, lire_date};

use crate::journal::{FiltreJournal, LigneAffichee, consulter_journal};
use crate::{CodeAction, Objet, Visite, actions, instant_fr};

struct Ligne {
    quand: String,
    issue: Pastille,
    ligne: LigneAffichee,
}

#[derive(Template)]
#[template(path = "journal.html")]
struct Vue {
    entete: EntetePage,
    filtres: Filtres,
    erreurs: Vec<ErreurChamp>,
    cache: FormulaireCache,
    entetes: Entetes,
    lignes: Vec<Ligne>,
    vide: Vide,
    pages: LiensDePage,
}

/// Ce que le formulaire de filtres envoie. Il est POSTé : un identifiant d'agent ne va pas dans une adresse.
#[derive(Deserialize, Default)]
pub(super) struct Saisie {
    #[serde(default)]
    acteur: String,
    #[serde(default)]
    action: String,
    #[serde(default)]
    dossier: String,
    #[serde(default)]
    du: String,
    #[serde(default)]
    au: String,
}

impl Saisie {
    fn lire(&self) -> (FiltreJournal, Vec<ErreurChamp>) {
        let mut erreurs = Vec::new();
        let texte = |t: &str| Some(t.trim().to_lowercase()).filter(|t| !t.is_empty());
        let mut date = |champ: &'static str, texte: &str| match texte.trim() {
            "" => None,
            texte => lire_date(champ, texte).map_err(|refus| erreurs.push(refus)).ok(),
        };
        let (du, au) = (date("du", &self.du), date("au", &self.au));
        let dossier = match self.dossier.trim() {
            "" => None,
            texte => texte
                .parse::<DossierId>()
                .map_err(|e| erreurs.push(ErreurChamp::nouvelle("dossier", e)))
                .ok(),
        };
        let filtre = FiltreJournal {
            acteur: texte(&self.acteur),
            action: texte(&self.action),
            dossier,
            du,
            au,
        };
        (filtre, erreurs)
    }
}

pub(super) async fn montrer(
    visite: Visite<actions::ConsulterJournal>,
    pagination: Pagination,
) -> Result<Response, web::Erreur> {
    page(&visite, &Saisie::default(), &pagination).await
}

pub(super) async fn filtrer(
    visite: Visite<actions::ConsulterJournal>,
    pagination: Pagination,
    Formulaire(saisie): Formulaire<Saisie>,
) -> Result<Response, web::Erreur> {
    page(&visite, &saisie, &pagination).await
}

async fn page(
    visite: &Visite<actions::ConsulterJournal>,
    saisie: &Saisie,
    pagination: &Pagination,
) -> Result<Response, web::Erreur> {
    let (filtre, erreurs) = saisie.lire();
    let avant = match pagination.position() {
        Position::Apres(curseur) => curseur.texte().parse().ok(),
        Position::Avant(_) | Position::Page(_) => None,
    };
    let permis = visite.permis(Objet::Caisse, None).await?;
    let taille = pagination.taille();
    let mut lues = consulter_journal(visite.db(), &permis, &filtre, avant, taille + 1)
        .await
        .map_err(|e| web::Erreur::interne(&e))?;
    let reste = lues.len() > usize::try_from(taille).unwrap_or(usize::MAX);
    if reste {
        lues.pop();
    }
    let curseur = lues.last().and_then(|l| Curseur::nouveau(l.id.to_string()));
    let suite = Suite {
        suivante: curseur.filter(|_| reste).map(Position::Apres),
        ..Suite::default()
    };
    let url = visite.url("/{caisse}/journal");
    let lien = LienTable::poster(&url, "suite");
    let champs = [
        ("acteur", saisie.acteur.as_str()),
        ("action", &saisie.action),
        ("dossier", &saisie.dossier),
        ("du", &saisie.du),
        ("au", &saisie.au),
    ];
    let filtres = Filtres::poster(&url, visite.jeton(), champs_de_filtre(saisie, &erreurs));
    let filtre_actif = champs.iter().any(|(_, v)| !v.is_empty());
    let vue = Vue {
        entete: EntetePage::nouveau("Journal des accès").sous_titre(
            "Qui a vu quoi, du plus récent au plus ancien : des numéros de dossier, jamais de nom",
        ),
        filtres: if filtre_actif {
            filtres.effacer(&url)
        } else {
            filtres
        },
        erreurs,
        cache: fragments::formulaire_cache("suite", &url, visite.jeton(), &champs),
        entetes: fragments::entetes(
            &lien,
            SansTri::ORDRE,
            pagination,
            [
                "Quand", "Agent", "Action", "Dossier", "Lignes", "Issue", "Motif", "Repère",
            ]
            .map(|intitule| {
                let colonne = Colonne::<SansTri>::nouvelle(intitule);
                if intitule == "Lignes" {
                    colonne.nombre()
                } else {
                    colonne
                }
            })
            .into(),
        ),
        lignes: lues.into_iter().map(ligne).collect(),
        vide: fragments::vide("Aucune ligne", "Aucun accès ne répond à ces filtres."),
        pages: fragments::pagination(&lien, SansTri::ORDRE, pagination, &suite),
    };
    Ok(web::page(&visite.cadre("Journal des accès"), vue))
}

fn champs_de_filtre(saisie: &Saisie, erreurs: &[ErreurChamp]) -> Vec<Champ> {
    let mut choix = vec![
        Choix::nouveau("", "Toutes"),
        Choix::nouveau("connexion", "Connexion"),
    ];
    choix.extend(
        CodeAction::TOUS
            .iter()
            .map(|a| Choix::nouveau(a.code(), a.libelle())),
    );
    vec![
        Champ::texte("acteur", "Agent").valeur(&saisie.acteur),
        Champ::liste("action", "Action", choix).valeur(&saisie.action),
        Champ::chiffres("dossier", "Dossier")
            .valeur(&saisie.dossier)
            .parmi(erreurs),
        Champ::date("du", "Du").valeur(&saisie.du).parmi(erreurs),
        Champ::date("au", "Au").valeur(&saisie.au).parmi(erreurs),
    ]
}

fn ligne(ligne: LigneAffichee) -> Ligne {
    let issue = if ligne.accorde {
        pastille(Ton::Neutre, "Accordé")
    } else {
        pastille(Ton::Danger, "Refusé")
    };
    // Toutes les adresses commencent par la caisse, et le journal est celui d'une seule.
    let repere = ligne.repere.replacen("/{caisse}", "", 1);
    Ligne {
        quand: instant_fr(ligne.quand),
        issue,
        ligne: LigneAffichee { repere, ..ligne },
    }
}
