use std::collections::{BTreeSet, HashMap, HashSet};

use releves::{Ligne, ModePaiement, Operation};
use storage::{Lot, Tx};
use valeurs::Montant;

use super::Attente;
use super::destination::{Destination, Indices, destinations};
use super::identite::regroupe;
use super::importer::{BilanFichier, Importateur};
use super::imputer::{Atelier, Somme};
use super::retour;
use crate::Erreur;
use crate::dossiers::IBAN;
use crate::grand_livre::{Compte, Mouvement, NatureMouvement, NouvelEncaissement};

/// Nom du verrou qui met les imports d'une caisse l'un derrière l'autre.
pub(super) const TRAVAIL: &str = "encaissements";

/// Une ligne de relevé et son identité.
pub(super) struct LigneLue {
    pub(super) ligne: Ligne,
    pub(super) identite: Vec<u8>,
    /// Identité de l'écriture dont elle est un détail.
    pub(super) lot: Option<Vec<u8>>,
    pub(super) sure: bool,
}

/// Une recette déjà comptabilisée.
#[derive(sqlx::FromRow, Clone, Debug)]
pub(super) struct Connue {
    pub(super) id: i64,
    identite: Vec<u8>,
    fichier_id: Option<i64>,
    montant_centimes: i64,
    pub(super) rac_centimes: i64,
    attente: Option<String>,
}

/// Ce que la base sait des lignes d'un lot.
pub(super) struct Connues {
    par_identite: HashMap<Vec<u8>, Connue>,
    detaillees: HashSet<Vec<u8>>,
}

impl Connues {
    pub(super) async fn chercher(tx: &mut Tx, lignes: &[LigneLue]) -> Result<Self, Erreur> {
        let identites: BTreeSet<&Vec<u8>> = lignes
            .iter()
            .flat_map(|l| [Some(&l.identite), l.lot.as_ref()])
            .flatten()
            .collect();
        let connues: Vec<Connue> = Lot::nouveau()
            .octets("identite", identites.into_iter().cloned().map(Some))
            .toutes(
                tx,
                "SELECT e.id, e.identite, e.fichier_id, e.montant_centimes, e.rac_centimes, e.attente \
                 FROM v CROSS JOIN encaissement e WHERE e.identite = v.identite",
            )
            .await?;
        let ecritures = lignes.iter().filter(|l| l.sure && l.lot.is_none());
        let detaillees: Vec<(Vec<u8>,)> = Lot::nouveau()
            .octets("identite", ecritures.map(|l| Some(l.identite.clone())))
            .toutes(
                tx,
                "SELECT DISTINCT v.identite FROM v CROSS JOIN encaissement e WHERE e.lot_identite = v.identite",
            )
            .await?;
        Ok(Self {
            par_identite: connues.into_iter().map(|c| (c.identite.clone(), c)).collect(),
            detaillees: detaillees.into_iter().map(|d| d.0).collect(),
        })
    }

    /// Montant signé sous lequel une identité est comptabilisée.
    pub(super) fn montant(&self, identite: &[u8]) -> Option<Montant> {
        self.par_identite
            .get(identite)
            .map(|c| Montant::de_centimes(c.montant_centimes))
    }
}

/// Comptabilise un lot de lignes dans une transaction.
pub(super) async fn importer_lot(
    par: &Importateur<'_>,
    tx: &mut Tx,
    fichier: i64,
    nom: &str,
    lignes: &[LigneLue],
) -> Result<BilanFichier, Erreur> {
    // Un import à la fois : deux qui se recouvrent se croiraient chacun le premier à connaître une ligne.
    tx.verrouiller_travail(TRAVAIL).await?;
    let mut bilan = BilanFichier::default();
    let connues = Connues::chercher(tx, lignes).await?;
    let mut nouvelles = Vec::with_capacity(lignes.len());
    let mut presumees = Vec::new();
    let mut precisees = Vec::new();
    for l in lignes {
        if let Some(connue) = connues.par_identite.get(&l.identite) {
            bilan.deja_connus += 1;
            if !l.sure && connue.fichier_id != Some(fichier) {
                presumees.push((l.ligne.numero, connue.id));
            } else if connue.attente.as_deref() == Some(Attente::DebiteurInconnu.code()) {
                precisees.push((connue.id, l));
            }
        } else if connues.detaillees.contains(&l.identite) {
            bilan.deja_connus += 1;
        } else {
            nouvelles.push(l);
        }
    }
    noter_presumees(tx, fichier, presumees).await?;
    let (retours, credits): (Vec<&LigneLue>, Vec<&LigneLue>) = nouvelles
        .into_iter()
        .partition(|l| matches!(l.ligne.operation, Operation::Retour(_)));
    crediter(par, tx, fichier, nom, &connues, &credits, &mut bilan).await?;
    retour::importer(par, tx, fichier, &retours, &mut bilan).await?;
    super::retenter::preciser(par, tx, &precisees).await?;
    Ok(bilan)
}

