//! D'un modèle et de données à un PDF d'archive.

use std::{
    fmt,
    num::NonZero,
    panic::resume_unwind,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use typst::{
    World as _, WorldExt as _, comemo,
    diag::{SourceDiagnostic, SourceResult},
    foundations::{Datetime, Label, Selector, Smart, Value},
    introspection::{Introspector as _, MetadataElem},
    syntax::Span,
    utils::PicoStr,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::{
    Erreur, Modele, Motif,
    efface::effacer,
    modele::REPERE,
    monde::{Monde, REFUS},
};

/// Archive de long terme et accessibilité : tout ce que le moteur sait exiger d'un PDF 1.7 sans pièce jointe.
const NORMES: [PdfStandard; 2] = [PdfStandard::A_2a, PdfStandard::Ua_1];
const LOGICIEL: &str = "Sillon";
/// Documents d'un lot entre deux ménages.
const DOCUMENTS_PAR_MENAGE: usize = 64;
/// Une image qui ne montre rien, mise à la place des vraies quand on cherche d'où vient une erreur.
const IMAGE_EFFACEE: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>"#;
/// Le titre de cette recherche.
const TITRE_EFFACE: &str = "Titre";

/// Un document composé.
#[derive(Clone, PartialEq, Eq)]
pub struct Pdf {
    octets: Vec<u8>,
    pages: usize,
    reperes: Vec<String>,
}

impl Pdf {
    /// Le fichier.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Le fichier, sans le recopier.
    #[must_use]
    pub fn into_octets(self) -> Vec<u8> {
        self.octets
    }

    /// Le nombre de pages.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.pages
    }

    /// Les repères que le modèle a posés dans le document, `#metadata("recours") <repere>`, dans leur ordre : ce qui dit,
    /// document par document, que ce qui devait y être y est.
    #[must_use]
    pub fn reperes(&self) -> &[String] {
        &self.reperes
    }
}

/// Un courrier est une donnée personnelle : `Debug` n'en dit que la taille.
impl fmt::Debug for Pdf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pdf")
            .field("octets", &self.octets.len())
            .field("pages", &self.pages)
            .finish()
    }
}

/// Compose un document : PDF/A-2a et PDF/UA-1, en français, polices incluses.
///
/// Mêmes entrées, mêmes octets : la date de création est `date`, et l'ordre des données est celui de leur
/// sérialisation (une `HashMap` n'en a pas). Le calcul est long pour un serveur asynchrone (une dizaine de
/// millisecondes) : il se fait sur un fil à part. Le cache du moteur est vidé après lui.
///
/// # Errors
/// Le modèle est faux, demande ce qu'il n'a pas, ou n'est pas conforme à la norme. Un avertissement du
/// moteur est aussi un refus, sauf s'il annonce seulement qu'une fonction vieillit.
pub fn composer<D: Serialize + ?Sized>(
    modele: &Modele,
    donnees: &D,
    titre: &str,
    date: Timestamp,
) -> Result<Pdf, Erreur> {
    let _menage = Menage;
    composer_seul(modele, donnees, titre, date)
}

/// Compose des documents d'un même modèle sur tous les cœurs, dans l'ordre des données.
///
/// Ce que le moteur retient d'un document sert aux suivants (le même paragraphe n'est mis en page qu'une fois) ; il
/// l'oublie tous les `DOCUMENTS_PAR_MENAGE` documents et à la fin : la mémoire ne croît pas avec leur nombre. Chaque
/// document a les octets que lui donnerait [`composer`].
///
/// # Errors
/// Pour chaque document, celles de [`composer`].
pub fn composer_tous<D: Serialize + Sync>(
    modele: &Modele,
    donnees: &[D],
    titre: &str,
    date: Timestamp,
) -> Vec<Result<Pdf, Erreur>> {
    let _menage = Menage;
    let fils = thread::available_parallelism().map_or(1, NonZero::get);
    let suivant = AtomicUsize::new(0);
    let composer_ma_part = || {
        let mut composes = Vec::new();
        loop {
            let rang = suivant.fetch_add(1, Ordering::Relaxed);
            let Some(donnees) = donnees.get(rang) else {
                return composes;
            };
            composes.push((rang, composer_seul(modele, donnees, titre, date)));
            if (rang + 1).is_multiple_of(DOCUMENTS_PAR_MENAGE) {
                comemo::evict(1);
            }
        }
    };
    let mut composes: Vec<(usize, Result<Pdf, Erreur>)> = thread::scope(|portee| {
        let fils: Vec<_> = (0..fils).map(|_| portee.spawn(composer_ma_part)).collect();
        fils.into_iter()
            .flat_map(|fil| fil.join().unwrap_or_else(|panique| resume_unwind(panique)))
            .collect()
    });
    composes.sort_unstable_by_key(|(rang, _)| *rang);
    composes.into_iter().map(|(_, compose)| compose).collect()
}

