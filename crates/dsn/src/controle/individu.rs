//! Ce qui se contrôle d'un individu (S21.G00.30), de ses contrats (40, 41), affiliations (70, 71), versements (50) et
//! anciennetés (86).

use jiff::civil::Date;

use crate::rubrique::Rubrique;
use crate::valeur::Code;

use super::base::nul;
use super::declaration::{Declaration, caisse_cibtp};
use super::envoi::adresse;
use super::occurrence::Occurrence;
use super::{Controleur, ENSEMBLE_MAXIMAL, Sortie};

/// Les bases du bâtiment (S21.G00.78.001/CCH-11).
const CIBTP: [&[u8]; 6] = [b"21", b"34", b"35", b"36", b"39", b"40"];
const NIR: Rubrique = Rubrique::de("S21.G00.30.001");
const DEPARTEMENT: Rubrique = Rubrique::de("S21.G00.30.014");

/// L'individu en cours.
#[derive(Default)]
pub(super) struct Individu {
    ligne: u64,
    diplome: bool,
    apprenti: Option<u64>,
    contrats: Vec<Vec<u8>>,
    /// Affiliations (S21.G00.70.012), leur ligne, et si une base 31 les nomme.
    affiliations: Vec<(Vec<u8>, u64, bool)>,
    /// Caisse de congés payés : donnée, et du bâtiment (40.022) ; l'ancienne de même (41.023).
    caisse: (bool, bool),
    ancienne_caisse: (bool, bool),
    crpnpac: Option<u64>,
    base_crpnpac: bool,
    versements: Vec<(Option<Vec<u8>>, u64)>,
    anciennetes: Vec<[Vec<u8>; 2]>,
    /// Les périodes des bases 02 et 03 du versement en cours, dans le mois déclaré.
    plafonnees: Vec<((Date, Date), u64)>,
    deplafonnees: Vec<((Date, Date), u64)>,
}

impl Individu {
    /// Cette affiliation est-elle celle d'un de ses contrats ?
    pub(super) fn affilie(&self, identifiant: &[u8]) -> bool {
        self.affiliations.iter().any(|(id, ..)| id == identifiant)
    }

    /// Une base assujettie de l'individu.
    pub(super) fn assujettir(
        &mut self,
        sortie: &mut Sortie<'_>,
        d: &Declaration,
        o: &Occurrence,
        code: Option<Code<2>>,
    ) {
        let Some(code) = code else { return };
        let code = &code.octets()[..];
        let signalement = d.est(b"07");
        match code {
            b"31" => {
                if signalement {
                    sortie.norme("S21.G00.78.001/CCH-14", o.ligne(1));
                }
                if let Some(id) = o.valeur(5) {
                    let nommees = self.affiliations.iter_mut().filter(|(a, ..)| a == id);
                    nommees.for_each(|(_, _, nommee)| *nommee = true);
                }
            }
            b"02" | b"03" => {
                if let (Some(debut), Some(fin), Some((premier, dernier))) = (o.date(2), o.date(3), d.mois)
                    && debut >= premier
                    && fin <= dernier
                {
                    let periodes = if code == b"02" {
                        &mut self.plafonnees
                    } else {
                        &mut self.deplafonnees
                    };
                    if periodes.len() < ENSEMBLE_MAXIMAL {
                        periodes.push(((debut, fin), o.ligne(1)));
                    }
                }
            }
            b"41" | b"42" => self.base_crpnpac = true,
            b"20" => {
                if signalement && !self.caisse.0 {
                    sortie.norme("S21.G00.78.001/CCH-26", o.ligne(1));
                } else if !self.caisse.0 && !self.ancienne_caisse.0 {
                    sortie.norme("S21.G00.78.001/CCH-24", o.ligne(1));
                }
            }
            _ if CIBTP.contains(&code) => {
                if signalement && !self.caisse.1 {
                    sortie.norme("S21.G00.78.001/CCH-25", o.ligne(1));
                } else if !self.caisse.1 && !self.ancienne_caisse.1 {
                    sortie.norme("S21.G00.78.001/CCH-11", o.ligne(1));
                }
            }
            _ => {}
        }
    }

