use std::collections::BTreeMap;

use acces::{Action, Permis, date_de_paris};
use creances::grand_livre::NatureMouvement;
use droit::Nature;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use storage::{Db, Lot, Tx, ecrire, lire, sql};
use valeurs::Montant;

use super::Age;
use super::mesure::Mesure;
use crate::Erreur;

/// Au-dessous de ce nombre de créances, tout se recompte à chaque page.
const GRANDE_CAISSE: u64 = 20_000;
/// Au-dessus, un compte sert aux pages suivantes pendant ce temps : le grand livre se lit en entier.
const FRAICHEUR: SignedDuration = SignedDuration::from_mins(10);

/// Un nombre et une somme, pour une année, une nature et une mesure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Case {
    pub(super) annee: i64,
    pub(super) branche: i64,
    /// Aucune pour des actes.
    pub(super) nature: Option<Nature>,
    pub(super) mesure: Mesure,
    pub(super) nombre: u64,
    pub(super) montant: Montant,
}

/// Tout ce qui se compte pour le pilotage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comptes {
    pub(super) cases: Vec<Case>,
    /// Quand le compte a été fait.
    pub compte_le: Timestamp,
}

/// Les comptes des branches du permis, vus du jour de `maintenant`. Une grande caisse les garde dix minutes.
///
/// # Errors
/// Le refus de la base ; un mouvement que le pilotage ne sait pas ranger.
pub async fn lire(db: &Db, permis: &Permis<impl Action>, maintenant: Timestamp) -> Result<Comptes, Erreur> {
    let au = date_de_paris(maintenant);
    let lus: Result<Option<Comptes>, Erreur> = lire!(db, |tx| gardes(tx, maintenant, au).await);
    let mut comptes = match lus? {
        Some(comptes) => comptes,
        None => refaire(db, maintenant, au).await?,
    };
    comptes
        .cases
        .retain(|c| c.branche & permis.perimetre().branches != 0);
    Ok(comptes)
}

async fn refaire(db: &Db, maintenant: Timestamp, au: Date) -> Result<Comptes, Erreur> {
    // Le grand livre et les restes d'une même vue : leur identité se prouve au centime.
    let cases: Result<Vec<Case>, Erreur> = lire!(db, |tx| {
        let mut cases = ecritures(tx).await?;
        cases.extend(restes(tx, au).await?);
        cases.extend(actes(tx).await?);
        Ok(cases)
    });
    let cases = cases?;
    let creances = cases.iter().filter(|c| c.mesure == Mesure::Emis);
    if creances.map(|c| c.nombre).sum::<u64>() > GRANDE_CAISSE {
        let fait: Result<(), Erreur> = ecrire!(db, |tx| garder(tx, &cases, maintenant).await);
        fait?;
    }
    Ok(Comptes {
        cases,
        compte_le: maintenant,
    })
}

#[derive(sqlx::FromRow)]
struct Somme {
    annee: String,
    nature: String,
    genre: String,
    rang: i64,
    jour: String,
    montant: i64,
}

/// Le grand livre, lu une fois : par année d'émission, nature, genre de mouvement, délai et année du paiement.
async fn ecritures(tx: &mut Tx) -> Result<Vec<Case>, Erreur> {
    // Un mois est fini quand le jour de l'échéance y est passé : le 28 février est à trois mois du 30 novembre.
    let lignes: Vec<Somme> = sql!(
        "SELECT annee, nature, genre, CAST(CASE WHEN mois <= 3 THEN 0 WHEN mois <= 6 THEN 1 WHEN mois <= 12 THEN 2 \
         WHEN mois <= 24 THEN 3 ELSE 4 END AS BIGINT) AS rang, jour, CAST(SUM(montant) AS BIGINT) AS montant FROM \
         (SELECT substr(c.emise_le, 1, 4) AS annee, c.nature AS nature, e.montant_centimes AS montant, \
         CASE WHEN e.encaissement_id IS NULL THEN COALESCE(o.nature, m.nature) ELSE '' END AS genre, \
         CASE WHEN e.encaissement_id IS NULL THEN '' ELSE substr(e.jour, 1, 4) END AS jour, \
         CASE WHEN e.encaissement_id IS NULL THEN 0 ELSE \
         (CAST(substr(e.jour, 1, 4) AS INTEGER) - CAST(substr(c.exigible_le, 1, 4) AS INTEGER)) * 12 \
         + CAST(substr(e.jour, 6, 2) AS INTEGER) - CAST(substr(c.exigible_le, 6, 2) AS INTEGER) \
         + CASE WHEN substr(e.jour, 9, 2) > substr(c.exigible_le, 9, 2) THEN 1 ELSE 0 END END AS mois \
         FROM ecriture e JOIN creance c ON c.id = e.creance_id JOIN mouvement m ON m.id = e.mouvement_id \
         LEFT JOIN mouvement o ON o.id = m.contrepasse) t GROUP BY annee, nature, genre, rang, jour"
    )
    .toutes(tx)
    .await?;
    let mut sommes: BTreeMap<(i64, Nature, Mesure), Montant> = BTreeMap::new();
    let mut ajouter = |annee, nature, mesure, montant| -> Result<(), Erreur> {
        let somme = sommes.entry((annee, nature, mesure)).or_default();
        *somme = somme.checked_add(montant)?;
        Ok(())
    };
    for l in lignes {
        let (annee, nature) = (lire_annee(&l.annee)?, lire_nature(&l.nature)?);
        let montant = Montant::de_centimes(l.montant);
        if l.genre.is_empty() {
            let rang = usize::try_from(l.rang).map_err(|_| Erreur::Illisible("délai"))?;
            ajouter(annee, nature, Mesure::Encaisse(rang), montant.oppose())?;
            ajouter(lire_annee(&l.jour)?, nature, Mesure::Recette, montant.oppose())?;
        } else {
            let mesure = NatureMouvement::du_code(&l.genre)
                .and_then(Mesure::du_mouvement)
                .ok_or(Erreur::Illisible("mouvement d'une créance"))?;
            let montant = match mesure {
                Mesure::Emis | Mesure::Majorations => montant,
                _ => montant.oppose(),
            };
            ajouter(annee, nature, mesure, montant)?;
        }
    }
    let cases = sommes.into_iter().map(|((annee, nature, mesure), montant)| Case {
        annee,
        branche: i64::from(nature.branche().bit()),
        nature: Some(nature),
        mesure,
        nombre: 0,
        montant,
    });
    Ok(cases.collect())
}

