//! La preuve du journal : chaque ligne scellée est là, telle qu'elle a été scellée, et rien n'a été glissé parmi
//! elles.

use std::collections::BTreeSet;
use std::path::Path;

use storage::{Db, Tx, lire, sql};

use super::ligne::{EMPREINTE, Ligne};
use super::plages::Plages;
use super::segment::{DELAI_DES_TROUS, Segment};
use super::tetes::{self, hexadecimal};

/// Ce que la vérification du journal a trouvé. Le message nomme la ligne ou le segment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Anomalie {
    /// Une ligne scellée a été changée.
    #[error("journal des accès : la ligne {id} a été altérée depuis son scellement")]
    LigneAlteree {
        /// Ligne.
        id: i64,
    },
    /// Une ligne scellée n'est plus là.
    #[error("journal des accès : la ligne {id} a été retirée depuis son scellement")]
    LigneRetiree {
        /// Ligne.
        id: i64,
    },
    /// Une ligne a été glissée parmi les lignes scellées.
    #[error("journal des accès : la ligne {id} a été insérée après le scellement de ses voisines")]
    LigneInseree {
        /// Ligne.
        id: i64,
    },
    /// Un segment de la chaîne a été changé.
    #[error("journal des accès : le segment {rang} de la chaîne a été altéré")]
    SegmentAltere {
        /// Segment.
        rang: i64,
    },
    /// Un segment de la chaîne n'est plus là.
    #[error("journal des accès : le segment {rang} de la chaîne a été retiré")]
    SegmentRetire {
        /// Segment.
        rang: i64,
    },
    /// Le fichier des têtes est en avance sur la base : sa fin a été coupée, ou une vieille copie a été remise.
    #[error(
        "journal des accès : la fin de la chaîne manque dans la base, le fichier des têtes connaît le segment {rang}"
    )]
    FinTronquee {
        /// Dernier segment connu du fichier.
        rang: i64,
    },
    /// La chaîne de la base n'est pas celle qui a été recopiée au dehors.
    #[error(
        "journal des accès : la tête du segment {rang} n’est pas celle du fichier des têtes, la chaîne a été refaite"
    )]
    TeteDifferente {
        /// Segment.
        rang: i64,
    },
    /// Le fichier des têtes ne se lit pas.
    #[error(
        "journal des accès : le fichier des têtes est illisible à la ligne {ligne} : rétablissez-le de la sauvegarde"
    )]
    TetesIllisibles {
        /// Ligne du fichier, à partir de 1.
        ligne: u64,
    },
}

/// Prouve le journal d'une caisse ; rend ce qui ne va pas, rien si tout est tel que scellé. Les lignes pas encore
/// scellées ne sont pas jugées : appelez [`super::sceller_journal`] d'abord.
///
/// # Errors
/// La base ne se lit pas.
pub async fn verifier_journal(db: &Db, donnees: &Path) -> Result<Vec<Anomalie>, storage::Erreur> {
    let cle = db.coffre().cle_derivee("journal");
    let mut anomalies = BTreeSet::new();
    let tetes = tetes::du_fichier(donnees, db.caisse()).unwrap_or_else(|anomalie| {
        anomalies.insert(anomalie);
        std::collections::BTreeMap::new()
    });
    let trouvees: BTreeSet<Anomalie> = lire!(db, |tx| {
        let mut trouvees = BTreeSet::new();
        let segments = Chaine::lire(tx).await?;
        let mut precedente: Option<Vec<u8>> = Some(Vec::new());
        let mut attendu = 1;
        for rang in segments.rangs.iter().copied() {
            for retire in attendu..rang {
                trouvees.insert(Anomalie::SegmentRetire { rang: retire });
                precedente = None;
            }
            attendu = rang + 1;
            let segment = lire_segment(tx, rang).await?;
            let intact = precedente
                .as_ref()
                .is_none_or(|p| segment.tete_attendue(&cle, p) == segment.tete);
            if !intact {
                trouvees.insert(Anomalie::SegmentAltere { rang });
            }
            if tetes.get(&rang).is_some_and(|t| *t != hexadecimal(&segment.tete)) {
                trouvees.insert(Anomalie::TeteDifferente { rang });
            }
            if intact {
                verifier_lignes(tx, &cle, &segment, &segments, &mut trouvees).await?;
            }
            precedente = Some(segment.tete);
        }
        if let Some((&rang, _)) = tetes.last_key_value().filter(|(r, _)| **r >= attendu) {
            trouvees.insert(Anomalie::FinTronquee { rang });
        }
        Ok::<_, storage::Erreur>(trouvees)
    })?;
    anomalies.extend(trouvees);
    Ok(anomalies.into_iter().collect())
}

