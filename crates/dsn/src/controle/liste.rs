//! La liste de tous les contrôles : leur nom, leur gravité, ce qu'ils vérifient. `docs/dsn-controles.md` en vient.

#[rustfmt::skip]
mod norme;
#[rustfmt::skip]
mod sillon;

use std::sync::LazyLock;

use super::Gravite;

/// Un contrôle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Controle {
    /// Son nom : celui de la norme, ou l'un des nôtres, stable.
    pub nom: &'static str,
    /// Ce qu'il fait de la déclaration.
    pub gravite: Gravite,
    /// Ce qu'il vérifie, en une phrase.
    pub resume: &'static str,
    /// Son message ; vide si c'est celui de la norme.
    pub(super) message: &'static str,
}

impl Controle {
    /// La norme le nomme, et Sillon l'applique.
    #[must_use]
    pub fn est_de_la_norme(&self) -> bool {
        self.nom.starts_with('S') && self.nom.get(1..3).is_some_and(|n| n.parse::<u8>().is_ok())
    }
}

/// Tous les contrôles, par nom.
pub static CONTROLES: LazyLock<Vec<Controle>> = LazyLock::new(|| {
    let mut tous: Vec<Controle> = norme::CONTROLES
        .iter()
        .chain(&sillon::CONTROLES)
        .copied()
        .collect();
    tous.sort_unstable_by_key(|c| c.nom);
    tous
});

/// Un contrôle qui manquerait à la liste (un essai prouve qu'il n'y en a pas).
static INCONNU: Controle = Controle {
    nom: "",
    gravite: Gravite::Bloquant,
    resume: "",
    message: "Ce contrôle n'a pas de message. Signalez-le à qui entretient Sillon.",
};

/// Le contrôle de ce nom.
pub(super) fn chercher(nom: &str) -> &'static Controle {
    let place = CONTROLES.binary_search_by_key(&nom, |c| c.nom);
    debug_assert!(place.is_ok(), "{nom} n'est pas dans la liste");
    place.ok().and_then(|p| CONTROLES.get(p)).unwrap_or(&INCONNU)
}

/// Un contrôle de la norme, avec son message officiel.
const fn n(nom: &'static str, resume: &'static str) -> Controle {
    m(nom, resume, "")
}

/// Un contrôle de la norme dont le message officiel ne dit rien : le nôtre.
const fn m(nom: &'static str, resume: &'static str, message: &'static str) -> Controle {
    // `S21.G00.20.010/SIG-13` : les contrôles SIG ne bloquent pas.
    let gravite = if nom.as_bytes()[15] == b'S' && nom.as_bytes()[16] == b'I' {
        Gravite::Signalement
    } else {
        Gravite::Bloquant
    };
    Controle {
        nom,
        gravite,
        resume,
        message,
    }
}

/// L'un des nôtres, bloquant.
const fn b(nom: &'static str, resume: &'static str, message: &'static str) -> Controle {
    Controle {
        nom,
        gravite: Gravite::Bloquant,
        resume,
        message,
    }
}

/// L'un des nôtres, un signalement.
const fn s(nom: &'static str, resume: &'static str, message: &'static str) -> Controle {
    Controle {
        nom,
        gravite: Gravite::Signalement,
        resume,
        message,
    }
}
