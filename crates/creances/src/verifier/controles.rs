use droit::Poste;
use storage::{Tx, sql};
use valeurs::Montant;

use super::Constat;
use crate::Erreur;

#[derive(sqlx::FromRow)]
struct Desequilibre {
    id: i64,
    lignes: i64,
    somme: i64,
    total: i64,
}

#[derive(sqlx::FromRow)]
struct Jours {
    id: i64,
    mouvement: Option<String>,
    ecriture: String,
    total: i64,
}

/// Chaque mouvement a deux lignes au moins, de somme nulle, à sa date.
pub(super) async fn mouvements(tx: &mut Tx, constat: &mut Constat) -> Result<(), Erreur> {
    let desequilibres: Vec<Desequilibre> = sql!(
        "SELECT mouvement_id AS id, COUNT(*) AS lignes, CAST(SUM(montant_centimes) AS BIGINT) AS somme, \
         COUNT(*) OVER () AS total FROM ecriture GROUP BY mouvement_id \
         HAVING SUM(montant_centimes) <> 0 OR COUNT(*) < 2 ORDER BY mouvement_id LIMIT 1000"
    )
    .toutes(tx)
    .await?;
    for d in &desequilibres {
        let objet = format!("mouvement {}", d.id);
        if d.lignes < 2 {
            constat.noter(
                "CRE-102",
                objet,
                format!("{} ligne au lieu de deux au moins", d.lignes),
            );
        } else {
            constat.noter(
                "CRE-101",
                objet,
                format!("ses lignes somment à {} au lieu de {}", euros(d.somme), euros(0)),
            );
        }
    }
    constat.taire(desequilibres.len(), desequilibres.first().map(|d| d.total));
    let vides: Vec<(i64, i64)> = sql!(
        "SELECT m.id, COUNT(*) OVER () FROM mouvement m \
         WHERE NOT EXISTS (SELECT 1 FROM ecriture e WHERE e.mouvement_id = m.id) ORDER BY m.id LIMIT 1000"
    )
    .toutes(tx)
    .await?;
    for (id, _) in &vides {
        constat.noter(
            "CRE-102",
            format!("mouvement {id}"),
            "0 ligne au lieu de deux au moins".to_owned(),
        );
    }
    constat.taire(vides.len(), vides.first().map(|v| v.1));
    let jours: Vec<Jours> = sql!(
        "SELECT e.mouvement_id AS id, MIN(m.jour) AS mouvement, MIN(e.jour) AS ecriture, COUNT(*) OVER () AS total \
         FROM ecriture e LEFT JOIN mouvement m ON m.id = e.mouvement_id \
         WHERE m.id IS NULL OR e.jour <> m.jour GROUP BY e.mouvement_id ORDER BY e.mouvement_id LIMIT 1000"
    )
    .toutes(tx)
    .await?;
    for j in &jours {
        let objet = format!("mouvement {}", j.id);
        match &j.mouvement {
            Some(jour) => {
                constat.noter(
                    "CRE-103",
                    objet,
                    format!("daté du {jour}, une de ses lignes l’est du {}", j.ecriture),
                );
            }
            None => constat.noter(
                "CRE-104",
                objet,
                "des lignes le nomment, il n’existe pas".to_owned(),
            ),
        }
    }
    constat.taire(jours.len(), jours.first().map(|j| j.total));
    Ok(())
}

/// Une contrepassation est l'exact contraire de ce qu'elle contrepasse : compte par compte, les deux somment à zéro.
pub(super) async fn contrepassations(tx: &mut Tx, constat: &mut Constat) -> Result<(), Erreur> {
    let ecarts: Vec<(i64, i64, i64, i64)> = sql!(
        "SELECT x.id, x.contrepasse, CAST(MAX(ABS(x.n)) AS BIGINT), COUNT(*) OVER () FROM (\
         SELECT y.id, y.contrepasse, SUM(y.n) AS n FROM (\
         SELECT m.id, m.contrepasse, e.compte, e.dossier_id, e.creance_id, e.poste, e.encaissement_id, \
         e.montant_centimes AS n FROM mouvement m JOIN ecriture e ON e.mouvement_id = m.id \
         WHERE m.contrepasse IS NOT NULL UNION ALL \
         SELECT m.id, m.contrepasse, e.compte, e.dossier_id, e.creance_id, e.poste, e.encaissement_id, \
         e.montant_centimes AS n FROM mouvement m JOIN ecriture e ON e.mouvement_id = m.contrepasse \
         WHERE m.contrepasse IS NOT NULL) y \
         GROUP BY y.id, y.contrepasse, y.compte, y.dossier_id, y.creance_id, y.poste, y.encaissement_id \
         HAVING SUM(y.n) <> 0) x GROUP BY x.id, x.contrepasse ORDER BY x.id LIMIT 1000"
    )
    .toutes(tx)
    .await?;
    for (id, contrepasse, ecart, _) in &ecarts {
        constat.noter(
            "CRE-105",
            format!("mouvement {id}"),
            format!(
                "n’est pas le contraire du mouvement {contrepasse} : {} d’écart sur un compte",
                euros(*ecart)
            ),
        );
    }
    constat.taire(ecarts.len(), ecarts.first().map(|e| e.3));
    Ok(())
}

