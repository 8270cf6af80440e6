//! Les mots de la table des habilitations, chacun avec son code (dans les fichiers et la base) et son libellé.

/// Une énumération dont chaque cas a un code stable et un libellé français.
macro_rules! mots {
    ($(#[$doc:meta])* $nom:ident { $($(#[$doc_cas:meta])* $cas:ident = $code:literal, $libelle:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $nom { $($(#[$doc_cas])* $cas,)+ }

        impl $nom {
            /// Tous, dans l'ordre de leur déclaration.
            pub const TOUS: &'static [Self] = &[$(Self::$cas,)+];

            /// Le code, stable : celui des fichiers, de la base et des exports.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$cas => $code,)+ }
            }

            /// Le libellé, tel qu'on le lit à l'écran.
            #[must_use]
            pub const fn libelle(self) -> &'static str {
                match self { $(Self::$cas => $libelle,)+ }
            }

            /// Celui que désigne un code, s'il existe.
            #[must_use]
            pub fn depuis_code(code: &str) -> Option<Self> {
                Self::TOUS.iter().copied().find(|mot| mot.code() == code)
            }
        }

        impl std::fmt::Display for $nom {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.code())
            }
        }
    };
}
pub(crate) use mots;

mots! {
    /// Le service d'un agent (décision 18-07, article 3), ou une fonction de contrôle sans accès aux dossiers.
    Role {
        /// Service prestations.
        Prestations = "prestations", "Service prestations";
        /// Service cotisations.
        Cotisations = "cotisations", "Service cotisations";
        /// Service recouvrement-contentieux.
        Recouvrement = "recouvrement", "Recouvrement-contentieux";
        /// Agence comptable.
        AgenceComptable = "agence_comptable", "Agence comptable";
        /// Délégué à la protection des données.
        Dpo = "dpo", "Délégué à la protection des données";
        /// Administrateur des comptes et du service.
        Administrateur = "administrateur", "Administrateur";
    }
}

impl Role {
    /// Ce rôle est-il destinataire des données de l'article 2 (décision 18-07, article 3) ?
    #[must_use]
    pub const fn est_destinataire(self) -> bool {
        match self {
            Self::Prestations | Self::Cotisations | Self::Recouvrement | Self::AgenceComptable => true,
            Self::Dpo | Self::Administrateur => false,
        }
    }
}

mots! {
    /// Une classe de données, au grain où la table des habilitations les accorde.
    Classe {
        /// Nom, prénom, matricule, téléphones, mail, commune, code agent, code tiers.
        Identification = "identification", "Identification et coordonnées";
        /// Numéro de sécurité sociale.
        Nir = "nir", "Numéro de sécurité sociale";
        /// IBAN et titulaire.
        CoordonneesBancaires = "coordonnees_bancaires", "Coordonnées bancaires";
        /// Créances de cotisations.
        EconomiqueCotisations = "economique_cotisations", "Situation économique : cotisations";
        /// Prestations indues à récupérer.
        EconomiquePrestations = "economique_prestations", "Situation économique : prestations";
        /// Indus des professionnels de santé (CSS L133-4).
        EconomiqueSante = "economique_sante", "Situation économique : professionnels de santé";
        /// Fiche des commentaires.
        Commentaires = "commentaires", "Fiche des commentaires";
        /// Journal des accès.
        Journal = "journal", "Journal des accès";
        /// Comptes des agents.
        Comptes = "comptes", "Comptes des agents";
        /// La table des habilitations.
        Habilitations = "habilitations", "Table des habilitations";
        /// État du service, sans donnée personnelle.
        TracesTechniques = "traces_techniques", "Traces techniques";
    }
}

impl Classe {
    /// Cette classe est-elle de celles que liste l'article 2 de la décision 18-07 ?
    #[must_use]
    pub const fn est_de_l_article_2(self) -> bool {
        match self {
            Self::Identification
            | Self::Nir
            | Self::CoordonneesBancaires
            | Self::EconomiqueCotisations
            | Self::EconomiquePrestations
            | Self::EconomiqueSante
            | Self::Commentaires => true,
            Self::Journal | Self::Comptes | Self::Habilitations | Self::TracesTechniques => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_code_se_relit() {
        for role in Role::TOUS {
            assert_eq!(Role::depuis_code(role.code()), Some(*role));
        }
        for classe in Classe::TOUS {
            assert_eq!(Classe::depuis_code(classe.code()), Some(*classe));
        }
        assert_eq!(Role::depuis_code("directeur"), None);
    }
}
