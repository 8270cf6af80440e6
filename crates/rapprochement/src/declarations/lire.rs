//! Les déclarations gardées dans la base ; ce qui est scellé ne se descelle que pour qui peut le voir.

use std::collections::BTreeMap;

use acces::{Action, Permis};
use dsn::Bloc;
use jiff::civil::Date;
use storage::{Db, Tx, sql};
use valeurs::{DossierId, Montant, Periode, Siret};

use super::arbre::arbre;
use super::differences::{CleCotisation, Contenu};
use crate::Erreur;
use crate::charger;
use crate::deposer::{ETABLISSEMENT, INDIVIDU};
use crate::individus::Rubriques;

/// Une déclaration, sans ce qu'elle scelle.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DeclarationLue {
    pub(crate) id: i64,
    pub(crate) fichier: String,
    /// Première et dernière lignes, incluses.
    pub(crate) lignes: (i64, i64),
    pub(crate) siret: Siret,
    pub(crate) mois: Periode,
    /// 20.05.001, 20.05.002 et 20.05.008.
    pub(crate) nature: String,
    pub(crate) genre: String,
    /// Rang de la fraction, et leur nombre.
    pub(crate) fraction: (i64, i64),
    pub(crate) place: Place,
    pub(crate) remplace: Option<Place>,
    pub(crate) deposee_le: Date,
    pub(crate) individus: i64,
    pub(crate) routee: bool,
    pub(crate) declare: Montant,
    pub(crate) ordonne: Montant,
    /// Le dossier et le nom de l'employeur ; rien d'une déclaration qui n'est pas de la caisse.
    pub(crate) employeur: Option<(DossierId, String)>,
}

/// L'identifiant d'une déclaration chez son émetteur : le jour où elle est constituée, son numéro d'ordre.
pub(crate) type Place = (String, i64);

#[derive(sqlx::FromRow)]
struct Ligne {
    id: i64,
    fichier: String,
    ligne_debut: i64,
    ligne_fin: i64,
    siret: String,
    mois: String,
    nature: String,
    genre: String,
    fraction: i64,
    fractions: i64,
    constituee_le: String,
    ordre: i64,
    remplace_le: Option<String>,
    remplace_ordre: Option<i64>,
    deposee_le: String,
    individus: i64,
    routee: i64,
    declare_centimes: i64,
    ordonne_centimes: i64,
    dossier_id: Option<i64>,
    nom: Option<String>,
}

impl Ligne {
    fn lire(self) -> Result<DeclarationLue, Erreur> {
        Ok(DeclarationLue {
            id: self.id,
            fichier: self.fichier,
            lignes: (self.ligne_debut, self.ligne_fin),
            siret: self.siret.parse().map_err(|_| Erreur::Illisible("siret"))?,
            mois: charger::periode(&self.mois)?,
            nature: self.nature,
            genre: self.genre,
            fraction: (self.fraction, self.fractions),
            place: (self.constituee_le, self.ordre),
            remplace: self.remplace_le.zip(self.remplace_ordre),
            deposee_le: charger::jour(&self.deposee_le)?,
            individus: self.individus,
            routee: self.routee == 1,
            declare: Montant::de_centimes(self.declare_centimes),
            ordonne: Montant::de_centimes(self.ordonne_centimes),
            employeur: self.dossier_id.map(DossierId::new).zip(self.nom),
        })
    }
}

/// Une déclaration.
///
/// # Errors
/// Le refus de la base.
pub(crate) async fn declaration(tx: &mut Tx, id: i64) -> Result<Option<DeclarationLue>, Erreur> {
    let ligne: Option<Ligne> = sql!(
        "SELECT d.id, p.nom AS fichier, d.ligne_debut, d.ligne_fin, d.siret, d.mois, d.nature, d.genre, d.fraction, \
         d.fractions, d.constituee_le, d.ordre, d.remplace_le, d.remplace_ordre, d.deposee_le, d.individus, d.routee, \
         d.declare_centimes, d.ordonne_centimes, d.dossier_id, e.nom FROM dsn_declaration d \
         JOIN dsn_depot p ON p.id = d.depot_id LEFT JOIN debiteur e ON e.id = d.dossier_id WHERE d.id = $1"
    )
    .bind(id)
    .au_plus_une(tx)
    .await?;
    ligne.map(Ligne::lire).transpose()
}

