//! Émettre un acte : le composer, le numéroter, le sceller, et faire l'étape de chacune de ses créances, d'un coup.

use std::collections::BTreeMap;

use acces::{Permis, actions};
use droit::{Acte, Branche, Donnee, ModeEnvoi};
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
use storage::{Db, Lot, Tx, ecrire, lire};
use valeurs::{DossierId, Montant};

use super::contenu::Contenu;
use super::projet::{Composition, Projet, preparer, qualifie, rang};
use super::reglages::Signataire;
use super::{Atelier, Avancement, ErreurActes};
use crate::Erreur;
use crate::procedure::{Suivie, charger, garder_les_derniers};

/// Contexte de scellement d'un document.
pub(super) const PDF: &str = "acte.pdf";
/// Essais d'émission d'un dossier qui change pendant qu'on le compose.
const ESSAIS: u32 = 3;

/// Un acte à émettre.
#[derive(Clone, Debug)]
pub struct Demande {
    /// L'acte.
    pub acte: &'static Acte,
    /// Ses créances, d'un même dossier et d'une même branche.
    pub creances: Vec<i64>,
    /// Le nom du signataire ; le premier dont la délégation le couvre si absent.
    pub signataire: Option<String>,
    /// Comment il part.
    pub envoi: ModeEnvoi,
    /// Ce que l'agent donne à la composition.
    pub saisies: BTreeMap<Donnee, String>,
}

/// Un acte émis.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Emission {
    /// Son identifiant, d'où vient son numéro.
    pub acte: i64,
    /// Ce qu'il réclame.
    pub montant: Montant,
}

/// Un document composé, avant d'être gardé.
struct Compose {
    contenu: Contenu,
    octets: Vec<u8>,
    pages: usize,
}

/// L'aperçu d'un acte : le document, « PROJET » en travers ; rien n'est gardé.
///
/// # Errors
/// Ce qui manque ; un modèle faux ; le refus de la base ou du coffre.
pub async fn apercu(
    db: &Db,
    permis: &Permis<actions::ComposerActe>,
    atelier: &Atelier,
    demande: &Demande,
    au: Date,
) -> Result<Vec<u8>, Erreur> {
    let lu: Result<Projet, Erreur> = lire!(db, |tx| {
        let (_, projet) = relire(db, tx, permis, atelier, demande, au).await?;
        Ok(projet)
    });
    let contenu = contenu(&lu?, None, atelier, demande, au)?;
    Ok(composer(atelier, demande.acte, contenu, permis).await?.octets)
}

/// Émet un acte : rend son numéro. Une étape n'a jamais deux actes : ce que la procédure refuse ne s'émet pas.
///
/// Ce qui change au dossier pendant la composition la fait recommencer ; l'acte dit toujours ce que le compte dit.
///
/// # Errors
/// [`Erreur::Refus`] : la procédure ne permet pas l'étape ce jour ; [`ErreurActes::Incomplet`] ; un modèle faux ;
/// [`ErreurActes::Perime`] ; le refus de la base ou du coffre.
pub async fn emettre(
    db: &Db,
    permis: &Permis<actions::ComposerActe>,
    atelier: &Atelier,
    demande: &Demande,
    au: Date,
) -> Result<Emission, Erreur> {
    for _ in 0..ESSAIS {
        let lu: Result<(Projet, i64), Erreur> = ecrire!(db, |tx| {
            let (_, projet) = relire(db, tx, permis, atelier, demande, au).await?;
            let id = tx.reserver("acte", 1).await?.first().copied().unwrap_or_default();
            Ok((projet, id))
        });
        let (projet, id) = lu?;
        let contenu = contenu(&projet, Some(id), atelier, demande, au)?;
        let compose = composer(atelier, demande.acte, contenu, permis).await?;
        let garde: Result<Option<Emission>, Erreur> = ecrire!(db, |tx| {
            tx.verrouiller_dossiers(&[projet.dossier.get()]).await?;
            let (suivies, relu) = relire(db, tx, permis, atelier, demande, au).await?;
            if self::contenu(&relu, Some(id), atelier, demande, au)? != compose.contenu {
                return Ok(None);
            }
            garder(
                db,
                tx,
                permis,
                atelier,
                demande,
                (id, &compose),
                &relu,
                suivies,
                au,
            )
            .await?;
            Ok(Some(Emission {
                acte: id,
                montant: relu.total,
            }))
        });
        if let Some(emission) = garde? {
            return Ok(emission);
        }
    }
    Err(ErreurActes::Perime.into())
}

