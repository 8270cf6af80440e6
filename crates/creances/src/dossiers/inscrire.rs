use acces::{Action, Permis};
use droit::{Branche, Regime};
use jiff::civil::Date;
use storage::{Db, Lot, Tx, sql};
use valeurs::{CodeCommune, Courriel, DossierId, Iban, Matricule, Nir, Siret, Telephone, mots_de_recherche};

use crate::Erreur;

/// Un moyen de joindre le débiteur.
#[derive(Clone, Debug)]
pub enum Contact {
    /// Téléphone.
    Telephone(Telephone),
    /// Adresse électronique.
    Mail(Courriel),
}

impl Contact {
    /// La nature, telle que la base la tient, et la valeur normalisée.
    #[must_use]
    pub fn en_base(&self) -> (&'static str, &str) {
        match self {
            Self::Telephone(t) => ("telephone", t.as_str()),
            Self::Mail(m) => ("mail", m.as_str()),
        }
    }
}

/// Un débiteur à inscrire (données d'identification de l'article 2 de la décision 18-07).
#[derive(Clone)]
pub struct NouveauDebiteur {
    /// Matricule, unique dans la caisse.
    pub matricule: Matricule,
    /// Régime principal.
    pub regime: Regime,
    /// Nom, ou raison sociale.
    pub nom: String,
    /// Prénom ; vide pour une société.
    pub prenom: String,
    /// SIRET, unique dans la caisse.
    pub siret: Option<Siret>,
    /// NIR, définitif ou temporaire.
    pub nir: Option<Nir>,
    /// Commune, en clair.
    pub commune: String,
    /// Son code INSEE.
    pub code_commune: Option<CodeCommune>,
    /// Code de l'agent chargé du dossier.
    pub code_agent: String,
    /// Code du tiers concerné.
    pub code_tiers: String,
    /// Mode de paiement habituel (code).
    pub mode_paiement: String,
    /// Téléphones et adresses.
    pub contacts: Vec<Contact>,
    /// Comptes bancaires connus.
    pub ibans: Vec<Iban>,
}

/// Contexte de scellement du NIR d'un débiteur.
pub(super) const NIR: &str = "debiteur.nir";
/// Contexte de scellement d'un IBAN, où qu'il soit tenu.
pub(crate) const IBAN: &str = "iban";

/// Rattache aux branches du permis le dossier que seuls d'autres services connaissent, si l'agent en donne à la fois le
/// matricule et le NIR, ou le matricule et le SIRET ; rend ce dossier.
///
/// Sans cela, un débiteur connu d'une autre branche ne pourrait être ni trouvé, ni inscrit une seconde fois.
///
/// # Errors
/// Le refus de la base.
pub async fn rattacher<A: Action>(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<A>,
    debiteur: &NouveauDebiteur,
) -> Result<Option<DossierId>, Erreur> {
    let nir = debiteur.nir.as_ref();
    let rattache: Option<(i64,)> = sql!(
        "UPDATE debiteur SET branches = branches | $1 WHERE matricule = $2 AND (siret = $3 OR nir_hache = $4) \
         AND branches <> 0 AND (branches & $1) = 0 RETURNING id"
    )
    .bind(permis.perimetre().branches)
    .bind(debiteur.matricule.as_str())
    .bind(debiteur.siret.as_ref().map(Siret::as_str))
    .bind(nir.map(|nir| db.coffre().hacher("nir", nir.as_str())))
    .au_plus_une(tx)
    .await?;
    Ok(rattache.map(|(id,)| DossierId::new(id)))
}

/// Ouvre des dossiers aux services qui traitent les cotisations : une déclaration (DSN) les y fait connaître, même si
/// elle ne déclare rien.
///
/// # Errors
/// Le refus de la base.
pub async fn ouvrir_aux_cotisations(tx: &mut Tx, dossiers: &[DossierId]) -> Result<(), Erreur> {
    Lot::nouveau()
        .entiers("dossier", dossiers.iter().map(|d| d.get()))
        .entiers(
            "branche",
            dossiers.iter().map(|_| i64::from(Branche::Cotisations.bit())),
        )
        .executer(
            tx,
            "UPDATE debiteur SET branches = debiteur.branches | v.branche FROM v \
             WHERE debiteur.id = v.dossier AND (debiteur.branches & v.branche) = 0",
        )
        .await?;
    Ok(())
}

