use acces::{Action, Perimetre, Permis};
use droit::{Branche, Regime};
use jiff::civil::Date;
use storage::{Db, Tx, sql};
use valeurs::{CodeCommune, DossierId, Iban, Matricule, Nir, Siret};

use super::Contact;
use super::inscrire::{IBAN, NIR};
use crate::Erreur;
use crate::creances::{lire_date, lire_regime};

/// Un débiteur : son identité et ses coordonnées (décision 18-07, article 2), dans ce que le permis laisse voir.
pub struct Debiteur {
    /// Dossier.
    pub id: DossierId,
    /// Matricule, unique dans la caisse.
    pub matricule: Matricule,
    /// Régime principal.
    pub regime: Regime,
    /// Nom, ou raison sociale.
    pub nom: String,
    /// Prénom ; vide pour une société.
    pub prenom: String,
    /// SIRET.
    pub siret: Option<Siret>,
    /// NIR ; absent sans la classe « nir ».
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
    /// Téléphones et adresses, dans l'ordre de leur saisie.
    pub contacts: Vec<Contact>,
    /// Comptes bancaires connus, du plus ancien au plus récent ; aucun sans la classe « coordonnees_bancaires ».
    pub comptes: Vec<CompteConnu>,
    /// Branches visibles où il doit ou a dû.
    pub branches: Vec<Branche>,
}

/// Un compte bancaire d'où un débiteur a payé, ou qu'il a donné.
pub struct CompteConnu {
    /// Le compte.
    pub iban: Iban,
    /// Jour où la caisse l'a connu.
    pub depuis: Date,
}

#[derive(sqlx::FromRow)]
struct LigneDebiteur {
    matricule: String,
    regime: String,
    nom: String,
    prenom: String,
    siret: Option<String>,
    nir_scelle: Option<Vec<u8>>,
    commune: String,
    code_commune: String,
    code_agent: String,
    code_tiers: String,
    mode_paiement: String,
    branches: i64,
}

/// Le débiteur d'un dossier ; `None` s'il n'existe pas ou n'a de créances que hors du périmètre du permis.
///
/// # Errors
/// Le refus de la base ou du coffre.
pub async fn debiteur<A: Action>(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<A>,
    id: DossierId,
) -> Result<Option<Debiteur>, Erreur> {
    match portee(permis, id) {
        Some(perimetre) => lire_debiteur(db, tx, perimetre, id).await,
        None => Ok(None),
    }
}

pub(super) async fn lire_debiteur(
    db: &Db,
    tx: &mut Tx,
    perimetre: &Perimetre,
    id: DossierId,
) -> Result<Option<Debiteur>, Erreur> {
    let ligne: Option<LigneDebiteur> = sql!(
        "SELECT matricule, regime, nom, prenom, siret, nir_scelle, commune, code_commune, code_agent, code_tiers, \
         mode_paiement, branches FROM debiteur WHERE id = $1 AND (branches = 0 OR (branches & $2) <> 0)"
    )
    .bind(id)
    .bind(perimetre.branches)
    .au_plus_une(tx)
    .await?;
    let Some(l) = ligne else { return Ok(None) };
    let contacts: Vec<(String, String)> =
        sql!("SELECT nature, valeur FROM contact WHERE dossier_id = $1 ORDER BY rang")
            .bind(id)
            .toutes(tx)
            .await?;
    let comptes: Vec<(Vec<u8>, String)> = if perimetre.bancaire {
        sql!("SELECT iban_scelle, depuis FROM compte_bancaire WHERE dossier_id = $1 ORDER BY depuis, iban_hache")
            .bind(id)
            .toutes(tx)
            .await?
    } else {
        Vec::new()
    };
    let nir_scelle = l.nir_scelle.filter(|_| perimetre.nir);
    let (nir, comptes) = if nir_scelle.is_none() && comptes.is_empty() {
        (None, Vec::new())
    } else {
        let cle = db.coffre().cle(id.get()).await?;
        let nir = match nir_scelle {
            Some(scelle) => Some(relire(&cle.desceller(NIR, &scelle)?, "NIR")?),
            None => None,
        };
        let mut clairs = Vec::with_capacity(comptes.len());
        for (scelle, depuis) in comptes {
            let iban = relire(&cle.desceller(IBAN, &scelle)?, "IBAN")?;
            clairs.push(CompteConnu {
                iban,
                depuis: lire_date(&depuis)?,
            });
        }
        (nir, clairs)
    };
    let visible = |b: &Branche| l.branches & perimetre.branches & i64::from(b.bit()) != 0;
    Ok(Some(Debiteur {
        id,
        matricule: relire(&l.matricule, "matricule")?,
        regime: lire_regime(&l.regime)?,
        nom: l.nom,
        prenom: l.prenom,
        siret: l.siret.as_deref().map(|s| relire(s, "SIRET")).transpose()?,
        nir,
        commune: l.commune,
        code_commune: match l.code_commune.as_str() {
            "" => None,
            code => Some(relire(code, "code de commune")?),
        },
        code_agent: l.code_agent,
        code_tiers: l.code_tiers,
        mode_paiement: l.mode_paiement,
        contacts: contacts
            .iter()
            .map(|(nature, valeur)| lire_contact(nature, valeur))
            .collect::<Result<_, _>>()?,
        comptes,
        branches: Branche::TOUS.iter().copied().filter(visible).collect(),
    }))
}

fn lire_contact(nature: &str, valeur: &str) -> Result<Contact, Erreur> {
    Ok(match nature {
        "telephone" => Contact::Telephone(relire(valeur, "téléphone")?),
        _ => Contact::Mail(relire(valeur, "adresse de courriel")?),
    })
}

/// Relit une valeur tenue en base ; `quoi` la nomme si elle est illisible.
pub(crate) fn relire<T: std::str::FromStr>(texte: &str, quoi: &'static str) -> Result<T, Erreur> {
    texte.parse().map_err(|_| Erreur::Illisible(quoi))
}

/// La branche tenue en base ; 0 n'en désigne aucune.
pub(crate) fn lire_branche(bit: i64) -> Result<Option<Branche>, Erreur> {
    match u8::try_from(bit) {
        Ok(0) => Ok(None),
        Ok(bit) => Branche::du_bit(bit).map(Some).ok_or(Erreur::Illisible("branche")),
        Err(_) => Err(Erreur::Illisible("branche")),
    }
}

/// Ce que le permis laisse voir d'un dossier : rien s'il a été donné pour un autre dossier, ou sans l'identification.
pub(crate) fn portee<A: Action>(permis: &Permis<A>, id: DossierId) -> Option<&Perimetre> {
    (permis.porte_sur(id) && permis.perimetre().identification).then(|| permis.perimetre())
}

/// Le dossier du débiteur de ce matricule, s'il est du périmètre du permis.
///
/// # Errors
/// Le refus de la base.
pub async fn debiteur_du_matricule<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    matricule: &Matricule,
) -> Result<Option<DossierId>, Erreur> {
    if !permis.perimetre().identification {
        return Ok(None);
    }
    let id: Option<(i64,)> =
        sql!("SELECT id FROM debiteur WHERE matricule = $1 AND (branches = 0 OR (branches & $2) <> 0)")
            .bind(matricule.as_str())
            .bind(permis.perimetre().branches)
            .au_plus_une(tx)
            .await?;
    Ok(id.map(|(id,)| DossierId::new(id)))
}
