use acces::{Action, Permis, Visite, actions};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use droit::{Branche, Poste};
use jiff::civil::Date;
use storage::{Tx, lire};
use valeurs::{DossierId, Montant, date_fr};
use web::fragments::{self, Chiffre, Chiffres, Definition, Definitions, EntetePage, Lien, Ton, montant};
use web::{Adresse, Numero};

use super::formulaires::{Gestes, Refus};
use super::histoire::{Histoire, histoire};
use super::majorations::VueMajorations;
use crate::Erreur;
use crate::creances::{
    Creance, ImputationLue, MajorationDue, MouvementLu, creance, imputations, majorations_dues, mouvements,
};
use crate::dossiers::debiteur;
use crate::grand_livre::NatureMouvement;
use crate::pages::dossiers::nommer;
use crate::pages::libelles;
use crate::pages::portee;

/// Ce que la page dit d'une créance, lu d'une même vue de la base.
pub(super) struct Contenu {
    pub(super) creance: Creance,
    debiteur: String,
    pub(super) imputations: Vec<ImputationLue>,
    pub(super) mouvements: Vec<MouvementLu>,
    pub(super) majorations: Option<MajorationDue>,
}

/// Comment la page est demandée : telle quelle, à une date, ou de nouveau après un refus.
pub(super) struct Demande<'r> {
    pub(super) au: Option<Date>,
    pub(super) refus: Option<Refus<'r>>,
}

#[derive(Template)]
#[template(path = "creances/creance.html")]
struct Vue {
    entete: EntetePage,
    passe: Option<String>,
    url: String,
    chiffres: Chiffres,
    identite: Definitions,
    postes: Definitions,
    reste: Montant,
    histoire: Histoire,
    recettes: String,
    majorations: Option<VueMajorations>,
    gestes: Gestes,
}

/// Une créance : ce qu'elle est, ce qui l'a touchée, ce que le retard y ajoute.
pub(super) async fn montrer(
    visite: Visite<actions::ConsulterDossier>,
    Numero(id): Numero<i64>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let (permis, dossier) = portee::creance(&visite, id).await?;
    page(
        &visite,
        &permis,
        dossier,
        id,
        &Demande {
            au: adresse.au(),
            refus: None,
        },
    )
    .await
}

/// La page, pour l'action que le permis porte.
pub(super) async fn page<A: Action>(
    visite: &Visite<A>,
    permis: &Permis<A>,
    dossier: DossierId,
    id: i64,
    demande: &Demande<'_>,
) -> Result<Response, web::Erreur> {
    let aujourdhui = visite.aujourdhui();
    let au = demande.au.unwrap_or(aujourdhui);
    let contenu: Result<Contenu, Erreur> = lire!(visite.db(), |tx| Contenu::lire(
        visite.db(),
        tx,
        permis,
        dossier,
        id,
        au
    )
    .await);
    let contenu = contenu?;
    let url = visite.url(&format!("/{{caisse}}/creances/{id}"));
    let vue = Vue {
        entete: entete(visite, &contenu),
        passe: (au < aujourdhui).then(|| date_fr(au)),
        chiffres: chiffres(&contenu, au),
        identite: identite(&contenu.creance),
        postes: postes(&contenu.creance),
        reste: contenu.creance.reste,
        histoire: histoire(&contenu, au),
        recettes: visite.url("/{caisse}/encaissements"),
        majorations: VueMajorations::de(visite, &contenu, &url, au),
        gestes: Gestes::ouverts(visite, &contenu, &url, demande),
        url,
    };
    let page = web::page(&visite.cadre(format!("Créance {id}")), vue);
    Ok(match demande.refus {
        Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
        None => page,
    })
}

impl Contenu {
    async fn lire<A: Action>(
        db: &storage::Db,
        tx: &mut Tx,
        permis: &Permis<A>,
        dossier: DossierId,
        id: i64,
        au: Date,
    ) -> Result<Self, Erreur> {
        let creance = creance(tx, permis, id, au)
            .await?
            .ok_or(Erreur::CreanceInconnue)?;
        let debiteur = debiteur(db, tx, permis, dossier)
            .await?
            .ok_or(Erreur::DossierInconnu)?;
        let majorations = if creance.branche() == Branche::Cotisations {
            majorations_dues(tx, &[id], au, &[]).await?.pop()
        } else {
            None
        };
        Ok(Self {
            imputations: imputations(tx, permis, id).await?,
            mouvements: mouvements(tx, permis, id).await?,
            debiteur: nommer(&debiteur.nom, &debiteur.prenom),
            creance,
            majorations,
        })
    }
}

