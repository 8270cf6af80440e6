//! La ligne de commande, en français.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::styling::Styles;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{
    Arg, ArgAction, Args, Command, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum,
};
use droit::{CodeInconnu, Residence, Zone};
use jiff::civil::Date;
use valeurs::{CodeCaisse, GenrePeriode, Matricule, Periode};

/// Ce que la personne a demandé.
#[derive(Parser, Debug)]
#[command(
    name = "sillon",
    about = "CALIMERO : précontentieux et contentieux des caisses de la MSA."
)]
pub struct Demande {
    /// Options communes.
    #[command(flatten)]
    pub communes: Communes,
    /// La commande.
    #[command(subcommand)]
    pub commande: Commande,
}

/// Ce qui vaut pour toutes les commandes : option, sinon variable d'environnement, sinon fichier `sillon.toml` du
/// dossier des données.
#[derive(Args, Debug, Clone)]
pub struct Communes {
    /// Dossier des données : bases SQLite, clés, réglages (par défaut : ./donnees)
    #[arg(
        long,
        value_name = "DIR",
        env = "SILLON_DONNEES",
        global = true,
        hide_env_values = true
    )]
    pub donnees: Option<PathBuf>,
    /// Où sont les bases : « sqlite:DIR » (par défaut, dans le dossier des données) ou « postgres://… »
    #[arg(
        long,
        value_name = "ADRESSE",
        env = "SILLON_BASE",
        global = true,
        hide_env_values = true
    )]
    pub base: Option<String>,
    /// Forme de la réponse : texte, json (un objet par ligne) ou, pour une table, csv (par défaut : texte)
    #[arg(
        long,
        value_name = "FORMAT",
        env = "SILLON_FORMAT",
        global = true,
        hide_env_values = true
    )]
    pub format: Option<Format>,
}

/// Forme de la réponse.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Pour les personnes.
    Texte,
    /// Pour les programmes : un objet JSON par ligne.
    Json,
    /// Pour les tableurs : point-virgule, une ligne d'en-tête ; là où une commande rend une table.
    Csv,
}

/// Les commandes.
#[derive(Subcommand, Debug)]
pub enum Commande {
    /// Fait une caisse synthétique et la sert
    Demo(Demo),
    /// Sert les caisses du dossier des données
    Servir(Servir),
    /// Ouvre une caisse réelle
    #[command(subcommand)]
    Caisse(Caisse),
    /// Les créances
    #[command(subcommand)]
    Creances(Creances),
    /// Les recettes
    #[command(subcommand)]
    Encaissements(Encaissements),
    /// Montre le compte adhérent individuel (CAI) d'un débiteur
    Compte(Compte),
    /// Prouve les soldes, le grand livre et le journal des accès ; sort 1 s'il trouve une anomalie
    Verifier(Verifier),
    /// Les comptes des agents
    #[command(subcommand)]
    Agents(Agents),
    /// Les déclarations sociales nominatives (DSN)
    #[command(subcommand)]
    Dsn(Dsn),
    /// Rapproche ce que les employeurs déclarent de ce que la caisse encaisse, par SIRET et par mois
    Rapprocher(Rapprocher),
    /// Compare ce que deviennent les créances émises, caisse par caisse : encaissé, éteint autrement, reste dû
    Pilotage(Pilotage),
    /// Calcule un délai, et l'explique
    Delais(Delais),
    /// Les lettres et actes : réglages, modèles, adresses, expédition, retours
    #[command(subcommand)]
    Actes(Actes),
    /// Les échéanciers payés par prélèvement SEPA : ordres à la banque, comptes rendus qu'elle en fait
    #[command(subcommand)]
    Prelevements(Prelevements),
}

impl Commande {
    /// Rend-elle une table, donc du CSV à qui le demande ?
    pub(crate) const fn rend_une_table(&self) -> bool {
        match self {
            Self::Dsn(Dsn::Lire(_) | Dsn::Controler(_) | Dsn::Montrer(_))
            | Self::Rapprocher(_)
            | Self::Pilotage(_) => true,
            Self::Delais(delais) => delais.liste,
            _ => false,
        }
    }
}

