//! Les déclarations des employeurs d'une caisse de démonstration, et leurs paiements.
//!
//! Un mois où le compte a déjà des créances déclare ces mêmes familles, le plus souvent pour les mêmes montants, et les
//! autres en plus ; elles sont payées comme ces créances l'ont été. Un autre mois se passe bien le plus souvent, et chaque
//! écart arrive à quelques-uns.

mod paie;
mod paiements;
mod situation;

use std::io::Write;

use droit::{FamilleCotisation, Nature, Regime};
use dsn::{ErreurEcriture, FinDeLigne};
use jiff::civil::Date;
use releves::ModePaiement;
use valeurs::{CodeCaisse, Iban, Periode, Siret};

use self::paie::{individus, regulariser};
use self::situation::{SITUATIONS, Situation};
use super::contenu::{Declaration, Genre, Lieu, Mode};
use super::inventer::voie;
use super::plume::Plume;
use crate::debiteur::{Debiteur, Identite, Paiement};
use crate::historique::{DEPOT_MAX, FAMILLES, dernier_mois_declare, plus_jours, plus_mois};
use crate::population::Population;
use crate::tirage::{Cle, Tirage};

/// Mois déclarés avant le jour de la démonstration.
const MOIS: i64 = 3;
/// Le brut mensuel d'un salarié, et combien il y en a au plus : ceux que le compte dit cinquante et plus le sont.
const SALAIRE: i64 = 220_000;
const SALARIES_MAX: i64 = 60;
/// Familles déclarées par un mois que le compte ignore : chacune y fera une créance.
const FAMILLES_MAX: usize = 2;
/// Ce que la masse salariale varie d'un mois à l'autre, en pour cent.
const VARIATION: (i64, i64) = (92, 108);
/// Sur mille mois que le compte connaît, ceux où une famille est déclarée autrement.
const DECLARE_AUTREMENT: u32 = 120;

impl Population {
    /// Les mois que les employeurs viennent de déclarer, du plus ancien au plus récent.
    #[must_use]
    pub fn mois_declares(&self) -> Vec<Periode> {
        let dernier = dernier_mois_declare(self.aujourdhui());
        (1 - MOIS..=0)
            .map(|recul| plus_mois(dernier, recul))
            .filter_map(|jour| Periode::mois(jour.year(), jour.month()).ok())
            .collect()
    }

    /// Écrit au fil de l'eau, vers une sortie tamponnée, les déclarations d'un mois des employeurs de la caisse ; rend
    /// leurs paiements, par date. Une déclaration qui en remplace une autre est dans un second message.
    ///
    /// # Errors
    /// La sortie refuse.
    pub fn declarations(&self, mois: Periode, sortie: impl Write) -> Result<Vec<Paiement>, ErreurEcriture> {
        let plume = Plume::ouvrir(sortie, FinDeLigne::CrLf, None, false)?.reduite();
        let mut registre = Registre {
            population: self,
            mois,
            salaries: self.cle("salaries"),
            mensuelle: self.cle(&format!("declarations {mois}")),
            plume,
            rectificatives: Vec::new(),
            paiements: Vec::new(),
            payeur: None,
        };
        for (rang, debiteur) in (0..).zip(self.debiteurs()) {
            if debiteur.identite.regime == Regime::Employeur
                && let Some(siret) = debiteur.identite.siret.clone()
            {
                registre.employeur(rang, &debiteur, siret)?;
            }
        }
        registre.finir()
    }
}

/// Le mois d'une caisse pendant qu'il s'écrit.
struct Registre<'a, W> {
    population: &'a Population,
    mois: Periode,
    salaries: Cle,
    mensuelle: Cle,
    plume: Plume<W>,
    rectificatives: Vec<Declaration>,
    paiements: Vec<Paiement>,
    /// Le dernier établissement dont le paiement peut couvrir celui d'un autre, et la place de ce paiement.
    payeur: Option<(Siret, usize)>,
}

