//! La retenue mensuelle sur des prestations à échoir.

use jiff::{ToSpan, civil::Date};
use valeurs::{Arrondi, Montant, date_fr};

use super::{
    Palier, Pas,
    lecture::{BaremeDonne, BaremePrestations, RegleAssiette, RegleFraude, ReglePrestations},
    palier::{Exact, Fraction, echelonner},
    positif,
};
use crate::{Droit, Erreur, majorations::Etape};

/// Ce dont il est tenu compte, selon la prestation indue ; tout est par mois.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Assiette {
    /// Prestations familiales, et les indus qui suivent leurs règles (CSS L553-2, D553-1).
    Familiale {
        /// Les revenus de l’allocataire et de son conjoint, avant abattement (I, a) ; `None` si la caisse ne les a pas,
        /// ou, pour une prestation trimestrielle, ne les a plus depuis quatre mois (III).
        revenus: Option<Montant>,
        /// Les prestations servies, hors celles que l’article écarte : rentrée scolaire, primes… (I, b).
        prestations: Montant,
        /// La fraude qui fait majorer la retenue ; aucun texte n’en majore une de maladie.
        fraude: Option<Fraude>,
    },
    /// Maladie et accidents du travail (CSS L133-4-1, D133-2-2).
    Maladie {
        /// Les ressources du foyer, sans les revenus en capitaux ni les libéralités (1°).
        ressources: Montant,
    },
}

/// Une fraude pour laquelle le directeur majore la retenue (CSS L553-2, alinéa 3) : il le peut, rien ne l’y oblige.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fraude {
    /// Le jour du dernier fait frauduleux.
    pub commise_le: Date,
    /// Le jour où fut notifié l’indu d’une fraude précédente, qui avait déjà fait majorer la retenue.
    pub precedente_notifiee_le: Option<Date>,
}

/// Un foyer au mois de la première retenue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Foyer {
    /// Ses ressources.
    pub assiette: Assiette,
    /// Le loyer principal ou la mensualité d’emprunt, justifié ; `None` : réputé le quart des ressources.
    pub logement: Option<Montant>,
    /// Vit-on à deux, mariés ou non ?
    pub menage: bool,
    /// Les enfants à charge.
    pub enfants: u16,
}

/// D’où viennent les tranches, que chaque 1er janvier revalorise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MontantsRetenue {
    /// Celles des règles, à la date de la retenue ; refusé si elles n’y sont pas.
    DeLAnnee,
    /// Celles écrites dans l’article, que des arrêtés ont remplacées depuis : une simulation.
    DeLArticle,
    /// Celles de l’arrêté de l’année, que l’appelant recopie.
    Donnes(BaremeDonne),
}

/// Ce qui est retenu sur un mois de prestations.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Retenue {
    /// R : les ressources moins le logement ; peut être négatif. `None` si les revenus sont inconnus.
    pub revenu: Option<Montant>,
    /// R / N, au centime ; ou le revenu réputé.
    pub pondere: Montant,
    /// La retenue sur la tranche du bas.
    pub forfait: Montant,
    /// Les tranches atteintes au-dessus, de bas en haut.
    pub paliers: Vec<Palier>,
    /// Le forfait et les paliers.
    pub calculee: Montant,
    /// Ce que la fraude ajoute à la retenue calculée.
    pub majoration: Montant,
    /// Ce qui est retenu : jamais plus que ce qui est à échoir, ni que ce qui reste dû.
    pub montant: Montant,
    /// Ce qui est encore versé des prestations à échoir.
    pub laisse: Montant,
    /// R moins la retenue : ce que le foyer garde, logement payé. `None` si les revenus sont inconnus.
    pub reste_au_foyer: Option<Montant>,
    /// Le calcul, pas à pas ; ses montants font la retenue.
    pub explication: Vec<Etape>,
    /// Le barème appliqué : `D553-1@2025-01-01`, `D553-1@article`, `D553-1@donne`.
    pub version: &'static str,
}

