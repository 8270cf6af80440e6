use std::collections::{BTreeMap, HashMap};

use droit::{Majoration, Nature, NonApplication, Poste, Regime, Situation, Tranche};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use storage::{Lot, Tx};
use valeurs::{DossierId, Montant};

use super::ouvertes::{lire_date, lire_nature, lire_regime};
use crate::Erreur;
use crate::grand_livre::{Compte, Contrepartie, LotComptable, Mouvement, NatureMouvement};

/// Les majorations de retard d'une créance, calculées par la loi à une date.
#[derive(Clone, Debug)]
pub struct MajorationDue {
    /// La créance.
    pub creance: i64,
    /// Son dossier.
    pub dossier: DossierId,
    /// Le calcul complet, arrêté à la date demandée.
    pub calcul: Majoration,
    /// Ce qui a déjà été mis au débit.
    pub deja: Montant,
    /// Ce qui reste à mettre au débit : zéro si la loi écarte les majorations.
    pub due: Montant,
    /// Pourquoi elles sont, ou ne sont pas, écartées (CSS R243-11, CRPM R731-69).
    pub non_application: NonApplication,
}

#[derive(sqlx::FromRow)]
struct Histoire {
    id: i64,
    dossier_id: i64,
    nature: String,
    regime: String,
    exigible_le: String,
    jour: String,
    mouvement: String,
    principal: i64,
    majoration: i64,
}

struct Dossier {
    dossier: DossierId,
    regime: Regime,
    exigible_le: Date,
    base: i64,
    paiements: BTreeMap<Date, i64>,
    rendu: i64,
    deja: i64,
}

/// Calcule à la date `au` (incluse) les majorations de retard de créances de cotisations, d'après le grand livre ;
/// `en_cours` ajoute des paiements de principal pas encore inscrits (créance, jour, montant).
///
/// Les créances qui ne portent pas de majorations de retard, ou pas en retard, sont absentes du résultat.
///
/// # Errors
/// Le droit ne connaît pas la date ; le refus de la base.
pub async fn majorations_dues(
    tx: &mut Tx,
    creances: &[i64],
    au: Date,
    en_cours: &[(i64, Date, Montant)],
) -> Result<Vec<MajorationDue>, Erreur> {
    let lignes: Vec<Histoire> = Lot::nouveau()
        .entiers("creance", creances.iter().copied())
        .toutes(
            tx,
            "SELECT c.id, c.dossier_id, c.nature, c.regime, c.exigible_le, e.jour, m.nature AS mouvement, \
             CAST(SUM(CASE WHEN e.poste IN ('part_ouvriere', 'part_patronale', 'principal') THEN e.montant_centimes \
             ELSE 0 END) AS BIGINT) AS principal, \
             CAST(SUM(CASE WHEN e.poste = 'majoration' AND m.nature = 'majoration' THEN e.montant_centimes \
             ELSE 0 END) AS BIGINT) AS majoration \
             FROM v CROSS JOIN creance c JOIN ecriture e ON e.creance_id = c.id \
             JOIN mouvement m ON m.id = e.mouvement_id \
             WHERE c.id = v.creance AND c.branche = 1 \
             GROUP BY c.id, c.dossier_id, c.nature, c.regime, c.exigible_le, e.jour, m.nature \
             ORDER BY c.id, e.jour",
        )
        .await?;
    let mut par_creance: BTreeMap<i64, Dossier> = BTreeMap::new();
    for l in lignes {
        if !matches!(lire_nature(&l.nature)?, Nature::Cotisation(_)) {
            continue;
        }
        let exigible_le = lire_date(&l.exigible_le)?;
        let regime = lire_regime(&l.regime)?;
        let d = par_creance.entry(l.id).or_insert_with(|| Dossier {
            dossier: DossierId::new(l.dossier_id),
            regime,
            exigible_le,
            base: 0,
            paiements: BTreeMap::new(),
            rendu: 0,
            deja: 0,
        });
        d.noter(&l, lire_date(&l.jour)?);
    }
    for (creance, jour, montant) in en_cours {
        if let Some(d) = par_creance.get_mut(creance) {
            *d.paiements.entry(*jour).or_default() += montant.centimes();
        }
    }
    par_creance.retain(|_, d| d.exigible_le < au);
    let manquements = derniers_manquements(tx, &par_creance).await?;
    let mut dues = Vec::new();
    for (creance, d) in par_creance {
        let tranches = d.tranches();
        let calcul = droit::majorations_de_retard(d.regime, d.exigible_le, au, &tranches)?;
        if calcul.total.est_nul() {
            continue;
        }
        let solde_le = if tranches.iter().any(|t| t.paye_le.is_none_or(|p| p > au)) {
            None
        } else {
            tranches.iter().filter_map(|t| t.paye_le).max()
        };
        let non_application = droit::non_application(&Situation {
            regime: d.regime,
            exigible_le: d.exigible_le,
            // La caisse ne sait pas encore dire qu'une déclaration manque : le doute profite au débiteur.
            declarations_a_jour: true,
            solde_le,
            echeancier: None,
            dernier_manquement: manquements.get(&creance).copied(),
            majorations: calcul.total,
        })?;
        let deja = Montant::de_centimes(d.deja);
        let due = if non_application.acquise {
            Montant::ZERO
        } else {
            calcul.total.checked_sub(deja)?.max(Montant::ZERO)
        };
        dues.push(MajorationDue {
            creance,
            dossier: d.dossier,
            calcul,
            deja,
            due,
            non_application,
        });
    }
    Ok(dues)
}

