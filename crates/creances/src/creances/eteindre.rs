use droit::{Branche, Droit, Lieu, Poste, Zone};
use jiff::Timestamp;
use jiff::civil::Date;
use storage::{Lot, Tx, sql};
use valeurs::{DossierId, Montant};

use super::ouvertes::lire_date;
use crate::Erreur;
use crate::encaissements::Attente;
use crate::grand_livre::{Compte, Contrepartie, LotComptable, Mouvement, NatureMouvement};

/// Éteindre une créance autrement que par un paiement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extinction {
    /// Tout est annulé, comme si la créance n'avait pas été ; ce qui était payé revient en RAC.
    AnnulationTotale,
    /// Une part du principal n'était pas due.
    AnnulationPartielle(Montant),
    /// Remise gracieuse d'une part d'un poste (majorations : CRPM R731-75, CSS R243-20 ; indus : CSS L256-4, L553-2).
    Remise(Poste, Montant),
    /// Admission en non-valeur de tout ce qui reste, un an au moins après l'échéance d'une cotisation (CRPM R725-3) ou
    /// l'émission d'un indu (CSS D133-2-1).
    NonValeur,
    /// Transfert à une autre caisse de tout ce qui reste.
    Transfert,
}

#[derive(sqlx::FromRow)]
struct Restes {
    branche: i64,
    emise_le: String,
    exigible_le: String,
    reste_part_ouvriere: i64,
    reste_part_patronale: i64,
    reste_principal: i64,
    reste_majoration: i64,
    reste_penalite: i64,
    reste_frais: i64,
}

/// Éteint tout ou partie d'une créance par un mouvement équilibré, avec son motif et son auteur.
///
/// # Errors
/// [`Erreur::MotifManquant`], [`Erreur::CreanceInconnue`], [`Erreur::PlusQueLeReste`], [`Erreur::SansObjet`],
/// [`Erreur::NonValeurTropTot`] ; le refus de la base.
pub async fn eteindre(
    tx: &mut Tx,
    creance: i64,
    extinction: Extinction,
    jour: Date,
    auteur: &str,
    motif: &str,
    maintenant: Timestamp,
) -> Result<Montant, Erreur> {
    if motif.trim().is_empty() {
        return Err(Erreur::MotifManquant);
    }
    let dossier: Option<(i64,)> = sql!("SELECT dossier_id FROM creance WHERE id = $1")
        .bind(creance)
        .au_plus_une(tx)
        .await?;
    let (dossier,) = dossier.ok_or(Erreur::CreanceInconnue)?;
    tx.verrouiller_dossiers(&[dossier]).await?;
    let restes: Restes = sql!(
        "SELECT branche, emise_le, exigible_le, reste_part_ouvriere, reste_part_patronale, reste_principal, \
         reste_majoration, reste_penalite, reste_frais FROM creance WHERE id = $1"
    )
    .bind(creance)
    .une(tx)
    .await?;
    let mut lot = LotComptable::default();
    let mut reste = restes.par_poste();
    if extinction == Extinction::AnnulationTotale {
        let liberation = liberer(tx, creance, &mut reste, jour, auteur, motif).await?;
        lot.mouvements.extend(liberation);
    }
    let (nature, contrepartie, parts) = match extinction {
        Extinction::AnnulationTotale => (
            NatureMouvement::Annulation,
            Contrepartie::Annulation,
            reste.to_vec(),
        ),
        Extinction::AnnulationPartielle(m) => (
            NatureMouvement::Annulation,
            Contrepartie::Annulation,
            sur_principal(&reste, m)?,
        ),
        Extinction::Remise(poste, m) if poste.est_principal() => (
            NatureMouvement::Remise,
            Contrepartie::Remise,
            sur_principal(&reste, m)?,
        ),
        Extinction::Remise(poste, m) => {
            borner(m, reste[poste.index()].1)?;
            (NatureMouvement::Remise, Contrepartie::Remise, vec![(poste, m)])
        }
        Extinction::NonValeur => {
            restes.attendre_la_non_valeur(jour)?;
            (
                NatureMouvement::NonValeur,
                Contrepartie::NonValeur,
                reste.to_vec(),
            )
        }
        Extinction::Transfert => (
            NatureMouvement::Transfert,
            Contrepartie::Transfert,
            reste.to_vec(),
        ),
    };
    let total = Montant::somme(parts.iter().map(|p| p.1))?;
    if total.est_nul() || total.est_negatif() {
        return Err(Erreur::SansObjet(
            "il ne reste rien à éteindre sur cette créance ; rien n'a été changé",
        ));
    }
    let dossier = DossierId::new(dossier);
    let mut m = Mouvement::nouveau(nature, jour, auteur, Some(motif));
    for (poste, part) in parts {
        m = m.credit(
            Compte::Creance {
                dossier,
                creance,
                poste,
                encaissement: None,
            },
            part,
        );
    }
    lot.mouvements.push(m.debit(
        Compte::Contrepartie {
            nature: contrepartie,
            dossier,
        },
        total,
    ));
    lot.passer(tx, maintenant).await?;
    Ok(total)
}

