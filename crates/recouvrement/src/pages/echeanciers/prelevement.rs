//! Le prélèvement d'un échéancier : son mandat, ce que la banque en a fait, et les gestes d'un agent.

use acces::{Action, CodeAction, Permis, Visite, actions};
use axum::response::Response;
use droit::EtatEcheancier;
use jiff::civil::Date;
use serde::Deserialize;
use storage::{Tx, ecrire};
use valeurs::{Montant, date_fr, date_longue};
use web::fragments::{
    self, ActionPost, Champ, ChampJeton, Choix, Definition, Definitions, Pastille, Ton, action_post,
};
use web::{Avis, ErreurChamp, Formulaire, Numero, lire_date};

use super::super::erreur::du_champ;
use super::ECHEANCIER;
use super::plan::{page, permis_de_l_echeancier};
use crate::Erreur;
use crate::echeanciers::SuiviEcheancier;
use crate::prelevements::{
    CompteAPrelever, ErreurPrelevement, EtatPrelevement, Mandat, NouveauMandat, Prelevement, choisir_mandat,
    mandat_de_l_echeancier, mandats, noter_mandat, prelevements, representer as representer_prelevement,
    revoquer_mandat,
};

/// Ce qu'un agent a saisi d'un mandat, tel quel.
#[derive(Deserialize, Default)]
pub(in crate::pages) struct Saisie {
    #[serde(default)]
    rum: String,
    #[serde(default)]
    titulaire: String,
    #[serde(default)]
    iban: String,
    #[serde(default)]
    bic: String,
    #[serde(default)]
    signe_le: String,
    #[serde(default)]
    revoque_le: String,
}

impl Saisie {
    fn mandat(&self) -> Result<NouveauMandat, ErreurChamp> {
        let refus = |faute| du_prelevement(&faute);
        Ok(NouveauMandat {
            rum: self
                .rum
                .trim()
                .parse()
                .map_err(|faute| refus(ErreurPrelevement::Rum(faute)))?,
            compte: CompteAPrelever::lire(&self.iban, &self.bic, &self.titulaire).map_err(refus)?,
            signe_le: lire_date("signe_le", &self.signe_le)?,
        })
    }
}

/// Un mandat choisi parmi ceux du débiteur ; vide : plus de prélèvement.
#[derive(Deserialize, Default)]
pub(in crate::pages) struct MandatChoisi {
    #[serde(default)]
    mandat: Option<i64>,
}

/// Un prélèvement à présenter de nouveau.
#[derive(Deserialize)]
pub(in crate::pages) struct PrelevementChoisi {
    prelevement: i64,
}

/// Ce que la page montre du prélèvement.
pub(super) struct Panneau {
    pub(super) identite: Option<Definitions>,
    pub(super) lignes: Vec<LignePrelevement>,
    pub(super) gestes: Option<Gestes>,
}

pub(super) struct LignePrelevement {
    pub(super) rang: u16,
    pub(super) echeance: Date,
    pub(super) montant: Montant,
    pub(super) etat: Pastille,
    pub(super) motif: Option<String>,
    pub(super) representer: Option<ActionPost>,
}

/// Ce qu'un agent peut faire d'un échéancier ; rien de ce que son état ne permet pas.
pub(super) struct Gestes {
    pub(super) url: String,
    pub(super) jeton: ChampJeton,
    /// Les mandats du débiteur qui pourraient servir.
    pub(super) choisir: Option<Champ>,
    pub(super) noter: Vec<Champ>,
    /// Une saisie est à corriger.
    pub(super) ouvert: bool,
    pub(super) revoquer: Option<Champ>,
    pub(super) arreter: Option<ActionPost>,
}

/// Ce que la base dit du prélèvement d'un échéancier.
pub(super) struct Lu {
    mandat: Option<i64>,
    mandats: Vec<Mandat>,
    siens: Vec<Prelevement>,
}

/// Lit le prélèvement d'un échéancier que le permis laisse voir.
pub(super) async fn lire_le_prelevement<A: Action>(
    visite: &Visite<A>,
    tx: &mut Tx,
    lu: &SuiviEcheancier,
) -> Result<Lu, Erreur> {
    let id = lu.accorde.id;
    Ok(Lu {
        mandat: mandat_de_l_echeancier(tx, id).await?,
        mandats: mandats(visite.db(), tx, lu.accorde.dossier).await?,
        siens: prelevements(tx, id).await?,
    })
}

