//! Les modèles d'actes : ceux de la maison, et ceux que la caisse met à leur place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use courriers::{Modele, Pdf};
use droit::{Acte, Droit};
use jiff::Timestamp;

use super::ErreurActes;
use super::contenu::Contenu;

const BIBLIOTHEQUE: &str = include_str!("../../modeles/sillon.typ");
/// Le repère de l'en-tête : destinataire, numéro, date.
const ENTETE: &str = "entete";

/// Les modèles livrés : un par étape qui s'écrit, à son nom.
const LIVRES: [(&str, &str); 9] = [
    ("notification", include_str!("../../modeles/notification.typ")),
    ("relance", include_str!("../../modeles/relance.typ")),
    (
        "mise_en_demeure",
        include_str!("../../modeles/mise_en_demeure.typ"),
    ),
    ("contrainte", include_str!("../../modeles/contrainte.typ")),
    (
        "rectification_refusee",
        include_str!("../../modeles/rectification_refusee.typ"),
    ),
    ("recours_rejete", include_str!("../../modeles/recours_rejete.typ")),
    (
        "echeancier_accorde",
        include_str!("../../modeles/echeancier_accorde.typ"),
    ),
    (
        "echeancier_rompu",
        include_str!("../../modeles/echeancier_rompu.typ"),
    ),
    (
        "declaration_creance",
        include_str!("../../modeles/declaration_creance.typ"),
    ),
];

/// Les modèles d'une caisse : les livrés, sauf ceux qu'elle a écrits dans `modeles/NOM.typ` de son dossier des actes.
#[derive(Clone, Debug)]
pub struct Modeles {
    siens: BTreeMap<&'static str, (PathBuf, String)>,
}

impl Modeles {
    /// Les modèles livrés seuls.
    #[must_use]
    pub const fn livres() -> Self {
        Self {
            siens: BTreeMap::new(),
        }
    }

    /// Ceux d'une caisse, relus de son dossier des actes.
    ///
    /// # Errors
    /// [`ErreurActes::Fichier`], [`ErreurActes::ModeleInconnu`].
    pub fn lire(dossier: &Path) -> Result<Self, ErreurActes> {
        let mut modeles = Self::livres();
        let dossier = dossier.join("modeles");
        let illisible = |fichier: &Path, source| ErreurActes::Fichier {
            fichier: fichier.display().to_string(),
            source,
        };
        let entrees = match std::fs::read_dir(&dossier) {
            Ok(entrees) => entrees,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(modeles),
            Err(e) => return Err(illisible(&dossier, e)),
        };
        for entree in entrees {
            let chemin = entree.map_err(|e| illisible(&dossier, e))?.path();
            if chemin.extension().is_none_or(|extension| extension != "typ") {
                continue;
            }
            let mut noms = LIVRES.iter().map(|(nom, _)| *nom);
            let nom = noms.find(|nom| chemin.file_stem().is_some_and(|f| f == *nom));
            let Some(nom) = nom else {
                return Err(ErreurActes::ModeleInconnu {
                    fichier: chemin.display().to_string(),
                    noms: LIVRES.map(|(nom, _)| format!("{nom}.typ")).join(", "),
                });
            };
            let texte = std::fs::read_to_string(&chemin).map_err(|e| illisible(&chemin, e))?;
            modeles.siens.insert(nom, (chemin, texte));
        }
        Ok(modeles)
    }

    /// Compose chaque acte sur un dossier inventé : un modèle faux, ou qui oublie une mention, se voit ici et non devant un
    /// débiteur.
    ///
    /// # Errors
    /// [`ErreurActes::Modele`], [`ErreurActes::MentionAbsente`] : fichier, ligne et remède.
    pub fn essayer(&self) -> Result<(), ErreurActes> {
        for acte in Droit::charger().actes() {
            self.composer(acte, &Contenu::exemple(acte), Timestamp::UNIX_EPOCH)?;
        }
        Ok(())
    }

    /// Écrit dans `dossier/modeles` les modèles livrés que la caisse n'a pas encore, pour qu'elle les change ; rend leurs
    /// chemins.
    ///
    /// # Errors
    /// [`ErreurActes::Expedition`] : le système refuse.
    pub fn ecrire(dossier: &Path) -> Result<Vec<PathBuf>, ErreurActes> {
        let dossier = dossier.join("modeles");
        let refus = |fichier: &Path, source| ErreurActes::Expedition {
            fichier: fichier.display().to_string(),
            source,
        };
        std::fs::create_dir_all(&dossier).map_err(|e| refus(&dossier, e))?;
        let mut ecrits = Vec::new();
        for (nom, texte) in LIVRES {
            let chemin = dossier.join(format!("{nom}.typ"));
            match std::fs::File::create_new(&chemin) {
                Ok(mut fichier) => std::io::Write::write_all(&mut fichier, texte.as_bytes())
                    .map_err(|e| refus(&chemin, e))?,
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => continue,
                Err(e) => return Err(refus(&chemin, e)),
            }
            ecrits.push(chemin);
        }
        Ok(ecrits)
    }

