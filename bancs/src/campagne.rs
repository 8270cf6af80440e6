//! Une campagne entière (lire, vérifier, composer, sceller, garder) contre le moteur de PDF seul, sur tous les cœurs.
//!
//! L'étalon est le moteur nu : le même modèle, des données de même forme, les mêmes normes exigées, une boucle par cœur, et
//! rien d'autre : ni base, ni droit, ni contrôle. Les deux disent un débit, en documents par seconde.

use std::fmt::Write as _;
use std::num::NonZero;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use acces::{Objet, Permis, actions};
use anyhow::{Context as _, Result, ensure};
use creances::creances::{CreanceAEmettre, Parts, emettre};
use creances::dossiers::{NouveauDebiteur, inscrire};
use droit::{Droit, FamilleCotisation, ModeEnvoi, Nature, Regime};
use jiff::civil::date;
use recouvrement::actes::{Atelier, Contenu, Reglages, dossier, reprendre_adresses};
use recouvrement::campagnes::{NouvelleCampagne, approuver, avancer, ouvrir, reunir};
use storage::essais::Banc;
use storage::{ecrire, lire, sql};
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook, Lang, TextElem};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World, comemo};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};
use valeurs::{DossierId, Montant};

use crate::caisse::{JOUR, horloge, maintenant};
use crate::mesure::dire;

/// Créances de la campagne, une par débiteur ; `SILLON_BANC_CREANCES` en demande un autre nombre.
const CREANCES: usize = 100_000;
/// Documents de l'étalon.
const DOCUMENTS: usize = 4_000;
/// Débiteurs inscrits en une transaction.
const LOT: usize = 2_000;
const ACTE: &str = "mise-en-demeure-cotisations";
const MODELE: &str = include_str!("../../crates/recouvrement/modeles/mise_en_demeure.typ");
const BIBLIOTHEQUE: &str = include_str!("../../crates/recouvrement/modeles/sillon.typ");

pub(crate) async fn mesurer() -> Result<bool> {
    #[expect(
        clippy::disallowed_methods,
        reason = "le banc est un binaire : sa taille se règle ici"
    )]
    let demande = std::env::var("SILLON_BANC_CREANCES");
    let creances = match demande {
        Ok(texte) => texte.parse().context("SILLON_BANC_CREANCES veut un nombre")?,
        Err(_) => CREANCES,
    };
    let etalon = moteur_nu(DOCUMENTS.min(creances))?;
    println!("moteur de PDF nu, tous les cœurs : {etalon:.0} documents par seconde");
    let mut tient = true;
    for banc in storage::essais::bancs(&sillon::migrations()).await {
        let moteur = banc.db.moteur();
        let mesure = campagne(&banc, creances).await?;
        println!(
            "campagne de {creances} créances, {moteur} : {:.0} actes par seconde",
            mesure.debit
        );
        let rapport = mesure.debit / etalon;
        tient &= dire(
            &format!("campagne / moteur nu ({moteur})"),
            rapport,
            "≥ 0,50",
            rapport >= 0.5,
        );
        let croissance = mesure.croissance_de_la_memoire();
        println!(
            "  mémoire propre : {} Mio au plus haut du premier cinquième, {} Mio au plus haut de la suite",
            mesure.memoire_au_debut / 1024,
            mesure.memoire_ensuite / 1024
        );
        tient &= dire(
            &format!("mémoire d’une campagne, suite / premier cinquième ({moteur})"),
            croissance,
            "≤ 1,25",
            croissance <= 1.25,
        );
    }
    Ok(tient)
}

/// Ce qu'une campagne a demandé ; mémoires en Kio.
struct Mesure {
    debit: f64,
    memoire_au_debut: u32,
    /// Zéro : la campagne tenait dans son premier lot.
    memoire_ensuite: u32,
}

impl Mesure {
    fn croissance_de_la_memoire(&self) -> f64 {
        f64::from(self.memoire_ensuite) / f64::from(self.memoire_au_debut)
    }
}

/// La mémoire de ce processus, en Kio, sans les fichiers projetés : le système reprend ceux-là quand il veut.
fn memoire_propre() -> Result<u32> {
    let texte = std::fs::read_to_string("/proc/self/status")?;
    let ligne = texte.lines().find_map(|ligne| ligne.strip_prefix("RssAnon:"));
    let valeur = ligne.and_then(|ligne| ligne.split_whitespace().next());
    Ok(valeur.context("RssAnon manque à /proc/self/status")?.parse()?)
}

