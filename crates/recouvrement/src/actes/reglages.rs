//! Ce que la caisse dit d'elle-même pour ses actes : son adresse, ses recours, ses tribunaux, qui signe et jusqu'où.
//!
//! Un fichier par caisse, `actes/CAISSE/reglages.toml` sous le dossier des données ; sa forme est dans docs/actes.md.

use std::path::{Path, PathBuf};

use droit::{Acte, Donnee, Droit};
use jiff::civil::Date;
use serde::Deserialize;
use valeurs::Montant;

use super::ErreurActes;
use crate::pilotage::Couts;

/// Le fichier des réglages.
pub const FICHIER: &str = "reglages.toml";
const EXEMPLE: &str = include_str!("../../modeles/reglages.toml");

/// Les réglages d'une caisse, vérifiés.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reglages {
    pub(super) organisme: Organisme,
    #[serde(default)]
    tribunal: Vec<Tribunal>,
    #[serde(default)]
    departement: Vec<Departement>,
    #[serde(default)]
    signataire: Vec<Signataire>,
    cout: Option<Couts>,
}

/// La caisse.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Organisme {
    pub(super) nom: String,
    pub(super) adresse: Lignes,
    pub(super) contact: Option<String>,
    /// La commission de recours amiable, nom et adresse.
    pub(super) commission: Option<Lignes>,
}

/// Des lignes imprimées l'une sous l'autre, dont aucune n'est vide.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub(super) struct Lignes(pub(super) Vec<String>);

impl TryFrom<Vec<String>> for Lignes {
    type Error = &'static str;

    fn try_from(lignes: Vec<String>) -> Result<Self, &'static str> {
        if lignes.is_empty() || lignes.iter().any(|ligne| ligne.trim().is_empty()) {
            return Err("une adresse est vide, ou une de ses lignes ; écrivez-la, ou retirez-la");
        }
        Ok(Self(lignes))
    }
}

impl Lignes {
    fn en_ligne(&self) -> String {
        self.0.join(", ")
    }
}

/// Quel juge.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ordre {
    Judiciaire,
    Administratif,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tribunal {
    ordre: Ordre,
    adresse: Lignes,
    #[serde(default)]
    communes: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Departement {
    adresse: Lignes,
    #[serde(default)]
    communes: Vec<String>,
}

/// Un ressort est dit par les débuts de codes de commune ; aucun : tout ce qu'aucun autre ne prend. Rend la longueur du
/// début qui désigne cette commune.
fn designe(communes: &[String], commune: &str) -> Option<usize> {
    if communes.is_empty() {
        return Some(0);
    }
    let debuts = communes
        .iter()
        .filter(|debut| commune.starts_with(debut.as_str()));
    debuts.map(String::len).max()
}

/// Qui signe, et ce que sa délégation couvre (CRPM D723-161 : la nature des opérations et leur montant maximal).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signataire {
    /// Prénom et nom, tels qu'imprimés.
    pub nom: String,
    /// « directeur », « responsable du recouvrement ».
    pub qualite: String,
    /// L'acte de délégation, tel qu'imprimé ; absent pour le directeur.
    pub delegation: Option<String>,
    /// Les actes qu'il signe ; tous si absent.
    actes: Option<Vec<CodeActe>>,
    /// Le plus qu'un acte signé de lui réclame, inclus ; sans limite si absent.
    montant_max: Option<Plafond>,
    /// Premier jour de la délégation, inclus.
    depuis: Option<Date>,
    /// Dernier jour, inclus.
    jusqua: Option<Date>,
}

/// Le code d'un acte que les règles connaissent.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
struct CodeActe(String);

impl TryFrom<String> for CodeActe {
    type Error = String;

    fn try_from(code: String) -> Result<Self, String> {
        if Droit::charger().acte(&code).is_some() {
            return Ok(Self(code));
        }
        let connus: Vec<&str> = Droit::charger().actes().iter().map(Acte::code).collect();
        Err(format!(
            "« {code} » n’est pas un acte ; écrivez l’un de ceux-ci : {}",
            connus.join(", ")
        ))
    }
}

/// Un montant écrit en français : « 50 000,00 ».
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Plafond(Montant);

impl TryFrom<String> for Plafond {
    type Error = String;

    fn try_from(texte: String) -> Result<Self, String> {
        Montant::lire_francais(&texte)
            .map(Self)
            .map_err(|e| format!("« {texte} » n’est pas un montant ({e}) ; écrivez « 50 000,00 »"))
    }
}