async fn noter_presumees(tx: &mut Tx, fichier: i64, presumees: Vec<(u64, i64)>) -> Result<(), Erreur> {
    Lot::nouveau()
        .entiers("fichier_id", presumees.iter().map(|_| fichier))
        .entiers("ligne", presumees.iter().map(|p| rang(p.0)))
        .entiers("encaissement_id", presumees.iter().map(|p| p.1))
        .executer(
            tx,
            "INSERT INTO ligne_presumee (fichier_id, ligne, encaissement_id) \
             SELECT fichier_id, ligne, encaissement_id FROM v WHERE true ON CONFLICT DO NOTHING",
        )
        .await?;
    Ok(())
}

async fn crediter(
    par: &Importateur<'_>,
    tx: &mut Tx,
    fichier: i64,
    nom: &str,
    connues: &Connues,
    credits: &[&LigneLue],
    bilan: &mut BilanFichier,
) -> Result<(), Erreur> {
    let coffre = par.db.coffre();
    let indices: Vec<Indices> = credits
        .iter()
        .map(|l| Indices::de_la_ligne(coffre, &l.ligne))
        .collect();
    let destinations = destinations(tx, &indices).await?;
    let dossiers = destinations.iter().filter_map(|d| match d {
        Destination::Dossier { dossier, .. } => Some(*dossier),
        Destination::Rac(_) => None,
    });
    let mut atelier = Atelier::ouvrir(tx, dossiers.collect(), par.auteur, par.maintenant).await?;
    let ibans = Ibans::sceller(par, tx, credits, &indices, &destinations).await?;
    let ids = tx.reserver("encaissement", credits.len()).await?;
    let mut restes_de_lots: HashMap<i64, i64> = HashMap::new();
    let mut mots = Vec::new();
    for (i, (l, id)) in credits.iter().zip(ids).enumerate() {
        let montant = l.ligne.montant;
        let parent = l.lot.as_ref().and_then(|lot| connues.par_identite.get(lot));
        if let Some(parent) = parent {
            let reste = restes_de_lots.entry(parent.id).or_insert(parent.rac_centimes);
            if *reste == 0 {
                // Un agent a déjà placé le lot lui-même.
                bilan.deja_connus += 1;
                continue;
            }
            *reste -= montant.centimes();
            if *reste < 0 {
                return Err(Erreur::ReferenceDivergente {
                    fichier: nom.to_owned(),
                    ligne: l.ligne.numero,
                });
            }
        }
        let destination = if regroupe(&l.ligne) && l.lot.is_none() {
            Destination::Rac(Attente::LotSansDetail)
        } else if matches!(l.ligne.operation, Operation::DebitAnnule(_)) {
            Destination::Rac(Attente::VersementRevenu)
        } else {
            destinations[i].clone()
        };
        let jour = l.ligne.date;
        let debut = match parent {
            Some(parent) => Mouvement::nouveau(NatureMouvement::Ventilation, jour, par.auteur, None).debit(
                Compte::Rac {
                    encaissement: parent.id,
                },
                montant,
            ),
            None => Mouvement::nouveau(NatureMouvement::Encaissement, jour, par.auteur, None)
                .debit(Compte::Banque { encaissement: id }, montant),
        };
        let (dossier, mouvement, rac, attente) = match destination {
            Destination::Dossier { dossier, designation } => {
                let somme = Somme {
                    encaissement: id,
                    montant,
                    jour,
                    dossier,
                    designation,
                };
                let (m, reliquat) = atelier.imputer(tx, &somme, debut).await?;
                (Some(dossier), m, reliquat.montant, reliquat.attente)
            }
            Destination::Rac(attente) => (None, debut, montant, Some(attente)),
        };
        atelier
            .lot
            .mouvements
            .push(mouvement.credit(Compte::Rac { encaissement: id }, rac));
        if rac.est_nul() {
            bilan.imputes += 1;
        } else {
            bilan.en_rac += 1;
            mots.extend(
                indices[i]
                    .mots
                    .iter()
                    .filter(|_| dossier.is_none())
                    .map(|m| (m.clone(), id)),
            );
        }
        if parent.is_none() {
            bilan.montant_centimes = bilan
                .montant_centimes
                .checked_add(montant.centimes())
                .ok_or(valeurs::Depassement)?;
        }
        let (iban_hache, iban_scelle) = ibans.du_credit(i, indices[i].iban_hache.as_ref());
        atelier.lot.encaissements.push(NouvelEncaissement {
            iban_hache,
            iban_scelle,
            dossier,
            parent: parent.map(|p| p.id),
            attente: attente.map(|a| a.code().to_owned()),
            ..nouvel_encaissement(id, fichier, l)
        });
    }
    atelier.passer(tx).await?;
    Lot::nouveau()
        .textes("mot", mots.iter().map(|m| m.0.as_str()))
        .entiers("encaissement_id", mots.iter().map(|m| m.1))
        .executer(
            tx,
            "INSERT INTO mot_recette (mot, encaissement_id) SELECT mot, encaissement_id FROM v",
        )
        .await?;
    Ok(())
}

