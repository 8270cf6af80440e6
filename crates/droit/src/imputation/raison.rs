//! Pourquoi un euro va où il va : un code court que le grand livre garde, une phrase que le débiteur comprend.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use valeurs::date_fr;

use super::rangs::{IdRang, Rang};
use crate::{Article, Droit, ErreurRaison, article::citer, enumeration::enumeration};

enumeration! {
    /// Ce qui amène une créance à son tour, du premier servi au dernier.
    pub enum Moment ("le moment de l’imputation") {
        Designee = "designee", "désignée par le paiement";
        Echeance = "echeance", "jour du paiement";
        Anciennete = "anciennete", "la plus ancienne restée impayée";
        Anticipe = "anticipe", "payée par anticipation";
    }
}

/// La raison d’une part : le rang de la loi, ce qui a amené la créance à son tour, son échéance.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Raison {
    rang: IdRang,
    moment: Moment,
    echeance: Date,
}

impl Raison {
    pub(crate) const fn nouvelle(rang: IdRang, moment: Moment, echeance: Date) -> Self {
        Self {
            rang,
            moment,
            echeance,
        }
    }

    fn rang(self) -> &'static Rang {
        Droit::charger().rangs.rang(self.rang)
    }

    /// Le code stable que garde le grand livre : `D725-4-3:I:3/echeance/2026-02-15`.
    ///
    /// Un astérisque après le rang dit que le texte ne vise pas la période et qu’il est appliqué par analogie.
    #[must_use]
    pub fn code(self) -> String {
        format!("{}/{}/{}", self.rang().code, self.moment.code(), self.echeance)
    }

    /// Relit un code.
    ///
    /// # Errors
    /// La forme n’est pas celle de [`Raison::code`], ou le rang est inconnu de ce programme.
    pub fn from_code(code: &str) -> Result<Self, ErreurRaison> {
        let mut morceaux = code.split('/');
        let (Some(rang), Some(moment), Some(echeance), None) =
            (morceaux.next(), morceaux.next(), morceaux.next(), morceaux.next())
        else {
            return Err(ErreurRaison::Forme);
        };
        let moment = moment.parse().map_err(|_| ErreurRaison::Forme)?;
        let date: Date = echeance.parse().map_err(|_| ErreurRaison::Forme)?;
        if date.to_string() != echeance {
            return Err(ErreurRaison::Forme);
        }
        let rang = Droit::charger().rangs.du_code(rang).ok_or(ErreurRaison::Rang)?;
        Ok(Self::nouvelle(rang, moment, date))
    }

    /// Ce qui a amené la créance à son tour.
    #[must_use]
    pub const fn moment(self) -> Moment {
        self.moment
    }

    /// Les articles qui fondent la part, sans répétition.
    #[must_use]
    pub fn articles(self) -> Vec<&'static Article> {
        let (rangs, rang) = (&Droit::charger().rangs, self.rang());
        let ordre = match self.moment {
            Moment::Designee => Some(&rangs.designee),
            Moment::Anticipe => Some(&rangs.anticipe),
            Moment::Anciennete => rang.anciennete.as_ref(),
            Moment::Echeance => None,
        };
        let meme_texte =
            |autre: &Article| (autre.code, &autre.numero) == (rang.article.code, &rang.article.numero);
        let mut articles = vec![&rang.article];
        articles.extend(ordre.filter(|autre| !meme_texte(autre)));
        articles
    }

    /// La phrase : « Échéance du 15/02/2026, jour du paiement, rang 3 : cotisation d’indemnités journalières
    /// (CRPM art. D725-4-3, I, 3°) ».
    #[must_use]
    pub fn phrase(self) -> String {
        let Rang {
            objet,
            annonce,
            libelle,
            par_analogie,
            ..
        } = self.rang();
        let date = date_fr(self.echeance);
        let moment = self.moment.libelle();
        let annonce = annonce
            .as_ref()
            .map(|annonce| format!(", {annonce}"))
            .unwrap_or_default();
        let analogie = if *par_analogie { "par analogie, " } else { "" };
        let articles = citer(self.articles());
        format!("{objet} {date}, {moment}{annonce} : {libelle} ({analogie}{articles})")
    }
}

impl fmt::Display for Raison {
    /// La phrase.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.phrase())
    }
}

impl fmt::Debug for Raison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raison({})", self.code())
    }
}

impl From<Raison> for String {
    fn from(raison: Raison) -> Self {
        raison.code()
    }
}

impl TryFrom<String> for Raison {
    type Error = ErreurRaison;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::from_code(&code)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn chaque_raison_se_relit_de_son_code() {
        for rang in Droit::charger().rangs.tous() {
            for &moment in Moment::TOUS {
                let raison = Raison::nouvelle(rang, moment, date(2026, 2, 15));
                assert_eq!(Raison::from_code(&raison.code()), Ok(raison));
                let json = serde_json::to_string(&raison).unwrap();
                assert_eq!(serde_json::from_str::<Raison>(&json).unwrap(), raison);
            }
        }
    }

    #[test]
    fn un_code_abime_est_refuse() {
        for code in [
            "",
            "D725-4-3:I:3",
            "D725-4-3:I:3/echeance",
            "D725-4-3:I:3/hier/2026-02-15",
            "D725-4-3:I:3/echeance/2026-02-30",
            "D725-4-3:I:3/echeance/20260215",
            "D725-4-3:I:3/echeance/2026-02-15/",
        ] {
            assert_eq!(Raison::from_code(code), Err(ErreurRaison::Forme), "{code}");
        }
        assert_eq!(
            Raison::from_code("D725-4-3:I:10/echeance/2026-02-15"),
            Err(ErreurRaison::Rang)
        );
    }

