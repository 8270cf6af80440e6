/// Pourquoi une recette attend en RAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Attente {
    /// Ni SIRET, ni référence, ni IBAN connus de la caisse.
    DebiteurInconnu,
    /// L'IBAN est celui de plusieurs dossiers.
    PlusieursDebiteurs,
    /// Le débiteur doit au titre de plusieurs branches et le paiement n'en désigne aucune.
    PlusieursBranches,
    /// Le débiteur est connu, mais ne doit rien.
    AucuneCreance,
    /// Ce qui dépasse tout ce que le débiteur doit.
    Excedent,
    /// L'écriture regroupe plusieurs opérations dont le détail (camt.054) manque encore.
    LotSansDetail,
    /// Retour d'un prélèvement dont la recette d'origine n'est pas connue.
    RetourSansOrigine,
    /// Retour d'un prélèvement dont l'argent avait déjà été rendu au payeur.
    RetourDejaRembourse,
    /// Versement de la caisse qui lui revient : à rapprocher du paiement qu'elle avait fait.
    VersementRevenu,
    /// Une imputation a été défaite par un agent.
    Declassee,
}

impl Attente {
    /// Toutes les attentes.
    pub const TOUTES: [Self; 10] = [
        Self::DebiteurInconnu,
        Self::PlusieursDebiteurs,
        Self::PlusieursBranches,
        Self::AucuneCreance,
        Self::Excedent,
        Self::LotSansDetail,
        Self::RetourSansOrigine,
        Self::RetourDejaRembourse,
        Self::VersementRevenu,
        Self::Declassee,
    ];

    /// Code tenu en base.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::DebiteurInconnu => "debiteur_inconnu",
            Self::PlusieursDebiteurs => "plusieurs_debiteurs",
            Self::PlusieursBranches => "plusieurs_branches",
            Self::AucuneCreance => "aucune_creance",
            Self::Excedent => "excedent",
            Self::LotSansDetail => "lot_sans_detail",
            Self::RetourSansOrigine => "retour_sans_origine",
            Self::RetourDejaRembourse => "retour_deja_rembourse",
            Self::VersementRevenu => "versement_revenu",
            Self::Declassee => "declassee",
        }
    }

    /// Mots de l'écran.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::DebiteurInconnu => "Débiteur inconnu",
            Self::PlusieursDebiteurs => "Compte de plusieurs débiteurs",
            Self::PlusieursBranches => "Plusieurs branches possibles",
            Self::AucuneCreance => "Aucune créance ouverte",
            Self::Excedent => "Excédent",
            Self::LotSansDetail => "Lot sans détail",
            Self::RetourSansOrigine => "Retour sans origine connue",
            Self::RetourDejaRembourse => "Retour d’une recette déjà remboursée",
            Self::VersementRevenu => "Versement de la caisse revenu",
            Self::Declassee => "Déclassée par un agent",
        }
    }

    /// L'attente qui porte ce code.
    #[must_use]
    pub fn du_code(code: &str) -> Option<Self> {
        Self::TOUTES.into_iter().find(|a| a.code() == code)
    }
}
