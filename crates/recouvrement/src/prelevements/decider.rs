//! Ce qu'un échéancier fait prélever jusqu'à un jour, et pourquoi le reste ne l'est pas. Pur.

use ::prelevements::{MontantPreleve, Sequence};
use droit::EtatEcheancier;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Serialize;
use valeurs::Montant;

use super::{ErreurPrelevement, EtatPrelevement, Prelevement};
use crate::Erreur;
use crate::echeanciers::SuiviEcheancier;

/// Mois sans prélèvement au bout desquels un mandat est caduc (EPC016-06, *SEPA Direct Debit Core Scheme Rulebook*, 4.1, à
/// vérifier) ; comptés de la signature s'il n'a jamais servi.
const CADUCITE_MOIS: i32 = 36;

/// Ce qu'un mandat a déjà fait.
#[derive(Clone, Debug)]
pub(super) struct MandatVu {
    pub(super) id: i64,
    pub(super) signe_le: Date,
    pub(super) revoque: bool,
    /// La dernière échéance présentée par lui.
    pub(super) derniere: Option<Date>,
    /// Un de ses prélèvements au moins n'a pas été rejeté.
    pub(super) entame: bool,
    /// L'échéancier et la mensualité de son dernier prélèvement (`FNAL`), s'il n'a pas été rejeté.
    pub(super) fini: Option<(i64, i64)>,
    /// Aucun autre échéancier ne se paie par lui.
    pub(super) seul: bool,
}

/// Ce qu'il faut savoir d'un échéancier pour le prélever.
#[derive(Clone, Debug)]
pub(super) struct Vu {
    pub(super) lu: SuiviEcheancier,
    pub(super) mandat: MandatVu,
    pub(super) siens: Vec<Prelevement>,
}

/// Quand, et à partir de quand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Aujourd'hui.
    pub(super) au: Date,
    /// Les mensualités de ce jour ou d'avant.
    pub(super) jusqu_au: Date,
    /// La première échéance que la banque prend.
    pub(super) premiere: Date,
}

/// Un prélèvement à présenter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct APresenter {
    pub(super) rang: u16,
    pub(super) presentation: i64,
    pub(super) echeance: Date,
    pub(super) sequence: Sequence,
    pub(super) montant: Montant,
}

/// Pourquoi une mensualité qui échoit n'est pas prélevée.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Raison {
    /// L'échéancier est rompu ou expiré.
    EcheancierFini,
    /// Le mandat est révoqué.
    MandatRevoque,
    /// Le mandat n'a pas servi depuis trop longtemps.
    MandatCaduc,
    /// Son dernier prélèvement a été présenté.
    MandatFini,
    /// Elle est payée, ou ses créances le sont.
    Payee,
}

impl Raison {
    /// La raison, en mots, et ce qu'il faut faire.
    #[must_use]
    pub const fn libelle(self) -> &'static str {
        match self {
            Self::EcheancierFini => {
                "l’échéancier est rompu ou expiré : constatez-en la fin, ou arrêtez son prélèvement"
            }
            Self::MandatRevoque => "le mandat est révoqué : notez-en un autre, ou arrêtez le prélèvement",
            Self::MandatCaduc => {
                "le mandat n’a pas servi depuis trente-six mois : faites-en signer un autre, et notez-le"
            }
            Self::MandatFini => {
                "le dernier prélèvement du mandat a déjà été présenté : faites-en signer un autre, et notez-le"
            }
            Self::Payee => "elle est déjà payée",
        }
    }
}

/// Une mensualité qui échoit et qu'on ne prélève pas.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Ecartee {
    /// Son échéancier.
    pub echeancier: i64,
    /// Son rang.
    pub rang: u16,
    /// Son jour.
    pub jour: Date,
    /// Pourquoi.
    pub raison: Raison,
}

