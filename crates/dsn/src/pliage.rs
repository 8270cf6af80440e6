//! Des lignes aux déclarations : un seul passage, sans garder le fichier.

use std::io::Read;

use jiff::civil::Date;

use crate::declaration::{Envoi, Identifiant, SousLot};
use crate::en_cours::EnCours;
use crate::erreur::{Erreur, Faute};
use crate::lecteur::{Encodage, Lecteur, reconnaitre};
use crate::ligne::{Ligne, Lignes};
use crate::recepteur::Recepteur;
use crate::reperes::{
    C_CODE, C_MONTANT, C_ORGANISME, COTISATION, DEPOT, ESSAI, FIN_LOT, FIN_SOUS_LOT, I_NIR, I_NOM, LOGICIEL,
    LOT, NATURE, NORME, NORME_LA_PLUS_ANCIENNE, S90_NOMBRE, S90_TOTAL, SANS_EFFET, SOUS_LOT,
};
use crate::rubrique::Rubrique;
use crate::valeur::{Code, date};

/// Lit toutes les déclarations d'une source, en donnant chacune à `recepteur` ; rend le nombre de lignes.
///
/// ```no_run
/// let fichier = std::fs::File::open("janvier.dsn")?;
/// let mut declarations: Vec<dsn::Declaration> = Vec::new();
/// dsn::lire(fichier, "janvier.dsn", &mut declarations)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Le fichier n'est pas une DSN entière et lisible : [`Erreur`] en donne la ligne et la règle. Ce que `recepteur` a
/// reçu avant l'erreur est à oublier.
pub fn lire<R: Read>(source: R, fichier: &str, recepteur: &mut impl Recepteur) -> Result<u64, Erreur> {
    let mut lecture = Lecture::nouvelle(source, fichier, recepteur);
    while lecture.avancer()? {}
    Ok(lecture.lignes())
}

/// Une lecture que l'on mène pas à pas : entre deux pas, on traite ce que le récepteur a reçu.
pub struct Lecture<S, R> {
    lecteur: Lecteur<S>,
    pliage: Pliage<R>,
}

impl<S: Read, R: Recepteur> Lecture<S, R> {
    /// Une lecture qui n'a pas commencé.
    #[must_use]
    pub fn nouvelle(source: S, fichier: &str, recepteur: R) -> Self {
        Self {
            lecteur: Lecteur::nouveau(source, fichier),
            pliage: Pliage::nouveau(recepteur),
        }
    }

    /// Lit un bloc de plus ; faux quand la source est finie.
    ///
    /// # Errors
    /// Comme [`lire`].
    pub fn avancer(&mut self) -> Result<bool, Erreur> {
        match self.lecteur.bloc() {
            Ok(Some(bloc)) => match self.pliage.bloc(bloc) {
                Ok(()) => Ok(true),
                Err(place) => Err(place.dans(self.lecteur.fichier())),
            },
            Ok(None) => {
                self.pliage
                    .finir()
                    .map_err(|place| place.dans(self.lecteur.fichier()))?;
                Ok(false)
            }
            Err(mut e) => {
                e.ligne += self.pliage.ligne;
                Err(e)
            }
        }
    }

    /// Le récepteur.
    pub const fn recepteur(&mut self) -> &mut R {
        &mut self.pliage.recepteur
    }

    /// Lignes lues jusqu'ici.
    #[must_use]
    pub const fn lignes(&self) -> u64 {
        self.pliage.ligne
    }
}

/// Lit des octets déjà en mémoire, comme [`lire`], sans les copier.
///
/// # Errors
/// Comme [`lire`].
pub fn lire_octets(octets: &[u8], fichier: &str, recepteur: &mut impl Recepteur) -> Result<u64, Erreur> {
    let mut pliage = Pliage::nouveau(recepteur);
    reconnaitre(octets).map_err(|f| f.dans(fichier))?;
    if let Err(avant) = Encodage::default().verifier(octets) {
        pliage.bloc(&octets[..avant]).map_err(|f| f.dans(fichier))?;
        let (ligne, faute) = (pliage.ligne + 1, Faute::Utf8);
        return Err(Place { ligne, faute }.dans(fichier));
    }
    pliage.bloc(octets).map_err(|f| f.dans(fichier))?;
    pliage.finir().map_err(|f| f.dans(fichier))?;
    Ok(pliage.ligne)
}

/// Une faute et sa ligne, avant qu'on sache le nom du fichier.
#[derive(Debug)]
pub(crate) struct Place {
    ligne: u64,
    faute: Faute,
}

impl Place {
    fn dans(self, fichier: &str) -> Erreur {
        Erreur {
            fichier: fichier.to_owned(),
            ligne: self.ligne,
            faute: self.faute,
        }
    }
}