#[derive(sqlx::FromRow)]
struct Reste {
    annee: String,
    nature: String,
    age: i64,
    position: String,
    ouverte: i64,
    nombre: i64,
    reste: i64,
}

/// Les créances et ce qu'elles gardent de reste, par âge et par étape.
async fn restes(tx: &mut Tx, au: Date) -> Result<Vec<Case>, Erreur> {
    let [du0, du1, du2, du3, du4, du5] = Age::premieres(au).map_err(droit::Erreur::from)?;
    let lignes: Vec<Reste> = sql!(
        "SELECT annee, nature, age, position, ouverte, COUNT(*) AS nombre, CAST(SUM(reste) AS BIGINT) AS reste FROM \
         (SELECT substr(c.emise_le, 1, 4) AS annee, c.nature AS nature, CAST(c.ouverte AS BIGINT) AS ouverte, \
         c.reste_centimes AS reste, CASE WHEN c.ouverte = 1 THEN COALESCE(s.position, '') ELSE '' END AS position, \
         CAST(CASE WHEN c.exigible_le >= $1 THEN 0 WHEN c.exigible_le >= $2 THEN 1 WHEN c.exigible_le >= $3 THEN 2 \
         WHEN c.exigible_le >= $4 THEN 3 WHEN c.exigible_le >= $5 THEN 4 WHEN c.exigible_le >= $6 THEN 5 ELSE 6 END \
         AS BIGINT) AS age FROM creance c LEFT JOIN situation_procedure s ON s.creance_id = c.id) t \
         GROUP BY annee, nature, age, position, ouverte"
    )
    .bind(du0.to_string())
    .bind(du1.to_string())
    .bind(du2.to_string())
    .bind(du3.to_string())
    .bind(du4.to_string())
    .bind(du5.to_string())
    .toutes(tx)
    .await?;
    let mut cases = Vec::new();
    let mut nombres: BTreeMap<(i64, Nature), u64> = BTreeMap::new();
    for l in lignes {
        let (annee, nature) = (lire_annee(&l.annee)?, lire_nature(&l.nature)?);
        let nombre = u64::try_from(l.nombre).map_err(|_| Erreur::Illisible("nombre"))?;
        *nombres.entry((annee, nature)).or_default() += nombre;
        if l.ouverte != 1 && l.reste == 0 {
            continue;
        }
        let age = usize::try_from(l.age)
            .ok()
            .and_then(|rang| Age::TOUS.get(rang).copied())
            .ok_or(Erreur::Illisible("âge"))?;
        cases.push(Case {
            annee,
            branche: i64::from(nature.branche().bit()),
            nature: Some(nature),
            mesure: Mesure::Reste(age, l.position),
            nombre,
            montant: Montant::de_centimes(l.reste),
        });
    }
    cases.extend(nombres.into_iter().map(|((annee, nature), nombre)| Case {
        annee,
        branche: i64::from(nature.branche().bit()),
        nature: Some(nature),
        mesure: Mesure::Emis,
        nombre,
        montant: Montant::ZERO,
    }));
    Ok(cases)
}

