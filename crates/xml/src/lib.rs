//! La lecture XML au fil de l'eau : événements numérotés par ligne, limites, petits arbres.
//!
//! Au-dessus de quick-xml, qui ne borne ni les textes ni la profondeur et ne compte pas les lignes. Ce que
//! partagent les lecteurs des messages de banque : relevés, comptes rendus de prélèvement.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

use std::{
    borrow::Cow,
    io::{self, BufRead, ErrorKind, Read},
};

use quick_xml::{Reader, errors::Error, events::Event, name::PrefixDeclaration};

/// Ce qu'un document XML enfreint, et où ; le lecteur du message en fait une phrase et un remède.
#[derive(Debug, Clone)]
pub struct Faute {
    /// La ligne, à partir de 1.
    pub ligne: u64,
    /// Le champ : « document XML », ou un chemin de balises.
    pub champ: Cow<'static, str>,
    /// La règle enfreinte.
    pub regle: Regle,
}

impl Faute {
    fn new(ligne: u64, champ: impl Into<Cow<'static, str>>, regle: Regle) -> Self {
        Self {
            ligne,
            champ: champ.into(),
            regle,
        }
    }
}

/// Une règle qu'un document XML doit respecter ; les limites sont dites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regle {
    /// La lecture elle-même a échoué.
    Lecture(ErrorKind),
    /// Encodage annoncé ou constaté autre que celui-ci.
    Encodage(&'static str),
    /// Un texte, une balise ou un commentaire dépasse ce nombre d'octets.
    TexteTropLong(usize),
    /// Plus de balises imbriquées que ce nombre.
    TropProfond(usize),
    /// Plus d'éléments que ce nombre dans un même ensemble.
    TropDElements(usize),
    /// XML illisible.
    XmlMalForme,
    /// Le document s'arrête avant sa fin.
    Tronque,
    /// Déclaration de type de document.
    Doctype,
    /// Entité autre que les cinq de XML.
    Entite,
    /// Contenu après la fin du document.
    ContenuApresLaFin,
    /// Balise unique présente deux fois.
    BaliseEnDouble,
}

/// Octets par événement XML : le plus long texte d'un message de banque compte 500 caractères.
const LIMITE_EVENEMENT: usize = 64 * 1024;
/// Octets rendus d'un coup au lecteur, pour que la limite précédente morde vite.
const TRANCHE: usize = 16 * 1024;
/// Balises imbriquées : un message de banque n'en imbrique pas vingt.
const LIMITE_PROFONDEUR: usize = 40;
/// Éléments d'un petit arbre (un détail, une opération…) : un détail très fourni en compte deux cents.
const LIMITE_ELEMENTS: usize = 4_000;
/// Octets de texte d'un petit arbre : assez pour mille lignes de motif de paiement.
const LIMITE_TEXTE: usize = 256 * 1024;

/// Le début d'un élément.
pub struct Debut {
    /// La ligne où il s'ouvre.
    pub ligne: u64,
    /// Nom sans préfixe.
    pub nom: String,
    /// Attribut `Ccy`.
    pub devise: Option<String>,
    /// Espace de noms, cherché sur l'élément même.
    pub espace: Option<String>,
}

enum Evenement {
    Debut(Debut),
    Fin,
    Texte(String),
    Fichier,
}

/// Un document XML lu au fil de l'eau.
pub struct Flux<R> {
    lecteur: Reader<Compteur<R>>,
    tampon: Vec<u8>,
    profondeur: usize,
}

impl<R: BufRead> Flux<R> {
    /// Un document, rien n'en étant lu encore.
    pub fn new(source: R) -> Self {
        let mut lecteur = Reader::from_reader(Compteur {
            source,
            ligne: 1,
            depuis: 0,
            deborde: false,
            epuise: false,
        });
        lecteur.config_mut().expand_empty_elements = true;
        Self {
            lecteur,
            tampon: Vec::new(),
            profondeur: 0,
        }
    }

    /// La ligne en cours.
    pub fn ligne(&self) -> u64 {
        self.lecteur.get_ref().ligne
    }

    /// L'élément fils suivant de l'élément ouvert, `None` à sa fin. Le texte entre les deux est passé.
    pub fn fils(&mut self) -> Result<Option<Debut>, Faute> {
        loop {
            match self.evenement()? {
                Evenement::Debut(debut) => return Ok(Some(debut)),
                Evenement::Fin => return Ok(None),
                Evenement::Texte(_) => {}
                Evenement::Fichier => return Err(self.faute(Regle::Tronque)),
            }
        }
    }

    /// Passe l'élément qui vient de s'ouvrir, sans rien en garder.
    pub fn passer(&mut self) -> Result<(), Faute> {
        let dehors = self.profondeur.saturating_sub(1);
        while self.profondeur > dehors {
            self.evenement()?;
        }
        Ok(())
    }

