use droit::{Acte, Mention, citer};
use thiserror::Error;

/// Ce qu'un acte refuse. Aucun message ne porte de donnée personnelle.
#[derive(Debug, Error)]
pub enum ErreurActes {
    /// Un fichier de l'atelier manque ou ne se lit pas.
    #[error(
        "{fichier} ne se lit pas ({source}) : « sillon actes modeles » écrit de quoi commencer, docs/actes.md en dit la forme"
    )]
    Fichier {
        /// Le fichier.
        fichier: String,
        /// Ce que dit le système.
        source: std::io::Error,
    },
    /// Les réglages sont faux.
    #[error("{fichier}, ligne {ligne} : {raison}")]
    Reglages {
        /// Le fichier.
        fichier: String,
        /// La ligne, à partir de 1.
        ligne: usize,
        /// Ce qui est faux, et quoi écrire.
        raison: String,
    },
    /// Un modèle ne se compose pas.
    #[error("{fichier} : {source}")]
    Modele {
        /// Le fichier, ou « modèle livré ».
        fichier: String,
        /// Ce que dit la composition, avec sa ligne et son remède.
        source: courriers::Erreur,
    },
    /// Un modèle n'imprime pas une mention que la loi veut ; aucune : l'en-tête, avec destinataire, numéro et date.
    #[error("{fichier} : l’acte « {} » n’y imprime pas {}", acte.libelle(), absente(*mention))]
    MentionAbsente {
        /// Le fichier, ou « modèle livré ».
        fichier: String,
        /// L'acte.
        acte: &'static Acte,
        /// La mention.
        mention: Option<&'static Mention>,
    },
    /// Le dossier des modèles porte un fichier que rien n'emploie.
    #[error("{fichier} : ce nom n’est pas celui d’un modèle ; nommez-le {noms}, ou ôtez-le")]
    ModeleInconnu {
        /// Le fichier.
        fichier: String,
        /// Les noms possibles.
        noms: String,
    },
    /// L'acte demandé n'existe pas pour cette créance.
    #[error("cet acte ne se fait pas dans cette procédure : choisissez-en un depuis la page de la procédure")]
    Inconnu,
    /// Il n'y a aucune créance dans l'acte.
    #[error("aucune créance n’est choisie : cochez-en une au moins")]
    SansCreance,
    /// Il manque de quoi l'écrire.
    #[error("il manque de quoi écrire cet acte ({0}) : complétez, puis recommencez")]
    Incomplet(String),
    /// Un acte dont l'agent doit écrire une part ne se fait pas en campagne.
    #[error("cet acte demande à l’agent d’en écrire une part : composez-le créance par créance")]
    ACompleter,
    /// Le dossier a changé pendant la composition.
    #[error("le dossier a changé pendant la composition : relisez l’acte, puis recommencez")]
    Perime,
    /// L'acte a déjà été émis pour cette étape.
    #[error("cette étape a déjà son acte : aucun autre n’a été émis")]
    DejaEmis,
    /// Mode d'envoi.
    #[error("cet acte ne part pas ainsi : choisissez un mode d’envoi de la liste")]
    Envoi,
    /// Un recommandé électronique sans adresse où l'envoyer.
    #[error(
        "aucune adresse électronique n’est connue de ce débiteur : choisissez un autre envoi, ou ajoutez-la à son dossier"
    )]
    SansCourriel,
    /// Un montant que la campagne laisse.
    #[error("ce montant est sous le minimum de la campagne")]
    SousLeMinimum,
    /// Signataire.
    #[error(
        "la délégation de ce signataire ne couvre pas cet acte ou ce montant : choisissez-en un de la liste"
    )]
    Signataire,
    /// Adresse.
    #[error("une adresse a {0}")]
    Adresse(&'static str),
    /// Dates de versement.
    #[error(
        "écrivez une date de versement par ligne, AAAA-MM-JJ ou JJ/MM/AAAA, cent au plus, aucune à venir"
    )]
    Versements,
    /// Texte saisi.
    #[error("écrivez ce texte en 3 à 1 000 caractères")]
    Texte,
    /// Retour impossible.
    #[error("{0}")]
    Retour(&'static str),
    /// Une ligne d'un fichier importé.
    #[error("{fichier}, ligne {ligne}, champ {champ} : {regle} ; {remede}")]
    Ligne {
        /// Le fichier.
        fichier: String,
        /// La ligne, à partir de 1.
        ligne: u64,
        /// Le champ.
        champ: &'static str,
        /// Ce qui est enfreint.
        regle: String,
        /// Quoi faire.
        remede: &'static str,
    },
    /// Le dossier d'expédition ne s'écrit pas.
    #[error(
        "{fichier} ne s’écrit pas ({source}) : vérifiez la place et les droits, puis relancez ; rien n’est perdu"
    )]
    Expedition {
        /// Le fichier ou le dossier.
        fichier: String,
        /// Ce que dit le système.
        source: std::io::Error,
    },
    /// Un autre écrit déjà les lots de la caisse.
    #[error("une expédition de cette caisse est déjà en cours : attendez qu’elle finisse, puis relancez")]
    DejaEnCours,
    /// La tâche qui compose ou écrit s'est arrêtée.
    #[error("le travail a été interrompu : recommencez")]
    Interrompue,
}

fn absente(mention: Option<&Mention>) -> String {
    let Some(mention) = mention else {
        return "l’en-tête ; ajoutez #entete()".to_owned();
    };
    format!(
        "« {} » ({}) ; ajoutez #mention(\"{}\"), #mentions(), #sommes() ou #signature()",
        mention.libelle(),
        citer(mention.articles()),
        mention.code()
    )
}
