//! De quoi raconter un établissement en quelques lignes.

use droit::FamilleCotisation;
use dsn::{Code, Identifiant};
use jiff::civil::Date;
use valeurs::{Montant, Periode, Siret};

use crate::rapprocher::*;

/// Le n-ième établissement inventé, dans l'ordre des SIRET.
pub(crate) fn siret(n: u32) -> Siret {
    (0..10)
        .find_map(|cle| format!("732829320{n:04}{cle}").parse().ok())
        .unwrap()
}

pub(crate) fn mois(texte: &str) -> Periode {
    texte.parse().unwrap()
}

pub(crate) fn jour(texte: &str) -> Date {
    texte.parse().unwrap()
}

pub(crate) fn c(centimes: i64) -> Montant {
    Montant::de_centimes(centimes)
}

/// Une déclaration normale et entière, qui ordonne par SEPA ce qu'elle déclare.
pub(crate) fn dsn(periode: &str, declare: i64) -> DeclarationGardee {
    let mois = mois(periode);
    DeclarationGardee {
        id: 0,
        fichier: "janvier.dsn".into(),
        lignes: (10, 90),
        mois,
        nature: NatureDeclaration::Mensuelle,
        genre: TypeDeclaration::Normale,
        fraction: (1, 1),
        identifiant: Identifiant {
            constituee_le: mois.fin(),
            ordre: 1,
        },
        empreinte: Vec::new(),
        deposee_le: mois.fin(),
        individus: 3,
        declare: c(declare),
        declare_trimestriel: c(0),
        familles: vec![(FamilleCotisation::AssurancesSociales, c(declare))],
        versements: if declare > 0 {
            vec![versement(declare)]
        } else {
            Vec::new()
        },
        autres_caisses: Vec::new(),
        regularisations: Vec::new(),
    }
}

pub(crate) fn versement(montant: i64) -> VersementGarde {
    VersementGarde {
        ligne: 20,
        montant: c(montant),
        periode: None,
        mode: Some(Code::de(b"05")),
        echeance: None,
        payeur: None,
    }
}

pub(crate) fn par_autrui(montant: i64, payeur: u32) -> VersementGarde {
    VersementGarde {
        mode: Some(Code::de(b"06")),
        payeur: Some(siret(payeur)),
        ..versement(montant)
    }
}

/// Ce qui se dit d'une déclaration, après coup.
pub(crate) trait Dire: Sized {
    fn genre(self, genre: TypeDeclaration) -> Self;
    fn substitution(self) -> Self;
    fn fraction(self, n: u8, d: u8) -> Self;
    fn no(self, ordre: u64) -> Self;
    fn deposee(self, le: &str) -> Self;
    fn ordonne(self, montants: &[i64]) -> Self;
    fn verse(self, versement: VersementGarde) -> Self;
    fn trimestriel(self, montant: i64) -> Self;
    fn ailleurs(self, declare: i64, ordonne: i64) -> Self;
    fn retire(self, periode: &str, montant: i64) -> Self;
}

impl Dire for DeclarationGardee {
    fn genre(mut self, genre: TypeDeclaration) -> Self {
        self.genre = genre;
        self
    }

    fn substitution(mut self) -> Self {
        self.nature = NatureDeclaration::Substitution;
        self
    }

    fn fraction(mut self, n: u8, d: u8) -> Self {
        self.fraction = (n, d);
        self
    }

    fn no(mut self, ordre: u64) -> Self {
        self.identifiant.ordre = ordre;
        self
    }

    fn deposee(mut self, le: &str) -> Self {
        self.deposee_le = jour(le);
        self
    }

    fn ordonne(mut self, montants: &[i64]) -> Self {
        self.versements = montants.iter().map(|m| versement(*m)).collect();
        self
    }

    fn verse(mut self, versement: VersementGarde) -> Self {
        self.versements.push(versement);
        self
    }

    fn trimestriel(mut self, montant: i64) -> Self {
        self.declare_trimestriel = c(montant);
        self
    }

    fn ailleurs(mut self, declare: i64, ordonne: i64) -> Self {
        self.autres_caisses
            .push((Code::de(b"DMSA33"), c(declare), c(ordonne)));
        self
    }

    fn retire(mut self, periode: &str, montant: i64) -> Self {
        self.regularisations.push(Regularisation {
            ligne: 50,
            individu: b"individu".to_vec(),
            code: Code::de(b"076"),
            periode: mois(periode),
            montant: c(-montant),
        });
        self
    }
}

