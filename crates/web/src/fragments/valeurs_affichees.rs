//! Les montants et les dates.

use std::fmt::Display;

use askama::Template;
use jiff::civil::Date;
use valeurs::{Montant, date_fr};

use super::{ParValeur, html::fragment};

/// Un montant, chiffres de même largeur ; en rouge s'il est négatif, effacé s'il est nul.
#[derive(Template, Clone, Debug)]
#[template(
    ext = "html",
    source = r#"<span class="montant{{ self.classe() }}">{{ montant }}</span>"#
)]
pub struct MontantAffiche {
    montant: Montant,
}

impl MontantAffiche {
    fn classe(&self) -> &'static str {
        if self.montant.est_negatif() {
            " negatif"
        } else if self.montant.est_nul() {
            " nul"
        } else {
            ""
        }
    }
}

/// Un montant dans une phrase ou une liste.
#[must_use]
pub fn montant(montant: impl ParValeur<Montant>) -> MontantAffiche {
    MontantAffiche {
        montant: montant.par_valeur(),
    }
}

/// Une date courte, `05/03/2026`, lisible aussi par une machine.
#[derive(Template, Clone, Debug)]
#[template(
    ext = "html",
    source = r#"<time datetime="{{ date }}">{{ self.courte() }}</time>"#
)]
pub struct DateAffichee {
    date: Date,
}

impl DateAffichee {
    fn courte(&self) -> String {
        date_fr(self.date)
    }
}

/// Une date dans une phrase ou une liste.
#[must_use]
pub fn date(date: impl ParValeur<Date>) -> DateAffichee {
    DateAffichee {
        date: date.par_valeur(),
    }
}

/// La cellule d'un montant, alignée à droite. L'étiquette est l'intitulé de la colonne, montré au téléphone.
#[derive(Template, Clone, Debug)]
#[template(
    ext = "html",
    source = r#"<td class="nombre" data-label="{{ etiquette }}">{{ montant }}</td>"#
)]
pub struct CelluleMontant {
    etiquette: String,
    montant: MontantAffiche,
}

/// Une cellule de table qui porte un montant.
#[must_use]
pub fn cellule_montant(etiquette: impl Display, valeur: impl ParValeur<Montant>) -> CelluleMontant {
    CelluleMontant {
        etiquette: etiquette.to_string(),
        montant: montant(valeur),
    }
}

/// La cellule d'une date, ou d'un tiret lu « sans date ».
#[derive(Template, Clone, Debug)]
#[template(
    ext = "html",
    source = r#"<td class="date" data-label="{{ etiquette }}">{% if let Some(date) = date %}{{ date }}{% else %}<span aria-hidden="true">–</span><span class="lu">sans date</span>{% endif %}</td>"#
)]
pub struct CelluleDate {
    etiquette: String,
    date: Option<DateAffichee>,
}

/// Une cellule de table qui porte une date, ou un tiret.
#[must_use]
pub fn cellule_date(etiquette: impl Display, valeur: impl ParValeur<Option<Date>>) -> CelluleDate {
    CelluleDate {
        etiquette: etiquette.to_string(),
        date: valeur.par_valeur().map(date),
    }
}

fragment!(MontantAffiche, DateAffichee, CelluleMontant, CelluleDate);
