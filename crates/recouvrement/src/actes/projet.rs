//! Un acte avant d'exister : ce qu'il dirait, et ce qui lui manque.

use std::collections::{BTreeMap, HashMap, HashSet};

use acces::{Action, Permis};
use droit::{
    Acte, Branche, Destinataire, Donnee, EtatEcheancier, Fait, Mention, ModeEnvoi, Nature, RESERVE_D_ARRONDI,
    Refus, Regime, Tranche, majoration_professionnel_sante,
};
use jiff::civil::Date;
use storage::{Db, Lot, Tx, sql};
use valeurs::{DossierId, Montant, date_longue};

use super::adresse::{ADRESSE, AdressePostale};
use super::{Reglages, numero};
use crate::Erreur;
use crate::echeanciers::{EcheancierAccorde, SuiviEcheancier};
use crate::procedure::{Suivie, charger, jour};

/// L'étape dont une contrainte cite l'acte, recommandé ou non.
const MISE_EN_DEMEURE: &str = "mise_en_demeure";
const MISE_EN_DEMEURE_SIMPLE: &str = "mise_en_demeure_simple";
const MISE_EN_DEMEURE_RECUE: &str = "mise_en_demeure_recue";
/// L'étape qui dit qu'une lettre est partie en recommandé.
pub(super) const LETTRE_RECOMMANDEE: &str = "lettre_recommandee";

/// Une créance d'un acte.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LigneActe {
    /// La créance.
    pub creance: i64,
    /// Sa référence.
    pub reference: String,
    /// Sa nature, en mots.
    pub nature: String,
    /// Premier et dernier jours de sa période, inclus.
    pub periode: (Date, Date),
    /// Sa cause.
    pub cause: Option<String>,
    /// Les jours de ses versements indus, du premier au dernier.
    pub versements: Vec<Date>,
    /// Ce qui en reste dû en principal.
    pub principal: Montant,
    /// Majorations de retard que l'émission met au débit.
    pub a_liquider: Montant,
    /// Tout ce qui est dû, majorations à liquider comprises.
    pub du: Montant,
    /// Comment ses majorations se calculent.
    pub calcul: Vec<String>,
    /// La mise en demeure qu'elle a reçue, et ce qu'elle réclamait ; sans montant, elle n'a pas été émise ici.
    mise_en_demeure: Option<(String, Option<Montant>)>,
    /// Le dernier échéancier qui l'a comprise.
    echeancier: Option<i64>,
}

impl LigneActe {
    /// Majorations, pénalités et frais dus.
    #[must_use]
    pub fn accessoires(&self) -> Montant {
        self.du.checked_sub(self.principal).unwrap_or_default()
    }

    /// Cette donnée de la créance est-elle connue ?
    fn a(&self, donnee: Donnee) -> bool {
        match donnee {
            Donnee::Cause => self.cause.as_ref().is_some_and(|cause| !cause.trim().is_empty()),
            Donnee::Versements => !self.versements.is_empty(),
            Donnee::Majorations => self.accessoires().est_nul() || !self.calcul.is_empty(),
            Donnee::Montant => !self.du.est_nul() && !self.du.est_negatif(),
            _ => true,
        }
    }

    /// Une créance inventée, pour essayer un modèle.
    pub(super) fn exemple(rang: i8) -> Self {
        let janvier = Date::constant(2026, 1, 1);
        Self {
            creance: rang.into(),
            reference: format!("EXEMPLE-{rang}"),
            nature: "Assurances sociales".to_owned(),
            periode: (janvier, Date::constant(2026, 1, 31)),
            cause: Some("absence ou insuffisance de versement".to_owned()),
            versements: vec![janvier],
            principal: Montant::de_centimes(60_000),
            a_liquider: Montant::de_centimes(1_728),
            du: Montant::de_centimes(61_728),
            calcul: vec!["EXEMPLE : 5 % de 600,00 €, puis 0,2 % par mois".to_owned()],
            mise_en_demeure: None,
            echeancier: None,
        }
    }
}

