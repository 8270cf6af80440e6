//! Pourquoi un prélèvement est rejeté, en mots français.

use std::fmt;

/// Un code de motif (ISO 20022, `ExternalStatusReason1Code`) : quatre lettres capitales ou chiffres.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CodeMotif([u8; 4]);

/// Un motif de statut (`StsRsnInf`). `Debug` n'en montre que le code.
#[derive(Clone, PartialEq, Eq)]
pub struct Motif {
    /// Le code ; absent si la banque n'en donne pas, ou en donne un à elle.
    pub code: Option<CodeMotif>,
    /// Le code que la banque s'est fait (`Rsn/Prtry`), s'il n'a pas la forme d'un code ISO.
    pub code_de_la_banque: Option<String>,
    /// Ce que la banque ajoute en clair (`AddtlInf`), ses lignes jointes d'une espace ; peut citer une personne.
    pub precision: Option<String>,
}

/// Codes et mots. Les premiers sont ceux des rejets de prélèvement (EPC173-14, *Guidance on reason codes for
/// SDD R-transactions*) ; les autres, ceux des contrôles d'une banque sur le fichier.
const TABLE: &[(&str, &str)] = &[
    ("AC01", "coordonnées bancaires inexploitables"),
    ("AC04", "compte soldé, clôturé ou transféré"),
    ("AC06", "compte bloqué ou frappé d’opposition"),
    (
        "AC13",
        "compte de particulier, interdit au prélèvement interentreprises",
    ),
    ("AG01", "opération non admise sur ce compte"),
    ("AG02", "code d’opération incorrect"),
    ("AM04", "provision insuffisante"),
    ("AM05", "opération en double"),
    ("BE05", "émetteur non reconnu"),
    ("CNOR", "banque du créancier non reconnue"),
    ("DNOR", "banque du débiteur non reconnue"),
    ("ED05", "règlement interbancaire impossible"),
    ("FF01", "format invalide"),
    ("FF05", "type de prélèvement incorrect"),
    ("MD01", "mandat ou autorisation de prélèvement absent"),
    ("MD02", "données du mandat absentes ou erronées"),
    ("MD06", "opération contestée par le débiteur"),
    ("MD07", "titulaire du compte décédé"),
    ("MS02", "refus du débiteur, sans autre motif"),
    ("MS03", "motif non communiqué par la banque"),
    ("RC01", "code de la banque incorrect"),
    (
        "RR01",
        "motif réglementaire : compte ou identifiant du débiteur absent",
    ),
    ("RR02", "motif réglementaire : nom ou adresse du débiteur absent"),
    ("RR03", "motif réglementaire : nom ou adresse du créancier absent"),
    ("RR04", "motif réglementaire"),
    ("SL01", "service particulier de la banque du débiteur"),
    // Contrôles du fichier par la banque.
    ("AC02", "compte du débiteur incorrect"),
    ("AC03", "compte du créancier incorrect"),
    ("AM01", "montant nul"),
    ("AM02", "montant non admis"),
    ("AM03", "devise non admise"),
    ("AM09", "montant différent de celui qui était convenu"),
    ("AM10", "somme de contrôle fausse"),
    ("AM16", "somme de contrôle du message fausse"),
    ("AM17", "somme de contrôle de la remise fausse"),
    ("AM18", "nombre d’opérations faux"),
    ("AM19", "nombre d’opérations du message faux"),
    ("AM20", "nombre d’opérations de la remise faux"),
    ("BE01", "titulaire et compte ne correspondent pas"),
    ("BE04", "adresse du titulaire incorrecte"),
    ("BE16", "identifiant du débiteur incorrect"),
    ("BE17", "identifiant du créancier incorrect"),
    ("CH03", "échéance trop lointaine"),
    ("CH04", "échéance trop proche ou passée"),
    ("CH16", "contenu d’une balise mal formé"),
    ("CH17", "balise non admise"),
    ("CH21", "balise obligatoire absente"),
    ("CUST", "annulation demandée par l’émetteur"),
    ("DT01", "date incorrecte"),
    ("DU01", "référence de message déjà reçue"),
    ("DU02", "référence de remise déjà reçue"),
    ("DU03", "opération déjà reçue"),
    ("DU04", "référence de bout en bout déjà reçue"),
    ("DUPL", "paiement émis en double"),
    ("FF02", "syntaxe du fichier incorrecte"),
    ("FF03", "type de paiement incorrect"),
    ("FF04", "niveau de service incorrect"),
    ("FOCR", "retour à la demande de la banque émettrice"),
    ("FRAD", "opération frauduleuse"),
    ("NARR", "motif donné en clair par la banque"),
    ("RC03", "code de la banque du débiteur incorrect"),
    ("RC04", "code de la banque du créancier incorrect"),
    ("RF01", "référence de l’opération déjà employée"),
    ("TECH", "incident technique chez l’émetteur"),
    ("TM01", "heure limite dépassée"),
];

impl CodeMotif {
    /// Un code de quatre lettres capitales ou chiffres ; `None` pour tout autre texte.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        let octets = <[u8; 4]>::try_from(code.as_bytes()).ok()?;
        octets
            .iter()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            .then_some(Self(octets))
    }

    /// Le code, tel que la banque le donne.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Le motif en mots, `None` si le code n'est pas dans notre table.
    #[must_use]
    pub fn libelle(&self) -> Option<&'static str> {
        let code = self.code();
        TABLE.iter().find(|ligne| ligne.0 == code).map(|ligne| ligne.1)
    }
}

impl fmt::Display for CodeMotif {
    /// « provision insuffisante (AM04) », ou « motif XT99 » hors de la table.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.libelle() {
            Some(mots) => write!(f, "{mots} ({})", self.code()),
            None => write!(f, "motif {}", self.code()),
        }
    }
}

impl fmt::Debug for CodeMotif {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Motif {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "Motif({code:?})"),
            None => f.write_str("Motif(sans code)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn un_motif_s_affiche_en_mots_avec_son_code() {
        let motif = |code| CodeMotif::new(code).unwrap().to_string();
        assert_eq!(motif("AM04"), "provision insuffisante (AM04)");
        assert_eq!(
            motif("MD01"),
            "mandat ou autorisation de prélèvement absent (MD01)"
        );
        assert_eq!(motif("ZZ99"), "motif ZZ99");
        for texte in ["", "AM4", "am04", "AM045", "é4é"] {
            assert_eq!(CodeMotif::new(texte), None, "{texte}");
        }
    }

    #[test]
    fn aucun_code_n_est_deux_fois_dans_la_table() {
        let mut codes: Vec<_> = TABLE.iter().map(|ligne| ligne.0).collect();
        assert!(codes.iter().all(|code| CodeMotif::new(code).is_some()));
        let total = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), total);
    }

    #[test]
    fn un_motif_commun_se_dit_des_memes_mots_que_dans_un_releve() {
        let mut communs = 0;
        for (code, mots) in TABLE {
            if let Some(du_releve) = releves::Motif::iso(code).and_then(|motif| motif.libelle()) {
                assert_eq!(*mots, du_releve, "{code}");
                communs += 1;
            }
        }
        assert!(communs > 25, "{communs}");
    }
}
