//! Le relevé en cours (`Stmt` ou `Ntfctn`) : son compte, ses soldes et ses totaux.

use valeurs::Montant;
use xml::Noeud;

use super::{
    Compte,
    ecriture::{Ecriture, Statut, lire_montant, lire_nombre, lire_sens},
    partie::lire_iban,
};
use crate::{Regle, erreur::Faute, montants, soldes::Enchainement};

/// Soldes par relevé : un compte en porte une dizaine au plus (ouverture, clôture, disponibles…).
const LIMITE_SOLDES: usize = 100;

/// Nombre et montant d'écritures.
#[derive(Clone, Copy, Default)]
struct Cumul {
    nombre: u64,
    montant: Montant,
}

impl Cumul {
    fn ajouter(&mut self, montant: Montant, ligne: u64) -> Result<(), Faute> {
        self.nombre = self.nombre.saturating_add(1);
        self.montant = montants::ajouter(self.montant, montant, ligne, "Ntry/Amt")?;
        Ok(())
    }
}

/// Les écritures d'un relevé, par sens.
#[derive(Clone, Copy, Default)]
struct Totaux {
    credits: Cumul,
    debits: Cumul,
}

impl Totaux {
    fn ensemble(&self, ligne: u64) -> Result<Cumul, Faute> {
        Ok(Cumul {
            nombre: self.credits.nombre.saturating_add(self.debits.nombre),
            montant: montants::ajouter(self.credits.montant, self.debits.montant, ligne, "TxsSummry")?,
        })
    }

    fn net(&self, ligne: u64) -> Result<Montant, Faute> {
        montants::ajouter(self.credits.montant, -self.debits.montant, ligne, "TxsSummry")
    }
}

/// Un solde (`Bal`), positif s'il est créditeur.
struct Solde {
    code: String,
    montant: Montant,
}

/// Le relevé en cours.
pub(super) struct EnCours {
    ligne: u64,
    compte: Option<Compte>,
    soldes: Vec<Solde>,
    resume: Option<Noeud>,
    comptabilise: Totaux,
    tout: Totaux,
}

impl EnCours {
    pub(super) fn new(ligne: u64) -> Self {
        Self {
            ligne,
            compte: None,
            soldes: Vec::new(),
            resume: None,
            comptabilise: Totaux::default(),
            tout: Totaux::default(),
        }
    }

    /// Le compte du relevé.
    ///
    /// # Errors
    /// Il n'a pas encore été donné.
    pub(super) fn compte(&self, ligne: u64) -> Result<&Compte, Faute> {
        self.compte
            .as_ref()
            .ok_or_else(|| Faute::new(ligne, "Acct", Regle::Absent))
    }

    pub(super) fn noter_compte(&mut self, noeud: &Noeud) -> Result<(), Faute> {
        if self.compte.is_some() {
            return Err(Faute::new(noeud.ligne, "Acct", Regle::BaliseEnDouble));
        }
        if noeud.texte_de(&["Ccy"])?.is_some_and(|devise| devise != "EUR") {
            return Err(Faute::new(noeud.ligne, "Acct/Ccy", Regle::Devise));
        }
        let iban = match noeud.chemin(&["Id", "IBAN"])? {
            Some(iban) => lire_iban(iban, "Acct/Id/IBAN")?,
            None => None,
        };
        let cle = noeud
            .texte_de(&["Id", "IBAN"])?
            .or(noeud.texte_de(&["Id", "Othr", "Id"])?);
        let cle = cle
            .ok_or_else(|| Faute::new(noeud.ligne, "Acct/Id", Regle::Absent))?
            .to_owned();
        self.compte = Some(Compte { iban, cle });
        Ok(())
    }

    pub(super) fn noter_solde(&mut self, noeud: &Noeud) -> Result<(), Faute> {
        if self.soldes.len() >= LIMITE_SOLDES {
            return Err(Faute::new(
                noeud.ligne,
                "Bal",
                Regle::TropDElements(LIMITE_SOLDES),
            ));
        }
        let absent = |champ: &'static str| Faute::new(noeud.ligne, champ, Regle::Absent);
        let Some(code) = noeud.texte_de(&["Tp", "CdOrPrtry", "Cd"])? else {
            return Ok(());
        };
        let montant = lire_montant(noeud.fils("Amt")?.ok_or_else(|| absent("Bal/Amt"))?, "Bal/Amt")?;
        let crediteur = lire_sens(noeud.fils("CdtDbtInd")?.ok_or_else(|| absent("Bal/CdtDbtInd"))?)?;
        self.soldes.push(Solde {
            code: code.to_owned(),
            montant: if crediteur { montant } else { -montant },
        });
        Ok(())
    }

    pub(super) fn noter_resume(&mut self, noeud: Noeud) -> Result<(), Faute> {
        if self.resume.is_some() {
            return Err(Faute::new(noeud.ligne, "TxsSummry", Regle::BaliseEnDouble));
        }
        self.resume = Some(noeud);
        Ok(())
    }

    /// Ajoute une écriture aux totaux.
    pub(super) fn ajouter(&mut self, ecriture: &Ecriture) -> Result<(), Faute> {
        let comptabilise = (ecriture.statut == Statut::Comptabilisee).then_some(&mut self.comptabilise);
        for totaux in [Some(&mut self.tout), comptabilise].into_iter().flatten() {
            let cumul = if ecriture.credit {
                &mut totaux.credits
            } else {
                &mut totaux.debits
            };
            cumul.ajouter(ecriture.montant, ecriture.ligne())?;
        }
        Ok(())
    }

