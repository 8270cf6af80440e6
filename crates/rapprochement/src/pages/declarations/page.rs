use acces::{Visite, actions};
use askama::Template;
use axum::response::Response;
use creances::pages::periode_en_mots;
use storage::lire;
use valeurs::date_fr;
use web::fragments::{
    self, Chiffre, Chiffres, Definition, Definitions, EntetePage, Html, LiensDePage, Ton, mene, milliers,
    pastille,
};
use web::{Adresse, LienTable, Numero, SansTri};

use super::{cotisation, dessiner, employeur, fil, genre, nommer, trouver, url};
use crate::Erreur;
use crate::charger;
use crate::declarations::{
    CotisationLue, DeclarationLue, arbre, cotisations, etablissement, individus, precedente,
    rang_de_la_ligne, remplacante,
};
use crate::individus::Rubriques;
use crate::rapprocher::effectives;

struct LigneCotisation {
    libelle: String,
    periode: String,
    nombre: String,
    lignes: String,
    lue: CotisationLue,
}

struct Salarie {
    nom: String,
    numero: String,
    /// La ligne demandée est la sienne.
    ouvert: bool,
    arbre: Vec<Html>,
}

#[derive(Template)]
#[template(path = "declarations/declaration.html")]
struct Vue {
    entete: EntetePage,
    definitions: Definitions,
    chiffres: Chiffres,
    cotisations: Vec<LigneCotisation>,
    arbre: Vec<Html>,
    /// Les salariés ne se montrent pas à ce service.
    voiles: bool,
    salaries: Vec<Salarie>,
    pages: LiensDePage,
}

pub(super) async fn montrer(
    visite: Visite<actions::ConsulterDsn>,
    Numero(id): Numero<i64>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let (d, permis) = trouver(&visite, id).await?;
    let ligne: Option<u64> = adresse.parametre("ligne").and_then(|texte| texte.parse().ok());
    let (db, perimetre) = (visite.db(), *permis.perimetre());
    let lu: Result<_, Erreur> = lire!(db, |tx| {
        let clair = etablissement(db, tx, &d).await?.unwrap_or_default();
        let rang = match ligne {
            Some(ligne) => rang_de_la_ligne(db, tx, &permis, &d, ligne).await?,
            None => None,
        };
        let pagination = rang.map_or(adresse.pagination(), |rang| adresse.pagination().contenant(rang));
        let (decalage, taille) = (pagination.decalage(), pagination.taille());
        let salaries = individus(db, tx, &permis, &d, decalage, taille).await?;
        let voisines = (precedente(tx, &d).await?, remplacante(tx, &d).await?);
        let compte = compte(tx, &d).await?;
        Ok((
            clair,
            salaries,
            voisines,
            compte,
            cotisations(tx, id).await?,
            pagination,
        ))
    });
    let (clair, salaries, voisines, compte, cotisations, pagination) = lu?;
    let total = u64::try_from(d.individus).unwrap_or_default();
    let salaries = salaries
        .iter()
        .map(|(_, clair)| {
            let (nom, numero) = nommer(clair);
            let rubriques = Rubriques::lire(clair);
            let noeuds = arbre(rubriques.iter(), perimetre.bancaire);
            Ok(Salarie {
                nom,
                numero,
                ouvert: rubriques.iter().any(|r| Some(r.ligne) == ligne),
                arbre: noeuds.iter().map(dessiner).collect::<Result<_, _>>()?,
            })
        })
        .collect::<Result<Vec<_>, web::Erreur>>()?;
    let noeuds = arbre(Rubriques::lire(&clair).iter(), perimetre.bancaire);
    let lien = LienTable::lire(url(&visite, id), &[]);
    let mut entete = EntetePage::nouveau(format!("Déclaration, {}", d.mois.libelle()))
        .fil(fil(&visite, &d))
        .sous_titre(employeur(&d));
    if voisines.0.is_some() {
        entete = entete.lien("Ce qui a changé", format!("{}/differences", url(&visite, id)));
    }
    let vue = Vue {
        entete,
        definitions: definitions(&visite, &d, compte, voisines),
        chiffres: fragments::chiffres(vec![
            Chiffre::nouveau("Déclaré à la caisse", fragments::montant(d.declare)),
            Chiffre::nouveau("Ordonné à la caisse", fragments::montant(d.ordonne)),
            Chiffre::nouveau("Salariés", milliers(total)),
        ]),
        cotisations: cotisations.into_iter().map(LigneCotisation::nouvelle).collect(),
        arbre: noeuds.iter().map(dessiner).collect::<Result<_, _>>()?,
        voiles: !perimetre.nir && total > 0,
        salaries,
        pages: fragments::pagination(&lien, SansTri::ORDRE, &pagination, &pagination.suite(total)),
    };
    Ok(web::page(&visite.cadre("Déclaration"), vue))
}