/// Le panneau ; rien si l'échéancier ne s'est jamais prélevé et que l'agent n'y peut rien.
pub(super) fn panneau<A: Action>(
    visite: &Visite<A>,
    echeancier: &SuiviEcheancier,
    lu: &Lu,
    saisie: &Saisie,
    erreurs: &[ErreurChamp],
) -> Option<Panneau> {
    let url = visite.url(&ECHEANCIER.replace("{echeancier}", &echeancier.accorde.id.to_string()));
    let habilite = visite.peut(CodeAction::TenirMandat);
    let court = echeancier.accorde.rompu.is_none() && echeancier.suivi.etat == EtatEcheancier::EnCours;
    let mandat = lu
        .mandat
        .and_then(|id| lu.mandats.iter().find(|mandat| mandat.id == id));
    let lignes: Vec<LignePrelevement> = lu
        .siens
        .iter()
        .map(|sien| LignePrelevement {
            rang: sien.rang,
            echeance: sien.echeance,
            montant: sien.montant,
            etat: pastille(&sien.etat, sien.a_representer),
            motif: motif(&sien.etat),
            representer: (habilite && court && sien.se_represente(&lu.siens)).then(|| {
                action_post(
                    "Présenter de nouveau",
                    format!("{url}/prelevement/representer"),
                    visite.jeton(),
                )
                .champ("prelevement", sien.id)
                .precision(format!("le prélèvement du {}", date_fr(sien.echeance)))
            }),
        })
        .collect();
    let gestes = (habilite && (court || mandat.is_some())).then(|| Gestes {
        choisir: court.then(|| choix(lu)).flatten(),
        ouvert: !erreurs.is_empty(),
        noter: if court {
            champs(saisie, erreurs)
        } else {
            Vec::new()
        },
        revoquer: mandat.filter(|m| m.revoque_le.is_none()).map(|_| {
            Champ::date("revoque_le", "Révoqué le")
                .valeur(&saisie.revoque_le)
                .obligatoire()
                .parmi(erreurs)
        }),
        arreter: mandat.map(|_| {
            action_post(
                "Ne plus prélever cet échéancier",
                format!("{url}/prelevement"),
                visite.jeton(),
            )
        }),
        jeton: fragments::champ_jeton(visite.jeton()),
        url,
    });
    (mandat.is_some() || !lignes.is_empty() || gestes.is_some()).then(|| Panneau {
        identite: mandat.map(identite),
        lignes,
        gestes,
    })
}

fn identite(mandat: &Mandat) -> Definitions {
    let mut lignes = vec![
        Definition::nouvelle("Mandat (RUM)", mandat.rum.as_str()),
        Definition::nouvelle("Compte", mandat.compte.masque()),
        Definition::nouvelle("Signé le", date_longue(mandat.signe_le)),
    ];
    if let Some(revoque_le) = mandat.revoque_le {
        lignes.push(Definition::nouvelle("Révoqué le", date_longue(revoque_le)));
    }
    fragments::definitions(lignes)
}

/// Les mandats du débiteur, sauf celui qui sert et ceux qu'il a révoqués.
fn choix(lu: &Lu) -> Option<Champ> {
    let choix: Vec<Choix> = lu
        .mandats
        .iter()
        .filter(|mandat| mandat.revoque_le.is_none() && lu.mandat != Some(mandat.id))
        .map(|mandat| {
            let libelle = format!(
                "{}, compte {}, signé le {}",
                mandat.rum.as_str(),
                mandat.compte.masque(),
                date_fr(mandat.signe_le)
            );
            Choix::nouveau(mandat.id, libelle)
        })
        .collect();
    (!choix.is_empty()).then(|| Champ::liste("mandat", "Un mandat de ce débiteur", choix))
}

fn champs(saisie: &Saisie, erreurs: &[ErreurChamp]) -> Vec<Champ> {
    vec![
        Champ::texte("rum", "Référence unique du mandat (RUM)")
            .valeur(&saisie.rum)
            .longueur_max(35)
            .aide("Celle qui est imprimée sur le mandat signé.")
            .obligatoire()
            .parmi(erreurs),
        Champ::texte("titulaire", "Titulaire du compte")
            .valeur(&saisie.titulaire)
            .longueur_max(70)
            .obligatoire()
            .parmi(erreurs),
        Champ::texte("iban", "IBAN")
            .valeur(&saisie.iban)
            .longueur_max(42)
            .aide("Gardé scellé ; la page n’en montre ensuite que les quatre derniers caractères.")
            .obligatoire()
            .parmi(erreurs),
        Champ::texte("bic", "BIC")
            .valeur(&saisie.bic)
            .longueur_max(11)
            .aide("Facultatif.")
            .parmi(erreurs),
        Champ::date("signe_le", "Signé le")
            .valeur(&saisie.signe_le)
            .obligatoire()
            .parmi(erreurs),
    ]
}

fn pastille(etat: &EtatPrelevement, a_representer: bool) -> Pastille {
    let (ton, mots) = match etat {
        EtatPrelevement::Remis => (Ton::Info, "Remis à la banque"),
        EtatPrelevement::Paye => (Ton::Positif, "Payé"),
        _ if a_representer => (Ton::Info, "À présenter de nouveau"),
        EtatPrelevement::Rejete(_) => (Ton::Danger, "Rejeté"),
        EtatPrelevement::Annule => (Ton::Danger, "Annulé"),
        EtatPrelevement::Revenu(_) => (Ton::Danger, "Revenu impayé"),
    };
    fragments::pastille(ton, mots)
}

fn motif(etat: &EtatPrelevement) -> Option<String> {
    match etat {
        EtatPrelevement::Rejete(motif) => motif.map(|motif| motif.to_string()),
        EtatPrelevement::Revenu(motif) => motif.clone(),
        EtatPrelevement::Remis | EtatPrelevement::Paye | EtatPrelevement::Annule => None,
    }
}

