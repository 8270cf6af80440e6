//! Chaque écart en une phrase, avec ses vrais montants et ses vraies dates. Elle se lit devant l'employeur : elle dit ce
//! qui s'est passé, jamais ce que l'agent en fera.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use valeurs::{Montant, Siret, date_fr};

use crate::Erreur;
use crate::rapprocher::{
    Classe, CreanceEmise, DeclarationGardee, Ecart, Effectives, Faits, MoisRapproche, Preuve, RecetteLue,
    Remplacement, TypeDeclaration, VersementGarde,
};

/// Au-delà, une énumération se résume : la phrase reste une phrase.
const CITES_MAX: usize = 3;

/// Un euro et quatre-vingt-dix-neuf centimes sont au singulier.
const PLURIEL: i64 = 200;

/// Ce dont une phrase peut parler : les faits de l'établissement, et eux seuls. Ce qu'un autre établissement a payé ne se
/// dit pas à celui-ci.
pub(super) struct Recit<'a> {
    recettes: HashMap<i64, &'a RecetteLue>,
    declarations: HashMap<i64, &'a DeclarationGardee>,
    creances: HashMap<i64, &'a CreanceEmise>,
}

impl<'a> Recit<'a> {
    pub(super) fn nouveau(faits: &'a Faits) -> Self {
        Self {
            recettes: faits.recettes.iter().map(|r| (r.id, r)).collect(),
            declarations: faits.declarations.iter().map(|d| (d.id, d)).collect(),
            creances: faits.creances.iter().map(|c| (c.id, c)).collect(),
        }
    }

    /// La phrase d'un écart d'un mois. `effectives` : ce qui compte pour ce mois.
    pub(super) fn phrase(
        &self,
        mois: &MoisRapproche,
        effectives: Option<&Effectives<'_>>,
        ecart: &Ecart,
    ) -> Result<String, Erreur> {
        let montant = Montant::de_centimes(ecart.montant_centimes);
        let recus = self.recettes(ecart);
        Ok(match ecart.classe {
            Classe::Impaye => format!("{} ; rien n’est reçu : il manque {montant}.", attendu(mois)),
            Classe::Partiel => format!(
                "{} ; {} : il manque {montant}.",
                attendu(mois),
                verse(mois, &recus, montant)?
            ),
            Classe::TropPercu => format!(
                "{} ; {} : {montant} de trop.",
                attendu(mois),
                enumerer_recettes(&recus)?
            ),
            Classe::PayeNonDeclare => format!(
                "{} pour {}, où rien n’est déclaré : {montant} sans déclaration.",
                web::majuscule(&enumerer_recettes(&recus)?),
                mois.mois.libelle()
            ),
            Classe::Doublon => self.doublon(ecart, &recus, montant)?,
            Classe::MauvaisePeriode => format!(
                "{} ; {} : {montant} {} sous une autre période.",
                attendu(mois),
                enumerer(&recus, |r| format!("{} {}", recu(r), pour_la_periode(r))),
                accord(montant, "payé")
            ),
            Classe::OrdreDifferent => ordre_different(mois, montant)?,
            Classe::MauvaiseCaisse => mauvaise_caisse(mois, effectives),
            Classe::PayeParAutre => paye_par_autre(effectives, montant),
            Classe::Remplace => remplace(effectives),
            Classe::FractionManquante => fraction_manquante(effectives),
            Classe::DepotTardif => depot_tardif(effectives),
            Classe::Retard => retard(mois, &recus)?,
            Classe::RegularisationExcedentaire => self.regularisation(ecart, montant)?,
            Classe::CaiDifferent => self.compte_different(effectives, ecart)?,
            Classe::Rejet => self.rejet(&recus, montant),
        })
    }

