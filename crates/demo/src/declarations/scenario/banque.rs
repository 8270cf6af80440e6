//! Un prélèvement et son retour, comme une banque les dit : camt.053, puis camt.054.

use jiff::civil::Date;

use super::super::inventer::Etablissement;
use super::super::plume::euros;
use super::Piece;

/// Le compte de la caisse.
const COMPTE: &str = "FR7613306001402345678901234";

/// Le relevé d'un prélèvement de l'établissement.
pub(super) fn prelevement(e: &Etablissement, le: Date, centimes: i64) -> Piece {
    let montant = euros(centimes);
    let solde = |nature: &str, montant: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{nature}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{montant}</Amt>\
             <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{le}</Dt></Dt></Bal>"
        )
    };
    let corps = format!(
        "<Stmt><Id>RELEVE-{le}</Id><ElctrncSeqNb>1</ElctrncSeqNb>{}{}{}{}</Stmt>",
        compte(),
        solde("OPBD", "0.00"),
        solde("CLBD", &montant),
        ecriture(e, le, &montant, "CRDT", "ESDD", "")
    );
    piece("prelevement.xml", "camt.053.001.08", "BkToCstmrStmt", le, &corps)
}

/// L'avis de son retour, provision insuffisante.
pub(super) fn retour(e: &Etablissement, le: Date, centimes: i64) -> Piece {
    let retour = "<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>";
    let corps = format!(
        "<Ntfctn><Id>AVIS-{le}</Id>{}{}</Ntfctn>",
        compte(),
        ecriture(e, le, &euros(centimes), "DBIT", "UPDD", retour)
    );
    piece(
        "retour.xml",
        "camt.054.001.08",
        "BkToCstmrDbtCdtNtfctn",
        le,
        &corps,
    )
}

fn compte() -> String {
    format!("<Acct><Id><IBAN>{COMPTE}</IBAN></Id><Ccy>EUR</Ccy><Ownr><Nm>MSA</Nm></Ownr></Acct>")
}

/// Le débit du retour porte les références du prélèvement.
fn ecriture(e: &Etablissement, le: Date, montant: &str, sens: &str, operation: &str, retour: &str) -> String {
    let siret = e.siret.as_str();
    let iban = e.iban.as_str();
    format!(
        "<Ntry><Amt Ccy=\"EUR\">{montant}</Amt><CdtDbtInd>{sens}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
         <BookgDt><Dt>{le}</Dt></BookgDt><ValDt><Dt>{le}</Dt></ValDt><AcctSvcrRef>BQ-{sens}-{siret}</AcctSvcrRef>\
         <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>{operation}</SubFmlyCd></Fmly></Domn></BkTxCd>\
         <NtryDtls><TxDtls><Refs><EndToEndId>PRLV-{siret}</EndToEndId><TxId>TX-{siret}</TxId></Refs>\
         <Amt Ccy=\"EUR\">{montant}</Amt><CdtDbtInd>{sens}</CdtDbtInd>\
         <RltdPties><Dbtr><Pty><Nm>EMPLOYEUR</Nm></Pty></Dbtr>\
         <DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct></RltdPties>\
         <RmtInf><Ustrd>SIRET {siret}</Ustrd></RmtInf>{retour}</TxDtls></NtryDtls></Ntry>"
    )
}

fn piece(nom: &str, schema: &str, message: &str, le: Date, corps: &str) -> Piece {
    let texte = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:{schema}\"><{message}><GrpHdr><MsgId>{nom}-{le}</MsgId>\
         <CreDtTm>{le}T06:30:00+01:00</CreDtTm></GrpHdr>{corps}</{message}></Document>\n"
    );
    Piece {
        nom: nom.to_owned(),
        octets: texte.into_bytes(),
    }
}