/// La retenue d’un mois sur les prestations à échoir d’un foyer, pour tous ses indus ensemble (CSS D553-4).
///
/// Le revenu du foyer, logement déduit, divisé par ses parts, est pris par tranches (CSS D553-1 ; D133-2-2 pour la
/// maladie). Chaque tranche court du montant où l’article la fait commencer au début de la suivante, la retenue
/// forfaitaire s’ajoute toujours, le total est arrondi une fois : à vérifier. Une fraude majore ce total, arrondi à
/// nouveau au centime (CSS L553-2, D553-5) ; l’indemnité de 10 % est dans le reste dû.
///
/// # Errors
/// Tranches inconnues à cette date ; article pas encore en vigueur ; somme négative ; total trop grand.
pub fn retenue_sur_prestations(
    date: Date,
    foyer: &Foyer,
    montants: &MontantsRetenue,
    a_echoir: Montant,
    reste_du: Montant,
) -> Result<Retenue, Erreur> {
    positif("prestations à échoir", a_echoir)?;
    positif("reste dû", reste_du)?;
    let regle = &Droit::charger().retenues.prestations;
    regle.en_vigueur(date)?;
    let (bareme, version, source) = choisir(regle, date, montants)?;
    let mut pas = Pas(Vec::new());
    let (revenu, pondere) = ponderer(&mut pas, regle, date, foyer, bareme)?;

    pas.dire(
        format!("Tranches : {source} ; chacune jusqu’au début de la suivante (lecture à vérifier)"),
        &regle.revalorisation,
    );
    let forfait = bareme.forfait();
    let premiere = bareme.debuts()[0];
    let lecture = if pondere > premiere {
        ", qui s’ajoute aux suivantes (lecture à vérifier)"
    } else {
        ""
    };
    pas.ajouter(
        format!("Retenue forfaitaire sur la tranche inférieure à {premiere}{lecture}"),
        &regle.forfait,
        Some(forfait),
    );
    let fractions: Vec<Fraction> = regle.taux.iter().map(|&(_, fraction)| fraction).collect();
    let (paliers, calculee) = echelonner(pondere, forfait, bareme.debuts(), &fractions)?;
    for (palier, (taux, _)) in paliers.iter().zip(&regle.taux) {
        let tranche = match palier.jusqua {
            Some(haut) => format!("De {} à {haut}", palier.de),
            None => format!("Au-delà de {}", palier.de),
        };
        let phrase = format!("{tranche}, {taux} de {}", palier.base);
        pas.ajouter(phrase, &regle.tranches, Some(palier.pris));
    }
    let majoration = match foyer.assiette {
        Assiette::Familiale {
            fraude: Some(fraude), ..
        } => majorer(&mut pas, regle.fraude(date)?, fraude, calculee)?,
        Assiette::Familiale { fraude: None, .. } | Assiette::Maladie { .. } => Montant::ZERO,
    };
    let mut montant = calculee.checked_add(majoration)?;
    for (plafond, quoi, articles) in [
        (a_echoir, "Prestations à échoir", &regle.tranches),
        (reste_du, "Reste dû", &regle.jusqu_a_extinction),
    ] {
        if plafond < montant {
            let phrase = format!("{quoi} : {plafond}, la retenue s’y arrête");
            pas.ajouter(phrase, articles, Some(plafond.checked_sub(montant)?));
            montant = plafond;
        }
    }
    let laisse = a_echoir.checked_sub(montant)?;
    let reste_au_foyer = revenu.map(|revenu| revenu.checked_sub(montant)).transpose()?;
    let foyer_garde = reste_au_foyer.map_or(String::new(), |reste| {
        format!(" ; reste au foyer, logement payé : {reste}")
    });
    pas.dire(format!("Retenu : {montant} ; versé : {laisse}{foyer_garde}"), &[]);
    Ok(Retenue {
        revenu,
        pondere,
        forfait,
        paliers,
        calculee,
        majoration,
        montant,
        laisse,
        reste_au_foyer,
        explication: pas.0,
        version,
    })
}

/// Les montants, la version à garder, et d’où ils viennent.
fn choisir<'a>(
    regle: &'static ReglePrestations,
    date: Date,
    montants: &'a MontantsRetenue,
) -> Result<(&'a BaremeDonne, &'static str, &'static str), Erreur> {
    let connu = |bareme: &'static BaremePrestations| {
        let BaremePrestations {
            code,
            montants,
            source,
        } = bareme;
        (montants, code.as_str(), source.as_str())
    };
    Ok(match montants {
        MontantsRetenue::DeLAnnee => connu(regle.bareme(date)?),
        MontantsRetenue::DeLArticle => connu(&regle.de_l_article),
        MontantsRetenue::Donnes(donnes) => (donnes, "D553-1@donne", "montants donnés, à vérifier"),
    })
}