impl Signataire {
    /// Sa délégation couvre-t-elle cet acte, ce montant, ce jour ?
    #[must_use]
    pub fn couvre(&self, acte: &Acte, montant: Montant, jour: Date) -> bool {
        let acte_couvert = |actes: &Vec<CodeActe>| actes.iter().any(|code| code.0 == acte.code());
        self.actes.as_ref().is_none_or(acte_couvert)
            && self.montant_max.is_none_or(|max| montant <= max.0)
            && self.depuis.is_none_or(|depuis| jour >= depuis)
            && self.jusqua.is_none_or(|jusqua| jour <= jusqua)
    }
}

impl Reglages {
    /// Les réglages d'une caisse, dans son dossier des actes ; sans fichier, aucun acte ne se compose.
    ///
    /// # Errors
    /// Le fichier manque, ne se lit pas, ou porte une valeur fausse : fichier, ligne et remède.
    pub fn lire(dossier: &Path) -> Result<Self, ErreurActes> {
        let chemin = dossier.join(FICHIER);
        let texte = std::fs::read_to_string(&chemin).map_err(|source| ErreurActes::Fichier {
            fichier: chemin.display().to_string(),
            source,
        })?;
        Self::du_texte(&chemin.display().to_string(), &texte)
    }

    /// Écrit un exemple de réglages au nom de la caisse, si elle n'en a pas ; rend son chemin.
    ///
    /// # Errors
    /// [`ErreurActes::Expedition`] : le système refuse.
    pub fn ecrire_un_exemple(dossier: &Path, caisse: &str) -> Result<Option<PathBuf>, ErreurActes> {
        let chemin = dossier.join(FICHIER);
        let refus = |source| ErreurActes::Expedition {
            fichier: chemin.display().to_string(),
            source,
        };
        std::fs::create_dir_all(dossier).map_err(refus)?;
        match std::fs::File::create_new(&chemin) {
            Ok(mut fichier) => {
                let texte = EXEMPLE.replace("MSA d’exemple", caisse);
                std::io::Write::write_all(&mut fichier, texte.as_bytes()).map_err(refus)?;
                Ok(Some(chemin))
            }
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(None),
            Err(e) => Err(refus(e)),
        }
    }

    pub(super) fn du_texte(fichier: &str, texte: &str) -> Result<Self, ErreurActes> {
        let refuser = |position: usize, raison: String| ErreurActes::Reglages {
            fichier: fichier.to_owned(),
            ligne: texte[..position.min(texte.len())]
                .matches('\n')
                .count()
                .saturating_add(1),
            raison,
        };
        let reglages: Self = toml::from_str(texte)
            .map_err(|e| refuser(e.span().map_or(0, |s| s.start), e.message().to_owned()))?;
        if reglages.signataire.is_empty() {
            let raison = "personne ne signe ; ajoutez [[signataire]] avec nom et qualite".to_owned();
            return Err(refuser(texte.len(), raison));
        }
        Ok(reglages)
    }

    /// Ce que coûte un acte de chaque mode d'envoi, si la caisse le dit.
    #[must_use]
    pub const fn couts(&self) -> Option<&Couts> {
        self.cout.as_ref()
    }

    /// Ceux dont la délégation couvre cet acte, ce montant, ce jour, dans l'ordre du fichier.
    pub fn signataires(
        &self,
        acte: &Acte,
        montant: Montant,
        jour: Date,
    ) -> impl Iterator<Item = &Signataire> {
        self.signataire
            .iter()
            .filter(move |signataire| signataire.couvre(acte, montant, jour))
    }

    /// Tous ceux qui signent quelque chose, dans l'ordre du fichier.
    pub fn tous_les_signataires(&self) -> impl Iterator<Item = &Signataire> {
        self.signataire.iter()
    }

    /// Ce que la caisse donne à une mention, pour un débiteur de cette commune.
    pub(super) fn donnee(&self, donnee: Donnee, commune: &str) -> Option<String> {
        let tribunal = |ordre| {
            let siens = self.tribunal.iter().filter(|t| t.ordre == ordre);
            le_plus_precis(siens.map(|t| (&t.communes, &t.adresse)), commune)
        };
        match donnee {
            Donnee::Organisme => Some(format!(
                "{}, {}",
                self.organisme.nom,
                self.organisme.adresse.en_ligne()
            )),
            Donnee::Contact => self.organisme.contact.clone(),
            Donnee::Commission => self.organisme.commission.as_ref().map(Lignes::en_ligne),
            Donnee::TribunalJudiciaire => tribunal(Ordre::Judiciaire),
            Donnee::TribunalAdministratif => tribunal(Ordre::Administratif),
            Donnee::Departement => le_plus_precis(
                self.departement.iter().map(|d| (&d.communes, &d.adresse)),
                commune,
            ),
            _ => None,
        }
    }
}

