//! D’une dette et d’un rythme, des mensualités dont la somme est la dette.

use jiff::{ToSpan, civil::Date};
use valeurs::{Montant, date_longue};

use super::{
    Exigence, RefusEcheancier,
    lecture::{RegleEcheancier, Rupture},
};
use crate::{Article, Droit, Erreur, Procedure, Zone, majorations::Etape};

/// Dix ans : aucun texte ne borne un échéancier de cotisations, mais un plan plus long n’est plus une proposition.
pub const MENSUALITES_MAX: u16 = 120;

/// Ce qui reste dû le jour où l’échéancier est conclu.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dette {
    /// Les cotisations salariales d’un employeur, et la retenue à la source (CGI 204 A) s’il en reste due.
    pub part_ouvriere: Montant,
    /// Les autres cotisations, ou l’indu.
    pub principal: Montant,
    /// Les majorations, pénalités et frais, servis après le principal.
    pub majorations: Montant,
}

/// Ce que le débiteur demande.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rythme {
    /// Tant de mensualités égales ; la dernière prend l’arrondi.
    Mensualites(u16),
    /// Tant par mois ; la dernière est ce qui reste.
    ParMois(Montant),
}

/// Un échéancier demandé.
#[derive(Clone, Copy, Debug)]
pub struct Demande {
    /// La procédure des créances échelonnées : elle choisit la règle.
    pub procedure: &'static Procedure,
    /// Ce qui est échelonné.
    pub dette: Dette,
    /// Le jour où l’échéancier est conclu ; il choisit la version du droit.
    pub conclu_le: Date,
    /// La première échéance ; les suivantes ont le même quantième, ou tombent le dernier jour du mois.
    pub premiere: Date,
    /// Combien de fois, ou combien par mois.
    pub rythme: Rythme,
    /// Le siège de la caisse, où l’on paie : ses jours fériés reportent une échéance.
    pub zone: Zone,
    /// Le plan signé écrit qu’il est rompu à deux échéances impayées de suite. Sans effet là où un texte le rompt.
    pub clause_de_rupture: bool,
}

/// Une échéance de l’échéancier.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mensualite {
    /// Son rang, à partir de un.
    pub rang: u16,
    /// Le jour écrit dans l’échéancier.
    pub jour: Date,
    /// Le dernier jour, inclus, où elle est payée à temps : le premier jour ouvré à partir de `jour`, à vérifier.
    pub dernier_jour: Date,
    /// Ce qui est à payer, jamais nul.
    pub montant: Montant,
    /// Ce qu’elle paie de principal, part ouvrière comprise.
    pub principal: Montant,
    /// Ce qu’elle paie de majorations, pénalités et frais.
    pub majorations: Montant,
}

/// Un échéancier que la loi admet ; la somme de ses mensualités est la dette.
#[derive(Clone, Debug)]
pub struct Echeancier {
    pub(super) regle: &'static RegleEcheancier,
    pub(super) demande: Demande,
    total: Montant,
    mensualites: Vec<Mensualite>,
    explication: Vec<Etape>,
}

impl Echeancier {
    /// L’échéancier d’une demande, ou pourquoi la loi le refuse.
    ///
    /// Cotisations : pas de cotisations patronales tant que la part ouvrière est due, aucune durée écrite (CRPM R726-1,
    /// 4°). Indus : douze mois au plus, comptés de la conclusion (CSS R133-9-2, I, 2°, b). Les autres procédures n’ont pas
    /// de texte : douze mois aussi, à vérifier. Le principal est servi avant les majorations (CSS L133-4-11). Celles qui
    /// courent encore ne sont pas comptées. Ce qui ne se calcule pas est dans [`Echeancier::exigences`].
    ///
    /// # Errors
    /// Rien à échelonner ; part ouvrière due ; trop long ; rythme ou dates sans suite ; montant négatif ou trop grand.
    pub fn proposer(demande: &Demande) -> Result<Self, RefusEcheancier> {
        let droit = Droit::charger();
        let (regle, par_analogie) = droit.echeanciers.regle(demande.procedure, demande.conclu_le)?;
        let total = demande.dette.total(regle)?;
        if demande.premiere < demande.conclu_le {
            return Err(RefusEcheancier::PremiereAvantConclusion {
                premiere: demande.premiere,
                conclu_le: demande.conclu_le,
            });
        }
        let montants = repartir(total, demande.rythme)?;
        let mensualites = dater(droit, demande, &montants)?;
        if let Some(refus) = trop_long(regle, demande, &mensualites)? {
            return Err(refus);
        }
        let explication = expliquer(droit, regle, demande, par_analogie, total, &mensualites);
        Ok(Self {
            regle,
            demande: *demande,
            total,
            mensualites,
            explication,
        })
    }