/// Les actes émis, par année, branche et mode d'envoi.
async fn actes(tx: &mut Tx) -> Result<Vec<Case>, Erreur> {
    let lignes: Vec<(String, i64, String, i64)> = sql!(
        "SELECT annee, branche, envoi, COUNT(*) FROM \
         (SELECT substr(emis_le, 1, 4) AS annee, branche, envoi FROM acte) t GROUP BY annee, branche, envoi"
    )
    .toutes(tx)
    .await?;
    lignes
        .into_iter()
        .map(|(annee, branche, envoi, nombre)| {
            Ok(Case {
                annee: lire_annee(&annee)?,
                branche,
                nature: None,
                mesure: Mesure::Actes(envoi.parse().map_err(|_| Erreur::Illisible("envoi"))?),
                nombre: u64::try_from(nombre).map_err(|_| Erreur::Illisible("nombre"))?,
                montant: Montant::ZERO,
            })
        })
        .collect()
}

fn lire_annee(texte: &str) -> Result<i64, Erreur> {
    texte.parse().map_err(|_| Erreur::Illisible("année"))
}

fn lire_nature(texte: &str) -> Result<Nature, Erreur> {
    texte.parse().map_err(|_| Erreur::Illisible("nature"))
}

#[derive(sqlx::FromRow)]
struct Garde {
    annee: i64,
    branche: i64,
    nature: String,
    mesure: String,
    nombre: i64,
    montant_centimes: i64,
    compte_le: String,
}

/// Les comptes gardés, s'ils sont d'aujourd'hui et assez frais.
async fn gardes(tx: &mut Tx, maintenant: Timestamp, au: Date) -> Result<Option<Comptes>, Erreur> {
    let lignes: Vec<Garde> = sql!(
        "SELECT annee, branche, nature, mesure, nombre, montant_centimes, compte_le FROM compte_pilotage"
    )
    .toutes(tx)
    .await?;
    let Some(premiere) = lignes.first() else {
        return Ok(None);
    };
    let compte_le: Timestamp = premiere
        .compte_le
        .parse()
        .map_err(|_| Erreur::Illisible("instant"))?;
    let age = maintenant.duration_since(compte_le);
    if date_de_paris(compte_le) != au || age.is_negative() || age >= FRAICHEUR {
        return Ok(None);
    }
    let mut cases = Vec::with_capacity(lignes.len());
    for l in lignes {
        let nature = match l.nature.as_str() {
            "" => None,
            code => Some(lire_nature(code)?),
        };
        cases.push(Case {
            annee: l.annee,
            branche: l.branche,
            nature,
            mesure: Mesure::du_code(&l.mesure).ok_or(Erreur::Illisible("mesure"))?,
            nombre: u64::try_from(l.nombre).map_err(|_| Erreur::Illisible("nombre"))?,
            montant: Montant::de_centimes(l.montant_centimes),
        });
    }
    Ok(Some(Comptes { cases, compte_le }))
}

async fn garder(tx: &mut Tx, cases: &[Case], maintenant: Timestamp) -> Result<(), Erreur> {
    tx.verrouiller_travail("compte_pilotage").await?;
    sql!("DELETE FROM compte_pilotage").executer(tx).await?;
    let code = |c: &Case| c.nature.map(Nature::code).unwrap_or_default();
    // Le nombre et la somme d'une même mesure viennent de deux requêtes.
    let mut fondues: BTreeMap<(i64, i64, String, String), (u64, Montant)> = BTreeMap::new();
    for c in cases {
        let cle = (c.annee, c.branche, code(c), c.mesure.code());
        let (nombre, montant) = fondues.entry(cle).or_default();
        *nombre += c.nombre;
        *montant = montant.checked_add(c.montant)?;
    }
    let mut nombres = Vec::with_capacity(fondues.len());
    for (nombre, _) in fondues.values() {
        nombres.push(i64::try_from(*nombre).map_err(|_| Erreur::Illisible("nombre"))?);
    }
    Lot::nouveau()
        .entiers("annee", fondues.keys().map(|(annee, ..)| *annee))
        .entiers("branche", fondues.keys().map(|(_, branche, ..)| *branche))
        .textes("nature", fondues.keys().map(|(_, _, nature, _)| nature.clone()))
        .textes("mesure", fondues.keys().map(|(.., mesure)| mesure.clone()))
        .entiers("nombre", nombres)
        .entiers("montant_centimes", fondues.values().map(|(_, m)| m.centimes()))
        .textes("compte_le", fondues.keys().map(|_| maintenant.to_string()))
        .executer(
            tx,
            "INSERT INTO compte_pilotage (annee, branche, nature, mesure, nombre, montant_centimes, compte_le) \
             SELECT annee, branche, nature, mesure, nombre, montant_centimes, compte_le FROM v",
        )
        .await?;
    Ok(())
}
