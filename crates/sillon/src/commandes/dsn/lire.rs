//! `sillon dsn lire`.

use anyhow::Result;
use dsn::{CotisationEtablissement, CotisationIndividuelle, Declaration, Recepteur};

use super::super::Fin;
use super::lignes::{LigneDetail, LigneDsn};
use super::sources::Source;
use crate::arguments::{Format, LireDsn};
use crate::sortie::Table;

/// Un fichier lu en entier : rien ne s'imprime d'un fichier fautif, ni de ceux qui l'accompagnent.
struct Lu {
    nom: String,
    declarations: Vec<Declaration>,
}

pub(super) fn lancer(format: Format, arguments: &LireDsn) -> Result<Fin> {
    let sources = arguments
        .fichiers
        .iter()
        .map(|chemin| Source::ouvrir(chemin))
        .collect::<Result<Vec<_>>>()?;
    let mut lus = Vec::new();
    for source in &sources {
        source.declarations(|nom, declarations| lus.push(Lu { nom, declarations }))?;
    }
    if arguments.detail {
        return detailler(format, &sources, &lus);
    }
    let mut table = Table::ouvrir(format, &LigneDsn::en_tete())?;
    for lu in &lus {
        for declaration in &lu.declarations {
            for ligne in LigneDsn::de(&lu.nom, declaration)? {
                table.ligne(&ligne, || ligne.texte())?;
            }
        }
    }
    table.fermer()?;
    Ok(Fin::Bien)
}

/// Relit les sources, déjà reconnues justes, et imprime chaque cotisation : rien n'en est gardé.
fn detailler(format: Format, sources: &[Source], lus: &[Lu]) -> Result<Fin> {
    let mut detail = Detail {
        table: Table::ouvrir(format, &LigneDetail::en_tete())?,
        fichiers: lus.iter(),
        fichier: "",
        declarations: &[],
        suivante: 0,
        refus: None,
    };
    for source in sources {
        source.relire(|lecture, nom| {
            detail.commencer();
            dsn::lire(lecture, nom, &mut detail)?;
            detail.refus.take().map_or(Ok(()), Err)
        })?;
    }
    detail.table.fermer()?;
    Ok(Fin::Bien)
}

/// Imprime les cotisations à mesure qu'elles se lisent ; ce qui les situe vient de la première lecture.
struct Detail<'a> {
    table: Table,
    fichiers: std::slice::Iter<'a, Lu>,
    fichier: &'a str,
    declarations: &'a [Declaration],
    /// Place de la déclaration en cours.
    suivante: usize,
    refus: Option<anyhow::Error>,
}

impl Detail<'_> {
    fn commencer(&mut self) {
        if let Some(lu) = self.fichiers.next() {
            self.fichier = &lu.nom;
            self.declarations = &lu.declarations;
            self.suivante = 0;
        }
    }

    fn imprimer(&mut self, cotisation: LigneDetail<'_>) {
        let Some(d) = self
            .declarations
            .get(self.suivante)
            .filter(|_| self.refus.is_none())
        else {
            return;
        };
        let ligne = cotisation.dans(self.fichier, d);
        self.refus = self.table.ligne(&ligne, || ligne.texte()).err();
    }
}

impl Recepteur for Detail<'_> {
    const DETAIL: bool = true;

    fn cotisation_individuelle(&mut self, c: CotisationIndividuelle) {
        self.imprimer(LigneDetail::individuelle(&c));
    }

    fn cotisation_etablissement(&mut self, c: CotisationEtablissement) {
        self.imprimer(LigneDetail::etablissement(&c));
    }

    fn declaration(&mut self, _: Declaration) {
        self.suivante += 1;
    }
}
