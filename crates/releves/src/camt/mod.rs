//! La lecture des camt.053 et camt.054 (ISO 20022), versions 02 à 13, une écriture à la fois.
//!
//! Seules comptent les écritures au statut `BOOK` ; les autres sont comptées dans le bilan. Sources :
//! schémas `camt.053.001.NN` et `camt.054.001.NN` du référentiel ISO 20022.

mod code_operation;
mod detail;
mod ecriture;
mod en_cours;
mod partie;

use std::{collections::VecDeque, io::BufRead};

use valeurs::Iban;
use xml::{Debut, Flux};

use self::{
    ecriture::{Ecriture, Statut},
    en_cours::EnCours,
};
use crate::{Bilan, Format, Ligne, Regle, erreur::Faute, references::References, soldes::Enchainement};

const VERSIONS: std::ops::RangeInclusive<u8> = 2..=13;

/// Le compte d'un relevé : son IBAN s'il en a un, et de quoi le reconnaître dans le fichier.
#[derive(Clone)]
struct Compte {
    iban: Option<Iban>,
    cle: String,
}

enum Etape {
    EntreReleves,
    DansReleve(Box<EnCours>),
    Fini,
}

/// Un camt en cours de lecture.
pub(crate) struct Camt<R> {
    flux: Flux<R>,
    format: Format,
    etape: Etape,
    releves: u64,
    pretes: VecDeque<Ligne>,
    references: References,
    enchainement: Enchainement,
}

impl<R: BufRead> Camt<R> {
    /// Lit jusqu'au corps du message et en vérifie la version.
    pub(crate) fn ouvrir(source: R) -> Result<Self, Faute> {
        let mut flux = Flux::new(source);
        let (ligne, format) = match racine(&mut flux)? {
            Some(racine) => (racine.ligne, format_de(&racine)),
            None => (flux.ligne(), None),
        };
        let refus = |ligne| Faute::new(ligne, "Document", Regle::MessageRefuse);
        let format = format.ok_or_else(|| refus(ligne))?;
        let attendu = match format {
            Format::Camt054 { .. } => "BkToCstmrDbtCdtNtfctn",
            _ => "BkToCstmrStmt",
        };
        match flux.fils()? {
            Some(message) if message.nom == attendu => Ok(Self {
                flux,
                format,
                etape: Etape::EntreReleves,
                releves: 0,
                pretes: VecDeque::new(),
                references: References::default(),
                enchainement: Enchainement::default(),
            }),
            Some(autre) => Err(refus(autre.ligne)),
            None => Err(refus(ligne)),
        }
    }

    /// Le format, avec sa version.
    pub(crate) const fn format(&self) -> Format {
        self.format
    }

    /// La ligne suivante ; `None` à la fin d'un document complet et juste.
    pub(crate) fn suivante(&mut self, bilan: &mut Bilan) -> Result<Option<Ligne>, Faute> {
        loop {
            if let Some(ligne) = self.pretes.pop_front() {
                return Ok(Some(ligne));
            }
            match &mut self.etape {
                Etape::Fini => return Ok(None),
                Etape::EntreReleves => match self.flux.fils()? {
                    Some(debut) if self.est_un_releve(&debut) => {
                        self.releves = self.releves.saturating_add(1);
                        self.etape = Etape::DansReleve(Box::new(EnCours::new(debut.ligne)));
                    }
                    Some(_) => self.flux.passer()?,
                    None => self.finir()?,
                },
                Etape::DansReleve(en_cours) => match self.flux.fils()? {
                    Some(debut) => match debut.nom.as_str() {
                        "Acct" => en_cours.noter_compte(&self.flux.arbre(debut)?)?,
                        "Bal" => en_cours.noter_solde(&self.flux.arbre(debut)?)?,
                        "TxsSummry" => en_cours.noter_resume(self.flux.arbre(debut)?)?,
                        "Ntry" => {
                            let ecriture = Ecriture::lire(&mut self.flux, debut)?;
                            let lignes = comptabiliser(&ecriture, en_cours, &mut self.references, bilan)?;
                            self.pretes.extend(lignes);
                        }
                        _ => self.flux.passer()?,
                    },
                    None => {
                        let avec_soldes = matches!(self.format, Format::Camt053 { .. });
                        en_cours.clore(avec_soldes, &mut self.enchainement)?;
                        self.etape = Etape::EntreReleves;
                    }
                },
            }
        }
    }

    fn est_un_releve(&self, debut: &Debut) -> bool {
        match self.format {
            Format::Camt054 { .. } => debut.nom == "Ntfctn",
            _ => debut.nom == "Stmt",
        }
    }

    fn finir(&mut self) -> Result<(), Faute> {
        if self.releves == 0 {
            return Err(Faute::new(self.flux.ligne(), "Document", Regle::AucunReleve));
        }
        if let Some(autre) = self.flux.fils()? {
            return Err(Faute::new(autre.ligne, "Document", Regle::ContenuApresLaFin));
        }
        self.flux.finir()?;
        self.etape = Etape::Fini;
        Ok(())
    }
}

/// L'élément racine.
fn racine<R: BufRead>(flux: &mut Flux<R>) -> Result<Option<Debut>, Faute> {
    flux.fils().map_err(|faute| match faute.regle {
        // Un texte sans aucune balise n'est pas un relevé tronqué : ce n'est pas du XML.
        xml::Regle::Tronque => Faute::new(faute.ligne, "Document", Regle::MessageRefuse),
        _ => faute.into(),
    })
}

/// Le format qu'annonce l'espace de noms de `Document`.
fn format_de(racine: &Debut) -> Option<Format> {
    if racine.nom != "Document" {
        return None;
    }
    let message = racine
        .espace
        .as_deref()?
        .strip_prefix("urn:iso:std:iso:20022:tech:xsd:")?;
    let lire_version = |texte: &str| {
        let version = texte.parse().ok().filter(|version| VERSIONS.contains(version))?;
        (texte.len() == 2).then_some(version)
    };
    if let Some(version) = message.strip_prefix("camt.053.001.") {
        Some(Format::Camt053 {
            version: lire_version(version)?,
        })
    } else {
        Some(Format::Camt054 {
            version: lire_version(message.strip_prefix("camt.054.001.")?)?,
        })
    }
}

/// Ajoute l'écriture aux totaux et rend ses lignes, ou la compte au bilan si elle ne compte pas.
fn comptabiliser(
    ecriture: &Ecriture,
    en_cours: &mut EnCours,
    references: &mut References,
    bilan: &mut Bilan,
) -> Result<Vec<Ligne>, Faute> {
    let compte = en_cours.compte(ecriture.ligne())?.clone();
    en_cours.ajouter(ecriture)?;
    let compteur = match ecriture.statut {
        Statut::Comptabilisee => {
            if let Some(reference) = ecriture.reference() {
                let vue = (compte.cle.as_str(), reference, ecriture.credit);
                let (premiere, rang) = references.noter(&vue, ecriture.ligne());
                if rang > 1 {
                    let regle = Regle::ReferenceEnDouble { premiere };
                    return Err(Faute::new(ecriture.ligne(), "Ntry/AcctSvcrRef", regle));
                }
            }
            let (lignes, nulles) = ecriture.lignes(&compte)?;
            bilan.nulles = bilan.nulles.saturating_add(nulles);
            return Ok(lignes);
        }
        Statut::EnAttente => &mut bilan.en_attente,
        Statut::Informative => &mut bilan.informatives,
    };
    *compteur = compteur.saturating_add(1);
    Ok(Vec::new())
}
