//! De la base aux faits que le rapprochement lit.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use droit::{FamilleCotisation, Nature};
use dsn::{Code, Identifiant};
use jiff::civil::Date;
use storage::{Db, Lot, Tx};
use valeurs::{Montant, Periode, Siret};

use crate::Erreur;
use crate::deposer::INDIVIDU;
use crate::familles::{BlocCotisation, est_trimestriel, famille};
use crate::individus::Rubriques;
use crate::rapprocher::{
    CotiseParIndividu, CreanceEmise, DeclarationGardee, Faits, NatureDeclaration, RecetteLue, Regularisation,
    TypeDeclaration, VersementGarde,
};

/// Le SIRET de quelques dossiers ; qui n'en a pas est absent.
pub(crate) async fn sirets(tx: &mut Tx, dossiers: &BTreeSet<i64>) -> Result<BTreeMap<i64, String>, Erreur> {
    let lignes: Vec<(i64, String)> = Lot::nouveau()
        .entiers("dossier", dossiers.iter().copied())
        .toutes(
            tx,
            "SELECT d.id, d.siret FROM v CROSS JOIN debiteur d WHERE d.id = v.dossier AND d.siret IS NOT NULL",
        )
        .await?;
    Ok(lignes.into_iter().collect())
}

/// Tout ce que la caisse sait de quelques établissements.
pub(crate) async fn faits(db: &Db, tx: &mut Tx, sirets: &BTreeSet<String>) -> Result<Vec<Faits>, Erreur> {
    let textes = || sirets.iter().map(String::as_str);
    let mut declarations = declarations(tx, textes()).await?;
    let mut creances = creances_d_ailleurs(tx, textes()).await?;
    let mut recettes = recettes(tx, textes()).await?;
    let mut faits = Vec::with_capacity(sirets.len());
    for siret in sirets {
        let declarations = declarations.remove(siret).unwrap_or_default();
        faits.push(Faits {
            siret: siret.parse().map_err(|_| Erreur::Illisible("siret"))?,
            cotises: cotises(db, tx, &declarations).await?,
            declarations,
            recettes: recettes.remove(siret).unwrap_or_default(),
            creances: creances.remove(siret).unwrap_or_default(),
        });
    }
    Ok(faits)
}

#[derive(sqlx::FromRow)]
struct LigneDeclaration {
    id: i64,
    fichier: String,
    siret: String,
    identite: Vec<u8>,
    ligne_debut: i64,
    ligne_fin: i64,
    mois: String,
    nature: String,
    genre: String,
    fraction: i64,
    fractions: i64,
    constituee_le: String,
    ordre: i64,
    deposee_le: String,
    individus: i64,
    declare_centimes: i64,
}

