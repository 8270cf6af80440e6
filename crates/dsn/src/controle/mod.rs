//! Le contrôle d'un fichier : toutes ses anomalies, au fil de l'eau, sans jamais s'arrêter à l'une d'elles.
//!
//! | fichier | ce qu'il tient |
//! | --- | --- |
//! | `flux.rs` | des octets aux lignes, dans un tampon qui ne grandit pas |
//! | `ligne.rs` | une ligne : sa forme, sa rubrique, sa valeur |
//! | `memoire.rs` | les valeurs qui viennent d'être trouvées justes |
//! | `structure.rs` | l'ordre, l'arbre et les cardinalités des blocs |
//! | `presence.rs` | les rubriques sans lesquelles un bloc ne se lit pas |
//! | `envoi.rs`, `declaration.rs`, `versement.rs`, `individu.rs`, `base.rs` | les contrôles croisés de la norme, par blocs |
//! | `liste.rs` | la liste de tous les contrôles |
//! | `rapport.rs` | la page que lisent les gens |

mod base;
mod cles;
mod declaration;
mod envoi;
mod flux;
mod individu;
mod ligne;
mod liste;
mod memoire;
mod occurrence;
mod presence;
mod rapport;
mod structure;
mod versement;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;

use crate::erreur::{Erreur, Faute};
use crate::norme::message_controle;
use crate::rubrique::{Bloc, Rubrique};

use base::Base;
use declaration::Declaration;
use envoi::{Enveloppe, Envoi};
use flux::{Flux, Morceau};
use individu::Individu;
use memoire::Memoire;
use occurrence::Occurrence;
use structure::Structure;
use versement::Versement;

pub use liste::{CONTROLES, Controle};
pub use rapport::{DETAILS_PAR_CONTROLE, Rapport, rapport_html};

/// Ce qu'une anomalie fait de la déclaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gravite {
    /// Le portail refuse la déclaration (contrôles CSL, CCH, CRE, CME, CID et CST).
    Bloquant,
    /// Le portail l'accepte et prévient le déclarant (contrôles SIG).
    Signalement,
}

impl Gravite {
    /// Le mot pour le dire.
    #[must_use]
    pub const fn mot(self) -> &'static str {
        match self {
            Self::Bloquant => "bloquant",
            Self::Signalement => "signalement",
        }
    }
}

/// Une anomalie d'un fichier. Aucun champ ne cite la valeur fautive : elle peut être un NIR, un nom ou un compte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anomalie {
    /// La ligne, à partir de 1 ; pour ce qui manque, celle du bloc où cela manque.
    pub ligne: u64,
    /// La rubrique en cause, si elle se lit.
    pub rubrique: Option<Rubrique>,
    /// Le nom du contrôle : celui de la norme (`S21.G00.20.005/CSL-11`), ou l'un des nôtres (`SYNTAXE/apostrophe`).
    pub controle: &'static str,
    /// Bloque-t-elle la déclaration ?
    pub gravite: Gravite,
    /// Ce qui ne va pas et ce qu'il faut faire ; le message officiel de la norme quand elle en a un.
    pub message: Cow<'static, str>,
}

/// Ce qu'un contrôle a compté.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BilanControle {
    /// Lignes lues.
    pub lignes: u64,
    /// Messages (S10…S90).
    pub messages: u64,
    /// Déclarations (S20.G00.05).
    pub declarations: u64,
    /// Anomalies bloquantes.
    pub bloquants: u64,
    /// Signalements.
    pub signalements: u64,
    /// Anomalies par contrôle.
    pub par_controle: BTreeMap<&'static str, u64>,
}

impl BilanControle {
    /// Rien ne bloque le fichier.
    #[must_use]
    pub const fn accepte(&self) -> bool {
        self.bloquants == 0
    }

    /// Toutes les anomalies.
    #[must_use]
    pub const fn anomalies(&self) -> u64 {
        self.bloquants + self.signalements
    }
}

