//! Chaque classe, son cas et le cas voisin qui n'en est pas.

mod declarations;
mod mois;
mod paiements;
mod payeurs;
mod proprietes;
pub(crate) mod scenario;
