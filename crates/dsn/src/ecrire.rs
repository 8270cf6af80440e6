//! Écrire une DSN : des rubriques à leurs lignes, les totaux de fin comptés.

use std::io::{self, Write};

use jiff::civil::DateTime;
use thiserror::Error;

use crate::declaration::SousLot;
use crate::erreur::genre;
use crate::ligne::LONGUEUR_MAXIMALE;
use crate::rubrique::{Bloc, Rubrique};

/// Comment finit une ligne : la norme admet les deux.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FinDeLigne {
    /// Saut de ligne.
    #[default]
    Lf,
    /// Retour chariot et saut de ligne.
    CrLf,
}

/// L'enveloppe du portail national autour d'un lot de messages (S05.G51.00).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// Version de l'enveloppe (.001) : `V01R02`.
    pub version: String,
    /// Identifiant du lot (.002), répété à la fin du fichier (S95.G51.00.001).
    pub identifiant: String,
    /// Nature de l'envoi (.003) : `01`.
    pub nature: String,
    /// Date et heure de constitution (.004 et .005).
    pub constitue_le: DateTime,
    /// Nombre de messages annoncés (.006).
    pub messages: u64,
}

/// Pourquoi une ligne ne s'écrit pas. La valeur n'est jamais citée.
#[derive(Debug, Error)]
pub enum ErreurEcriture {
    /// Rien à écrire : la norme omet la rubrique.
    #[error("rubrique {0} : la valeur est vide ; n'écrivez pas la rubrique")]
    Vide(Rubrique),
    /// Un caractère qu'ISO-8859-1 n'a pas.
    #[error("rubrique {0} : un caractère de la valeur n'existe pas en ISO-8859-1 ; remplacez-le")]
    HorsLatin1(Rubrique),
    /// Une fin de ligne, une tabulation…
    #[error("rubrique {0} : la valeur contient un caractère de contrôle ; retirez-le")]
    Controle(Rubrique),
    /// Un blanc à l'un des bouts.
    #[error("rubrique {0} : la valeur commence ou finit par un blanc ; retirez-le")]
    Blanc(Rubrique),
    /// Plus de 256 caractères.
    #[error("rubrique {0} : la ligne dépasserait 256 caractères ; raccourcissez la valeur")]
    TropLongue(Rubrique),
    /// Une rubrique que l'écrivain tient lui-même.
    #[error("rubrique {0} : elle s'écrit d'elle-même, avec l'enveloppe ou à la fin du message")]
    Reservee(Rubrique),
    /// Un message qui ne commence pas par son en-tête.
    #[error("rubrique {0} : un message commence par le bloc S10.G00.00")]
    HorsMessage(Rubrique),
    /// L'ordre de l'enveloppe et des messages.
    #[error("{0}")]
    Ordre(&'static str),
    /// Le lot annonçait un autre nombre de messages.
    #[error("le lot annonçait {annonces} messages, {ecrits} sont écrits")]
    Messages {
        /// S05.G51.00.006.
        annonces: u64,
        /// Messages fermés.
        ecrits: u64,
    },
    /// La sortie n'écrit plus.
    #[error("l'écriture a échoué ({})", genre(.0.kind()))]
    Sortie(#[from] io::Error),
}

/// Le début d'un message.
const EN_TETE: Bloc = Bloc::de("S10.G00.00");
/// Ce que l'écrivain écrit de lui-même : fin de message, enveloppe du portail.
const RESERVES: [Bloc; 5] = [FIN_MESSAGE, LOT, SOUS_LOT, FIN_SOUS_LOT, FIN_LOT];
const FIN_MESSAGE: Bloc = Bloc::de("S90.G00.90");
const LOT: Bloc = Bloc::de("S05.G51.00");
const SOUS_LOT: Bloc = Bloc::de("S06.G51.00");
const FIN_SOUS_LOT: Bloc = Bloc::de("S96.G51.00");
const FIN_LOT: Bloc = Bloc::de("S95.G51.00");
/// Une déclaration de plus.
const DECLARATION: Rubrique = Rubrique::de("S20.G00.05.001");
/// Le nom d'une fin de sous-lot.
const FIN: &str = "FINSL";

/// Écrit des messages DSN, en ISO-8859-1 ; compte leurs rubriques et leurs déclarations.
///
/// Chaque ligne part aussitôt : donnez une sortie tamponnée.
///
/// ```
/// use dsn::{Ecrivain, Rubrique};
///
/// let mut ecrivain = Ecrivain::nouveau(Vec::new());
/// ecrivain.rubrique(Rubrique::de("S10.G00.00.001"), "PAIE")?;
/// ecrivain.rubrique(Rubrique::de("S10.G00.00.006"), "P26V01")?;
/// ecrivain.rubrique(Rubrique::de("S20.G00.05.001"), "01")?;
/// ecrivain.fermer_message()?;
/// assert_eq!(
///     ecrivain.finir()?,
///     b"S10.G00.00.001,'PAIE'\n\
///       S10.G00.00.006,'P26V01'\n\
///       S20.G00.05.001,'01'\n\
///       S90.G00.90.001,'5'\n\
///       S90.G00.90.002,'1'\n"
/// );
/// # Ok::<(), dsn::ErreurEcriture>(())
/// ```
///
/// Avec l'enveloppe du portail :
///
/// ```
/// use dsn::{Ecrivain, Lot, Rubrique, SousLot};
///
/// let lot = Lot {
///     version: "V01R02".to_owned(),
///     identifiant: "769608".to_owned(),
///     nature: "01".to_owned(),
///     constitue_le: jiff::civil::datetime(2026, 2, 5, 20, 16, 48, 0),
///     messages: 1,
/// };
/// let mut ecrivain = Ecrivain::nouveau(Vec::new());
/// ecrivain.ouvrir_lot(&lot)?;
/// ecrivain.ouvrir_sous_lot(SousLot::Acceptees)?;
/// ecrivain.rubrique(Rubrique::de("S10.G00.00.001"), "PAIE")?;
/// ecrivain.fermer_message()?;
/// ecrivain.fermer_sous_lot()?;
/// ecrivain.fermer_lot()?;
/// assert!(ecrivain.finir()?.ends_with(b"S95.G51.00.002,'1'\n"));
/// # Ok::<(), dsn::ErreurEcriture>(())
/// ```
#[derive(Debug)]
pub struct Ecrivain<W> {
    sortie: W,
    fin_de_ligne: FinDeLigne,
    ligne: Vec<u8>,
    message: Option<Message>,
    /// L'identifiant du lot ouvert et les messages qu'il annonce.
    lot: Option<(String, u64)>,
    /// Messages du sous-lot ouvert.
    sous_lot: Option<u64>,
    /// Messages du lot.
    messages: u64,
}

/// Le message en cours.
#[derive(Clone, Copy, Debug, Default)]
struct Message {
    rubriques: u64,
    declarations: u64,
}

impl<W: Write> Ecrivain<W> {
    /// Un écrivain vers cette sortie ; ses lignes finissent par un saut de ligne.
    #[must_use]
    pub const fn nouveau(sortie: W) -> Self {
        Self {
            sortie,
            fin_de_ligne: FinDeLigne::Lf,
            ligne: Vec::new(),
            message: None,
            lot: None,
            sous_lot: None,
            messages: 0,
        }
    }

    /// Le même, dont les lignes finissent ainsi.
    #[must_use]
    pub fn avec(self, fin_de_ligne: FinDeLigne) -> Self {
        Self { fin_de_ligne, ..self }
    }

    /// Écrit une rubrique du message ; la première, de S10.G00.00, l'ouvre.
    ///
    /// # Errors
    /// La norme interdit la valeur, ou la rubrique n'est pas à sa place.
    pub fn rubrique(&mut self, rubrique: Rubrique, valeur: &str) -> Result<(), ErreurEcriture> {
        if RESERVES.contains(&rubrique.bloc()) {
            return Err(ErreurEcriture::Reservee(rubrique));
        }
        if self.message.is_none() {
            if rubrique.bloc() != EN_TETE {
                return Err(ErreurEcriture::HorsMessage(rubrique));
            }
            if self.lot.is_some() && self.sous_lot.is_none() {
                return Err(ErreurEcriture::Ordre(
                    "un message du lot est dans un sous-lot : ouvrez-en un",
                ));
            }
        }
        self.ecrire(rubrique, valeur)?;
        let message = self.message.get_or_insert_default();
        message.rubriques += 1;
        message.declarations += u64::from(rubrique == DECLARATION);
        Ok(())
    }

    /// Ferme le message par son bloc S90 : ses rubriques (S90 comprises) et ses déclarations.
    ///
    /// # Errors
    /// Aucun message n'est ouvert, ou la sortie échoue.
    pub fn fermer_message(&mut self) -> Result<(), ErreurEcriture> {
        let message = self
            .message
            .ok_or(ErreurEcriture::Ordre("aucun message n'est ouvert"))?;
        self.ecrire(FIN_MESSAGE.rubrique(1), &(message.rubriques + 2).to_string())?;
        self.ecrire(FIN_MESSAGE.rubrique(2), &message.declarations.to_string())?;
        self.message = None;
        self.messages += 1;
        if let Some(messages) = self.sous_lot.as_mut() {
            *messages += 1;
        }
        Ok(())
    }

    /// Ouvre l'enveloppe du portail, au début du fichier.
    ///
    /// # Errors
    /// Quelque chose est déjà écrit, la norme interdit une valeur, ou la sortie échoue.
    pub fn ouvrir_lot(&mut self, lot: &Lot) -> Result<(), ErreurEcriture> {
        if self.message.is_some() || self.lot.is_some() || self.messages > 0 {
            return Err(ErreurEcriture::Ordre("l'enveloppe s'ouvre au début du fichier"));
        }
        let moment = lot.constitue_le;
        for (numero, valeur) in [
            (1, lot.version.clone()),
            (2, lot.identifiant.clone()),
            (3, lot.nature.clone()),
            (4, moment.strftime("%d%m%Y").to_string()),
            (5, moment.strftime("%H%M%S").to_string()),
            (6, lot.messages.to_string()),
        ] {
            self.ecrire(LOT.rubrique(numero), &valeur)?;
        }
        self.lot = Some((lot.identifiant.clone(), lot.messages));
        Ok(())
    }

    /// Ouvre un sous-lot.
    ///
    /// # Errors
    /// Le lot n'est pas ouvert ou un autre sous-lot l'est, ou la sortie échoue.
    pub fn ouvrir_sous_lot(&mut self, sous_lot: SousLot) -> Result<(), ErreurEcriture> {
        if self.lot.is_none() || self.sous_lot.is_some() {
            return Err(ErreurEcriture::Ordre(
                "un sous-lot s'ouvre dans un lot, hors d'un autre sous-lot",
            ));
        }
        self.ecrire(SOUS_LOT.rubrique(1), sous_lot.code())?;
        self.sous_lot = Some(0);
        Ok(())
    }

    /// Ferme le sous-lot, avec le nombre de ses messages.
    ///
    /// # Errors
    /// Aucun sous-lot n'est ouvert ou un message l'est encore, ou la sortie échoue.
    pub fn fermer_sous_lot(&mut self) -> Result<(), ErreurEcriture> {
        let (Some(messages), None) = (self.sous_lot, self.message) else {
            return Err(ErreurEcriture::Ordre(
                "un sous-lot se ferme une fois, après son dernier message",
            ));
        };
        self.ecrire(FIN_SOUS_LOT.rubrique(1), FIN)?;
        self.ecrire(FIN_SOUS_LOT.rubrique(2), &messages.to_string())?;
        self.sous_lot = None;
        Ok(())
    }

    /// Ferme l'enveloppe, avec le nombre de messages de tout le lot.
    ///
    /// # Errors
    /// Le lot n'est pas ouvert, un sous-lot l'est encore, les messages ne sont pas ceux annoncés, ou la sortie échoue.
    pub fn fermer_lot(&mut self) -> Result<(), ErreurEcriture> {
        let (Some((identifiant, annonces)), None) = (self.lot.clone(), self.sous_lot) else {
            return Err(ErreurEcriture::Ordre(
                "le lot se ferme une fois, après son dernier sous-lot",
            ));
        };
        let ecrits = self.messages;
        if annonces != ecrits {
            return Err(ErreurEcriture::Messages { annonces, ecrits });
        }
        self.ecrire(FIN_LOT.rubrique(1), &identifiant)?;
        self.ecrire(FIN_LOT.rubrique(2), &ecrits.to_string())?;
        self.lot = None;
        Ok(())
    }

    /// Rend la sortie, vidée de son tampon.
    ///
    /// # Errors
    /// Un message ou l'enveloppe n'est pas fermé, ou la sortie échoue.
    pub fn finir(mut self) -> Result<W, ErreurEcriture> {
        if self.message.is_some() {
            return Err(ErreurEcriture::Ordre("le dernier message n'est pas fermé"));
        }
        if self.lot.is_some() {
            return Err(ErreurEcriture::Ordre("le lot n'est pas fermé"));
        }
        self.sortie.flush()?;
        Ok(self.sortie)
    }

    /// Rien ne part d'une ligne refusée.
    fn ecrire(&mut self, rubrique: Rubrique, valeur: &str) -> Result<(), ErreurEcriture> {
        self.ligne.clear();
        write!(self.ligne, "{rubrique},'")?;
        encoder(rubrique, valeur, &mut self.ligne)?;
        self.ligne.push(b'\'');
        if self.ligne.len() > LONGUEUR_MAXIMALE {
            return Err(ErreurEcriture::TropLongue(rubrique));
        }
        self.ligne.extend_from_slice(match self.fin_de_ligne {
            FinDeLigne::Lf => b"\n",
            FinDeLigne::CrLf => b"\r\n",
        });
        self.sortie.write_all(&self.ligne)?;
        Ok(())
    }
}

fn encoder(rubrique: Rubrique, valeur: &str, ligne: &mut Vec<u8>) -> Result<(), ErreurEcriture> {
    if valeur.is_empty() {
        return Err(ErreurEcriture::Vide(rubrique));
    }
    for c in valeur.chars() {
        if c.is_control() {
            return Err(ErreurEcriture::Controle(rubrique));
        }
        ligne.push(u8::try_from(c).map_err(|_| ErreurEcriture::HorsLatin1(rubrique))?);
    }
    if valeur.starts_with(char::is_whitespace) || valeur.ends_with(char::is_whitespace) {
        return Err(ErreurEcriture::Blanc(rubrique));
    }
    Ok(())
}
