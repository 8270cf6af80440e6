use std::collections::HashMap;

use acces::{Action, Permis};
use droit::{Branche, Nature, Poste, Regime};
use jiff::civil::Date;
use storage::{Tx, sql};
use valeurs::{DossierId, Montant};

use super::{lire_date, lire_nature, lire_regime};
use crate::Erreur;
use crate::dossiers::{portee, relire};

/// Une créance et ce qui en reste dû à une date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creance {
    /// Identifiant.
    pub id: i64,
    /// Référence unique dans la caisse.
    pub reference: String,
    /// Dossier du débiteur.
    pub dossier: DossierId,
    /// Famille de cotisation, prestation indue ou indu de soins.
    pub nature: Nature,
    /// Titre auquel elle est due.
    pub regime: Regime,
    /// Premier et dernier jours de la période, inclus.
    pub periode: (Date, Date),
    /// Jour d'émission.
    pub emise_le: Date,
    /// Date limite d'exigibilité.
    pub exigible_le: Date,
    /// Libellé montré.
    pub libelle: String,
    /// Cause d'un indu.
    pub cause: Option<String>,
    /// Principal émis, toutes parts ensemble.
    pub montant: Montant,
    /// Ce qui reste dû par poste, rangé par [`Poste::index`] ; négatif si la caisse doit.
    pub restes: [Montant; Poste::NOMBRE],
    /// Leur somme.
    pub reste: Montant,
}

impl Creance {
    /// La branche dont elle relève.
    #[must_use]
    pub const fn branche(&self) -> Branche {
        self.nature.branche()
    }

    /// Ce qui reste dû sur un poste.
    #[must_use]
    pub const fn reste_du_poste(&self, poste: Poste) -> Montant {
        self.restes[poste.index()]
    }

    /// Un poste au moins reste dû.
    #[must_use]
    pub fn est_ouverte(&self) -> bool {
        self.restes.iter().any(|r| !r.est_nul() && !r.est_negatif())
    }
}

/// L'ordre d'une liste de créances ; à égalité, celui de l'exigibilité puis de l'émission en base.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tri {
    /// Par date d'exigibilité.
    #[default]
    Exigibilite,
    /// Par date d'émission.
    Emission,
    /// Par début, puis fin de période.
    Periode,
    /// Par libellé de nature.
    Nature,
    /// Par référence.
    Reference,
    /// Par principal émis.
    Montant,
    /// Par reste dû.
    Reste,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    id: i64,
    reference: String,
    dossier_id: i64,
    nature: String,
    regime: String,
    periode_debut: String,
    periode_fin: String,
    emise_le: String,
    exigible_le: String,
    libelle: String,
    cause: Option<String>,
    montant_centimes: i64,
}

impl Ligne {
    fn lire(self, restes: [Montant; Poste::NOMBRE]) -> Result<Creance, Erreur> {
        Ok(Creance {
            id: self.id,
            reference: self.reference,
            dossier: DossierId::new(self.dossier_id),
            nature: lire_nature(&self.nature)?,
            regime: lire_regime(&self.regime)?,
            periode: (lire_date(&self.periode_debut)?, lire_date(&self.periode_fin)?),
            emise_le: lire_date(&self.emise_le)?,
            exigible_le: lire_date(&self.exigible_le)?,
            libelle: self.libelle,
            cause: self.cause,
            montant: Montant::de_centimes(self.montant_centimes),
            reste: Montant::somme(restes)?,
            restes,
        })
    }
}

/// Les créances d'un dossier émises à la date `au` ou avant, dans les branches du permis, avec ce qui en restait dû
/// à cette date, incluse. Ce qui est éteint y est aussi ([`Creance::est_ouverte`]).
///
/// # Errors
/// [`Erreur::DossierInconnu`] si le permis est d'un autre dossier ; le refus de la base.
pub async fn creances<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    dossier: DossierId,
    au: Date,
    tri: Tri,
    decroissant: bool,
) -> Result<Vec<Creance>, Erreur> {
    let branches = portee(permis, dossier).ok_or(Erreur::DossierInconnu)?.branches;
    lire_creances(tx, branches, dossier, au, tri, decroissant).await
}

