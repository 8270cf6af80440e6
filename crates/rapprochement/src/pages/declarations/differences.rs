use acces::{Visite, actions};
use askama::Template;
use axum::response::Response;
use creances::pages::periode_en_mots;
use storage::lire;
use valeurs::Montant;
use web::Numero;
use web::fragments::{EntetePage, Pastille, Ton, mene, pastille};

use super::page::periode;
use super::{cotisation, employeur, fil, nommer, trouver, url};
use crate::Erreur;
use crate::declarations::{
    BlocChange, Devenir, Differences, Feuille, IndividuChange, contenu, declaration, differences, precedente,
};

/// Salariés montrés d'une même sorte, au plus : au-delà, on en dit le nombre.
const SALARIES: usize = 200;

struct LigneCotisation {
    libelle: String,
    code: String,
    periode: String,
    avant: Montant,
    apres: Montant,
    ecart: Montant,
}

/// Une rubrique qui diffère.
struct LigneRubrique {
    libelle: &'static str,
    rubrique: String,
    avant: Option<String>,
    apres: Option<String>,
}

/// Un bloc qui diffère.
struct Bloc {
    libelle: &'static str,
    bloc: String,
    identite: String,
    devenir: Pastille,
    rubriques: Vec<LigneRubrique>,
}

struct Salarie {
    nom: String,
    numero: String,
    blocs: Vec<Bloc>,
}

/// Des salariés d'une même sorte.
struct Groupe {
    titre: &'static str,
    nombre: usize,
    salaries: Vec<Salarie>,
}

