//! La table des habilitations : rôle × action × classes de données.

mod lecture;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use valeurs::CodeCaisse;

use crate::{Classe, CodeAction, Perimetre, Role};

/// La table livrée avec le programme, commentée pour qui la contrôle.
pub const TABLE: &str = include_str!("../../habilitations.toml");

type Droits = BTreeMap<CodeAction, BTreeSet<Classe>>;

/// Ce que chaque rôle peut faire, et sur quelles données. Une table est toujours complète et vérifiée.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Habilitations(BTreeMap<Role, Droits>);

/// Une table que le programme refuse de servir. Chaque message nomme le fichier et, s'il y en a une, la ligne.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErreurHabilitations {
    /// Le fichier existe mais ne se lit pas.
    #[error("{fichier} ne se lit pas : vérifiez ses droits et qu’il est en UTF-8")]
    Illisible {
        /// Fichier en cause.
        fichier: String,
    },
    /// Ce n'est pas la forme attendue, ou une section ou une action est répétée.
    #[error(
        "{fichier}, ligne {ligne} : la table ne se lit pas ({raison}) ; attendu : des sections [role] et des lignes action = [\"classe\"]"
    )]
    Forme {
        /// Fichier en cause.
        fichier: String,
        /// Ligne, à partir de 1.
        ligne: usize,
        /// Ce que la lecture a trouvé.
        raison: String,
    },
    /// Un rôle, une action ou une classe qui n'existe pas.
    #[error("{fichier}, ligne {ligne} : {genre} « {mot} » n’existe pas ; écrivez l’un de : {connus}")]
    Inconnu {
        /// Fichier en cause.
        fichier: String,
        /// Ligne, à partir de 1.
        ligne: usize,
        /// « le rôle », « l'action » ou « la classe ».
        genre: &'static str,
        /// Le mot écrit.
        mot: String,
        /// Les mots possibles.
        connus: String,
    },
    /// La même classe deux fois pour une action.
    #[error("{fichier}, ligne {ligne} : « {classe} » est répétée pour {role}, {action} : gardez-en une")]
    Doublon {
        /// Fichier en cause.
        fichier: String,
        /// Ligne, à partir de 1.
        ligne: usize,
        /// Rôle.
        role: Role,
        /// Action.
        action: CodeAction,
        /// Classe répétée.
        classe: Classe,
    },
    /// Le DPO ou l'administrateur reçoit une donnée de l'article 2.
    #[error(
        "{fichier}, ligne {ligne} : {role} ne peut pas recevoir « {classe} » pour {action} : l’article 3 de la décision 18-07 n’en fait pas un destinataire ; retirez cette classe"
    )]
    NonDestinataire {
        /// Fichier en cause.
        fichier: String,
        /// Ligne, à partir de 1.
        ligne: usize,
        /// Rôle.
        role: Role,
        /// Action.
        action: CodeAction,
        /// Classe de l'article 2.
        classe: Classe,
    },
    /// Une donnée de l'article 2 sans l'identification.
    #[error(
        "{fichier}, ligne {ligne} : {role} reçoit « {classe} » sans « identification » pour {action} : ajoutez « identification » ou retirez cette classe"
    )]
    SansIdentification {
        /// Fichier en cause.
        fichier: String,
        /// Ligne, à partir de 1.
        ligne: usize,
        /// Rôle.
        role: Role,
        /// Action.
        action: CodeAction,
        /// Classe de l'article 2.
        classe: Classe,
    },
    /// La table complète oublie un rôle.
    #[error("{fichier} : le rôle {role} manque : ajoutez la section [{role}]")]
    RoleAbsent {
        /// Fichier en cause.
        fichier: String,
        /// Rôle absent.
        role: Role,
    },
    /// La caisse accorde plus que la table commune.
    #[error(
        "{fichier}, ligne {ligne} : {role} recevrait pour {action} un droit que la table commune n’accorde pas ({droit}) : une caisse peut restreindre la table, jamais l’élargir"
    )]
    Elargissement {
        /// Fichier en cause.
        fichier: String,
        /// Ligne, à partir de 1.
        ligne: usize,
        /// Rôle.
        role: Role,
        /// Action.
        action: CodeAction,
        /// « l'action elle-même » ou la classe.
        droit: String,
    },
}

