//! L'écriture du fichier, ordre après ordre.

use std::{fmt, io::Write, iter::Peekable, vec};

use jiff::civil::{Date, DateTime};

use super::{
    balises::Balises,
    erreur::{ErreurEmission, RegleEmission},
    espace_sepa::Zone,
    ordre::{Creancier, Ordre},
    plan::{Plan, RemisePrevue, Totaux},
};

/// Les années que la norme écrit, et avant lesquelles aucun mandat n'a été signé.
const ANNEES: std::ops::RangeInclusive<i16> = 1900..=9999;

/// Un fichier `pain.008.001.08` en cours d'écriture, en mémoire constante.
///
/// Les mêmes ordres, dans le même ordre, font les mêmes octets. À la première erreur, il n'écrit plus rien :
/// un fichier n'est bon que lorsque [`Self::finir`] a rendu ses totaux.
pub struct Ecrivain<W: Write> {
    xml: Balises<W>,
    creancier: Creancier,
    suivantes: Peekable<vec::IntoIter<RemisePrevue>>,
    en_cours: Option<EnCours>,
    ecrits: Totaux,
    arrete: bool,
}

/// La remise ouverte, et ce qui en est écrit.
struct EnCours {
    prevue: RemisePrevue,
    ecrits: Totaux,
}

impl<W: Write> Ecrivain<W> {
    /// Écrit l'en-tête d'un fichier fait à cette heure, celle de la caisse. Les écritures passent par un
    /// tampon.
    ///
    /// # Errors
    /// Plan sans ordre ; échéance qui n'est pas après le jour de `cree_le` ; compte du créancier hors de
    /// l'espace SEPA ; écriture impossible.
    pub fn commencer(
        vers: W,
        plan: &Plan,
        creancier: Creancier,
        cree_le: DateTime,
    ) -> Result<Self, ErreurEmission> {
        verifier_l_annee(cree_le.date(), "GrpHdr/CreDtTm", None)?;
        if Zone::de(creancier.iban.pays()) == Zone::HorsSepa {
            return Err(ErreurEmission::fichier(
                "CdtrAcct/Id/IBAN",
                RegleEmission::HorsSepa,
            ));
        }
        let remises: Vec<RemisePrevue> = plan.remises().collect();
        let premiere = remises.first().ok_or(ErreurEmission::fichier(
            "GrpHdr/NbOfTxs",
            RegleEmission::AucunOrdre,
        ))?;
        // Elles sont rangées : la première échéance est la plus proche, et aucune n'est avant 1900.
        if premiere.remise.echeance <= cree_le.date() {
            let regle = RegleEmission::EcheancePassee(premiere.remise);
            return Err(ErreurEmission::fichier("PmtInf/ReqdColltnDt", regle));
        }
        let mut xml = Balises::new(vers);
        xml.commencer(plan, &creancier, cree_le)
            .map_err(|erreur| ErreurEmission::panne(&erreur))?;
        Ok(Self {
            xml,
            creancier,
            suivantes: remises.into_iter().peekable(),
            en_cours: None,
            ecrits: Totaux::default(),
            arrete: false,
        })
    }

    /// Écrit un ordre. Les ordres viennent rangés comme [`Plan::remises`].
    ///
    /// # Errors
    /// Ordre d'une autre remise que celle attendue, ou de trop ; signature après l'échéance ; compte hors de
    /// l'espace SEPA ; BIC ou adresse manquants hors de l'EEE ; écriture impossible.
    pub fn ecrire(&mut self, ordre: &Ordre) -> Result<(), ErreurEmission> {
        self.vivant()?;
        let resultat = self.ecrire_ou_arreter(ordre);
        self.arrete = resultat.is_err();
        resultat
    }

    /// Ferme le fichier et rend ce qu'il contient, qui est ce que ses en-têtes annoncent.
    ///
    /// # Errors
    /// Le plan n'est pas épuisé, ou le dernier parcours n'a pas fait ses totaux ; écriture impossible.
    pub fn finir(mut self) -> Result<Totaux, ErreurEmission> {
        self.vivant()?;
        self.fermer_la_remise()?;
        if let Some(manquante) = self.suivantes.next() {
            let regle = RegleEmission::RemiseManquante(manquante.remise);
            return Err(ErreurEmission::fichier("PmtInf", regle));
        }
        self.xml
            .finir()
            .map_err(|erreur| ErreurEmission::panne(&erreur))?;
        Ok(self.ecrits)
    }

