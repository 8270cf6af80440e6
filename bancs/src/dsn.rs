//! Lire, contrôler et déposer des DSN, contre un comptage de sauts de ligne et contre le SQL nu.

use std::collections::BTreeMap;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Write as _};
use std::num::NonZero;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use acces::{Objet, Permis, actions};
use anyhow::{Context as _, Result, ensure};
use demo::declarations::{Modele, fichier};
use dsn::{Declaration, FinDeLigne};
use rapprochement::deposer;
use storage::essais::Banc;

use crate::caisse::{JOUR, caisses, horloge};
use crate::mesure::{Chrono, dire};
use crate::rejeu::{Ajout, Avant};

/// L'argument qui fait de ce programme un simple lecteur, dont on mesure la mémoire.
pub(crate) const LIRE: &str = "lire-dsn";
/// Passages de chaque mesure : on garde le plus rapide, la machine n'est jamais seule.
const PASSAGES: usize = 7;
/// Dépôts, chacun dans une caisse neuve : le plus court compte, et le plus court étalon.
const DEPOTS: usize = 3;
/// Établissements et salariés du fichier : 63,5 millions d'octets.
const ETABLISSEMENTS: u32 = 400;
const SALARIES: u32 = 32;
/// Mémoire anonyme permise, en Kio.
const MEMOIRE: u64 = 64 * 1024;

pub(crate) async fn mesurer() -> Result<bool> {
    let dossier = tempfile::tempdir()?;
    let chemin = dossier.path().join("mesure.dsn");
    ecrire(&chemin, ETABLISSEMENTS)?;
    let mut tient = lecture(&chemin)?;
    tient &= memoire(&chemin, dossier.path())?;
    autre_outil(dossier.path())?;
    tient &= depots(&chemin).await?;
    Ok(tient)
}

/// Un fichier de janvier 2026, tout à la caisse du banc.
fn ecrire(chemin: &Path, etablissements: u32) -> Result<()> {
    let modele = Modele {
        graine: "bancs",
        mois: "2026-01".parse()?,
        caisses: &["DMSA33".parse()?],
        etablissements,
        salaries: SALARIES..=SALARIES,
        fin_de_ligne: FinDeLigne::CrLf,
        portail: None,
    };
    fichier(&modele, BufWriter::new(File::create(chemin)?))?;
    Ok(())
}

/// Le plus court de plusieurs passages.
fn au_mieux(mut travail: impl FnMut() -> Result<()>) -> Result<Duration> {
    let mut mieux = Duration::MAX;
    for _ in 0..PASSAGES {
        let debut = Instant::now();
        travail()?;
        mieux = mieux.min(debut.elapsed());
    }
    Ok(mieux)
}

fn lecture(chemin: &Path) -> Result<bool> {
    let octets = std::fs::read(chemin)?;
    let taille = f64::from(u32::try_from(octets.len())?);
    let debit = |d: Duration| taille / d.as_secs_f64() / 1e9;
    let etalon = au_mieux(|| {
        black_box(memchr::memchr_iter(b'\n', black_box(&octets)).count());
        Ok(())
    })?;
    let lire = au_mieux(|| {
        let mut lues: Vec<Declaration> = Vec::new();
        dsn::lire_octets(black_box(&octets), "mesure.dsn", &mut lues)?;
        ensure!(
            lues.len() == usize::try_from(ETABLISSEMENTS)?,
            "toutes les déclarations"
        );
        Ok(())
    })?;
    let fichier = au_mieux(|| {
        let mut lues: Vec<Declaration> = Vec::new();
        dsn::lire(File::open(chemin)?, "mesure.dsn", &mut lues)?;
        Ok(())
    })?;
    let coeurs = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let longueur = u64::try_from(octets.len())?;
    let ensemble = au_mieux(|| {
        dsn::lire_en_parallele(|| File::open(chemin), longueur, "mesure.dsn", coeurs)?;
        Ok(())
    })?;
    let controler = au_mieux(|| {
        let bilan = dsn::controler_octets(black_box(&octets), "mesure.dsn", |_| ())?;
        ensure!(bilan.accepte(), "le fichier du banc est juste");
        Ok(())
    })?;
    println!(
        "{:.1} Mo ; étalon memchr {:.2} Go/s ; lire {:.2} Go/s en mémoire, {:.2} depuis un fichier, {:.2} à {coeurs} cœurs ; \
         contrôler {:.2} Go/s",
        taille / 1e6,
        debit(etalon),
        debit(lire),
        debit(fichier),
        debit(ensemble),
        debit(controler)
    );
    let rapport = |d: Duration| etalon.as_secs_f64() / d.as_secs_f64();
    let mut tient = dire(
        "lire : débit / étalon memchr",
        rapport(lire),
        ">= 0.125",
        rapport(lire) >= 0.125,
    );
    // 400 Mo/s là où l'étalon en fait douze milliards.
    tient &= dire(
        "contrôler : débit / étalon memchr",
        rapport(controler),
        ">= 0.033",
        rapport(controler) >= 1.0 / 30.0,
    );
    Ok(tient)
}

/// Ce programme, réduit à lire un fichier puis à attendre qu'on regarde sa mémoire.
pub(crate) fn lire_seul(chemin: &str) -> Result<()> {
    let mut lues: Vec<Declaration> = Vec::new();
    dsn::lire(File::open(chemin)?, "mesure.dsn", &mut lues)?;
    println!("{}", lues.len());
    std::io::stdin().read_line(&mut String::new())?;
    Ok(())
}

