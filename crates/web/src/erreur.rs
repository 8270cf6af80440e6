//! Les refus : leur état HTTP, leur code stable, leur page.

use std::{borrow::Cow, error::Error, fmt::Display, sync::Arc, time::Duration};

use askama::Template;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use crate::{Affichage, Cadre, RequeteId, cadre};

/// Pourquoi une page n'est pas rendue.
///
/// Le `Display` est la phrase que l'utilisateur lit. Aucun champ ne porte de donnée personnelle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Erreur {
    /// Rien à cette adresse, ou rien que l'agent ait le droit de savoir là.
    #[error("Cette page n’existe pas, ou elle n’est pas ouverte à votre compte.")]
    NonTrouve,
    /// L'habilitation ou l'origine de la requête ne le permet pas.
    #[error("{motif}")]
    Interdit {
        /// La phrase montrée.
        motif: Cow<'static, str>,
    },
    /// Le jeton du formulaire n'est pas celui de la session.
    #[error("Ce formulaire n’est plus valable : la session a changé depuis son affichage.")]
    Perime,
    /// Ce que l'on modifie a changé entre-temps, ou n'est plus dans l'état voulu.
    #[error("{motif}")]
    Conflit {
        /// La phrase montrée.
        motif: Cow<'static, str>,
    },
    /// La saisie ne se lit pas. Une page qui réaffiche son formulaire avec ses erreurs vaut mieux.
    #[error("Certains champs ne sont pas valables.")]
    Invalide {
        /// Un champ, une phrase.
        champs: Vec<ErreurChamp>,
    },
    /// Ce qui est envoyé dépasse la taille admise.
    #[error("Cet envoi dépasse la taille admise, {}.", taille(*.limite_octets))]
    TropGrand {
        /// La taille admise, en octets.
        limite_octets: usize,
    },
    /// L'adresse du client va trop vite.
    #[error("Trop de demandes en peu de temps depuis votre adresse.")]
    TropDeRequetes {
        /// Le temps à attendre.
        apres: Duration,
    },
    /// Une panne de notre côté ; la cause va au journal technique, pas à l'écran.
    #[error("Une erreur interne a interrompu cette demande.")]
    Interne {
        /// La cause et ses causes, sans donnée personnelle.
        cause: String,
    },
}

/// Un champ refusé.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErreurChamp {
    /// Le nom du champ dans le formulaire.
    pub champ: Cow<'static, str>,
    /// Ce qu'il faut écrire ; ne répète pas la valeur saisie.
    pub message: String,
}

impl ErreurChamp {
    /// Ce champ, cette phrase.
    pub fn nouvelle(champ: impl Into<Cow<'static, str>>, message: impl Display) -> Self {
        Self {
            champ: champ.into(),
            message: message.to_string(),
        }
    }
}

impl Erreur {
    /// Une panne, avec la chaîne de ses causes.
    #[must_use]
    pub fn interne(erreur: &dyn Error) -> Self {
        let mut cause = erreur.to_string();
        let mut suite = erreur.source();
        while let Some(source) = suite {
            cause.push_str(" : ");
            cause.push_str(&source.to_string());
            suite = source.source();
        }
        Self::Interne { cause }
    }

