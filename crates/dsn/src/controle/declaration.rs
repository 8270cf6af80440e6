//! Ce qui se contrôle d'une déclaration : S20.G00.05, l'entreprise (06), l'établissement (11) et ce qui en dépend
//! (12, 13, 15, 82, 85).

use std::collections::HashSet;

use jiff::civil::Date;

use crate::rubrique::Bloc;
use crate::valeur::{Code, mois};

use super::cles::{self, FauteDeCompte};
use super::envoi::{adresse, cle_siren};
use super::{Controleur, ENSEMBLE_MAXIMAL};

/// Une adhésion de prévoyance (S21.G00.15) : de quoi la reconnaître dans un versement ou une cotisation.
pub(super) struct Adhesion {
    pub(super) reference: Option<Vec<u8>>,
    pub(super) organisme: Vec<u8>,
    pub(super) delegataire: Option<Vec<u8>>,
    identifiant: Vec<u8>,
    ligne: u64,
}

/// Une cotisation d'établissement dont une autre doit exister (contribution OETH, codes 065 à 068).
struct Oeth {
    code: Code<3>,
    periode: (Vec<u8>, Vec<u8>),
    ligne: u64,
}

/// La déclaration en cours.
#[derive(Default)]
pub(super) struct Declaration {
    ligne: u64,
    nature: Option<Code<2>>,
    genre: Option<Code<2>>,
    /// Premier et dernier jours du mois principal déclaré.
    pub(super) mois: Option<(Date, Date)>,
    /// L'année où le fichier est constitué.
    pub(super) annee: Option<i16>,
    /// La ligne de la devise, si c'est le franc Pacifique.
    franc_pacifique: Option<u64>,
    evenement: Option<(Code<2>, u64)>,
    pub(super) metier: Option<(Vec<u8>, u64)>,
    pub(super) siren: Option<Vec<u8>>,
    pub(super) siret: Option<[u8; 14]>,
    /// La nature juridique de l'employeur (S21.G00.11.017) est donnée.
    nature_juridique: bool,
    ligne_etablissement: u64,
    pub(super) individus: u64,
    non_salaries: u64,
    adhesions_vues: bool,
    lieux_vus: bool,
    contrats_vus: bool,
    anciennetes_vues: bool,
    pub(super) adhesions: Vec<Adhesion>,
    /// Les adhésions auxquelles un individu est affilié (S21.G00.70.013).
    pub(super) affiliees: HashSet<Vec<u8>>,
    /// Les couples de coordonnées bancaires spécifiques, par usage.
    comptes: Vec<[Vec<u8>; 3]>,
    oeth: Vec<Oeth>,
    pub(super) nirs: HashSet<Vec<u8>>,
    pub(super) ntts: HashSet<Vec<u8>>,
    /// Un contrat adhère à l'assurance chômage (S21.G00.40.029 = 03 ou 04).
    pub(super) adhesion_chomage: bool,
    /// Un contrat est au régime des industries électriques et gazières.
    pub(super) cnieg: bool,
    /// Les versements à la CNIEG : leurs lignes.
    pub(super) versements_cnieg: Vec<u64>,
}

impl Declaration {
    /// Une DSN mensuelle : l'arbre de la norme est le sien.
    pub(super) fn mensuelle(&self) -> bool {
        self.est(b"01")
    }

    /// La nature de la déclaration est celle-ci.
    pub(super) fn est(&self, nature: &[u8; 2]) -> bool {
        self.nature.is_some_and(|n| n.octets() == nature)
    }

    /// Le type de la déclaration est l'un de ceux-ci.
    fn de_type(&self, genres: &[&[u8; 2]]) -> bool {
        self.genre.is_some_and(|g| genres.contains(&g.octets()))
    }

    /// Une date est après le mois principal déclaré.
    pub(super) fn apres(&self, jour: Option<Date>) -> bool {
        matches!((jour, self.mois), (Some(jour), Some((_, fin))) if jour > fin)
    }

    /// Une période n'est pas tout entière avant le mois principal déclaré.
    pub(super) fn pas_anterieure(&self, fin: Option<Date>) -> bool {
        matches!((fin, self.mois), (Some(jour), Some((debut, _))) if jour >= debut)
    }
}

