use std::collections::{BTreeSet, HashMap};

use droit::Branche;
use jiff::civil::Date;
use releves::Ligne;
use storage::{Coffre, Lot, Tx};
use valeurs::{DossierId, Iban, Periode};

use super::Attente;
use crate::Erreur;

/// Où va une recette, avant de regarder les créances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// Un dossier, et ce que le paiement dit de la dette.
    Dossier {
        dossier: DossierId,
        designation: Designation,
    },
    /// La RAC, et pourquoi.
    Rac(Attente),
}

/// Ce que le paiement dit lui-même de la dette qu'il éteint (code civil, article 1342-10, à vérifier).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(super) struct Designation {
    pub(super) branche: Option<Branche>,
    /// Jours de la période, inclus.
    pub(super) periode: Option<(Date, Date)>,
    /// Les créances elles-mêmes ; aucune : la période seule désigne.
    pub(super) creances: Vec<i64>,
}

/// Ce qu'une recette porte pour être placée.
#[derive(Clone, Debug, Default)]
pub(super) struct Indices {
    pub(super) siret: Option<String>,
    pub(super) iban_hache: Option<Vec<u8>>,
    pub(super) periode: Option<(Date, Date)>,
    /// Mots du libellé et références qui peuvent être une référence de créance ou un matricule.
    pub(super) mots: Vec<String>,
}

/// Un mot de libellé plus court n'identifie personne ; plus long, c'est autre chose.
const MOT: std::ops::RangeInclusive<usize> = 6..=40;
/// Mots cherchés par recette, au plus.
const MOTS: usize = 12;

impl Indices {
    pub(super) fn de_la_ligne(coffre: &Coffre, ligne: &Ligne) -> Self {
        Self {
            siret: ligne.siret.as_ref().map(|s| s.as_str().to_owned()),
            iban_hache: ligne.iban.as_ref().map(|i| hacher_iban(coffre, i)),
            periode: ligne.periode.map(|p| (p.debut(), p.fin())),
            mots: mots([&ligne.reference_creancier, &ligne.end_to_end, &ligne.libelle]),
        }
    }
}

pub(super) fn hacher_iban(coffre: &Coffre, iban: &Iban) -> Vec<u8> {
    coffre.hacher("iban", iban.as_str())
}

/// Les mots d'un texte libre qui peuvent désigner une créance ou un débiteur : ils portent un chiffre.
pub(super) fn mots<'t>(textes: impl IntoIterator<Item = &'t Option<String>>) -> Vec<String> {
    let mut mots = BTreeSet::new();
    for texte in textes.into_iter().flatten() {
        for mot in texte.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '/' | '_')) {
            if MOT.contains(&mot.len()) && mot.bytes().any(|b| b.is_ascii_digit()) && mots.len() < MOTS {
                mots.insert(mot.to_ascii_uppercase());
            }
        }
    }
    mots.into_iter().collect()
}

