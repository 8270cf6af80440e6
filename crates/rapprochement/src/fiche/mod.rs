//! La fiche de synthèse d'un adhérent : ce qu'il a déclaré, ordonné et payé, mois par mois, en face de son compte.
//!
//! Tout est dérivé à la lecture : [`rapprocher`](crate::rapprocher::rapprocher) dit les mois et les écarts, le compte
//! adhérent (CAI) dit ce qui est émis et imputé. Rien n'est gardé.

mod assembler;
mod classeur;
mod intervalle;
mod lire;
mod papier;
mod phrases;

#[cfg(test)]
mod tests;

use droit::FamilleCotisation;
use jiff::civil::Date;
use valeurs::{DossierId, Montant, Periode, Siret};

use crate::rapprocher::{Classe, Preuve};

pub use classeur::classeur;
pub use intervalle::{Intervalle, MOIS_MAX};
pub use lire::lire;
pub use papier::composer;
pub(crate) use papier::tendance;

/// La fiche d'un employeur.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fiche {
    /// De qui, sur quels mois, à quelle date.
    pub en_tete: EnTete,
    /// Tous les mois de l'intervalle, du plus ancien au plus récent, y compris ceux où rien n'est arrivé.
    pub mois: Vec<MoisDeFiche>,
    /// Ce que le compte tient sous une période qui n'est pas un mois de l'intervalle, mais le touche.
    pub autres_periodes: Vec<AutrePeriode>,
    /// Les sommes des mois.
    pub totaux: Totaux,
}

/// De qui est la fiche.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnTete {
    /// Le dossier de l'employeur.
    pub dossier: DossierId,
    /// Son nom.
    pub nom: String,
    /// Son matricule.
    pub matricule: String,
    /// Son établissement ; sans lui, aucune déclaration ne peut être la sienne.
    pub siret: Option<Siret>,
    /// Les mois montrés.
    pub intervalle: Intervalle,
    /// Le jour, inclus, auquel la fiche se place.
    pub au: Date,
}

/// Un mois de la fiche.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoisDeFiche {
    /// Le mois.
    pub mois: Periode,
    /// Ses sommes.
    pub totaux: Totaux,
    /// Son échéance ; absente si rien n'y est déclaré.
    pub echeance: Option<Date>,
    /// Ses écarts, expliqués, dans l'ordre des classes.
    pub ecarts: Vec<Explication>,
    /// Ses familles, déclarées ou au compte.
    pub familles: Vec<LigneFamille>,
}

impl MoisDeFiche {
    /// N'y a-t-il rien, ni déclaré, ni payé, ni au compte ?
    #[must_use]
    pub fn est_vide(&self) -> bool {
        self.echeance.is_none()
            && self.ecarts.is_empty()
            && self.familles.is_empty()
            && self.totaux == Totaux::default()
    }

    /// Une réduction rend-elle négative une famille ? Le compte la retire alors des autres.
    #[must_use]
    pub fn a_une_famille_negative(&self) -> bool {
        self.familles.iter().any(|f| f.declare.est_negatif())
    }
}

/// Ce qu'un mois, ou plusieurs, totalisent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totaux {
    /// Déclaré par les déclarations qui comptent.
    pub declare: Montant,
    /// Ordonné par elles.
    pub ordonne: Montant,
    /// Encaissé à la date, retours déduits.
    pub encaisse: Montant,
    /// Ordonné moins encaissé.
    pub solde: Montant,
    /// Émis au compte, annulations déduites.
    pub emis: Montant,
    /// Imputé au compte sur ce qui est émis, rejets et remboursements déduits.
    pub impute: Montant,
    /// Ce que le compte laisse devoir de ce qui est émis.
    pub reste: Montant,
}

/// Une famille dans un mois : la déclaration en face du compte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LigneFamille {
    /// La famille.
    pub famille: FamilleCotisation,
    /// Déclaré.
    pub declare: Montant,
    /// Émis au compte, annulations déduites ; le principal seul.
    pub emis: Montant,
    /// Émis moins déclaré.
    pub difference: Montant,
    /// Imputé dessus, rejets et remboursements déduits.
    pub impute: Montant,
    /// Ce qui en reste dû.
    pub reste: Montant,
}

/// Une famille au compte, sous une période que la DSN ne connaît pas (un trimestre, une année).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutrePeriode {
    /// Premier et dernier jours, inclus.
    pub periode: (Date, Date),
    /// La période en toutes lettres.
    pub libelle: String,
    /// La famille.
    pub famille: FamilleCotisation,
    /// Émis, annulations déduites.
    pub emis: Montant,
    /// Imputé.
    pub impute: Montant,
    /// Ce qui en reste dû.
    pub reste: Montant,
}

/// Un écart dit en une phrase, et où il se voit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explication {
    /// Sa classe, d'où vient ce que l'agent peut faire.
    pub classe: Classe,
    /// La somme en cause.
    pub montant: Montant,
    /// Ce qui s'est passé, avec ses montants et ses dates.
    pub phrase: String,
    /// Où il se voit.
    pub preuves: Vec<Preuve>,
    /// L'écart que les agents suivent, si le serveur l'a constaté.
    pub constate: Option<i64>,
}

impl Fiche {
    /// N'y a-t-il rien à montrer ?
    #[must_use]
    pub fn est_vide(&self) -> bool {
        self.autres_periodes.is_empty() && self.mois.iter().all(MoisDeFiche::est_vide)
    }

    /// Les mois qui ont un écart, avec leurs écarts.
    pub fn ecarts(&self) -> impl Iterator<Item = (Periode, &Explication)> {
        self.mois
            .iter()
            .flat_map(|m| m.ecarts.iter().map(|e| (m.mois, e)))
    }

    /// Le nom du fichier d'un export, sans son extension : rien de la personne.
    #[must_use]
    pub fn nom_de_fichier(&self) -> String {
        format!("synthese-{}", self.en_tete.dossier)
    }
}

/// Un mois en abrégé, pour un axe ou une colonne étroite : « janv. 26 ».
#[must_use]
pub fn mois_court(mois: Periode) -> String {
    const NOMS: [&str; 12] = [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
    ];
    let debut = mois.debut();
    let rang = usize::try_from(debut.month() - 1).unwrap_or_default();
    let nom = NOMS.get(rang).copied().unwrap_or_default();
    format!("{nom} {:02}", debut.year().rem_euclid(100))
}
