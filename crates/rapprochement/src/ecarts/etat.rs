//! Où en est un écart, et ce qui le fait passer d'un état à l'autre.

use std::str::FromStr;

use crate::rapprocher::Classe;

/// Où en est le traitement d'un écart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Etat {
    /// Il n'appelle aucun geste : la déclaration a été remplacée, ou un autre établissement a payé.
    Information,
    /// Personne ne s'en occupe encore.
    ATraiter,
    /// Un agent s'en occupe.
    Attribue,
    /// Un agent l'a clos, avec un motif.
    Clos,
    /// Les faits ne le montrent plus.
    Disparu,
}

impl Etat {
    /// Tous, dans l'ordre du travail.
    pub const TOUS: [Self; 5] = [
        Self::ATraiter,
        Self::Attribue,
        Self::Clos,
        Self::Disparu,
        Self::Information,
    ];

    /// Son code, dans la base et les adresses.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::ATraiter => "a_traiter",
            Self::Attribue => "attribue",
            Self::Clos => "clos",
            Self::Disparu => "disparu",
        }
    }

    /// Son libellé, pour les écrans.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::Information => "Pour information",
            Self::ATraiter => "À traiter",
            Self::Attribue => "Attribué",
            Self::Clos => "Clos",
            Self::Disparu => "Résolu par les faits",
        }
    }

    /// L'état d'un écart que les faits montrent, s'il est de cette classe et à cet agent.
    #[must_use]
    pub const fn ouvert(classe: Classe, attribue: bool) -> Self {
        match (attribue, classe) {
            (true, _) => Self::Attribue,
            (false, Classe::Remplace | Classe::PayeParAutre) => Self::Information,
            (false, _) => Self::ATraiter,
        }
    }

    /// Un agent peut-il encore l'attribuer, le commenter ou le clore ?
    #[must_use]
    pub const fn est_ouvert(self) -> bool {
        matches!(self, Self::Information | Self::ATraiter | Self::Attribue)
    }
}

impl FromStr for Etat {
    type Err = ();

    fn from_str(code: &str) -> Result<Self, ()> {
        Self::TOUS.into_iter().find(|e| e.code() == code).ok_or(())
    }
}

/// Ce qui est arrivé à un écart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Geste {
    /// Attribué à un agent.
    Attribue,
    /// Rendu à tous.
    Libere,
    /// Commenté.
    Commente,
    /// Clos par un agent.
    Clos,
    /// Rouvert par un agent, ou parce que sa somme a changé depuis sa clôture.
    Rouvert,
    /// Les faits ne le montrent plus.
    Disparu,
    /// Les faits le montrent de nouveau.
    Revenu,
}

impl Geste {
    const TOUS: [Self; 7] = [
        Self::Attribue,
        Self::Libere,
        Self::Commente,
        Self::Clos,
        Self::Rouvert,
        Self::Disparu,
        Self::Revenu,
    ];

    /// Son code, dans la base.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Attribue => "attribue",
            Self::Libere => "libere",
            Self::Commente => "commente",
            Self::Clos => "clos",
            Self::Rouvert => "rouvert",
            Self::Disparu => "disparu",
            Self::Revenu => "revenu",
        }
    }

    /// Son libellé, pour les écrans.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::Attribue => "Attribué",
            Self::Libere => "Rendu à tous",
            Self::Commente => "Commentaire",
            Self::Clos => "Clos",
            Self::Rouvert => "Rouvert",
            Self::Disparu => "Résolu par les faits",
            Self::Revenu => "De nouveau constaté",
        }
    }
}

impl FromStr for Geste {
    type Err = ();

    fn from_str(code: &str) -> Result<Self, ()> {
        Self::TOUS.into_iter().find(|g| g.code() == code).ok_or(())
    }
}

/// Pourquoi un agent clôt un écart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motif {
    /// L'employeur a payé, déclaré ou rectifié par une autre voie.
    Regularise,
    /// La caisse a corrigé son compte.
    Corrige,
    /// L'employeur l'a justifié.
    Justifie,
    /// Le recouvrement a pris la suite.
    Recouvrement,
    /// La somme ne vaut pas d'agir.
    Negligeable,
    /// Autre chose, que le commentaire dit.
    Autre,
}

impl Motif {
    /// Tous, dans l'ordre où on les propose.
    pub const TOUS: [Self; 6] = [
        Self::Regularise,
        Self::Corrige,
        Self::Justifie,
        Self::Recouvrement,
        Self::Negligeable,
        Self::Autre,
    ];

    /// Son code, dans la base.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Regularise => "regularise",
            Self::Corrige => "corrige",
            Self::Justifie => "justifie",
            Self::Recouvrement => "recouvrement",
            Self::Negligeable => "negligeable",
            Self::Autre => "autre",
        }
    }

    /// Son libellé, pour les écrans.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::Regularise => "L’employeur a régularisé",
            Self::Corrige => "La caisse a corrigé son compte",
            Self::Justifie => "L’employeur l’a justifié",
            Self::Recouvrement => "Transmis au recouvrement",
            Self::Negligeable => "Somme trop faible pour agir",
            Self::Autre => "Autre motif, dit en commentaire",
        }
    }
}

impl FromStr for Motif {
    type Err = ();

    fn from_str(code: &str) -> Result<Self, ()> {
        Self::TOUS.into_iter().find(|m| m.code() == code).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tout_code_se_relit() {
        for etat in Etat::TOUS {
            assert_eq!(etat.code().parse(), Ok(etat));
        }
        for geste in Geste::TOUS {
            assert_eq!(geste.code().parse(), Ok(geste));
        }
        for motif in Motif::TOUS {
            assert_eq!(motif.code().parse(), Ok(motif));
        }
        assert_eq!("ailleurs".parse::<Etat>(), Err(()));
    }

    #[test]
    fn une_declaration_remplacee_n_appelle_aucun_geste_sauf_si_un_agent_s_en_occupe() {
        assert_eq!(Etat::ouvert(Classe::Remplace, false), Etat::Information);
        assert_eq!(Etat::ouvert(Classe::Remplace, true), Etat::Attribue);
        assert_eq!(Etat::ouvert(Classe::Impaye, false), Etat::ATraiter);
    }
}
