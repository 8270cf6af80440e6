use droit::Poste;
use valeurs::DossierId;

/// Où une écriture porte. Une écriture ne peut pas nommer une créance sans son dossier, ni la banque sans sa recette.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compte {
    /// L'argent reçu de la banque.
    Banque {
        /// La recette.
        encaissement: i64,
    },
    /// Recette à classer : de l'argent reçu que rien ne place encore.
    Rac {
        /// La recette.
        encaissement: i64,
    },
    /// De l'argent rendu au payeur.
    Rembourse {
        /// La recette.
        encaissement: i64,
    },
    /// Ce qu'un débiteur doit : au débit ce qui naît, au crédit ce qui s'éteint.
    Creance {
        /// Le dossier du débiteur.
        dossier: DossierId,
        /// La créance.
        creance: i64,
        /// Le compartiment.
        poste: Poste,
        /// La recette qui l'éteint (ou dont le rejet la fait renaître).
        encaissement: Option<i64>,
    },
    /// L'autre côté d'une créance qui naît ou s'éteint autrement que par un paiement.
    Contrepartie {
        /// Pourquoi.
        nature: Contrepartie,
        /// Le dossier du débiteur.
        dossier: DossierId,
    },
}

/// Les comptes qui font face aux créances hors paiement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contrepartie {
    /// Émission de la créance, de majorations, de pénalités ou de frais.
    Emission,
    /// Annulation, totale ou partielle.
    Annulation,
    /// Remise gracieuse.
    Remise,
    /// Admission en non-valeur (CRPM R725-3 et R725-4).
    NonValeur,
    /// Transfert à une autre caisse.
    Transfert,
}

impl Contrepartie {
    /// Code tenu en base.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Emission => "emission",
            Self::Annulation => "annulation",
            Self::Remise => "remise",
            Self::NonValeur => "non_valeur",
            Self::Transfert => "transfert",
        }
    }
}

impl Compte {
    /// Code tenu en base.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Banque { .. } => "banque",
            Self::Rac { .. } => "rac",
            Self::Rembourse { .. } => "rembourse",
            Self::Creance { .. } => "creance",
            Self::Contrepartie { nature, .. } => nature.code(),
        }
    }

    pub(crate) const fn dossier(self) -> Option<DossierId> {
        match self {
            Self::Creance { dossier, .. } | Self::Contrepartie { dossier, .. } => Some(dossier),
            Self::Banque { .. } | Self::Rac { .. } | Self::Rembourse { .. } => None,
        }
    }

    pub(crate) const fn creance(self) -> Option<(i64, Poste)> {
        match self {
            Self::Creance { creance, poste, .. } => Some((creance, poste)),
            _ => None,
        }
    }

    pub(crate) const fn encaissement(self) -> Option<i64> {
        match self {
            Self::Banque { encaissement } | Self::Rac { encaissement } | Self::Rembourse { encaissement } => {
                Some(encaissement)
            }
            Self::Creance { encaissement, .. } => encaissement,
            Self::Contrepartie { .. } => None,
        }
    }
}