/// Le code est l'un de ceux que la norme énumère, par plages de nombres.
fn parmi(code: &Code<3>, plages: &[std::ops::RangeInclusive<u16>]) -> bool {
    code.as_str()
        .parse()
        .is_ok_and(|n| plages.iter().any(|p| p.contains(&n)))
}

/// Les codes de cotisation d'établissement de la prévoyance.
const PREVOYANCE: [std::ops::RangeInclusive<u16>; 4] = [1..=20, 36..=40, 46..=46, 90..=90];
/// Ceux de S21.G00.82.003/CCH-11 : les mêmes, moins 008 et 013 à 016.
const PREVOYANCE_DATEE: [std::ops::RangeInclusive<u16>; 6] =
    [1..=7, 9..=12, 17..=20, 36..=40, 46..=46, 90..=90];
/// Ceux de S21.G00.82.003/CCH-12.
const AUTRES_DATES: [std::ops::RangeInclusive<u16>; 4] = [21..=35, 41..=45, 47..=50, 54..=54];
/// Ceux de S21.G00.82.002/CCH-14.
const SANS_PREVOYANCE: [std::ops::RangeInclusive<u16>; 4] = [21..=23, 25..=35, 41..=45, 47..=50];
/// Ceux de S21.G00.82.002/CCH-21.
const OETH: [std::ops::RangeInclusive<u16>; 2] = [60..=68, 71..=73];

/// Une caisse de congés payés du bâtiment, 01 à 37.
pub(super) fn caisse_cibtp(valeur: &[u8]) -> bool {
    valeur.len() == 2 && matches!(std::str::from_utf8(valeur).map(str::parse), Ok(Ok(1_u8..=37)))
}

