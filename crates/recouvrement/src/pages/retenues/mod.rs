//! Ce qu'un mois laisse prendre à un débiteur, et ce qu'il lui laisse : la retenue sur ses prestations, la part saisissable
//! de son revenu. Rien n'en est gardé ; ce qui est saisi n'est jamais dans l'adresse.

mod prestations;
mod revenu;

use acces::{Visite, actions};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use creances::creances::Creance;
use creances::pages::permis_de_la_creance;
use droit::{Etape, Nature, citer};
use jiff::civil::Date;
use storage::lire;
use valeurs::Montant;
use web::fragments::{self, Champ, ChampJeton, Chiffre, Chiffres, EntetePage, Lien, ResumeErreurs};
use web::{ErreurChamp, Formulaire, Numero, lire_date};

/// Ce que le mois d'un débiteur laisse prendre.
pub(super) const RETENUE: &str = "/{caisse}/creances/{creance}/retenue";

type Consultation = Visite<actions::ConsulterDossier>;

/// Des champs sous un titre ; repliés s'ils ne servent que parfois.
struct Groupe {
    titre: &'static str,
    replie: bool,
    champs: Vec<Champ>,
}

impl Groupe {
    /// Une faute d'un de ses champs s'y dit, et l'ouvre.
    fn marquer(self, erreurs: &[ErreurChamp]) -> Self {
        let champs = self.champs.into_iter().map(|champ| champ.parmi(erreurs));
        let champs: Vec<Champ> = champs.collect();
        Self {
            replie: self.replie && !champs.iter().any(Champ::est_fautif),
            champs,
            ..self
        }
    }
}

/// Un pas du calcul et ce qu'il ajoute au résultat.
struct PasCalcul {
    phrase: String,
    articles: String,
    montant: Option<Montant>,
}

/// Un calcul fait.
struct Resultat {
    chiffres: Chiffres,
    pas: Vec<PasCalcul>,
    version: &'static str,
}

impl Resultat {
    fn nouveau(chiffres: Vec<Chiffre>, etapes: &[Etape], version: &'static str) -> Self {
        let pas = etapes.iter().map(|etape| PasCalcul {
            phrase: etape.phrase.clone(),
            articles: citer(etape.articles),
            montant: etape.montant,
        });
        Self {
            chiffres: fragments::chiffres(chiffres),
            pas: pas.collect(),
            version,
        }
    }
}

/// Un calcul : ce qu'il demande, et ce qu'il rend.
struct Calcul {
    titre: &'static str,
    url: String,
    groupes: Vec<Groupe>,
    resultat: Option<Resultat>,
}

#[derive(Template)]
#[template(path = "retenue.html")]
struct Vue {
    entete: EntetePage,
    resume: ResumeErreurs,
    jeton: ChampJeton,
    calculs: Vec<Calcul>,
}

pub(super) async fn montrer(visite: Consultation, Numero(id): Numero<i64>) -> Result<Response, web::Erreur> {
    let creance = creance(&visite, id).await?;
    page(&visite, &creance, None, None)
}

pub(super) async fn retenir(
    visite: Consultation,
    Numero(id): Numero<i64>,
    Formulaire(saisie): Formulaire<prestations::Saisie>,
) -> Result<Response, web::Erreur> {
    let creance = creance(&visite, id).await?;
    page(&visite, &creance, Some(saisie), None)
}

pub(super) async fn saisir(
    visite: Consultation,
    Numero(id): Numero<i64>,
    Formulaire(saisie): Formulaire<revenu::Saisie>,
) -> Result<Response, web::Erreur> {
    let creance = creance(&visite, id).await?;
    page(&visite, &creance, None, Some(saisie))
}

/// La créance, lue une fois que son accès est au journal.
async fn creance(visite: &Consultation, id: i64) -> Result<Creance, web::Erreur> {
    let (permis, _) = permis_de_la_creance(visite, id).await?;
    let au = visite.aujourdhui();
    let lue: Result<Option<Creance>, creances::Erreur> =
        lire!(visite.db(), |tx| creances::creances::creance(tx, &permis, id, au)
            .await);
    lue?.ok_or(web::Erreur::NonTrouve)
}

