use std::collections::HashMap;

use jiff::Timestamp;
use storage::{Db, Lot, Tx, sql};
use valeurs::{DossierId, Montant};

use super::destination::{Designation, Destination, Indices, destinations, lire_periode};
use super::importer::Importateur;
use super::imputer::{Atelier, Somme, sortie_de_rac};
use super::lot::{LigneLue, cle_du_mois};
use crate::Erreur;
use crate::creances::lire_date;
use crate::dossiers::IBAN;
use crate::grand_livre::Compte;

#[derive(sqlx::FromRow)]
struct EnAttente {
    id: i64,
    jour: String,
    siret: Option<String>,
    periode: Option<String>,
    iban_hache: Option<Vec<u8>>,
    iban_scelle: Option<Vec<u8>>,
    dossier_id: Option<i64>,
}

/// Les recettes qui peuvent concerner des dossiers : leur SIRET, un de leurs IBAN, leur matricule ou la référence
/// d'une de leurs créances, ou déjà rattachées à eux.
const CANDIDATES: &str = "SELECT e.id, e.jour, e.siret, e.periode, e.iban_hache, e.iban_scelle, \
     e.dossier_id FROM encaissement e WHERE e.rac_centimes > 0 AND e.attente <> 'declassee' \
     AND e.attente <> 'lot_sans_detail' AND e.attente <> 'versement_revenu' AND e.id IN (\
     SELECT x.id FROM v CROSS JOIN debiteur d JOIN encaissement x ON x.siret = d.siret \
     WHERE d.id = v.dossier AND x.rac_centimes <> 0 \
     UNION SELECT x.id FROM v CROSS JOIN compte_bancaire c JOIN encaissement x ON x.iban_hache = c.iban_hache \
     WHERE c.dossier_id = v.dossier AND x.rac_centimes <> 0 \
     UNION SELECT m.encaissement_id FROM v CROSS JOIN debiteur d JOIN mot_recette m ON m.mot = d.matricule \
     WHERE d.id = v.dossier \
     UNION SELECT m.encaissement_id FROM v CROSS JOIN creance c JOIN mot_recette m ON m.mot = c.reference \
     WHERE c.dossier_id = v.dossier \
     UNION SELECT x.id FROM v CROSS JOIN encaissement x WHERE x.dossier_id = v.dossier AND x.rac_centimes <> 0) \
     ORDER BY e.jour, e.id";

/// Retente les recettes qui attendent en RAC et que des dossiers nouveaux, ou de nouvelles créances, peuvent placer ;
/// rend combien ont trouvé leur place, en tout ou partie. À appeler dans la transaction qui inscrit ces dossiers
/// ou ces créances.
///
/// # Errors
/// Le refus du droit ou de la base.
pub async fn retenter(
    db: &Db,
    tx: &mut Tx,
    dossiers: &[DossierId],
    auteur: &str,
    maintenant: Timestamp,
) -> Result<u64, Erreur> {
    let mut attendues: Vec<EnAttente> = Lot::nouveau()
        .entiers("dossier", dossiers.iter().map(|d| d.get()))
        .toutes(tx, CANDIDATES)
        .await?;
    attendues.sort_by(|a, b| (&a.jour, a.id).cmp(&(&b.jour, b.id)));
    attendues.dedup_by_key(|a| a.id);
    let par = Importateur {
        db,
        auteur,
        maintenant,
    };
    imputer(&par, tx, attendues).await
}

/// Précise des recettes en RAC par ce qu'un camt.054 en dit de plus, puis les retente.
pub(super) async fn preciser(
    par: &Importateur<'_>,
    tx: &mut Tx,
    precisees: &[(i64, &LigneLue)],
) -> Result<(), Erreur> {
    if precisees.is_empty() {
        return Ok(());
    }
    let coffre = par.db.coffre();
    for (id, l) in precisees {
        let indices = Indices::de_la_ligne(coffre, &l.ligne);
        let scelle = match &l.ligne.iban {
            Some(iban) => Some(
                coffre
                    .cle(cle_du_mois(l.ligne.date))
                    .await?
                    .sceller(IBAN, iban.as_str())?,
            ),
            None => None,
        };
        sql!(
            "UPDATE encaissement SET iban_hache = COALESCE(iban_hache, $2), iban_scelle = COALESCE(iban_scelle, $3), \
             nom_payeur = COALESCE(nom_payeur, $4), libelle = COALESCE(libelle, $5), siret = COALESCE(siret, $6), \
             bout_en_bout = COALESCE(bout_en_bout, $7) WHERE id = $1"
        )
        .bind(*id)
        .bind(indices.iban_hache.clone())
        .bind(scelle)
        .bind(l.ligne.nom_payeur.clone())
        .bind(l.ligne.libelle.clone())
        .bind(indices.siret.clone())
        .bind(l.ligne.end_to_end.clone())
        .executer(tx)
        .await?;
        Lot::nouveau()
            .textes("mot", indices.mots.iter().map(String::as_str))
            .entiers("encaissement_id", indices.mots.iter().map(|_| *id))
            .executer(
                tx,
                "INSERT INTO mot_recette (mot, encaissement_id) SELECT mot, encaissement_id FROM v \
                 WHERE true ON CONFLICT DO NOTHING",
            )
            .await?;
    }
    let attendues: Vec<EnAttente> = Lot::nouveau()
        .entiers("id", precisees.iter().map(|p| p.0))
        .toutes(
            tx,
            "SELECT e.id, e.jour, e.siret, e.periode, e.iban_hache, e.iban_scelle, e.dossier_id \
             FROM v CROSS JOIN encaissement e WHERE e.id = v.id AND e.rac_centimes > 0",
        )
        .await?;
    imputer(par, tx, attendues).await?;
    Ok(())
}

