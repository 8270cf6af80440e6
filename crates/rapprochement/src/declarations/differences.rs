//! Ce qui distingue deux déclarations du même mois : pur.

use std::collections::{BTreeMap, BTreeSet};

use valeurs::{Depassement, Montant};

use super::arbre::{Noeud, arbre};
use super::blocs::{BlocChange, blocs_changes};
use crate::individus::Rubriques;

/// Un code de cotisation et sa période, tels qu'une déclaration les cumule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CleCotisation {
    /// 81 (individuelle) ou 82 (d'établissement).
    pub(crate) bloc: i64,
    pub(crate) code: String,
    pub(crate) debut: Option<String>,
    pub(crate) fin: Option<String>,
}

/// Ce qu'une déclaration dit, à comparer.
#[derive(Clone, Default)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Contenu {
    pub(crate) declare: Montant,
    pub(crate) ordonne: Montant,
    /// L'établissement et ses versements.
    pub(crate) etablissement: Vec<Noeud>,
    pub(crate) cotisations: BTreeMap<CleCotisation, Montant>,
    /// Rubriques en clair de chaque individu, par haché.
    pub(crate) individus: BTreeMap<Vec<u8>, String>,
}

/// Une cotisation qui change ; absente d'un côté, elle y vaut zéro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CotisationChangee {
    pub(crate) cle: CleCotisation,
    pub(crate) avant: Montant,
    pub(crate) apres: Montant,
    /// Après moins avant.
    pub(crate) ecart: Montant,
}

/// Un individu dont des rubriques changent.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct IndividuChange {
    /// Ses rubriques d'après.
    pub(crate) apres: String,
    pub(crate) blocs: Vec<BlocChange>,
}

/// Ce qui distingue une déclaration de celle d'avant.
#[derive(Clone, Default)]
pub(crate) struct Differences {
    pub(crate) declare: (Montant, Montant),
    pub(crate) ordonne: (Montant, Montant),
    pub(crate) cotisations: Vec<CotisationChangee>,
    /// L'établissement et ses versements, hors de ce que `cotisations` dit.
    pub(crate) etablissement: Vec<BlocChange>,
    /// Rubriques en clair des individus que seule celle d'après a, puis de ceux que seule celle d'avant a.
    pub(crate) arrives: Vec<String>,
    pub(crate) partis: Vec<String>,
    pub(crate) changes: Vec<IndividuChange>,
}

impl Differences {
    /// Rien ne change-t-il ?
    pub(crate) fn est_vide(&self) -> bool {
        self.declare.0 == self.declare.1
            && self.ordonne.0 == self.ordonne.1
            && self.cotisations.is_empty()
            && self.etablissement.is_empty()
            && self.arrives.is_empty()
            && self.partis.is_empty()
            && self.changes.is_empty()
    }
}

/// Compare deux contenus ; la place des lignes dans les fichiers n'y compte pas.
///
/// # Errors
/// Une différence sort de l'étendue d'un montant.
pub(crate) fn differences(avant: &Contenu, apres: &Contenu) -> Result<Differences, Depassement> {
    let mut d = Differences {
        declare: (avant.declare, apres.declare),
        ordonne: (avant.ordonne, apres.ordonne),
        etablissement: blocs_changes(&avant.etablissement, &apres.etablissement),
        ..Differences::default()
    };
    let cles: BTreeSet<&CleCotisation> = avant.cotisations.keys().chain(apres.cotisations.keys()).collect();
    for cle in cles {
        let de = |c: &Contenu| c.cotisations.get(cle).copied().unwrap_or_default();
        let (vaut, vaudra) = (de(avant), de(apres));
        if vaut != vaudra {
            d.cotisations.push(CotisationChangee {
                cle: cle.clone(),
                avant: vaut,
                apres: vaudra,
                ecart: vaudra.checked_sub(vaut)?,
            });
        }
    }
    for (hache, clair) in &apres.individus {
        match avant.individus.get(hache) {
            None => d.arrives.push(clair.clone()),
            Some(ancien) => d.changes.extend(changement(ancien, clair)),
        }
    }
    let partis = avant
        .individus
        .iter()
        .filter(|(h, _)| !apres.individus.contains_key(*h));
    d.partis.extend(partis.map(|(_, clair)| clair.clone()));
    Ok(d)
}

