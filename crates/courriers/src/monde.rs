//! Le monde que voit un modèle : lui-même, ses données, ses images, et rien d'autre.

use std::{collections::BTreeMap, sync::LazyLock};

use typst::{
    Library, LibraryExt as _, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration, Smart},
    model::DocumentElem,
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook, Lang, NumberWidth, TextElem},
    utils::LazyHash,
};

use crate::{
    Modele,
    modele::{BIBLIOTHEQUE, DONNEES},
    polices::POLICES,
};

/// Ce que [`Monde`] répond à qui demande un autre fichier ; `composer` le retrouve dans le message.
pub(crate) const REFUS: &str = "fichier refuse par sillon";

const MODELE: &str = "modele.typ";

static FONCTIONS: LazyLock<Library> = LazyLock::new(|| {
    let mut bibliotheque = Library::default();
    bibliotheque.styles.set(TextElem::lang, Lang::FRENCH);
    bibliotheque
        .styles
        .set(TextElem::number_width, Smart::Custom(NumberWidth::Tabular));
    bibliotheque
});

pub(crate) struct Monde {
    bibliotheque: LazyHash<Library>,
    modele: Source,
    importee: Option<Source>,
    fichiers: BTreeMap<String, Bytes>,
}

impl Monde {
    /// Le monde d'un modèle. Les noms d'images ont été vérifiés.
    pub(crate) fn new<'a>(
        modele: &Modele,
        donnees: Vec<u8>,
        images: impl Iterator<Item = (&'a str, String)>,
        titre: &str,
    ) -> Self {
        let mut bibliotheque = FONCTIONS.clone();
        bibliotheque
            .styles
            .set(DocumentElem::title, Some(TextElem::packed(titre)));
        let mut fichiers: BTreeMap<_, _> = images
            .map(|(nom, svg)| (nom.to_owned(), Bytes::from_string(svg)))
            .collect();
        fichiers.insert(DONNEES.to_owned(), Bytes::new(donnees));
        Self {
            bibliotheque: LazyHash::new(bibliotheque),
            modele: Source::new(*ID_MODELE, modele.source().to_owned()),
            importee: modele
                .bibliotheque()
                .map(|source| Source::new(*ID_BIBLIOTHEQUE, source.to_owned())),
            fichiers,
        }
    }
}

static ID_MODELE: LazyLock<FileId> = LazyLock::new(|| id(MODELE));
static ID_BIBLIOTHEQUE: LazyLock<FileId> = LazyLock::new(|| id(BIBLIOTHEQUE));

fn id(nom: &str) -> FileId {
    let chemin = VirtualPath::new(nom).expect("un nom simple est un chemin");
    FileId::new(RootedPath::new(VirtualRoot::Project, chemin))
}

impl World for Monde {
    fn library(&self) -> &LazyHash<Library> {
        &self.bibliotheque
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &POLICES.livre
    }

    fn main(&self) -> FileId {
        self.modele.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        std::iter::once(&self.modele)
            .chain(&self.importee)
            .find(|source| source.id() == id)
            .cloned()
            .ok_or_else(refus)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if *id.root() != VirtualRoot::Project {
            return Err(refus());
        }
        self.fichiers
            .get(id.vpath().get_without_slash())
            .cloned()
            .ok_or_else(refus)
    }

    fn font(&self, rang: usize) -> Option<Font> {
        POLICES.polices.get(rang).cloned()
    }

    /// Aucune : la date d'un courrier est dans ses données, sans quoi il changerait d'un jour à l'autre.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn refus() -> FileError {
    FileError::Other(Some(REFUS.into()))
}
