//! La lecture d'un compte rendu `pain.002` (Customer Payment Status Report), une opération à la fois.
//!
//! Sources : message `pain.002` d'ISO 20022 (CustomerPaymentStatusReport), et l'usage qu'en dit EPC130-08 pour
//! les rejets. Son schéma n'a pas été relu (docs/prelevements.md).

mod avis;
mod champs;
mod erreur;
mod motif;
mod statut;

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    io::{BufRead, Chain, Cursor, ErrorKind, Read},
};

pub use avis::{Avis, Objet, Operation};
use erreur::Faute;
pub use erreur::{ErreurLecture, RegleLecture};
pub use motif::{CodeMotif, Motif};
pub use statut::Statut;
use xml::{Debut, Flux, Noeud};

/// Les versions dont les balises lues ici sont les mêmes ; 10 est celle qui répond à `pain.008.001.08`.
const VERSIONS: std::ops::RangeInclusive<u8> = 3..=10;
const BOM_UTF_8: &[u8] = &[0xEF, 0xBB, 0xBF];

type Source<R> = Chain<Cursor<Vec<u8>>, R>;

/// Un compte rendu en cours de lecture : un itérateur d'avis, qui s'arrête à la première erreur.
///
/// Il n'est bon que lorsque l'itérateur est allé au bout sans [`ErreurLecture`] : qui enregistre lit donc
/// deux fois, d'abord pour valider, ensuite pour écrire.
pub struct CompteRendu<R> {
    fichier: String,
    message: String,
    lecteur: Lecteur<R>,
    fini: bool,
}

struct Lecteur<R> {
    flux: Flux<Source<R>>,
    etape: Etape,
    prets: VecDeque<Avis>,
    /// A-t-on rendu un avis ?
    rendu: bool,
    /// Le statut de tout le message, s'il est donné.
    statut: Option<Statut>,
}

enum Etape {
    EntreRemises,
    DansRemise(Box<EnCours>),
    Fini,
}

/// La remise (`OrgnlPmtInfAndSts`) en cours.
struct EnCours {
    /// Ce qui précède ses opérations.
    tete: Noeud,
    /// Ce que la tête dit, une fois qu'une opération ou la fin l'a close.
    lue: Option<Tete>,
}

struct Tete {
    reference: String,
    statut: Option<Statut>,
    annonces: Vec<(u64, Statut, u64)>,
    trouves: BTreeMap<Statut, u64>,
}

impl<R: BufRead> CompteRendu<R> {
    /// Lit jusqu'au statut du message et prépare la suite. Le nom du fichier ne sert qu'aux messages.
    ///
    /// # Errors
    /// Fichier vide, autre message qu'un pain.002 lu ici, ou compte rendu d'autre chose que de prélèvements ;
    /// encodage faux, lecture impossible.
    pub fn ouvrir(nom_de_fichier: &str, source: R) -> Result<Self, ErreurLecture> {
        let fichier: String = nom_de_fichier.chars().filter(|c| !c.is_control()).collect();
        match ouvrir(source) {
            Ok((message, lecteur)) => Ok(Self {
                fichier,
                message,
                lecteur,
                fini: false,
            }),
            Err(faute) => Err(faute.dans(&fichier)),
        }
    }

    /// La référence du message envoyé dont c'est le compte rendu (`OrgnlMsgId`).
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl<R> fmt::Debug for CompteRendu<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompteRendu")
            .field("fichier", &self.fichier)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

impl<R: BufRead> Iterator for CompteRendu<R> {
    type Item = Result<Avis, ErreurLecture>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.fini {
            return None;
        }
        let suivant = self.lecteur.suivant();
        self.fini = !matches!(suivant, Ok(Some(_)));
        match suivant {
            Ok(avis) => avis.map(Ok),
            Err(faute) => Some(Err(faute.dans(&self.fichier))),
        }
    }
}