/// Ce qui change d'un individu ; rien si ses blocs sont les mêmes, dans quelque ordre que ce soit.
fn changement(avant: &str, apres: &str) -> Option<IndividuChange> {
    // Un individu n'a pas de coordonnées bancaires.
    let lire = |clair| arbre(Rubriques::lire(clair).iter(), false);
    let blocs = blocs_changes(&lire(avant), &lire(apres));
    (!blocs.is_empty()).then(|| IndividuChange {
        apres: apres.to_owned(),
        blocs,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn contenu(individus: &[(u8, &str)]) -> Contenu {
        Contenu {
            individus: individus
                .iter()
                .map(|(h, t)| (vec![*h], (*t).to_owned()))
                .collect(),
            ..Contenu::default()
        }
    }

    #[test]
    fn un_individu_ne_change_pas_quand_seules_ses_lignes_bougent() {
        let avant = contenu(&[(1, "10 210081001 075\n11 210081004 700.00\n")]);
        let apres = contenu(&[(1, "90 210081001 075\n91 210081004 700.00\n")]);
        assert!(differences(&avant, &apres).unwrap().est_vide());
    }

    #[test]
    fn ce_qui_change_d_un_individu_se_dit_avant_et_apres() {
        let avant = contenu(&[
            (1, "1 210081001 075\n2 210081004 700.00\n"),
            (2, "3 210081001 072\n"),
        ]);
        let apres = contenu(&[
            (1, "1 210081001 075\n2 210081004 650.00\n"),
            (3, "3 210081001 072\n"),
        ]);
        let d = differences(&avant, &apres).unwrap();
        assert_eq!((d.arrives.len(), d.partis.len(), d.changes.len()), (1, 1, 1));
        let (avant, apres) = &d.changes[0].blocs[0].feuilles[0];
        let valeurs = [avant, apres].map(|f| f.as_ref().unwrap().valeur.clone().unwrap());
        assert_eq!(valeurs, ["700.00", "650.00"]);
    }

    fn un_contenu() -> impl Strategy<Value = Contenu> {
        let cle = ("[0-9]{3}", 81_i64..=82).prop_map(|(code, bloc)| CleCotisation {
            bloc,
            code,
            debut: None,
            fin: None,
        });
        let individu = proptest::collection::vec((0_u32..3, 0_u32..4), 0..6).prop_map(|lues| {
            let lignes = lues.iter().zip(1..);
            lignes
                .map(|((r, v), n)| format!("{n} 21008100{} {v}\n", r + 1))
                .collect::<String>()
        });
        (
            proptest::collection::btree_map(cle, (-5_i64..5).prop_map(Montant::de_centimes), 0..6),
            proptest::collection::btree_map(proptest::collection::vec(0_u8..4, 1), individu, 0..4),
        )
            .prop_map(|(cotisations, individus)| Contenu {
                cotisations,
                individus,
                ..Contenu::default()
            })
    }

    proptest! {
        #[test]
        fn une_declaration_ne_differe_pas_d_elle_meme(c in un_contenu()) {
            prop_assert!(differences(&c, &c).unwrap().est_vide());
        }

        #[test]
        fn lire_a_l_envers_echange_avant_et_apres(a in un_contenu(), b in un_contenu()) {
            let (aller, retour) = (differences(&a, &b).unwrap(), differences(&b, &a).unwrap());
            prop_assert_eq!(&aller.arrives, &retour.partis);
            prop_assert_eq!(aller.changes.len(), retour.changes.len());
            for (x, y) in aller.changes.iter().zip(&retour.changes) {
                prop_assert_eq!(x.blocs.len(), y.blocs.len());
                for (x, y) in x.blocs.iter().zip(&y.blocs) {
                    prop_assert!(x.est_l_envers_de(y), "{x:?} {y:?}");
                }
            }
            for (x, y) in aller.cotisations.iter().zip(&retour.cotisations) {
                prop_assert_eq!(x.avant, y.apres);
                prop_assert_eq!(x.ecart.centimes(), -y.ecart.centimes());
            }
        }
    }
}
