//! Le compte adhérent individuel (CAI) : au débit ce qu'un débiteur a dû, au crédit ce qui l'a éteint, par période et
//! par famille, à la date demandée ; lu à l'écran, en CSV et en classeur.

mod compte;
mod csv;
mod rubrique;
#[cfg(test)]
mod tests;
mod totaux;
mod xlsx;

pub use compte::{Cai, EnTete, LigneCai, ObjetCai, compte};
pub use csv::csv;
pub use rubrique::{Rubrique, Sens};
pub use totaux::{Totaux, TotauxRubrique};
pub use xlsx::xlsx;
