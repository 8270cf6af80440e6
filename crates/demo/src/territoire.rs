//! Les communes d'une caisse, et celles où l'on naît.

use std::sync::LazyLock;

use valeurs::CodeCaisse;

use crate::{debiteur::Commune, tirage::Tirage};

/// Des communes de tous les départements, grandes et petites (une ligne de titre, puis `code;nom`, par
/// code). Source : code officiel géographique 2026, Insee, Licence ouverte.
const COMMUNES: &str = include_str!("../donnees/communes.csv");

/// Code et nom.
type Ligne = (&'static str, &'static str);

static TOUTES: LazyLock<Vec<Ligne>> = LazyLock::new(|| {
    COMMUNES
        .lines()
        .skip(1)
        .filter_map(|ligne| ligne.split_once(';'))
        .collect()
});

/// L'indicatif régional et les départements de chaque caisse, du premier code de la table au dernier.
const RESSORTS: [(&str, u8, &[&str]); 36] = [
    ("DMSA11", 4, &["11", "66"]),
    ("DMSA12", 5, &["12", "46", "81", "82"]),
    ("DMSA13", 4, &["06", "13", "83"]),
    ("DMSA14", 2, &["14", "50"]),
    ("DMSA17", 5, &["16", "17"]),
    ("DMSA20", 4, &["2A", "2B"]),
    ("DMSA21", 3, &["21", "58", "71", "89"]),
    ("DMSA22", 2, &["22", "29"]),
    ("DMSA24", 5, &["24", "47"]),
    ("DMSA25", 3, &["25", "39", "70", "90"]),
    ("DMSA26", 4, &["07", "26", "42"]),
    ("DMSA27", 2, &["27", "76"]),
    ("DMSA28", 2, &["18", "28", "45"]),
    ("DMSA32", 5, &["09", "31", "32", "65"]),
    ("DMSA33", 5, &["33"]),
    ("DMSA35", 2, &["35", "56"]),
    ("DMSA41", 2, &["36", "37", "41"]),
    ("DMSA48", 4, &["30", "34", "48"]),
    ("DMSA49", 2, &["49"]),
    ("DMSA51", 3, &["08", "51", "55"]),
    ("DMSA52", 3, &["10", "52"]),
    ("DMSA54", 3, &["54", "57", "88"]),
    ("DMSA59", 3, &["59", "62"]),
    ("DMSA63", 4, &["03", "15", "43", "63"]),
    ("DMSA64", 5, &["40", "64"]),
    ("DMSA68", 3, &["67", "68"]),
    ("DMSA69", 4, &["01", "69"]),
    ("DMSA72", 2, &["53", "61", "72"]),
    ("DMSA73", 4, &["38", "73", "74"]),
    ("DMSA75", 1, &["75", "77", "78", "91", "92", "93", "94", "95"]),
    ("DMSA77", 5, &["977"]),
    ("DMSA80", 3, &["02", "60", "80"]),
    ("DMSA84", 4, &["04", "05", "84"]),
    ("DMSA85", 2, &["44", "85"]),
    ("DMSA86", 5, &["79", "86"]),
    ("DMSA87", 5, &["19", "23", "87"]),
];

/// Des pays de naissance : `99` et le code Insee du pays.
const PAYS: [&str; 22] = [
    "99109", "99111", "99114", "99122", "99127", "99131", "99132", "99134", "99139", "99140", "99208",
    "99216", "99243", "99326", "99333", "99335", "99341", "99345", "99350", "99351", "99352", "99401",
];

/// En deçà, une liste de lieux ne suffit pas à distinguer les naissances d'une grande population.
pub(crate) const LIEUX_MIN: usize = 20;

/// Où l'on est né ; deux origines n'ont pas de lieu commun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origine {
    Caisse,
    France,
    Corse,
    OutreMer,
    Etranger,
}

/// Le ressort d'une caisse.
pub(crate) struct Territoire {
    /// Indicatif régional des téléphones, de 1 à 5.
    pub(crate) indicatif: u8,
    /// Les communes où demeurent les débiteurs.
    communes: Vec<Commune>,
    caisse: Vec<&'static str>,
    france: Vec<&'static str>,
    corse: Vec<&'static str>,
    outre_mer: Vec<&'static str>,
}