    fn vider(&mut self) {
        self.diplome = false;
        self.apprenti = None;
        self.contrats.clear();
        self.affiliations.clear();
        self.caisse = (false, false);
        self.ancienne_caisse = (false, false);
        self.crpnpac = None;
        self.base_crpnpac = false;
        self.versements.clear();
        self.anciennetes.clear();
        self.plafonnees.clear();
        self.deplafonnees.clear();
    }
}

/// Combien de 9 finissent une valeur.
fn neufs_a_la_fin(valeur: &[u8]) -> usize {
    valeur.iter().rev().take_while(|o| **o == b'9').count()
}

/// L'année d'une date de naissance dont le jour et le mois peuvent être inconnus.
fn annee(naissance: &[u8]) -> Option<i16> {
    std::str::from_utf8(naissance.get(4..8)?).ok()?.parse().ok()
}

/// Un département qui n'existait pas l'année de la naissance. Le 20 d'après 1976 est à part.
fn departement_impossible(departement: &[u8], annee: i16) -> bool {
    match departement {
        b"2A" | b"2B" => annee < 1976,
        b"96" => annee >= 1968,
        _ => false,
    }
}

impl Controleur<'_> {
    /// S21.G00.30 : l'individu.
    pub(super) fn individu_lu(&mut self) {
        let (o, sortie, d, i) = (
            &self.occurrence,
            &mut self.sortie,
            &mut self.declaration,
            &mut self.individu,
        );
        i.vider();
        i.ligne = o.ligne;
        i.diplome = o.a(25);
        let naissance = o.valeur(6).and_then(annee);
        if let Some(nir) = o.valeur(1) {
            nir_lu(sortie, d, o, nir, naissance);
        } else if !o.a(20) {
            sortie.norme("S21.G00.30.020/CCH-12", o.ligne);
        }
        if let (Some(annee), Some(constitution)) = (naissance, d.annee)
            && !(constitution - 120 < annee && annee <= constitution)
        {
            sortie.norme("S21.G00.30.006/CCH-12", o.ligne(6));
        }
        let departement = o.valeur(14);
        if departement.is_some_and(|d| d != b"99") && !o.a(7) {
            sortie.norme("S21.G00.30.007/CCH-11", o.ligne(14));
        }
        if departement == Some(b"99") && !o.a(7) && !o.a(29) {
            sortie.norme("S21.G00.30.029/CCH-11", o.ligne(14));
        }
        if let (Some(departement), Some(annee)) = (departement, naissance) {
            if departement_impossible(departement, annee) {
                sortie.norme("S21.G00.30.014/CCH-11", o.ligne(14));
            } else if departement == b"20" && annee >= 1976 {
                sortie.notre("INDIVIDU/departement-20", o.ligne(14), Some(DEPARTEMENT));
            }
        }
        adresse(
            sortie,
            o,
            [9, 10, 11, 12],
            ["S21.G00.30.009/CCH-12", "S21.G00.30.010/CCH-11"],
        );
        if let Some(ntt) = o.valeur(20) {
            if !matches!(ntt.first(), Some(b'1' | b'2')) {
                sortie.norme("S21.G00.30.020/CSL-11", o.ligne(20));
            }
            if ntt.contains(&b' ') {
                sortie.norme("S21.G00.30.020/CSL-12", o.ligne(20));
            }
            if d.siren.is_some() && ntt.get(1..10) != d.siren.as_deref() {
                sortie.norme("S21.G00.30.020/CCH-13", o.ligne(20));
            }
            if !unique(&mut d.ntts, ntt) {
                sortie.norme("S21.G00.30.020/CCH-14", o.ligne(20));
            }
        }
    }

    /// S21.G00.40 : un contrat.
    pub(super) fn contrat_lu(&mut self) {
        let (o, d, i) = (&self.occurrence, &mut self.declaration, &mut self.individu);
        if i.contrats.len() < ENSEMBLE_MAXIMAL {
            i.contrats.push(o.valeur(9).unwrap_or_default().to_vec());
        }
        if matches!(o.valeur(8), Some(b"64" | b"65" | b"81")) {
            i.apprenti.get_or_insert(o.ligne(8));
        }
        if let Some(caisse) = o.valeur(22) {
            i.caisse = (true, i.caisse.1 || caisse_cibtp(caisse));
        }
        d.adhesion_chomage |= matches!(o.valeur(29), Some(b"03" | b"04"));
        d.cnieg |= o.vaut(20, b"147");
    }

    /// S21.G00.41 : un changement de contrat.
    pub(super) fn changement_lu(&mut self) {
        if let Some(caisse) = self.occurrence.valeur(23) {
            let cibtp = caisse_cibtp(caisse) || caisse == b"99";
            let i = &mut self.individu;
            i.ancienne_caisse = (true, i.ancienne_caisse.1 || cibtp);
        }
    }

    /// S21.G00.70 : une affiliation de prévoyance.
    pub(super) fn affiliation_lue(&mut self) {
        let (o, d, i) = (&self.occurrence, &mut self.declaration, &mut self.individu);
        if let Some(id) = o.valeur(12)
            && i.affiliations.len() < ENSEMBLE_MAXIMAL
        {
            i.affiliations.push((id.to_vec(), o.ligne(12), false));
        }
        if d.est(b"08")
            && let Some(adhesion) = o.valeur(13)
            && d.affiliees.len() < ENSEMBLE_MAXIMAL
        {
            d.affiliees.insert(adhesion.to_vec());
        }
    }

    /// S21.G00.71 : un régime de retraite complémentaire.
    pub(super) fn retraite_lue(&mut self) {
        let o = &self.occurrence;
        if o.vaut(2, b"CRPNPAC") {
            self.individu.crpnpac.get_or_insert(o.ligne(2));
        }
    }

    /// S21.G00.50 : un versement à l'individu.
    pub(super) fn paie_lue(&mut self) {
        let (o, sortie, d, i) = (
            &self.occurrence,
            &mut self.sortie,
            &self.declaration,
            &mut self.individu,
        );
        i.plafonnees.clear();
        i.deplafonnees.clear();
        if let (Some(jour), Some((_, fin))) = (o.date(1), d.mois)
            && fin.tomorrow().is_ok_and(|suivant| jour > suivant.last_of_month())
        {
            sortie.norme("S21.G00.50.001/CCH-13", o.ligne(1));
        }
        let numero = o.valeur(3).map(<[u8]>::to_vec);
        if numero.is_some() && i.versements.iter().any(|(n, _)| *n == numero) {
            sortie.norme("S21.G00.50.003/CCH-11", o.ligne(3));
        }
        if i.versements.len() < ENSEMBLE_MAXIMAL {
            i.versements.push((numero, o.ligne));
        }
        if o.vaut(7, b"99") && !(nul(o.montant(6)) && nul(o.montant(9))) {
            sortie.norme("S21.G00.50.007/CCH-11", o.ligne(7));
        }
        if o.vaut(7, b"01") && !o.a(8) {
            sortie.norme("S21.G00.50.008/CCH-11", o.ligne(7));
        }
    }

    /// Le versement à l'individu est entier : ses assiettes plafonnée et déplafonnée vont-elles ensemble ?
    pub(super) fn paie_finie(&mut self) {
        let i = &self.individu;
        for (unes, autres) in [(&i.plafonnees, &i.deplafonnees), (&i.deplafonnees, &i.plafonnees)] {
            for (_, ligne) in unes.iter().filter(|(p, _)| !autres.iter().any(|(q, _)| p == q)) {
                self.sortie.norme("S21.G00.78.001/SIG-19", *ligne);
            }
        }
    }

    /// S21.G00.86 : une ancienneté.
    pub(super) fn anciennete_lue(&mut self) {
        let (o, sortie, i) = (&self.occurrence, &mut self.sortie, &mut self.individu);
        let valeur = o
            .valeur(3)
            .and_then(|v| std::str::from_utf8(v).ok()?.parse::<u32>().ok());
        if let Some(valeur) = valeur {
            let borne = match o.valeur(2) {
                Some(b"01") => 36_234,
                Some(b"02") => 1188,
                Some(b"03") => 99,
                _ => u32::MAX,
            };
            if valeur >= borne {
                sortie.norme("S21.G00.86.003/CCH-11", o.ligne(3));
            }
            if valeur == 0 && matches!(o.valeur(1), Some(b"02" | b"03" | b"04" | b"06" | b"07")) {
                sortie.norme("S21.G00.86.003/CCH-12", o.ligne(3));
            }
        }
        if let (Some(genre), Some(contrat)) = (o.valeur(1), o.valeur(5)) {
            let anciennete = [genre.to_vec(), contrat.to_vec()];
            if i.anciennetes.contains(&anciennete) {
                sortie.norme("S21.G00.86.001/CCH-13", o.ligne(1));
            } else if i.anciennetes.len() < ENSEMBLE_MAXIMAL {
                i.anciennetes.push(anciennete);
            }
            if !i.contrats.iter().any(|c| c == contrat) {
                sortie.norme("S21.G00.86.005/CCH-11", o.ligne(5));
            }
        }
    }

    /// L'individu est entier.
    pub(super) fn individu_fini(&mut self) {
        let (sortie, d, i) = (&mut self.sortie, &self.declaration, &self.individu);
        if let Some(ligne) = i.apprenti.filter(|_| !i.diplome) {
            sortie.norme("S21.G00.30.025/CCH-11", ligne);
        }
        if d.mensuelle() {
            for (_, ligne, _) in i.affiliations.iter().filter(|(_, _, nommee)| !nommee) {
                sortie.norme("S21.G00.78.001/CCH-13", *ligne);
            }
        }
        if let Some(ligne) = i.crpnpac.filter(|_| !i.base_crpnpac) {
            sortie.norme("S21.G00.78.001/SIG-18", ligne);
        }
        if i.versements.len() > 1 {
            for (_, ligne) in i.versements.iter().filter(|(numero, _)| numero.is_none()) {
                sortie.norme("S21.G00.50.003/CCH-12", *ligne);
            }
        }
    }
}

