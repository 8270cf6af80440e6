use std::str::FromStr;

use droit::Regime;
use releves::ModePaiement;
use serde::Deserialize;
use web::ErreurChamp;
use web::fragments::{Champ, Choix, Largeur};

use crate::dossiers::{Contact, NouveauDebiteur};
use crate::encaissements::code_mode;
use crate::pages::libelles;

/// Les modes que l'on choisit à l'inscription, du plus courant au plus rare.
const MODES: [ModePaiement; 7] = [
    ModePaiement::Prelevement,
    ModePaiement::Virement,
    ModePaiement::TeleReglement,
    ModePaiement::Cheque,
    ModePaiement::TitreInterbancaire,
    ModePaiement::CarteBancaire,
    ModePaiement::Autre,
];

/// Caractères d'un nom ou d'une commune, au plus.
const TEXTE_MAX: u32 = 120;

/// Un débiteur tel que l'agent l'écrit.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct DebiteurSaisi {
    matricule: String,
    regime: String,
    nom: String,
    prenom: String,
    siret: String,
    nir: String,
    commune: String,
    code_commune: String,
    code_agent: String,
    code_tiers: String,
    mode_paiement: String,
    telephone: String,
    courriel: String,
}

/// Lit les champs un à un et garde toutes les fautes, pas la première seule.
struct Lecteur(Vec<ErreurChamp>);

impl Lecteur {
    fn obligatoire<T: FromStr<Err: std::fmt::Display>>(
        &mut self,
        champ: &'static str,
        texte: &str,
    ) -> Option<T> {
        texte
            .trim()
            .parse()
            .map_err(|e: T::Err| self.0.push(ErreurChamp::nouvelle(champ, web::majuscule(e))))
            .ok()
    }

    fn facultatif<T: FromStr<Err: std::fmt::Display>>(
        &mut self,
        champ: &'static str,
        texte: &str,
    ) -> Option<T> {
        if texte.trim().is_empty() {
            None
        } else {
            self.obligatoire(champ, texte)
        }
    }