/// Une créance, telle que le grand livre et la base la disent.
#[derive(sqlx::FromRow)]
struct Creance {
    id: i64,
    dossier: Option<i64>,
    dossier_min: i64,
    dossier_max: i64,
    montant: Option<i64>,
    emis: i64,
    tout: i64,
    l0: i64,
    l1: i64,
    l2: i64,
    l3: i64,
    l4: i64,
    l5: i64,
    b0: Option<i64>,
    b1: Option<i64>,
    b2: Option<i64>,
    b3: Option<i64>,
    b4: Option<i64>,
    b5: Option<i64>,
    total: i64,
}

/// Chaque reste d'une créance est la somme de ses lignes, son montant celle de son émission, son dossier le leur.
pub(super) async fn creances(tx: &mut Tx, constat: &mut Constat) -> Result<(), Erreur> {
    let ecarts: Vec<Creance> = sql!(
        "SELECT s.id, c.dossier_id AS dossier, s.dossier_min, s.dossier_max, c.montant_centimes AS montant, s.emis, \
         s.tout, s.l0, s.l1, s.l2, s.l3, s.l4, s.l5, c.reste_part_ouvriere AS b0, c.reste_part_patronale AS b1, \
         c.reste_principal AS b2, c.reste_majoration AS b3, c.reste_penalite AS b4, c.reste_frais AS b5, \
         COUNT(*) OVER () AS total FROM (\
         SELECT e.creance_id AS id, MIN(e.dossier_id) AS dossier_min, MAX(e.dossier_id) AS dossier_max, \
         CAST(SUM(CASE WHEN m.nature = 'emission' AND e.poste IN ('part_ouvriere', 'part_patronale', 'principal') \
         THEN e.montant_centimes ELSE 0 END) AS BIGINT) AS emis, \
         CAST(SUM(e.montant_centimes) AS BIGINT) AS tout, \
         CAST(SUM(CASE e.poste WHEN 'part_ouvriere' THEN e.montant_centimes ELSE 0 END) AS BIGINT) AS l0, \
         CAST(SUM(CASE e.poste WHEN 'part_patronale' THEN e.montant_centimes ELSE 0 END) AS BIGINT) AS l1, \
         CAST(SUM(CASE e.poste WHEN 'principal' THEN e.montant_centimes ELSE 0 END) AS BIGINT) AS l2, \
         CAST(SUM(CASE e.poste WHEN 'majoration' THEN e.montant_centimes ELSE 0 END) AS BIGINT) AS l3, \
         CAST(SUM(CASE e.poste WHEN 'penalite' THEN e.montant_centimes ELSE 0 END) AS BIGINT) AS l4, \
         CAST(SUM(CASE e.poste WHEN 'frais' THEN e.montant_centimes ELSE 0 END) AS BIGINT) AS l5 \
         FROM ecriture e LEFT JOIN mouvement m ON m.id = e.mouvement_id \
         WHERE e.creance_id IS NOT NULL GROUP BY e.creance_id) s LEFT JOIN creance c ON c.id = s.id \
         WHERE c.id IS NULL OR s.dossier_min <> c.dossier_id OR s.dossier_max <> c.dossier_id \
         OR s.emis <> c.montant_centimes OR s.l0 <> c.reste_part_ouvriere OR s.l1 <> c.reste_part_patronale \
         OR s.l2 <> c.reste_principal OR s.l3 <> c.reste_majoration OR s.l4 <> c.reste_penalite \
         OR s.l5 <> c.reste_frais OR s.tout <> s.l0 + s.l1 + s.l2 + s.l3 + s.l4 + s.l5 ORDER BY s.id LIMIT 1000"
    )
    .toutes(tx)
    .await?;
    for c in &ecarts {
        c.noter(constat);
    }
    constat.taire(ecarts.len(), ecarts.first().map(|c| c.total));
    let muettes: Vec<(i64, i64, i64)> = sql!(
        "SELECT c.id, c.montant_centimes, COUNT(*) OVER () FROM creance c \
         WHERE NOT EXISTS (SELECT 1 FROM ecriture e WHERE e.creance_id = c.id) ORDER BY c.id LIMIT 1000"
    )
    .toutes(tx)
    .await?;
    for (id, montant, _) in &muettes {
        let message = format!("montant de {}, mais aucune ligne au grand livre", euros(*montant));
        constat.noter("CRE-112", format!("créance {id}"), message);
    }
    constat.taire(muettes.len(), muettes.first().map(|c| c.2));
    Ok(())
}

