//! Une écriture (`Ntry`) : sa lecture, ses contrôles et ses lignes.

use std::{collections::HashMap, io::BufRead};

use jiff::civil::Date;
use valeurs::Montant;
use xml::{Debut, Flux, Noeud};

use super::{
    Compte,
    code_operation::CodeOperation,
    detail::{self, Detail},
};
use crate::{
    Ligne, Lot, ModePaiement, Motif, Operation, Regle, Retour, dates, erreur::Faute, montants, siret_annonce,
};

/// Détails par écriture, gardés en mémoire le temps de vérifier leur somme : à un kilooctet chacun, cent
/// mégaoctets au pire.
const LIMITE_DETAILS: usize = 100_000;

/// L'état comptable d'une écriture (`Sts`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Statut {
    /// `BOOK`.
    Comptabilisee,
    /// `PDNG` ou `FUTR`.
    EnAttente,
    /// `INFO`.
    Informative,
}

/// Un lot annoncé (`Btch`).
struct LotAnnonce {
    reference: Option<String>,
    nombre: Option<u64>,
}

/// Une écriture lue en entier.
pub(super) struct Ecriture {
    entete: Noeud,
    details: Vec<Detail>,
    lots: Vec<LotAnnonce>,
    pub(super) montant: Montant,
    pub(super) credit: bool,
    pub(super) statut: Statut,
}

impl Ecriture {
    /// Lit l'écriture qui vient de s'ouvrir.
    pub(super) fn lire<R: BufRead>(flux: &mut Flux<R>, debut: Debut) -> Result<Self, Faute> {
        let mut entete = Noeud::ouvrir(debut);
        let (mut details, mut lots) = (Vec::new(), Vec::new());
        while let Some(fils) = flux.fils()? {
            if fils.nom != "NtryDtls" {
                let fils = flux.arbre(fils)?;
                entete.ajouter(fils)?;
                continue;
            }
            while let Some(fils) = flux.fils()? {
                if details.len().max(lots.len()) >= LIMITE_DETAILS {
                    let regle = Regle::TropDElements(LIMITE_DETAILS);
                    return Err(Faute::new(fils.ligne, "NtryDtls/TxDtls", regle));
                }
                match fils.nom.as_str() {
                    "TxDtls" => details.push(Detail::lire(&flux.arbre(fils)?)?),
                    "Btch" => lots.push(lot_annonce(&flux.arbre(fils)?)?),
                    _ => flux.passer()?,
                }
            }
        }
        let absent = |champ: &'static str| Faute::new(entete.ligne, champ, Regle::Absent);
        let montant = entete.fils("Amt")?.ok_or_else(|| absent("Ntry/Amt"))?;
        let sens = entete
            .fils("CdtDbtInd")?
            .ok_or_else(|| absent("Ntry/CdtDbtInd"))?;
        let statut = entete.fils("Sts")?.ok_or_else(|| absent("Ntry/Sts"))?;
        let (montant, credit, statut) = (
            lire_montant(montant, "Ntry/Amt")?,
            lire_sens(sens)?,
            lire_statut(statut)?,
        );
        let ecriture = Self {
            entete,
            details,
            lots,
            montant,
            credit,
            statut,
        };
        ecriture.verifier_les_details()?;
        Ok(ecriture)
    }

    /// La ligne du fichier où elle commence.
    pub(super) fn ligne(&self) -> u64 {
        self.entete.ligne
    }

    /// Sa référence bancaire, celle de son unique détail à défaut.
    pub(super) fn reference(&self) -> Option<&str> {
        let propre = self.entete.tous("AcctSvcrRef").next().and_then(Noeud::texte);
        let du_detail = match self.details.as_slice() {
            [seul] => seul.references.bancaire.as_deref(),
            _ => None,
        };
        propre.or(du_detail)
    }

    /// La somme des détails fait le montant, et leur nombre celui des lots.
    fn verifier_les_details(&self) -> Result<(), Faute> {
        let mut total = Montant::ZERO;
        for detail in &self.details {
            let montant = match (detail.montant, self.details.len()) {
                (Some(montant), _) => montant,
                (None, 1) => self.montant,
                (None, _) => return Err(Faute::new(detail.ligne, "TxDtls/Amt", Regle::Absent)),
            };
            let signe = if detail.credit.unwrap_or(self.credit) == self.credit {
                montant
            } else {
                -montant
            };
            total = montants::ajouter(total, signe, detail.ligne, "TxDtls/Amt")?;
        }
        if !self.details.is_empty() && total != self.montant {
            let regle = Regle::TotalFaux {
                annonce: self.montant,
                calcule: total,
            };
            return Err(Faute::new(self.ligne(), "Ntry/NtryDtls/TxDtls/Amt", regle));
        }
        match self.nombre_annonce() {
            Some(annonce) if !self.details.is_empty() && annonce != en_nombre(self.details.len()) => {
                let calcule = en_nombre(self.details.len());
                let regle = Regle::NombreFaux { annonce, calcule };
                Err(Faute::new(self.ligne(), "Ntry/NtryDtls/Btch/NbOfTxs", regle))
            }
            _ => Ok(()),
        }
    }

