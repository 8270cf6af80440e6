// Personne d'autre que cette crate ne fabrique un permis.
use acces::actions::ConsulterDossier;
use acces::{Objet, Permis};

fn faux() -> Permis<ConsulterDossier> {
    Permis { objet: Objet::Caisse, acteur: String::new() }
}

fn main() {
    let _ = faux();
}
