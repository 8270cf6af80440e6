//! La fiche sur papier : ce qu'un agent remet à l'employeur. Elle dit les faits ; ce que l'agent peut faire reste à
//! l'écran.

use courriers::{Modele, Pdf};
use droit::FamilleCotisation;
use jiff::Timestamp;
use serde::Serialize;
use valeurs::{Montant, date_fr, date_longue};
use web::fragments::{Graphique, Serie};

use super::{Fiche, MoisDeFiche, Totaux, mois_court};
use crate::rapprocher::Preuve;

const MODELE: &str = include_str!("../../modeles/synthese.typ");
const TITRE: &str = "Fiche de synthèse";
/// Preuves citées sous un écart ; l'écran les donne toutes.
const PREUVES_MAX: usize = 4;

/// Compose le PDF d'une fiche : PDF/A, une page A4 pour treize mois sans histoire.
///
/// Le calcul est long pour un serveur asynchrone : il se fait sur un fil à part.
///
/// # Errors
/// Celles de [`courriers::composer`].
pub fn composer(fiche: &Fiche, caisse: &str, maintenant: Timestamp) -> Result<Pdf, courriers::Erreur> {
    let modele = Modele::new("fiche de synthèse", MODELE).avec_svg("tendance.svg", tendance(fiche).svg());
    courriers::composer(&modele, &Donnees::de(fiche, caisse), TITRE, maintenant)
}

/// Le graphique de la fiche, le même à l'écran.
pub(crate) fn tendance(fiche: &Fiche) -> Graphique {
    let valeurs =
        |part: fn(&Totaux) -> Montant| fiche.mois.iter().map(|m| part(&m.totaux)).collect::<Vec<_>>();
    Graphique::nouveau(
        "tendance",
        "Déclaré, ordonné et encaissé, mois par mois",
        fiche.mois.iter().map(|m| mois_court(m.mois)),
    )
    .serie(Serie::barres("Déclaré", valeurs(|t| t.declare)))
    .serie(Serie::ligne("Ordonné", valeurs(|t| t.ordonne)))
    .serie(Serie::barres("Encaissé", valeurs(|t| t.encaisse)))
}

#[derive(Serialize)]
struct Donnees {
    caisse: String,
    nom: String,
    matricule: String,
    siret: String,
    dossier: String,
    periode: String,
    au: String,
    /// Ce que le graphique montre, pour qui ne le voit pas.
    graphique: String,
    totaux: Vec<String>,
    mois: Vec<Vec<String>>,
    /// Les familles présentes : des intitulés courts, leur ordre est celui des colonnes.
    familles: Vec<&'static str>,
    /// Un mois, ses familles, puis déclaré, émis, imputé et reste du mois.
    compte: Vec<LigneCompte>,
    total_compte: Vec<String>,
    autres: Vec<Vec<String>>,
    negatives: bool,
    ecarts: Vec<EcartDit>,
}

#[derive(Serialize)]
struct LigneCompte {
    mois: String,
    cellules: Vec<CelluleFamille>,
    fin: Vec<String>,
}

/// Une famille d'un mois : le déclaré, et le compte s'il dit autre chose.
#[derive(Serialize)]
struct CelluleFamille {
    declare: String,
    compte: Option<String>,
}

#[derive(Serialize)]
struct EcartDit {
    mois: String,
    classe: &'static str,
    phrase: String,
    preuves: String,
}

