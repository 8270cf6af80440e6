//! Ce qui est gardé d'une déclaration, à mesure qu'elle se lit.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use dsn::{
    Bloc, Code, CodeMsa, CotisationEtablissement, CotisationIndividuelle, Declaration, Ligne, Recepteur,
    Rubrique,
};
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
use valeurs::{Montant, Periode};

use crate::familles::BlocCotisation;

const NATURE: Rubrique = Rubrique::de("S20.G00.05.001");
/// NIR, puis numéro technique temporaire : ce qui reconnaît un individu d'un mois à l'autre.
const NIR: Rubrique = Rubrique::de("S21.G00.30.001");
const NTT: Rubrique = Rubrique::de("S21.G00.30.020");

/// Les rubriques gardées : celles que demandent l'identité, les montants et le paiement (décision 18-07, article 2), et
/// aucune autre. Rien du contrat, de la paie, de la naissance ni de l'adresse des personnes.
const BLOCS_GARDES: [Bloc; 7] = [
    Bloc::de("S20.G00.05"),
    Bloc::de("S21.G00.20"),
    Bloc::de("S21.G00.55"),
    Bloc::de("S21.G00.78"),
    Bloc::de("S21.G00.79"),
    Bloc::de("S21.G00.81"),
    Bloc::de("S21.G00.82"),
];
const RUBRIQUES_GARDEES: [Rubrique; 11] = [
    Rubrique::de("S21.G00.06.001"),
    Rubrique::de("S21.G00.06.002"),
    Rubrique::de("S21.G00.11.001"),
    Rubrique::de("S21.G00.11.004"),
    Rubrique::de("S21.G00.11.005"),
    NIR,
    Rubrique::de("S21.G00.30.002"),
    Rubrique::de("S21.G00.30.003"),
    Rubrique::de("S21.G00.30.004"),
    Rubrique::de("S21.G00.30.019"),
    NTT,
];
const LOCALITE: Rubrique = Rubrique::de("S21.G00.11.005");

/// Une déclaration de la caisse, prête à être gardée.
pub(super) struct Gardee {
    pub(super) declaration: Declaration,
    pub(super) identite: Vec<u8>,
    /// Rubriques de l'établissement : « ligne chiffres valeur », une par ligne.
    pub(super) etablissement: String,
    pub(super) commune: String,
    /// Partagés avec le fil qui les scelle.
    pub(super) individus: Arc<[Individu]>,
    pub(super) cotisations: BTreeMap<CleCotisation, Cumul>,
    pub(super) regularisations: Vec<RegularisationLue>,
}

/// Un individu et ses rubriques gardées.
#[derive(Default)]
pub(super) struct Individu {
    /// NIR, sinon numéro technique.
    pub(super) numero: String,
    pub(super) rubriques: String,
}

/// Sous quoi les cotisations d'une déclaration se cumulent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CleCotisation {
    pub(super) bloc: BlocCotisation,
    pub(super) code: Code<3>,
    pub(super) debut: Option<Date>,
    pub(super) fin: Option<Date>,
}

/// Ce qu'elles font ensemble.
#[derive(Clone, Copy)]
pub(super) struct Cumul {
    pub(super) nombre: u32,
    pub(super) montant: Montant,
    pub(super) lignes: (u64, u64),
}

/// Une cotisation négative d'une période antérieure.
pub(super) struct RegularisationLue {
    pub(super) ligne: u64,
    /// Rang de l'individu, à partir de 1.
    pub(super) individu: u32,
    pub(super) code: Code<3>,
    pub(super) mois: Periode,
    pub(super) montant: Montant,
}

/// Le récepteur d'un dépôt : garde ce qui est de la caisse, compte le reste.
pub(super) struct Garde {
    caisse: CodeMsa,
    courante: Courante,
    /// Déclarations prêtes, à retirer entre deux pas de lecture.
    pub(super) pretes: Vec<Gardee>,
    pub(super) ecartees: Ecartees,
    /// Un total a débordé.
    pub(super) depassement: bool,
}

/// Les déclarations qui ne sont pas gardées, et pourquoi.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ecartees {
    pub(super) autres_caisses: u64,
    /// Envois d'essai et déclarations rejetées par le portail.
    pub(super) sans_effet: u64,
    /// Signalements (arrêt, reprise, fin de contrat…), qui ne déclarent pas de cotisations.
    pub(super) signalements: u64,
}

#[derive(Default)]
struct Courante {
    empreinte: Sha256,
    etablissement: String,
    commune: String,
    individus: Vec<Individu>,
    cotisations: BTreeMap<CleCotisation, Cumul>,
    passees: Vec<(u64, u32, Code<3>, Option<Date>, Montant)>,
}

impl Garde {
    pub(super) fn pour(caisse: CodeMsa) -> Self {
        Self {
            caisse,
            courante: Courante::default(),
            pretes: Vec::new(),
            ecartees: Ecartees::default(),
            depassement: false,
        }
    }

    fn cumuler(&mut self, cle: CleCotisation, ligne: u64, montant: Montant) {
        let cumul = self.courante.cotisations.entry(cle).or_insert(Cumul {
            nombre: 0,
            montant: Montant::ZERO,
            lignes: (ligne, ligne),
        });
        cumul.nombre += 1;
        cumul.lignes.1 = ligne;
        match cumul.montant.checked_add(montant) {
            Ok(total) => cumul.montant = total,
            Err(_) => self.depassement = true,
        }
    }

