//! Chaque texte SQL des sources se prépare sur les deux moteurs : aucun ne pourrit dans une branche peu suivie. Et aucun
//! lot n'y lit une table en entier.
//!
//! Les textes se trouvent par leur forme : `sql!("…")`, et `Lot::nouveau()….executer(tx, "…")` (ou `toutes`), dont les
//! colonnes se lisent dans la chaîne d'appels. La crate `storage` n'en est pas : elle a le droit de parler à un seul
//! moteur, et le coffre des clés est une autre base.
#![expect(clippy::unwrap_used, reason = "un essai s’arrête au premier refus inattendu")]

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use storage::essais::{ENVOIS, bancs, lues_en_entier, preparer};

/// Les colonnes d'un lot : nom, type de PostgreSQL.
type Colonnes = Vec<(String, &'static str)>;

/// Un texte SQL, où il est, et les colonnes de `v` si c'est celui d'un lot.
struct Texte {
    ou_: String,
    sql: String,
    colonnes: Option<Colonnes>,
}

/// Ce qu'un fichier a donné.
#[derive(Default)]
struct Lecture {
    fichier: String,
    /// Textes constants du fichier, par leur nom.
    constantes: HashMap<String, String>,
    /// Lots tenus par une variable, par son nom.
    lots: HashMap<String, Colonnes>,
    textes: Vec<Texte>,
    /// Textes qu'on n'a pas su lire.
    illisibles: Vec<String>,
}

fn sources(dossier: &Path, fichiers: &mut Vec<PathBuf>) {
    for entree in std::fs::read_dir(dossier).unwrap() {
        let chemin = entree.unwrap().path();
        if chemin.is_dir() {
            sources(&chemin, fichiers);
        } else if chemin.extension().is_some_and(|e| e == "rs")
            && chemin.file_name().is_some_and(|n| n != "tests.rs")
        {
            fichiers.push(chemin);
        }
    }
}

fn lire() -> Vec<Lecture> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut fichiers = Vec::new();
    for entree in std::fs::read_dir(crates).unwrap() {
        let source = entree.unwrap().path().join("src");
        if source.is_dir() && !source.starts_with(crates.join("storage")) {
            sources(&source, &mut fichiers);
        }
    }
    fichiers.sort();
    fichiers
        .iter()
        .map(|chemin| {
            let texte = std::fs::read_to_string(chemin).unwrap();
            let flux: TokenStream = texte.parse().unwrap();
            let fichier = chemin.strip_prefix(crates).unwrap().display().to_string();
            let mut lecture = Lecture {
                fichier,
                ..Lecture::default()
            };
            let jetons = sans_essais(flux);
            lecture.noter_les_noms(&jetons);
            lecture.parcourir(&jetons);
            lecture
        })
        .collect()
}

/// Les jetons, moins ce que garde `#[cfg(test)]`.
fn sans_essais(flux: TokenStream) -> Vec<TokenTree> {
    let mut gardes = Vec::new();
    let mut jetons = flux.into_iter().peekable();
    while let Some(jeton) = jetons.next() {
        let essais = est_signe(&jeton, '#')
            && jetons.peek().is_some_and(|suivant| match suivant {
                TokenTree::Group(g) => g.stream().to_string().replace(' ', "") == "cfg(test)",
                _ => false,
            });
        if essais {
            // Jusqu'au corps du module, ou au point-virgule d'un module d'un autre fichier.
            for passe in jetons.by_ref().skip(1) {
                let corps = matches!(&passe, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace);
                if corps || est_signe(&passe, ';') {
                    break;
                }
            }
        } else {
            gardes.push(jeton);
        }
    }
    gardes
}

fn est_signe(jeton: &TokenTree, signe: char) -> bool {
    matches!(jeton, TokenTree::Punct(p) if p.as_char() == signe)
}

fn est_mot(jeton: &TokenTree, mot: &str) -> bool {
    matches!(jeton, TokenTree::Ident(i) if i == mot)
}

