//! Les deux tables d'un dossier : ses créances, ses règlements.

use acces::{Action, Visite};
use jiff::civil::Date;
use valeurs::Montant;
use web::fragments::{self, Colonne, Entetes, LiensDePage, Pastille, Ton, Vide, pastille};
use web::{Adresse, ColonneTriable, LienTable, Pagination, Sens, Tri};

use super::dossier::{Contenu, Demande, Table};
use super::recettes::Recette;
use crate::creances::Creance;
use crate::pages::libelles;

#[derive(Clone, Copy, PartialEq, Eq)]
enum ParCreance {
    Nature,
    Periode,
    Exigible,
    Montant,
    Reste,
}

impl ColonneTriable for ParCreance {
    const TOUTES: &'static [Self] = &[
        Self::Nature,
        Self::Periode,
        Self::Exigible,
        Self::Montant,
        Self::Reste,
    ];
    const DEFAUT: Tri<Self> = Tri {
        colonne: Self::Exigible,
        sens: Sens::Croissant,
    };

    fn cle(self) -> &'static str {
        match self {
            Self::Nature => "nature",
            Self::Periode => "periode",
            Self::Exigible => "exigible",
            Self::Montant => "montant",
            Self::Reste => "reste",
        }
    }
}

pub(super) struct LigneCreance {
    pub(super) url: String,
    pub(super) nature: String,
    pub(super) precision: String,
    pub(super) periode: String,
    pub(super) exigible_le: Date,
    pub(super) etat: Pastille,
    pub(super) montant: Montant,
    pub(super) reste: Montant,
}

pub(super) struct TableCreances {
    pub(super) ouvertes: bool,
    pub(super) vide: Vide,
    pub(super) entetes: Entetes,
    pub(super) lignes: Vec<LigneCreance>,
    pub(super) total: Montant,
    pub(super) pages: LiensDePage,
}

impl TableCreances {
    pub(super) fn nouvelle(
        visite: &Visite<impl Action>,
        adresse: &Adresse,
        demande: &Demande,
        contenu: &Contenu,
    ) -> Self {
        let (tri, pagination) = (adresse.tri::<ParCreance>(), adresse.pagination());
        let ouvertes = demande.table == Table::Ouvertes;
        let mut creances: Vec<&Creance> = contenu
            .creances
            .iter()
            .filter(|c| !ouvertes || c.est_ouverte())
            .collect();
        ranger(&mut creances, tri);
        let total = Montant::somme(creances.iter().map(|c| c.reste)).unwrap_or(Montant::MAX);
        let lien = lien(demande);
        let ligne = |c: &&Creance| LigneCreance {
            url: visite.url(&format!("/{{caisse}}/creances/{}", c.id)),
            nature: c.nature.to_string(),
            precision: preciser(c),
            periode: d_un_tenant(libelles::periode(c.periode)),
            exigible_le: c.exigible_le,
            etat: libelles::etat(c, demande.au),
            montant: c.montant,
            reste: c.reste,
        };
        Self {
            ouvertes,
            vide: fragments::vide(
                if ouvertes {
                    "Aucune créance ouverte"
                } else {
                    "Aucune créance"
                },
                "Rien n’est dû à cette date dans ce que vos habilitations vous montrent.",
            ),
            entetes: fragments::entetes(
                &lien,
                tri,
                &pagination,
                vec![
                    Colonne::nouvelle("Créance").triable(ParCreance::Nature),
                    Colonne::nouvelle("Période").triable(ParCreance::Periode),
                    Colonne::nouvelle("Exigible le").triable(ParCreance::Exigible),
                    Colonne::nouvelle("Montant").triable(ParCreance::Montant).nombre(),
                    Colonne::nouvelle("Reste dû").triable(ParCreance::Reste).nombre(),
                ],
            ),
            lignes: de_la_page(&creances, &pagination).iter().map(ligne).collect(),
            total,
            pages: pages(&lien, tri, &pagination, creances.len()),
        }
    }
}

/// « février 2026 » sur une ligne ; deux dates peuvent en prendre deux.
fn d_un_tenant(periode: String) -> String {
    if periode.starts_with("du ") {
        periode
    } else {
        periode.replace(' ', "\u{a0}")
    }
}

/// Le libellé, s'il dit plus que la nature, puis la référence.
fn preciser(creance: &Creance) -> String {
    if creance.libelle == creance.nature.to_string() {
        creance.reference.clone()
    } else {
        format!("{} · {}", creance.libelle, creance.reference)
    }
}

