use acces::{Action, CodeAction, Perimetre, Permis, Visite, actions};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use jiff::civil::Date;
use serde::Deserialize;
use storage::{Tx, ecrire, lire, sql};
use valeurs::Montant;
use web::fragments::{
    self, Champ, Chiffre, Chiffres, Chronologie, Definitions, EntetePage, Evenement, Html, Lien, Pastille,
    ResumeErreurs, Ton, pastille,
};
use web::{Avis, ErreurChamp, Formulaire, Numero};

use super::{IMPORTER, RECETTES, definitions_de_recette, portee_de_la_recette};
use crate::Erreur;
use crate::creances::lire_date;
use crate::encaissements::{EtapeDeRecette, RecetteEnAttente, declasser, recette as lire_recette};
use crate::grand_livre::NatureMouvement;
use crate::pages::erreur::du_champ;

/// Toutes les branches : qui les voit voit la recette entière.
const TOUTES: i64 = Perimetre::COTISATIONS | Perimetre::PRESTATIONS | Perimetre::SANTE;

/// Où une part est allée, et pourquoi.
struct LignePart {
    url: String,
    reference: String,
    poste: &'static str,
    montant: Montant,
    pourquoi: String,
    jour: Date,
}

/// Une recette liée : sa part, son lot, son retour.
struct LigneLiee {
    url: String,
    lien: &'static str,
    id: i64,
    jour: Date,
    montant: Montant,
    rac: Montant,
}

/// De quoi défaire l'imputation.
struct Defaire {
    action: String,
    motif: Champ,
    ouvert: bool,
}

#[derive(Template)]
#[template(path = "encaissements/fiche.html")]
struct Vue {
    entete: EntetePage,
    resume: ResumeErreurs,
    definitions: Definitions,
    chiffres: Chiffres,
    retour: bool,
    parts: Vec<LignePart>,
    liees: Vec<LigneLiee>,
    mouvements: Chronologie,
    defaire: Option<Defaire>,
    jeton: String,
}

pub(super) async fn montrer(
    visite: Visite<actions::ConsulterDossier>,
    Numero(id): Numero<i64>,
) -> Result<Response, web::Erreur> {
    page(&visite, id, "", &[]).await
}

#[derive(Deserialize)]
pub(super) struct Motif {
    #[serde(default)]
    motif: String,
}

/// Défait toutes les imputations de la recette : l'argent revient en RAC.
pub(super) async fn defaire(
    visite: Visite<actions::ClasserRac>,
    Numero(id): Numero<i64>,
    Formulaire(saisie): Formulaire<Motif>,
) -> Result<Response, web::Erreur> {
    let permis = portee_de_la_recette(&visite, id).await?;
    let jour = visite.aujourdhui();
    let defait: Result<Montant, Erreur> = ecrire!(visite.db(), |tx| {
        declasser(tx, id, jour, permis.acteur(), &saisie.motif, permis.quand()).await
    });
    match defait {
        Ok(montant) => {
            let avis = Avis::Succes(format!("Recette n° {id} : {montant} reviennent en attente."));
            visite
                .rediriger(&format!("{}/{id}", visite.url("/{caisse}/rac")), avis)
                .await
        }
        Err(refus) => page(&visite, id, &saisie.motif, &[du_champ(refus)?]).await,
    }
}