    #[test]
    fn les_codes_gardes_par_le_grand_livre_ne_changent_pas() {
        let mut codes: Vec<&str> = Droit::charger()
            .rangs
            .tous()
            .into_iter()
            .map(|id| Droit::charger().rangs.rang(id).code.as_str())
            .collect();
        codes.sort_unstable();
        insta::assert_snapshot!(codes.join("\n"), @r"
        CC1342-10:indu
        CC1342-10:soins
        D133-4:I
        D133-4:I*
        D725-4-3:I:1
        D725-4-3:I:1*
        D725-4-3:I:2
        D725-4-3:I:2*
        D725-4-3:I:3
        D725-4-3:I:3*
        D725-4-3:I:4
        D725-4-3:I:4*
        D725-4-3:I:5
        D725-4-3:I:5*
        D725-4-3:I:6
        D725-4-3:I:6*
        D725-4-3:I:7
        D725-4-3:I:7*
        D725-4-3:I:8
        D725-4-3:I:8*
        D725-4-3:I:9
        D725-4-3:I:9*
        D725-4-3:II:1
        D725-4-3:II:1*
        D725-4-3:II:2
        D725-4-3:II:2*
        D725-4-3:II:3
        D725-4-3:II:3*
        D725-4-3:II:4
        D725-4-3:II:4*
        L133-4-11:a-liquider
        L133-4-11:a-liquider*
        L133-4-11:a-liquider:indus
        L133-4-11:accessoires
        L133-4-11:accessoires*
        L133-4-11:accessoires:indus
        L133-4-11:frais
        L133-4-11:frais*
        L133-4-11:frais:indus
        L133-4-11:ouvriere
        L133-4-11:ouvriere*
        ");
    }

    #[test]
    fn une_raison_se_dit_en_une_phrase_que_le_debiteur_comprend() {
        let phrases: Vec<String> = [
            "D725-4-3:I:3/echeance/2026-02-15",
            "D725-4-3:I:1/anciennete/2025-11-30",
            "D725-4-3:I:1*/anciennete/2023-11-30",
            "D725-4-3:II:2/anticipe/2026-11-30",
            "L133-4-11:ouvriere/designee/2026-02-05",
            "D133-4:I/anciennete/2025-12-15",
            "D133-4:I*/anciennete/2023-12-15",
            "CC1342-10:indu/anciennete/2025-09-10",
            "CC1342-10:soins/designee/2025-09-10",
            "L133-4-11:accessoires/anciennete/2025-11-30",
            "L133-4-11:a-liquider/anciennete/2025-11-30",
            "L133-4-11:frais:indus/anciennete/2025-09-10",
        ]
        .into_iter()
        .map(|code| Raison::from_code(code).unwrap().to_string())
        .collect();
        insta::assert_snapshot!(phrases.join("\n"), @r"
        Échéance du 15/02/2026, jour du paiement, rang 3 : cotisation d’indemnités journalières (CRPM art. D725-4-3, I, 3°)
        Échéance du 30/11/2025, la plus ancienne restée impayée, rang 1 : CSG et CRDS, dans des proportions identiques (CRPM art. D725-4-3, I, 1°)
        Échéance du 30/11/2023, la plus ancienne restée impayée, rang 1 : CSG et CRDS, dans des proportions identiques (par analogie, CRPM art. D725-4-3, I, 1°, à vérifier)
        Échéance du 30/11/2026, payée par anticipation, rang 2 : cotisation de solidarité (CRPM art. D725-4-3, II, 2° ; Code civil art. 1342-10, à vérifier)
        Échéance du 05/02/2026, désignée par le paiement : part ouvrière de toutes les cotisations, dans des proportions identiques (CSS art. L133-4-11, alinéa 2 ; Code civil art. 1342-10, à vérifier)
        Échéance du 15/12/2025, la plus ancienne restée impayée : part patronale, une fois la part ouvrière payée, dans des proportions identiques (CSS art. D133-4, I ; Code civil art. 1342-10, à vérifier)
        Échéance du 15/12/2023, la plus ancienne restée impayée : part patronale, une fois la part ouvrière payée, dans des proportions identiques (par analogie, CSS art. D133-4, I, à vérifier ; Code civil art. 1342-10, à vérifier)
        Créance exigible le 10/09/2025, la plus ancienne restée impayée : remboursement des prestations indues (Code civil art. 1342-10, à vérifier)
        Créance exigible le 10/09/2025, désignée par le paiement : remboursement des sommes facturées à tort (Code civil art. 1342-10, à vérifier)
        Échéance du 30/11/2025, la plus ancienne restée impayée : majorations de retard et pénalités, une fois le principal payé (CSS art. L133-4-11, alinéa 1 ; Code civil art. 1342-10, à vérifier)
        Échéance du 30/11/2025, la plus ancienne restée impayée : majorations de retard calculées au jour du paiement, une fois le principal payé (CSS art. L133-4-11, alinéa 1 ; Code civil art. 1342-10, à vérifier)
        Créance exigible le 10/09/2025, la plus ancienne restée impayée : frais de justice, une fois le principal, la majoration et les pénalités payés (CSS art. L133-4-11, alinéa 1, par extension, à vérifier ; Code civil art. 1342-10, à vérifier)
        ");
    }
}
