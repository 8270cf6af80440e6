//! Le texte de `tables.rs`.

use std::collections::BTreeSet;
use std::fmt::Write;

use anyhow::{Context, Result, bail};

use super::{Bloc, Norme, automate};

const TETE: &str = "\
//! Tables générées de `crates/dsn/norme/*.csv` par `cargo xtask norme` : ne pas modifier.

use crate::rubrique::{Bloc, Rubrique};

use super::{BlocNorme, Cardinalite, CodeNorme, Nature, RubriqueNorme};
use super::recherche::cle;
use Nature::{Alphanumerique, Date, Enumeration, Numerique, Referentiel};

const fn b(nom: &str, libelle: &'static str, parent: u8, cardinalite: (u8, Option<u8>), rubriques: (u16, u16), numeros: (u16, u16)) -> BlocNorme {
    BlocNorme { bloc: Bloc::de(nom), libelle, parent, cardinalite: Cardinalite { min: cardinalite.0, max: cardinalite.1 }, rubriques, numeros }
}

const fn r(nom: &str, bloc: u8, libelle: &'static str, longueur: (u16, u16), nature: Nature, automate: u16, codes: (u16, u16)) -> RubriqueNorme {
    RubriqueNorme { rubrique: Rubrique::de(nom), bloc, libelle, longueur, nature, automate, codes }
}

