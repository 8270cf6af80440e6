//! Les cas, et ce que chacun raconte.

use dsn::ErreurEcriture;
use valeurs::{CodeCaisse, Periode};

use super::super::contenu::{Declaration, Genre, Mode};
use super::super::inventer::{Etablissement, Inventeur, base, du_mois_suivant, echeance};
use super::pieces::Recit;
use super::{Scenario, banque};
use crate::tirage::{Tirage, cle};

/// Déclare les cas et leurs noms de fichier.
macro_rules! cas {
    ($( $(#[$doc:meta])* $Nom:ident = $nom:literal, )+) => {
        /// Ce qu'un scénario fait arriver.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Cas {
            $( $(#[$doc])* $Nom, )+
        }

        impl Cas {
            /// Tous.
            pub const TOUS: &'static [Self] = &[$(Self::$Nom),+];

            /// Son nom : celui de l'écart qu'il fait, s'il en fait un.
            #[must_use]
            pub const fn nom(self) -> &'static str {
                match self { $( Self::$Nom => $nom, )+ }
            }
        }
    };
}

cas! {
    /// Déclaré, ordonné et payé à l'échéance.
    EnOrdre = "en_ordre",
    /// Rien n'est payé.
    Impaye = "impaye",
    /// Une part est payée.
    Partiel = "partiel",
    /// Un peu plus est payé.
    TropPercu = "trop_percu",
    /// Payé deux fois du même compte.
    Doublon = "doublon",
    /// Payé sous le mois suivant.
    MauvaisePeriode = "mauvaise_periode",
    /// Payé le 28.
    Retard = "retard",
    /// L'ordre est une part du déclaré, et c'est elle qui est payée.
    OrdreDifferent = "ordre_different",
    /// Payé sans déclaration.
    PayeNonDeclare = "paye_non_declare",
    /// Une régularisation négative d'un mois que la caisse ne connaît pas : aucun écart.
    Regularisation = "regularisation",
    /// Une déclaration de type 03 en remplace une.
    Remplace = "remplace",
    /// Une déclaration de type 05 en remplace une par un néant.
    RemplaceParNeant = "remplace_par_neant",
    /// Le prélèvement est revenu impayé.
    Rejet = "rejet",
    /// Les cotisations vont à la caisse, le versement à une autre.
    MauvaiseCaisse = "mauvaise_caisse",
    /// Un autre établissement paie les deux.
    PayeParAutre = "paye_par_autre",
    /// La seconde de deux fractions manque.
    FractionManquante = "fraction_manquante",
    /// Le portail a reçu le dépôt après l'échéance.
    DepotTardif = "depot_tardif",
    /// On retire à un individu trois fois ce qu'il a cotisé le mois d'avant.
    RegularisationExcedentaire = "regularisation_excedentaire",
    /// Le compte a émis dix euros de moins que le déclaré d'une famille.
    CaiDifferent = "cai_different",
}

/// Établissements réservés à un cas, dans la suite d'une graine.
const PAR_CAS: u64 = 8;
/// La cotisation d'accidents du travail, son taux, et ce que la régularisation en retire : trois fois plus.
const ACCIDENTS: (&str, i64) = ("045", 2_100);
const FOIS: i64 = 3;
/// Les codes des allocations familiales du salarié : un seul, la famille se compare aisément.
const ALLOCATIONS: (&str, &str) = ("074", "allocations_familiales_salaries");

pub(super) fn raconter(
    cas: Cas,
    graine: &str,
    caisse: CodeCaisse,
    mois: Periode,
) -> Result<Scenario, ErreurEcriture> {
    let mut premier = 0;
    let mut inventeur = Inventeur::nouveau(Tirage::nouveau(cle(graine, caisse, "scenarios"), 0));
    for (rang, autre) in (0_u64..).zip(Cas::TOUS) {
        if *autre == cas {
            premier = rang * PAR_CAS;
            // Chaque cas a sa suite ; la permutation des entreprises leur est commune.
            inventeur.tirage = Tirage::nouveau(cle(graine, caisse, cas.nom()), 0);
        }
    }
    let mut r = Recit::nouveau(inventeur, cas, caisse, mois, premier);
    let le = r.etablissement();
    let compagnons = compagnons(&mut r);
    match cas {
        Cas::EnOrdre
        | Cas::Impaye
        | Cas::Partiel
        | Cas::TropPercu
        | Cas::Doublon
        | Cas::MauvaisePeriode
        | Cas::Retard => paiements(&mut r, &le, compagnons)?,
        Cas::OrdreDifferent => ordre_different(&mut r, &le, compagnons)?,
        Cas::PayeNonDeclare => {
            r.deposer(&compagnons)?;
            let montant = r.inventeur.tirage.entre(5_000, 900_000);
            r.recevoir(&le, echeance(mois, 1), mois, montant);
            r.attendre(&le, mois, &["paye_non_declare"], 0, 0, montant);
        }
        Cas::Regularisation => regularisation(&mut r, &le, compagnons)?,
        Cas::Remplace | Cas::RemplaceParNeant => remplacement(&mut r, &le, compagnons)?,
        Cas::Rejet => rejet(&mut r, &le, compagnons)?,
        Cas::MauvaiseCaisse => mauvaise_caisse(&mut r, &le, compagnons)?,
        Cas::PayeParAutre => paye_par_autre(&mut r, &le, compagnons)?,
        Cas::FractionManquante => {
            let mut d = r.ordonnee(&le, mois);
            d.fraction = (1, 2);
            payer_et_deposer(&mut r, &le, d, &["fraction_manquante"], compagnons)?;
        }
        Cas::DepotTardif => {
            let d = r.ordonnee(&le, mois);
            r.deposer(&compagnons)?;
            let recu = du_mois_suivant(mois, 20).at(9, 0, 0, 0);
            payer(&mut r, &le, &d, &["depot_tardif"]);
            r.deposer_le(Some(recu), &[d])?;
        }
        Cas::RegularisationExcedentaire => regularisation_excedentaire(&mut r, &le, compagnons)?,
        Cas::CaiDifferent => {
            let d = r.ordonnee(&le, mois);
            let declare: i64 = d
                .individus
                .iter()
                .flat_map(|i| &i.bases)
                .flat_map(|b| &b.cotisations)
                .filter(|c| c.code == ALLOCATIONS.0)
                .map(|c| c.montant)
                .sum();
            r.creer(&le, ALLOCATIONS.1, echeance(mois, 1), declare - 1_000);
            payer_et_deposer(&mut r, &le, d, &["cai_different"], compagnons)?;
        }
    }
    Ok(r.finir())
}

/// Une caisse qui n'est pas celle du scénario.
fn autre_caisse(caisse: CodeCaisse) -> CodeCaisse {
    CodeCaisse::toutes().find(|c| *c != caisse).unwrap_or(caisse)
}

/// Le témoin, en ordre, et le voisin d'une autre caisse : leurs déclarations, leurs paiements, leurs attentes.
fn compagnons(r: &mut Recit) -> Vec<Declaration> {
    let (caisse, mois) = (r.caisse, r.mois);
    let temoin = r.etablissement();
    let mut du_temoin = r.declaration(&temoin, mois);
    du_temoin.ordre = 2;
    du_temoin.etablissement.push(("021", 12_345));
    du_temoin.ordonner(Mode::Virement);
    payer(r, &temoin, &du_temoin, &[]);
    let voisin = r.etablissement();
    let mut du_voisin = r.declaration(&voisin, mois);
    du_voisin.ordre = 3;
    du_voisin.caisse = autre_caisse(caisse);
    du_voisin.ordonner(Mode::Sepa(voisin.iban.clone()));
    let montant = du_voisin.ordonne();
    r.recevoir_a(du_voisin.caisse, &voisin, echeance(mois, 1), mois, montant);
    vec![du_temoin, du_voisin]
}

/// Paie à l'échéance ce qui est ordonné, et attend ces écarts.
fn payer(r: &mut Recit, e: &Etablissement, d: &Declaration, ecarts: &[&'static str]) {
    let montant = d.ordonne();
    r.recevoir(e, echeance(d.mois, d.individus.len()), d.mois, montant);
    r.attendre_de(e, d, ecarts, montant);
}

fn payer_et_deposer(
    r: &mut Recit,
    e: &Etablissement,
    d: Declaration,
    ecarts: &[&'static str],
    compagnons: Vec<Declaration>,
) -> Result<(), ErreurEcriture> {
    payer(r, e, &d, ecarts);
    deposer_avec(r, d, compagnons)
}

fn deposer_avec(r: &mut Recit, d: Declaration, compagnons: Vec<Declaration>) -> Result<(), ErreurEcriture> {
    let mut toutes = vec![d];
    toutes.extend(compagnons);
    r.deposer(&toutes)
}

/// Les écarts que le seul paiement fait.
fn paiements(r: &mut Recit, e: &Etablissement, compagnons: Vec<Declaration>) -> Result<(), ErreurEcriture> {
    let mois = r.mois;
    let d = r.ordonnee(e, mois);
    let (du, a_l_heure) = (d.ordonne(), echeance(mois, d.individus.len()));
    match r.cas {
        Cas::Impaye => r.attendre_de(e, &d, &["impaye"], 0),
        Cas::Partiel => {
            let part = du * r.inventeur.tirage.entre(20, 90) / 100;
            r.recevoir(e, a_l_heure, mois, part);
            r.attendre_de(e, &d, &["partiel"], part);
        }
        Cas::TropPercu => {
            let total = du + r.inventeur.tirage.entre(1_000, 90_000);
            r.recevoir(e, a_l_heure, mois, total);
            r.attendre_de(e, &d, &["trop_percu"], total);
        }
        Cas::Doublon => {
            r.recevoir(e, a_l_heure, mois, du);
            r.recevoir(e, a_l_heure, mois, du);
            r.attendre_de(e, &d, &["doublon"], du * 2);
        }
        Cas::MauvaisePeriode => {
            let suivant = Periode::mois_du(du_mois_suivant(mois, 1)).unwrap_or(mois);
            r.recevoir(e, a_l_heure, suivant, du);
            r.attendre_de(e, &d, &["mauvaise_periode"], 0);
            r.attendre(e, suivant, &[], 0, 0, du);
        }
        Cas::Retard => {
            r.recevoir(e, du_mois_suivant(mois, 28), mois, du);
            r.attendre_de(e, &d, &["retard"], du);
        }
        _ => payer(r, e, &d, &[]),
    }
    deposer_avec(r, d, compagnons)
}

fn ordre_different(
    r: &mut Recit,
    e: &Etablissement,
    compagnons: Vec<Declaration>,
) -> Result<(), ErreurEcriture> {
    let mois = r.mois;
    let mut d = r.declaration(e, mois);
    let part = d.declare() * r.inventeur.tirage.entre(50, 80) / 100;
    d.ordonner_a(r.caisse, part, Mode::Sepa(e.iban.clone()));
    payer_et_deposer(r, e, d, &["ordre_different"], compagnons)
}

/// Une base négative du mois d'avant, sous le premier salarié.
fn regulariser(d: &mut Declaration, avant: Periode, taux: &[(&'static str, i64)], fois: i64) {
    if let Some(individu) = d.individus.first_mut() {
        let mut negative = base("03", -individu.brut / 10, avant, &[]);
        for cotisation in base("03", individu.brut, avant, taux).cotisations {
            negative.cotisations.push(super::super::contenu::Cotisation {
                assiette: negative.montant,
                montant: -cotisation.montant * fois,
                ..cotisation
            });
        }
        individu.bases.push(negative);
    }
}

fn regularisation(
    r: &mut Recit,
    e: &Etablissement,
    compagnons: Vec<Declaration>,
) -> Result<(), ErreurEcriture> {
    let mois = r.mois;
    let mut d = r.declaration(e, mois);
    regulariser(
        &mut d,
        mois.mois_avant(1).unwrap_or(mois),
        &[ACCIDENTS, ("049", 100)],
        1,
    );
    d.ordonner(Mode::Sepa(e.iban.clone()));
    payer_et_deposer(r, e, d, &[], compagnons)
}

fn regularisation_excedentaire(
    r: &mut Recit,
    e: &Etablissement,
    compagnons: Vec<Declaration>,
) -> Result<(), ErreurEcriture> {
    let mois = r.mois;
    let avant = mois.mois_avant(1).unwrap_or(mois);
    let precedente = r.ordonnee(e, avant);
    let mut d = precedente.clone();
    d.mois = mois;
    d.constituee_le = du_mois_suivant(mois, 10);
    d.versements.clear();
    for base in d.individus.iter_mut().flat_map(|i| &mut i.bases) {
        base.periode = mois;
    }
    regulariser(&mut d, avant, &[ACCIDENTS], FOIS);
    d.ordonner(Mode::Sepa(e.iban.clone()));
    payer(r, e, &precedente, &[]);
    r.deposer(&[precedente])?;
    payer_et_deposer(r, e, d, &["regularisation_excedentaire"], compagnons)
}

fn remplacement(
    r: &mut Recit,
    e: &Etablissement,
    compagnons: Vec<Declaration>,
) -> Result<(), ErreurEcriture> {
    let mois = r.mois;
    let originale = r.ordonnee(e, mois);
    let mut seconde = r.declaration(e, mois);
    seconde.ordre = 4;
    if r.cas == Cas::Remplace {
        seconde.genre = Genre::Remplace(originale.constituee_le, originale.ordre);
        seconde.ordonner(Mode::Sepa(e.iban.clone()));
        payer(r, e, &seconde, &["remplace"]);
    } else {
        seconde.genre = Genre::RemplaceParNeant;
        seconde.individus.clear();
        r.attendre_de(e, &seconde, &["remplace"], 0);
    }
    deposer_avec(r, originale, compagnons)?;
    r.deposer(&[seconde])
}

fn rejet(r: &mut Recit, e: &Etablissement, compagnons: Vec<Declaration>) -> Result<(), ErreurEcriture> {
    let mois = r.mois;
    let d = r.ordonnee(e, mois);
    let le = echeance(mois, d.individus.len());
    let preleve = banque::prelevement(e, le, d.ordonne());
    let retour = banque::retour(e, du_mois_suivant(mois, 20), d.ordonne());
    r.encaissements.extend([preleve, retour]);
    r.attendre_de(e, &d, &["rejet"], 0);
    deposer_avec(r, d, compagnons)
}

fn mauvaise_caisse(
    r: &mut Recit,
    e: &Etablissement,
    compagnons: Vec<Declaration>,
) -> Result<(), ErreurEcriture> {
    let mois = r.mois;
    let mut d = r.declaration(e, mois);
    let (du, ailleurs) = (d.declare(), autre_caisse(r.caisse));
    d.ordonner_a(ailleurs, du, Mode::Sepa(e.iban.clone()));
    r.recevoir_a(ailleurs, e, echeance(mois, d.individus.len()), mois, du);
    r.attendre_de(e, &d, &["mauvaise_caisse"], 0);
    deposer_avec(r, d, compagnons)
}

fn paye_par_autre(
    r: &mut Recit,
    e: &Etablissement,
    mut compagnons: Vec<Declaration>,
) -> Result<(), ErreurEcriture> {
    let mois = r.mois;
    let payeur = r.etablissement();
    let mut d = r.declaration(e, mois);
    d.ordonner(Mode::ParAutre(payeur.siret.clone()));
    let mut du_payeur = r.ordonnee(&payeur, mois);
    du_payeur.ordre = 5;
    let total = d.ordonne() + du_payeur.ordonne();
    r.recevoir(&payeur, echeance(mois, 1), mois, total);
    r.attendre_de(e, &d, &["paye_par_autre"], 0);
    r.attendre_de(&payeur, &du_payeur, &[], total);
    compagnons.push(du_payeur);
    deposer_avec(r, d, compagnons)
}