/// `sillon demo`.
#[derive(Args, Debug)]
pub struct Demo {
    /// Nombre de débiteurs par caisse
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = nombre_de_debiteurs)]
    pub debiteurs: u64,
    /// Graine du tirage : la même donne la même caisse
    #[arg(long, value_name = "S", default_value = "1")]
    pub graine: String,
    /// Code de la caisse ; se répète pour plusieurs caisses
    #[arg(long, value_name = "CODE", default_value = "DMSA33")]
    pub caisse: Vec<CodeCaisse>,
    /// Jour de la démonstration, AAAA-MM-JJ (par défaut : aujourd'hui)
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub au: Option<Date>,
    /// Port d'écoute sur 127.0.0.1 (0 : un port libre)
    #[arg(long, value_name = "P", env = "SILLON_PORT", hide_env_values = true, value_parser = port)]
    pub port: Option<u16>,
    /// Port de l'extranet de démonstration de la première caisse, sur 127.0.0.1 (par défaut : 8034 ; 0 : un port libre)
    #[arg(long, value_name = "P", value_parser = port, default_value_t = 8034)]
    pub port_extranet: u16,
    /// Fait la caisse et s'arrête
    #[arg(long)]
    pub sans_serveur: bool,
}

/// `sillon servir`.
#[derive(Args, Debug)]
pub struct Servir {
    /// Port d'écoute sur 127.0.0.1 (par défaut : 8033 ; 0 : un port libre)
    #[arg(long, value_name = "P", env = "SILLON_PORT", hide_env_values = true, value_parser = port)]
    pub port: Option<u16>,
    /// Adresse publique, derrière un serveur HTTPS (par défaut : http://localhost:PORT)
    #[arg(long, value_name = "URL", env = "SILLON_ORIGINE", hide_env_values = true)]
    pub origine: Option<String>,
}

/// `sillon caisse …`.
#[derive(Subcommand, Debug)]
pub enum Caisse {
    /// Crée la base, les clés et le premier administrateur d'une caisse
    Creer {
        /// Code de la caisse
        #[arg(long, value_name = "CODE")]
        caisse: CodeCaisse,
        /// Identifiant du premier administrateur
        #[arg(long, value_name = "IDENTIFIANT", default_value = "administrateur")]
        administrateur: String,
    },
}

/// `sillon creances …`.
#[derive(Subcommand, Debug)]
pub enum Creances {
    /// Importe des créances (CSV ou JSON Lines ; colonnes dans docs/guide.md)
    Importer(Importer),
}

/// `sillon encaissements …`.
#[derive(Subcommand, Debug)]
pub enum Encaissements {
    /// Importe des relevés (camt.053, camt.054, CFONB 120) ou des paiements (CSV)
    Importer(Importer),
}

/// Des fichiers à importer dans une caisse.
#[derive(Args, Debug)]
pub struct Importer {
    /// Code de la caisse
    #[arg(long, value_name = "CODE")]
    pub caisse: CodeCaisse,
    /// Fichiers, dans l'ordre
    #[arg(value_name = "FICHIER", required = true)]
    pub fichiers: Vec<PathBuf>,
}

/// `sillon actes …`.
#[derive(Subcommand, Debug)]
pub enum Actes {
    /// Écrit de quoi commencer dans le dossier des actes de la caisse : un exemple de réglages, les modèles à changer
    Modeles {
        /// Code de la caisse
        #[arg(long, value_name = "CODE")]
        caisse: CodeCaisse,
    },
    /// Essaie les réglages et chaque modèle sur un dossier inventé ; dit la faute, son fichier et sa ligne
    Essayer {
        /// Code de la caisse
        #[arg(long, value_name = "CODE")]
        caisse: CodeCaisse,
    },
    /// Prend les adresses des débiteurs (CSV : matricule, ligne1 à ligne5)
    Adresses(Importer),
    /// Remet à la poste les actes qui attendent : un dossier par lot, avec son bordereau
    Expedier {
        /// Code de la caisse
        #[arg(long, value_name = "CODE")]
        caisse: CodeCaisse,
        /// Où écrire les lots (par défaut : expeditions, dans le dossier des actes de la caisse)
        #[arg(long, value_name = "DIR")]
        vers: Option<PathBuf>,
    },
    /// Note ce que la poste répond (CSV : numero, retour, jour) ; les délais en partent
    Retours(Importer),
}

