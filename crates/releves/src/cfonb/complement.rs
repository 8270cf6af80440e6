//! Un mouvement (04) et ce que lui ajoutent ses compléments (05).

use jiff::civil::Date;
use valeurs::{Montant, Siret};

use super::enregistrement::{self, Enregistrement};
use crate::{
    Ligne, Motif, Operation, OrigineDuRetour, Regle, Retour, codes_interbancaires, erreur::Faute,
    references::References, siret_annonce,
};

/// Compléments par mouvement : la norme en définit une vingtaine.
const LIMITE_COMPLEMENTS: usize = 200;

/// Un mouvement en cours.
pub(super) struct Mouvement {
    numero: u64,
    /// Positif pour un crédit.
    pub(super) montant: Montant,
    date: Date,
    date_valeur: Option<Date>,
    code: String,
    numero_ecriture: Option<String>,
    motif: Option<Motif>,
    libelles: Vec<String>,
    nom_payeur: Option<String>,
    nom_beneficiaire: Option<String>,
    siret: Option<Siret>,
    reference_creancier: Option<String>,
    reference_operation: Option<String>,
    end_to_end: Option<String>,
    mandat: Option<String>,
    complements: usize,
}

impl Mouvement {
    /// Lit un enregistrement 04.
    pub(super) fn lire(enregistrement: &Enregistrement) -> Result<Self, Faute> {
        let numero_ecriture = enregistrement
            .texte(82, 88)
            .filter(|texte| texte.bytes().any(|b| b != b'0'));
        Ok(Self {
            numero: enregistrement.ligne,
            montant: enregistrement.montant()?,
            date: enregistrement.date()?,
            date_valeur: enregistrement.date_valeur()?,
            code: enregistrement.code_operation(),
            numero_ecriture,
            motif: Motif::cfonb(&enregistrement.zone(41, 42)),
            libelles: enregistrement.texte(49, 79).into_iter().collect(),
            nom_payeur: None,
            nom_beneficiaire: None,
            siret: None,
            reference_creancier: None,
            reference_operation: None,
            end_to_end: None,
            mandat: None,
            complements: 0,
        })
    }

    /// Ajoute un enregistrement 05 ; un qualifiant inconnu est passé.
    pub(super) fn completer(&mut self, enregistrement: &Enregistrement) -> Result<(), Faute> {
        self.complements = self.complements.saturating_add(1);
        if self.complements > LIMITE_COMPLEMENTS {
            let regle = Regle::TropDElements(LIMITE_COMPLEMENTS);
            return Err(Faute::new(enregistrement.ligne, "enregistrement 05", regle));
        }
        if enregistrement.code_operation() != self.code {
            return Err(Faute::new(enregistrement.ligne, "code opération", Regle::Ordre));
        }
        let tout = || enregistrement.texte(49, 118);
        let premiere_moitie = || enregistrement.texte(49, 83);
        match enregistrement.zone(46, 48).as_str() {
            "NPY" => self.nom_payeur = tout(),
            "NBE" => self.nom_beneficiaire = tout(),
            "LIB" | "LCC" | "LC2" => self.libelles.extend(tout()),
            "LCS" => self.reference_creancier = tout(),
            "RCN" => self.end_to_end = premiere_moitie().filter(|texte| texte != "NOTPROVIDED"),
            "REF" => self.reference_operation = premiere_moitie(),
            "RUM" => self.mandat = premiere_moitie(),
            "IPY" => self.siret = premiere_moitie().and_then(|texte| texte.parse().ok()),
            "RET" => {
                let connu = |motif: &Motif| motif.libelle().is_some();
                self.motif = Motif::iso(&enregistrement.zone(49, 52))
                    .filter(connu)
                    .or(self.motif);
            }
            _ => {}
        }
        Ok(())
    }

    /// La ligne de ce mouvement.
    pub(super) fn conclure(self, compte: &str, references: &mut References) -> Ligne {
        let libelle = (!self.libelles.is_empty()).then(|| self.libelles.join(" "));
        let reference_bancaire = self.numero_ecriture.as_ref().map(|numero| {
            let reference = format!("{}/{numero}/{}", self.date, self.montant.centimes());
            match references.noter(&(compte, &reference, &self.code), self.numero) {
                (_, 1) => reference,
                (_, rang) => format!("{reference}/{rang}"),
            }
        });
        let origine = OrigineDuRetour {
            end_to_end: self.end_to_end.clone(),
            transaction: self.reference_operation.clone(),
            mandat: self.mandat,
            ..OrigineDuRetour::default()
        };
        let defait = self.motif.is_some() || codes_interbancaires::est_un_retour(&self.code);
        let retour = Retour {
            motif: self.motif,
            origine,
        };
        let operation = match (self.montant.est_negatif(), defait) {
            (false, false) => Operation::Credit,
            (false, true) => Operation::DebitAnnule(retour),
            (true, true) => Operation::Retour(retour),
            (true, false) => Operation::Debit,
        };
        let nom_payeur = match operation {
            Operation::Credit | Operation::Retour(_) => self.nom_payeur,
            Operation::Debit | Operation::DebitAnnule(_) => self.nom_beneficiaire,
        };
        Ligne {
            numero: self.numero,
            date: self.date,
            date_valeur: self.date_valeur,
            montant: self.montant.abs(),
            operation,
            mode: codes_interbancaires::mode(&self.code),
            caisse: None,
            siret: self
                .siret
                .or_else(|| libelle.as_deref().and_then(siret_annonce::chercher)),
            periode: None,
            iban: None,
            nom_payeur,
            libelle,
            reference_creancier: self.reference_creancier,
            reference_bancaire,
            reference_detail: self.reference_operation.map(|reference| format!("{reference}#1")),
            end_to_end: self.end_to_end,
            compte_caisse: enregistrement::iban(compte),
            lot: None,
        }
    }
}