    /// Compose un acte, et vérifie que le document porte chacune de ses mentions.
    pub(super) fn composer(
        &self,
        acte: &'static Acte,
        contenu: &Contenu,
        quand: Timestamp,
    ) -> Result<Pdf, ErreurActes> {
        let (fichier, modele) = self.modele(acte);
        verifier(
            &fichier,
            acte,
            courriers::composer(&modele, contenu, acte.libelle(), quand),
        )
    }

    /// Compose des actes sur tous les cœurs, dans l'ordre des contenus.
    pub(super) fn composer_tous(
        &self,
        acte: &'static Acte,
        contenus: &[Contenu],
        quand: Timestamp,
    ) -> Vec<Result<Pdf, ErreurActes>> {
        let (fichier, modele) = self.modele(acte);
        courriers::composer_tous(&modele, contenus, acte.libelle(), quand)
            .into_iter()
            .map(|compose| verifier(&fichier, acte, compose))
            .collect()
    }

    /// Le modèle d'un acte, et où il est.
    fn modele(&self, acte: &Acte) -> (String, Modele) {
        let (fichier, source) = self.source(acte);
        (
            fichier,
            Modele::new(acte.code(), source).avec_bibliotheque(BIBLIOTHEQUE),
        )
    }

    /// Le modèle d'un acte : où il est, et son texte.
    fn source(&self, acte: &Acte) -> (String, &str) {
        let nom = acte.modele();
        if let Some((chemin, texte)) = self.siens.get(nom) {
            return (chemin.display().to_string(), texte);
        }
        let livre = LIVRES
            .iter()
            .find(|(livre, _)| *livre == nom)
            .map_or("", |(_, texte)| texte);
        (format!("modèle livré {nom}.typ"), livre)
    }
}

/// Le document composé, s'il porte tout ce que l'acte doit dire.
fn verifier(
    fichier: &str,
    acte: &'static Acte,
    compose: Result<Pdf, courriers::Erreur>,
) -> Result<Pdf, ErreurActes> {
    let pdf = compose.map_err(|source| ErreurActes::Modele {
        fichier: fichier.to_owned(),
        source,
    })?;
    let porte = |code: &str| pdf.reperes().iter().any(|repere| repere == code);
    let absente = |mention| ErreurActes::MentionAbsente {
        fichier: fichier.to_owned(),
        acte,
        mention,
    };
    if !porte(ENTETE) {
        return Err(absente(None));
    }
    match acte.mentions().iter().find(|mention| !porte(mention.code())) {
        Some(mention) => Err(absente(Some(mention))),
        None => Ok(pdf),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn avec(nom: &'static str, texte: &str) -> Modeles {
        let mut modeles = Modeles::livres();
        modeles.siens.insert(
            nom,
            (PathBuf::from(format!("modeles/{nom}.typ")), texte.to_owned()),
        );
        modeles
    }

    #[test]
    fn chaque_acte_se_compose_de_son_modele_livre_avec_toutes_ses_mentions() {
        for acte in Droit::charger().actes() {
            assert!(
                LIVRES.iter().any(|(nom, _)| *nom == acte.modele()),
                "{}",
                acte.code()
            );
        }
        Modeles::livres().essayer().unwrap();
    }

    #[test]
    fn un_modele_qui_oublie_une_mention_est_refuse_avec_son_article() {
        let oublieux = LIVRES[2].1.replace(
            "#mentions(sauf: (\"delai\",))",
            "#mentions(sauf: (\"delai\", \"recours\"))",
        );
        let refus = avec("mise_en_demeure", &oublieux)
            .essayer()
            .unwrap_err()
            .to_string();
        assert!(refus.contains("modeles/mise_en_demeure.typ"), "{refus}");
        assert!(
            refus.contains("#mention(\"recours\")") && refus.contains("CRPM art. R725-6"),
            "{refus}"
        );
        for ote in ["#entete()", "#sommes()", "#signature()"] {
            let refus = avec("relance", &LIVRES[1].1.replace(ote, ""))
                .essayer()
                .unwrap_err();
            assert!(
                matches!(refus, ErreurActes::MentionAbsente { .. }),
                "{ote} : {refus}"
            );
        }
    }

    #[test]
    fn un_modele_faux_dit_son_fichier_et_sa_ligne() {
        let faux = LIVRES[1].1.replace("#sommes()", "#somes()");
        let refus = avec("relance", &faux).essayer().unwrap_err().to_string();
        assert!(
            refus.starts_with("modeles/relance.typ : modèle relance, ligne 10 : "),
            "{refus}"
        );
    }
}