/// Les déclarations gardées de quelques établissements, par SIRET.
pub(crate) async fn declarations(
    tx: &mut Tx,
    sirets: impl Iterator<Item = &str> + Clone,
) -> Result<HashMap<String, Vec<DeclarationGardee>>, Erreur> {
    let lot = || Lot::nouveau().textes("siret", sirets.clone());
    let lignes: Vec<LigneDeclaration> = lot()
        .toutes(
            tx,
            "SELECT d.id, p.nom AS fichier, d.siret, d.identite, d.ligne_debut, d.ligne_fin, d.mois, d.nature, d.genre, \
             d.fraction, d.fractions, d.constituee_le, d.ordre, d.deposee_le, d.individus, d.declare_centimes \
             FROM v CROSS JOIN dsn_declaration d JOIN dsn_depot p ON p.id = d.depot_id WHERE d.siret = v.siret",
        )
        .await?;
    let cotisations: Vec<(i64, i64, String, i64)> = lot()
        .toutes(
            tx,
            "SELECT c.declaration_id, c.bloc, c.code, c.montant_centimes FROM v CROSS JOIN dsn_declaration d \
             JOIN dsn_cotisation c ON c.declaration_id = d.id WHERE d.siret = v.siret",
        )
        .await?;
    let mut familles: HashMap<i64, BTreeMap<FamilleCotisation, Montant>> = HashMap::new();
    let mut trimestriels: HashMap<i64, Montant> = HashMap::new();
    for (declaration, bloc, code, montant) in cotisations {
        let bloc = BlocCotisation::du_numero(bloc).ok_or(Erreur::Illisible("bloc"))?;
        let code = Code::lire(code.as_bytes()).ok_or(Erreur::Illisible("code"))?;
        let montant = Montant::de_centimes(montant);
        let total = familles
            .entry(declaration)
            .or_default()
            .entry(famille(bloc, code))
            .or_default();
        *total = total.checked_add(montant)?;
        if est_trimestriel(bloc, code) {
            let total = trimestriels.entry(declaration).or_default();
            *total = total.checked_add(montant)?;
        }
    }
    let mut versements = versements(tx, lot()).await?;
    let mut autres = autres_caisses(tx, lot()).await?;
    let mut regularisations = regularisations(tx, lot()).await?;
    let mut par_siret: HashMap<String, Vec<DeclarationGardee>> = HashMap::new();
    for l in lignes {
        let lue = DeclarationGardee {
            id: l.id,
            fichier: l.fichier,
            lignes: (positif(l.ligne_debut)?, positif(l.ligne_fin)?),
            mois: periode(&l.mois)?,
            nature: match l.nature.as_str() {
                "01" => NatureDeclaration::Mensuelle,
                "09" => NatureDeclaration::Substitution,
                _ => return Err(Erreur::Illisible("nature")),
            },
            genre: match l.genre.as_str() {
                "01" => TypeDeclaration::Normale,
                "02" => TypeDeclaration::Neant,
                "03" => TypeDeclaration::AnnuleEtRemplace,
                "04" => TypeDeclaration::Annule,
                "05" => TypeDeclaration::AnnuleEtRemplaceNeant,
                _ => return Err(Erreur::Illisible("genre")),
            },
            fraction: (petit(l.fraction)?, petit(l.fractions)?),
            identifiant: Identifiant {
                constituee_le: jour(&l.constituee_le)?,
                ordre: positif(l.ordre)?,
            },
            empreinte: l.identite,
            deposee_le: jour(&l.deposee_le)?,
            individus: u32::try_from(l.individus).map_err(|_| Erreur::Illisible("individus"))?,
            declare: Montant::de_centimes(l.declare_centimes),
            declare_trimestriel: trimestriels.remove(&l.id).unwrap_or_default(),
            familles: familles.remove(&l.id).unwrap_or_default().into_iter().collect(),
            versements: versements.remove(&l.id).unwrap_or_default(),
            autres_caisses: autres.remove(&l.id).unwrap_or_default(),
            regularisations: regularisations.remove(&l.id).unwrap_or_default(),
        };
        par_siret.entry(l.siret).or_default().push(lue);
    }
    for declarations in par_siret.values_mut() {
        declarations.sort_by_key(|d| d.id);
    }
    Ok(par_siret)
}

#[derive(sqlx::FromRow)]
struct LigneVersement {
    declaration_id: i64,
    siret: String,
    ligne: i64,
    montant_centimes: i64,
    debut: Option<String>,
    fin: Option<String>,
    mode: Option<String>,
    echeance: Option<String>,
    payeur: Option<String>,
}

async fn versements(tx: &mut Tx, lot: Lot) -> Result<HashMap<i64, Vec<VersementGarde>>, Erreur> {
    let lignes: Vec<LigneVersement> = lot
        .toutes(
            tx,
            "SELECT s.declaration_id, d.siret, s.ligne, s.montant_centimes, s.debut, s.fin, s.mode, s.echeance, s.payeur \
             FROM v CROSS JOIN dsn_declaration d JOIN dsn_versement s ON s.declaration_id = d.id \
             WHERE d.siret = v.siret",
        )
        .await?;
    let mut par_declaration: HashMap<i64, Vec<VersementGarde>> = HashMap::new();
    for l in lignes {
        let debut = l.debut.as_deref().map(jour).transpose()?;
        let fin = l.fin.as_deref().map(jour).transpose()?;
        let payeur = l.payeur.filter(|p| *p != l.siret);
        par_declaration
            .entry(l.declaration_id)
            .or_default()
            .push(VersementGarde {
                ligne: positif(l.ligne)?,
                montant: Montant::de_centimes(l.montant_centimes),
                periode: debut.zip(fin),
                mode: l.mode.and_then(|m| Code::lire(m.as_bytes())),
                echeance: l.echeance.as_deref().map(jour).transpose()?,
                payeur: payeur.and_then(|p| p.parse().ok()),
            });
    }
    for versements in par_declaration.values_mut() {
        versements.sort_by_key(|v| v.ligne);
    }
    Ok(par_declaration)
}

