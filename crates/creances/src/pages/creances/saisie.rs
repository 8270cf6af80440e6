use droit::{Nature, Regime};
use jiff::civil::Date;
use serde::Deserialize;
use valeurs::{DossierId, Montant};
use web::ErreurChamp;
use web::fragments::{Champ, Choix, Largeur};

use crate::creances::{CreanceAEmettre, Parts};

/// Caractères d'une référence, au plus : ceux qu'admet l'import.
const REFERENCE_MAX: usize = 40;

/// Une créance telle que l'agent l'écrit.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct CreanceSaisie {
    pub(super) regime: String,
    reference: String,
    nature: String,
    libelle: String,
    du: String,
    au: String,
    emise_le: String,
    exigible_le: String,
    part_ouvriere: String,
    part_patronale: String,
    principal: String,
    cause: String,
}

struct Lecteur(Vec<ErreurChamp>);

impl Lecteur {
    fn faute<T>(&mut self, champ: &'static str, phrase: impl std::fmt::Display) -> Option<T> {
        self.0.push(ErreurChamp::nouvelle(champ, phrase));
        None
    }

    fn date(&mut self, champ: &'static str, texte: &str, phrase: &'static str) -> Option<Date> {
        texte.trim().parse().ok().or_else(|| self.faute(champ, phrase))
    }

    fn montant(&mut self, champ: &'static str, libelle: &str, texte: &str) -> Option<Montant> {
        Montant::lire_francais(texte).map_or_else(|e| self.faute(champ, format!("{libelle} : {e}")), Some)
    }
}

impl CreanceSaisie {
    /// Le formulaire qui s'ouvre : émise aujourd'hui.
    pub(super) fn nouvelle(regime: Regime, aujourdhui: Date) -> Self {
        Self {
            regime: regime.code().to_owned(),
            emise_le: aujourdhui.to_string(),
            ..Self::default()
        }
    }

    /// La créance, si tout se lit ; `natures` sont celles que l'agent peut saisir pour ce régime.
    ///
    /// # Errors
    /// Une phrase par champ fautif.
    pub(super) fn lire(
        &self,
        dossier: DossierId,
        regime: Regime,
        natures: &[Nature],
        aujourdhui: Date,
    ) -> Result<CreanceAEmettre, Vec<ErreurChamp>> {
        let mut l = Lecteur(Vec::new());
        let reference = self.reference.trim().to_uppercase();
        if reference.is_empty() || reference.chars().count() > REFERENCE_MAX {
            l.faute::<()>("reference", "Écrivez une référence de 40 caractères au plus.");
        }
        let nature = self.nature.parse().ok().filter(|n| natures.contains(n));
        let nature: Option<Nature> =
            nature.or_else(|| l.faute("nature", "Choisissez la nature de la créance."));
        let du = l.date("du", &self.du, "Écrivez le premier jour de la période.");
        let au = l.date("au", &self.au, "Écrivez le dernier jour de la période.");
        let emise_le = l.date("emise_le", &self.emise_le, "Écrivez le jour d’émission.");
        if emise_le.is_some_and(|jour| jour > aujourdhui) {
            l.faute::<()>(
                "emise_le",
                "Une créance ne s’émet pas à l’avance : écrivez un jour passé, ou aujourd’hui.",
            );
        }
        let exigible_le = l.date(
            "exigible_le",
            &self.exigible_le,
            "Écrivez la date limite d’exigibilité.",
        );
        let parts = self.parts(&mut l, regime);
        let cause = self.cause.trim();
        if matches!(nature, Some(Nature::Indu(_) | Nature::Soins(_))) && cause.is_empty() {
            l.faute::<()>(
                "cause",
                "Écrivez la cause : un indu la dit à qui le doit (CSS art. R133-9-2).",
            );
        }
        let (Some(nature), Some(du), Some(au), Some(emise_le), Some(exigible_le), Some(parts), true) =
            (nature, du, au, emise_le, exigible_le, parts, l.0.is_empty())
        else {
            return Err(l.0);
        };
        let libelle = self.libelle.trim();
        Ok(CreanceAEmettre {
            reference,
            dossier,
            nature,
            regime,
            periode: (du, au),
            emise_le,
            exigible_le,
            libelle: if libelle.is_empty() {
                nature.to_string()
            } else {
                libelle.to_owned()
            },
            cause: (!cause.is_empty()).then(|| cause.to_owned()),
            parts,
        })
    }

    fn parts(&self, l: &mut Lecteur, regime: Regime) -> Option<Parts> {
        if regime == Regime::Employeur {
            let ouvriere = l.montant("part_ouvriere", "Part ouvrière", &self.part_ouvriere);
            let patronale = l.montant("part_patronale", "Part patronale", &self.part_patronale);
            Some(Parts::Employeur {
                ouvriere: ouvriere?,
                patronale: patronale?,
            })
        } else {
            l.montant("principal", "Principal", &self.principal)
                .map(Parts::Principal)
        }
    }