/// Ce qui est à présenter, dans l'ordre des mensualités, et celles qui ne le sont pas.
///
/// Une mensualité est présentée une fois, pour ce qui en reste, puis une fois de plus chaque fois qu'elle a échoué et qu'un
/// agent le veut. Comme un versement sert la plus ancienne mensualité impayée, celle qui manque n'est pas toujours celle qui
/// a échoué : de nouveau présentée, elle l'est pour ce qui manque, sans dépasser sa somme. Le tout ne dépasse ni ce que
/// l'échéancier attend encore jusqu'à ce jour, ni ce que le compte dit dû, moins ce qui est déjà à la banque.
///
/// # Errors
/// Une somme trop grande.
pub(super) fn decider(vu: &Vu, moment: Moment) -> Result<(Vec<APresenter>, Vec<Ecartee>), Erreur> {
    let (mut attendu, mut a_la_banque) = (Montant::ZERO, Montant::ZERO);
    let mut candidates = Vec::new();
    for suivie in &vu.lu.suivi.mensualites {
        let rang = suivie.mensualite.rang;
        let derniere = vu.siens.iter().rfind(|prelevement| prelevement.rang == rang);
        let remis = derniere
            .filter(|p| p.etat == EtatPrelevement::Remis)
            .map_or(Montant::ZERO, |p| p.montant.min(suivie.reste));
        a_la_banque = a_la_banque.checked_add(remis)?;
        if suivie.mensualite.jour > moment.jusqu_au {
            continue;
        }
        attendu = attendu.checked_add(suivie.reste.checked_sub(remis)?)?;
        match derniere {
            None => candidates.push((suivie, 1, suivie.reste)),
            Some(p) if p.a_echoue() && p.a_representer => {
                let presentation = p.presentation.saturating_add(1);
                candidates.push((suivie, presentation, suivie.mensualite.montant));
            }
            Some(_) => {}
        }
    }
    let au_compte = vu.lu.reste_au_compte.checked_sub(a_la_banque)?;
    let mut reste = attendu.min(au_compte).max(Montant::ZERO);
    // Ce qui manque d'ailleurs ne va aux présentations nouvelles qu'une fois les premières servies.
    candidates.sort_by_key(|&(suivie, presentation, _)| (presentation > 1, suivie.mensualite.rang));
    let (mut a_presenter, mut ecartees) = (Vec::new(), Vec::new());
    for (suivie, presentation, au_plus) in candidates {
        let mensualite = suivie.mensualite;
        let echeance = mensualite.jour.max(moment.premiere);
        let montant = au_plus.min(reste);
        if let Some(raison) = empechement(vu, mensualite.rang, echeance, montant)? {
            // Ce qui a été payé, ou dont un agent a constaté la fin, ne se redit pas à chaque fois.
            let connu = raison == Raison::Payee || vu.lu.accorde.rompu.is_some();
            if !connu || mensualite.jour >= moment.au {
                ecartees.push(Ecartee {
                    echeancier: vu.lu.accorde.id,
                    rang: mensualite.rang,
                    jour: mensualite.jour,
                    raison,
                });
            }
            continue;
        }
        reste = reste.checked_sub(montant)?;
        let montant = MontantPreleve::try_from(montant).map_err(ErreurPrelevement::from)?;
        a_presenter.push(APresenter {
            rang: mensualite.rang,
            presentation,
            echeance,
            sequence: Sequence::Recurrent,
            montant: montant.montant(),
        });
    }
    a_presenter.sort_by_key(|presente| presente.rang);
    enchainer(vu, &mut a_presenter, a_la_banque);
    Ok((a_presenter, ecartees))
}

/// Dit lequel est le premier du mandat, et s'il en est le dernier : rien ne resterait alors à prélever par lui.
fn enchainer(vu: &Vu, a_presenter: &mut [APresenter], a_la_banque: Montant) {
    let dernier = match &*a_presenter {
        [seul] => vu.mandat.seul && a_la_banque.est_nul() && seul.montant == vu.lu.suivi.reste,
        _ => false,
    };
    if let Some(premier) = a_presenter.first_mut() {
        premier.sequence = match (vu.mandat.entame, dernier) {
            (false, _) => Sequence::Premier,
            (true, true) => Sequence::Dernier,
            (true, false) => Sequence::Recurrent,
        };
    }
}