/// Les créances de la demande telles qu'elles sont, et le projet qu'elles font ; une seule que la procédure refuse, et
/// rien ne se compose.
async fn relire(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<actions::ComposerActe>,
    atelier: &Atelier,
    demande: &Demande,
    au: Date,
) -> Result<(Vec<Suivie>, Projet), Erreur> {
    let suivies = charger(tx, &demande.creances).await?;
    let premiere: (DossierId, Branche) = suivies
        .first()
        .map(|s| (s.dossier, s.nature.branche()))
        .ok_or(ErreurActes::SansCreance)?;
    let du_meme = |s: &Suivie| (s.dossier, s.nature.branche()) == premiere;
    let permises = permis.perimetre().branches & i64::from(premiere.1.bit()) != 0;
    if suivies.len() != demande.creances.len() || !suivies.iter().all(du_meme) || !permises {
        return Err(creances::Erreur::CreanceInconnue.into());
    }
    for suivie in &suivies {
        if !demande.acte.est_de(suivie.parcours.procedure()) {
            return Err(ErreurActes::Inconnu.into());
        }
        qualifie(demande.acte, suivie, au)?;
    }
    let composition = Composition {
        acte: demande.acte,
        saisies: &demande.saisies,
        reglages: &atelier.reglages,
        au,
    };
    let projets = preparer(db, tx, permis, composition, &suivies).await?;
    let projet = projets.into_iter().next().ok_or(ErreurActes::SansCreance)?;
    Ok((suivies, projet))
}

/// Le signataire de la demande, s'il peut signer cet acte pour ce montant.
fn signataire<'a>(
    atelier: &'a Atelier,
    demande: &Demande,
    montant: Montant,
    au: Date,
) -> Result<&'a Signataire, ErreurActes> {
    atelier
        .reglages
        .signataires(demande.acte, montant, au)
        .find(|s| demande.signataire.as_ref().is_none_or(|nom| *nom == s.nom))
        .ok_or(ErreurActes::Signataire)
}

fn contenu(
    projet: &Projet,
    id: Option<i64>,
    atelier: &Atelier,
    demande: &Demande,
    au: Date,
) -> Result<Contenu, ErreurActes> {
    if let Some(manque) = projet.manques.first() {
        return Err(ErreurActes::Incomplet(manque.donnee.libelle().to_owned()));
    }
    if !demande.acte.envois().contains(&demande.envoi) {
        return Err(ErreurActes::Envoi);
    }
    let signataire = signataire(atelier, demande, projet.total, au)?;
    Contenu::de(projet, id, demande.envoi, signataire, &atelier.reglages, au)
        .map_err(|donnee| ErreurActes::Incomplet(donnee.libelle().to_owned()))
}

/// Compose hors des fils qui servent les pages : le calcul prend des millisecondes pleines.
async fn composer(
    atelier: &Atelier,
    acte: &'static Acte,
    contenu: Contenu,
    permis: &Permis<actions::ComposerActe>,
) -> Result<Compose, Erreur> {
    let (modeles, quand) = (atelier.modeles.clone(), permis.quand());
    let compose = tokio::task::spawn_blocking(move || {
        let pdf = modeles.composer(acte, &contenu, quand)?;
        Ok::<_, ErreurActes>(Compose {
            pages: pdf.pages(),
            octets: pdf.into_octets(),
            contenu,
        })
    });
    Ok(compose.await.map_err(|_| ErreurActes::Interrompue)??)
}

