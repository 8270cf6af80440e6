//! Met une population dans la base d'une caisse, par les mêmes portes que la vraie vie.

use creances::creances::{CreanceAEmettre, Parts, emettre, majorations_dues, notifier};
use creances::dossiers::{CommentaireRepris, Contact, EvenementRepris, NouveauDebiteur, inscrire, reprendre};
use creances::encaissements::{Importateur, code_mode, comptabiliser, fermer_fichier, ouvrir_fichier};
use jiff::Timestamp;
use jiff::civil::Date;
use releves::{Ligne, Operation, OrigineDuRetour, Retour};
use storage::{Db, Tx, ecrire};
use valeurs::DossierId;

use crate::{Debiteur, Paiement, Population, Principal};

/// Débiteurs par transaction.
const LOT: usize = 2_000;
/// Une recette orpheline pour tant de débiteurs, et au moins `ORPHELINES`.
const DEBITEURS_PAR_ORPHELINE: u64 = 60;
const ORPHELINES: u64 = 12;
/// Auteur de ce qui n'est signé par personne.
const AUTEUR: &str = "reprise";
/// Un dossier sur tant a vu ses majorations de retard notifiées.
const DOSSIERS_PAR_NOTIFICATION: u64 = 9;

/// Charge toute la population ; `progres` reçoit le nombre de débiteurs inscrits.
///
/// # Errors
/// Le refus de la base.
pub async fn charger(
    db: &Db,
    population: &Population,
    maintenant: Timestamp,
    aujourdhui: Date,
    mut progres: impl FnMut(u64),
) -> Result<(), creances::Erreur> {
    let par = Importateur {
        db,
        auteur: AUTEUR,
        maintenant,
    };
    let fichier = ouvrir_fichier(&par, "reprise des encaissements").await?;
    let mut rang = 0;
    while rang < population.combien() {
        let debiteurs: Vec<Debiteur> = (rang..).take(LOT).map_while(|r| population.debiteur(r)).collect();
        let r: Result<(), creances::Erreur> = ecrire!(db, |tx| charger_lot(
            &par, tx, fichier, rang, &debiteurs, aujourdhui
        )
        .await);
        r?;
        rang += u64::try_from(debiteurs.len()).unwrap_or(u64::MAX);
        progres(rang);
    }
    let orphelines = ORPHELINES.max(population.combien() / DEBITEURS_PAR_ORPHELINE);
    let lignes: Vec<Ligne> = (1..)
        .zip(population.recettes_orphelines(orphelines))
        .map(|(n, o)| ligne(n, &o.paiement))
        .collect();
    for lignes in lignes.chunks(LOT) {
        let r: Result<_, creances::Erreur> =
            ecrire!(db, |tx| comptabiliser(&par, tx, fichier, lignes.to_vec()).await);
        r?;
    }
    fermer_fichier(&par, fichier).await?;
    Ok(db.actualiser_statistiques().await?)
}

/// Comptabilise des paiements, par date, d'un relevé de ce nom : ceux d'un mois déclaré, une fois ses déclarations
/// déposées.
///
/// # Errors
/// Le refus de la base.
pub async fn encaisser(
    db: &Db,
    releve: &str,
    paiements: &[Paiement],
    maintenant: Timestamp,
) -> Result<(), creances::Erreur> {
    let par = Importateur {
        db,
        auteur: AUTEUR,
        maintenant,
    };
    let fichier = ouvrir_fichier(&par, releve).await?;
    let mut lignes: Vec<Ligne> = Vec::new();
    for (n, p) in (1..).zip(paiements) {
        lignes.push(ligne(n, p));
        lignes.extend(retour(n, p));
    }
    lignes.sort_by(|a, b| (a.date, &a.reference_bancaire).cmp(&(b.date, &b.reference_bancaire)));
    for lignes in lignes.chunks(LOT) {
        let r: Result<_, creances::Erreur> =
            ecrire!(db, |tx| comptabiliser(&par, tx, fichier, lignes.to_vec()).await);
        r?;
    }
    fermer_fichier(&par, fichier).await
}

async fn charger_lot(
    par: &Importateur<'_>,
    tx: &mut Tx,
    fichier: i64,
    premier: u64,
    debiteurs: &[Debiteur],
    aujourdhui: Date,
) -> Result<(), creances::Erreur> {
    let nouveaux: Vec<NouveauDebiteur> = debiteurs.iter().map(nouveau).collect();
    let dossiers = inscrire(par.db, tx, &nouveaux, aujourdhui).await?;
    let a_emettre: Vec<CreanceAEmettre> = dossiers
        .iter()
        .zip(debiteurs)
        .flat_map(|(dossier, d)| d.creances.iter().map(|c| a_emettre(*dossier, d, c)))
        .collect();
    let creances = emettre(tx, &a_emettre, par.auteur, par.maintenant).await?;
    let mut lignes: Vec<Ligne> = Vec::new();
    for (d, n) in debiteurs.iter().zip(premier..) {
        for p in &d.encaissements {
            lignes.push(ligne(n, p));
            lignes.extend(retour(n, p));
        }
    }
    lignes.sort_by(|a, b| (a.date, &a.reference_bancaire).cmp(&(b.date, &b.reference_bancaire)));
    comptabiliser(par, tx, fichier, lignes).await?;
    notifier_quelques_majorations(par, tx, premier, &a_emettre, &creances, aujourdhui).await?;
    let mut commentaires = Vec::new();
    let mut evenements = Vec::new();
    for (dossier, d) in dossiers.iter().zip(debiteurs) {
        commentaires.extend(d.commentaires.iter().map(|c| CommentaireRepris {
            dossier: *dossier,
            ecrit_le: c.ecrit_le,
            auteur: c.auteur.to_owned(),
            texte: c.texte.clone(),
        }));
        evenements.extend(d.evenements.iter().map(|e| EvenementRepris {
            dossier: *dossier,
            jour: e.jour,
            nature: e.nature.to_owned(),
            libelle: e.libelle.clone(),
            auteur: e.auteur.to_owned(),
            branche: e.branche,
            procedure: false,
        }));
    }
    reprendre(par.db, tx, &commentaires, &evenements, par.maintenant).await
}