fn composer_seul<D: Serialize + ?Sized>(
    modele: &Modele,
    donnees: &D,
    titre: &str,
    date: Timestamp,
) -> Result<Pdf, Erreur> {
    let refuser = |motif| Erreur {
        modele: modele.nom().to_owned(),
        ligne: None,
        motif,
    };
    if titre.trim().is_empty() {
        return Err(refuser(Motif::TitreVide));
    }
    if !modele.noms_d_images_permis() {
        return Err(refuser(Motif::NomImage));
    }
    let reglages = reglages(date).map_err(refuser)?;
    let donnees = serde_json::to_vec(donnees).map_err(|_| refuser(Motif::Donnees))?;

    let images = modele.images().map(|(nom, svg)| (nom, svg.to_owned()));
    let monde = Monde::new(modele, donnees.clone(), images, titre);
    rendre(&monde, &reglages).map_err(|refus| {
        let motif = motif_sans_donnee(&refus)
            .or_else(|| sur_donnees_effacees(modele, &donnees, &reglages, refus.ligne))
            .unwrap_or(Motif::MoteurSurDonnees);
        Erreur {
            modele: modele.nom().to_owned(),
            ligne: refus.ligne,
            motif,
        }
    })
}

/// Vide, quoi qu'il arrive, ce que le moteur a retenu : la mémoire ne croît pas, et aucune donnée n'y reste.
struct Menage;

impl Drop for Menage {
    fn drop(&mut self) {
        comemo::evict(0);
    }
}

/// Ce que le moteur reproche, avec ses mots ; ne sort pas d'ici tel quel.
struct Refus {
    ligne: Option<usize>,
    message: String,
}

impl Refus {
    /// Le premier reproche qui a une place, sinon le premier. Une place est dans le modèle : ce qui arrive dans la
    /// bibliothèque est dit là où le modèle l'appelle.
    fn new(monde: &Monde, reproches: &[SourceDiagnostic]) -> Self {
        let ligne_de = |id, plage: Option<std::ops::Range<usize>>| {
            (id == Some(monde.main())).then_some(())?;
            let source = monde.source(monde.main()).ok()?;
            Some(source.lines().byte_to_line(plage?.start)?.saturating_add(1))
        };
        let appel = |span: Span| ligne_de(span.id(), monde.range(span));
        let ligne = |reproche: &SourceDiagnostic| {
            ligne_de(reproche.span.id(), monde.range(reproche.span))
                .or_else(|| reproche.trace.iter().find_map(|pas| appel(pas.span)))
        };
        let choisi = reproches
            .iter()
            .find(|reproche| ligne(reproche).is_some())
            .or_else(|| reproches.first());
        let message = choisi.map_or_else(String::new, |reproche| {
            std::iter::once(&reproche.message)
                .chain(reproche.hints.iter().map(|conseil| &conseil.v))
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" ; ")
        });
        Self {
            ligne: choisi.and_then(ligne),
            message,
        }
    }
}

fn reglages(date: Timestamp) -> Result<PdfOptions, Motif> {
    Ok(PdfOptions {
        creator: Smart::Custom(Some(LOGICIEL.to_owned())),
        timestamp: Some(typst_pdf::Timestamp::new_utc(
            date_du_moteur(date).ok_or(Motif::Date)?,
        )),
        standards: PdfStandards::new(&NORMES).map_err(|refus| Motif::Moteur(refus.message().to_string()))?,
        ..PdfOptions::default()
    })
}

