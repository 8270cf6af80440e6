use droit::Poste;
use jiff::civil::Date;
use valeurs::Montant;

use super::creance::Contenu;
use crate::creances::{ImputationLue, MouvementLu};
use crate::grand_livre::NatureMouvement;
use crate::pages::libelles;

/// Une écriture de la créance, et ce qui en restait dû après elle.
pub(super) struct Ecriture {
    pub(super) jour: Date,
    pub(super) titre: String,
    pub(super) pourquoi: String,
    pub(super) debit: Option<Montant>,
    pub(super) credit: Option<Montant>,
    pub(super) reste: Montant,
    pub(super) auteur: String,
    /// La recette, pour un règlement.
    pub(super) recette: Option<i64>,
    mouvement: i64,
    signe: Montant,
}

/// L'histoire d'une créance : chaque somme, où elle est allée et pourquoi.
pub(super) struct Histoire {
    pub(super) ecritures: Vec<Ecriture>,
    pub(super) debit: Montant,
    pub(super) credit: Montant,
}

/// L'histoire jusqu'à la date `au`, incluse.
pub(super) fn histoire(contenu: &Contenu, au: Date) -> Histoire {
    let mut ecritures: Vec<Ecriture> = contenu
        .mouvements
        .iter()
        .map(Ecriture::du_mouvement)
        .chain(contenu.imputations.iter().map(Ecriture::de_l_imputation))
        .filter(|e| e.jour <= au)
        .collect();
    ecritures.sort_by_key(|e| (e.jour, e.mouvement));
    let mut reste = Montant::ZERO;
    for e in &mut ecritures {
        reste = reste.checked_add(e.signe).unwrap_or(Montant::MAX);
        e.reste = reste;
    }
    let somme = |cote: fn(&Ecriture) -> Option<Montant>| {
        Montant::somme(ecritures.iter().filter_map(cote)).unwrap_or(Montant::MAX)
    };
    Histoire {
        debit: somme(|e| e.debit),
        credit: somme(|e| e.credit),
        ecritures,
    }
}

/// « Émission, part ouvrière » ; le principal, seul poste de la plupart des créances, ne se répète pas.
fn titrer(quoi: &str, poste: Poste) -> String {
    match poste {
        Poste::Principal => quoi.to_owned(),
        Poste::Majoration if quoi == Poste::Majoration.libelle() => quoi.to_owned(),
        poste => format!("{quoi}, {}", poste.libelle().to_lowercase()),
    }
}

impl Ecriture {
    fn du_mouvement(m: &MouvementLu) -> Self {
        let pourquoi = match (m.nature, &m.motif) {
            // Le motif d'une liquidation est la version de sa règle.
            (NatureMouvement::Majoration, Some(version)) => format!("Règle {version}"),
            (_, motif) => motif.clone().unwrap_or_default(),
        };
        let titre = titrer(m.nature.libelle(), m.poste);
        let auteur = m.auteur.clone();
        Self {
            auteur,
            ..Self::nouvelle(m.jour, titre, pourquoi, m.montant, m.mouvement)
        }
    }

    fn de_l_imputation(i: &ImputationLue) -> Self {
        let titre = titrer(
            &format!("Règlement par {}", libelles::mode_dans_une_phrase(&i.mode)),
            i.poste,
        );
        let ecriture = Self::nouvelle(i.jour, titre, i.raison.phrase(), i.montant.oppose(), i.mouvement);
        Self {
            recette: Some(i.encaissement),
            ..ecriture
        }
    }

    fn nouvelle(jour: Date, titre: String, pourquoi: String, signe: Montant, mouvement: i64) -> Self {
        Self {
            jour,
            titre,
            pourquoi,
            debit: (!signe.est_negatif()).then_some(signe),
            credit: signe.est_negatif().then(|| signe.oppose()),
            reste: Montant::ZERO,
            auteur: String::new(),
            recette: None,
            mouvement,
            signe,
        }
    }
}
