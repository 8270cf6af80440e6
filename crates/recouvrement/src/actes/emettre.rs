//! Émettre des actes : les composer, les numéroter, les sceller, et faire l'étape de chacune de leurs créances, d'un coup.

use std::collections::{BTreeMap, HashMap};

use acces::{Permis, actions};
use droit::{Acte, Branche, Donnee, ModeEnvoi, Parcours};
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
use storage::{Db, Lot, Tx, ecrire, lire};
use valeurs::{DossierId, Montant};

use super::contenu::Contenu;
use super::projet::{Composition, LETTRE_RECOMMANDEE, Projet, candidates_parmi, preparer, qualifie, rang};
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

/// Ce que des actes émis ensemble partagent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tirage<'a> {
    pub(crate) atelier: &'a Atelier,
    pub(crate) acte: &'static Acte,
    pub(crate) signataire: Option<&'a str>,
    pub(crate) envoi: ModeEnvoi,
    pub(crate) minimum: Montant,
    pub(crate) saisies: &'a BTreeMap<Donnee, String>,
    pub(crate) au: Date,
}

impl<'a> Tirage<'a> {
    fn de(atelier: &'a Atelier, demande: &'a Demande, au: Date) -> Self {
        Self {
            atelier,
            acte: demande.acte,
            signataire: demande.signataire.as_deref(),
            envoi: demande.envoi,
            minimum: Montant::ZERO,
            saisies: &demande.saisies,
            au,
        }
    }

    /// Ce qui empêche ce projet de s'émettre, s'il y a quelque chose.
    pub(crate) fn empechement(&self, projet: &Projet) -> Option<ErreurActes> {
        self.contenu(projet, None).err()
    }

    pub(crate) const fn composition(&self) -> Composition<'a> {
        Composition {
            acte: self.acte,
            saisies: self.saisies,
            reglages: &self.atelier.reglages,
            au: self.au,
        }
    }

    /// Le premier signataire, ou celui demandé, s'il peut signer cet acte pour ce montant.
    fn signataire(&self, montant: Montant) -> Result<&'a Signataire, ErreurActes> {
        self.atelier
            .reglages
            .signataires(self.acte, montant, self.au)
            .find(|s| self.signataire.is_none_or(|nom| *nom == s.nom))
            .ok_or(ErreurActes::Signataire)
    }

    /// Ce que le document dira ; `id` absent : un aperçu.
    fn contenu(&self, projet: &Projet, id: Option<i64>) -> Result<Contenu, ErreurActes> {
        if let Some(manque) = projet.manques.first() {
            return Err(ErreurActes::Incomplet(manque.donnee.libelle().to_owned()));
        }
        if !self.acte.envois().contains(&self.envoi) {
            return Err(ErreurActes::Envoi);
        }
        if !projet.envois().any(|envoi| envoi == self.envoi) {
            return Err(ErreurActes::SansLre);
        }
        if projet.total < self.minimum {
            return Err(ErreurActes::SousLeMinimum);
        }
        let signataire = self.signataire(projet.total)?;
        Contenu::de(
            projet,
            id,
            self.envoi,
            signataire,
            &self.atelier.reglages,
            self.au,
        )
        .map_err(|donnee| ErreurActes::Incomplet(donnee.libelle().to_owned()))
    }
}

/// Un acte est d'un dossier et d'une branche.
type Cle = (DossierId, Branche);

/// Un document composé, avant d'être gardé.
struct Compose {
    id: i64,
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
    let tirage = Tirage::de(atelier, demande, au);
    let lu: Result<Projet, Erreur> = lire!(db, |tx| relire_un(db, tx, permis, tirage, &demande.creances)
        .await);
    let contenu = tirage.contenu(&lu?, None)?;
    let (modeles, acte, quand) = (atelier.modeles.clone(), demande.acte, permis.quand());
    let compose = tokio::task::spawn_blocking(move || modeles.composer(acte, &contenu, quand));
    Ok(compose
        .await
        .map_err(|_| ErreurActes::Interrompue)??
        .into_octets())
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
    let tirage = Tirage::de(atelier, demande, au);
    for _ in 0..ESSAIS {
        let lu: Result<Projet, Erreur> = lire!(db, |tx| relire_un(db, tx, permis, tirage, &demande.creances)
            .await);
        lu?;
        let composes = composer_tous(db, permis, tirage, &demande.creances).await?;
        let issues: Result<Vec<Issue>, Erreur> = ecrire!(db, |tx| garder_tous(
            db,
            tx,
            permis,
            tirage,
            &demande.creances,
            &composes
        )
        .await);
        match issues?.into_iter().next() {
            Some(Issue {
                emission: Ok(emission),
                ..
            }) => return Ok(emission),
            Some(Issue {
                emission: Err(ErreurActes::Perime),
                ..
            })
            | None => {}
            Some(Issue {
                emission: Err(refus), ..
            }) => return Err(refus.into()),
        }
    }
    Err(ErreurActes::Perime.into())
}

