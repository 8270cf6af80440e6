//! Les paiements d'un mois déclaré : ce que chaque situation fait arriver à la banque.

use std::io::Write;

use jiff::civil::{Date, Weekday};
use releves::{ModePaiement, Motif};
use valeurs::{Montant, Periode};

use super::Registre;
use super::situation::Situation;
use crate::debiteur::{Debiteur, Paiement, Rejet};
use crate::declarations::contenu::Declaration;
use crate::declarations::inventer::echeance;
use crate::historique::{nom_de_banque, plus_jours, plus_mois};
use crate::tirage::Tirage;

impl<W: Write> Registre<'_, W> {
    pub(super) fn payer(
        &mut self,
        d: &Debiteur,
        dsn: &Declaration,
        situation: Situation,
        du: i64,
        t: &mut Tirage,
    ) {
        let mois = self.mois;
        let a_l_heure = plus_jours(echeance(mois, dsn.individus.len()), -t.entre(0, 3));
        let ordonne = dsn.ordonne();
        match situation {
            Situation::Impaye | Situation::MauvaiseCaisse => {}
            Situation::Retard => {
                let tard = plus_jours(a_l_heure, t.entre(8, 40));
                self.recevoir(d, tard, ordonne, mois);
            }
            Situation::Partiel => {
                self.recevoir(d, a_l_heure, ordonne * t.entre(30, 90) / 100, mois);
            }
            Situation::TropPercu => self.recevoir(d, a_l_heure, ordonne + t.entre(1_000, 9_000), mois),
            Situation::Doublon => {
                self.recevoir(d, a_l_heure, ordonne, mois);
                self.recevoir(d, a_l_heure, ordonne, mois);
            }
            Situation::MauvaisePeriode => {
                let suivant = plus_mois(mois.debut(), 1);
                let suivant = Periode::mois(suivant.year(), suivant.month()).unwrap_or(mois);
                self.recevoir(d, a_l_heure, ordonne, suivant);
            }
            Situation::Rejetee => {
                let avant = self.paiements.len();
                self.recevoir(d, a_l_heure, ordonne, mois);
                let jour = ouvre(plus_jours(a_l_heure, t.entre(5, 9)));
                let revient = jour <= self.population.aujourdhui();
                if let Some(p) = self.paiements.get_mut(avant) {
                    p.mode = ModePaiement::Prelevement;
                    p.rejet = Motif::iso("AM04")
                        .filter(|_| revient)
                        .map(|motif| Rejet { jour, motif });
                }
            }
            Situation::PayeeParAutre => {
                if let Some((_, place)) = self.payeur.take()
                    && let Some(p) = self.paiements.get_mut(place)
                {
                    p.montant = Montant::de_centimes(p.montant.centimes() + du);
                }
            }
            _ => {
                let avant = self.paiements.len();
                self.recevoir(d, a_l_heure, ordonne, mois);
                if situation == Situation::EnOrdre && self.paiements.len() > avant {
                    self.payeur = Some((dsn.siret.clone(), avant));
                }
            }
        }
    }

    /// Ajoute un paiement, s'il n'est pas à venir.
    fn recevoir(&mut self, d: &Debiteur, jour: Date, centimes: i64, periode: Periode) {
        let jour = ouvre(jour);
        if jour > self.population.aujourdhui() || centimes <= 0 {
            return;
        }
        let identite = &d.identite;
        let mode = match identite.mode_paiement {
            ModePaiement::Cheque => ModePaiement::Cheque,
            mode if identite.ibans.is_empty() => mode,
            ModePaiement::Prelevement => ModePaiement::Prelevement,
            ModePaiement::TeleReglement => ModePaiement::TeleReglement,
            _ => ModePaiement::Virement,
        };
        let iban = identite.ibans.first().filter(|_| mode != ModePaiement::Cheque);
        let (matricule, annee_et_mois) = (&identite.matricule, self.mois.debut().strftime("%Y%m"));
        let place = self.paiements.len();
        self.paiements.push(Paiement {
            jour,
            montant: Montant::de_centimes(centimes),
            mode,
            siret: identite.siret.clone(),
            periode: Some(periode),
            iban: iban.cloned(),
            nom_payeur: Some(nom_de_banque(identite.personne.prenom(), identite.personne.nom())),
            libelle: format!("COTIS DSN {matricule} {periode}"),
            reference_bancaire: format!("RD{annee_et_mois}{place:08}"),
            bout_en_bout: (mode == ModePaiement::Prelevement)
                .then(|| format!("DSN{matricule}{annee_et_mois}")),
            rejet: None,
        });
    }
}

/// Le vendredi, si le jour tombe en fin de semaine.
fn ouvre(jour: Date) -> Date {
    match jour.weekday() {
        Weekday::Saturday => plus_jours(jour, -1),
        Weekday::Sunday => plus_jours(jour, -2),
        _ => jour,
    }
}
