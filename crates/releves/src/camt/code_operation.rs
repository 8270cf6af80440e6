//! Le code d'opération bancaire (`BkTxCd`) : moyen de paiement et nature de retour.

use xml::Noeud;

use crate::{ModePaiement, codes_interbancaires, erreur::Faute};

/// Les sous-familles ISO 20022 (`ExternalBankTransactionSubFamily1Code`) qui défont une opération :
/// impayés (`UPDD`, `UPCQ`, `UPCT`), remboursements (`PRDD`), retours (`RRTN`) et annulations (`RCDD`, `RPCR`).
const SOUS_FAMILLES_DE_RETOUR: [&str; 7] = ["UPDD", "PRDD", "RCDD", "UPCQ", "UPCT", "RRTN", "RPCR"];

/// Un `BkTxCd` : le code ISO, ou à défaut le code interbancaire français du code propriétaire.
#[derive(Default)]
pub(super) struct CodeOperation {
    famille: Option<String>,
    sous_famille: Option<String>,
    interbancaire: Option<String>,
}

impl CodeOperation {
    /// Lit le `BkTxCd` de ce parent ; tout est vide s'il n'en a pas.
    pub(super) fn lire(parent: &Noeud) -> Result<Self, Faute> {
        let Some(code) = parent.fils("BkTxCd")? else {
            return Ok(Self::default());
        };
        let du_domaine =
            |chemin: &[&'static str]| code.texte_de(chemin).map(|texte| texte.map(str::to_owned));
        let emetteur_francais = code.texte_de(&["Prtry", "Issr"])? == Some("CFONB");
        let interbancaire = code.texte_de(&["Prtry", "Cd"])?.filter(|_| emetteur_francais);
        Ok(Self {
            famille: du_domaine(&["Domn", "Fmly", "Cd"])?,
            sous_famille: du_domaine(&["Domn", "Fmly", "SubFmlyCd"])?,
            interbancaire: interbancaire.map(str::to_owned),
        })
    }

    /// Le moyen de paiement, [`ModePaiement::Autre`] si le code ne le dit pas.
    pub(super) fn mode(&self) -> ModePaiement {
        match self.famille.as_deref() {
            Some("RCDT" | "ICDT" | "RRCT" | "IRCT") => ModePaiement::Virement,
            Some("IDDT" | "RDDT") => ModePaiement::Prelevement,
            Some("RCHQ" | "ICHQ") => ModePaiement::Cheque,
            Some("CNTR") => ModePaiement::Especes,
            Some("MCRD" | "CCRD") => ModePaiement::CarteBancaire,
            _ => self
                .interbancaire
                .as_deref()
                .map_or(ModePaiement::Autre, codes_interbancaires::mode),
        }
    }

    /// L'opération en défait-elle une autre ?
    pub(super) fn est_un_retour(&self) -> bool {
        self.sous_famille
            .as_deref()
            .is_some_and(|code| SOUS_FAMILLES_DE_RETOUR.contains(&code))
            || self
                .interbancaire
                .as_deref()
                .is_some_and(codes_interbancaires::est_un_retour)
    }
}
