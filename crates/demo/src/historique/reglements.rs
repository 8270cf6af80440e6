//! Comment les échéances sont payées : à l'heure, en retard, en partie, deux fois, jamais, ou par un prélèvement
//! qui revient.

use droit::Regime;
use jiff::civil::Date;
use releves::{ModePaiement, Motif};
use valeurs::{Iban, Montant};

use super::{Echeance, jour_ouvre, plus_jours};
use crate::{
    debiteur::{Identite, Paiement, Rejet},
    noms::mots_ascii,
    tirage::Tirage,
};

/// Le nom du payeur dans un relevé est souvent coupé là.
const NOM_MAX: usize = 35;

#[derive(Clone, Copy)]
enum Conduite {
    ALHeure,
    EnRetard,
    EnPartie,
    DeuxFois,
    Rejete,
    Rien,
}

const COTISATIONS: &[(u32, Conduite)] = &[
    (330, Conduite::ALHeure),
    (200, Conduite::EnRetard),
    (150, Conduite::EnPartie),
    (20, Conduite::DeuxFois),
    (70, Conduite::Rejete),
    (230, Conduite::Rien),
];

const INDUS: &[(u32, Conduite)] = &[
    (220, Conduite::ALHeure),
    (90, Conduite::EnRetard),
    (280, Conduite::EnPartie),
    (15, Conduite::DeuxFois),
    (25, Conduite::Rejete),
    (370, Conduite::Rien),
];

const MOTIFS: &[(u32, &str)] = &[(72, "AM04"), (16, "AC04"), (12, "MD01")];

/// Les paiements de toutes les échéances, par date, aucun après aujourd'hui.
pub(super) fn paiements(
    identite: &Identite,
    echeances: &[Echeance],
    aujourdhui: Date,
    tirage: &mut Tirage,
) -> Vec<Paiement> {
    let mut caisse = Caisse {
        identite,
        nom: None,
        aujourdhui,
        tirage,
        recus: Vec::new(),
    };
    for echeance in echeances {
        caisse.regler(echeance);
    }
    let mut recus = caisse.recus;
    recus.sort_by_key(|paiement| paiement.jour);
    recus
}

/// Le nom comme une banque l'écrit : capitales, sans accent ni ponctuation, coupé.
pub(crate) fn nom_de_banque(prenom: &str, nom: &str) -> String {
    let mut nom = format!("{} {}", mots_ascii(nom, ' '), mots_ascii(prenom, ' '));
    nom.make_ascii_uppercase();
    nom.truncate(NOM_MAX);
    nom.truncate(nom.trim_end().len());
    nom
}

struct Caisse<'a> {
    identite: &'a Identite,
    /// Comme sa banque l'écrit, une fois qu'il a fallu le savoir.
    nom: Option<String>,
    aujourdhui: Date,
    tirage: &'a mut Tirage,
    recus: Vec<Paiement>,
}