/// Le projet d'un acte d'un dossier : une seule créance que la procédure refuse, et rien ne se compose.
async fn relire_un(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<actions::ComposerActe>,
    tirage: Tirage<'_>,
    creances: &[i64],
) -> Result<Projet, Erreur> {
    let suivies = charger(tx, creances).await?;
    let premiere: (DossierId, Branche) = suivies
        .first()
        .map(|s| (s.dossier, s.nature.branche()))
        .ok_or(ErreurActes::SansCreance)?;
    let du_meme = |s: &Suivie| (s.dossier, s.nature.branche()) == premiere;
    let permises = permis.perimetre().branches & i64::from(premiere.1.bit()) != 0;
    let complet = suivies.len() == creances.len() && suivies.iter().all(du_meme);
    if !complet || !permises || !permis.porte_sur(premiere.0) {
        return Err(creances::Erreur::CreanceInconnue.into());
    }
    for suivie in &suivies {
        if !tirage.acte.est_de(suivie.parcours.procedure()) {
            return Err(ErreurActes::Inconnu.into());
        }
        qualifie(tirage.acte, suivie, tirage.au)?;
    }
    if candidates_parmi(tx, tirage.acte, suivies.clone(), tirage.au)
        .await?
        .len()
        != suivies.len()
    {
        return Err(ErreurActes::DejaEmis.into());
    }
    let projets = preparer(db, tx, permis, tirage.composition(), &suivies).await?;
    Ok(projets.into_iter().next().ok_or(ErreurActes::SansCreance)?)
}

/// Ce qu'un dossier est devenu dans un tirage.
#[derive(Debug)]
pub(crate) struct Issue {
    pub(crate) dossier: DossierId,
    pub(crate) branche: Branche,
    pub(crate) emission: Result<Emission, ErreurActes>,
}

/// Des documents composés, prêts à être gardés.
pub(crate) struct Composes(HashMap<Cle, Compose>);

/// Compose un acte par dossier et par branche de ces créances, sans celles que la procédure refuse ni les dossiers à qui il
/// manque quelque chose, sur tous les cœurs.
///
/// # Errors
/// Un modèle faux arrête tout ; le refus de la base ou du coffre.
pub(crate) async fn composer_tous(
    db: &Db,
    permis: &Permis<actions::ComposerActe>,
    tirage: Tirage<'_>,
    creances: &[i64],
) -> Result<Composes, Erreur> {
    let lus: Result<Vec<(Projet, i64)>, Erreur> = ecrire!(db, |tx| {
        let suivies = charger(tx, creances).await?;
        let suivies = candidates_parmi(tx, tirage.acte, suivies, tirage.au).await?;
        let projets = preparer(db, tx, permis, tirage.composition(), &suivies).await?;
        let ids = tx.reserver("acte", projets.len()).await?;
        Ok(projets.into_iter().zip(ids).collect())
    });
    let a_composer = lus?
        .into_iter()
        .filter_map(|(projet, id)| {
            let contenu = tirage.contenu(&projet, Some(id)).ok()?;
            Some((id, (projet.dossier, projet.branche), contenu))
        })
        .collect();
    Ok(Composes(composer(tirage, permis, a_composer).await?))
}

