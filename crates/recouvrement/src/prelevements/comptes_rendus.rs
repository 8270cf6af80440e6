//! Noter ce que la banque rejette d'un fichier de prélèvements (`pain.002`), avant que l'argent ne bouge.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use ::prelevements::{CodeMotif, CompteRendu, Motif, Objet, Plan, Remise, Statut};
use acces::{Permis, actions};
use jiff::civil::Date;
use serde::Serialize;
use storage::{Db, Lot, Tx, ecrire, sql};
use valeurs::{DossierId, Montant, date_longue};

use super::lire::sequence;
use super::{ErreurPrelevement, message, raconter};
use crate::Erreur;
use crate::fichiers::nom;
use crate::procedure::jour;

/// Ce qu'un compte rendu a donné.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct BilanComptesRendus {
    /// Nom du fichier.
    pub fichier: String,
    /// Prélèvements que la banque rejette, ou qu'elle a annulés.
    pub rejetes: u64,
    /// Ceux qui n'étaient pas encore notés.
    pub notes: u64,
    /// Ceux qui l'étaient.
    pub connus: u64,
}

/// Ce que dit un compte rendu, lu en entier : les refus, du plus large au plus étroit.
struct Lu {
    nom: String,
    message: String,
    du_message: Option<Refus>,
    des_remises: BTreeMap<String, (u64, Option<Refus>)>,
    des_operations: BTreeMap<String, DUneOperation>,
}

/// Un refus de la banque.
#[derive(Clone, Copy)]
struct Refus {
    statut: Statut,
    motif: Option<CodeMotif>,
}

struct DUneOperation {
    ligne: u64,
    montant: Option<Montant>,
    /// Aucun : la banque l'accepte, même si elle refuse sa remise.
    refus: Option<Refus>,
}

/// Un prélèvement du fichier dont on lit le compte rendu.
#[derive(sqlx::FromRow)]
struct Remis {
    id: i64,
    reference: String,
    echeancier_id: i64,
    dossier_id: i64,
    echeance: String,
    sequence: String,
    montant_centimes: i64,
    deja: Option<i64>,
}

/// Note les prélèvements qu'un compte rendu dit rejetés ou annulés, avec leur motif.
///
/// Le fichier est lu en entier d'abord ; ce qu'il dit est noté d'un coup, ou rien ne l'est. Relu, il ne compte rien de plus.
///
/// # Errors
/// [`ErreurPrelevement::CompteRendu`] : le fichier est inutilisable ; [`ErreurPrelevement::Etranger`] : il parle d'autre
/// chose que de ce que la caisse a remis ; le refus de la base.
pub async fn noter_comptes_rendus(
    db: &Db,
    permis: &Permis<actions::EmettrePrelevements>,
    chemin: &Path,
    au: Date,
) -> Result<BilanComptesRendus, Erreur> {
    let lu = lire_le_fichier(chemin)?;
    ecrire!(db, |tx| noter(tx, permis, &lu, au).await)
}

fn lire_le_fichier(chemin: &Path) -> Result<Lu, ErreurPrelevement> {
    let nom = nom(chemin);
    let source = File::open(chemin).map_err(|source| ErreurPrelevement::Ouverture {
        fichier: chemin.display().to_string(),
        source,
    })?;
    let avis = CompteRendu::ouvrir(&nom, BufReader::new(source))?;
    let mut lu = Lu {
        nom,
        message: avis.message().to_owned(),
        du_message: None,
        des_remises: BTreeMap::new(),
        des_operations: BTreeMap::new(),
    };
    for avis in avis {
        let avis = avis?;
        let refus = matches!(avis.statut, Statut::Rejete | Statut::Annule).then(|| Refus {
            statut: avis.statut,
            motif: premier(&avis.motifs),
        });
        match avis.objet {
            Objet::Message => lu.du_message = refus,
            Objet::Remise(remise) => {
                lu.des_remises.insert(remise, (avis.ligne, refus));
            }
            Objet::Operation(operation) => {
                let dite = DUneOperation {
                    ligne: avis.ligne,
                    montant: operation.montant,
                    refus,
                };
                lu.des_operations.insert(operation.bout_en_bout, dite);
            }
        }
    }
    Ok(lu)
}

fn premier(motifs: &[Motif]) -> Option<CodeMotif> {
    motifs.iter().find_map(|motif| motif.code)
}

impl Lu {
    fn etranger(&self, ligne: u64, champ: &'static str, regle: &'static str, remede: &'static str) -> Erreur {
        Erreur::from(ErreurPrelevement::Etranger {
            fichier: self.nom.clone(),
            ligne,
            champ,
            regle,
            remede,
        })
    }

    /// Rien de ce qu'il dit n'est étranger à ce que la caisse a remis.
    fn verifier(&self, remis: &[Remis], remises: &BTreeMap<Remise, String>) -> Result<(), Erreur> {
        const CAISSE: &str = "vérifiez la caisse et le fichier, ou demandez à la banque de quoi elle parle";
        if remis.is_empty() {
            return Err(self.etranger(
                1,
                "OrgnlGrpInfAndSts/OrgnlMsgId",
                "la caisse n’a remis aucun fichier de cette référence",
                CAISSE,
            ));
        }
        let connues: BTreeSet<&str> = remises.values().map(String::as_str).collect();
        for (remise, (ligne, _)) in &self.des_remises {
            if !connues.contains(remise.as_str()) {
                return Err(self.etranger(
                    *ligne,
                    "OrgnlPmtInfAndSts/OrgnlPmtInfId",
                    "cette remise n’est pas du fichier remis",
                    CAISSE,
                ));
            }
        }
        let montants: BTreeMap<&str, i64> = remis
            .iter()
            .map(|p| (p.reference.as_str(), p.montant_centimes))
            .collect();
        for (reference, operation) in &self.des_operations {
            let Some(&montant) = montants.get(reference.as_str()) else {
                return Err(self.etranger(
                    operation.ligne,
                    "TxInfAndSts/OrgnlEndToEndId",
                    "cette opération n’est pas du fichier remis",
                    CAISSE,
                ));
            };
            if operation.montant.is_some_and(|dit| dit.centimes() != montant) {
                return Err(self.etranger(
                    operation.ligne,
                    "TxInfAndSts/OrgnlTxRef/Amt/InstdAmt",
                    "ce montant n’est pas celui qui a été remis",
                    "demandez à la banque un compte rendu juste",
                ));
            }
        }
        Ok(())
    }