/// Les déclarations d'un dossier, du mois le plus récent au plus ancien, `limite` au plus à partir du rang `decalage`, et
/// leur nombre en tout.
///
/// # Errors
/// Le refus de la base.
pub(crate) async fn du_dossier(
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    dossier: DossierId,
    decalage: u64,
    limite: u32,
) -> Result<(Vec<DeclarationLue>, u64), Erreur> {
    if !permis.perimetre().identification {
        return Ok((Vec::new(), 0));
    }
    let total: i64 = sql!("SELECT COUNT(*) FROM dsn_declaration WHERE dossier_id = $1")
        .bind(dossier)
        .scalaire(tx)
        .await?;
    let lignes: Vec<Ligne> = sql!(
        "SELECT d.id, p.nom AS fichier, d.ligne_debut, d.ligne_fin, d.siret, d.mois, d.nature, d.genre, d.fraction, \
         d.fractions, d.constituee_le, d.ordre, d.remplace_le, d.remplace_ordre, d.deposee_le, d.individus, d.routee, \
         d.declare_centimes, d.ordonne_centimes, d.dossier_id, e.nom FROM dsn_declaration d \
         JOIN dsn_depot p ON p.id = d.depot_id LEFT JOIN debiteur e ON e.id = d.dossier_id WHERE d.dossier_id = $1 \
         ORDER BY d.mois DESC, d.fraction, d.constituee_le DESC, d.ordre DESC, d.id DESC LIMIT $2 OFFSET $3"
    )
    .bind(dossier)
    .bind(i64::from(limite))
    .bind(i64::try_from(decalage).unwrap_or(i64::MAX))
    .toutes(tx)
    .await?;
    let lues = lignes.into_iter().map(Ligne::lire).collect::<Result<_, _>>()?;
    Ok((lues, u64::try_from(total).unwrap_or_default()))
}

/// La déclaration que celle-ci remplace ; sinon, la précédente du même mois et de la même fraction.
///
/// # Errors
/// Le refus de la base.
pub(crate) async fn precedente(tx: &mut Tx, d: &DeclarationLue) -> Result<Option<i64>, Erreur> {
    if let Some((jour, ordre)) = &d.remplace {
        let visee: Option<(i64,)> = sql!(
            "SELECT id FROM dsn_declaration WHERE siret = $1 AND constituee_le = $2 AND ordre = $3 AND id <> $4 \
             ORDER BY id DESC LIMIT 1"
        )
        .bind(d.siret.as_str())
        .bind(jour.as_str())
        .bind(*ordre)
        .bind(d.id)
        .au_plus_une(tx)
        .await?;
        if let Some((id,)) = visee {
            return Ok(Some(id));
        }
    }
    let avant: Option<(i64,)> = sql!(
        "SELECT id FROM dsn_declaration WHERE siret = $1 AND mois = $2 AND fraction = $3 AND nature = $4 \
         AND (constituee_le, ordre, id) < ($5, $6, $7) ORDER BY constituee_le DESC, ordre DESC, id DESC LIMIT 1"
    )
    .bind(d.siret.as_str())
    .bind(d.mois.to_string())
    .bind(d.fraction.0)
    .bind(d.nature.as_str())
    .bind(d.place.0.as_str())
    .bind(d.place.1)
    .bind(d.id)
    .au_plus_une(tx)
    .await?;
    Ok(avant.map(|(id,)| id))
}

/// La première déclaration qui dit remplacer celle-ci.
///
/// # Errors
/// Le refus de la base.
pub(crate) async fn remplacante(tx: &mut Tx, d: &DeclarationLue) -> Result<Option<i64>, Erreur> {
    let apres: Option<(i64,)> = sql!(
        "SELECT id FROM dsn_declaration WHERE siret = $1 AND remplace_le = $2 AND remplace_ordre = $3 AND id <> $4 \
         ORDER BY id LIMIT 1"
    )
    .bind(d.siret.as_str())
    .bind(d.place.0.as_str())
    .bind(d.place.1)
    .bind(d.id)
    .au_plus_une(tx)
    .await?;
    Ok(apres.map(|(id,)| id))
}

/// Les rubriques de l'établissement, en clair ; rien d'une déclaration qui n'est pas de la caisse.
///
/// # Errors
/// Le refus de la base ou du coffre.
pub(crate) async fn etablissement(
    db: &Db,
    tx: &mut Tx,
    d: &DeclarationLue,
) -> Result<Option<String>, Erreur> {
    let Some((dossier, _)) = &d.employeur else {
        return Ok(None);
    };
    let scelle: (Option<Vec<u8>>,) = sql!("SELECT etablissement_scelle FROM dsn_declaration WHERE id = $1")
        .bind(d.id)
        .une(tx)
        .await?;
    let cle = db.coffre().cle(dossier.get()).await?;
    Ok(scelle
        .0
        .map(|scelle| cle.desceller(ETABLISSEMENT, &scelle))
        .transpose()?)
}