async fn page<A: Action>(
    visite: &Visite<A>,
    id: i64,
    motif: &str,
    erreurs: &[ErreurChamp],
) -> Result<Response, web::Erreur> {
    let permis = portee_de_la_recette(visite, id).await?;
    let (db, au) = (visite.db(), visite.aujourdhui());
    let lu: Result<_, Erreur> = lire!(db, |tx| {
        let (recette, etapes) = lire_recette(db, tx, &permis, id, au).await?;
        Ok((recette, etapes, liees(tx, &permis, id).await?))
    });
    let (recette, etapes, liees) = lu?;
    let entiere = permis.perimetre().bancaire || permis.perimetre().branches == TOUTES;
    let vue = vue(visite, &permis, &recette, &etapes, liees, entiere, motif, erreurs)?;
    let page = web::page(&visite.cadre(format!("Recette n° {id}")), vue);
    Ok(if erreurs.is_empty() {
        page
    } else {
        (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
    })
}

#[expect(clippy::too_many_arguments, reason = "tout ce que la page a lu, en une fois")]
fn vue<A: Action>(
    visite: &Visite<A>,
    permis: &Permis<A>,
    recette: &RecetteEnAttente,
    etapes: &[EtapeDeRecette],
    liees: Vec<Liee>,
    entiere: bool,
    motif: &str,
    erreurs: &[ErreurChamp],
) -> Result<Vue, Erreur> {
    let sur_creances = etapes.iter().filter(|e| e.creance.is_some());
    let impute = Montant::somme(sur_creances.map(|e| e.montant.oppose()))?;
    let retour = recette.montant.est_negatif();
    let revenue = liees.iter().any(|l| l.retour_de == Some(recette.id));
    let defaisable = !retour && !revenue && !impute.est_nul() && !impute.est_negatif();
    let url = visite.url(RECETTES);
    let mut entete = EntetePage::nouveau(format!("Recette n° {}", recette.id))
        .sous_titre(Html::from(etat(recette, revenue, entiere)));
    if visite.peut(CodeAction::ImporterEncaissements) {
        entete = entete.fil(vec![Lien::nouveau("Encaissements", visite.url(IMPORTER))]);
    }
    if visite.peut(CodeAction::ConsulterRac) && !recette.rac.est_nul() {
        entete = entete.lien(
            "Classer ce qui attend",
            format!("{}/{}", visite.url("/{caisse}/rac"), recette.id),
        );
    }
    Ok(Vue {
        entete,
        resume: fragments::resume_erreurs(erreurs),
        definitions: definitions_de_recette(visite, permis.perimetre(), recette),
        chiffres: chiffres(recette, etapes, impute, entiere, revenue)?,
        retour,
        parts: parts(visite, etapes),
        liees: if entiere {
            liees
                .into_iter()
                .map(|l| l.montrer(&url, recette.id))
                .collect::<Result<_, _>>()?
        } else {
            Vec::new()
        },
        mouvements: mouvements(etapes, entiere)?,
        defaire: (defaisable && visite.peut(CodeAction::ClasserRac)).then(|| Defaire {
            action: format!("{url}/{}/defaire", recette.id),
            motif: Champ::texte("motif", "Motif")
                .obligatoire()
                .aide("Gardé avec votre nom ; ni nom, ni numéro de personne.")
                .valeur(motif)
                .parmi(erreurs),
            ouvert: !erreurs.is_empty(),
        }),
        jeton: visite.jeton().to_owned(),
    })
}

fn etat(recette: &RecetteEnAttente, revenue: bool, entiere: bool) -> Pastille {
    match (recette.montant.est_negatif(), recette.rac.est_nul()) {
        (true, true) => pastille(Ton::Danger, "Retour impayé"),
        (true, false) => pastille(Ton::Danger, "Retour qui cherche son origine"),
        (false, _) if revenue => pastille(Ton::Danger, "Revenue impayée"),
        (false, true) => pastille(Ton::Positif, "Placée"),
        (false, false) if !entiere => pastille(Ton::Positif, "Reçue"),
        (false, false) if recette.rac == recette.montant => pastille(Ton::Attention, "En attente"),
        (false, false) => pastille(Ton::Attention, "Placée en partie"),
    }
}

/// Qui ne voit pas toutes les branches ne voit que ce qu'elle a payé dans les siennes.
fn chiffres(
    recette: &RecetteEnAttente,
    etapes: &[EtapeDeRecette],
    impute: Montant,
    entiere: bool,
    revenue: bool,
) -> Result<Chiffres, Erreur> {
    let montant = fragments::montant;
    let libelle = match (recette.montant.est_negatif(), entiere) {
        (true, _) => "Repris sur les créances",
        (false, true) if revenue => "Imputé, avant son retour",
        (false, true) => "Imputé",
        (false, false) => "Imputé dans vos attributions",
    };
    let impute = Chiffre::nouveau(libelle, montant(impute)).ton(Ton::Positif);
    if !entiere {
        return Ok(fragments::chiffres(vec![impute]));
    }
    let rembourse = etapes
        .iter()
        .filter(|e| e.compte == "rembourse")
        .map(|e| e.montant.oppose());
    let attente = if recette.rac.est_nul() {
        Ton::Neutre
    } else {
        Ton::Attention
    };
    Ok(fragments::chiffres(vec![
        Chiffre::nouveau(
            if recette.montant.est_negatif() {
                "Repris par la banque"
            } else {
                "Reçu"
            },
            montant(recette.montant),
        ),
        impute,
        Chiffre::nouveau("En attente", montant(recette.rac)).ton(attente),
        Chiffre::nouveau("Remboursé", montant(Montant::somme(rembourse)?)),
    ]))
}

fn parts<A: Action>(visite: &Visite<A>, etapes: &[EtapeDeRecette]) -> Vec<LignePart> {
    let url = visite.url("/{caisse}/creances");
    etapes
        .iter()
        .filter_map(|e| {
            let (_, creance) = e.creance?;
            let pourquoi = match &e.raison {
                Some(raison) => raison.phrase(),
                None => match &e.motif {
                    Some(motif) => format!("{} : {motif}", nom_du_mouvement(std::slice::from_ref(e))),
                    None => nom_du_mouvement(std::slice::from_ref(e)).to_owned(),
                },
            };
            Some(LignePart {
                url: format!("{url}/{creance}"),
                reference: e
                    .reference
                    .clone()
                    .unwrap_or_else(|| format!("Créance n° {creance}")),
                poste: e.poste.map_or("", droit::Poste::libelle),
                montant: e.montant.oppose(),
                pourquoi,
                jour: e.jour,
            })
        })
        .collect()
}

/// Ce qu'un mouvement a fait, vu de la recette : un classement qui rend une dette est l'imputation qu'on défait.
fn nom_du_mouvement(ecritures: &[EtapeDeRecette]) -> &'static str {
    let rend = |e: &EtapeDeRecette| e.compte == "creance" && !e.montant.est_negatif();
    match ecritures.first().map(|e| e.nature) {
        Some(NatureMouvement::Classement) if ecritures.iter().any(rend) => "Imputation défaite",
        Some(nature) => nature.libelle(),
        None => "",
    }
}

