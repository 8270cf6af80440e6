use crate::vocabulaire::mots;

mod scelle {
    pub trait Scelle {}
}

/// Une action de la table des habilitations, comme type : c'est elle qui paramètre [`crate::Permis`] et
/// [`crate::Visite`]. Seules les actions déclarées ici existent.
pub trait Action: scelle::Scelle + Send + Sync + 'static {
    /// Le code de l'action.
    const CODE: CodeAction;
}

/// Déclare les actions : le cas de [`CodeAction`] et le type du même nom.
macro_rules! actions {
    ($($cas:ident = $code:literal, $libelle:literal;)+) => {
        mots! {
            /// Une action que la table des habilitations accorde ou non à un rôle.
            CodeAction { $(#[doc = $libelle] $cas = $code, $libelle;)+ }
        }
        $(
            #[doc = $libelle]
            #[derive(Clone, Copy, Debug)]
            pub enum $cas {}
            impl scelle::Scelle for $cas {}
            impl Action for $cas {
                const CODE: CodeAction = CodeAction::$cas;
            }
        )+
    };
}

actions! {
    ConsulterTableau = "consulter_tableau", "Consulter le tableau de bord";
    ChercherDebiteur = "chercher_debiteur", "Chercher un débiteur";
    ConsulterDossier = "consulter_dossier", "Consulter un dossier";
    CommenterDossier = "commenter_dossier", "Commenter un dossier";
    SaisirCreance = "saisir_creance", "Saisir une créance";
    ImporterCreances = "importer_creances", "Importer des créances";
    NotifierMajorations = "notifier_majorations", "Notifier des majorations de retard";
    AnnulerCreance = "annuler_creance", "Annuler une créance";
    RemettreCreance = "remettre_creance", "Accorder une remise";
    AdmettreNonValeur = "admettre_non_valeur", "Admettre en non-valeur";
    TransfererCreance = "transferer_creance", "Transférer une créance";
    ImporterEncaissements = "importer_encaissements", "Importer des encaissements";
    ConsulterRac = "consulter_rac", "Consulter les recettes à classer";
    ClasserRac = "classer_rac", "Classer une recette";
    Rembourser = "rembourser", "Rembourser un trop-perçu";
    ConsulterCai = "consulter_cai", "Consulter le compte adhérent individuel";
    ExporterCai = "exporter_cai", "Exporter le compte adhérent individuel";
    DeposerDsn = "deposer_dsn", "Déposer des déclarations (DSN)";
    ConsulterDsn = "consulter_dsn", "Consulter les déclarations et leur rapprochement";
    TraiterEcart = "traiter_ecart", "Traiter un écart entre déclaré et encaissé";
    AvancerProcedure = "avancer_procedure", "Enregistrer une étape de la procédure d'une créance";
    PasserOutre = "passer_outre", "Passer outre à un refus de la procédure";
    ComposerActe = "composer_acte", "Composer et émettre un acte";
    ExpedierActes = "expedier_actes", "Expédier les actes et noter leurs retours";
    GererPortefeuille = "gerer_portefeuille", "Suivre les débiteurs en portefeuilles (OSCAR)";
    ConsulterActivite = "consulter_activite", "Consulter l'activité des agents, nommés";
    PreparerCampagne = "preparer_campagne", "Préparer une campagne d'actes";
    ApprouverCampagne = "approuver_campagne", "Approuver une campagne préparée par un autre";
    AccorderEcheancier = "accorder_echeancier", "Accorder un échéancier de paiement et en constater la rupture";
    TenirMandat = "tenir_mandat", "Tenir les mandats de prélèvement et présenter de nouveau un rejet";
    EmettrePrelevements = "emettre_prelevements", "Émettre les prélèvements et noter leurs rejets";
    ConsulterJournal = "consulter_journal", "Consulter le journal des accès";
    GererAgents = "gerer_agents", "Gérer les comptes des agents";
    LireHabilitations = "lire_habilitations", "Lire la table des habilitations";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chaque_type_porte_son_code() {
        assert_eq!(ConsulterDossier::CODE, CodeAction::ConsulterDossier);
        assert_eq!(<GererAgents as Action>::CODE.code(), "gerer_agents");
        assert_eq!(CodeAction::TOUS.len(), 34);
    }
}
