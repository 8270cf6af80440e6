//! Les erreurs de composition : leur motif, leur message et leur remède, en un seul endroit.

use thiserror::Error;

/// Un document qui ne s'est pas composé : quel modèle, où, pourquoi, et quoi faire.
///
/// S'affiche « modèle relance, ligne 12 : … Remède : … ». Ne cite jamais une donnée.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("modèle {modele}{} : {motif}. Remède : {}.", self.lieu(), motif.remede())]
pub struct Erreur {
    /// Le nom donné au modèle.
    pub modele: String,
    /// La ligne du modèle, comptée à partir de 1, quand le moteur la connaît.
    pub ligne: Option<usize>,
    /// Le motif.
    pub motif: Motif,
}

impl Erreur {
    fn lieu(&self) -> String {
        self.ligne
            .map(|ligne| format!(", ligne {ligne}"))
            .unwrap_or_default()
    }
}

/// Pourquoi un document ne s'est pas composé. `Display` le dit sans majuscule ni point.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Motif {
    /// Pas de titre : PDF/UA en veut un.
    #[error("le document n’a pas de titre")]
    TitreVide,
    /// Date hors de ce qu'un PDF sait écrire.
    #[error("la date du document n’est pas entre l’an 0 et l’an 9999")]
    Date,
    /// Les données ne s'écrivent pas en JSON.
    #[error("les données ne s’écrivent pas en JSON")]
    Donnees,
    /// Nom donné à `Modele::avec_svg`.
    #[error("le nom d’une image n’est pas permis")]
    NomImage,
    /// Le modèle, ou une image, demande un fichier, un paquet ou une adresse qu'on ne lui a pas donnés.
    #[error("il demande un fichier ou un paquet qu’on ne lui a pas donné")]
    Fichier,
    /// Le modèle demande le jour où l'on est.
    #[error("il demande la date du jour")]
    DateDuJour,
    /// Image ou formule sans texte de remplacement.
    #[error("une image ou une formule n’a pas de texte de remplacement, que l’accessibilité demande")]
    TexteDeRemplacement,
    /// Police que le programme ne porte pas.
    #[error("il demande une police que le programme n’a pas")]
    Police,
    /// Signe qu'aucune police ne porte, ou qui ne s'archive pas.
    #[error("un caractère de ce texte n’est dans aucune police du programme, ou ne s’archive pas")]
    Caractere,
    /// Tout autre refus du moteur, dont le message ne dépend pas des données.
    #[error("le moteur répond « {0} »")]
    Moteur(String),
    /// Un refus du moteur dont le message dépend des données.
    #[error("le moteur refuse les données à cet endroit, et son message pourrait les citer")]
    MoteurSurDonnees,
}

impl Motif {
    /// Ce qu'il faut faire, sans majuscule ni point.
    #[must_use]
    pub fn remede(&self) -> &'static str {
        match self {
            Self::TitreVide => "donnez un titre au document",
            Self::Date | Self::Donnees => "signalez ce défaut : le programme a préparé des données fautives",
            Self::NomImage => {
                "écrivez-le en minuscules, chiffres et tirets, suivis de .svg, en 64 signes au plus"
            }
            Self::Fichier => {
                "ne lisez que « donnees.json » et les images données avec le modèle ; recopiez le reste dans le modèle"
            }
            Self::DateDuJour => "écrivez la date d’après les données",
            Self::TexteDeRemplacement => {
                "ajoutez « alt: \"…\" », qui dit en une phrase ce que l’image montre"
            }
            Self::Police => "demandez « Libertinus Serif », ou ne demandez rien",
            Self::Caractere => {
                "écrivez ce texte en lettres latines, grecques ou cyrilliques, sans pictogramme"
            }
            Self::Moteur(_) => "corrigez cette ligne du modèle, puis essayez-le de nouveau",
            Self::MoteurSurDonnees => {
                "vérifiez que cette ligne accepte toute valeur, même absente ou vide ; essayez le modèle sur des données inventées"
            }
        }
    }
}
