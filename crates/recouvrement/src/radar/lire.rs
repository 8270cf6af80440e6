//! Les limites qui arrivent, de la plus proche à la plus lointaine.
//!
//! Les jointures sont croisées et `ouverte` précédé d'un « + » pour que SQLite parte des limites des jours demandés, et
//! non de toutes les créances ouvertes.

use acces::{Action, Permis, Role};
use droit::{Contre, Droit, Nature, Position, RegleDelai};
use jiff::civil::Date;
use storage::{Tx, sql};
use valeurs::{DossierId, Montant};
use web::Sens;

use crate::Erreur;
use crate::procedure::jour;

/// Celui dont on regarde le portefeuille dans un service.
#[derive(Clone, Copy, Debug)]
pub struct Suiveur<'a> {
    /// Son service.
    pub service: Role,
    /// Son identifiant.
    pub agent: &'a str,
}

/// Ce qu'on regarde : des créances ouvertes des branches du permis.
#[derive(Clone, Copy, Debug)]
pub struct FiltreRadar<'a> {
    /// Premier jour, inclus.
    pub du: Date,
    /// Dernier jour, inclus.
    pub au: Date,
    /// Contre qui le délai court.
    pub contre: Option<Contre>,
    /// Un délai seul.
    pub regle: Option<&'static RegleDelai>,
    /// Les dossiers d'un agent seulement.
    pub suivi: Option<Suiveur<'a>>,
}

/// La place d'une limite dans la liste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// La créance.
    pub creance: i64,
    /// Le code du délai.
    pub regle: String,
}

/// Une limite qui arrive.
#[derive(Clone)]
pub struct Echoit {
    /// La créance.
    pub creance: i64,
    /// Son dossier.
    pub dossier: DossierId,
    /// Nom du débiteur.
    pub nom: String,
    /// Prénom, vide pour une société.
    pub prenom: String,
    /// Nature de la créance.
    pub nature: Nature,
    /// Ce qui en reste dû.
    pub reste: Montant,
    /// Où elle en est.
    pub position: &'static Position,
    /// Le délai.
    pub regle: &'static RegleDelai,
    /// Son dernier jour, inclus.
    pub echeance: Date,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    creance_id: i64,
    regle: String,
    echeance: String,
    position: String,
    dossier_id: i64,
    nature: String,
    reste_centimes: i64,
    nom: String,
    prenom: String,
}

/// `limite` limites au plus, après (ou avant, à rebours) la limite `apres`.
///
/// # Errors
/// Le refus de la base.
pub async fn page(
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    filtre: FiltreRadar<'_>,
    sens: Sens,
    apres: Option<&Place>,
    limite: u32,
) -> Result<Vec<Echoit>, Erreur> {
    if !permis.perimetre().identification {
        return Ok(Vec::new());
    }
    let echeance: Option<String> = match apres {
        None => None,
        Some(place) => {
            let connue: Option<(String,)> =
                sql!("SELECT echeance FROM limite_procedure WHERE creance_id = $1 AND regle = $2")
                    .bind(place.creance)
                    .bind(place.regle.as_str())
                    .au_plus_une(tx)
                    .await?;
            let Some((echeance,)) = connue else {
                return Ok(Vec::new());
            };
            Some(echeance)
        }
    };
    let requete = match sens {
        Sens::Croissant => sql!(
            "SELECT l.creance_id, l.regle, l.echeance, s.position, c.dossier_id, c.nature, c.reste_centimes, d.nom, \
             d.prenom FROM limite_procedure l CROSS JOIN creance c CROSS JOIN situation_procedure s \
             CROSS JOIN debiteur d WHERE c.id = l.creance_id AND s.creance_id = l.creance_id \
             AND d.id = c.dossier_id AND l.echeance BETWEEN $1 AND $2 AND +c.ouverte = 1 AND (c.branche & $3) <> 0 \
             AND ($4 = '' OR l.contre = $4) AND ($5 = '' OR l.regle = $5) \
             AND ($10 = '' OR EXISTS (SELECT 1 FROM portefeuille p WHERE p.dossier_id = c.dossier_id \
             AND p.service = $11 AND p.agent = $10)) AND (l.echeance, l.creance_id, l.regle) > ($6, $7, $8) \
             ORDER BY l.echeance, l.creance_id, l.regle LIMIT $9"
        ),
        Sens::Decroissant => sql!(
            "SELECT l.creance_id, l.regle, l.echeance, s.position, c.dossier_id, c.nature, c.reste_centimes, d.nom, \
             d.prenom FROM limite_procedure l CROSS JOIN creance c CROSS JOIN situation_procedure s \
             CROSS JOIN debiteur d WHERE c.id = l.creance_id AND s.creance_id = l.creance_id \
             AND d.id = c.dossier_id AND l.echeance BETWEEN $1 AND $2 AND +c.ouverte = 1 AND (c.branche & $3) <> 0 \
             AND ($4 = '' OR l.contre = $4) AND ($5 = '' OR l.regle = $5) \
             AND ($10 = '' OR EXISTS (SELECT 1 FROM portefeuille p WHERE p.dossier_id = c.dossier_id \
             AND p.service = $11 AND p.agent = $10)) AND (l.echeance, l.creance_id, l.regle) < ($6, $7, $8) \
             ORDER BY l.echeance DESC, l.creance_id DESC, l.regle DESC LIMIT $9"
        ),
    };
    let (debut, numero, fin) = match sens {
        Sens::Croissant => ("", -1, ""),
        Sens::Decroissant => ("~", i64::MAX, "~"),
    };
    let lignes: Vec<Ligne> = requete
        .bind(filtre.du.to_string())
        .bind(filtre.au.to_string())
        .bind(permis.perimetre().branches)
        .bind(filtre.contre.map_or("", Contre::code))
        .bind(filtre.regle.map_or("", RegleDelai::code))
        .bind(echeance.as_deref().unwrap_or(debut))
        .bind(apres.map_or(numero, |place| place.creance))
        .bind(apres.map_or(fin, |place| place.regle.as_str()))
        .bind(i64::from(limite))
        .bind(agent(filtre.suivi))
        .bind(service(filtre.suivi))
        .toutes(tx)
        .await?;
    lignes.into_iter().map(Ligne::lire).collect()
}