fn empechement(vu: &Vu, rang: u16, echeance: Date, montant: Montant) -> Result<Option<Raison>, Erreur> {
    if montant.est_nul() {
        return Ok(Some(Raison::Payee));
    }
    let etat = &vu.lu.suivi.etat;
    let fini = matches!(etat, EtatEcheancier::Rompu(_) | EtatEcheancier::Expire(_));
    if vu.lu.accorde.rompu.is_some() || fini {
        return Ok(Some(Raison::EcheancierFini));
    }
    let mandat = &vu.mandat;
    if mandat.revoque {
        return Ok(Some(Raison::MandatRevoque));
    }
    // Rendu, le dernier prélèvement d'un mandat se présente encore une fois, comme dernier.
    if mandat
        .fini
        .is_some_and(|fini| fini != (vu.lu.accorde.id, i64::from(rang)))
    {
        return Ok(Some(Raison::MandatFini));
    }
    let depuis = mandat.derniere.unwrap_or(mandat.signe_le).max(mandat.signe_le);
    let caduc = depuis
        .checked_add(CADUCITE_MOIS.months())
        .map_err(droit::Erreur::from)?;
    Ok((caduc < echeance).then_some(Raison::MandatCaduc))
}

#[cfg(test)]
mod tests {
    use droit::{Demande, Dette, Droit, Echeancier, Nature, Prestation, Rythme, Versement, Zone};
    use jiff::Timestamp;
    use jiff::civil::date;
    use valeurs::DossierId;

    use super::*;
    use crate::echeanciers::EcheancierAccorde;

    fn c(centimes: i64) -> Montant {
        Montant::de_centimes(centimes)
    }

    fn moment(mois: i8, jour: i8) -> Moment {
        let au = date(2026, mois, jour);
        Moment {
            au,
            jusqu_au: au + 15.days(),
            premiere: au + 2.days(),
        }
    }

    /// Trois mensualités de 40 €, les 15 février, mars et avril, et ce qui en est payé ; un mandat qui n'a jamais servi.
    fn vu(au: Date, verses: &[(Date, i64)], siens: Vec<Prelevement>) -> Vu {
        let echeancier = Echeancier::proposer(&Demande {
            procedure: Droit::charger().procedure(Nature::Indu(Prestation::Rsa)),
            dette: Dette {
                part_ouvriere: Montant::ZERO,
                principal: c(120_00),
                majorations: Montant::ZERO,
            },
            conclu_le: date(2026, 1, 10),
            premiere: date(2026, 2, 15),
            rythme: Rythme::Mensualites(3),
            zone: Zone::Metropole,
            clause_de_rupture: true,
        })
        .unwrap();
        let verses: Vec<Versement> = verses
            .iter()
            .map(|&(le, montant)| Versement {
                le,
                montant: c(montant),
            })
            .collect();
        let suivi = echeancier.suivre(&verses, au).unwrap();
        Vu {
            lu: SuiviEcheancier {
                reste_au_compte: suivi.reste,
                suivi,
                accorde: EcheancierAccorde {
                    id: 7,
                    dossier: DossierId::new(1),
                    conclu_le: date(2026, 1, 10),
                    echeancier,
                    clause_de_rupture: false,
                    creances: vec![(1, c(120_00))],
                    enregistre_le: Timestamp::UNIX_EPOCH,
                    auteur: "essai".into(),
                    rompu: None,
                },
            },
            mandat: MandatVu {
                id: 1,
                signe_le: date(2026, 1, 5),
                revoque: false,
                derniere: None,
                entame: false,
                fini: None,
                seul: true,
            },
            siens,
        }
    }