/// Inscrit des débiteurs, scelle NIR et IBAN par la clé de chaque dossier, indexe les mots ; rend les dossiers dans
/// l'ordre reçu. À appeler dans une transaction d'écriture.
///
/// # Errors
/// [`Erreur::DebiteurEnDouble`] pour un matricule ou un SIRET déjà pris ; le refus de la base.
pub async fn inscrire(
    db: &Db,
    tx: &mut Tx,
    debiteurs: &[NouveauDebiteur],
    jour: Date,
) -> Result<Vec<DossierId>, Erreur> {
    let ids = tx.reserver("debiteur", debiteurs.len()).await?;
    let cles = db.coffre().cles(&ids).await?;
    let sceller = |id: i64, contexte: &str, clair: &str| -> Result<Vec<u8>, Erreur> {
        let cle = cles.get(&id).ok_or(storage::Erreur::Descellement(id))?;
        Ok(cle.sceller(contexte, clair)?)
    };
    let mut nirs = Vec::with_capacity(ids.len());
    let mut comptes = Vec::new();
    let mut contacts = Vec::new();
    let mut mots = Vec::new();
    for (&id, d) in ids.iter().zip(debiteurs) {
        nirs.push(match &d.nir {
            Some(nir) => Some((
                db.coffre().hacher("nir", nir.as_str()),
                sceller(id, NIR, nir.as_str())?,
            )),
            None => None,
        });
        for iban in &d.ibans {
            comptes.push((
                id,
                db.coffre().hacher("iban", iban.as_str()),
                sceller(id, IBAN, iban.as_str())?,
            ));
        }
        contacts.extend(
            (1_i64..)
                .zip(&d.contacts)
                .map(|(rang, c)| (id, rang, c.en_base())),
        );
        let textes = format!("{} {} {}", d.nom, d.prenom, d.commune);
        mots.extend(mots_de_recherche(&textes).into_iter().map(|m| (id, m)));
    }
    Lot::nouveau()
        .entiers("id", ids.iter().copied())
        .textes("matricule", debiteurs.iter().map(|d| d.matricule.as_str()))
        .textes("regime", debiteurs.iter().map(|d| d.regime.code()))
        .textes("nom", debiteurs.iter().map(|d| d.nom.as_str()))
        .textes("prenom", debiteurs.iter().map(|d| d.prenom.as_str()))
        .textes_opt("siret", debiteurs.iter().map(|d| d.siret.as_ref().map(Siret::as_str)))
        .octets("nir_hache", nirs.iter().map(|n| n.as_ref().map(|n| n.0.clone())))
        .octets("nir_scelle", nirs.iter().map(|n| n.as_ref().map(|n| n.1.clone())))
        .textes("commune", debiteurs.iter().map(|d| d.commune.as_str()))
        .textes(
            "code_commune",
            debiteurs.iter().map(|d| d.code_commune.as_ref().map_or("", CodeCommune::as_str)),
        )
        .textes("code_agent", debiteurs.iter().map(|d| d.code_agent.as_str()))
        .textes("code_tiers", debiteurs.iter().map(|d| d.code_tiers.as_str()))
        .textes("mode_paiement", debiteurs.iter().map(|d| d.mode_paiement.as_str()))
        .executer(
            tx,
            "INSERT INTO debiteur (id, matricule, regime, nom, prenom, siret, nir_hache, nir_scelle, commune, \
             code_commune, code_agent, code_tiers, mode_paiement, branches, solde_centimes) \
             SELECT id, matricule, regime, nom, prenom, siret, nir_hache, nir_scelle, commune, code_commune, \
             code_agent, code_tiers, mode_paiement, 0, 0 FROM v",
        )
        .await
        .map_err(|e| if e.est_doublon() { Erreur::DebiteurEnDouble } else { e.into() })?;
    Lot::nouveau()
        .entiers("dossier_id", contacts.iter().map(|c| c.0))
        .entiers("rang", contacts.iter().map(|c| c.1))
        .textes("nature", contacts.iter().map(|c| c.2.0))
        .textes("valeur", contacts.iter().map(|c| c.2.1))
        .executer(
            tx,
            "INSERT INTO contact (dossier_id, rang, nature, valeur) SELECT dossier_id, rang, nature, valeur FROM v",
        )
        .await?;
    Lot::nouveau()
        .octets("iban_hache", comptes.iter().map(|c| Some(c.1.clone())))
        .entiers("dossier_id", comptes.iter().map(|c| c.0))
        .octets("iban_scelle", comptes.iter().map(|c| Some(c.2.clone())))
        .textes("depuis", comptes.iter().map(|_| jour.to_string()))
        .executer(
            tx,
            "INSERT INTO compte_bancaire (iban_hache, dossier_id, iban_scelle, depuis) \
             SELECT iban_hache, dossier_id, iban_scelle, depuis FROM v",
        )
        .await?;
    // Rangés : un index se remplit bien plus vite dans son ordre.
    mots.sort_unstable_by(|a, b| a.1.cmp(&b.1).then(a.0.cmp(&b.0)));
    Lot::nouveau()
        .textes("mot", mots.iter().map(|m| m.1.as_str()))
        .entiers("dossier_id", mots.iter().map(|m| m.0))
        .executer(
            tx,
            "INSERT INTO mot (mot, dossier_id) SELECT mot, dossier_id FROM v",
        )
        .await?;
    Ok(ids.into_iter().map(DossierId::new).collect())
}