/// Émet une campagne entière ; le débit va de la préparation au dernier acte gardé.
async fn campagne(banc: &Banc, combien: usize) -> Result<Mesure> {
    let db = &banc.db;
    peupler(banc, combien).await?;
    let donnees = banc.dossier.path();
    Reglages::ecrire_un_exemple(&dossier(donnees, db.caisse()), "MSA de mesure")?;
    let atelier = Atelier::ouvrir(donnees, db.caisse())?;
    let prepare: Permis<actions::PreparerCampagne> =
        Permis::operateur(db, &horloge(), "a", Objet::Caisse).await?;
    let approuve: Permis<actions::ApprouverCampagne> =
        Permis::operateur(db, &horloge(), "b", Objet::Caisse).await?;
    let compose: Permis<actions::ComposerActe> =
        Permis::operateur(db, &horloge(), "b", Objet::Caisse).await?;
    let nouvelle = NouvelleCampagne {
        acte: Droit::charger().acte(ACTE).context("acte inconnu")?,
        minimum: Montant::ZERO,
        envoi: ModeEnvoi::Recommande,
        signataire: "Camille Exemple".to_owned(),
    };
    let debut = Instant::now();
    let ouverte: Result<i64, recouvrement::Erreur> =
        ecrire!(db, |tx| ouvrir(tx, &prepare, &atelier, &nouvelle, JOUR).await);
    let id = ouverte?;
    while reunir(db, &prepare, &atelier, id, JOUR).await? {}
    let reunie = debut.elapsed();
    let decidee: Result<(), recouvrement::Erreur> = ecrire!(db, |tx| approuver(tx, &approuve, id).await);
    decidee?;
    let (mut emis, mut memoire_au_debut, mut memoire_ensuite) = (0, 0, 0);
    loop {
        let avancee = avancer(db, &compose, &atelier, id, JOUR).await?;
        if avancee.finie {
            break;
        }
        emis += usize::try_from(avancee.emis)?;
        // Le premier lot en est toujours, si grand soit-il.
        let place = if memoire_au_debut == 0 || emis <= combien / 5 {
            &mut memoire_au_debut
        } else {
            &mut memoire_ensuite
        };
        *place = memoire_propre()?.max(*place);
    }
    let total = debut.elapsed();
    println!(
        "  réunie en {:.1} s, émise en {:.1} s",
        reunie.as_secs_f64(),
        (total - reunie).as_secs_f64()
    );
    let emis: Result<i64, storage::Erreur> =
        lire!(db, |tx| sql!("SELECT COUNT(*) FROM acte").scalaire(tx).await);
    ensure!(
        usize::try_from(emis?)? == combien,
        "tous les actes ne sont pas émis"
    );
    Ok(Mesure {
        debit: par_seconde(combien, total),
        memoire_au_debut,
        memoire_ensuite,
    })
}

fn par_seconde(combien: usize, duree: std::time::Duration) -> f64 {
    f64::from(u32::try_from(combien).unwrap_or(u32::MAX)) / duree.as_secs_f64()
}

async fn peupler(banc: &Banc, combien: usize) -> Result<()> {
    let db = &banc.db;
    for premier in (0..combien).step_by(LOT) {
        let rangs: Vec<usize> = (premier..combien.min(premier + LOT)).collect();
        let debiteurs = rangs.iter().map(|n| debiteur(*n)).collect::<Result<Vec<_>>>()?;
        let fait: Result<(), recouvrement::Erreur> = ecrire!(db, |tx| {
            let dossiers = inscrire(db, tx, &debiteurs, date(2026, 1, 1)).await?;
            let dues: Vec<CreanceAEmettre> = rangs.iter().zip(&dossiers).map(|(n, d)| due(*d, *n)).collect();
            emettre(tx, &dues, "banc", maintenant()).await?;
            let adresses: Vec<_> = rangs
                .iter()
                .zip(&dossiers)
                .filter_map(|(n, d)| Some((*d, format!("{n}, rue des Lilas\n33000 Bordeaux").parse().ok()?)))
                .collect();
            reprendre_adresses(db, tx, &adresses, "banc", JOUR).await
        });
        fait?;
    }
    recouvrement::procedure::constater(db, JOUR).await?;
    Ok(db.actualiser_statistiques().await?)
}

fn debiteur(n: usize) -> Result<NouveauDebiteur> {
    Ok(NouveauDebiteur {
        matricule: format!("BANC{n:07}").parse()?,
        regime: Regime::NonSalarie,
        nom: format!("Débiteur {n}"),
        prenom: "Camille".into(),
        siret: None,
        nir: None,
        commune: "Bordeaux".into(),
        code_commune: Some("33063".parse()?),
        code_agent: "A01".into(),
        code_tiers: "T01".into(),
        mode_paiement: "virement".into(),
        contacts: Vec::new(),
        ibans: Vec::new(),
    })
}

fn due(dossier: DossierId, n: usize) -> CreanceAEmettre {
    let centimes = 10_000 + i64::try_from(n % 90_000).unwrap_or_default();
    CreanceAEmettre {
        reference: format!("BANC-{n}"),
        dossier,
        nature: Nature::Cotisation(FamilleCotisation::VieillesseBase),
        regime: Regime::NonSalarie,
        periode: (date(2026, 1, 1), date(2026, 3, 31)),
        emise_le: date(2026, 4, 1),
        exigible_le: date(2026, 4, 15),
        libelle: "Cotisations".into(),
        cause: None,
        parts: Parts::Principal(Montant::de_centimes(centimes)),
    }
}