    /// Les recettes qui prouvent un écart, dans l'ordre des jours.
    fn recettes(&self, ecart: &Ecart) -> Vec<&'a RecetteLue> {
        let ids = ecart.preuves.iter().filter_map(|p| match p {
            Preuve::Recette { encaissement } => Some(*encaissement),
            Preuve::Lignes { .. } | Preuve::Creance { .. } => None,
        });
        let mut recettes: Vec<_> = ids.filter_map(|id| self.recettes.get(&id).copied()).collect();
        recettes.sort_by_key(|r| (r.jour, r.id));
        recettes
    }

    /// Les lignes de déclarations qui prouvent un écart : la déclaration, la première ligne.
    fn lignes(&self, ecart: &Ecart) -> impl Iterator<Item = (&'a DeclarationGardee, u64)> {
        ecart.preuves.iter().filter_map(|p| match p {
            Preuve::Lignes {
                declaration, debut, ..
            } => self.declarations.get(declaration).map(|d| (*d, *debut)),
            Preuve::Recette { .. } | Preuve::Creance { .. } => None,
        })
    }

    fn doublon(&self, ecart: &Ecart, recus: &[&RecetteLue], montant: Montant) -> Result<String, Erreur> {
        if !recus.is_empty() {
            return Ok(format!(
                "Même somme, même période, même compte : {} ; {montant} de trop.",
                enumerer_recettes(recus)?
            ));
        }
        let ordres: Vec<&VersementGarde> = self
            .lignes(ecart)
            .filter_map(|(d, ligne)| d.versements.iter().find(|v| v.ligne == ligne))
            .collect();
        Ok(format!(
            "Plusieurs ordres de prélèvement de même somme et de même période ({}) : {montant} {} de trop.",
            enumerer(&ordres, |v| v.montant.to_string()),
            accord(montant, "ordonné")
        ))
    }

    fn regularisation(&self, ecart: &Ecart, montant: Montant) -> Result<String, Erreur> {
        let retirees: Vec<_> = self
            .lignes(ecart)
            .filter_map(|(d, ligne)| d.regularisations.iter().find(|r| r.ligne == ligne))
            .collect();
        let total = Montant::somme(retirees.iter().map(|r| r.montant.oppose()))?;
        let periodes: BTreeSet<_> = retirees.iter().map(|r| r.periode).collect();
        let periodes: Vec<_> = periodes.into_iter().collect();
        Ok(format!(
            "Des régularisations retirent {total} pour {} : {montant} de plus que ce qui y est cotisé.",
            enumerer(&periodes, |p| p.libelle())
        ))
    }

    fn compte_different(&self, effectives: Option<&Effectives<'_>>, ecart: &Ecart) -> Result<String, Erreur> {
        let mut emis: BTreeMap<_, Vec<Montant>> = BTreeMap::new();
        for preuve in &ecart.preuves {
            if let Preuve::Creance { creance, .. } = preuve
                && let Some(c) = self.creances.get(creance)
            {
                emis.entry(c.famille).or_default().push(c.montant);
            }
        }
        let mut lignes = Vec::new();
        for (famille, montants) in emis {
            let emis = Montant::somme(montants)?;
            let declares = effectives.into_iter().flat_map(|e| &e.declarations);
            let declares = declares.flat_map(|d| &d.familles).filter(|(f, _)| *f == famille);
            let declare = Montant::somme(declares.map(|(_, montant)| *montant))?;
            lignes.push(format!(
                "{} : {emis} {} au compte, {declare} {}",
                famille.libelle(),
                accord(emis, "émis"),
                accord(declare, "déclaré")
            ));
        }
        Ok(format!(
            "Le compte ne dit pas ce que la DSN déclare. {}.",
            lignes.join(" ; ")
        ))
    }

    fn rejet(&self, recus: &[&RecetteLue], montant: Montant) -> String {
        let retours: Vec<_> = recus.iter().filter(|r| r.montant.est_negatif()).collect();
        let retours = enumerer(&retours, |r| {
            let origine = r.retour_de.and_then(|id| self.recettes.get(&id));
            let parti = origine.map_or_else(String::new, |o| format!(" du {}", date_fr(o.jour)));
            format!(
                "prélèvement de {}{parti}, revenu impayé le {}",
                r.montant.abs(),
                date_fr(r.jour)
            )
        });
        format!(
            "{} : {montant} à payer de nouveau, sauf paiement depuis.",
            web::majuscule(&retours)
        )
    }
}

/// « Le 15/02/2026, 1 234,56 € ordonnés », ou déclarés si rien n'est ordonné.
fn attendu(mois: &MoisRapproche) -> String {
    let quand = mois.echeance.map_or_else(
        || format!("Pour {}", mois.mois.libelle()),
        |echeance| format!("Le {}", date_fr(echeance)),
    );
    if mois.ordonne.est_nul() {
        format!("{quand}, {} {}", mois.declare, accord(mois.declare, "déclaré"))
    } else {
        format!("{quand}, {} {}", mois.ordonne, accord(mois.ordonne, "ordonné"))
    }
}

