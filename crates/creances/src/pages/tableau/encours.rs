use acces::{Action, Permis, date_de_paris};
use droit::Branche;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use storage::{Db, Lot, Tx, ecrire, lire, sql};
use valeurs::Montant;

use super::echeance::Echeance;
use crate::Erreur;

/// Au-dessous de ce nombre de créances ouvertes, tout se recompte à chaque page : c'est l'affaire de millisecondes.
pub(super) const GRANDE_CAISSE: i64 = 50_000;
/// Au-dessus, un compte sert aux pages suivantes pendant ce temps.
const FRAICHEUR: SignedDuration = SignedDuration::from_mins(10);

/// Combien de créances d'une branche sont dues dans une tranche.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Case {
    branche: i64,
    tranche: i64,
    nombre: i64,
    montant: i64,
}

/// Nombre et reste dû des créances ouvertes, par branche et par échéance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Encours {
    cases: Vec<Case>,
    /// Quand le compte a été fait.
    pub(super) compte_le: Timestamp,
}

/// Un nombre de créances et ce qui en reste dû.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Total {
    pub(super) nombre: u64,
    pub(super) montant: Montant,
}

impl Encours {
    /// Le total des créances de ces branches (`None` : toutes celles du compte) et de ces échéances.
    pub(super) fn total(
        &self,
        branche: Option<Branche>,
        echeances: impl Fn(Echeance) -> bool,
    ) -> Result<Total, Erreur> {
        let voulue = |c: &&Case| {
            branche.is_none_or(|b| c.branche == i64::from(b.bit()))
                && Echeance::TOUTES
                    .iter()
                    .any(|e| e.rang() == c.tranche && echeances(*e))
        };
        let mut total = Total::default();
        for c in self.cases.iter().filter(voulue) {
            total.nombre = total
                .nombre
                .saturating_add(u64::try_from(c.nombre).unwrap_or_default());
            total.montant = total.montant.checked_add(Montant::de_centimes(c.montant))?;
        }
        Ok(total)
    }
}

/// L'encours des branches du permis, vu du jour de `maintenant`. Une grande caisse (plus de `seuil` créances ouvertes)
/// garde son compte dix minutes.
///
/// # Errors
/// Le refus de la base.
pub(super) async fn encours(
    db: &Db,
    permis: &Permis<impl Action>,
    maintenant: Timestamp,
    seuil: i64,
) -> Result<Encours, Erreur> {
    let au = date_de_paris(maintenant);
    let lu: Result<Option<Encours>, Erreur> = lire!(db, |tx| garde(tx, maintenant, au).await);
    let mut encours = match lu? {
        Some(encours) => encours,
        None => {
            let cases: Result<Vec<Case>, Erreur> = lire!(db, |tx| compter(tx, au).await);
            let cases = cases?;
            if cases.iter().map(|c| c.nombre).sum::<i64>() > seuil {
                let fait: Result<(), Erreur> = ecrire!(db, |tx| garder(tx, &cases, maintenant).await);
                fait?;
            }
            Encours {
                cases,
                compte_le: maintenant,
            }
        }
    };
    encours
        .cases
        .retain(|c| c.branche & permis.perimetre().branches != 0);
    Ok(encours)
}

async fn compter(tx: &mut Tx, au: Date) -> Result<Vec<Case>, Erreur> {
    let mut cases = Vec::new();
    for echeance in Echeance::TOUTES {
        let (du, fin) = echeance.bornes(au)?;
        let lignes: Vec<(i64, i64, i64)> = sql!(
            "SELECT branche, COUNT(*), CAST(SUM(reste_centimes) AS BIGINT) FROM creance \
             WHERE ouverte = 1 AND exigible_le BETWEEN $1 AND $2 GROUP BY branche"
        )
        .bind(du.map_or_else(String::new, |d| d.to_string()))
        .bind(fin.map_or_else(|| "~".to_owned(), |d| d.to_string()))
        .toutes(tx)
        .await?;
        let tranche = echeance.rang();
        cases.extend(lignes.into_iter().map(|(branche, nombre, montant)| Case {
            branche,
            tranche,
            nombre,
            montant,
        }));
    }
    Ok(cases)
}

/// Le compte gardé, s'il est d'aujourd'hui et assez frais.
async fn garde(tx: &mut Tx, maintenant: Timestamp, au: Date) -> Result<Option<Encours>, Erreur> {
    let lignes: Vec<(i64, i64, i64, i64, String)> =
        sql!("SELECT branche, tranche, nombre, montant_centimes, compte_le FROM compte_creances")
            .toutes(tx)
            .await?;
    let Some((.., compte_le)) = lignes.first() else {
        return Ok(None);
    };
    let compte_le: Timestamp = compte_le.parse().map_err(|_| Erreur::Illisible("instant"))?;
    let age = maintenant.duration_since(compte_le);
    if date_de_paris(compte_le) != au || age.is_negative() || age >= FRAICHEUR {
        return Ok(None);
    }
    let cases = lignes
        .into_iter()
        .map(|(branche, tranche, nombre, montant, _)| Case {
            branche,
            tranche,
            nombre,
            montant,
        })
        .collect();
    Ok(Some(Encours { cases, compte_le }))
}