#[derive(Template)]
#[template(path = "declarations/differences.html")]
struct Vue {
    entete: EntetePage,
    comparee: bool,
    identiques: bool,
    totaux: Vec<(&'static str, Montant, Montant)>,
    cotisations: Vec<LigneCotisation>,
    etablissement: Vec<Bloc>,
    voiles: bool,
    groupes: Vec<Groupe>,
}

pub(super) async fn montrer(
    visite: Visite<actions::ConsulterDsn>,
    Numero(id): Numero<i64>,
) -> Result<Response, web::Erreur> {
    let (d, permis) = trouver(&visite, id).await?;
    let db = visite.db();
    let lu: Result<_, Erreur> = lire!(db, |tx| {
        let avant = match precedente(tx, &d).await? {
            Some(avant) => declaration(tx, avant).await?,
            None => None,
        };
        let Some(avant) = avant else {
            return Ok::<_, Erreur>(None);
        };
        let (ancien, nouveau) = (
            contenu(db, tx, &permis, &avant).await?,
            contenu(db, tx, &permis, &d).await?,
        );
        Ok(Some((avant, differences(&ancien, &nouveau)?)))
    });
    let lu = lu?;
    let mut entete = EntetePage::nouveau(format!("Ce qui a changé, {}", d.mois.libelle()))
        .fil(fil(&visite, &d))
        .lien("La déclaration", url(&visite, id));
    entete = match &lu {
        Some((avant, _)) => entete.sous_titre(mene(
            url(&visite, avant.id),
            format!("{}, comparée à la déclaration n° {}", employeur(&d), avant.id),
        )),
        None => entete.sous_titre(employeur(&d)),
    };
    let trouvees = lu.map(|(_, d)| d);
    let vue = Vue {
        entete,
        comparee: trouvees.is_some(),
        identiques: trouvees.as_ref().is_some_and(Differences::est_vide),
        totaux: trouvees.as_ref().map(totaux).unwrap_or_default(),
        cotisations: trouvees.as_ref().map(cotisations).unwrap_or_default(),
        etablissement: trouvees
            .as_ref()
            .map(|d| blocs(&d.etablissement))
            .unwrap_or_default(),
        voiles: !permis.perimetre().nir,
        groupes: trouvees.as_ref().map(groupes).unwrap_or_default(),
    };
    Ok(web::page(&visite.cadre("Ce qui a changé"), vue))
}

fn totaux(d: &Differences) -> Vec<(&'static str, Montant, Montant)> {
    vec![
        ("Déclaré à la caisse", d.declare.0, d.declare.1),
        ("Ordonné à la caisse", d.ordonne.0, d.ordonne.1),
    ]
}

fn cotisations(d: &Differences) -> Vec<LigneCotisation> {
    let lignes = d.cotisations.iter().map(|c| LigneCotisation {
        libelle: cotisation(c.cle.bloc, &c.cle.code),
        code: c.cle.code.clone(),
        periode: periode(c.cle.debut.as_deref(), c.cle.fin.as_deref()),
        avant: c.avant,
        apres: c.apres,
        ecart: c.ecart,
    });
    lignes.collect()
}

fn groupes(d: &Differences) -> Vec<Groupe> {
    let entiers = |titre, lus: &[String]| Groupe {
        titre,
        nombre: lus.len(),
        salaries: lus
            .iter()
            .take(SALARIES)
            .map(|clair| salarie(clair, None))
            .collect(),
    };
    let groupes = [
        Groupe {
            titre: "Salariés dont la déclaration change",
            nombre: d.changes.len(),
            salaries: d
                .changes
                .iter()
                .take(SALARIES)
                .map(|c| salarie(&c.apres, Some(c)))
                .collect(),
        },
        entiers("Salariés ajoutés", &d.arrives),
        entiers("Salariés retirés", &d.partis),
    ];
    groupes.into_iter().filter(|g| g.nombre > 0).collect()
}

fn salarie(clair: &str, change: Option<&IndividuChange>) -> Salarie {
    let (nom, numero) = nommer(clair);
    Salarie {
        nom,
        numero,
        blocs: change.map(|c| blocs(&c.blocs)).unwrap_or_default(),
    }
}

fn blocs(changes: &[BlocChange]) -> Vec<Bloc> {
    let blocs = changes.iter().map(|b| Bloc {
        libelle: b.libelle,
        bloc: b.bloc.to_string(),
        identite: identite(&b.identite),
        devenir: match b.devenir {
            Devenir::Ajoute => pastille(Ton::Positif, "Ajouté"),
            Devenir::Retire => pastille(Ton::Danger, "Retiré"),
            Devenir::Change => pastille(Ton::Attention, "Changé"),
        },
        rubriques: b.feuilles.iter().filter_map(rubrique).collect(),
    });
    blocs.collect()
}

fn rubrique((avant, apres): &(Option<Feuille>, Option<Feuille>)) -> Option<LigneRubrique> {
    let une = avant.as_ref().or(apres.as_ref())?;
    let valeur = |f: &Option<Feuille>| f.as_ref().map(en_clair);
    Some(LigneRubrique {
        libelle: une.libelle,
        rubrique: une.rubrique.to_string(),
        avant: valeur(avant),
        apres: valeur(apres),
    })
}

/// Une valeur et ce qu'elle veut dire.
fn en_clair(f: &Feuille) -> String {
    match (&f.valeur, &f.mots) {
        (None, _) => "non montrée à votre service".to_owned(),
        (Some(valeur), None) => valeur.clone(),
        (Some(valeur), Some(mots)) => format!("{valeur}, {mots}"),
    }
}

/// Ce qui reconnaît un bloc, en mots : « assiette brute plafonnée · janvier 2026 ». Deux dates qui se suivent sont une
/// période.
fn identite(feuilles: &[Feuille]) -> String {
    let mut mots = Vec::new();
    let mut suite = feuilles.iter().peekable();
    while let Some(f) = suite.next() {
        if let Some(debut) = f.jour
            && let Some(fin) = suite.next_if(|f| f.jour.is_some()).and_then(|f| f.jour)
        {
            mots.push(periode_en_mots((debut, fin)));
        } else {
            mots.extend(f.mots.clone().or_else(|| f.valeur.clone()));
        }
    }
    mots.join(" · ")
}
