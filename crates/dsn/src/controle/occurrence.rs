//! Un bloc en train d'être lu, une fois : quelles rubriques, et leurs valeurs si un contrôle les regarde.

use jiff::civil::Date;
use valeurs::Montant;

use crate::norme::BLOCS;
use crate::rubrique::Bloc;
use crate::valeur::{Code, date, montant};

/// Une rubrique gardée.
struct Champ {
    numero: u32,
    ligne: u64,
    debut: usize,
    fin: usize,
}

/// Les rubriques lues d'un bloc, depuis sa première.
#[derive(Default)]
pub(super) struct Occurrence {
    /// Le bloc, par son rang ; `None` tant que rien n'est lu.
    pub(super) bloc: Option<u8>,
    /// La ligne où il commence.
    pub(super) ligne: u64,
    /// Les rubriques vues, par leur place dans le bloc.
    pub(super) vus: u128,
    /// La première vue et la dernière, par leur rang.
    pub(super) premiere: u16,
    pub(super) derniere: u16,
    /// Sa première rubrique manque, et on l'a déjà dit.
    pub(super) sans_tete: bool,
    /// Ses rubriques sont finies, et contrôlées.
    pub(super) finie: bool,
    /// Garder les valeurs : un contrôle croisé les lira.
    pub(super) a_garder: bool,
    champs: Vec<Champ>,
    octets: Vec<u8>,
}

impl Occurrence {
    /// Commence un bloc.
    pub(super) fn commencer(&mut self, bloc: u8, rubrique: u16, ligne: u64, garder: bool) {
        self.bloc = Some(bloc);
        self.ligne = ligne;
        self.vus = 0;
        self.premiere = rubrique;
        self.derniere = rubrique;
        self.sans_tete = false;
        self.finie = false;
        self.a_garder = garder;
        self.champs.clear();
        self.octets.clear();
    }

    /// Garde une valeur.
    #[inline]
    pub(super) fn garder(&mut self, numero: u32, ligne: u64, valeur: &[u8]) {
        let debut = self.octets.len();
        self.octets.extend_from_slice(valeur);
        self.champs.push(Champ {
            numero,
            ligne,
            debut,
            fin: self.octets.len(),
        });
    }

    /// Le bloc lu.
    pub(super) fn bloc(&self) -> Option<Bloc> {
        BLOCS.get(usize::from(self.bloc?)).map(|b| b.bloc)
    }

    fn champ(&self, numero: u32) -> Option<&Champ> {
        self.champs.iter().find(|c| c.numero == numero)
    }

    /// La valeur d'une rubrique, par son numéro dans le bloc.
    #[inline]
    pub(super) fn valeur(&self, numero: u32) -> Option<&[u8]> {
        self.champ(numero).and_then(|c| self.octets.get(c.debut..c.fin))
    }

    /// La rubrique a-t-elle cette valeur ?
    #[inline]
    pub(super) fn vaut(&self, numero: u32, valeur: &[u8]) -> bool {
        self.valeur(numero) == Some(valeur)
    }

    /// La rubrique est-elle là ?
    pub(super) fn a(&self, numero: u32) -> bool {
        self.champ(numero).is_some()
    }

    /// La ligne d'une rubrique ; celle du bloc si elle n'y est pas.
    pub(super) fn ligne(&self, numero: u32) -> u64 {
        self.champ(numero).map_or(self.ligne, |c| c.ligne)
    }

    /// Une date.
    pub(super) fn date(&self, numero: u32) -> Option<Date> {
        date(self.valeur(numero)?)
    }

    /// Un montant.
    pub(super) fn montant(&self, numero: u32) -> Option<Montant> {
        montant(self.valeur(numero)?)
    }

    /// Un code.
    pub(super) fn code<const N: usize>(&self, numero: u32) -> Option<Code<N>> {
        Code::lire(self.valeur(numero)?)
    }

    /// La rubrique est-elle la seule que le bloc ait eue, avec cette valeur ?
    pub(super) fn n_a_que(&self, valeur: &[u8]) -> bool {
        self.vus.count_ones() == 1 && self.octets == valeur
    }
}
