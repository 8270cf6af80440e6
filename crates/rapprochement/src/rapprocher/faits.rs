//! Ce qui se rapproche : les déclarations gardées, les recettes et les créances d'un établissement.

use droit::FamilleCotisation;
use dsn::{Code, CodeMsa, Identifiant};
use jiff::civil::Date;
use valeurs::{Montant, Periode, Siret};

/// Tout ce que la caisse sait d'un établissement, dans n'importe quel ordre : le résultat n'en dépend pas.
#[derive(Clone, Debug)]
pub struct Faits {
    /// L'établissement.
    pub siret: Siret,
    /// Ses déclarations gardées, remplacées comprises.
    pub declarations: Vec<DeclarationGardee>,
    /// Les recettes à son nom, retours compris.
    pub recettes: Vec<RecetteLue>,
    /// Les créances d'employeur émises par une autre voie que la DSN.
    pub creances: Vec<CreanceEmise>,
    /// Ce que des individus ont cotisé par période, seulement là où une régularisation négative oblige à le savoir.
    pub cotises: Vec<CotiseParIndividu>,
}

/// Une déclaration gardée.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclarationGardee {
    /// Identifiant en base.
    pub id: i64,
    /// Nom du fichier où elle est arrivée la première fois.
    pub fichier: String,
    /// Première et dernière lignes dans ce fichier.
    pub lignes: (u64, u64),
    /// Mois principal déclaré.
    pub mois: Periode,
    /// Nature : `01` mensuelle ou `09` de substitution.
    pub nature: NatureDeclaration,
    /// Type.
    pub genre: TypeDeclaration,
    /// Fraction n sur d, `n <= d`.
    pub fraction: (u8, u8),
    /// Identifiant chez l'émetteur : sa place dans l'ordre des déclarations.
    pub identifiant: Identifiant,
    /// Empreinte de son contenu, qui départage deux déclarations de même identifiant.
    pub empreinte: Vec<u8>,
    /// Jour de dépôt : celui du portail s'il le dit, sinon celui où le fichier fut constitué.
    pub deposee_le: Date,
    /// Nombre d'individus.
    pub individus: u32,
    /// Déclaré à la caisse : somme des 81.004 et 82.001.
    pub declare: Montant,
    /// La part du déclaré dont les codes peuvent se payer au trimestre (105, 106, 109, 111, 131, 132, 142, 146, 903 à
    /// 906).
    pub declare_trimestriel: Montant,
    /// Déclaré par famille de cotisations ; sa somme est `declare`.
    pub familles: Vec<(FamilleCotisation, Montant)>,
    /// Versements ordonnés à la caisse.
    pub versements: Vec<VersementGarde>,
    /// Autres caisses de MSA que la même déclaration nomme : déclaré (81, 82) et ordonné (20) à chacune.
    pub autres_caisses: Vec<(CodeMsa, Montant, Montant)>,
    /// Régularisations négatives de périodes antérieures au mois déclaré.
    pub regularisations: Vec<Regularisation>,
}

/// Nature d'une déclaration qui porte des cotisations (S20.G00.05.001).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NatureDeclaration {
    /// `01` : DSN mensuelle.
    Mensuelle,
    /// `09` : DSN de substitution, faite par l'organisme.
    Substitution,
}

/// Type d'une déclaration (S20.G00.05.002).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TypeDeclaration {
    /// `01` : normale.
    Normale,
    /// `02` : normale sans individu (néant).
    Neant,
    /// `03` : annule et remplace intégral.
    AnnuleEtRemplace,
    /// `04` : annule.
    Annule,
    /// `05` : annule et remplace sans individu.
    AnnuleEtRemplaceNeant,
}

/// Un ordre de paiement à la caisse (S21.G00.20).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersementGarde {
    /// Ligne de S21.G00.20.001 dans le fichier.
    pub ligne: u64,
    /// Montant.
    pub montant: Montant,
    /// Période de rattachement, incluse, si elle est dite.
    pub periode: Option<(Date, Date)>,
    /// Mode de paiement.
    pub mode: Option<Code<2>>,
    /// Date de paiement (20.011).
    pub echeance: Option<Date>,
    /// SIRET payeur, s'il est dit et n'est pas celui de l'établissement.
    pub payeur: Option<Siret>,
}

/// Une cotisation individuelle négative d'une période antérieure au mois déclaré.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regularisation {
    /// Ligne de S21.G00.81.001 dans le fichier.
    pub ligne: u64,
    /// Haché à clé du NIR (ou du numéro technique) de l'individu.
    pub individu: Vec<u8>,
    /// Code de cotisation.
    pub code: Code<3>,
    /// Mois de la période de rattachement.
    pub periode: Periode,
    /// Montant, négatif.
    pub montant: Montant,
}

/// Ce qu'un individu a cotisé sous un code pour un mois, toutes déclarations qui comptent, régularisations exclues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CotiseParIndividu {
    /// Déclaration qui le dit.
    pub declaration: i64,
    /// Haché à clé de l'individu.
    pub individu: Vec<u8>,
    /// Code de cotisation.
    pub code: Code<3>,
    /// Mois.
    pub periode: Periode,
    /// Montant.
    pub montant: Montant,
}

/// Une recette au nom de l'établissement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecetteLue {
    /// Identifiant de l'encaissement.
    pub id: i64,
    /// Jour de l'opération.
    pub jour: Date,
    /// Montant ; négatif pour un retour de prélèvement.
    pub montant: Montant,
    /// La période que la recette désigne, si elle en désigne une.
    pub periode: Option<Periode>,
    /// Haché à clé du compte qui paie.
    pub compte: Option<Vec<u8>>,
    /// Pour un retour : la recette qu'il annule.
    pub retour_de: Option<i64>,
}

/// Une créance d'employeur émise par une autre voie que la DSN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreanceEmise {
    /// Identifiant.
    pub id: i64,
    /// Référence montrée à l'agent.
    pub reference: String,
    /// Famille.
    pub famille: FamilleCotisation,
    /// Premier et dernier jours de la période, inclus.
    pub periode: (Date, Date),
    /// Principal émis, annulations déduites.
    pub montant: Montant,
}
