use std::collections::{BTreeMap, BTreeSet, HashSet};

use storage::{Lot, Tx, sql};
use valeurs::mots_de_recherche;

use super::indices::Indice;
use super::{Motif, Recette};
use crate::Erreur;

/// Mots d'un paiement regardés, les plus longs d'abord.
const MOTS: usize = 8;
/// Parmi eux, ceux dont on cherche aussi les voisins à une faute près.
const MOTS_APPROCHES: usize = 3;
/// Au-delà, un mot est trop courant pour désigner quelqu'un à lui seul.
const RARE: i64 = 200;
/// Au-delà, même croisé avec un autre, il coûte plus qu'il n'apprend.
const COURANT: i64 = 10_000;
/// Mots de mêmes premières lettres comparés, au plus.
const VOISINS: i64 = 1_000;
/// Voisins gardés par mot, les plus proches d'abord.
const FORMES: usize = 8;
/// Dossiers retenus par mot, ou par paire de mots.
const DOSSIERS: i64 = 200;

/// Ce qui est dans tant de paiements et de raisons sociales qu'il ne désigne personne.
const VIDES: [&str; 44] = [
    "avec",
    "avis",
    "cotisation",
    "cotisations",
    "dans",
    "dette",
    "earl",
    "echeance",
    "epoux",
    "eurl",
    "facture",
    "gaec",
    "gfa",
    "indu",
    "madame",
    "mademoiselle",
    "mensualite",
    "messieurs",
    "mle",
    "mme",
    "monsieur",
    "mois",
    "mlle",
    "mr",
    "msa",
    "paiement",
    "par",
    "pour",
    "prelevement",
    "ref",
    "reference",
    "reglement",
    "sarl",
    "sas",
    "sasu",
    "scea",
    "sci",
    "sepa",
    "solde",
    "sur",
    "trimestre",
    "vers",
    "virement",
    "vir",
];

/// Les dossiers dont le nom ressemble à ce que le paiement dit du payeur.
pub(super) async fn chercher(tx: &mut Tx, recette: &Recette) -> Result<Vec<Indice>, Erreur> {
    let textes = [recette.nom_payeur.as_deref(), recette.libelle.as_deref()];
    let texte = textes.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let dits: Vec<String> = mots_de_recherche(&texte);
    let mut cherches: Vec<&String> = dits.iter().filter(|m| significatif(m)).collect();
    cherches.sort_by_key(|m| std::cmp::Reverse(m.chars().count()));
    cherches.truncate(MOTS);
    // Chaque mot dit, et les mots de l'index qui lui ressemblent.
    let mut formes: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (rang, mot) in cherches.into_iter().enumerate() {
        let formes = formes.entry(mot).or_default();
        formes.insert(mot.clone());
        if rang < MOTS_APPROCHES && mot.chars().count() >= 5 {
            formes.extend(voisins(tx, mot).await?);
        }
    }
    let candidats = candidats(tx, &formes).await?;
    let noms: Vec<(i64, String, String)> = Lot::nouveau()
        .entiers("dossier", candidats)
        .toutes(
            tx,
            "SELECT d.id, d.nom, d.prenom FROM v CROSS JOIN debiteur d WHERE d.id = v.dossier",
        )
        .await?;
    let exacts: HashSet<&str> = dits.iter().map(String::as_str).collect();
    let proches: HashSet<&str> = formes.values().flatten().map(String::as_str).collect();
    let motif = |(id, nom, prenom): (i64, String, String)| {
        let motif = comparer(&format!("{nom} {prenom}"), &exacts, &proches)?;
        Some(Indice {
            dossier: id,
            creance: None,
            motif,
        })
    };
    Ok(noms.into_iter().filter_map(motif).collect())
}

/// Tous les mots du nom sont dits : identique ; la moitié au moins, à une faute près : proche.
fn comparer(nom: &str, exacts: &HashSet<&str>, proches: &HashSet<&str>) -> Option<Motif> {
    let mut mots = mots_de_recherche(nom);
    if mots.iter().any(|m| significatif(m)) {
        mots.retain(|m| significatif(m));
    }

    let dits = mots.iter().filter(|m| exacts.contains(m.as_str())).count();
    let approches = mots
        .iter()
        .filter(|m| exacts.contains(m.as_str()) || proches.contains(m.as_str()))
        .count();
    if mots.len() >= 2 && dits == mots.len() {
        Some(Motif::NomIdentique)
    } else {
        (approches > 0 && approches * 2 >= mots.len()).then_some(Motif::NomProche)
    }
}

fn significatif(mot: &str) -> bool {
    mot.chars().count() >= 3 && !mot.bytes().any(|b| b.is_ascii_digit()) && !VIDES.contains(&mot)
}

