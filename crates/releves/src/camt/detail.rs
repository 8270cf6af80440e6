//! Le détail d'une écriture (`TxDtls`).

use valeurs::{Montant, Siret};
use xml::Noeud;

use super::{
    code_operation::CodeOperation,
    ecriture::{lire_montant, lire_sens},
    partie::Partie,
};
use crate::{Motif, erreur::Faute, ligne::OrigineDuRetour, siret_annonce};

/// Ce que la banque écrit faute de référence de bout en bout.
const SANS_REFERENCE: &str = "NOTPROVIDED";

/// Un détail, réduit à ce qui sert.
pub(super) struct Detail {
    pub(super) ligne: u64,
    /// Montant, s'il est donné : il peut manquer quand le détail est seul.
    pub(super) montant: Option<Montant>,
    /// Crédit ou débit, s'il est dit.
    pub(super) credit: Option<bool>,
    pub(super) code: CodeOperation,
    /// `Some` si le détail porte `RtrInf`.
    pub(super) retour: Option<Option<Motif>>,
    pub(super) references: OrigineDuRetour,
    pub(super) debiteur: Partie,
    pub(super) creancier: Partie,
    pub(super) siret_annonce: Option<Siret>,
    pub(super) libelle: Option<String>,
    pub(super) reference_creancier: Option<String>,
}

impl Detail {
    /// Réduit un `TxDtls`.
    pub(super) fn lire(noeud: &Noeud) -> Result<Self, Faute> {
        let reference = |nom: &'static str| -> Result<Option<String>, Faute> {
            let texte = noeud.texte_de(&["Refs", nom])?;
            Ok(texte.filter(|&texte| texte != SANS_REFERENCE).map(str::to_owned))
        };
        let (debiteur, creancier) = match noeud.fils("RltdPties")? {
            Some(parties) => (
                Partie::lire(parties, "Dbtr", "DbtrAcct", "UltmtDbtr")?,
                Partie::lire(parties, "Cdtr", "CdtrAcct", "UltmtCdtr")?,
            ),
            None => (Partie::default(), Partie::default()),
        };
        let (motif_de_paiement, reference_creancier) = remise(noeud)?;
        let libelle = motif_de_paiement.or(noeud.texte_de(&["AddtlTxInf"])?.map(str::to_owned));
        Ok(Self {
            ligne: noeud.ligne,
            montant: montant(noeud)?,
            credit: noeud.fils("CdtDbtInd")?.map(lire_sens).transpose()?,
            code: CodeOperation::lire(noeud)?,
            retour: retour(noeud)?,
            references: OrigineDuRetour {
                end_to_end: reference("EndToEndId")?,
                transaction: reference("TxId")?,
                bancaire: reference("AcctSvcrRef")?,
                mandat: reference("MndtId")?,
                remise: reference("PmtInfId")?,
            },
            debiteur,
            creancier,
            siret_annonce: libelle.as_deref().and_then(siret_annonce::chercher),
            libelle,
            reference_creancier,
        })
    }

    /// La première référence dite : `TxId`, `AcctSvcrRef`, `EndToEndId`.
    pub(super) fn reference(&self) -> Option<&str> {
        let refs = &self.references;
        refs.transaction
            .as_deref()
            .or(refs.bancaire.as_deref())
            .or(refs.end_to_end.as_deref())
    }
}

/// Le motif de retour porté par ce parent : `Some` si `RtrInf` est là, avec son code s'il est connu.
pub(super) fn retour(parent: &Noeud) -> Result<Option<Option<Motif>>, Faute> {
    let Some(retour) = parent.fils("RtrInf")? else {
        return Ok(None);
    };
    let code = retour
        .texte_de(&["Rsn", "Cd"])?
        .or(retour.texte_de(&["Rsn", "Prtry"])?);
    Ok(Some(code.and_then(|code| {
        Motif::iso(code).or_else(|| Motif::cfonb(code))
    })))
}

/// Le montant : `Amt` (à partir de la version 04), sinon `AmtDtls/TxAmt`, sinon `AmtDtls/InstdAmt`.
fn montant(noeud: &Noeud) -> Result<Option<Montant>, Faute> {
    for (chemin, champ) in [
        (&["Amt"][..], "TxDtls/Amt"),
        (&["AmtDtls", "TxAmt", "Amt"], "TxDtls/AmtDtls/TxAmt/Amt"),
        (&["AmtDtls", "InstdAmt", "Amt"], "TxDtls/AmtDtls/InstdAmt/Amt"),
    ] {
        if let Some(montant) = noeud.chemin(chemin)? {
            return lire_montant(montant, champ).map(Some);
        }
    }
    Ok(None)
}

/// Le motif de paiement en clair et la référence structurée du créancier.
fn remise(noeud: &Noeud) -> Result<(Option<String>, Option<String>), Faute> {
    let Some(remise) = noeud.fils("RmtInf")? else {
        return Ok((None, None));
    };
    let mut textes: Vec<&str> = remise.tous("Ustrd").filter_map(Noeud::texte).collect();
    let mut reference = None;
    for structure in remise.tous("Strd") {
        reference = reference.or(structure.texte_de(&["CdtrRefInf", "Ref"])?);
        textes.extend(structure.tous("AddtlRmtInf").filter_map(Noeud::texte));
    }
    let libelle = (!textes.is_empty()).then(|| textes.join(" "));
    Ok((libelle, reference.map(str::to_owned)))
}