/// Le débit du moteur seul.
fn moteur_nu(combien: usize) -> Result<f64> {
    let acte = Droit::charger().acte(ACTE).context("acte inconnu")?;
    let exemple = serde_json::to_value(Contenu::exemple(acte))?;
    let donnees: Vec<Vec<u8>> = (0..combien)
        .map(|n| {
            let mut sienne = exemple.clone();
            let mut nom = String::from("Mme Camille Débiteur ");
            write!(nom, "{n}")?;
            sienne["projet"] = false.into();
            sienne["destinataire"]["nom"] = nom.into();
            sienne["numero"] = format!("A{n:08}").into();
            Ok(serde_json::to_vec(&sienne)?)
        })
        .collect::<Result<_>>()?;
    let fils = thread::available_parallelism().map_or(1, NonZero::get);
    let (suivant, faits) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let debut = Instant::now();
    thread::scope(|portee| {
        for _ in 0..fils {
            portee.spawn(|| {
                while let Some(donnees) = donnees.get(suivant.fetch_add(1, Ordering::Relaxed)) {
                    if composer(donnees).is_some_and(|octets| octets > 10_000) {
                        faits.fetch_add(1, Ordering::Relaxed);
                    }
                    comemo::evict(10);
                }
            });
        }
    });
    let duree = debut.elapsed();
    ensure!(
        faits.into_inner() == combien,
        "le moteur nu a refusé des documents"
    );
    Ok(par_seconde(combien, duree))
}

fn composer(donnees: &[u8]) -> Option<usize> {
    let monde = Monde {
        bibliotheque: &BIBLIOTHEQUE_DU_MOTEUR,
        modele: Source::new(*ID_MODELE, MODELE.to_owned()),
        importee: Source::new(*ID_IMPORTEE, BIBLIOTHEQUE.to_owned()),
        donnees: Bytes::new(donnees.to_vec()),
    };
    let document = typst::compile::<PagedDocument>(&monde).output.ok()?;
    let options = PdfOptions {
        timestamp: Some(typst_pdf::Timestamp::new_utc(Datetime::from_ymd_hms(
            2026, 11, 20, 8, 0, 0,
        )?)),
        standards: PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]).ok()?,
        creator: Smart::Auto,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).ok().map(|pdf| pdf.len())
}

struct Monde {
    bibliotheque: &'static LazyHash<Library>,
    modele: Source,
    importee: Source,
    donnees: Bytes,
}

static BIBLIOTHEQUE_DU_MOTEUR: LazyLock<LazyHash<Library>> = LazyLock::new(|| {
    let mut bibliotheque = Library::default();
    bibliotheque.styles.set(TextElem::lang, Lang::FRENCH);
    bibliotheque.styles.set(
        typst::model::DocumentElem::title,
        Some(TextElem::packed("Mise en demeure")),
    );
    LazyHash::new(bibliotheque)
});
static ID_MODELE: LazyLock<FileId> = LazyLock::new(|| id("modele.typ"));
static ID_IMPORTEE: LazyLock<FileId> = LazyLock::new(|| id("sillon.typ"));
static POLICES: LazyLock<(LazyHash<FontBook>, Vec<Font>)> = LazyLock::new(|| {
    let fichiers: [&[u8]; 4] = [
        include_bytes!("../../crates/courriers/polices/LibertinusSerif-Regular.otf"),
        include_bytes!("../../crates/courriers/polices/LibertinusSerif-Bold.otf"),
        include_bytes!("../../crates/courriers/polices/LibertinusSerif-Italic.otf"),
        include_bytes!("../../crates/courriers/polices/LibertinusSerif-BoldItalic.otf"),
    ];
    let polices: Vec<Font> = fichiers
        .into_iter()
        .flat_map(|f| Font::iter(Bytes::new(f)))
        .collect();
    (LazyHash::new(FontBook::from_fonts(&polices)), polices)
});

fn id(nom: &str) -> FileId {
    let chemin = VirtualPath::new(nom).expect("un nom simple est un chemin");
    FileId::new(RootedPath::new(VirtualRoot::Project, chemin))
}

impl World for Monde {
    fn library(&self) -> &LazyHash<Library> {
        self.bibliotheque
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &POLICES.0
    }

    fn main(&self) -> FileId {
        self.modele.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [&self.modele, &self.importee]
            .into_iter()
            .find(|source| source.id() == id)
            .cloned()
            .ok_or(FileError::AccessDenied)
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Ok(self.donnees.clone())
    }

    fn font(&self, rang: usize) -> Option<Font> {
        POLICES.1.get(rang).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
