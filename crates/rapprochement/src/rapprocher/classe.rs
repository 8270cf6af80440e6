//! Les classes d'écart : leurs noms, et ce que l'agent peut faire de chacune.

use std::str::FromStr;

use serde::{Serialize, Serializer};

/// Déclare les classes, dans leur ordre : nom dans les fichiers, libellé, suite.
macro_rules! classes {
    ($( $(#[$doc:meta])* $Nom:ident = $slug:literal, $libelle:literal, $suite:literal; )+) => {
        /// Une classe d'écart entre le déclaré et l'encaissé.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Classe {
            $( $(#[$doc])* $Nom, )+
        }

        impl Classe {
            /// Toutes les classes, dans leur ordre.
            pub const TOUTES: &'static [Self] = &[$(Self::$Nom),+];

            /// Son nom stable, dans les sorties et les adresses.
            #[must_use]
            pub const fn slug(self) -> &'static str {
                match self { $( Self::$Nom => $slug, )+ }
            }

            /// Son libellé, pour les écrans.
            #[must_use]
            pub const fn libelle(self) -> &'static str {
                match self { $( Self::$Nom => $libelle, )+ }
            }

            /// Ce que l'agent peut faire, en une phrase.
            #[must_use]
            pub const fn suite(self) -> &'static str {
                match self { $( Self::$Nom => $suite, )+ }
            }
        }
    };
}

classes! {
    /// Déclaré, rien d'encaissé l'échéance passée.
    Impaye = "impaye", "Impayé",
        "Relancez l'employeur, puis engagez le recouvrement si rien ne vient.";
    /// Encaissé sous l'ordonné.
    Partiel = "partiel", "Paiement partiel",
        "Demandez à l'employeur le reste dû.";
    /// Encaissé au-dessus de l'ordonné.
    TropPercu = "trop_percu", "Trop-perçu",
        "Voyez avec l'employeur s'il faut rembourser l'excédent ou l'imputer sur une autre période.";
    /// Encaissé sans déclaration qui compte.
    PayeNonDeclare = "paye_non_declare", "Payé, non déclaré",
        "Réclamez la déclaration du mois, ou vérifiez que la recette est bien de cet établissement.";
    /// Deux fois le même paiement, ou deux ordres SEPA pour la même chose.
    Doublon = "doublon", "Paiement en double",
        "Vérifiez les deux paiements, puis remboursez ou imputez celui qui est en trop.";
    /// Les périodes diffèrent une à une et se compensent ensemble.
    MauvaisePeriode = "mauvaise_periode", "Payé sous une autre période",
        "Rattachez la recette au mois déclaré, après accord de l'employeur.";
    /// L'ordre de paiement diffère de la somme des cotisations, avec comme sans les codes trimestriels.
    OrdreDifferent = "ordre_different", "Ordre différent du déclaré",
        "Demandez à l'employeur laquelle des deux sommes est juste, et une déclaration rectifiée.";
    /// Cotisations et versement ne vont pas à la même caisse.
    MauvaiseCaisse = "mauvaise_caisse", "Caisse erronée",
        "Rapprochez-vous de l'autre caisse, et faites corriger la déclaration de l'employeur.";
    /// Payé par un autre établissement.
    PayeParAutre = "paye_par_autre", "Payé par un autre établissement",
        "Rien à faire si l'établissement payeur a versé la somme ; sinon, relancez-le.";
    /// Une déclaration a été remplacée ou annulée.
    Remplace = "remplace", "Déclaration remplacée",
        "Rien à faire : seule la dernière déclaration compte.";
    /// Il manque une fraction.
    FractionManquante = "fraction_manquante", "Fraction manquante",
        "Réclamez à l'employeur la fraction qui n'est pas arrivée.";
    /// Déposé après l'échéance.
    DepotTardif = "depot_tardif", "Dépôt tardif",
        "Appréciez la pénalité de retard de déclaration.";
    /// Payé après l'échéance.
    Retard = "retard", "Paiement en retard",
        "Calculez les majorations de retard, et appréciez une remise si elle est demandée.";
    /// Régularisation négative au-delà de ce que la période porte pour l'individu.
    RegularisationExcedentaire = "regularisation_excedentaire", "Régularisation excédentaire",
        "Retenez l'excédent et demandez à l'employeur de justifier la régularisation.";
    /// Ce que le compte a émis diffère de ce que la DSN déclare.
    CaiDifferent = "cai_different", "Compte différent du déclaré",
        "Comparez les créances du compte au déclaré, famille par famille, et corrigez l'émission.";
    /// Le prélèvement est revenu impayé.
    Rejet = "rejet", "Prélèvement rejeté",
        "Voyez le motif du rejet avec l'employeur et convenez d'un nouveau paiement.";
}

impl FromStr for Classe {
    type Err = ();

    /// Celle de ce nom stable.
    fn from_str(slug: &str) -> Result<Self, ()> {
        Self::TOUTES.iter().copied().find(|c| c.slug() == slug).ok_or(())
    }
}

impl Serialize for Classe {
    /// Le nom stable.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.slug())
    }
}
