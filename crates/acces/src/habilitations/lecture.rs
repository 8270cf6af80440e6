//! La lecture d'un fichier d'habilitations, qui garde la ligne de chaque action pour la nommer.

use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::{Droits, ErreurHabilitations};
use crate::{Classe, CodeAction, Role};

/// Par rôle et par action : la ligne, et les classes.
pub(super) type Lignes = BTreeMap<Role, BTreeMap<CodeAction, (usize, BTreeSet<Classe>)>>;

type Brut = BTreeMap<Spanned<String>, BTreeMap<Spanned<String>, Vec<Spanned<String>>>>;

pub(super) fn lire(fichier: &str, texte: &str) -> Result<Lignes, ErreurHabilitations> {
    let brut: Brut = toml::from_str(texte).map_err(|e| ErreurHabilitations::Forme {
        fichier: fichier.to_owned(),
        ligne: e.span().map_or(1, |s| ligne(texte, s.start)),
        raison: e.message().lines().next().unwrap_or_default().to_owned(),
    })?;
    let mut lignes = Lignes::new();
    for (role, actions) in &brut {
        let inconnu = |mot: &Spanned<String>, genre, connus| ErreurHabilitations::Inconnu {
            fichier: fichier.to_owned(),
            ligne: ligne(texte, mot.span().start),
            genre,
            mot: mot.get_ref().clone(),
            connus,
        };
        let role = Role::depuis_code(role.get_ref())
            .ok_or_else(|| inconnu(role, "le rôle", codes(Role::TOUS.iter().map(|r| r.code()))))?;
        let droits = lignes.entry(role).or_default();
        for (action, mots) in actions {
            let ou = ligne(texte, action.span().start);
            let action = CodeAction::depuis_code(action.get_ref()).ok_or_else(|| {
                inconnu(
                    action,
                    "l’action",
                    codes(CodeAction::TOUS.iter().map(|a| a.code())),
                )
            })?;
            let mut classes = BTreeSet::new();
            for mot in mots {
                let classe = Classe::depuis_code(mot.get_ref())
                    .ok_or_else(|| inconnu(mot, "la classe", codes(Classe::TOUS.iter().map(|c| c.code()))))?;
                let ligne = ligne(texte, mot.span().start);
                let fichier = || fichier.to_owned();
                if !classes.insert(classe) {
                    return Err(ErreurHabilitations::Doublon {
                        fichier: fichier(),
                        ligne,
                        role,
                        action,
                        classe,
                    });
                }
                if classe.est_de_l_article_2() && !role.est_destinataire() {
                    return Err(ErreurHabilitations::NonDestinataire {
                        fichier: fichier(),
                        ligne,
                        role,
                        action,
                        classe,
                    });
                }
            }
            if let Some(&classe) = classes.iter().find(|c| c.est_de_l_article_2())
                && !classes.contains(&Classe::Identification)
            {
                return Err(ErreurHabilitations::SansIdentification {
                    fichier: fichier.to_owned(),
                    ligne: ou,
                    role,
                    action,
                    classe,
                });
            }
            droits.insert(action, (ou, classes));
        }
    }
    Ok(lignes)
}

pub(super) fn sans_lignes(lignes: Lignes) -> BTreeMap<Role, Droits> {
    let sans = |droits: BTreeMap<_, (usize, _)>| droits.into_iter().map(|(a, (_, c))| (a, c)).collect();
    lignes
        .into_iter()
        .map(|(role, droits)| (role, sans(droits)))
        .collect()
}

fn ligne(texte: &str, debut: usize) -> usize {
    texte.bytes().take(debut).filter(|o| *o == b'\n').count() + 1
}

fn codes<'c>(codes: impl Iterator<Item = &'c str>) -> String {
    codes.collect::<Vec<_>>().join(", ")
}