/// Les majorations de retard se posent quand elles sont notifiées : quelques dossiers l'ont été.
async fn notifier_quelques_majorations(
    par: &Importateur<'_>,
    tx: &mut Tx,
    premier: u64,
    emises: &[CreanceAEmettre],
    ids: &[i64],
    aujourdhui: Date,
) -> Result<(), creances::Erreur> {
    let mut rang = premier;
    let mut precedent: Option<DossierId> = None;
    let mut choisies = Vec::new();
    for (c, id) in emises.iter().zip(ids) {
        if precedent.is_some_and(|p| p != c.dossier) {
            rang += 1;
        }
        precedent = Some(c.dossier);
        if rang.is_multiple_of(DOSSIERS_PAR_NOTIFICATION) && c.exigible_le < aujourdhui {
            choisies.push(*id);
        }
    }
    let dues = majorations_dues(tx, &choisies, aujourdhui, &[]).await?;
    let choisies: Vec<i64> = dues
        .iter()
        .filter(|d| !d.due.est_nul())
        .map(|d| d.creance)
        .collect();
    if !choisies.is_empty() {
        notifier(tx, &choisies, aujourdhui, par.auteur, par.maintenant).await?;
    }
    Ok(())
}

fn nouveau(d: &Debiteur) -> NouveauDebiteur {
    let i = &d.identite;
    let telephones = d.contacts.telephones.iter().cloned().map(Contact::Telephone);
    let mails = d.contacts.courriels.iter().cloned().map(Contact::Mail);
    NouveauDebiteur {
        matricule: i.matricule.clone(),
        regime: i.regime,
        nom: i.personne.nom().to_owned(),
        prenom: i.personne.prenom().to_owned(),
        siret: i.siret.clone(),
        nir: i.personne.nir().cloned(),
        commune: i.commune.nom.to_owned(),
        code_commune: Some(i.commune.code.clone()),
        code_agent: i.code_agent.clone(),
        code_tiers: i.code_tiers.clone(),
        mode_paiement: code_mode(i.mode_paiement).to_owned(),
        contacts: telephones.chain(mails).collect(),
        ibans: i.ibans.clone(),
    }
}

fn a_emettre(dossier: DossierId, d: &Debiteur, c: &crate::Creance) -> CreanceAEmettre {
    CreanceAEmettre {
        reference: c.reference.clone(),
        dossier,
        nature: c.nature,
        regime: d.identite.regime,
        periode: (c.periode_debut, c.periode_fin),
        emise_le: c.emise_le,
        exigible_le: c.exigible_le,
        libelle: c.libelle.clone(),
        cause: c.cause.map(str::to_owned),
        parts: match c.principal {
            Principal::Parts { ouvriere, patronale } => Parts::Employeur { ouvriere, patronale },
            Principal::Entier(montant) => Parts::Principal(montant),
        },
    }
}

fn ligne(numero: u64, p: &Paiement) -> Ligne {
    Ligne {
        numero,
        date: p.jour,
        date_valeur: None,
        montant: p.montant,
        operation: Operation::Credit,
        mode: p.mode,
        caisse: None,
        siret: p.siret.clone(),
        periode: p.periode,
        iban: p.iban.clone(),
        nom_payeur: p.nom_payeur.clone(),
        libelle: Some(p.libelle.clone()),
        reference_creancier: None,
        reference_bancaire: Some(p.reference_bancaire.clone()),
        reference_detail: None,
        end_to_end: p.bout_en_bout.clone(),
        compte_caisse: None,
        lot: None,
    }
}

fn retour(numero: u64, p: &Paiement) -> Option<Ligne> {
    let rejet = p.rejet?;
    let origine = OrigineDuRetour {
        bancaire: Some(p.reference_bancaire.clone()),
        ..OrigineDuRetour::default()
    };
    Some(Ligne {
        date: rejet.jour,
        operation: Operation::Retour(Retour {
            motif: Some(rejet.motif),
            origine,
        }),
        reference_bancaire: Some(format!("{}R", p.reference_bancaire)),
        ..ligne(numero, p)
    })
}
