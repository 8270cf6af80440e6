//! L'import d'un fichier de créances.
//!
//! CSV (UTF-8, avec ou sans BOM, point-virgule, en-tête dans n'importe quel ordre) ou JSON Lines (un objet par ligne,
//! mêmes noms), reconnus par leur contenu :
//!
//! | colonne | ce qu'elle contient |
//! | --- | --- |
//! | `reference` | unique dans la caisse, 40 caractères au plus, gardée en capitales |
//! | `matricule`, `siret` | l'un au moins : le débiteur |
//! | `nom`, `prenom`, `nir`, `commune`, `code_commune` | pour créer un débiteur inconnu (matricule et nom exigés) |
//! | `regime` | `employeur`, `non_salarie`, `solidarite`, `assure`, `professionnel_sante` |
//! | `nature` | `cotisation:amexa`, `indu:rsa`, `soins:facturation`… |
//! | `periode` | `2026-01`, `2026-T1` ou `2026` ; sinon `debut` et `fin`, jours inclus |
//! | `emise_le`, `exigible_le` | `AAAA-MM-JJ` |
//! | `part_ouvriere`, `part_patronale` | montants d'un employeur, en euros, à point ou à virgule |
//! | `principal` | montant de tout autre débiteur |
//! | `cause` | obligatoire pour un indu (CSS R133-9-2) |
//! | `libelle` | facultatif : à défaut, celui de la nature |

mod lecture;
mod ligne;
mod registre;

use std::collections::{BTreeSet, HashMap};
use std::io::{BufRead, BufReader};
use std::path::Path;

use acces::{Permis, actions};
use jiff::civil::Date;
use storage::{Db, LIGNES_PAR_TRANSACTION, Tx, ecrire, lire};
use valeurs::DossierId;

use self::lecture::{Faute, Lecteur};
use self::ligne::LigneLue;
use self::registre::{Cible, Registre};
use super::emettre;
use crate::Erreur;
use crate::dossiers::inscrire;

/// Ce qu'un fichier de créances a donné. `lues = emises + deja_connues`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct BilanImport {
    /// Nom du fichier.
    pub fichier: String,
    /// Créances lues.
    pub lues: u64,
    /// Créances émises.
    pub emises: u64,
    /// Créances déjà émises sous la même référence, avec le même contenu.
    pub deja_connues: u64,
    /// Débiteurs créés.
    pub debiteurs_crees: u64,
    /// Somme des principaux émis, en centimes.
    pub montant_centimes: i64,
}

/// Importe un fichier de créances : les émet, crée les débiteurs inconnus, retente les recettes qui attendaient.
///
/// Le fichier est lu deux fois : d'abord en entier pour le vérifier, ensuite pour émettre par lots de
/// [`LIGNES_PAR_TRANSACTION`]. Il peut être interrompu à tout instant et repris : la référence fait qu'une créance
/// n'est émise qu'une fois.
///
/// # Errors
/// [`Erreur::Ligne`] à la première faute (une nature hors des branches du permis en est une) et [`Erreur::Fichier`],
/// avant toute écriture ; le refus de la base.
pub async fn importer(
    db: &Db,
    permis: &Permis<actions::ImporterCreances>,
    aujourdhui: Date,
    chemin: &Path,
) -> Result<BilanImport, Erreur> {
    let nom = chemin.file_name().map_or_else(
        || chemin.display().to_string(),
        |n| n.to_string_lossy().into_owned(),
    );
    let ouvrir = || -> Result<BufReader<std::fs::File>, Erreur> {
        let fichier = std::fs::File::open(chemin).map_err(|source| Erreur::Fichier {
            fichier: nom.clone(),
            source,
        })?;
        Ok(BufReader::with_capacity(1 << 16, fichier))
    };
    let regles = Regles {
        branches: permis.perimetre().branches,
        aujourdhui,
    };
    valider(db, &nom, ouvrir()?, regles).await?;
    let mut bilan = BilanImport {
        fichier: nom.clone(),
        ..BilanImport::default()
    };
    let mut lecteur = Lecteur::ouvrir(&nom, ouvrir()?)?;
    loop {
        let lignes = lot(&mut lecteur, &nom, regles)?;
        if lignes.is_empty() {
            break;
        }
        let fait: Result<BilanImport, Erreur> =
            ecrire!(db, |tx| emettre_lot(db, tx, &nom, &lignes, permis, aujourdhui)
                .await);
        let fait = fait?;
        bilan.lues += fait.lues;
        bilan.emises += fait.emises;
        bilan.deja_connues += fait.deja_connues;
        bilan.debiteurs_crees += fait.debiteurs_crees;
        bilan.montant_centimes = bilan
            .montant_centimes
            .checked_add(fait.montant_centimes)
            .ok_or(valeurs::Depassement)?;
    }
    tracing::info!(lues = bilan.lues, emises = bilan.emises, "créances importées");
    Ok(bilan)
}

