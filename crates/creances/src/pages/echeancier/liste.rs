//! La liste des créances d'un périmètre : deux ordres, chacun servi par son index, une page à la fois.

use acces::{Action, Permis};
use droit::{Branche, Nature};
use jiff::civil::Date;
use storage::{Requete, Tx, sql};
use valeurs::{DossierId, Montant};
use web::{ColonneTriable, Sens, Tri};

use crate::Erreur;
use crate::creances::{lire_date, lire_nature};

/// Ce par quoi la liste se range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ParCreance {
    Echeance,
    Montant,
}

impl ColonneTriable for ParCreance {
    const TOUTES: &'static [Self] = &[Self::Echeance, Self::Montant];
    const DEFAUT: Tri<Self> = Tri {
        colonne: Self::Echeance,
        sens: Sens::Croissant,
    };

    fn cle(self) -> &'static str {
        match self {
            Self::Echeance => "echeance",
            Self::Montant => "montant",
        }
    }
}

/// Ce qu'on cherche : par défaut, les créances ouvertes de toutes les branches du permis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filtre {
    /// Les créances soldées, au lieu des ouvertes.
    pub(super) soldees: bool,
    pub(super) branche: Option<Branche>,
    pub(super) nature: Option<Nature>,
    /// Exigibles à partir de ce jour, inclus.
    pub(super) du: Option<Date>,
    /// Exigibles jusqu'à ce jour, inclus.
    pub(super) au: Option<Date>,
    /// D'un montant d'au moins.
    pub(super) montant_min: Option<Montant>,
}

/// Une créance de la liste, et le nom de qui la doit.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Rangee {
    pub(super) id: i64,
    pub(super) dossier: DossierId,
    pub(super) nom: String,
    pub(super) prenom: String,
    pub(super) nature: Nature,
    pub(super) periode: (Date, Date),
    pub(super) exigible_le: Date,
    pub(super) montant: Montant,
    pub(super) reste: Montant,
    pub(super) ouverte: bool,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    id: i64,
    dossier_id: i64,
    nom: String,
    prenom: String,
    nature: String,
    periode_debut: String,
    periode_fin: String,
    exigible_le: String,
    montant_centimes: i64,
    reste_centimes: i64,
    ouverte: i64,
}