fn ouvrir<R: BufRead>(source: R) -> Result<(String, Lecteur<R>), Faute> {
    let mut flux = Flux::new(sans_bom(source)?);
    entrer(&mut flux)?;
    passer_a(&mut flux, "GrpHdr")?;
    flux.passer()?;
    let groupe = passer_a(&mut flux, "OrgnlGrpInfAndSts")?;
    let groupe = flux.arbre(groupe)?;
    let nom = groupe.texte_de(&["OrgnlMsgNmId"])?;
    if !nom.is_some_and(|nom| nom.starts_with("pain.008")) {
        let champ = "OrgnlGrpInfAndSts/OrgnlMsgNmId";
        return Err(Faute::new(groupe.ligne, champ, RegleLecture::AutreMessage));
    }
    let message = champs::reference(&groupe, "OrgnlMsgId", "OrgnlGrpInfAndSts/OrgnlMsgId")?;
    let statut = champs::statut(&groupe, "GrpSts", "OrgnlGrpInfAndSts/GrpSts")?;
    let motifs = champs::motifs(&groupe)?;
    let avis = statut.map(|statut| Avis {
        ligne: groupe.ligne,
        objet: Objet::Message,
        statut,
        motifs,
    });
    let lecteur = Lecteur {
        flux,
        etape: Etape::EntreRemises,
        prets: avis.into_iter().collect(),
        rendu: false,
        statut,
    };
    Ok((message, lecteur))
}

/// La source sans sa marque d'ordre des octets.
fn sans_bom<R: BufRead>(mut source: R) -> Result<Source<R>, Faute> {
    let mut debut = Vec::new();
    loop {
        match source.by_ref().take(3).read_to_end(&mut debut) {
            Ok(_) => break,
            Err(erreur) if erreur.kind() == ErrorKind::Interrupted => {}
            Err(erreur) => {
                let regle = RegleLecture::Lecture(erreur.kind());
                return Err(Faute::new(1, "fichier", regle));
            }
        }
    }
    if debut.is_empty() {
        return Err(Faute::new(1, "fichier", RegleLecture::FichierVide));
    }
    if debut.starts_with(&[0xFF, 0xFE]) || debut.starts_with(&[0xFE, 0xFF]) {
        return Err(Faute::new(1, "fichier", RegleLecture::Encodage("UTF-8")));
    }
    if debut == BOM_UTF_8 {
        debut.clear();
    }
    Ok(Cursor::new(debut).chain(source))
}

/// Entre dans le corps du message, et en vérifie la version.
fn entrer<R: BufRead>(flux: &mut Flux<R>) -> Result<(), Faute> {
    let refus = |ligne| Faute::new(ligne, "Document", RegleLecture::MessageRefuse);
    let racine = flux.fils().map_err(|faute| match faute.regle {
        // Un texte sans aucune balise n'est pas un compte rendu tronqué : ce n'est pas du XML.
        xml::Regle::Tronque => refus(faute.ligne),
        _ => faute.into(),
    })?;
    let racine = racine
        .filter(est_un_pain_002)
        .ok_or_else(|| refus(flux.ligne()))?;
    match flux.fils()? {
        Some(corps) if corps.nom == "CstmrPmtStsRpt" => Ok(()),
        Some(autre) => Err(refus(autre.ligne)),
        None => Err(refus(racine.ligne)),
    }
}

/// L'espace de noms de `Document` est-il celui d'une version lue ?
fn est_un_pain_002(racine: &Debut) -> bool {
    let version = racine
        .espace
        .as_deref()
        .and_then(|espace| espace.strip_prefix("urn:iso:std:iso:20022:tech:xsd:pain.002.001."));
    racine.nom == "Document"
        && version.is_some_and(|version| {
            version.len() == 2 && version.parse().is_ok_and(|version| VERSIONS.contains(&version))
        })
}

/// Le fils suivant, qui doit avoir ce nom.
fn passer_a<R: BufRead>(flux: &mut Flux<R>, nom: &'static str) -> Result<Debut, Faute> {
    match flux.fils()? {
        Some(debut) if debut.nom == nom => Ok(debut),
        Some(autre) => Err(Faute::new(autre.ligne, nom, RegleLecture::Ordre)),
        None => Err(Faute::new(flux.ligne(), nom, RegleLecture::Absent)),
    }
}

