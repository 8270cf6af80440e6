//! Ce qui se contrôle d'un versement (S21.G00.20) et de ses composants (S21.G00.55).

use jiff::civil::Date;
use valeurs::Montant;

use super::Controleur;
use super::cles::{self, FauteDeCompte};

/// Le versement en cours.
#[derive(Default)]
pub(super) struct Versement {
    ligne: u64,
    ligne_montant: u64,
    organisme: Vec<u8>,
    delegataire: Option<Vec<u8>>,
    /// L'organisme est de prévoyance.
    prevoyance: bool,
    montant: Option<Montant>,
    fin: Option<Date>,
    /// Le payeur est absent, ou l'établissement lui-même.
    paye_par_soi: bool,
    composants: u64,
    /// La somme des composants ; `None` si un montant est illisible.
    somme: Option<Montant>,
}

/// Un organisme de prévoyance, à la forme de son code (S21.G00.20.008/CCH-11 à 14) : institution (P et quatre
/// caractères), assureur (A et cinq), mutuelle ou autre (neuf caractères).
fn de_prevoyance(organisme: &[u8]) -> bool {
    match organisme {
        [b'P', ..] => organisme.len() == 5,
        [b'A', ..] => organisme.len() == 6 || organisme.len() == 9,
        _ => organisme.len() == 9,
    }
}

/// Une caisse de MSA.
fn de_la_msa(organisme: &[u8]) -> bool {
    organisme.starts_with(b"DMSA")
}

/// Le montant au-delà duquel la DGFIP refuse un versement.
const MAXIMUM_DGFIP: Montant = Montant::de_centimes(999_999_999_00);