/// Relit un fichier de créances de toutes branches comme le fait l'import, mais sans base : rend le nombre de ses
/// lignes, chacune juste en elle-même.
///
/// # Errors
/// [`Erreur::Ligne`] à la première faute.
pub fn relire_fichier(nom: &str, source: impl BufRead, aujourdhui: Date) -> Result<usize, Erreur> {
    let regles = Regles {
        branches: i64::MAX,
        aujourdhui,
    };
    let mut lecteur = Lecteur::ouvrir(nom, source)?;
    let mut nombre = 0;
    loop {
        let lignes = lot(&mut lecteur, nom, regles)?;
        if lignes.is_empty() {
            return Ok(nombre);
        }
        nombre += lignes.len();
    }
}

/// Ce qu'une ligne doit respecter, que la ligne ne dit pas.
#[derive(Clone, Copy)]
struct Regles {
    /// Branches que l'agent peut émettre (bits de `droit::Branche`).
    branches: i64,
    aujourdhui: Date,
}

/// Les lignes suivantes, vérifiées ; aucune à la fin du fichier.
fn lot<R: BufRead>(lecteur: &mut Lecteur<'_, R>, nom: &str, regles: Regles) -> Result<Vec<LigneLue>, Erreur> {
    let mut lignes = Vec::new();
    while lignes.len() < LIGNES_PAR_TRANSACTION {
        let Some(brute) = lecteur.suivante()? else { break };
        let ligne = LigneLue::lire(&brute, regles.aujourdhui).and_then(|l| l.dans(regles.branches));
        lignes.push(ligne.map_err(|f| f.a_la_ligne(nom, brute.ligne))?);
    }
    Ok(lignes)
}

/// Première lecture : toute faute du fichier, seul ou face à la base.
async fn valider(db: &Db, nom: &str, source: impl BufRead, regles: Regles) -> Result<(), Erreur> {
    let mut lecteur = Lecteur::ouvrir(nom, source)?;
    let mut registre = Registre::default();
    let mut references: HashMap<String, u64> = HashMap::new();
    loop {
        let lignes = lot(&mut lecteur, nom, regles)?;
        if lignes.is_empty() {
            return Ok(());
        }
        for l in &lignes {
            if let Some(premiere) = references.insert(l.reference.clone(), l.ligne) {
                let regle = format!("la ligne {premiere} porte la même référence");
                let faute = Faute::nouvelle(
                    "reference",
                    regle,
                    "ôtez l’une des deux lignes, ou changez sa référence",
                );
                return Err(faute.a_la_ligne(nom, l.ligne));
            }
        }
        let juste: Result<(), Erreur> = lire!(db, |tx| {
            registre.charger(tx, &lignes).await?;
            for l in &lignes {
                registre.situer(l).map_err(|f| f.a_la_ligne(nom, l.ligne))?;
            }
            Ok(())
        });
        juste?;
    }
}

async fn emettre_lot(
    db: &Db,
    tx: &mut Tx,
    nom: &str,
    lignes: &[LigneLue],
    permis: &Permis<actions::ImporterCreances>,
    aujourdhui: Date,
) -> Result<BilanImport, Erreur> {
    let (auteur, maintenant) = (permis.acteur(), permis.quand());
    // Deux imports à la fois créeraient deux fois le même débiteur.
    tx.verrouiller_travail("import_creances").await?;
    let mut bilan = BilanImport::default();
    let mut registre = Registre::default();
    registre.charger(tx, lignes).await?;
    let mut nouvelles = Vec::with_capacity(lignes.len());
    for l in lignes {
        bilan.lues += 1;
        match registre.situer(l).map_err(|f| f.a_la_ligne(nom, l.ligne))? {
            Some(cible) => nouvelles.push((l, cible)),
            None => bilan.deja_connues += 1,
        }
    }
    let crees = inscrire(db, tx, registre.a_creer(), aujourdhui).await?;
    bilan.debiteurs_crees = crees.len().try_into().unwrap_or(u64::MAX);
    let creances: Vec<_> = nouvelles
        .iter()
        .map(|(l, cible)| {
            l.creance(match cible {
                Cible::Connu(dossier) => *dossier,
                Cible::ACreer(rang) => crees[*rang],
            })
        })
        .collect();
    let dossiers: BTreeSet<i64> = creances.iter().map(|c| c.dossier.get()).collect();
    let dossiers: Vec<i64> = dossiers.into_iter().collect();
    tx.verrouiller_dossiers(&dossiers).await?;
    for c in &creances {
        bilan.emises += 1;
        let montant = c.verifier()?.centimes();
        bilan.montant_centimes = bilan
            .montant_centimes
            .checked_add(montant)
            .ok_or(valeurs::Depassement)?;
    }
    emettre(tx, &creances, auteur, maintenant).await?;
    let dossiers: Vec<DossierId> = dossiers.into_iter().map(DossierId::new).collect();
    crate::encaissements::retenter(db, tx, &dossiers, auteur, maintenant).await?;
    Ok(bilan)
}
