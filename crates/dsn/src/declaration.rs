//! Ce qu'une déclaration dit, une fois lue.

use jiff::civil::Date;
use valeurs::{Montant, Periode};

use crate::valeur::Code;

/// Le code d'une caisse de MSA dans un fichier, `DMSA33`. (La norme en liste d'autres que celles d'aujourd'hui.)
pub type CodeMsa = Code<6>;

/// Le sous-lot d'un envoi du portail national (`S06.G51.00.001`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SousLot {
    /// `DSNOK` : déclarations acceptées.
    Acceptees,
    /// `FP-KO` : rejetées avant tout contrôle.
    RejeteesAuFormat,
    /// `CT-KO` : rejetées au contrôle.
    RejeteesAuControle,
    /// `AUTRE`, ou tout autre nom.
    Autre,
}

impl SousLot {
    pub(crate) fn lire(valeur: &[u8]) -> Self {
        match valeur {
            b"DSNOK" => Self::Acceptees,
            b"FP-KO" => Self::RejeteesAuFormat,
            b"CT-KO" => Self::RejeteesAuControle,
            _ => Self::Autre,
        }
    }

    /// Son code dans le fichier.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Acceptees => "DSNOK",
            Self::RejeteesAuFormat => "FP-KO",
            Self::RejeteesAuControle => "CT-KO",
            Self::Autre => "AUTRE",
        }
    }
}

/// Le message (S10…S90) qui porte des déclarations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envoi {
    /// Version de la norme, `P26V01` (S10.G00.00.006).
    pub norme: Code<6>,
    /// Envoi d'essai (S10.G00.00.005 = 01) : il ne déclare rien.
    pub essai: bool,
    /// Jour du dépôt selon le portail national (S10.G00.95.008), s'il l'a ajouté.
    pub depose_le: Option<Date>,
    /// Sous-lot du portail, si le fichier en a l'enveloppe.
    pub sous_lot: Option<SousLot>,
}

impl Envoi {
    /// Les déclarations de cet envoi comptent-elles : ni essai, ni rejetées par le portail ?
    #[must_use]
    pub const fn compte(&self) -> bool {
        !self.essai && matches!(self.sous_lot, None | Some(SousLot::Acceptees))
    }
}

/// L'identifiant d'une déclaration chez son émetteur : date de constitution et numéro d'ordre
/// (S20.G00.05.007 et .004 ; S20.G00.05.006 pour celle qu'elle remplace).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifiant {
    /// Date de constitution du fichier.
    pub constituee_le: Date,
    /// Numéro d'ordre : un entier sans zéro devant, quinze chiffres au plus.
    pub ordre: u64,
}

/// Une déclaration (de S20.G00.05.001 à la suivante), réduite à ce qui la situe et à ses totaux.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Rang dans le fichier, à partir de 1.
    pub rang: u32,
    /// Première et dernière lignes dans le fichier, à partir de 1.
    pub lignes: (u64, u64),
    /// Le message qui la porte.
    pub envoi: Envoi,
    /// S20.G00.05.001 : `01` mensuelle, `07` fin de contrat…
    pub nature: Code<2>,
    /// S20.G00.05.002 : `01` normale, `03` annule et remplace…
    pub genre: Code<2>,
    /// S20.G00.05.003 : `nd`, fraction n sur d.
    pub fraction: Code<2>,
    /// S20.G00.05.004 et .007.
    pub identifiant: Option<Identifiant>,
    /// S20.G00.05.005 : le mois principal déclaré, absent de certains signalements.
    pub mois: Option<Periode>,
    /// S20.G00.05.006 : la déclaration annulée ou remplacée.
    pub remplace: Option<Identifiant>,
    /// S20.G00.05.008 : `01` totale, `02` partielle agricole, `03` partielle régime général.
    pub champ: Option<Code<2>>,
    /// SIREN (S21.G00.06.001) et NIC (S21.G00.11.001) de l'établissement ; leurs clés ne sont pas vérifiées ici.
    pub siret: Option<Code<14>>,
    /// Nombre d'individus (blocs S21.G00.30).
    pub individus: u32,
    /// Ce qui va à chaque caisse de MSA, dans l'ordre où le fichier les nomme.
    pub caisses: Vec<Caisse>,
}

/// Ce qu'une déclaration destine à une caisse de MSA.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caisse {
    /// La caisse.
    pub code: CodeMsa,
    /// Déclaré : somme des S21.G00.81.004 et S21.G00.82.001 de la caisse.
    pub declare: Montant,
    /// Les versements ordonnés à la caisse (blocs S21.G00.20).
    pub versements: Vec<Versement>,
}

impl Caisse {
    /// Ordonné : somme des versements (S21.G00.20.005).
    ///
    /// # Errors
    /// Le total sort de l'étendue d'un montant.
    pub fn ordonne(&self) -> Result<Montant, valeurs::Depassement> {
        Montant::somme(self.versements.iter().map(|v| v.montant))
    }
}

/// Un ordre de paiement (S21.G00.20).
#[derive(Clone, PartialEq, Eq)]
pub struct Versement {
    /// Ligne de S21.G00.20.001 dans le fichier.
    pub ligne: u64,
    /// Montant (.005).
    pub montant: Montant,
    /// Période de rattachement (.006 et .007), incluses.
    pub debut: Option<Date>,
    /// Fin de la période.
    pub fin: Option<Date>,
    /// Mode de paiement (.010) : `02` virement, `05` prélèvement SEPA, `06` payé par un autre établissement.
    pub mode: Option<Code<2>>,
    /// Date de paiement (.011).
    pub echeance: Option<Date>,
    /// SIRET payeur (.012).
    pub payeur: Option<Code<14>>,
    /// BIC (.003), tel qu'écrit.
    pub bic: Option<String>,
    /// IBAN (.004), tel qu'écrit : une donnée personnelle.
    pub iban: Option<String>,
}

impl std::fmt::Debug for Versement {
    /// Sans le compte, ni le payeur.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Versement")
            .field("ligne", &self.ligne)
            .field("montant", &self.montant)
            .field("mode", &self.mode)
            .field("echeance", &self.echeance)
            .finish_non_exhaustive()
    }
}

/// Une cotisation d'un individu (S21.G00.81) avec sa base (S21.G00.78).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CotisationIndividuelle {
    /// Ligne de S21.G00.81.001.
    pub ligne: u64,
    /// Rang de l'individu dans la déclaration, à partir de 1.
    pub individu: u32,
    /// Code de base assujettie (78.001).
    pub base: Option<Code<2>>,
    /// Période de rattachement de la base (78.002), incluse.
    pub debut: Option<Date>,
    /// Fin de la période (78.003), incluse.
    pub fin: Option<Date>,
    /// Code de cotisation (81.001).
    pub code: Code<3>,
    /// Caisse (81.002), si c'en est une de la MSA.
    pub caisse: Option<CodeMsa>,
    /// Assiette (81.003).
    pub assiette: Option<Montant>,
    /// Cotisation (81.004).
    pub montant: Option<Montant>,
}

/// Une cotisation de l'établissement (S21.G00.82).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CotisationEtablissement {
    /// Ligne de S21.G00.82.001.
    pub ligne: u64,
    /// Valeur (.001).
    pub montant: Option<Montant>,
    /// Code de cotisation (.002).
    pub code: Option<Code<3>>,
    /// Période de rattachement (.003), incluse.
    pub debut: Option<Date>,
    /// Fin de la période (.004), incluse.
    pub fin: Option<Date>,
    /// Caisse (.005), si c'en est une de la MSA.
    pub caisse: Option<CodeMsa>,
}
