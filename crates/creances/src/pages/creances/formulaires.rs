//! Les formulaires par lesquels un agent éteint une créance autrement que par un paiement.

use acces::{Action, CodeAction, Visite};
use droit::Poste;
use web::ErreurChamp;
use web::fragments::{self, Champ, ChampJeton, Choix, ResumeErreurs};

use super::creance::{Contenu, Demande};
use crate::creances::Creance;

/// Ce qui éteint une créance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Geste {
    Annuler,
    Remettre,
    AdmettreNonValeur,
    Transferer,
}

impl Geste {
    const TOUS: [Self; 4] = [
        Self::Annuler,
        Self::Remettre,
        Self::AdmettreNonValeur,
        Self::Transferer,
    ];

    /// La fin de son adresse.
    const fn chemin(self) -> &'static str {
        match self {
            Self::Annuler => "annulation",
            Self::Remettre => "remise",
            Self::AdmettreNonValeur => "non-valeur",
            Self::Transferer => "transfert",
        }
    }

    const fn titre(self) -> &'static str {
        match self {
            Self::Annuler => "Annuler tout ou partie",
            Self::Remettre => "Accorder une remise",
            Self::AdmettreNonValeur => "Admettre en non-valeur",
            Self::Transferer => "Transférer à une autre caisse",
        }
    }

    const fn effet(self) -> &'static str {
        match self {
            Self::Annuler => {
                "Ce qui est annulé n’a jamais été dû. Une annulation totale rend à la RAC ce qui avait été payé."
            }
            Self::Remettre => "La somme remise n’est plus due ; le reste l’est toujours.",
            Self::AdmettreNonValeur => {
                "Tout ce qui reste cesse d’être poursuivi, une fois passé un an depuis l’échéance d’une cotisation (CRPM art. R725-3) ou l’émission d’un indu (CSS art. D133-2-1)."
            }
            Self::Transferer => "Tout ce qui reste quitte cette caisse ; l’autre caisse l’émet de son côté.",
        }
    }

    const fn action(self) -> CodeAction {
        match self {
            Self::Annuler => CodeAction::AnnulerCreance,
            Self::Remettre => CodeAction::RemettreCreance,
            Self::AdmettreNonValeur => CodeAction::AdmettreNonValeur,
            Self::Transferer => CodeAction::TransfererCreance,
        }
    }

    /// Le nom du champ du motif : les formulaires d'une même page n'ont pas d'identifiant en commun.
    pub(super) const fn champ_motif(self) -> &'static str {
        match self {
            Self::Annuler => "motif_annulation",
            Self::Remettre => "motif_remise",
            Self::AdmettreNonValeur => "motif_non_valeur",
            Self::Transferer => "motif_transfert",
        }
    }

    /// Le nom du champ du montant, ou du motif pour un geste qui prend tout ce qui reste.
    pub(super) const fn champ_montant(self) -> &'static str {
        match self {
            Self::Annuler => "montant_annule",
            Self::Remettre => "montant_remis",
            Self::AdmettreNonValeur | Self::Transferer => self.champ_motif(),
        }
    }

    /// L'agent peut-il le faire sur cette créance, et reste-t-il de quoi ?
    fn est_ouvert(self, visite: &Visite<impl Action>, contenu: &Contenu) -> bool {
        let table = &visite.caisse().habilitations;
        let branches = table
            .perimetre(visite.agent().role, self.action())
            .map_or(0, |p| p.branches);
        let sienne = branches & i64::from(contenu.creance.branche().bit()) != 0;
        let payee = self == Self::Annuler && !contenu.imputations.is_empty();
        sienne && (contenu.creance.est_ouverte() || payee)
    }

    /// Ses champs, avec ce que l'agent y avait écrit avant un refus.
    fn champs(self, creance: &Creance, saisie: Saisie<'_>) -> Vec<Champ> {
        let ecrit = |nom: &str| {
            saisie
                .iter()
                .find(|(n, _)| *n == nom)
                .map_or("", |(_, valeur)| valeur)
        };
        let motif = Champ::zone(self.champ_motif(), "Motif", 2)
            .obligatoire()
            .valeur(ecrit(self.champ_motif()))
            .aide("Gardé au grand livre avec votre nom ; n’y écrivez rien d’intime.")
            .longueur_max(1_000);
        match self {
            Self::Annuler => vec![
                Champ::radios(
                    "etendue",
                    "Étendue",
                    vec![
                        Choix::nouveau("partielle", "Une part du principal"),
                        Choix::nouveau("totale", "Toute la créance"),
                    ],
                )
                .valeur(if ecrit("etendue") == "totale" {
                    "totale"
                } else {
                    "partielle"
                })
                .obligatoire(),
                Champ::montant(self.champ_montant(), "Montant à annuler")
                    .valeur(ecrit(self.champ_montant()))
                    .aide("Pour une annulation partielle."),
                motif,
            ],
            Self::Remettre => vec![
                Champ::liste("poste", "Sur", postes(creance))
                    .obligatoire()
                    .valeur(ecrit("poste")),
                Champ::montant(self.champ_montant(), "Montant remis")
                    .valeur(ecrit(self.champ_montant()))
                    .obligatoire(),
                motif,
            ],
            Self::AdmettreNonValeur | Self::Transferer => vec![motif],
        }
    }
}