/// Trouve d'un coup la destination de plusieurs recettes, dans l'ordre reçu.
///
/// La référence d'un paiement que la caisse a annoncé décide d'abord, puis le SIRET ; sinon la référence d'une créance, puis un matricule, puis l'IBAN s'il n'est que
/// d'un seul dossier.
pub(super) async fn destinations(tx: &mut Tx, indices: &[Indices]) -> Result<Vec<Destination>, Erreur> {
    let sirets: BTreeSet<&str> = indices.iter().filter_map(|i| i.siret.as_deref()).collect();
    let par_siret: HashMap<String, i64> = Lot::nouveau()
        .textes("siret", sirets)
        .toutes::<(String, i64)>(
            tx,
            "SELECT debiteur.siret, debiteur.id FROM v CROSS JOIN debiteur WHERE debiteur.siret = v.siret",
        )
        .await?
        .into_iter()
        .collect();
    let sans_siret = || indices.iter().filter(|i| i.siret.is_none());
    let tous_les_mots: BTreeSet<&str> = indices
        .iter()
        .flat_map(|i| i.mots.iter().map(String::as_str))
        .collect();
    let mut par_annonce: HashMap<String, (i64, i64, Vec<i64>)> = HashMap::new();
    for (mot, creance, dossier, branche) in Lot::nouveau()
        .textes("mot", tous_les_mots)
        .toutes::<(String, i64, i64, i64)>(
            tx,
            "SELECT v.mot, c.id, c.dossier_id, c.branche FROM v CROSS JOIN paiement_annonce p \
             JOIN creance c ON c.id = p.creance_id WHERE p.reference = v.mot",
        )
        .await?
    {
        let annonce = par_annonce.entry(mot).or_insert((dossier, branche, Vec::new()));
        annonce.2.push(creance);
    }
    let mots: BTreeSet<&str> = sans_siret()
        .flat_map(|i| i.mots.iter().map(String::as_str))
        .collect();
    let par_reference: HashMap<String, (i64, i64, i64)> = Lot::nouveau()
        .textes("mot", mots.iter().copied())
        .toutes::<(String, i64, i64, i64)>(
            tx,
            "SELECT v.mot, creance.id, dossier_id, branche FROM v CROSS JOIN creance WHERE creance.reference = v.mot",
        )
        .await?
        .into_iter()
        .map(|(mot, creance, dossier, branche)| (mot, (creance, dossier, branche)))
        .collect();
    let par_matricule: HashMap<String, i64> = Lot::nouveau()
        .textes("mot", mots)
        .toutes::<(String, i64)>(
            tx,
            "SELECT v.mot, debiteur.id FROM v CROSS JOIN debiteur WHERE debiteur.matricule = v.mot",
        )
        .await?
        .into_iter()
        .collect();
    let ibans: BTreeSet<&Vec<u8>> = sans_siret().filter_map(|i| i.iban_hache.as_ref()).collect();
    let mut par_iban: HashMap<Vec<u8>, Vec<i64>> = HashMap::new();
    for (hache, dossier) in Lot::nouveau()
        .octets("hache", ibans.into_iter().cloned().map(Some))
        .toutes::<(Vec<u8>, i64)>(
            tx,
            "SELECT v.hache, dossier_id FROM v CROSS JOIN compte_bancaire WHERE compte_bancaire.iban_hache = v.hache",
        )
        .await?
    {
        par_iban.entry(hache).or_default().push(dossier);
    }
    Ok(indices
        .iter()
        .map(|i| {
            let vers = |id: i64, designation| Destination::Dossier {
                dossier: DossierId::new(id),
                designation,
            };
            let branche_de = |bit: i64| u8::try_from(bit).ok().and_then(Branche::du_bit);
            if let Some((dossier, branche, creances)) = i.mots.iter().find_map(|m| par_annonce.get(m)) {
                let designation = Designation {
                    branche: branche_de(*branche),
                    periode: i.periode,
                    creances: creances.clone(),
                };
                return vers(*dossier, designation);
            }
            if let Some(siret) = &i.siret {
                let designation = Designation {
                    branche: Some(Branche::Cotisations),
                    periode: i.periode,
                    creances: Vec::new(),
                };
                return match par_siret.get(siret) {
                    Some(id) => vers(*id, designation),
                    None => Destination::Rac(Attente::DebiteurInconnu),
                };
            }
            if let Some((creance, dossier, branche)) = i.mots.iter().find_map(|m| par_reference.get(m)) {
                let designation = Designation {
                    branche: branche_de(*branche),
                    periode: i.periode,
                    creances: vec![*creance],
                };
                return vers(*dossier, designation);
            }
            let designation = Designation {
                branche: None,
                periode: i.periode,
                creances: Vec::new(),
            };
            if let Some(id) = i.mots.iter().find_map(|m| par_matricule.get(m)) {
                return vers(*id, designation);
            }
            match i
                .iban_hache
                .as_ref()
                .and_then(|h| par_iban.get(h))
                .map(Vec::as_slice)
            {
                Some([id]) => vers(*id, designation),
                Some(_) => Destination::Rac(Attente::PlusieursDebiteurs),
                None => Destination::Rac(Attente::DebiteurInconnu),
            }
        })
        .collect())
}

/// Relit la période tenue en base (`2026-01`).
pub(super) fn lire_periode(texte: Option<&str>) -> Option<(Date, Date)> {
    texte?.parse::<Periode>().ok().map(|p| (p.debut(), p.fin()))
}
