//! La connexion par un compte local : mot de passe, code du second facteur, mot de passe à changer.

use jiff::SignedDuration;
use storage::{ecrire, sql};

use super::frein;
use crate::agents::totp::Secret;
use crate::agents::{
    self, COLONNE_TOTP, Compte, ErreurAgent, ErreurMotDePasse, Identifiant, MotDePasse, cle_de_l_agent,
};
use crate::garde::Contexte;
use crate::journal::{Issue, Note, noter};
use crate::session::{self, AgentConnecte, Etape, Jeton, Session};
use crate::{Erreur, Objet};

/// Le mot du journal pour une ouverture de session, qui n'est pas une action de la table.
pub(crate) const CONNEXION: &str = "connexion";

/// Ce qu'un essai donne. Un refus ne dit jamais pourquoi.
pub(crate) enum Verdict {
    /// L'étape suivante, sous un jeton neuf.
    Admis(Jeton, Etape),
    /// Refusé.
    Refuse,
    /// Trop d'essais : l'attente.
    Freine(SignedDuration),
}

/// Juge un identifiant et un mot de passe. Compte inconnu, fermé ou mauvais mot de passe : même travail, même
/// ligne au journal, même réponse.
pub(crate) async fn donner_mot_de_passe(
    contexte: &Contexte,
    identifiant: &str,
    mot_de_passe: &str,
) -> Result<Verdict, Erreur> {
    let (db, maintenant) = (&contexte.caisse.db, contexte.maison.horloge().maintenant());
    let tape = identifiant.trim().to_lowercase();
    if let Some(attente) = frein::essayer(db, frein::ADRESSE, &contexte.client, maintenant).await? {
        return Ok(Verdict::Freine(attente));
    }
    if let Some(attente) = frein::essayer(db, frein::COMPTE, &tape, maintenant).await? {
        return Ok(Verdict::Freine(attente));
    }
    // Un identifiant mal formé n'est celui de personne, mais il coûte la même recherche.
    let connu = agents::compte(db, &tape).await?.filter(|c| c.agent.actif);
    let hache = connu.as_ref().map(|c| c.hache.as_str());
    let bon = agents::verifier(&MotDePasse::tape(mot_de_passe), hache).await?;
    let Some(compte) = connu.as_ref().filter(|_| bon) else {
        noter_refus(contexte, connu.as_ref(), "mot de passe").await?;
        return Ok(Verdict::Refuse);
    };
    frein::oublier(db, frein::COMPTE, &tape).await?;
    frein::decompter(db, frein::ADRESSE, &contexte.client).await?;
    let jeton = session::ouvrir(
        db,
        compte.agent.id,
        Etape::Code,
        Some(&contexte.jeton),
        maintenant,
    )
    .await?;
    Ok(Verdict::Admis(jeton, Etape::Code))
}

/// Le secret à montrer à un agent qui n'a pas encore de second facteur, tiré au premier appel ; rien s'il en a un.
pub(crate) async fn a_enroler(contexte: &Contexte, session: &Session) -> Result<Option<Secret>, Erreur> {
    let db = &contexte.caisse.db;
    let compte = compte_de(contexte, session).await?;
    if compte.agent.second_facteur {
        return Ok(None);
    }
    if compte.secret(db).await?.is_none() {
        let neuf = Secret::neuf()?.base32();
        let scelle = cle_de_l_agent(db, compte.agent.id)
            .await?
            .sceller(COLONNE_TOTP, &neuf)?;
        ecrire!(db, |tx| {
            sql!("UPDATE agent SET totp_scelle = $2 WHERE id = $1 AND totp_scelle IS NULL")
                .bind(compte.agent.id)
                .bind(scelle.clone())
                .executer(tx)
                .await
                .map(|_| ())
        })?;
    }
    // Relu : deux onglets ouverts ensemble montrent le même.
    Ok(compte_de(contexte, session).await?.secret(db).await?)
}