/// Le NIR d'un individu.
fn nir_lu(sortie: &mut Sortie<'_>, d: &mut Declaration, o: &Occurrence, nir: &[u8], naissance: Option<i16>) {
    let ligne = o.ligne(1);
    match neufs_a_la_fin(nir) {
        12.. => sortie.norme("S21.G00.30.001/CCH-13", ligne),
        6.. => sortie.norme("S21.G00.30.001/CCH-16", ligne),
        _ => {}
    }
    if let (Some(departement), Some(annee)) = (nir.get(5..7), naissance)
        && departement_impossible(departement, annee)
    {
        sortie.norme("S21.G00.30.001/CCH-11", ligne);
    } else if nir.get(5..7) == Some(b"20") && naissance.is_some_and(|a| a >= 1976) {
        sortie.notre("INDIVIDU/nir-20", ligne, Some(NIR));
    }
    let millesime = nir
        .get(1..3)
        .and_then(|a| std::str::from_utf8(a).ok()?.parse::<i16>().ok());
    if let (Some(millesime), Some(annee)) = (millesime, naissance)
        && neufs_a_la_fin(nir) < 6
        && annee % 100 != millesime
    {
        sortie.norme("S21.G00.30.006/CCH-11", o.ligne(6));
    }
    if let Some((metier, ligne)) = &d.metier
        && metier == nir
    {
        sortie.norme("S20.G00.05.009/CCH-11", *ligne);
    }
    if !unique(&mut d.nirs, nir) {
        sortie.norme("S21.G00.30.001/CCH-14", ligne);
    }
}

/// Ajoute un identifiant ; faux s'il y était déjà.
fn unique(ensemble: &mut std::collections::HashSet<Vec<u8>>, identifiant: &[u8]) -> bool {
    if ensemble.contains(identifiant) {
        return false;
    }
    if ensemble.len() < ENSEMBLE_MAXIMAL {
        ensemble.insert(identifiant.to_vec());
    }
    true
}