/// Ce qui manque pour écrire un acte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Manque {
    /// La donnée.
    pub donnee: Donnee,
    /// La première mention qui la veut ; aucune : tout acte la veut.
    pub mention: Option<&'static Mention>,
    /// La créance à qui elle manque, si elle est d'une créance.
    pub creance: Option<i64>,
}

/// Un acte avant d'exister.
#[derive(Clone, Debug)]
pub struct Projet {
    /// L'acte.
    pub acte: &'static Acte,
    /// Le dossier.
    pub dossier: DossierId,
    /// La branche de ses créances.
    pub branche: Branche,
    /// Le nom du débiteur.
    pub nom: String,
    /// Son matricule.
    pub matricule: String,
    /// Son adresse, si elle est connue et sûre.
    pub adresse: Option<AdressePostale>,
    /// Peut-il recevoir un recommandé électronique : une adresse, et un accord ou un SIRET ?
    pub(super) lre: bool,
    /// Les créances, de la plus ancienne à la plus récente.
    pub lignes: Vec<LigneActe>,
    /// Leur somme.
    pub total: Montant,
    /// Ce qui manque, dans l'ordre des mentions.
    pub manques: Vec<Manque>,
    valeurs: BTreeMap<Donnee, String>,
}

impl Projet {
    /// Ce qu'une mention reçoit.
    #[must_use]
    pub fn valeur(&self, donnee: Donnee) -> Option<&str> {
        self.valeurs.get(&donnee).map(String::as_str)
    }

    /// Comment il peut partir : un recommandé électronique veut une adresse électronique et un accord.
    pub fn envois(&self) -> impl Iterator<Item = ModeEnvoi> {
        let envois = self.acte.envois().iter().copied();
        envois.filter(|envoi| *envoi != ModeEnvoi::Lre || self.lre)
    }

    /// À qui l'acte est adressé : nom, puis lignes d'adresse.
    pub(super) fn destinataire(&self) -> Option<(String, Vec<String>)> {
        match self.acte.destinataire() {
            Destinataire::Debiteur => Some((self.nom.clone(), self.adresse.as_ref()?.lignes().to_vec())),
            Destinataire::Mandataire => {
                let texte = self.valeur(Donnee::Mandataire)?;
                let mut lignes = texte.lines().map(|ligne| ligne.trim().to_owned());
                Some((lignes.next()?, lignes.collect()))
            }
        }
    }
}

/// Cette créance peut-elle entrer dans cet acte, ce jour-là ?
///
/// Un acte qui constate dit une étape déjà faite : il suffit que rien ne l'ait suivie, sinon qu'il est parti en recommandé.
///
/// # Errors
/// [`Refus`], avec son article.
pub fn qualifie(acte: &'static Acte, suivie: &Suivie, au: Date) -> Result<(), Refus> {
    let parcours = &suivie.parcours;
    let etape = acte.etape(parcours.procedure());
    if !acte.constate(parcours.procedure()) {
        return parcours.verifier(etape, au);
    }
    let mut faits = parcours.faits().iter().rev();
    let dernier = faits.find(|fait| fait.etape.code() != LETTRE_RECOMMANDEE);
    if dernier.is_some_and(|fait| fait.etape == etape) {
        Ok(())
    } else {
        Err(Refus::HorsOrdre {
            etape,
            position: parcours.position(),
        })
    }
}

/// Le rang de l'étape que l'acte fait, parmi les faits de la créance.
pub(super) fn rang(acte: &'static Acte, suivie: &Suivie) -> usize {
    let parcours = &suivie.parcours;
    let (faits, procedure) = (parcours.faits(), parcours.procedure());
    if acte.constate(procedure) {
        let etape = acte.etape(procedure);
        faits
            .iter()
            .rposition(|fait| fait.etape == etape)
            .unwrap_or_default()
    } else {
        faits.len()
    }
}

