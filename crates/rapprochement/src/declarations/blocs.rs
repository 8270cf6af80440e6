//! Ce qui distingue deux arbres de blocs : pur.

use std::collections::BTreeMap;

use dsn::{Bloc, Rubrique};

use super::arbre::{Feuille, Noeud};

/// Ce qui reconnaît un bloc parmi ses semblables : un versement par son organisme et sa période, une base par son code et
/// la sienne… Un bloc absent de cette liste n'a pas de semblable, ou ne se reconnaît qu'à sa place.
const RECONNAIT: [&[Rubrique]; 5] = [
    &[
        Rubrique::de("S21.G00.20.001"),
        Rubrique::de("S21.G00.20.006"),
        Rubrique::de("S21.G00.20.007"),
    ],
    &[Rubrique::de("S21.G00.55.003"), Rubrique::de("S21.G00.55.004")],
    &[
        Rubrique::de("S21.G00.78.001"),
        Rubrique::de("S21.G00.78.002"),
        Rubrique::de("S21.G00.78.003"),
    ],
    &[Rubrique::de("S21.G00.79.001")],
    &[Rubrique::de("S21.G00.81.001"), Rubrique::de("S21.G00.81.002")],
];

/// Ce qu'un bloc devient d'une déclaration à la suivante.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Devenir {
    Ajoute,
    Retire,
    Change,
}

/// Un bloc qui diffère.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct BlocChange {
    pub(crate) bloc: Bloc,
    pub(crate) libelle: &'static str,
    /// Ce qui le reconnaît, après ce qui reconnaît ceux qui le contiennent, du plus haut au plus bas.
    pub(crate) identite: Vec<Feuille>,
    pub(crate) devenir: Devenir,
    /// Les rubriques qui diffèrent : avant, après. Toutes celles d'un bloc ajouté ou retiré.
    pub(crate) feuilles: Vec<(Option<Feuille>, Option<Feuille>)>,
}

#[cfg(test)]
impl BlocChange {
    /// Le dirait-on de l'autre en échangeant les deux arbres ?
    pub(super) fn est_l_envers_de(&self, autre: &Self) -> bool {
        let devenir = match autre.devenir {
            Devenir::Ajoute => Devenir::Retire,
            Devenir::Retire => Devenir::Ajoute,
            Devenir::Change => Devenir::Change,
        };
        let feuilles = autre.feuilles.iter().map(|(avant, apres)| (apres, avant));
        (self.bloc, self.devenir) == (autre.bloc, devenir)
            && self
                .feuilles
                .iter()
                .map(|(avant, apres)| (avant, apres))
                .eq(feuilles)
    }
}

/// Un bloc désigné depuis la racine : ceux qui le contiennent et lui, chacun avec les valeurs qui le reconnaissent.
type Chemin<'a> = Vec<(Bloc, Vec<Option<&'a str>>)>;

/// Les blocs qui diffèrent d'un arbre à l'autre. Ni leur place ni leurs lignes ne comptent ; ceux que rien ne distingue se
/// comparent dans leur ordre.
pub(crate) fn blocs_changes(avant: &[Noeud], apres: &[Noeud]) -> Vec<BlocChange> {
    let paires = apparier(aplatir(avant), aplatir(apres)).into_iter();
    let changes = paires.filter_map(|(avant, apres)| {
        let (noeud, identite) = apres.as_ref().or(avant.as_ref())?;
        let feuilles = |bloc: &Option<(&Noeud, _)>| -> Vec<(Rubrique, Feuille)> {
            let feuilles = bloc.iter().flat_map(|(noeud, _)| &noeud.feuilles);
            feuilles.map(|f| (f.rubrique, f.clone())).collect()
        };
        let valeur = |f: &Option<Feuille>| f.as_ref().map(|f| f.valeur.clone());
        let feuilles: Vec<_> = apparier(feuilles(&avant), feuilles(&apres))
            .into_iter()
            .filter(|(avant, apres)| valeur(avant) != valeur(apres))
            .collect();
        (!feuilles.is_empty()).then(|| BlocChange {
            bloc: noeud.bloc,
            libelle: noeud.libelle,
            identite: identite.iter().map(|f| (*f).clone()).collect(),
            devenir: match (&avant, &apres) {
                (None, _) => Devenir::Ajoute,
                (_, None) => Devenir::Retire,
                (Some(_), Some(_)) => Devenir::Change,
            },
            feuilles,
        })
    });
    changes.collect()
}

/// Chaque bloc, et ce qui le reconnaît.
type Plat<'a> = (Chemin<'a>, (&'a Noeud, Vec<&'a Feuille>));

fn aplatir(noeuds: &[Noeud]) -> Vec<Plat<'_>> {
    fn descendre<'a>(
        noeuds: &'a [Noeud],
        chemin: &Chemin<'a>,
        identite: &[&'a Feuille],
        plats: &mut Vec<Plat<'a>>,
    ) {
        for noeud in noeuds {
            let siens = reconnaissent(noeud);
            let valeurs = siens.iter().map(|f| f.valeur.as_deref()).collect();
            let chemin = [chemin.as_slice(), &[(noeud.bloc, valeurs)]].concat();
            let identite = [identite, &siens].concat();
            plats.push((chemin.clone(), (noeud, identite.clone())));
            descendre(&noeud.enfants, &chemin, &identite, plats);
        }
    }
    let mut plats = Vec::new();
    descendre(noeuds, &Chemin::new(), &[], &mut plats);
    plats
}

fn reconnaissent(noeud: &Noeud) -> Vec<&Feuille> {
    let rubriques = RECONNAIT
        .iter()
        .find(|rubriques| rubriques.iter().any(|r| r.bloc() == noeud.bloc));
    let rubriques = rubriques.copied().unwrap_or_default().iter();
    rubriques
        .filter_map(|r| noeud.feuilles.iter().find(|f| f.rubrique == *r))
        .collect()
}