fn date_du_moteur(date: Timestamp) -> Option<Datetime> {
    let date = date.to_zoned(TimeZone::UTC);
    Datetime::from_ymd_hms(
        u16::try_from(date.year()).ok()?.into(),
        date.month().try_into().ok()?,
        date.day().try_into().ok()?,
        date.hour().try_into().ok()?,
        date.minute().try_into().ok()?,
        date.second().try_into().ok()?,
    )
}

fn rendre(monde: &Monde, reglages: &PdfOptions) -> Result<Pdf, Refus> {
    let document = mettre_en_page(monde)?;
    let octets = typst_pdf::pdf(&document, reglages).map_err(|erreurs| Refus::new(monde, &erreurs))?;
    Ok(Pdf {
        octets,
        pages: document.pages().len(),
        reperes: reperes(&document),
    })
}

fn reperes(document: &PagedDocument) -> Vec<String> {
    let Some(etiquette) = Label::new(PicoStr::intern(REPERE)) else {
        return Vec::new();
    };
    let poses = document.introspector().query(&Selector::Label(etiquette));
    poses
        .iter()
        .filter_map(|pose| match &pose.to_packed::<MetadataElem>()?.value {
            Value::Str(texte) => Some(texte.as_str().to_owned()),
            _ => None,
        })
        .collect()
}

fn mettre_en_page(monde: &Monde) -> Result<PagedDocument, Refus> {
    let rendu = typst::compile::<PagedDocument>(monde);
    let document: SourceResult<PagedDocument> = rendu.output;
    let document = document.map_err(|erreurs| Refus::new(monde, &erreurs))?;
    let avertissements: Vec<_> = rendu
        .warnings
        .into_iter()
        .filter(|avertissement| !avertissement.message.contains("deprecated"))
        .collect();
    if avertissements.is_empty() {
        Ok(document)
    } else {
        Err(Refus::new(monde, &avertissements))
    }
}

/// Le motif, quand nos propres mots suffisent à le dire.
fn motif_sans_donnee(refus: &Refus) -> Option<Motif> {
    let dit = |extrait: &str| refus.message.contains(extrait);
    if dit(REFUS) || dit("would escape the") || dit("paths are not allowed") || dit("URLs are not allowed") {
        Some(Motif::Fichier)
    } else if dit("unable to get the current date") {
        Some(Motif::DateDuJour)
    } else if dit("missing alt text") {
        Some(Motif::TexteDeRemplacement)
    } else if dit("unknown font family") {
        Some(Motif::Police)
    } else if dit("could not be displayed with") || dit("codepoint") || dit("code point") {
        Some(Motif::Caractere)
    } else {
        None
    }
}

