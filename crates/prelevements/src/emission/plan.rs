//! Le plan d'un fichier : ce que ses en-têtes annoncent, compté avant d'écrire.

use std::collections::BTreeMap;

use valeurs::Montant;

use super::{
    erreur::{ErreurEmission, RegleEmission},
    ordre::Remise,
};
use crate::{ReferenceDeMessage, ReferenceDeRemise};

/// Remises d'un fichier : ce que quatre chiffres numérotent. Une année d'échéances mensuelles en fait 48.
const LIMITE_REMISES: usize = 9_999;
/// `Max15NumericText`.
const NOMBRE_MAX: u64 = 999_999_999_999_999;
/// `CtrlSum` : 999 999 999 999 999,99 € (EPC130-08).
const SOMME_MAX: i64 = 999_999_999_999_999_99;

/// Un nombre d'ordres et leur somme exacte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totaux {
    /// Nombre d'ordres (`NbOfTxs`).
    pub nombre: u64,
    /// Leur somme (`CtrlSum`).
    pub somme: Montant,
}

impl Totaux {
    /// Ces totaux et ceux-là, s'ils s'écrivent encore dans la norme.
    pub(super) fn plus(self, nombre: u64, somme: Montant) -> Option<Self> {
        let nombre = self.nombre.checked_add(nombre).filter(|n| *n <= NOMBRE_MAX)?;
        let somme = self.somme.checked_add(somme).ok()?;
        (somme.centimes() <= SOMME_MAX).then_some(Self { nombre, somme })
    }
}

/// Une remise telle que le fichier l'annonce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemisePrevue {
    /// Sa référence (`PmtInfId`) : ce que la banque rend si elle rejette toute la remise.
    pub reference: ReferenceDeRemise,
    /// Son échéance et sa séquence.
    pub remise: Remise,
    /// Ce qu'elle compte.
    pub totaux: Totaux,
}

/// Ce qu'un fichier contiendra : sa référence et le total de chaque remise.
///
/// Les en-têtes de la norme annoncent nombre et somme avant le premier ordre. Pour que la mémoire ne dépende
/// pas du nombre d'ordres, l'appelant les parcourt deux fois : il les compte ici (ou les fait compter par sa
/// base, une ligne par remise), puis les donne à [`crate::Ecrivain`], qui refuse de finir si les deux
/// parcours diffèrent d'un centime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    message: ReferenceDeMessage,
    remises: BTreeMap<Remise, Totaux>,
    totaux: Totaux,
}

impl Plan {
    /// Un plan sans ordre encore.
    #[must_use]
    pub const fn new(message: ReferenceDeMessage) -> Self {
        Self {
            message,
            remises: BTreeMap::new(),
            totaux: Totaux {
                nombre: 0,
                somme: Montant::ZERO,
            },
        }
    }

    /// Compte `nombre` ordres d'une remise, d'une somme de `somme`.
    ///
    /// # Errors
    /// Aucun ordre ou aucune somme ; trop de remises ; un total que la norme ne sait pas écrire. Le plan est
    /// alors inchangé.
    pub fn ajouter(&mut self, remise: Remise, nombre: u64, somme: Montant) -> Result<(), ErreurEmission> {
        if nombre == 0 || somme.centimes() <= 0 {
            let regle = RegleEmission::RemiseVide(remise);
            return Err(ErreurEmission::fichier("PmtInf", regle));
        }
        if !self.remises.contains_key(&remise) && self.remises.len() >= LIMITE_REMISES {
            let regle = RegleEmission::TropDeRemises(LIMITE_REMISES);
            return Err(ErreurEmission::fichier("PmtInf", regle));
        }
        let deja = self.remises.get(&remise).copied().unwrap_or_default();
        let (Some(de_la_remise), Some(du_fichier)) =
            (deja.plus(nombre, somme), self.totaux.plus(nombre, somme))
        else {
            let regle = RegleEmission::TotalTropGrand;
            return Err(ErreurEmission::fichier("GrpHdr/CtrlSum", regle));
        };
        self.remises.insert(remise, de_la_remise);
        self.totaux = du_fichier;
        Ok(())
    }