    /// Ce qu'il dit d'un prélèvement : son opération d'abord, à défaut sa remise, à défaut le message.
    fn refus(&self, reference: &str, remise: Option<&String>) -> Option<Refus> {
        if let Some(operation) = self.des_operations.get(reference) {
            return operation.refus;
        }
        let de_la_remise = remise.and_then(|remise| self.des_remises.get(remise));
        de_la_remise.map_or(self.du_message, |(_, refus)| *refus)
    }
}

async fn noter(
    tx: &mut Tx,
    permis: &Permis<actions::EmettrePrelevements>,
    lu: &Lu,
    au: Date,
) -> Result<BilanComptesRendus, Erreur> {
    tx.verrouiller_travail("prelevement").await?;
    let remis = remis(tx, &lu.message).await?;
    let remises = remises(&lu.message, &remis)?;
    lu.verifier(&remis, &remises)?;
    let mut bilan = BilanComptesRendus {
        fichier: lu.nom.clone(),
        rejetes: 0,
        notes: 0,
        connus: 0,
    };
    let mut nouveaux = Vec::new();
    for prelevement in &remis {
        let remise = remises.get(&prelevement.remise()?);
        let Some(refus) = lu.refus(&prelevement.reference, remise) else {
            continue;
        };
        bilan.rejetes = bilan.rejetes.saturating_add(1);
        if prelevement.deja.is_some() {
            bilan.connus = bilan.connus.saturating_add(1);
        } else {
            bilan.notes = bilan.notes.saturating_add(1);
            nouveaux.push((prelevement, refus));
        }
    }
    Lot::nouveau()
        .entiers("prelevement_id", nouveaux.iter().map(|(p, _)| p.id))
        .textes("statut", nouveaux.iter().map(|(_, refus)| refus.statut.code()))
        .textes_opt(
            "motif",
            nouveaux
                .iter()
                .map(|(_, refus)| refus.motif.map(|motif| motif.code().to_owned())),
        )
        .textes(
            "enregistre_le",
            nouveaux.iter().map(|_| permis.quand().to_string()),
        )
        .textes("auteur", nouveaux.iter().map(|_| permis.acteur()))
        .executer(
            tx,
            "INSERT INTO prelevement_rejete (prelevement_id, statut, motif, enregistre_le, auteur) \
             SELECT prelevement_id, statut, motif, enregistre_le, auteur FROM v",
        )
        .await?;
    for (prelevement, refus) in nouveaux {
        let libelle = format!(
            "Prélèvement du {} {}",
            date_longue(jour(&prelevement.echeance)?),
            dire(refus)
        );
        let lieu = (DossierId::new(prelevement.dossier_id), prelevement.echeancier_id);
        raconter(tx, permis, lieu, "prelevement_rejete", &libelle, au).await?;
    }
    Ok(bilan)
}

fn dire(refus: Refus) -> String {
    let quoi = if refus.statut == Statut::Annule {
        "annulé"
    } else {
        "rejeté"
    };
    match refus.motif {
        Some(motif) => format!("{quoi} : {motif}"),
        None => quoi.to_owned(),
    }
}

/// Les prélèvements du fichier remis sous cette référence de message ; aucun si la caisse n'en a pas remis.
async fn remis(tx: &mut Tx, reference: &str) -> Result<Vec<Remis>, Erreur> {
    let chiffres = reference.trim_start_matches(|c: char| !c.is_ascii_digit());
    let id = chiffres.parse::<i64>().unwrap_or_default();
    if message(id) != reference {
        return Ok(Vec::new());
    }
    Ok(sql!(
        "SELECT p.id, p.reference, p.echeancier_id, e.dossier_id, p.echeance, p.sequence, p.montant_centimes, \
         r.prelevement_id AS deja FROM prelevement p JOIN echeancier e ON e.id = p.echeancier_id \
         LEFT JOIN prelevement_rejete r ON r.prelevement_id = p.id WHERE p.fichier_id = $1 ORDER BY p.id"
    )
    .bind(id)
    .toutes(tx)
    .await?)
}

impl Remis {
    fn remise(&self) -> Result<Remise, Erreur> {
        Ok(Remise {
            echeance: jour(&self.echeance)?,
            sequence: sequence(&self.sequence)?,
        })
    }
}

/// Les références que ses remises ont dans le fichier : celles que le même plan leur a données.
fn remises(reference: &str, remis: &[Remis]) -> Result<BTreeMap<Remise, String>, Erreur> {
    let Ok(reference) = reference.parse() else {
        return Ok(BTreeMap::new());
    };
    let mut plan = Plan::new(reference);
    for prelevement in remis {
        plan.ajouter(
            prelevement.remise()?,
            1,
            Montant::de_centimes(prelevement.montant_centimes),
        )
        .map_err(ErreurPrelevement::from)?;
    }
    Ok(plan
        .remises()
        .map(|prevue| (prevue.remise, prevue.reference.as_str().to_owned()))
        .collect())
}