/// Les postes où il reste de quoi remettre ; les parts d'un employeur se remettent ensemble.
fn postes(creance: &Creance) -> Vec<Choix> {
    let du = |p: Poste| !creance.reste_du_poste(p).est_nul() && !creance.reste_du_poste(p).est_negatif();
    let principal = Poste::TOUS.iter().copied().find(|p| p.est_principal() && du(*p));
    let autres = Poste::TOUS
        .iter()
        .copied()
        .filter(|p| !p.est_principal() && du(*p));
    principal
        .map(|p| Choix::nouveau(p.code(), "Principal"))
        .into_iter()
        .chain(autres.map(|p| {
            Choix::nouveau(
                p.code(),
                format!("{} ({} dus)", p.libelle(), creance.reste_du_poste(p)),
            )
        }))
        .collect()
}

/// Les champs d'un formulaire et ce que l'agent y a écrit.
pub(super) type Saisie<'r> = &'r [(&'static str, &'r str)];

/// Un geste refusé : ce qui ne va pas, et ce qui était écrit.
pub(super) struct Refus<'r> {
    pub(super) geste: Geste,
    pub(super) erreur: ErreurChamp,
    pub(super) saisie: Saisie<'r>,
}

/// Un geste prêt à être fait.
pub(super) struct FormulaireGeste {
    pub(super) titre: &'static str,
    pub(super) effet: &'static str,
    pub(super) url: String,
    pub(super) jeton: ChampJeton,
    pub(super) champs: Vec<Champ>,
    pub(super) ouvert: bool,
}

/// Les gestes que l'agent peut faire sur la créance, et ce qui vient d'être refusé.
pub(super) struct Gestes {
    pub(super) resume: ResumeErreurs,
    pub(super) formulaires: Vec<FormulaireGeste>,
}

impl Gestes {
    pub(super) fn ouverts(
        visite: &Visite<impl Action>,
        contenu: &Contenu,
        url: &str,
        demande: &Demande<'_>,
    ) -> Self {
        let erreurs: &[ErreurChamp] = demande
            .refus
            .as_ref()
            .map_or(&[], |r| std::slice::from_ref(&r.erreur));
        let refuse = |g: Geste| demande.refus.as_ref().filter(|r| r.geste == g);
        // Une créance ne se change pas dans le passé.
        let presente = demande.au.is_none_or(|au| au == visite.aujourdhui());
        let formulaires = Geste::TOUS
            .into_iter()
            .filter(|g| presente && g.est_ouvert(visite, contenu))
            .map(|g| FormulaireGeste {
                titre: g.titre(),
                effet: g.effet(),
                url: format!("{url}/{}", g.chemin()),
                jeton: fragments::champ_jeton(visite.jeton()),
                champs: g
                    .champs(&contenu.creance, refuse(g).map_or(&[], |r| r.saisie))
                    .into_iter()
                    .map(|c| c.parmi(erreurs))
                    .collect(),
                ouvert: refuse(g).is_some(),
            })
            .collect();
        Self {
            resume: fragments::resume_erreurs(erreurs),
            formulaires,
        }
    }
}
