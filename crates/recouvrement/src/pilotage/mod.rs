//! Le pilotage : ce que deviennent les créances émises, de l'émission à l'encaissement ou à la perte, et ce qu'il en coûte.
//!
//! Tout se lit du grand livre ([`lire`]) ; le reste est pur : les cohortes et leur identité ([`Cohorte`]), le taux
//! ([`Taux`]), le coût des actes ([`Depense`]), le classeur ([`xlsx`]). Rien n'y nomme personne.

mod ancien;
mod classeur;
mod cohorte;
mod compter;
mod cout;
mod mesure;
mod taux;
mod vue;

pub use ancien::Age;
pub use classeur::xlsx;
pub use cohorte::{Cohorte, DELAIS};
pub use compter::{Comptes, lire};
pub use cout::{Couts, Depense, LigneCout, depense};
pub use taux::Taux;
pub use vue::{Etape, FiltrePilotage, Pilotage};