/// Ce qu'il faut savoir de toute la chaîne pour juger un segment.
struct Chaine {
    rangs: Vec<i64>,
    rattrapees: Vec<Plages>,
    derniere_ms: i64,
}

impl Chaine {
    async fn lire(tx: &mut Tx) -> Result<Self, storage::Erreur> {
        let lignes: Vec<(i64, i64, String)> =
            sql!("SELECT rang, scelle_le_ms, rattrapes FROM acces_scellement ORDER BY rang")
                .toutes(tx)
                .await?;
        Ok(Self {
            derniere_ms: lignes.last().map_or(0, |(_, ms, _)| *ms),
            rattrapees: lignes
                .iter()
                .filter(|(_, _, r)| !r.is_empty())
                .filter_map(|(_, _, r)| Plages::lire(r))
                .collect(),
            rangs: lignes.into_iter().map(|(rang, _, _)| rang).collect(),
        })
    }

    /// Une ligne présente dans un trou de ce segment y a-t-elle sa place : rattrapée plus tard, ou sur le point
    /// de l'être ?
    fn admet(&self, segment: &Segment, id: i64) -> bool {
        let ouvert = i128::from(self.derniere_ms - segment.scelle_le_ms) <= DELAI_DES_TROUS.as_millis();
        ouvert || self.rattrapees.iter().any(|p| p.contient(id))
    }
}

async fn lire_segment(tx: &mut Tx, rang: i64) -> Result<Segment, storage::Erreur> {
    sql!(
        "SELECT rang, scelle_le_ms, premier_id, dernier_id, nombre, absents, rattrapes, empreintes, tete
         FROM acces_scellement WHERE rang = $1"
    )
    .bind(rang)
    .une(tx)
    .await
}

async fn verifier_lignes(
    tx: &mut Tx,
    cle: &[u8; 32],
    segment: &Segment,
    chaine: &Chaine,
    trouvees: &mut BTreeSet<Anomalie>,
) -> Result<(), storage::Erreur> {
    let lignes = lire_lignes(tx, segment.premier_id, segment.dernier_id).await?;
    let mut presentes = lignes.iter().peekable();
    let mut empreintes = segment.empreintes.chunks_exact(EMPREINTE);
    let attendues = segment
        .plages_absentes()
        .complement(segment.premier_id, segment.dernier_id);
    for id in attendues.ids() {
        while let Some(ligne) = presentes.next_if(|l| l.id < id) {
            juger_intruse(segment, chaine, ligne.id, trouvees);
        }
        let scellee = empreintes.next().unwrap_or_default();
        match presentes.next_if(|l| l.id == id) {
            None => {
                trouvees.insert(Anomalie::LigneRetiree { id });
            }
            Some(ligne) if ligne.empreinte(cle) != scellee => {
                trouvees.insert(Anomalie::LigneAlteree { id });
            }
            Some(_) => {}
        }
    }
    for ligne in presentes {
        juger_intruse(segment, chaine, ligne.id, trouvees);
    }
    for (debut, fin) in segment.plages_rattrapees().iter() {
        let lignes = lire_lignes(tx, debut, fin).await?;
        for id in debut..=fin {
            let scellee = empreintes.next().unwrap_or_default();
            match lignes.iter().find(|l| l.id == id) {
                None => {
                    trouvees.insert(Anomalie::LigneRetiree { id });
                }
                Some(ligne) if ligne.empreinte(cle) != scellee => {
                    trouvees.insert(Anomalie::LigneAlteree { id });
                }
                Some(_) => {}
            }
        }
    }
    Ok(())
}

fn juger_intruse(segment: &Segment, chaine: &Chaine, id: i64, trouvees: &mut BTreeSet<Anomalie>) {
    if !chaine.admet(segment, id) {
        trouvees.insert(Anomalie::LigneInseree { id });
    }
}

async fn lire_lignes(tx: &mut Tx, debut: i64, fin: i64) -> Result<Vec<Ligne>, storage::Erreur> {
    sql!(
        "SELECT id, quand_ms, acteur, role, action, dossier_id, nombre, resultat, motif, repere
         FROM acces_journal WHERE id BETWEEN $1 AND $2 ORDER BY id"
    )
    .bind(debut)
    .bind(fin)
    .toutes(tx)
    .await
}