async fn autres_caisses(
    tx: &mut Tx,
    lot: Lot,
) -> Result<HashMap<i64, Vec<(Code<6>, Montant, Montant)>>, Erreur> {
    let lignes: Vec<(i64, String, i64, i64)> = lot
        .toutes(
            tx,
            "SELECT a.declaration_id, a.caisse, a.declare_centimes, a.ordonne_centimes FROM v \
             CROSS JOIN dsn_declaration d JOIN dsn_autre_caisse a ON a.declaration_id = d.id WHERE d.siret = v.siret",
        )
        .await?;
    let mut par_declaration: HashMap<i64, Vec<_>> = HashMap::new();
    for (declaration, caisse, declare, ordonne) in lignes {
        let caisse = Code::lire(caisse.as_bytes()).ok_or(Erreur::Illisible("caisse"))?;
        let montants = (
            caisse,
            Montant::de_centimes(declare),
            Montant::de_centimes(ordonne),
        );
        par_declaration.entry(declaration).or_default().push(montants);
    }
    for caisses in par_declaration.values_mut() {
        caisses.sort_unstable();
    }
    Ok(par_declaration)
}

async fn regularisations(tx: &mut Tx, lot: Lot) -> Result<HashMap<i64, Vec<Regularisation>>, Erreur> {
    let lignes: Vec<(i64, i64, Vec<u8>, String, String, i64)> = lot
        .toutes(
            tx,
            "SELECT r.declaration_id, r.ligne, r.individu_hache, r.code, r.mois, r.montant_centimes FROM v \
             CROSS JOIN dsn_declaration d JOIN dsn_regularisation r ON r.declaration_id = d.id WHERE d.siret = v.siret",
        )
        .await?;
    let mut par_declaration: HashMap<i64, Vec<Regularisation>> = HashMap::new();
    for (declaration, ligne, individu, code, mois, montant) in lignes {
        par_declaration
            .entry(declaration)
            .or_default()
            .push(Regularisation {
                ligne: positif(ligne)?,
                individu,
                code: Code::lire(code.as_bytes()).ok_or(Erreur::Illisible("code"))?,
                periode: periode(&mois)?,
                montant: Montant::de_centimes(montant),
            });
    }
    for regularisations in par_declaration.values_mut() {
        regularisations.sort_by_key(|r| r.ligne);
    }
    Ok(par_declaration)
}

/// Ce qu'ont cotisé, pour les mois qu'une régularisation négative vise, les individus qu'elle vise : seuls eux sont
/// descellés.
async fn cotises(
    db: &Db,
    tx: &mut Tx,
    declarations: &[DeclarationGardee],
) -> Result<Vec<CotiseParIndividu>, Erreur> {
    let visees: BTreeSet<(&[u8], Periode)> = declarations
        .iter()
        .flat_map(|d| &d.regularisations)
        .map(|r| (r.individu.as_slice(), r.periode))
        .collect();
    if visees.is_empty() {
        return Ok(Vec::new());
    }
    let caisse = crate::deposer::code_msa(db)?;
    let couples = visees.iter().flat_map(|(individu, mois)| {
        let du_mois = declarations.iter().filter(move |d| d.mois == *mois);
        du_mois.map(move |d| (d.id, individu.to_vec()))
    });
    let couples: BTreeSet<(i64, Vec<u8>)> = couples.collect();
    let scelles: Vec<(i64, Vec<u8>, i64, Vec<u8>)> = Lot::nouveau()
        .entiers("declaration", couples.iter().map(|c| c.0))
        .octets("individu", couples.iter().map(|c| Some(c.1.clone())))
        .toutes(
            tx,
            "SELECT i.declaration_id, i.individu_hache, d.dossier_id, i.individu_scelle FROM v \
             CROSS JOIN dsn_individu i JOIN dsn_declaration d ON d.id = i.declaration_id \
             WHERE i.declaration_id = v.declaration AND i.individu_hache = v.individu",
        )
        .await?;
    let dossiers: BTreeSet<i64> = scelles.iter().map(|s| s.2).collect();
    let cles = db
        .coffre()
        .cles(&dossiers.into_iter().collect::<Vec<_>>())
        .await?;
    let mut cotises = Vec::new();
    for (declaration, individu, dossier, scelle) in scelles {
        let cle = cles.get(&dossier).ok_or(storage::Erreur::Descellement(dossier))?;
        let clair = cle.desceller(INDIVIDU, &scelle)?;
        for c in Rubriques::lire(&clair).cotisations(caisse) {
            cotises.push(CotiseParIndividu {
                declaration,
                individu: individu.clone(),
                code: c.code,
                periode: c.mois,
                montant: c.montant,
            });
        }
    }
    cotises.sort_by(|a, b| {
        (a.declaration, &a.individu, a.code, a.periode).cmp(&(b.declaration, &b.individu, b.code, b.periode))
    });
    Ok(cotises)
}

