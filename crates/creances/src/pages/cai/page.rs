use acces::{CodeAction, Visite, actions};
use askama::Template;
use axum::response::Response;
use storage::lire;
use valeurs::{DossierId, Montant, date_longue};
use web::fragments::{self, Champ, Chiffre, Chiffres, EntetePage, Lien, Ton};
use web::{Adresse, Numero};

use super::mouvements::{Mouvements, cle_de_famille, cle_de_periode, libelle, mouvements};
use crate::Erreur;
use crate::cai::{Cai, EnTete, Totaux, compte};
use crate::pages::dossiers::nommer;
use crate::pages::portee;

/// Les totaux d'une famille dans une période.
struct LigneFamille {
    url: String,
    famille: String,
    debits: Vec<(String, Montant)>,
    credits: Vec<(String, Montant)>,
    totaux: Totaux,
}

/// Une période du compte, ses familles et son solde.
struct GroupePeriode {
    libelle: String,
    url: String,
    familles: Vec<LigneFamille>,
    debit: Montant,
    credit: Montant,
    solde: Montant,
}

#[derive(Template)]
#[template(path = "cai/compte.html")]
struct Vue {
    entete: EntetePage,
    action: String,
    au: Champ,
    chiffres: Chiffres,
    periodes: Vec<GroupePeriode>,
    total: EnTete,
    mouvements: Mouvements,
}

/// Le compte d'un débiteur à la date de l'adresse (`?au=`), aujourd'hui sans elle.
pub(super) async fn montrer(
    visite: Visite<actions::ConsulterCai>,
    Numero(id): Numero<DossierId>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let permis = portee::dossier(&visite, id).await?;
    let au = adresse.au().unwrap_or_else(|| visite.aujourdhui());
    let lu: Result<Cai, Erreur> = lire!(visite.db(), |tx| compte(tx, &permis, id, au).await);
    let cai = lu?;
    let url = format!("{}/{id}", visite.url("/{caisse}/dossiers"));
    let vue = Vue {
        entete: entete(&visite, &cai, &url),
        action: format!("{url}/cai"),
        au: Champ::date("au", "Situation au").valeur(au),
        chiffres: chiffres(&cai.en_tete),
        periodes: periodes(&cai, &format!("{url}/cai"))?,
        mouvements: mouvements(&visite, id, &cai, &adresse),
        total: cai.en_tete,
    };
    Ok(web::page(
        &visite.cadre(format!("Compte adhérent, dossier {id}")),
        vue,
    ))
}

fn entete(visite: &Visite<actions::ConsulterCai>, cai: &Cai, url: &str) -> EntetePage {
    let EnTete {
        nom,
        prenom,
        matricule,
        au,
        ..
    } = &cai.en_tete;
    let nom = nommer(nom, prenom);
    let entete = EntetePage::nouveau("Compte adhérent individuel")
        .fil(vec![Lien::nouveau(&nom, url)])
        .sous_titre(format!("{nom}, matricule {matricule}, au {}", date_longue(*au)));
    if visite.peut(CodeAction::ExporterCai) {
        entete
            .lien("Exporter en XLSX", format!("{url}/cai.xlsx?au={au}"))
            .lien("Exporter en CSV", format!("{url}/cai.csv?au={au}"))
    } else {
        entete
    }
}

fn chiffres(e: &EnTete) -> Chiffres {
    let montant = fragments::montant;
    let mut chiffres = vec![
        Chiffre::nouveau("Débit", montant(e.debit)),
        Chiffre::nouveau("Crédit", montant(e.credit)),
        Chiffre::nouveau("Reste dû", montant(e.du)),
    ];
    if let Some(attente) = e.en_attente {
        chiffres.push(Chiffre::nouveau("En attente de classement", montant(attente)));
    }
    let (ton, precision) = if e.solde.est_nul() {
        (Ton::Positif, "à jour")
    } else if e.solde.est_negatif() {
        (Ton::Info, "versé en trop, ou en attente")
    } else {
        (Ton::Danger, "dû")
    };
    chiffres.push(
        Chiffre::nouveau("Solde", montant(e.solde))
            .ton(ton)
            .precision(precision),
    );
    fragments::chiffres(chiffres)
}

/// Les périodes, de la plus récente à la plus ancienne : c'est d'elles qu'on parle au téléphone.
fn periodes(cai: &Cai, url: &str) -> Result<Vec<GroupePeriode>, Erreur> {
    let au = cai.en_tete.au;
    let mut groupes = cai
        .totaux
        .chunk_by(|a, b| a.periode == b.periode)
        .map(|totaux| {
            let somme = |part: fn(&Totaux) -> Montant| Montant::somme(totaux.iter().map(part));
            let premiere = totaux.first();
            let cle = cle_de_periode(premiere.and_then(|t| t.periode));
            let url = format!("{url}?au={au}&periode={cle}");
            Ok(GroupePeriode {
                libelle: premiere.map(|t| t.periode_libelle.clone()).unwrap_or_default(),
                familles: totaux.iter().map(|t| LigneFamille::nouvelle(t, &url)).collect(),
                url: format!("{url}#mouvements"),
                debit: somme(|t| t.debit)?,
                credit: somme(|t| t.credit)?,
                solde: somme(|t| t.solde)?,
            })
        })
        .collect::<Result<Vec<_>, Erreur>>()?;
    groupes.reverse();
    Ok(groupes)
}

impl LigneFamille {
    fn nouvelle(totaux: &Totaux, periode: &str) -> Self {
        let rubriques = |part: fn(&crate::cai::TotauxRubrique) -> Montant| {
            let presentes = totaux.rubriques.iter().filter(move |r| !part(r).est_nul());
            presentes
                .map(move |r| (r.rubrique.to_string(), part(r)))
                .collect()
        };
        Self {
            url: format!("{periode}&famille={}#mouvements", cle_de_famille(totaux.famille)),
            famille: libelle(totaux.famille),
            debits: rubriques(|r| r.debit),
            credits: rubriques(|r| r.credit),
            totaux: totaux.clone(),
        }
    }
}