fn agent(suivi: Option<Suiveur<'_>>) -> &str {
    suivi.map_or("", |suiveur| suiveur.agent)
}

fn service(suivi: Option<Suiveur<'_>>) -> &'static str {
    suivi.map_or("", |suiveur| suiveur.service.code())
}

impl Ligne {
    fn lire(self) -> Result<Echoit, Erreur> {
        let nature: Nature = self.nature.parse().map_err(|_| Erreur::Illisible("nature"))?;
        let positions = Droit::charger().procedure(nature).positions();
        Ok(Echoit {
            creance: self.creance_id,
            dossier: DossierId::new(self.dossier_id),
            nom: self.nom,
            prenom: self.prenom,
            nature,
            reste: Montant::de_centimes(self.reste_centimes),
            position: positions
                .iter()
                .find(|position| position.code() == self.position)
                .ok_or(Erreur::Illisible("position"))?,
            regle: regle(&self.regle)?,
            echeance: jour(&self.echeance)?,
        })
    }
}

fn regle(code: &str) -> Result<&'static RegleDelai, Erreur> {
    Droit::charger()
        .regle_de_delai(code)
        .map_err(|_| Erreur::Illisible("délai"))
}

/// Ce qui échoit entre deux jours, compté.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compte {
    /// Limites.
    pub nombre: u64,
    /// Ce qui reste dû sur leurs créances ; une créance à deux limites y est deux fois.
    pub reste: Montant,
}

/// Combien de limites échoient de `du` à chacun de ces jours, inclus, dans l'ordre donné.
///
/// # Errors
/// Le refus de la base ; un total trop grand.
pub async fn comptes<const N: usize>(
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    suivi: Option<Suiveur<'_>>,
    du: Date,
    jusqua: [Date; N],
) -> Result<[Compte; N], Erreur> {
    let mut comptes = [Compte::default(); N];
    let Some(au) = jusqua.iter().max() else {
        return Ok(comptes);
    };
    let lignes: Vec<(String, i64, i64)> = sql!(
        "SELECT l.echeance, COUNT(*), CAST(SUM(c.reste_centimes) AS BIGINT) FROM limite_procedure l \
         CROSS JOIN creance c \
         WHERE c.id = l.creance_id AND l.echeance BETWEEN $1 AND $2 AND +c.ouverte = 1 AND (c.branche & $3) <> 0 \
         AND ($4 = '' OR EXISTS (SELECT 1 FROM portefeuille p WHERE p.dossier_id = c.dossier_id AND p.service = $5 \
         AND p.agent = $4)) GROUP BY l.echeance"
    )
    .bind(du.to_string())
    .bind(au.to_string())
    .bind(permis.perimetre().branches)
    .bind(agent(suivi))
    .bind(service(suivi))
    .toutes(tx)
    .await?;
    for (le, nombre, reste) in lignes {
        let le = jour(&le)?;
        let nombre = u64::try_from(nombre).map_err(|_| Erreur::Illisible("nombre"))?;
        let reste = Montant::de_centimes(reste);
        for (compte, _) in comptes.iter_mut().zip(jusqua).filter(|(_, au)| le <= *au) {
            compte.nombre += nombre;
            compte.reste = compte.reste.checked_add(reste).map_err(droit::Erreur::from)?;
        }
    }
    Ok(comptes)
}

/// Toutes les limites d'un même délai qui échoient le même jour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annonce {
    /// Le jour.
    pub jour: Date,
    /// Le délai.
    pub regle: &'static RegleDelai,
    /// Combien de créances.
    pub nombre: u64,
}

/// Ce qui échoit de `du` à `au`, inclus, par jour et par délai : rien n'y nomme personne.
///
/// # Errors
/// Le refus de la base.
pub async fn annonces(
    tx: &mut Tx,
    permis: &Permis<impl Action>,
    suivi: Option<Suiveur<'_>>,
    du: Date,
    au: Date,
) -> Result<Vec<Annonce>, Erreur> {
    let lignes: Vec<(String, String, i64)> = sql!(
        "SELECT l.echeance, l.regle, COUNT(*) FROM limite_procedure l CROSS JOIN creance c \
         WHERE c.id = l.creance_id AND l.echeance BETWEEN $1 AND $2 AND +c.ouverte = 1 AND (c.branche & $3) <> 0 \
         AND ($4 = '' OR EXISTS (SELECT 1 FROM portefeuille p WHERE p.dossier_id = c.dossier_id AND p.service = $5 \
         AND p.agent = $4)) GROUP BY l.echeance, l.regle ORDER BY l.echeance, l.regle"
    )
    .bind(du.to_string())
    .bind(au.to_string())
    .bind(permis.perimetre().branches)
    .bind(agent(suivi))
    .bind(service(suivi))
    .toutes(tx)
    .await?;
    lignes
        .into_iter()
        .map(|(le, code, nombre)| {
            Ok(Annonce {
                jour: jour(&le)?,
                regle: regle(&code)?,
                nombre: u64::try_from(nombre).map_err(|_| Erreur::Illisible("nombre"))?,
            })
        })
        .collect()
}
