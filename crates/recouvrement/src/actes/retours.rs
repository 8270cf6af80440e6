//! Ce que la poste répond d'un acte : reçu, non réclamé, revenu. Les délais en partent.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use acces::{Permis, actions};
use droit::{Acte, Droit, Refus};
use jiff::civil::Date;
use serde::Serialize;
use storage::{Db, Lot, Tx, ecrire, lire, sql};

use super::lire::avancements;
use super::table::{Table, champ, faute, ouvrir};
use super::{Avancement, ErreurActes, du_numero};
use crate::Erreur;
use crate::fichiers::nom;
use crate::procedure::{Suivie, charger, garder_les_derniers, jour};

const INCONNU: &str = "aucun acte de vos attributions n’a ce numéro : relisez-le";

/// Ce que la poste répond.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NatureRetour {
    /// L'avis de réception est signé, ou l'acte signifié.
    Recu,
    /// Avisé, non réclamé : au jour de la première présentation.
    NonReclame,
    /// Destinataire inconnu à l'adresse.
    Revenu,
}

impl NatureRetour {
    /// Toutes.
    pub const TOUTES: [Self; 3] = [Self::Recu, Self::NonReclame, Self::Revenu];

    /// L'état où il laisse l'acte.
    #[must_use]
    pub const fn etat(self) -> Avancement {
        match self {
            Self::Recu => Avancement::Recu,
            Self::NonReclame => Avancement::NonReclame,
            Self::Revenu => Avancement::Revenu,
        }
    }

    /// Celle de ce code : `recu`, `non_reclame`, `revenu`.
    #[must_use]
    pub fn du_code(code: &str) -> Option<Self> {
        Self::TOUTES
            .into_iter()
            .find(|nature| nature.etat().code() == code)
    }

    /// Le code de l'étape qu'il fait pour cet acte, s'il en fait une.
    fn etape(self, acte: &Acte) -> Option<&str> {
        match self {
            Self::Recu => acte.recue(),
            Self::NonReclame => acte.non_reclamee(),
            Self::Revenu => acte.revenue(),
        }
    }
}

/// Une étape que le retour aurait dû faire et que la procédure refuse : la créance a avancé autrement.
#[derive(Debug)]
pub struct NonFaite {
    /// La créance.
    pub creance: i64,
    /// Pourquoi.
    pub refus: Refus,
}

/// Note ce que la poste répond d'un acte, et fait l'étape de chacune de ses créances à ce jour ; rend celles que la
/// procédure refuse. La même réponse notée deux fois ne compte qu'une fois (`None`).
///
/// # Errors
/// [`ErreurActes::Retour`] : l'acte n'est pas parti, a déjà une autre réponse, ou la date ne va pas ; le refus de la base.
pub async fn noter_retour(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<actions::ExpedierActes>,
    id: i64,
    nature: NatureRetour,
    le: Date,
    aujourdhui: Date,
) -> Result<Option<Vec<NonFaite>>, Erreur> {
    let trouve: Option<(i64, String, String)> =
        sql!("SELECT dossier_id, code, emis_le FROM acte WHERE id = $1 AND (branche & $2) <> 0")
            .bind(id)
            .bind(permis.perimetre().branches)
            .au_plus_une(tx)
            .await?;
    let Some((dossier, code, emis_le)) = trouve else {
        return Err(ErreurActes::Retour(INCONNU).into());
    };
    tx.verrouiller_dossiers(&[dossier]).await?;
    let avancements = avancements(tx, &[id]).await?.remove(&id).unwrap_or_default();
    if !est_nouveau(&avancements, nature, le, jour(&emis_le)?, aujourdhui)? {
        return Ok(None);
    }
    sql!(
        "INSERT INTO suivi_acte (acte_id, rang, nature, jour, enregistre_le, auteur) VALUES ($1, $2, $3, $4, $5, $6)"
    )
    .bind(id)
    .bind(i64::try_from(avancements.len().saturating_add(1)).map_err(|_| Erreur::Illisible("rang"))?)
    .bind(nature.etat().code())
    .bind(le.to_string())
    .bind(permis.quand().to_string())
    .bind(permis.acteur())
    .executer(tx)
    .await?;
    sql!("UPDATE avancement_acte SET etat = $1 WHERE acte_id = $2")
        .bind(nature.etat().code())
        .bind(id)
        .executer(tx)
        .await?;
    if nature == NatureRetour::Revenu {
        sql!("UPDATE adresse_postale SET sure = 0 WHERE dossier_id = $1 AND depuis <= $2")
            .bind(dossier)
            .bind(emis_le.as_str())
            .executer(tx)
            .await?;
    }
    let acte = Droit::charger()
        .acte(&code)
        .ok_or(Erreur::Illisible("code d’acte"))?;
    let Some(etape) = nature.etape(acte) else {
        return Ok(Some(Vec::new()));
    };
    let creances: Vec<(i64,)> =
        sql!("SELECT creance_id FROM acte_creance WHERE acte_id = $1 ORDER BY creance_id")
            .bind(id)
            .toutes(tx)
            .await?;
    let creances: Vec<i64> = creances.into_iter().map(|(id,)| id).collect();
    let (mut avancees, mut non_faites) = (Vec::new(), Vec::new());
    for suivie in charger(tx, &creances).await? {
        let fait = suivie
            .parcours
            .procedure()
            .etape(etape)
            .ok_or(Erreur::Illisible("étape"))?;
        match suivie.parcours.clone().avancer(fait, le) {
            Ok(parcours) => avancees.push(Suivie { parcours, ..suivie }),
            Err(Refus::Calcul(e)) => return Err(e.into()),
            Err(refus) => non_faites.push(NonFaite {
                creance: suivie.creance,
                refus,
            }),
        }
    }
    garder_les_derniers(db, tx, &avancees, permis.acteur(), permis.quand(), aujourdhui).await?;
    Ok(Some(non_faites))
}

