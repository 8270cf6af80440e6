//! La lecture des champs d'un compte rendu.

use jiff::civil::Date;
use valeurs::Montant;
use xml::Noeud;

use super::{
    avis::Operation,
    erreur::{Faute, RegleLecture},
    motif::{CodeMotif, Motif},
    statut::Statut,
};

/// `Max35Text`.
const LONGUEUR_REFERENCE: usize = 35;

/// La référence au bout de cette balise, obligatoire.
pub(super) fn reference(parent: &Noeud, balise: &'static str, champ: &'static str) -> Result<String, Faute> {
    reference_facultative(parent, &[balise], champ)?
        .ok_or_else(|| Faute::new(parent.ligne, champ, RegleLecture::Absent))
}

fn reference_facultative(
    parent: &Noeud,
    chemin: &[&'static str],
    champ: &'static str,
) -> Result<Option<String>, Faute> {
    let Some(texte) = parent.texte_de(chemin)? else {
        return Ok(None);
    };
    if texte.chars().count() > LONGUEUR_REFERENCE {
        let regle = RegleLecture::ReferenceTropLongue(LONGUEUR_REFERENCE);
        return Err(Faute::new(parent.ligne, champ, regle));
    }
    Ok(Some(texte.to_owned()))
}

/// Le statut au bout de cette balise, s'il est donné.
pub(super) fn statut(
    parent: &Noeud,
    balise: &'static str,
    champ: &'static str,
) -> Result<Option<Statut>, Faute> {
    parent
        .fils(balise)?
        .map(|noeud| code_de_statut(noeud, champ))
        .transpose()
}

fn code_de_statut(noeud: &Noeud, champ: &'static str) -> Result<Statut, Faute> {
    noeud
        .texte()
        .and_then(Statut::de)
        .ok_or_else(|| Faute::new(noeud.ligne, champ, RegleLecture::Code(Statut::CODES)))
}

/// Les motifs de ce parent (`StsRsnInf`), dans l'ordre.
pub(super) fn motifs(parent: &Noeud) -> Result<Vec<Motif>, Faute> {
    parent.tous("StsRsnInf").map(motif).collect()
}

fn motif(noeud: &Noeud) -> Result<Motif, Faute> {
    let donne = noeud
        .texte_de(&["Rsn", "Cd"])?
        .or(noeud.texte_de(&["Rsn", "Prtry"])?);
    let code = donne.and_then(CodeMotif::new);
    let precisions: Vec<&str> = noeud.tous("AddtlInf").filter_map(Noeud::texte).collect();
    Ok(Motif {
        code,
        code_de_la_banque: donne.filter(|_| code.is_none()).map(str::to_owned),
        precision: (!precisions.is_empty()).then(|| precisions.join(" ")),
    })
}

/// Les nombres d'opérations qu'annonce ce parent, par statut (`NbOfTxsPerSts`).
pub(super) fn nombres_annonces(parent: &Noeud) -> Result<Vec<(u64, Statut, u64)>, Faute> {
    let champ_nombre = "NbOfTxsPerSts/DtldNbOfTxs";
    let champ_statut = "NbOfTxsPerSts/DtldSts";
    let lire = |noeud: &Noeud| {
        let absent = |champ| Faute::new(noeud.ligne, champ, RegleLecture::Absent);
        let nombre = noeud.fils("DtldNbOfTxs")?.ok_or_else(|| absent(champ_nombre))?;
        let lu = nombre
            .texte()
            .filter(|texte| texte.len() <= 15 && texte.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|texte| texte.parse().ok())
            .ok_or_else(|| Faute::new(nombre.ligne, champ_nombre, RegleLecture::Code("un nombre entier")))?;
        let statut = statut(noeud, "DtldSts", champ_statut)?.ok_or_else(|| absent(champ_statut))?;
        Ok((noeud.ligne, statut, lu))
    };
    parent.tous("NbOfTxsPerSts").map(lire).collect()
}

/// L'opération de ce `TxInfAndSts`.
pub(super) fn operation(noeud: &Noeud, remise: &str) -> Result<Operation, Faute> {
    let origine = noeud.fils("OrgnlTxRef")?;
    let (mut montant, mut echeance, mut rum) = (None, None, None);
    if let Some(origine) = origine {
        montant = origine
            .chemin(&["Amt", "InstdAmt"])?
            .map(montant_en_euros)
            .transpose()?;
        echeance = origine.fils("ReqdColltnDt")?.map(date).transpose()?;
        // Un niveau `DrctDbtMndt` s'intercale dans les versions récentes d'ISO 20022.
        for chemin in [
            &["MndtRltdInf", "MndtId"][..],
            &["MndtRltdInf", "DrctDbtMndt", "MndtId"],
        ] {
            rum = rum.or(reference_facultative(
                origine,
                chemin,
                "OrgnlTxRef/MndtRltdInf/MndtId",
            )?);
        }
    }
    Ok(Operation {
        remise: remise.to_owned(),
        bout_en_bout: reference(noeud, "OrgnlEndToEndId", "TxInfAndSts/OrgnlEndToEndId")?,
        montant,
        echeance,
        rum,
    })
}

fn montant_en_euros(noeud: &Noeud) -> Result<Montant, Faute> {
    const CHAMP: &str = "OrgnlTxRef/Amt/InstdAmt";
    if noeud.devise.as_deref() != Some("EUR") {
        return Err(Faute::new(noeud.ligne, CHAMP, RegleLecture::Devise));
    }
    Montant::lire_point(noeud.texte().unwrap_or_default())
        .ok()
        .filter(|montant| montant.centimes() > 0)
        .ok_or_else(|| Faute::new(noeud.ligne, CHAMP, RegleLecture::Montant))
}

/// `AAAA-MM-JJ`, suivi ou non d'un fuseau, qui n'y change rien.
fn date(noeud: &Noeud) -> Result<Date, Faute> {
    let lire = |texte: &str| {
        let (date, suite) = texte.split_at_checked(10)?;
        let bien_ecrite = date.bytes().enumerate().all(|(rang, b)| match rang {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
        let fuseau = suite.is_empty()
            || suite == "Z"
            || (suite.starts_with(['+', '-'])
                && suite.bytes().all(|b| b.is_ascii_digit() || b"+-:".contains(&b)));
        (bien_ecrite && fuseau).then(|| date.parse().ok()).flatten()
    };
    noeud
        .texte()
        .and_then(lire)
        .ok_or_else(|| Faute::new(noeud.ligne, "OrgnlTxRef/ReqdColltnDt", RegleLecture::Date))
}
