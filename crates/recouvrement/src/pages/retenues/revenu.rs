//! La part saisissable du revenu d'un débiteur (code du travail R3252-2).

use droit::{GenreRevenu, Remuneration, quotite_saisissable};
use jiff::civil::Date;
use serde::Deserialize;
use web::ErreurChamp;
use web::fragments::{self, Champ, Chiffre, Choix};

use super::{Groupe, Resultat, exige, jour, montant, personnes};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::pages) struct Saisie {
    versement: String,
    genre: String,
    net: String,
    a_charge: String,
    deja_saisi: String,
    insaisissable: String,
}

impl Saisie {
    /// Ce qui vient d'avance.
    pub(super) fn proposee(jour: Date) -> Self {
        Self {
            versement: jour.to_string(),
            ..Self::default()
        }
    }

    pub(super) fn calculer(&self) -> Result<Resultat, ErreurChamp> {
        let genre: GenreRevenu = self
            .genre
            .parse()
            .map_err(|e: droit::CodeInconnu| ErreurChamp::nouvelle("genre", web::phrase(&e)))?;
        let remuneration = Remuneration {
            genre,
            net: exige("net", &self.net)?,
            personnes_a_charge: personnes("a_charge", &self.a_charge)?,
            deja_saisi: montant("deja_saisi", &self.deja_saisi)?.unwrap_or_default(),
            insaisissable: montant("insaisissable", &self.insaisissable)?,
        };
        let quotite = quotite_saisissable(jour("versement", &self.versement)?, &remuneration)
            .map_err(|refus| ErreurChamp::nouvelle("versement", web::phrase(&refus)))?;
        let chiffres = vec![
            Chiffre::nouveau("Peut encore être saisi", fragments::montant(quotite.disponible)),
            Chiffre::nouveau("Saisissable en tout", fragments::montant(quotite.saisissable)),
            Chiffre::nouveau("Reste au débiteur", fragments::montant(quotite.laisse)),
        ];
        Ok(Resultat::nouveau(chiffres, &quotite.explication, quotite.version))
    }

    pub(super) fn groupes(&self) -> Vec<Groupe> {
        let genres = GenreRevenu::TOUS
            .iter()
            .map(|genre| Choix::nouveau(genre.code(), genre));
        let somme = |nom: &'static str, libelle: &'static str, valeur: &str| {
            Champ::montant(nom, libelle).valeur(valeur)
        };
        vec![Groupe {
            titre: "Le mois",
            replie: false,
            champs: vec![
                Champ::date("versement", "Jour du versement").valeur(&self.versement).obligatoire(),
                Champ::liste("genre", "Revenu", genres.collect()).valeur(&self.genre),
                somme("net", "Net du mois, de tous ses payeurs", &self.net)
                    .aide("Cotisations et retenue à la source déduites ; sans les frais ni les allocations pour charges de famille.")
                    .obligatoire(),
                Champ::chiffres("a_charge", "Personnes à charge, justifiées").valeur(&self.a_charge),
                somme("deja_saisi", "Déjà saisi ou cédé ce mois", &self.deja_saisi),
                somme("insaisissable", "RSA d’une personne seule", &self.insaisissable)
                    .aide("Vide : celui des règles."),
            ],
        }]
    }
}
