//! Où écrire à un débiteur : une adresse postale, scellée, donnée par un agent ou par le fichier des personnes.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io::Read;
use std::path::Path;
use std::str::FromStr;

use acces::{Action, Permis, actions};
use jiff::civil::Date;
use serde::Serialize;
use storage::{Db, Lot, Tx, ecrire, sql};
use valeurs::DossierId;

use super::ErreurActes;
use super::table::{Table, champ, faute, ouvrir};
use crate::Erreur;
use crate::fichiers::nom;

/// Contexte de scellement.
pub(super) const ADRESSE: &str = "adresse_postale.adresse";
/// Lignes d'une adresse sous le nom, au plus, et caractères d'une ligne : ce que lit une machine à trier (norme
/// NF Z10-011, à vérifier).
const LIGNES: std::ops::RangeInclusive<usize> = 2..=5;
const LONGUEUR: usize = 38;
/// Adresses prises en une transaction.
const LOT: usize = 1_000;

/// Les lignes d'une adresse, sous le nom : de deux à cinq, de 38 caractères au plus, dont une commence par un code
/// postal, ou dont la dernière est un pays en capitales.
#[derive(Clone, PartialEq, Eq)]
pub struct AdressePostale(Vec<String>);

/// Une adresse est une donnée personnelle : `Debug` n'en dit que la taille.
impl fmt::Debug for AdressePostale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AdressePostale({} lignes)", self.0.len())
    }
}

impl AdressePostale {
    /// Les lignes, de haut en bas.
    #[must_use]
    pub fn lignes(&self) -> &[String] {
        &self.0
    }

    /// Les lignes, une par ligne d'un texte : ce que [`FromStr`] relit.
    #[must_use]
    pub fn texte(&self) -> String {
        self.0.join("\n")
    }
}

impl FromStr for AdressePostale {
    type Err = ErreurActes;

    /// Lit une adresse, une ligne par ligne ; les lignes vides et les espaces de trop tombent.
    fn from_str(texte: &str) -> Result<Self, ErreurActes> {
        let lignes: Vec<String> = texte
            .lines()
            .map(|ligne| ligne.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|ligne| !ligne.is_empty())
            .collect();
        if !LIGNES.contains(&lignes.len()) {
            return Err(ErreurActes::Adresse("de deux à cinq lignes"));
        }
        if lignes.iter().any(|ligne| ligne.chars().count() > LONGUEUR) {
            return Err(ErreurActes::Adresse("38 caractères au plus par ligne"));
        }
        if lignes.iter().any(|ligne| ligne.chars().any(char::is_control)) {
            return Err(ErreurActes::Adresse("sans caractère de contrôle"));
        }
        let code_postal = |ligne: &String| {
            let (code, localite) = ligne.split_once(' ').unwrap_or((ligne, ""));
            code.len() == 5 && code.bytes().all(|o| o.is_ascii_digit()) && !localite.is_empty()
        };
        let pays = |ligne: &String| {
            ligne.chars().all(|c| c.is_uppercase() || !c.is_alphabetic())
                && !ligne.bytes().any(|o| o.is_ascii_digit())
        };
        if !lignes.iter().any(code_postal) && !lignes.last().is_some_and(pays) {
            return Err(ErreurActes::Adresse(
                "une ligne « 33000 Bordeaux », ou un pays en capitales pour dernière ligne",
            ));
        }
        Ok(Self(lignes))
    }
}

/// Garde l'adresse d'un débiteur, à la place de la précédente.
///
/// # Errors
/// [`Erreur::Creances`] si le permis n'est pas de ce dossier ; le refus de la base ou du coffre.
pub async fn noter_adresse(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<actions::ComposerActe>,
    dossier: DossierId,
    adresse: &AdressePostale,
    jour: Date,
) -> Result<(), Erreur> {
    if !permis.porte_sur(dossier) {
        return Err(creances::Erreur::DossierInconnu.into());
    }
    garder(db, tx, &[(dossier.get(), adresse)], permis.acteur(), jour).await
}

/// Reprend des adresses connues ailleurs, en masse, à la place de celles qui étaient gardées.
///
/// # Errors
/// Le refus de la base ou du coffre.
pub async fn reprendre_adresses(
    db: &Db,
    tx: &mut Tx,
    adresses: &[(DossierId, AdressePostale)],
    auteur: &str,
    jour: Date,
) -> Result<(), Erreur> {
    let adresses: Vec<(i64, &AdressePostale)> = adresses.iter().map(|(d, a)| (d.get(), a)).collect();
    garder(db, tx, &adresses, auteur, jour).await
}