    /// La référence du message.
    #[must_use]
    pub const fn message(&self) -> &ReferenceDeMessage {
        &self.message
    }

    /// Ce que tout le fichier compte.
    #[must_use]
    pub const fn totaux(&self) -> Totaux {
        self.totaux
    }

    /// Les remises dans l'ordre du fichier : par échéance, puis par séquence.
    pub fn remises(&self) -> impl Iterator<Item = RemisePrevue> + '_ {
        (1_usize..)
            .zip(&self.remises)
            .map(|(rang, (&remise, &totaux))| RemisePrevue {
                reference: self.message.remise(rang),
                remise,
                totaux,
            })
    }
}

#[cfg(test)]
mod tests {
    use jiff::{ToSpan, civil::date};

    use super::*;
    use crate::Sequence;

    fn remise(jour: i8, sequence: Sequence) -> Remise {
        Remise {
            echeance: date(2026, 3, jour),
            sequence,
        }
    }

    fn plan() -> Plan {
        Plan::new("MSG".parse().unwrap())
    }

    #[test]
    fn les_remises_se_rangent_par_echeance_puis_par_sequence() {
        let mut plan = plan();
        for (jour, sequence) in [
            (20, Sequence::Recurrent),
            (10, Sequence::Unique),
            (20, Sequence::Premier),
            (10, Sequence::Recurrent),
            (20, Sequence::Recurrent),
        ] {
            plan.ajouter(remise(jour, sequence), 2, Montant::de_centimes(10))
                .unwrap();
        }
        let remises: Vec<_> = plan
            .remises()
            .map(|prevue| {
                format!(
                    "{} {} {}",
                    prevue.reference.as_str(),
                    prevue.remise,
                    prevue.totaux.nombre
                )
            })
            .collect();
        assert_eq!(
            remises,
            [
                "MSG-0001 10/03/2026 (RCUR) 2",
                "MSG-0002 10/03/2026 (OOFF) 2",
                "MSG-0003 20/03/2026 (FRST) 2",
                "MSG-0004 20/03/2026 (RCUR) 4",
            ]
        );
        let somme = Montant::de_centimes(50);
        assert_eq!(plan.totaux(), Totaux { nombre: 10, somme });
    }

    #[test]
    fn un_total_que_la_norme_n_ecrit_pas_est_refuse_et_ne_change_rien() {
        let mut plan = plan();
        let remise = remise(1, Sequence::Recurrent);
        plan.ajouter(remise, NOMBRE_MAX, Montant::de_centimes(SOMME_MAX - 1))
            .unwrap();
        let avant = plan.clone();
        for (nombre, somme) in [(1, 1), (u64::MAX, 1), (1, 2), (1, i64::MAX)] {
            let erreur = plan
                .ajouter(remise, nombre, Montant::de_centimes(somme))
                .unwrap_err();
            assert_eq!(erreur.regle, RegleEmission::TotalTropGrand);
        }
        for (nombre, somme) in [(0, 1), (1, 0), (1, -1)] {
            let erreur = plan
                .ajouter(remise, nombre, Montant::de_centimes(somme))
                .unwrap_err();
            assert_eq!(erreur.regle, RegleEmission::RemiseVide(remise));
        }
        assert_eq!(plan, avant);
    }

    #[test]
    fn la_limite_des_remises_est_exacte() {
        let mut plan = plan();
        let premier = remise(1, Sequence::Recurrent);
        for jour in 0..LIMITE_REMISES {
            let echeance = premier.echeance + i64::try_from(jour).unwrap().days();
            plan.ajouter(Remise { echeance, ..premier }, 1, Montant::de_centimes(1))
                .unwrap();
        }
        let erreur = plan
            .ajouter(remise(1, Sequence::Premier), 1, Montant::de_centimes(1))
            .unwrap_err();
        assert_eq!(erreur.regle, RegleEmission::TropDeRemises(LIMITE_REMISES));
        plan.ajouter(premier, 1, Montant::de_centimes(1)).unwrap();
    }
}
