//! Ce que la poste répond d'un acte : reçu, non réclamé, revenu. Les délais en partent.

use std::path::Path;

use acces::{Permis, actions};
use droit::{Acte, Droit, Refus};
use jiff::civil::Date;
use serde::Serialize;
use storage::{Db, Tx, ecrire, lire, sql};

use super::lire::suivis;
use super::{Avancement, ErreurActes, du_numero};
use crate::Erreur;
use crate::procedure::{Suivie, charger, garder_les_derniers, jour};

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
        return Err(ErreurActes::Retour("aucun acte de vos attributions n’a ce numéro : relisez-le").into());
    };
    tx.verrouiller_dossiers(&[dossier]).await?;
    let suivis = suivis(tx, id).await?;
    if suivis.iter().any(|s| s.etat == nature.etat() && s.jour == le) {
        return Ok(None);
    }
    verifier(&suivis, nature, le, jour(&emis_le)?, aujourdhui)?;
    sql!(
        "INSERT INTO suivi_acte (acte_id, rang, nature, jour, enregistre_le, auteur) VALUES ($1, $2, $3, $4, $5, $6)"
    )
    .bind(id)
    .bind(i64::try_from(suivis.len().saturating_add(1)).map_err(|_| Erreur::Illisible("rang"))?)
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

/// Une réponse suit une remise ; seule la signification peut suivre un pli non réclamé.
fn verifier(
    suivis: &[super::Suivi],
    nature: NatureRetour,
    le: Date,
    emis_le: Date,
    aujourdhui: Date,
) -> Result<(), ErreurActes> {
    if le > aujourdhui {
        return Err(ErreurActes::Retour("cette date est à venir : corrigez-la"));
    }
    if le < emis_le {
        return Err(ErreurActes::Retour(
            "cette date est avant l’émission de l’acte : corrigez-la",
        ));
    }
    match suivis.last().map(|s| s.etat) {
        None | Some(Avancement::AExpedier) => Err(ErreurActes::Retour(
            "cet acte n’est pas encore parti : expédiez-le d’abord",
        )),
        Some(Avancement::Remis) => Ok(()),
        Some(Avancement::NonReclame) if nature == NatureRetour::Recu => Ok(()),
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
    let nom = chemin
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let lignes = lire_fichier(&nom, chemin)?;
    let faute = |ligne: u64, refus: &Erreur| {
        Erreur::from(ErreurActes::Ligne {
            fichier: nom.clone(),
            ligne,
            champ: "numero",
            regle: refus.to_string(),
            remede: "corrigez la ligne, ou retirez-la ; rien n’a été noté",
        })
    };
    for (ligne, id, nature, le) in &lignes {
        let verifiee: Result<(), Erreur> = lire!(db, |tx| {
            let trouve: Option<(String,)> =
                sql!("SELECT emis_le FROM acte WHERE id = $1 AND (branche & $2) <> 0")
                    .bind(*id)
                    .bind(permis.perimetre().branches)
                    .au_plus_une(tx)
                    .await?;
            let inconnu = ErreurActes::Retour("aucun acte de vos attributions n’a ce numéro");
            let (emis_le,) = trouve.ok_or(inconnu)?;
            let suivis = suivis(tx, *id).await?;
            if suivis.iter().any(|s| s.etat == nature.etat() && s.jour == *le) {
                return Ok(());
            }
            Ok(verifier(&suivis, *nature, *le, jour(&emis_le)?, aujourdhui)?)
        });
        if let Err(refus @ Erreur::Actes(_)) = &verifiee {
            return Err(faute(*ligne, refus));
        }
        verifiee?;
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
            Err(refus @ Erreur::Actes(_)) => return Err(faute(ligne, &refus)),
            Err(e) => return Err(e),
        }
    }
    Ok(bilan)
}

fn lire_fichier(nom: &str, chemin: &Path) -> Result<Vec<(u64, i64, NatureRetour, Date)>, ErreurActes> {
    let faute = |ligne: u64, champ: &'static str, regle: &str, remede: &'static str| ErreurActes::Ligne {
        fichier: nom.to_owned(),
        ligne,
        champ,
        regle: regle.to_owned(),
        remede,
    };
    let mut lecteur = csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_path(chemin)
        .map_err(|_| {
            faute(
                1,
                "fichier",
                "le fichier ne s’ouvre pas",
                "vérifiez son nom et ses droits",
            )
        })?;
    let entetes = lecteur
        .headers()
        .map_err(|_| {
            faute(
                1,
                "en-tête",
                "l’en-tête ne se lit pas",
                "écrivez « numero;retour;jour »",
            )
        })?
        .clone();
    let place = |champ: &'static str| {
        let trouvee = entetes
            .iter()
            .position(|e| e.trim().trim_start_matches('\u{feff}') == champ);
        trouvee.ok_or_else(|| faute(1, champ, "cette colonne manque", "écrivez « numero;retour;jour »"))
    };
    let (numero, retour, jour) = (place("numero")?, place("retour")?, place("jour")?);
    let mut lignes = Vec::new();
    for lue in lecteur.into_records() {
        let lue = lue.map_err(|e| {
            let ligne = e.position().map_or(1, csv::Position::line);
            faute(
                ligne,
                "ligne",
                "la ligne ne se lit pas",
                "donnez trois champs en UTF-8, séparés par des points-virgules",
            )
        })?;
        let ligne = lue.position().map_or(1, csv::Position::line);
        let champ = |rang: usize| lue.get(rang).unwrap_or_default().trim();
        let id = du_numero(champ(numero)).ok_or_else(|| {
            faute(
                ligne,
                "numero",
                "ce n’est pas un numéro d’acte",
                "recopiez-le, par exemple A00000123",
            )
        })?;
        let nature = NatureRetour::du_code(champ(retour)).ok_or_else(|| {
            faute(
                ligne,
                "retour",
                "ce retour n’est pas connu",
                "écrivez recu, non_reclame ou revenu",
            )
        })?;
        let le = champ(jour)
            .parse()
            .map_err(|_| faute(ligne, "jour", "ce n’est pas une date", "écrivez AAAA-MM-JJ"))?;
        lignes.push((ligne, id, nature, le));
    }
    Ok(lignes)
}