/// Cette déclaration compte-t-elle pour son mois ?
async fn compte(tx: &mut storage::Tx, d: &DeclarationLue) -> Result<bool, Erreur> {
    let siret = d.siret.as_str();
    let gardees = charger::declarations(tx, std::iter::once(siret)).await?;
    let gardees = gardees.get(siret).map(Vec::as_slice).unwrap_or_default();
    let du_mois = effectives(gardees).remove(&d.mois);
    Ok(du_mois.is_some_and(|e| e.declarations.iter().any(|autre| autre.id == d.id)))
}

fn definitions(
    visite: &Visite<actions::ConsulterDsn>,
    d: &DeclarationLue,
    compte: bool,
    (precedente, remplacante): (Option<i64>, Option<i64>),
) -> Definitions {
    let etat = if compte {
        pastille(Ton::Positif, "Compte pour le mois")
    } else if d.routee {
        pastille(Ton::Neutre, "Ne compte plus")
    } else {
        pastille(Ton::Neutre, "N’est là que pour en remplacer une autre")
    };
    let mut definitions = vec![
        Definition::nouvelle("État", etat),
        Definition::nouvelle("SIRET", d.siret.to_string()),
        Definition::nouvelle("Nature", genre(d)),
        Definition::nouvelle("Déposée le", date_fr(d.deposee_le)),
        Definition::nouvelle("Fichier", d.fichier.as_str()),
        Definition::nouvelle("Lignes", format!("{} à {}", d.lignes.0, d.lignes.1)),
    ];
    if let Some(id) = precedente {
        let lien = mene(url(visite, id), format!("déclaration n° {id}"));
        definitions.push(Definition::nouvelle("Vient après", lien));
    }
    if let Some(id) = remplacante {
        let lien = mene(url(visite, id), format!("déclaration n° {id}"));
        definitions.push(Definition::nouvelle("Remplacée par", lien));
    }
    if let Some((dossier, _)) = &d.employeur {
        let url = visite.url(&format!("/{{caisse}}/dossiers/{dossier}"));
        definitions.push(Definition::nouvelle(
            "Dossier",
            mene(url, format!("n° {dossier}")),
        ));
    }
    fragments::definitions(definitions)
}

/// La période d'une cotisation, incluse ; rien si elle n'en dit pas.
pub(super) fn periode(debut: Option<&str>, fin: Option<&str>) -> String {
    let jour = |texte: Option<&str>| texte.and_then(|t| charger::jour(t).ok());
    jour(debut)
        .zip(jour(fin))
        .map(periode_en_mots)
        .unwrap_or_default()
}

impl LigneCotisation {
    fn nouvelle(lue: CotisationLue) -> Self {
        Self {
            libelle: cotisation(lue.cle.bloc, &lue.cle.code),
            periode: periode(lue.cle.debut.as_deref(), lue.cle.fin.as_deref()),
            nombre: milliers(u64::try_from(lue.nombre).unwrap_or_default()),
            lignes: if lue.lignes.0 == lue.lignes.1 {
                lue.lignes.0.to_string()
            } else {
                format!("{} à {}", lue.lignes.0, lue.lignes.1)
            },
            lue,
        }
    }
}
