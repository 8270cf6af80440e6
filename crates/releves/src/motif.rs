//! Les motifs de rejet et de retour, et leurs mots français.

use std::fmt;

/// La liste de codes dont un motif est tiré.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nomenclature {
    /// Codes externes ISO 20022 (`ExternalReturnReason1Code`), quatre caractères.
    Iso,
    /// Codes interbancaires français, deux chiffres (CFONB, liste des codes motifs de rejet).
    Cfonb,
}

/// Le motif d'un rejet ou d'un retour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Motif {
    nomenclature: Nomenclature,
    code: [u8; 4],
    longueur: u8,
}

/// Code ISO, code CFONB équivalent ou vide, mots.
const TABLE: &[(&str, &str, &str)] = &[
    ("AC01", "12", "coordonnées bancaires inexploitables"),
    ("AC04", "14", "compte soldé, clôturé ou transféré"),
    ("AC06", "34", "compte bloqué ou frappé d’opposition"),
    (
        "AC13",
        "",
        "compte de particulier, interdit au prélèvement interentreprises",
    ),
    ("AG01", "99", "opération non admise sur ce compte"),
    ("AG02", "52", "code d’opération incorrect"),
    ("AM04", "20", "provision insuffisante"),
    ("AM05", "64", "opération en double"),
    ("AM09", "", "montant différent de celui qui était convenu"),
    ("BE01", "16", "titulaire et compte ne correspondent pas"),
    ("BE04", "54", "adresse du titulaire incorrecte"),
    ("BE05", "18", "émetteur non reconnu"),
    ("CNOR", "", "banque du créancier non reconnue"),
    ("CUST", "", "annulation demandée par l’émetteur"),
    ("DNOR", "", "banque du débiteur non reconnue"),
    ("DUPL", "", "paiement émis en double"),
    ("ED05", "", "règlement interbancaire impossible"),
    ("FF01", "57", "format invalide"),
    ("FF05", "", "type de prélèvement incorrect"),
    ("FOCR", "65", "retour à la demande de la banque émettrice"),
    ("FRAD", "", "opération frauduleuse"),
    ("MD01", "31", "mandat ou autorisation de prélèvement absent"),
    ("MD02", "66", "données du mandat absentes ou erronées"),
    ("MD06", "80", "opération contestée par le débiteur"),
    ("MD07", "35", "titulaire du compte décédé"),
    ("MS02", "58", "refus du débiteur, sans autre motif"),
    ("MS03", "59", "motif non communiqué par la banque"),
    ("RC01", "60", "code de la banque incorrect"),
    (
        "RR01",
        "62",
        "motif réglementaire : compte ou identifiant du débiteur absent",
    ),
    (
        "RR02",
        "",
        "motif réglementaire : nom ou adresse du débiteur absent",
    ),
    (
        "RR03",
        "",
        "motif réglementaire : nom ou adresse du créancier absent",
    ),
    ("RR04", "", "motif réglementaire"),
    ("SL01", "63", "service particulier de la banque du débiteur"),
    ("TECH", "", "incident technique chez l’émetteur"),
    ("TM01", "61", "heure limite dépassée"),
    ("", "32", "procédure collective ou décision de justice"),
    ("", "71", "reçu à tort ou déjà réglé"),
    ("", "75", "report d’échéance demandé par le débiteur"),
    ("", "76", "réclamation tardive de l’émetteur"),
    ("", "88", "banque absente des échanges"),
];

impl Motif {
    /// Un code ISO : quatre lettres capitales ou chiffres ; `None` pour tout autre texte.
    #[must_use]
    pub fn iso(code: &str) -> Option<Self> {
        let octets = <[u8; 4]>::try_from(code.as_bytes()).ok()?;
        let bien_forme = octets
            .iter()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        bien_forme.then_some(Self {
            nomenclature: Nomenclature::Iso,
            code: octets,
            longueur: 4,
        })
    }

    /// Un code interbancaire français : deux chiffres ; `None` pour tout autre texte et pour `00`, qui est
    /// l'absence de motif.
    #[must_use]
    pub fn cfonb(code: &str) -> Option<Self> {
        let [dizaine, unite] = <[u8; 2]>::try_from(code.as_bytes()).ok()?;
        let bien_forme = dizaine.is_ascii_digit() && unite.is_ascii_digit() && [dizaine, unite] != *b"00";
        let code = [dizaine, unite, 0, 0];
        bien_forme.then_some(Self {
            nomenclature: Nomenclature::Cfonb,
            code,
            longueur: 2,
        })
    }

    /// Le code, tel que la banque le donne.
    #[must_use]
    pub fn code(&self) -> &str {
        self.code
            .get(..self.longueur.into())
            .and_then(|code| std::str::from_utf8(code).ok())
            .unwrap_or_default()
    }

    /// La liste dont vient le code.
    #[must_use]
    pub const fn nomenclature(&self) -> Nomenclature {
        self.nomenclature
    }

    /// Le motif en mots, `None` si le code n'est pas dans notre table.
    #[must_use]
    pub fn libelle(&self) -> Option<&'static str> {
        let code = self.code();
        let cherche = |ligne: &&(&str, &str, &str)| match self.nomenclature {
            Nomenclature::Iso => ligne.0 == code,
            Nomenclature::Cfonb => ligne.1 == code,
        };
        TABLE.iter().find(cherche).map(|ligne| ligne.2)
    }
}

impl fmt::Display for Motif {
    /// « provision insuffisante (AM04) », ou « motif XT99 » hors de la table.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.libelle() {
            Some(mots) => write!(f, "{mots} ({})", self.code()),
            None => write!(f, "motif {}", self.code()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn les_deux_nomenclatures_disent_la_meme_chose() {
        for (iso, cfonb) in [("AC04", "14"), ("AM04", "20"), ("MD01", "31"), ("MS03", "59")] {
            let iso = Motif::iso(iso).unwrap();
            let cfonb = Motif::cfonb(cfonb).unwrap();
            assert_eq!(iso.libelle(), cfonb.libelle());
            assert!(iso.libelle().is_some());
        }
    }

    #[test]
    fn un_motif_s_affiche_en_mots_avec_son_code() {
        assert_eq!(
            Motif::iso("AM04").unwrap().to_string(),
            "provision insuffisante (AM04)"
        );
        assert_eq!(
            Motif::cfonb("20").unwrap().to_string(),
            "provision insuffisante (20)"
        );
        assert_eq!(Motif::iso("ZZ99").unwrap().to_string(), "motif ZZ99");
    }

    #[test]
    fn un_texte_quelconque_n_est_pas_un_motif() {
        for texte in ["", "AM4", "am04", "AM045", "DUPO NT", "é4é", "00"] {
            assert_eq!(Motif::iso(texte), None, "{texte}");
            assert_eq!(Motif::cfonb(texte), None, "{texte}");
        }
    }

    #[test]
    fn aucun_code_n_est_deux_fois_dans_la_table() {
        for iso in [true, false] {
            let colonne = TABLE.iter().map(|ligne| if iso { ligne.0 } else { ligne.1 });
            let mut codes: Vec<_> = colonne.filter(|code| !code.is_empty()).collect();
            let total = codes.len();
            codes.sort_unstable();
            codes.dedup();
            assert_eq!(codes.len(), total);
        }
    }
}
