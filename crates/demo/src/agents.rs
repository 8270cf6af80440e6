//! Les agents de la caisse : un par service, avec des secrets lisibles tirés de la graine.

use valeurs::CodeCaisse;

use crate::tirage::{Tirage, cle};

/// Un service de la caisse (décision 18-07, article 3), ou une fonction qui contrôle sans traiter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Service prestations.
    Prestations,
    /// Service cotisations.
    Cotisations,
    /// Service recouvrement-contentieux.
    Recouvrement,
    /// Agence comptable.
    Comptable,
    /// Délégué à la protection des données.
    Dpo,
    /// Administrateur des comptes.
    Administrateur,
}

impl Service {
    /// Tous les services, dans l'ordre où l'on présente les comptes.
    pub const TOUS: [Self; 6] = [
        Self::Prestations,
        Self::Cotisations,
        Self::Recouvrement,
        Self::Comptable,
        Self::Dpo,
        Self::Administrateur,
    ];

    /// L'identifiant de connexion de son agent.
    #[must_use]
    pub const fn identifiant(self) -> &'static str {
        match self {
            Self::Prestations => "prestations",
            Self::Cotisations => "cotisations",
            Self::Recouvrement => "recouvrement",
            Self::Comptable => "comptable",
            Self::Dpo => "dpo",
            Self::Administrateur => "administrateur",
        }
    }

    /// Le nom du service, pour les écrans.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::Prestations => "Service prestations",
            Self::Cotisations => "Service cotisations",
            Self::Recouvrement => "Service recouvrement-contentieux",
            Self::Comptable => "Agence comptable",
            Self::Dpo => "Délégué à la protection des données",
            Self::Administrateur => "Administration des comptes",
        }
    }
}

/// Un compte d'agent. Sans `Debug` : il porte ses secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Agent {
    /// Son service, d'où vient son identifiant.
    pub service: Service,
    /// Prénom et nom.
    pub nom_affiche: String,
    /// Cinq mots et quatre chiffres, en ASCII, séparés par des traits d'union : seize caractères au moins.
    pub mot_de_passe: String,
    /// Secret TOTP de 160 bits, en base32 sans remplissage (RFC 4648) : trente-deux caractères.
    pub secret_totp: String,
}

const PRENOMS: [&str; 12] = [
    "Hélène",
    "Maïté",
    "Jean-Noël",
    "Aïcha",
    "Gaëlle",
    "Loïc",
    "Béatrice",
    "Thomas",
    "Inès",
    "Cédric",
    "Anne-Marie",
    "Joël",
];

const NOMS: [&str; 12] = [
    "Castaing",
    "Le Goff",
    "d’Almeida",
    "Ben Saïd",
    "Dupré",
    "Müller",
    "Lafitte",
    "N’Guyen",
    "Peyronnet",
    "Bœuf",
    "Martin-Labarthe",
    "Éloi",
];

const MOTS: [&str; 64] = [
    "abeille",
    "agneau",
    "amande",
    "averse",
    "avoine",
    "barrique",
    "blaireau",
    "brebis",
    "buisson",
    "cabane",
    "caillou",
    "canard",
    "cerise",
    "charrue",
    "chemin",
    "cigale",
    "citron",
    "clairon",
    "colline",
    "corbeau",
    "coteau",
    "figuier",
    "fontaine",
    "fougere",
    "fromage",
    "genet",
    "girolle",
    "grange",
    "hameau",
    "hangar",
    "herisson",
    "jachere",
    "lavande",
    "lierre",
    "lucerne",
    "luzerne",
    "marais",
    "merle",
    "moisson",
    "moulin",
    "navet",
    "noisette",
    "olivier",
    "ombrage",
    "panier",
    "paturage",
    "pervenche",
    "pinson",
    "poirier",
    "prairie",
    "pressoir",
    "ravine",
    "rosier",
    "ruisseau",
    "sapin",
    "sarment",
    "sentier",
    "sillon",
    "tilleul",
    "tonneau",
    "tracteur",
    "trefle",
    "vendange",
    "verger",
];

const BASE32: [char; 32] = [
    'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U',
    'V', 'W', 'X', 'Y', 'Z', '2', '3', '4', '5', '6', '7',
];

/// Un agent par service, dans l'ordre de [`Service::TOUS`]. La même graine donne les mêmes secrets : ce sont
/// des comptes de démonstration, jamais ceux d'une vraie caisse.
#[must_use]
pub fn agents(graine: &str, caisse: CodeCaisse) -> Vec<Agent> {
    let cle = cle(graine, caisse, "agents");
    (0..)
        .zip(Service::TOUS)
        .map(|(rang, service)| {
            let mut tirage = Tirage::nouveau(cle, rang);
            Agent {
                service,
                mot_de_passe: mot_de_passe(&mut tirage),
                nom_affiche: format!("{} {}", tirage.parmi(&PRENOMS), tirage.parmi(&NOMS)),
                secret_totp: (0..32).map(|_| tirage.parmi(&BASE32)).collect(),
            }
        })
        .collect()
}

/// Cinq mots et quatre chiffres.
pub(crate) fn mot_de_passe(tirage: &mut Tirage) -> String {
    let mots: Vec<&str> = (0..5).map(|_| tirage.parmi(&MOTS)).collect();
    format!("{}-{:04}", mots.join("-"), tirage.entre(0, 9_999))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn chaque_service_a_son_compte_et_ses_secrets() {
        let comptes = agents("1", "DMSA33".parse().unwrap());
        let identifiants: HashSet<&str> = comptes.iter().map(|agent| agent.service.identifiant()).collect();
        assert_eq!(identifiants.len(), Service::TOUS.len());
        for agent in &comptes {
            assert!(agent.mot_de_passe.len() >= 16 && agent.mot_de_passe.is_ascii());
            assert_eq!(agent.secret_totp.len(), 32);
            assert!(agent.nom_affiche.contains(' '));
        }
        let secrets: HashSet<&str> = comptes.iter().map(|agent| agent.secret_totp.as_str()).collect();
        assert_eq!(secrets.len(), comptes.len());
    }

    #[test]
    fn les_secrets_dependent_de_la_graine_et_de_la_caisse() {
        let [gironde, corse] = ["DMSA33", "DMSA20"].map(|c| c.parse::<CodeCaisse>().unwrap());
        assert!(agents("1", gironde) == agents("1", gironde));
        assert!(agents("1", gironde)[0].mot_de_passe != agents("2", gironde)[0].mot_de_passe);
        assert!(agents("1", gironde)[0].secret_totp != agents("1", corse)[0].secret_totp);
    }
}
