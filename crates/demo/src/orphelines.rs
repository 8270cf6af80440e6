//! Les recettes que rien ne rattache à coup sûr à un débiteur : elles finiront en recettes à classer (RAC).

use jiff::civil::Date;
use releves::ModePaiement;
use valeurs::{Montant, Periode};

use crate::{
    debiteur::{Debiteur, Paiement},
    historique::{nom_de_banque, plus_jours},
    numeros::Numeros,
    tirage::Tirage,
};

/// Ce qui empêche de rattacher la recette.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CauseOrpheline {
    /// Ni SIRET, ni compte, ni référence.
    SiretAbsent,
    /// Le SIRET est juste, mais n'est celui d'aucun débiteur.
    SiretInconnu,
    /// Le compte n'est celui d'aucun débiteur ; le nom ressemble à celui de l'un d'eux.
    CompteInconnu,
    /// La référence désigne un matricule qui n'existe pas ; le compte et le nom manquent.
    ReferenceErronee,
}

/// Une recette orpheline, et de qui elle vient sans doute.
#[derive(Clone, PartialEq, Eq)]
pub struct RecetteOrpheline {
    /// La recette, telle que la banque la dit.
    pub paiement: Paiement,
    /// Pourquoi elle attend.
    pub cause: CauseOrpheline,
    /// Rang du débiteur dont elle vient ; rien quand la caisse ne le connaît pas.
    pub debiteur: Option<u64>,
}

const CAUSES: &[(u32, CauseOrpheline)] = &[
    (20, CauseOrpheline::SiretAbsent),
    (25, CauseOrpheline::SiretInconnu),
    (35, CauseOrpheline::CompteInconnu),
    (20, CauseOrpheline::ReferenceErronee),
];

/// L'orpheline de ce rang, qui ressemble à un paiement de ce débiteur, de rang `rang_debiteur`.
pub(crate) fn orpheline(
    rang: u64,
    (rang_debiteur, debiteur): (u64, &Debiteur),
    numeros: &Numeros,
    aujourdhui: Date,
    tirage: &mut Tirage,
) -> RecetteOrpheline {
    let cause = tirage.pondere(CAUSES);
    let personne = &debiteur.identite.personne;
    let mut paiement = Paiement {
        jour: plus_jours(aujourdhui, -tirage.entre(0, 400)),
        montant: montant(debiteur, tirage),
        mode: ModePaiement::Virement,
        siret: None,
        periode: None,
        iban: None,
        nom_payeur: None,
        libelle: "VIREMENT MSA".to_owned(),
        reference_bancaire: numeros.reference_orpheline(rang),
        bout_en_bout: None,
        rejet: None,
    };
    match cause {
        CauseOrpheline::SiretAbsent => {
            paiement.mode = ModePaiement::Cheque;
            paiement.libelle = "REMISE CHEQUE".to_owned();
        }
        CauseOrpheline::SiretInconnu => {
            paiement.siret = Some(numeros.siret_inconnu(rang, tirage));
            let mois = plus_jours(paiement.jour.first_of_month(), -1);
            paiement.periode = Periode::mois(mois.year(), mois.month()).ok();
            paiement.mode = ModePaiement::TeleReglement;
            paiement.libelle = "COTISATIONS DSN".to_owned();
        }
        CauseOrpheline::CompteInconnu => {
            paiement.iban = Some(numeros.iban_inconnu(rang, tirage));
            paiement.nom_payeur = Some(nom_proche(personne.prenom(), personne.nom(), tirage));
        }
        CauseOrpheline::ReferenceErronee => {
            let matricule = numeros.matricule_inconnu(rang);
            paiement.libelle = format!("REGLEMENT DOSSIER {matricule}");
            paiement.bout_en_bout = Some(format!("DOS{matricule}"));
        }
    }
    let debiteur = (cause != CauseOrpheline::SiretInconnu).then_some(rang_debiteur);
    RecetteOrpheline {
        paiement,
        cause,
        debiteur,
    }
}

/// Le montant exact d'une créance du débiteur deux fois sur trois, une somme ronde autrement.
fn montant(debiteur: &Debiteur, tirage: &mut Tirage) -> Montant {
    let ronde = Montant::de_centimes(tirage.entre(2, 90) * 1_000);
    let exact = tirage.sur_mille(660);
    match debiteur.creances.last() {
        Some(creance) if exact => creance.montant(),
        _ => ronde,
    }
}

/// Le nom d'un proche écrit par une autre banque : civilité, prénom du conjoint, ordre ou lettre changés.
fn nom_proche(prenom: &str, nom: &str, tirage: &mut Tirage) -> String {
    let juste = nom_de_banque(prenom, nom);
    match tirage.entre(0, 3) {
        0 => format!("M OU MME {}", nom_de_banque("", nom)),
        1 => format!("{} {}", nom_de_banque("", prenom), nom_de_banque("", nom))
            .trim()
            .to_owned(),
        2 => sans_une_lettre(&juste, tirage),
        _ => format!(
            "{} {}",
            nom_de_banque("", nom),
            tirage.parmi(&["ODETTE", "LUC", "MARIE", "PAUL"])
        ),
    }
}

fn sans_une_lettre(nom: &str, tirage: &mut Tirage) -> String {
    let lettres = i64::try_from(nom.chars().count()).unwrap_or(1);
    let otee = usize::try_from(tirage.entre(1, lettres - 1)).unwrap_or(1);
    nom.chars()
        .enumerate()
        .filter(|(rang, _)| *rang != otee)
        .map(|(_, lettre)| lettre)
        .collect()
}
