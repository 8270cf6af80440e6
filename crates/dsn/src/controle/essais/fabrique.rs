//! Des messages d'essai : un message juste, et de quoi le fausser.

use std::fmt::Write;

use crate::rubrique::Rubrique;
use crate::{Anomalie, BilanControle, controler_octets, norme};

/// Une DSN mensuelle juste : un établissement, un individu, un versement.
const JUSTE: &str = "\
S10.G00.00 001=PAIE 002=EDITEUR 003=1.0 005=02 006=P26V01 007=02 008=01
S10.G00.01 001=732829320 002=00074 003=CABINET 004=LE~BOURG 005=33000 006=BORDEAUX
S10.G00.02 001=02 002=MARIE~DURAND 004=paie@exemple.invalid 005=0102030405
S20.G00.05 001=01 002=01 003=11 004=1 005=01012026 007=10022026 008=01 009=20260001 010=01
S21.G00.06 001=732829320 002=00074 003=0121Z 004=LE~BOURG 005=33330 006=SAINT-ÉMILION 015=7024
S21.G00.11 001=00074 002=0121Z 003=LE~BOURG 004=33330 005=SAINT-ÉMILION 022=7024
S21.G00.82 001=10.00 002=021 003=01012026 004=31012026 005=DMSA33
S21.G00.20 001=DMSA33 003=AGRIFRPPXXX 004=FR7612345678901234567890104 005=19.20 006=01012026 007=31012026 010=05 011=15022026
S21.G00.30 001=2850733063123 002=O'CONNOR 004=Zoé 006=03071985 007=LIBOURNE 008=LE~BOURG 009=33500 010=LIBOURNE 014=33 015=FR
S21.G00.40 001=01022015 002=07 003=04 004=691b 006=OUVRIER 007=01 008=99 009=00001 011=10 012=151.67 013=151.67 014=10 020=300
S21.G00.71 002=RUAA
S21.G00.50 001=31012026 002=80.00 004=80.00 006=3.00 007=01 008=123 009=2.40 013=80.00
S21.G00.51 001=01012026 002=31012026 010=00001 011=001 013=100.00
S21.G00.78 001=04 002=01012026 003=31012026 004=100.00
S21.G00.81 001=072 002=DMSA33 003=100.00 004=9.20 007=9.200
S21.G00.86 001=07 002=02 003=12 005=00001
S21.G00.85 001=73282932000074 002=0121Z 003=LE~BOURG 004=33330 005=SAINT-ÉMILION 011=33394
S90.G00.90 001=0 002=1";

/// Un message qu'on fausse.
#[derive(Clone)]
pub(super) struct Message {
    lignes: Vec<(Rubrique, String)>,
    /// Les totaux sont recomptés à l'écriture.
    recompter: bool,
}

fn rubrique(nom: &str) -> Rubrique {
    // `20.007` est S21.G00.20.007.
    let entier = if nom.len() == 6 {
        format!("S21.G00.{nom}")
    } else {
        nom.to_owned()
    };
    entier.parse().expect(nom)
}

fn valeur(texte: &str) -> String {
    texte.replace('~', " ")
}

impl Message {
    pub(super) fn juste() -> Self {
        let mut lignes = Vec::new();
        for ligne in JUSTE.lines() {
            let (bloc, champs) = ligne.split_once(' ').expect(ligne);
            for champ in champs.split(' ') {
                let (numero, v) = champ.split_once('=').expect(champ);
                lignes.push((rubrique(&format!("{bloc}.{numero}")), valeur(v)));
            }
        }
        Self {
            lignes,
            recompter: true,
        }
    }

    /// Applique des changements, séparés par des blancs (un blanc d'une valeur s'écrit `~`) :
    ///
    /// - `20.007=V` : donne cette valeur à la première rubrique de ce nom, ajoutée à sa place si elle manque ;
    ///   `20.007#2=V` à la deuxième ;
    /// - `-20.007` : retire la première ; `--S21.G00.30` retire tout le bloc ;
    /// - `20.007+20.008=V,20.010=V` : ajoute des lignes après la dernière de ce nom ;
    /// - `double` : répète la déclaration.
    pub(super) fn fausser(mut self, changements: &str) -> Self {
        for changement in changements.split_whitespace() {
            self.changer(changement);
        }
        self
    }

