//! Le CSV de paiements : sept colonnes, un paiement par ligne.
//!
//! UTF-8, avec ou sans BOM, fins de ligne LF ou CRLF, point-virgule, guillemets doubles tolérés autour
//! d'un champ. Deux lignes identiques sont deux paiements.

use std::io::BufRead;

use crate::{
    Ligne, ModePaiement, Operation, Regle, dates, erreur::Faute, lignes_de_texte::Lignes,
    mode_paiement::CODES_DSN, montants,
};

/// L'en-tête exact. Date `JJMMAAAA`, caisse `DMSAnn`, SIRET de 14 chiffres, période `AAAA-MM`, montant en
/// euros à point décimal et au plus deux décimales, mode selon S21.G00.20.010 (`01`, `02`, `04`, `05`,
/// `06`), IBAN du payeur ou rien.
pub const EN_TETE: &str = "date;caisse;siret;periode;montant;mode;iban";

/// Octets par ligne : une ligne juste en compte moins de cent ; au-delà, ce n'est pas un tel fichier.
const LIMITE_LIGNE: usize = 4 * 1024;

/// Un CSV de paiements en cours de lecture.
pub(crate) struct PaiementsCsv<R> {
    lignes: Lignes<R>,
}

impl<R: BufRead> PaiementsCsv<R> {
    /// Lit l'en-tête.
    pub(crate) fn ouvrir(source: R) -> Result<Self, Faute> {
        let mut lignes = Lignes::new(source);
        let en_tete = lignes.ligne(LIMITE_LIGNE)?;
        if en_tete != Some(EN_TETE.as_bytes()) {
            return Err(Faute::new(1, "en-tête", Regle::EnTete));
        }
        Ok(Self { lignes })
    }

    /// Le paiement suivant ; les lignes vides sont passées.
    pub(crate) fn suivante(&mut self) -> Result<Option<Ligne>, Faute> {
        loop {
            let Some(octets) = self.lignes.ligne(LIMITE_LIGNE)? else {
                return Ok(None);
            };
            if octets.is_empty() {
                continue;
            }
            let texte = std::str::from_utf8(octets).map(str::to_owned);
            let numero = self.lignes.numero;
            let texte = texte.map_err(|_| Faute::new(numero, "ligne", Regle::Encodage("UTF-8")))?;
            return paiement(numero, &texte).map(Some);
        }
    }
}

fn paiement(numero: u64, texte: &str) -> Result<Ligne, Faute> {
    let colonnes: Vec<&str> = texte.split(';').map(sans_guillemets).collect();
    let [date, caisse, siret, periode, montant, mode, iban] = <[&str; 7]>::try_from(colonnes)
        .map_err(|colonnes| Faute::new(numero, "ligne", Regle::Colonnes(colonnes.len())))?;
    let faute = |champ: &'static str, regle: Regle| Faute::new(numero, champ, regle);
    for (champ, valeur) in [
        ("date", date),
        ("caisse", caisse),
        ("siret", siret),
        ("periode", periode),
        ("mode", mode),
    ] {
        if valeur.is_empty() {
            return Err(faute(champ, Regle::Absent));
        }
    }
    let montant = montants::lire(montant, numero, "montant")?;
    if montant.est_nul() {
        return Err(faute("montant", Regle::MontantNonPositif));
    }
    let iban = match iban {
        "" => None,
        texte => Some(texte.parse().map_err(|_| faute("iban", Regle::Iban))?),
    };
    Ok(Ligne {
        numero,
        date: dates::jjmmaaaa(date).ok_or_else(|| faute("date", Regle::Date("JJMMAAAA")))?,
        date_valeur: None,
        montant,
        operation: Operation::Credit,
        mode: ModePaiement::de_code_dsn(mode).ok_or_else(|| faute("mode", Regle::Code(CODES_DSN)))?,
        caisse: Some(caisse.parse().map_err(|_| faute("caisse", Regle::Caisse))?),
        siret: Some(siret.parse().map_err(|_| faute("siret", Regle::Siret))?),
        periode: Some(periode.parse().map_err(|_| faute("periode", Regle::Periode))?),
        iban,
        nom_payeur: None,
        libelle: None,
        reference_creancier: None,
        reference_bancaire: None,
        reference_detail: None,
        end_to_end: None,
        compte_caisse: None,
        lot: None,
    })
}

fn sans_guillemets(champ: &str) -> &str {
    champ
        .strip_prefix('"')
        .and_then(|reste| reste.strip_suffix('"'))
        .unwrap_or(champ)
}