impl Creance {
    fn noter(&self, constat: &mut Constat) {
        let objet = || format!("créance {}", self.id);
        let (Some(dossier), Some(montant)) = (self.dossier, self.montant) else {
            constat.noter(
                "CRE-110",
                objet(),
                "des lignes du grand livre la nomment, elle n’existe pas".to_owned(),
            );
            return;
        };
        for ligne in [self.dossier_min, self.dossier_max] {
            if ligne != dossier {
                let message =
                    format!("elle est du dossier {dossier}, une de ses lignes est du dossier {ligne}");
                constat.noter("CRE-111", objet(), message);
                break;
            }
        }
        if self.emis != montant {
            let message = format!(
                "montant de {}, mais {} émis au grand livre",
                euros(montant),
                euros(self.emis)
            );
            constat.noter("CRE-112", objet(), message);
        }
        let livre = [self.l0, self.l1, self.l2, self.l3, self.l4, self.l5];
        let base = [self.b0, self.b1, self.b2, self.b3, self.b4, self.b5];
        for (poste, (livre, base)) in Poste::TOUS.iter().zip(livre.into_iter().zip(base)) {
            let base = base.unwrap_or_default();
            if livre != base {
                let message = format!(
                    "{poste} : reste de {}, mais {} au grand livre",
                    euros(base),
                    euros(livre)
                );
                constat.noter("CRE-113", objet(), message);
            }
        }
        let postes: i128 = livre.into_iter().map(i128::from).sum();
        if i128::from(self.tout) != postes {
            let message = format!(
                "ses lignes somment à {}, dont une part sur un poste inconnu",
                euros(self.tout)
            );
            constat.noter("CRE-114", objet(), message);
        }
    }
}

#[derive(sqlx::FromRow)]
struct Solde {
    id: i64,
    base: Option<i64>,
    livre: i64,
    total: i64,
}