fn groupe(jeton: Option<&TokenTree>) -> Option<&Group> {
    match jeton {
        Some(TokenTree::Group(g)) => Some(g),
        _ => None,
    }
}

/// Les parenthèses de l'appel : tout de suite, ou derrière `::<…>`.
fn appel(suite: &[TokenTree]) -> Option<&Group> {
    let rang = if suite.first().is_some_and(|j| est_signe(j, ':')) {
        (1..suite.len()).find(|&i| est_signe(&suite[i - 1], '>') && groupe(suite.get(i)).is_some())?
    } else {
        0
    };
    groupe(suite.get(rang))
}

fn litteral(jeton: &TokenTree) -> Option<String> {
    syn::parse_str::<syn::LitStr>(&jeton.to_string())
        .ok()
        .map(|l| l.value())
}

/// Les arguments d'un appel, coupés aux virgules.
fn arguments(groupe: &Group) -> Vec<Vec<TokenTree>> {
    let jetons: Vec<TokenTree> = groupe.stream().into_iter().collect();
    let mut arguments: Vec<Vec<TokenTree>> = jetons
        .split(|j| est_signe(j, ','))
        .map(<[TokenTree]>::to_vec)
        .collect();
    if arguments.last().is_some_and(Vec::is_empty) {
        arguments.pop();
    }
    arguments
}

const COLONNES: [(&str, &str); 5] = [
    ("entiers", "bigint"),
    ("entiers_opt", "bigint"),
    ("textes", "text"),
    ("textes_opt", "text"),
    ("octets", "bytea"),
];

impl Lecture {
    /// `const NOM: … = "…"`, `let nom = "…"`, `let nom = Lot::nouveau()….`, `let nom = || Lot::nouveau()….`.
    fn noter_les_noms(&mut self, jetons: &[TokenTree]) {
        for (i, jeton) in jetons.iter().enumerate() {
            if let TokenTree::Group(g) = jeton {
                self.noter_les_noms(&sans_essais(g.stream()));
            }
            if !(est_mot(jeton, "const") || est_mot(jeton, "let")) {
                continue;
            }
            let Some(TokenTree::Ident(nom)) = jetons.get(i + 1) else {
                continue;
            };
            let suite: Vec<TokenTree> = jetons[i + 2..]
                .iter()
                .take_while(|j| !est_signe(j, ';'))
                .skip_while(|j| !est_signe(j, '='))
                .skip(1)
                .skip_while(|j| est_signe(j, '|'))
                .cloned()
                .collect();
            // Le corps d'une fermeture peut être entre accolades.
            let suite = match suite.as_slice() {
                [TokenTree::Group(g)] => g.stream().into_iter().collect(),
                _ => suite,
            };
            if let [seul] = suite.as_slice()
                && let Some(texte) = litteral(seul)
            {
                self.constantes.insert(nom.to_string(), texte);
            } else if suite.first().is_some_and(|j| est_mot(j, "Lot"))
                && let Some((colonnes, None)) = self.chaine(&suite[5.min(suite.len())..], Vec::new())
            {
                self.lots.insert(nom.to_string(), colonnes);
            }
        }
    }

