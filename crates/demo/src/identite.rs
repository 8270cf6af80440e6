//! L'identité et les contacts d'un débiteur : rien ici ne dépend de la date du jour.

use droit::Regime;
use releves::ModePaiement;

use crate::{
    debiteur::{Contacts, Identite, Personne},
    noms::{nom_de_famille, prenom, raison_sociale_agricole, raison_sociale_de_sante},
    numeros::{Naissance, Numeros, Sexe, Tranche},
    territoire::{Origine, Territoire},
    tirage::Tirage,
};

const REGIMES: &[(u32, Regime)] = &[
    (140, Regime::Employeur),
    (220, Regime::NonSalarie),
    (60, Regime::Solidarite),
    (550, Regime::Assure),
    (30, Regime::ProfessionnelSante),
];

const ORIGINES: &[(u32, Origine)] = &[
    (600, Origine::Caisse),
    (265, Origine::France),
    (15, Origine::Corse),
    (20, Origine::OutreMer),
    (100, Origine::Etranger),
];

/// Une identité, et la tranche d'âge que l'histoire du dossier doit connaître.
pub(crate) struct Habitant {
    pub(crate) identite: Identite,
    pub(crate) contacts: Contacts,
    /// Rien pour une personne morale.
    pub(crate) tranche: Option<Tranche>,
}

pub(crate) fn habitant(
    rang: u64,
    numeros: &Numeros,
    territoire: &Territoire,
    tirage: &mut Tirage,
) -> Habitant {
    let regime = tirage.pondere(REGIMES);
    let (personne, tranche) = personne(rang, regime, numeros, territoire, tirage);
    let commune = territoire.commune(tirage);
    let siret = a_un_siret(regime, tirage).then(|| numeros.siret(rang, tirage));
    let mode_paiement = mode_paiement(regime, tirage);
    let comptes = tirage.pondere(&[(8, 0_u64), (82, 1), (10, 2)]);
    // Qui se fait prélever a un compte.
    let comptes = if mode_paiement == ModePaiement::Prelevement {
        comptes.max(1)
    } else {
        comptes
    };
    let contacts = contacts(&personne, tranche, territoire, tirage);
    let identite = Identite {
        matricule: numeros.matricule(rang),
        regime,
        personne,
        siret,
        commune,
        code_agent: format!("A{:03}", tirage.entre(1, 48)),
        code_tiers: format!("{}{:07}", lettre(regime), numeros.tiers(rang)),
        mode_paiement,
        ibans: (0..comptes).map(|n| numeros.iban(rang, n, tirage)).collect(),
    };
    Habitant {
        identite,
        contacts,
        tranche,
    }
}

fn personne(
    rang: u64,
    regime: Regime,
    numeros: &Numeros,
    territoire: &Territoire,
    tirage: &mut Tirage,
) -> (Personne, Option<Tranche>) {
    let morales = match regime {
        Regime::Employeur => 820,
        Regime::ProfessionnelSante => 400,
        Regime::NonSalarie | Regime::Solidarite | Regime::Assure => 0,
    };
    if tirage.sur_mille(morales) {
        let raison_sociale = match regime {
            Regime::ProfessionnelSante => raison_sociale_de_sante(tirage),
            _ => raison_sociale_agricole(tirage),
        };
        return (Personne::Morale { raison_sociale }, None);
    }
    let sexe = match regime {
        Regime::Assure | Regime::ProfessionnelSante => tirage.pondere(&[(1, Sexe::Homme), (1, Sexe::Femme)]),
        _ => tirage.pondere(&[(7, Sexe::Homme), (3, Sexe::Femme)]),
    };
    let tranche = match regime {
        Regime::Assure => tirage.pondere(&[
            (12, Tranche::Centenaire),
            (220, Tranche::Ancienne),
            (220, Tranche::Mure),
            (340, Tranche::Adulte),
            (208, Tranche::Jeune),
        ]),
        _ => tirage.pondere(&[
            (40, Tranche::Ancienne),
            (330, Tranche::Mure),
            (470, Tranche::Adulte),
            (160, Tranche::Jeune),
        ]),
    };
    let origine = tirage.pondere(ORIGINES);
    // Un numéro d'attente est celui de qui arrive : né ailleurs, assuré.
    let temporaires = match (origine, regime) {
        (Origine::Etranger, Regime::Assure) => 160,
        (_, Regime::Assure) => 4,
        _ => 1,
    };
    let naissance = Naissance {
        sexe,
        tranche,
        origine,
        temporaire: tirage.sur_mille(temporaires),
    };
    let personne = Personne::Physique {
        nom: nom_de_famille(origine, tirage),
        prenom: prenom(sexe, tranche, origine, tirage),
        nir: numeros.nir(rang, naissance, territoire, tirage),
    };
    (personne, Some(tranche))
}

fn a_un_siret(regime: Regime, tirage: &mut Tirage) -> bool {
    match regime {
        Regime::Employeur | Regime::ProfessionnelSante => true,
        Regime::NonSalarie => tirage.sur_mille(920),
        Regime::Solidarite => tirage.sur_mille(500),
        Regime::Assure => false,
    }
}

fn mode_paiement(regime: Regime, tirage: &mut Tirage) -> ModePaiement {
    match regime {
        Regime::Employeur => tirage.pondere(&[
            (50, ModePaiement::TeleReglement),
            (25, ModePaiement::Prelevement),
            (20, ModePaiement::Virement),
            (5, ModePaiement::Cheque),
        ]),
        Regime::NonSalarie | Regime::Solidarite => tirage.pondere(&[
            (45, ModePaiement::Prelevement),
            (20, ModePaiement::TeleReglement),
            (15, ModePaiement::TitreInterbancaire),
            (10, ModePaiement::Virement),
            (10, ModePaiement::Cheque),
        ]),
        Regime::Assure => tirage.pondere(&[
            (35, ModePaiement::Virement),
            (25, ModePaiement::CarteBancaire),
            (20, ModePaiement::Cheque),
            (14, ModePaiement::Prelevement),
            (5, ModePaiement::Especes),
            (1, ModePaiement::Autre),
        ]),
        Regime::ProfessionnelSante => tirage.pondere(&[
            (70, ModePaiement::Virement),
            (20, ModePaiement::Cheque),
            (10, ModePaiement::CarteBancaire),
        ]),
    }
}

const fn lettre(regime: Regime) -> char {
    match regime {
        Regime::Employeur => 'E',
        Regime::NonSalarie => 'X',
        Regime::Solidarite => 'S',
        Regime::Assure => 'A',
        Regime::ProfessionnelSante => 'P',
    }
}

fn contacts(
    personne: &Personne,
    tranche: Option<Tranche>,
    territoire: &Territoire,
    tirage: &mut Tirage,
) -> Contacts {
    let age = matches!(tranche, Some(Tranche::Centenaire | Tranche::Ancienne));
    let (fixe, mobile, courriel) = if age { (850, 300, 150) } else { (350, 850, 700) };
    let mut telephones = Vec::new();
    for (chances, est_mobile) in [(mobile, true), (fixe, false)] {
        if tirage.sur_mille(chances) {
            telephones.push(Numeros::telephone(territoire.indicatif, est_mobile, tirage));
        }
    }
    let courriels = tirage
        .sur_mille(courriel)
        .then(|| Numeros::courriel(personne.prenom(), personne.nom(), tirage))
        .into_iter()
        .collect();
    Contacts {
        telephones,
        courriels,
    }
}