    /// Vérifie qu'il ne reste rien après l'élément racine.
    pub fn finir(&mut self) -> Result<(), Faute> {
        loop {
            match self.evenement()? {
                Evenement::Texte(texte) if texte.trim().is_empty() => {}
                Evenement::Fichier => return Ok(()),
                _ => return Err(self.faute(Regle::ContenuApresLaFin)),
            }
        }
    }

    /// Le petit arbre de l'élément qui vient de s'ouvrir.
    pub fn arbre(&mut self, debut: Debut) -> Result<Noeud, Faute> {
        let mut racine = Noeud::ouvrir(debut);
        let mut ouverts: Vec<Noeud> = Vec::new();
        let (mut elements, mut octets) = (1_usize, 0_usize);
        loop {
            match self.evenement()? {
                Evenement::Debut(debut) => {
                    elements = elements.saturating_add(1);
                    if elements > LIMITE_ELEMENTS {
                        return Err(self.faute(Regle::TropDElements(LIMITE_ELEMENTS)));
                    }
                    ouverts.push(std::mem::replace(&mut racine, Noeud::ouvrir(debut)));
                }
                Evenement::Texte(texte) => {
                    octets = octets.saturating_add(texte.len());
                    if octets > LIMITE_TEXTE {
                        return Err(self.faute(Regle::TexteTropLong(LIMITE_TEXTE)));
                    }
                    racine.texte.push_str(&texte);
                }
                Evenement::Fin => match ouverts.pop() {
                    Some(mut parent) => {
                        std::mem::swap(&mut parent, &mut racine);
                        racine.fils.push(parent);
                    }
                    None => return Ok(racine),
                },
                Evenement::Fichier => return Err(self.faute(Regle::Tronque)),
            }
        }
    }

    fn faute(&self, regle: Regle) -> Faute {
        Faute::new(self.ligne(), "document XML", regle)
    }

    fn evenement(&mut self) -> Result<Evenement, Faute> {
        loop {
            let ligne = self.ligne();
            self.lecteur.get_mut().depuis = 0;
            self.tampon.clear();
            let evenement = match self.lecteur.read_event_into(&mut self.tampon) {
                Ok(evenement) => evenement,
                Err(erreur) => {
                    let regle = regle(&erreur, self.lecteur.get_ref());
                    return Err(self.faute(regle));
                }
            };
            let refus = |regle| Err(Faute::new(ligne, "document XML", regle));
            match evenement {
                Event::Start(debut) => {
                    self.profondeur = self.profondeur.saturating_add(1);
                    if self.profondeur > LIMITE_PROFONDEUR {
                        return refus(Regle::TropProfond(LIMITE_PROFONDEUR));
                    }
                    let nom_complet = debut.name();
                    let (nom, prefixe) = nom_complet.decompose();
                    let (mut devise, mut espace) = (None, None);
                    for attribut in debut.attributes() {
                        let Ok(attribut) = attribut else {
                            return refus(Regle::XmlMalForme);
                        };
                        let declare = match attribut.key.as_namespace_binding() {
                            Some(PrefixDeclaration::Default) => prefixe.is_none(),
                            Some(PrefixDeclaration::Named(declare)) => {
                                prefixe.is_some_and(|prefixe| prefixe.as_ref() == declare)
                            }
                            None => false,
                        };
                        if declare {
                            espace = Some(attribut.value.into_owned());
                        } else if attribut.key.as_ref() == "Ccy" {
                            devise = Some(attribut.value.into_owned());
                        }
                    }
                    let nom = nom.as_ref().to_owned();
                    return Ok(Evenement::Debut(Debut {
                        ligne,
                        nom,
                        devise,
                        espace,
                    }));
                }
                Event::End(_) => {
                    self.profondeur = self.profondeur.saturating_sub(1);
                    return Ok(Evenement::Fin);
                }
                // L'indentation fait le tiers des événements : elle ne mérite pas de copie.
                Event::Text(texte) if texte.starts_with(['\n', '\r']) && texte.trim_ascii().is_empty() => {}
                Event::Text(texte) => return texte_permis(texte.xml10_content().into_owned(), ligne),
                Event::CData(texte) => return texte_permis(texte.xml10_content().into_owned(), ligne),
                Event::GeneralRef(reference) => {
                    let caractere = match reference.resolve_char_ref() {
                        Ok(Some(caractere)) => caractere,
                        Ok(None) => match &*reference {
                            "lt" => '<',
                            "gt" => '>',
                            "amp" => '&',
                            "quot" => '"',
                            "apos" => '\'',
                            _ => return refus(Regle::Entite),
                        },
                        Err(_) => return refus(Regle::XmlMalForme),
                    };
                    return texte_permis(caractere.to_string(), ligne);
                }
                Event::Decl(declaration) => match declaration.encoding() {
                    Some(Ok(encodage)) if !encodage.eq_ignore_ascii_case("UTF-8") => {
                        return refus(Regle::Encodage("UTF-8"));
                    }
                    Some(Err(_)) => return refus(Regle::XmlMalForme),
                    None | Some(Ok(_)) => {}
                },
                Event::DocType(_) => return refus(Regle::Doctype),
                Event::Comment(_) | Event::PI(_) => {}
                Event::Empty(_) => return refus(Regle::XmlMalForme),
                Event::Eof if self.profondeur > 0 => return refus(Regle::Tronque),
                Event::Eof => return Ok(Evenement::Fichier),
            }
        }
    }
}