impl Territoire {
    pub(crate) fn de(caisse: CodeCaisse) -> Self {
        let connu = RESSORTS.iter().find(|(code, ..)| *code == caisse.code());
        let (indicatif, departements) = connu.map_or((1, [].as_slice()), |(_, i, d)| (*i, *d));
        let du_ressort =
            |code: &str| departements.is_empty() || departements.iter().any(|d| code.starts_with(d));
        let communes: Vec<Commune> = TOUTES
            .iter()
            .filter(|(code, _)| du_ressort(code))
            .map(|(code, nom)| Commune {
                nom,
                code: code
                    .parse()
                    .expect("la table des communes n'a que des codes bien formés"),
            })
            .collect();

        let locale = communes.len() >= LIEUX_MIN && communes.len() < TOUTES.len();
        let mut territoire = Self {
            indicatif,
            communes,
            caisse: Vec::new(),
            france: Vec::new(),
            corse: Vec::new(),
            outre_mer: Vec::new(),
        };
        for (code, _) in TOUTES.iter().copied() {
            let liste = match code.get(..2) {
                _ if locale && du_ressort(code) => &mut territoire.caisse,
                Some("2A" | "2B") => &mut territoire.corse,
                Some("97") => &mut territoire.outre_mer,
                _ => &mut territoire.france,
            };
            liste.push(code);
        }
        territoire
    }

    /// Une commune du ressort.
    pub(crate) fn commune(&self, tirage: &mut Tirage) -> Commune {
        let dernier = i64::try_from(self.communes.len()).unwrap_or(1).saturating_sub(1);
        let rang = usize::try_from(tirage.entre(0, dernier)).unwrap_or_default();
        self.communes
            .get(rang)
            .cloned()
            .expect("toute caisse a des communes")
    }

    /// Les codes Insee des lieux de cette origine, vingt au moins, tous différents de ceux d'une autre.
    /// Une caisse sans assez de communes fait naître les siens ailleurs en France.
    pub(crate) fn lieux(&self, origine: Origine) -> (Origine, &[&'static str]) {
        match origine {
            Origine::Etranger => (origine, &PAYS),
            Origine::OutreMer => (origine, &self.outre_mer),
            Origine::Corse if !self.corse.is_empty() => (origine, &self.corse),
            Origine::Caisse | Origine::Corse if !self.caisse.is_empty() => (Origine::Caisse, &self.caisse),
            Origine::Caisse | Origine::France | Origine::Corse => (Origine::France, &self.france),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const ORIGINES: [Origine; 5] = [
        Origine::Caisse,
        Origine::France,
        Origine::Corse,
        Origine::OutreMer,
        Origine::Etranger,
    ];

    #[test]
    fn toute_caisse_a_des_communes_de_ses_departements() {
        assert_eq!(CodeCaisse::toutes().count(), RESSORTS.len());
        for caisse in CodeCaisse::toutes() {
            let (_, _, departements) = RESSORTS.iter().find(|(code, ..)| *code == caisse.code()).unwrap();
            let territoire = Territoire::de(caisse);
            for departement in *departements {
                let du_departement = territoire
                    .communes
                    .iter()
                    .filter(|c| c.code.as_str().starts_with(departement));
                assert!(du_departement.count() >= 1, "{caisse} {departement}");
            }
        }
    }

    #[test]
    fn les_lieux_d_une_origine_sont_assez_nombreux_et_a_elle_seule() {
        for caisse in CodeCaisse::toutes() {
            let territoire = Territoire::de(caisse);
            let mut vus: HashSet<&str> = HashSet::new();
            for origine in ORIGINES {
                let (retenue, lieux) = territoire.lieux(origine);
                assert!(lieux.len() >= LIEUX_MIN, "{caisse} {origine:?}");
                if retenue == origine {
                    assert!(lieux.iter().all(|lieu| vus.insert(lieu)), "{caisse} {origine:?}");
                }
            }
        }
    }

    #[test]
    fn la_gironde_a_ses_communes_et_leurs_codes() {
        let gironde = Territoire::de("DMSA33".parse().unwrap());
        assert!(gironde.communes.len() > 100);
        for (nom, code) in [
            ("Bordeaux", "33063"),
            ("Saint-Émilion", "33394"),
            ("La Réole", "33352"),
        ] {
            assert!(
                gironde
                    .communes
                    .iter()
                    .any(|c| c.nom == nom && c.code.as_str() == code),
                "{nom}"
            );
        }
    }

    #[test]
    fn les_numeros_des_communes_corses_ne_se_repetent_pas_d_un_departement_a_l_autre() {
        let corses = TOUTES
            .iter()
            .filter(|(code, _)| code.starts_with('2') && code.contains(['A', 'B']));
        let numeros: Vec<&str> = corses.map(|(code, _)| &code[2..]).collect();
        assert!(numeros.len() > 40);
        assert_eq!(numeros.iter().collect::<HashSet<_>>().len(), numeros.len());
    }
}
