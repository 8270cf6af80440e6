//! Le tableau de bord : la situation du jour, chaque chiffre menant à sa liste.

mod echeance;
mod encours;

use acces::actions::ConsulterTableau;
use acces::{CodeAction, Objet, Permis, Route, Visite, instant_fr};
use askama::Template;
use axum::response::Response;
use droit::Branche;
use jiff::civil::Date;
use storage::lire;
use valeurs::{Montant, date_longue};
use web::fragments::{
    self, Anciennete, Chiffre, Chiffres, EntetePage, Ton, TonTranche, Tranche, mene, milliers,
};

use self::echeance::Echeance;
use self::encours::{Encours, GRANDE_CAISSE, Total, encours, presumees_a_decider};
use super::echeancier::CREANCES;
use super::encaissements::{LigneFichier, lignes_de_fichiers};
use super::rac::barre_des_ages;
use crate::Erreur;

/// Fichiers montrés : les derniers seulement, la page des imports les a tous.
const DERNIERS_FICHIERS: u32 = 5;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get::<ConsulterTableau, _, _>("/{caisse}/", montrer).rubrique("Tableau de bord")]
}

/// Un chiffre et la liste qu'il compte.
struct Cellule {
    etiquette: &'static str,
    total: Total,
    url: String,
}

struct LigneEcheance {
    echeance: Echeance,
    cellules: Vec<Cellule>,
}

/// Ce qui ne se montre qu'aux destinataires des données de l'article 2 de la décision 18-07.
struct Situation {
    chiffres: Chiffres,
    colonnes: Vec<&'static str>,
    echeances: Vec<LigneEcheance>,
    pied: Vec<Cellule>,
    retard: Anciennete,
    rac: Option<(Anciennete, String)>,
    fichiers: Option<(Vec<LigneFichier>, String)>,
}

/// Une page de contrôle, et ce qu'on y voit.
struct Controle {
    libelle: &'static str,
    url: String,
    texte: &'static str,
}

#[derive(Template)]
#[template(path = "tableau/tableau.html")]
struct Vue {
    entete: EntetePage,
    situation: Option<Situation>,
    controle: Vec<Controle>,
}

async fn montrer(visite: Visite<ConsulterTableau>) -> Result<Response, web::Erreur> {
    let permis = visite.permis(Objet::Caisse, None).await?;
    let au = visite.aujourdhui();
    let situation = if permis.perimetre().identification {
        Some(situer(&visite, &permis, au).await?)
    } else {
        None
    };
    let sous_titre = match &situation {
        Some((_, compte)) => format!("Situation au {}{compte}", date_longue(au)),
        None => "Le contrôle des accès et des comptes".to_owned(),
    };
    let vue = Vue {
        entete: EntetePage::nouveau("Tableau de bord").sous_titre(sous_titre),
        situation: situation.map(|(situation, _)| situation),
        controle: controle(&visite),
    };
    Ok(web::page(&visite.cadre("Tableau de bord"), vue))
}

/// Ce que le DPO et l'administrateur viennent voir ; personne d'autre n'en a les droits.
fn controle(visite: &Visite<ConsulterTableau>) -> Vec<Controle> {
    [
        (
            CodeAction::ConsulterJournal,
            "Journal des accès",
            "/{caisse}/journal",
            "Qui a vu quoi, quand, et les refus.",
        ),
        (
            CodeAction::GererAgents,
            "Agents",
            "/{caisse}/agents",
            "Les comptes, leurs rôles, leur dernière connexion.",
        ),
        (
            CodeAction::LireHabilitations,
            "Habilitations",
            "/{caisse}/habilitations",
            "Ce que chaque service peut faire, et les données qu’il voit.",
        ),
    ]
    .into_iter()
    .filter(|(action, ..)| visite.peut(*action))
    .map(|(_, libelle, gabarit, texte)| Controle {
        libelle,
        url: visite.url(gabarit),
        texte,
    })
    .collect()
}