fn texte_permis(texte: String, ligne: u64) -> Result<Evenement, Faute> {
    if texte
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
    {
        return Err(Faute::new(ligne, "document XML", Regle::XmlMalForme));
    }
    Ok(Evenement::Texte(texte))
}

fn regle<R>(erreur: &Error, compteur: &Compteur<R>) -> Regle {
    match erreur {
        Error::Io(_) if compteur.deborde => Regle::TexteTropLong(LIMITE_EVENEMENT),
        Error::Io(erreur) => Regle::Lecture(erreur.kind()),
        _ if compteur.epuise => Regle::Tronque,
        Error::Encoding(_) => Regle::Encodage("UTF-8"),
        _ => Regle::XmlMalForme,
    }
}

/// Compte les lignes consommées et arrête un événement trop long.
struct Compteur<R> {
    source: R,
    ligne: u64,
    depuis: usize,
    deborde: bool,
    epuise: bool,
}

impl<R: BufRead> Read for Compteur<R> {
    fn read(&mut self, vers: &mut [u8]) -> io::Result<usize> {
        let lu = self.fill_buf()?.read(vers)?;
        self.consume(lu);
        Ok(lu)
    }
}

impl<R: BufRead> BufRead for Compteur<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.depuis > LIMITE_EVENEMENT {
            self.deborde = true;
            return Err(ErrorKind::FileTooLarge.into());
        }
        let morceau = self.source.fill_buf()?;
        self.epuise = morceau.is_empty();
        Ok(morceau.get(..TRANCHE).unwrap_or(morceau))
    }

    fn consume(&mut self, nombre: usize) {
        if let Ok(morceau) = self.source.fill_buf() {
            let fins = morceau.iter().take(nombre).filter(|&&b| b == b'\n').count();
            self.ligne = self.ligne.saturating_add(u64::try_from(fins).unwrap_or(u64::MAX));
        }
        self.depuis = self.depuis.saturating_add(nombre);
        self.source.consume(nombre);
    }
}

/// Un petit arbre XML.
pub struct Noeud {
    /// Nom sans préfixe.
    pub nom: String,
    /// La ligne où il s'ouvre.
    pub ligne: u64,
    /// Attribut `Ccy`.
    pub devise: Option<String>,
    texte: String,
    fils: Vec<Noeud>,
}

impl Noeud {
    /// Un nœud sans contenu, au début de cet élément.
    pub fn ouvrir(debut: Debut) -> Self {
        Self {
            nom: debut.nom,
            ligne: debut.ligne,
            devise: debut.devise,
            texte: String::new(),
            fils: Vec::new(),
        }
    }

    /// Ajoute un fils, dans la limite du nombre d'éléments.
    pub fn ajouter(&mut self, fils: Self) -> Result<(), Faute> {
        if self.fils.len() >= LIMITE_ELEMENTS {
            return Err(Faute::new(
                fils.ligne,
                self.nom.clone(),
                Regle::TropDElements(LIMITE_ELEMENTS),
            ));
        }
        self.fils.push(fils);
        Ok(())
    }

    /// Tous les fils de ce nom.
    pub fn tous<'n>(&'n self, nom: &'static str) -> impl Iterator<Item = &'n Self> {
        self.fils.iter().filter(move |fils| fils.nom == nom)
    }

    /// Le fils de ce nom, s'il y en a un.
    ///
    /// # Errors
    /// Il y en a deux.
    pub fn fils(&self, nom: &'static str) -> Result<Option<&Self>, Faute> {
        let mut tous = self.tous(nom);
        let premier = tous.next();
        match tous.next() {
            Some(second) => Err(Faute::new(
                second.ligne,
                format!("{}/{nom}", self.nom),
                Regle::BaliseEnDouble,
            )),
            None => Ok(premier),
        }
    }

    /// Le descendant au bout du chemin.
    ///
    /// # Errors
    /// Une étape du chemin est en double.
    pub fn chemin(&self, chemin: &[&'static str]) -> Result<Option<&Self>, Faute> {
        let mut ici = self;
        for nom in chemin {
            match ici.fils(nom)? {
                Some(fils) => ici = fils,
                None => return Ok(None),
            }
        }
        Ok(Some(ici))
    }

    /// Le texte de ce nœud, sans blancs autour ; `None` s'il est vide.
    pub fn texte(&self) -> Option<&str> {
        let texte = self.texte.trim();
        (!texte.is_empty()).then_some(texte)
    }

    /// Le texte au bout du chemin.
    ///
    /// # Errors
    /// Une étape du chemin est en double.
    pub fn texte_de(&self, chemin: &[&'static str]) -> Result<Option<&str>, Faute> {
        Ok(self.chemin(chemin)?.and_then(Self::texte))
    }
}
