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
    pub(super) poste: &'static str,
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
    Histoire { debit: somme(|e| e.debit), credit: somme(|e| e.credit), ecritures }
}

impl Ecriture {
    fn du_mouvement(m: &MouvementLu) -> Self {
        let pourquoi = match (m.nature, &m.motif) {
            // Le motif d'une liquidation est la version de sa règle.
            (NatureMouvement::Majoration, Some(version)) => format!("Règle {version}"),
            (_, motif) => motif.clone().unwrap_or_default(),
        };
        Self::nouvelle(m.jour, m.nature.libelle().to_owned(), pourquoi, m.poste.libelle(), m.montant, m.mouvement)
            .par(&m.auteur)
    }

    fn de_l_imputation(i: &ImputationLue) -> Self {
        let titre = format!("Règlement : {}", libelles::mode(&i.mode).to_lowercase());
        Self::nouvelle(i.jour, titre, i.raison.phrase(), i.poste.libelle(), i.montant.oppose(), i.mouvement)
            .de(i.encaissement)
    }

    fn nouvelle(
        jour: Date,
        titre: String,
        pourquoi: String,
        poste: &'static str,
        signe: Montant,
        mouvement: i64,
    ) -> Self {
        Self {
            jour,
            titre,
            pourquoi,
            poste,
            debit: (!signe.est_negatif()).then_some(signe),
            credit: signe.est_negatif().then(|| signe.oppose()),
            reste: Montant::ZERO,
            auteur: String::new(),
            recette: None,
            mouvement,
            signe,
        }
    }

    fn de(self, recette: i64) -> Self {
        Self { recette: Some(recette), ..self }
    }

    fn par(self, auteur: &str) -> Self {
        Self { auteur: auteur.to_owned(), ..self }
    }
}
