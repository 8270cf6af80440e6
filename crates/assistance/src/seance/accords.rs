use jiff::Timestamp;

use super::{DUREE_GESTES, DUREE_VUE, Page, RefusSeance};
use crate::{Classe, Classes};

/// Ce qu'un adhérent accorde, chacun à part.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Accord {
    /// Laisser voir sa page.
    Voir,
    /// Laisser prendre sa souris.
    Souris,
    /// Laisser saisir dans ses formulaires.
    Saisie,
}

/// Une question posée à l'adhérent, telle qu'il la lit : c'est à celle-là qu'il répond.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Question {
    /// Laisser voir ces classes.
    Voir(Classes),
    /// Laisser prendre la souris.
    Souris,
    /// Laisser saisir : chaque valeur lui sera soumise.
    Saisie,
    /// Laisser saisir d'office : les valeurs entrent sans lui être soumises.
    SaisieDOffice,
}

impl Question {
    /// L'accord qu'elle demande.
    #[must_use]
    pub const fn accord(self) -> Accord {
        match self {
            Self::Voir(_) => Accord::Voir,
            Self::Souris => Accord::Souris,
            Self::Saisie | Self::SaisieDOffice => Accord::Saisie,
        }
    }
}

/// Un accord donné.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Donne {
    question: Question,
    page: Page,
    /// Le premier instant où il ne vaut plus.
    jusqua: Timestamp,
}

/// La question posée et les accords donnés, un par sorte au plus.
#[derive(Clone, Debug, Default)]
pub(super) struct Accords {
    posee: Option<Question>,
    voir: Option<Donne>,
    souris: Option<Donne>,
    saisie: Option<Donne>,
}

impl Accords {
    const fn place(&self, accord: Accord) -> &Option<Donne> {
        match accord {
            Accord::Voir => &self.voir,
            Accord::Souris => &self.souris,
            Accord::Saisie => &self.saisie,
        }
    }

    const fn place_mut(&mut self, accord: Accord) -> &mut Option<Donne> {
        match accord {
            Accord::Voir => &mut self.voir,
            Accord::Souris => &mut self.souris,
            Accord::Saisie => &mut self.saisie,
        }
    }

    fn en_cours(&self, accord: Accord, quand: Timestamp) -> Option<&Donne> {
        self.place(accord).as_ref().filter(|donne| quand < donne.jusqua)
    }

    /// Cet accord vaut-il pour cette page ? Souris et saisie ne valent rien sans la vue.
    pub(super) fn vaut(&self, accord: Accord, page: &Page, quand: Timestamp) -> bool {
        let seul = |accord| {
            self.en_cours(accord, quand)
                .is_some_and(|donne| donne.page == *page)
        };
        seul(Accord::Voir) && seul(accord)
    }

    pub(super) fn saisit_d_office(&self, page: &Page, quand: Timestamp) -> bool {
        let d_office = |donne: &Donne| donne.question == Question::SaisieDOffice;
        self.vaut(Accord::Saisie, page, quand) && self.saisie.as_ref().is_some_and(d_office)
    }

    /// Les classes accordées de cette page.
    pub(super) fn vue(&self, page: &Page, quand: Timestamp) -> Option<Classes> {
        self.accordees(quand)
            .filter(|_| self.vaut(Accord::Voir, page, quand))
    }

    /// Celles qui sont accordées, de quelque page que ce soit ; ce qui est public en est toujours.
    pub(super) fn accordees(&self, quand: Timestamp) -> Option<Classes> {
        match self.en_cours(Accord::Voir, quand)?.question {
            Question::Voir(classes) => Some(classes.avec(Classe::Publique)),
            Question::Souris | Question::Saisie | Question::SaisieDOffice => None,
        }
    }

    /// Une question à la fois ; souris et saisie ne se demandent qu'à qui laisse voir.
    pub(super) fn poser(&mut self, question: Question, quand: Timestamp) -> Result<(), RefusSeance> {
        let vue = self.en_cours(Accord::Voir, quand).is_some();
        if !vue && question.accord() != Accord::Voir {
            return Err(RefusSeance::Accord);
        }
        self.posee = Some(question);
        Ok(())
    }

    /// Un oui donne l'accord ; un non l'ôte, et un non à la vue ôte tout.
    pub(super) fn repondre(
        &mut self,
        question: Question,
        oui: bool,
        page: Page,
        quand: Timestamp,
    ) -> Result<(), RefusSeance> {
        if self.posee != Some(question) {
            return Err(RefusSeance::Question);
        }
        let accord = question.accord();
        if oui && accord != Accord::Voir && !self.vaut(Accord::Voir, &page, quand) {
            return Err(RefusSeance::Page);
        }
        self.posee = None;
        self.revoquer(accord);
        if oui {
            let duree = match accord {
                Accord::Voir => DUREE_VUE,
                Accord::Souris | Accord::Saisie => DUREE_GESTES,
            };
            *self.place_mut(accord) = Some(Donne {
                question,
                page,
                jusqua: quand.checked_add(duree).unwrap_or(quand),
            });
        }
        Ok(())
    }

    /// Reprend un accord, et la question qui le demandait ; la vue reprise, tout l'est.
    pub(super) fn revoquer(&mut self, accord: Accord) {
        *self.place_mut(accord) = None;
        if accord == Accord::Voir {
            self.souris = None;
            self.saisie = None;
        }
        if self
            .posee
            .is_some_and(|posee| posee.accord() == accord || accord == Accord::Voir)
        {
            self.posee = None;
        }
    }

    /// Ôte ce qui ne vaut plus ; vrai s'il y avait de quoi.
    pub(super) fn expirer(&mut self, quand: Timestamp) -> bool {
        let mut expire = false;
        for accord in [Accord::Voir, Accord::Souris, Accord::Saisie] {
            if self
                .place(accord)
                .as_ref()
                .is_some_and(|donne| quand >= donne.jusqua)
            {
                self.revoquer(accord);
                expire = true;
            }
        }
        expire
    }
}
