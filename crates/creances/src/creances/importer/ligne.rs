//! Une ligne du fichier, vérifiée : ce qu'elle dit du débiteur et de la créance.

use droit::{Nature, Regime};
use jiff::civil::Date;
use valeurs::{CodeCommune, DossierId, ErreurMontant, Matricule, Montant, Nir, Periode, Siret};

use super::lecture::{Brute, Faute};
use crate::Erreur;
use crate::creances::{CreanceAEmettre, Parts};
use crate::dossiers::NouveauDebiteur;

/// Caractères d'une référence, au plus : au-delà, un libellé de virement ne la porterait plus.
const REFERENCE_MAX: usize = 40;
/// Caractères d'un nom, d'un prénom ou d'une commune, au plus.
const NOM_MAX: usize = 200;
/// Caractères d'un libellé ou d'une cause, au plus.
const TEXTE_MAX: usize = 1_000;
/// Années admises, celles des périodes.
const ANNEES: std::ops::RangeInclusive<i16> = 1900..=2999;

/// Une ligne juste.
pub(super) struct LigneLue {
    pub(super) ligne: u64,
    pub(super) matricule: Option<Matricule>,
    pub(super) siret: Option<Siret>,
    nir: Option<Nir>,
    pub(super) nom: String,
    prenom: String,
    commune: String,
    code_commune: Option<CodeCommune>,
    pub(super) reference: String,
    nature: Nature,
    regime: Regime,
    periode: (Date, Date),
    emise_le: Date,
    exigible_le: Date,
    libelle: String,
    cause: Option<String>,
    parts: Parts,
}

impl LigneLue {
    /// La ligne, si sa nature est d'une de ces branches (bits de [`droit::Branche`]).
    pub(super) fn dans(self, branches: i64) -> Result<Self, Faute> {
        if i64::from(self.nature.branche().bit()) & branches == 0 {
            return Err(Faute::nouvelle(
                "nature",
                "vos habilitations ne couvrent pas les créances de cette branche",
                "confiez cette ligne au service dont c’est la branche",
            ));
        }
        Ok(self)
    }

    /// Vérifie tout ce qui se vérifie sans la base ; une créance ne s'émet pas après `aujourdhui`.
    pub(super) fn lire(brute: &Brute, aujourdhui: Date) -> Result<Self, Faute> {
        let reference = obligatoire("reference", &brute.reference)?;
        borner("reference", reference, REFERENCE_MAX)?;
        for (champ, texte, max) in [
            ("nom", &brute.nom, NOM_MAX),
            ("prenom", &brute.prenom, NOM_MAX),
            ("commune", &brute.commune, NOM_MAX),
            ("cause", &brute.cause, TEXTE_MAX),
            ("libelle", &brute.libelle, TEXTE_MAX),
        ] {
            borner(champ, texte, max)?;
        }
        let matricule = facultatif("matricule", &brute.matricule, "recopiez-le sans ponctuation")?;
        let siret = facultatif("siret", &brute.siret, "relisez les 14 chiffres")?;
        if matricule.is_none() && siret.is_none() {
            return Err(Faute::nouvelle(
                "matricule",
                "ni matricule ni SIRET ne désigne le débiteur",
                "donnez l’un des deux",
            ));
        }
        let regime: Regime = lire(
            "regime",
            obligatoire("regime", &brute.regime)?,
            "écrivez l’un de ces codes",
        )?;
        let nature: Nature = lire(
            "nature",
            obligatoire("nature", &brute.nature)?,
            "écrivez l’un de ces codes",
        )?;
        let periode = periode(brute)?;
        let emise_le = date("emise_le", &brute.emise_le)?;
        if emise_le > aujourdhui {
            return Err(Faute::nouvelle(
                "emise_le",
                "cette date est à venir",
                "importez la créance le jour de son émission, ou corrigez la date",
            ));
        }
        let libelle = match brute.libelle.as_str() {
            "" => nature.to_string(),
            libelle => libelle.to_owned(),
        };
        let ligne = Self {
            ligne: brute.ligne,
            matricule,
            siret,
            nir: facultatif("nir", &brute.nir, "relisez ses 13 ou 15 caractères")?,
            nom: brute.nom.clone(),
            prenom: brute.prenom.clone(),
            commune: brute.commune.clone(),
            code_commune: facultatif(
                "code_commune",
                &brute.code_commune,
                "donnez ses 5 caractères, par exemple 33063",
            )?,
            reference: reference.to_ascii_uppercase(),
            nature,
            regime,
            periode,
            emise_le,
            exigible_le: date("exigible_le", &brute.exigible_le)?,
            libelle,
            cause: Some(brute.cause.clone()).filter(|c| !c.is_empty()),
            parts: parts(brute, regime)?,
        };
        // Le dossier ne change rien à ce qui est vérifié.
        match ligne.creance(DossierId::new(0)).verifier() {
            Ok(_) => Ok(ligne),
            Err(e) => Err(faute_de_creance(&e, regime)),
        }
    }

