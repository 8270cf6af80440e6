//! Ce qu'un modèle lit d'un acte, déjà écrit pour être lu.

use droit::{Acte, Donnee, Mention, ModeEnvoi};
use jiff::civil::Date;
use serde::Serialize;
use valeurs::{date_fr, date_longue};

use super::projet::{LigneActe, Projet};
use super::reglages::Signataire;
use super::{Reglages, numero};

/// Le contenu d'un acte : deux contenus égaux font le même document.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Contenu {
    /// Un projet porte « PROJET » en travers, et aucun numéro.
    projet: bool,
    libelle: String,
    numero: String,
    date: String,
    envoi: &'static str,
    dossier: String,
    organisme: Organisme,
    destinataire: Bloc,
    sommes: Sommes,
    calcul: Vec<String>,
    /// Les mentions que le tableau des sommes porte.
    tableau: Vec<String>,
    mentions: Vec<Paragraphe>,
    /// Les mentions que la signature porte.
    signature: Vec<String>,
    signataire: Signature,
}

/// Un contenu est une donnée personnelle : `Debug` n'en dit que le titre.
impl std::fmt::Debug for Contenu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contenu")
            .field("libelle", &self.libelle)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct Bloc {
    nom: String,
    adresse: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct Organisme {
    nom: String,
    adresse: Vec<String>,
    contact: String,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct Sommes {
    colonnes: Vec<Colonne>,
    lignes: Vec<Vec<String>>,
    total: String,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct Colonne {
    titre: &'static str,
    nombre: bool,
    /// Sa part de la largeur qui reste aux textes.
    poids: u8,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct Paragraphe {
    code: String,
    texte: String,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
struct Signature {
    nom: String,
    qualite: String,
    delegation: String,
}

impl Contenu {
    /// Le contenu d'un projet auquel il ne manque rien ; `id` absent : un aperçu, sans numéro.
    ///
    /// # Errors
    /// La première donnée qui manque.
    pub(super) fn de(
        projet: &Projet,
        id: Option<i64>,
        envoi: ModeEnvoi,
        signataire: &Signataire,
        reglages: &Reglages,
        jour: Date,
    ) -> Result<Self, Donnee> {
        let acte = projet.acte;
        let numero = id.map_or_else(|| "(à l’émission)".to_owned(), numero);
        let mut mentions = Vec::new();
        let (mut tableau, mut signature) = (Vec::new(), Vec::new());
        for mention in acte.mentions() {
            let valeur = |donnee| match donnee {
                Donnee::Numero => Some(numero.clone()),
                autre => projet.valeur(autre).map(str::to_owned),
            };
            match mention.dire(valeur)? {
                Some(texte) => mentions.push(Paragraphe {
                    code: mention.code().to_owned(),
                    texte,
                }),
                None if mention.exige().contains(&Donnee::Signataire) => {
                    signature.push(mention.code().to_owned());
                }
                None => tableau.push(mention.code().to_owned()),
            }
        }
        let destinataire = projet.destinataire().ok_or(Donnee::Adresse)?;
        Ok(Self {
            projet: id.is_none(),
            libelle: acte.libelle().to_owned(),
            numero,
            date: date_longue(jour),
            envoi: envoi.libelle(),
            dossier: projet.matricule.clone(),
            organisme: Organisme {
                nom: reglages.organisme.nom.clone(),
                adresse: reglages.organisme.adresse.0.clone(),
                contact: reglages.organisme.contact.clone().unwrap_or_default(),
            },
            destinataire: Bloc {
                nom: destinataire.0,
                adresse: destinataire.1,
            },
            sommes: sommes(acte, &projet.lignes, projet.total.to_string()),
            calcul: projet
                .lignes
                .iter()
                .flat_map(|ligne| ligne.calcul.clone())
                .collect(),
            tableau,
            mentions,
            signature,
            signataire: Signature {
                nom: signataire.nom.clone(),
                qualite: signataire.qualite.clone(),
                delegation: signataire.delegation.clone().unwrap_or_default(),
            },
        })
    }

    /// Un contenu inventé qui a tout ce que l'acte exige : de quoi essayer un modèle.
    #[must_use]
    pub fn exemple(acte: &Acte) -> Self {
        let texte = |code: &str| match code {
            "total" | "majoration_soins" => "1 234,56 €".to_owned(),
            autre => format!("Exemple de {autre}, 1, place du Marché, 33000 Bordeaux"),
        };
        let lignes = [LigneActe::exemple(1), LigneActe::exemple(2)];
        let sans_phrase = |signature: bool| {
            let groupe = move |m: &&Mention| m.exige().contains(&Donnee::Signataire) == signature;
            let sans = acte
                .mentions()
                .iter()
                .filter(|m| matches!(m.dire(|_| Some(String::new())), Ok(None)));
            sans.filter(groupe).map(|m| m.code().to_owned()).collect()
        };
        Self {
            projet: true,
            libelle: acte.libelle().to_owned(),
            numero: numero(1),
            date: "2 mars 2026".to_owned(),
            envoi: acte.envois().first().map_or("", |mode| mode.libelle()),
            dossier: "EXEMPLE1".to_owned(),
            organisme: Organisme {
                nom: "MSA d’exemple".to_owned(),
                adresse: vec!["1, rue des Champs".to_owned(), "33000 Bordeaux".to_owned()],
                contact: "service recouvrement, 05 00 00 00 00".to_owned(),
            },
            destinataire: Bloc {
                nom: "Mme Exemple Inventée".to_owned(),
                adresse: vec!["12, rue des Lilas".to_owned(), "33000 Bordeaux".to_owned()],
            },
            sommes: sommes(acte, &lignes, "1 234,56 €".to_owned()),
            calcul: if acte.exige(Donnee::Majorations) {
                lignes.iter().flat_map(|ligne| ligne.calcul.clone()).collect()
            } else {
                Vec::new()
            },
            tableau: sans_phrase(false),
            mentions: acte
                .mentions()
                .iter()
                .filter_map(|m| {
                    let dite = m.dire(|donnee| Some(texte(donnee.code()))).ok()??;
                    Some(Paragraphe {
                        code: m.code().to_owned(),
                        texte: dite,
                    })
                })
                .collect(),
            signature: sans_phrase(true),
            signataire: Signature {
                nom: "Camille Exemple".to_owned(),
                qualite: "responsable du recouvrement".to_owned(),
                delegation: "par délégation du directeur du 2 janvier 2026".to_owned(),
            },
        }
    }
}

/// Le tableau des sommes : les colonnes que l'acte exige, celles que ses lignes remplissent.
fn sommes(acte: &Acte, lignes: &[LigneActe], total: String) -> Sommes {
    type Cellule = fn(&LigneActe) -> String;
    let majorations = acte.exige(Donnee::Majorations) || lignes.iter().any(|l| !l.accessoires().est_nul());
    // Montrée, titre, part de la largeur (un nombre n'en a pas), ce qu'elle dit.
    let choix: [(bool, &'static str, Option<u8>, Cellule); 7] = [
        (true, "Nature", Some(3), |l| {
            format!("{} (réf. {})", l.nature, l.reference)
        }),
        (acte.exige(Donnee::Periodes), "Période", Some(2), |l| {
            format!("du {} au {}", date_fr(l.periode.0), date_fr(l.periode.1))
        }),
        (acte.exige(Donnee::Versements), "Versé le", Some(2), |l| {
            let jours: Vec<String> = l.versements.iter().map(|jour| date_fr(*jour)).collect();
            jours.join(", ")
        }),
        (acte.exige(Donnee::Cause), "Motif", Some(4), |l| {
            l.cause.clone().unwrap_or_default()
        }),
        (majorations, "Principal", None, |l| l.principal.to_string()),
        (majorations, "Majorations, pénalités, frais", None, |l| {
            l.accessoires().to_string()
        }),
        (true, "Montant dû", None, |l| l.du.to_string()),
    ];
    let colonnes: Vec<_> = choix.into_iter().filter(|(montree, ..)| *montree).collect();
    Sommes {
        lignes: lignes
            .iter()
            .map(|ligne| colonnes.iter().map(|(_, _, _, cellule)| cellule(ligne)).collect())
            .collect(),
        colonnes: colonnes
            .iter()
            .map(|(_, titre, poids, _)| Colonne {
                titre,
                nombre: poids.is_none(),
                poids: poids.unwrap_or_default(),
            })
            .collect(),
        total,
    }
}