impl<W: Write> Registre<'_, W> {
    fn finir(mut self) -> Result<Vec<Paiement>, ErreurEcriture> {
        if !self.rectificatives.is_empty() {
            self.plume.message_suivant()?;
        }
        for d in std::mem::take(&mut self.rectificatives) {
            self.plume.declaration(&d)?;
        }
        self.plume.finir()?;
        let mut paiements = self.paiements;
        paiements.sort_by(|a, b| (a.jour, &a.reference_bancaire).cmp(&(b.jour, &b.reference_bancaire)));
        Ok(paiements)
    }

    fn employeur(&mut self, rang: u64, d: &Debiteur, siret: Siret) -> Result<(), ErreurEcriture> {
        let mut tirage = Tirage::nouveau(self.mensuelle, rang);
        let t = &mut tirage;
        let emises = emises(d, self.mois);
        let mut declaration = self.declaration(rang, d, siret, &emises, t);
        // Ce que le compte a émis, l'histoire du dossier l'a déjà payé ou non.
        let situation = if emises.is_empty() {
            self.possible(t.pondere(SITUATIONS), &d.identite)
        } else {
            Situation::EnOrdre
        };
        if situation == Situation::Regularisee {
            regulariser(&mut declaration, self.mois);
        }
        let du = declaration.declare().max(0);
        self.ordonner(&mut declaration, &d.identite, situation, du, t);
        if emises.is_empty() {
            self.payer(d, &declaration, situation, du, t);
        }
        match situation {
            Situation::NonDeclaree => return Ok(()),
            Situation::DepotTardif => declaration.constituee_le = self.jour_suivant(t.entre(17, 24)),
            Situation::FractionManquante => declaration.fraction = (1, 2),
            Situation::Remplacee => {
                let mut originale = declaration.clone();
                originale.individus.truncate(1);
                originale.versements.clear();
                originale.ordonner(Mode::Virement);
                declaration.genre = Genre::Remplace(originale.constituee_le, originale.ordre);
                declaration.constituee_le = self.jour_suivant(DEPOT_MAX.into());
                declaration.ordre = originale.ordre + self.population.combien();
                self.plume.declaration(&originale)?;
                self.rectificatives.push(declaration);
                return Ok(());
            }
            _ => {}
        }
        self.plume.declaration(&declaration)
    }

    /// La situation, ou une autre si le jour ou les voisins ne la permettent pas.
    fn possible(&self, situation: Situation, identite: &Identite) -> Situation {
        let permise = match situation {
            Situation::DepotTardif => self.jour_suivant(24) <= self.population.aujourdhui(),
            Situation::PayeeParAutre => self.payeur.is_some(),
            Situation::Rejetee => compte_preleve(identite).is_some(),
            _ => true,
        };
        if permise { situation } else { Situation::EnOrdre }
    }

    fn jour_suivant(&self, jour: i64) -> Date {
        plus_jours(self.mois.fin(), jour)
    }

    fn declaration(
        &self,
        rang: u64,
        d: &Debiteur,
        siret: Siret,
        emises: &[(FamilleCotisation, i64)],
        t: &mut Tirage,
    ) -> Declaration {
        let mut salaries = Tirage::nouveau(self.salaries, rang);
        // Ce que le compte a émis dit la masse salariale, et les familles : celles du mois, sinon celles d'un autre.
        let premiere = cotisations(d).next();
        let masse = premiere.map_or(SALAIRE, |(_, famille, montant)| brut(famille, montant));
        let du_mois = emises.first().map(|e| brut(e.0, e.1));
        let brut = du_mois.unwrap_or(masse * t.entre(VARIATION.0, VARIATION.1) / 100);
        let mut familles = emises.to_vec();
        if let Some((_, montant)) = familles.first_mut().filter(|_| t.sur_mille(DECLARE_AUTREMENT)) {
            *montant += *montant / 20 + 100;
        }
        if familles.is_empty() {
            let pareilles = cotisations(d).filter(|c| Some(c.0) == premiere.map(|p| p.0));
            familles = pareilles
                .take(FAMILLES_MAX)
                .map(|(_, famille, _)| (famille, cotisation(famille, brut)))
                .collect();
        }
        let nombre = (masse / SALAIRE).clamp(1, SALARIES_MAX);
        let commune = &d.identite.commune;
        Declaration {
            siret,
            caisse: self.population.caisse(),
            mois: self.mois,
            genre: Genre::Normale,
            fraction: (1, 1),
            ordre: rang + 1,
            constituee_le: self.jour_suivant(t.entre(1, i64::from(DEPOT_MAX) - 1)),
            lieu: Lieu {
                voie: voie(&mut salaries),
                code_postal: code_postal(commune.code.as_str()),
                localite: commune.nom.replace('œ', "oe").replace('Œ', "Oe"),
            },
            etablissement: Vec::new(),
            versements: Vec::new(),
            individus: individus(nombre, brut, &familles, self.mois, &mut salaries),
        }
    }

    fn ordonner(
        &self,
        declaration: &mut Declaration,
        identite: &Identite,
        situation: Situation,
        du: i64,
        t: &mut Tirage,
    ) {
        let caisse = self.population.caisse();
        let habituel = compte_preleve(identite).map_or(Mode::Virement, |iban| Mode::Sepa(iban.clone()));
        match (situation, &self.payeur) {
            (Situation::OrdreDifferent, _) => {
                declaration.ordonner_a(caisse, du * t.entre(60, 95) / 100, habituel);
            }
            (Situation::MauvaiseCaisse, _) => {
                let autre = CodeCaisse::toutes().find(|c| *c != caisse).unwrap_or(caisse);
                declaration.ordonner_a(autre, du, habituel);
            }
            (Situation::PayeeParAutre, Some((payeur, _))) => {
                declaration.ordonner_a(caisse, du, Mode::ParAutre(payeur.clone()));
            }
            _ => declaration.ordonner_a(caisse, du, habituel),
        }
    }
}