impl Dossier {
    fn noter(&mut self, l: &Histoire, jour: Date) {
        self.deja += l.majoration;
        match NatureMouvement::du_code(&l.mouvement) {
            // Ce qui est annulé n'a jamais été dû.
            Some(NatureMouvement::Emission | NatureMouvement::Annulation) => self.base += l.principal,
            _ if l.principal < 0 => *self.paiements.entry(jour).or_default() -= l.principal,
            // Un prélèvement rejeté, une imputation défaite : le paiement n'a pas eu lieu.
            _ => self.rendu += l.principal,
        }
    }

    /// Le principal, coupé par jour de paiement ; ce qui a été rendu l'est sur les derniers paiements.
    fn tranches(&self) -> Vec<Tranche> {
        let mut rendu = self.rendu;
        let mut paye = Vec::new();
        for (&jour, &montant) in self.paiements.iter().rev() {
            let repris = rendu.min(montant);
            rendu -= repris;
            paye.push((jour, montant - repris));
        }
        let mut reste = self.base;
        let mut tranches = Vec::new();
        for (jour, montant) in paye.into_iter().rev() {
            let part = montant.min(reste);
            if part > 0 {
                tranches.push(Tranche {
                    montant: Montant::de_centimes(part),
                    paye_le: Some(jour),
                });
                reste -= part;
            }
        }
        if reste > 0 {
            tranches.push(Tranche {
                montant: Montant::de_centimes(reste),
                paye_le: None,
            });
        }
        tranches
    }
}

/// Pour chaque créance, la dernière échéance antérieure du même dossier, à moins de 24 mois, payée en retard.
async fn derniers_manquements(
    tx: &mut Tx,
    creances: &BTreeMap<i64, Dossier>,
) -> Result<HashMap<i64, Date>, Erreur> {
    let mut depuis = Vec::with_capacity(creances.len());
    for d in creances.values() {
        let jour = d
            .exigible_le
            .checked_sub(24.months())
            .map_err(droit::Erreur::from)?;
        depuis.push(jour.to_string());
    }
    let lignes: Vec<(i64, String)> = Lot::nouveau()
        .entiers("creance", creances.keys().copied())
        .entiers("dossier", creances.values().map(|d| d.dossier.get()))
        .textes("depuis", depuis)
        .textes("avant", creances.values().map(|d| d.exigible_le.to_string()))
        .toutes(
            tx,
            "SELECT v.creance, MAX(c.exigible_le) FROM v CROSS JOIN creance c \
             WHERE c.dossier_id = v.dossier AND c.branche = 1 AND c.exigible_le >= v.depuis \
             AND c.exigible_le < v.avant AND (SELECT SUM(e.montant_centimes) FROM ecriture e \
             WHERE e.creance_id = c.id AND e.jour <= c.exigible_le \
             AND e.poste IN ('part_ouvriere', 'part_patronale', 'principal')) > 0 GROUP BY v.creance",
        )
        .await?;
    lignes
        .into_iter()
        .map(|(creance, jour)| Ok((creance, lire_date(&jour)?)))
        .collect()
}

/// Notifie les majorations de créances : met au débit ce que la loi calcule à la date `au`, ligne par ligne ; rend
/// ce qui a été posé. Les dossiers doivent être verrouillés.
///
/// # Errors
/// [`Erreur::SansObjet`] si aucune n'est due ; le refus du droit ou de la base.
pub async fn notifier(
    tx: &mut Tx,
    creances: &[i64],
    au: Date,
    auteur: &str,
    maintenant: Timestamp,
) -> Result<Vec<MajorationDue>, Erreur> {
    let mut dues = majorations_dues(tx, creances, au, &[]).await?;
    dues.retain(|d| !d.due.est_nul());
    if dues.is_empty() {
        return Err(Erreur::SansObjet(
            "aucune majoration n'est due à cette date ; rien n'a été posé",
        ));
    }
    let mouvements = dues
        .iter()
        .map(|d| liquidation(d.dossier, d.creance, d.due, au, auteur, d.calcul.version));
    LotComptable {
        mouvements: mouvements.collect(),
        ..LotComptable::default()
    }
    .passer(tx, maintenant)
    .await?;
    Ok(dues)
}

/// Le mouvement qui met des majorations au débit ; le motif garde la version de la règle.
pub(crate) fn liquidation(
    dossier: DossierId,
    creance: i64,
    montant: Montant,
    jour: Date,
    auteur: &str,
    version: &str,
) -> Mouvement {
    Mouvement::nouveau(NatureMouvement::Majoration, jour, auteur, Some(version))
        .debit(
            Compte::Creance {
                dossier,
                creance,
                poste: Poste::Majoration,
                encaissement: None,
            },
            montant,
        )
        .credit(
            Compte::Contrepartie {
                nature: Contrepartie::Emission,
                dossier,
            },
            montant,
        )
}
