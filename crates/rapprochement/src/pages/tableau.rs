//! Le mois d'une caisse : ce qui est déposé, ce qui manque, les sommes, les écarts, la tendance.

use acces::{CodeAction, Objet, Route, Visite, actions, instant_fr};
use askama::Template;
use axum::response::Response;
use jiff::civil::Date;
use storage::lire;
use valeurs::{Montant, Periode, date_fr};
use web::Adresse;
use web::fragments::{
    self, Champ, Chiffre, Chiffres, Choix, EntetePage, Filtres, Graphique, Html, Serie, Ton, mene, milliers,
};

use super::{ECARTS, ETABLISSEMENTS, TABLEAU, mois_de_l_adresse};
use crate::Erreur;
use crate::ecarts::{Etat, Situation, TotalClasse, TotauxDuMois, mois_constates, situation};
use crate::fiche::mois_court;
use crate::rapprocher::Classe;

/// Mois proposés avant le mois courant.
const MOIS: u16 = 24;
/// Mois de la courbe.
const TENDANCE: usize = 13;

type Consultation = Visite<actions::ConsulterDsn>;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get::<actions::ConsulterDsn, _, _>(TABLEAU, montrer).rubrique("DSN")]
}

/// Un nombre d'écarts et la liste qui les montre.
struct Cellule {
    etiquette: &'static str,
    nombre: u64,
    url: String,
}

struct LigneClasse {
    libelle: &'static str,
    suite: String,
    url: String,
    cellules: Vec<Cellule>,
    montant: Montant,
}

struct LigneMois {
    libelle: String,
    url: String,
    actif: bool,
    totaux: TotauxDuMois,
    solde: Montant,
}

#[derive(Template)]
#[template(path = "tableau/tableau.html")]
struct Vue {
    entete: EntetePage,
    mois: Filtres,
    chiffres: Chiffres,
    classes: Vec<LigneClasse>,
    graphique: Html,
    tendance: Vec<LigneMois>,
}

/// Le mois que l'adresse demande.
pub(super) fn mois_demande(adresse: &Adresse) -> Option<Periode> {
    mois_de_l_adresse(adresse, "mois")
}

/// Le mois que le travail du jour concerne : le dernier qui soit fini.
pub(super) fn mois_courant(aujourdhui: Date) -> Result<Periode, Erreur> {
    Ok(Periode::mois_du(aujourdhui)?.mois_avant(1)?)
}

async fn montrer(visite: Consultation, adresse: Adresse) -> Result<Response, web::Erreur> {
    let permis = visite.permis(Objet::Caisse, None).await?;
    let courant = mois_courant(visite.aujourdhui())?;
    let voulu = mois_demande(&adresse);
    let lu: Result<_, Erreur> = lire!(visite.db(), |tx| {
        let connus = mois_constates(tx, &permis, courant.mois_avant(MOIS)?, courant).await?;
        let dernier = connus.iter().rev().find(|m| m.deposees > 0).map(|m| m.mois);
        let mois = voulu.or(dernier).unwrap_or(courant);
        Ok((situation(tx, &permis, mois).await?, connus))
    });
    let (situation, connus) = lu?;
    let mois = situation.totaux.mois;
    let vue = Vue {
        entete: entete(&visite, &situation),
        mois: choisir(&visite, &connus, mois),
        chiffres: chiffres(&visite, &situation)?,
        classes: classes(&visite, &situation)?,
        graphique: graphique(&connus),
        tendance: tendance(&visite, &connus, mois)?,
    };
    Ok(web::page(&visite.cadre("DSN"), vue))
}

fn entete(visite: &Consultation, situation: &Situation) -> EntetePage {
    let constat = match situation.constate_le {
        Some(quand) => format!("Constaté le {}", instant_fr(quand)),
        None => "Le premier rapprochement est en cours".to_owned(),
    };
    let mois = situation.totaux.mois;
    let mut entete = EntetePage::nouveau(format!("DSN, {}", mois.libelle())).sous_titre(format!(
        "{constat} ; échéance au plus tard le {}",
        date_fr(situation.echeance)
    ));
    if visite.peut(CodeAction::DeposerDsn) {
        entete = entete.lien("Déposer un fichier", visite.url("/{caisse}/dsn/depots"));
    }
    entete.lien(
        "Exporter le mois (XLSX)",
        format!("{}?mois={mois}", visite.url(super::EXPORT)),
    )
}

fn choisir(visite: &Consultation, connus: &[TotauxDuMois], mois: Periode) -> Filtres {
    let mut choix: Vec<Periode> = connus.iter().map(|m| m.mois).collect();
    if !choix.contains(&mois) {
        choix.push(mois);
    }
    choix.sort_unstable_by_key(|m| std::cmp::Reverse(m.debut()));
    let choix = choix.iter().map(|m| Choix::nouveau(m, m.libelle())).collect();
    Filtres::lire(
        visite.url(TABLEAU),
        vec![Champ::liste("mois", "Mois", choix).valeur(mois)],
    )
}

