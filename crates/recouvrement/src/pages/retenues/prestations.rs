//! La retenue d'un mois sur les prestations d'un débiteur d'indu (CSS D553-1, D133-2-2).

use creances::creances::Creance;
use droit::{
    Assiette, BaremeDonne, Foyer, Fraude, MontantsRetenue, Nature, Prestation, retenue_sur_prestations,
};
use jiff::civil::Date;
use serde::Deserialize;
use valeurs::Montant;
use web::ErreurChamp;
use web::fragments::{self, Champ, Chiffre, Choix};

use super::{Groupe, Resultat, date, exige, jour, montant, personnes};

const FAMILIALE: &str = "familiale";
const MALADIE: &str = "maladie";
const DE_L_ANNEE: &str = "annee";
const DE_L_ARTICLE: &str = "article";
const DONNEES: &str = "donnees";
/// Les tranches d'un arrêté : le champ, ce qu'on en lit.
const TRANCHES: [(&str, &str); 6] = [
    ("tranche_25", "Début de la tranche à 25 %"),
    ("tranche_35", "Début de la tranche à 35 %"),
    ("tranche_45", "Début de la tranche à 45 %"),
    ("tranche_60", "Début de la tranche à 60 %"),
    ("forfait", "Retenue forfaitaire"),
    ("repute", "Revenu réputé de qui ne dit pas ses revenus"),
];

#[derive(Deserialize, Default)]
#[serde(default)]
pub(in crate::pages) struct Saisie {
    jour: String,
    assiette: String,
    revenus: String,
    prestations: String,
    logement: String,
    menage: String,
    enfants: String,
    a_echoir: String,
    reste_du: String,
    fraude: String,
    precedente: String,
    tranches: String,
    tranche_25: String,
    tranche_35: String,
    tranche_45: String,
    tranche_60: String,
    forfait: String,
    repute: String,
}

impl Saisie {
    /// Ce que la créance et le jour disent d'avance.
    pub(super) fn proposee(creance: &Creance, jour: Date) -> Self {
        Self {
            jour: jour.to_string(),
            assiette: assiette_de(creance.nature).to_owned(),
            reste_du: creance.reste.en_point().replace('.', ","),
            tranches: DE_L_ANNEE.to_owned(),
            ..Self::default()
        }
    }

    fn tranche(&self, champ: &str) -> &str {
        match champ {
            "tranche_25" => &self.tranche_25,
            "tranche_35" => &self.tranche_35,
            "tranche_45" => &self.tranche_45,
            "tranche_60" => &self.tranche_60,
            "forfait" => &self.forfait,
            _ => &self.repute,
        }
    }

    pub(super) fn calculer(&self) -> Result<Resultat, ErreurChamp> {
        let jour = jour("jour", &self.jour)?;
        let foyer = Foyer {
            assiette: self.assiette()?,
            logement: montant("logement", &self.logement)?,
            menage: self.menage == "oui",
            enfants: personnes("enfants", &self.enfants)?,
        };
        let (a_echoir, reste_du) = (
            exige("a_echoir", &self.a_echoir)?,
            exige("reste_du", &self.reste_du)?,
        );
        let montants = self.montants()?;
        let retenue = retenue_sur_prestations(jour, &foyer, &montants, a_echoir, reste_du)
            .map_err(|refus| ErreurChamp::nouvelle("tranches", web::phrase(&refus)))?;
        let mut chiffres = vec![
            Chiffre::nouveau("Retenu ce mois", fragments::montant(retenue.montant)),
            Chiffre::nouveau("Encore versé", fragments::montant(retenue.laisse)),
        ];
        chiffres.extend(retenue.reste_au_foyer.map(|reste| {
            Chiffre::nouveau("Reste au foyer", fragments::montant(reste)).precision("logement payé")
        }));
        Ok(Resultat::nouveau(chiffres, &retenue.explication, retenue.version))
    }

    fn assiette(&self) -> Result<Assiette, ErreurChamp> {
        if self.assiette == MALADIE {
            return Ok(Assiette::Maladie {
                ressources: exige("revenus", &self.revenus)?,
            });
        }
        let precedente_notifiee_le = date("precedente", &self.precedente)?;
        let fraude = date("fraude", &self.fraude)?.map(|commise_le| Fraude {
            commise_le,
            precedente_notifiee_le,
        });
        if fraude.is_none() && precedente_notifiee_le.is_some() {
            return Err(ErreurChamp::nouvelle(
                "fraude",
                "Dites aussi le jour du dernier fait frauduleux.",
            ));
        }
        Ok(Assiette::Familiale {
            revenus: montant("revenus", &self.revenus)?,
            prestations: montant("prestations", &self.prestations)?.unwrap_or_default(),
            fraude,
        })
    }