/// L'état de la lecture.
pub(crate) struct Pliage<R> {
    pub(crate) recepteur: R,
    pub(crate) ligne: u64,
    rang: u32,
    pub(crate) etat: Etat,
    courante: Option<Box<EnCours>>,
}

/// Le message en cours.
#[derive(Clone, Copy, Default)]
pub(crate) struct Etat {
    pub(crate) sous_lot: Option<SousLot>,
    pub(crate) essai: bool,
    pub(crate) norme: Option<Code<6>>,
    pub(crate) depose_le: Option<Date>,
    /// Un message est ouvert par son S10 ; le dernier est fermé par son S90.
    ouvert: bool,
    ferme: bool,
    /// L'enveloppe du portail est ouverte par S05, ou fermée par S95.
    pub(crate) enveloppe: Option<Enveloppe>,
    pub(crate) message_herite: Heritage,
    pub(crate) sous_lot_herite: Heritage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Enveloppe {
    Ouverte,
    Fermee,
}

/// Ce qu'un morceau tient de ce qui le précède : combien de ses déclarations, et si c'est encore vrai.
#[derive(Clone, Copy, Default)]
pub(crate) struct Heritage {
    pub(crate) encore: bool,
    pub(crate) declarations: u32,
}

impl Heritage {
    const ENCORE: Self = Self {
        encore: true,
        declarations: 0,
    };

    fn compter(&mut self) {
        self.declarations += u32::from(self.encore);
    }
}

impl Etat {
    /// Rien ne manque à la fin du fichier.
    pub(crate) fn entier(&self) -> Result<(), Faute> {
        match self.enveloppe {
            _ if self.ouvert => Err(Faute::Tronque),
            Some(Enveloppe::Ouverte) => Err(Faute::LotTronque),
            // Un lot peut n'avoir aucun message.
            None if !self.ferme => Err(Faute::Tronque),
            None | Some(Enveloppe::Fermee) => Ok(()),
        }
    }

    /// Celui d'un morceau qui ne commence pas le fichier.
    pub(crate) fn herite() -> Self {
        Self {
            // Remplacée à l'assemblage par celle du morceau d'avant.
            norme: Some(Code::de(b"P22V01")),
            ouvert: true,
            message_herite: Heritage::ENCORE,
            sous_lot_herite: Heritage::ENCORE,
            ..Self::default()
        }
    }
}

impl<R: Recepteur> Pliage<R> {
    pub(crate) fn nouveau(recepteur: R) -> Self {
        Self {
            recepteur,
            ligne: 0,
            rang: 0,
            etat: Etat::default(),
            courante: None,
        }
    }

    pub(crate) fn bloc(&mut self, bloc: &[u8]) -> Result<(), Place> {
        for ligne in Lignes::nouvelles(bloc) {
            self.ligne += 1;
            let lue = match ligne {
                Ok(ligne) if !R::DETAIL && self.courante.is_some() && est_sans_effet(ligne.rubrique) => {
                    Ok(())
                }
                Ok(ligne) => self.ligne(ligne),
                Err(faute) => Err(faute),
            };
            if let Err(faute) = lue {
                let ligne = self.ligne;
                return Err(Place { ligne, faute });
            }
        }
        Ok(())
    }

    fn finir(&mut self) -> Result<(), Place> {
        self.fermer_declaration(self.ligne);
        self.etat.entier().map_err(|faute| Place {
            ligne: self.ligne.max(1),
            faute,
        })
    }

    #[inline]
    fn ligne(&mut self, ligne: Ligne<'_>) -> Result<(), Faute> {
        let r = ligne.rubrique;
        let Some(c) = self.courante.as_deref_mut() else {
            return self.rare(ligne);
        };
        if R::DETAIL && est_de_declaration(r) && r != NATURE {
            c.detail(&mut self.recepteur, self.ligne, ligne)?;
        }
        // Les rubriques les plus nombreuses d'abord.
        match r {
            C_CODE => return c.commencer_cotisation(ligne),
            C_ORGANISME => c.caisse = c.caisse(ligne.valeur),
            C_MONTANT => return c.cotiser(ligne),
            _ if COTISATION.contains(&r.chiffres()) => {}
            I_NIR | I_NOM => c.individu(r),
            _ => return self.rare(ligne),
        }
        Ok(())
    }