/// Garde ce qui a été composé de ces créances, dans la transaction de qui l'appelle : ce qui a changé depuis ne s'émet pas.
///
/// # Errors
/// Le refus de la base ou du coffre. Ce qui ne touche qu'un dossier est dans son [`Issue`].
pub(crate) async fn garder_tous(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<actions::ComposerActe>,
    tirage: Tirage<'_>,
    creances: &[i64],
    composes: &Composes,
) -> Result<Vec<Issue>, Erreur> {
    let mut dossiers: Vec<i64> = composes.0.keys().map(|(dossier, _)| dossier.get()).collect();
    dossiers.sort_unstable();
    dossiers.dedup();
    tx.verrouiller_dossiers(&dossiers).await?;
    let suivies = charger(tx, creances).await?;
    let suivies = candidates_parmi(tx, tirage.acte, suivies, tirage.au).await?;
    let projets = preparer(db, tx, permis, tirage.composition(), &suivies).await?;
    let (mut issues, mut a_garder) = (Vec::new(), Vec::new());
    for projet in &projets {
        let egal = |compose: &&Compose| {
            tirage
                .contenu(projet, Some(compose.id))
                .is_ok_and(|c| c == compose.contenu)
        };
        let compose = composes.0.get(&(projet.dossier, projet.branche));
        let emission = match compose.filter(egal) {
            Some(compose) => {
                a_garder.push((compose, projet));
                Ok(Emission {
                    acte: compose.id,
                    montant: projet.total,
                })
            }
            None => Err(tirage.empechement(projet).unwrap_or(ErreurActes::Perime)),
        };
        issues.push(Issue {
            dossier: projet.dossier,
            branche: projet.branche,
            emission,
        });
    }
    garder(db, tx, permis, tirage, &a_garder, &suivies).await?;
    Ok(issues)
}

/// Compose hors des fils qui servent les pages : le calcul prend des millisecondes pleines.
async fn composer(
    tirage: Tirage<'_>,
    permis: &Permis<actions::ComposerActe>,
    a_composer: Vec<(i64, Cle, Contenu)>,
) -> Result<HashMap<Cle, Compose>, Erreur> {
    let (modeles, acte, quand) = (tirage.atelier.modeles.clone(), tirage.acte, permis.quand());
    let composes = tokio::task::spawn_blocking(move || {
        let (cles, contenus): (Vec<(i64, Cle)>, Vec<Contenu>) = a_composer
            .into_iter()
            .map(|(id, cle, contenu)| ((id, cle), contenu))
            .unzip();
        let composes = modeles.composer_tous(acte, &contenus, quand);
        let composes = cles
            .into_iter()
            .zip(contenus)
            .zip(composes)
            .map(|(((id, cle), contenu), compose)| {
                let pdf = compose?;
                let compose = Compose {
                    id,
                    contenu,
                    pages: pdf.pages(),
                    octets: pdf.into_octets(),
                };
                Ok((cle, compose))
            });
        composes.collect::<Result<HashMap<_, _>, ErreurActes>>()
    });
    Ok(composes.await.map_err(|_| ErreurActes::Interrompue)??)
}

/// Garde les actes, leurs créances, les majorations qu'ils arrêtent, et l'étape qu'ils font.
async fn garder(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<actions::ComposerActe>,
    tirage: Tirage<'_>,
    actes: &[(&Compose, &Projet)],
    suivies: &[Suivie],
) -> Result<(), Erreur> {
    if actes.is_empty() {
        return Ok(());
    }
    let quand = permis.quand();
    let a_liquider: Vec<i64> = actes
        .iter()
        .flat_map(|(_, projet)| &projet.lignes)
        .filter(|ligne| !ligne.a_liquider.est_nul())
        .map(|ligne| ligne.creance)
        .collect();
    if !a_liquider.is_empty() {
        creances::creances::notifier(tx, &a_liquider, tirage.au, permis.acteur(), quand).await?;
    }
    let dossiers: Vec<i64> = actes.iter().map(|(_, projet)| projet.dossier.get()).collect();
    let cles = db.coffre().cles(&dossiers).await?;
    let (mut empreintes, mut scelles, mut signataires) = (Vec::new(), Vec::new(), Vec::new());
    for (compose, projet) in actes {
        let dossier = projet.dossier.get();
        let cle = cles.get(&dossier).ok_or(storage::Erreur::Descellement(dossier))?;
        empreintes.push(Some(Sha256::digest(&compose.octets).to_vec()));
        scelles.push(Some(cle.sceller(PDF, &compose.octets)?));
        signataires.push(tirage.signataire(projet.total)?.nom.as_str());
    }
    let mut pages = Vec::with_capacity(actes.len());
    for (compose, _) in actes {
        pages.push(entier(compose.pages)?);
    }
    Lot::nouveau()
        .entiers("id", actes.iter().map(|(compose, _)| compose.id))
        .textes("code", actes.iter().map(|_| tirage.acte.code()))
        .entiers("dossier_id", dossiers)
        .entiers("branche", actes.iter().map(|(_, projet)| i64::from(projet.branche.bit())))
        .textes("emis_le", actes.iter().map(|_| tirage.au.to_string()))
        .textes("enregistre_le", actes.iter().map(|_| quand.to_string()))
        .textes("auteur", actes.iter().map(|_| permis.acteur()))
        .textes("signataire", signataires)
        .entiers("montant_centimes", actes.iter().map(|(_, projet)| projet.total.centimes()))
        .textes("envoi", actes.iter().map(|_| tirage.envoi.code()))
        .entiers("pages", pages)
        .octets("empreinte", empreintes)
        .octets("pdf_scelle", scelles)
        .executer(
            tx,
            "INSERT INTO acte (id, code, dossier_id, branche, emis_le, enregistre_le, auteur, signataire, \
             montant_centimes, envoi, pages, empreinte, pdf_scelle) SELECT id, code, dossier_id, branche, emis_le, \
             enregistre_le, auteur, signataire, montant_centimes, envoi, pages, empreinte, pdf_scelle FROM v",
        )
        .await?;
    Lot::nouveau()
        .entiers("acte_id", actes.iter().map(|(compose, _)| compose.id))
        .textes("etat", actes.iter().map(|_| Avancement::AExpedier.code()))
        .executer(
            tx,
            "INSERT INTO avancement_acte (acte_id, etat) SELECT acte_id, etat FROM v",
        )
        .await?;
    garder_les_creances(db, tx, permis, tirage, actes, suivies).await
}