impl Habilitations {
    /// La table commune à toutes les caisses.
    ///
    /// # Errors
    /// Elle est vérifiée comme toute autre.
    pub fn commune() -> Result<Self, ErreurHabilitations> {
        Self::lire("habilitations.toml", TABLE)
    }

    /// La table d'une caisse : la commune, restreinte par `DONNEES/habilitations/CODE.toml` s'il existe.
    ///
    /// # Errors
    /// Un fichier illisible, un mot inconnu, ou un droit plus large que la table commune.
    pub fn de_la_caisse(donnees: &Path, caisse: CodeCaisse) -> Result<Self, ErreurHabilitations> {
        let commune = Self::commune()?;
        let chemin = fichier_de_la_caisse(donnees, caisse);
        let fichier = chemin.display().to_string();
        match std::fs::read_to_string(&chemin) {
            Ok(texte) => commune.restreindre(&fichier, &texte),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(commune),
            Err(_) => Err(ErreurHabilitations::Illisible { fichier }),
        }
    }

    /// Lit une table complète ; `fichier` la nomme dans les erreurs.
    ///
    /// # Errors
    /// [`ErreurHabilitations`].
    pub fn lire(fichier: &str, texte: &str) -> Result<Self, ErreurHabilitations> {
        let lignes = lecture::lire(fichier, texte)?;
        match Role::TOUS.iter().find(|role| !lignes.contains_key(role)) {
            Some(&role) => Err(ErreurHabilitations::RoleAbsent {
                fichier: fichier.to_owned(),
                role,
            }),
            None => Ok(Self(lecture::sans_lignes(lignes))),
        }
    }

    /// Restreint la table : un rôle que `texte` nomme n'a plus que ce qu'il écrit.
    ///
    /// # Errors
    /// [`ErreurHabilitations::Elargissement`] au premier droit que cette table n'accorde pas.
    pub fn restreindre(&self, fichier: &str, texte: &str) -> Result<Self, ErreurHabilitations> {
        let lignes = lecture::lire(fichier, texte)?;
        for (role, droits) in &lignes {
            for (action, (ligne, classes)) in droits {
                let elargit = |droit: &str| ErreurHabilitations::Elargissement {
                    fichier: fichier.to_owned(),
                    ligne: *ligne,
                    role: *role,
                    action: *action,
                    droit: droit.to_owned(),
                };
                let Some(accordees) = self.classes(*role, *action) else {
                    return Err(elargit("l’action elle-même"));
                };
                if let Some(classe) = classes.difference(accordees).next() {
                    return Err(elargit(classe.code()));
                }
            }
        }
        let mut table = self.0.clone();
        table.extend(lecture::sans_lignes(lignes));
        Ok(Self(table))
    }

    /// Les classes accordées à un rôle pour une action ; rien si l'action lui est refusée.
    #[must_use]
    pub fn classes(&self, role: Role, action: CodeAction) -> Option<&BTreeSet<Classe>> {
        self.0.get(&role)?.get(&action)
    }

    /// Ce rôle a-t-il cette action ?
    #[must_use]
    pub fn accorde(&self, role: Role, action: CodeAction) -> bool {
        self.classes(role, action).is_some()
    }

    /// La portée d'un rôle dans une action ; rien si elle lui est refusée.
    #[must_use]
    pub fn perimetre(&self, role: Role, action: CodeAction) -> Option<Perimetre> {
        self.classes(role, action).map(Perimetre::des_classes)
    }
}

/// Où une caisse écrit sa restriction.
#[must_use]
pub fn fichier_de_la_caisse(donnees: &Path, caisse: CodeCaisse) -> PathBuf {
    donnees.join("habilitations").join(format!("{caisse}.toml"))
}

#[cfg(test)]
mod tests;
