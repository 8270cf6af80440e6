use jiff::Timestamp;
use storage::{Db, ecrire, sql};

use crate::Objet;

/// L'issue d'une demande d'accès.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Issue {
    Accorde,
    Refuse,
}

impl Issue {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Accorde => "accorde",
            Self::Refuse => "refuse",
        }
    }
}

/// Une ligne à écrire. `motif` et `repere` (route, commande) ne contiennent aucune donnée personnelle.
#[derive(Debug)]
pub(crate) struct Note<'a> {
    pub(crate) quand: Timestamp,
    pub(crate) acteur: &'a str,
    pub(crate) role: &'a str,
    pub(crate) action: &'a str,
    pub(crate) objet: Objet,
    pub(crate) issue: Issue,
    pub(crate) motif: Option<&'a str>,
    pub(crate) repere: &'a str,
}

/// Inscrit une ligne dans une transaction à elle, validée au retour : ni l'échec de ce qui suit, ni son
/// succès, ne la changent.
pub(crate) async fn noter(db: &Db, note: &Note<'_>) -> Result<(), storage::Erreur> {
    ecrire!(db, |tx| {
        let ids = tx.reserver("acces_journal", 1).await?;
        for id in ids {
            sql!(
                "INSERT INTO acces_journal (id, quand_ms, acteur, role, action, dossier_id, nombre, resultat, motif, repere)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
            )
            .bind(id)
            .bind(note.quand.as_millisecond())
            .bind(note.acteur)
            .bind(note.role)
            .bind(note.action)
            .bind(note.objet.dossier().map(valeurs::DossierId::get))
            .bind(note.objet.nombre())
            .bind(note.issue.code())
            .bind(note.motif)
            .bind(note.repere)
            .executer(tx)
            .await?;
        }
        Ok(())
    })
}
