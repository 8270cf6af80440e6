//! Les expressions régulières de la norme, compilées en un seul automate déterministe et minimal.
//!
//! Une expression est lue en arbre, l'arbre donne un automate à transitions vides (Thompson), que la construction par
//! sous-ensembles rend déterministe ; tous sont ensuite réunis, et les états équivalents confondus (Moore).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::{Context, Result, bail};

/// Des octets admis à une place.
type Octets = [bool; 256];

enum Arbre {
    Octets(Box<Octets>),
    Suite(Vec<Arbre>),
    Ou(Vec<Arbre>),
    Repete(Box<Arbre>, usize, Option<usize>),
}

/// Un automate déterministe complet ; l'état 0 est mort, les états finals sont les derniers.
pub(crate) struct Automate {
    /// Classe de chaque octet.
    pub(crate) classes: Vec<usize>,
    /// Pour chaque état, l'état où mène chaque classe.
    pub(crate) etats: Vec<Vec<usize>>,
    pub(crate) premier_final: usize,
    /// L'état de départ de chaque expression.
    pub(crate) departs: BTreeMap<String, usize>,
}

/// Compile ces expressions.
pub(crate) fn compiler(expressions: &BTreeSet<String>) -> Result<Automate> {
    // L'état 0, mort, mène à lui-même.
    let mut union = Union {
        etats: vec![vec![0; 256]],
        finals: vec![false],
    };
    let mut departs = BTreeMap::new();
    for expression in expressions {
        let arbre = Lecture::lire(expression).with_context(|| expression.clone())?;
        departs.insert(expression.clone(), union.ajouter(&arbre));
    }
    Ok(union.reduire(departs))
}

/// La lecture d'une expression.
struct Lecture<'a> {
    reste: &'a [u8],
}

impl Lecture<'_> {
    fn lire(expression: &str) -> Result<Arbre> {
        let mut lecture = Lecture {
            reste: expression.as_bytes(),
        };
        let arbre = lecture.ou()?;
        if !lecture.reste.is_empty() {
            bail!("parenthèse fermée en trop");
        }
        Ok(arbre)
    }

    fn avancer(&mut self) -> Option<u8> {
        let (premier, reste) = self.reste.split_first()?;
        self.reste = reste;
        Some(*premier)
    }

    fn si(&mut self, octet: u8) -> bool {
        let la = self.reste.first() == Some(&octet);
        if la {
            self.avancer();
        }
        la
    }

    fn ou(&mut self) -> Result<Arbre> {
        let mut choix = vec![self.suite()?];
        while self.si(b'|') {
            choix.push(self.suite()?);
        }
        Ok(Arbre::Ou(choix))
    }

    fn suite(&mut self) -> Result<Arbre> {
        let mut suite = Vec::new();
        while let Some(octet) = self.reste.first()
            && !matches!(octet, b'|' | b')')
        {
            let atome = self.atome()?;
            suite.push(self.repetition(atome)?);
        }
        Ok(Arbre::Suite(suite))
    }

    fn atome(&mut self) -> Result<Arbre> {
        match self.avancer().context("expression coupée")? {
            b'(' => {
                if self.reste.starts_with(b"?:") {
                    self.reste = &self.reste[2..];
                }
                let dedans = self.ou()?;
                if !self.si(b')') {
                    bail!("parenthèse ouverte");
                }
                Ok(dedans)
            }
            b'[' => self.classe(),
            // L'expression vaut pour toute la valeur : les ancres n'ajoutent rien.
            b'^' | b'$' => Ok(Arbre::Suite(Vec::new())),
            b'\\' => {
                let mut octets = [false; 256];
                self.echappe(&mut octets)?;
                Ok(Arbre::Octets(Box::new(octets)))
            }
            b'.' => bail!("le point n'est pas prévu"),
            octet => {
                let mut octets = [false; 256];
                octets[usize::from(octet)] = true;
                Ok(Arbre::Octets(Box::new(octets)))
            }
        }
    }

    fn echappe(&mut self, octets: &mut Octets) -> Result<()> {
        match self.avancer().context("barre oblique inverse finale")? {
            b'd' => (b'0'..=b'9').for_each(|o| octets[usize::from(o)] = true),
            b's' => b" \t\n\r\x0b\x0c"
                .iter()
                .for_each(|o| octets[usize::from(*o)] = true),
            o if o.is_ascii_alphanumeric() => bail!("échappement \\{} inconnu", char::from(o)),
            o => octets[usize::from(o)] = true,
        }
        Ok(())
    }

    fn classe(&mut self) -> Result<Arbre> {
        let mut octets = [false; 256];
        loop {
            match self.avancer().context("crochet ouvert")? {
                b']' => return Ok(Arbre::Octets(Box::new(octets))),
                b'^' => bail!("classe niée : non prévue"),
                b'\\' => self.echappe(&mut octets)?,
                debut => {
                    let fin = match self.reste {
                        [b'-', fin, ..] if *fin != b']' => {
                            let fin = *fin;
                            self.reste = &self.reste[2..];
                            fin
                        }
                        _ => debut,
                    };
                    (debut..=fin).for_each(|o| octets[usize::from(o)] = true);
                }
            }
        }
    }

    fn repetition(&mut self, atome: Arbre) -> Result<Arbre> {
        let (min, max) = if self.si(b'?') {
            (0, Some(1))
        } else if self.si(b'*') {
            (0, None)
        } else if self.si(b'+') {
            (1, None)
        } else if self.si(b'{') {
            let min = self.nombre()?;
            let max = if self.si(b',') { self.nombre()? } else { min };
            if !self.si(b'}') {
                bail!("accolade ouverte");
            }
            (min, Some(max))
        } else {
            return Ok(atome);
        };
        Ok(Arbre::Repete(Box::new(atome), min, max))
    }

    fn nombre(&mut self) -> Result<usize> {
        let fin = self
            .reste
            .iter()
            .position(|o| !o.is_ascii_digit())
            .unwrap_or(self.reste.len());
        let (nombre, reste) = self.reste.split_at(fin);
        self.reste = reste;
        Ok(std::str::from_utf8(nombre)?.parse()?)
    }
}

