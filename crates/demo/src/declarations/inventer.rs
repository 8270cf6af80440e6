//! Des établissements et des salariés inventés.

use jiff::ToSpan;
use jiff::civil::Date;
use valeurs::{CodeCaisse, Iban, Periode, Siret};

use super::contenu::{Base, Cotisation, Declaration, Genre, Individu, Lieu, Mode, Versement};
use super::plume::TEMPS_PLEIN;
use crate::numeros::{compte_francais, siret_de};
use crate::permutation::Permutation;
use crate::tirage::Tirage;

/// Les huit premiers chiffres des entreprises inventées ici : aucune n'est d'une caisse de démonstration.
const ENTREPRISES: (u64, u64) = (10_000_000, 20_000_000);
const BANQUE: u64 = 98_777;
/// Salariés à partir desquels tout se paie le 5 du mois suivant, et non le 15.
const GRAND: usize = 50;
/// Jours du mois suivant où un fichier est constitué : avant l'échéance.
const CONSTITUTION: (i64, i64) = (10, 3);

const NOMS: [&str; 18] = [
    "MARTIN",
    "BERNARD",
    "THOMAS",
    "PETIT",
    "ROBERT",
    "RICHARD",
    "DURAND",
    "DUBOIS",
    "MOREAU",
    "LAURENT",
    "LEFÈVRE",
    "GARCIA",
    "ROUX",
    "D'ALMEIDA",
    "LE GOFF",
    "GUÉRIN",
    "MÜLLER",
    "BEN SAÏD",
];
const PRENOMS: [&str; 16] = [
    "Léa",
    "Hugo",
    "Chloé",
    "Théo",
    "Zoé",
    "Jérôme",
    "Anaïs",
    "François",
    "Inès",
    "Noël",
    "Gaël",
    "Héloïse",
    "Louis",
    "Jeanne",
    "Paul",
    "Marie",
];
const VOIES: [&str; 5] = [
    "ROUTE DES VIGNES",
    "CHEMIN DE LA MAIRIE",
    "LE BOURG",
    "RUE DU MOULIN",
    "LIEU DIT LA GRANGE",
];
const EMPLOIS: [&str; 4] = [
    "OUVRIER VITICOLE",
    "SALARIÉ POLYVALENT",
    "TRACTORISTE",
    "CHEF DE CULTURE",
];
/// Centièmes d'heure d'un mois.
const HEURES: [i64; 5] = [TEMPS_PLEIN, TEMPS_PLEIN, TEMPS_PLEIN, 12_133, 7_800];
/// Centimes par heure : le SMIC de 2025, et les salaires.
const SMIC: i64 = 1_188;
const SALAIRES: (i64, i64) = (1_190, 2_400);
/// Plafond mensuel de la sécurité sociale, et brut sous lequel la réduction générale joue.
const PLAFOND: i64 = 400_500;
const REDUCTION: (i64, i64) = (290_000, 28);

/// Codes de cotisation et taux, en cent-millièmes, des parts ouvrière et patronale ensemble : des ordres de grandeur.
const DEPLAFONNEES: [(&str, i64); 16] = [
    ("045", 2_100),
    ("049", 100),
    ("068", 300),
    ("074", 5_250),
    ("075", 7_000),
    ("076", 2_420),
    ("100", 16),
    ("128", 550),
    ("040", 4_050),
    ("048", 200),
    ("091", 420),
    ("903", 50),
    ("904", 10),
    ("905", 40),
    ("906", 200),
    ("131", 7_870),
];
const PLAFONNEES: [(&str, i64); 2] = [("076", 15_450), ("142", 4_720)];
const CSG: [(&str, i64); 2] = [("072", 9_200), ("079", 500)];

/// Un établissement inventé.
#[derive(Clone)]
pub(super) struct Etablissement {
    pub(super) siret: Siret,
    pub(super) iban: Iban,
    pub(super) lieu: Lieu,
}

/// Invente ; deux rangs n'ont ni la même entreprise, ni le même compte.
pub(super) struct Inventeur {
    pub(super) tirage: Tirage,
    entreprises: Permutation,
}

impl Inventeur {
    pub(super) fn nouveau(mut tirage: Tirage) -> Self {
        let entreprises = Permutation::nouvelle(&mut tirage);
        Self { tirage, entreprises }
    }

    pub(super) fn etablissement(&mut self, rang: u64) -> Etablissement {
        let numero = self.entreprises.image(rang % ENTREPRISES.1, ENTREPRISES.1);
        Etablissement {
            siret: siret_de(ENTREPRISES.0 + numero, 1),
            iban: compte_francais(BANQUE, numero, &mut self.tirage),
            lieu: Lieu {
                voie: voie(&mut self.tirage),
                code_postal: format!(
                    "{:02}{:03}",
                    self.tirage.entre(1, 95),
                    self.tirage.entre(0, 99) * 10
                ),
                localite: "SAINT-ÉMILION".to_owned(),
            },
        }
    }

