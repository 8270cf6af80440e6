use acces::{Action, Permis};
use jiff::Timestamp;
use jiff::civil::Date;
use releves::{ModePaiement, Operation, OrigineDuRetour, Retour};
use storage::{Db, Tx, sql};
use valeurs::Montant;

use super::importer::Importateur;
use super::lot::{LigneLue, importer_lot};
use super::rac::{PorteurIban, ibans, lire_mode};
use super::{Attente, identite};
use crate::Erreur;
use crate::creances::lire_date;

/// Une ligne sans référence bancaire, présumée déjà connue d'un fichier antérieur.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LignePresumee {
    /// Le fichier importé.
    pub fichier: i64,
    /// Son nom.
    pub nom_fichier: String,
    /// La ligne, à partir de 1.
    pub ligne: i64,
    /// La recette à laquelle elle ressemble.
    pub recette: i64,
    /// Jour du paiement.
    pub jour: Date,
    /// Montant ; négatif pour un retour.
    pub montant: Montant,
    /// Moyen de paiement.
    pub mode: ModePaiement,
    /// Fichier d'où venait la recette, et sa ligne.
    pub origine: Option<(String, i64)>,
    /// Ce qu'un agent en a dit ; rien s'il reste à décider.
    pub decision: Option<Decision>,
}

/// Ce qu'un agent a dit d'une ligne présumée connue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Quand.
    pub le: Timestamp,
    /// Qui.
    pub par: String,
    /// La recette créée si c'était un autre paiement ; rien si c'était bien le même.
    pub autre: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    fichier_id: i64,
    nom: String,
    ligne: i64,
    recette: i64,
    jour: String,
    montant_centimes: i64,
    mode: String,
    origine: Option<String>,
    ligne_origine: i64,
    decide_le: Option<String>,
    decide_par: Option<String>,
    autre_id: Option<i64>,
}

/// Les lignes présumées connues, dans l'ordre des fichiers : `limite` au plus, après (`fichier`, `ligne`) ; seulement
/// celles qui attendent une décision, ou toutes.
///
/// # Errors
/// Le refus de la base.
pub async fn presumees(
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    a_decider: bool,
    apres: Option<(i64, i64)>,
    limite: u32,
) -> Result<Vec<LignePresumee>, Erreur> {
    let (fichier, ligne) = apres.unwrap_or_default();
    let lignes: Vec<Ligne> = sql!(
        "SELECT p.fichier_id, f.nom, p.ligne, p.encaissement_id AS recette, r.jour, r.montant_centimes, r.mode, \
         o.nom AS origine, r.ligne AS ligne_origine, p.decide_le, p.decide_par, p.autre_id \
         FROM ligne_presumee p JOIN fichier_importe f ON f.id = p.fichier_id \
         JOIN encaissement r ON r.id = p.encaissement_id LEFT JOIN fichier_importe o ON o.id = r.fichier_id \
         WHERE (p.fichier_id, p.ligne) > ($1, $2) AND ($3 = 0 OR p.decide_le IS NULL) \
         AND (r.dossier_id IS NULL OR EXISTS (SELECT 1 FROM debiteur d \
         WHERE d.id = r.dossier_id AND (d.branches = 0 OR (d.branches & $4) <> 0))) \
         ORDER BY p.fichier_id, p.ligne LIMIT $5"
    )
    .bind(fichier)
    .bind(ligne)
    .bind(a_decider)
    .bind(permis.perimetre().branches)
    .bind(i64::from(limite))
    .toutes(tx)
    .await?;
    lignes.into_iter().map(Ligne::presumee).collect()
}

impl Ligne {
    fn presumee(self) -> Result<LignePresumee, Erreur> {
        let decision = match (self.decide_le, self.decide_par) {
            (Some(le), Some(par)) => {
                let le = le.parse().map_err(|_| Erreur::Illisible("instant"))?;
                Some(Decision {
                    le,
                    par,
                    autre: self.autre_id,
                })
            }
            _ => None,
        };
        Ok(LignePresumee {
            fichier: self.fichier_id,
            nom_fichier: self.nom,
            ligne: self.ligne,
            recette: self.recette,
            jour: lire_date(&self.jour)?,
            montant: Montant::de_centimes(self.montant_centimes),
            mode: lire_mode(&self.mode)?,
            origine: self.origine.map(|nom| (nom, self.ligne_origine)),
            decision,
        })
    }
}

#[derive(sqlx::FromRow)]
struct Modele {
    id: i64,
    nom_fichier: String,
    jour: String,
    montant_centimes: i64,
    mode: String,
    siret: Option<String>,
    periode: Option<String>,
    iban_hache: Option<Vec<u8>>,
    iban_scelle: Option<Vec<u8>>,
    nom_payeur: Option<String>,
    libelle: Option<String>,
    transaction_bancaire: Option<String>,
    bout_en_bout: Option<String>,
    dossier_id: Option<i64>,
    attente: Option<String>,
}

