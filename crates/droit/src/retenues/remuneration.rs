//! La quotité saisissable d’une rémunération ou d’une pension.

use jiff::civil::Date;
use valeurs::Montant;

use super::{
    Palier, Pas,
    lecture::{BaremeRemuneration, RegleRemuneration},
    palier::{Exact, Fraction, echelonner},
    positif,
};
use crate::{Droit, Erreur, enumeration::enumeration, majorations::Etape};

enumeration! {
    /// Ce qui est saisi.
    pub enum GenreRevenu ("le genre de revenu") {
        Salaire = "salaire", "Rémunération du travail";
        Pension = "pension", "Pension ou rente du régime général";
        PensionInvalidite = "pension_invalidite", "Pension d’invalidité du régime général";
        PensionSalarie = "pension_salarie", "Pension de salarié agricole";
        InvaliditeSalarie = "invalidite_salarie", "Pension d’invalidité de salarié agricole";
        PensionNonSalarie = "pension_non_salarie", "Pension de non-salarié agricole";
        InvaliditeNonSalarie = "invalidite_non_salarie", "Pension d’invalidité de non-salarié agricole";
    }
}

/// Ce qu’un débiteur reçoit dans le mois, de tous ses payeurs (code du travail L3252-4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Remuneration {
    /// Salaire ou pension.
    pub genre: GenreRevenu,
    /// Le net du mois : accessoires et avantages en nature compris, cotisations et retenue à la source déduites ; sans
    /// les frais, ni ce qui est insaisissable, ni les allocations pour charges de famille (L3252-3).
    pub net: Montant,
    /// Les personnes à charge justifiées (R3252-3).
    pub personnes_a_charge: u16,
    /// Ce qui est déjà saisi ou cédé ce mois.
    pub deja_saisi: Montant,
    /// Le montant forfaitaire du RSA d’une personne seule ; `None` : celui des règles.
    pub insaisissable: Option<Montant>,
}

/// Ce qui se saisit d’un mois de rémunération.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quotite {
    /// Les tranches atteintes, de bas en haut.
    pub paliers: Vec<Palier>,
    /// Ce que les tranches donnent ; la somme des paliers.
    pub par_tranches: Montant,
    /// Ce que le débiteur garde toujours.
    pub insaisissable: Montant,
    /// Ce qui est saisissable ce mois, tous créanciers ensemble.
    pub saisissable: Montant,
    /// Ce qui l’est encore.
    pub disponible: Montant,
    /// Ce qui reste au débiteur quand le disponible est pris aussi.
    pub laisse: Montant,
    /// Le calcul, pas à pas ; ses montants font le disponible.
    pub explication: Vec<Etape>,
    /// Le barème appliqué : `R3252-2@2026-01-01`. Stable, à garder avec le dossier.
    pub version: &'static str,
}

/// Ce qui se saisit d’un mois de rémunération ou de pension, à la date de son versement.
///
/// Par tranches (code du travail R3252-2), élevées pour chaque personne à charge (R3252-3) ; le débiteur garde au moins
/// le montant forfaitaire du RSA (L3252-3). Une pension se saisit comme un salaire : CSS L355-2, que CRPM L742-3 étend
/// aux salariés agricoles et L725-11 aux non-salariés. Les seuils annuels sont divisés par douze et arrondis au centime,
/// le total l’est une fois : arrondis à vérifier.
///
/// # Errors
/// Barème ou montant du RSA inconnu à cette date ; somme négative ; plus déjà saisi que reçu ; total trop grand.
pub fn quotite_saisissable(date: Date, remuneration: &Remuneration) -> Result<Quotite, Erreur> {
    let &Remuneration {
        genre,
        net,
        deja_saisi,
        ..
    } = remuneration;
    positif("rémunération nette", net)?;
    positif("somme déjà saisie", deja_saisi)?;
    if deja_saisi > net {
        return Err(Erreur::DejaSaisiTropGrand);
    }
    let regle = &Droit::charger().retenues.remuneration;
    let bareme = regle.bareme(date)?;
    let mut pas = Pas(Vec::new());
    let pension = regle.pension(genre, date)?;
    match pension {
        None => pas.dire(
            format!("Rémunération du mois, nette de cotisations et de retenue à la source : {net}"),
            &regle.salaire,
        ),
        Some(pension) => pas.dire(
            format!("{genre}, nette, saisissable comme un salaire ce mois : {net}"),
            &pension.comme_un_salaire,
        ),
    }
    let (paliers, par_tranches) = par_tranches(&mut pas, regle, bareme, remuneration)?;
    let insaisissable = garder(&mut pas, regle, date, remuneration, par_tranches)?;
    let saisissable = par_tranches.min(net.checked_sub(insaisissable)?.max(Montant::ZERO));
    let compte = deja_saisi.min(saisissable);
    if !deja_saisi.est_nul() {
        let phrase = format!("Déjà saisi ce mois : {deja_saisi}, sur {saisissable} saisissables");
        pas.ajouter(phrase, &regle.deja_saisi, Some(-compte));
    }
    let disponible = saisissable.checked_sub(compte)?;
    let laisse = net.checked_sub(deja_saisi)?.checked_sub(disponible)?;
    pas.dire(
        format!("Peut encore être saisi : {disponible} ; reste au débiteur : {laisse}"),
        &[],
    );
    if let Some(pension) = pension.filter(|pension| !pension.plancher.is_empty()) {
        let phrase = "À vérifier : une pension d’invalidité ne descend pas, pour un trimestre, sous le quart du taux \
                      minimum, que les règles n’ont pas";
        pas.dire(phrase.to_owned(), &pension.plancher);
    }
    Ok(Quotite {
        paliers,
        par_tranches,
        insaisissable,
        saisissable,
        disponible,
        laisse,
        explication: pas.0,
        version: &bareme.code,
    })
}