/// Ce qui est reçu d'un paiement partiel, et ce qu'un autre établissement en a réglé.
fn verse(mois: &MoisRapproche, recus: &[&RecetteLue], manque: Montant) -> Result<String, Erreur> {
    let par_un_autre = mois.ecarts.iter().any(|e| e.classe == Classe::PayeParAutre);
    let attendu = if mois.ordonne.est_nul() {
        mois.declare
    } else {
        mois.ordonne
    };
    let recu = mois.encaisse.max(Montant::ZERO);
    let couvert = attendu.checked_sub(recu)?.checked_sub(manque)?;
    if !par_un_autre || couvert <= Montant::ZERO {
        return enumerer_recettes(recus);
    }
    let couvert = format!(
        "{couvert} {} par un autre établissement",
        accord(couvert, "réglé")
    );
    if recus.is_empty() {
        Ok(couvert)
    } else {
        Ok(format!("{} et {couvert}", enumerer_recettes(recus)?))
    }
}

fn ordre_different(mois: &MoisRapproche, montant: Montant) -> Result<String, Erreur> {
    let ordonne = mois.declare.checked_add(montant)?;
    let sens = if montant.est_negatif() { "moins" } else { "plus" };
    Ok(format!(
        "{} {}, {ordonne} {} : {} de {sens}.",
        mois.declare,
        accord(mois.declare, "déclaré"),
        accord(ordonne, "ordonné"),
        montant.abs()
    ))
}

fn mauvaise_caisse(mois: &MoisRapproche, effectives: Option<&Effectives<'_>>) -> String {
    let ailleurs = effectives.into_iter().flat_map(|e| &e.declarations);
    let ailleurs: Vec<_> = ailleurs.flat_map(|d| &d.autres_caisses).collect();
    if mois.declare > Montant::ZERO {
        format!(
            "{} {} à cette caisse, mais le versement est ordonné à une autre : {}.",
            mois.declare,
            accord(mois.declare, "déclaré"),
            enumerer(&ailleurs, |(caisse, _, ordonne)| format!(
                "{caisse}, {ordonne}",
                caisse = caisse.as_str()
            ))
        )
    } else {
        format!(
            "{} {} à cette caisse, mais les cotisations sont déclarées à une autre : {}.",
            mois.ordonne,
            accord(mois.ordonne, "ordonné"),
            enumerer(&ailleurs, |(caisse, declare, _)| format!(
                "{caisse}, {declare}",
                caisse = caisse.as_str()
            ))
        )
    }
}

fn paye_par_autre(effectives: Option<&Effectives<'_>>, montant: Montant) -> String {
    let versements = effectives.into_iter().flat_map(|e| &e.declarations);
    let payeurs: BTreeSet<&Siret> = versements
        .flat_map(|d| &d.versements)
        .filter_map(|v| v.payeur.as_ref())
        .collect();
    let payeurs: Vec<_> = payeurs.into_iter().collect();
    let qui = match payeurs.as_slice() {
        [] => "Un autre établissement a payé pour celui-ci".to_owned(),
        [payeur] => format!("La déclaration confie le paiement à l’établissement {payeur}"),
        _ => format!(
            "La déclaration confie le paiement aux établissements {}",
            enumerer(&payeurs, ToString::to_string)
        ),
    };
    if montant.est_nul() {
        format!("{qui}.")
    } else {
        format!("{qui} : {montant}.")
    }
}

fn remplace(effectives: Option<&Effectives<'_>>) -> String {
    let remplacements = effectives.map(|e| e.remplacements.as_slice()).unwrap_or_default();
    let phrase = enumerer(remplacements, |Remplacement { remplacee, par }| {
        let (ancienne, jour) = (remplacee.declare, date_fr(remplacee.deposee_le));
        let depuis = date_fr(par.deposee_le);
        let suite = match par.genre {
            TypeDeclaration::Annule => format!("annulée le {depuis}"),
            _ => format!("remplacée le {depuis} ({})", par.declare),
        };
        format!("déclaration déposée le {jour} ({ancienne}), {suite}")
    });
    format!("{}.", web::majuscule(&phrase))
}