/// Le solde d'un débiteur est la somme de ses lignes de créances ; ses branches comprennent celles de ses créances.
pub(super) async fn debiteurs(tx: &mut Tx, constat: &mut Constat) -> Result<(), Erreur> {
    let soldes: Vec<Solde> = sql!(
        "SELECT s.id, d.solde_centimes AS base, s.livre, COUNT(*) OVER () AS total FROM (\
         SELECT dossier_id AS id, \
         CAST(SUM(CASE WHEN compte = 'creance' THEN montant_centimes ELSE 0 END) AS BIGINT) AS livre \
         FROM ecriture WHERE dossier_id IS NOT NULL GROUP BY dossier_id) s LEFT JOIN debiteur d ON d.id = s.id \
         WHERE d.id IS NULL OR d.solde_centimes <> s.livre ORDER BY s.id LIMIT 1000"
    )
    .toutes(tx)
    .await?;
    for s in &soldes {
        let objet = format!("dossier {}", s.id);
        match s.base {
            Some(base) => {
                let message = format!("solde de {}, mais {} au grand livre", euros(base), euros(s.livre));
                constat.noter("CRE-121", objet, message);
            }
            None => {
                constat.noter(
                    "CRE-120",
                    objet,
                    "des lignes du grand livre le nomment, il n’existe pas".to_owned(),
                );
            }
        }
    }
    constat.taire(soldes.len(), soldes.first().map(|s| s.total));
    let muets: Vec<(i64, i64, i64)> = sql!(
        "SELECT d.id, d.solde_centimes, COUNT(*) OVER () FROM debiteur d WHERE d.solde_centimes <> 0 \
         AND NOT EXISTS (SELECT 1 FROM ecriture e WHERE e.dossier_id = d.id) ORDER BY d.id LIMIT 1000"
    )
    .toutes(tx)
    .await?;
    for (id, solde, _) in &muets {
        let message = format!("solde de {}, mais {} au grand livre", euros(*solde), euros(0));
        constat.noter("CRE-121", format!("dossier {id}"), message);
    }
    constat.taire(muets.len(), muets.first().map(|m| m.2));
    let branches: Vec<(i64, i64, i64, i64)> = sql!(
        "SELECT d.id, d.branches, MIN(c.branche), COUNT(*) OVER () FROM creance c \
         JOIN debiteur d ON d.id = c.dossier_id WHERE (d.branches & c.branche) = 0 \
         GROUP BY d.id, d.branches ORDER BY d.id LIMIT 1000"
    )
    .toutes(tx)
    .await?;
    for (id, base, branche, _) in &branches {
        let message = format!("branches {base}, mais il a une créance de la branche {branche}");
        constat.noter("CRE-122", format!("dossier {id}"), message);
    }
    constat.taire(branches.len(), branches.first().map(|b| b.3));
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Recette {
    id: i64,
    rac: Option<i64>,
    attendu: Option<i64>,
    livre_rac: i64,
    banque: i64,
    total: i64,
}

/// Le reste en RAC d'une recette est celui du grand livre ; la banque a donné son montant, ou rien si c'est une part.
pub(super) async fn recettes(tx: &mut Tx, constat: &mut Constat) -> Result<(), Erreur> {
    let ecarts: Vec<Recette> = sql!(
        "SELECT s.id, r.rac_centimes AS rac, \
         CASE WHEN r.parent_id IS NULL THEN r.montant_centimes ELSE 0 END AS attendu, \
         s.livre_rac, s.banque, COUNT(*) OVER () AS total FROM (\
         SELECT encaissement_id AS id, \
         CAST(-SUM(CASE WHEN compte = 'rac' THEN montant_centimes ELSE 0 END) AS BIGINT) AS livre_rac, \
         CAST(SUM(CASE WHEN compte = 'banque' THEN montant_centimes ELSE 0 END) AS BIGINT) AS banque \
         FROM ecriture WHERE encaissement_id IS NOT NULL GROUP BY encaissement_id) s \
         LEFT JOIN encaissement r ON r.id = s.id WHERE r.id IS NULL OR r.rac_centimes <> s.livre_rac \
         OR s.banque <> CASE WHEN r.parent_id IS NULL THEN r.montant_centimes ELSE 0 END ORDER BY s.id LIMIT 1000"
    )
    .toutes(tx)
    .await?;
    for r in &ecarts {
        let objet = || format!("recette {}", r.id);
        let (Some(rac), Some(attendu)) = (r.rac, r.attendu) else {
            constat.noter(
                "CRE-130",
                objet(),
                "des lignes du grand livre la nomment, elle n’existe pas".to_owned(),
            );
            continue;
        };
        if rac != r.livre_rac {
            let message = format!(
                "{} en RAC, mais {} au grand livre",
                euros(rac),
                euros(r.livre_rac)
            );
            constat.noter("CRE-131", objet(), message);
        }
        if attendu != r.banque {
            let message = format!(
                "{} attendus de la banque, mais {} au grand livre",
                euros(attendu),
                euros(r.banque)
            );
            constat.noter("CRE-132", objet(), message);
        }
    }
    constat.taire(ecarts.len(), ecarts.first().map(|r| r.total));
    let muettes: Vec<(i64, i64, i64)> = sql!(
        "SELECT r.id, r.montant_centimes, COUNT(*) OVER () FROM encaissement r \
         WHERE NOT EXISTS (SELECT 1 FROM ecriture e WHERE e.encaissement_id = r.id) ORDER BY r.id LIMIT 1000"
    )
    .toutes(tx)
    .await?;
    for (id, montant, _) in &muettes {
        let message = format!("montant de {}, mais aucune ligne au grand livre", euros(*montant));
        constat.noter("CRE-132", format!("recette {id}"), message);
    }
    constat.taire(muettes.len(), muettes.first().map(|r| r.2));
    Ok(())
}

fn euros(centimes: i64) -> Montant {
    Montant::de_centimes(centimes)
}