/// `sillon prelevements …`.
#[derive(Subcommand, Debug)]
pub enum Prelevements {
    /// Présente à la banque les mensualités à échoir : un fichier pain.008 à lui remettre
    Emettre {
        /// Code de la caisse
        #[arg(long, value_name = "CODE")]
        caisse: CodeCaisse,
        /// Les mensualités de ce jour ou d'avant, AAAA-MM-JJ
        #[arg(long, value_name = "DATE", value_parser = date)]
        jusqu_au: Date,
        /// Où écrire le fichier (par défaut : prelevements/CODE, dans le dossier des données)
        #[arg(long, value_name = "DIR")]
        vers: Option<PathBuf>,
    },
    /// Note ce que la banque rejette (pain.002), avant que l'argent ne bouge
    ComptesRendus(Importer),
}

/// `sillon dsn …`.
#[derive(Subcommand, Debug)]
pub enum Dsn {
    /// Montre ce que chaque déclaration déclare et ordonne, une ligne par déclaration et par caisse
    Lire(LireDsn),
    /// Cherche toutes les anomalies de fichiers ; sort 1 s'il en trouve une qui bloque
    Controler(ControlerDsn),
    /// Montre un fichier entier, en mots ; n'en garde rien
    Montrer(MontrerDsn),
    /// Garde ce que des fichiers déclarent à une caisse, et émet les créances qui n'y sont pas encore
    Deposer(DeposerDsn),
}

/// `sillon dsn controler`.
#[derive(Args, Debug)]
pub struct ControlerDsn {
    /// Fichiers DSN, en clair, gzip ou zip ; « - » pour l'entrée standard
    #[arg(value_name = "FICHIER", required = true)]
    pub fichiers: Vec<PathBuf>,
    /// Écrit aussi un compte rendu à lire, une page HTML
    #[arg(long, value_name = "PAGE")]
    pub html: Option<PathBuf>,
}

/// `sillon dsn montrer`.
#[derive(Args, Debug)]
pub struct MontrerDsn {
    /// Fichier DSN, en clair, gzip ou zip ; « - » pour l'entrée standard
    #[arg(value_name = "FICHIER")]
    pub fichier: PathBuf,
}

/// `sillon dsn deposer`.
#[derive(Args, Debug)]
pub struct DeposerDsn {
    /// Code de la caisse
    #[arg(long, value_name = "CODE")]
    pub caisse: CodeCaisse,
    /// Fichiers DSN, en clair, gzip ou zip, dans n'importe quel ordre ; « - » pour l'entrée standard
    #[arg(value_name = "FICHIER", required = true)]
    pub fichiers: Vec<PathBuf>,
}

/// `sillon rapprocher`.
#[derive(Args, Debug)]
pub struct Rapprocher {
    /// Code de la caisse
    #[arg(long, value_name = "CODE")]
    pub caisse: CodeCaisse,
    /// Mois à rapprocher, AAAA-MM (par défaut : tous ceux qu'une déclaration concerne)
    #[arg(long, value_name = "MOIS", value_parser = mois)]
    pub mois: Option<Periode>,
    /// Jour auquel se placer, inclus, AAAA-MM-JJ (par défaut : aujourd'hui)
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub au: Option<Date>,
    /// Jours laissés après l'échéance avant un écart
    #[arg(long, value_name = "JOURS", default_value = "0", value_parser = jours)]
    pub tolerance: u16,
}