    fn changer(&mut self, changement: &str) {
        if changement == "double" {
            let debut = self.place(rubrique("S20.G00.05.001"), 1).expect("S20");
            let fin = self.place(rubrique("S90.G00.90.001"), 1).expect("S90");
            let copie = self.lignes[debut..fin].to_vec();
            self.lignes.splice(fin..fin, copie);
        } else if let Some(bloc) = changement.strip_prefix("--") {
            self.lignes.retain(|(r, _)| r.bloc() != bloc.parse().expect(bloc));
        } else if let Some(nom) = changement.strip_prefix('-') {
            let place = self.place(rubrique(nom), 1).expect(nom);
            self.lignes.remove(place);
        } else if let Some((nom, ajouts)) = changement.split_once('+') {
            let r = rubrique(nom);
            let apres = self.lignes.iter().rposition(|(x, _)| *x == r).expect(nom) + 1;
            let ajouts: Vec<_> = ajouts
                .split(',')
                .map(|a| a.split_once('=').map(|(n, v)| (rubrique(n), valeur(v))).expect(a))
                .collect();
            self.lignes.splice(apres..apres, ajouts);
        } else {
            let (nom, v) = changement.split_once('=').expect(changement);
            let (nom, rang) = nom
                .split_once('#')
                .map_or((nom, 1), |(n, r)| (n, r.parse().expect(r)));
            let r = rubrique(nom);
            self.recompter &= r != rubrique("S90.G00.90.001");
            match self.place(r, rang) {
                Some(place) => self.lignes[place].1 = valeur(v),
                None => {
                    let apres = |x: Rubrique| norme::ordre(x) > norme::ordre(r);
                    let place = self
                        .lignes
                        .iter()
                        .position(|(x, _)| apres(*x))
                        .unwrap_or(self.lignes.len());
                    self.lignes.insert(place, (r, valeur(v)));
                }
            }
        }
    }

    fn place(&self, r: Rubrique, rang: usize) -> Option<usize> {
        let mut places = self.lignes.iter().enumerate().filter(|(_, (x, _))| *x == r);
        places.nth(rang - 1).map(|(place, _)| place)
    }

    /// Les octets du message, en ISO-8859-1.
    pub(super) fn octets(mut self) -> Vec<u8> {
        if self.recompter
            && let Some(place) = self.place(rubrique("S90.G00.90.001"), 1)
        {
            self.lignes[place].1 = self.lignes.len().to_string();
        }
        let mut texte = String::new();
        for (r, v) in &self.lignes {
            write!(texte, "{r},'{v}'\r\n").unwrap();
        }
        texte
            .chars()
            .map(|c| u8::try_from(c).expect("ISO-8859-1"))
            .collect()
    }
}

/// Les octets d'un message faussé.
pub(super) fn message(changements: &str) -> Vec<u8> {
    Message::juste().fausser(changements).octets()
}

/// Toutes les anomalies, et le bilan.
pub(super) fn anomalies(octets: &[u8]) -> (Vec<Anomalie>, BilanControle) {
    let mut vues = Vec::new();
    let bilan = controler_octets(octets, "essai.dsn", |a| vues.push(a)).expect("une DSN");
    assert_eq!(bilan.anomalies(), u64::try_from(vues.len()).unwrap());
    (vues, bilan)
}

/// Les noms des contrôles qui ont parlé.
pub(super) fn controles(octets: &[u8]) -> Vec<&'static str> {
    anomalies(octets).0.into_iter().map(|a| a.controle).collect()
}

/// L'octet où commence la ligne de la première rubrique de ce nom.
pub(super) fn debut(octets: &[u8], nom: &str) -> usize {
    memchr::memmem::find(octets, nom.as_bytes()).expect(nom)
}
