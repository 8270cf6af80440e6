//! Ce qui se contrôle d'une base assujettie (S21.G00.78), de ses composants (79) et de ses cotisations (81).

use jiff::civil::Date;
use valeurs::Montant;

use crate::valeur::Code;

use super::Controleur;

/// Prévoyance, santé, retraite supplémentaire.
const PREVOYANCE: &[u8; 2] = b"31";
/// Les composants qui ne se répètent pas sous une base de prévoyance, par S21.G00.79.001/CCH-16.
const UNIQUES: std::ops::RangeInclusive<usize> = 10..=16;
/// Les types de composant ont deux chiffres.
const TYPES: usize = 100;

/// La base en cours.
pub(super) struct Base {
    ligne: u64,
    code: Option<Code<2>>,
    fin: Option<Date>,
    /// Combien de composants de chaque type.
    composants: [u8; TYPES],
    nombre_composants: u64,
    /// Composants qui ne sont pas de prévoyance (79.001/CCH-12) : la ligne du premier.
    prevoyance_059: u64,
    ircantec: bool,
    /// La première réduction générale (018 ou 106).
    reduction: Option<u64>,
    /// La première cotisation non nulle.
    non_nulle: Option<u64>,
}

impl Default for Base {
    fn default() -> Self {
        Self {
            ligne: 0,
            code: None,
            fin: None,
            composants: [0; TYPES],
            nombre_composants: 0,
            prevoyance_059: 0,
            ircantec: false,
            reduction: None,
            non_nulle: None,
        }
    }
}

impl Base {
    fn est(&self, code: &[u8; 2]) -> bool {
        self.code.is_some_and(|c| c.octets() == code)
    }
}

/// Un type de composant que CCH-12 permet sous une base de prévoyance.
fn de_prevoyance(genre: &[u8]) -> bool {
    matches!(genre, [b'1', b'0'..=b'9'] | b"20" | b"21" | b"23" | b"24")
}