async fn garder(
    db: &Db,
    tx: &mut Tx,
    adresses: &[(i64, &AdressePostale)],
    auteur: &str,
    jour: Date,
) -> Result<(), Erreur> {
    let dossiers: Vec<i64> = adresses.iter().map(|(dossier, _)| *dossier).collect();
    let cles = db.coffre().cles(&dossiers).await?;
    let mut scellees = Vec::with_capacity(adresses.len());
    for (dossier, adresse) in adresses {
        let cle = cles.get(dossier).ok_or(storage::Erreur::Descellement(*dossier))?;
        scellees.push(Some(cle.sceller(ADRESSE, adresse.texte())?));
    }
    Lot::nouveau()
        .entiers("dossier_id", dossiers)
        .octets("adresse_scellee", scellees)
        .textes("depuis", adresses.iter().map(|_| jour.to_string()))
        .textes("auteur", adresses.iter().map(|_| auteur))
        .executer(
            tx,
            "INSERT INTO adresse_postale (dossier_id, adresse_scellee, depuis, auteur, sure) \
             SELECT dossier_id, adresse_scellee, depuis, auteur, 1 FROM v WHERE 1 = 1 ON CONFLICT (dossier_id) \
             DO UPDATE SET adresse_scellee = excluded.adresse_scellee, depuis = excluded.depuis, \
             auteur = excluded.auteur, sure = 1",
        )
        .await?;
    Ok(())
}

/// L'adresse connue d'un dossier, et si rien n'en est revenu.
///
/// # Errors
/// [`Erreur::Creances`] si le permis n'est pas de ce dossier ; le refus de la base ou du coffre.
pub async fn adresse<A: Action>(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<A>,
    dossier: DossierId,
) -> Result<Option<(AdressePostale, bool)>, Erreur> {
    if !permis.porte_sur(dossier) {
        return Err(creances::Erreur::DossierInconnu.into());
    }
    let gardee: Option<(Vec<u8>, i64)> =
        sql!("SELECT adresse_scellee, sure FROM adresse_postale WHERE dossier_id = $1")
            .bind(dossier)
            .au_plus_une(tx)
            .await?;
    let Some((scellee, sure)) = gardee else {
        return Ok(None);
    };
    let texte = db
        .coffre()
        .cle(dossier.get())
        .await?
        .desceller(ADRESSE, &scellee)?;
    let adresse = texte.parse().map_err(|_| Erreur::Illisible("adresse"))?;
    Ok(Some((adresse, sure == 1)))
}

/// Ce qu'un import d'adresses a fait.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct BilanAdresses {
    /// Lignes lues.
    pub lues: u64,
    /// Adresses gardées.
    pub gardees: u64,
    /// Lignes dont le matricule n'est pas de la caisse.
    pub inconnus: u64,
}

/// Prend les adresses d'un fichier CSV : `matricule`, puis `ligne1` à `ligne5`, séparés par des points-virgules.
///
/// Le fichier est lu deux fois : s'il porte une faute, rien n'est gardé.
///
/// # Errors
/// [`ErreurActes::Ligne`] : fichier, ligne, champ et remède ; le refus de la base ou du coffre.
pub async fn importer_adresses(
    db: &Db,
    permis: &Permis<actions::ComposerActe>,
    chemin: &Path,
    jour: Date,
) -> Result<BilanAdresses, Erreur> {
    let nom = nom(chemin);
    for ligne in lire_adresses(&nom, ouvrir(chemin)?)? {
        ligne?;
    }
    let mut bilan = BilanAdresses {
        lues: 0,
        gardees: 0,
        inconnus: 0,
    };
    let mut lot = Vec::with_capacity(LOT);
    let mut lignes = lire_adresses(&nom, ouvrir(chemin)?)?;
    loop {
        lot.extend(lignes.by_ref().take(LOT).collect::<Result<Vec<_>, _>>()?);
        if lot.is_empty() {
            return Ok(bilan);
        }
        let gardees: Result<u64, Erreur> = ecrire!(db, |tx| {
            let connus: Vec<(i64, String)> = Lot::nouveau()
                .textes("matricule", lot.iter().map(|(matricule, _)| matricule.as_str()))
                .toutes(
                    tx,
                    "SELECT d.id, d.matricule FROM v CROSS JOIN debiteur d WHERE d.matricule = v.matricule",
                )
                .await?;
            let connus: HashMap<String, i64> = connus
                .into_iter()
                .map(|(id, matricule)| (matricule, id))
                .collect();
            // La dernière ligne d'un matricule est la bonne.
            let siennes: BTreeMap<i64, &AdressePostale> = lot
                .iter()
                .filter_map(|(matricule, adresse)| Some((*connus.get(matricule)?, adresse)))
                .collect();
            let siennes: Vec<_> = siennes.into_iter().collect();
            garder(db, tx, &siennes, permis.acteur(), jour).await?;
            let trouvees = lot.iter().filter(|(matricule, _)| connus.contains_key(matricule));
            Ok(u64::try_from(trouvees.count()).unwrap_or(u64::MAX))
        });
        let gardees = gardees?;
        let lues = u64::try_from(lot.len()).unwrap_or(u64::MAX);
        bilan.lues += lues;
        bilan.gardees += gardees;
        bilan.inconnus += lues.saturating_sub(gardees);
        lot.clear();
    }
}