    /// Contrôle le relevé terminé.
    pub(super) fn clore(&self, avec_soldes: bool, enchainement: &mut Enchainement) -> Result<(), Faute> {
        let compte = self.compte(self.ligne)?;
        if let Some(resume) = &self.resume {
            self.verifier_le_resume(resume)?;
        }
        if !avec_soldes {
            return Ok(());
        }
        let (ouverture, cloture) = self
            .soldes()
            .ok_or_else(|| Faute::new(self.ligne, "Stmt/Bal", Regle::SoldeAbsent))?;
        let net = self.comptabilise.net(self.ligne)?;
        let calcule = montants::ajouter(ouverture, net, self.ligne, "Stmt/Bal")?;
        if calcule != cloture {
            let regle = Regle::SoldeFaux {
                annonce: cloture,
                calcule,
            };
            return Err(Faute::new(self.ligne, "Stmt/Bal", regle));
        }
        enchainement.relier(&compte.cle, ouverture, cloture, self.ligne, "Stmt/Bal")
    }

    /// Les soldes d'ouverture et de clôture. Un relevé de plusieurs pages donne en tête ou en queue de page
    /// un solde intermédiaire (`ITBD`) ; à défaut d'ouverture, la clôture précédente (`PRCD`) en tient lieu.
    fn soldes(&self) -> Option<(Montant, Montant)> {
        let rang = |code: &str| self.soldes.iter().position(|solde| solde.code == code);
        let dernier = self.soldes.iter().rposition(|solde| solde.code == "ITBD");
        let ouverture = rang("OPBD").or_else(|| rang("PRCD")).or_else(|| rang("ITBD"))?;
        let cloture = rang("CLBD").or(dernier)?;
        let montant = |rang: usize| self.soldes.get(rang).map(|solde| solde.montant);
        (ouverture != cloture).then_some((montant(ouverture)?, montant(cloture)?))
    }

    /// Compare le résumé (`TxsSummry`) aux écritures. Selon la banque, il compte toutes les écritures ou les
    /// seules comptabilisées : l'un ou l'autre suffit.
    fn verifier_le_resume(&self, resume: &Noeud) -> Result<(), Faute> {
        let retenus = [&self.tout, &self.comptabilise];
        for (balise, champ_nombre, champ_somme) in [
            (
                "TtlNtries",
                "TxsSummry/TtlNtries/NbOfNtries",
                "TxsSummry/TtlNtries/Sum",
            ),
            (
                "TtlCdtNtries",
                "TxsSummry/TtlCdtNtries/NbOfNtries",
                "TxsSummry/TtlCdtNtries/Sum",
            ),
            (
                "TtlDbtNtries",
                "TxsSummry/TtlDbtNtries/NbOfNtries",
                "TxsSummry/TtlDbtNtries/Sum",
            ),
        ] {
            let Some(noeud) = resume.fils(balise)? else {
                continue;
            };
            let mut cumuls = Vec::with_capacity(retenus.len());
            for totaux in retenus {
                cumuls.push(match balise {
                    "TtlCdtNtries" => totaux.credits,
                    "TtlDbtNtries" => totaux.debits,
                    _ => totaux.ensemble(noeud.ligne)?,
                });
            }
            comparer(noeud, &cumuls, champ_nombre, champ_somme)?;
        }
        self.verifier_le_net(resume)
    }

    /// Le net : `TtlNetNtry/Amt` et `CdtDbtInd` (à partir de la version 04), `TtlNetNtryAmt` avant.
    fn verifier_le_net(&self, resume: &Noeud) -> Result<(), Faute> {
        let Some(total) = resume.fils("TtlNtries")? else {
            return Ok(());
        };
        let parent = total.fils("TtlNetNtry")?.unwrap_or(total);
        let Some(montant) = parent.fils("Amt")?.or(parent.fils("TtlNetNtryAmt")?) else {
            return Ok(());
        };
        let champ = "TxsSummry/TtlNtries/TtlNetNtry";
        let absolu = montants::lire(montant.texte().unwrap_or_default(), montant.ligne, champ)?;
        let crediteur = match parent.fils("CdtDbtInd")? {
            Some(sens) => lire_sens(sens)?,
            None => return Ok(()),
        };
        let annonce = if crediteur { absolu } else { -absolu };
        let calcule = self.comptabilise.net(montant.ligne)?;
        if annonce != calcule && annonce != self.tout.net(montant.ligne)? {
            return Err(Faute::new(
                montant.ligne,
                champ,
                Regle::TotalFaux { annonce, calcule },
            ));
        }
        Ok(())
    }
}

/// Compare un total annoncé aux cumuls possibles, dont le dernier sert au message.
fn comparer(
    noeud: &Noeud,
    cumuls: &[Cumul],
    champ_nombre: &'static str,
    champ_somme: &'static str,
) -> Result<(), Faute> {
    let Some(retenu) = cumuls.last() else {
        return Ok(());
    };
    if let Some(annonce) = noeud.fils("NbOfNtries")? {
        let (ligne, annonce) = (annonce.ligne, lire_nombre(annonce, champ_nombre)?);
        if cumuls.iter().all(|cumul| cumul.nombre != annonce) {
            let regle = Regle::NombreFaux {
                annonce,
                calcule: retenu.nombre,
            };
            return Err(Faute::new(ligne, champ_nombre, regle));
        }
    }
    if let Some(annonce) = noeud.fils("Sum")? {
        let ligne = annonce.ligne;
        let annonce = montants::lire(annonce.texte().unwrap_or_default(), ligne, champ_somme)?;
        if cumuls.iter().all(|cumul| cumul.montant != annonce) {
            let regle = Regle::TotalFaux {
                annonce,
                calcule: retenu.montant,
            };
            return Err(Faute::new(ligne, champ_somme, regle));
        }
    }
    Ok(())
}