/// Les créances d'employeur qu'une autre voie que la DSN a émises, par SIRET.
pub(crate) async fn creances_d_ailleurs(
    tx: &mut Tx,
    sirets: impl Iterator<Item = &str> + Clone,
) -> Result<HashMap<String, Vec<CreanceEmise>>, Erreur> {
    let lignes: Vec<(String, i64, String, String, String, String, i64)> = Lot::nouveau()
        .textes("siret", sirets)
        .toutes(
            tx,
            "SELECT v.siret, c.id, c.reference, c.nature, c.periode_debut, c.periode_fin, \
             c.montant_centimes + CAST(COALESCE((SELECT SUM(e.montant_centimes) FROM ecriture e \
             JOIN mouvement m ON m.id = e.mouvement_id WHERE e.creance_id = c.id AND m.nature = 'annulation' \
             AND e.poste IN ('part_ouvriere', 'part_patronale', 'principal')), 0) AS BIGINT) \
             FROM v CROSS JOIN debiteur d CROSS JOIN creance c LEFT JOIN dsn_creance x ON x.creance_id = c.id \
             WHERE d.siret = v.siret AND c.dossier_id = d.id AND c.branche = 1 AND c.regime = 'employeur' \
             AND x.creance_id IS NULL",
        )
        .await?;
    let mut par_siret: HashMap<String, Vec<CreanceEmise>> = HashMap::new();
    for (siret, id, reference, nature, debut, fin, montant) in lignes {
        par_siret.entry(siret).or_default().push(CreanceEmise {
            id,
            reference,
            famille: famille_de_la_nature(&nature)?,
            periode: (jour(&debut)?, jour(&fin)?),
            montant: Montant::de_centimes(montant),
        });
    }
    for creances in par_siret.values_mut() {
        creances.sort_by_key(|c| c.id);
    }
    Ok(par_siret)
}

/// Les recettes au nom de quelques établissements : qui portent leur SIRET, ou que leur dossier a reçues sans SIRET. Un
/// lot détaillé n'y est que par son détail.
async fn recettes(
    tx: &mut Tx,
    sirets: impl Iterator<Item = &str> + Clone,
) -> Result<HashMap<String, Vec<RecetteLue>>, Erreur> {
    type Ligne = (
        String,
        i64,
        String,
        i64,
        Option<String>,
        Option<Vec<u8>>,
        Option<i64>,
    );
    let lot = || Lot::nouveau().textes("siret", sirets.clone());
    let mut lignes: Vec<Ligne> = lot()
        .toutes(
            tx,
            "SELECT v.siret, e.id, e.jour, e.montant_centimes, e.periode, e.iban_hache, e.retour_de \
             FROM v CROSS JOIN encaissement e WHERE e.siret = v.siret \
             AND NOT EXISTS (SELECT 1 FROM encaissement f WHERE f.parent_id = e.id)",
        )
        .await?;
    let sans_siret: Vec<Ligne> = lot()
        .toutes(
            tx,
            "SELECT v.siret, e.id, e.jour, e.montant_centimes, e.periode, e.iban_hache, e.retour_de \
             FROM v CROSS JOIN debiteur d JOIN encaissement e ON e.dossier_id = d.id \
             WHERE d.siret = v.siret AND e.siret IS NULL \
             AND NOT EXISTS (SELECT 1 FROM encaissement f WHERE f.parent_id = e.id)",
        )
        .await?;
    lignes.extend(sans_siret);
    let mut par_siret: HashMap<String, Vec<RecetteLue>> = HashMap::new();
    for (siret, id, le, montant, periode_dite, compte, retour_de) in lignes {
        par_siret.entry(siret).or_default().push(RecetteLue {
            id,
            jour: jour(&le)?,
            montant: Montant::de_centimes(montant),
            periode: periode_dite.as_deref().map(periode).transpose()?,
            compte,
            retour_de,
        });
    }
    for recettes in par_siret.values_mut() {
        recettes.sort_by_key(|r| r.id);
    }
    Ok(par_siret)
}

