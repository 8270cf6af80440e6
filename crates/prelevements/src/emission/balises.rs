//! Les éléments d'un `pain.008.001.08`, dans l'ordre du schéma.

use std::io::{self, BufWriter, Write};

use jiff::civil::{Date, DateTime};
use quick_xml::{
    Writer,
    escape::partial_escape,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use valeurs::Iban;

use super::{
    ordre::{Creancier, Ordre},
    plan::{Plan, RemisePrevue, Totaux},
};
use crate::{Adresse, Bic, Nom};

const ESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08";
/// Ce qui tient lieu de BIC.
const SANS_BIC: &str = "NOTPROVIDED";

/// Le XML en cours, indenté de deux espaces.
pub(super) struct Balises<W: Write>(Writer<BufWriter<W>>);

impl<W: Write> Balises<W> {
    pub(super) fn new(vers: W) -> Self {
        Self(Writer::new_with_indent(BufWriter::new(vers), b' ', 2))
    }

    /// Ouvre le document et écrit l'en-tête de groupe (`GrpHdr`).
    pub(super) fn commencer(
        &mut self,
        plan: &Plan,
        creancier: &Creancier,
        cree_le: DateTime,
    ) -> io::Result<()> {
        self.0
            .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let document = BytesStart::new("Document").with_attributes([("xmlns", ESPACE)]);
        self.0.write_event(Event::Start(document))?;
        self.ouvrir("CstmrDrctDbtInitn")?;
        self.dans("GrpHdr", |x| {
            x.feuille("MsgId", plan.message().as_str())?;
            x.feuille("CreDtTm", &cree_le.strftime("%Y-%m-%dT%H:%M:%S").to_string())?;
            x.totaux(plan.totaux())?;
            x.dans("InitgPty", |x| x.nom(&creancier.nom))
        })
    }

    /// Ouvre un bloc `PmtInf` : tout ce qui précède ses opérations.
    pub(super) fn ouvrir_remise(&mut self, prevue: &RemisePrevue, creancier: &Creancier) -> io::Result<()> {
        self.ouvrir("PmtInf")?;
        self.feuille("PmtInfId", prevue.reference.as_str())?;
        self.feuille("PmtMtd", "DD")?;
        self.totaux(prevue.totaux)?;
        self.dans("PmtTpInf", |x| {
            x.dans("SvcLvl", |x| x.feuille("Cd", "SEPA"))?;
            x.dans("LclInstrm", |x| x.feuille("Cd", "CORE"))?;
            x.feuille("SeqTp", prevue.remise.sequence.code())
        })?;
        self.feuille("ReqdColltnDt", &date(prevue.remise.echeance))?;
        self.dans("Cdtr", |x| x.nom(&creancier.nom))?;
        self.dans("CdtrAcct", |x| x.compte(&creancier.iban))?;
        self.dans("CdtrAgt", |x| x.banque(creancier.bic.as_ref()))?;
        self.feuille("ChrgBr", "SLEV")?;
        self.dans("CdtrSchmeId", |x| {
            x.dans("Id", |x| {
                x.dans("PrvtId", |x| {
                    x.dans("Othr", |x| {
                        x.feuille("Id", creancier.ics.as_str())?;
                        x.dans("SchmeNm", |x| x.feuille("Prtry", "SEPA"))
                    })
                })
            })
        })
    }

    /// Ferme le bloc `PmtInf`.
    pub(super) fn fermer_remise(&mut self) -> io::Result<()> {
        self.fermer("PmtInf")
    }

    /// Une opération (`DrctDbtTxInf`).
    pub(super) fn operation(&mut self, ordre: &Ordre) -> io::Result<()> {
        self.dans("DrctDbtTxInf", |x| {
            x.dans("PmtId", |x| x.feuille("EndToEndId", ordre.bout_en_bout.as_str()))?;
            x.montant(ordre)?;
            x.dans("DrctDbtTx", |x| {
                x.dans("MndtRltdInf", |x| {
                    x.feuille("MndtId", ordre.rum.as_str())?;
                    x.feuille("DtOfSgntr", &date(ordre.signe_le))
                })
            })?;
            x.dans("DbtrAgt", |x| x.banque(ordre.bic.as_ref()))?;
            x.dans("Dbtr", |x| {
                x.nom(&ordre.debiteur)?;
                ordre
                    .adresse
                    .as_ref()
                    .map_or(Ok(()), |adresse| x.adresse(adresse))
            })?;
            x.dans("DbtrAcct", |x| x.compte(&ordre.iban))?;
            match &ordre.libelle {
                Some(libelle) => x.dans("RmtInf", |x| x.feuille("Ustrd", libelle.as_str())),
                None => Ok(()),
            }
        })
    }

    /// Ferme le document et vide le tampon.
    pub(super) fn finir(&mut self) -> io::Result<()> {
        self.fermer("CstmrDrctDbtInitn")?;
        self.fermer("Document")?;
        self.0.get_mut().write_all(b"\n")?;
        self.0.get_mut().flush()
    }

    fn totaux(&mut self, totaux: Totaux) -> io::Result<()> {
        self.feuille("NbOfTxs", &totaux.nombre.to_string())?;
        self.feuille("CtrlSum", &totaux.somme.en_point())
    }

    fn montant(&mut self, ordre: &Ordre) -> io::Result<()> {
        let debut = BytesStart::new("InstdAmt").with_attributes([("Ccy", "EUR")]);
        self.0.write_event(Event::Start(debut))?;
        self.texte(&ordre.montant.montant().en_point())?;
        self.fermer("InstdAmt")
    }

    fn nom(&mut self, nom: &Nom) -> io::Result<()> {
        self.feuille("Nm", nom.as_str())
    }

    fn compte(&mut self, iban: &Iban) -> io::Result<()> {
        self.dans("Id", |x| x.feuille("IBAN", iban.as_str()))
    }

    fn banque(&mut self, bic: Option<&Bic>) -> io::Result<()> {
        self.dans("FinInstnId", |x| match bic {
            Some(bic) => x.feuille("BICFI", bic.as_str()),
            None => x.dans("Othr", |x| x.feuille("Id", SANS_BIC)),
        })
    }

    fn adresse(&mut self, adresse: &Adresse) -> io::Result<()> {
        self.dans("PstlAdr", |x| {
            for (nom, partie) in [("StrtNm", &adresse.rue), ("PstCd", &adresse.code_postal)] {
                if let Some(partie) = partie {
                    x.feuille(nom, partie)?;
                }
            }
            x.feuille("TwnNm", &adresse.ville)?;
            x.feuille("Ctry", &adresse.pays)
        })
    }

    fn dans(
        &mut self,
        nom: &'static str,
        dedans: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.ouvrir(nom)?;
        dedans(self)?;
        self.fermer(nom)
    }

    fn feuille(&mut self, nom: &'static str, texte: &str) -> io::Result<()> {
        self.ouvrir(nom)?;
        self.texte(texte)?;
        self.fermer(nom)
    }

    fn ouvrir(&mut self, nom: &'static str) -> io::Result<()> {
        self.0.write_event(Event::Start(BytesStart::new(nom)))
    }

    fn fermer(&mut self, nom: &'static str) -> io::Result<()> {
        self.0.write_event(Event::End(BytesEnd::new(nom)))
    }

    /// L'apostrophe, permise dans un nom, s'écrit telle quelle : tous les lecteurs de banque n'en défont pas
    /// l'échappement.
    fn texte(&mut self, texte: &str) -> io::Result<()> {
        let texte = BytesText::from_escaped(partial_escape(texte));
        self.0.write_event(Event::Text(texte))
    }
}

/// `AAAA-MM-JJ`.
fn date(date: Date) -> String {
    date.strftime("%Y-%m-%d").to_string()
}
