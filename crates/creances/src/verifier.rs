mod controles;

use serde::Serialize;
use storage::{Db, Tx, lire, sql};
use valeurs::Montant;

use crate::Erreur;

/// Anomalies dites au plus ; au-delà, leur nombre suffit à savoir qu'il faut une sauvegarde.
const DITES: usize = 1_000;

/// Ce qui ne va pas dans la base, et où.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Anomalie {
    /// Code stable (`CRE-1…`).
    pub code: &'static str,
    /// L'objet en cause : « créance 12 ».
    pub objet: String,
    /// Ce qui ne va pas, avec les deux valeurs qui devraient être égales.
    pub message: String,
}

/// Ce que la vérification d'une caisse a trouvé. Sommes en centimes, de toute l'histoire de la caisse :
/// `encaisse = impute + rac + rembourse` si rien n'est perdu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bilan {
    /// Code de la caisse.
    pub caisse: String,
    /// Mouvements du grand livre.
    pub mouvements: i64,
    /// Argent reçu de la banque, retours déduits.
    pub encaisse_centimes: i64,
    /// Ce qui en est imputé sur des créances.
    pub impute_centimes: i64,
    /// Ce qui en attend en RAC.
    pub rac_centimes: i64,
    /// Ce qui en a été rendu aux payeurs.
    pub rembourse_centimes: i64,
    /// Nombre d'anomalies, dites ou non (un objet non dit compte pour une).
    pub nombre_anomalies: u64,
    /// Les anomalies, mille au plus.
    pub anomalies: Vec<Anomalie>,
}

/// Redérive du grand livre tout ce que la base tient : l'équilibre de chaque mouvement, chaque solde, chaque reste,
/// la conservation de l'argent, les contrepassations, les références. Ne change rien.
///
/// Une anomalie n'est pas une erreur : elle est dans le bilan.
///
/// # Errors
/// Le refus de la base.
pub async fn verifier(db: &Db) -> Result<Bilan, Erreur> {
    let caisse = db.caisse().to_string();
    lire!(db, |tx| {
        let mut constat = Constat::default();
        controles::mouvements(tx, &mut constat).await?;
        controles::contrepassations(tx, &mut constat).await?;
        controles::creances(tx, &mut constat).await?;
        controles::debiteurs(tx, &mut constat).await?;
        controles::recettes(tx, &mut constat).await?;
        conserver(tx, caisse.clone(), constat).await
    })
}

/// Les anomalies à mesure qu'elles se trouvent.
#[derive(Default)]
struct Constat {
    anomalies: Vec<Anomalie>,
    nombre: u64,
}

impl Constat {
    fn noter(&mut self, code: &'static str, objet: String, message: String) {
        if self.anomalies.len() < DITES {
            self.anomalies.push(Anomalie { code, objet, message });
        }
        self.nombre += 1;
    }

    /// Ajoute au nombre ce qu'un contrôle a trouvé sans le rendre.
    fn taire(&mut self, rendus: usize, total: Option<i64>) {
        let total = total.and_then(|t| u64::try_from(t).ok()).unwrap_or_default();
        self.nombre += total.saturating_sub(u64::try_from(rendus).unwrap_or(u64::MAX));
    }
}

#[derive(sqlx::FromRow)]
struct Totaux {
    banque: i64,
    impute: i64,
    rac: i64,
    rembourse: i64,
}

async fn conserver(tx: &mut Tx, caisse: String, mut constat: Constat) -> Result<Bilan, Erreur> {
    let mouvements = sql!("SELECT COUNT(*) FROM mouvement").scalaire(tx).await?;
    let t: Totaux = sql!(
        "SELECT CAST(COALESCE(SUM(CASE WHEN compte = 'banque' THEN montant_centimes END), 0) AS BIGINT) AS banque, \
         CAST(-COALESCE(SUM(CASE WHEN compte = 'creance' THEN montant_centimes END), 0) AS BIGINT) AS impute, \
         CAST(-COALESCE(SUM(CASE WHEN compte = 'rac' THEN montant_centimes END), 0) AS BIGINT) AS rac, \
         CAST(-COALESCE(SUM(CASE WHEN compte = 'rembourse' THEN montant_centimes END), 0) AS BIGINT) AS rembourse \
         FROM ecriture WHERE encaissement_id IS NOT NULL"
    )
    .une(tx)
    .await?;
    let places = i128::from(t.impute) + i128::from(t.rac) + i128::from(t.rembourse);
    if i128::from(t.banque) != places {
        let parts = [t.impute, t.rac, t.rembourse].map(|n| Montant::de_centimes(n).to_string());
        let [impute, rac, rembourse] = parts;
        constat.noter(
            "CRE-190",
            format!("caisse {caisse}"),
            format!(
                "l’argent ne se conserve pas : {} reçus de la banque, mais {impute} imputés, {rac} en RAC et \
                 {rembourse} remboursés",
                Montant::de_centimes(t.banque)
            ),
        );
    }
    Ok(Bilan {
        caisse,
        mouvements,
        encaisse_centimes: t.banque,
        impute_centimes: t.impute,
        rac_centimes: t.rac,
        rembourse_centimes: t.rembourse,
        nombre_anomalies: constat.nombre,
        anomalies: constat.anomalies,
    })
}