    /// Les champs, groupés ; les montants et la cause dépendent du titre auquel la créance est due.
    pub(super) fn champs(
        &self,
        regime: Regime,
        natures: &[Nature],
        erreurs: &[ErreurChamp],
    ) -> [(&'static str, Vec<Champ>); 3] {
        let choix = natures.iter().map(|n| Choix::nouveau(n.code(), n));
        let choix = std::iter::once(Choix::nouveau("", "Choisir…"))
            .chain(choix)
            .collect();
        let mut creance = vec![
            Champ::liste("nature", "Nature", choix)
                .obligatoire()
                .valeur(&self.nature),
            Champ::texte("reference", "Référence")
                .obligatoire()
                .aide("Unique dans la caisse ; gardée en capitales.")
                .valeur(&self.reference)
                .longueur_max(40),
            Champ::texte("libelle", "Libellé")
                .aide("À défaut, celui de la nature.")
                .valeur(&self.libelle)
                .longueur_max(120),
        ];
        let indu = matches!(regime, Regime::Assure | Regime::ProfessionnelSante);
        if indu {
            let cause = Champ::zone("cause", "Cause de l’indu", 2)
                .obligatoire()
                .aide("Ce qui est dit à qui le doit (CSS art. R133-9-2, I, 1°).")
                .valeur(&self.cause)
                .longueur_max(500);
            creance.push(cause);
        }
        let dates = vec![
            Champ::date("du", "Période, du").obligatoire().valeur(&self.du),
            Champ::date("au", "au")
                .obligatoire()
                .aide("Jour inclus.")
                .valeur(&self.au),
            Champ::date("emise_le", "Émise le")
                .obligatoire()
                .valeur(&self.emise_le),
            Champ::date("exigible_le", "Exigible le")
                .obligatoire()
                .aide("Dernier jour pour payer sans retard.")
                .valeur(&self.exigible_le),
        ];
        let montant = |nom, libelle, valeur: &String| {
            Champ::montant(nom, libelle)
                .obligatoire()
                .aide("En euros, sans majoration.")
                .valeur(valeur)
                .largeur(Largeur::Courte)
        };
        let montants = if regime == Regime::Employeur {
            vec![
                montant("part_ouvriere", "Part ouvrière", &self.part_ouvriere),
                montant("part_patronale", "Part patronale", &self.part_patronale),
            ]
        } else {
            vec![montant("principal", "Principal", &self.principal)]
        };
        [
            ("La créance", creance),
            ("Les dates", dates),
            ("Le montant", montants),
        ]
        .map(|(titre, champs)| (titre, champs.into_iter().map(|c| c.parmi(erreurs)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use droit::Prestation;
    use jiff::civil::date;

    use super::*;

    const RSA: Nature = Nature::Indu(Prestation::Rsa);

    fn saisie() -> CreanceSaisie {
        CreanceSaisie {
            regime: "assure".into(),
            reference: " rsa-1 ".into(),
            nature: RSA.code(),
            du: "2026-01-01".into(),
            au: "2026-01-31".into(),
            emise_le: "2026-03-01".into(),
            exigible_le: "2026-05-01".into(),
            principal: "1 234,56".into(),
            cause: "Ressources".into(),
            ..CreanceSaisie::default()
        }
    }

    fn lire(saisie: &CreanceSaisie) -> Result<CreanceAEmettre, Vec<String>> {
        let lue = saisie.lire(DossierId::new(1), Regime::Assure, &[RSA], date(2026, 4, 1));
        lue.map_err(|e| e.into_iter().map(|e| e.champ.into_owned()).collect())
    }

    #[test]
    fn une_saisie_juste_est_une_creance_emettable() {
        let creance = lire(&saisie()).unwrap();
        assert_eq!(creance.reference, "RSA-1");
        assert_eq!(creance.libelle, RSA.to_string());
        assert_eq!(creance.verifier().unwrap(), Montant::de_centimes(123_456));
    }

    #[test]
    fn chaque_champ_fautif_est_nomme() {
        let vide = CreanceSaisie {
            regime: "assure".into(),
            ..CreanceSaisie::default()
        };
        let fautes = lire(&vide).unwrap_err();
        assert_eq!(
            fautes,
            [
                "reference",
                "nature",
                "du",
                "au",
                "emise_le",
                "exigible_le",
                "principal"
            ]
        );
    }

    #[test]
    fn une_nature_hors_de_la_portee_n_est_pas_une_nature() {
        let autre = CreanceSaisie {
            nature: "cotisation:amexa".into(),
            ..saisie()
        };
        assert_eq!(lire(&autre).unwrap_err(), ["nature"]);
    }

    #[test]
    fn un_indu_sans_cause_et_une_emission_future_sont_refuses() {
        let faux = CreanceSaisie {
            cause: " ".into(),
            emise_le: "2026-04-02".into(),
            ..saisie()
        };
        assert_eq!(lire(&faux).unwrap_err(), ["emise_le", "cause"]);
    }
}