    /// Le code stable, cité par la documentation et l'assistance.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NonTrouve => "WEB-001",
            Self::Interdit { .. } => "WEB-002",
            Self::Perime => "WEB-003",
            Self::Conflit { .. } => "WEB-004",
            Self::Invalide { .. } => "WEB-005",
            Self::TropGrand { .. } => "WEB-006",
            Self::TropDeRequetes { .. } => "WEB-007",
            Self::Interne { .. } => "WEB-008",
        }
    }

    /// L'état HTTP.
    #[must_use]
    pub const fn etat(&self) -> StatusCode {
        match self {
            Self::NonTrouve => StatusCode::NOT_FOUND,
            Self::Interdit { .. } | Self::Perime => StatusCode::FORBIDDEN,
            Self::Conflit { .. } => StatusCode::CONFLICT,
            Self::Invalide { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TropGrand { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TropDeRequetes { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Interne { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    const fn titre(&self) -> &'static str {
        match self {
            Self::NonTrouve => "Page introuvable",
            Self::Interdit { .. } => "Accès refusé",
            Self::Perime => "Formulaire périmé",
            Self::Conflit { .. } => "Action impossible en l’état",
            Self::Invalide { .. } => "Saisie à corriger",
            Self::TropGrand { .. } => "Envoi trop volumineux",
            Self::TropDeRequetes { .. } => "Un instant",
            Self::Interne { .. } => "Erreur interne",
        }
    }

    fn conduite(&self) -> String {
        match self {
            Self::NonTrouve => "Vérifiez l’adresse, ou reprenez depuis l’accueil.".to_owned(),
            Self::Interdit { .. } => {
                "Si votre travail le demande, voyez l’administrateur des habilitations de votre caisse."
                    .to_owned()
            }
            Self::Perime => "Revenez au formulaire, rechargez la page, puis recommencez.".to_owned(),
            Self::Conflit { .. } => {
                "Revenez en arrière, rechargez la page pour voir l’état présent, puis décidez.".to_owned()
            }
            Self::Invalide { .. } => "Revenez au formulaire et corrigez ces champs.".to_owned(),
            Self::TropGrand { .. } => "Envoyez le contenu en plusieurs fois.".to_owned(),
            Self::TropDeRequetes { apres } => {
                let secondes = secondes_entieres(*apres);
                let pluriel = if secondes > 1 { "s" } else { "" };
                format!("Réessayez dans {secondes}\u{A0}seconde{pluriel}.")
            }
            Self::Interne { .. } => "Rien n’a été enregistré à moitié. Recommencez ; si l’erreur revient, \
                 donnez le numéro ci-dessous à l’assistance."
                .to_owned(),
        }
    }
}

/// Au moins une seconde : zéro inviterait à recommencer aussitôt.
fn secondes_entieres(duree: Duration) -> u64 {
    duree.as_secs() + u64::from(duree.subsec_nanos() > 0 || duree.is_zero())
}

fn taille(octets: usize) -> String {
    const KIO: usize = 1 << 10;
    const MIO: usize = 1 << 20;
    if octets >= MIO {
        format!("{}\u{A0}Mio", octets / MIO)
    } else {
        format!("{}\u{A0}Kio", octets / KIO)
    }
}

#[derive(Template)]
#[template(path = "erreur.html")]
struct PageErreur<'a> {
    erreur: &'a Erreur,
    id: RequeteId,
}

/// L'erreur servie, gardée dans les extensions de la réponse pour [`rhabiller`].
#[derive(Clone)]
struct Servie(Arc<(Erreur, RequeteId)>);

impl IntoResponse for Erreur {
    /// Une page nue, avec le code et le numéro de la requête ; la cause d'une panne va au journal technique.
    fn into_response(self) -> Response {
        let id = RequeteId::courante();
        if let Self::Interne { cause } = &self {
            tracing::error!(requete = %id, code = self.code(), cause, "erreur interne");
        }
        repondre(&Cadre::default(), Servie(Arc::new((self, id))))
    }
}

fn repondre(cadre: &Cadre, servie: Servie) -> Response {
    let (erreur, id) = &*servie.0;
    let cadre = Cadre {
        titre: erreur.titre().to_owned(),
        affichage: Affichage::Etroit,
        avis: None,
        ..cadre.clone()
    };
    let corps = cadre::rendre(&cadre, &PageErreur { erreur, id: *id }).map(Html);
    let mut reponse = match corps {
        Ok(corps) => (erreur.etat(), corps).into_response(),
        Err(_) => (erreur.etat(), erreur.to_string()).into_response(),
    };
    if let Erreur::TropDeRequetes { apres } = erreur {
        reponse
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(secondes_entieres(*apres)));
    }
    reponse.extensions_mut().insert(servie);
    reponse
}

/// Met la page d'une [`Erreur`] dans le cadre d'un agent connecté ; toute autre réponse passe telle quelle.
///
/// La couche de connexion l'appelle sur ce que rend la suite : l'erreur naît là où l'on ne sait pas qui
/// demande.
#[must_use]
pub fn rhabiller(cadre: &Cadre, reponse: Response) -> Response {
    let Some(servie) = reponse.extensions().get::<Servie>().cloned() else {
        return reponse;
    };
    let (parties, _) = reponse.into_parts();
    let mut rhabillee = repondre(cadre, servie);
    for temoin in parties.headers.get_all(header::SET_COOKIE) {
        rhabillee.headers_mut().append(header::SET_COOKIE, temoin.clone());
    }
    rhabillee
}

/// Ce qu'une erreur dit, comme un écran l'écrit : majuscule en tête, apostrophe typographique.
#[must_use]
pub fn phrase(erreur: impl Display) -> String {
    majuscule(erreur.to_string().replace('\'', "’"))
}

/// Un texte, majuscule en tête.
#[must_use]
pub fn majuscule(texte: impl Display) -> String {
    let texte = texte.to_string();
    let mut lettres = texte.chars();
    lettres.next().map_or_else(String::new, |premiere| {
        premiere.to_uppercase().chain(lettres).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toutes() -> Vec<Erreur> {
        vec![
            Erreur::NonTrouve,
            Erreur::Interdit { motif: "Non.".into() },
            Erreur::Perime,
            Erreur::Conflit {
                motif: "Déjà classé.".into(),
            },
            Erreur::Invalide {
                champs: vec![ErreurChamp::nouvelle("du", "Écrivez une date.")],
            },
            Erreur::TropGrand {
                limite_octets: 64 << 20,
            },
            Erreur::TropDeRequetes {
                apres: Duration::from_millis(1_200),
            },
            Erreur::Interne {
                cause: "disque plein".to_owned(),
            },
        ]
    }

    #[test]
    fn chaque_erreur_dit_ce_qui_est_arrive_et_quoi_faire() {
        let lues: Vec<String> = toutes()
            .iter()
            .map(|e| {
                format!(
                    "{} {} {} — {} {}",
                    e.code(),
                    e.etat().as_u16(),
                    e.titre(),
                    e,
                    e.conduite()
                )
            })
            .collect();
        insta::assert_snapshot!(lues.join("\n"));
    }

    #[test]
    fn une_attente_s_arrondit_a_la_seconde_du_dessus() {
        assert_eq!(secondes_entieres(Duration::ZERO), 1);
        assert_eq!(secondes_entieres(Duration::from_millis(1)), 1);
        assert_eq!(secondes_entieres(Duration::from_secs(2)), 2);
        assert_eq!(secondes_entieres(Duration::from_millis(2_001)), 3);
    }

    #[test]
    fn une_panne_garde_la_chaine_de_ses_causes() {
        #[derive(Debug, thiserror::Error)]
        #[error("lecture du relevé")]
        struct Lecture(#[source] std::io::Error);

        let erreur = Erreur::interne(&Lecture(std::io::Error::other("disque plein")));
        assert_eq!(
            erreur,
            Erreur::Interne {
                cause: "lecture du relevé : disque plein".to_owned()
            }
        );
    }
}