fn par_tranches(
    pas: &mut Pas,
    regle: &'static RegleRemuneration,
    bareme: &'static BaremeRemuneration,
    remuneration: &Remuneration,
) -> Result<(Vec<Palier>, Montant), Erreur> {
    pas.dire(
        format!(
            "Seuils annuels ({}), divisés par douze et arrondis au centime : arrondi à vérifier",
            bareme.source
        ),
        &bareme.articles,
    );
    let personnes = remuneration.personnes_a_charge;
    if personnes > 0 {
        let pluriel = if personnes == 1 { "personne" } else { "personnes" };
        pas.dire(
            format!(
                "{personnes} {pluriel} à charge : chaque seuil annuel monte de {personnes} × {}",
                bareme.par_personne
            ),
            &bareme.charge,
        );
    }
    let debuts: Vec<Montant> = bareme
        .debuts
        .iter()
        .map(|&debut| par_mois(debut, bareme.par_personne, personnes))
        .collect::<Result<_, _>>()?;
    let (paliers, total) = echelonner(remuneration.net, Montant::ZERO, &debuts, &regle.fractions)?;
    for ((palier, fraction), articles) in paliers.iter().zip(&regle.fractions).zip(&bareme.tranches) {
        let tranche = match palier.jusqua {
            Some(haut) => format!("De {} à {haut}", palier.de),
            None => format!("Au-delà de {}", palier.de),
        };
        let phrase = format!("{tranche}, {fraction} de {}", palier.base);
        pas.ajouter(phrase, articles, Some(palier.pris));
    }
    Ok((paliers, total))
}

/// Un début de tranche annuel, par mois ; la première commence toujours à zéro.
fn par_mois(debut: Montant, par_personne: Montant, personnes: u16) -> Result<Montant, Erreur> {
    if debut.est_nul() {
        return Ok(debut);
    }
    let douzieme = |nombre: u16| Fraction::new(nombre.into(), 12).ok_or(Erreur::Depassement);
    Exact::de(Montant::ZERO)
        .plus(debut, douzieme(1)?)?
        .plus(par_personne, douzieme(personnes)?)?
        .arrondir()
}

/// Ce que le débiteur garde toujours, et le pas qui le dit.
fn garder(
    pas: &mut Pas,
    regle: &'static RegleRemuneration,
    date: Date,
    remuneration: &Remuneration,
    par_tranches: Montant,
) -> Result<Montant, Erreur> {
    let (montant, source) = match remuneration.insaisissable {
        Some(montant) => {
            positif("fraction insaisissable", montant)?;
            (montant, "donné avec la rémunération")
        }
        None => {
            let connu = regle.insaisissable(date)?;
            (connu.montant, connu.source.as_str())
        }
    };
    let au_plus = remuneration.net.checked_sub(montant)?.max(Montant::ZERO);
    let retire = par_tranches.checked_sub(par_tranches.min(au_plus))?;
    let (suite, ajout) = if retire.est_nul() {
        ("les tranches ne prennent pas plus".to_owned(), None)
    } else {
        (format!("{au_plus} saisissables au plus"), Some(retire.oppose()))
    };
    pas.ajouter(
        format!("Le débiteur garde au moins {montant} ({source}) : {suite}"),
        &regle.reste_au_debiteur,
        ajout,
    );
    Ok(montant)
}
