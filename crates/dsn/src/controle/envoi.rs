//! L'enveloppe du portail (S05, S06, S96, S95), et ce qui se contrôle d'un message entier (S10, S90).

use std::collections::HashSet;

use crate::norme::VERSION;
use crate::rubrique::Rubrique;
use crate::valeur::Code;

use super::cles;
use super::occurrence::Occurrence;
use super::{Controleur, Sortie};

const LOT: Rubrique = Rubrique::de("S05.G51.00.001");
const LOT_IDENTIFIANT: Rubrique = Rubrique::de("S05.G51.00.002");
const LOT_NOMBRE: Rubrique = Rubrique::de("S05.G51.00.006");
const SOUS_LOT: Rubrique = Rubrique::de("S06.G51.00.001");
const FIN_SOUS_LOT: Rubrique = Rubrique::de("S96.G51.00.001");
const FIN_SOUS_LOT_NOMBRE: Rubrique = Rubrique::de("S96.G51.00.002");
const FIN_LOT_IDENTIFIANT: Rubrique = Rubrique::de("S95.G51.00.001");
const FIN_LOT_NOMBRE: Rubrique = Rubrique::de("S95.G51.00.002");
const TOTAL_RUBRIQUES: Rubrique = Rubrique::de("S90.G00.90.001");
const TOTAL_DECLARATIONS: Rubrique = Rubrique::de("S90.G00.90.002");

/// Un identifiant de déclaration : `JJMMAAAA` et le numéro d'ordre, tels que S20.G00.05.006 les écrit.
type Identifiant = Vec<u8>;

/// Les lignes S05, S06, S95 et S96 entourent les messages, et S90 ne les compte pas.
#[inline]
pub(super) const fn est_de_l_enveloppe(rubrique: Rubrique) -> bool {
    !matches!(rubrique.chiffres(), 100_000_000..950_000_000)
}

/// L'enveloppe du portail, si le fichier en a une.
#[derive(Default)]
pub(super) struct Enveloppe {
    /// La ligne de S05, tant que S95 n'est pas lu.
    lot: Option<u64>,
    /// La ligne de S06, tant que S96 n'est pas lu.
    sous_lot: Option<u64>,
    identifiant: Vec<u8>,
    annonces: Option<(u64, u64)>,
    messages_du_lot: u64,
    messages_du_sous_lot: u64,
}

impl Enveloppe {
    /// Le fichier est dans une enveloppe.
    pub(super) const fn ouverte(&self) -> bool {
        self.lot.is_some()
    }
}

/// Un message, de S10 à S90.
#[derive(Default)]
pub(super) struct Envoi {
    /// Rubriques lues, celles que le portail ajoute comprises.
    pub(super) rubriques: u64,
    /// Une version de la norme autre que celle des tables.
    autre_norme: bool,
    /// Le logiciel est celui du TESE ou du CEA.
    pub(super) tese: bool,
    /// Point de dépôt (S10.G00.00.007).
    pub(super) depot: Option<Code<2>>,
    genre: Option<(Code<2>, u64)>,
    automatique: bool,
    declarations: u64,
    /// Une déclaration au moins porte des individus, ou n'est pas mensuelle.
    avec_individus: bool,
    total_rubriques: Option<(u64, u64)>,
    total_declarations: Option<(u64, u64)>,
    identifiants: HashSet<Identifiant>,
    annulees: HashSet<Identifiant>,
    ligne: u64,
}

impl Envoi {
    /// L'envoi suit la norme que les tables décrivent (ou ne dit pas encore laquelle).
    pub(super) const fn norme_des_tables(&self) -> bool {
        !self.autre_norme
    }

    /// Une déclaration de plus ; `neant` : mensuelle, et d'un type sans individu.
    pub(super) fn declarer(&mut self, neant: bool) {
        self.declarations += 1;
        self.avec_individus |= !neant;
    }

