//! Le fil, tel que le relais le vérifie au passage (docs/assistance/fil.md) : chaque message se lit en entier, sans arbre en
//! mémoire. Il n'y a que des compteurs : noms, nœuds, rang.

mod codes;
mod lecteur;
#[cfg(test)]
mod tests;

use self::codes::{noeud, op};
use self::lecteur::Lecteur;
use crate::{Classe, Classes, Piege, Prise};

const VERSION: u8 = 1;
const MESSAGE_MAX: usize = 8 << 20;
const TEXTE_MAX: usize = 1 << 20;
const NOM_MAX: usize = 64;
const NOMS_MAX: u32 = 4_096;
const PROFONDEUR_MAX: usize = 512;

/// Pourquoi un message n'est pas remis ; rien de ce qu'il contient n'y est.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("octet {place} du message : {faute}")]
pub struct Refus {
    /// Où, en octets depuis le début du message.
    pub place: usize,
    /// Pourquoi.
    pub faute: Faute,
}

/// Ce qu'un message enfreint.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Faute {
    /// Un message d'avant a été refusé.
    #[error("la vue est arrêtée : demandez-en une autre")]
    Arretee,
    /// Il s'arrête avant sa fin.
    #[error("le message est coupé")]
    Coupe,
    /// Il est trop grand.
    #[error("le message passe 8 Mio")]
    TropGrand,
    /// Une valeur n'est pas écrite comme le fil l'écrit.
    #[error("une valeur mal écrite")]
    MalEcrit,
    /// La version n'est pas la 1.
    #[error("une version inconnue : mettez à jour le script du site")]
    Version,
    /// L'époque n'est pas celle de la session : l'accord a changé depuis.
    #[error("une époque qui n'est pas celle de l'accord")]
    Epoque,
    /// Le rang n'est pas le suivant.
    #[error("un rang qui n'est pas le suivant")]
    Rang,
    /// L'opération n'existe pas, ou n'est pas à sa place.
    #[error("une opération inconnue, ou hors de sa place")]
    Operation,
    /// Un nœud qui n'a pas encore paru.
    #[error("un nœud qui n'a pas paru")]
    Noeud,
    /// Un nom mal formé, inconnu, de trop, ou qui ne passe jamais.
    #[error("un nom refusé")]
    Nom,
    /// Trop de niveaux.
    #[error("plus de 512 niveaux")]
    Profondeur,
    /// Une classe que l'accord ou l'habilitation n'a pas.
    #[error("une classe qui n'est pas accordée")]
    Classe,
    /// Le fil-piège.
    #[error("{0}")]
    Prise(Prise),
}

/// Le fil d'une époque : ce qu'il a déjà montré, en quelques octets.
#[derive(Clone, Debug)]
pub struct Fil {
    epoque: u32,
    accord: Classes,
    rang: u32,
    noms: u32,
    noeuds: u32,
    document: bool,
    arrete: bool,
    piege: Piege,
}

impl Fil {
    /// Celui de cette époque, où seules passent ces classes : ce qui est accordé et ce à quoi l'agent est habilité.
    #[must_use]
    pub fn nouveau(epoque: u32, accord: Classes) -> Self {
        Self {
            epoque,
            accord,
            rang: 0,
            noms: 0,
            noeuds: 0,
            document: false,
            arrete: false,
            piege: Piege::default(),
        }
    }

    /// Vérifie un message ; rend les classes qu'il montre.
    ///
    /// # Errors
    /// [`Refus`] : rien n'en est remis, et plus rien ne passera de cette époque.
    pub fn verifier(&mut self, message: &[u8]) -> Result<Classes, Refus> {
        let mut lecteur = Lecteur::nouveau(message);
        let lu = self.lire(&mut lecteur, message.len());
        lu.map_err(|faute| {
            self.arrete = true;
            Refus {
                place: lecteur.place(),
                faute,
            }
        })
    }

    fn lire(&mut self, l: &mut Lecteur<'_>, taille: usize) -> Result<Classes, Faute> {
        if self.arrete {
            return Err(Faute::Arretee);
        }
        if taille > MESSAGE_MAX {
            return Err(Faute::TropGrand);
        }
        if l.octet()? != VERSION {
            return Err(Faute::Version);
        }
        if l.entier()? != self.epoque {
            return Err(Faute::Epoque);
        }
        if l.entier()? != self.rang {
            return Err(Faute::Rang);
        }
        let premier = self.rang == 0;
        self.rang = self.rang.checked_add(1).ok_or(Faute::Rang)?;
        let mut montre = Classes::AUCUNE;
        let mut operations = 0_u32;
        while !l.fini() {
            let code = l.octet()?;
            // Une époque s'ouvre par la vue, puis le document.
            let attendu = match operations {
                0 if premier => code == op::VUE,
                1 if premier => code == op::DOCUMENT,
                _ => self.document && code != op::DOCUMENT,
            };
            if !attendu {
                return Err(Faute::Operation);
            }
            self.operation(l, code, &mut montre)?;
            operations = operations.saturating_add(1);
        }
        if operations == 0 || !self.document {
            return Err(Faute::Coupe);
        }
        Ok(montre)
    }

