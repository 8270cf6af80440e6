use std::fmt::Display;

use acces::{Objet, Permis, actions};
use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use creances::creances::{Creance, Tri, creances};
use creances::dossiers::{commenter, debiteur_du_matricule};
use droit::Branche;
use jiff::civil::Date;
use serde::Deserialize;
use storage::{ecrire, lire};
use subtle::ConstantTimeEq as _;
use valeurs::{DossierId, Montant, Nir, date_longue};

use super::menage::{Menage, Proche, Quotient, Soin, soins};
use super::rsa::{Declaration, MoisRsa};
use super::{Adherent, Extranet, Transmis};

/// Qui agit sur la caisse au nom de l'extranet.
const AUTEUR: &str = "extranet";
/// Caractères d'un message, au plus.
const MESSAGE_MAX: usize = 2_000;

/// Une panne : dite en une phrase, sans son détail.
pub(super) struct Panne;

impl<E: Display> From<E> for Panne {
    fn from(erreur: E) -> Self {
        eprintln!("extranet : {erreur}");
        Self
    }
}

impl IntoResponse for Panne {
    fn into_response(self) -> Response {
        let phrase = "Le service est en panne. Réessayez dans un moment.";
        (StatusCode::INTERNAL_SERVER_ERROR, phrase).into_response()
    }
}

type Page = Result<Response, Panne>;

/// Ce que toutes les pages ont autour d'elles.
struct Cadre {
    titre: &'static str,
    caisse: &'static str,
    nom: String,
    a_un_menage: bool,
    /// Le chemin de la page.
    ici: &'static str,
}

/// Une entrée du menu.
struct Entree {
    chemin: &'static str,
    libelle: &'static str,
}

impl Cadre {
    fn menu(&self) -> Vec<Entree> {
        const TOUTES: [(&str, &str, bool); 6] = [
            ("/", "Accueil", false),
            ("/remboursements", "Remboursements", true),
            ("/rsa", "Déclaration RSA", true),
            ("/quotient-familial", "Quotient familial", true),
            ("/cotisations", "Sommes à payer", false),
            ("/messages", "Messages", false),
        ];
        TOUTES
            .into_iter()
            .filter(|(_, _, menage)| !menage || self.a_un_menage)
            .map(|(chemin, libelle, _)| Entree { chemin, libelle })
            .collect()
    }
}

fn rendre(gabarit: &impl Template) -> Page {
    Ok(Html(gabarit.render()?).into_response())
}

/// L'adhérent de cette requête, ou la page de connexion.
struct Connecte<'a> {
    extranet: &'a Extranet,
    adherent: &'a Adherent,
    aujourdhui: Date,
}

impl<'a> Connecte<'a> {
    fn de(extranet: &'a Extranet, entetes: &HeaderMap) -> Result<Self, Redirect> {
        let horloge = &extranet.0.horloge;
        let matricule = extranet.0.seances.connecte(entetes, horloge.maintenant());
        let adherent = matricule.and_then(|matricule| {
            let mut adherents = extranet.0.adherents.iter();
            adherents.find(|a| a.identite.matricule.as_str() == matricule)
        });
        adherent.map_or_else(
            || Err(Redirect::to("/connexion")),
            |adherent| {
                Ok(Self {
                    extranet,
                    adherent,
                    aujourdhui: horloge.aujourdhui(),
                })
            },
        )
    }

    fn cadre(&self, titre: &'static str, ici: &'static str) -> Cadre {
        Cadre {
            titre,
            caisse: self.extranet.0.db.caisse().nom(),
            nom: self.adherent.nom(),
            a_un_menage: self.adherent.profil.a_un_menage(),
            ici,
        }
    }

    fn matricule(&self) -> &str {
        self.adherent.identite.matricule.as_str()
    }

    fn menage(&self) -> Menage {
        Menage::de(self.adherent, self.aujourdhui)
    }