fn fraction_manquante(effectives: Option<&Effectives<'_>>) -> String {
    let Some(effectives) = effectives else {
        return "Une fraction de la déclaration manque.".to_owned();
    };
    let recues: Vec<u8> = effectives.declarations.iter().map(|d| d.fraction.0).collect();
    let manquantes = effectives.fractions_manquantes();
    format!(
        "Déclaration en {} fractions. {} : {}. {} : {}.",
        effectives.fractions,
        if recues.len() == 1 { "Reçue" } else { "Reçues" },
        enumerer(&recues, |n| format!("la {n}")),
        if manquantes.len() == 1 {
            "Manque"
        } else {
            "Manquent"
        },
        enumerer(&manquantes, |n| format!("la {n}"))
    )
}

fn depot_tardif(effectives: Option<&Effectives<'_>>) -> String {
    let Some((effectives, depot)) = effectives.and_then(|e| Some((e, e.premier_depot?))) else {
        return "La déclaration est arrivée après l’échéance.".to_owned();
    };
    let echeance = effectives.echeance().max(effectives.echeance_legale());
    format!(
        "Déclaration déposée le {}, {} après l’échéance du {}.",
        date_fr(depot.deposee_le),
        jours(echeance, depot.deposee_le),
        date_fr(echeance)
    )
}

fn retard(mois: &MoisRapproche, recus: &[&RecetteLue]) -> Result<String, Erreur> {
    let dernier = recus.last().map(|r| r.jour);
    let ecoules = match (mois.echeance, dernier) {
        (Some(echeance), Some(dernier)) => format!("{} après l’échéance", jours(echeance, dernier)),
        _ => "après l’échéance".to_owned(),
    };
    Ok(format!(
        "{} ; {}, {ecoules}.",
        attendu(mois),
        enumerer_recettes(recus)?
    ))
}

/// « 12 jours », d'un jour au suivant.
fn jours(de: Date, a: Date) -> String {
    match de.until(a).map(|duree| duree.get_days()) {
        Ok(1) => "1 jour".to_owned(),
        Ok(n) => format!("{n} jours"),
        Err(_) => "longtemps".to_owned(),
    }
}

/// « 1 000,00 € reçus le 20/02/2026 », « 1 000,00 € repris le 25/02/2026 ».
fn recu(recette: &RecetteLue) -> String {
    let (montant, jour) = (recette.montant.abs(), date_fr(recette.jour));
    let mot = if recette.montant.est_negatif() {
        "repris".to_owned()
    } else {
        accord(montant, "reçu")
    };
    format!("{montant} {mot} le {jour}")
}

fn pour_la_periode(recette: &RecetteLue) -> String {
    recette.periode.map_or_else(
        || "sans période dite".to_owned(),
        |p| format!("pour {}", p.libelle()),
    )
}

/// Les recettes une à une, ou leur somme et leurs dates si elles sont nombreuses.
fn enumerer_recettes(recettes: &[&RecetteLue]) -> Result<String, Erreur> {
    match recettes {
        [] => Ok("rien n’est reçu".to_owned()),
        [premiere, .., derniere] if recettes.len() > CITES_MAX => Ok(format!(
            "{} en {} fois, du {} au {}",
            Montant::somme(recettes.iter().map(|r| r.montant))?,
            recettes.len(),
            date_fr(premiere.jour),
            date_fr(derniere.jour)
        )),
        _ => Ok(enumerer(recettes, |r| recu(r))),
    }
}

/// « a », « a et b », « a, b et c », « a, b, c et 4 autres ».
fn enumerer<T>(choses: &[T], dire: impl Fn(&T) -> String) -> String {
    let mut mots: Vec<String> = choses.iter().take(CITES_MAX).map(dire).collect();
    let reste = choses.len().saturating_sub(CITES_MAX);
    if reste == 1 {
        mots.push("un autre".to_owned());
    } else if reste > 1 {
        mots.push(format!("{reste} autres"));
    }
    match mots.as_slice() {
        [] => String::new(),
        [seul] => seul.clone(),
        [debut @ .., dernier] => format!("{} et {dernier}", debut.join(", ")),
    }
}

fn accord(montant: Montant, mot: &str) -> String {
    // « émis » porte déjà son s.
    if montant.centimes().saturating_abs() < PLURIEL || mot.ends_with('s') {
        mot.to_owned()
    } else {
        format!("{mot}s")
    }
}