    #[inline(never)]
    fn rare(&mut self, ligne: Ligne<'_>) -> Result<(), Faute> {
        let Ligne { rubrique: r, valeur } = ligne;
        if self.etat.ouvert
            && (est_de_l_enveloppe(r) || r == LOGICIEL || (est_d_en_tete(r) && self.courante.is_some()))
        {
            return Err(Faute::MessageOuvert(r));
        }
        match r {
            SOUS_LOT | FIN_SOUS_LOT => {
                self.fermer_declaration(self.ligne - 1);
                self.etat.sous_lot_herite.encore = false;
                self.etat.sous_lot = (r == SOUS_LOT).then(|| SousLot::lire(valeur));
            }
            LOT => self.etat.enveloppe = Some(Enveloppe::Ouverte),
            FIN_LOT => self.etat.enveloppe = Some(Enveloppe::Fermee),
            LOGICIEL => {
                self.fermer_declaration(self.ligne - 1);
                self.etat.message_herite.encore = false;
                self.etat.ouvert = true;
                self.etat.ferme = false;
                self.etat.norme = None;
                self.etat.essai = false;
                self.etat.depose_le = None;
            }
            ESSAI => self.etat.essai = valeur == b"01",
            NORME => {
                let norme =
                    Code::lire(valeur).filter(|n| n.as_str() >= NORME_LA_PLUS_ANCIENNE && n.as_str() < "Q");
                self.etat.norme = Some(norme.ok_or(Faute::Norme(r))?);
                self.etat.ouvert = true;
            }
            DEPOT => self.etat.depose_le = instant(valeur),
            NATURE => {
                self.fermer_declaration(self.ligne - 1);
                return self.ouvrir_declaration(r, valeur);
            }
            S90_TOTAL => self.fermer_declaration(self.ligne - 1),
            S90_NOMBRE => {
                self.fermer_declaration(self.ligne - 1);
                self.etat.message_herite.encore = false;
                self.etat.norme = None;
                self.etat.ouvert = false;
                self.etat.ferme = true;
            }
            _ => match self.courante.as_deref_mut() {
                Some(c) => return c.rare(&mut self.recepteur, self.ligne, ligne),
                None if est_de_declaration(r) => {
                    return Err(Faute::HorsDeclaration(r));
                }
                None => {}
            },
        }
        Ok(())
    }

    fn ouvrir_declaration(&mut self, r: Rubrique, valeur: &[u8]) -> Result<(), Faute> {
        self.rang += 1;
        let envoi = Envoi {
            norme: self.etat.norme.ok_or(Faute::HorsMessage(r))?,
            essai: self.etat.essai,
            depose_le: self.etat.depose_le,
            sous_lot: self.etat.sous_lot,
        };
        let nature = Code::lire(valeur).ok_or(Faute::Code(r))?;
        let mut c = Box::new(EnCours::nouvelle(self.rang, self.ligne, envoi, nature));
        if R::DETAIL {
            c.detail(&mut self.recepteur, self.ligne, Ligne { rubrique: r, valeur })?;
        }
        self.courante = Some(c);
        Ok(())
    }

    /// Ferme la déclaration en cours, dont la dernière ligne est `fin`.
    pub(crate) fn fermer_declaration(&mut self, fin: u64) {
        if let Some(mut c) = self.courante.take() {
            c.rendre(&mut self.recepteur);
            self.etat.message_herite.compter();
            self.etat.sous_lot_herite.compter();
            c.declaration.lignes.1 = fin;
            c.declaration.identifiant = c
                .constituee_le
                .zip(c.ordre)
                .map(|(constituee_le, ordre)| Identifiant { constituee_le, ordre });
            self.recepteur.declaration(c.declaration);
        }
    }
}

/// Les sections S20, S21 et S89 sont dans une déclaration ; les autres l'entourent.
fn est_de_declaration(r: Rubrique) -> bool {
    matches!(r.chiffres() / 10_000_000, 20 | 21 | 89)
}

/// La section S10 ouvre un message.
fn est_d_en_tete(r: Rubrique) -> bool {
    r.chiffres() / 10_000_000 == 10
}

/// Les sections S05, S06, S96 et S95 entourent les messages.
fn est_de_l_enveloppe(r: Rubrique) -> bool {
    matches!(r.chiffres() / 10_000_000, 5 | 6 | 95 | 96)
}

/// Une rubrique que la lecture sans détail peut passer.
#[inline]
fn est_sans_effet(r: Rubrique) -> bool {
    SANS_EFFET.contains(&r.chiffres())
}

/// Le jour d'un instant `AAAAMMJJhhmmss`, tel que le portail national l'écrit.
fn instant(valeur: &[u8]) -> Option<Date> {
    let [a1, a2, a3, a4, m1, m2, j1, j2, ..] = *valeur else {
        return None;
    };
    date(&[j1, j2, m1, m2, a1, a2, a3, a4])
}
