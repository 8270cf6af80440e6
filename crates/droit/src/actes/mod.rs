//! Les actes : ce qu’une étape envoie au débiteur, et ce que l’acte doit dire pour ne pas être nul
//! (`regles/actes.toml`).

mod lecture;

use jiff::civil::Date;

pub(crate) use self::lecture::Actes;
use crate::{Article, Droit, EtapeProcedure, Procedure, enumeration::enumeration};

enumeration! {
    /// Ce qu’une mention tire du dossier, de la caisse ou de l’agent.
    pub enum Donnee ("la donnée d’une mention") {
        Numero = "numero", "le numéro de l’acte";
        Organisme = "organisme", "le nom et l’adresse de la caisse";
        Contact = "contact", "à qui s’adresser à la caisse";
        Signataire = "signataire", "un signataire dont la délégation couvre cet acte et ce montant";
        Commission = "commission", "l’adresse de la commission de recours amiable";
        Departement = "departement", "l’adresse du conseil départemental du débiteur";
        TribunalJudiciaire = "tribunal_judiciaire", "l’adresse du pôle social du tribunal judiciaire du débiteur";
        TribunalAdministratif = "tribunal_administratif", "l’adresse du tribunal administratif du débiteur";
        Debiteur = "debiteur", "le nom du débiteur";
        Adresse = "adresse", "l’adresse du débiteur";
        Cause = "cause", "la cause de chaque créance";
        Nature = "nature", "la nature de chaque créance";
        Periodes = "periodes", "la période de chaque créance";
        Versements = "versements", "les dates des versements indus de chaque créance";
        Montant = "montant", "le montant dû pour chaque créance";
        Majorations = "majorations", "le montant et le calcul des majorations de chaque créance";
        Total = "total", "le montant total";
        MajorationSoins = "majoration_soins", "la majoration encourue à défaut de paiement";
        MiseEnDemeure = "mise_en_demeure", "la mise en demeure reçue, sa référence et sa date";
        MotifDecision = "motif_decision", "le motif de la décision";
        Mandataire = "mandataire", "le nom et l’adresse du mandataire judiciaire";
        Jugement = "jugement", "le jugement d’ouverture : tribunal et date";
        Privilege = "privilege", "la nature du privilège";
        Mensualites = "mensualites", "les mensualités de l’échéancier accordé, un seul pour toutes les créances";
        FinEcheancier = "fin_echeancier", "la fin de l’échéancier, rompu ou expiré, un seul pour toutes les créances";
    }
}

impl Donnee {
    /// L’agent la donne à la composition : rien ne la tient au dossier.
    #[must_use]
    pub const fn se_saisit(self) -> bool {
        matches!(
            self,
            Self::MotifDecision | Self::Mandataire | Self::Jugement | Self::Privilege
        )
    }

    /// Elle est de l’échéancier des créances.
    #[must_use]
    pub const fn est_de_l_echeancier(self) -> bool {
        matches!(self, Self::Mensualites | Self::FinEcheancier)
    }

    /// Elle est propre à chaque créance : le tableau des sommes la montre.
    #[must_use]
    pub const fn est_de_la_creance(self) -> bool {
        matches!(
            self,
            Self::Cause
                | Self::Nature
                | Self::Periodes
                | Self::Versements
                | Self::Montant
                | Self::Majorations
        )
    }
}

enumeration! {
    /// Comment un acte part.
    pub enum ModeEnvoi ("le mode d’envoi") {
        Simple = "simple", "Lettre simple";
        Recommande = "recommande", "Lettre recommandée avec demande d’avis de réception";
        Lre = "lre", "Lettre recommandée électronique";
        Signification = "signification", "Signification par commissaire de justice";
    }
}

impl ModeEnvoi {
    /// Est-ce une lettre recommandée avec avis de réception, sur papier ou non ?
    #[must_use]
    pub const fn est_recommande(self) -> bool {
        matches!(self, Self::Recommande | Self::Lre)
    }
}

enumeration! {
    /// À qui un acte est adressé.
    pub enum Destinataire ("le destinataire") {
        Debiteur = "debiteur", "Débiteur";
        Mandataire = "mandataire", "Mandataire judiciaire";
    }
}

/// Une mention que l’acte doit porter.
#[derive(PartialEq, Eq, Debug)]
pub struct Mention {
    code: String,
    libelle: String,
    exige: Vec<Donnee>,
    phrase: Option<String>,
    nullite: bool,
    articles: Vec<Article>,
}

impl Mention {
    /// Sa place dans un modèle : « delais-recours ».
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// « Voies de recours ».
    #[must_use]
    pub fn libelle(&self) -> &str {
        &self.libelle
    }

    /// Ce sans quoi elle ne peut pas être écrite.
    #[must_use]
    pub fn exige(&self) -> &[Donnee] {
        &self.exige
    }