/// Juge le code du second facteur ; le premier code juste confirme l'enrôlement.
pub(crate) async fn donner_code(
    contexte: &Contexte,
    session: &Session,
    code: &str,
) -> Result<Verdict, Erreur> {
    let (db, maintenant) = (&contexte.caisse.db, contexte.maison.horloge().maintenant());
    let qui = session.agent.id.to_string();
    if let Some(attente) = frein::essayer(db, frein::CODE, &qui, maintenant).await? {
        return Ok(Verdict::Freine(attente));
    }
    let compte = compte_de(contexte, session).await?;
    let pas = compte
        .secret(db)
        .await?
        .and_then(|secret| secret.verifier(code, maintenant, compte.totp_dernier_pas));
    let accepte = match pas {
        None => false,
        // Deux envois simultanés du même code : un seul avance le pas.
        Some(pas) => {
            ecrire!(db, |tx| {
                sql!(
                    "UPDATE agent SET totp_dernier_pas = $2, totp_confirme = 1
                     WHERE id = $1 AND totp_dernier_pas < $2 AND totp_scelle IS NOT NULL"
                )
                .bind(compte.agent.id)
                .bind(pas)
                .executer(tx)
                .await
            })? == 1
        }
    };
    if !accepte {
        noter_refus(contexte, Some(&compte), "second facteur").await?;
        return Ok(Verdict::Refuse);
    }
    frein::oublier(db, frein::CODE, &qui).await?;
    let etape = if compte.a_changer {
        Etape::MotDePasse
    } else {
        Etape::Ouverte
    };
    if etape == Etape::Ouverte {
        noter_ouverture(contexte, &session.agent).await?;
    }
    let jeton = session::ouvrir(db, compte.agent.id, etape, Some(&contexte.jeton), maintenant).await?;
    Ok(Verdict::Admis(jeton, etape))
}

/// Remplace le mot de passe de l'agent, qui donne aussi le présent ; ses autres sessions se ferment et la
/// sienne s'ouvre sous un jeton neuf.
pub(crate) async fn choisir_mot_de_passe(
    contexte: &Contexte,
    session: &Session,
    present: &str,
    choisi: &str,
) -> Result<Result<Jeton, ErreurAgent>, Erreur> {
    let (db, maintenant) = (&contexte.caisse.db, contexte.maison.horloge().maintenant());
    let compte = compte_de(contexte, session).await?;
    let qui = &compte.agent.identifiant;
    if frein::essayer(db, frein::COMPTE, qui, maintenant)
        .await?
        .is_some()
        || !agents::verifier(&MotDePasse::tape(present), Some(&compte.hache)).await?
    {
        return Ok(Err(ErreurMotDePasse::Present.into()));
    }
    let identifiant: Identifiant = match qui.parse() {
        Ok(identifiant) => identifiant,
        Err(e) => return Ok(Err(e)),
    };
    let choisi = match MotDePasse::choisi(choisi, &identifiant) {
        Ok(choisi) if choisi == MotDePasse::tape(present) => {
            return Ok(Err(ErreurMotDePasse::Inchange.into()));
        }
        Ok(choisi) => choisi,
        Err(e) => return Ok(Err(e.into())),
    };
    frein::oublier(db, frein::COMPTE, qui).await?;
    agents::changer_mot_de_passe(db, compte.agent.id, &choisi).await?;
    if session.etape != Etape::Ouverte {
        noter_ouverture(contexte, &session.agent).await?;
    }
    Ok(Ok(session::ouvrir(
        db,
        compte.agent.id,
        Etape::Ouverte,
        None,
        maintenant,
    )
    .await?))
}

/// Inscrit l'ouverture d'une session au journal, avant qu'elle n'existe.
pub(crate) async fn noter_ouverture(contexte: &Contexte, agent: &AgentConnecte) -> Result<(), Erreur> {
    Ok(contexte
        .noter(agent, CONNEXION, Objet::Caisse, Issue::Accorde, None)
        .await?)
}

/// Inscrit un refus ; d'un compte inconnu, rien de ce qui a été tapé n'est gardé.
pub(crate) async fn noter_refus(
    contexte: &Contexte,
    compte: Option<&Compte>,
    motif: &str,
) -> Result<(), Erreur> {
    let note = Note {
        quand: contexte.maison.horloge().maintenant(),
        acteur: compte.map_or("inconnu", |c| &c.agent.identifiant),
        role: compte.map_or("inconnu", |c| c.agent.role.code()),
        action: CONNEXION,
        objet: Objet::Caisse,
        issue: Issue::Refuse,
        motif: Some(motif),
        repere: "connexion",
    };
    Ok(noter(&contexte.caisse.db, &note).await?)
}

async fn compte_de(contexte: &Contexte, session: &Session) -> Result<Compte, Erreur> {
    let compte = agents::compte_par_id(&contexte.caisse.db, session.agent.id).await?;
    compte.ok_or_else(|| ErreurAgent::Introuvable.into())
}