/// Les créances ouvertes d'un dossier et d'une branche qui peuvent entrer dans cet acte ce jour, dans l'ordre de leurs
/// numéros.
///
/// # Errors
/// Le refus de la base ; une date qui ne se calcule pas.
pub async fn candidates<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    acte: &'static Acte,
    dossier: DossierId,
    branche: Branche,
    au: Date,
) -> Result<Vec<Suivie>, Erreur> {
    let ouvertes: Vec<(i64,)> = sql!(
        "SELECT id FROM creance WHERE dossier_id = $1 AND +branche = $2 AND (branche & $3) <> 0 AND +ouverte = 1 \
         ORDER BY id"
    )
    .bind(dossier)
    .bind(i64::from(branche.bit()))
    .bind(permis.perimetre().branches)
    .toutes(tx)
    .await?;
    let ids: Vec<i64> = ouvertes.into_iter().map(|(id,)| id).collect();
    let suivies = charger(tx, &ids).await?;
    candidates_parmi(tx, acte, suivies, au).await
}

/// Celles de ces créances qui peuvent entrer dans cet acte ce jour.
pub(super) async fn candidates_parmi(
    tx: &mut Tx,
    acte: &'static Acte,
    mut suivies: Vec<Suivie>,
    au: Date,
) -> Result<Vec<Suivie>, Erreur> {
    suivies.retain(|s| acte.est_de(s.parcours.procedure()) && qualifie(acte, s, au).is_ok());
    sans_acte(tx, acte, suivies).await
}

/// Celles de ces créances, qui y entrent, dont l'étape n'a pas encore son acte.
pub(crate) async fn sans_acte(
    tx: &mut Tx,
    acte: &'static Acte,
    mut suivies: Vec<Suivie>,
) -> Result<Vec<Suivie>, Erreur> {
    let ecrites: Vec<(i64, i64)> = Lot::nouveau()
        .entiers("id", suivies.iter().map(|s| s.creance))
        .toutes(
            tx,
            "SELECT l.creance_id, l.rang FROM v CROSS JOIN acte_creance l WHERE l.creance_id = v.id",
        )
        .await?;
    let ecrites: HashSet<(i64, i64)> = ecrites.into_iter().collect();
    suivies.retain(|s| {
        let rang = i64::try_from(rang(acte, s)).unwrap_or(i64::MAX);
        !ecrites.contains(&(s.creance, rang))
    });
    Ok(suivies)
}

#[derive(sqlx::FromRow)]
struct LigneCreance {
    id: i64,
    reference: String,
    regime: String,
    periode_debut: String,
    periode_fin: String,
    exigible_le: String,
    cause: Option<String>,
    principal: i64,
    majoration: i64,
    reste: i64,
}

#[derive(sqlx::FromRow)]
struct LigneDebiteur {
    id: i64,
    matricule: String,
    nom: String,
    prenom: String,
    code_commune: String,
    adresse_scellee: Option<Vec<u8>>,
    sure: Option<i64>,
    lre: i64,
}

/// De quoi un projet est fait, hors du dossier.
#[derive(Clone, Copy, Debug)]
pub struct Composition<'a> {
    /// L'acte.
    pub acte: &'static Acte,
    /// Ce que l'agent donne.
    pub saisies: &'a BTreeMap<Donnee, String>,
    /// Ce que la caisse dit d'elle-même.
    pub reglages: &'a Reglages,
    /// Le jour de l'acte.
    pub au: Date,
}

/// Les projets d'un acte, un par dossier et par branche, dans l'ordre des dossiers ; chacun nomme ce qui lui manque.
///
/// # Errors
/// Le refus de la base, du coffre ou du droit.
pub async fn preparer<A: Action>(
    db: &Db,
    tx: &mut Tx,
    permis: &Permis<A>,
    composition: Composition<'_>,
    suivies: &[Suivie],
) -> Result<Vec<Projet>, Erreur> {
    let Composition { acte, au, .. } = composition;
    let mut groupes: BTreeMap<(DossierId, Branche), Vec<&Suivie>> = BTreeMap::new();
    for suivie in suivies {
        let cle = (suivie.dossier, suivie.nature.branche());
        groupes.entry(cle).or_default().push(suivie);
    }
    let mut lignes = lignes(tx, acte, suivies, au).await?;
    let debiteurs = debiteurs(db, tx, suivies).await?;
    let mut projets = Vec::with_capacity(groupes.len());
    for ((dossier, branche), siennes) in groupes {
        let debiteur = debiteurs.get(&dossier).ok_or(creances::Erreur::DossierInconnu)?;
        let mut siennes: Vec<LigneActe> = siennes.iter().filter_map(|s| lignes.remove(&s.creance)).collect();
        siennes.sort_by_key(|ligne| (ligne.periode, ligne.creance));
        let plan = if acte.dit_un_echeancier() {
            plan(tx, permis, &siennes, au).await?
        } else {
            None
        };
        projets.push(projet(
            composition,
            (dossier, branche),
            debiteur,
            siennes,
            plan.as_ref(),
        )?);
    }
    Ok(projets)
}