    const fn vivant(&self) -> Result<(), ErreurEmission> {
        if self.arrete {
            return Err(ErreurEmission::fichier("fichier", RegleEmission::DejaArrete));
        }
        Ok(())
    }

    fn ecrire_ou_arreter(&mut self, ordre: &Ordre) -> Result<(), ErreurEmission> {
        let rang = self.ecrits.nombre.saturating_add(1);
        verifier(ordre, rang)?;
        let mut en_cours = self.remise_de(ordre, rang)?;
        let montant = ordre.montant.montant();
        let trop_grand = ErreurEmission {
            ordre: Some(rang),
            champ: "InstdAmt",
            regle: RegleEmission::TotalTropGrand,
        };
        let (Some(de_la_remise), Some(du_fichier)) =
            (en_cours.ecrits.plus(1, montant), self.ecrits.plus(1, montant))
        else {
            return Err(trop_grand);
        };
        self.xml
            .operation(ordre)
            .map_err(|erreur| ErreurEmission::panne(&erreur))?;
        en_cours.ecrits = de_la_remise;
        self.ecrits = du_fichier;
        self.en_cours = Some(en_cours);
        Ok(())
    }

    /// La remise de cet ordre : celle qui est ouverte, sinon la suivante du plan, qu'on ouvre.
    fn remise_de(&mut self, ordre: &Ordre, rang: u64) -> Result<EnCours, ErreurEmission> {
        if let Some(en_cours) = self.en_cours.take_if(|e| e.prevue.remise == ordre.remise) {
            return Ok(en_cours);
        }
        self.fermer_la_remise()?;
        let Some(prevue) = self.suivantes.next_if(|prevue| prevue.remise == ordre.remise) else {
            return Err(ErreurEmission {
                ordre: Some(rang),
                champ: "PmtInf",
                regle: RegleEmission::RemiseInattendue {
                    recue: ordre.remise,
                    attendue: self.suivantes.peek().map(|prevue| prevue.remise),
                },
            });
        };
        self.xml
            .ouvrir_remise(&prevue, &self.creancier)
            .map_err(|erreur| ErreurEmission::panne(&erreur))?;
        Ok(EnCours {
            prevue,
            ecrits: Totaux::default(),
        })
    }

    fn fermer_la_remise(&mut self) -> Result<(), ErreurEmission> {
        let Some(EnCours { prevue, ecrits }) = self.en_cours.take() else {
            return Ok(());
        };
        if ecrits != prevue.totaux {
            let regle = RegleEmission::TotalFaux {
                remise: prevue.remise,
                nombre_prevu: prevue.totaux.nombre,
                somme_prevue: prevue.totaux.somme,
                nombre: ecrits.nombre,
                somme: ecrits.somme,
            };
            return Err(ErreurEmission::fichier("PmtInf/CtrlSum", regle));
        }
        self.xml
            .fermer_remise()
            .map_err(|erreur| ErreurEmission::panne(&erreur))
    }
}

impl<W: Write> fmt::Debug for Ecrivain<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ecrivain")
            .field("ecrits", &self.ecrits)
            .field("arrete", &self.arrete)
            .finish_non_exhaustive()
    }
}

/// Ce que les types n'ont pas déjà vérifié : les règles qui lient deux champs d'un ordre.
fn verifier(ordre: &Ordre, rang: u64) -> Result<(), ErreurEmission> {
    let refus = |champ, regle| {
        Err(ErreurEmission {
            ordre: Some(rang),
            champ,
            regle,
        })
    };
    verifier_l_annee(ordre.signe_le, "MndtRltdInf/DtOfSgntr", Some(rang))?;
    if ordre.signe_le > ordre.remise.echeance {
        return refus("MndtRltdInf/DtOfSgntr", RegleEmission::SignatureApresEcheance);
    }
    match Zone::de(ordre.iban.pays()) {
        Zone::HorsSepa => refus("DbtrAcct/Id/IBAN", RegleEmission::HorsSepa),
        Zone::HorsEee if ordre.bic.is_none() => refus("DbtrAgt/FinInstnId/BICFI", RegleEmission::BicAbsent),
        Zone::HorsEee if ordre.adresse.is_none() => refus("Dbtr/PstlAdr", RegleEmission::AdresseAbsente),
        Zone::Eee | Zone::HorsEee => Ok(()),
    }
}

fn verifier_l_annee(date: Date, champ: &'static str, ordre: Option<u64>) -> Result<(), ErreurEmission> {
    if ANNEES.contains(&date.year()) {
        return Ok(());
    }
    Err(ErreurEmission {
        ordre,
        champ,
        regle: RegleEmission::Annee,
    })
}
