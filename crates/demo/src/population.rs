//! La population d'une caisse synthétique.

use jiff::civil::Date;
use thiserror::Error;
use valeurs::CodeCaisse;

use crate::{
    agents::{Agent, agents},
    debiteur::Debiteur,
    historique::dossier,
    identite::habitant,
    numeros::Numeros,
    orphelines::{RecetteOrpheline, orpheline},
    territoire::Territoire,
    tirage::{Cle, Tirage, cle},
};

/// La plus grande population : au-delà, les plus petits domaines de naissances ne suffiraient plus à donner à
/// chacun son NIR.
pub const COMBIEN_MAX: u64 = 2_000_000;

/// Les années où une démonstration peut se tenir : celles dont toutes les dates ont un sens.
const ANNEES: std::ops::RangeInclusive<i16> = 2010..=2900;

/// D'un débiteur à l'autre parmi ceux qui ont une recette orpheline : premier, pour ne pas tomber deux fois
/// sur le même avant longtemps.
const ECART: u64 = 47;

/// Une population impossible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Erreur {
    /// Ni zéro, ni plus que les numéros n'en distinguent.
    #[error(
        "une caisse de démonstration compte de 1 à 2 000 000 de débiteurs : choisissez un nombre entre les deux"
    )]
    Taille,
    /// Année hors de 2010 à 2900.
    #[error("la date de la démonstration doit être comprise entre les années 2010 et 2900 : corrigez-la")]
    Date,
}

/// Les débiteurs d'une caisse, calculés à la demande.
///
/// Partageable entre fils : chaque débiteur se calcule sans les autres.
pub struct Population {
    combien: u64,
    aujourdhui: Date,
    caisse: CodeCaisse,
    graine: String,
    territoire: Territoire,
    numeros: Numeros,
    identites: Cle,
    histoires: Cle,
    orphelines: Cle,
}

impl Population {
    /// La population de cette graine, telle qu'on la voit le jour `aujourdhui`.
    ///
    /// # Errors
    /// `combien` nul ou au-delà de [`COMBIEN_MAX`] ; année hors de 2010 à 2900.
    pub fn nouvelle(
        graine: &str,
        caisse: CodeCaisse,
        combien: u64,
        aujourdhui: Date,
    ) -> Result<Self, Erreur> {
        if !(1..=COMBIEN_MAX).contains(&combien) {
            return Err(Erreur::Taille);
        }
        if !ANNEES.contains(&aujourdhui.year()) {
            return Err(Erreur::Date);
        }
        let mut tirage = Tirage::nouveau(cle(graine, caisse, "numeros"), 0);
        Ok(Self {
            combien,
            aujourdhui,
            caisse,
            graine: graine.to_owned(),
            territoire: Territoire::de(caisse),
            numeros: Numeros::nouveaux(caisse, &mut tirage),
            identites: cle(graine, caisse, "identites"),
            histoires: cle(graine, caisse, "histoires"),
            orphelines: cle(graine, caisse, "orphelines"),
        })
    }

    /// Le nombre de débiteurs.
    #[must_use]
    pub const fn combien(&self) -> u64 {
        self.combien
    }

    /// La caisse.
    #[must_use]
    pub const fn caisse(&self) -> CodeCaisse {
        self.caisse
    }

    /// Le débiteur de ce rang, compté de zéro ; rien au-delà du nombre de débiteurs.
    #[must_use]
    pub fn debiteur(&self, rang: u64) -> Option<Debiteur> {
        (rang < self.combien).then(|| self.faire(rang))
    }

    /// Tous les débiteurs, dans l'ordre de leurs rangs.
    pub fn debiteurs(&self) -> impl Iterator<Item = Debiteur> {
        (0..self.combien).map(|rang| self.faire(rang))
    }

    /// Les `combien` premières recettes qu'aucune règle ne rattache à un débiteur.
    pub fn recettes_orphelines(&self, combien: u64) -> impl Iterator<Item = RecetteOrpheline> {
        (0..combien).map(|rang| {
            let rang_debiteur = rang.wrapping_mul(ECART) % self.combien;
            let mut tirage = Tirage::nouveau(self.orphelines, rang);
            let debiteur = self.faire(rang_debiteur);
            orpheline(
                rang,
                (rang_debiteur, &debiteur),
                &self.numeros,
                self.aujourdhui,
                &mut tirage,
            )
        })
    }

    /// Les comptes d'agents de la caisse, un par service.
    #[must_use]
    pub fn agents(&self) -> Vec<Agent> {
        agents(&self.graine, self.caisse)
    }

    /// Le jour de la démonstration.
    pub(crate) const fn aujourdhui(&self) -> Date {
        self.aujourdhui
    }

    /// Les clés d'un autre usage que l'identité ou l'histoire.
    pub(crate) fn cle(&self, usage: &str) -> Cle {
        cle(&self.graine, self.caisse, usage)
    }

    fn faire(&self, rang: u64) -> Debiteur {
        // Deux suites : l'identité reste la même quand le jour de la démonstration, donc l'histoire, change.
        let mut identite = Tirage::nouveau(self.identites, rang);
        let mut histoire = Tirage::nouveau(self.histoires, rang);
        let habitant = habitant(rang, &self.numeros, &self.territoire, &mut identite);
        dossier(habitant, self.aujourdhui, &mut histoire)
    }
}