/// Ce que la fraude ajoute à une retenue calculée.
///
/// Réitérée : commise après la notification de l’indu précédent, et au plus tard le jour anniversaire ; l’article ne dit
/// pas si c’est le fait ou sa notification qui doit tomber dans ce délai. Le fait : la lecture qui double le moins.
fn majorer(
    pas: &mut Pas,
    regle: &'static RegleFraude,
    fraude: Fraude,
    calculee: Montant,
) -> Result<Montant, Erreur> {
    let ans = regle.reiteration_ans;
    let reiteree = match fraude.precedente_notifiee_le {
        None => None,
        Some(notifiee_le) => {
            let jusqua = notifiee_le.checked_add(i32::from(ans).years())?;
            Some(notifiee_le).filter(|_| notifiee_le < fraude.commise_le && fraude.commise_le <= jusqua)
        }
    };
    let (fois, phrase) = match reiteree {
        None => (1, format!("Fraude : retenue majorée de {}", regle.taux)),
        Some(notifiee_le) => (
            regle.reiteration_fois,
            format!(
                "Fraude réitérée dans les {ans} ans de la notification du {} : retenue majorée de {} × {} (délai à vérifier)",
                date_fr(notifiee_le),
                regle.reiteration_fois,
                regle.taux
            ),
        ),
    };
    let majoration = calculee.appliquer(regle.taux, fois, Arrondi::DemiSuperieur)?;
    pas.ajouter(phrase, &regle.articles, Some(majoration));
    Ok(majoration)
}

/// R et le revenu pondéré.
fn ponderer(
    pas: &mut Pas,
    regle: &'static ReglePrestations,
    date: Date,
    foyer: &Foyer,
    bareme: &BaremeDonne,
) -> Result<(Option<Montant>, Montant), Erreur> {
    if let Some(logement) = foyer.logement {
        positif("logement", logement)?;
    }
    let (articles, ressources) = match foyer.assiette {
        Assiette::Familiale {
            revenus, prestations, ..
        } => {
            positif("prestations du foyer", prestations)?;
            let Some(revenus) = revenus else {
                let repute = bareme.revenu_repute();
                pas.dire(
                    format!(
                        "Revenus inconnus : revenu pondéré réputé égal à {repute} ; l’allocataire en est informé"
                    ),
                    &regle.revenus_inconnus,
                );
                return Ok((None, repute));
            };
            positif("revenus du foyer", revenus)?;
            pas.dire(
                format!("Revenus du foyer, par mois : {revenus}"),
                &regle.familiale.revenus,
            );
            pas.dire(
                format!("Prestations familiales du foyer : {prestations}"),
                &regle.prestations,
            );
            (&regle.familiale, revenus.checked_add(prestations)?)
        }
        Assiette::Maladie { ressources } => {
            positif("ressources du foyer", ressources)?;
            let maladie = regle.maladie_au(date)?;
            pas.dire(
                format!("Ressources du foyer, par mois : {ressources}"),
                &maladie.revenus,
            );
            (maladie, ressources)
        }
    };
    let revenu = ressources.checked_sub(loger(pas, regle, articles, foyer, ressources)?)?;
    let demi_parts = demi_parts(regle, foyer);
    let parts = Fraction::new(2, demi_parts.into()).ok_or(Erreur::Depassement)?;
    let pondere = Exact::de(Montant::ZERO)
        .plus(revenu.max(Montant::ZERO), parts)?
        .arrondir()?;
    let nul = if revenu.est_negatif() {
        ", tenu pour nul"
    } else {
        ""
    };
    pas.dire(
        format!(
            "Revenu R, logement déduit : {revenu}{nul} ; divisé par {} : {pondere} (arrondi à vérifier)",
            parts_dites(demi_parts)
        ),
        &articles.ponderation,
    );
    Ok((Some(revenu), pondere))
}

fn loger(
    pas: &mut Pas,
    regle: &'static ReglePrestations,
    articles: &'static RegleAssiette,
    foyer: &Foyer,
    ressources: Montant,
) -> Result<Montant, Erreur> {
    let (logement, phrase) = match foyer.logement {
        Some(logement) => (logement, format!("Logement justifié : {logement}")),
        None => {
            let taux = regle.logement_repute;
            let logement = ressources.appliquer(taux, 1, Arrondi::DemiSuperieur)?;
            let phrase = format!("Logement sans justificatif, réputé {taux} des ressources : {logement}");
            (logement, phrase)
        }
    };
    pas.dire(phrase, &articles.logement);
    Ok(logement)
}

fn demi_parts(regle: &ReglePrestations, foyer: &Foyer) -> u32 {
    let adultes = if foyer.menage {
        regle.demi_parts_menage
    } else {
        regle.demi_parts_personne_seule
    };
    let enfants = u32::from(foyer.enfants).saturating_mul(regle.demi_parts_par_enfant.into());
    enfants.saturating_add(adultes.into())
}

/// « 1,5 part », « 3 parts ».
fn parts_dites(demi_parts: u32) -> String {
    let entieres = demi_parts / 2;
    let demie = if demi_parts.is_multiple_of(2) { "" } else { ",5" };
    let pluriel = if entieres < 2 { "part" } else { "parts" };
    format!("{entieres}{demie} {pluriel}")
}