/// Un mouvement par ligne : ce qu'il a fait, qui, pourquoi. Sans toutes les branches, seulement ceux qui touchent les
/// siennes, pour ce qu'ils y touchent.
fn mouvements(etapes: &[EtapeDeRecette], entiere: bool) -> Result<Chronologie, Erreur> {
    let mut lignes = Vec::new();
    for groupe in etapes.chunk_by(|a, b| a.mouvement == b.mouvement) {
        let Some(premiere) = groupe.first() else { continue };
        let visibles = groupe.iter().filter(|e| entiere || e.creance.is_some());
        let debits = visibles.filter(|e| if entiere { !e.montant.est_negatif() } else { true });
        let montants: Vec<Montant> = debits.map(|e| e.montant.abs()).collect();
        if montants.is_empty() && !entiere {
            continue;
        }
        let somme = Montant::somme(montants)?;
        let titre = format!("{} : {somme}", nom_du_mouvement(groupe));
        let mut ligne = Evenement::nouveau(premiere.jour, titre).auteur(format!(
            "{}, enregistré le {}",
            premiere.auteur,
            acces::instant_fr(premiere.enregistre_le)
        ));
        if let Some(motif) = &premiere.motif {
            ligne = ligne.detail(motif.as_str());
        }
        lignes.push(ligne);
    }
    Ok(fragments::chronologie(lignes))
}

#[derive(sqlx::FromRow)]
struct Liee {
    id: i64,
    jour: String,
    montant_centimes: i64,
    rac_centimes: i64,
    retour_de: Option<i64>,
}

/// Les parts d'une recette et son retour, s'il y en a.
async fn liees<A: Action>(tx: &mut Tx, permis: &Permis<A>, id: i64) -> Result<Vec<Liee>, Erreur> {
    if !permis.perimetre().identification {
        return Ok(Vec::new());
    }
    let mut liees: Vec<Liee> = sql!(
        "SELECT id, jour, montant_centimes, rac_centimes, retour_de FROM encaissement WHERE parent_id = $1 \
         UNION SELECT id, jour, montant_centimes, rac_centimes, retour_de FROM encaissement WHERE retour_de = $1"
    )
    .bind(id)
    .toutes(tx)
    .await?;
    liees.sort_by_key(|l| l.id);
    Ok(liees)
}

impl Liee {
    fn montrer(self, url: &str, de: i64) -> Result<LigneLiee, Erreur> {
        Ok(LigneLiee {
            url: format!("{url}/{}", self.id),
            lien: if self.retour_de == Some(de) {
                "Retour impayé"
            } else {
                "Part"
            },
            id: self.id,
            jour: lire_date(&self.jour)?,
            montant: Montant::de_centimes(self.montant_centimes),
            rac: Montant::de_centimes(self.rac_centimes),
        })
    }
}