    /// Le nombre d'opérations que disent les lots ; `None` si l'un d'eux ne le dit pas.
    fn nombre_annonce(&self) -> Option<u64> {
        if self.lots.is_empty() {
            return None;
        }
        self.lots
            .iter()
            .map(|lot| lot.nombre)
            .try_fold(0_u64, |total, nombre| total.checked_add(nombre?))
    }

    fn lot(&self) -> Option<Lot> {
        let detailles = en_nombre(self.details.len());
        let nombre = self.nombre_annonce().or((detailles > 0).then_some(detailles));
        let plusieurs = detailles > 1 || nombre.is_some_and(|nombre| nombre > 1);
        let nombre_inconnu = nombre.is_none() && !self.lots.is_empty();
        (plusieurs || nombre_inconnu).then(|| Lot {
            reference: self.lots.iter().find_map(|lot| lot.reference.clone()),
            montant_total: self.montant,
            nombre,
        })
    }

    /// Les lignes d'une écriture comptabilisée, et le nombre de montants nuls laissés de côté.
    pub(super) fn lignes(&self, compte: &Compte) -> Result<(Vec<Ligne>, u64), Faute> {
        let commun = Commun::lire(self, compte)?;
        if self.details.is_empty() {
            return Ok(if self.montant.est_nul() {
                (Vec::new(), 1)
            } else {
                (vec![commun.ligne_seule()], 0)
            });
        }
        let mut rangs: HashMap<&str, u64> = HashMap::new();
        let mut lignes = Vec::with_capacity(self.details.len());
        let mut nulles = 0_u64;
        for detail in &self.details {
            let reference = detail.reference().unwrap_or_default();
            let rang = rangs.entry(reference).or_default();
            *rang = rang.saturating_add(1);
            let montant = detail.montant.unwrap_or(self.montant);
            if montant.est_nul() {
                nulles = nulles.saturating_add(1);
            } else {
                lignes.push(commun.ligne_de(detail, montant, format!("{reference}#{rang}")));
            }
        }
        Ok((lignes, nulles))
    }
}

/// Ce que partagent les lignes d'une écriture.
struct Commun<'e> {
    ecriture: &'e Ecriture,
    compte: &'e Compte,
    date: Date,
    date_valeur: Option<Date>,
    code: CodeOperation,
    annulation: bool,
    retour: Option<Option<Motif>>,
    libelle: Option<&'e str>,
}

impl<'e> Commun<'e> {
    fn lire(ecriture: &'e Ecriture, compte: &'e Compte) -> Result<Self, Faute> {
        let entete = &ecriture.entete;
        let date_valeur = lire_date(entete, "ValDt", "Ntry/ValDt")?;
        let date = lire_date(entete, "BookgDt", "Ntry/BookgDt")?.or(date_valeur);
        let annulation = match entete.fils("RvslInd")? {
            None => false,
            Some(noeud) => match noeud.texte() {
                Some("true" | "1") => true,
                Some("false" | "0") => false,
                _ => {
                    return Err(Faute::new(
                        noeud.ligne,
                        "Ntry/RvslInd",
                        Regle::Code("true ou false"),
                    ));
                }
            },
        };
        // L'unicité se vérifie ici ; `Ecriture::reference` peut ensuite prendre la première.
        entete.fils("AcctSvcrRef")?;
        Ok(Self {
            ecriture,
            compte,
            date: date.ok_or_else(|| Faute::new(entete.ligne, "Ntry/BookgDt", Regle::Absent))?,
            date_valeur,
            code: CodeOperation::lire(entete)?,
            annulation,
            retour: detail::retour(entete)?,
            libelle: entete.texte_de(&["AddtlNtryInf"])?,
        })
    }

    fn operation(&self, credit: bool, detail: Option<&Detail>) -> Operation {
        let motif = detail.and_then(|detail| detail.retour).or(self.retour);
        let defait = self.annulation
            || motif.is_some()
            || self.code.est_un_retour()
            || detail.is_some_and(|detail| detail.code.est_un_retour());
        let retour = || Retour {
            motif: motif.flatten(),
            origine: detail.map(|detail| detail.references.clone()).unwrap_or_default(),
        };
        match (credit, defait) {
            (true, false) => Operation::Credit,
            (true, true) => Operation::DebitAnnule(retour()),
            (false, true) => Operation::Retour(retour()),
            (false, false) => Operation::Debit,
        }
    }

    fn ligne_seule(&self) -> Ligne {
        Ligne {
            numero: self.ecriture.ligne(),
            date: self.date,
            date_valeur: self.date_valeur,
            montant: self.ecriture.montant,
            operation: self.operation(self.ecriture.credit, None),
            mode: self.code.mode(),
            caisse: None,
            siret: self.libelle.and_then(siret_annonce::chercher),
            periode: None,
            iban: None,
            nom_payeur: None,
            libelle: self.libelle.map(str::to_owned),
            reference_creancier: None,
            reference_bancaire: self.ecriture.reference().map(str::to_owned),
            reference_detail: None,
            end_to_end: None,
            compte_caisse: self.compte.iban.clone(),
            lot: self.ecriture.lot(),
        }
    }