    /// Ses créances encore dues, et son dossier.
    async fn dues(&self) -> Result<(DossierId, Vec<Creance>), Panne> {
        let (db, horloge) = (&self.extranet.0.db, &self.extranet.0.horloge);
        let permis: Permis<actions::ConsulterDossier> =
            Permis::operateur(db, horloge, AUTEUR, Objet::Caisse).await?;
        let matricule = &self.adherent.identite.matricule;
        let dossier: Result<Option<DossierId>, creances::Erreur> =
            lire!(db, |tx| debiteur_du_matricule(tx, &permis, matricule).await);
        let dossier = dossier?.ok_or("cet adhérent n'a pas de dossier")?;
        let permis: Permis<actions::ConsulterDossier> =
            Permis::operateur(db, horloge, AUTEUR, Objet::Dossier(dossier)).await?;
        let au = self.aujourdhui;
        let lues: Result<Vec<Creance>, creances::Erreur> = lire!(db, |tx| creances(
            tx,
            &permis,
            dossier,
            au,
            Tri::Exigibilite,
            false
        )
        .await);
        let dues = lues?.into_iter().filter(Creance::est_ouverte).collect();
        Ok((dossier, dues))
    }
}

/// Le connecté, ou la réponse qui mène à la connexion.
macro_rules! connecte {
    ($extranet:expr, $entetes:expr) => {
        match Connecte::de(&$extranet, &$entetes) {
            Ok(connecte) => connecte,
            Err(ailleurs) => return Ok(ailleurs.into_response()),
        }
    };
}

/// De même pour ce qui n'est que d'une personne : une entreprise est menée à son accueil.
macro_rules! personne {
    ($extranet:expr, $entetes:expr) => {{
        let qui = connecte!($extranet, $entetes);
        if !qui.adherent.profil.a_un_menage() {
            return Ok(Redirect::to("/").into_response());
        }
        qui
    }};
}

#[derive(Template)]
#[template(path = "extranet/connexion.html")]
struct VueConnexion {
    caisse: &'static str,
    comptes: Vec<Compte>,
    identifiant: String,
    refuse: bool,
}

/// Un compte de démonstration, montré à qui veut entrer.
struct Compte {
    profil: &'static str,
    matricule: String,
    mot_de_passe: String,
}

fn vue_connexion(extranet: &Extranet, identifiant: String, refuse: bool) -> VueConnexion {
    let comptes = extranet.0.adherents.iter().map(|a| Compte {
        profil: a.profil.libelle(),
        matricule: a.identite.matricule.as_str().to_owned(),
        mot_de_passe: a.mot_de_passe.clone(),
    });
    VueConnexion {
        caisse: extranet.0.db.caisse().nom(),
        comptes: comptes.collect(),
        identifiant,
        refuse,
    }
}

pub(super) async fn connexion(State(extranet): State<Extranet>) -> Page {
    rendre(&vue_connexion(&extranet, String::new(), false))
}

#[derive(Deserialize)]
pub(super) struct Connexion {
    #[serde(default)]
    identifiant: String,
    #[serde(default)]
    mot_de_passe: String,
}