impl Controleur<'_> {
    /// S20.G00.05 : la déclaration.
    pub(super) fn declaration_lue(&mut self) {
        let (o, sortie, d) = (&self.occurrence, &mut self.sortie, &mut self.declaration);
        *d = Declaration {
            ligne: o.ligne,
            nature: o.code(1),
            genre: o.code(2),
            mois: o.valeur(5).and_then(mois).map(|m| (m.debut(), m.fin())),
            annee: o.date(7).map(Date::year),
            franc_pacifique: o.vaut(10, b"02").then(|| o.ligne(10)),
            evenement: o.code(11).map(|e| (e, o.ligne(11))),
            metier: o.valeur(9).map(|m| (m.to_vec(), o.ligne(9))),
            ..Declaration::default()
        };
        let sans_individu = d.de_type(&[b"02", b"05"]);
        self.envoi.declarer(d.mensuelle() && sans_individu);
        if self.envoi.identifier(o) {
            sortie.norme("S20.G00.05.002/CCH-11", o.ligne(2));
        }
        let signalement = d.nature.is_some() && !d.mensuelle();
        let annulable = d.est(b"07") || d.est(b"08") || d.est(b"09");
        if d.nature.is_some() && d.de_type(&[b"04"]) && !annulable {
            sortie.norme("S20.G00.05.002/CCH-13", o.ligne(2));
        }
        if signalement && sans_individu {
            sortie.norme("S20.G00.05.002/CCH-14", o.ligne(2));
        }
        if d.est(b"08") && d.de_type(&[b"03"]) {
            sortie.norme("S20.G00.05.002/CCH-15", o.ligne(2));
        }
        let evenement = [b"04", b"05", b"07", b"08"].iter().any(|n| d.est(n));
        if evenement && o.valeur(3).is_some_and(|v| v != b"11") {
            sortie.norme("S20.G00.05.003/CCH-11", o.ligne(3));
        }
        if matches!(o.valeur(3), Some([n, f]) if n > f) {
            sortie.notre("VALEUR/fraction", o.ligne(3), "S20.G00.05.003".parse().ok());
        }
        if o.a(6) && d.genre.is_some() && !d.de_type(&[b"03", b"04"]) {
            sortie.norme("S20.G00.05.006/CCH-12", o.ligne(6));
        }
        let depot = self.envoi.depot.map(|c| *c.octets());
        if o.vaut(8, b"02") && depot == Some(*b"01") {
            sortie.norme("S20.G00.05.008/CCH-11", o.ligne(8));
        }
        if o.vaut(8, b"03") && depot == Some(*b"02") {
            sortie.norme("S20.G00.05.008/CCH-12", o.ligne(8));
        }
        if (o.vaut(11, b"02") || o.vaut(11, b"07")) && !o.a(12) {
            sortie.norme("S20.G00.05.012/CCH-11", o.ligne(11));
        }
        if o.valeur(12).is_some_and(|v| v.len() == 14 && !cles::siret(v)) {
            sortie.norme("S20.G00.05.012/CSL-12", o.ligne(12));
        }
    }

    /// Un bloc d'une déclaration commence.
    pub(super) fn bloc_de_declaration(&mut self, bloc: Bloc) {
        let d = &mut self.declaration;
        match bloc.chiffres() {
            210_015 => d.adhesions_vues = true,
            210_030 => d.individus += 1,
            210_040 => d.contrats_vus = true,
            210_085 => d.lieux_vus = true,
            210_086 => d.anciennetes_vues = true,
            890_091 => d.non_salaries += 1,
            _ => {}
        }
    }

    /// La déclaration est entière.
    pub(super) fn declaration_finie(&mut self) {
        self.sortie.bilan.declarations += 1;
        let d = std::mem::take(&mut self.declaration);
        let sortie = &mut self.sortie;
        let individus = d.individus + d.non_salaries;
        if d.de_type(&[b"01", b"03"]) && individus == 0 {
            sortie.norme("S20.G00.05.002/CCH-16", d.ligne);
        }
        if d.est(b"08") {
            if individus != 1 {
                sortie.norme("S20.G00.05.001/CCH-11", d.ligne);
            }
            if d.non_salaries > 0 && !d.nirs.is_empty() {
                sortie.norme("S21.G00.30.001/CCH-15", d.ligne);
            }
            if d.non_salaries > 0 && !d.ntts.is_empty() {
                sortie.norme("S21.G00.30.020/CCH-15", d.ligne);
            }
            if d.adhesions_vues && !d.anciennetes_vues {
                sortie.norme("S20.G00.05.001/CCH-12", d.ligne);
            }
            for a in d
                .adhesions
                .iter()
                .filter(|a| !d.affiliees.contains(&a.identifiant))
            {
                sortie.norme("S20.G00.05.001/CCH-13", a.ligne);
            }
        }
        if let Some((evenement, ligne)) = d.evenement {
            let code = evenement.octets();
            if (code == b"06") != (d.non_salaries > 0) {
                sortie.norme("S20.G00.05.011/CCH-11", ligne);
            }
            if [b"03", b"04", b"05"].contains(&code) && !d.adhesions_vues {
                sortie.norme("S20.G00.05.011/CCH-12", ligne);
            }
            if [b"06", b"07"].contains(&code) && (d.adhesions_vues || d.lieux_vus) {
                sortie.norme("S20.G00.05.011/CCH-13", ligne);
            }
            if code == b"07" && (d.contrats_vus || d.anciennetes_vues) {
                sortie.norme("S20.G00.05.011/CCH-14", ligne);
            }
        }
        if d.adhesion_chomage && !d.nature_juridique {
            sortie.norme("S21.G00.11.017/CCH-11", d.ligne_etablissement);
        }
        if !d.cnieg {
            for ligne in &d.versements_cnieg {
                sortie.norme("S21.G00.20.002/CCH-12", *ligne);
            }
        }
    }

    /// S21.G00.06 : l'entreprise.
    pub(super) fn entreprise_lue(&mut self) {
        let (o, sortie, d) = (&self.occurrence, &mut self.sortie, &mut self.declaration);
        cle_siren(sortie, o, 1, "S21.G00.06.001/CSL-11");
        if let (Some(siren), Some(nic)) = (o.valeur(1), o.valeur(2))
            && cles::siren(siren)
            && cles::joindre(siren, nic).is_none_or(|s| !cles::siret(&s))
        {
            sortie.norme("S21.G00.06.002/CSL-11", o.ligne(2));
        }
        d.siren = o.valeur(1).map(<[u8]>::to_vec);
        adresse(
            sortie,
            o,
            [5, 6, 10, 11],
            ["S21.G00.06.005/CCH-11", "S21.G00.06.006/CCH-11"],
        );
        if o.a(10) && !o.a(12) {
            sortie.norme("S21.G00.06.012/SIG-11", o.ligne(10));
        }
        if let Some(ligne) = d.franc_pacifique
            && !matches!(o.valeur(5), Some([b'9', b'8', b'6' | b'7' | b'8', ..]))
        {
            sortie.norme("S20.G00.05.010/SIG-11", ligne);
        }
    }

    /// S21.G00.11 : l'établissement.
    pub(super) fn etablissement_lu(&mut self) {
        let (o, sortie, d) = (&self.occurrence, &mut self.sortie, &mut self.declaration);
        d.ligne_etablissement = o.ligne;
        d.nature_juridique = o.a(17);
        d.siret = d
            .siren
            .as_ref()
            .zip(o.valeur(1))
            .and_then(|(siren, nic)| cles::joindre(siren, nic));
        if d.siren.as_ref().is_some_and(|s| cles::siren(s)) && d.siret.is_some_and(|s| !cles::siret(&s)) {
            sortie.norme("S21.G00.11.001/CSL-12", o.ligne(1));
        }
        adresse(
            sortie,
            o,
            [4, 5, 15, 16],
            ["S21.G00.11.004/CCH-11", "S21.G00.11.005/CCH-11"],
        );
        if self.envoi.tese && d.mensuelle() && !o.a(19) {
            sortie.norme("S21.G00.11.019/SIG-11", o.ligne);
        }
        if o.a(24) && !d.de_type(&[b"02", b"05"]) {
            sortie.norme("S21.G00.11.024/CCH-11", o.ligne(24));
        }
    }

    /// S21.G00.12 : des coordonnées bancaires spécifiques.
    pub(super) fn compte_lu(&mut self) {
        let (o, sortie, d) = (&self.occurrence, &mut self.sortie, &mut self.declaration);
        if o.vaut(1, b"01") {
            if !d.est(b"08") {
                sortie.norme("S21.G00.12.001/CCH-11", o.ligne(1));
            }
            if d.evenement.is_none_or(|(e, _)| e.octets() != b"01") {
                sortie.norme("S21.G00.12.001/CCH-12", o.ligne(1));
            }
        }
        let compte = [1, 2, 3].map(|n| o.valeur(n).unwrap_or_default().to_vec());
        if d.comptes
            .iter()
            .any(|c| c[0] == compte[0] && c[1..] != compte[1..])
        {
            sortie.norme("S21.G00.12.001/CCH-13", o.ligne(1));
        }
        if d.comptes.len() < ENSEMBLE_MAXIMAL {
            d.comptes.push(compte);
        }
        match o.valeur(3).and_then(cles::compte) {
            Some(FauteDeCompte::Iban) => sortie.norme("S21.G00.12.003/CSL-11", o.ligne(3)),
            Some(FauteDeCompte::Bban) => sortie.norme("S21.G00.12.003/CSL-12", o.ligne(3)),
            None => {}
        }
    }

    /// S21.G00.13 : le complément OETH.
    pub(super) fn complement_lu(&mut self) {
        let (o, sortie, d) = (&self.occurrence, &mut self.sortie, &self.declaration);
        if o.a(2) != o.a(3) {
            sortie.norme("S21.G00.13.003/CCH-11", o.ligne);
        }
        let millesime = o
            .valeur(4)
            .and_then(|v| std::str::from_utf8(v).ok()?.parse::<i16>().ok());
        if let (Some(millesime), Some((debut, _))) = (millesime, d.mois)
            && millesime > debut.year()
        {
            sortie.norme("S21.G00.13.004/CCH-11", o.ligne(4));
        }
        if o.a(4) && !o.a(1) && !o.a(2) && !o.a(3) {
            sortie.norme("S21.G00.13.004/CCH-12", o.ligne(4));
        }
    }

    /// S21.G00.15 : une adhésion de prévoyance.
    pub(super) fn adhesion_lue(&mut self) {
        let (o, d) = (&self.occurrence, &mut self.declaration);
        if d.adhesions.len() < ENSEMBLE_MAXIMAL {
            d.adhesions.push(Adhesion {
                reference: o.valeur(1).map(<[u8]>::to_vec),
                organisme: o.valeur(2).unwrap_or_default().to_vec(),
                delegataire: o.valeur(3).map(<[u8]>::to_vec),
                identifiant: o.valeur(5).unwrap_or_default().to_vec(),
                ligne: o.ligne,
            });
        }
    }

    /// S21.G00.82 : une cotisation d'établissement.
    pub(super) fn cotisation_etablissement_lue(&mut self) {
        let (o, sortie, d) = (&self.occurrence, &mut self.sortie, &mut self.declaration);
        if d.pas_anterieure(o.date(4)) && o.a(6) {
            sortie.norme("S21.G00.82.006/CCH-11", o.ligne(6));
        }
        let Some(code) = o.code::<3>(2) else { return };
        let reference = o.valeur(5);
        let adhesion = reference.is_some_and(|r| d.adhesions.iter().any(|a| a.identifiant == r));
        let cibtp = reference.is_some_and(caisse_cibtp);
        if (adhesion || cibtp) && parmi(&code, &SANS_PREVOYANCE) {
            sortie.norme("S21.G00.82.002/CCH-14", o.ligne(2));
        }
        if parmi(&code, &PREVOYANCE) && !adhesion && d.adhesions.len() < ENSEMBLE_MAXIMAL {
            sortie.norme("S21.G00.82.005/CCH-14", o.ligne(5));
        }
        if matches!(code.octets(), b"024" | b"054") && !cibtp {
            sortie.norme("S21.G00.82.005/CCH-12", o.ligne(5));
        }
        let (debut, fin) = (o.date(3), o.date(4));
        if parmi(&code, &PREVOYANCE_DATEE)
            && let (Some(debut), Some((_, fin_du_mois))) = (debut, d.mois)
            && fin_du_mois
                .tomorrow()
                .is_ok_and(|suivant| debut > suivant.last_of_month())
        {
            sortie.norme("S21.G00.82.003/CCH-11", o.ligne(3));
        }
        if parmi(&code, &AUTRES_DATES) && d.apres(debut) {
            sortie.norme("S21.G00.82.003/CCH-12", o.ligne(3));
        }
        if parmi(&code, &OETH) {
            if matches!((debut, fin), (Some(debut), Some(fin)) if debut.year() != fin.year()) {
                sortie.norme("S21.G00.82.002/CCH-21", o.ligne(2));
            }
            if parmi(&code, &[65..=68]) && d.oeth.len() < ENSEMBLE_MAXIMAL {
                let periode = [3, 4].map(|n| o.valeur(n).unwrap_or_default().to_vec());
                let [debut, fin] = periode;
                let periode = (debut, fin);
                let ligne = o.ligne(2);
                d.oeth.push(Oeth { code, periode, ligne });
            }
        }
    }

    /// L'établissement est entier : les contributions OETH vont-elles par deux ?
    pub(super) fn etablissement_fini(&mut self) {
        let oeth = std::mem::take(&mut self.declaration.oeth);
        for (un, autre, controle) in [
            (b"065", b"066", "S21.G00.82.002/CCH-22"),
            (b"066", b"067", "S21.G00.82.002/CCH-23"),
            (b"068", b"065", "S21.G00.82.002/CCH-24"),
        ] {
            for seule in oeth
                .iter()
                .filter(|c| c.code.octets() == un || c.code.octets() == autre)
            {
                let pareille = if seule.code.octets() == un { autre } else { un };
                if !oeth
                    .iter()
                    .any(|c| c.code.octets() == pareille && c.periode == seule.periode)
                {
                    self.sortie.norme(controle, seule.ligne);
                }
            }
        }
    }

    /// S21.G00.85 : un lieu de travail.
    pub(super) fn lieu_lu(&mut self) {
        let (o, sortie) = (&self.occurrence, &mut self.sortie);
        if o.vaut(10, b"01") {
            if let Some(id) = o.valeur(1) {
                if !id.get(..9).is_some_and(cles::siren) {
                    sortie.norme("S21.G00.85.001/CCH-11", o.ligne(1));
                } else if !cles::siret(id) {
                    sortie.norme("S21.G00.85.001/CCH-12", o.ligne(1));
                }
            }
            if !o.a(2) {
                sortie.norme("S21.G00.85.002/CCH-11", o.ligne);
            }
        }
        if o.vaut(10, b"03") && o.valeur(1).is_some_and(cles::siret) {
            sortie.norme("S21.G00.85.001/CCH-13", o.ligne(1));
        }
        adresse(
            sortie,
            o,
            [4, 5, 6, 7],
            ["S21.G00.85.004/CCH-12", "S21.G00.85.005/CCH-11"],
        );
        if !o.a(6) && !o.a(11) {
            sortie.norme("S21.G00.85.011/CCH-11", o.ligne);
        }
    }
}