/// Contrôle une source jusqu'au bout, en donnant chaque anomalie à `sur_anomalie` ; rend ce qui a été compté.
///
/// ```
/// let fichier = b"S10.G00.00.001,'PAIE'\r\nS10.G00.00.006,'P26V01\r\n";
/// let mut vues = Vec::new();
/// let bilan = dsn::controler(&fichier[..], "essai.dsn", |a| vues.push(a.controle))?;
/// assert!(vues.contains(&"SYNTAXE/apostrophe"));
/// assert!(!bilan.accepte());
/// # Ok::<(), dsn::Erreur>(())
/// ```
///
/// # Errors
/// La lecture échoue, le fichier est vide, ou ce n'est pas une DSN. Tout le reste est une anomalie.
pub fn controler<R: Read>(
    source: R,
    fichier: &str,
    mut sur_anomalie: impl FnMut(Anomalie),
) -> Result<BilanControle, Erreur> {
    controler_flux(Flux::nouveau(source), fichier, &mut sur_anomalie)
}

/// Contrôle des octets déjà en mémoire, comme [`controler`], sans les copier.
///
/// # Errors
/// Comme [`controler`].
pub fn controler_octets(
    octets: &[u8],
    fichier: &str,
    mut sur_anomalie: impl FnMut(Anomalie),
) -> Result<BilanControle, Erreur> {
    let suite = flux::reconnaitre(octets).map_err(|faute| erreur(fichier, 1, faute))?;
    let mut controleur = Controleur::nouveau(&mut sur_anomalie);
    if suite.len() < octets.len() {
        controleur.marque_utf8();
    }
    controleur.lignes(suite);
    Ok(controleur.finir())
}

fn controler_flux<R: Read>(
    mut flux: Flux<R>,
    fichier: &str,
    sur_anomalie: &mut dyn FnMut(Anomalie),
) -> Result<BilanControle, Erreur> {
    let mut controleur = Controleur::nouveau(sur_anomalie);
    loop {
        let suivant = flux
            .suivant()
            .map_err(|f| erreur(fichier, controleur.ligne + 1, f));
        match suivant? {
            Morceau::MarqueUtf8 => controleur.marque_utf8(),
            Morceau::Lignes(lignes) => controleur.lignes(lignes),
            Morceau::TropLongue(debut) => controleur.trop_longue(debut),
            Morceau::Fin => return Ok(controleur.finir()),
        }
    }
}

fn erreur(fichier: &str, ligne: u64, faute: Faute) -> Erreur {
    Erreur {
        fichier: fichier.to_owned(),
        ligne,
        faute,
    }
}

/// L'état du contrôle. Sa taille ne dépend pas de celle du fichier, hors des ensembles bornés d'un envoi et d'une
/// déclaration ([`ENSEMBLE_MAXIMAL`]).
struct Controleur<'s> {
    sortie: Sortie<'s>,
    ligne: u64,
    structure: Structure,
    occurrence: Occurrence,
    enveloppe: Enveloppe,
    envoi: Envoi,
    declaration: Declaration,
    versement: Versement,
    individu: Individu,
    base: Base,
    memoire: Memoire,
}

/// Au-delà, un ensemble (NIR d'une déclaration, identifiants d'un envoi…) n'apprend plus rien, et le contrôle qui en
/// dépend se tait : la mémoire reste bornée. Aucun employeur n'approche de tant de salariés.
const ENSEMBLE_MAXIMAL: usize = 250_000;

impl<'s> Controleur<'s> {
    fn nouveau(sur_anomalie: &'s mut dyn FnMut(Anomalie)) -> Self {
        Self {
            sortie: Sortie {
                sur_anomalie,
                bilan: BilanControle::default(),
            },
            ligne: 0,
            structure: Structure::default(),
            occurrence: Occurrence::default(),
            enveloppe: Enveloppe::default(),
            envoi: Envoi::default(),
            declaration: Declaration::default(),
            versement: Versement::default(),
            individu: Individu::default(),
            base: Base::default(),
            memoire: Memoire::default(),
        }
    }

    fn finir(mut self) -> BilanControle {
        self.fermer_message();
        self.fermer_enveloppe();
        self.sortie.bilan.lignes = self.ligne;
        self.sortie.bilan
    }
}