/// Le compte qu'un ordre SEPA débite, si l'employeur paie ainsi.
fn compte_preleve(identite: &Identite) -> Option<&Iban> {
    let preleve = matches!(
        identite.mode_paiement,
        ModePaiement::Prelevement | ModePaiement::TeleReglement
    );
    identite.ibans.iter().find(|i| preleve && i.pays() == "FR")
}

/// Les cotisations que le compte a émises : le premier et le dernier jour, la famille, le montant.
fn cotisations(d: &Debiteur) -> impl Iterator<Item = ((Date, Date), FamilleCotisation, i64)> {
    d.creances.iter().filter_map(|c| match c.nature {
        Nature::Cotisation(famille) => {
            Some(((c.periode_debut, c.periode_fin), famille, c.montant().centimes()))
        }
        _ => None,
    })
}

/// Ce que le compte a émis pour ce mois, par famille.
fn emises(d: &Debiteur, mois: Periode) -> Vec<(FamilleCotisation, i64)> {
    cotisations(d)
        .filter(|(periode, ..)| *periode == (mois.debut(), mois.fin()))
        .map(|(_, famille, montant)| (famille, montant))
        .collect()
}

/// Les parts ouvrière et patronale d'une famille, pour dix mille.
fn taux(famille: FamilleCotisation) -> (i64, i64) {
    let famille = FAMILLES.iter().find(|f| f.0 == famille);
    famille.map_or((0, 10_000), |f| (f.1, f.2))
}

/// La masse salariale dont une famille cotise ce montant.
fn brut(famille: FamilleCotisation, montant: i64) -> i64 {
    let (ouvriere, patronale) = taux(famille);
    montant * 10_000 / (ouvriere + patronale)
}

/// Ce qu'une famille cotise d'une masse salariale.
fn cotisation(famille: FamilleCotisation, brut: i64) -> i64 {
    let (ouvriere, patronale) = taux(famille);
    brut * ouvriere / 10_000 + brut * patronale / 10_000
}

/// Un code postal plausible pour cette commune.
fn code_postal(commune: &str) -> String {
    let departement = match commune.get(..2) {
        Some("97" | "98") => commune.get(..3).unwrap_or("974"),
        Some("2A" | "2B") => "20",
        deux => deux.unwrap_or("33"),
    };
    format!("{departement:0<5}")
}