/// Une recette telle que sa ligne la dit, sans rien de ce que la base en sait.
pub(super) fn nouvel_encaissement(id: i64, fichier: i64, l: &LigneLue) -> NouvelEncaissement {
    let ligne = &l.ligne;
    NouvelEncaissement {
        id,
        identite: l.identite.clone(),
        fichier: Some(fichier),
        ligne: rang(ligne.numero),
        jour: ligne.date,
        montant: ligne.montant,
        mode: code_mode(ligne.mode).to_owned(),
        siret: ligne.siret.as_ref().map(|s| s.as_str().to_owned()),
        periode: ligne.periode.map(|p| p.to_string()),
        iban_hache: None,
        iban_scelle: None,
        nom_payeur: ligne.nom_payeur.clone(),
        libelle: ligne.libelle.clone(),
        reference_bancaire: ligne.reference_bancaire.clone(),
        lot_identite: l.lot.clone(),
        transaction: ligne.reference_detail.as_ref().map(|d| sans_rang(d).to_owned()),
        bout_en_bout: ligne.end_to_end.clone(),
        dossier: None,
        parent: None,
        retour_de: None,
        attente: None,
    }
}

fn sans_rang(detail: &str) -> &str {
    detail.rsplit_once('#').map_or(detail, |(reference, _)| reference)
}

fn rang(numero: u64) -> i64 {
    i64::try_from(numero).unwrap_or(i64::MAX)
}

/// Code du mode de paiement tenu en base.
#[must_use]
pub const fn code_mode(mode: ModePaiement) -> &'static str {
    match mode {
        ModePaiement::Cheque => "cheque",
        ModePaiement::Virement => "virement",
        ModePaiement::TitreInterbancaire => "tip",
        ModePaiement::Prelevement => "prelevement",
        ModePaiement::AutreEtablissement => "autre_etablissement",
        ModePaiement::TeleReglement => "telereglement",
        ModePaiement::CarteBancaire => "carte",
        ModePaiement::Especes => "especes",
        ModePaiement::Autre => "autre",
    }
}

/// Les IBAN d'un lot, scellés là où ils doivent l'être.
struct Ibans {
    scelles: HashMap<usize, Vec<u8>>,
}