    fn present(rang: u16, etat: EtatPrelevement, a_representer: bool) -> Prelevement {
        Prelevement {
            id: i64::from(rang),
            rang,
            presentation: 1,
            echeance: date(2026, 2, 15),
            montant: c(40_00),
            etat,
            a_representer,
        }
    }

    /// Rang, présentation, jour, séquence, centimes.
    fn presentes(vu: &Vu, moment: Moment) -> Vec<(u16, i64, String, &'static str, i64)> {
        let (presentes, _) = decider(vu, moment).unwrap();
        presentes
            .iter()
            .map(|p| {
                let jour = p.echeance.strftime("%d/%m").to_string();
                (
                    p.rang,
                    p.presentation,
                    jour,
                    p.sequence.code(),
                    p.montant.centimes(),
                )
            })
            .collect()
    }

    fn raisons(vu: &Vu, moment: Moment) -> Vec<(u16, Raison)> {
        let (presentes, ecartees) = decider(vu, moment).unwrap();
        assert_eq!(presentes, []);
        ecartees.iter().map(|e| (e.rang, e.raison)).collect()
    }

    #[test]
    fn une_mensualite_se_presente_une_fois_a_son_jour_ou_des_que_la_banque_peut() {
        let mut moment = moment(2, 10);
        let neuf = vu(moment.au, &[], Vec::new());
        assert_eq!(presentes(&neuf, moment), [(1, 1, "15/02".into(), "FRST", 40_00)]);
        moment.premiere = date(2026, 2, 18);
        assert_eq!(presentes(&neuf, moment), [(1, 1, "18/02".into(), "FRST", 40_00)]);
        for etat in [
            EtatPrelevement::Remis,
            EtatPrelevement::Paye,
            EtatPrelevement::Annule,
            EtatPrelevement::Rejete(None),
            EtatPrelevement::Revenu(None),
        ] {
            let deja = vu(moment.au, &[], vec![present(1, etat, false)]);
            assert_eq!(presentes(&deja, moment), []);
        }
    }

    #[test]
    fn on_ne_preleve_que_ce_qui_reste_de_la_mensualite_et_du_au_compte() {
        let moment = moment(3, 5);
        let verse = vec![(date(2026, 2, 15), 40_00), (date(2026, 3, 1), 15_00)];
        let mut partie = vu(moment.au, &verse, Vec::new());
        partie.mandat.entame = true;
        assert_eq!(
            presentes(&partie, moment),
            [(2, 1, "15/03".into(), "RCUR", 25_00)]
        );
        // Une remise a ramené la dette sous ce que l'échéancier attend.
        partie.lu.reste_au_compte = c(10_00);
        assert_eq!(
            presentes(&partie, moment),
            [(2, 1, "15/03".into(), "RCUR", 10_00)]
        );
        partie.lu.reste_au_compte = Montant::ZERO;
        assert_eq!(raisons(&partie, moment), [(2, Raison::Payee)]);
    }

    #[test]
    fn ce_qui_est_a_la_banque_n_est_pas_preleve_une_seconde_fois() {
        let moment = moment(3, 5);
        let mut attend = vu(moment.au, &[], vec![present(1, EtatPrelevement::Remis, false)]);
        attend.mandat.entame = true;
        assert_eq!(
            presentes(&attend, moment),
            [(2, 1, "15/03".into(), "RCUR", 40_00)]
        );
        attend.lu.reste_au_compte = c(50_00);
        assert_eq!(
            presentes(&attend, moment),
            [(2, 1, "15/03".into(), "RCUR", 10_00)]
        );
    }

