use std::fmt;

use acces::{Action, Perimetre, Permis};
use droit::Regime;
use storage::{Db, Lot, Tx, sql};
use valeurs::{
    Courriel, DossierId, ErreurNir, Matricule, Montant, Nir, Siren, Siret, Telephone, mots_de_recherche,
};

use super::lire::relire;
use crate::Erreur;
use crate::creances::lire_regime;

/// Caractères d'une recherche, au plus : le plus long des noms y tient.
const TEXTE_MAX: usize = 200;
/// Mots cherchés, au plus : ceux qui suivent, plus courts, ne départageraient plus personne.
const MOTS_MAX: usize = 8;
/// Dossiers rangés par nom, au plus ; au-delà la recherche est à préciser.
const CANDIDATS_MAX: i64 = 2_000;
/// Lignes de l'index lues, au plus, quand même le mot le plus rare est trop fréquent : une page reste immédiate.
const LIGNES_MAX: i64 = 50_000;
/// Dossiers par page, au plus.
const PAGE_MAX: usize = 500;

/// Ce qu'un agent cherche, reconnu dans une seule case : NIR, SIRET, SIREN, téléphone, courriel, matricule, ou des
/// débuts de mots (nom, prénom, commune), sans égard aux accents ni à l'ordre.
///
/// Une suite de chiffres peut être plusieurs de ces choses : elle est alors toutes celles-là.
pub struct Critere {
    pistes: Vec<Piste>,
    mots: Vec<String>,
}

enum Piste {
    Nir(Nir),
    Siret(Siret),
    Siren(Siren),
    Telephone(Telephone),
    Courriel(Courriel),
    Matricule(Matricule),
}

impl fmt::Debug for Critere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Critere(••••)")
    }
}

impl Critere {
    /// Reconnaît ce que la case contient.
    ///
    /// # Errors
    /// [`Erreur::Recherche`] : rien à chercher, texte trop court ou trop long, courriel mal formé, clé de NIR fausse.
    pub fn lire(texte: &str) -> Result<Self, Erreur> {
        let texte = texte.trim();
        if texte.chars().count() > TEXTE_MAX {
            return Err(Erreur::Recherche(
                "la recherche est trop longue ; gardez le nom et la commune",
            ));
        }
        if texte.contains('@') {
            let courriel = texte.parse().map_err(|_| {
                Erreur::Recherche(
                    "l’adresse de courriel est incomplète ; écrivez-la en entier (nom@domaine.fr)",
                )
            })?;
            return Ok(Self {
                pistes: vec![Piste::Courriel(courriel)],
                mots: Vec::new(),
            });
        }
        let mut pistes = Vec::new();
        let nir = texte.parse::<Nir>();
        let cle_fausse = matches!(nir, Err(ErreurNir::Cle));
        pistes.extend(nir.ok().map(Piste::Nir));
        pistes.extend(texte.parse().ok().map(Piste::Siret));
        pistes.extend(texte.parse().ok().map(Piste::Siren));
        pistes.extend(texte.parse().ok().map(Piste::Telephone));
        let numero = !pistes.is_empty();
        // « Jean Petit » n'est pas le matricule JEANPETIT.
        let en_chiffres = texte.chars().all(|c| c.is_ascii_digit() || c.is_whitespace());
        if en_chiffres || !texte.contains(char::is_whitespace) {
            pistes.extend(texte.parse().ok().map(Piste::Matricule));
        }
        if pistes.is_empty() && cle_fausse {
            return Err(Erreur::Recherche(
                "la clé de ce NIR est fausse ; relisez les 15 caractères",
            ));
        }
        let mut mots = if numero {
            Vec::new()
        } else {
            mots_de_recherche(texte)
        };
        mots.sort_by_key(|m| std::cmp::Reverse(m.chars().count()));
        mots.truncate(MOTS_MAX);
        let assez = mots.first().is_some_and(|m| m.chars().count() > 1);
        if texte.is_empty() || !(assez || numero || en_chiffres) {
            return Err(Erreur::Recherche(
                "écrivez au moins deux lettres d’un nom ou d’une commune, un matricule, un NIR, un SIRET, un téléphone ou un courriel",
            ));
        }
        Ok(Self {
            pistes,
            mots: if assez { mots } else { Vec::new() },
        })
    }
}

