// Des relevés de banque fabriqués, à déposer sur la page des imports.

/** @typedef {{ reference: string, jour: string, centimes: number, nom?: string, iban?: string, siret?: string, libelle: string }} Virement */

const euros = (centimes) => `${Math.trunc(centimes / 100)}.${String(centimes % 100).padStart(2, "0")}`;
const echapper = (texte) => texte.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/** @param {Virement} v */
function ecriture(v) {
  const siret = v.siret ? `<Id><OrgId><Othr><Id>${v.siret}</Id><SchmeNm><Cd>SIRET</Cd></SchmeNm></Othr></OrgId></Id>` : "";
  const payeur = v.nom ? `<Dbtr><Pty><Nm>${echapper(v.nom)}</Nm>${siret}</Pty></Dbtr>` : "";
  const compte = v.iban ? `<DbtrAcct><Id><IBAN>${v.iban}</IBAN></Id></DbtrAcct>` : "";
  return `<Ntry><Amt Ccy="EUR">${euros(v.centimes)}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>${v.jour}</Dt></BookgDt><ValDt><Dt>${v.jour}</Dt></ValDt><AcctSvcrRef>${v.reference}</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>${v.reference}</EndToEndId></Refs><Amt Ccy="EUR">${euros(v.centimes)}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><RltdPties>${payeur}${compte}</RltdPties><RmtInf><Ustrd>${echapper(v.libelle)}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`;
}

/** Un relevé camt.053 dont les soldes sont justes. @param {string} id @param {Virement[]} virements */
export function camt053(id, virements) {
  const total = virements.reduce((somme, v) => somme + v.centimes, 0);
  const jour = virements.at(-1).jour;
  const solde = (code, centimes) => `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${euros(centimes)}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${jour}</Dt></Dt></Bal>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>${id}</MsgId><CreDtTm>${jour}T06:30:00+01:00</CreDtTm></GrpHdr>
<Stmt><Id>${id}</Id><Acct><Id><IBAN>FR7613306001402345678901234</IBAN></Id><Ccy>EUR</Ccy></Acct>
${solde("OPBD", 1_000_000)}${solde("CLBD", 1_000_000 + total)}
${virements.map(ecriture).join("\n")}
</Stmt></BkToCstmrStmt></Document>
`;
}

/** Une liste de paiements en CSV. @param {string} caisse @param {string[][]} lignes jour, siret, période, montant */
export function paiementsCsv(caisse, lignes) {
  const corps = lignes.map(([jour, siret, periode, montant]) => [jour, caisse, siret, periode, montant, "02", ""].join(";"));
  return ["date;caisse;siret;periode;montant;mode;iban", ...corps, ""].join("\r\n");
}