async fn situer(
    visite: &Visite<ConsulterTableau>,
    permis: &Permis<ConsulterTableau>,
    au: Date,
) -> Result<(Situation, String), web::Erreur> {
    let maintenant = permis.quand();
    let encours = encours(visite.db(), permis, maintenant, GRANDE_CAISSE).await?;
    let visible = |b: &Branche| permis.perimetre().branches & i64::from(b.bit()) != 0;
    let branches: Vec<Branche> = Branche::TOUS.iter().copied().filter(visible).collect();
    let liste = Liste {
        url: visite.url(CREANCES),
        encours: &encours,
        branches: &branches,
        au,
    };
    let mut chiffres = liste.chiffres()?;
    let rac = rac(visite, permis, au, &mut chiffres).await?;
    let fichiers = fichiers(visite, &mut chiffres).await?;
    let compte = if encours.compte_le == maintenant {
        String::new()
    } else {
        format!(" ; créances comptées le {}", instant_fr(encours.compte_le))
    };
    let lignes = Echeance::TOUTES
        .into_iter()
        .map(|echeance| {
            Ok(LigneEcheance {
                echeance,
                cellules: liste.ligne(Some(echeance))?,
            })
        })
        .collect::<Result<_, Erreur>>()?;
    let situation = Situation {
        chiffres: fragments::chiffres(chiffres),
        colonnes: liste.colonnes().map(|(etiquette, _)| etiquette).collect(),
        echeances: lignes,
        pied: liste.ligne(None)?,
        retard: liste.retard()?,
        rac,
        fichiers,
    };
    Ok((situation, compte))
}

/// De quoi écrire un chiffre et l'adresse de la liste qu'il compte.
struct Liste<'a> {
    url: String,
    encours: &'a Encours,
    branches: &'a [Branche],
    au: Date,
}

impl Liste<'_> {
    /// Les colonnes de la table : une par branche, et leur total s'il y en a plusieurs.
    fn colonnes(&self) -> impl Iterator<Item = (&'static str, Option<Branche>)> {
        let total = (self.branches.len() > 1).then_some(("Total", None));
        self.branches.iter().map(|b| (b.libelle(), Some(*b))).chain(total)
    }

    fn url(&self, branche: Option<Branche>, du: Option<Date>, fin: Option<Date>) -> String {
        let jour = |d: Option<Date>| d.map(|d| d.to_string()).unwrap_or_default();
        let parametres = [
            ("branche", branche.map_or("", Branche::code).to_owned()),
            ("du", jour(du)),
            ("au", jour(fin)),
        ];
        let choisis: Vec<String> = parametres
            .iter()
            .filter(|(_, v)| !v.is_empty())
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        match choisis.as_slice() {
            [] => self.url.clone(),
            choisis => format!("{}?{}", self.url, choisis.join("&")),
        }
    }

    fn ligne(&self, echeance: Option<Echeance>) -> Result<Vec<Cellule>, Erreur> {
        let (du, fin) = echeance
            .map(|e| e.bornes(self.au))
            .transpose()?
            .unwrap_or_default();
        self.colonnes()
            .map(|(etiquette, branche)| {
                let total = self
                    .encours
                    .total(branche, |e| echeance.is_none_or(|voulue| voulue == e))?;
                Ok(Cellule {
                    etiquette,
                    total,
                    url: self.url(branche, du, fin),
                })
            })
            .collect()
    }

    fn chiffres(&self) -> Result<Vec<Chiffre>, web::Erreur> {
        self.branches
            .iter()
            .map(|branche| {
                let total = self.encours.total(Some(*branche), |_| true)?;
                let echu = self.encours.total(Some(*branche), Echeance::est_echue)?;
                let ton = if echu.nombre > 0 {
                    Ton::Attention
                } else {
                    Ton::Positif
                };
                let precision = format!(
                    "{}, dont {}",
                    accorder(total.nombre, "ouverte"),
                    accorder(echu.nombre, "échue")
                );
                let valeur = mene(
                    self.url(Some(*branche), None, None),
                    fragments::montant(total.montant),
                );
                Ok(Chiffre::nouveau(branche.libelle(), valeur)
                    .precision(precision)
                    .ton(ton))
            })
            .collect()
    }

    fn retard(&self) -> Result<Anciennete, Erreur> {
        let tranches = [
            (Echeance::Recente, TonTranche::Frais),
            (Echeance::De31A90, TonTranche::Moyen),
            (Echeance::De91A365, TonTranche::Vieux),
            (Echeance::PlusDUnAn, TonTranche::Ancien),
        ]
        .into_iter()
        .map(|(echeance, ton)| {
            let Total { nombre, montant } = self.encours.total(None, |e| e == echeance)?;
            Ok(Tranche {
                libelle: echeance.libelle().to_owned(),
                ton,
                montant,
                lignes: nombre,
            })
        })
        .collect::<Result<Vec<_>, Erreur>>()?;
        Ok(fragments::anciennete("Retard des créances échues", &tranches))
    }
}