/// Garde l'acte, ses créances, les majorations qu'il arrête, et l'étape qu'il fait.
#[expect(clippy::too_many_arguments, reason = "tout ce qu'un acte réunit")]
async fn garder(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<actions::ComposerActe>,
    atelier: &Atelier,
    demande: &Demande,
    (id, compose): (i64, &Compose),
    projet: &Projet,
    suivies: Vec<Suivie>,
    au: Date,
) -> Result<(), Erreur> {
    let quand = permis.quand();
    let a_liquider: Vec<i64> = projet
        .lignes
        .iter()
        .filter(|ligne| !ligne.a_liquider.est_nul())
        .map(|ligne| ligne.creance)
        .collect();
    if !a_liquider.is_empty() {
        creances::creances::notifier(tx, &a_liquider, au, permis.acteur(), quand).await?;
    }
    let empreinte = Sha256::digest(&compose.octets).to_vec();
    let scelle = db
        .coffre()
        .cle(projet.dossier.get())
        .await?
        .sceller(PDF, &compose.octets)?;
    let signataire = signataire(atelier, demande, projet.total, au)?;
    let entier = |n: usize| i64::try_from(n).map_err(|_| Erreur::Illisible("nombre"));
    Lot::nouveau()
        .entiers("id", [id])
        .textes("code", [demande.acte.code()])
        .entiers("dossier_id", [projet.dossier.get()])
        .entiers("branche", [i64::from(projet.branche.bit())])
        .textes("emis_le", [au.to_string()])
        .textes("enregistre_le", [quand.to_string()])
        .textes("auteur", [permis.acteur()])
        .textes("signataire", [signataire.nom.as_str()])
        .entiers("montant_centimes", [projet.total.centimes()])
        .textes("envoi", [demande.envoi.code()])
        .entiers("pages", [entier(compose.pages)?])
        .octets("empreinte", [Some(empreinte)])
        .octets("pdf_scelle", [Some(scelle)])
        .executer(
            tx,
            "INSERT INTO acte (id, code, dossier_id, branche, emis_le, enregistre_le, auteur, signataire, \
             montant_centimes, envoi, pages, empreinte, pdf_scelle) SELECT id, code, dossier_id, branche, emis_le, \
             enregistre_le, auteur, signataire, montant_centimes, envoi, pages, empreinte, pdf_scelle FROM v",
        )
        .await?;
    let dus: BTreeMap<i64, Montant> = projet
        .lignes
        .iter()
        .map(|ligne| (ligne.creance, ligne.du))
        .collect();
    let mut rangs = Vec::with_capacity(suivies.len());
    for suivie in &suivies {
        rangs.push(entier(rang(demande.acte, suivie))?);
    }
    let deja_emis = |e: storage::Erreur| {
        if e.est_doublon() {
            Erreur::from(ErreurActes::DejaEmis)
        } else {
            e.into()
        }
    };
    Lot::nouveau()
        .entiers("creance_id", suivies.iter().map(|s| s.creance))
        .entiers("rang", rangs)
        .entiers("acte_id", suivies.iter().map(|_| id))
        .entiers(
            "montant_centimes",
            suivies
                .iter()
                .map(|s| dus.get(&s.creance).copied().unwrap_or_default().centimes()),
        )
        .executer(
            tx,
            "INSERT INTO acte_creance (creance_id, rang, acte_id, montant_centimes) \
             SELECT creance_id, rang, acte_id, montant_centimes FROM v",
        )
        .await
        .map_err(deja_emis)?;
    Lot::nouveau()
        .entiers("acte_id", [id])
        .textes("etat", [Avancement::AExpedier.code()])
        .executer(
            tx,
            "INSERT INTO avancement_acte (acte_id, etat) SELECT acte_id, etat FROM v",
        )
        .await?;
    let mut avancees = Vec::with_capacity(suivies.len());
    for suivie in suivies {
        let etape = demande.acte.etape(suivie.parcours.procedure());
        if etape != suivie.parcours.procedure().depart() {
            let parcours = suivie.parcours.avancer(etape, au)?;
            avancees.push(Suivie { parcours, ..suivie });
        }
    }
    garder_les_derniers(db, tx, &avancees, permis.acteur(), quand, au).await
}