pub(super) async fn se_connecter(State(extranet): State<Extranet>, Form(f): Form<Connexion>) -> Page {
    let identifiant = f.identifiant.trim();
    let connu = extranet.0.adherents.iter().find(|a| {
        let juste = a.mot_de_passe.as_bytes().ct_eq(f.mot_de_passe.trim().as_bytes());
        a.identite.matricule.as_str() == identifiant && bool::from(juste)
    });
    match connu {
        Some(adherent) => {
            let matricule = adherent.identite.matricule.as_str();
            let cookie = extranet
                .0
                .seances
                .ouvrir(matricule, extranet.0.horloge.maintenant());
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response())
        }
        None => {
            let page = rendre(&vue_connexion(&extranet, identifiant.to_owned(), true))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

pub(super) async fn se_deconnecter(State(extranet): State<Extranet>, entetes: HeaderMap) -> Response {
    let efface = extranet.0.seances.fermer(&entetes);
    ([(header::SET_COOKIE, efface)], Redirect::to("/connexion")).into_response()
}

#[derive(Template)]
#[template(path = "extranet/accueil.html")]
struct VueAccueil {
    cadre: Cadre,
    matricule: String,
    nir: Option<String>,
    adresse: String,
    proches: Vec<Proche>,
    du: Montant,
    combien: usize,
    transmis: Vec<Transmis>,
}

pub(super) async fn accueil(State(extranet): State<Extranet>, entetes: HeaderMap) -> Page {
    let qui = connecte!(extranet, entetes);
    let (_, dues) = qui.dues().await?;
    let menage = qui.menage();
    let personne = &qui.adherent.identite.personne;
    rendre(&VueAccueil {
        cadre: qui.cadre("Votre espace", "/"),
        matricule: qui.matricule().to_owned(),
        nir: personne.nir().map(Nir::afficher),
        adresse: menage.adresse,
        proches: if qui.adherent.profil.a_un_menage() {
            menage.proches
        } else {
            Vec::new()
        },
        du: Montant::somme(dues.iter().map(|c| c.reste))?,
        combien: dues.len(),
        transmis: extranet.transmis(qui.matricule()),
    })
}

#[derive(Template)]
#[template(path = "extranet/remboursements.html")]
struct VueRemboursements {
    cadre: Cadre,
    soins: Vec<Soin>,
    total: Montant,
}

pub(super) async fn remboursements(State(extranet): State<Extranet>, entetes: HeaderMap) -> Page {
    let qui = personne!(extranet, entetes);
    let soins = soins(qui.adherent, &qui.menage(), qui.aujourdhui);
    rendre(&VueRemboursements {
        cadre: qui.cadre("Vos remboursements", "/remboursements"),
        total: Montant::somme(soins.iter().map(|soin| soin.rembourse))?,
        soins,
    })
}

#[derive(Template)]
#[template(path = "extranet/quotient.html")]
struct VueQuotient {
    cadre: Cadre,
    nom: String,
    le: String,
    menage: Menage,
    quotient: Quotient,
}

pub(super) async fn quotient(State(extranet): State<Extranet>, entetes: HeaderMap) -> Page {
    let qui = personne!(extranet, entetes);
    let menage = qui.menage();
    rendre(&VueQuotient {
        cadre: qui.cadre("Attestation de quotient familial", "/quotient-familial"),
        nom: qui.adherent.nom(),
        le: date_longue(qui.aujourdhui),
        quotient: menage.quotient(),
        menage,
    })
}

#[derive(Template)]
#[template(path = "extranet/rsa.html")]
struct VueRsa {
    cadre: Cadre,
    mois: Vec<MoisRsa>,
    declaration: Declaration,
    fautes: usize,
    /// L'adhérent n'a pas attesté.
    non_atteste: bool,
}

fn vue_rsa(qui: &Connecte<'_>, declaration: Declaration, verifier: bool) -> VueRsa {
    let mois = declaration.mois(qui.aujourdhui, verifier);
    let champs = mois.iter().flat_map(|mois| &mois.champs);
    VueRsa {
        cadre: qui.cadre("Déclaration trimestrielle RSA", "/rsa"),
        fautes: champs.filter(|champ| champ.erreur.is_some()).count(),
        non_atteste: verifier && declaration.valeur("atteste") != "oui",
        mois,
        declaration,
    }
}

pub(super) async fn rsa(State(extranet): State<Extranet>, entetes: HeaderMap) -> Page {
    let qui = personne!(extranet, entetes);
    rendre(&vue_rsa(&qui, Declaration::connue(&qui.menage()), false))
}

pub(super) async fn declarer(
    State(extranet): State<Extranet>,
    entetes: HeaderMap,
    Form(paires): Form<Vec<(String, String)>>,
) -> Page {
    let qui = personne!(extranet, entetes);
    let vue = vue_rsa(&qui, Declaration::lire(paires), true);
    if vue.fautes > 0 || vue.non_atteste {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, rendre(&vue)?).into_response());
    }
    let total = vue.declaration.total(&vue.mois)?;
    extranet.noter(
        qui.matricule(),
        Transmis {
            jour: qui.aujourdhui,
            objet: "Déclaration trimestrielle RSA".to_owned(),
            texte: format!("{total} déclarés sur trois mois."),
        },
    );
    Ok(Redirect::to("/").into_response())
}

#[derive(Template)]
#[template(path = "extranet/cotisations.html")]
struct VueCotisations {
    cadre: Cadre,
    cotisations: bool,
    dues: Vec<Creance>,
    total: Montant,
    /// La demande vient d'être transmise.
    transmise: bool,
    erreur: Option<&'static str>,
}