    /// La créance, sur le dossier du débiteur.
    pub(super) fn creance(&self, dossier: DossierId) -> CreanceAEmettre {
        CreanceAEmettre {
            reference: self.reference.clone(),
            dossier,
            nature: self.nature,
            regime: self.regime,
            periode: self.periode,
            emise_le: self.emise_le,
            exigible_le: self.exigible_le,
            libelle: self.libelle.clone(),
            cause: self.cause.clone(),
            parts: self.parts,
        }
    }

    /// Le débiteur à inscrire, si la ligne en dit assez.
    pub(super) fn debiteur(&self) -> Option<NouveauDebiteur> {
        let matricule = self.matricule.clone().filter(|_| !self.nom.is_empty())?;
        Some(NouveauDebiteur {
            matricule,
            regime: self.regime,
            nom: self.nom.clone(),
            prenom: self.prenom.clone(),
            siret: self.siret.clone(),
            nir: self.nir.clone(),
            commune: self.commune.clone(),
            code_commune: self.code_commune.clone(),
            code_agent: String::new(),
            code_tiers: String::new(),
            mode_paiement: String::new(),
            contacts: Vec::new(),
            ibans: Vec::new(),
        })
    }
}

fn obligatoire<'t>(champ: &'static str, texte: &'t str) -> Result<&'t str, Faute> {
    if texte.is_empty() {
        return Err(Faute::nouvelle(
            champ,
            "ce champ est obligatoire",
            "remplissez-le",
        ));
    }
    Ok(texte)
}

fn borner(champ: &'static str, texte: &str, max: usize) -> Result<(), Faute> {
    if texte.chars().count() > max {
        return Err(Faute::nouvelle(
            champ,
            format!("il dépasse {max} caractères"),
            "raccourcissez-le",
        ));
    }
    Ok(())
}

fn facultatif<T>(champ: &'static str, texte: &str, remede: &'static str) -> Result<Option<T>, Faute>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    if texte.is_empty() {
        Ok(None)
    } else {
        lire(champ, texte, remede).map(Some)
    }
}

fn lire<T>(champ: &'static str, texte: &str, remede: &'static str) -> Result<T, Faute>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    texte
        .parse()
        .map_err(|e: T::Err| Faute::nouvelle(champ, regle(&e), remede))
}

/// La règle que dit une erreur de `valeurs`, sans son remède : celui du fichier le remplace.
fn regle(erreur: &impl std::fmt::Display) -> String {
    let texte = erreur.to_string();
    match texte.split_once(" : écrire") {
        // Un code inconnu : ce sont les codes admis qui aident.
        Some(_) => texte,
        None => texte.split(" : ").next().unwrap_or_default().to_owned(),
    }
}

fn date(champ: &'static str, texte: &str) -> Result<Date, Faute> {
    let texte = obligatoire(champ, texte)?;
    let lue: Option<Date> = texte.parse().ok();
    // jiff admet d'autres écritures que celle du guide.
    lue.filter(|d| d.to_string() == texte && ANNEES.contains(&d.year()))
        .ok_or_else(|| {
            Faute::nouvelle(
                champ,
                "cette date n’existe pas ou n’est pas écrite AAAA-MM-JJ",
                "corrigez-la",
            )
        })
}