/// Le message du moteur, s'il refuse la même ligne sans les valeurs ; il ne peut alors pas en citer.
fn sur_donnees_effacees(
    modele: &Modele,
    donnees: &[u8],
    reglages: &PdfOptions,
    ligne: Option<usize>,
) -> Option<Motif> {
    let donnees = effacer(serde_json::from_slice(donnees).ok()?, modele);
    let monde = Monde::new(
        modele,
        serde_json::to_vec(&donnees).ok()?,
        modele.images().map(|(nom, _)| (nom, IMAGE_EFFACEE.to_owned())),
        TITRE_EFFACE,
    );
    let refus = rendre(&monde, reglages).err()?;
    (refus.ligne == ligne).then_some(Motif::Moteur(refus.message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use typst::layout::{Frame, FrameItem};

    /// Le texte d'une page, dans l'ordre où elle l'écrit.
    fn texte(page: &Frame) -> String {
        page.items()
            .map(|(_, objet)| match objet {
                FrameItem::Text(texte) => texte.text.to_string(),
                FrameItem::Group(groupe) => texte(&groupe.frame),
                _ => String::new(),
            })
            .collect()
    }

    fn pages(source: &str, donnees: &serde_json::Value) -> Vec<String> {
        let donnees = serde_json::to_vec(donnees).unwrap();
        let monde = Monde::new(
            &Modele::new("essai", source),
            donnees,
            std::iter::empty(),
            "Essai",
        );
        mettre_en_page(&monde)
            .unwrap_or_else(|refus| panic!("{}", refus.message))
            .pages()
            .iter()
            .map(|page| texte(&page.frame))
            .collect()
    }

    #[test]
    fn deux_mille_lignes_font_des_pages_qui_redisent_toutes_l_en_tete() {
        let source = r#"#let d = json("donnees.json")
#set page(footer: context [Page #counter(page).display("1/1", both: true)])
#table(
  columns: (1fr, auto),
  table.header[Dossier][Reste dû],
  ..d.lignes.map(l => (l.dossier, l.reste)).flatten(),
)"#;
        let lignes: Vec<_> = (0..2_000)
            .map(|i| json!({ "dossier": format!("D{i:05}"), "reste": "12,34 €" }))
            .collect();
        let pages = pages(source, &json!({ "lignes": lignes }));
        assert_eq!(pages.len(), 52);
        for (rang, page) in pages.iter().enumerate() {
            assert!(page.starts_with("DossierReste dûD"), "{page}");
            assert!(page.ends_with(&format!("Page {}/52", rang + 1)), "{page}");
        }
        let tout = pages.concat();
        assert!((0..2_000).all(|i| tout.matches(&format!("D{i:05}")).count() == 1));
    }

    #[test]
    fn le_texte_est_ecrit_en_francais_avec_ses_accents_et_ses_guillemets() {
        let source = r#"#json("donnees.json").nom dit "oui" : 1 #sym.space.nobreak 234 €"#;
        let pages = pages(source, &json!({ "nom": "Élodie Œuvrard-Noël" }));
        assert_eq!(
            pages,
            ["Élodie Œuvrard-Noël dit «\u{202f}oui\u{202f}» : 1 \u{a0} 234 €"]
        );
    }

    #[test]
    fn un_lot_compose_chaque_document_comme_seul_et_dit_lequel_est_faux() {
        let modele = Modele::new(
            "essai",
            "#let d = json(\"donnees.json\")\nBonjour #d.nom, vous devez #d.du.",
        );
        let donnees: Vec<_> = (0..150)
            .map(
                |i| json!({ "nom": format!("N{i}"), "du": if i == 77 { json!(null) } else { json!("1 €") } }),
            )
            .map(|mut d| {
                if d["du"].is_null() {
                    d.as_object_mut().unwrap().remove("du");
                }
                d
            })
            .collect();
        let lot = composer_tous(&modele, &donnees, "Essai", Timestamp::UNIX_EPOCH);
        assert_eq!(lot.len(), donnees.len());
        for (rang, (compose, donnees)) in lot.into_iter().zip(&donnees).enumerate() {
            assert_eq!(compose.is_err(), rang == 77, "{rang}");
            assert!(
                compose == composer(&modele, donnees, "Essai", Timestamp::UNIX_EPOCH),
                "{rang}"
            );
        }
    }

    #[test]
    fn un_document_dit_les_reperes_qu_il_porte_vraiment() {
        let modele = Modele::new(
            "essai",
            "#import \"sillon.typ\": *\n#mention(\"delai\")\n#if 1 > 2 { mention(\"absent\") }\n#mention(\"recours\")",
        )
        .avec_bibliotheque("#let mention(code) = [#metadata(code) <repere> #code]");
        let pdf = composer(&modele, &json!({}), "Essai", Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(pdf.reperes(), ["delai", "recours"]);
    }

    #[test]
    fn une_erreur_de_la_bibliotheque_est_dite_a_la_ligne_qui_l_appelle() {
        let modele = Modele::new("essai", "#import \"sillon.typ\": *\n\n#mention(\"delai\")")
            .avec_bibliotheque("#let mention(code) = panic(\"il manque quelque chose\")");
        let refus = composer(&modele, &json!({}), "Essai", Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!(refus.ligne, Some(3));
        assert!(refus.to_string().contains("il manque quelque chose"), "{refus}");
    }

    #[test]
    fn un_avertissement_refuse_le_document_sauf_s_il_annonce_un_vieillissement() {
        let compose = |source: &str| {
            composer(
                &Modele::new("essai", source),
                &json!({}),
                "Essai",
                Timestamp::UNIX_EPOCH,
            )
            .map(|_| ())
        };
        assert_eq!(
            compose("#set text(font: \"Marianne\")\nBonjour")
                .unwrap_err()
                .motif,
            Motif::Police
        );
        assert!(compose("** Bonjour").is_err());
        assert_eq!(compose("#enum((3, [Bonjour]))"), Ok(()));
    }
}