/// `sillon delais`.
#[derive(Args, Debug)]
pub struct Delais {
    /// Règle, par exemple opposition-contrainte ; « --liste » les montre toutes
    #[arg(long, value_name = "REGLE", required_unless_present = "liste")]
    pub regle: Option<String>,
    /// Jour de l'acte, de la notification ou du paiement qui fait courir le délai, AAAA-MM-JJ
    #[arg(long, value_name = "DATE", value_parser = date, required_unless_present = "liste")]
    pub depuis: Option<Date>,
    /// Siège de la juridiction, qui donne les jours fériés : metropole (par défaut), alsace-moselle, guadeloupe,
    /// martinique, guyane, la-reunion, mayotte, saint-barthelemy, saint-martin, saint-pierre-et-miquelon,
    /// wallis-et-futuna
    #[arg(long, value_name = "ZONE", default_value = "metropole", value_parser = zone)]
    pub zone: Zone,
    /// Où demeure la personne, qui donne le délai de distance : une zone, polynesie-francaise, nouvelle-caledonie,
    /// terres-australes ou etranger (par défaut : la zone)
    #[arg(long, value_name = "LIEU", value_parser = residence)]
    pub residence: Option<Residence>,
    /// Montre toutes les règles connues
    #[arg(long)]
    pub liste: bool,
}

/// `sillon dsn lire`.
#[derive(Args, Debug)]
pub struct LireDsn {
    /// Fichiers DSN, en clair, gzip ou zip ; « - » pour l'entrée standard
    #[arg(value_name = "FICHIER", required = true)]
    pub fichiers: Vec<PathBuf>,
    /// Descend jusqu'à l'individu et au code de cotisation
    #[arg(long)]
    pub detail: bool,
}

/// `sillon compte`.
#[derive(Args, Debug)]
pub struct Compte {
    /// Code de la caisse
    #[arg(long, value_name = "CODE")]
    pub caisse: CodeCaisse,
    /// Matricule du débiteur
    #[arg(long, value_name = "MATRICULE")]
    pub debiteur: Matricule,
    /// État à cette date incluse, AAAA-MM-JJ (par défaut : aujourd'hui)
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub au: Option<Date>,
}

/// `sillon verifier`.
#[derive(Args, Debug)]
pub struct Verifier {
    /// Code de la caisse (par défaut : toutes)
    #[arg(long, value_name = "CODE")]
    pub caisse: Option<CodeCaisse>,
}

/// `sillon pilotage`.
#[derive(Args, Debug)]
pub struct Pilotage {
    /// Code de la caisse ; se répète pour en comparer plusieurs (par défaut : toutes)
    #[arg(long, value_name = "CODE")]
    pub caisse: Vec<CodeCaisse>,
    /// Ce qu'une ligne compte : caisse, ou, de chaque caisse, annee, nature ou etape (par défaut : caisse)
    #[arg(long, value_name = "QUOI", default_value = "caisse")]
    pub par: Par,
}

/// Ce qu'une ligne du pilotage compte.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Par {
    /// La caisse entière
    Caisse,
    /// Ses créances émises une même année
    Annee,
    /// Ses créances d'une même nature
    Nature,
    /// Ce qui reste dû à une même étape de la procédure
    Etape,
}

/// `sillon agents …`.
#[derive(Subcommand, Debug)]
pub enum Agents {
    /// Liste les comptes
    Lister {
        /// Code de la caisse
        #[arg(long, value_name = "CODE")]
        caisse: CodeCaisse,
    },
    /// Crée un compte ; son mot de passe provisoire est imprimé une fois
    Creer {
        /// Code de la caisse
        #[arg(long, value_name = "CODE")]
        caisse: CodeCaisse,
        /// Identifiant de connexion
        #[arg(value_name = "IDENTIFIANT")]
        identifiant: String,
        /// Nom affiché
        #[arg(long, value_name = "NOM")]
        nom: String,
        /// Service : prestations, cotisations, recouvrement, agence_comptable, dpo ou administrateur
        #[arg(long, value_name = "SERVICE")]
        service: String,
    },
    /// Ferme un compte et ses sessions
    Desactiver {
        /// Code de la caisse
        #[arg(long, value_name = "CODE")]
        caisse: CodeCaisse,
        /// Identifiant de connexion
        #[arg(value_name = "IDENTIFIANT")]
        identifiant: String,
    },
    /// Redonne un mot de passe provisoire et oublie le second facteur
    Reinitialiser {
        /// Code de la caisse
        #[arg(long, value_name = "CODE")]
        caisse: CodeCaisse,
        /// Identifiant de connexion
        #[arg(value_name = "IDENTIFIANT")]
        identifiant: String,
    },
}