struct Debiteur {
    matricule: String,
    nom: String,
    commune: String,
    adresse: Option<AdressePostale>,
    lre: bool,
}

async fn debiteurs(db: &Db, tx: &mut Tx, suivies: &[Suivie]) -> Result<HashMap<DossierId, Debiteur>, Erreur> {
    let mut dossiers: Vec<i64> = suivies.iter().map(|s| s.dossier.get()).collect();
    dossiers.sort_unstable();
    dossiers.dedup();
    let lues: Vec<LigneDebiteur> = Lot::nouveau()
        .entiers("id", dossiers.iter().copied())
        .toutes(
            tx,
            "SELECT d.id, d.matricule, d.nom, d.prenom, d.code_commune, a.adresse_scellee, a.sure, \
             CAST(CASE WHEN EXISTS (SELECT 1 FROM contact c WHERE c.dossier_id = d.id AND c.nature = 'mail') \
             AND (d.siret IS NOT NULL OR COALESCE((SELECT k.accepte FROM consentement_lre k \
             WHERE k.dossier_id = d.id ORDER BY k.id DESC LIMIT 1), 0) = 1) THEN 1 ELSE 0 END AS BIGINT) AS lre FROM v CROSS JOIN debiteur d LEFT JOIN adresse_postale a ON a.dossier_id = d.id WHERE d.id = v.id",
        )
        .await?;
    let cles = db.coffre().cles(&dossiers).await?;
    lues.into_iter()
        .map(|l| {
            let adresse = match l.adresse_scellee.filter(|_| l.sure == Some(1)) {
                None => None,
                Some(scellee) => {
                    let cle = cles.get(&l.id).ok_or(storage::Erreur::Descellement(l.id))?;
                    let texte = cle.desceller(ADRESSE, &scellee)?;
                    Some(texte.parse().map_err(|_| Erreur::Illisible("adresse"))?)
                }
            };
            let debiteur = Debiteur {
                matricule: l.matricule,
                nom: format!("{} {}", l.prenom, l.nom).trim().to_owned(),
                commune: l.code_commune,
                adresse,
                lre: l.lre == 1,
            };
            Ok((DossierId::new(l.id), debiteur))
        })
        .collect()
}