impl Controleur<'_> {
    /// S21.G00.20 : le versement.
    pub(super) fn versement_lu(&mut self) {
        let (o, sortie, d) = (&self.occurrence, &mut self.sortie, &mut self.declaration);
        let organisme = o.valeur(1).unwrap_or_default();
        let dgfip = organisme == b"DGFIP";
        let prevoyance = de_prevoyance(organisme);
        let payeur = o.valeur(12);
        let autre_payeur = matches!((payeur, d.siret.as_ref()), (Some(p), Some(s)) if p != s);
        let montant = o.montant(5);
        let non_nul = montant.is_some_and(|m| !m.est_nul());
        if dgfip && !(o.vaut(2, b"DGFIP_PAS") || o.vaut(2, b"DGFIP_SATD")) {
            sortie.norme("S21.G00.20.002/CCH-11", o.ligne(1));
        }
        if matches!(
            o.valeur(2),
            Some(b"CNIEG_COT_RS" | b"CNIEG_COT_POOL" | b"CNIEG_COT_RDC")
        ) {
            d.versements_cnieg.push(o.ligne(2));
        }
        if autre_payeur && o.a(3) {
            sortie.norme("S21.G00.20.003/CCH-12", o.ligne(3));
        }
        if autre_payeur && o.a(4) {
            sortie.norme("S21.G00.20.004/CCH-12", o.ligne(4));
        }
        if let Some(iban) = o.valeur(4) {
            match cles::compte(iban) {
                Some(FauteDeCompte::Iban) => sortie.norme("S21.G00.20.004/CSL-11", o.ligne(4)),
                Some(FauteDeCompte::Bban) => sortie.norme("S21.G00.20.004/CSL-13", o.ligne(4)),
                None => {}
            }
            if de_la_msa(organisme) && !iban.starts_with(b"FR") {
                sortie.norme("S21.G00.20.004/CCH-13", o.ligne(4));
            }
        }
        if dgfip && montant.is_some_and(|m| m > MAXIMUM_DGFIP) {
            sortie.norme("S21.G00.20.005/CCH-13", o.ligne(5));
        }
        let (debut, fin) = (o.date(6), o.date(7));
        if matches!((debut, fin), (Some(debut), Some(fin)) if fin < debut) {
            sortie.norme("S21.G00.20.007/CCH-11", o.ligne(7));
        }
        if d.apres(fin) {
            sortie.norme("S21.G00.20.007/CCH-13", o.ligne(7));
        }
        if o.a(8) && !prevoyance && !organisme.is_empty() {
            sortie.norme("S21.G00.20.008/CCH-15", o.ligne(8));
        }
        let sepa = o.vaut(10, b"05");
        let par_un_autre = o.vaut(10, b"06");
        if sepa && !o.a(4) {
            sortie.norme("S21.G00.20.010/CCH-12", o.ligne(10));
        }
        if dgfip && !sepa && !par_un_autre {
            sortie.norme("S21.G00.20.010/CCH-14", o.ligne(10));
        }
        if sepa && !o.a(3) {
            sortie.norme("S21.G00.20.010/SIG-13", o.ligne(10));
        }
        if autre_payeur && !par_un_autre {
            sortie.norme("S21.G00.20.010/SIG-14", o.ligne(10));
        }
        if autre_payeur && non_nul && (prevoyance || dgfip) {
            sortie.norme("S21.G00.20.012/CCH-11", o.ligne(12));
        }
        if par_un_autre && d.siret.is_some() && !autre_payeur {
            sortie.norme("S21.G00.20.012/CCH-12", o.ligne(10));
        }
        if dgfip && sepa && o.a(12) {
            sortie.norme("S21.G00.20.012/CCH-13", o.ligne(12));
        }
        if let (true, Some(payeur), Some(siren)) = (dgfip, payeur, d.siren.as_deref())
            && !payeur.starts_with(siren)
        {
            sortie.norme("S21.G00.20.012/CCH-14", o.ligne(12));
        }
        if payeur.is_some_and(|p| p.len() == 14 && !cles::siret(p)) {
            sortie.notre("CLE/siret-payeur", o.ligne(12), "S21.G00.20.012".parse().ok());
        }
        if o.a(13) && d.pas_anterieure(fin) {
            sortie.norme("S21.G00.20.013/CCH-11", o.ligne(13));
        }
        if o.vaut(2, b"DGFIP_SATD") && !o.a(14) {
            sortie.norme("S21.G00.20.014/CCH-11", o.ligne(2));
        }
        self.versement = Versement {
            ligne: o.ligne,
            ligne_montant: o.ligne(5),
            organisme: organisme.to_vec(),
            delegataire: o.valeur(8).map(<[u8]>::to_vec),
            prevoyance,
            montant,
            fin,
            paye_par_soi: !autre_payeur,
            composants: 0,
            somme: Some(Montant::ZERO),
        };
    }

    /// S21.G00.55 : un composant de versement.
    pub(super) fn composant_lu(&mut self) {
        let (o, sortie, d, v) = (
            &self.occurrence,
            &mut self.sortie,
            &self.declaration,
            &mut self.versement,
        );
        v.composants += 1;
        v.somme = v.somme.zip(o.montant(1)).and_then(|(s, m)| s.checked_add(m).ok());
        if let Some(affectation) = o.valeur(3)
            && !d.adhesions.iter().any(|a| {
                a.organisme == v.organisme
                    && a.delegataire == v.delegataire
                    && a.reference.as_deref() == Some(affectation)
            })
        {
            sortie.norme("S21.G00.55.003/CCH-11", o.ligne(3));
        }
        if let (Some(periode), Some((_, fin))) = (o.valeur(4), d.mois)
            && trop_tard(periode, fin)
        {
            sortie.norme("S21.G00.55.004/CCH-11", o.ligne(4));
        }
        if o.a(5) && d.pas_anterieure(v.fin) {
            sortie.norme("S21.G00.55.005/CCH-11", o.ligne(5));
        }
    }

    /// Le versement est entier.
    pub(super) fn versement_fini(&mut self) {
        let v = std::mem::take(&mut self.versement);
        if !v.prevoyance {
            return;
        }
        let sortie = &mut self.sortie;
        let non_nul = v.montant.is_some_and(|m| !m.est_nul());
        if v.composants == 0 && (non_nul || v.paye_par_soi) {
            sortie.norme("S21.G00.20.001/CCH-12", v.ligne);
        }
        let adherent =
            |a: &super::declaration::Adhesion| a.organisme == v.organisme && a.delegataire == v.delegataire;
        if v.composants == 0 && !self.declaration.adhesions.iter().any(adherent) {
            sortie.norme("S21.G00.20.001/CCH-13", v.ligne);
        }
        let attendu = v.somme.map(|s| if s.est_negatif() { Montant::ZERO } else { s });
        if v.composants > 0 && attendu.is_some() && v.montant.is_some() && attendu != v.montant {
            sortie.norme("S21.G00.20.005/CCH-12", v.ligne_montant);
        }
    }
}

/// Une période d'affectation (`2026M01`, `2026T01`, `2026S01`, `2026A00`) est après celle qui suit la dernière période
/// révolue à la fin du mois déclaré.
fn trop_tard(periode: &[u8], fin: Date) -> bool {
    let Some((annee, [genre, n @ ..])) = periode.split_at_checked(4) else {
        return false;
    };
    let nombre = |v: &[u8]| std::str::from_utf8(v).ok()?.parse::<i32>().ok();
    let mois_par_periode = match genre {
        b'M' => 1,
        b'T' => 3,
        b'S' => 6,
        b'A' => 12,
        _ => return false,
    };
    let (Some(annee), Some(n)) = (nombre(annee), nombre(n)) else {
        return false;
    };
    let par_an = 12 / mois_par_periode;
    let rang = annee * par_an + (n - 1).max(0);
    // Les périodes révolues à la fin du mois : la suivante porte ce numéro.
    let revolues = (i32::from(fin.year()) * 12 + i32::from(fin.month())) / mois_par_periode;
    rang > revolues
}
