//! Le droit, en données datées : imputation, majorations de retard, délais, jours fériés, procédures, prescription.
//!
//! Tout est pur : ni horloge, ni fichier, ni base ; la date est un argument, l’argent un [`valeurs::Montant`] en
//! centimes, les dates sont incluses.
//!
//! # Ce qu’on y fait
//!
//! - [`imputer`] place un paiement sur les créances d’un débiteur et dit, pour chaque euro, la [`Raison`] : un code
//!   que le grand livre garde, une phrase que le débiteur comprend ;
//! - [`majorations_de_retard`] et [`majoration_professionnel_sante`] calculent ce que le retard ajoute et
//!   l’expliquent étape par étape ; [`non_application`] dit si les majorations ne sont pas dues ;
//! - [`RegleDelai::echeance`] donne la date d’un délai et chaque pas qui y mène ; [`Droit::jour_ferie`] dit les jours
//!   fériés d’une [`Zone`] ;
//! - [`Parcours`] suit une créance dans sa [`Procedure`] : ce qui peut suivre, ce qui est refusé et l’article qui le
//!   dit, les délais ouverts, la prescription et tout ce qui l’a interrompue ou suspendue ;
//! - [`Acte`] dit ce qu’une étape envoie, et les mentions sans lesquelles l’acte est nul, chacune avec son article ;
//! - [`quotite_saisissable`] dit ce qui peut se prendre d’un salaire ou d’une pension, [`retenue_sur_prestations`] ce
//!   qu’une caisse retient chaque mois sur des prestations ; l’une et l’autre, ce que le foyer garde ;
//! - [`Echeancier::proposer`] échelonne une dette ou dit quel article le refuse ; [`Echeancier::suivre`] dit ce que des
//!   versements en font, et le jour où il se perd ;
//! - [`Nature`], [`Regime`], [`Poste`], [`Branche`] nomment ce qui est dû, par qui, dans quel compartiment, avec
//!   des codes stables.
//!
//! # D’où viennent les règles
//!
//! De `regles/*.toml`, compilés avec le programme, lus et vérifiés une fois par [`Droit::charger`]. Une règle dit
//! son article et ses dates ; ses versions se suivent jour pour jour ; un dossier garde celle de son fait
//! générateur : le début de la période pour l’imputation, la date limite d’exigibilité pour les majorations, le
//! déclencheur pour un délai. Changer le droit, c’est fermer une version (`jusqua`) et en ouvrir une autre, jamais en
//! modifier une.
//!
//! `donnees/articles.toml` atteste les articles relus : identifiant, état, début et empreinte du texte. Un article
//! d’un code publié qui n’y est pas fait échouer la lecture des règles ; un article d’un autre code (code civil) se
//! montre « à vérifier ». L’en-tête du fichier dit ce qui est haché.
//!
//! # Ce que les textes ne disent pas, et ce qui est fait
//!
//! - Périodes antérieures à CRPM D725-4-3 (2024), CSS L133-4-11 (2022) et D133-4 (2024 au plus tard pour les
//!   employeurs agricoles) : même ordre, « par analogie, à vérifier ».
//! - La part ouvrière est servie d’abord **dans chaque échéance**, pas sur l’ensemble des échéances.
//! - Une créance non échue que rien ne désigne passe après tout ce qui est échu, majorations et frais compris : qui
//!   paie exactement une mise en demeure l’éteint (code civil 1342-10, à vérifier).
//! - Prestations indues : l’ordre des accessoires est étendu de CSS L133-4-11, « à vérifier ».
//! - Arrondi des majorations : au centime, le demi-centime compté pour un, une fois à la fin de chacune des deux ; à
//!   vérifier. Un mois va de quantième à quantième (échéance le 31 : dernier jour du mois).
//! - Délais : le délai de distance est accordé à l’opposition à contrainte et à la saisine du tribunal, le report au
//!   premier jour ouvré à un paiement ; une prescription ne se reporte pas ; le Vendredi saint vaut pour toute
//!   l’Alsace-Moselle. Chaque fois le choix qui ne rend aucun acte de la caisse prématuré ni tardif.
//! - Retenues : le total n’est arrondi qu’une fois, au centime ; chaque tranche du CSS D553-1 court jusqu’au début de
//!   la suivante, la retenue forfaitaire vaut pour tous ; à vérifier. Une fraude est réitérée quand son dernier fait tombe
//!   dans les cinq ans de la notification précédente. Ni pension alimentaire (code du travail L3252-5), ni Mayotte, ni les
//!   90 % que CSS L355-2 laisse prendre d’une pension pour des frais d’hospitalisation.
//! - Échéanciers : une échéance un jour non ouvré se paie au premier jour ouvré ; « la même année » est civile ; deux
//!   échéances ne rompent que si elles restent dues ensemble au soir de la seconde ; les douze mois d’un indu courent de
//!   la conclusion ; hors cotisations, rien ne rompt sans clause signée. Chaque fois ce qui n’ouvre pas trop tôt les
//!   poursuites.
//! - Ne sont pas traités : les redressements après contrôle (CSS R243-17), les majorations des caisses générales
//!   d’outre-mer (CRPM D781-18), le plafond de Mayotte.
#![cfg_attr(
    test,
    expect(
        clippy::inconsistent_digit_grouping,
        reason = "en centimes, 12_34 se lit 12,34 €"
    )
)]

mod actes;
mod article;
mod delais;
mod donnees;
mod dsn;
mod echeanciers;
mod enumeration;
mod erreur;
mod imputation;
mod majorations;
mod nature;
mod procedures;
mod regime;
mod retenues;
mod vigueur;

pub use actes::{Acte, Destinataire, Donnee, Mention, ModeEnvoi};
pub use article::{Article, ArticleRelu, Code, citer};
pub use delais::{
    Contre, Echeance, GenreDelai, JourFerie, Lieu, NonOuvre, PasDelai, RegleDelai, Residence, Zone,
};
pub use donnees::{Droit, ErreurDonnees};
pub use echeanciers::{
    Demande, Dette, Echeancier, EtatEcheancier, EtatMensualite, Exigence, Fin, MENSUALITES_MAX, Mensualite,
    RefusEcheancier, Rythme, Suivi, SuiviMensualite, Versement,
};
pub use erreur::{CodeInconnu, Erreur, ErreurRaison};
pub use imputation::{Contexte, CreanceOuverte, Imputation, Moment, Part, Raison, imputer};
pub use majorations::{
    Condition, EcheancierSigne, Etape, Majoration, NonApplication, RESERVE_D_ARRONDI, Situation, Tranche,
    majoration_professionnel_sante, majorations_de_retard, non_application, plafond_mensuel,
};
pub use nature::{Branche, FamilleCotisation, MotifSoins, Nature, Prestation};
pub use procedures::{
    Auteur, Empechement, EtapeProcedure, Fait, Limite, Parcours, Position, Prescription, Procedure, Quand,
    Refus, Reperes, Suite,
};
pub use regime::{Poste, Regime};
pub use retenues::{
    Assiette, BaremeDonne, Foyer, Fraude, GenreRevenu, MontantsRetenue, Palier, Quotite, Remuneration,
    Retenue, quotite_saisissable, retenue_sur_prestations,
};