async fn garder(tx: &mut Tx, cases: &[Case], maintenant: Timestamp) -> Result<(), Erreur> {
    tx.verrouiller_travail("compte_creances").await?;
    sql!("DELETE FROM compte_creances").executer(tx).await?;
    Lot::nouveau()
        .entiers("branche", cases.iter().map(|c| c.branche))
        .entiers("tranche", cases.iter().map(|c| c.tranche))
        .entiers("nombre", cases.iter().map(|c| c.nombre))
        .entiers("montant_centimes", cases.iter().map(|c| c.montant))
        .textes("compte_le", cases.iter().map(|_| maintenant.to_string()))
        .executer(
            tx,
            "INSERT INTO compte_creances (branche, tranche, nombre, montant_centimes, compte_le) \
             SELECT branche, tranche, nombre, montant_centimes, compte_le FROM v",
        )
        .await?;
    Ok(())
}

/// Les lignes présumées déjà connues qu'un agent n'a pas encore décidées.
///
/// # Errors
/// Le refus de la base.
pub(super) async fn presumees_a_decider(tx: &mut Tx) -> Result<i64, Erreur> {
    Ok(
        sql!("SELECT COUNT(*) FROM ligne_presumee WHERE decide_le IS NULL")
            .scalaire(tx)
            .await?,
    )
}

#[cfg(test)]
mod tests {
    use acces::actions::ConsulterTableau;
    use acces::{Horloge, Objet};
    use jiff::civil::date;
    use storage::essais::{Banc, bancs};

    use super::*;

    /// Une créance de branche donnée, exigible le 15 mars 2026.
    async fn ajouter(banc: &Banc, id: i64, branche: i64) {
        let ecrit: Result<(), Erreur> = ecrire!(banc.db, |tx| {
            sql!(
                "INSERT INTO debiteur (id, matricule, regime, nom, prenom, commune, code_commune, code_agent, \
                 code_tiers, mode_paiement, branches, solde_centimes) \
                 VALUES ($1, $2, 'assure', 'Essai', '', '', '', '', '', '', 0, 0)"
            )
            .bind(id)
            .bind(format!("M{id}"))
            .executer(tx)
            .await?;
            sql!(
                "INSERT INTO creance (id, reference, dossier_id, branche, nature, regime, periode_debut, periode_fin, \
                 emise_le, exigible_le, libelle, montant_centimes, reste_part_ouvriere, reste_part_patronale, \
                 reste_principal, reste_majoration, reste_penalite, reste_frais) \
                 VALUES ($1, $2, $1, $3, 'indu:rsa', 'assure', '2026-01-01', '2026-01-31', '2026-02-01', '2026-03-15', \
                 'Essai', 1000, 0, 0, 900, 50, 0, 0)"
            )
            .bind(id)
            .bind(format!("R{id}"))
            .bind(branche)
            .executer(tx)
            .await?;
            Ok(())
        });
        ecrit.unwrap();
    }

    #[tokio::test]
    async fn une_grande_caisse_garde_son_compte_dix_minutes_une_petite_le_refait() {
        let migrations: Vec<_> = acces::MIGRATIONS
            .iter()
            .chain(crate::MIGRATIONS)
            .copied()
            .collect();
        for banc in bancs(&migrations).await {
            let horloge = Horloge::fixe("2026-04-01T08:00:00Z".parse().unwrap());
            let permis: Permis<ConsulterTableau> =
                Permis::operateur(&banc.db, &horloge, "essai", Objet::Caisse)
                    .await
                    .unwrap();
            let compter = async |seuil| {
                let e = encours(&banc.db, &permis, horloge.maintenant(), seuil)
                    .await
                    .unwrap();
                e.total(None, |_| true).unwrap().nombre
            };
            ajouter(&banc, 1, 2).await;
            ajouter(&banc, 2, 1).await;
            let e = encours(&banc.db, &permis, horloge.maintenant(), 100)
                .await
                .unwrap();
            let total = Total {
                nombre: 1,
                montant: Montant::de_centimes(950),
            };
            assert_eq!(
                e.total(Some(Branche::Prestations), |t| t == Echeance::Recente)
                    .unwrap(),
                total
            );
            assert_eq!(
                e.total(Some(Branche::ProfessionnelsSante), |_| true).unwrap(),
                Total::default()
            );
            ajouter(&banc, 3, 2).await;
            assert_eq!(compter(100).await, 3, "une petite caisse compte à chaque page");
            assert_eq!(compter(2).await, 3);
            ajouter(&banc, 4, 2).await;
            assert_eq!(compter(2).await, 3, "une grande caisse montre le compte gardé");
            horloge.avancer(FRAICHEUR);
            assert_eq!(compter(2).await, 4, "qui se refait passé son temps");
            assert_eq!(horloge.aujourdhui(), date(2026, 4, 1));
        }
    }
}
