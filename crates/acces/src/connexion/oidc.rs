//! La connexion par un fournisseur d'identité (OpenID Connect, code d'autorisation, PKCE, nonce, état).

use std::collections::HashMap;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreResponseType,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthenticationFlow, AuthorizationCode, Client, ClientId, ClientSecret,
    CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, StandardErrorResponse,
    StandardTokenResponse, TokenResponse as _, UserInfoClaims, reqwest,
};
use serde::{Deserialize, Serialize};
use storage::{ecrire, sql};

use super::locale::{noter_ouverture, noter_refus};
use super::{Fournisseur, frein};
use crate::agents::{Compte, compte};
use crate::garde::Contexte;
use crate::journal::Issue;
use crate::session::{self, AgentConnecte, Etape, Jeton, fermer_celles_de, lire_cookie, poser};
use crate::{CodeAction, Erreur, Objet, Role};

/// Temps laissé au fournisseur pour répondre à chaque appel.
const DELAI: Duration = Duration::from_secs(10);
/// Temps laissé à l'agent chez le fournisseur, en secondes.
const DUREE_DEPART: i64 = 600;

/// Toutes les revendications : celle qui porte les groupes est choisie par la caisse.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Revendications {
    #[serde(flatten)]
    toutes: HashMap<String, serde_json::Value>,
}
impl AdditionalClaims for Revendications {}

type Champs = IdTokenFields<
    Revendications,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type ClientOidc = Client<
    Revendications,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Champs, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Où envoyer l'agent, et le cookie qui attendra son retour.
pub(crate) struct Depart {
    pub(crate) adresse: String,
    pub(crate) cookie: HeaderValue,
}

/// Ce que l'aller doit retrouver au retour, dans un cookie du seul navigateur de l'agent.
#[derive(Serialize, Deserialize)]
struct Aller {
    etat: String,
    nonce: String,
    verifieur: String,
    expire: i64,
}

/// Prépare l'aller chez le fournisseur.
pub(crate) async fn depart(contexte: &Contexte, fournisseur: &Fournisseur) -> Result<Depart, Erreur> {
    let (client, _) = client(contexte, fournisseur).await?;
    let (defi, verifieur) = PkceCodeChallenge::new_random_sha256();
    let mut demande = client
        .authorize_url(
            AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        )
        .add_scope(Scope::new("profile".to_owned()))
        .set_pkce_challenge(defi);
    for portee in &fournisseur.portees {
        demande = demande.add_scope(Scope::new(portee.clone()));
    }
    let (adresse, etat, nonce) = demande.url();
    let aller = Aller {
        etat: etat.secret().clone(),
        nonce: nonce.secret().clone(),
        verifieur: verifieur.secret().clone(),
        expire: contexte.maison.horloge().maintenant().as_second() + DUREE_DEPART,
    };
    let valeur = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&aller).map_err(|_| Erreur::Calcul)?);
    // Lax : le retour vient du site du fournisseur, un cookie Strict n'en serait pas.
    let cookie = poser(&format!(
        "{}={valeur}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={DUREE_DEPART}",
        nom_du_cookie(contexte)
    ));
    Ok(Depart {
        adresse: adresse.to_string(),
        cookie,
    })
}

/// Juge le retour du fournisseur ; rend un jeton de session, ou rien s'il est refusé (la raison va aux traces
/// techniques).
pub(crate) async fn retour(
    contexte: &Contexte,
    fournisseur: &Fournisseur,
    entetes: &HeaderMap,
    code: &str,
    etat: &str,
) -> Result<Option<Jeton>, Erreur> {
    let (db, maintenant) = (&contexte.caisse.db, contexte.maison.horloge().maintenant());
    if frein::essayer(db, frein::ADRESSE, &contexte.client, maintenant)
        .await?
        .is_some()
    {
        return Ok(None);
    }
    let aller = lire_cookie(entetes, &nom_du_cookie(contexte))
        .and_then(|v| URL_SAFE_NO_PAD.decode(v).ok())
        .and_then(|v| serde_json::from_slice::<Aller>(&v).ok())
        .filter(|a| bool::from(subtle::ConstantTimeEq::ct_eq(a.etat.as_bytes(), etat.as_bytes())))
        .filter(|a| a.expire > maintenant.as_second());
    let Some(aller) = aller else {
        tracing::warn!(caisse = %contexte.caisse.code, "retour OpenID Connect sans aller correspondant");
        return Ok(None);
    };
    let revendications = match interroger(contexte, fournisseur, aller, code).await {
        Ok(revendications) => revendications,
        Err(Refus::Fournisseur(raison)) => {
            tracing::warn!(caisse = %contexte.caisse.code, raison, "retour OpenID Connect refusé");
            return Ok(None);
        }
        Err(Refus::Interne(e)) => return Err(e),
    };
    let trouve = match revendications.identifiant.to_lowercase() {
        identifiant if identifiant.is_empty() => None,
        identifiant => compte(db, &identifiant).await?.filter(|c| c.agent.actif),
    };
    let role = revendications
        .groupes
        .iter()
        .find_map(|g| fournisseur.roles.get(g))
        .copied();
    let (Some(compte), Some(role)) = (trouve, role) else {
        noter_refus(contexte, None, "fournisseur d’identité").await?;
        return Ok(None);
    };
    suivre_role(contexte, &compte, role).await?;
    let agent = AgentConnecte {
        id: compte.agent.id,
        identifiant: compte.agent.identifiant,
        nom: compte.agent.nom,
        role,
    };
    frein::decompter(db, frein::ADRESSE, &contexte.client).await?;
    noter_ouverture(contexte, &agent).await?;
    Ok(Some(
        session::ouvrir(db, agent.id, Etape::Ouverte, Some(&contexte.jeton), maintenant).await?,
    ))
}