impl Controleur<'_> {
    /// S21.G00.78 : la base.
    pub(super) fn base_lue(&mut self) {
        let (o, sortie, d) = (&self.occurrence, &mut self.sortie, &self.declaration);
        let (debut, fin) = (o.date(2), o.date(3));
        if let (Some(debut), Some(fin)) = (debut, fin) {
            if fin < debut {
                sortie.norme("S21.G00.78.003/CCH-12", o.ligne(3));
            }
            if d.apres(Some(fin)) {
                sortie.norme("S21.G00.78.003/CCH-15", o.ligne(3));
            }
            if fin.year() != debut.year() {
                sortie.norme("S21.G00.78.003/CCH-16", o.ligne(3));
            }
        }
        let code = o.code::<2>(1);
        let prevoyance = code.is_some_and(|c| c.octets() == PREVOYANCE);
        if prevoyance {
            let mois = |d: Option<Date>| d.map(Date::first_of_month);
            if debut.is_some() && fin.is_some() && mois(debut) != mois(fin) {
                sortie.norme("S21.G00.78.003/SIG-11", o.ligne(3));
            }
            if o.montant(4).is_some_and(|m| !m.est_nul()) {
                sortie.norme("S21.G00.78.004/CCH-11", o.ligne(4));
            }
        }
        if code.is_some() {
            let connue = o.valeur(5).is_some_and(|id| self.individu.affilie(id));
            if (prevoyance && !connue) || (!prevoyance && o.a(5)) {
                sortie.norme("S21.G00.78.005/CCH-11", o.ligne(5));
            }
        }
        if o.a(7) && d.pas_anterieure(fin) {
            sortie.norme("S21.G00.78.007/CCH-11", o.ligne(7));
        }
        self.individu.assujettir(sortie, d, o, code);
        let b = &mut self.base;
        // Remettre les compteurs à zéro coûte plus que de regarder s'il y en a.
        if b.nombre_composants > 0 {
            b.composants = [0; TYPES];
        }
        b.ligne = o.ligne;
        b.code = code;
        b.fin = fin;
        b.nombre_composants = 0;
        b.prevoyance_059 = 0;
        b.ircantec = false;
        b.reduction = None;
        b.non_nulle = None;
    }

    /// S21.G00.79 : un composant.
    pub(super) fn composant_de_base_lu(&mut self) {
        let (o, sortie, b) = (&self.occurrence, &mut self.sortie, &mut self.base);
        b.nombre_composants += 1;
        if o.a(5) && self.declaration.pas_anterieure(b.fin) {
            sortie.norme("S21.G00.79.005/CCH-11", o.ligne(5));
        }
        let Some(genre) = o.valeur(1) else { return };
        let rang = std::str::from_utf8(genre)
            .ok()
            .and_then(|g| g.parse::<usize>().ok());
        if let Some(n) = rang.and_then(|r| b.composants.get_mut(r)) {
            *n = n.saturating_add(1);
        }
        if b.est(PREVOYANCE) {
            if matches!(
                genre,
                b"01" | b"02" | b"03" | b"04" | b"05" | b"06" | b"22" | b"90" | b"91"
            ) {
                sortie.norme("S21.G00.79.001/CCH-17", o.ligne(1));
            } else if !de_prevoyance(genre) {
                sortie.norme("S21.G00.79.001/CCH-12", o.ligne(1));
            }
            if rang.is_some_and(|r| UNIQUES.contains(&r) && b.composants.get(r) == Some(&2)) {
                sortie.norme("S21.G00.79.001/CCH-16", o.ligne(1));
            }
        }
        if genre == b"01" && b.code.is_some() && !b.est(b"03") && !b.est(b"19") && !b.est(PREVOYANCE) {
            sortie.norme("S21.G00.79.001/CCH-14", o.ligne(1));
        }
        if genre == b"23" && o.montant(4).is_some_and(|m| !m.est_nul()) {
            sortie.norme("S21.G00.79.001/SIG-19", o.ligne(4));
        }
    }

    /// S21.G00.81 : une cotisation.
    #[inline]
    pub(super) fn cotisation_lue(&mut self) {
        let (o, sortie, b) = (&self.occurrence, &mut self.sortie, &mut self.base);
        if b.est(PREVOYANCE) && b.non_nulle.is_none() && o.montant(4).is_some_and(|m| !m.est_nul()) {
            b.non_nulle = Some(o.ligne(4));
        }
        if o.a(6) && self.declaration.pas_anterieure(b.fin) {
            sortie.norme("S21.G00.81.006/CCH-11", o.ligne(6));
        }
        let (assiette, montant) = (o.a(3), o.a(4));
        match o.valeur(1) {
            Some(b"059") => {
                b.prevoyance_059 += 1;
                if !b.est(PREVOYANCE) {
                    sortie.norme("S21.G00.81.001/CCH-13", o.ligne(1));
                }
                if o.a(2) {
                    sortie.norme("S21.G00.81.002/CCH-11", o.ligne(2));
                }
                if assiette {
                    sortie.norme("S21.G00.81.003/CCH-12", o.ligne(3));
                }
                if !montant {
                    sortie.norme("S21.G00.81.004/CCH-11", o.ligne(1));
                }
                if o.a(5) {
                    sortie.norme("S21.G00.81.005/CCH-11", o.ligne(5));
                }
            }
            Some(b"060" | b"061") => {
                b.ircantec = true;
                if !assiette {
                    sortie.norme("S21.G00.81.003/CCH-11", o.ligne(1));
                }
                if !montant {
                    sortie.norme("S21.G00.81.004/CCH-13", o.ligne(1));
                }
            }
            Some(b"018" | b"106") => {
                b.reduction.get_or_insert(o.ligne(1));
                if !assiette || !montant {
                    sortie.norme("S21.G00.81.001/CCH-16", o.ligne(1));
                }
            }
            Some(b"063" | b"064" | b"105" | b"131" | b"132") if !montant => {
                sortie.norme("S21.G00.81.004/CCH-12", o.ligne(1));
            }
            _ => {}
        }
    }

    /// La base est entière.
    pub(super) fn base_finie(&mut self) {
        let (b, sortie) = (&self.base, &mut self.sortie);
        let sans_composant = b.composants[23] > 0;
        if b.est(PREVOYANCE) {
            if b.nombre_composants == 0 {
                sortie.norme("S21.G00.79.001/CCH-11", b.ligne);
            }
            if b.prevoyance_059 != 1 {
                sortie.norme("S21.G00.81.001/CCH-15", b.ligne);
            }
        }
        if sans_composant {
            if let Some(ligne) = b.non_nulle {
                sortie.norme("S21.G00.79.001/CCH-13", ligne);
            }
            if b.nombre_composants > 1 {
                sortie.norme("S21.G00.79.001/SIG-18", b.ligne);
            }
        }
        if b.est(b"28") && !b.ircantec {
            sortie.norme("S21.G00.81.001/CCH-11", b.ligne);
        }
        if let Some(ligne) = b.reduction
            && !(b.est(b"03") && b.composants[1] > 0)
        {
            sortie.norme("S21.G00.81.001/CCH-17", ligne);
        }
    }
}

/// Une somme nulle ou absente.
pub(super) fn nul(montant: Option<Montant>) -> bool {
    montant.is_none_or(Montant::est_nul)
}
