//! `sillon dsn montrer` : le fichier entier, en clair et en mots ; rien n'en est gardé.

use anyhow::Result;
use dsn::{Lecteur, Ligne, Lignes};
use serde::Serialize;

use super::super::Fin;
use super::sources::Source;
use crate::arguments::{Format, MontrerDsn};
use crate::sortie::Table;

/// Une rubrique, avec ses mots.
#[derive(Serialize)]
struct LigneMontree<'a> {
    fichier: &'a str,
    ligne: u64,
    bloc: Option<&'static str>,
    profondeur: usize,
    rubrique: String,
    libelle: Option<&'static str>,
    valeur: &'a str,
    libelle_code: Option<&'static str>,
}

pub(super) fn lancer(format: Format, arguments: &MontrerDsn) -> Result<Fin> {
    let source = Source::ouvrir(&arguments.fichier)?;
    // Un fichier tronqué, ou qui n'est pas une DSN, se dit avant qu'on en montre rien.
    source.declarations(|_, _| ())?;
    let mut table = Table::ouvrir(format, "Ce que dit le fichier, dans l'ordre de la norme")?;
    source.relire(|lecture, nom| {
        let mut lecteur = Lecteur::nouveau(lecture, nom);
        let mut precedent = None;
        let mut numero = 0;
        while let Some(bloc) = lecteur.bloc()? {
            for ligne in Lignes::nouvelles(bloc) {
                numero += 1;
                let ligne = ligne.map_err(|faute| dsn::Erreur {
                    ligne: numero,
                    ..faute.dans(nom)
                })?;
                montrer(&mut table, nom, numero, ligne, &mut precedent)?;
            }
        }
        Ok(())
    })?;
    table.fermer()?;
    Ok(Fin::Bien)
}

fn montrer(
    table: &mut Table,
    fichier: &str,
    numero: u64,
    ligne: Ligne<'_>,
    precedent: &mut Option<dsn::Rubrique>,
) -> Result<()> {
    let r = ligne.rubrique;
    let valeur = dsn::texte(ligne.valeur);
    let montree = LigneMontree {
        fichier,
        ligne: numero,
        bloc: dsn::libelle_bloc(r.bloc()),
        profondeur: dsn::norme::profondeur(r.bloc()),
        rubrique: r.to_string(),
        libelle: dsn::libelle_rubrique(r),
        valeur: &valeur,
        libelle_code: dsn::libelle_code(r, &valeur),
    };
    let commence = dsn::norme::commence_un_bloc(*precedent, r);
    *precedent = Some(r);
    table.ligne(&montree, || {
        let retrait = "  ".repeat(montree.profondeur);
        let titre = if commence {
            format!(
                "{retrait}{} {}\n",
                r.bloc(),
                montree.bloc.unwrap_or("bloc inconnu de la norme")
            )
        } else {
            String::new()
        };
        let mots = montree
            .libelle_code
            .map(|l| format!(" – {l}"))
            .unwrap_or_default();
        format!(
            "{titre}{retrait}  {:03}  {} : {valeur}{mots}",
            r.numero(),
            montree.libelle.unwrap_or("rubrique inconnue de la norme")
        )
    })
}