pub(crate) fn famille_de_la_nature(nature: &str) -> Result<FamilleCotisation, Erreur> {
    match nature.parse() {
        Ok(Nature::Cotisation(famille)) => Ok(famille),
        _ => Err(Erreur::Illisible("nature")),
    }
}

pub(crate) fn jour(texte: &str) -> Result<Date, Erreur> {
    texte.parse().map_err(|_| Erreur::Illisible("date"))
}

pub(crate) fn periode(texte: &str) -> Result<Periode, Erreur> {
    texte.parse().map_err(|_| Erreur::Illisible("période"))
}

fn positif(n: i64) -> Result<u64, Erreur> {
    u64::try_from(n).map_err(|_| Erreur::Illisible("entier"))
}

fn petit(n: i64) -> Result<u8, Erreur> {
    u8::try_from(n).map_err(|_| Erreur::Illisible("fraction"))
}

/// Établissements chargés d'un même mouvement : de quoi borner la mémoire, et le temps d'une lecture.
const LOT: usize = 500;

/// Les établissements qui ont une déclaration ou une recette, dans l'ordre, par lots à rapprocher.
pub(crate) async fn etablissements(tx: &mut Tx) -> Result<Vec<BTreeSet<String>>, Erreur> {
    let lignes: Vec<(String,)> = storage::sql!(
        "SELECT siret FROM dsn_declaration UNION SELECT siret FROM encaissement WHERE siret > '' \
         UNION SELECT d.siret FROM debiteur d JOIN encaissement e ON e.dossier_id = d.id \
         WHERE d.siret > '' AND e.siret IS NULL AND d.regime = 'employeur'"
    )
    .toutes(tx)
    .await?;
    Ok(par_lots(lignes.into_iter().map(|(s,)| s).collect()))
}

/// Des établissements, dans l'ordre, par lots.
pub(crate) fn par_lots(sirets: BTreeSet<String>) -> Vec<BTreeSet<String>> {
    let mut reste = sirets.into_iter();
    let lots = std::iter::from_fn(|| {
        let lot: BTreeSet<String> = reste.by_ref().take(LOT).collect();
        (!lot.is_empty()).then_some(lot)
    });
    lots.collect()
}

/// Les établissements que des versements désignent comme payeurs, ou qui les désignent : ils se rapprochent ensemble.
pub(crate) async fn lies(tx: &mut Tx, sirets: &BTreeSet<String>) -> Result<BTreeSet<String>, Erreur> {
    let mut tous = sirets.clone();
    let mut nouveaux = sirets.clone();
    while !nouveaux.is_empty() {
        let lignes: Vec<(String, String)> = Lot::nouveau()
            .textes("siret", nouveaux.iter().map(String::as_str))
            .toutes(
                tx,
                "SELECT d.siret, s.payeur FROM v CROSS JOIN dsn_declaration d \
                 JOIN dsn_versement s ON s.declaration_id = d.id WHERE d.siret = v.siret AND s.payeur IS NOT NULL",
            )
            .await?;
        let dependants: Vec<(String, String)> = Lot::nouveau()
            .textes("siret", nouveaux.iter().map(String::as_str))
            .toutes(
                tx,
                "SELECT d.siret, s.payeur FROM v CROSS JOIN dsn_versement s \
                 JOIN dsn_declaration d ON d.id = s.declaration_id WHERE s.payeur = v.siret",
            )
            .await?;
        nouveaux = lignes
            .into_iter()
            .chain(dependants)
            .flat_map(|(a, b)| [a, b])
            .filter(|s| s.parse::<Siret>().is_ok() && !tous.contains(s))
            .collect();
        tous.extend(nouveaux.iter().cloned());
    }
    Ok(tous)
}