/// Le fournisseur fait foi du rôle : s'il a changé, le compte le prend et ses autres sessions se ferment.
async fn suivre_role(contexte: &Contexte, compte: &Compte, role: Role) -> Result<(), Erreur> {
    if compte.agent.role == role {
        return Ok(());
    }
    let avant = AgentConnecte {
        id: compte.agent.id,
        identifiant: compte.agent.identifiant.clone(),
        nom: compte.agent.nom.clone(),
        role: compte.agent.role,
    };
    let motif = format!("rôle {role} repris du fournisseur d’identité");
    let action = CodeAction::GererAgents.code();
    contexte
        .noter(&avant, action, Objet::Caisse, Issue::Accorde, Some(&motif))
        .await?;
    ecrire!(contexte.caisse.db, |tx| {
        sql!("UPDATE agent SET role = $2 WHERE id = $1")
            .bind(compte.agent.id)
            .bind(role.code())
            .executer(tx)
            .await?;
        fermer_celles_de(tx, compte.agent.id).await
    })?;
    Ok(())
}

/// Efface le cookie de l'aller.
pub(crate) fn effacer_aller(contexte: &Contexte) -> HeaderValue {
    poser(&format!(
        "{}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0",
        nom_du_cookie(contexte)
    ))
}

fn nom_du_cookie(contexte: &Contexte) -> String {
    format!("__Host-sillon-oidc-{}", contexte.caisse.code)
}

enum Refus {
    Fournisseur(String),
    Interne(Erreur),
}

struct Identite {
    identifiant: String,
    groupes: Vec<String>,
}

async fn interroger(
    contexte: &Contexte,
    fournisseur: &Fournisseur,
    aller: Aller,
    code: &str,
) -> Result<Identite, Refus> {
    let non = |quoi: &str, e: &dyn std::fmt::Display| Refus::Fournisseur(format!("{quoi} : {e}"));
    let (client, http) = client(contexte, fournisseur).await.map_err(Refus::Interne)?;
    let jetons = client
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .map_err(|e| non("adresse des jetons", &e))?
        .set_pkce_verifier(PkceCodeVerifier::new(aller.verifieur))
        .request_async(&http)
        .await
        .map_err(|e| non("échange du code", &e))?;
    let identite = jetons
        .id_token()
        .ok_or_else(|| non("jeton d’identité", &"absent"))?;
    let verifieur = client.id_token_verifier();
    let revendications = identite
        .claims(&verifieur, &Nonce::new(aller.nonce))
        .map_err(|e| non("jeton d’identité", &e))?;
    if let Some(attendue) = revendications.access_token_hash() {
        let algorithme = identite.signing_alg().map_err(|e| non("signature", &e))?;
        let cle = identite
            .signing_key(&verifieur)
            .map_err(|e| non("signature", &e))?;
        let empreinte = AccessTokenHash::from_token(jetons.access_token(), algorithme, cle)
            .map_err(|e| non("empreinte du jeton d’accès", &e))?;
        if empreinte != *attendue {
            return Err(non("empreinte du jeton d’accès", &"différente"));
        }
    }
    let mut groupes = lire_groupes(revendications.additional_claims(), fournisseur);
    let mut nom = revendications.preferred_username().map(|n| n.to_string());
    // Beaucoup de fournisseurs ne donnent ces revendications qu'à cette adresse (OpenID Connect Core, 5.4).
    if let Ok(demande) = client.user_info(
        jetons.access_token().clone(),
        Some(revendications.subject().clone()),
    ) {
        let infos: UserInfoClaims<Revendications, CoreGenderClaim> = demande
            .request_async(&http)
            .await
            .map_err(|e| non("informations de l’agent", &e))?;
        groupes.extend(lire_groupes(infos.additional_claims(), fournisseur));
        nom = nom.or_else(|| infos.preferred_username().map(|n| n.to_string()));
    }
    let identifiant = nom.unwrap_or_else(|| revendications.subject().to_string());
    Ok(Identite { identifiant, groupes })
}

fn lire_groupes(revendications: &Revendications, fournisseur: &Fournisseur) -> Vec<String> {
    match revendications.toutes.get(&fournisseur.revendication_role) {
        Some(serde_json::Value::String(groupe)) => vec![groupe.clone()],
        Some(serde_json::Value::Array(groupes)) => groupes
            .iter()
            .filter_map(|g| g.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

/// Découvre le fournisseur à chaque connexion : ses clés tournent, et c'est rare devant le reste.
async fn client(
    contexte: &Contexte,
    fournisseur: &Fournisseur,
) -> Result<(ClientOidc, reqwest::Client), Erreur> {
    let panne = |raison: String| Erreur::Connexion {
        fichier: fournisseur.emetteur.to_string(),
        raison: format!("le fournisseur d’identité ne répond pas comme attendu ({raison})"),
    };
    // Sans redirection : le fournisseur ne fait pas appeler d'autres adresses à ce serveur.
    let http = reqwest::ClientBuilder::new()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(DELAI)
        .build()
        .map_err(|e| panne(e.to_string()))?;
    let metadonnees = CoreProviderMetadata::discover_async(fournisseur.emetteur.clone(), &http)
        .await
        .map_err(|e| panne(e.to_string()))?;
    let retour = format!(
        "{}{}",
        contexte.maison.origine(),
        contexte.url("/{caisse}/connexion/retour")
    );
    let client = ClientOidc::from_provider_metadata(
        metadonnees,
        ClientId::new(fournisseur.client_id.clone()),
        Some(ClientSecret::new(fournisseur.secret.clone())),
    )
    .set_redirect_uri(RedirectUrl::new(retour).map_err(|e| panne(e.to_string()))?);
    Ok((client, http))
}