fn entete(visite: &Visite<impl Action>, contenu: &Contenu) -> EntetePage {
    let c = &contenu.creance;
    let dossier = visite.url(&format!("/{{caisse}}/dossiers/{}", c.dossier));
    EntetePage::nouveau(c.nature)
        .fil(vec![
            Lien::nouveau("Débiteurs", visite.url("/{caisse}/recherche")),
            Lien::nouveau(&contenu.debiteur, dossier),
        ])
        .sous_titre(sous_titre(c))
        .lien(
            "Procédure",
            visite.url(&format!("/{{caisse}}/creances/{}/procedure", c.id)),
        )
}

/// Un libellé dit souvent déjà sa période : elle n'est pas dite deux fois.
fn sous_titre(c: &Creance) -> String {
    let periode = libelles::periode(c.periode);
    if c.libelle.contains(&periode) {
        format!("{}, référence {}", c.libelle, c.reference)
    } else {
        format!("{}, {periode}, référence {}", c.libelle, c.reference)
    }
}

fn chiffres(contenu: &Contenu, au: Date) -> Chiffres {
    let c = &contenu.creance;
    let reste = Chiffre::nouveau("Reste dû", montant(c.reste)).precision(libelles::etat(c, au));
    let en_retard = c.est_ouverte() && c.exigible_le < au;
    fragments::chiffres(vec![
        if en_retard { reste.ton(Ton::Danger) } else { reste },
        Chiffre::nouveau("Montant émis", montant(c.montant)).precision(format!("le {}", date_fr(c.emise_le))),
        Chiffre::nouveau("Réglé", montant(regle(contenu, au))),
        Chiffre::nouveau("Exigible le", fragments::date(c.exigible_le)),
    ])
}

fn identite(c: &Creance) -> Definitions {
    let mut lignes = vec![
        Definition::nouvelle("Référence", c.reference.as_str()),
        Definition::nouvelle("Branche", c.branche().libelle()),
        Definition::nouvelle("Nature", c.nature.to_string()),
        Definition::nouvelle("Due au titre de", c.regime.libelle()),
        Definition::nouvelle("Période", libelles::periode(c.periode)),
        Definition::nouvelle("Émise le", fragments::date(c.emise_le)),
        Definition::nouvelle("Exigible le", fragments::date(c.exigible_le)),
        Definition::nouvelle("Libellé", c.libelle.as_str()),
    ];
    if let Some(cause) = &c.cause {
        lignes.push(Definition::nouvelle("Cause", cause.as_str()));
    }
    fragments::definitions(lignes)
}

/// Ce qui reste dû sur les postes que la créance porte : ceux de son principal, et les autres s'il y reste quelque chose.
fn postes(c: &Creance) -> Definitions {
    let employeur = c.regime == droit::Regime::Employeur;
    let porte = |p: &Poste| match p {
        Poste::PartOuvriere | Poste::PartPatronale => employeur,
        Poste::Principal => !employeur,
        Poste::Majoration | Poste::Penalite | Poste::Frais => !c.reste_du_poste(*p).est_nul(),
    };
    let portes = Poste::TOUS.iter().copied().filter(porte);
    fragments::definitions(
        portes
            .map(|p| Definition::nouvelle(p.libelle(), montant(c.reste_du_poste(p))))
            .collect(),
    )
}

/// Ce que les règlements ont éteint à la date `au`, moins ce qui en est revenu ou a été défait.
fn regle(contenu: &Contenu, au: Date) -> Montant {
    let defait = |n| {
        matches!(
            n,
            NatureMouvement::Rejet | NatureMouvement::Classement | NatureMouvement::Contrepassation
        )
    };
    let payes = contenu
        .imputations
        .iter()
        .filter(|i| i.jour <= au)
        .map(|i| i.montant);
    let rendus = contenu
        .mouvements
        .iter()
        .filter(|m| m.jour <= au && defait(m.nature))
        .map(|m| m.montant.oppose());
    Montant::somme(payes.chain(rendus)).unwrap_or(Montant::MAX)
}