    /// Note l'identifiant d'une déclaration et celui qu'elle annule ; vrai si l'une annule l'autre.
    pub(super) fn identifier(&mut self, o: &Occurrence) -> bool {
        let identifiant = o
            .valeur(7)
            .zip(o.valeur(4))
            .map(|(date, ordre)| [date, ordre].concat());
        let annulee = o.valeur(6).map(<[u8]>::to_vec);
        let annulation = identifiant.as_ref().is_some_and(|i| self.annulees.contains(i))
            || annulee.as_ref().is_some_and(|a| self.identifiants.contains(a));
        identifiant
            .into_iter()
            .for_each(|i| ajouter(&mut self.identifiants, i));
        annulee.into_iter().for_each(|a| ajouter(&mut self.annulees, a));
        annulation
    }
}

fn ajouter(ensemble: &mut HashSet<Identifiant>, identifiant: Identifiant) {
    if ensemble.len() < super::ENSEMBLE_MAXIMAL {
        ensemble.insert(identifiant);
    }
}

/// Un nombre de l'enveloppe ou du bloc S90, zéros de tête admis.
fn nombre(valeur: &[u8]) -> Option<u64> {
    std::str::from_utf8(valeur).ok()?.parse().ok()
}

impl Controleur<'_> {
    /// Une rubrique de l'enveloppe.
    #[cold]
    pub(super) fn envelopper(&mut self, rubrique: Rubrique, valeur: &[u8]) {
        self.fermer_message();
        let ligne = self.ligne;
        let e = &mut self.enveloppe;
        let mut faux: Option<&'static str> = None;
        match rubrique {
            LOT => {
                faux = e.lot.map(|_| "ENVELOPPE/ordre");
                *e = Enveloppe {
                    lot: Some(ligne),
                    ..Enveloppe::default()
                };
            }
            LOT_IDENTIFIANT => e.identifiant = valeur.to_vec(),
            LOT_NOMBRE => e.annonces = nombre(valeur).map(|n| (n, ligne)),
            SOUS_LOT => {
                faux = (e.lot.is_none() || e.sous_lot.is_some()).then_some("ENVELOPPE/ordre");
                e.sous_lot = Some(ligne);
                e.messages_du_sous_lot = 0;
            }
            FIN_SOUS_LOT => {
                faux = e.sous_lot.is_none().then_some("ENVELOPPE/ordre");
                e.sous_lot = None;
            }
            FIN_SOUS_LOT_NOMBRE => {
                faux = (nombre(valeur) != Some(e.messages_du_sous_lot)).then_some("ENVELOPPE/sous-lot");
            }
            FIN_LOT_IDENTIFIANT => {
                faux = if e.lot.is_none() || e.sous_lot.is_some() {
                    Some("ENVELOPPE/ordre")
                } else {
                    (e.identifiant != valeur).then_some("ENVELOPPE/identifiant")
                };
                if let Some((annonces, ligne)) = e.annonces
                    && annonces != e.messages_du_lot
                {
                    self.sortie.notre("ENVELOPPE/annonce", ligne, Some(LOT_NOMBRE));
                }
                e.lot = None;
            }
            FIN_LOT_NOMBRE => faux = (nombre(valeur) != Some(e.messages_du_lot)).then_some("ENVELOPPE/lot"),
            _ => {}
        }
        if let Some(controle) = faux {
            self.sortie.notre(controle, ligne, Some(rubrique));
        }
    }

    /// La fin du fichier : l'enveloppe est-elle fermée ?
    pub(super) fn fermer_enveloppe(&mut self) {
        if let Some(ligne) = self.enveloppe.lot {
            self.sortie.notre("ENVELOPPE/tronquee", ligne, Some(LOT));
        }
    }

    /// La fin d'un message : ce qu'on ne sait qu'après sa dernière déclaration.
    pub(super) fn message_fini(&mut self) {
        self.sortie.bilan.messages += 1;
        self.enveloppe.messages_du_lot += 1;
        self.enveloppe.messages_du_sous_lot += 1;
        let envoi = std::mem::take(&mut self.envoi);
        let sortie = &mut self.sortie;
        if let Some((total, ligne)) = envoi.total_rubriques
            && total != envoi.rubriques
        {
            sortie.notre("TOTAL/rubriques", ligne, Some(TOTAL_RUBRIQUES));
        }
        if let Some((total, ligne)) = envoi.total_declarations
            && total != envoi.declarations
        {
            sortie.notre("TOTAL/declarations", ligne, Some(TOTAL_DECLARATIONS));
        }
        if let Some((genre, ligne)) = envoi.genre
            && envoi.declarations > 0
            && (genre.octets() == b"02") == envoi.avec_individus
        {
            sortie.norme("S10.G00.00.008/CCH-11", ligne);
        }
        if envoi.automatique && envoi.declarations > 1 {
            sortie.norme("S20.G00.05.001/CST-11", envoi.ligne);
        }
    }

    /// S10.G00.00 : l'envoi.
    pub(super) fn envoi_lu(&mut self) {
        let o = &self.occurrence;
        let envoi = &mut self.envoi;
        envoi.ligne = o.ligne;
        envoi.autre_norme = o.valeur(6).is_some_and(|v| v != VERSION.as_bytes());
        envoi.tese = o.vaut(2, b"TESE") || o.vaut(2, b"CEA");
        envoi.depot = o.code(7);
        envoi.genre = o.code(8).map(|g| (g, o.ligne(8)));
    }

    /// S10.G00.01 : l'émetteur.
    pub(super) fn emetteur_lu(&mut self) {
        let (o, sortie) = (&self.occurrence, &mut self.sortie);
        cle_siren(sortie, o, 1, "S10.G00.01.001/CSL-11");
        if let (Some(siren), Some(nic)) = (o.valeur(1), o.valeur(2))
            && cles::siren(siren)
            && cles::joindre(siren, nic).is_none_or(|s| !cles::siret(&s))
        {
            sortie.norme("S10.G00.01.002/CCH-11", o.ligne(2));
        }
        adresse(
            sortie,
            o,
            [5, 6, 7, 8],
            ["S10.G00.01.005/CCH-12", "S10.G00.01.006/CCH-11"],
        );
    }

    /// S10.G00.95 : le dépôt, tel que le portail l'a noté.
    pub(super) fn depot_lu(&mut self) {
        self.envoi.automatique = self.occurrence.vaut(6, b"MtoM");
    }

    /// S90.G00.90 : les totaux.
    pub(super) fn totaux_lus(&mut self) {
        let o = &self.occurrence;
        let total = |n| o.valeur(n).and_then(nombre).map(|t| (t, o.ligne(n)));
        self.envoi.total_rubriques = total(1);
        self.envoi.total_declarations = total(2);
    }
}

