//! L'ordre des rubriques et des blocs, l'arbre et les cardinalités.
//!
//! Un bloc appartient au plus proche parent au-dessus de lui ; les frères suivent l'ordre de l'arbre ; les rubriques
//! d'un bloc se suivent, dans l'ordre de la norme. Une rubrique qui revient en arrière commence un nouveau bloc si elle
//! peut en être la première ; sinon elle est répétée, ou mal placée.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::norme::{BLOCS, RUBRIQUES, RubriqueNorme};
use crate::rubrique::{Bloc, Rubrique};

use super::{Controleur, Gravite, presence};

/// Le parent des racines : un message.
const MESSAGE: u8 = u8::MAX;
/// Message, S20.05, 06, 11, 30, 50, 78, 81 : l'arbre n'est pas plus profond.
const PROFONDEUR: usize = 8;
/// Les blocs dont la première rubrique peut manquer : une autre les commence alors.
const TETES_FACULTATIVES: [Bloc; 13] = [
    Bloc::de("S20.G00.07"),
    Bloc::de("S21.G00.13"),
    Bloc::de("S21.G00.30"),
    Bloc::de("S21.G00.58"),
    Bloc::de("S21.G00.70"),
    Bloc::de("S21.G00.73"),
    Bloc::de("S89.G00.32"),
    Bloc::de("S89.G00.67"),
    Bloc::de("S89.G00.87"),
    Bloc::de("S89.G00.88"),
    Bloc::de("S89.G00.89"),
    Bloc::de("S89.G00.91"),
    Bloc::de("S89.G00.93"),
];
/// Les blocs dont les contrôles croisés lisent les valeurs.
const GARDES: [Bloc; 24] = [
    Bloc::de("S10.G00.00"),
    Bloc::de("S10.G00.01"),
    Bloc::de("S10.G00.95"),
    Bloc::de("S20.G00.05"),
    Bloc::de("S21.G00.06"),
    Bloc::de("S21.G00.11"),
    Bloc::de("S21.G00.12"),
    Bloc::de("S21.G00.13"),
    Bloc::de("S21.G00.15"),
    Bloc::de("S21.G00.20"),
    Bloc::de("S21.G00.55"),
    Bloc::de("S21.G00.82"),
    Bloc::de("S21.G00.30"),
    Bloc::de("S21.G00.40"),
    Bloc::de("S21.G00.41"),
    Bloc::de("S21.G00.50"),
    Bloc::de("S21.G00.70"),
    Bloc::de("S21.G00.71"),
    Bloc::de("S21.G00.78"),
    Bloc::de("S21.G00.79"),
    Bloc::de("S21.G00.81"),
    Bloc::de("S21.G00.85"),
    Bloc::de("S21.G00.86"),
    Bloc::de("S90.G00.90"),
];
const ENVOI: Bloc = Bloc::de("S10.G00.00");

/// Ce que l'arbre dit d'un bloc, préparé une fois.
struct Noeud {
    parent: u8,
    /// Son bit parmi les enfants de son parent.
    bit: u32,
    /// Les bits de ses enfants exigés.
    exiges: u32,
    unique: bool,
    tete_facultative: bool,
    garde: bool,
    envoi: bool,
}

/// Le bit d'un bloc parmi les enfants de son parent.
fn bit(rang: usize) -> u32 {
    let parent = BLOCS[rang].parent;
    1 << BLOCS[..rang]
        .iter()
        .filter(|autre| autre.parent == parent)
        .count()
}

/// Les bits des enfants qu'un bloc (ou un message) exige.
fn exiges(parent: u8) -> u32 {
    let enfants = (0_usize..)
        .zip(&BLOCS)
        .filter(|(_, b)| b.parent == parent && b.cardinalite.min > 0);
    enfants.fold(0, |masque, (rang, _)| masque | bit(rang))
}

/// Les bits des racines qu'un message exige.
static RACINES_EXIGEES: LazyLock<u32> = LazyLock::new(|| exiges(MESSAGE));

static NOEUDS: LazyLock<Vec<Noeud>> = LazyLock::new(|| {
    (0_usize..)
        .zip(&BLOCS)
        .map(|(rang, b)| Noeud {
            parent: b.parent,
            bit: bit(rang),
            exiges: u8::try_from(rang).map_or(0, exiges),
            unique: b.cardinalite.max == Some(1),
            tete_facultative: TETES_FACULTATIVES.contains(&b.bloc),
            garde: GARDES.contains(&b.bloc),
            envoi: b.bloc == ENVOI,
        })
        .collect()
});