/// Les rubriques en clair de `limite` individus au plus, à partir du rang `decalage`, chacune avec son haché ; aucune sans
/// la classe « nir ».
///
/// # Errors
/// Le refus de la base ou du coffre.
pub(crate) async fn individus(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    d: &DeclarationLue,
    decalage: u64,
    limite: u32,
) -> Result<Vec<(Vec<u8>, String)>, Erreur> {
    let Some((dossier, _)) = d.employeur.as_ref().filter(|_| permis.perimetre().nir) else {
        return Ok(Vec::new());
    };
    let scelles: Vec<(Vec<u8>, Vec<u8>)> = sql!(
        "SELECT individu_hache, individu_scelle FROM dsn_individu WHERE declaration_id = $1 \
         ORDER BY rang LIMIT $2 OFFSET $3"
    )
    .bind(d.id)
    .bind(i64::from(limite))
    .bind(i64::try_from(decalage).unwrap_or(i64::MAX))
    .toutes(tx)
    .await?;
    let cle = db.coffre().cle(dossier.get()).await?;
    scelles
        .into_iter()
        .map(|(hache, scelle)| Ok((hache, cle.desceller(INDIVIDU, &scelle)?)))
        .collect()
}

/// Le rang, depuis zéro, du dernier individu qui commence à cette ligne du fichier ou avant elle ; aucun sans la classe
/// « nir », ni avant le premier. Les individus sont gardés dans l'ordre du fichier : on en descelle peu.
///
/// # Errors
/// Le refus de la base ou du coffre.
pub(crate) async fn rang_de_la_ligne(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    d: &DeclarationLue,
    ligne: u64,
) -> Result<Option<u64>, Erreur> {
    let (mut avant, mut apres) = (0, u64::try_from(d.individus).unwrap_or_default());
    while avant < apres {
        let milieu = avant.midpoint(apres);
        let lus = individus(db, tx, permis, d, milieu, 1).await?;
        let debut = lus
            .first()
            .and_then(|(_, clair)| Rubriques::lire(clair).iter().next());
        if debut.is_some_and(|r| r.ligne <= ligne) {
            avant = milieu + 1;
        } else {
            apres = milieu;
        }
    }
    Ok(avant.checked_sub(1))
}

/// Une cotisation cumulée.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CotisationLue {
    pub(crate) cle: CleCotisation,
    pub(crate) nombre: i64,
    pub(crate) montant: Montant,
    /// Première et dernière lignes où elle se trouve, incluses.
    pub(crate) lignes: (i64, i64),
}

type LigneCotisation = (i64, String, Option<String>, Option<String>, i64, i64, i64, i64);

/// Les cotisations d'une déclaration, par bloc, code et période.
///
/// # Errors
/// Le refus de la base.
pub(crate) async fn cotisations(tx: &mut Tx, id: i64) -> Result<Vec<CotisationLue>, Erreur> {
    let lignes: Vec<LigneCotisation> = sql!(
        "SELECT bloc, code, debut, fin, nombre, montant_centimes, ligne_debut, ligne_fin FROM dsn_cotisation \
         WHERE declaration_id = $1 ORDER BY rang"
    )
    .bind(id)
    .toutes(tx)
    .await?;
    let lues = lignes
        .into_iter()
        .map(
            |(bloc, code, debut, fin, nombre, montant, premiere, derniere)| CotisationLue {
                cle: CleCotisation {
                    bloc,
                    code,
                    debut,
                    fin,
                },
                nombre,
                montant: Montant::de_centimes(montant),
                lignes: (premiere, derniere),
            },
        );
    Ok(lues.collect())
}

/// Des blocs qui ne se comparent pas : l'identité de la déclaration, toujours autre, et les cotisations d'établissement,
/// que [`Contenu::cotisations`] dit déjà.
const PAS_COMPARES: [Bloc; 2] = [Bloc::de("S20.G00.05"), Bloc::de("S21.G00.82")];

/// Ce qu'une déclaration dit, à comparer ; sans la classe « nir », sans ses individus.
///
/// # Errors
/// Le refus de la base ou du coffre.
pub(crate) async fn contenu(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    d: &DeclarationLue,
) -> Result<Contenu, Erreur> {
    let cotisations = cotisations(tx, d.id).await?;
    let etablissement = etablissement(db, tx, d).await?.unwrap_or_default();
    let rubriques = Rubriques::lire(&etablissement)
        .iter()
        .filter(|r| !PAS_COMPARES.contains(&r.rubrique.bloc()));
    let mut par_individu: BTreeMap<_, String> = BTreeMap::new();
    for (hache, clair) in individus(db, tx, permis, d, 0, u32::MAX).await? {
        // Une déclaration peut nommer deux fois la même personne.
        par_individu.entry(hache).or_default().push_str(&clair);
    }
    Ok(Contenu {
        declare: d.declare,
        ordonne: d.ordonne,
        cotisations: cotisations.into_iter().map(|c| (c.cle, c.montant)).collect(),
        etablissement: arbre(rubriques, permis.perimetre().bancaire),
        individus: par_individu,
    })
}