/// Quel contrôle pour quel bloc : à son début, quand ses rubriques sont lues, quand ses enfants le sont aussi.
impl Controleur<'_> {
    /// Un bloc commence.
    fn ouvrir_bloc(&mut self) {
        if let Some(bloc) = self.occurrence.bloc() {
            self.bloc_de_declaration(bloc);
        }
    }

    /// Les rubriques du bloc courant sont lues, et gardées.
    #[inline]
    fn bloc_lu(&mut self) {
        match self.occurrence.bloc().map(Bloc::chiffres) {
            Some(210_081) => self.cotisation_lue(),
            Some(210_078) => self.base_lue(),
            Some(210_079) => self.composant_de_base_lu(),
            Some(210_030) => self.individu_lu(),
            Some(210_040) => self.contrat_lu(),
            Some(210_041) => self.changement_lu(),
            Some(210_050) => self.paie_lue(),
            Some(210_070) => self.affiliation_lue(),
            Some(210_071) => self.retraite_lue(),
            Some(210_086) => self.anciennete_lue(),
            Some(210_082) => self.cotisation_etablissement_lue(),
            Some(210_020) => self.versement_lu(),
            Some(210_055) => self.composant_lu(),
            Some(210_085) => self.lieu_lu(),
            Some(210_015) => self.adhesion_lue(),
            Some(210_013) => self.complement_lu(),
            Some(210_012) => self.compte_lu(),
            Some(210_011) => self.etablissement_lu(),
            Some(210_006) => self.entreprise_lue(),
            Some(200_005) => self.declaration_lue(),
            Some(100_000) => self.envoi_lu(),
            Some(100_001) => self.emetteur_lu(),
            Some(100_095) => self.depot_lu(),
            Some(900_090) => self.totaux_lus(),
            _ => {}
        }
    }

    /// Un bloc et ses enfants sont lus.
    fn fermer_bloc(&mut self, bloc: Bloc) {
        match bloc.chiffres() {
            210_078 => self.base_finie(),
            210_050 => self.paie_finie(),
            210_030 => self.individu_fini(),
            210_020 => self.versement_fini(),
            210_011 => self.etablissement_fini(),
            200_005 => self.declaration_finie(),
            _ => {}
        }
    }
}

/// Où vont les anomalies.
struct Sortie<'s> {
    sur_anomalie: &'s mut dyn FnMut(Anomalie),
    bilan: BilanControle,
}

impl Sortie<'_> {
    /// Une anomalie d'un contrôle de la norme, qui porte le nom de sa rubrique.
    #[cold]
    fn norme(&mut self, controle: &'static str, ligne: u64) {
        let rubrique = controle.get(..14).and_then(|r| r.parse().ok());
        self.notre(controle, ligne, rubrique);
    }

    /// Une anomalie, avec le message et la gravité de son contrôle.
    #[cold]
    fn notre(&mut self, controle: &'static str, ligne: u64, rubrique: Option<Rubrique>) {
        let fiche = liste::chercher(controle);
        let officiel = message_controle(controle).filter(|_| fiche.message.is_empty());
        let message = Cow::Borrowed(officiel.unwrap_or(fiche.message));
        self.dire(controle, fiche.gravite, ligne, rubrique, message);
    }

    /// Une anomalie dont le message dépend de la rubrique, ou la gravité de la norme de l'envoi.
    #[cold]
    fn dire(
        &mut self,
        controle: &'static str,
        gravite: Gravite,
        ligne: u64,
        rubrique: Option<Rubrique>,
        message: Cow<'static, str>,
    ) {
        debug_assert!(!message.is_empty(), "{controle} n'a pas de message");
        match gravite {
            Gravite::Bloquant => self.bilan.bloquants += 1,
            Gravite::Signalement => self.bilan.signalements += 1,
        }
        *self.bilan.par_controle.entry(controle).or_default() += 1;
        (self.sur_anomalie)(Anomalie {
            ligne,
            rubrique,
            controle,
            gravite,
            message,
        });
    }
}

#[cfg(test)]
mod essais;