    /// La déclaration ordinaire d'un mois : tant de salariés ; rien n'est encore ordonné.
    pub(super) fn declaration(
        &mut self,
        etablissement: &Etablissement,
        caisse: CodeCaisse,
        mois: Periode,
        salaries: usize,
    ) -> Declaration {
        let individus = (0..salaries)
            .map(|rang| self.salarie(rang, mois))
            .collect::<Vec<_>>();
        let constitution = if individus.len() < GRAND {
            CONSTITUTION.0
        } else {
            CONSTITUTION.1
        };
        Declaration {
            siret: etablissement.siret.clone(),
            caisse,
            mois,
            genre: Genre::Normale,
            fraction: (1, 1),
            ordre: 1,
            constituee_le: du_mois_suivant(mois, constitution),
            lieu: etablissement.lieu.clone(),
            etablissement: Vec::new(),
            versements: Vec::new(),
            individus,
        }
    }

    fn salarie(&mut self, rang: usize, mois: Periode) -> Individu {
        let mut individu = personne(rang, &mut self.tirage);
        let t = &mut self.tirage;
        individu.heures = t.parmi(&HEURES);
        individu.brut = individu.heures * t.entre(SALAIRES.0, SALAIRES.1) / 100;
        let brut = individu.brut;
        let mut deplafonnee = base("03", brut, mois, &DEPLAFONNEES);
        deplafonnee.smic = Some(individu.heures * SMIC / 100);
        if brut < REDUCTION.0 {
            let reduction = brut * t.entre(1, REDUCTION.1) / 100;
            deplafonnee.cotisations.push(Cotisation {
                code: "018",
                assiette: brut,
                montant: -reduction,
                taux: None,
            });
        }
        individu.bases = vec![
            base("02", brut.min(PLAFOND), mois, &PLAFONNEES),
            deplafonnee,
            base("04", part(brut, 98_250), mois, &CSG),
        ];
        individu
    }
}

/// Une personne, sans paie ; `rang` fait son NIR, unique dans la déclaration.
pub(super) fn personne(rang: usize, t: &mut Tirage) -> Individu {
    let (annee, mois) = (t.entre(60, 99), t.entre(1, 12));
    // Ni Corse, ni outre-mer : leurs départements ont changé avec les années.
    let departement = t.entre(21, 95);
    let nir = format!(
        "{}{annee:02}{mois:02}{departement:02}{:03}{:03}",
        t.entre(1, 2),
        t.entre(1, 989),
        rang % 989 + 1
    );
    Individu {
        nir,
        nom: t.parmi(&NOMS),
        prenom: t.parmi(&PRENOMS),
        naissance: format!("{:02}{mois:02}19{annee:02}", t.entre(1, 28)),
        voie: voie(t),
        emploi: t.parmi(&EMPLOIS),
        embauche: format!("01{:02}20{:02}", t.entre(1, 12), t.entre(10, 25)),
        anciennete: t.entre(1, 30),
        heures: TEMPS_PLEIN,
        brut: 0,
        bases: Vec::new(),
    }
}

pub(super) fn voie(t: &mut Tirage) -> String {
    format!("{} {}", t.entre(1, 99), t.parmi(&VOIES))
}

/// Une base et ses cotisations, d'un montant négatif comme positif.
pub(super) fn base(code: &'static str, montant: i64, periode: Periode, taux: &[(&'static str, i64)]) -> Base {
    Base {
        code,
        periode,
        montant,
        smic: None,
        cotisations: taux
            .iter()
            .map(|(code, taux)| Cotisation {
                code,
                assiette: montant,
                montant: part(montant, *taux),
                taux: Some(*taux),
            })
            .collect(),
    }
}

/// Tant de cent-millièmes d'un montant, au centime le plus proche.
pub(super) const fn part(montant: i64, cent_milliemes: i64) -> i64 {
    let produit = montant * cent_milliemes;
    (produit.abs() + 50_000) / 100_000 * produit.signum()
}

/// L'échéance d'un mois : le 5 du suivant à partir de cinquante salariés, sinon le 15.
pub(super) fn echeance(mois: Periode, salaries: usize) -> Date {
    du_mois_suivant(mois, if salaries < GRAND { 15 } else { 5 })
}

/// Ce jour du mois qui suit.
pub(super) fn du_mois_suivant(mois: Periode, jour: i64) -> Date {
    mois.fin().saturating_add(jour.days())
}

impl Declaration {
    /// Ordonne, d'un coup et à l'échéance, ce qui est déclaré.
    pub(super) fn ordonner(&mut self, mode: Mode) {
        let montant = self.declare().max(0);
        self.ordonner_a(self.caisse, montant, mode);
    }

    /// Ordonne une somme à une caisse.
    pub(super) fn ordonner_a(&mut self, caisse: CodeCaisse, montant: i64, mode: Mode) {
        self.versements.push(Versement {
            caisse,
            montant,
            mode,
            echeance: echeance(self.mois, self.individus.len()),
        });
    }
}
