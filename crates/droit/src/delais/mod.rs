//! Les délais : une date, et comment elle est trouvée.

mod calcul;
mod feries;
mod lieu;
mod regle;

#[cfg(test)]
mod tests;

pub use self::calcul::{Echeance, PasDelai};
pub(crate) use self::{feries::Feries, regle::Delais};
pub use self::{
    feries::{JourFerie, NonOuvre},
    lieu::{Lieu, Residence, Zone},
    regle::{Contre, GenreDelai, RegleDelai},
};