async fn lignes(
    tx: &mut Tx,
    acte: &'static Acte,
    suivies: &[Suivie],
    au: Date,
) -> Result<HashMap<i64, LigneActe>, Erreur> {
    let ids: Vec<i64> = suivies.iter().map(|s| s.creance).collect();
    let lot = || Lot::nouveau().entiers("id", ids.iter().copied());
    let lues: Vec<LigneCreance> = lot()
        .toutes(
            tx,
            "SELECT c.id, c.reference, c.regime, c.periode_debut, c.periode_fin, c.exigible_le, c.cause, \
             c.reste_part_ouvriere + c.reste_part_patronale + c.reste_principal AS principal, \
             c.reste_majoration AS majoration, c.reste_centimes AS reste FROM v CROSS JOIN creance c WHERE c.id = v.id",
        )
        .await?;
    let mut versements: HashMap<i64, Vec<Date>> = HashMap::new();
    if acte.exige(Donnee::Versements) {
        let lus: Vec<(i64, String)> = lot()
            .toutes(
                tx,
                "SELECT w.creance_id, w.jour FROM v CROSS JOIN versement_indu w WHERE w.creance_id = v.id",
            )
            .await?;
        for (creance, le) in lus {
            versements.entry(creance).or_default().push(jour(&le)?);
        }
    }
    let mut dues = HashMap::new();
    if acte.exige(Donnee::Majorations) {
        for due in creances::creances::majorations_dues(tx, &ids, au, &[]).await? {
            dues.insert(due.creance, due);
        }
    }
    let mises_en_demeure = if acte.exige(Donnee::MiseEnDemeure) {
        mises_en_demeure(tx, &ids).await?
    } else {
        HashMap::new()
    };
    let echeanciers = if acte.dit_un_echeancier() {
        echeanciers(tx, &ids).await?
    } else {
        HashMap::new()
    };
    let suivies: HashMap<i64, &Suivie> = suivies.iter().map(|s| (s.creance, s)).collect();
    let mut lignes = HashMap::with_capacity(lues.len());
    for l in lues {
        let Some(suivie) = suivies.get(&l.id) else {
            continue;
        };
        let due = dues.get(&l.id);
        let a_liquider = match due {
            Some(due) if acte.liquide_majorations() => due.due,
            _ => Montant::ZERO,
        };
        let majoration = Montant::de_centimes(l.majoration).checked_add(a_liquider)?;
        let calcul = match due {
            Some(due) if !majoration.est_nul() => due
                .calcul
                .explication
                .iter()
                .map(|pas| {
                    let phrase = pas.phrase.trim_end_matches(RESERVE_D_ARRONDI);
                    format!("{} : {phrase}", l.reference)
                })
                .collect(),
            _ => Vec::new(),
        };
        let mut jours = versements.remove(&l.id).unwrap_or_default();
        jours.sort_unstable();
        lignes.insert(
            l.id,
            LigneActe {
                creance: l.id,
                nature: suivie.nature.to_string(),
                periode: (jour(&l.periode_debut)?, jour(&l.periode_fin)?),
                cause: cause(suivie.nature, l.cause, &l.regime, jour(&l.exigible_le)?)?,
                versements: jours,
                principal: Montant::de_centimes(l.principal),
                a_liquider,
                du: Montant::de_centimes(l.reste).checked_add(a_liquider)?,
                calcul,
                mise_en_demeure: mise_en_demeure(suivie, mises_en_demeure.get(&l.id)),
                echeancier: echeanciers.get(&l.id).copied(),
                reference: l.reference,
            },
        );
    }
    Ok(lignes)
}

/// La cause qu'un acte dit : celle d'un indu est écrite à la créance ; celle d'une cotisation est de n'être pas payée.
fn cause(
    nature: Nature,
    cause: Option<String>,
    regime: &str,
    exigible_le: Date,
) -> Result<Option<String>, Erreur> {
    match nature {
        Nature::Cotisation(_) => {
            let regime: Regime = regime.parse().map_err(|_| Erreur::Illisible("régime"))?;
            Ok(Some(format!(
                "{} : absence ou insuffisance de versement à la date limite du {}",
                regime.libelle(),
                date_longue(exigible_le)
            )))
        }
        Nature::Indu(_) | Nature::Soins(_) => Ok(cause),
    }
}