    fn montants(&self) -> Result<MontantsRetenue, ErreurChamp> {
        match self.tranches.as_str() {
            DE_L_ARTICLE => return Ok(MontantsRetenue::DeLArticle),
            DONNEES => {}
            _ => return Ok(MontantsRetenue::DeLAnnee),
        }
        let mut donnes = [Montant::ZERO; 6];
        for (donne, (champ, _)) in donnes.iter_mut().zip(TRANCHES) {
            *donne = exige(champ, self.tranche(champ))?;
        }
        let [a, b, c, d, forfait, repute] = donnes;
        BaremeDonne::new([a, b, c, d], forfait, repute)
            .map(MontantsRetenue::Donnes)
            .map_err(|refus| ErreurChamp::nouvelle("tranches", web::phrase(&refus)))
    }

    pub(super) fn groupes(&self) -> Vec<Groupe> {
        let oui_non = vec![Choix::nouveau("", "Non"), Choix::nouveau("oui", "Oui")];
        let assiettes = vec![
            Choix::nouveau(FAMILIALE, "Prestations familiales, et assimilées"),
            Choix::nouveau(MALADIE, "Maladie et accidents du travail"),
        ];
        let tranches = vec![
            Choix::nouveau(DE_L_ANNEE, "Celles de l’année"),
            Choix::nouveau(DONNEES, "Celles de l’arrêté, recopiées ci-dessous"),
            Choix::nouveau(DE_L_ARTICLE, "Celles écrites dans l’article (simulation)"),
        ];
        let somme = |nom: &'static str, libelle: &'static str, valeur: &str| {
            Champ::montant(nom, libelle).valeur(valeur)
        };
        vec![
            Groupe {
                titre: "Le foyer, par mois",
                replie: false,
                champs: vec![
                    Champ::liste("assiette", "Indu de", assiettes)
                        .valeur(&self.assiette)
                        .aide("Retraite, invalidité, action sociale : règle à vérifier."),
                    somme("revenus", "Revenus ou ressources", &self.revenus)
                        .aide("Avant abattement. Vides : inconnus, et réputés (prestations familiales seules)."),
                    somme("prestations", "Prestations familiales servies", &self.prestations)
                        .aide("Sans la rentrée scolaire ni les primes. Rien pour la maladie."),
                    somme("logement", "Loyer ou emprunt justifié", &self.logement)
                        .aide("Vide : réputé le quart des ressources."),
                    Champ::liste("menage", "Vit-on à deux ?", oui_non).valeur(&self.menage),
                    Champ::chiffres("enfants", "Enfants à charge").valeur(&self.enfants),
                ],
            },
            Groupe {
                titre: "La retenue",
                replie: false,
                champs: vec![
                    Champ::date("jour", "Mois de la première retenue")
                        .valeur(&self.jour)
                        .obligatoire(),
                    somme("a_echoir", "Prestations à échoir ce mois", &self.a_echoir).obligatoire(),
                    somme("reste_du", "Reste dû, tous indus ensemble", &self.reste_du).obligatoire(),
                    Champ::liste("tranches", "Tranches", tranches)
                        .valeur(&self.tranches)
                        .aide("Un arrêté les fixe chaque 1er janvier ; celles d’une année que les règles n’ont pas se recopient."),
                ],
            },
            Groupe {
                titre: "Fraude",
                replie: self.fraude.is_empty() && self.precedente.is_empty(),
                champs: vec![
                    Champ::date("fraude", "Jour du dernier fait frauduleux")
                        .valeur(&self.fraude)
                        .aide("La retenue en est majorée, si le directeur le décide (CSS L553-2)."),
                    Champ::date("precedente", "Notification d’une fraude précédente").valeur(&self.precedente),
                ],
            },
            Groupe {
                titre: "Tranches de l’arrêté",
                replie: self.tranches != DONNEES,
                champs: TRANCHES
                    .iter()
                    .map(|(nom, libelle)| Champ::montant(nom, libelle).valeur(self.tranche(nom)))
                    .collect(),
            },
        ]
    }
}

/// La règle que suit un indu de cette nature, proposée d'avance.
const fn assiette_de(nature: Nature) -> &'static str {
    match nature {
        Nature::Indu(
            Prestation::Sante | Prestation::IndemnitesJournalieres | Prestation::AccidentTravail,
        ) => MALADIE,
        Nature::Indu(_) | Nature::Soins(_) | Nature::Cotisation(_) => FAMILIALE,
    }
}
