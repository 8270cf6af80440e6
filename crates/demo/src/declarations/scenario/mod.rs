//! De petits fichiers qui font chacun un écart entre le déclaré et l'encaissé, et ce qu'on doit y trouver.
//!
//! Chaque scénario a trois établissements : celui de l'écart, un témoin en ordre, et un voisin d'une autre caisse dans
//! le même fichier. Deux cas d'une même graine n'ont pas d'établissement commun.

mod banque;
mod cas;
mod pieces;

use jiff::civil::Date;
use valeurs::{CodeCaisse, Montant, Periode, Siret};

pub use cas::Cas;

/// Les fichiers d'un cas, et les lignes qu'un rapprochement doit en tirer.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Le cas.
    pub cas: Cas,
    /// Fichiers DSN ; leur ordre de dépôt est indifférent.
    pub depots: Vec<Piece>,
    /// Paiements, en CSV ou camt ; de même.
    pub encaissements: Vec<Piece>,
    /// Créances émises par une autre voie, en CSV ; de même.
    pub creances: Vec<Piece>,
    /// Les lignes de la caisse, dans l'ordre des SIRET puis des mois.
    pub attendus: Vec<Attendu>,
}

/// Un fichier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Son nom.
    pub nom: String,
    /// Son contenu.
    pub octets: Vec<u8>,
}

/// Une ligne qu'un rapprochement doit rendre, l'échéance et toute tolérance passées.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attendu {
    /// L'établissement.
    pub siret: Siret,
    /// Le mois.
    pub mois: Periode,
    /// Les écarts, rangés.
    pub ecarts: Vec<&'static str>,
    /// Déclaré.
    pub declare: Montant,
    /// Ordonné.
    pub ordonne: Montant,
    /// Encaissé, retours déduits.
    pub encaisse: Montant,
}

impl Scenario {
    /// Le scénario d'un cas, pour une caisse et un mois.
    ///
    /// # Errors
    /// La norme refuse une valeur : une date au-delà de 2099.
    pub fn de(
        cas: Cas,
        graine: &str,
        caisse: CodeCaisse,
        mois: Periode,
    ) -> Result<Self, dsn::ErreurEcriture> {
        cas::raconter(cas, graine, caisse, mois)
    }
}

/// Un paiement d'un fichier CSV.
struct Recu {
    le: Date,
    caisse: CodeCaisse,
    siret: Siret,
    periode: Periode,
    centimes: i64,
    iban: String,
}
