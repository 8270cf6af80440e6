// Personne d'autre que cette crate n'invente une action.
use acces::{Action, CodeAction};

struct ToutVoir;

impl Action for ToutVoir {
    const CODE: CodeAction = CodeAction::ConsulterDossier;
}

fn main() {}