/// Une cotisation, ou ce que doit un professionnel de santé, ne se retient pas sur les prestations d'un foyer : seul le
/// revenu se saisit.
fn page(
    visite: &Consultation,
    creance: &Creance,
    retenue: Option<prestations::Saisie>,
    saisie: Option<revenu::Saisie>,
) -> Result<Response, web::Erreur> {
    let url = |gabarit: &str| visite.url(&gabarit.replace("{creance}", &creance.id.to_string()));
    let (jour, action) = (visite.aujourdhui(), url(RETENUE));
    let mut erreurs = Vec::new();
    let mut calculs = Vec::new();
    let mut calculer = |titre, chemin: &str, groupes: Vec<Groupe>, calcul: Option<Result<_, _>>| {
        let resultat = calcul.and_then(|calcul| calcul.map_err(|erreur| erreurs.push(erreur)).ok());
        calculs.push(Calcul {
            titre,
            url: format!("{action}/{chemin}"),
            groupes: groupes
                .into_iter()
                .map(|groupe| groupe.marquer(&erreurs))
                .collect(),
            resultat,
        });
    };
    if matches!(creance.nature, Nature::Indu(_)) {
        let calcul = retenue.as_ref().map(prestations::Saisie::calculer);
        let saisie = retenue.unwrap_or_else(|| prestations::Saisie::proposee(creance, jour));
        calculer(
            "Retenue sur les prestations",
            "prestations",
            saisie.groupes(),
            calcul,
        );
    }
    let calcul = saisie.as_ref().map(revenu::Saisie::calculer);
    let saisie = saisie.unwrap_or_else(|| revenu::Saisie::proposee(jour));
    calculer("Part saisissable du revenu", "revenu", saisie.groupes(), calcul);
    let titre = "Retenue et saisie";
    let vue = Vue {
        entete: EntetePage::nouveau(titre)
            .fil(vec![
                Lien::nouveau(
                    "Dossier",
                    visite.url(&format!("/{{caisse}}/dossiers/{}", creance.dossier)),
                ),
                Lien::nouveau("Procédure", url("/{caisse}/creances/{creance}/procedure")),
            ])
            .sous_titre(
                "Ce qu’un mois laisse prendre, et ce que le débiteur garde ; rien n’est gardé de ces calculs",
            ),
        resume: fragments::resume_erreurs(&erreurs),
        jeton: fragments::champ_jeton(visite.jeton()),
        calculs,
    };
    let page = web::page(&visite.cadre(titre), vue);
    if erreurs.is_empty() {
        Ok(page)
    } else {
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    }
}

/// La somme d'un champ ; `None` s'il est vide.
fn montant(champ: &'static str, texte: &str) -> Result<Option<Montant>, ErreurChamp> {
    match texte.trim() {
        "" => Ok(None),
        texte => Montant::lire_francais(texte)
            .map(Some)
            .map_err(|faute| ErreurChamp::nouvelle(champ, web::phrase(faute))),
    }
}

/// La somme d'un champ qu'il faut remplir.
fn exige(champ: &'static str, texte: &str) -> Result<Montant, ErreurChamp> {
    montant(champ, texte)?
        .ok_or_else(|| ErreurChamp::nouvelle(champ, "Écrivez un montant, 0,00 s’il est nul."))
}

/// La date d'un champ ; `None` s'il est vide.
fn date(champ: &'static str, texte: &str) -> Result<Option<Date>, ErreurChamp> {
    match texte.trim() {
        "" => Ok(None),
        texte => lire_date(champ, texte).map(Some),
    }
}

/// Une date qu'il faut donner.
fn jour(champ: &'static str, texte: &str) -> Result<Date, ErreurChamp> {
    date(champ, texte)?.ok_or_else(|| ErreurChamp::nouvelle(champ, "Écrivez une date."))
}

/// Un nombre de personnes ; zéro si le champ est vide.
fn personnes(champ: &'static str, texte: &str) -> Result<u16, ErreurChamp> {
    match texte.trim() {
        "" => Ok(0),
        texte => texte
            .parse()
            .map_err(|_| ErreurChamp::nouvelle(champ, "Écrivez un nombre entier.")),
    }
}