// Les lectures que clap offre refusent en anglais.

fn nombre_de_debiteurs(texte: &str) -> Result<u64, &'static str> {
    let nombre = texte.parse().ok().filter(|n| (1..=2_000_000).contains(n));
    nombre.ok_or("donnez un nombre entier de 1 à 2000000")
}

fn port(texte: &str) -> Result<u16, &'static str> {
    texte.parse().map_err(|_| "donnez un nombre entier de 0 à 65535")
}

fn jours(texte: &str) -> Result<u16, &'static str> {
    let jours = texte.parse().ok().filter(|j| *j <= 366);
    jours.ok_or("donnez un nombre entier de jours, de 0 à 366")
}

fn mois(texte: &str) -> Result<Periode, &'static str> {
    let mois = texte.parse::<Periode>().ok();
    let mois = mois.filter(|p| matches!(p.genre(), GenrePeriode::Mois { .. }));
    mois.ok_or("donnez un mois, par exemple 2026-01")
}

fn zone(texte: &str) -> Result<Zone, CodeInconnu> {
    sans_article(texte).parse()
}

fn residence(texte: &str) -> Result<Residence, CodeInconnu> {
    sans_article(texte).parse()
}

/// La Réunion se dit aussi sans son article.
fn sans_article(lieu: &str) -> &str {
    if lieu == "reunion" { "la-reunion" } else { lieu }
}

fn date(texte: &str) -> Result<Date, &'static str> {
    texte
        .parse()
        .map_err(|_| "donnez une date qui existe, AAAA-MM-JJ")
}

/// Pourquoi rien n'est à lancer.
#[derive(Debug)]
pub enum Fin {
    /// L'aide, à imprimer.
    Aide(String),
    /// Arguments refusés : ce qui ne va pas et que faire.
    Refus(String),
}

/// Lit la ligne de commande.
///
/// # Errors
/// [`Fin`] : aide demandée ou arguments refusés.
pub fn lire(arguments: impl IntoIterator<Item = OsString>) -> Result<Demande, Fin> {
    franciser(Demande::command())
        .try_get_matches_from(arguments)
        .and_then(|m| Demande::from_arg_matches(&m))
        .map_err(|e| fin(&e))
}

const GABARIT: &str = "{about-with-newline}\nUsage : {usage}\n\n{all-args}{after-help}";

/// clap parle anglais : titres et textes qu'il ajoute sont remplacés, partout dans l'arbre des commandes.
fn franciser(commande: Command) -> Command {
    let aide = Arg::new("aide")
        .long("aide")
        .alias("help")
        .short('h')
        .action(ArgAction::Help)
        .help("Montre cette aide");
    let commande = commande
        .styles(Styles::plain())
        .help_template(GABARIT)
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .disable_version_flag(true)
        .subcommand_help_heading("Commandes\u{A0}")
        .subcommand_value_name("COMMANDE")
        .arg(aide)
        .mut_args(|a| {
            let titre = if a.is_positional() {
                "Arguments\u{A0}"
            } else {
                "Options\u{A0}"
            };
            let a = a.help_heading(titre);
            if a.get_action().takes_values() {
                a.hide_possible_values(true)
                    .hide_default_value(true)
                    .hide_env(true)
            } else {
                a
            }
        });
    let noms: Vec<String> = commande
        .get_subcommands()
        .map(|c| c.get_name().to_owned())
        .collect();
    noms.into_iter()
        .fold(commande, |c, nom| c.mut_subcommand(nom, franciser))
}

