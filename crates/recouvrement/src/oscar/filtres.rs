//! Ce qu'un agent cherche dans les portefeuilles, et les filtres qu'il garde sous un nom.

use acces::{Permis, actions};
use droit::Nature;
use storage::{Tx, sql};
use valeurs::Montant;

use super::ErreurOscar;
use crate::Erreur;

/// Caractères d'un nom de filtre, au plus : il tient sur un bouton.
const NOM_MAX: usize = 60;
/// Filtres d'un agent, au plus : au-delà, ils ne se retrouvent plus.
const FILTRES_MAX: i64 = 30;

type Gerer = Permis<actions::GererPortefeuille>;

/// De qui on regarde le portefeuille.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Suivi {
    /// Le sien.
    #[default]
    Moi,
    /// Ce que personne du service ne suit.
    Libres,
    /// Tout.
    Tous,
    /// Celui de cet agent.
    Agent(String),
}

impl Suivi {
    /// Celui que dit un mot ; un mot inconnu est un identifiant d'agent.
    #[must_use]
    pub fn du_mot(mot: &str) -> Self {
        match mot {
            "" | "moi" => Self::Moi,
            "libres" => Self::Libres,
            "tous" => Self::Tous,
            agent => Self::Agent(agent.to_owned()),
        }
    }

    /// Le mot de l'adresse.
    #[must_use]
    pub fn mot(&self) -> &str {
        match self {
            Self::Agent(agent) => agent,
            autre => autre.code(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Moi => "moi",
            Self::Libres => "libres",
            Self::Tous => "tous",
            Self::Agent(_) => "agent",
        }
    }
}

/// Ce qu'on cherche ; ce qui manque ne filtre pas. Nature, position et limite choisissent des créances ; le dossier se
/// montre s'il en a une, avec ce qui reste dû sur elles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FiltreOscar {
    /// De qui est le portefeuille.
    pub suivi: Suivi,
    /// Ce qui reste dû, au moins.
    pub montant_min: Option<Montant>,
    /// La plus ancienne créance est échue depuis au moins tant de jours.
    pub age: Option<u16>,
    /// La nature des créances.
    pub nature: Option<Nature>,
    /// Le code de leur position dans la procédure.
    pub position: Option<String>,
    /// Un délai y finit d'ici tant de jours.
    pub limite: Option<u16>,
    /// Aucun paiement depuis tant de jours.
    pub sans_paiement: Option<u16>,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    nom: String,
    suivi: String,
    collegue: Option<String>,
    montant_centimes: Option<i64>,
    age_jours: Option<i64>,
    nature: Option<String>,
    position: Option<String>,
    limite_jours: Option<i64>,
    paiement_jours: Option<i64>,
}

impl Ligne {
    fn lire(self) -> Result<(String, FiltreOscar), Erreur> {
        let jours = |n: Option<i64>| {
            n.map(|n| u16::try_from(n).map_err(|_| Erreur::Illisible("filtre")))
                .transpose()
        };
        let suivi = self
            .collegue
            .map_or_else(|| Suivi::du_mot(&self.suivi), Suivi::Agent);
        let filtre = FiltreOscar {
            suivi,
            montant_min: self.montant_centimes.map(Montant::de_centimes),
            age: jours(self.age_jours)?,
            nature: self
                .nature
                .map(|code| code.parse().map_err(|_| Erreur::Illisible("nature")))
                .transpose()?,
            position: self.position,
            limite: jours(self.limite_jours)?,
            sans_paiement: jours(self.paiement_jours)?,
        };
        Ok((self.nom, filtre))
    }
}

/// Garde un filtre sous ce nom, à la place de celui qui le portait.
///
/// # Errors
/// [`ErreurOscar::NomDeFiltre`], [`ErreurOscar::TropDeFiltres`] ; le refus de la base.
pub async fn garder_filtre(
    tx: &mut Tx,
    permis: &Gerer,
    nom: &str,
    filtre: &FiltreOscar,
) -> Result<(), Erreur> {
    let nom = nom.trim();
    if !(1..=NOM_MAX).contains(&nom.chars().count()) {
        return Err(ErreurOscar::NomDeFiltre.into());
    }
    let autres: i64 = sql!("SELECT COUNT(*) FROM filtre_oscar WHERE agent = $1 AND nom <> $2")
        .bind(permis.acteur())
        .bind(nom)
        .scalaire(tx)
        .await?;
    if autres >= FILTRES_MAX {
        return Err(ErreurOscar::TropDeFiltres.into());
    }
    oublier_filtre(tx, permis, nom).await?;
    let collegue = match &filtre.suivi {
        Suivi::Agent(agent) => Some(agent.as_str()),
        Suivi::Moi | Suivi::Libres | Suivi::Tous => None,
    };
    sql!(
        "INSERT INTO filtre_oscar (agent, nom, suivi, collegue, montant_centimes, age_jours, nature, position, \
         limite_jours, paiement_jours) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    )
    .bind(permis.acteur())
    .bind(nom)
    .bind(filtre.suivi.code())
    .bind(collegue)
    .bind(filtre.montant_min.map(Montant::centimes))
    .bind(filtre.age.map(i64::from))
    .bind(filtre.nature.map(Nature::code))
    .bind(filtre.position.as_deref())
    .bind(filtre.limite.map(i64::from))
    .bind(filtre.sans_paiement.map(i64::from))
    .executer(tx)
    .await?;
    Ok(())
}

/// Oublie le filtre de ce nom ; rien s'il n'y en a pas.
///
/// # Errors
/// Le refus de la base.
pub async fn oublier_filtre(tx: &mut Tx, permis: &Gerer, nom: &str) -> Result<(), Erreur> {
    sql!("DELETE FROM filtre_oscar WHERE agent = $1 AND nom = $2")
        .bind(permis.acteur())
        .bind(nom)
        .executer(tx)
        .await?;
    Ok(())
}

/// Les filtres que l'agent garde, par nom.
///
/// # Errors
/// Le refus de la base.
pub async fn filtres_gardes(tx: &mut Tx, permis: &Gerer) -> Result<Vec<(String, FiltreOscar)>, Erreur> {
    let lignes: Vec<Ligne> = sql!(
        "SELECT nom, suivi, collegue, montant_centimes, age_jours, nature, position, limite_jours, paiement_jours \
         FROM filtre_oscar WHERE agent = $1 ORDER BY nom"
    )
    .bind(permis.acteur())
    .toutes(tx)
    .await?;
    lignes.into_iter().map(Ligne::lire).collect()
}
