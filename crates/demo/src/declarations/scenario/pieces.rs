//! Un scénario pendant qu'il se raconte.

use dsn::{ErreurEcriture, FinDeLigne};
use jiff::civil::{Date, DateTime};
use releves::EN_TETE_CSV;
use valeurs::{CodeCaisse, Montant, Periode};

use super::super::contenu::{Declaration, Genre, Mode};
use super::super::inventer::{Etablissement, Inventeur};
use super::super::plume::{Plume, euros, jour};
use super::cas::Cas;
use super::{Attendu, Piece, Recu, Scenario};

/// Individus de chaque déclaration.
const SALARIES: usize = 3;

/// De quoi raconter un scénario.
pub(super) struct Recit {
    pub(super) inventeur: Inventeur,
    pub(super) cas: Cas,
    pub(super) caisse: CodeCaisse,
    pub(super) mois: Periode,
    /// Rang du premier établissement, et du prochain.
    pub(super) rang: u64,
    depots: Vec<Piece>,
    pub(super) encaissements: Vec<Piece>,
    creances: Vec<Piece>,
    recus: Vec<Recu>,
    attendus: Vec<Attendu>,
}

impl Recit {
    pub(super) fn nouveau(
        inventeur: Inventeur,
        cas: Cas,
        caisse: CodeCaisse,
        mois: Periode,
        rang: u64,
    ) -> Self {
        Self {
            inventeur,
            cas,
            caisse,
            mois,
            rang,
            depots: Vec::new(),
            encaissements: Vec::new(),
            creances: Vec::new(),
            recus: Vec::new(),
            attendus: Vec::new(),
        }
    }

    pub(super) fn etablissement(&mut self) -> Etablissement {
        self.rang += 1;
        self.inventeur.etablissement(self.rang)
    }

    /// Une déclaration du mois, qui n'ordonne encore rien.
    pub(super) fn declaration(&mut self, e: &Etablissement, mois: Periode) -> Declaration {
        self.inventeur.declaration(e, self.caisse, mois, SALARIES)
    }

    /// Une déclaration du mois, qui ordonne par SEPA ce qu'elle déclare.
    pub(super) fn ordonnee(&mut self, e: &Etablissement, mois: Periode) -> Declaration {
        let mut d = self.declaration(e, mois);
        d.ordonner(Mode::Sepa(e.iban.clone()));
        d
    }

    /// Dépose un fichier.
    pub(super) fn deposer(&mut self, declarations: &[Declaration]) -> Result<(), ErreurEcriture> {
        self.deposer_le(None, declarations)
    }

    /// Dépose un fichier que le portail a reçu à ce moment.
    pub(super) fn deposer_le(
        &mut self,
        recu: Option<DateTime>,
        declarations: &[Declaration],
    ) -> Result<(), ErreurEcriture> {
        let neant = declarations.iter().all(|d| d.genre == Genre::RemplaceParNeant);
        let mut plume = Plume::ouvrir(Vec::new(), FinDeLigne::CrLf, recu, neant)?;
        for d in declarations {
            plume.declaration(d)?;
        }
        let nom = format!("{}-{}.dsn", self.cas.nom(), self.depots.len() + 1);
        self.depots.push(Piece {
            nom,
            octets: plume.finir()?,
        });
        Ok(())
    }

    /// Une recette du CSV, à la caisse.
    pub(super) fn recevoir(&mut self, e: &Etablissement, le: Date, periode: Periode, centimes: i64) {
        self.recevoir_a(self.caisse, e, le, periode, centimes);
    }

    pub(super) fn recevoir_a(
        &mut self,
        caisse: CodeCaisse,
        e: &Etablissement,
        le: Date,
        periode: Periode,
        centimes: i64,
    ) {
        self.recus.push(Recu {
            le,
            caisse,
            siret: e.siret.clone(),
            periode,
            centimes,
            iban: e.iban.as_str().to_owned(),
        });
    }

    /// Une créance d'employeur, émise par une autre voie.
    pub(super) fn creer(&mut self, e: &Etablissement, famille: &str, exigible_le: Date, centimes: i64) {
        let siret = e.siret.as_str();
        let texte = format!(
            "reference;siret;matricule;nom;regime;nature;periode;emise_le;exigible_le;part_ouvriere;part_patronale\n\
             AILLEURS-{siret};{siret};{siret};Employeur {siret};employeur;cotisation:{famille};{};{};{exigible_le};{};0\n",
            self.mois,
            exigible_le.first_of_month(),
            euros(centimes)
        );
        self.creances.push(Piece {
            nom: format!("{}.csv", self.cas.nom()),
            octets: texte.into_bytes(),
        });
    }

    pub(super) fn attendre(
        &mut self,
        e: &Etablissement,
        mois: Periode,
        ecarts: &[&'static str],
        declare: i64,
        ordonne: i64,
        encaisse: i64,
    ) {
        let mut ecarts = ecarts.to_vec();
        ecarts.sort_unstable();
        self.attendus.push(Attendu {
            siret: e.siret.clone(),
            mois,
            ecarts,
            declare: Montant::de_centimes(declare),
            ordonne: Montant::de_centimes(ordonne),
            encaisse: Montant::de_centimes(encaisse),
        });
    }

    /// Attend d'une déclaration ces écarts, et cet encaissé.
    pub(super) fn attendre_de(
        &mut self,
        e: &Etablissement,
        d: &Declaration,
        ecarts: &[&'static str],
        encaisse: i64,
    ) {
        self.attendre(e, d.mois, ecarts, d.declare(), d.ordonne(), encaisse);
    }

    pub(super) fn finir(mut self) -> Scenario {
        if !self.recus.is_empty() {
            let mut texte = format!("{EN_TETE_CSV}\n");
            for r in &self.recus {
                let champs = [
                    &jour(r.le),
                    r.caisse.code(),
                    r.siret.as_str(),
                    &r.periode.to_string(),
                    &euros(r.centimes),
                    "05",
                    &r.iban,
                ];
                texte.push_str(&champs.join(";"));
                texte.push('\n');
            }
            self.encaissements.push(Piece {
                nom: format!("{}-paiements.csv", self.cas.nom()),
                octets: texte.into_bytes(),
            });
        }
        self.attendus.sort();
        Scenario {
            cas: self.cas,
            depots: self.depots,
            encaissements: self.encaissements,
            creances: self.creances,
            attendus: self.attendus,
        }
    }
}