fn fin(e: &clap::Error) -> Fin {
    let texte = |kind| match e.get(kind) {
        Some(ContextValue::String(s)) => s.clone(),
        Some(ContextValue::Strings(s)) => s.join(", "),
        _ => String::new(),
    };
    let argument = texte(ContextKind::InvalidArg);
    let valeur = texte(ContextKind::InvalidValue);
    Fin::Refus(match e.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => return Fin::Aide(e.render().to_string()),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            "quelle commande ? Voir « sillon --aide »".to_owned()
        }
        ErrorKind::InvalidSubcommand => {
            format!(
                "commande inconnue « {} ». Voir « sillon --aide »",
                texte(ContextKind::InvalidSubcommand)
            )
        }
        ErrorKind::UnknownArgument => format!("option inconnue « {argument} ». Voir « --aide »"),
        ErrorKind::MissingRequiredArgument => {
            format!("il manque {}. Voir « --aide »", argument.trim_end_matches('.'))
        }
        ErrorKind::InvalidValue if valeur.is_empty() => format!("il manque une valeur à {argument}"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let permises = texte(ContextKind::ValidValue);
            let raison = match std::error::Error::source(e) {
                Some(raison) => format!(" : {raison}"),
                None if permises.is_empty() => String::new(),
                None => format!(" : donnez l'une de ces valeurs : {permises}"),
            };
            // La valeur peut être une donnée personnelle (un matricule) : seul le nom de l'option est dit.
            format!("valeur refusée pour {argument}{raison}")
        }
        ErrorKind::TooManyValues | ErrorKind::ArgumentConflict => format!("{argument} est donné deux fois"),
        ErrorKind::InvalidUtf8 => "un argument n'est pas du texte UTF-8".to_owned(),
        _ => "arguments refusés. Voir « sillon --aide »".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refus(arguments: &[&str]) -> String {
        match lire(arguments.iter().map(OsString::from)) {
            Err(Fin::Refus(message)) => message,
            autre => panic!("{autre:?}"),
        }
    }

    #[test]
    fn les_refus_sont_en_francais_et_disent_que_faire() {
        let refus = [
            refus(&["sillon"]),
            refus(&["sillon", "danser"]),
            refus(&["sillon", "demo", "--vite"]),
            refus(&["sillon", "demo", "--debiteurs", "0"]),
            refus(&["sillon", "demo", "--debiteurs", "beaucoup"]),
            refus(&["sillon", "verifier", "--caisse", "DMSA99"]),
            refus(&["sillon", "compte", "--caisse", "DMSA33"]),
            refus(&[
                "sillon",
                "compte",
                "--caisse",
                "DMSA33",
                "--debiteur",
                "1",
                "--au",
                "31/12/2026",
            ]),
            refus(&["sillon", "encaissements", "importer", "--caisse", "DMSA33"]),
            refus(&["sillon", "verifier", "--format", "xml"]),
            refus(&["sillon", "delais", "--depuis", "2026-02-29"]),
            refus(&["sillon", "delais", "--regle", "appel"]),
            refus(&["sillon", "delais", "--regle", "appel", "--zone", "corse"]),
        ]
        .join("\n");
        for anglais in [
            "error",
            "unexpected",
            "required",
            "Usage:",
            "invalid",
            "failed",
            " is not ",
        ] {
            assert!(!refus.contains(anglais), "{anglais} : {refus}");
        }
        insta::assert_snapshot!(refus);
    }

    #[test]
    fn un_refus_ne_redit_pas_la_valeur_qui_peut_etre_personnelle() {
        let matricule = "1850233063123456789";
        let message = refus(&["sillon", "compte", "--caisse", "DMSA33", "--debiteur", matricule]);
        assert!(
            message.contains("--debiteur") && !message.contains(matricule),
            "{message}"
        );
    }

    #[test]
    fn l_aide_est_en_francais() {
        for commande in [
            &["sillon", "--aide"][..],
            &["sillon", "demo", "--help"],
            &["sillon", "compte", "-h"],
            &["sillon", "delais", "--aide"],
            &["sillon", "prelevements", "emettre", "--aide"],
        ] {
            let Err(Fin::Aide(texte)) = lire(commande.iter().map(OsString::from)) else {
                panic!("{commande:?}")
            };
            assert!(
                texte.contains("Usage :") && texte.contains("Montre cette aide"),
                "{texte}"
            );
            for anglais in [
                "Usage:",
                "Options:",
                "Print",
                "Commands",
                "[default",
                "[env",
                "possible values",
            ] {
                assert!(!texte.contains(anglais), "{anglais} : {texte}");
            }
            insta::assert_snapshot!(format!("aide{}", commande.join("_").replace("--", "")), texte);
        }
    }
}