fn periode(brute: &Brute) -> Result<(Date, Date), Faute> {
    let bornes = !brute.debut.is_empty() || !brute.fin.is_empty();
    match (brute.periode.is_empty(), bornes) {
        (false, false) => {
            let p: Periode = lire("periode", &brute.periode, "écrivez 2026-01, 2026-T1 ou 2026")?;
            Ok((p.debut(), p.fin()))
        }
        (true, true) => Ok((date("debut", &brute.debut)?, date("fin", &brute.fin)?)),
        (false, true) => Err(Faute::nouvelle(
            "periode",
            "la période est donnée deux fois, par « periode » et par « debut » et « fin »",
            "gardez l’une ou l’autre",
        )),
        (true, false) => Err(Faute::nouvelle(
            "periode",
            "la période manque",
            "donnez « periode », ou « debut » et « fin »",
        )),
    }
}

fn parts(brute: &Brute, regime: Regime) -> Result<Parts, Faute> {
    let ouvriere = montant("part_ouvriere", &brute.part_ouvriere)?;
    let patronale = montant("part_patronale", &brute.part_patronale)?;
    let principal = montant("principal", &brute.principal)?;
    if regime == Regime::Employeur {
        if principal.is_some() {
            return Err(Faute::nouvelle(
                "principal",
                "un employeur doit des parts ouvrière et patronale, pas un principal",
                "donnez « part_ouvriere » et « part_patronale »",
            ));
        }
        return Ok(Parts::Employeur {
            ouvriere: ouvriere.unwrap_or(Montant::ZERO),
            patronale: patronale.unwrap_or(Montant::ZERO),
        });
    }
    if ouvriere.is_some() || patronale.is_some() {
        let champ = if ouvriere.is_some() {
            "part_ouvriere"
        } else {
            "part_patronale"
        };
        return Err(Faute::nouvelle(
            champ,
            "seul un employeur doit des parts ouvrière et patronale",
            "donnez « principal »",
        ));
    }
    match principal {
        Some(m) => Ok(Parts::Principal(m)),
        None => Err(Faute::nouvelle(
            "principal",
            "le montant manque",
            "donnez le principal, en euros",
        )),
    }
}

/// Un montant à point ou à virgule, en euros ; rien si la colonne est vide.
fn montant(champ: &'static str, texte: &str) -> Result<Option<Montant>, Faute> {
    if texte.is_empty() {
        return Ok(None);
    }
    let lu = if texte.contains('.') {
        Montant::lire_point(texte)
    } else {
        Montant::lire_francais(texte)
    };
    let remede = match lu {
        Err(ErreurMontant::TropDeDecimales) => "arrondissez-le au centime",
        _ => "écrivez-le en euros, par exemple 1234.56",
    };
    let montant = lu.map_err(|e| Faute::nouvelle(champ, regle(&e), remede))?;
    if montant.est_negatif() {
        return Err(Faute::nouvelle(
            champ,
            "un montant ne peut pas être négatif",
            "annulez la créance d’origine",
        ));
    }
    Ok(Some(montant))
}

/// Ce que refuse une créance, dit sur le champ en cause.
fn faute_de_creance(erreur: &Erreur, regime: Regime) -> Faute {
    let montant = if regime == Regime::Employeur {
        "part_ouvriere"
    } else {
        "principal"
    };
    let (champ, texte) = match erreur {
        Erreur::NatureDuRegime => (
            "nature",
            "une créance de cette nature ne peut pas être due par ce régime ; corrigez l’un ou l’autre",
        ),
        Erreur::MontantsDeCreance(texte) => (montant, *texte),
        Erreur::Dates(texte) => ("fin", *texte),
        Erreur::SansObjet(texte) => ("cause", *texte),
        _ => (
            montant,
            "le total des parts est trop grand ; vérifiez l’ordre de grandeur",
        ),
    };
    let (regle, remede) = texte.split_once(" ; ").unwrap_or((texte, "corrigez la ligne"));
    Faute::nouvelle(champ, regle, remede)
}