async fn vue_cotisations(qui: &Connecte<'_>, transmise: bool) -> Result<VueCotisations, Panne> {
    let (_, dues) = qui.dues().await?;
    Ok(VueCotisations {
        cadre: qui.cadre("Sommes à payer", "/cotisations"),
        cotisations: dues.iter().any(|c| c.branche() == Branche::Cotisations),
        total: Montant::somme(dues.iter().map(|c| c.reste))?,
        dues,
        transmise,
        erreur: None,
    })
}

pub(super) async fn cotisations(State(extranet): State<Extranet>, entetes: HeaderMap) -> Page {
    let qui = connecte!(extranet, entetes);
    rendre(&vue_cotisations(&qui, false).await?)
}

#[derive(Deserialize)]
pub(super) struct Demande {
    #[serde(default)]
    mensualites: String,
    #[serde(default)]
    motif: String,
}

/// La demande va à la fiche du dossier : c'est là que le service la lit.
pub(super) async fn demander_un_echeancier(
    State(extranet): State<Extranet>,
    entetes: HeaderMap,
    Form(f): Form<Demande>,
) -> Page {
    let qui = connecte!(extranet, entetes);
    let (dossier, dues) = qui.dues().await?;
    let nombre: Option<u8> = f.mensualites.trim().parse().ok().filter(|n| (2..=36).contains(n));
    let motif: String = f.motif.trim().chars().take(MESSAGE_MAX).collect();
    let (Some(nombre), false) = (nombre, dues.is_empty()) else {
        let mut vue = vue_cotisations(&qui, false).await?;
        vue.erreur = Some("Choisissez de 2 à 36 mensualités.");
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, rendre(&vue)?).into_response());
    };
    let total = Montant::somme(dues.iter().map(|c| c.reste))?;
    let mut texte = format!("Demande d’échéancier par l’extranet : {total} en {nombre} mensualités.");
    if !motif.is_empty() {
        texte.push_str(&format!(" Motif : {motif}"));
    }
    let db = &extranet.0.db;
    let permis: Permis<actions::CommenterDossier> =
        Permis::operateur(db, &extranet.0.horloge, AUTEUR, Objet::Dossier(dossier)).await?;
    let note: Result<(), creances::Erreur> =
        ecrire!(db, |tx| commenter(db, tx, &permis, dossier, &texte).await);
    note?;
    extranet.noter(
        qui.matricule(),
        Transmis {
            jour: qui.aujourdhui,
            objet: "Demande d’échéancier".to_owned(),
            texte: format!("{total} en {nombre} mensualités."),
        },
    );
    rendre(&vue_cotisations(&qui, true).await?)
}

#[derive(Template)]
#[template(path = "extranet/messages.html")]
struct VueMessages {
    cadre: Cadre,
    transmis: Vec<Transmis>,
    bienvenue: String,
    erreur: bool,
}

fn vue_messages(qui: &Connecte<'_>, erreur: bool) -> VueMessages {
    VueMessages {
        cadre: qui.cadre("Vos messages", "/messages"),
        transmis: qui.extranet.transmis(qui.matricule()),
        bienvenue: format!(
            "Bonjour {}, votre espace est ouvert. Pour toute question, écrivez-nous ici.",
            qui.adherent.nom()
        ),
        erreur,
    }
}

pub(super) async fn messages(State(extranet): State<Extranet>, entetes: HeaderMap) -> Page {
    let qui = connecte!(extranet, entetes);
    rendre(&vue_messages(&qui, false))
}

#[derive(Deserialize)]
pub(super) struct Message {
    #[serde(default)]
    objet: String,
    #[serde(default)]
    texte: String,
}

pub(super) async fn ecrire_un_message(
    State(extranet): State<Extranet>,
    entetes: HeaderMap,
    Form(f): Form<Message>,
) -> Page {
    let qui = connecte!(extranet, entetes);
    let texte: String = f.texte.trim().chars().take(MESSAGE_MAX).collect();
    if texte.is_empty() {
        let page = rendre(&vue_messages(&qui, true))?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let objet: String = f.objet.trim().chars().take(120).collect();
    extranet.noter(
        qui.matricule(),
        Transmis {
            jour: qui.aujourdhui,
            objet: if objet.is_empty() {
                "Message".to_owned()
            } else {
                objet
            },
            texte,
        },
    );
    Ok(Redirect::to("/messages").into_response())
}
