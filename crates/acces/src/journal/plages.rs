//! Un ensemble d'identifiants, écrit par plages : « 5-7,9 ».

use std::fmt;

/// Des plages disjointes et croissantes, bornes comprises.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plages(Vec<(i64, i64)>);

impl Plages {
    /// Les identifiants de `premier..=dernier` qui ne sont pas dans `presents` (croissants).
    pub(super) fn trous(premier: i64, dernier: i64, presents: impl IntoIterator<Item = i64>) -> Self {
        let mut plages = Vec::new();
        let mut attendu = premier;
        for id in presents.into_iter().chain([dernier.saturating_add(1)]) {
            if id > attendu {
                plages.push((attendu, id - 1));
            }
            attendu = id.saturating_add(1);
        }
        Self(plages)
    }

    /// Ces identifiants, croissants.
    pub(super) fn des(ids: &[i64]) -> Self {
        let mut plages: Vec<(i64, i64)> = Vec::new();
        for &id in ids {
            match plages.last_mut() {
                Some((_, fin)) if *fin + 1 == id => *fin = id,
                _ => plages.push((id, id)),
            }
        }
        Self(plages)
    }

    /// Relit ce que `Display` écrit.
    pub(super) fn lire(texte: &str) -> Option<Self> {
        let plage = |p: &str| match p.split_once('-') {
            Some((debut, fin)) => Some((debut.parse().ok()?, fin.parse().ok()?)),
            None => p.parse().ok().map(|id| (id, id)),
        };
        let plages: Option<Vec<_>> = texte.split(',').filter(|p| !p.is_empty()).map(plage).collect();
        plages.map(Self)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, i64)> {
        self.0.iter().copied()
    }

    /// Chaque identifiant, croissant.
    pub(super) fn ids(&self) -> impl Iterator<Item = i64> {
        self.0.iter().flat_map(|(debut, fin)| *debut..=*fin)
    }

    /// Ce que ces plages laissent de `premier..=dernier`.
    pub(super) fn complement(&self, premier: i64, dernier: i64) -> Self {
        let mut plages = Vec::new();
        let mut attendu = premier;
        for (debut, fin) in self.iter() {
            if debut > attendu {
                plages.push((attendu, debut - 1));
            }
            attendu = fin.saturating_add(1);
        }
        if attendu <= dernier {
            plages.push((attendu, dernier));
        }
        Self(plages)
    }

    pub(super) fn contient(&self, id: i64) -> bool {
        self.0.iter().any(|(debut, fin)| (*debut..=*fin).contains(&id))
    }
}

impl fmt::Display for Plages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (rang, (debut, fin)) in self.0.iter().enumerate() {
            let virgule = if rang == 0 { "" } else { "," };
            if debut == fin {
                write!(f, "{virgule}{debut}")?;
            } else {
                write!(f, "{virgule}{debut}-{fin}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn les_trous_s_ecrivent_par_plages() {
        let trous = Plages::trous(1, 10, [2, 3, 8]);
        assert_eq!(trous.to_string(), "1,4-7,9-10");
        assert_eq!(Plages::trous(5, 4, []).to_string(), "");
        assert_eq!(Plages::lire("1,x"), None);
    }

    proptest! {
        #[test]
        fn presents_et_trous_se_completent(presents in prop::collection::btree_set(1_i64..60, 0..40)) {
            let trous = Plages::trous(1, 59, presents.iter().copied());
            let absents: BTreeSet<i64> = trous.ids().collect();
            prop_assert!((1..60).all(|id| presents.contains(&id) != absents.contains(&id)));
            prop_assert!((1..60).all(|id| trous.contient(id) == absents.contains(&id)));
            prop_assert_eq!(Plages::lire(&trous.to_string()), Some(trous.clone()));
            let absents: Vec<i64> = absents.into_iter().collect();
            prop_assert_eq!(Plages::des(&absents), trous.clone());
            let presents: Vec<i64> = presents.into_iter().collect();
            prop_assert_eq!(trous.complement(1, 59), Plages::des(&presents));
        }
    }
}