impl Ibans {
    /// Dossier connu : l'IBAN va avec ses comptes bancaires, s'il n'y est pas. Dossier inconnu : il reste avec la
    /// recette, scellé par la clé du mois des RAC.
    async fn sceller(
        par: &Importateur<'_>,
        tx: &mut Tx,
        credits: &[&LigneLue],
        indices: &[Indices],
        destinations: &[Destination],
    ) -> Result<Self, Erreur> {
        let porteurs: Vec<(usize, i64, &Vec<u8>)> = (0..)
            .zip(destinations)
            .zip(indices)
            .filter_map(|((i, d), indice)| match d {
                Destination::Dossier { dossier, .. } => Some((i, dossier.get(), indice.iban_hache.as_ref()?)),
                Destination::Rac(_) => None,
            })
            .collect();
        let connus: HashSet<(Vec<u8>, i64)> = Lot::nouveau()
            .octets("hache", porteurs.iter().map(|p| Some(p.2.clone())))
            .entiers("dossier", porteurs.iter().map(|p| p.1))
            .toutes(
                tx,
                "SELECT c.iban_hache, c.dossier_id FROM v CROSS JOIN compte_bancaire c \
                 WHERE c.iban_hache = v.hache AND c.dossier_id = v.dossier",
            )
            .await?
            .into_iter()
            .collect();
        let mut neufs: HashMap<(Vec<u8>, i64), usize> = HashMap::new();
        for (i, dossier, hache) in porteurs {
            let cle = (hache.clone(), dossier);
            if !connus.contains(&cle) {
                neufs.entry(cle).or_insert(i);
            }
        }
        let en_rac: Vec<(usize, i64)> = (0..)
            .zip(destinations)
            .filter(|(i, d): &(usize, _)| {
                matches!(d, Destination::Rac(_)) && credits[*i].ligne.iban.is_some()
            })
            .map(|(i, _)| (i, cle_du_mois(credits[i].ligne.date)))
            .collect();
        let besoins: BTreeSet<i64> = neufs
            .keys()
            .map(|(_, d)| *d)
            .chain(en_rac.iter().map(|(_, c)| *c))
            .collect();
        let besoins: Vec<i64> = besoins.into_iter().collect();
        let cles = if besoins.is_empty() {
            HashMap::new()
        } else {
            par.db.coffre().cles(&besoins).await?
        };
        let sceller = |i: usize, cle: i64| -> Result<Vec<u8>, Erreur> {
            let iban = credits[i].ligne.iban.as_ref().map_or("", |iban| iban.as_str());
            Ok(cles
                .get(&cle)
                .ok_or(storage::Erreur::Descellement(cle))?
                .sceller(IBAN, iban)?)
        };
        let mut comptes = Vec::with_capacity(neufs.len());
        for ((hache, dossier), i) in neufs {
            comptes.push((
                hache,
                dossier,
                sceller(i, dossier)?,
                credits[i].ligne.date.to_string(),
            ));
        }
        comptes.sort_unstable();
        Lot::nouveau()
            .octets("iban_hache", comptes.iter().map(|c| Some(c.0.clone())))
            .entiers("dossier_id", comptes.iter().map(|c| c.1))
            .octets("iban_scelle", comptes.iter().map(|c| Some(c.2.clone())))
            .textes("depuis", comptes.iter().map(|c| c.3.as_str()))
            .executer(
                tx,
                "INSERT INTO compte_bancaire (iban_hache, dossier_id, iban_scelle, depuis) \
                 SELECT iban_hache, dossier_id, iban_scelle, depuis FROM v WHERE true ON CONFLICT DO NOTHING",
            )
            .await?;
        let scelles = en_rac
            .into_iter()
            .map(|(i, cle)| Ok((i, sceller(i, cle)?)))
            .collect::<Result<_, Erreur>>()?;
        Ok(Self { scelles })
    }

    fn du_credit(&self, i: usize, hache: Option<&Vec<u8>>) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
        (hache.cloned(), self.scelles.get(&i).cloned())
    }
}

/// La clé des recettes à classer d'un mois : numéro de dossier négatif, `-AAAAMM`.
pub(super) fn cle_du_mois(jour: jiff::civil::Date) -> i64 {
    -(i64::from(jour.year()) * 100 + i64::from(jour.month()))
}