/// Un bloc ouvert, de la racine au bloc courant.
#[derive(Clone, Copy)]
struct Niveau {
    bloc: u8,
    ligne: u64,
    /// Bits de ses enfants déjà vus, et rang du dernier.
    enfants: u32,
    dernier: u8,
    /// La dernière rubrique lue de lui.
    derniere: u16,
    /// Il manquait : ce qui manque sous lui ne se dit pas.
    suppose: bool,
}

impl Niveau {
    const fn nouveau(bloc: u8, ligne: u64, suppose: bool) -> Self {
        Self {
            bloc,
            ligne,
            enfants: 0,
            dernier: 0,
            derniere: 0,
            suppose,
        }
    }
}

/// Où on en est dans l'arbre.
pub(super) struct Structure {
    niveaux: Vec<Niveau>,
}

impl Default for Structure {
    fn default() -> Self {
        let mut niveaux = Vec::with_capacity(PROFONDEUR);
        niveaux.push(Niveau::nouveau(MESSAGE, 1, false));
        Self { niveaux }
    }
}

impl Structure {
    /// Rien n'est ouvert.
    fn est_vide(&self) -> bool {
        self.niveaux.len() == 1 && self.niveaux[0].enfants == 0
    }

    /// Le niveau d'un bloc, s'il est ouvert.
    fn niveau(&self, bloc: u8) -> Option<usize> {
        self.niveaux.iter().rposition(|n| n.bloc == bloc)
    }
}

/// Le nom d'un bloc, pour un message.
fn nom(bloc: u8) -> String {
    BLOCS
        .get(usize::from(bloc))
        .map_or_else(String::new, |b| format!("« {} » ({})", b.libelle, b.bloc))
}

/// La première rubrique d'un bloc, qui le situe dans une anomalie.
fn premiere(bloc: u8) -> Option<Rubrique> {
    BLOCS
        .get(usize::from(bloc))?
        .rubriques()
        .first()
        .map(|r| r.rubrique)
}