    fn parcourir(&mut self, jetons: &[TokenTree]) {
        for (i, jeton) in jetons.iter().enumerate() {
            let ou_ = format!("{}:{}", self.fichier, jeton.span().start().line);
            let suite = &jetons[i + 1..];
            if let TokenTree::Group(g) = jeton {
                self.parcourir(&sans_essais(g.stream()));
            } else if est_mot(jeton, "sql") && suite.first().is_some_and(|j| est_signe(j, '!')) {
                let arguments = groupe(suite.get(1)).map(arguments).unwrap_or_default();
                match arguments.first().and_then(|a| self.texte(a)) {
                    Some(sql) => self.textes.push(Texte {
                        ou_,
                        sql,
                        colonnes: None,
                    }),
                    None => self.illisibles.push(ou_),
                }
            } else if est_mot(jeton, "executer") || est_mot(jeton, "toutes") {
                // Un appel à deux arguments est celui d'un lot : la chaîne qui y mène doit être connue.
                let appel = appel(suite).map(arguments).unwrap_or_default();
                if i > 0 && est_signe(&jetons[i - 1], '.') && appel.len() == 2 {
                    match self.lot_qui_mene_a(&jetons[..i - 1]).zip(self.texte(&appel[1])) {
                        Some((colonnes, sql)) => self.textes.push(Texte {
                            ou_,
                            sql,
                            colonnes: Some(colonnes),
                        }),
                        None => self.illisibles.push(ou_),
                    }
                }
            }
        }
    }

    fn texte(&self, argument: &[TokenTree]) -> Option<String> {
        match argument {
            [TokenTree::Ident(nom)] => self.constantes.get(&nom.to_string()).cloned(),
            [seul] => litteral(seul),
            _ => None,
        }
    }

    /// Les colonnes du lot dont la chaîne finit à la fin de `avant`.
    fn lot_qui_mene_a(&self, avant: &[TokenTree]) -> Option<Colonnes> {
        let depart = (0..avant.len()).rev().find(|&i| match &avant[i] {
            TokenTree::Ident(nom) => {
                nom == "Lot"
                    || (self.lots.contains_key(&nom.to_string())
                        && !avant[..i].last().is_some_and(|j| est_signe(j, '.')))
            }
            _ => false,
        })?;
        let TokenTree::Ident(nom) = &avant[depart] else {
            return None;
        };
        let (debut, connues) = if nom == "Lot" {
            (depart + 5, Vec::new())
        } else {
            (depart + 1, self.lots.get(&nom.to_string())?.clone())
        };
        let suite = avant.get(debut..)?;
        // Une fermeture qui rend le lot s'appelle : `lot()`.
        let suite = match suite.first() {
            Some(TokenTree::Group(g)) if g.stream().is_empty() => &suite[1..],
            _ => suite,
        };
        match self.chaine(suite, connues)? {
            (colonnes, None) => Some(colonnes),
            _ => None,
        }
    }

    /// Lit `.entiers("id", …).textes("nom", …)…` ; s'arrête à la fin, ou rend la méthode qu'elle ne connaît pas.
    fn chaine(&self, mut suite: &[TokenTree], mut colonnes: Colonnes) -> Option<(Colonnes, Option<String>)> {
        while let [point, TokenTree::Ident(methode), TokenTree::Group(g), reste @ ..] = suite {
            if !est_signe(point, '.') {
                return None;
            }
            let Some((_, nature)) = COLONNES.iter().find(|c| methode == c.0) else {
                return Some((colonnes, Some(methode.to_string())));
            };
            colonnes.push((litteral(arguments(g).first()?.first()?)?, nature));
            suite = reste;
        }
        suite.is_empty().then_some((colonnes, None))
    }
}

/// Le texte tel que `storage::Lot` l'envoie au moteur, pour tant de lignes.
fn pour(moteur: &str, texte: &Texte, lignes: usize) -> String {
    let Some(colonnes) = &texte.colonnes else {
        return texte.sql.clone();
    };
    let noms: Vec<&str> = colonnes.iter().map(|c| c.0.as_str()).collect();
    let relation = if moteur == "sqlite" {
        let ligne = format!("({})", vec!["?"; colonnes.len()].join(","));
        format!("VALUES {}", vec![ligne; lignes].join(","))
    } else {
        let tableaux: Vec<String> = colonnes
            .iter()
            .enumerate()
            .map(|(i, c)| format!("${}::{}[]", i + 1, c.1))
            .collect();
        format!("SELECT * FROM UNNEST({})", tableaux.join(","))
    };
    format!("WITH v({}) AS ({relation}) {}", noms.join(","), texte.sql)
}