fn ranger(creances: &mut [&Creance], tri: Tri<ParCreance>) {
    match tri.colonne {
        ParCreance::Nature => creances.sort_by_cached_key(|c| c.nature.to_string()),
        ParCreance::Periode => creances.sort_by_key(|c| c.periode),
        ParCreance::Exigible => creances.sort_by_key(|c| c.exigible_le),
        ParCreance::Montant => creances.sort_by_key(|c| c.montant),
        ParCreance::Reste => creances.sort_by_key(|c| c.reste),
    }
    if tri.sens == Sens::Decroissant {
        creances.reverse();
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ParRecette {
    Jour,
    Mode,
    Impute,
}

impl ColonneTriable for ParRecette {
    const TOUTES: &'static [Self] = &[Self::Jour, Self::Mode, Self::Impute];
    const DEFAUT: Tri<Self> = Tri {
        colonne: Self::Jour,
        sens: Sens::Decroissant,
    };

    fn cle(self) -> &'static str {
        match self {
            Self::Jour => "jour",
            Self::Mode => "mode",
            Self::Impute => "impute",
        }
    }
}

pub(super) struct LigneRecette {
    pub(super) url: String,
    pub(super) jour: Date,
    pub(super) mode: String,
    pub(super) etat: Pastille,
    pub(super) impute: Montant,
    pub(super) en_attente: Montant,
}

pub(super) struct TableRecettes {
    pub(super) entetes: Entetes,
    pub(super) lignes: Vec<LigneRecette>,
    pub(super) avec_rac: bool,
    pub(super) total: Montant,
    pub(super) en_attente: Montant,
    pub(super) pages: LiensDePage,
}

impl TableRecettes {
    pub(super) fn nouvelle(
        visite: &Visite<impl Action>,
        adresse: &Adresse,
        demande: &Demande,
        contenu: &Contenu,
        avec_rac: bool,
    ) -> Self {
        let (tri, pagination) = (adresse.tri::<ParRecette>(), adresse.pagination());
        let mut recettes: Vec<&Recette> = contenu.recettes.iter().collect();
        // La lecture les donne de la plus récente à la plus ancienne.
        recettes.reverse();
        match tri.colonne {
            ParRecette::Jour => recettes.sort_by_key(|r| r.jour),
            ParRecette::Mode => recettes.sort_by_cached_key(|r| libelles::mode(&r.mode)),
            ParRecette::Impute => recettes.sort_by_key(|r| r.impute),
        }
        if tri.sens == Sens::Decroissant {
            recettes.reverse();
        }
        let lien = lien(demande);
        let mut colonnes = vec![
            Colonne::nouvelle("Reçu le").triable(ParRecette::Jour),
            Colonne::nouvelle("Mode").triable(ParRecette::Mode),
            Colonne::nouvelle("État"),
            Colonne::nouvelle("Imputé").triable(ParRecette::Impute).nombre(),
        ];
        if avec_rac {
            colonnes.push(Colonne::nouvelle("En attente").nombre());
        }
        let somme = |montant: fn(&Recette) -> Montant| {
            Montant::somme(recettes.iter().map(|r| montant(r))).unwrap_or(Montant::MAX)
        };
        Self {
            entetes: fragments::entetes(&lien, tri, &pagination, colonnes),
            lignes: de_la_page(&recettes, &pagination)
                .iter()
                .map(|r| LigneRecette::de(visite, r))
                .collect(),
            avec_rac,
            total: somme(|r| r.impute),
            en_attente: somme(|r| r.en_attente),
            pages: pages(&lien, tri, &pagination, recettes.len()),
        }
    }
}

impl LigneRecette {
    fn de(visite: &Visite<impl Action>, recette: &Recette) -> Self {
        let etat = if !recette.revenu.est_nul() {
            pastille(Ton::Danger, "Revenu impayé")
        } else if !recette.en_attente.est_nul() && recette.impute.est_nul() {
            pastille(Ton::Attention, "En attente")
        } else if !recette.en_attente.est_nul() {
            pastille(Ton::Attention, "Imputé en partie")
        } else {
            pastille(Ton::Positif, "Imputé")
        };
        Self {
            url: visite.url(&format!("/{{caisse}}/encaissements/{}", recette.id)),
            jour: recette.jour,
            mode: libelles::mode(&recette.mode),
            etat,
            impute: recette.impute,
            en_attente: recette.en_attente,
        }
    }
}

fn lien(demande: &Demande) -> LienTable {
    LienTable::lire(
        &demande.url,
        &[("vue", demande.table.cle()), ("au", &demande.au_des_liens())],
    )
}

fn de_la_page<'l, T>(lignes: &'l [T], pagination: &Pagination) -> &'l [T] {
    let usize_de = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let debut = usize_de(pagination.decalage()).min(lignes.len());
    let fin = debut
        .saturating_add(usize_de(pagination.taille().into()))
        .min(lignes.len());
    &lignes[debut..fin]
}

fn pages<C: ColonneTriable>(
    lien: &LienTable,
    tri: Tri<C>,
    pagination: &Pagination,
    total: usize,
) -> LiensDePage {
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    fragments::pagination(lien, tri, pagination, &pagination.suite(total))
}