/// Un automate à transitions vides.
#[derive(Default)]
struct NonDeterministe {
    vides: Vec<Vec<usize>>,
    arcs: Vec<Option<(Octets, usize)>>,
}

impl NonDeterministe {
    fn etat(&mut self) -> usize {
        self.vides.push(Vec::new());
        self.arcs.push(None);
        self.vides.len() - 1
    }

    /// Ajoute l'arbre à partir d'un état ; rend l'état où il finit.
    fn ajouter(&mut self, arbre: &Arbre, depart: usize) -> usize {
        match arbre {
            Arbre::Octets(octets) => {
                let (source, fin) = (self.etat(), self.etat());
                self.vides[depart].push(source);
                self.arcs[source] = Some((**octets, fin));
                fin
            }
            Arbre::Suite(suite) => suite.iter().fold(depart, |etat, a| self.ajouter(a, etat)),
            Arbre::Ou(choix) => {
                let fin = self.etat();
                for a in choix {
                    let f = self.ajouter(a, depart);
                    self.vides[f].push(fin);
                }
                fin
            }
            Arbre::Repete(a, min, max) => {
                let mut etat = (0..*min).fold(depart, |etat, _| self.ajouter(a, etat));
                let fin = self.etat();
                match max {
                    None => {
                        let boucle = self.etat();
                        self.vides[etat].push(boucle);
                        let f = self.ajouter(a, boucle);
                        self.vides[f].push(boucle);
                        self.vides[boucle].push(fin);
                    }
                    Some(max) => {
                        for _ in *min..*max {
                            self.vides[etat].push(fin);
                            etat = self.ajouter(a, etat);
                        }
                        self.vides[etat].push(fin);
                    }
                }
                fin
            }
        }
    }

    fn cloture(&self, etats: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
        let mut vus = BTreeSet::new();
        let mut a_voir: Vec<usize> = etats.into_iter().collect();
        while let Some(etat) = a_voir.pop() {
            if vus.insert(etat) {
                a_voir.extend(&self.vides[etat]);
            }
        }
        vus
    }
}

/// Les automates déterministes de toutes les expressions, sur les 256 octets.
struct Union {
    etats: Vec<Vec<usize>>,
    finals: Vec<bool>,
}

impl Union {
    fn ajouter(&mut self, arbre: &Arbre) -> usize {
        let mut afn = NonDeterministe::default();
        let depart = afn.etat();
        let fin = afn.ajouter(arbre, depart);
        let mut numeros: BTreeMap<BTreeSet<usize>, usize> = BTreeMap::new();
        let mut a_voir = VecDeque::new();
        let initial = self.numero(&mut numeros, &mut a_voir, afn.cloture([depart]), fin);
        while let Some(ensemble) = a_voir.pop_front() {
            let source = numeros[&ensemble];
            for octet in 0..256 {
                let suivants: Vec<usize> = ensemble
                    .iter()
                    .filter_map(|e| afn.arcs[*e].as_ref())
                    .filter(|(octets, _)| octets[octet])
                    .map(|(_, vers)| *vers)
                    .collect();
                if !suivants.is_empty() {
                    self.etats[source][octet] =
                        self.numero(&mut numeros, &mut a_voir, afn.cloture(suivants), fin);
                }
            }
        }
        initial
    }