    /// Ce qu'on fait d'une déclaration finie.
    fn sort(&self, d: &Declaration) -> Sort {
        if !matches!(d.nature.octets(), b"01" | b"09") {
            return Sort::Signalement;
        }
        if !d.envoi.compte() {
            return Sort::SansEffet;
        }
        if d.caisses.iter().any(|c| c.code == self.caisse) {
            return Sort::Gardee;
        }
        // Une déclaration qui en remplace une autre peut ne plus nommer la caisse : elle l'annule pourtant chez elle.
        // Un néant qui ne nomme personne est à qui le reçoit.
        match d.genre.octets() {
            b"03" | b"04" | b"05" => Sort::Gardee,
            b"02" if d.caisses.is_empty() => Sort::Gardee,
            _ => Sort::AutreCaisse,
        }
    }
}

enum Sort {
    Gardee,
    AutreCaisse,
    SansEffet,
    Signalement,
}

impl Recepteur for Garde {
    const DETAIL: bool = true;

    fn ligne(&mut self, numero: u64, ligne: Ligne<'_>, individu: u32) {
        let Ligne { rubrique: r, valeur } = ligne;
        let c = &mut self.courante;
        if r == NATURE {
            *c = Courante::default();
        }
        // Le portail ajoute ses rubriques : la déclaration reste la même.
        if r.numero() < 900 {
            c.empreinte.update(r.chiffres().to_be_bytes());
            c.empreinte.update(valeur);
            c.empreinte.update(b"\n");
        }
        if !BLOCS_GARDES.contains(&r.bloc()) && !RUBRIQUES_GARDEES.contains(&r) {
            return;
        }
        let texte = dsn::texte(valeur);
        if r == LOCALITE {
            c.commune = texte.clone().into_owned();
        }
        let rubriques = match usize::try_from(individu).ok().and_then(|n| n.checked_sub(1)) {
            None => &mut c.etablissement,
            Some(rang) => {
                if c.individus.len() <= rang {
                    c.individus.resize_with(rang + 1, Individu::default);
                }
                let i = &mut c.individus[rang];
                if r == NIR || (r == NTT && i.numero.is_empty()) {
                    i.numero = texte.clone().into_owned();
                }
                &mut i.rubriques
            }
        };
        // Écrire dans un texte n'échoue pas.
        writeln!(rubriques, "{numero} {} {texte}", r.chiffres()).ok();
    }

    fn cotisation_individuelle(&mut self, c: CotisationIndividuelle) {
        if let Some(montant) = c.montant.filter(|_| c.caisse == Some(self.caisse)) {
            let cle = CleCotisation {
                bloc: BlocCotisation::Individuelle,
                code: c.code,
                debut: c.debut,
                fin: c.fin,
            };
            self.cumuler(cle, c.ligne, montant);
            if montant.est_negatif() {
                let passee = (c.ligne, c.individu, c.code, c.debut, montant);
                self.courante.passees.push(passee);
            }
        }
    }

    fn cotisation_etablissement(&mut self, c: CotisationEtablissement) {
        if let (Some(montant), Some(code), true) = (c.montant, c.code, c.caisse == Some(self.caisse)) {
            let cle = CleCotisation {
                bloc: BlocCotisation::Etablissement,
                code,
                debut: c.debut,
                fin: c.fin,
            };
            self.cumuler(cle, c.ligne, montant);
        }
    }

    fn declaration(&mut self, declaration: Declaration) {
        let c = std::mem::take(&mut self.courante);
        match self.sort(&declaration) {
            Sort::Signalement => self.ecartees.signalements += 1,
            Sort::SansEffet => self.ecartees.sans_effet += 1,
            Sort::AutreCaisse => self.ecartees.autres_caisses += 1,
            Sort::Gardee => {
                let mois = declaration.mois;
                let regularisations =
                    c.passees
                        .into_iter()
                        .filter_map(|(ligne, individu, code, debut, montant)| {
                            let debut = debut?;
                            let periode = Periode::mois(debut.year(), debut.month()).ok()?;
                            (periode < mois?).then_some(RegularisationLue {
                                ligne,
                                individu,
                                code,
                                mois: periode,
                                montant,
                            })
                        });
                let routee = declaration.caisses.iter().any(|d| d.code == self.caisse);
                let gardee = Gardee {
                    identite: c.empreinte.finalize().to_vec(),
                    regularisations: regularisations.collect(),
                    etablissement: if routee { c.etablissement } else { String::new() },
                    commune: c.commune,
                    individus: if routee {
                        c.individus.into()
                    } else {
                        Arc::default()
                    },
                    cotisations: c.cotisations,
                    declaration,
                };
                self.pretes.push(gardee);
            }
        }
    }
}

/// Les caisses qu'une déclaration nomme, autres que celle-ci.
pub(super) fn autres_caisses(d: &Declaration, caisse: CodeMsa) -> BTreeSet<CodeMsa> {
    d.caisses
        .iter()
        .map(|c| c.code)
        .filter(|c| *c != caisse)
        .collect()
}