/// « 1 créance », « 12 créances » : le pluriel commence à deux.
fn accorder(nombre: u64, mot: &str) -> String {
    let pluriel = if nombre > 1 { "s" } else { "" };
    format!("{} {mot}{pluriel}", milliers(nombre))
}

async fn rac(
    visite: &Visite<ConsulterTableau>,
    permis: &Permis<ConsulterTableau>,
    au: Date,
    chiffres: &mut Vec<Chiffre>,
) -> Result<Option<(Anciennete, String)>, web::Erreur> {
    if !visite.peut(CodeAction::ConsulterRac) {
        return Ok(None);
    }
    let ages: Result<_, Erreur> = lire!(visite.db(), |tx| crate::encaissements::ages(tx, permis, au).await);
    let ages = ages?;
    let url = visite.url("/{caisse}/rac");
    let montant = Montant::somme(ages.tranches.iter().map(|t| t.montant)).map_err(Erreur::from)?;
    let nombre: i64 = ages.tranches.iter().map(|t| t.nombre).sum();
    let nombre = u64::try_from(nombre).unwrap_or_default();
    let precision = match ages.plus_ancienne {
        Some(jour) => format!(
            "{}, depuis le {}",
            accorder(nombre, "recette"),
            valeurs::date_fr(jour)
        ),
        None => "rien n’attend".to_owned(),
    };
    let ton = if nombre > 0 { Ton::Attention } else { Ton::Positif };
    chiffres.push(
        Chiffre::nouveau("Recettes à classer", mene(&url, fragments::montant(montant)))
            .precision(precision)
            .ton(ton),
    );
    Ok(Some((barre_des_ages(&ages), url)))
}

async fn fichiers(
    visite: &Visite<ConsulterTableau>,
    chiffres: &mut Vec<Chiffre>,
) -> Result<Option<(Vec<LigneFichier>, String)>, web::Erreur> {
    if !visite.peut(CodeAction::ImporterEncaissements) {
        return Ok(None);
    }
    let lus: Result<_, Erreur> = lire!(visite.db(), |tx| {
        Ok((
            lignes_de_fichiers(tx, 0, DERNIERS_FICHIERS).await?,
            presumees_a_decider(tx).await?,
        ))
    });
    let (fichiers, presumees) = lus?;
    let presumees = u64::try_from(presumees).unwrap_or_default();
    let (ton, precision) = match presumees {
        0 => (Ton::Positif, "aucun à décider"),
        1 => (Ton::Attention, "à décider : déjà connu, ou autre paiement ?"),
        _ => (Ton::Attention, "à décider : déjà connus, ou autres paiements ?"),
    };
    let valeur = mene(
        visite.url("/{caisse}/encaissements/presumes"),
        milliers(presumees),
    );
    chiffres.push(
        Chiffre::nouveau("Doublons présumés", valeur)
            .precision(precision)
            .ton(ton),
    );
    Ok(Some((fichiers, visite.url("/{caisse}/encaissements/importer"))))
}