/// Un dossier trouvé. Le solde et le compte des créances sont ceux des branches du permis.
#[derive(Clone, PartialEq, Eq)]
pub struct Trouve {
    /// Dossier.
    pub id: DossierId,
    /// Matricule.
    pub matricule: Matricule,
    /// Nom, ou raison sociale.
    pub nom: String,
    /// Prénom ; vide pour une société.
    pub prenom: String,
    /// Commune.
    pub commune: String,
    /// SIRET.
    pub siret: Option<Siret>,
    /// Régime principal.
    pub regime: Regime,
    /// Ce qui reste dû aujourd'hui.
    pub solde: Montant,
    /// Créances dont un poste au moins reste dû.
    pub ouvertes: u64,
}

/// Une page de dossiers trouvés, rangés par nom, prénom, puis dossier (ordre des octets).
#[derive(Clone, PartialEq, Eq)]
pub struct Resultats {
    /// La page.
    pub trouves: Vec<Trouve>,
    /// Après quel dossier reprendre, s'il en reste.
    pub suite: Option<DossierId>,
    /// Trop de dossiers répondent : seuls 2 000 au plus, ceux dont le mot est le plus proche, sont rangés ici.
    pub tronque: bool,
}

#[derive(sqlx::FromRow)]
struct Ligne {
    id: i64,
    matricule: String,
    nom: String,
    prenom: String,
    commune: String,
    siret: Option<String>,
    regime: String,
    candidats: i64,
}

/// Cherche des dossiers dans le périmètre du permis ; `apres` reprend après le dernier dossier d'une page.
///
/// Un NIR ne cherche rien sans la classe « nir ».
///
/// # Errors
/// Le refus de la base.
pub async fn rechercher<A: Action>(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<A>,
    critere: &Critere,
    apres: Option<DossierId>,
    limite: usize,
) -> Result<Resultats, Erreur> {
    chercher(db, tx, permis.perimetre(), critere, apres, limite).await
}

pub(super) async fn chercher(
    db: &Db,
    tx: &mut Tx,
    perimetre: &Perimetre,
    critere: &Critere,
    apres: Option<DossierId>,
    limite: usize,
) -> Result<Resultats, Erreur> {
    if !perimetre.identification {
        return Ok(Resultats {
            trouves: Vec::new(),
            suite: None,
            tronque: false,
        });
    }
    let limite = limite.clamp(1, PAGE_MAX);
    let curseur = apres.map_or(0, DossierId::get);
    let par_numero = suivre(db, tx, perimetre, &critere.pistes).await?;
    let mut lignes = identifies(tx, perimetre.branches, &par_numero, curseur).await?;
    let (par_mots, coupe) = par_mots(tx, perimetre.branches, &critere.mots, curseur, limite).await?;
    lignes.extend(par_mots);
    let tronque = coupe
        || i64::try_from(par_numero.len()).is_ok_and(|n| n > CANDIDATS_MAX)
        || lignes.iter().any(|l| l.candidats > CANDIDATS_MAX);
    lignes.sort_by(|a, b| (&a.nom, &a.prenom, a.id).cmp(&(&b.nom, &b.prenom, b.id)));
    lignes.dedup_by_key(|l| l.id);
    let reste = lignes.len() > limite;
    lignes.truncate(limite);
    let suite = lignes.last().filter(|_| reste).map(|l| DossierId::new(l.id));
    let trouves = evaluer(tx, perimetre.branches, lignes).await?;
    Ok(Resultats {
        trouves,
        suite,
        tronque,
    })
}

