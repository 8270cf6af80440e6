//! Les filtres d'askama : `use web::filters;` là où le gabarit est dérivé, puis `{{ solde|montant }}`.
#![expect(
    missing_docs,
    reason = "`filter_fn` engendre un type et une méthode sans docstring"
)]

use askama::Values;
use jiff::civil::Date;
use valeurs::Montant;

use crate::fragments::{self, DateAffichee, MontantAffiche};

/// Un montant, chiffres alignables ; voir [`fragments::montant`].
///
/// # Errors
/// Aucune : la forme est celle qu'askama demande.
#[askama::filter_fn]
pub fn montant(montant: &Montant, _: &dyn Values) -> askama::Result<MontantAffiche> {
    Ok(fragments::montant(*montant))
}

/// Une date courte, `05/03/2026` ; voir [`fragments::date`].
///
/// # Errors
/// Aucune : la forme est celle qu'askama demande.
#[askama::filter_fn]
pub fn date(date: &Date, _: &dyn Values) -> askama::Result<DateAffichee> {
    Ok(fragments::date(*date))
}