pub(crate) fn recette(le: &str, montant: i64, periode: &str) -> RecetteLue {
    RecetteLue {
        id: 0,
        jour: jour(le),
        montant: c(montant),
        periode: (!periode.is_empty()).then(|| mois(periode)),
        compte: None,
        retour_de: None,
    }
}

/// Des établissements, et le jour où l'on se place.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) faits: Vec<Faits>,
    pub(crate) regles: Regles,
}

impl Scenario {
    /// Un premier établissement, jugé le 1er juillet 2026 sans tolérance.
    pub(crate) fn nouveau() -> Self {
        let regles = Regles {
            au: jour("2026-07-01"),
            tolerance: 0,
        };
        let faits = Vec::new();
        Self { faits, regles }.etablissement(1)
    }

    pub(crate) fn au(mut self, jour_dit: &str) -> Self {
        self.regles.au = jour(jour_dit);
        self
    }

    pub(crate) fn tolerance(mut self, jours: u16) -> Self {
        self.regles.tolerance = jours;
        self
    }

    /// Un autre établissement : la suite le concerne.
    pub(crate) fn etablissement(mut self, n: u32) -> Self {
        self.faits.push(Faits {
            siret: siret(n),
            declarations: Vec::new(),
            recettes: Vec::new(),
            creances: Vec::new(),
            cotises: Vec::new(),
        });
        self
    }

    fn dernier(&mut self) -> &mut Faits {
        self.faits.last_mut().unwrap()
    }

    pub(crate) fn declare(mut self, mut declaration: DeclarationGardee) -> Self {
        let faits = self.dernier();
        declaration.id = i64::try_from(faits.declarations.len()).unwrap() + 1;
        declaration.empreinte = declaration.id.to_be_bytes().to_vec();
        faits.declarations.push(declaration);
        self
    }

    /// Une recette ; les premières de chaque établissement ont pour identifiants 1, 2…
    pub(crate) fn recoit(mut self, mut recette: RecetteLue) -> Self {
        let faits = self.dernier();
        recette.id = i64::try_from(faits.recettes.len()).unwrap() + 1;
        faits.recettes.push(recette);
        self
    }

    pub(crate) fn rejette(self, le: &str, de: i64, montant: i64) -> Self {
        self.recoit(RecetteLue {
            retour_de: Some(de),
            ..recette(le, -montant, "")
        })
    }

    pub(crate) fn emis(mut self, periode: (&str, &str), montant: i64) -> Self {
        let faits = self.dernier();
        let id = i64::try_from(faits.creances.len()).unwrap() + 1;
        faits.creances.push(CreanceEmise {
            id,
            reference: format!("C-{id}"),
            famille: FamilleCotisation::AssurancesSociales,
            periode: (jour(periode.0), jour(periode.1)),
            montant: c(montant),
        });
        self
    }

    pub(crate) fn cotise(mut self, declaration: i64, periode: &str, montant: i64) -> Self {
        self.dernier().cotises.push(CotiseParIndividu {
            declaration,
            individu: b"individu".to_vec(),
            code: Code::de(b"076"),
            periode: mois(periode),
            montant: c(montant),
        });
        self
    }

    pub(crate) fn lignes(&self) -> Vec<MoisRapproche> {
        rapprocher(&self.faits, self.regles).unwrap()
    }

    pub(crate) fn ligne(&self, n: u32, periode: &str) -> MoisRapproche {
        let voulue = |l: &MoisRapproche| l.siret == siret(n) && l.mois == mois(periode);
        self.lignes()
            .into_iter()
            .find(voulue)
            .expect("une ligne pour ce mois")
    }

    /// Les écarts de toutes les lignes : `1 2026-01 impaye 10000`.
    pub(crate) fn ecarts(&self) -> Vec<String> {
        let mut ecarts = Vec::new();
        for ligne in self.lignes() {
            let n: u32 = ligne.siret.as_str()[9..13].parse().unwrap();
            for ecart in ligne.ecarts {
                ecarts.push(format!(
                    "{n} {} {} {}",
                    ligne.mois,
                    ecart.classe.slug(),
                    ecart.montant_centimes
                ));
            }
        }
        ecarts
    }

    #[track_caller]
    pub(crate) fn donne(&self, attendus: &[&str]) {
        assert_eq!(self.ecarts(), attendus, "{self:#?}");
    }
}
