//! Les prélèvements d'un échéancier, et ce que la banque en a fait.

use ::prelevements::{CodeMotif, Sequence};
use jiff::civil::Date;
use storage::{Tx, sql};
use valeurs::Montant;

use crate::Erreur;
use crate::procedure::jour;

/// Une mensualité présentée à la banque.
#[derive(Clone, Debug)]
pub(crate) struct Prelevement {
    pub(crate) id: i64,
    /// Rang de la mensualité.
    pub(crate) rang: u16,
    /// La combientième présentation de cette mensualité.
    pub(crate) presentation: i64,
    pub(crate) echeance: Date,
    pub(crate) montant: Montant,
    pub(crate) etat: EtatPrelevement,
    /// Un agent a voulu qu'il soit présenté de nouveau.
    pub(crate) a_representer: bool,
}

/// Où en est un prélèvement : d'après le compte rendu de la banque, puis d'après les relevés.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum EtatPrelevement {
    /// Remis à la banque, qui n'en a rien dit encore.
    Remis,
    /// L'argent est entré.
    Paye,
    /// Rejeté avant que l'argent ne bouge.
    Rejete(Option<CodeMotif>),
    /// Annulé à la banque par la caisse.
    Annule,
    /// L'argent est entré puis reparti ; le motif, en mots.
    Revenu(Option<String>),
}

impl Prelevement {
    /// L'argent n'est pas là, et ne viendra pas.
    pub(crate) fn a_echoue(&self) -> bool {
        match self.etat {
            EtatPrelevement::Rejete(_) | EtatPrelevement::Annule | EtatPrelevement::Revenu(_) => true,
            EtatPrelevement::Remis | EtatPrelevement::Paye => false,
        }
    }
}

#[derive(sqlx::FromRow)]
struct Ligne {
    id: i64,
    rang: i64,
    presentation: i64,
    echeance: String,
    montant_centimes: i64,
    statut: Option<String>,
    motif: Option<String>,
    a_representer: Option<i64>,
    recu: Option<i64>,
    motif_du_retour: Option<String>,
}

/// Les prélèvements d'un échéancier, par mensualité puis par présentation.
///
/// # Errors
/// Le refus de la base ; une valeur que le programme n'a pas écrite.
pub(crate) async fn prelevements(tx: &mut Tx, echeancier: i64) -> Result<Vec<Prelevement>, Erreur> {
    // Ce que les relevés disent de sa référence : une recette, et son retour s'il y en a un, qui porte la même.
    let lignes: Vec<Ligne> = sql!(
        "SELECT p.id, p.rang, p.presentation, p.echeance, p.montant_centimes, r.statut, r.motif, \
         a.prelevement_id AS a_representer, \
         (SELECT CAST(SUM(e.montant_centimes) AS BIGINT) FROM encaissement e WHERE e.bout_en_bout = p.reference) AS recu, \
         (SELECT MAX(m.motif) FROM encaissement e JOIN ecriture x ON x.encaissement_id = e.id \
          JOIN mouvement m ON m.id = x.mouvement_id \
          WHERE e.bout_en_bout = p.reference AND e.montant_centimes < 0 AND m.nature = 'rejet') AS motif_du_retour \
         FROM prelevement p LEFT JOIN prelevement_rejete r ON r.prelevement_id = p.id \
         LEFT JOIN prelevement_a_representer a ON a.prelevement_id = p.id \
         WHERE p.echeancier_id = $1 ORDER BY p.rang, p.presentation"
    )
    .bind(echeancier)
    .toutes(tx)
    .await?;
    lignes.into_iter().map(Ligne::lire).collect()
}

impl Ligne {
    fn lire(self) -> Result<Prelevement, Erreur> {
        Ok(Prelevement {
            id: self.id,
            rang: u16::try_from(self.rang).map_err(|_| Erreur::Illisible("rang"))?,
            presentation: self.presentation,
            echeance: jour(&self.echeance)?,
            montant: Montant::de_centimes(self.montant_centimes),
            etat: match (self.recu, self.statut.as_deref()) {
                (Some(recu), _) if recu > 0 => EtatPrelevement::Paye,
                (Some(_), _) => EtatPrelevement::Revenu(self.motif_du_retour),
                (None, Some("CANC")) => EtatPrelevement::Annule,
                (None, Some(_)) => EtatPrelevement::Rejete(self.motif.as_deref().and_then(CodeMotif::new)),
                (None, None) => EtatPrelevement::Remis,
            },
            a_representer: self.a_representer.is_some(),
        })
    }
}

/// La séquence de ce code.
pub(super) fn sequence(code: &str) -> Result<Sequence, Erreur> {
    Sequence::TOUTES
        .into_iter()
        .find(|sequence| sequence.code() == code)
        .ok_or(Erreur::Illisible("séquence"))
}