impl Donnees {
    fn de(fiche: &Fiche, caisse: &str) -> Self {
        let e = &fiche.en_tete;
        let presentes: Vec<FamilleCotisation> = FamilleCotisation::TOUS
            .iter()
            .copied()
            .filter(|f| {
                fiche
                    .mois
                    .iter()
                    .any(|m| m.familles.iter().any(|l| l.famille == *f))
            })
            .collect();
        Self {
            caisse: caisse.to_owned(),
            nom: e.nom.clone(),
            matricule: e.matricule.clone(),
            siret: e
                .siret
                .as_ref()
                .map_or_else(|| "inconnu".to_owned(), ToString::to_string),
            dossier: e.dossier.to_string(),
            periode: e.intervalle.libelle(),
            au: date_longue(e.au),
            graphique: format!(
                "Déclaré, ordonné et encaissé {} ; les sommes de chaque mois sont dans la table qui suit.",
                e.intervalle.libelle()
            ),
            totaux: sommes(&fiche.totaux),
            mois: fiche.mois.iter().map(ligne_du_mois).collect(),
            familles: presentes.iter().map(|f| court(*f)).collect(),
            compte: fiche
                .mois
                .iter()
                .filter(|m| !m.familles.is_empty())
                .map(|m| LigneCompte::de(m, &presentes))
                .collect(),
            total_compte: fin(&fiche.totaux),
            autres: fiche
                .autres_periodes
                .iter()
                .map(|a| {
                    let montants = [a.emis, a.impute, a.reste].map(euros);
                    [a.libelle.clone(), a.famille.libelle().to_owned()]
                        .into_iter()
                        .chain(montants)
                        .collect()
                })
                .collect(),
            negatives: fiche.mois.iter().any(MoisDeFiche::a_une_famille_negative),
            ecarts: fiche
                .ecarts()
                .map(|(mois, e)| EcartDit {
                    mois: mois.libelle(),
                    classe: e.classe.libelle(),
                    phrase: e.phrase.clone(),
                    preuves: preuves(&e.preuves),
                })
                .collect(),
        }
    }
}

impl LigneCompte {
    fn de(m: &MoisDeFiche, presentes: &[FamilleCotisation]) -> Self {
        let cellule = |famille: &FamilleCotisation| {
            let ligne = m.familles.iter().find(|l| l.famille == *famille);
            ligne.map_or_else(
                || CelluleFamille {
                    declare: "–".to_owned(),
                    compte: None,
                },
                |l| CelluleFamille {
                    declare: nombre(l.declare),
                    compte: (!l.difference.est_nul()).then(|| nombre(l.emis)),
                },
            )
        };
        Self {
            mois: mois_court(m.mois),
            cellules: presentes.iter().map(cellule).collect(),
            fin: fin(&m.totaux),
        }
    }
}

fn ligne_du_mois(m: &MoisDeFiche) -> Vec<String> {
    let mut ligne = vec![
        m.mois.libelle(),
        m.echeance.map_or_else(|| "–".to_owned(), date_fr),
    ];
    ligne.extend(sommes(&m.totaux));
    let classes: Vec<&str> = m.ecarts.iter().map(|e| e.classe.libelle()).collect();
    ligne.push(classes.join(", "));
    ligne
}

fn sommes(t: &Totaux) -> Vec<String> {
    [t.declare, t.ordonne, t.encaisse, t.solde].map(euros).into()
}

fn fin(t: &Totaux) -> Vec<String> {
    [t.declare, t.emis, t.impute, t.reste].map(nombre).into()
}

fn euros(montant: Montant) -> String {
    montant.to_string()
}

/// Sans « € » : l'intitulé de la table le dit, la colonne est étroite.
fn nombre(montant: Montant) -> String {
    montant.to_string().trim_end_matches('€').trim_end().to_owned()
}

fn preuves(preuves: &[Preuve]) -> String {
    let mut citees: Vec<String> = preuves.iter().take(PREUVES_MAX).map(Preuve::to_string).collect();
    let reste = preuves.len().saturating_sub(PREUVES_MAX);
    if reste > 0 {
        citees.push(format!("et {reste} de plus"));
    }
    citees.join(" ; ")
}

/// L'intitulé d'une colonne étroite.
fn court(famille: FamilleCotisation) -> &'static str {
    match famille {
        FamilleCotisation::AssurancesSociales => "Assurances sociales",
        FamilleCotisation::AccidentsTravail => "Accidents du travail",
        FamilleCotisation::AllocationsFamilialesSalaries => "Allocations familiales",
        FamilleCotisation::CsgCrdsSalaries => "CSG, CRDS",
        FamilleCotisation::RetraiteComplementaire => "Retraite complém.",
        FamilleCotisation::AssuranceChomage => "Chômage, garantie",
        FamilleCotisation::FormationProfessionnelle => "Formation",
        _ => "Autres",
    }
}
