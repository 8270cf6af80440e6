use acces::Perimetre;
use jiff::civil::Date;
use valeurs::{Montant, date_fr};
use web::fragments::{self, Chiffre, Chiffres, Ton, montant};

use super::dossier::Contenu;
use super::recettes::avec_rac;
use crate::pages::libelles;

/// Ce qui se lit d'abord d'un dossier : ce qui est dû, ce qui attend, le dernier règlement, la dernière procédure.
pub(super) fn chiffres(contenu: &Contenu, perimetre: &Perimetre, au: Date) -> Chiffres {
    let mut chiffres = vec![solde(contenu, au)];
    if avec_rac(perimetre) {
        let attente = Chiffre::nouveau("En attente de classement", montant(contenu.resume.en_attente));
        chiffres.push(if contenu.resume.en_attente.est_nul() {
            attente
        } else {
            attente.ton(Ton::Attention)
        });
    }
    chiffres.push(dernier_reglement(contenu));
    chiffres.push(match &contenu.resume.derniere_procedure {
        Some(p) => {
            Chiffre::nouveau("Dernière procédure", fragments::date(p.jour)).precision(p.libelle.as_str())
        }
        None => Chiffre::nouveau("Dernière procédure", "Aucune"),
    });
    fragments::chiffres(chiffres)
}

fn solde(contenu: &Contenu, au: Date) -> Chiffre {
    let echus = contenu
        .creances
        .iter()
        .filter(|c| c.exigible_le < au && c.est_ouverte())
        .map(|c| c.reste);
    let echu = Montant::somme(echus).unwrap_or(Montant::MAX);
    let chiffre = Chiffre::nouveau("Solde dû", montant(contenu.resume.solde));
    let pluriel = if contenu.resume.ouvertes > 1 { "s" } else { "" };
    let ouvertes = format!(
        "{} créance{pluriel} ouverte{pluriel}",
        fragments::milliers(contenu.resume.ouvertes)
    );
    if echu.est_nul() {
        chiffre.precision(ouvertes)
    } else {
        chiffre
            .precision(format!("dont {echu} échus\u{A0}; {ouvertes}"))
            .ton(Ton::Danger)
    }
}

/// Le dernier règlement, dans ce que l'agent voit des recettes : la table et le chiffre disent la même chose.
fn dernier_reglement(contenu: &Contenu) -> Chiffre {
    let positif = |m: Montant| !m.est_nul() && !m.est_negatif();
    let garde = contenu.recettes.iter().find_map(|r| {
        let somme = r.impute.checked_add(r.en_attente).ok()?;
        positif(somme).then_some((r, somme))
    });
    match garde {
        Some((recette, somme)) => Chiffre::nouveau("Dernier règlement", montant(somme))
            .precision(format!(
                "{} le {}",
                libelles::mode(&recette.mode),
                date_fr(recette.jour)
            ))
            .ton(Ton::Positif),
        None => Chiffre::nouveau("Dernier règlement", "Aucun"),
    }
}
