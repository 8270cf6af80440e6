//! Des rubriques gardées à l'arbre de la norme : blocs, rubriques et codes en mots.

use dsn::{Bloc, Nature, Norme, Rubrique, norme};
use jiff::civil::Date;

use crate::individus::RubriqueGardee;

/// Les coordonnées bancaires d'un versement : BIC et IBAN.
const BANCAIRES: [Rubrique; 2] = [Rubrique::de("S21.G00.20.003"), Rubrique::de("S21.G00.20.004")];

/// Un bloc, ses rubriques et les blocs qu'il contient.
#[derive(Clone, PartialEq, Eq)]
// Il porte des valeurs personnelles : rien hors des essais ne l'écrit.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Noeud {
    pub(crate) bloc: Bloc,
    pub(crate) libelle: &'static str,
    pub(crate) feuilles: Vec<Feuille>,
    pub(crate) enfants: Vec<Noeud>,
}

/// Une rubrique.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Feuille {
    pub(crate) ligne: u64,
    pub(crate) rubrique: Rubrique,
    pub(crate) libelle: &'static str,
    /// Absente si la personne qui lit n'a pas à la voir.
    pub(crate) valeur: Option<String>,
    /// Le jour, si la norme en fait une date.
    pub(crate) jour: Option<Date>,
    /// Ce que veut dire un code, ou une date écrite pour être lue.
    pub(crate) mots: Option<String>,
}

/// L'arbre de rubriques données dans l'ordre du fichier ; sans `bancaire`, les coordonnées bancaires n'y ont pas de valeur.
pub(crate) fn arbre<'a>(
    rubriques: impl IntoIterator<Item = RubriqueGardee<'a>>,
    bancaire: bool,
) -> Vec<Noeud> {
    let mut racine = Vec::new();
    // Les blocs ouverts, du plus haut au plus bas, chacun avec sa profondeur.
    let mut ouverts: Vec<(usize, Noeud)> = Vec::new();
    let mut precedente = None;
    for r in rubriques {
        if norme::commence_un_bloc(precedente, r.rubrique) {
            let bloc = r.rubrique.bloc();
            let profondeur = norme::profondeur(bloc);
            fermer(&mut ouverts, profondeur, &mut racine);
            ouverts.push((
                profondeur,
                Noeud {
                    bloc,
                    libelle: dsn::libelle_bloc(bloc).unwrap_or("Bloc inconnu de la norme"),
                    feuilles: Vec::new(),
                    enfants: Vec::new(),
                },
            ));
        }
        precedente = Some(r.rubrique);
        if let Some((_, noeud)) = ouverts.last_mut() {
            let montree = bancaire || !BANCAIRES.contains(&r.rubrique);
            let jour = jour(r);
            noeud.feuilles.push(Feuille {
                ligne: r.ligne,
                rubrique: r.rubrique,
                libelle: dsn::libelle_rubrique(r.rubrique).unwrap_or("Rubrique inconnue de la norme"),
                valeur: montree.then(|| r.valeur.to_owned()),
                jour,
                mots: mots(r, jour),
            });
        }
    }
    fermer(&mut ouverts, 0, &mut racine);
    racine
}

fn jour(r: RubriqueGardee<'_>) -> Option<Date> {
    Norme::rubrique(r.rubrique).filter(|norme| norme.nature == Nature::Date)?;
    dsn::date(r.valeur.as_bytes())
}

/// Ce que veut dire une valeur, si elle ne se lit pas d'elle-même.
fn mots(r: RubriqueGardee<'_>, jour: Option<Date>) -> Option<String> {
    dsn::libelle_code(r.rubrique, r.valeur)
        .or_else(|| dsn::libelle_caisse(r.valeur))
        .map(str::to_owned)
        .or_else(|| jour.map(valeurs::date_fr))
}

/// Ferme les blocs ouverts à cette profondeur et au-dessous : chacun va dans celui qui le contient.
fn fermer(ouverts: &mut Vec<(usize, Noeud)>, profondeur: usize, racine: &mut Vec<Noeud>) {
    while ouverts.last().is_some_and(|(p, _)| *p >= profondeur) {
        let Some((_, ferme)) = ouverts.pop() else { return };
        match ouverts.last_mut() {
            Some((_, parent)) => parent.enfants.push(ferme),
            None => racine.push(ferme),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::individus::Rubriques;

    const INDIVIDU: &str = "10 210030001 1850233063001\n11 210030002 D'ALMEIDA\n20 210078001 03\n21 210081001 075\n\
                            22 210081004 700.00\n23 210081001 072\n24 210081004 200.00\n30 210078001 02\n";

    fn noms(noeuds: &[Noeud], retrait: usize) -> Vec<String> {
        noeuds
            .iter()
            .flat_map(|n| {
                let ici = format!("{}{} {}", " ".repeat(retrait), n.bloc, n.feuilles.len());
                std::iter::once(ici).chain(noms(&n.enfants, retrait + 1))
            })
            .collect()
    }

    #[test]
    fn les_blocs_s_emboitent_comme_dans_la_norme() {
        let arbre = arbre(Rubriques::lire(INDIVIDU).iter(), true);
        assert_eq!(
            noms(&arbre, 0),
            [
                "S21.G00.30 2",
                " S21.G00.78 1",
                "  S21.G00.81 2",
                "  S21.G00.81 2",
                " S21.G00.78 1"
            ],
        );
    }

    #[test]
    fn un_code_se_lit_en_mots_et_un_iban_ne_se_montre_qu_a_qui_le_peut() {
        let clair = "5 210020001 DMSA33\n6 210020004 FR7630006000011234567890189\n7 210020010 05\n8 210020011 15022026\n";
        let lire = |bancaire| arbre(Rubriques::lire(clair).iter(), bancaire).remove(0).feuilles;
        let feuilles = lire(false);
        assert_eq!(feuilles[1].valeur, None);
        assert_eq!(feuilles[2].mots.as_deref(), Some("prélèvement SEPA"));
        assert_eq!(feuilles[3].mots.as_deref(), Some("15/02/2026"));
        let jours: Vec<bool> = feuilles.iter().map(|f| f.jour.is_some()).collect();
        assert_eq!(jours, [false, false, false, true]);
        assert!(feuilles[0].mots.is_some(), "le nom de la caisse");
        assert_eq!(
            lire(true)[1].valeur.as_deref(),
            Some("FR7630006000011234567890189")
        );
    }
}