/// L'agent dit que la ligne est un autre paiement : une recette pareille à la recette connue est comptabilisée comme
/// l'import l'aurait fait, et la ligne est décidée. Rend la nouvelle recette.
///
/// # Errors
/// [`Erreur::LigneDejaDecidee`] ; le refus du droit, du coffre ou de la base.
pub async fn autre_paiement(
    db: &Db,
    tx: &mut Tx,
    auteur: &str,
    maintenant: Timestamp,
    fichier: i64,
    ligne: i64,
) -> Result<i64, Erreur> {
    decider(tx, auteur, maintenant, fichier, ligne).await?;
    let modele: Modele = sql!(
        "SELECT r.id, f.nom AS nom_fichier, r.jour, r.montant_centimes, r.mode, r.siret, r.periode, r.iban_hache, \
         r.iban_scelle, r.nom_payeur, r.libelle, r.transaction_bancaire, r.bout_en_bout, r.dossier_id, r.attente \
         FROM ligne_presumee p JOIN encaissement r ON r.id = p.encaissement_id \
         JOIN fichier_importe f ON f.id = p.fichier_id WHERE p.fichier_id = $1 AND p.ligne = $2"
    )
    .bind(fichier)
    .bind(ligne)
    .une(tx)
    .await?;
    let identite = identite::autre(db.coffre(), fichier, ligne);
    let lue = LigneLue {
        ligne: modele.ligne(db, tx, ligne).await?,
        identite: identite.clone(),
        lot: None,
        // Un agent répond de son identité : elle n'est plus présumée.
        sure: true,
    };
    let par = Importateur {
        db,
        auteur,
        maintenant,
    };
    importer_lot(&par, tx, fichier, &modele.nom_fichier, &[lue]).await?;
    let autre: i64 = sql!("SELECT id FROM encaissement WHERE identite = $1")
        .bind(identite)
        .scalaire(tx)
        .await?;
    sql!("UPDATE ligne_presumee SET autre_id = $3 WHERE fichier_id = $1 AND ligne = $2")
        .bind(fichier)
        .bind(ligne)
        .bind(autre)
        .executer(tx)
        .await?;
    Ok(autre)
}

/// L'agent confirme que la ligne est le paiement déjà connu : rien n'est comptabilisé.
///
/// # Errors
/// [`Erreur::LigneDejaDecidee`] ; le refus de la base.
pub async fn confirmer_doublon(
    tx: &mut Tx,
    auteur: &str,
    maintenant: Timestamp,
    fichier: i64,
    ligne: i64,
) -> Result<(), Erreur> {
    decider(tx, auteur, maintenant, fichier, ligne).await
}

/// Prend la décision le premier : de deux agents, le second est refusé.
async fn decider(
    tx: &mut Tx,
    auteur: &str,
    maintenant: Timestamp,
    fichier: i64,
    ligne: i64,
) -> Result<(), Erreur> {
    let prises = sql!(
        "UPDATE ligne_presumee SET decide_le = $3, decide_par = $4 \
         WHERE fichier_id = $1 AND ligne = $2 AND decide_le IS NULL"
    )
    .bind(fichier)
    .bind(ligne)
    .bind(maintenant.to_string())
    .bind(auteur)
    .executer(tx)
    .await?;
    if prises == 0 {
        Err(Erreur::LigneDejaDecidee)
    } else {
        Ok(())
    }
}

impl Modele {
    /// La ligne de relevé qui aurait donné cette recette.
    async fn ligne(&self, db: &Db, tx: &mut Tx, numero: i64) -> Result<releves::Ligne, Erreur> {
        let porteur = PorteurIban {
            recette: self.id,
            jour: &self.jour,
            dossier: self.dossier_id,
            hache: self.iban_hache.as_ref(),
            scelle: self.iban_scelle.as_ref(),
        };
        let iban = ibans(db, tx, &[porteur]).await?.remove(&self.id);
        // Les références qui pouvaient désigner une créance, gardées tant que la recette n'a pas de dossier.
        let mots: Vec<(String,)> =
            sql!("SELECT mot FROM mot_recette WHERE encaissement_id = $1 ORDER BY mot")
                .bind(self.id)
                .toutes(tx)
                .await?;
        let mots: Vec<String> = mots.into_iter().map(|(mot,)| mot).collect();
        let montant = Montant::de_centimes(self.montant_centimes);
        let retour = || Retour {
            motif: None,
            origine: OrigineDuRetour {
                end_to_end: self.bout_en_bout.clone(),
                transaction: self.transaction_bancaire.clone(),
                ..OrigineDuRetour::default()
            },
        };
        let revenu = self.attente.as_deref() == Some(Attente::VersementRevenu.code());
        Ok(releves::Ligne {
            numero: u64::try_from(numero).unwrap_or_default(),
            date: lire_date(&self.jour)?,
            date_valeur: None,
            montant: montant.abs(),
            operation: if montant.est_negatif() {
                Operation::Retour(retour())
            } else if revenu {
                Operation::DebitAnnule(retour())
            } else {
                Operation::Credit
            },
            mode: lire_mode(&self.mode)?,
            caisse: None,
            siret: self.siret.as_deref().and_then(|s| s.parse().ok()),
            periode: self.periode.as_deref().and_then(|p| p.parse().ok()),
            iban,
            nom_payeur: self.nom_payeur.clone(),
            libelle: self.libelle.clone(),
            reference_creancier: (!mots.is_empty()).then(|| mots.join(" ")),
            reference_bancaire: None,
            reference_detail: None,
            end_to_end: self.bout_en_bout.clone(),
            compte_caisse: None,
            lot: None,
        })
    }
}