/// Les dossiers que désignent des numéros, un de plus que la limite au plus.
async fn suivre(db: &Db, tx: &mut Tx, perimetre: &Perimetre, pistes: &[Piste]) -> Result<Vec<i64>, Erreur> {
    let mut ids = Vec::new();
    for piste in pistes {
        let requete = match piste {
            Piste::Nir(_) if !perimetre.nir => continue,
            Piste::Nir(nir) => sql!("SELECT id FROM debiteur WHERE nir_hache = $1 LIMIT $2")
                .bind(db.coffre().hacher("nir", nir.as_str()))
                .bind(CANDIDATS_MAX + 1),
            Piste::Siret(siret) => sql!("SELECT id FROM debiteur WHERE siret = $1").bind(siret.as_str()),
            Piste::Siren(siren) => {
                sql!("SELECT id FROM debiteur WHERE siret >= $1 AND siret < $2 ORDER BY siret LIMIT $3")
                    .bind(siren.as_str())
                    .bind(fin_du_prefixe(siren.as_str()))
                    .bind(CANDIDATS_MAX + 1)
            }
            Piste::Telephone(t) => sql!("SELECT DISTINCT dossier_id FROM contact WHERE valeur = $1 LIMIT $2")
                .bind(t.as_str())
                .bind(CANDIDATS_MAX + 1),
            Piste::Courriel(c) => {
                sql!("SELECT DISTINCT dossier_id FROM contact WHERE valeur IN ($1, $2) LIMIT $3")
                    .bind(c.as_str())
                    .bind(c.as_str().to_ascii_lowercase())
                    .bind(CANDIDATS_MAX + 1)
            }
            Piste::Matricule(m) => sql!("SELECT id FROM debiteur WHERE matricule = $1").bind(m.as_str()),
        };
        let trouves: Vec<(i64,)> = requete.toutes(tx).await?;
        ids.extend(trouves.into_iter().map(|(id,)| id));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

async fn identifies(tx: &mut Tx, branches: i64, ids: &[i64], apres: i64) -> Result<Vec<Ligne>, Erreur> {
    Ok(Lot::nouveau()
        .entiers("id", ids.iter().copied())
        .entiers("branches", ids.iter().map(|_| branches))
        .entiers("apres", ids.iter().map(|_| apres))
        .toutes(
            tx,
            "SELECT d.id, d.matricule, d.nom, d.prenom, d.commune, d.siret, d.regime, CAST(0 AS BIGINT) AS candidats \
             FROM v CROSS JOIN debiteur d WHERE d.id = v.id AND (d.branches = 0 OR (d.branches & v.branches) <> 0) \
             AND (v.apres = 0 OR (d.nom, d.prenom, d.id) > \
             (SELECT a.nom, a.prenom, a.id FROM debiteur a WHERE a.id = v.apres))",
        )
        .await?)
}

/// La fin, exclue, des textes qui commencent par `prefixe` : U+10FFFF vient après tout autre caractère.
fn fin_du_prefixe(prefixe: &str) -> String {
    format!("{prefixe}\u{10FFFF}")
}

/// Une page des dossiers dont des mots commencent par chacun de ceux-ci. Le mot le plus rare mène : l'index en donne
/// les dossiers dans l'ordre des mots, les autres mots se sondent dossier par dossier.
async fn par_mots(
    tx: &mut Tx,
    branches: i64,
    mots: &[String],
    apres: i64,
    limite: usize,
) -> Result<(Vec<Ligne>, bool), Erreur> {
    let Some((meneur, lignes)) = le_plus_rare(tx, mots).await? else {
        return Ok((Vec::new(), false));
    };
    let fin = if lignes < LIGNES_MAX {
        None
    } else {
        derniere_ligne(tx, &mots[meneur]).await?
    };
    let tronque = fin.is_some();
    let (mot_fin, dossier_fin) = fin.unwrap_or_else(|| (fin_du_prefixe(&mots[meneur]), 0));
    let mut requete = sql!(
        "SELECT t.id, t.matricule, t.nom, t.prenom, t.commune, t.siret, t.regime, t.candidats FROM (\
         SELECT x.id, x.matricule, x.nom, x.prenom, x.commune, x.siret, x.regime, COUNT(*) OVER () AS candidats FROM (\
         SELECT d.id, d.matricule, d.nom, d.prenom, d.commune, d.siret, d.regime FROM mot p CROSS JOIN debiteur d \
         WHERE d.id = p.dossier_id AND p.mot >= $1 AND (p.mot, p.dossier_id) < ($2, $21) \
         AND ($7 = '' OR EXISTS (SELECT 1 FROM mot m WHERE m.dossier_id = p.dossier_id AND m.mot >= $7 AND m.mot < $8)) \
         AND ($9 = '' OR EXISTS (SELECT 1 FROM mot m WHERE m.dossier_id = p.dossier_id AND m.mot >= $9 AND m.mot < $10)) \
         AND ($11 = '' OR EXISTS (SELECT 1 FROM mot m WHERE m.dossier_id = p.dossier_id AND m.mot >= $11 AND m.mot < $12)) \
         AND ($13 = '' OR EXISTS (SELECT 1 FROM mot m WHERE m.dossier_id = p.dossier_id AND m.mot >= $13 AND m.mot < $14)) \
         AND ($15 = '' OR EXISTS (SELECT 1 FROM mot m WHERE m.dossier_id = p.dossier_id AND m.mot >= $15 AND m.mot < $16)) \
         AND ($17 = '' OR EXISTS (SELECT 1 FROM mot m WHERE m.dossier_id = p.dossier_id AND m.mot >= $17 AND m.mot < $18)) \
         AND ($19 = '' OR EXISTS (SELECT 1 FROM mot m WHERE m.dossier_id = p.dossier_id AND m.mot >= $19 AND m.mot < $20)) \
         AND p.mot = (SELECT MIN(m.mot) FROM mot m WHERE m.dossier_id = p.dossier_id AND m.mot >= $1) \
         AND (d.branches = 0 OR (d.branches & $3) <> 0) ORDER BY p.mot, p.dossier_id LIMIT $4) x) t \
         WHERE ($5 = 0 OR (t.nom, t.prenom, t.id) > (SELECT a.nom, a.prenom, a.id FROM debiteur a WHERE a.id = $5)) \
         ORDER BY t.nom, t.prenom, t.id LIMIT $6"
    )
    .bind(mots[meneur].as_str())
    .bind(mot_fin)
    .bind(branches)
    .bind(CANDIDATS_MAX + 1)
    .bind(apres)
    .bind(i64::try_from(limite).unwrap_or(i64::MAX).saturating_add(1));
    let mut autres = (0..mots.len()).filter(|i| *i != meneur);
    for _ in 1..MOTS_MAX {
        requete = match autres.next() {
            Some(i) => requete.bind(mots[i].as_str()).bind(fin_du_prefixe(&mots[i])),
            None => requete.bind("").bind(""),
        };
    }
    Ok((requete.bind(dossier_fin).toutes(tx).await?, tronque))
}

/// Le mot qui a le moins de lignes d'index, les plus longs essayés d'abord, et ce compte, `LIGNES_MAX` au plus.
async fn le_plus_rare(tx: &mut Tx, mots: &[String]) -> Result<Option<(usize, i64)>, Erreur> {
    let mut meilleur: Option<(usize, i64)> = None;
    for (i, mot) in mots.iter().enumerate() {
        let borne = meilleur.map_or(LIGNES_MAX, |(_, n)| n);
        let compte: i64 =
            sql!("SELECT COUNT(*) FROM (SELECT 1 FROM mot WHERE mot >= $1 AND mot < $2 LIMIT $3) p")
                .bind(mot.as_str())
                .bind(fin_du_prefixe(mot))
                .bind(borne)
                .scalaire(tx)
                .await?;
        if compte == 0 {
            return Ok(None);
        }
        if meilleur.is_none_or(|(_, n)| compte < n) {
            meilleur = Some((i, compte));
        }
    }
    Ok(meilleur)
}

/// La ligne d'index où s'arrêter pour un mot trop fréquent.
async fn derniere_ligne(tx: &mut Tx, mot: &str) -> Result<Option<(String, i64)>, Erreur> {
    Ok(sql!(
        "SELECT mot, dossier_id FROM mot WHERE mot >= $1 AND mot < $2 ORDER BY mot, dossier_id LIMIT 1 OFFSET $3"
    )
    .bind(mot)
    .bind(fin_du_prefixe(mot))
    .bind(LIGNES_MAX)
    .au_plus_une(tx)
    .await?)
}

/// Ajoute à une page ce que chaque dossier doit dans les branches visibles.
async fn evaluer(tx: &mut Tx, branches: i64, lignes: Vec<Ligne>) -> Result<Vec<Trouve>, Erreur> {
    let dettes: Vec<(i64, i64, i64)> = Lot::nouveau()
        .entiers("id", lignes.iter().map(|l| l.id))
        .entiers("branches", lignes.iter().map(|_| branches))
        .toutes(
            tx,
            "SELECT c.dossier_id, CAST(SUM(c.reste_part_ouvriere + c.reste_part_patronale + c.reste_principal \
             + c.reste_majoration + c.reste_penalite + c.reste_frais) AS BIGINT), \
             CAST(SUM(CASE WHEN c.reste_part_ouvriere > 0 OR c.reste_part_patronale > 0 OR c.reste_principal > 0 \
             OR c.reste_majoration > 0 OR c.reste_penalite > 0 OR c.reste_frais > 0 THEN 1 ELSE 0 END) AS BIGINT) \
             FROM v CROSS JOIN creance c WHERE c.dossier_id = v.id AND (c.branche & v.branches) <> 0 \
             GROUP BY c.dossier_id",
        )
        .await?;
    let dettes: std::collections::HashMap<i64, (i64, i64)> = dettes
        .into_iter()
        .map(|(id, solde, ouvertes)| (id, (solde, ouvertes)))
        .collect();
    lignes
        .into_iter()
        .map(|l| {
            let (solde, ouvertes) = dettes.get(&l.id).copied().unwrap_or_default();
            Ok(Trouve {
                id: DossierId::new(l.id),
                matricule: relire(&l.matricule, "matricule")?,
                nom: l.nom,
                prenom: l.prenom,
                commune: l.commune,
                siret: l.siret.as_deref().map(|s| relire(s, "SIRET")).transpose()?,
                regime: lire_regime(&l.regime)?,
                solde: Montant::de_centimes(solde),
                ouvertes: u64::try_from(ouvertes).unwrap_or(0),
            })
        })
        .collect()
}