    fn numero(
        &mut self,
        numeros: &mut BTreeMap<BTreeSet<usize>, usize>,
        a_voir: &mut VecDeque<BTreeSet<usize>>,
        ensemble: BTreeSet<usize>,
        fin: usize,
    ) -> usize {
        if let Some(numero) = numeros.get(&ensemble) {
            return *numero;
        }
        self.etats.push(vec![0; 256]);
        self.finals.push(ensemble.contains(&fin));
        numeros.insert(ensemble.clone(), self.etats.len() - 1);
        a_voir.push_back(ensemble);
        self.etats.len() - 1
    }

    /// Confond les états équivalents, met les finals à la fin, et les octets équivalents dans une même classe.
    fn reduire(self, departs: BTreeMap<String, usize>) -> Automate {
        let groupes = self.groupes();
        // Un représentant de chaque groupe, dans l'ordre où ils paraissent : l'état mort d'abord.
        let nombre = groupes.iter().max().map_or(0, |m| m + 1);
        let mut representants = vec![usize::MAX; nombre];
        for (etat, groupe) in groupes.iter().enumerate().rev() {
            representants[*groupe] = etat;
        }
        let mut ordre: Vec<usize> = (0..nombre).collect();
        ordre.sort_by_key(|g| (self.finals[representants[*g]], representants[*g]));
        let mut nouveau = vec![0; nombre];
        for (numero, groupe) in ordre.iter().enumerate() {
            nouveau[*groupe] = numero;
        }
        let etats: Vec<Vec<usize>> = ordre
            .iter()
            .map(|g| {
                self.etats[representants[*g]]
                    .iter()
                    .map(|e| nouveau[groupes[*e]])
                    .collect()
            })
            .collect();
        let mut colonnes: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        let classes: Vec<usize> = (0..256)
            .map(|octet| {
                let colonne: Vec<usize> = etats.iter().map(|e| e[octet]).collect();
                let suivante = colonnes.len();
                *colonnes.entry(colonne).or_insert(suivante)
            })
            .collect();
        let premiers: Vec<usize> = (0..colonnes.len())
            .map(|c| classes.iter().position(|x| *x == c).unwrap_or_default())
            .collect();
        Automate {
            premier_final: ordre.iter().filter(|g| !self.finals[representants[**g]]).count(),
            etats: etats
                .iter()
                .map(|e| premiers.iter().map(|o| e[*o]).collect())
                .collect(),
            classes,
            departs: departs
                .into_iter()
                .map(|(x, e)| (x, nouveau[groupes[e]]))
                .collect(),
        }
    }

    /// Le groupe de chaque état : Moore, jusqu'à ce que rien ne se sépare plus.
    fn groupes(&self) -> Vec<usize> {
        let mut groupes: Vec<usize> = self.finals.iter().map(|f| usize::from(*f)).collect();
        let mut nombre = 0;
        loop {
            let mut signatures: BTreeMap<(usize, Vec<usize>), usize> = BTreeMap::new();
            let suivants: Vec<usize> = (0..self.etats.len())
                .map(|e| {
                    let signature = self.etats[e].iter().map(|s| groupes[*s]).collect();
                    let suivante = signatures.len();
                    *signatures.entry((groupes[e], signature)).or_insert(suivante)
                })
                .collect();
            groupes = suivants;
            if signatures.len() == nombre {
                return groupes;
            }
            nombre = signatures.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepte(expression: &str, valeur: &str) -> bool {
        let a = compiler(&BTreeSet::from([expression.to_owned()])).expect("expression");
        let fin = valeur.bytes().fold(a.departs[expression], |e, o| {
            a.etats[e][a.classes[usize::from(o)]]
        });
        fin >= a.premier_final
    }

    #[test]
    fn une_expression_accepte_ce_qu_elle_dit_et_rien_d_autre() {
        for (expression, bons, mauvais) in [
            ("[1-9]{2}", &["11", "99"][..], &["1", "10", "111", ""][..]),
            (
                "-?[0-9]{1,2}\\.\\d{2}",
                &["-1.00", "12.34"],
                &["1", "123.00", "--1.00"],
            ),
            ("(?:a|bc)+x?", &["a", "bcx", "abca"], &["", "x", "bx"]),
            ("^(0|[1-9][0-9]*)$", &["0", "10"], &["01", ""]),
        ] {
            bons.iter()
                .for_each(|v| assert!(accepte(expression, v), "{expression} {v}"));
            mauvais
                .iter()
                .for_each(|v| assert!(!accepte(expression, v), "{expression} {v}"));
        }
    }

    #[test]
    fn une_expression_qu_on_ne_sait_pas_compiler_est_refusee() {
        for expression in ["(a", "a)", "[a", "[^a]", "\\w", "a{1", "."] {
            assert!(
                compiler(&BTreeSet::from([expression.to_owned()])).is_err(),
                "{expression}"
            );
        }
    }
}