/// Les mots de l'index, de mêmes premières lettres, à une ou deux fautes de celui-ci.
async fn voisins(tx: &mut Tx, mot: &str) -> Result<Vec<String>, Erreur> {
    let longueur = mot.chars().count();
    let communes = if longueur >= 8 { 4 } else { 3 };
    let debut: String = mot.chars().take(communes).collect();
    // Un pas par mot distinct, pas par débiteur : l'index se saute de mot en mot.
    let memes: Vec<(String,)> = sql!(
        "WITH RECURSIVE m (mot) AS (SELECT MIN(a.mot) FROM mot a WHERE a.mot >= $1 AND a.mot < $2 UNION ALL \
         SELECT (SELECT MIN(b.mot) FROM mot b WHERE b.mot > m.mot AND b.mot < $2) FROM m WHERE m.mot IS NOT NULL) \
         SELECT m.mot FROM m WHERE m.mot IS NOT NULL LIMIT $3"
    )
    .bind(debut.as_str())
    .bind(format!("{debut}\u{10FFFF}"))
    .bind(VOISINS)
    .toutes(tx)
    .await?;
    let fautes = if longueur >= 8 { 2 } else { 1 };
    let mut voisins: Vec<(usize, String)> = memes
        .into_iter()
        .map(|(m,)| (distance(&m, mot), m))
        .filter(|(d, _)| (1..=fautes).contains(d))
        .collect();
    voisins.sort_unstable();
    voisins.truncate(FORMES);
    Ok(voisins.into_iter().map(|(_, m)| m).collect())
}

/// Les dossiers d'un mot rare, ou de deux mots moins rares.
async fn candidats(tx: &mut Tx, formes: &BTreeMap<&str, BTreeSet<String>>) -> Result<BTreeSet<i64>, Erreur> {
    let mut trouves = BTreeSet::new();
    let mut courants: Vec<(i64, &str, &String)> = Vec::new();
    for (mot, formes) in formes {
        for forme in formes {
            let nombre: i64 = sql!("SELECT COUNT(*) FROM (SELECT 1 FROM mot WHERE mot = $1 LIMIT $2) x")
                .bind(forme)
                .bind(COURANT + 1)
                .scalaire(tx)
                .await?;
            match nombre {
                0 => {}
                1..=RARE => {
                    let dossiers: Vec<(i64,)> = sql!("SELECT dossier_id FROM mot WHERE mot = $1 LIMIT $2")
                        .bind(forme)
                        .bind(DOSSIERS)
                        .toutes(tx)
                        .await?;
                    trouves.extend(dossiers.into_iter().map(|(d,)| d));
                }
                _ => courants.push((nombre, mot, forme)),
            }
        }
    }
    courants.sort_unstable();
    // Le plus rare des mots courants, croisé avec chacun des autres.
    let Some((premier, suite)) = courants
        .split_first()
        .filter(|((nombre, ..), _)| *nombre <= COURANT)
    else {
        return Ok(trouves);
    };
    for autre in suite.iter().filter(|a| a.1 != premier.1).take(MOTS) {
        let dossiers: Vec<(i64,)> = sql!(
            "SELECT a.dossier_id FROM mot a WHERE a.mot = $1 \
             AND EXISTS (SELECT 1 FROM mot b WHERE b.mot = $2 AND b.dossier_id = a.dossier_id) LIMIT $3"
        )
        .bind(premier.2)
        .bind(autre.2)
        .bind(DOSSIERS)
        .toutes(tx)
        .await?;
        trouves.extend(dossiers.into_iter().map(|(d,)| d));
    }
    Ok(trouves)
}

/// Distance de Damerau-Levenshtein restreinte : insertions, suppressions, substitutions, lettres voisines échangées.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut avant: Vec<usize> = Vec::new();
    let mut ligne: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut neuve = vec![i];
        for j in 1..=b.len() {
            let substituee = ligne[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut cout = substituee.min(ligne[j] + 1).min(neuve[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cout = cout.min(avant[j - 2] + 1);
            }
            neuve.push(cout);
        }
        avant = std::mem::replace(&mut ligne, neuve);
    }
    ligne.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn la_distance_est_nulle_et_symetrique(a in "[a-e]{0,8}", b in "[a-e]{0,8}") {
            prop_assert_eq!(distance(&a, &a), 0);
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
            prop_assert!(distance(&a, &b) >= a.len().abs_diff(b.len()));
            prop_assert!(distance(&a, &b) <= a.len().max(b.len()));
        }

        #[test]
        fn une_faute_de_frappe_est_a_une_lettre(mot in "[a-z]{2,10}", place in 0..9_usize, lettre in b'a'..=b'z') {
            let place = place % (mot.len() - 1);
            let mut echange = mot.clone().into_bytes();
            echange.swap(place, place + 1);
            prop_assert!(distance(&mot, std::str::from_utf8(&echange).unwrap()) <= 1);
            let mut insere = mot.clone();
            insere.insert(place, char::from(lettre));
            prop_assert_eq!(distance(&mot, &insere), 1);
        }
    }

    #[test]
    fn les_mots_vides_sont_ranges_et_courts() {
        assert!(VIDES.iter().all(|m| mots_de_recherche(m) == [*m]));
    }

    #[test]
    fn un_nom_entier_est_identique_un_nom_fautif_est_proche() {
        let exacts = HashSet::from(["virement", "m", "dupont", "jean"]);
        let proches = HashSet::from(["dupond", "dupont"]);
        assert_eq!(
            comparer("DUPONT Jean", &exacts, &proches),
            Some(Motif::NomIdentique)
        );
        assert_eq!(
            comparer("Dupond Jeanne", &exacts, &proches),
            Some(Motif::NomProche)
        );
        assert_eq!(comparer("Martin Jean-Pierre", &exacts, &proches), None);
        assert_eq!(comparer("GAEC Dupont", &exacts, &proches), Some(Motif::NomProche));
    }
}
