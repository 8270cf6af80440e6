//! La lecture du relevé CFONB 120 : ancien solde (01), mouvements (04) et leurs compléments (05), nouveau
//! solde (07).
//!
//! Un enregistrement compte 120 caractères, en ASCII ou Latin-1, suivi ou non d'une fin de ligne. Source :
//! CFONB, « Relevé de compte sur support informatique » (juillet 2004) et ses évolutions pour le virement
//! (août 2007) et le SEPA, d'où viennent les qualifiants des 05. Ce qui reste incertain, faute de règle commune aux
//! banques : l'unicité du numéro d'écriture (voir [`crate::Format::Cfonb120`]), et le découpage du
//! qualifiant `RET`, dont on ne retient que les quatre premiers caractères s'ils forment un motif connu.

mod complement;
mod enregistrement;
mod montant;

use std::io::BufRead;

use valeurs::Montant;

use self::{
    complement::Mouvement,
    enregistrement::{Enregistrement, Nature},
};
use crate::{
    Bilan, Ligne, Regle, erreur::Faute, lignes_de_texte::Lignes, montants, references::References,
    soldes::Enchainement,
};

/// Caractères d'un enregistrement.
const TAILLE: usize = 120;
/// Octets lus par ligne : au-delà, la longueur fausse est certaine.
const LIMITE_LIGNE: usize = 4 * TAILLE;

/// Comment les enregistrements sont séparés, d'après le premier.
enum Separation {
    Inconnue,
    ParLignes,
    Aucune,
}

/// Le relevé en cours.
struct EnCours {
    compte: String,
    ouverture: Montant,
    courant: Montant,
    mouvement: Option<Mouvement>,
}

/// Un CFONB 120 en cours de lecture.
pub(crate) struct Cfonb<R> {
    lignes: Lignes<R>,
    separation: Separation,
    en_cours: Option<EnCours>,
    releves: u64,
    fini: bool,
    references: References,
    enchainement: Enchainement,
}

impl<R: BufRead> Cfonb<R> {
    pub(crate) fn ouvrir(source: R) -> Self {
        Self {
            lignes: Lignes::new(source),
            separation: Separation::Inconnue,
            en_cours: None,
            releves: 0,
            fini: false,
            references: References::default(),
            enchainement: Enchainement::default(),
        }
    }

    /// Le mouvement suivant, avec ses compléments ; `None` à la fin d'un fichier complet et juste.
    pub(crate) fn suivante(&mut self, bilan: &mut Bilan) -> Result<Option<Ligne>, Faute> {
        while let Some(enregistrement) = self.enregistrement()? {
            if let Some(ligne) = self.traiter(&enregistrement, bilan)? {
                return Ok(Some(ligne));
            }
        }
        let ligne = self.lignes.numero;
        if self.en_cours.is_some() || self.releves == 0 {
            return Err(Faute::new(ligne, "enregistrement 07", Regle::Tronque));
        }
        Ok(None)
    }

    /// Traite un enregistrement et rend la ligne du mouvement qu'il termine, s'il en termine un.
    fn traiter(
        &mut self,
        enregistrement: &Enregistrement,
        bilan: &mut Bilan,
    ) -> Result<Option<Ligne>, Faute> {
        let numero = enregistrement.ligne;
        let desordre = || Faute::new(numero, "code enregistrement", Regle::Ordre);
        let nature = enregistrement.nature()?;
        let compte = enregistrement.compte()?;
        if nature == Nature::AncienSolde {
            if self.en_cours.is_some() {
                return Err(desordre());
            }
            enregistrement.date()?;
            let solde = enregistrement.montant()?;
            self.en_cours = Some(EnCours {
                compte,
                ouverture: solde,
                courant: solde,
                mouvement: None,
            });
            return Ok(None);
        }
        let en_cours = self.en_cours.as_mut().ok_or_else(desordre)?;
        if en_cours.compte != compte {
            return Err(Faute::new(
                numero,
                "banque, guichet et compte",
                Regle::CompteDifferent,
            ));
        }
        let termine = match nature {
            Nature::Complement => {
                en_cours
                    .mouvement
                    .as_mut()
                    .ok_or_else(desordre)?
                    .completer(enregistrement)?;
                None
            }
            Nature::Mouvement => {
                let suivant = Mouvement::lire(enregistrement)?;
                en_cours.courant = montants::ajouter(en_cours.courant, suivant.montant, numero, "montant")?;
                en_cours.mouvement.replace(suivant)
            }
            Nature::AncienSolde | Nature::NouveauSolde => en_cours.mouvement.take(),
        };
        let ligne = match termine {
            Some(mouvement) if mouvement.montant.est_nul() => {
                bilan.nulles = bilan.nulles.saturating_add(1);
                None
            }
            Some(mouvement) => Some(mouvement.conclure(&en_cours.compte, &mut self.references)),
            None => None,
        };
        if nature == Nature::NouveauSolde {
            self.clore(enregistrement)?;
        }
        Ok(ligne)
    }

    /// Contrôle le nouveau solde et ferme le relevé.
    fn clore(&mut self, enregistrement: &Enregistrement) -> Result<(), Faute> {
        let numero = enregistrement.ligne;
        enregistrement.date()?;
        let annonce = enregistrement.montant()?;
        if let Some(EnCours {
            compte,
            ouverture,
            courant,
            ..
        }) = self.en_cours.take()
        {
            if annonce != courant {
                let regle = Regle::SoldeFaux {
                    annonce,
                    calcule: courant,
                };
                return Err(Faute::new(numero, "nouveau solde", regle));
            }
            self.enchainement
                .relier(&compte, ouverture, annonce, numero, "ancien solde")?;
            self.releves = self.releves.saturating_add(1);
        }
        Ok(())
    }

    /// L'enregistrement suivant ; des lignes vides ne sont admises qu'à la fin du fichier.
    fn enregistrement(&mut self) -> Result<Option<Enregistrement>, Faute> {
        loop {
            let octets = match self.separation {
                Separation::Inconnue => {
                    let debut = self.lignes.bloc(TAILLE)?.map(<[u8]>::to_vec);
                    let numero = self.lignes.numero;
                    let Some(debut) = debut else { return Ok(None) };
                    self.separation = self.reconnaitre_la_separation()?;
                    return Enregistrement::lire(numero, &debut).map(Some);
                }
                Separation::ParLignes => self.lignes.ligne(LIMITE_LIGNE)?,
                Separation::Aucune => self.lignes.bloc(TAILLE)?,
            };
            let Some(octets) = octets.map(<[u8]>::to_vec) else {
                return Ok(None);
            };
            let numero = self.lignes.numero;
            if octets.trim_ascii().is_empty() {
                self.fini = true;
            } else if self.fini {
                return Err(Faute::new(numero, "enregistrement", Regle::Ordre));
            } else {
                return Enregistrement::lire(numero, &octets).map(Some);
            }
        }
    }

    /// Ce qui suit le premier enregistrement : une fin de ligne, ou aussitôt le suivant.
    fn reconnaitre_la_separation(&mut self) -> Result<Separation, Faute> {
        Ok(match self.lignes.octet_suivant()? {
            Some(b'\r' | b'\n') => {
                self.lignes.fin_de_ligne()?;
                Separation::ParLignes
            }
            _ => Separation::Aucune,
        })
    }
}