/// Ce retour est-il à noter, ou déjà connu ? Une réponse suit une remise ; seule la signification peut suivre un pli non
/// réclamé.
fn est_nouveau(
    avancements: &[(Avancement, Date)],
    nature: NatureRetour,
    le: Date,
    emis_le: Date,
    aujourdhui: Date,
) -> Result<bool, ErreurActes> {
    if avancements.contains(&(nature.etat(), le)) {
        return Ok(false);
    }
    if le > aujourdhui {
        return Err(ErreurActes::Retour("cette date est à venir : corrigez-la"));
    }
    if le < emis_le {
        return Err(ErreurActes::Retour(
            "cette date est avant l’émission de l’acte : corrigez-la",
        ));
    }
    match avancements.last().map(|(etat, _)| *etat) {
        None | Some(Avancement::AExpedier) => Err(ErreurActes::Retour(
            "cet acte n’est pas encore parti : expédiez-le d’abord",
        )),
        Some(Avancement::Remis) => Ok(true),
        Some(Avancement::NonReclame) if nature == NatureRetour::Recu => Ok(true),
        Some(_) => Err(ErreurActes::Retour(
            "cet acte a déjà une réponse de la poste : elle ne se change pas",
        )),
    }
}

/// Ce qu'un import de retours a fait.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct BilanRetours {
    /// Lignes lues.
    pub lues: u64,
    /// Retours notés.
    pub notes: u64,
    /// Retours déjà connus.
    pub connus: u64,
    /// Étapes que la procédure a refusées : l'agent les verra sur la page de l'acte.
    pub etapes_refusees: u64,
}