    /// Son défaut rend-il l’acte nul, d’après le texte ?
    #[must_use]
    pub const fn a_peine_de_nullite(&self) -> bool {
        self.nullite
    }

    /// Les textes qui la veulent ; aucun : l’usage.
    #[must_use]
    pub fn articles(&self) -> &[Article] {
        &self.articles
    }

    /// Le paragraphe, chaque `{donnee}` remplacée ; `None` si la mention n’en a pas (tableau des sommes, signature).
    ///
    /// # Errors
    /// La première donnée que `valeur` n’a pas.
    pub fn dire(&self, valeur: impl Fn(Donnee) -> Option<String>) -> Result<Option<String>, Donnee> {
        let Some(phrase) = &self.phrase else {
            return Ok(None);
        };
        let mut dite = String::new();
        for (texte, donnee) in morceaux(phrase) {
            dite.push_str(texte);
            if let Some(code) = donnee {
                let donnee = code
                    .parse()
                    .expect("la lecture des règles refuse une donnée inconnue");
                dite.push_str(&valeur(donnee).ok_or(donnee)?);
            }
        }
        Ok(Some(dite))
    }
}

/// Coupe une phrase : un texte, puis le code de la donnée qui le suit, s’il y en a une.
fn morceaux(phrase: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    phrase.split('}').map(|morceau| match morceau.split_once('{') {
        Some((texte, donnee)) => (texte, Some(donnee)),
        None => (morceau, None),
    })
}

/// Un acte : ce qu’une étape de procédure envoie.
#[derive(Debug)]
pub struct Acte {
    code: String,
    libelle: String,
    procedures: Vec<String>,
    etape: String,
    recue: Option<String>,
    non_reclamee: Option<String>,
    revenue: Option<String>,
    liquide_majorations: bool,
    constate: bool,
    destinataire: Destinataire,
    envois: Vec<ModeEnvoi>,
    depuis: Date,
    mentions: Vec<Mention>,
}

/// Deux actes sont le même si c’est la même règle.
impl PartialEq for Acte {
    fn eq(&self, autre: &Self) -> bool {
        std::ptr::eq(self, autre)
    }
}

impl Eq for Acte {}

impl Acte {
    /// Le code stable, nom du modèle : `mise-en-demeure-cotisations`.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// « Mise en demeure ».
    #[must_use]
    pub fn libelle(&self) -> &str {
        &self.libelle
    }

    /// L’étape qu’il fait dans cette procédure, au jour où il est émis.
    ///
    /// # Panics
    /// Jamais pour une procédure où l’acte se fait : la lecture des règles l’a vérifié.
    #[must_use]
    pub fn etape(&self, procedure: &'static Procedure) -> &'static EtapeProcedure {
        procedure
            .etape(&self.etape)
            .expect("la lecture des règles vérifie l’étape de chaque acte")
    }

    /// Dit-il un échéancier, accordé ou fini ?
    #[must_use]
    pub fn dit_un_echeancier(&self) -> bool {
        Donnee::TOUS
            .iter()
            .any(|donnee| donnee.est_de_l_echeancier() && self.exige(*donnee))
    }

    /// L’étape est déjà faite quand l’acte la dit : elle ouvre la procédure, ou un autre geste l’a faite.
    #[must_use]
    pub fn constate(&self, procedure: &'static Procedure) -> bool {
        self.constate || self.etape(procedure) == procedure.depart()
    }

    /// Le code de l’étape que fait sa réception, si elle en fait une.
    #[must_use]
    pub fn recue(&self) -> Option<&str> {
        self.recue.as_deref()
    }

    /// Le nom de son modèle : celui de son étape.
    #[must_use]
    pub fn modele(&self) -> &str {
        &self.etape
    }

    /// Le code de l’étape que fait un pli avisé et non réclamé, si elle en fait une.
    #[must_use]
    pub fn non_reclamee(&self) -> Option<&str> {
        self.non_reclamee.as_deref()
    }

    /// Les majorations de retard sont arrêtées et mises au débit le jour où il est émis.
    #[must_use]
    pub const fn liquide_majorations(&self) -> bool {
        self.liquide_majorations
    }

    /// Le code de l’étape que fait son retour à l’envoyeur, si elle en fait une.
    #[must_use]
    pub fn revenue(&self) -> Option<&str> {
        self.revenue.as_deref()
    }

    /// À qui il est adressé.
    #[must_use]
    pub const fn destinataire(&self) -> Destinataire {
        self.destinataire
    }

    /// Comment il peut partir ; jamais vide, le premier est proposé.
    #[must_use]
    pub fn envois(&self) -> &[ModeEnvoi] {
        &self.envois
    }

    /// Le premier jour où cette rédaction vaut.
    #[must_use]
    pub const fn depuis(&self) -> Date {
        self.depuis
    }

    /// Ce qu’il doit dire, dans l’ordre où il le dit.
    #[must_use]
    pub fn mentions(&self) -> &[Mention] {
        &self.mentions
    }

    /// L’une de ses mentions veut-elle cette donnée ?
    #[must_use]
    pub fn exige(&self, donnee: Donnee) -> bool {
        self.mentions
            .iter()
            .any(|mention| mention.exige.contains(&donnee))
    }

    /// Rien n’y est à écrire par un agent : il se compose du dossier seul.
    #[must_use]
    pub fn se_compose_seul(&self) -> bool {
        self.destinataire == Destinataire::Debiteur
            && !self
                .mentions
                .iter()
                .flat_map(Mention::exige)
                .any(|donnee| donnee.se_saisit())
    }

    /// Se fait-il dans cette procédure ?
    #[must_use]
    pub fn est_de(&self, procedure: &Procedure) -> bool {
        self.procedures.iter().any(|code| code == procedure.code())
    }
}

impl Droit {
    /// Tous les actes, dans l’ordre des règles.
    #[must_use]
    pub fn actes(&self) -> &[Acte] {
        &self.actes.0
    }

