use droit::{RegleDelai, citer};
use jiff::civil::Date;
use valeurs::{Montant, date_longue};

/// Ce que le cœur de CALIMERO refuse. Le code (`CRE-…`) est stable ; aucun message ne porte de donnée personnelle.
#[derive(Debug, thiserror::Error)]
pub enum Erreur {
    /// Refus de la base.
    #[error(transparent)]
    Base(#[from] storage::Erreur),
    /// Fichier de banque ou de paiements illisible.
    #[error(transparent)]
    Releve(#[from] releves::Erreur),
    /// Le droit ne sait pas traiter le cas.
    #[error("CRE-001 : {0}")]
    Droit(#[from] droit::Erreur),
    /// Une somme sort de ce que 64 bits tiennent.
    #[error("CRE-002 : {0}")]
    Depassement(#[from] valeurs::Depassement),
    /// Un mouvement ne somme pas à zéro : défaut du programme, rien n'a été écrit.
    #[error(
        "CRE-003 : le mouvement « {nature} » ne somme pas à zéro ; rien n'a été écrit, signalez ce défaut"
    )]
    Desequilibre {
        /// Nature du mouvement.
        nature: &'static str,
    },
    /// La base tient une valeur que le programme ne sait pas lire.
    #[error(
        "CRE-004 : la base tient une valeur illisible ({0}) ; lancez « sillon verifier » et signalez ce défaut"
    )]
    Illisible(&'static str),
    /// Aucun débiteur de ce matricule.
    #[error("CRE-010 : aucun débiteur de ce matricule dans la caisse ; vérifiez-le, ou cherchez par nom")]
    DebiteurInconnu,
    /// Le dossier demandé n'existe pas ou n'est pas du périmètre de l'agent.
    #[error("CRE-011 : ce dossier n'existe pas, ou vos habilitations ne vous le montrent pas")]
    DossierInconnu,
    /// Matricule ou SIRET déjà pris.
    #[error("CRE-012 : un débiteur porte déjà ce matricule ou ce SIRET ; ouvrez son dossier")]
    DebiteurEnDouble,
    /// Commentaire vide ou trop long.
    #[error(
        "CRE-013 : un commentaire compte de 1 à 4 000 caractères ; écrivez-le, ou partagez-le en plusieurs"
    )]
    Commentaire,
    /// Ce qui est cherché ne se cherche pas.
    #[error("CRE-014 : {0}")]
    Recherche(&'static str),
    /// La créance demandée n'existe pas ou n'est pas du périmètre de l'agent.
    #[error("CRE-020 : cette créance n'existe pas, ou vos habilitations ne vous la montrent pas")]
    CreanceInconnue,
    /// Référence de créance déjà prise par une créance différente.
    #[error("CRE-021 : une autre créance porte déjà cette référence ; changez la référence")]
    ReferenceEnDouble,
    /// La nature ne peut pas être due à ce titre.
    #[error(
        "CRE-022 : une créance de cette nature ne peut pas être due par ce régime ; corrigez l'un ou l'autre"
    )]
    NatureDuRegime,
    /// Montants incohérents avec la nature.
    #[error("CRE-023 : {0}")]
    MontantsDeCreance(&'static str),
    /// Dates incohérentes.
    #[error("CRE-024 : {0}")]
    Dates(&'static str),
    /// On veut éteindre plus qu'il ne reste.
    #[error("CRE-025 : il ne reste que {reste} sur ce poste ; demandez au plus cette somme")]
    PlusQueLeReste {
        /// Ce qui reste dû.
        reste: Montant,
    },
    /// L'opération n'a pas d'objet.
    #[error("CRE-026 : {0}")]
    SansObjet(&'static str),
    /// Un motif est obligatoire.
    #[error("CRE-027 : écrivez un motif : il est gardé avec votre nom")]
    MotifManquant,
    /// L'année qui précède toute admission en non-valeur n'est pas finie.
    #[error(
        "CRE-028 : l'admission en non-valeur est possible à partir du {} ({}) ; attendez cette date",
        date_longue(*des_le),
        citer(delai.articles())
    )]
    NonValeurTropTot {
        /// Le premier jour où elle est possible.
        des_le: Date,
        /// Le délai à laisser passer.
        delai: &'static RegleDelai,
    },
    /// Ligne d'un fichier de créances.
    #[error("{fichier}, ligne {ligne}, champ {champ} : {regle}. Remède : {remede}.")]
    Ligne {
        /// Nom du fichier.
        fichier: String,
        /// Ligne, à partir de 1.
        ligne: u64,
        /// Champ en cause.
        champ: &'static str,
        /// Règle enfreinte.
        regle: String,
        /// Que faire.
        remede: &'static str,
    },
    /// Fichier illisible.
    #[error(
        "{fichier} : {}. Remède : vérifiez le chemin et les droits du fichier.",
        raison(source)
    )]
    Fichier {
        /// Nom du fichier.
        fichier: String,
        /// Cause.
        source: std::io::Error,
    },
    /// La recette demandée n'existe pas.
    #[error("CRE-040 : cette recette n'existe pas ou n'attend plus en RAC ; rechargez la page")]
    RecetteInconnue,
    /// On veut placer plus que ce qui attend.
    #[error("CRE-041 : il n'attend que {reste} en RAC ; demandez au plus cette somme")]
    PlusQueLaRac {
        /// Ce qui attend.
        reste: Montant,
    },
    /// Le mouvement demandé ne se défait pas.
    #[error("CRE-042 : {0}")]
    IndefaisableCar(&'static str),
    /// La ligne n'est pas, ou plus, à décider.
    #[error(
        "CRE-043 : cette ligne n'est pas présumée déjà connue, ou un agent a déjà décidé ; rechargez la page"
    )]
    LigneDejaDecidee,
    /// Le classeur ne s'écrit pas.
    #[error("CRE-044 : le classeur ne peut pas être écrit ({0}) ; demandez le CSV")]
    Classeur(#[from] rust_xlsxwriter::XlsxError),
    /// Deux écritures de banque de même référence, et de montants différents.
    #[error(
        "{fichier}, ligne {ligne}, champ référence bancaire : la même référence est déjà comptabilisée pour un autre montant. Remède : demandez à la banque laquelle est juste."
    )]
    ReferenceDivergente {
        /// Nom du fichier.
        fichier: String,
        /// Ligne, à partir de 1.
        ligne: u64,
    },
}

/// Pourquoi le système refuse un fichier, en français.
fn raison(erreur: &std::io::Error) -> &'static str {
    match erreur.kind() {
        std::io::ErrorKind::NotFound => "le fichier n'existe pas",
        std::io::ErrorKind::PermissionDenied => "la lecture est interdite",
        std::io::ErrorKind::IsADirectory => "c'est un dossier",
        _ => "le système ne le lit pas",
    }
}
