use super::{Page, RefusSeance};

/// Propositions en attente, au plus : l'adhérent n'en lit qu'une à la fois.
const EN_ATTENTE: usize = 20;

/// Ce qu'un agent fait de la page, sans y écrire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Geste {
    /// Pointer, attirer l'attention : rien ne change dans la page.
    Montrer,
    /// Cliquer.
    Cliquer(Bouton),
    /// Défiler.
    Defiler,
    /// Revenir à la page d'avant.
    Reculer,
}

/// Ce qu'un clic atteint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bouton {
    /// Un contrôle qui ne transmet rien : une case, un dépliant, un lien du site.
    Libre,
    /// Un contrôle que le site ouvre aux agents.
    Ouvert,
    /// Ce qui transmet, paie ou signe, et tout ce que le site n'ouvre pas.
    Reserve,
}

/// Le champ d'une proposition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Champ {
    /// Son numéro dans le fil.
    pub noeud: u32,
    /// Un compte bancaire : jamais saisi par un agent.
    pub compte_bancaire: bool,
}

/// L'empreinte SHA-256 d'une valeur : la valeur elle-même n'est pas gardée.
pub type Empreinte = [u8; 32];

/// Une valeur proposée pour un champ d'une page. Une acceptation vaut pour elle seule, et pour elle entière.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposition {
    /// Son numéro, choisi par l'agent.
    pub numero: u64,
    /// La page.
    pub page: Page,
    /// Le champ.
    pub champ: Champ,
    /// L'empreinte de la valeur.
    pub valeur: Empreinte,
}

/// Celles qui attendent l'adhérent.
#[derive(Clone, Debug, Default)]
pub(super) struct Propositions(Vec<Proposition>);

impl Propositions {
    /// Une proposition de même numéro remplace la précédente ; les plus anciennes cèdent la place.
    pub(super) fn ajouter(&mut self, proposition: Proposition) {
        self.0.retain(|autre| autre.numero != proposition.numero);
        if self.0.len() == EN_ATTENTE {
            self.0.remove(0);
        }
        self.0.push(proposition);
    }

    pub(super) fn accepter(&mut self, proposition: &Proposition) -> Result<(), RefusSeance> {
        let place = self.0.iter().position(|attend| attend == proposition);
        self.0.remove(place.ok_or(RefusSeance::Question)?);
        Ok(())
    }

    pub(super) fn oublier(&mut self) {
        self.0.clear();
    }
}
