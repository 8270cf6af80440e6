use storage::{Lot, Tx, sql};
use valeurs::Siret;

use super::super::destination::mots;
use super::{Motif, Recette};
use crate::Erreur;

/// Créances ouvertes d'un même montant regardées, les plus récentes d'abord.
const CREANCES_DU_MONTANT: i64 = 500;
/// Un montant que tant de débiteurs doivent ne désigne personne.
const AMBIGU: usize = 8;
/// Établissements d'une entreprise, ou titulaires d'un compte, proposés au plus.
const VOISINS: i64 = 20;

/// Une raison de regarder un dossier.
pub(super) struct Indice {
    pub(super) dossier: i64,
    pub(super) creance: Option<i64>,
    pub(super) motif: Motif,
}

/// Ce que disent le SIRET, le texte, le compte et le montant d'une recette ; chaque recherche suit un index.
pub(super) async fn chercher(tx: &mut Tx, recette: &Recette) -> Result<Vec<Indice>, Erreur> {
    let mut indices = Vec::new();
    let mut noter = |dossier, creance, motif| {
        indices.push(Indice {
            dossier,
            creance,
            motif,
        });
    };
    if let Some(dossier) = recette.dossier_id {
        noter(dossier, None, Motif::DejaRattachee);
    }
    if let Some(siret) = recette.siret.as_deref().and_then(|s| s.parse::<Siret>().ok()) {
        for (dossier, exact) in par_siret(tx, &siret).await? {
            noter(dossier, None, if exact { Motif::Siret } else { Motif::Siren });
        }
    }
    for (dossier, creance) in par_reference(tx, recette).await? {
        noter(
            dossier,
            creance,
            if creance.is_some() {
                Motif::Reference
            } else {
                Motif::Matricule
            },
        );
    }
    if let Some(hache) = &recette.iban_hache {
        let titulaires: Vec<(i64,)> =
            sql!("SELECT dossier_id FROM compte_bancaire WHERE iban_hache = $1 ORDER BY dossier_id LIMIT $2")
                .bind(hache.as_slice())
                .bind(VOISINS)
                .toutes(tx)
                .await?;
        let motif = if titulaires.len() > 1 {
            Motif::IbanPartage
        } else {
            Motif::Iban
        };
        for (dossier,) in titulaires {
            noter(dossier, None, motif);
        }
    }
    let exactes: Vec<(i64, i64)> = sql!(
        "SELECT x.dossier_id, x.id FROM (SELECT c.dossier_id, c.id, c.reste_centimes FROM creance c \
         WHERE c.ouverte = 1 AND c.montant_centimes = $1 ORDER BY c.id DESC LIMIT $2) x \
         WHERE x.reste_centimes = $1 ORDER BY x.id DESC"
    )
    .bind(recette.rac_centimes)
    .bind(CREANCES_DU_MONTANT)
    .toutes(tx)
    .await?;
    if exactes.len() <= AMBIGU {
        for (dossier, creance) in exactes {
            noter(dossier, Some(creance), Motif::MontantExact);
        }
    }
    Ok(indices)
}

async fn par_siret(tx: &mut Tx, siret: &Siret) -> Result<Vec<(i64, bool)>, Erreur> {
    let siren = siret.siren();
    let voisins: Vec<(i64, String)> =
        sql!("SELECT id, siret FROM debiteur WHERE siret >= $1 AND siret < $2 ORDER BY siret LIMIT $3")
            .bind(siren.as_str())
            // Après le dernier NIC : « : » suit « 9 ».
            .bind(format!("{}:", siren.as_str()))
            .bind(VOISINS)
            .toutes(tx)
            .await?;
    Ok(voisins
        .into_iter()
        .map(|(id, trouve)| (id, trouve == siret.as_str()))
        .collect())
}

/// Les dossiers dont le texte du paiement porte une référence de créance, ou le matricule.
async fn par_reference(tx: &mut Tx, recette: &Recette) -> Result<Vec<(i64, Option<i64>)>, Erreur> {
    let gardes: Vec<(String,)> = sql!("SELECT mot FROM mot_recette WHERE encaissement_id = $1")
        .bind(recette.id)
        .toutes(tx)
        .await?;
    let mut cherches = mots([&recette.libelle, &recette.bout_en_bout, &recette.nom_payeur]);
    cherches.extend(gardes.into_iter().map(|(mot,)| mot));
    cherches.sort_unstable();
    cherches.dedup();
    let creances: Vec<(i64, i64)> = Lot::nouveau()
        .textes("mot", cherches.iter().map(String::as_str))
        .toutes(
            tx,
            "SELECT c.dossier_id, c.id FROM v CROSS JOIN creance c WHERE c.reference = v.mot",
        )
        .await?;
    let matricules: Vec<(i64,)> = Lot::nouveau()
        .textes("mot", cherches)
        .toutes(
            tx,
            "SELECT d.id FROM v CROSS JOIN debiteur d WHERE d.matricule = v.mot",
        )
        .await?;
    let creances = creances
        .into_iter()
        .map(|(dossier, creance)| (dossier, Some(creance)));
    Ok(creances
        .chain(matricules.into_iter().map(|(dossier,)| (dossier, None)))
        .collect())
}