/// `limite` créances au plus, après la créance `apres` dans l'ordre de `tri` ; rien si `apres` n'existe pas.
///
/// # Errors
/// Le refus de la base.
pub(super) async fn page(
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    filtre: &Filtre,
    tri: Tri<ParCreance>,
    apres: Option<i64>,
    limite: u32,
) -> Result<Vec<Rangee>, Erreur> {
    let branches = permis.perimetre().branches & filtre.branche.map_or(i64::MAX, |b| i64::from(b.bit()));
    if !permis.perimetre().identification || branches == 0 {
        return Ok(Vec::new());
    }
    let place: Option<(String, i64)> = match apres {
        None => None,
        Some(id) => {
            let connue: Option<(String, i64)> =
                sql!("SELECT exigible_le, montant_centimes FROM creance WHERE id = $1")
                    .bind(id)
                    .au_plus_une(tx)
                    .await?;
            let Some(connue) = connue else {
                return Ok(Vec::new());
            };
            Some(connue)
        }
    };
    // Un filtre absent est la borne qui ne retient rien : un seul texte par ordre, que son index sert.
    let requete = match (tri.colonne, tri.sens) {
        (ParCreance::Echeance, Sens::Croissant) => sql!(
            "SELECT c.id, c.dossier_id, d.nom, d.prenom, c.nature, c.periode_debut, c.periode_fin, c.exigible_le, \
             c.montant_centimes, c.reste_centimes, c.ouverte FROM creance c JOIN debiteur d ON d.id = c.dossier_id \
             WHERE c.ouverte = $1 AND (c.branche & $2) <> 0 AND ($3 = '' OR c.nature = $3) \
             AND c.exigible_le BETWEEN $4 AND $5 AND c.montant_centimes >= $6 \
             AND (c.exigible_le, c.id) > ($7, $8) ORDER BY c.exigible_le, c.id LIMIT $9"
        ),
        (ParCreance::Echeance, Sens::Decroissant) => sql!(
            "SELECT c.id, c.dossier_id, d.nom, d.prenom, c.nature, c.periode_debut, c.periode_fin, c.exigible_le, \
             c.montant_centimes, c.reste_centimes, c.ouverte FROM creance c JOIN debiteur d ON d.id = c.dossier_id \
             WHERE c.ouverte = $1 AND (c.branche & $2) <> 0 AND ($3 = '' OR c.nature = $3) \
             AND c.exigible_le BETWEEN $4 AND $5 AND c.montant_centimes >= $6 \
             AND (c.exigible_le, c.id) < ($7, $8) ORDER BY c.exigible_le DESC, c.id DESC LIMIT $9"
        ),
        (ParCreance::Montant, Sens::Croissant) => sql!(
            "SELECT c.id, c.dossier_id, d.nom, d.prenom, c.nature, c.periode_debut, c.periode_fin, c.exigible_le, \
             c.montant_centimes, c.reste_centimes, c.ouverte FROM creance c JOIN debiteur d ON d.id = c.dossier_id \
             WHERE c.ouverte = $1 AND (c.branche & $2) <> 0 AND ($3 = '' OR c.nature = $3) \
             AND c.exigible_le BETWEEN $4 AND $5 AND c.montant_centimes >= $6 \
             AND (c.montant_centimes, c.id) > ($7, $8) ORDER BY c.montant_centimes, c.id LIMIT $9"
        ),
        (ParCreance::Montant, Sens::Decroissant) => sql!(
            "SELECT c.id, c.dossier_id, d.nom, d.prenom, c.nature, c.periode_debut, c.periode_fin, c.exigible_le, \
             c.montant_centimes, c.reste_centimes, c.ouverte FROM creance c JOIN debiteur d ON d.id = c.dossier_id \
             WHERE c.ouverte = $1 AND (c.branche & $2) <> 0 AND ($3 = '' OR c.nature = $3) \
             AND c.exigible_le BETWEEN $4 AND $5 AND c.montant_centimes >= $6 \
             AND (c.montant_centimes, c.id) < ($7, $8) ORDER BY c.montant_centimes DESC, c.id DESC LIMIT $9"
        ),
    };
    let requete = requete
        .bind(!filtre.soldees)
        .bind(branches)
        .bind(filtre.nature.map(Nature::code).unwrap_or_default())
        .bind(filtre.du.map_or_else(String::new, |d| d.to_string()))
        .bind(filtre.au.map_or_else(|| "~".to_owned(), |d| d.to_string()))
        .bind(filtre.montant_min.unwrap_or(Montant::ZERO));
    let lignes: Vec<Ligne> = placer(requete, tri, place, apres)
        .bind(i64::from(limite))
        .toutes(tx)
        .await?;
    lignes.into_iter().map(Ligne::rangee).collect()
}

/// Lie la place où la page commence ; sans elle, une valeur d'avant toutes les autres dans ce sens.
fn placer(
    requete: Requete<'_>,
    tri: Tri<ParCreance>,
    place: Option<(String, i64)>,
    apres: Option<i64>,
) -> Requete<'_> {
    let debut = match tri.sens {
        Sens::Croissant => (String::new(), -1),
        Sens::Decroissant => ("~".to_owned(), i64::MAX),
    };
    let id = apres.unwrap_or(debut.1);
    let (exigible_le, montant) = place.unwrap_or(debut);
    match tri.colonne {
        ParCreance::Echeance => requete.bind(exigible_le).bind(id),
        ParCreance::Montant => requete.bind(montant).bind(id),
    }
}

impl Ligne {
    fn rangee(self) -> Result<Rangee, Erreur> {
        Ok(Rangee {
            id: self.id,
            dossier: DossierId::new(self.dossier_id),
            nom: self.nom,
            prenom: self.prenom,
            nature: lire_nature(&self.nature)?,
            periode: (lire_date(&self.periode_debut)?, lire_date(&self.periode_fin)?),
            exigible_le: lire_date(&self.exigible_le)?,
            montant: Montant::de_centimes(self.montant_centimes),
            reste: Montant::de_centimes(self.reste_centimes),
            ouverte: self.ouverte == 1,
        })
    }
}
