//! Les rubriques que la lecture regarde.

use crate::rubrique::{Bloc, Rubrique};

macro_rules! rubriques {
    ($($nom:ident = $texte:literal;)+) => { $(pub(crate) const $nom: Rubrique = Rubrique::de($texte);)+ };
}

rubriques! {
    LOT = "S05.G51.00.001";
    FIN_LOT = "S95.G51.00.002";
    SOUS_LOT = "S06.G51.00.001";
    FIN_SOUS_LOT = "S96.G51.00.001";
    LOGICIEL = "S10.G00.00.001";
    ESSAI = "S10.G00.00.005";
    NORME = "S10.G00.00.006";
    DEPOT = "S10.G00.95.008";
    NATURE = "S20.G00.05.001";
    GENRE = "S20.G00.05.002";
    FRACTION = "S20.G00.05.003";
    ORDRE = "S20.G00.05.004";
    MOIS = "S20.G00.05.005";
    REMPLACE = "S20.G00.05.006";
    CONSTITUTION = "S20.G00.05.007";
    CHAMP = "S20.G00.05.008";
    RATTACHEMENT = "S20.G00.08.001";
    SIREN = "S21.G00.06.001";
    NIC = "S21.G00.11.001";
    V_ORGANISME = "S21.G00.20.001";
    V_BIC = "S21.G00.20.003";
    V_IBAN = "S21.G00.20.004";
    V_MONTANT = "S21.G00.20.005";
    V_DEBUT = "S21.G00.20.006";
    V_FIN = "S21.G00.20.007";
    V_MODE = "S21.G00.20.010";
    V_DATE = "S21.G00.20.011";
    V_PAYEUR = "S21.G00.20.012";
    I_NIR = "S21.G00.30.001";
    I_NOM = "S21.G00.30.002";
    B_CODE = "S21.G00.78.001";
    B_DEBUT = "S21.G00.78.002";
    B_FIN = "S21.G00.78.003";
    C_CODE = "S21.G00.81.001";
    C_ORGANISME = "S21.G00.81.002";
    C_ASSIETTE = "S21.G00.81.003";
    C_MONTANT = "S21.G00.81.004";
    E_MONTANT = "S21.G00.82.001";
    E_CODE = "S21.G00.82.002";
    E_DEBUT = "S21.G00.82.003";
    E_FIN = "S21.G00.82.004";
    E_REFERENCE = "S21.G00.82.005";
    S90_TOTAL = "S90.G00.90.001";
    S90_NOMBRE = "S90.G00.90.002";
}
pub(crate) const B_INDIVIDU: Bloc = Bloc::de("S21.G00.30");
pub(crate) const B_COTISATION: Bloc = Bloc::de("S21.G00.81");
pub(crate) const B_ETABLISSEMENT: Bloc = Bloc::de("S21.G00.82");
/// Les blocs d'individu S21.G00.31 à 79, hors 30, 81 et 82 : rien de ce qui s'additionne n'y est.
pub(crate) const SANS_EFFET: std::ops::RangeInclusive<u32> = 210_031_000..=210_079_999;
/// Les rubriques de S21.G00.81.
pub(crate) const COTISATION: std::ops::RangeInclusive<u32> = 210_081_000..=210_081_999;
/// La plus ancienne norme qui se lit.
pub(crate) const NORME_LA_PLUS_ANCIENNE: &str = "P22V01";