    fn operation(&mut self, l: &mut Lecteur<'_>, code: u8, montre: &mut Classes) -> Result<(), Faute> {
        match code {
            op::VUE => {
                for _ in 0..3 {
                    l.entier()?;
                }
                l.au_plus(1)?;
            }
            op::DOCUMENT => {
                self.arborescence(l, None, 1, montre)?;
                self.document = true;
            }
            op::INSERER => {
                self.noeud(l)?;
                let parent = self.classe_du_parent(l)?;
                self.noeud_ou_rien(l)?;
                let combien = l.entier()?;
                self.arborescence(l, parent, combien, montre)?;
            }
            op::RETIRER => {
                let combien = l.entier()?;
                if combien == 0 {
                    return Err(Faute::MalEcrit);
                }
                for _ in 0..combien {
                    self.noeud(l)?;
                }
            }
            op::DEPLACER => {
                self.noeud(l)?;
                self.noeud(l)?;
                self.noeud_ou_rien(l)?;
            }
            op::TEXTE | op::VALEUR => {
                self.noeud(l)?;
                let classe = self.classe(l, montre)?;
                self.contenu(l, classe, false)?;
            }
            op::ATTRIBUT => {
                self.noeud(l)?;
                let classe = self.classe(l, montre)?;
                self.nom(l)?;
                self.contenu(l, classe, false)?;
            }
            op::SANS_ATTRIBUT => {
                self.noeud(l)?;
                self.nom(l)?;
            }
            op::COCHE => {
                self.noeud(l)?;
                self.classe(l, montre)?;
                l.au_plus(2)?;
            }
            op::CHOIX => {
                self.noeud(l)?;
                self.classe(l, montre)?;
                for _ in 0..l.entier()? {
                    l.entier()?;
                }
            }
            op::DEFILEMENT => {
                self.noeud(l)?;
                self.noeud_ou_rien(l)?;
                l.entier()?;
                l.entier()?;
            }
            op::FOYER => self.noeud_ou_rien(l)?,
            op::MODALE => {
                self.noeud(l)?;
                l.au_plus(1)?;
            }
            op::FEUILLE => {
                self.noeud(l)?;
                // Une feuille de style n'est pas un texte qu'on lit : des nombres s'y suivent, et ne sont à personne.
                self.classe(l, montre)?;
                l.texte(TEXTE_MAX)?;
            }
            op::ADRESSE => {
                if self.classe(l, montre)? != Classe::Navigation {
                    return Err(Faute::Classe);
                }
                self.contenu(l, Classe::Navigation, false)?;
                self.contenu(l, Classe::Navigation, false)?;
            }
            _ => return Err(Faute::Operation),
        }
        Ok(())
    }

    /// Des arborescences à la suite, sous un parent de cette classe ; `None` : la racine, ou un squelette, où aucun texte
    /// ne peut être.
    fn arborescence(
        &mut self,
        l: &mut Lecteur<'_>,
        parent: Option<Classe>,
        combien: u32,
        montre: &mut Classes,
    ) -> Result<(), Faute> {
        if combien == 0 {
            return Err(Faute::MalEcrit);
        }
        let mut niveaux = Niveaux::nouveaux(parent, combien);
        // Deux textes qui se suivent sous un même parent n'en font qu'un.
        let mut colle = false;
        while let Some(classe) = niveaux.suivant() {
            self.noeuds = self.noeuds.checked_add(1).ok_or(Faute::Noeud)?;
            let code = l.octet()?;
            match (code, classe) {
                (noeud::ELEMENT | noeud::SVG, _) => {
                    self.nom(l)?;
                    let sienne = self.classe(l, montre)?;
                    for _ in 0..l.entier()? {
                        self.nom(l)?;
                        self.contenu(l, sienne, false)?;
                    }
                    niveaux.descendre(Some(sienne), l.entier()?)?;
                }
                (noeud::TEXTE, Some(classe)) => {
                    montrer(montre, classe);
                    self.contenu(l, classe, colle)?;
                }
                (noeud::MASQUE, _) => {
                    l.au_plus(7)?;
                }
                (noeud::OMBRE, _) => niveaux.descendre(classe, l.entier()?)?,
                (noeud::CADRE, _) => niveaux.descendre(None, l.entier()?)?,
                (noeud::SQUELETTE, _) => {
                    self.nom(l)?;
                    niveaux.descendre(None, l.entier()?)?;
                }
                (noeud::CHAMP, _) => self.nom(l)?,
                _ => return Err(Faute::Operation),
            }
            colle = code == noeud::TEXTE;
        }
        Ok(())
    }