impl Controleur<'_> {
    /// Une rubrique de la norme, à sa place dans l'arbre.
    #[inline]
    pub(super) fn placer(&mut self, rang: u16, norme: &RubriqueNorme, valeur: &[u8]) {
        let o = &mut self.occurrence;
        if o.bloc == Some(norme.bloc) && rang > o.derniere {
            o.derniere = rang;
        } else {
            self.deplacer(rang, norme, valeur);
        }
        let place = rang - BLOCS[usize::from(norme.bloc)].rubriques.0;
        let o = &mut self.occurrence;
        o.vus |= 1 << place;
        if o.a_garder {
            o.garder(norme.rubrique.numero(), self.ligne, valeur);
        }
    }

    /// Une rubrique qui ne suit pas la précédente dans son bloc.
    #[inline(never)]
    fn deplacer(&mut self, rang: u16, norme: &RubriqueNorme, valeur: &[u8]) {
        if self.occurrence.bloc == Some(norme.bloc) && !self.occurrence.finie {
            self.revenir(rang, norme, valeur);
        } else {
            self.entrer(rang, norme, valeur);
        }
    }

    /// La rubrique est du bloc courant, et en arrière de la dernière.
    fn revenir(&mut self, rang: u16, norme: &RubriqueNorme, valeur: &[u8]) {
        let noeud = &NOEUDS[usize::from(norme.bloc)];
        let bloc = &BLOCS[usize::from(norme.bloc)];
        let o = &self.occurrence;
        let tete = rang == bloc.rubriques.0 || rang <= o.premiere;
        let repetee = rang == o.derniere;
        let vue = o.vus & (1 << (rang - bloc.rubriques.0)) != 0;
        let une_seule = o.vus.count_ones() == 1;
        let controle = if repetee && (noeud.unique || noeud.envoi) {
            Some("STRUCTURE/doublon")
        } else if noeud.envoi {
            Some(if vue {
                "STRUCTURE/doublon"
            } else {
                "STRUCTURE/ordre-rubrique"
            })
        } else if tete {
            // Deux fois la même tête et la même valeur, sans rien entre : une ligne doublée.
            let doublee = repetee && bloc.rubriques().len() > 1 && o.n_a_que(valeur);
            doublee.then_some("STRUCTURE/doublon")
        } else if noeud.tete_facultative {
            (repetee && !une_seule).then_some("STRUCTURE/doublon")
        } else if repetee {
            Some("STRUCTURE/doublon")
        } else if !vue {
            Some("STRUCTURE/ordre-rubrique")
        } else {
            // Elle revient sans que le bloc ait recommencé par sa première rubrique.
            self.sortie
                .notre("STRUCTURE/doublon", self.ligne, Some(norme.rubrique));
            self.commencer(rang, norme, valeur);
            self.occurrence.sans_tete = true;
            return;
        };
        match controle {
            Some(controle) => self.sortie.notre(controle, self.ligne, Some(norme.rubrique)),
            None => self.commencer(rang, norme, valeur),
        }
    }

    /// La rubrique est d'un autre bloc que le courant.
    fn entrer(&mut self, rang: u16, norme: &RubriqueNorme, valeur: &[u8]) {
        self.fermer_rubriques();
        let noeud = &NOEUDS[usize::from(norme.bloc)];
        if noeud.envoi && !self.structure.est_vide() {
            self.fermer_message();
        }
        if let Some(niveau) = self.structure.niveau(norme.bloc) {
            // Le bloc est ouvert au-dessus : un nouveau, ou la suite de ses rubriques après un enfant.
            let debut = BLOCS[usize::from(norme.bloc)].rubriques.0;
            if rang != debut && rang > self.structure.niveaux[niveau].derniere {
                self.sortie
                    .notre("STRUCTURE/contigu", self.ligne, Some(norme.rubrique));
                self.reduire(niveau + 1);
                self.occurrence.commencer(norme.bloc, rang, self.ligne, false);
                self.occurrence.finie = true;
                self.structure.niveaux[niveau].derniere = rang;
                return;
            }
        }
        self.commencer(rang, norme, valeur);
    }

    /// Commence un bloc par cette rubrique.
    fn commencer(&mut self, rang: u16, norme: &RubriqueNorme, valeur: &[u8]) {
        self.fermer_rubriques();
        let noeud = &NOEUDS[usize::from(norme.bloc)];
        let parent = self.rejoindre(noeud.parent, norme);
        self.reduire(parent + 1);
        let ligne = self.ligne;
        let niveau = &mut self.structure.niveaux[parent];
        if noeud.unique && niveau.enfants & noeud.bit != 0 {
            let message = format!(
                "Le bloc {} ne peut être déclaré qu'une fois ici. Faites retirer le bloc en trop, ou le parent qui manque \
                 devant lui.",
                nom(norme.bloc)
            );
            self.blocs(
                "STRUCTURE/cardinalite-maximale",
                ligne,
                Some(norme.rubrique),
                message,
            );
        } else if norme.bloc < niveau.dernier {
            let message = format!(
                "Le bloc {} doit être placé avant le bloc {}. Faites remettre les blocs dans l'ordre de la norme.",
                nom(norme.bloc),
                nom(niveau.dernier)
            );
            self.blocs("STRUCTURE/ordre-bloc", ligne, Some(norme.rubrique), message);
        }
        let niveau = &mut self.structure.niveaux[parent];
        niveau.enfants |= noeud.bit;
        niveau.dernier = norme.bloc;
        self.structure
            .niveaux
            .push(Niveau::nouveau(norme.bloc, ligne, false));
        self.occurrence.commencer(norme.bloc, rang, ligne, noeud.garde);
        if !noeud.garde {
            // La valeur de la première rubrique se garde toujours : une ligne doublée s'y reconnaît.
            self.occurrence.garder(norme.rubrique.numero(), ligne, valeur);
        }
        self.ouvrir_bloc();
    }

    /// Le niveau du parent ; ceux qui manquent sont supposés, et dits une fois.
    fn rejoindre(&mut self, parent: u8, norme: &RubriqueNorme) -> usize {
        if let Some(niveau) = self.structure.niveau(parent) {
            return niveau;
        }
        let message = format!(
            "Le bloc {} doit se trouver sous un bloc {}, qui manque. Faites ajouter le bloc parent, ou déplacer celui-ci.",
            nom(norme.bloc),
            nom(parent)
        );
        self.blocs("STRUCTURE/parent", self.ligne, Some(norme.rubrique), message);
        self.supposer(parent)
    }

    fn supposer(&mut self, bloc: u8) -> usize {
        if let Some(niveau) = self.structure.niveau(bloc) {
            return niveau;
        }
        // Le message est toujours ouvert : la remontée s'y arrête.
        let noeud = &NOEUDS[usize::from(bloc)];
        let parent = self.supposer(noeud.parent);
        self.reduire(parent + 1);
        let niveau = &mut self.structure.niveaux[parent];
        niveau.enfants |= noeud.bit;
        niveau.dernier = niveau.dernier.max(bloc);
        self.structure
            .niveaux
            .push(Niveau::nouveau(bloc, self.ligne, true));
        parent + 1
    }

    /// Ferme les blocs ouverts, jusqu'à n'en garder que tant.
    fn reduire(&mut self, garder: usize) {
        while self.structure.niveaux.len() > garder {
            let Some(niveau) = self.structure.niveaux.pop() else {
                return;
            };
            self.manquants(&niveau);
            if let Some(bloc) = BLOCS.get(usize::from(niveau.bloc)).filter(|_| !niveau.suppose) {
                self.fermer_bloc(bloc.bloc);
            }
        }
    }

    /// Les blocs qui devaient se trouver sous celui-ci.
    #[inline]
    fn manquants(&mut self, niveau: &Niveau) {
        let exiges = NOEUDS
            .get(usize::from(niveau.bloc))
            .map_or(*RACINES_EXIGEES, |n| n.exiges);
        if exiges & !niveau.enfants != 0 && !niveau.suppose {
            self.dire_les_manquants(niveau);
        }
    }

    #[cold]
    fn dire_les_manquants(&mut self, niveau: &Niveau) {
        let mensuelle = self.declaration.mensuelle();
        for (rang, bloc) in (0_u8..).zip(&BLOCS) {
            let noeud = &NOEUDS[usize::from(rang)];
            let exige =
                bloc.cardinalite.min > 0 && noeud.parent == niveau.bloc && niveau.enfants & noeud.bit == 0;
            // L'arbre est celui de la DSN mensuelle : les autres natures n'ont pas tous les blocs d'un individu.
            let partout =
                bloc.bloc.chiffres() <= Bloc::de("S21.G00.11").chiffres() || noeud.parent == MESSAGE;
            if exige && (mensuelle || partout) {
                let message = format!(
                    "Le bloc {} manque{}. Faites compléter la déclaration.",
                    nom(rang),
                    BLOCS.get(usize::from(niveau.bloc)).map_or_else(
                        || " dans le message".to_owned(),
                        |_| format!(" sous le bloc {}", nom(niveau.bloc))
                    )
                );
                self.blocs("STRUCTURE/bloc-absent", niveau.ligne, premiere(rang), message);
            }
        }
    }

    /// Ferme le message en cours, s'il y en a un.
    pub(super) fn fermer_message(&mut self) {
        self.fermer_rubriques();
        if self.structure.est_vide() {
            return;
        }
        self.reduire(1);
        let message = self.structure.niveaux[0];
        self.manquants(&message);
        self.message_fini();
        self.structure.niveaux[0] = Niveau::nouveau(MESSAGE, self.ligne + 1, false);
        self.occurrence.bloc = None;
    }

    /// Les rubriques du bloc courant sont toutes lues.
    pub(super) fn fermer_rubriques(&mut self) {
        let Some(bloc) = self.occurrence.bloc.filter(|_| !self.occurrence.finie) else {
            return;
        };
        self.occurrence.finie = true;
        let derniere = self.occurrence.derniere;
        if let Some(niveau) = self.structure.niveaux.last_mut() {
            niveau.derniere = derniere;
        }
        let absentes = presence::MASQUES[usize::from(bloc)] & !self.occurrence.vus;
        if absentes != 0 && !self.occurrence.sans_tete {
            self.absentes(bloc, absentes);
        }
        if self.occurrence.a_garder {
            self.bloc_lu();
        }
    }

    #[cold]
    fn absentes(&mut self, bloc: u8, absentes: u128) {
        let (debut, fin) = BLOCS[usize::from(bloc)].rubriques;
        for rang in (debut..fin).filter(|r| absentes & (1 << (r - debut)) != 0) {
            let norme = &RUBRIQUES[usize::from(rang)];
            let message = format!(
                "La rubrique « {} » ({}) manque dans ce bloc. Faites-la renseigner par le déclarant.",
                norme.libelle, norme.rubrique
            );
            let ligne = self.occurrence.ligne;
            self.blocs("STRUCTURE/rubrique-absente", ligne, Some(norme.rubrique), message);
        }
    }

    #[cold]
    fn blocs(&mut self, controle: &'static str, ligne: u64, rubrique: Option<Rubrique>, message: String) {
        self.sortie
            .dire(controle, Gravite::Bloquant, ligne, rubrique, Cow::Owned(message));
    }
}