/// Les mises en demeure émises pour ces créances : l'acte, son jour, ce qu'il réclamait.
async fn mises_en_demeure(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, (i64, String, i64)>, Erreur> {
    let mut lues: Vec<(i64, i64, String, i64, String)> = Lot::nouveau()
        .entiers("id", ids.iter().copied())
        .toutes(
            tx,
            "SELECT l.creance_id, l.acte_id, a.emis_le, l.montant_centimes, a.code \
             FROM v CROSS JOIN acte_creance l CROSS JOIN acte a WHERE l.creance_id = v.id AND a.id = l.acte_id",
        )
        .await?;
    lues.sort_unstable();
    let regles = droit::Droit::charger();
    Ok(lues
        .into_iter()
        .filter(|l| {
            regles
                .acte(&l.4)
                .is_some_and(|acte| acte.modele() == MISE_EN_DEMEURE)
        })
        .map(|(creance, acte, emis_le, montant, _)| (creance, (acte, emis_le, montant)))
        .collect())
}

/// Le dernier échéancier de chacune de ces créances.
async fn echeanciers(tx: &mut Tx, ids: &[i64]) -> Result<HashMap<i64, i64>, Erreur> {
    let lus: Vec<(i64, i64)> = Lot::nouveau()
        .entiers("id", ids.iter().copied())
        .toutes(
            tx,
            "SELECT e.creance_id, MAX(e.echeancier_id) FROM v CROSS JOIN echeancier_creance e \
             WHERE e.creance_id = v.id GROUP BY e.creance_id",
        )
        .await?;
    Ok(lus.into_iter().collect())
}

/// Le seul échéancier de ces créances ; rien s'il y en a plusieurs, ou aucun.
async fn plan<A: Action>(
    tx: &mut Tx,
    permis: &Permis<A>,
    lignes: &[LigneActe],
    au: Date,
) -> Result<Option<SuiviEcheancier>, Erreur> {
    let numeros: HashSet<Option<i64>> = lignes.iter().map(|ligne| ligne.echeancier).collect();
    let mut numeros = numeros.into_iter();
    let (Some(Some(numero)), None) = (numeros.next(), numeros.next()) else {
        return Ok(None);
    };
    crate::echeanciers::echeancier(tx, permis, numero, au).await
}

fn dire_l_echeancier(accorde: &EcheancierAccorde) -> String {
    let mensualites = accorde.echeancier.mensualites();
    let dites: Vec<String> = mensualites
        .iter()
        .map(|m| format!("{} le {}", m.montant, date_longue(m.jour)))
        .collect();
    let combien = match dites.len() {
        1 => "une mensualité".to_owned(),
        n => format!("{n} mensualités"),
    };
    let clause = if accorde.clause_de_rupture {
        ". Deux échéances impayées de suite y mettent fin"
    } else {
        ""
    };
    format!(
        "L’échéancier conclu le {} porte sur {}, en {combien} : {}{clause}",
        date_longue(accorde.conclu_le),
        accorde.echeancier.total(),
        dites.join(" ; ")
    )
}

/// Pourquoi un échéancier a pris fin sans être payé ; rien tant qu'un agent ne l'a pas constaté.
fn dire_la_fin(suivi: &SuiviEcheancier) -> Option<String> {
    let (EtatEcheancier::Rompu(fin) | EtatEcheancier::Expire(fin)) = &suivi.suivi.etat else {
        return None;
    };
    let (depuis, _) = suivi.accorde.rompu.as_ref()?;
    let articles: Vec<String> = fin
        .articles
        .iter()
        .map(|article| format!("{article:#}"))
        .collect();
    Some(format!(
        "L’échéancier conclu le {} a pris fin le {} : {} ({})",
        date_longue(suivi.accorde.conclu_le),
        date_longue(*depuis),
        fin.phrase,
        articles.join(" ; ")
    ))
}

/// « n° A00000123 du 3 mars 2026, reçue le 5 mars 2026 », et ce qu'elle réclamait.
fn mise_en_demeure(suivie: &Suivie, emise: Option<&(i64, String, i64)>) -> Option<(String, Option<Montant>)> {
    let dernier = |codes: &[&str]| {
        let faits = suivie.parcours.faits().iter().rev();
        faits
            .copied()
            .find(|fait: &Fait| codes.contains(&fait.etape.code()))
    };
    let envoyee = dernier(&[MISE_EN_DEMEURE, MISE_EN_DEMEURE_SIMPLE])?;
    let recue = dernier(&[MISE_EN_DEMEURE_RECUE]).filter(|recue| recue.jour >= envoyee.jour)?;
    let le = envoyee.jour.to_string();
    let emise = emise.filter(|(_, emis_le, _)| *emis_le == le);
    let reference = emise.map_or_else(String::new, |(acte, ..)| format!("n° {} ", numero(*acte)));
    Some((
        format!(
            "{reference}du {}, reçue le {}",
            date_longue(envoyee.jour),
            date_longue(recue.jour)
        ),
        emise.map(|(_, _, montant)| Montant::de_centimes(*montant)),
    ))
}

fn projet(
    composition: Composition<'_>,
    (dossier, branche): (DossierId, Branche),
    debiteur: &Debiteur,
    lignes: Vec<LigneActe>,
    plan: Option<&SuiviEcheancier>,
) -> Result<Projet, Erreur> {
    let Composition {
        acte,
        saisies,
        reglages,
        au,
    } = composition;
    let total = Montant::somme(lignes.iter().map(|ligne| ligne.du))?;
    let mut valeurs: BTreeMap<Donnee, String> = BTreeMap::new();
    for donnee in Donnee::TOUS {
        let valeur = match donnee {
            Donnee::Total => Some(total.to_string()),
            Donnee::MajorationSoins if acte.exige(*donnee) => Some(majoration_soins(total, au)?.to_string()),
            Donnee::Debiteur => Some(debiteur.nom.clone()),
            Donnee::MiseEnDemeure => citees(&lignes),
            Donnee::Mensualites => plan.map(|plan| dire_l_echeancier(&plan.accorde)),
            Donnee::FinEcheancier => plan.and_then(dire_la_fin),
            saisie if saisie.se_saisit() => saisies
                .get(saisie)
                .map(|texte| texte.trim().trim_end_matches('.').to_owned())
                .filter(|texte| !texte.is_empty()),
            autre => reglages.donnee(*autre, &debiteur.commune),
        };
        if let Some(valeur) = valeur {
            valeurs.insert(*donnee, valeur);
        }
    }
    let mut projet = Projet {
        acte,
        dossier,
        branche,
        nom: debiteur.nom.clone(),
        matricule: debiteur.matricule.clone(),
        adresse: debiteur.adresse.clone(),
        lre: debiteur.lre && acte.destinataire() == Destinataire::Debiteur,
        lignes,
        total,
        manques: Vec::new(),
        valeurs,
    };
    projet.manques = manques(&projet, reglages, au);
    Ok(projet)
}

/// Ce que le défaut de paiement d'une mise en demeure émise ce jour ajouterait à tout le montant (CRPM R725-22-2).
fn majoration_soins(total: Montant, jour: Date) -> Result<Montant, Erreur> {
    let impayee = Tranche {
        montant: total,
        paye_le: None,
    };
    let lendemain = jour.tomorrow().map_err(droit::Erreur::from)?;
    Ok(majoration_professionnel_sante(jour, lendemain, &[impayee])?.total)
}

/// Les mises en demeure des créances, dites une fois chacune ; rien si l'une n'en a pas reçu, ou doit plus qu'elle ne
/// réclamait.
fn citees(lignes: &[LigneActe]) -> Option<String> {
    let mut citees: Vec<&str> = Vec::new();
    for ligne in lignes {
        let (citee, reclame) = ligne.mise_en_demeure.as_ref()?;
        if reclame.is_some_and(|reclame| ligne.du > reclame) {
            return None;
        }
        if !citees.contains(&citee.as_str()) {
            citees.push(citee);
        }
    }
    (!citees.is_empty()).then(|| citees.join(" et "))
}

fn manques(projet: &Projet, reglages: &Reglages, au: Date) -> Vec<Manque> {
    let acte = projet.acte;
    let mut manques = Vec::new();
    let commun = |donnee| Manque {
        donnee,
        mention: None,
        creance: None,
    };
    match acte.destinataire() {
        Destinataire::Debiteur if projet.adresse.is_none() => manques.push(commun(Donnee::Adresse)),
        Destinataire::Mandataire if projet.destinataire().is_none_or(|(_, lignes)| lignes.is_empty()) => {
            manques.push(commun(Donnee::Mandataire));
        }
        _ => {}
    }
    for mention in acte.mentions() {
        for donnee in mention.exige() {
            let manque = |creance| Manque {
                donnee: *donnee,
                mention: Some(mention),
                creance,
            };
            if manques.iter().any(|m: &Manque| m.donnee == *donnee) {
                continue;
            }
            match donnee {
                Donnee::Numero => {}
                Donnee::Signataire => {
                    if reglages.signataires(acte, projet.total, au).next().is_none() {
                        manques.push(manque(None));
                    }
                }
                donnee if donnee.est_de_la_creance() => {
                    let sans = projet.lignes.iter().filter(|ligne| !ligne.a(*donnee));
                    manques.extend(sans.map(|ligne| manque(Some(ligne.creance))));
                }
                donnee => {
                    if projet.valeur(*donnee).is_none() {
                        manques.push(manque(None));
                    }
                }
            }
        }
    }
    manques
}