fn chiffres(visite: &Consultation, s: &Situation) -> Result<Chiffres, web::Erreur> {
    let mois = s.totaux.mois;
    let liste = |filtre: &str| format!("{}?mois={mois}{filtre}", visite.url(ETABLISSEMENTS));
    let passee = visite.aujourdhui() > s.echeance;
    let (libelle, precision, ton) = match (s.absentes, passee) {
        (0, _) => (
            "Manquantes",
            "tous ceux du mois d’avant ont déclaré",
            Ton::Positif,
        ),
        (_, true) => ("Manquantes", "déclaré le mois d’avant, pas celui-ci", Ton::Danger),
        (_, false) => ("Attendues", "l’échéance n’est pas passée", Ton::Info),
    };
    let tardives: u64 = s
        .classes
        .iter()
        .filter(|c| c.classe == Classe::DepotTardif && c.etat != Etat::Disparu)
        .map(|c| c.nombre)
        .sum();
    let solde = s
        .totaux
        .ordonne
        .checked_sub(s.totaux.encaisse)
        .map_err(Erreur::from)?;
    let ton_solde = if solde > Montant::ZERO {
        Ton::Attention
    } else {
        Ton::Positif
    };
    Ok(fragments::chiffres(vec![
        Chiffre::nouveau("Déposées", mene(liste(""), milliers(s.totaux.deposees)))
            .precision("établissements qui ont déclaré"),
        Chiffre::nouveau(libelle, mene(liste("&filtre=absents"), milliers(s.absentes)))
            .precision(precision)
            .ton(ton),
        Chiffre::nouveau(
            "Tardives",
            mene(liste("&filtre=depot_tardif"), milliers(tardives)),
        )
        .precision("déposées après l’échéance")
        .ton(if tardives > 0 {
            Ton::Attention
        } else {
            Ton::Positif
        }),
        Chiffre::nouveau("Déclaré", fragments::montant(s.totaux.declare))
            .precision(format!("{} ordonnés", s.totaux.ordonne)),
        Chiffre::nouveau("Encaissé", fragments::montant(s.totaux.encaisse))
            .precision(format!("solde {solde}"))
            .ton(ton_solde),
    ]))
}

/// Les colonnes du tableau des écarts : ce qu'un agent en a devant lui.
const COLONNES: [Etat; 4] = [Etat::ATraiter, Etat::Attribue, Etat::Clos, Etat::Information];

fn classes(visite: &Consultation, s: &Situation) -> Result<Vec<LigneClasse>, Erreur> {
    let mois = s.totaux.mois;
    let constatees = |c: &&TotalClasse| c.etat != Etat::Disparu;
    let mut lignes = Vec::new();
    for &classe in Classe::TOUTES {
        let siens: Vec<&TotalClasse> = s
            .classes
            .iter()
            .filter(constatees)
            .filter(|c| c.classe == classe)
            .collect();
        if siens.is_empty() {
            continue;
        }
        let url = format!("{}?mois={mois}&classe={}", visite.url(ECARTS), classe.slug());
        let cellules = COLONNES.map(|etat| Cellule {
            etiquette: etat.libelle(),
            nombre: siens.iter().filter(|c| c.etat == etat).map(|c| c.nombre).sum(),
            url: format!("{url}&etat={}", etat.code()),
        });
        lignes.push(LigneClasse {
            libelle: classe.libelle(),
            suite: web::phrase(classe.suite()),
            url: format!("{url}&etat="),
            cellules: cellules.into(),
            montant: Montant::somme(siens.iter().map(|c| c.montant))?,
        });
    }
    Ok(lignes)
}

/// Les mois de la tendance, du plus ancien au plus récent.
fn derniers(connus: &[TotauxDuMois]) -> &[TotauxDuMois] {
    connus
        .get(connus.len().saturating_sub(TENDANCE)..)
        .unwrap_or_default()
}

fn graphique(connus: &[TotauxDuMois]) -> Html {
    let mois = derniers(connus);
    let serie = |valeur: fn(&TotauxDuMois) -> Montant| mois.iter().map(valeur).collect();
    Graphique::nouveau(
        "graphique-tendance",
        "Déclaré, ordonné et encaissé par mois",
        mois.iter().map(|m| mois_court(m.mois)),
    )
    .serie(Serie::barres("Déclaré", serie(|m| m.declare)))
    .serie(Serie::ligne("Ordonné", serie(|m| m.ordonne)))
    .serie(Serie::barres("Encaissé", serie(|m| m.encaisse)))
    .decrit_par("tendance")
    .html()
}

fn tendance(visite: &Consultation, connus: &[TotauxDuMois], mois: Periode) -> Result<Vec<LigneMois>, Erreur> {
    let lignes = derniers(connus).iter().cloned().map(|totaux| {
        Ok(LigneMois {
            libelle: totaux.mois.libelle(),
            url: format!("{}?mois={}", visite.url(TABLEAU), totaux.mois),
            actif: totaux.mois == mois,
            solde: totaux.ordonne.checked_sub(totaux.encaisse)?,
            totaux,
        })
    });
    lignes.collect()
}