/// Met en regard ce qui porte la même clé des deux côtés, par ordre des clés ; les semblables, dans leur ordre.
fn apparier<C: Ord, T>(avant: Vec<(C, T)>, apres: Vec<(C, T)>) -> Vec<(Option<T>, Option<T>)> {
    let mut par_cle: BTreeMap<C, (Vec<T>, Vec<T>)> = BTreeMap::new();
    for (cle, chose) in avant {
        par_cle.entry(cle).or_default().0.push(chose);
    }
    for (cle, chose) in apres {
        par_cle.entry(cle).or_default().1.push(chose);
    }
    let mut paires = Vec::new();
    for (avant, apres) in par_cle.into_values() {
        let (mut avant, mut apres) = (avant.into_iter(), apres.into_iter());
        loop {
            match (avant.next(), apres.next()) {
                (None, None) => break,
                paire => paires.push(paire),
            }
        }
    }
    paires
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::declarations::arbre;
    use crate::individus::Rubriques;

    fn lire(clair: &str) -> Vec<Noeud> {
        arbre(Rubriques::lire(clair).iter(), true)
    }

    fn dits(avant: &str, apres: &str) -> Vec<String> {
        let blocs = blocs_changes(&lire(avant), &lire(apres));
        let dits = blocs.iter().flat_map(|b| {
            let identite: Vec<&str> = b.identite.iter().filter_map(|f| f.valeur.as_deref()).collect();
            b.feuilles.iter().map(move |(avant, apres)| {
                let rubrique = avant.as_ref().or(apres.as_ref()).map(|f| f.rubrique);
                let valeur = |f: &Option<Feuille>| f.as_ref().and_then(|f| f.valeur.clone());
                format!(
                    "{:?} {} [{}] {} > {}",
                    b.devenir,
                    rubrique.unwrap(),
                    identite.join(" "),
                    valeur(avant).as_deref().unwrap_or("–"),
                    valeur(apres).as_deref().unwrap_or("–"),
                )
            })
        });
        dits.collect()
    }

    const AVANT: &str = "1 210030001 1850233063001\n2 210030002 DURAND\n3 210078001 03\n4 210078002 01012026\n\
                         5 210081001 075\n6 210081004 10.00\n7 210081001 072\n8 210081004 2.00\n";

    #[test]
    fn une_rubrique_changee_se_dit_avec_ce_qui_reconnait_son_bloc() {
        let apres = "90 210030001 1850233063001\n91 210030002 DURANT\n92 210078001 03\n93 210078002 01012026\n\
                     94 210081001 072\n95 210081004 2.00\n96 210081001 075\n97 210081004 12.00\n";
        assert_eq!(
            dits(AVANT, apres),
            [
                "Change S21.G00.30.002 [] DURAND > DURANT",
                "Change S21.G00.81.004 [03 01012026 075] 10.00 > 12.00",
            ]
        );
    }

    #[test]
    fn un_bloc_ajoute_ou_retire_se_montre_entier() {
        let apres = "1 210030001 1850233063001\n2 210030002 DURAND\n3 210078001 03\n4 210078002 01012026\n\
                     5 210081001 075\n6 210081004 10.00\n7 210081001 018\n8 210081004 -1.00\n";
        assert_eq!(
            dits(AVANT, apres),
            [
                "Ajoute S21.G00.81.001 [03 01012026 018] – > 018",
                "Ajoute S21.G00.81.004 [03 01012026 018] – > -1.00",
                "Retire S21.G00.81.001 [03 01012026 072] 072 > –",
                "Retire S21.G00.81.004 [03 01012026 072] 2.00 > –",
            ]
        );
    }

    #[test]
    fn deux_ordres_de_paiement_se_reconnaissent_a_leur_periode() {
        let avant = "1 210011001 00074\n2 210020001 DMSA33\n3 210020005 10.00\n4 210020006 01012026\n\
                     5 210020001 DMSA33\n6 210020005 5.00\n7 210020006 01122025\n";
        let apres = "1 210011001 00074\n2 210020001 DMSA33\n3 210020005 7.00\n4 210020006 01122025\n\
                     5 210020001 DMSA33\n6 210020005 10.00\n7 210020006 01012026\n";
        assert_eq!(
            dits(avant, apres),
            ["Change S21.G00.20.005 [DMSA33 01122025] 5.00 > 7.00"]
        );
    }

    fn des_rubriques() -> impl Strategy<Value = String> {
        let rubrique = prop_oneof![
            Just("210030001"),
            Just("210078001"),
            Just("210078002"),
            Just("210081001"),
            Just("210081004"),
        ];
        proptest::collection::vec((rubrique, 0_u32..4), 0..20).prop_map(|lues| {
            let lignes = lues.iter().zip(1..);
            lignes.map(|((r, v), n)| format!("{n} {r} {v}\n")).collect()
        })
    }

    proptest! {
        #[test]
        fn un_arbre_ne_differe_pas_de_lui_meme(a in des_rubriques()) {
            prop_assert!(blocs_changes(&lire(&a), &lire(&a)).is_empty());
        }

        #[test]
        fn lire_a_l_envers_echange_avant_et_apres(a in des_rubriques(), b in des_rubriques()) {
            let (aller, retour) = (blocs_changes(&lire(&a), &lire(&b)), blocs_changes(&lire(&b), &lire(&a)));
            prop_assert_eq!(aller.len(), retour.len());
            for (x, y) in aller.iter().zip(&retour) {
                prop_assert!(x.est_l_envers_de(y), "{x:?} {y:?}");
            }
        }
    }
}