    fn ligne_de(&self, detail: &Detail, montant: Montant, reference_detail: String) -> Ligne {
        let operation = self.operation(detail.credit.unwrap_or(self.ecriture.credit), Some(detail));
        // Les banques gardent dans un retour les rôles d'origine, ou les échangent : l'autre partie est celle
        // qui n'a pas le compte de la caisse.
        let roles_echanges = matches!(operation, Operation::Retour(_))
            && detail.debiteur.iban.is_some()
            && detail.debiteur.iban == self.compte.iban;
        let autre = match operation {
            Operation::Credit | Operation::Retour(_) if !roles_echanges => &detail.debiteur,
            _ => &detail.creancier,
        };
        let mode = match detail.code.mode() {
            ModePaiement::Autre => self.code.mode(),
            mode => mode,
        };
        let libelle = detail.libelle.clone();
        Ligne {
            numero: detail.ligne,
            montant,
            mode,
            siret: autre.siret.clone().or_else(|| detail.siret_annonce.clone()),
            iban: autre.iban.clone(),
            nom_payeur: autre.nom.clone(),
            libelle: libelle.or_else(|| self.libelle.map(str::to_owned)),
            reference_creancier: detail.reference_creancier.clone(),
            reference_detail: Some(reference_detail),
            end_to_end: detail.references.end_to_end.clone(),
            operation,
            ..self.ligne_seule()
        }
    }
}

fn lot_annonce(noeud: &Noeud) -> Result<LotAnnonce, Faute> {
    let reference = noeud.texte_de(&["PmtInfId"])?.or(noeud.texte_de(&["MsgId"])?);
    let nombre = match noeud.fils("NbOfTxs")? {
        None => None,
        Some(nombre) => Some(lire_nombre(nombre, "Ntry/NtryDtls/Btch/NbOfTxs")?),
    };
    Ok(LotAnnonce {
        reference: reference.map(str::to_owned),
        nombre,
    })
}

/// Un montant en euros, sans signe.
pub(super) fn lire_montant(noeud: &Noeud, champ: &'static str) -> Result<Montant, Faute> {
    if noeud.devise.as_deref() != Some("EUR") {
        return Err(Faute::new(noeud.ligne, champ, Regle::Devise));
    }
    montants::lire(noeud.texte().unwrap_or_default(), noeud.ligne, champ)
}

/// `true` pour un crédit.
pub(super) fn lire_sens(noeud: &Noeud) -> Result<bool, Faute> {
    match noeud.texte() {
        Some("CRDT") => Ok(true),
        Some("DBIT") => Ok(false),
        _ => Err(Faute::new(noeud.ligne, "CdtDbtInd", Regle::Code("CRDT ou DBIT"))),
    }
}

/// Un entier sans signe d'au plus 15 chiffres (`Max15NumericText`).
pub(super) fn lire_nombre(noeud: &Noeud, champ: &'static str) -> Result<u64, Faute> {
    let texte = noeud
        .texte()
        .filter(|texte| texte.len() <= 15 && texte.bytes().all(|b| b.is_ascii_digit()));
    let nombre = texte.and_then(|texte| texte.parse().ok());
    nombre.ok_or_else(|| Faute::new(noeud.ligne, champ, Regle::Code("un nombre entier")))
}

/// `Sts`, directement jusqu'à la version 07, dans `Cd` ensuite.
fn lire_statut(noeud: &Noeud) -> Result<Statut, Faute> {
    match noeud.texte_de(&["Cd"])?.or_else(|| noeud.texte()) {
        Some("BOOK") => Ok(Statut::Comptabilisee),
        Some("PDNG" | "FUTR") => Ok(Statut::EnAttente),
        Some("INFO") => Ok(Statut::Informative),
        _ => Err(Faute::new(
            noeud.ligne,
            "Ntry/Sts",
            Regle::Code("BOOK, PDNG, FUTR ou INFO"),
        )),
    }
}

/// Une date ou une date et heure (`Dt` ou `DtTm`).
fn lire_date(entete: &Noeud, nom: &'static str, champ: &'static str) -> Result<Option<Date>, Faute> {
    let Some(noeud) = entete.fils(nom)? else {
        return Ok(None);
    };
    let texte = noeud.texte_de(&["Dt"])?.or(noeud.texte_de(&["DtTm"])?);
    match texte.and_then(dates::iso) {
        Some(date) => Ok(Some(date)),
        None => Err(Faute::new(noeud.ligne, champ, Regle::Date("AAAA-MM-JJ"))),
    }
}

fn en_nombre(taille: usize) -> u64 {
    u64::try_from(taille).unwrap_or(u64::MAX)
}