/// La clé d'un SIREN bien formé.
pub(super) fn cle_siren(sortie: &mut Sortie<'_>, o: &Occurrence, numero: u32, controle: &'static str) {
    if o.valeur(numero).is_some_and(|v| v.len() == 9 && !cles::siren(v)) {
        sortie.norme(controle, o.ligne(numero));
    }
}

/// Une adresse : code postal, ou pays et code de distribution ; et une localité avec le code postal.
///
/// Les numéros sont ceux du code postal, de la localité, du pays et de la distribution à l'étranger.
pub(super) fn adresse(
    sortie: &mut Sortie<'_>,
    o: &Occurrence,
    numeros: [u32; 4],
    controles: [&'static str; 2],
) {
    let [postal, localite, pays, distribution] = numeros;
    let [exclusion, presence] = controles;
    let a_l_etranger = (o.a(pays), o.a(distribution));
    // Rien du tout : l'adresse n'est pas donnée, et les tables ne disent pas si elle le doit.
    let juste = matches!(
        (o.a(postal), a_l_etranger),
        (true, (false, false)) | (false, (true, true) | (false, false))
    );
    if !juste {
        sortie.norme(exclusion, o.ligne(postal));
    }
    if o.a(postal) && !o.a(localite) {
        sortie.norme(presence, o.ligne(postal));
    }
}