async fn imputer(par: &Importateur<'_>, tx: &mut Tx, attendues: Vec<EnAttente>) -> Result<u64, Erreur> {
    if attendues.is_empty() {
        return Ok(0);
    }
    let mots: Vec<(i64, String)> = Lot::nouveau()
        .entiers("id", attendues.iter().map(|a| a.id))
        .toutes(
            tx,
            "SELECT m.encaissement_id, m.mot FROM v CROSS JOIN mot_recette m WHERE m.encaissement_id = v.id",
        )
        .await?;
    let indices: Vec<Indices> = attendues
        .iter()
        .map(|a| Indices {
            siret: a.siret.clone(),
            iban_hache: a.iban_hache.clone(),
            periode: lire_periode(a.periode.as_deref()),
            mots: mots.iter().filter(|m| m.0 == a.id).map(|m| m.1.clone()).collect(),
        })
        .collect();
    let destinations = destinations(tx, &indices).await?;
    let trouves = destinations.iter().filter_map(|d| match d {
        Destination::Dossier { dossier, .. } => Some(*dossier),
        Destination::Rac(_) => None,
    });
    let rattaches = attendues.iter().filter_map(|a| a.dossier_id.map(DossierId::new));
    let mut atelier =
        Atelier::ouvrir(tx, trouves.chain(rattaches).collect(), par.auteur, par.maintenant).await?;
    let restes = verrouiller(tx, &attendues).await?;
    let mut placees = 0;
    for (a, destination) in attendues.iter().zip(destinations) {
        let Some(&reste) = restes.get(&a.id) else { continue };
        let montant = Montant::de_centimes(reste);
        // Une recette déjà rattachée à un dossier (un excédent) y reste, quoi que ses indices ne disent plus.
        let destination = match (destination, a.dossier_id) {
            (Destination::Rac(_), Some(id)) => Destination::Dossier {
                dossier: DossierId::new(id),
                designation: Designation {
                    periode: lire_periode(a.periode.as_deref()),
                    ..Designation::default()
                },
            },
            (destination, _) => destination,
        };
        let (dossier, attente) = match destination {
            Destination::Rac(attente) => (None, Some(attente)),
            Destination::Dossier { dossier, designation } => {
                let somme = Somme {
                    encaissement: a.id,
                    montant,
                    jour: lire_date(&a.jour)?,
                    dossier,
                    designation,
                };
                let debut = sortie_de_rac(&somme, par.auteur, None);
                let (mouvement, reliquat) = atelier.imputer(tx, &somme, debut).await?;
                if reliquat.montant < somme.montant {
                    let rac = Compte::Rac { encaissement: a.id };
                    atelier
                        .lot
                        .mouvements
                        .push(mouvement.credit(rac, reliquat.montant));
                    placees += 1;
                }
                (Some(dossier), reliquat.attente)
            }
        };
        atelier.passer(tx).await?;
        rattacher(par, tx, a, dossier).await?;
        if let Some(attente) = attente {
            sql!("UPDATE encaissement SET attente = $2 WHERE id = $1 AND rac_centimes <> 0")
                .bind(a.id)
                .bind(attente.code())
                .executer(tx)
                .await?;
        }
    }
    Ok(placees)
}

/// Verrouille les recettes et relit ce qui en attend : un agent a pu en rendre ou en classer pendant qu'on attendait
/// leurs dossiers. Celles qui n'attendent plus, ou qu'il a déclassées, sont absentes.
async fn verrouiller(tx: &mut Tx, attendues: &[EnAttente]) -> Result<HashMap<i64, i64>, Erreur> {
    let lot = || Lot::nouveau().entiers("id", attendues.iter().map(|a| a.id));
    lot()
        .executer(
            tx,
            "UPDATE encaissement SET attente = encaissement.attente FROM v WHERE encaissement.id = v.id",
        )
        .await?;
    let restes: Vec<(i64, i64)> = lot()
        .toutes(
            tx,
            "SELECT e.id, e.rac_centimes FROM v CROSS JOIN encaissement e \
             WHERE e.id = v.id AND e.rac_centimes > 0 AND e.attente <> 'declassee'",
        )
        .await?;
    Ok(restes.into_iter().collect())
}

/// Rattache une recette à son dossier : son IBAN rejoint les comptes du débiteur, scellé par la clé du dossier.
async fn rattacher(
    par: &Importateur<'_>,
    tx: &mut Tx,
    a: &EnAttente,
    dossier: Option<DossierId>,
) -> Result<(), Erreur> {
    let Some(dossier) = dossier.filter(|d| a.dossier_id != Some(d.get())) else {
        return Ok(());
    };
    if let (Some(hache), Some(scelle)) = (&a.iban_hache, &a.iban_scelle) {
        let coffre = par.db.coffre();
        let iban = coffre
            .cle(cle_du_mois(lire_date(&a.jour)?))
            .await?
            .desceller(IBAN, scelle)?;
        sql!(
            "INSERT INTO compte_bancaire (iban_hache, dossier_id, iban_scelle, depuis) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING"
        )
        .bind(hache.as_slice())
        .bind(dossier)
        .bind(coffre.cle(dossier.get()).await?.sceller(IBAN, &iban)?)
        .bind(a.jour.as_str())
        .executer(tx)
        .await?;
    }
    sql!("UPDATE encaissement SET dossier_id = $2, iban_scelle = NULL WHERE id = $1")
        .bind(a.id)
        .bind(dossier)
        .executer(tx)
        .await?;
    sql!("DELETE FROM mot_recette WHERE encaissement_id = $1")
        .bind(a.id)
        .executer(tx)
        .await?;
    Ok(())
}
