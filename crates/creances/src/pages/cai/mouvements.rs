use acces::{Visite, actions};
use droit::Nature;
use jiff::civil::Date;
use valeurs::DossierId;
use web::fragments::{self, Colonne, Entetes, LiensDePage};
use web::{Adresse, ColonneTriable, LienTable, Sens, Tri};

use crate::cai::{Cai, LigneCai, Totaux};

/// Ce qui n'a pas de période, ou pas de famille, dans l'adresse.
const SANS: &str = "sans";

/// Les mouvements se rangent par date d'effet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ParMouvement {
    Jour,
}

impl ColonneTriable for ParMouvement {
    const TOUTES: &'static [Self] = &[Self::Jour];
    const DEFAUT: Tri<Self> = Tri {
        colonne: Self::Jour,
        sens: Sens::Croissant,
    };

    fn cle(self) -> &'static str {
        "jour"
    }
}

/// Une écriture du compte, et la recette d'où elle vient.
pub(super) struct Mouvement {
    pub(super) recette: Option<String>,
    pub(super) famille: String,
    pub(super) rubrique: String,
    pub(super) ligne: LigneCai,
}

/// La table des mouvements d'une période, d'une famille, ou du compte entier.
pub(super) struct Mouvements {
    /// « Tous les mouvements », ou ce dont ils sont.
    pub(super) titre: String,
    /// Où voir tous les mouvements, s'ils ne le sont pas.
    pub(super) tous: Option<String>,
    pub(super) entetes: Entetes,
    pub(super) lignes: Vec<Mouvement>,
    pub(super) pages: LiensDePage,
}

/// Une période dans l'adresse : `2026-01-01_2026-01-31`.
pub(super) fn cle_de_periode(periode: Option<(Date, Date)>) -> String {
    periode.map_or_else(|| SANS.to_owned(), |(debut, fin)| format!("{debut}_{fin}"))
}

/// Une famille dans l'adresse : `cotisation:amexa`.
pub(super) fn cle_de_famille(famille: Option<Nature>) -> String {
    famille.map_or_else(|| SANS.to_owned(), Nature::code)
}

pub(super) fn mouvements(
    visite: &Visite<actions::ConsulterCai>,
    dossier: DossierId,
    cai: &Cai,
    adresse: &Adresse,
) -> Mouvements {
    let parametre = |nom| adresse.parametre(nom).unwrap_or_default();
    let (periode, famille) = (parametre("periode"), parametre("famille"));
    let choisi = |t: &&Totaux| {
        (periode.is_empty() || cle_de_periode(t.periode) == periode)
            && (famille.is_empty() || cle_de_famille(t.famille) == famille)
    };
    let totaux: Vec<&Totaux> = cai.totaux.iter().filter(choisi).collect();
    let mut lignes: Vec<&LigneCai> = cai
        .lignes
        .iter()
        .filter(|l| totaux.iter().any(|t| t.comprend(l)))
        .collect();
    let (tri, pagination) = (adresse.tri::<ParMouvement>(), adresse.pagination());
    if tri.sens == Sens::Decroissant {
        lignes.reverse();
    }
    let total = u64::try_from(lignes.len()).unwrap_or(u64::MAX);
    let debut = usize::try_from(pagination.decalage()).unwrap_or(usize::MAX);
    let taille = usize::try_from(pagination.taille()).unwrap_or(usize::MAX);
    let au = cai.en_tete.au.to_string();
    let url = format!("{}/{dossier}/cai", visite.url("/{caisse}/dossiers"));
    let lien = LienTable::lire(&url, &[("au", &au), ("periode", periode), ("famille", famille)]);
    let filtre = !periode.is_empty() || !famille.is_empty();
    let recettes = visite.url("/{caisse}/encaissements");
    Mouvements {
        titre: match totaux.first().filter(|_| filtre) {
            Some(t) if famille.is_empty() => format!("Mouvements : {}", t.periode_libelle),
            Some(t) => format!("Mouvements : {}, {}", t.periode_libelle, libelle(t.famille)),
            None => "Tous les mouvements".to_owned(),
        },
        tous: filtre.then(|| format!("{url}?au={au}#mouvements")),
        entetes: fragments::entetes(&lien, tri, &pagination, colonnes()),
        lignes: lignes
            .into_iter()
            .skip(debut)
            .take(taille)
            .map(|l| Mouvement::nouveau(l, &recettes))
            .collect(),
        pages: fragments::pagination(&lien, tri, &pagination, &pagination.suite(total)),
    }
}

fn colonnes() -> Vec<Colonne<ParMouvement>> {
    vec![
        Colonne::nouvelle("Rubrique"),
        Colonne::nouvelle("Effet du").triable(ParMouvement::Jour),
        Colonne::nouvelle("Période"),
        Colonne::nouvelle("Famille"),
        Colonne::nouvelle("Référence"),
        Colonne::nouvelle("Débit").nombre(),
        Colonne::nouvelle("Crédit").nombre(),
        Colonne::nouvelle("Par"),
    ]
}

/// La famille en toutes lettres ; ce qui attend en RAC n'en a pas.
pub(super) fn libelle(famille: Option<Nature>) -> String {
    famille.map_or_else(|| "en attente de classement".to_owned(), |f| f.to_string())
}

impl Mouvement {
    fn nouveau(ligne: &LigneCai, recettes: &str) -> Self {
        Self {
            recette: ligne.recette.map(|id| format!("{recettes}/{id}")),
            famille: ligne.famille.map(|f| f.to_string()).unwrap_or_default(),
            rubrique: ligne.rubrique.to_string(),
            ligne: ligne.clone(),
        }
    }
}