/// La mémoire anonyme d'un lecteur ne dépend pas de la taille du fichier.
fn memoire(chemin: &Path, dossier: &Path) -> Result<bool> {
    let grand = dossier.join("grand.dsn");
    // Le même message dix fois de suite.
    let mut sortie = File::create(&grand)?;
    for _ in 0..10 {
        std::io::copy(&mut File::open(chemin)?, &mut sortie)?;
    }
    sortie.flush()?;
    let mut lecteur = Command::new(std::env::current_exe()?)
        .args([LIRE, grand.to_str().context("chemin")?])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut ligne = String::new();
    std::io::BufRead::read_line(
        &mut std::io::BufReader::new(lecteur.stdout.take().context("sortie")?),
        &mut ligne,
    )?;
    let etat = std::fs::read_to_string(format!("/proc/{}/status", lecteur.id()))?;
    let anonyme: u64 = etat
        .lines()
        .find_map(|l| l.strip_prefix("RssAnon:"))
        .and_then(|l| l.split_whitespace().next())
        .context("RssAnon")?
        .parse()?;
    drop(lecteur.stdin.take());
    lecteur.wait()?;
    let mo = f64::from(u32::try_from(anonyme)?) / 1024.0;
    Ok(dire(
        "lire un fichier dix fois plus grand : mémoire anonyme, Mio",
        mo,
        "<= 64",
        anonyme <= MEMOIRE,
    ))
}

/// `dsn-tools` (PyPI), s'il est installé, sur un petit fichier : il est lent.
fn autre_outil(dossier: &Path) -> Result<()> {
    let petit = dossier.join("petit.dsn");
    ecrire(&petit, 4)?;
    // Il ne lit que l'UTF-8, que la norme refuse.
    let texte: String = std::fs::read(&petit)?.into_iter().map(char::from).collect();
    std::fs::write(&petit, texte)?;
    let taille = f64::from(u32::try_from(std::fs::metadata(&petit)?.len())?);
    let debut = Instant::now();
    let fait = Command::new("dsn-tools")
        .arg(&petit)
        .arg("--json")
        .stdout(Stdio::null())
        .status();
    match fait {
        Ok(etat) if etat.success() => println!(
            "dsn-tools (PyPI) : {:.3} Mo/s sur {:.1} Mo",
            taille / debut.elapsed().as_secs_f64() / 1e6,
            taille / 1e6
        ),
        Ok(etat) => println!("dsn-tools (PyPI) refuse le fichier ({etat})"),
        Err(_) => {
            println!("dsn-tools (PyPI) n'est pas installé (pip install dsn-tools, Python 3.12 ou plus)");
        }
    }
    Ok(())
}

/// Tables où un dépôt ajoute des lignes.
const AJOUTS: [Ajout; 12] = [
    Ajout::entiere("debiteur", "id"),
    Ajout::entiere("mot", "dossier_id"),
    Ajout {
        table: "creance",
        id: "id",
        colonnes: "id, reference, dossier_id, branche, nature, regime, periode_debut, periode_fin, emise_le, exigible_le, \
                   libelle, cause, montant_centimes, reste_part_ouvriere, reste_part_patronale, reste_principal, \
                   reste_majoration, reste_penalite, reste_frais",
    },
    Ajout::entiere("mouvement", "id"),
    Ajout::entiere("ecriture", "mouvement_id"),
    Ajout::entiere("dsn_depot", "id"),
    Ajout::entiere("dsn_declaration", "id"),
    Ajout::entiere("dsn_cotisation", "declaration_id"),
    Ajout::entiere("dsn_versement", "declaration_id"),
    Ajout::entiere("dsn_individu", "declaration_id"),
    Ajout::entiere("dsn_regularisation", "declaration_id"),
    Ajout::entiere("dsn_creance", "creance_id"),
];

/// Les meilleurs temps de quelques dépôts, sur chaque moteur.
async fn depots(chemin: &Path) -> Result<bool> {
    let mut mieux: BTreeMap<&str, (Duration, Duration)> = BTreeMap::new();
    for _ in 0..DEPOTS {
        for banc in caisses(100).await? {
            let (notre, nu) = depot(&banc, chemin).await?;
            let mieux = mieux.entry(banc.db.moteur()).or_insert((notre, nu));
            *mieux = (mieux.0.min(notre), mieux.1.min(nu));
        }
    }
    let mut tient = true;
    for (moteur, (notre, nu)) in mieux {
        let rapport = nu.as_secs_f64() / notre.as_secs_f64();
        tient &= dire(
            &format!("{moteur} : débit du dépôt / débit du SQL nu"),
            rapport,
            ">= 0.5",
            rapport >= 0.5,
        );
    }
    Ok(tient)
}

/// Un dépôt dans une caisse neuve, puis les mêmes lignes rejouées nues : les deux durées.
async fn depot(banc: &Banc, chemin: &Path) -> Result<(Duration, Duration)> {
    let avant = Avant::photographier(banc, &AJOUTS, "").await?;
    let permis =
        Permis::<actions::DeposerDsn>::operateur(&banc.db, &horloge(), "bancs", Objet::Caisse).await?;
    let chrono = Chrono::partir();
    let bilan = deposer(
        &banc.db,
        &permis,
        JOUR,
        "mesure.dsn",
        &File::open(chemin)?,
        |_, _| (),
    )
    .await?;
    let notre = chrono.arreter();
    ensure!(
        bilan.gardees > 0 && bilan.individus > 1_000,
        "le banc doit garder : {bilan:?}"
    );
    let nu = avant.rejouer(banc).await?;
    println!(
        "{} : {} déclarations, {} individus, {} créances ; Sillon {:.2} s (processeur {:.2} s), SQL nu {:.2} s",
        banc.db.moteur(),
        bilan.gardees,
        bilan.individus,
        bilan.creances_emises,
        notre.ecoule.as_secs_f64(),
        notre.processeur.as_secs_f64(),
        nu.ecoule.as_secs_f64()
    );
    Ok((notre.ecoule, nu.ecoule))
}
