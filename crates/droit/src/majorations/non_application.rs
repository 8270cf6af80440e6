//! Les majorations qui ne sont pas dues : le premier retard, vite réparé.

use jiff::{ToSpan, civil::Date};
use valeurs::{Montant, date_fr};

use crate::{Article, Droit, Erreur, Regime};

/// Ce qu’un échéancier de paiement a de fait, au regard des majorations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EcheancierSigne {
    /// Le jour de sa signature.
    pub signe_le: Date,
    /// Ses termes sont respectés jusqu’ici.
    pub respecte: bool,
}

/// Ce qu’il faut savoir d’une échéance en retard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Situation {
    /// Le titre auquel les cotisations sont dues.
    pub regime: Regime,
    /// La date limite d’exigibilité ; elle choisit la version du droit.
    pub exigible_le: Date,
    /// Les obligations déclaratives sont respectées.
    pub declarations_a_jour: bool,
    /// Le jour où les cotisations de l’échéance ont été payées en entier ; `None` si elles ne le sont pas.
    pub solde_le: Option<Date>,
    /// L’échéancier, s’il y en a un.
    pub echeancier: Option<EcheancierSigne>,
    /// Le dernier manquement constaté avant cette échéance : un retard de paiement pour un employeur, une
    /// infraction pour un non-salarié.
    pub dernier_manquement: Option<Date>,
    /// Les majorations qui seraient dues, jamais négatives.
    pub majorations: Montant,
}

/// Une condition de la loi.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    /// Ce que la loi demande, en français.
    pub phrase: String,
    /// La condition est remplie.
    pub remplie: bool,
    /// Les articles qui la posent.
    pub articles: &'static [Article],
}

/// La réponse, et ce qui la fonde.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NonApplication {
    /// Toutes les conditions sont remplies : les majorations ne sont pas dues.
    pub acquise: bool,
    /// Les quatre conditions, dans l’ordre de la loi.
    pub conditions: Vec<Condition>,
    /// La version de la règle : `R731-69@2023`. Stable, à garder avec le dossier.
    pub version: &'static str,
}

/// Les majorations de retard sont-elles écartées (CRPM R731-69 ; CSS R243-11) ?
///
/// Déclarations à jour ; payé, ou échéancier signé et respecté, dans le délai ; pas de manquement dans les mois
/// précédents ; majorations inférieures au plafond mensuel de la sécurité sociale en vigueur à l’échéance. Le délai
/// est compté en jours calendaires, sans report au jour ouvrable.
///
/// # Errors
/// Régime sans majorations de retard ; règle ou plafond inconnus à cette date ; montant négatif.
pub fn non_application(situation: &Situation) -> Result<NonApplication, Erreur> {
    let Situation {
        regime,
        exigible_le,
        majorations,
        ..
    } = *situation;
    if majorations.est_negatif() {
        return Err(Erreur::MontantNegatif);
    }
    let droit = Droit::charger();
    let regle = droit.conditions_non_application(regime, exigible_le)?;
    let articles = regle.articles.as_slice();

    let terme = exigible_le.checked_add(regle.jours_pour_payer.days())?;
    let paye = situation.solde_le.is_some_and(|jour| jour <= terme);
    let echelonne = situation
        .echeancier
        .is_some_and(|plan| plan.respecte && plan.signe_le <= terme);

    let debut = exigible_le.checked_sub(regle.mois_sans_manquement.months())?;
    let manquement = situation
        .dernier_manquement
        .is_some_and(|jour| debut <= jour && jour < exigible_le);

    let plafond = droit.plafond(exigible_le)?;
    let conditions = vec![
        Condition {
            phrase: "obligations déclaratives respectées".to_owned(),
            remplie: situation.declarations_a_jour,
            articles,
        },
        Condition {
            phrase: format!(
                "cotisations payées, ou échéancier signé et respecté, au plus tard le {} ({} jours après l’échéance)",
                date_fr(terme),
                regle.jours_pour_payer
            ),
            remplie: paye || echelonne,
            articles,
        },
        Condition {
            phrase: format!(
                "sans {} dans les {} mois précédant l’échéance, depuis le {}",
                regle.manquement,
                regle.mois_sans_manquement,
                date_fr(debut)
            ),
            remplie: !manquement,
            articles,
        },
        Condition {
            phrase: format!(
                "majorations inférieures au plafond mensuel de la sécurité sociale : {majorations} pour {plafond}"
            ),
            remplie: majorations < plafond,
            articles: &droit.baremes.plafond_article,
        },
    ];
    let acquise = conditions.iter().all(|condition| condition.remplie);
    Ok(NonApplication {
        acquise,
        conditions,
        version: &regle.code,
    })
}