impl<R: BufRead> Lecteur<R> {
    /// L'avis suivant ; `None` à la fin d'un document complet et juste.
    fn suivant(&mut self) -> Result<Option<Avis>, Faute> {
        loop {
            if let Some(avis) = self.prets.pop_front() {
                self.rendu = true;
                return Ok(Some(avis));
            }
            match &mut self.etape {
                Etape::Fini => return Ok(None),
                Etape::EntreRemises => match self.flux.fils()? {
                    Some(debut) if debut.nom == "OrgnlPmtInfAndSts" => {
                        let (tete, lue) = (Noeud::ouvrir(debut), None);
                        self.etape = Etape::DansRemise(Box::new(EnCours { tete, lue }));
                    }
                    Some(debut) if debut.nom == "SplmtryData" => self.flux.passer()?,
                    Some(autre) => {
                        return Err(Faute::new(autre.ligne, "OrgnlPmtInfAndSts", RegleLecture::Ordre));
                    }
                    None => self.finir()?,
                },
                Etape::DansRemise(en_cours) => match self.flux.fils()? {
                    Some(debut) if debut.nom == "TxInfAndSts" => {
                        let noeud = self.flux.arbre(debut)?;
                        let tete = en_cours.tete(&mut self.prets)?;
                        let avis = tete.operation(&noeud, self.statut)?;
                        self.prets.push_back(avis);
                    }
                    // Le schéma met tout le reste avant les opérations : leur remise est donc déjà connue.
                    Some(autre) if en_cours.lue.is_some() => {
                        return Err(Faute::new(autre.ligne, "OrgnlPmtInfAndSts", RegleLecture::Ordre));
                    }
                    Some(debut) => {
                        let fils = self.flux.arbre(debut)?;
                        en_cours.tete.ajouter(fils)?;
                    }
                    None => {
                        en_cours.tete(&mut self.prets)?.verifier_les_nombres()?;
                        self.etape = Etape::EntreRemises;
                    }
                },
            }
        }
    }

    fn finir(&mut self) -> Result<(), Faute> {
        if let Some(autre) = self.flux.fils()? {
            let regle = RegleLecture::ContenuApresLaFin;
            return Err(Faute::new(autre.ligne, "Document", regle));
        }
        self.flux.finir()?;
        if !self.rendu {
            let regle = RegleLecture::AucunAvis;
            return Err(Faute::new(self.flux.ligne(), "OrgnlGrpInfAndSts", regle));
        }
        self.etape = Etape::Fini;
        Ok(())
    }
}

impl EnCours {
    /// Ce que dit la tête ; la première fois, elle est lue, et son avis est prêt.
    fn tete(&mut self, prets: &mut VecDeque<Avis>) -> Result<&mut Tete, Faute> {
        let lue = match self.lue.take() {
            Some(lue) => lue,
            None => self.lire_la_tete(prets)?,
        };
        Ok(self.lue.insert(lue))
    }

    fn lire_la_tete(&self, prets: &mut VecDeque<Avis>) -> Result<Tete, Faute> {
        let tete = Tete {
            reference: champs::reference(&self.tete, "OrgnlPmtInfId", "OrgnlPmtInfAndSts/OrgnlPmtInfId")?,
            statut: champs::statut(&self.tete, "PmtInfSts", "OrgnlPmtInfAndSts/PmtInfSts")?,
            annonces: champs::nombres_annonces(&self.tete)?,
            trouves: BTreeMap::new(),
        };
        let motifs = champs::motifs(&self.tete)?;
        prets.extend(tete.statut.map(|statut| Avis {
            ligne: self.tete.ligne,
            objet: Objet::Remise(tete.reference.clone()),
            statut,
            motifs,
        }));
        Ok(tete)
    }
}

impl Tete {
    /// L'avis d'une opération. Sans statut à elle, elle a celui de sa remise, sinon du message, à moins que
    /// ce statut dise justement que les opérations diffèrent.
    fn operation(&mut self, noeud: &Noeud, du_message: Option<Statut>) -> Result<Avis, Faute> {
        const CHAMP: &str = "TxInfAndSts/TxSts";
        let statut = champs::statut(noeud, "TxSts", CHAMP)?
            .or(self.statut.filter(|statut| !statut.est_partiel()))
            .or(du_message.filter(|statut| !statut.est_partiel()))
            .ok_or_else(|| Faute::new(noeud.ligne, CHAMP, RegleLecture::Absent))?;
        let trouves = self.trouves.entry(statut).or_default();
        *trouves = trouves.saturating_add(1);
        Ok(Avis {
            ligne: noeud.ligne,
            objet: Objet::Operation(Box::new(champs::operation(noeud, &self.reference)?)),
            statut,
            motifs: champs::motifs(noeud)?,
        })
    }

    /// Une banque peut ne détailler aucune opération d'une remise rejetée en bloc, ou seulement les rejets ;
    /// mais d'un statut dont elle en détaille une, elle les détaille toutes. Une de moins est un rejet perdu.
    fn verifier_les_nombres(&self) -> Result<(), Faute> {
        for &(ligne, statut, annonce) in &self.annonces {
            match self.trouves.get(&statut) {
                Some(&trouve) if trouve != annonce => {
                    let champ = "NbOfTxsPerSts/DtldNbOfTxs";
                    return Err(Faute::new(
                        ligne,
                        champ,
                        RegleLecture::NombreFaux { annonce, trouve },
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