/// Lie les créances à leurs actes, et leur fait faire l'étape.
async fn garder_les_creances(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<actions::ComposerActe>,
    tirage: Tirage<'_>,
    actes: &[(&Compose, &Projet)],
    suivies: &[Suivie],
) -> Result<(), Erreur> {
    let suivies: HashMap<i64, &Suivie> = suivies.iter().map(|s| (s.creance, s)).collect();
    let mut liees = Vec::new();
    let mut avancees = Vec::new();
    for (compose, projet) in actes {
        for ligne in &projet.lignes {
            let suivie = suivies
                .get(&ligne.creance)
                .copied()
                .ok_or(Erreur::Illisible("créance"))?;
            liees.push((
                compose.id,
                ligne.creance,
                entier(rang(tirage.acte, suivie))?,
                ligne.du,
            ));
            let procedure = suivie.parcours.procedure();
            let parcours = if tirage.acte.constate(procedure) {
                recommandee(tirage, &suivie.parcours)
            } else {
                let etape = tirage.acte.etape(procedure);
                Some(suivie.parcours.clone().avancer(etape, tirage.au)?)
            };
            avancees.extend(parcours.map(|parcours| Suivie {
                parcours,
                ..suivie.clone()
            }));
        }
    }
    let deja_emis = |e: storage::Erreur| {
        if e.est_doublon() {
            Erreur::from(ErreurActes::DejaEmis)
        } else {
            e.into()
        }
    };
    Lot::nouveau()
        .entiers("creance_id", liees.iter().map(|l| l.1))
        .entiers("rang", liees.iter().map(|l| l.2))
        .entiers("acte_id", liees.iter().map(|l| l.0))
        .entiers("montant_centimes", liees.iter().map(|l| l.3.centimes()))
        .executer(
            tx,
            "INSERT INTO acte_creance (creance_id, rang, acte_id, montant_centimes) \
             SELECT creance_id, rang, acte_id, montant_centimes FROM v",
        )
        .await
        .map_err(deja_emis)?;
    garder_les_derniers(db, tx, &avancees, permis.acteur(), permis.quand(), tirage.au).await
}

/// L'entrée est déjà un fait de la créance ; qu'elle soit écrite en recommandé en est un autre, s'il interrompt encore la
/// prescription.
fn recommandee(tirage: Tirage<'_>, parcours: &Parcours) -> Option<Parcours> {
    let procedure = parcours.procedure();
    let lettre = procedure.etape(LETTRE_RECOMMANDEE)?;
    let interrompt = tirage.acte.etape(procedure) == procedure.depart() && tirage.envoi.est_recommande();
    interrompt.then(|| parcours.clone().avancer(lettre, tirage.au).ok())?
}

fn entier(n: usize) -> Result<i64, Erreur> {
    i64::try_from(n).map_err(|_| Erreur::Illisible("nombre"))
}