const fn c(code: &'static str, libelle: &'static str, msa: bool) -> CodeNorme {
    let Some(cle) = cle(code.as_bytes()) else { panic!(\"un code de plus de huit octets\") };
    CodeNorme { cle, code, libelle, msa }
}
";
/// Le hachage des blocs a 2^10 places.
const BITS: u32 = 10;
/// Les numéros à partir de celui-ci sont ceux du portail : rares, cherchés à part.
const NUMERO_DU_PORTAIL: usize = 900;

/// Écrit les tables.
pub(crate) fn ecrire(norme: &Norme) -> Result<String> {
    let mut t = String::from(TETE);
    let rubriques = norme.blocs.iter().flat_map(|b| &b.rubriques);
    let expressions: BTreeSet<String> = rubriques.clone().filter_map(|r| r.expression.clone()).collect();
    let automate = automate::compiler(&expressions)?;

    let numeros = blocs(&mut t, &norme.blocs)?;
    octets(
        &mut t,
        "Par bloc et par numéro, la place de la rubrique dans le bloc, plus un.",
        "NUMEROS",
        &numeros,
    )?;
    hachage(&mut t, &norme.blocs)?;

    writeln!(t, "\n/// Les rubriques, dans l'ordre d'un fichier.")?;
    writeln!(
        t,
        "pub(crate) static RUBRIQUES: [RubriqueNorme; {}] = [",
        rubriques.clone().count()
    )?;
    let mut code = 0;
    for (rang, bloc) in norme.blocs.iter().enumerate() {
        for x in &bloc.rubriques {
            let depart = x.expression.as_ref().map_or(0, |e| automate.departs[e]);
            let fin = code + x.codes.len();
            let (min, max) = x.longueur;
            let codes = if x.codes.is_empty() { (0, 0) } else { (code, fin) };
            writeln!(
                t,
                "    r(\"{}\", {rang}, {:?}, ({min}, {max}), {}, {depart}, ({}, {})),",
                x.code, x.libelle, x.nature, codes.0, codes.1
            )?;
            code = fin;
        }
    }
    writeln!(t, "];\n\n/// Les codes des énumérations.")?;
    writeln!(t, "pub(super) static CODES: [CodeNorme; {code}] = [")?;
    for x in rubriques.filter(|x| !x.codes.is_empty()) {
        writeln!(t, "    // {}", x.code)?;
        let mut codes: Vec<_> = x.codes.iter().collect();
        codes.sort_by(|a, b| a.code.cmp(&b.code));
        if codes.windows(2).any(|deux| deux[0].code == deux[1].code) {
            bail!("{} a deux fois le même code", x.code);
        }
        for c in codes {
            writeln!(t, "    c({:?}, {:?}, {}),", c.code, c.libelle, c.msa)?;
        }
    }
    writeln!(t, "];\n\n/// Les caisses de MSA.")?;
    couples(&mut t, "CAISSES", norme.caisses.iter())?;
    writeln!(t, "\n/// Les contrôles de la norme et leurs messages.")?;
    couples(&mut t, "MESSAGES", norme.messages.iter())?;

    let classes: Vec<u8> = automate
        .classes
        .iter()
        .map(|c| u8::try_from(*c))
        .collect::<Result<_, _>>()?;
    octets(
        &mut t,
        "La classe de chaque octet, pour l'automate des expressions.",
        "CLASSES",
        &classes,
    )?;
    writeln!(t, "\n/// Le premier état final : tous les suivants le sont.")?;
    writeln!(
        t,
        "pub(super) const PREMIER_FINAL: u16 = {};",
        automate.premier_final
    )?;
    writeln!(
        t,
        "\n/// Les expressions et leurs états de départ, pour l'essai qui les compare à une autre lecture."
    )?;
    writeln!(t, "#[cfg(test)]")?;
    writeln!(
        t,
        "pub(super) static EXPRESSIONS: [(u16, &str); {}] = [",
        automate.departs.len()
    )?;
    for (expression, depart) in &automate.departs {
        writeln!(t, "    ({depart}, {expression:?}),")?;
    }
    writeln!(t, "];")?;
    let largeur = automate.etats.first().map_or(0, Vec::len);
    writeln!(t, "\n/// Où mène chaque classe, de chaque état ; 0 est mort.")?;
    writeln!(
        t,
        "pub(super) static ETATS: [[u16; {largeur}]; {}] = [",
        automate.etats.len()
    )?;
    for etat in &automate.etats {
        writeln!(t, "    {etat:?},")?;
    }
    writeln!(t, "];")?;
    Ok(t)
}

/// Écrit les blocs ; rend leurs numéros.
fn blocs(t: &mut String, blocs: &[Bloc]) -> Result<Vec<u8>> {
    writeln!(t, "\n/// Les blocs, dans l'ordre de l'arbre.")?;
    writeln!(t, "pub(crate) static BLOCS: [BlocNorme; {}] = [", blocs.len())?;
    let mut numeros = Vec::new();
    let mut rubrique = 0;
    for bloc in blocs {
        let debut = numeros.len();
        let numero =
            |code: &str| -> Result<usize> { Ok(code.rsplit('.').next().context("numéro")?.parse()?) };
        for (place, x) in bloc.rubriques.iter().enumerate() {
            let n = numero(&x.code)?;
            if n < NUMERO_DU_PORTAIL {
                if numeros.len() <= debut + n {
                    numeros.resize(debut + n + 1, 0);
                }
                numeros[debut + n] = u8::try_from(place + 1)?;
            }
        }
        let fin = rubrique + bloc.rubriques.len();
        writeln!(
            t,
            "    b(\"{}\", {:?}, {}, ({}, {:?}), ({rubrique}, {fin}), ({debut}, {})),",
            bloc.code,
            bloc.libelle,
            bloc.parent.unwrap_or(255),
            bloc.min,
            bloc.max,
            numeros.len() - debut
        )?;
        rubrique = fin;
    }
    writeln!(t, "];")?;
    Ok(numeros)
}

/// Cherche un multiplicateur qui met chaque bloc à une place à lui.
fn hachage(t: &mut String, blocs: &[Bloc]) -> Result<()> {
    let chiffres: Vec<u32> = blocs
        .iter()
        .map(|b| {
            b.code
                .chars()
                .filter(char::is_ascii_digit)
                .collect::<String>()
                .parse()
        })
        .collect::<Result<_, _>>()?;
    let place = |multiplicateur: u32, n: u32| n.wrapping_mul(multiplicateur) >> (32 - BITS);
    let multiplicateur = (1_u32..)
        .map(|i| i.wrapping_mul(0x9E37_79B1) | 1)
        .take(1_000_000)
        .find(|m| {
            let places: BTreeSet<u32> = chiffres.iter().map(|n| place(*m, *n)).collect();
            places.len() == chiffres.len()
        })
        .context("aucun hachage parfait")?;
    let mut table = vec![255_u8; 1 << BITS];
    for (rang, n) in chiffres.iter().enumerate() {
        table[usize::try_from(place(multiplicateur, *n))?] = u8::try_from(rang)?;
    }
    writeln!(
        t,
        "\n/// Le rang d'un bloc se trouve à la place (chiffres × ce nombre) >> DECALAGE de HACHAGE."
    )?;
    writeln!(t, "pub(super) const MULTIPLICATEUR: u32 = {multiplicateur};")?;
    writeln!(t, "/// Voir MULTIPLICATEUR.")?;
    writeln!(t, "pub(super) const DECALAGE: u32 = {};", 32 - BITS)?;
    octets(t, "Voir MULTIPLICATEUR ; 255 : aucun bloc.", "HACHAGE", &table)
}

fn octets(t: &mut String, quoi: &str, nom: &str, valeurs: &[u8]) -> Result<()> {
    writeln!(t, "\n/// {quoi}")?;
    writeln!(t, "pub(super) static {nom}: [u8; {}] = [", valeurs.len())?;
    for ligne in valeurs.chunks(32) {
        let ligne: Vec<String> = ligne.iter().map(u8::to_string).collect();
        writeln!(t, "    {},", ligne.join(", "))?;
    }
    writeln!(t, "];")?;
    Ok(())
}

fn couples<'a>(
    t: &mut String,
    nom: &str,
    couples: impl ExactSizeIterator<Item = (&'a String, &'a String)>,
) -> Result<()> {
    writeln!(
        t,
        "pub(super) static {nom}: [(&str, &str); {}] = [",
        couples.len()
    )?;
    for (a, b) in couples {
        writeln!(t, "    ({a:?}, {b:?}),")?;
    }
    writeln!(t, "];")?;
    Ok(())
}