fn du_prelevement(faute: &ErreurPrelevement) -> ErreurChamp {
    ErreurChamp::nouvelle(champ(faute).unwrap_or("rum"), web::phrase(faute))
}

/// Le champ d'un formulaire qu'un refus désigne ; aucun : il ne vient pas d'une saisie.
pub(in crate::pages) fn champ(faute: &ErreurPrelevement) -> Option<&'static str> {
    match faute {
        ErreurPrelevement::Rum(_) | ErreurPrelevement::RumPrise => Some("rum"),
        ErreurPrelevement::Iban(_) | ErreurPrelevement::HorsEee => Some("iban"),
        ErreurPrelevement::Bic(_) => Some("bic"),
        ErreurPrelevement::Titulaire(_) => Some("titulaire"),
        ErreurPrelevement::Signature => Some("signe_le"),
        ErreurPrelevement::Revocation => Some("revoque_le"),
        _ => None,
    }
}

/// Note un mandat, par lequel l'échéancier se paiera.
pub(in crate::pages) async fn noter(
    visite: Visite<actions::TenirMandat>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<Saisie>,
) -> Result<Response, web::Erreur> {
    let permis = permis_de_l_echeancier(&visite, id).await?;
    let au = visite.aujourdhui();
    let fait = match f.mandat() {
        Err(refus) => return page(&visite, &permis, id, &f, &[refus]).await,
        Ok(mandat) => {
            ecrire!(visite.db(), |tx| noter_mandat(
                visite.db(),
                tx,
                &permis,
                id,
                &mandat,
                au
            )
            .await)
        }
    };
    let dit = "Le mandat est noté : l’échéancier se paie par prélèvement.";
    conclure(&visite, &permis, id, &f, fait, dit).await
}

/// Révoque le mandat de l'échéancier.
pub(in crate::pages) async fn revoquer(
    visite: Visite<actions::TenirMandat>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<Saisie>,
) -> Result<Response, web::Erreur> {
    let permis = permis_de_l_echeancier(&visite, id).await?;
    let au = visite.aujourdhui();
    let fait = match lire_date("revoque_le", &f.revoque_le) {
        Err(refus) => return page(&visite, &permis, id, &f, &[refus]).await,
        Ok(dit) => ecrire!(visite.db(), |tx| revoquer_mandat(tx, &permis, id, dit, au).await),
    };
    let dit = "Le mandat est révoqué : rien n’est plus prélevé par lui.";
    conclure(&visite, &permis, id, &f, fait, dit).await
}

/// Paie l'échéancier par un mandat connu, ou ne le prélève plus.
pub(in crate::pages) async fn choisir(
    visite: Visite<actions::TenirMandat>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<MandatChoisi>,
) -> Result<Response, web::Erreur> {
    let permis = permis_de_l_echeancier(&visite, id).await?;
    let au = visite.aujourdhui();
    let fait = ecrire!(visite.db(), |tx| choisir_mandat(tx, &permis, id, f.mandat, au)
        .await);
    let dit = match f.mandat {
        Some(_) => "L’échéancier se paie par ce mandat.",
        None => "L’échéancier ne se prélève plus.",
    };
    conclure(&visite, &permis, id, &Saisie::default(), fait, dit).await
}

/// Fait présenter de nouveau un prélèvement qui a échoué.
pub(in crate::pages) async fn representer(
    visite: Visite<actions::TenirMandat>,
    Numero(id): Numero<i64>,
    Formulaire(f): Formulaire<PrelevementChoisi>,
) -> Result<Response, web::Erreur> {
    let permis = permis_de_l_echeancier(&visite, id).await?;
    let au = visite.aujourdhui();
    let fait = ecrire!(visite.db(), |tx| representer_prelevement(
        tx,
        &permis,
        id,
        f.prelevement,
        au
    )
    .await);
    let dit = "Ce prélèvement sera présenté de nouveau à la prochaine émission : prévenez-en le débiteur.";
    conclure(&visite, &permis, id, &Saisie::default(), fait, dit).await
}

/// Revient à la page : ce qui est fait, ce que l'état de l'échéancier refuse, ou la saisie à corriger.
async fn conclure(
    visite: &Visite<actions::TenirMandat>,
    permis: &Permis<actions::TenirMandat>,
    id: i64,
    saisie: &Saisie,
    fait: Result<Option<()>, Erreur>,
    dit: &str,
) -> Result<Response, web::Erreur> {
    let avis = match fait {
        Ok(fait) => {
            fait.ok_or(web::Erreur::NonTrouve)?;
            Avis::Succes(dit.to_owned())
        }
        Err(Erreur::Prelevement(refus)) if champ(&refus).is_none() => Avis::Alerte(web::phrase(&refus)),
        Err(refus) => return page(visite, permis, id, saisie, &[du_champ(refus)?]).await,
    };
    let url = visite.url(&ECHEANCIER.replace("{echeancier}", &id.to_string()));
    visite.rediriger(&url, avis).await
}