pub(crate) async fn lire_creances(
    tx: &mut Tx,
    branches: i64,
    dossier: DossierId,
    au: Date,
    tri: Tri,
    decroissant: bool,
) -> Result<Vec<Creance>, Erreur> {
    let lignes: Vec<Ligne> = sql!(
        "SELECT id, reference, dossier_id, nature, regime, periode_debut, periode_fin, emise_le, exigible_le, libelle, \
         cause, montant_centimes FROM creance WHERE dossier_id = $1 AND (branche & $2) <> 0 AND emise_le <= $3 \
         ORDER BY exigible_le, id"
    )
    .bind(dossier)
    .bind(branches)
    .bind(au.to_string())
    .toutes(tx)
    .await?;
    let restes = restes_au(tx, branches, dossier, au).await?;
    let mut creances = Vec::with_capacity(lignes.len());
    for l in lignes {
        let restes = restes.get(&l.id).copied().unwrap_or_default();
        creances.push(l.lire(restes)?);
    }
    trier(&mut creances, tri);
    if decroissant {
        creances.reverse();
    }
    Ok(creances)
}

fn trier(creances: &mut [Creance], tri: Tri) {
    match tri {
        Tri::Exigibilite => {}
        Tri::Emission => creances.sort_by_key(|c| c.emise_le),
        Tri::Periode => creances.sort_by_key(|c| c.periode),
        Tri::Nature => creances.sort_by_cached_key(|c| c.nature.to_string()),
        Tri::Reference => creances.sort_by(|a, b| a.reference.cmp(&b.reference)),
        Tri::Montant => creances.sort_by_key(|c| c.montant),
        Tri::Reste => creances.sort_by_key(|c| c.reste),
    }
}

/// Ce qui restait dû par créance et par poste d'un dossier à la date `au`, incluse, tiré du grand livre ; une créance
/// sans écriture à cette date est absente.
pub(crate) async fn restes_au(
    tx: &mut Tx,
    branches: i64,
    dossier: DossierId,
    au: Date,
) -> Result<HashMap<i64, [Montant; Poste::NOMBRE]>, Erreur> {
    let lignes: Vec<(i64, String, i64)> = sql!(
        "SELECT e.creance_id, e.poste, CAST(SUM(e.montant_centimes) AS BIGINT) FROM ecriture e \
         JOIN creance c ON c.id = e.creance_id WHERE e.dossier_id = $1 AND e.jour <= $2 AND (c.branche & $3) <> 0 \
         GROUP BY e.creance_id, e.poste"
    )
    .bind(dossier)
    .bind(au.to_string())
    .bind(branches)
    .toutes(tx)
    .await?;
    let mut restes: HashMap<i64, [Montant; Poste::NOMBRE]> = HashMap::new();
    for (creance, poste, n) in lignes {
        let poste: Poste = relire(&poste, "poste")?;
        restes.entry(creance).or_default()[poste.index()] = Montant::de_centimes(n);
    }
    Ok(restes)
}

/// Une créance avec ce qui en restait dû à la date `au`, incluse ; `None` si elle n'existe pas, n'était pas émise, ou
/// n'est pas du périmètre du permis.
///
/// # Errors
/// Le refus de la base.
pub async fn creance<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    id: i64,
    au: Date,
) -> Result<Option<Creance>, Erreur> {
    let ligne: Option<Ligne> = sql!(
        "SELECT id, reference, dossier_id, nature, regime, periode_debut, periode_fin, emise_le, exigible_le, libelle, \
         cause, montant_centimes FROM creance WHERE id = $1 AND (branche & $2) <> 0 AND emise_le <= $3"
    )
    .bind(id)
    .bind(branches_visibles(permis))
    .bind(au.to_string())
    .au_plus_une(tx)
    .await?;
    let Some(ligne) = ligne.filter(|l| portee(permis, DossierId::new(l.dossier_id)).is_some()) else {
        return Ok(None);
    };
    let postes: Vec<(String, i64)> = sql!(
        "SELECT poste, CAST(SUM(montant_centimes) AS BIGINT) FROM ecriture \
         WHERE creance_id = $1 AND jour <= $2 GROUP BY poste"
    )
    .bind(id)
    .bind(au.to_string())
    .toutes(tx)
    .await?;
    let mut restes = [Montant::ZERO; Poste::NOMBRE];
    for (poste, n) in postes {
        let poste: Poste = relire(&poste, "poste")?;
        restes[poste.index()] = Montant::de_centimes(n);
    }
    ligne.lire(restes).map(Some)
}

pub(super) fn branches_visibles<A: Action>(permis: &Permis<A>) -> i64 {
    if permis.perimetre().identification {
        permis.perimetre().branches
    } else {
        0
    }
}