fn le_plus_precis<'a>(
    choix: impl Iterator<Item = (&'a Vec<String>, &'a Lignes)>,
    commune: &str,
) -> Option<String> {
    choix
        .filter_map(|(ressort, adresse)| Some((designe(ressort, commune)?, adresse)))
        .max_by_key(|(precision, _)| *precision)
        .map(|(_, adresse)| adresse.en_ligne())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const JUSTE: &str = r#"
[organisme]
nom = "MSA d’Essai"
adresse = ["1, rue des Champs", "33000 Bordeaux"]
commission = ["Commission de recours amiable", "1, rue des Champs", "33000 Bordeaux"]

[[tribunal]]
ordre = "judiciaire"
adresse = ["Tribunal judiciaire de Bordeaux, pôle social", "30, rue des Frères-Bonie", "33000 Bordeaux"]

[[tribunal]]
ordre = "judiciaire"
communes = ["24"]
adresse = ["Tribunal judiciaire de Périgueux, pôle social", "19, boulevard Lakanal", "24000 Périgueux"]

[[signataire]]
nom = "Camille Directrice"
qualite = "directrice"

[[signataire]]
nom = "Dominique Délégué"
qualite = "responsable du recouvrement"
delegation = "délégation du 2 janvier 2026"
actes = ["relance", "mise-en-demeure-cotisations"]
montant_max = "5 000,00"
depuis = "2026-01-02"
jusqua = "2026-12-31"
"#;

    fn refus(texte: &str) -> String {
        Reglages::du_texte("reglages.toml", texte)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn l_exemple_livre_est_juste() {
        let exemple = Reglages::du_texte(FICHIER, EXEMPLE).unwrap();
        for acte in Droit::charger().actes() {
            let signataires = exemple.signataires(acte, Montant::de_centimes(100_000), date(2026, 6, 1));
            assert!(signataires.count() >= 1, "{}", acte.code());
        }
    }

    #[test]
    fn le_tribunal_est_celui_du_ressort_le_plus_precis() {
        let reglages = Reglages::du_texte("reglages.toml", JUSTE).unwrap();
        let tribunal = |commune| reglages.donnee(Donnee::TribunalJudiciaire, commune).unwrap();
        assert!(tribunal("24322").contains("Périgueux"));
        assert!(tribunal("33063").contains("Bordeaux"));
        assert_eq!(reglages.donnee(Donnee::TribunalAdministratif, "33063"), None);
    }

    #[test]
    fn une_delegation_ne_couvre_que_ses_actes_son_montant_et_ses_jours() {
        let reglages = Reglages::du_texte("reglages.toml", JUSTE).unwrap();
        let relance = Droit::charger().acte("relance").unwrap();
        let contrainte = Droit::charger().acte("contrainte-cotisations").unwrap();
        let noms = |acte, centimes, jour| -> Vec<&str> {
            let signataires = reglages.signataires(acte, Montant::de_centimes(centimes), jour);
            signataires.map(|s| s.nom.as_str()).collect()
        };
        let (directrice, delegue) = ("Camille Directrice", "Dominique Délégué");
        assert_eq!(noms(relance, 500_000, date(2026, 12, 31)), [directrice, delegue]);
        assert_eq!(noms(relance, 500_001, date(2026, 12, 31)), [directrice]);
        assert_eq!(noms(relance, 1, date(2027, 1, 1)), [directrice]);
        assert_eq!(noms(relance, 1, date(2026, 1, 1)), [directrice]);
        assert_eq!(noms(contrainte, 1, date(2026, 6, 1)), [directrice]);
    }

    #[test]
    fn un_reglage_faux_dit_le_fichier_et_la_ligne() {
        for (juste, faux, ligne, dit) in [
            ("qualite = \"directrice\"", "qualité = \"directrice\"", 18, ""),
            ("ordre = \"judiciaire\"", "ordre = \"militaire\"", 8, "judiciaire"),
            ("\"relance\", ", "\"relence\", ", 24, "n’est pas un acte"),
            ("5 000,00", "cinq mille", 25, "n’est pas un montant"),
            ("2026-12-31", "2026-13-31", 27, ""),
            ("\"1, rue des Champs\", ", "\" \", ", 4, "une adresse est vide"),
        ] {
            assert!(JUSTE.contains(juste), "{juste}");
            let dit_par_l_erreur = refus(&JUSTE.replacen(juste, faux, 1));
            assert!(
                dit_par_l_erreur.starts_with(&format!("reglages.toml, ligne {ligne} : ")),
                "{dit_par_l_erreur}"
            );
            assert!(dit_par_l_erreur.contains(dit), "{dit_par_l_erreur}");
        }
        let sans_personne = &JUSTE[..JUSTE.find("[[signataire]]").unwrap()];
        assert!(refus(sans_personne).contains("personne ne signe"));
    }
}