    fn noeud(&self, l: &mut Lecteur<'_>) -> Result<(), Faute> {
        match l.entier()? {
            0 => Err(Faute::Noeud),
            n if n > self.noeuds => Err(Faute::Noeud),
            _ => Ok(()),
        }
    }

    fn noeud_ou_rien(&self, l: &mut Lecteur<'_>) -> Result<(), Faute> {
        if l.entier()? > self.noeuds {
            return Err(Faute::Noeud);
        }
        Ok(())
    }

    /// Une classe accordée.
    fn classe(&self, l: &mut Lecteur<'_>, montre: &mut Classes) -> Result<Classe, Faute> {
        let classe = Classe::de_l_octet(l.octet()?).filter(|classe| self.accord.contient(*classe));
        let classe = classe.ok_or(Faute::Classe)?;
        montrer(montre, classe);
        Ok(classe)
    }

    /// La classe du parent où l'on insère ; 0 : un squelette, ou un document.
    fn classe_du_parent(&self, l: &mut Lecteur<'_>) -> Result<Option<Classe>, Faute> {
        let octet = l.octet()?;
        let classe = Classe::de_l_octet(octet).filter(|classe| self.accord.contient(*classe));
        if octet == 0 || classe.is_some() {
            Ok(classe)
        } else {
            Err(Faute::Classe)
        }
    }

    /// Un texte de cette classe, que le fil-piège lit.
    fn contenu(&mut self, l: &mut Lecteur<'_>, classe: Classe, colle: bool) -> Result<(), Faute> {
        let texte = l.texte(TEXTE_MAX)?;
        self.piege.lire(classe, texte, colle).map_err(Faute::Prise)
    }

    fn nom(&mut self, l: &mut Lecteur<'_>) -> Result<(), Faute> {
        let rang = l.entier()?;
        if rang > 0 {
            return if rang <= self.noms {
                Ok(())
            } else {
                Err(Faute::Nom)
            };
        }
        let nom = l.texte(NOM_MAX)?;
        if self.noms == NOMS_MAX || !nom_permis(nom) {
            return Err(Faute::Nom);
        }
        self.noms += 1;
        Ok(())
    }
}

fn montrer(montre: &mut Classes, classe: Classe) {
    *montre = montre.avec(classe);
}

/// Une lettre, puis lettres, chiffres et traits ; ni ce qui s'exécute, ni ce qui s'adresse au réseau.
fn nom_permis(nom: &str) -> bool {
    const JAMAIS: [&str; 23] = [
        "script",
        "object",
        "embed",
        "applet",
        "link",
        "meta",
        "base",
        "frame",
        "frameset",
        "template",
        "noscript",
        "src",
        "srcset",
        "srcdoc",
        "action",
        "formaction",
        "ping",
        "poster",
        "background",
        "name",
        "value",
        "nonce",
        "integrity",
    ];
    let minuscules = nom.to_ascii_lowercase();
    let forme = minuscules.bytes().enumerate().all(|(rang, octet)| {
        octet.is_ascii_lowercase() || (rang > 0 && (octet.is_ascii_digit() || octet == b'-'))
    });
    forme
        && !nom.is_empty()
        && !minuscules.starts_with("on")
        && !minuscules.starts_with("data-")
        && !JAMAIS.contains(&minuscules.as_str())
}

/// Les éléments ouverts d'une arborescence, et combien d'enfants chacun attend encore.
struct Niveaux {
    ouverts: [(Option<Classe>, u32); PROFONDEUR_MAX],
    profondeur: usize,
}

impl Niveaux {
    fn nouveaux(classe: Option<Classe>, combien: u32) -> Self {
        let mut ouverts = [(None, 0); PROFONDEUR_MAX];
        if let Some(premier) = ouverts.first_mut() {
            *premier = (classe, combien);
        }
        Self {
            ouverts,
            profondeur: 0,
        }
    }

    /// La classe du parent du nœud suivant ; `None` quand tout est lu.
    fn suivant(&mut self) -> Option<Option<Classe>> {
        loop {
            let (classe, restent) = self.ouverts.get_mut(self.profondeur)?;
            if let Some(moins) = restent.checked_sub(1) {
                *restent = moins;
                return Some(*classe);
            }
            self.profondeur = self.profondeur.checked_sub(1)?;
        }
    }

    fn descendre(&mut self, classe: Option<Classe>, enfants: u32) -> Result<(), Faute> {
        if enfants == 0 {
            return Ok(());
        }
        let dessous = self.profondeur + 1;
        let place = self.ouverts.get_mut(dessous).ok_or(Faute::Profondeur)?;
        *place = (classe, enfants);
        self.profondeur = dessous;
        Ok(())
    }
}