    /// L’acte de ce code, s’il y en a un.
    #[must_use]
    pub fn acte(&self, code: &str) -> Option<&Acte> {
        self.actes().iter().find(|acte| acte.code == code)
    }

    /// L’acte par lequel cette étape se fait dans cette procédure, s’il y en a un.
    #[must_use]
    pub fn acte_de(&self, procedure: &Procedure, etape: &EtapeProcedure) -> Option<&Acte> {
        self.actes()
            .iter()
            .find(|acte| acte.etape == etape.code() && acte.est_de(procedure))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ErreurDonnees,
        donnees::{LIVRES, Textes},
    };

    fn med() -> &'static Acte {
        Droit::charger().acte("mise-en-demeure-cotisations").unwrap()
    }

    #[test]
    fn la_mise_en_demeure_de_cotisations_a_tout_ce_que_son_article_veut_a_peine_de_nullite() {
        let nulles: Vec<&str> = med()
            .mentions()
            .iter()
            .filter(|mention| mention.a_peine_de_nullite())
            .map(Mention::code)
            .collect();
        assert_eq!(
            nulles,
            [
                "cause",
                "montant",
                "periodes",
                "majorations",
                "recours",
                "delais-recours"
            ]
        );
    }

    #[test]
    fn une_mention_se_dit_avec_ses_donnees_ou_nomme_celle_qui_manque() {
        let delai = med().mentions().iter().find(|m| m.code() == "delai").unwrap();
        let dite = delai.dire(|_| Some("12,34 €".to_owned())).unwrap().unwrap();
        assert!(
            dite.contains("la somme de 12,34 € dans un délai d’un mois"),
            "{dite}"
        );
        assert_eq!(delai.dire(|_| None), Err(Donnee::Total));
        let tableau = med().mentions().iter().find(|m| m.code() == "cause").unwrap();
        assert_eq!(tableau.dire(|_| None), Ok(None));
    }

    #[test]
    fn toute_etape_de_la_caisse_qui_s_ecrit_a_son_acte_dans_chaque_procedure() {
        let ecrites = [
            "relance",
            "mise_en_demeure",
            "contrainte",
            "recours_rejete",
            "declaration_creance",
        ];
        for procedure in Droit::charger().procedures() {
            for code in ecrites {
                let etape = procedure.etape(code).unwrap();
                assert!(
                    Droit::charger().acte_de(procedure, etape).is_some(),
                    "{} : {code}",
                    procedure.code()
                );
            }
        }
    }

    #[test]
    fn des_regles_d_actes_qui_se_contredisent_sont_refusees() {
        for (juste, faux) in [
            ("etape = \"relance\"", "etape = \"chant\""),
            ("revenue = \"mise_en_demeure_revenue\"", "revenue = \"danse\""),
            ("exige = [\"total\"]", "exige = []"),
            ("code = \"contrainte-indu\"", "code = \"relance\""),
            ("code = \"retenues\"", "code = \"constat\""),
            (
                "procedures = [\"prime_activite\"]\netape = \"notification\"",
                "procedures = [\"indu\"]\netape = \"notification\"",
            ),
            ("envois = [\"simple\", \"recommande\", \"lre\"]", "envois = []"),
            ("procedures = [\"soins\"]", "procedures = [\"soin\"]"),
        ] {
            assert!(LIVRES.actes.contains(juste), "{juste}");
            let actes = LIVRES.actes.replacen(juste, faux, 1);
            let lu = Droit::lire(Textes {
                actes: &actes,
                ..LIVRES
            });
            assert!(
                matches!(
                    lu,
                    Err(ErreurDonnees::ValeurFausse { .. } | ErreurDonnees::CodeEnDouble { .. })
                ),
                "{faux} : {lu:?}"
            );
        }
    }
}
