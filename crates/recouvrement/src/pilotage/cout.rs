use std::collections::BTreeMap;

use droit::ModeEnvoi;
use serde::Deserialize;
use valeurs::{Depassement, Montant};

use super::Taux;

/// Ce que coûte à la caisse un acte de chaque mode d'envoi : papier, affranchissement, commissaire de justice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Couts {
    simple: Cout,
    recommande: Cout,
    lre: Cout,
    signification: Cout,
}

impl Couts {
    const fn de(&self, envoi: ModeEnvoi) -> Montant {
        match envoi {
            ModeEnvoi::Simple => self.simple.0,
            ModeEnvoi::Recommande => self.recommande.0,
            ModeEnvoi::Lre => self.lre.0,
            ModeEnvoi::Signification => self.signification.0,
        }
    }
}

/// Un coût écrit en français, jamais négatif : « 5,74 ».
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
struct Cout(Montant);

impl TryFrom<String> for Cout {
    type Error = String;

    fn try_from(texte: String) -> Result<Self, String> {
        match Montant::lire_francais(&texte) {
            Ok(montant) if !montant.est_negatif() => Ok(Self(montant)),
            Ok(_) => Err(format!("« {texte} » est négatif ; un coût ne l’est pas")),
            Err(e) => Err(format!(
                "« {texte} » n’est pas un montant ({e}) ; écrivez « 5,74 »"
            )),
        }
    }
}

/// Les actes d'un mode d'envoi et ce qu'ils ont coûté.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LigneCout {
    /// Le mode.
    pub envoi: ModeEnvoi,
    /// Combien d'actes.
    pub nombre: u64,
    /// Un acte.
    pub unitaire: Montant,
    /// Tous.
    pub total: Montant,
}

/// Ce que les actes ont coûté, et ce qui a été encaissé en face.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Depense {
    /// Par mode d'envoi.
    pub lignes: Vec<LigneCout>,
    /// En tout.
    pub total: Montant,
    /// Ce que les mêmes années ont encaissé.
    pub encaisse: Montant,
    /// Le coût de 100 € encaissés est le même nombre, en euros.
    pub taux: Option<Taux>,
}

impl Depense {
    /// Ce que coûtent 100 € encaissés.
    #[must_use]
    pub fn pour_cent_euros(&self) -> Option<Montant> {
        self.taux.map(|taux| Montant::de_centimes(taux.centiemes()))
    }
}

/// Le coût de tant d'actes de chaque mode, face à ce qui a été encaissé.
///
/// # Errors
/// Dépassement de 64 bits.
pub fn depense(
    couts: &Couts,
    actes: &BTreeMap<ModeEnvoi, u64>,
    encaisse: Montant,
) -> Result<Depense, Depassement> {
    let mut lignes = Vec::new();
    for envoi in ModeEnvoi::TOUS.iter().copied() {
        let nombre = actes.get(&envoi).copied().unwrap_or_default();
        let unitaire = couts.de(envoi);
        let total = i64::try_from(nombre)
            .ok()
            .and_then(|nombre| unitaire.centimes().checked_mul(nombre))
            .map(Montant::de_centimes)
            .ok_or(Depassement)?;
        lignes.push(LigneCout {
            envoi,
            nombre,
            unitaire,
            total,
        });
    }
    let total = Montant::somme(lignes.iter().map(|l| l.total))?;
    Ok(Depense {
        lignes,
        total,
        encaisse,
        taux: Taux::nouveau(total, encaisse),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cent_euros_encaisses_coutent_au_centime() {
        let couts: Couts = toml::from_str(
            "simple = \"1,05\"\nrecommande = \"5,74\"\nlre = \"3,00\"\nsignification = \"72,18\"",
        )
        .unwrap();
        let actes = |nombres: [u64; 4]| ModeEnvoi::TOUS.iter().copied().zip(nombres).collect();
        let d = depense(&couts, &actes([10, 3, 0, 1]), Montant::de_centimes(300_000)).unwrap();
        assert_eq!(d.total, Montant::de_centimes(1_050 + 1_722 + 7_218));
        assert_eq!(d.pour_cent_euros(), Some(Montant::de_centimes(333)));
        assert_eq!(depense(&couts, &actes([1; 4]), Montant::ZERO).unwrap().taux, None);
        assert!(depense(&couts, &actes([u64::MAX; 4]), Montant::ZERO).is_err());
        for faux in ["-1,00", "un euro"] {
            assert!(toml::from_str::<Couts>(&format!("simple = \"{faux}\"")).is_err());
        }
    }
}