/// Les adresses d'un fichier : un matricule, une adresse.
fn lire_adresses<R: Read>(
    fichier: &str,
    lecture: R,
) -> Result<impl Iterator<Item = Result<(String, AdressePostale), ErreurActes>>, ErreurActes> {
    let table = Table::ouvrir(fichier, lecture)?;
    let matricule = table.exiger("matricule")?;
    let mut colonnes = vec![table.exiger("ligne1")?, table.exiger("ligne2")?];
    colonnes.extend((3..=*LIGNES.end()).filter_map(|n| table.colonne(&format!("ligne{n}"))));
    Ok(table.lignes().map(move |lue| {
        let (ligne, lue) = lue?;
        let matricule = champ(&lue, matricule);
        if matricule.is_empty() {
            let remede = "donnez celui du débiteur";
            return Err(faute(fichier, ligne, "matricule", "il est vide", remede));
        }
        let texte: Vec<&str> = colonnes.iter().map(|rang| champ(&lue, *rang)).collect();
        let adresse = texte.join("\n").parse().map_err(|e: ErreurActes| {
            let remede = "corrigez l’adresse, ou retirez la ligne";
            faute(fichier, ligne, "ligne1", e.to_string(), remede)
        })?;
        Ok((matricule.to_owned(), adresse))
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn aucun_fichier_d_adresses_n_arrete_le_lecteur(octets: Vec<u8>, lignes in "[a-z0-9;\"\n é]{0,80}") {
            for corps in [octets, lignes.into_bytes()] {
                let fichier = [b"matricule;ligne1;ligne2\n".as_slice(), &corps].concat();
                for lue in lire_adresses("adresses.csv", fichier.as_slice()).unwrap() {
                    if let Err(refus) = lue {
                        prop_assert!(matches!(refus, ErreurActes::Ligne { ligne: 2.., .. }), "{refus}");
                    }
                }
            }
        }
    }

    #[test]
    fn une_adresse_a_un_code_postal_ou_un_pays() {
        let juste: AdressePostale = "  12, rue  des Lilas\n\n33000 Bordeaux ".parse().unwrap();
        assert_eq!(juste.lignes(), ["12, rue des Lilas", "33000 Bordeaux"]);
        assert_eq!(juste.texte().parse::<AdressePostale>().unwrap(), juste);
        assert!(
            "Calle Mayor 1\n28013 Madrid\nESPAGNE"
                .parse::<AdressePostale>()
                .is_ok()
        );
        assert!("Main Street 1\nDublin\nIRLANDE".parse::<AdressePostale>().is_ok());
        for fausse in [
            "",
            "33000 Bordeaux",
            "12, rue des Lilas\nBordeaux",
            "12, rue des Lilas\n33000",
            "a\nb\nc\nd\ne\n33000 Bordeaux",
            "12, rue des Lilas qui est une rue vraiment très longue\n33000 Bordeaux",
        ] {
            assert!(fausse.parse::<AdressePostale>().is_err(), "{fausse}");
        }
        assert!(!format!("{juste:?}").contains("Lilas"));
    }
}