    #[test]
    fn representee_une_mensualite_l_est_pour_ce_qui_manque_meme_si_un_autre_versement_l_a_servie() {
        let moment = moment(4, 1);
        // Le prélèvement de février est rejeté ; celui de mars, payé, a servi février : c'est mars qui manque.
        let mut manque = vu(
            moment.au,
            &[(date(2026, 3, 16), 40_00)],
            vec![
                present(1, EtatPrelevement::Rejete(None), true),
                present(2, EtatPrelevement::Paye, false),
            ],
        );
        manque.mandat.entame = true;
        assert_eq!(
            presentes(&manque, moment),
            [
                (1, 2, "03/04".into(), "RCUR", 40_00),
                (3, 1, "15/04".into(), "RCUR", 40_00)
            ]
        );
        let rattrape = [(date(2026, 3, 16), 40_00), (date(2026, 3, 20), 40_00)];
        manque.lu = vu(moment.au, &rattrape, Vec::new()).lu;
        let (presentes, ecartees) = decider(&manque, moment).unwrap();
        assert_eq!(presentes.iter().map(|p| p.rang).collect::<Vec<_>>(), [3]);
        assert_eq!(ecartees, [], "payée, et son jour est passé : rien à redire");
    }

    #[test]
    fn le_dernier_du_mandat_n_est_dit_que_si_rien_ne_reste_a_prelever_par_lui() {
        let moment = moment(4, 10);
        let verse = [(date(2026, 2, 15), 80_00)];
        let sequence = |vu: &Vu| presentes(vu, moment)[0].3;
        let mut fin = vu(moment.au, &verse, Vec::new());
        assert_eq!(sequence(&fin), "FRST");
        fin.mandat.entame = true;
        assert_eq!(sequence(&fin), "FNAL");
        fin.mandat.seul = false;
        assert_eq!(sequence(&fin), "RCUR");
        // Rendu, il se présente encore comme dernier ; un autre échéancier ne peut plus se payer par ce mandat.
        fin.mandat.seul = true;
        fin.mandat.fini = Some((7, 3));
        fin.siens = vec![present(3, EtatPrelevement::Revenu(None), true)];
        assert_eq!(sequence(&fin), "FNAL");
        fin.mandat.fini = Some((6, 3));
        assert_eq!(raisons(&fin, moment), [(3, Raison::MandatFini)]);
        let restante = vu(moment.au, &[(date(2026, 2, 15), 70_00)], Vec::new());
        let restante = Vu {
            mandat: MandatVu {
                entame: true,
                ..restante.mandat
            },
            ..restante
        };
        assert!(presentes(&restante, moment).iter().all(|p| p.3 == "RCUR"));
    }

    #[test]
    fn un_mandat_revoque_ou_caduc_un_echeancier_rompu_ne_se_prelevent_pas() {
        let moment = moment(2, 10);
        let mut refuse = vu(moment.au, &[], Vec::new());
        refuse.mandat.revoque = true;
        assert_eq!(raisons(&refuse, moment), [(1, Raison::MandatRevoque)]);
        refuse.mandat.revoque = false;
        refuse.mandat.signe_le = date(2023, 2, 14);
        assert_eq!(raisons(&refuse, moment), [(1, Raison::MandatCaduc)]);
        refuse.mandat.signe_le = date(2023, 2, 15);
        assert_eq!(presentes(&refuse, moment).len(), 1);
        refuse.mandat.signe_le = date(2020, 1, 1);
        refuse.mandat.derniere = Some(date(2025, 12, 1));
        assert_eq!(presentes(&refuse, moment).len(), 1);
        let tard = Moment {
            au: date(2026, 3, 20),
            ..moment
        };
        let rompu = vu(tard.au, &[], Vec::new());
        assert_eq!(raisons(&rompu, tard), [(1, Raison::EcheancierFini)]);
        let constate = Vu {
            lu: SuiviEcheancier {
                accorde: EcheancierAccorde {
                    rompu: Some((date(2026, 3, 17), "essai".into())),
                    ..rompu.lu.accorde
                },
                ..rompu.lu
            },
            ..rompu
        };
        assert_eq!(raisons(&constate, tard), [], "un agent le sait déjà");
    }
}