#[tokio::test]
async fn tout_texte_sql_se_prepare_sur_les_deux_moteurs() {
    let lectures = lire();
    let illisibles: Vec<&String> = lectures.iter().flat_map(|l| &l.illisibles).collect();
    assert!(
        illisibles.is_empty(),
        "textes SQL que cet essai ne sait pas lire : {illisibles:#?}"
    );
    let textes: Vec<&Texte> = lectures.iter().flat_map(|l| &l.textes).collect();
    let lots = textes.iter().filter(|t| t.colonnes.is_some()).count();
    assert!(
        textes.len() > 100 && lots > 30,
        "{} textes, dont {lots} de lots",
        textes.len()
    );
    let mut refuses = Vec::new();
    for banc in bancs(&sillon::migrations()).await {
        let moteur = banc.db.moteur();
        for texte in &textes {
            if let Err(refus) = preparer(&banc.db, &pour(moteur, texte, 1)).await {
                refuses.push(format!("{moteur}, {} : {refus}\n  {}", texte.ou_, texte.sql));
            }
        }
        assert!(
            preparer(&banc.db, "SELECT inconnue FROM creance").await.is_err(),
            "{moteur} prépare vraiment"
        );
    }
    assert!(refuses.is_empty(), "{}", refuses.join("\n"));
}

/// Les tables qu'un lot a le droit de lire en entier : le début de son texte, le nom qu'elle y porte, pourquoi.
const LUES_EN_ENTIER: [(&str, &str, &str); 1] = [(
    "INSERT INTO encaissement (",
    "ligne_presumee",
    "Deux clés étrangères y désignent une recette. SQLite ne l'y cherche (FkIfZero) que si une ligne de l'instruction en \
     désigne elle-même une qui manque encore ; un retour et une part désignent une recette déjà écrite.",
)];

/// Un lot est petit, la table où il cherche ne l'est pas : sans index, elle serait lue pour lui en entier.
#[tokio::test]
async fn aucun_lot_ne_lit_une_table_en_entier() {
    let lectures = lire();
    let textes = lectures.iter().flat_map(|l| &l.textes);
    let lots: Vec<&Texte> = textes.filter(|t| t.colonnes.is_some()).collect();
    let sans_index = Texte {
        ou_: String::new(),
        sql: "SELECT c.id FROM v CROSS JOIN creance c WHERE c.libelle = v.libelle".to_owned(),
        colonnes: Some(vec![("libelle".to_owned(), "text")]),
    };
    let (mut refusees, mut permises) = (BTreeSet::new(), BTreeSet::new());
    for banc in bancs(&sillon::migrations()).await {
        let moteur = banc.db.moteur();
        for lignes in ENVOIS {
            for lot in &lots {
                let lues = lues_en_entier(&banc.db, &pour(moteur, lot, *lignes))
                    .await
                    .unwrap();
                for table in lues.iter().filter(|t| *t != "v") {
                    let permise = LUES_EN_ENTIER
                        .iter()
                        .find(|(debut, nom, _)| lot.sql.starts_with(debut) && table == nom);
                    match permise {
                        Some(permise) => permises.insert(permise),
                        None => refusees.insert(format!("{}, {table} :\n  {}", lot.ou_, lot.sql)),
                    };
                }
            }
            let lues = lues_en_entier(&banc.db, &pour(moteur, &sans_index, *lignes)).await;
            assert_eq!(
                lues.unwrap().contains(&"c".to_owned()),
                moteur == "sqlite",
                "{moteur} dit ce qu’il lit en entier"
            );
        }
    }
    let refusees: Vec<String> = refusees.into_iter().collect();
    assert!(refusees.is_empty(), "{}", refusees.join("\n"));
    assert_eq!(
        permises.len(),
        LUES_EN_ENTIER.len(),
        "une permission est sans objet"
    );
}