impl Caisse<'_> {
    fn regler(&mut self, echeance: &Echeance) {
        let (conduites, avance) = match self.identite.regime {
            Regime::Assure | Regime::ProfessionnelSante => (INDUS, 50),
            Regime::Employeur | Regime::NonSalarie | Regime::Solidarite => (COTISATIONS, 3),
        };
        let total = echeance.total();
        let terme = echeance.exigible_le;
        let avance = self.tirage.entre(0, avance);
        let retard = self.tirage.entre(6, 110);
        let mode = self.mode();
        match self.tirage.pondere(conduites) {
            Conduite::Rien => {}
            Conduite::ALHeure => self.encaisser(plus_jours(terme, -avance), total, mode, echeance),
            Conduite::EnRetard => self.encaisser(plus_jours(terme, retard), total, mode, echeance),
            Conduite::EnPartie => self.regler_en_partie(echeance, total, mode),
            Conduite::DeuxFois => {
                self.encaisser(plus_jours(terme, -avance), total, mode, echeance);
                self.encaisser(terme, total, mode, echeance);
            }
            Conduite::Rejete => self.prelever_en_vain(echeance, total, retard),
        }
    }

    /// Un acompte, ou une à trois mensualités rondes, jamais le tout.
    fn regler_en_partie(&mut self, echeance: &Echeance, total: Montant, mode: ModePaiement) {
        let fois = self.tirage.pondere(&[(50, 1), (30, 2), (20, 3)]);
        let part = total.centimes() * self.tirage.entre(12, 30) / 100;
        // Qui paie en plusieurs fois paie des sommes rondes, à dix euros près.
        let ronde = if part >= 2_000 {
            part / 1_000 * 1_000
        } else {
            part.max(1)
        };
        let debut = plus_jours(echeance.exigible_le, self.tirage.entre(-2, 70));
        for rang in 0..fois {
            self.encaisser(
                plus_jours(debut, rang * 30),
                Montant::de_centimes(ronde),
                mode,
                echeance,
            );
        }
    }

    fn prelever_en_vain(&mut self, echeance: &Echeance, total: Montant, retard: i64) {
        if self.identite.ibans.is_empty() {
            return;
        }
        let retour = jour_ouvre(plus_jours(
            jour_ouvre(echeance.exigible_le),
            self.tirage.entre(2, 8),
        ));
        let motif = Motif::iso(self.tirage.pondere(MOTIFS));
        self.encaisser(echeance.exigible_le, total, ModePaiement::Prelevement, echeance);
        if retour <= self.aujourdhui
            && let Some(preleve) = self.recus.last_mut()
        {
            preleve.rejet = motif.map(|motif| Rejet { jour: retour, motif });
        }
        if self.tirage.sur_mille(400) {
            let mode = self
                .tirage
                .parmi(&[ModePaiement::CarteBancaire, ModePaiement::Virement]);
            self.encaisser(plus_jours(retour, retard), total, mode, echeance);
        }
    }

    /// Le mode habituel, un autre parfois.
    fn mode(&mut self) -> ModePaiement {
        if self.tirage.sur_mille(120) {
            self.tirage.parmi(&[
                ModePaiement::Virement,
                ModePaiement::Cheque,
                ModePaiement::CarteBancaire,
            ])
        } else {
            self.identite.mode_paiement
        }
    }

    /// Ajoute le paiement, s'il n'est pas à venir.
    fn encaisser(&mut self, jour: Date, montant: Montant, mode: ModePaiement, echeance: &Echeance) {
        let identite = self.identite;
        let iban = if porte_un_iban(mode) { self.compte() } else { None };
        let siret_annonce = identite.regime == Regime::Employeur && !self.tirage.sur_mille(25);
        let jour = jour_ouvre(jour);
        if jour > self.aujourdhui {
            return;
        }
        let nom_payeur = (iban.is_some() || mode == ModePaiement::Cheque).then(|| self.nom());
        let libelle = self.libelle(echeance);
        self.recus.push(Paiement {
            jour,
            montant,
            mode,
            siret: identite.siret.clone().filter(|_| siret_annonce),
            periode: echeance.periode,
            iban,
            nom_payeur,
            libelle,
            reference_bancaire: format!(
                "RB{}{:04}",
                identite.matricule,
                self.recus.len().saturating_add(1)
            ),
            bout_en_bout: matches!(mode, ModePaiement::Prelevement | ModePaiement::TitreInterbancaire).then(
                || {
                    format!(
                        "MSA{}{}",
                        identite.matricule,
                        echeance.exigible_le.strftime("%Y%m%d")
                    )
                },
            ),
            rejet: None,
        });
    }

    fn nom(&mut self) -> String {
        let personne = &self.identite.personne;
        self.nom
            .get_or_insert_with(|| nom_de_banque(personne.prenom(), personne.nom()))
            .clone()
    }

    fn compte(&mut self) -> Option<Iban> {
        match self.identite.ibans.as_slice() {
            [] => None,
            ibans => {
                let second = self.tirage.sur_mille(250);
                if second {
                    ibans.last().cloned()
                } else {
                    ibans.first().cloned()
                }
            }
        }
    }

    fn libelle(&self, echeance: &Echeance) -> String {
        let matricule = self.identite.matricule.as_str();
        let objet = match self.identite.regime {
            Regime::Employeur => "COTIS SALARIES",
            Regime::NonSalarie => "COTIS EXPLOITANT",
            Regime::Solidarite => "COTIS SOLIDARITE",
            Regime::Assure => "REMB TROP PERCU",
            Regime::ProfessionnelSante => "REMB INDU SOINS",
        };
        match echeance.periode {
            Some(periode) => format!("{objet} {matricule} {periode}"),
            None => format!("{objet} {matricule}"),
        }
    }
}

const fn porte_un_iban(mode: ModePaiement) -> bool {
    match mode {
        ModePaiement::Virement
        | ModePaiement::TitreInterbancaire
        | ModePaiement::Prelevement
        | ModePaiement::AutreEtablissement
        | ModePaiement::TeleReglement => true,
        ModePaiement::Cheque | ModePaiement::CarteBancaire | ModePaiement::Especes | ModePaiement::Autre => {
            false
        }
    }
}