/// Le plafond mensuel de la sécurité sociale en vigueur à une date (hors Mayotte) ; valeurs à vérifier.
///
/// # Errors
/// L’année n’est pas saisie.
pub fn plafond_mensuel(date: Date) -> Result<Montant, Erreur> {
    Droit::charger().plafond(date)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Échéance du 15/02/2026, payée le dernier jour (15 + 30 jours = 17/03), sans antécédent, 50 € de majorations.
    fn au_dernier_jour() -> Situation {
        Situation {
            regime: Regime::NonSalarie,
            exigible_le: date(2026, 2, 15),
            declarations_a_jour: true,
            solde_le: Some(date(2026, 3, 17)),
            echeancier: None,
            dernier_manquement: None,
            majorations: Montant::de_centimes(50_00),
        }
    }

    fn acquise(situation: Situation) -> bool {
        non_application(&situation).unwrap().acquise
    }

    #[test]
    fn un_premier_retard_paye_dans_les_trente_jours_n_est_pas_majore() {
        assert!(acquise(au_dernier_jour()));
        assert!(acquise(Situation {
            regime: Regime::Employeur,
            ..au_dernier_jour()
        }));
    }

    #[test]
    fn chaque_condition_compte() {
        let base = au_dernier_jour();
        let lendemain = Some(date(2026, 3, 18));
        let plan = |signe_le, respecte| Some(EcheancierSigne { signe_le, respecte });
        let cas = [
            (
                "déclarations en retard",
                Situation {
                    declarations_a_jour: false,
                    ..base
                },
                false,
            ),
            (
                "payé un jour trop tard",
                Situation {
                    solde_le: lendemain,
                    ..base
                },
                false,
            ),
            (
                "impayé",
                Situation {
                    solde_le: None,
                    ..base
                },
                false,
            ),
            (
                "échéancier signé à temps",
                Situation {
                    solde_le: None,
                    echeancier: plan(date(2026, 3, 17), true),
                    ..base
                },
                true,
            ),
            (
                "échéancier rompu",
                Situation {
                    solde_le: None,
                    echeancier: plan(date(2026, 3, 1), false),
                    ..base
                },
                false,
            ),
            (
                "échéancier signé trop tard",
                Situation {
                    solde_le: lendemain,
                    echeancier: plan(date(2026, 3, 18), true),
                    ..base
                },
                false,
            ),
            (
                "manquement 24 mois avant",
                Situation {
                    dernier_manquement: Some(date(2024, 2, 15)),
                    ..base
                },
                false,
            ),
            (
                "manquement plus ancien",
                Situation {
                    dernier_manquement: Some(date(2024, 2, 14)),
                    ..base
                },
                true,
            ),
            (
                "majorations au plafond",
                Situation {
                    majorations: Montant::de_centimes(4_005_00),
                    ..base
                },
                false,
            ),
            (
                "un centime sous le plafond",
                Situation {
                    majorations: Montant::de_centimes(4_004_99),
                    ..base
                },
                true,
            ),
        ];
        for (nom, situation, attendu) in cas {
            assert_eq!(acquise(situation), attendu, "{nom}");
        }
    }

    #[test]
    fn la_reponse_s_explique() {
        let reponse = non_application(&au_dernier_jour()).unwrap();
        let texte: Vec<String> = reponse
            .conditions
            .iter()
            .map(|c| {
                format!(
                    "[{}] {} ({})",
                    c.remplie,
                    c.phrase,
                    crate::article::citer(c.articles)
                )
            })
            .collect();
        insta::assert_snapshot!(texte.join("\n"), @r"
        [true] obligations déclaratives respectées (CRPM art. R731-69)
        [true] cotisations payées, ou échéancier signé et respecté, au plus tard le 17/03/2026 (30 jours après l’échéance) (CRPM art. R731-69)
        [true] sans infraction dans les 24 mois précédant l’échéance, depuis le 15/02/2024 (CRPM art. R731-69)
        [true] majorations inférieures au plafond mensuel de la sécurité sociale : 50,00 € pour 4 005,00 € (CSS art. D242-17, à vérifier)
        ");
        assert_eq!(reponse.version, "R731-69@2023");
    }

    #[test]
    fn sans_version_connue_rien_n_est_decide() {
        let base = au_dernier_jour();
        for situation in [
            Situation {
                exigible_le: date(2023, 2, 14),
                ..base
            },
            Situation {
                exigible_le: date(2027, 1, 5),
                ..base
            },
        ] {
            assert!(matches!(
                non_application(&situation),
                Err(Erreur::VersionInconnue { .. })
            ));
        }
        let assure = Situation {
            regime: Regime::Assure,
            ..base
        };
        assert!(matches!(
            non_application(&assure),
            Err(Erreur::SansMajoration { .. })
        ));
    }

    #[test]
    fn le_plafond_suit_les_annees() {
        for (jour, centimes) in [
            (date(2022, 12, 31), 3_428_00),
            (date(2023, 6, 1), 3_666_00),
            (date(2024, 1, 1), 3_864_00),
            (date(2025, 12, 31), 3_925_00),
            (date(2026, 1, 1), 4_005_00),
        ] {
            assert_eq!(plafond_mensuel(jour).unwrap().centimes(), centimes, "{jour}");
        }
    }
}