    fn texte(&mut self, champ: &'static str, texte: &str, si_vide: &'static str) -> String {
        if texte.trim().is_empty() {
            self.0.push(ErreurChamp::nouvelle(champ, si_vide));
        }
        texte.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl DebiteurSaisi {
    /// Le débiteur, si tout se lit.
    ///
    /// # Errors
    /// Une phrase par champ fautif.
    pub(super) fn lire(&self) -> Result<NouveauDebiteur, Vec<ErreurChamp>> {
        let mut l = Lecteur(Vec::new());
        let matricule = l.obligatoire("matricule", &self.matricule);
        let regime = self.regime.parse::<Regime>().ok();
        if regime.is_none() {
            l.0.push(ErreurChamp::nouvelle("regime", "Choisissez le régime."));
        }
        let nom = l.texte("nom", &self.nom, "Écrivez le nom, ou la raison sociale.");
        let commune = l.texte("commune", &self.commune, "Écrivez la commune.");
        let siret = l.facultatif("siret", &self.siret);
        let nir = l.facultatif("nir", &self.nir);
        let code_commune = l.facultatif("code_commune", &self.code_commune);
        let telephone = l.facultatif("telephone", &self.telephone).map(Contact::Telephone);
        let courriel = l.facultatif("courriel", &self.courriel).map(Contact::Mail);
        match (matricule, regime) {
            (Some(matricule), Some(regime)) if l.0.is_empty() => Ok(NouveauDebiteur {
                matricule,
                regime,
                nom,
                prenom: self.prenom.split_whitespace().collect::<Vec<_>>().join(" "),
                siret,
                nir,
                commune,
                code_commune,
                code_agent: self.code_agent.trim().to_owned(),
                code_tiers: self.code_tiers.trim().to_owned(),
                mode_paiement: MODES
                    .map(code_mode)
                    .into_iter()
                    .find(|code| *code == self.mode_paiement)
                    .unwrap_or(code_mode(ModePaiement::Autre))
                    .to_owned(),
                contacts: [telephone, courriel].into_iter().flatten().collect(),
                ibans: Vec::new(),
            }),
            _ => Err(l.0),
        }
    }

    /// Les champs du formulaire, en trois groupes ; le NIR n'y est que si l'agent le voit.
    pub(super) fn champs(&self, avec_nir: bool, erreurs: &[ErreurChamp]) -> [(&'static str, Vec<Champ>); 3] {
        let regimes = Regime::TOUS.iter().map(|r| Choix::nouveau(r.code(), r.libelle()));
        let regimes = std::iter::once(Choix::nouveau("", "Choisir…"))
            .chain(regimes)
            .collect();
        let modes = MODES.map(|m| Choix::nouveau(code_mode(m), libelles::mode(code_mode(m))));
        let mut identite = vec![
            Champ::texte("matricule", "Matricule")
                .obligatoire()
                .aide("De 1 à 14 lettres ou chiffres, unique dans la caisse.")
                .valeur(&self.matricule)
                .longueur_max(20)
                .largeur(Largeur::Courte),
            Champ::liste("regime", "Régime", regimes)
                .obligatoire()
                .valeur(&self.regime),
            Champ::texte("nom", "Nom, ou raison sociale")
                .obligatoire()
                .valeur(&self.nom)
                .longueur_max(TEXTE_MAX),
            Champ::texte("prenom", "Prénom")
                .aide("Vide pour une société.")
                .valeur(&self.prenom)
                .longueur_max(TEXTE_MAX),
            Champ::chiffres("siret", "SIRET")
                .aide("14 chiffres, unique dans la caisse.")
                .valeur(&self.siret),
        ];
        if avec_nir {
            identite.push(
                Champ::texte("nir", "NIR")
                    .aide("13 caractères, ou 15 avec sa clé ; définitif ou temporaire.")
                    .valeur(&self.nir),
            );
        }
        let contact = vec![
            Champ::texte("commune", "Commune")
                .obligatoire()
                .valeur(&self.commune)
                .longueur_max(TEXTE_MAX),
            Champ::texte("code_commune", "Code de la commune")
                .aide("Code INSEE, pas le code postal.")
                .valeur(&self.code_commune)
                .largeur(Largeur::Courte),
            Champ::telephone("telephone", "Téléphone").valeur(&self.telephone),
            Champ::courriel("courriel", "Courriel").valeur(&self.courriel),
        ];
        let suivi = vec![
            Champ::texte("code_agent", "Code agent")
                .valeur(&self.code_agent)
                .longueur_max(20)
                .largeur(Largeur::Courte),
            Champ::texte("code_tiers", "Code tiers")
                .valeur(&self.code_tiers)
                .longueur_max(20)
                .largeur(Largeur::Courte),
            Champ::liste("mode_paiement", "Mode de paiement habituel", modes.into())
                .valeur(&self.mode_paiement),
        ];
        [("Identité", identite), ("Coordonnées", contact), ("Suivi", suivi)]
            .map(|(titre, champs)| (titre, champs.into_iter().map(|c| c.parmi(erreurs)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saisi() -> DebiteurSaisi {
        DebiteurSaisi {
            matricule: "33 0412 876".into(),
            regime: "assure".into(),
            nom: "  Le   Fèvre ".into(),
            commune: "Blaye".into(),
            mode_paiement: "virement".into(),
            ..DebiteurSaisi::default()
        }
    }

    #[test]
    fn une_saisie_juste_se_lit_et_se_normalise() {
        let Ok(lu) = saisi().lire() else {
            panic!("une saisie juste")
        };
        assert_eq!(
            (lu.matricule.as_str(), lu.nom.as_str()),
            ("330412876", "Le Fèvre")
        );
        assert_eq!(lu.mode_paiement, "virement");
    }

    #[test]
    fn toutes_les_fautes_sont_dites_ensemble() {
        let faux = DebiteurSaisi {
            matricule: "é".into(),
            siret: "12".into(),
            nom: " ".into(),
            ..saisi()
        };
        let Err(erreurs) = faux.lire() else {
            panic!("une saisie fausse")
        };
        let champs: Vec<&str> = erreurs.iter().map(|e| e.champ.as_ref()).collect();
        assert_eq!(champs, ["matricule", "nom", "siret"]);
        assert!(
            erreurs.iter().all(|e| !e.message.contains("12")),
            "une erreur répète la saisie"
        );
    }
}