    /// Les mensualités, dans l’ordre ; il y en a une au moins.
    #[must_use]
    pub fn mensualites(&self) -> &[Mensualite] {
        &self.mensualites
    }

    /// La dette : la somme des mensualités.
    #[must_use]
    pub const fn total(&self) -> Montant {
        self.total
    }

    /// Comment l’échéancier est fait, pas à pas ; les montants font le total.
    #[must_use]
    pub fn explication(&self) -> &[Etape] {
        &self.explication
    }

    /// Ce qui doit encore être vrai pour l’accorder, et ce que les textes laissent en doute.
    #[must_use]
    pub fn exigences(&self) -> &'static [Exigence] {
        &self.regle.exigences
    }

    /// La règle appliquée : `R726-1@2025-07-20`. Stable, à garder avec le dossier.
    #[must_use]
    pub fn version(&self) -> &'static str {
        &self.regle.code
    }

    /// Ce qui le rompt : le texte, sinon la clause signée, sinon rien.
    pub(super) fn rupture(&self) -> Option<&'static Rupture> {
        rupture(Droit::charger(), self.regle, &self.demande)
    }
}

fn rupture(
    droit: &'static Droit,
    regle: &'static RegleEcheancier,
    demande: &Demande,
) -> Option<&'static Rupture> {
    let clause = demande.clause_de_rupture.then_some(&droit.echeanciers.clause);
    regle.rupture.as_ref().or(clause)
}

impl Dette {
    /// Ce que l’échéancier aura à payer, si la loi l’admet.
    fn total(&self, regle: &'static RegleEcheancier) -> Result<Montant, RefusEcheancier> {
        let Self {
            part_ouvriere,
            principal,
            majorations,
        } = *self;
        for (quoi, montant) in [
            ("part ouvrière", part_ouvriere),
            ("principal", principal),
            ("majorations", majorations),
        ] {
            if montant.est_negatif() {
                return Err(Erreur::SommeNegative { quoi }.into());
            }
        }
        let total = Montant::somme([part_ouvriere, principal, majorations])?;
        if total.est_nul() {
            return Err(RefusEcheancier::RienDu);
        }
        if part_ouvriere.est_nul() {
            return Ok(total);
        }
        if regle.part_ouvriere.is_empty() {
            return Err(RefusEcheancier::PartOuvriereEtrangere);
        }
        if !principal.est_nul() {
            return Err(RefusEcheancier::PartOuvriereDue {
                du: part_ouvriere,
                articles: &regle.part_ouvriere,
            });
        }
        Ok(total)
    }
}

/// Des montants positifs dont la somme est le total.
fn repartir(total: Montant, rythme: Rythme) -> Result<Vec<Montant>, RefusEcheancier> {
    let centimes = total.centimes();
    let (nombre, chacune) = match rythme {
        Rythme::Mensualites(nombre) => {
            let nombre = i64::from(nombre);
            let chacune = centimes
                .checked_div(nombre)
                .ok_or(RefusEcheancier::MensualiteNulle)?;
            (nombre, Montant::de_centimes(chacune))
        }
        Rythme::ParMois(chacune) => {
            let entieres = centimes
                .checked_div_euclid(chacune.centimes())
                .ok_or(RefusEcheancier::MensualiteNulle)?;
            let juste = chacune.centimes().checked_mul(entieres) == Some(centimes);
            (entieres.saturating_add(i64::from(!juste)), chacune)
        }
    };
    if chacune <= Montant::ZERO {
        return Err(RefusEcheancier::MensualiteNulle);
    }
    let nombre = usize::try_from(nombre).map_err(|_| RefusEcheancier::TropDeMensualites)?;
    if nombre > usize::from(MENSUALITES_MAX) {
        return Err(RefusEcheancier::TropDeMensualites);
    }
    let mut montants = vec![chacune; nombre.saturating_sub(1)];
    let avant = Montant::somme(montants.iter().copied())?;
    montants.push(total.checked_sub(avant)?);
    Ok(montants)
}

/// Chaque montant à son jour, le principal d’abord.
fn dater(
    droit: &'static Droit,
    demande: &Demande,
    montants: &[Montant],
) -> Result<Vec<Mensualite>, RefusEcheancier> {
    let Dette {
        part_ouvriere,
        principal,
        ..
    } = demande.dette;
    let mut a_servir = part_ouvriere.checked_add(principal)?;
    (1_u16..)
        .zip(montants)
        .map(|(rang, &montant)| {
            let mois = i32::from(rang).saturating_sub(1);
            // Toujours depuis la première : le 31 revient après un mois de 30 jours.
            let jour = demande.premiere.checked_add(mois.months())?;
            let principal = a_servir.min(montant);
            a_servir = a_servir.checked_sub(principal)?;
            Ok(Mensualite {
                rang,
                jour,
                dernier_jour: droit.premier_jour_ouvre(demande.zone, jour)?,
                montant,
                principal,
                majorations: montant.checked_sub(principal)?,
            })
        })
        .collect()
}

