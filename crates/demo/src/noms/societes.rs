//! Les raisons sociales.

use super::{comme_saisi, nom_de_famille};
use crate::{territoire::Origine, tirage::Tirage};

const FORMES: &[(u32, &str)] = &[
    (26, "EARL"),
    (20, "GAEC"),
    (16, "SCEA"),
    (6, "SCEV"),
    (8, "SARL"),
    (5, "SARL viticole"),
    (6, "SAS"),
    (4, "CUMA"),
    (3, "ETA"),
    (3, "SICA"),
    (2, "Coopérative agricole"),
    (1, "Groupement d'employeurs"),
];

const LIEUX: &[&str] = &[
    "des Trois Chênes",
    "Le Clos d'Œillon",
    "du Moulin à Vent",
    "de la Grand'Combe",
    "du Vieux Pressoir",
    "Château La Tour d'Aubépin",
    "Les Vergers de l'Étang",
    "de la Croix Blanche",
    "du Chêne Rond",
    "de l'Âne qui Rit",
    "des Quatre Vents",
    "de Bellevue",
    "du Pré aux Bœufs",
    "de la Vallée",
    "du Grand Pré",
    "Les Serres d'Anaïs",
    "Domaine du Haut-Brûlé",
    "des Hirondelles",
    "de Kerc'hoat",
    "La Ferme à Noé",
    "du Puits d'Amour",
    "de l'Aïeul",
    "Clos Saint-Rémy",
    "Château Peyre-Blanque",
    "de la Forêt",
    "du Bois l'Abbé",
    "de la Jaubertie d'en Haut",
    "du Causse",
    "Les Trois Fontaines",
    "de la Côte d'Agneau",
    "des Deux Rivières",
    "Le Potager d'Élise",
    "Pépinières de l'Île",
    "du Cœur de Bourg",
    "de l'Orée",
    "Les Ruchers du Ciel",
];

const SANTE: &[(u32, &str)] = &[
    (5, "Pharmacie"),
    (3, "SELARL Pharmacie"),
    (3, "Ambulances"),
    (2, "SARL Taxi"),
    (2, "Cabinet infirmier"),
    (2, "Laboratoire d'analyses"),
    (1, "Centre dentaire"),
    (1, "SAS Optique"),
    (1, "Orthopédie"),
];

const ENSEIGNES: &[&str] = &[
    "de l'Église",
    "du Marché",
    "des Halles",
    "Centrale",
    "du Château",
    "de la Gare",
    "du Médoc",
    "Saint-Roch",
    "du Vieux Pont",
    "de l'Hôtel de Ville",
    "des Écoles",
    "du Soleil",
    "de l'Océan",
    "Sainte-Thérèse",
];

/// Le nom d'une ferme, d'un domaine, d'une coopérative.
pub(crate) fn raison_sociale_agricole(tirage: &mut Tirage) -> String {
    let forme = tirage.pondere(FORMES);
    if tirage.sur_mille(350) {
        let nom = nom_de_famille(Origine::Caisse, tirage);
        let suite = tirage.parmi(&[" et Fils", " Frères", " & Filles", "", " Père et Fils"]);
        return format!("{forme} {nom}{suite}");
    }
    comme_saisi(&format!("{forme} {}", tirage.parmi(LIEUX)), tirage)
}

/// Le nom d'une officine, d'un transporteur, d'un cabinet.
pub(crate) fn raison_sociale_de_sante(tirage: &mut Tirage) -> String {
    let metier = tirage.pondere(SANTE);
    if tirage.sur_mille(400) {
        return format!("{metier} {}", nom_de_famille(Origine::France, tirage));
    }
    comme_saisi(&format!("{metier} {}", tirage.parmi(ENSEIGNES)), tirage)
}
