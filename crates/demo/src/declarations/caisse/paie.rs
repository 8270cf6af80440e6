//! La paie d'un mois : des salariés toujours les mêmes, et ce qu'ils cotisent par famille.

use droit::FamilleCotisation;
use valeurs::{Montant, Periode};

use super::taux;
use crate::declarations::contenu::{Base, Cotisation, Declaration, Individu};
use crate::declarations::inventer::{base, part, personne};
use crate::historique::plus_mois;
use crate::tirage::Tirage;

/// Plafond mensuel de la sécurité sociale.
const PLAFOND: i64 = 400_500;

/// Les salariés d'un établissement, toujours les mêmes, qui se partagent le brut et les cotisations d'un mois.
pub(super) fn individus(
    nombre: i64,
    brut: i64,
    familles: &[(FamilleCotisation, i64)],
    mois: Periode,
    salaries: &mut Tirage,
) -> Vec<Individu> {
    let mut individus: Vec<Individu> = (0..usize::try_from(nombre).unwrap_or(1))
        .map(|rang| personne(rang, salaries))
        .collect();
    let poids: Vec<Montant> = individus
        .iter()
        .map(|_| Montant::de_centimes(salaries.entre(80, 120)))
        .collect();
    let partager = |montant: i64| Montant::de_centimes(montant).repartir(&poids);
    for (individu, part_du_brut) in individus.iter_mut().zip(partager(brut)) {
        let brut = part_du_brut.centimes();
        individu.brut = brut;
        individu.bases = vec![
            base("02", brut.min(PLAFOND), mois, &[]),
            base("03", brut, mois, &[]),
            base("04", part(brut, 98_250), mois, &[]),
        ];
    }
    for (famille, montant) in familles {
        let (code, base) = code(*famille);
        let (ouvriere, patronale) = taux(*famille);
        let taux = Some((ouvriere + patronale) * 10);
        for (individu, montant) in individus.iter_mut().zip(partager(*montant)) {
            for b in individu.bases.iter_mut().filter(|b| b.code == base) {
                b.cotisations.push(Cotisation {
                    code,
                    assiette: b.montant,
                    montant: montant.centimes(),
                    taux,
                });
            }
        }
    }
    individus
}

/// Le code de cotisation qui porte une famille, et sa base.
const fn code(famille: FamilleCotisation) -> (&'static str, &'static str) {
    match famille {
        FamilleCotisation::AssurancesSociales => ("075", "03"),
        FamilleCotisation::AccidentsTravail => ("045", "03"),
        FamilleCotisation::AllocationsFamilialesSalaries => ("074", "03"),
        FamilleCotisation::CsgCrdsSalaries => ("072", "04"),
        FamilleCotisation::RetraiteComplementaire => ("131", "02"),
        FamilleCotisation::AssuranceChomage => ("040", "03"),
        FamilleCotisation::FormationProfessionnelle => ("128", "03"),
        _ => ("100", "03"),
    }
}

/// Retire au premier salarié une fois et demie ce qu'il a cotisé à sa première famille, au titre du mois d'avant.
pub(super) fn regulariser(declaration: &mut Declaration, mois: Periode) {
    let avant = plus_mois(mois.debut(), -1);
    let (Some(individu), Ok(avant)) = (
        declaration.individus.first_mut(),
        Periode::mois(avant.year(), avant.month()),
    ) else {
        return;
    };
    let mut cotisees = individu
        .bases
        .iter()
        .filter_map(|b| Some((b.code, *b.cotisations.first()?)));
    let Some((code, cotisee)) = cotisees.next() else {
        return;
    };
    let assiette = -cotisee.assiette / 10;
    individu.bases.push(Base {
        cotisations: vec![Cotisation {
            assiette,
            montant: -cotisee.montant * 3 / 2,
            ..cotisee
        }],
        ..base(code, assiette, avant, &[])
    });
}