fn trop_long(
    regle: &'static RegleEcheancier,
    demande: &Demande,
    mensualites: &[Mensualite],
) -> Result<Option<RefusEcheancier>, Erreur> {
    let Some((duree, derniere)) = regle.duree.as_ref().zip(mensualites.last()) else {
        return Ok(None);
    };
    let jusqua = demande.conclu_le.checked_add(i32::from(duree.mois).months())?;
    if derniere.jour <= jusqua {
        return Ok(None);
    }
    Ok(Some(RefusEcheancier::TropLong {
        conclu_le: demande.conclu_le,
        mois: duree.mois,
        derniere: derniere.jour,
        jusqua,
        mensualites: mensualites
            .iter()
            .filter(|mensualite| mensualite.jour <= jusqua)
            .count(),
        articles: &duree.articles,
    }))
}

fn expliquer(
    droit: &'static Droit,
    regle: &'static RegleEcheancier,
    demande: &Demande,
    par_analogie: bool,
    total: Montant,
    mensualites: &[Mensualite],
) -> Vec<Etape> {
    let etape = |phrase: String, articles: &'static [Article], montant| Etape {
        phrase,
        articles,
        montant,
    };
    let dire = |phrase: &str, articles| etape(phrase.to_owned(), articles, None);
    let mut pas = vec![etape(
        format!("Dette échelonnée : {total}, {}", en_mensualites(mensualites)),
        &regle.articles,
        Some(total),
    )];
    if regle.articles.is_empty() {
        pas.push(dire("Aucun texte n’institue cet échéancier : à vérifier", &[]));
    }
    if par_analogie {
        pas.push(dire(
            "Rédaction en vigueur appliquée par analogie à un échéancier antérieur : à vérifier",
            &regle.articles,
        ));
    }
    let majorations = demande.dette.majorations;
    if !majorations.est_nul() {
        let reserve = if regle.accessoires.is_empty() {
            " (à vérifier)"
        } else {
            ""
        };
        let phrase = format!(
            "Dont {majorations} de majorations, pénalités et frais, servis après le principal{reserve}"
        );
        pas.push(etape(phrase, &regle.accessoires, None));
    }
    if !demande.dette.part_ouvriere.est_nul() {
        pas.push(dire(
            "Échéancier de la seule part ouvrière : le texte n’écarte que les cotisations patronales (à vérifier)",
            &regle.part_ouvriere,
        ));
    }
    pas.push(match &regle.duree {
        Some(duree) => etape(
            format!(
                "{} mois au plus, comptés de la conclusion, le {} : départ à vérifier",
                duree.mois,
                date_longue(demande.conclu_le)
            ),
            &duree.articles,
            None,
        ),
        None => dire("Aucun texte ne borne la durée", &[]),
    });
    if mensualites
        .iter()
        .any(|mensualite| mensualite.dernier_jour != mensualite.jour)
    {
        pas.push(dire(
            "Une échéance qui tombe un jour non ouvré se paie au premier jour ouvré : écrit pour les actes de procédure, étendu au paiement",
            &droit.echeanciers.report,
        ));
    }
    pas.push(match rupture(droit, regle, demande) {
        Some(rupture) => etape(
            format!("Perdu quand {}", rupture.quand()),
            &rupture.articles,
            None,
        ),
        None => dire(
            "Aucun texte ne le rompt : les poursuites attendent la dernière échéance, sauf clause signée",
            &regle.fin,
        ),
    });
    pas
}

/// « 12 mensualités de 83,33 €, la dernière de 83,37 € ».
fn en_mensualites(mensualites: &[Mensualite]) -> String {
    match mensualites {
        [] => String::new(),
        [seule] => format!("en une fois, le {}", date_longue(seule.jour)),
        [premiere, .., derniere] => {
            let nombre = mensualites.len();
            let autre = if derniere.montant == premiere.montant {
                String::new()
            } else {
                format!(", la dernière de {}", derniere.montant)
            };
            format!(
                "{nombre} mensualités de {}{autre}, du {} au {}",
                premiere.montant,
                date_longue(premiere.jour),
                date_longue(derniere.jour)
            )
        }
    }
}

impl Rupture {
    /// « 2 échéances successives de la même année (civile, à vérifier) restent impayées ».
    pub(super) fn quand(&self) -> String {
        let annee = if self.meme_annee {
            " de la même année (civile, à vérifier)"
        } else {
            ""
        };
        format!(
            "{} échéances successives{annee} restent impayées",
            self.successives
        )
    }
}