/// Prend les retours d'un fichier CSV : `numero`, `retour` (`recu`, `non_reclame`, `revenu`), `jour` (AAAA-MM-JJ), séparés
/// par des points-virgules.
///
/// Le fichier est lu en entier d'abord, et chaque ligne vérifiée contre la base : s'il porte une faute, rien n'est noté.
/// Repris, il ne compte rien deux fois.
///
/// # Errors
/// [`ErreurActes::Ligne`] : fichier, ligne, champ et remède ; le refus de la base.
pub async fn importer_retours(
    db: &Db,
    permis: &Permis<actions::ExpedierActes>,
    chemin: &Path,
    aujourdhui: Date,
) -> Result<BilanRetours, Erreur> {
    let nom = nom(chemin);
    let lignes = lire_retours(&nom, ouvrir(chemin)?)?;
    let refuser = |ligne: u64, refus: &ErreurActes, remede| {
        Erreur::from(faute(&nom, ligne, "numero", refus.to_string(), remede))
    };
    let connus: Result<Connus, Erreur> = lire!(db, |tx| connus(tx, permis, &lignes).await);
    let mut connus = connus?;
    for (ligne, id, nature, le) in &lignes {
        let connu = connus.get_mut(id).ok_or(ErreurActes::Retour(INCONNU));
        let verifiee = connu.and_then(|(emis_le, avancements)| {
            if est_nouveau(avancements, *nature, *le, *emis_le, aujourdhui)? {
                // La ligne suivante du même acte se juge après celle-ci.
                avancements.push((nature.etat(), *le));
            }
            Ok(())
        });
        verifiee.map_err(|refus| {
            refuser(
                *ligne,
                &refus,
                "corrigez la ligne, ou retirez-la ; rien n’a été noté",
            )
        })?;
    }
    let mut bilan = BilanRetours::default();
    for (ligne, id, nature, le) in lignes {
        let note: Result<Option<Vec<NonFaite>>, Erreur> =
            ecrire!(db, |tx| noter_retour(db, tx, permis, id, nature, le, aujourdhui)
                .await);
        bilan.lues += 1;
        match note {
            Ok(Some(non_faites)) => {
                bilan.notes += 1;
                bilan.etapes_refusees += u64::try_from(non_faites.len()).unwrap_or(u64::MAX);
            }
            Ok(None) => bilan.connus += 1,
            // Un agent a noté autre chose depuis : les lignes d'avant le sont, et ne se noteront pas deux fois.
            Err(Erreur::Actes(refus)) => {
                return Err(refuser(
                    ligne,
                    &refus,
                    "corrigez la ligne, ou retirez-la, puis relancez",
                ));
            }
            Err(e) => return Err(e),
        }
    }
    Ok(bilan)
}

/// Le jour où un acte a été émis, et par quoi il est passé.
type Connus = HashMap<i64, (Date, Vec<(Avancement, Date)>)>;

async fn connus(
    tx: &mut Tx,
    permis: &Permis<actions::ExpedierActes>,
    lignes: &[LigneRetour],
) -> Result<Connus, Erreur> {
    let mut ids: Vec<i64> = lignes.iter().map(|(_, id, ..)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    let lus: Vec<(i64, String)> = Lot::nouveau()
        .entiers("id", ids.iter().copied())
        .entiers("branches", ids.iter().map(|_| permis.perimetre().branches))
        .toutes(
            tx,
            "SELECT a.id, a.emis_le FROM v CROSS JOIN acte a WHERE a.id = v.id AND (a.branche & v.branches) <> 0",
        )
        .await?;
    let mut avancements = avancements(tx, &ids).await?;
    lus.into_iter()
        .map(|(id, emis_le)| Ok((id, (jour(&emis_le)?, avancements.remove(&id).unwrap_or_default()))))
        .collect()
}

/// Sa ligne dans le fichier, l'acte, le retour, le jour.
type LigneRetour = (u64, i64, NatureRetour, Date);

fn lire_retours(fichier: &str, lecture: impl Read) -> Result<Vec<LigneRetour>, ErreurActes> {
    let table = Table::ouvrir(fichier, lecture)?;
    let (numero, retour, jour) = (
        table.exiger("numero")?,
        table.exiger("retour")?,
        table.exiger("jour")?,
    );
    let lues = table.lignes().map(|lue| {
        let (ligne, lue) = lue?;
        let faute = |champ, regle: &str, remede| faute(fichier, ligne, champ, regle, remede);
        let id = du_numero(champ(&lue, numero)).ok_or_else(|| {
            faute(
                "numero",
                "ce n’est pas un numéro d’acte",
                "recopiez-le, par exemple A00000123",
            )
        })?;
        let nature = NatureRetour::du_code(champ(&lue, retour)).ok_or_else(|| {
            faute(
                "retour",
                "ce retour n’est pas connu",
                "écrivez recu, non_reclame ou revenu",
            )
        })?;
        let le = champ(&lue, jour)
            .parse()
            .map_err(|_| faute("jour", "ce n’est pas une date", "écrivez AAAA-MM-JJ"))?;
        Ok((ligne, id, nature, le))
    });
    lues.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn aucun_fichier_de_retours_n_arrete_le_lecteur(octets: Vec<u8>, lignes in "[A0-9;\"\n-]{0,80}") {
            for corps in [octets, lignes.into_bytes()] {
                let fichier = [b"numero;retour;jour\n".as_slice(), &corps].concat();
                if let Err(refus) = lire_retours("retours.csv", fichier.as_slice()) {
                    prop_assert!(matches!(refus, ErreurActes::Ligne { ligne: 2.., .. }), "{refus}");
                }
            }
        }
    }
}
