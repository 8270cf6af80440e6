//! La déclaration trimestrielle de revenus pour le RSA : un long formulaire, lu et vérifié en entier.

use std::collections::BTreeMap;

use jiff::civil::Date;
use valeurs::{Depassement, Montant, Periode};

use super::menage::Menage;

/// Ce qu'on déclare pour un mois.
pub(super) const REVENUS: [(&str, &str); 3] = [
    ("salaires", "Salaires nets perçus"),
    ("exploitation", "Revenus d’exploitation"),
    ("autres", "Autres revenus (pensions, indemnités)"),
];

/// Au-delà, c'est une faute de frappe.
const PLAFOND: Montant = Montant::de_centimes(1_000_000_00);

/// Un champ du formulaire, tel qu'il se montre.
pub(super) struct ChampRsa {
    pub(super) nom: String,
    pub(super) libelle: String,
    pub(super) valeur: String,
    pub(super) erreur: Option<String>,
}

/// Un mois de la déclaration.
pub(super) struct MoisRsa {
    pub(super) libelle: String,
    pub(super) champs: Vec<ChampRsa>,
}

/// La déclaration, telle qu'un formulaire la rend : nom de champ, valeur.
pub(super) struct Declaration(BTreeMap<String, String>);

impl Declaration {
    /// Ce que la caisse sait déjà, avant que l'adhérent n'écrive.
    pub(super) fn connue(menage: &Menage) -> Self {
        let vie = if menage.a_un_couple() { "couple" } else { "seul" };
        let champs = [
            ("vie", vie.to_owned()),
            ("enfants", menage.enfants().to_string()),
            ("adresse", menage.adresse.clone()),
        ];
        Self::lire(champs.map(|(nom, valeur)| (nom.to_owned(), valeur)).into())
    }

    pub(super) fn lire(paires: Vec<(String, String)>) -> Self {
        Self(paires.into_iter().collect())
    }

    pub(super) fn valeur(&self, nom: &str) -> &str {
        self.0.get(nom).map_or("", |valeur| valeur.trim())
    }

    /// Les trois mois d'avant ce jour, leurs champs et leurs erreurs si `verifier` ; un couple déclare pour les deux.
    pub(super) fn mois(&self, au: Date, verifier: bool) -> Vec<MoisRsa> {
        let de_qui: &[(&str, &str)] = if self.valeur("vie") == "couple" {
            &[("moi", "vous"), ("conjoint", "votre conjoint")]
        } else {
            &[("moi", "vous")]
        };
        let ce_mois = Periode::mois_du(au);
        (1..=3_u16)
            .rev()
            .filter_map(|combien| {
                let mois = ce_mois.and_then(|mois| mois.mois_avant(combien)).ok()?;
                let champs = de_qui.iter().flat_map(|(qui, nomme)| {
                    REVENUS.iter().map(move |(quoi, libelle)| {
                        let nom = format!("{quoi}-{qui}-{combien}");
                        let valeur = self.valeur(&nom).to_owned();
                        ChampRsa {
                            libelle: format!("{libelle}, {nomme}"),
                            erreur: verifier.then(|| erreur(&valeur)).flatten(),
                            valeur,
                            nom,
                        }
                    })
                });
                Some(MoisRsa {
                    libelle: mois.libelle(),
                    champs: champs.collect(),
                })
            })
            .collect()
    }

    /// La somme de tout ce qui est déclaré ; un champ vide vaut zéro.
    ///
    /// # Errors
    /// Dépassement de 64 bits : un champ n'a pas été vérifié.
    pub(super) fn total(&self, mois: &[MoisRsa]) -> Result<Montant, Depassement> {
        let montants = mois
            .iter()
            .flat_map(|mois| &mois.champs)
            .filter_map(|champ| Montant::lire_francais(&champ.valeur).ok());
        Montant::somme(montants)
    }
}

fn erreur(valeur: &str) -> Option<String> {
    match Montant::lire_francais(valeur) {
        _ if valeur.is_empty() => Some("Écrivez un montant, 0 s’il n’y en a pas.".to_owned()),
        Ok(montant) if montant > PLAFOND => Some(format!("Un revenu d’un mois ne passe pas {PLAFOND}.")),
        Ok(montant) if montant.est_negatif() => Some("Un revenu ne peut pas être négatif.".to_owned()),
        Ok(_) => None,
        Err(e) => Some(format!("Ce montant ne se lit pas : {e}.")),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn les_trois_mois_d_avant_se_declarent_meme_a_cheval_sur_deux_annees() {
        let mois = |vie: &str| {
            let declaration = Declaration::lire(vec![("vie".into(), vie.into())]);
            declaration.mois(date(2027, 1, 31), false)
        };
        let (mois, en_couple) = (mois("seul"), mois("couple"));
        let noms: Vec<&str> = mois.iter().map(|m| m.libelle.as_str()).collect();
        assert_eq!(noms, ["octobre 2026", "novembre 2026", "décembre 2026"]);
        assert_eq!(mois[0].champs.len(), 3);
        assert_eq!(en_couple[0].champs.len(), 6, "vous et votre conjoint");
    }

    #[test]
    fn un_champ_vide_negatif_ou_illisible_est_nomme_et_le_reste_s_additionne() {
        let declaration = Declaration::lire(vec![
            ("salaires-moi-3".into(), "1 200,50".into()),
            ("exploitation-moi-3".into(), "-4".into()),
            ("autres-moi-3".into(), "beaucoup".into()),
            ("salaires-moi-2".into(), "92 233 720 368 547 758,07".into()),
        ]);
        let mois = declaration.mois(date(2026, 6, 30), true);
        let fautes: Vec<bool> = mois[0].champs.iter().map(|c| c.erreur.is_some()).collect();
        assert_eq!(fautes, [false, true, true]);
        assert!(mois[1].champs.iter().all(|c| c.erreur.is_some()), "vides");
        assert_eq!(
            mois[1].champs[0].erreur.as_deref(),
            Some("Un revenu d’un mois ne passe pas 1\u{202f}000\u{202f}000,00\u{a0}€."),
        );
        let juste = Declaration::lire(vec![("salaires-moi-3".into(), "1 200,50".into())]);
        let mois = juste.mois(date(2026, 6, 30), true);
        assert_eq!(juste.total(&mois).unwrap(), Montant::de_centimes(1_200_50));
    }
}
