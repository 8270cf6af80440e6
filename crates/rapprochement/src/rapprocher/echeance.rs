//! Quand un mois se paie et se dépose.

use jiff::ToSpan;
use jiff::civil::Date;
use valeurs::Periode;

/// À partir de tant d'individus, l'échéance est le 5 du mois suivant ; en dessous, le 15.
pub(super) const GRAND_ETABLISSEMENT: u32 = 50;

/// L'échéance légale d'un mois : le 5 du mois suivant à partir de 50 individus, sinon le 15.
pub(super) fn legale(mois: Periode, individus: u32) -> Date {
    let jours: i64 = if individus >= GRAND_ETABLISSEMENT { 5 } else { 15 };
    mois.fin().saturating_add(jours.days())
}

/// La plus tardive des échéances légales d'un mois : le 15 du mois suivant.
pub(crate) fn derniere(mois: Periode) -> Date {
    legale(mois, 0)
}

/// Le dernier jour, inclus, où rien n'est encore en retard.
pub(super) fn limite(echeance: Date, tolerance: u16) -> Date {
    echeance.saturating_add(i64::from(tolerance).days())
}