/// Annule toute une créance que la maison elle-même remplace : ce qui l'avait payée attend en RAC d'être replacé par
/// [`crate::encaissements::retenter`], au lieu d'attendre un agent comme après [`Extinction::AnnulationTotale`].
///
/// # Errors
/// Celles d'[`eteindre`].
pub async fn retirer(
    tx: &mut Tx,
    creance: i64,
    jour: Date,
    auteur: &str,
    motif: &str,
    maintenant: Timestamp,
) -> Result<Montant, Erreur> {
    // Ce qu'un agent a déclassé reste à lui.
    let payeuses: Vec<(i64,)> = sql!(
        "SELECT DISTINCT o.id FROM ecriture e JOIN encaissement r ON r.id = e.encaissement_id \
         JOIN encaissement o ON o.id = COALESCE(r.retour_de, r.id) \
         WHERE e.creance_id = $1 AND (o.attente IS NULL OR o.attente <> 'declassee') ORDER BY o.id"
    )
    .bind(creance)
    .toutes(tx)
    .await?;
    let total = eteindre(
        tx,
        creance,
        Extinction::AnnulationTotale,
        jour,
        auteur,
        motif,
        maintenant,
    )
    .await?;
    Lot::nouveau()
        .entiers("id", payeuses.iter().map(|p| p.0))
        .textes("attente", payeuses.iter().map(|_| Attente::AucuneCreance.code()))
        .executer(
            tx,
            "UPDATE encaissement SET attente = v.attente FROM v \
             WHERE encaissement.id = v.id AND encaissement.attente = 'declassee'",
        )
        .await?;
    Ok(total)
}

impl Restes {
    /// L'année que la loi laisse passer avant d'admettre en non-valeur est-elle finie ?
    fn attendre_la_non_valeur(&self, jour: Date) -> Result<(), Erreur> {
        let (code, depuis) = if self.branche == i64::from(Branche::Cotisations.bit()) {
            ("non-valeur-cotisations", &self.exigible_le)
        } else {
            ("non-valeur-indu", &self.emise_le)
        };
        let delai = Droit::charger()
            .regle_de_delai(code)
            .map_err(|_| Erreur::Illisible("délai"))?;
        // Un terme : ni distance ni jour férié ne le déplacent.
        let fin = delai
            .echeance(lire_date(depuis)?, Lieu::sur_place(Zone::Metropole))?
            .jour;
        if jour <= fin {
            return Err(Erreur::NonValeurTropTot {
                des_le: fin.tomorrow().map_err(droit::Erreur::from)?,
                delai,
            });
        }
        Ok(())
    }

    fn par_poste(&self) -> [(Poste, Montant); Poste::NOMBRE] {
        let m = Montant::de_centimes;
        [
            (Poste::PartOuvriere, m(self.reste_part_ouvriere)),
            (Poste::PartPatronale, m(self.reste_part_patronale)),
            (Poste::Principal, m(self.reste_principal)),
            (Poste::Majoration, m(self.reste_majoration)),
            (Poste::Penalite, m(self.reste_penalite)),
            (Poste::Frais, m(self.reste_frais)),
        ]
    }
}

fn borner(montant: Montant, reste: Montant) -> Result<(), Erreur> {
    if montant.est_negatif() || montant.est_nul() {
        return Err(Erreur::SansObjet(
            "le montant doit être supérieur à zéro ; corrigez-le",
        ));
    }
    if montant > reste {
        return Err(Erreur::PlusQueLeReste { reste });
    }
    Ok(())
}

/// Partage une réduction de principal entre parts ouvrière et patronale, en proportion de ce qui reste.
fn sur_principal(reste: &[(Poste, Montant)], montant: Montant) -> Result<Vec<(Poste, Montant)>, Erreur> {
    let principal: Vec<(Poste, Montant)> = reste.iter().copied().filter(|(p, _)| p.est_principal()).collect();
    let restes: Vec<Montant> = principal.iter().map(|p| p.1).collect();
    borner(montant, Montant::somme(restes.iter().copied())?)?;
    Ok(principal
        .iter()
        .map(|p| p.0)
        .zip(montant.repartir(&restes))
        .collect())
}

/// Rend à la RAC ce que des recettes avaient payé sur la créance, un mouvement par recette ; ce qu'un retour en a déjà
/// repris ne se rend pas une seconde fois.
async fn liberer(
    tx: &mut Tx,
    creance: i64,
    reste: &mut [(Poste, Montant); Poste::NOMBRE],
    jour: Date,
    auteur: &str,
    motif: &str,
) -> Result<Vec<Mouvement>, Erreur> {
    let paye: Vec<(i64, i64, String, i64)> = sql!(
        "SELECT COALESCE(r.retour_de, r.id) AS recette, e.dossier_id, e.poste, \
         CAST(SUM(e.montant_centimes) AS BIGINT) FROM ecriture e JOIN encaissement r ON r.id = e.encaissement_id \
         WHERE e.creance_id = $1 GROUP BY COALESCE(r.retour_de, r.id), e.dossier_id, e.poste \
         HAVING SUM(e.montant_centimes) < 0 ORDER BY recette, e.poste"
    )
    .bind(creance)
    .toutes(tx)
    .await?;
    let mut mouvements = Vec::new();
    for par_recette in paye.chunk_by(|a, b| a.0 == b.0) {
        let mut m = Mouvement::nouveau(NatureMouvement::Classement, jour, auteur, Some(motif));
        let mut total = Montant::ZERO;
        for (encaissement, dossier, poste, credit) in par_recette {
            let poste: Poste = poste.parse().map_err(|_| Erreur::Illisible("poste"))?;
            let part = Montant::de_centimes(*credit).oppose();
            let dossier = DossierId::new(*dossier);
            m = m.debit(
                Compte::Creance {
                    dossier,
                    creance,
                    poste,
                    encaissement: Some(*encaissement),
                },
                part,
            );
            total = total.checked_add(part)?;
            let case = &mut reste[poste.index()].1;
            *case = case.checked_add(part)?;
        }
        if let Some((encaissement, ..)) = par_recette.first() {
            mouvements.push(m.credit(
                Compte::Rac {
                    encaissement: *encaissement,
                },
                total,
            ));
        }
    }
    Ok(mouvements)
}
