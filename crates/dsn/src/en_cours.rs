//! Une déclaration en train d'être lue.

use jiff::civil::Date;
use valeurs::Montant;

use crate::declaration::{
    Caisse, CodeMsa, CotisationEtablissement, CotisationIndividuelle, Declaration, Envoi, Identifiant,
    Versement,
};
use crate::erreur::Faute;
use crate::ligne::Ligne;
use crate::recepteur::Recepteur;
use crate::reperes::{
    B_CODE, B_COTISATION, B_DEBUT, B_ETABLISSEMENT, B_FIN, B_INDIVIDU, C_ASSIETTE, C_CODE, C_MONTANT,
    C_ORGANISME, CHAMP, CONSTITUTION, E_CODE, E_DEBUT, E_FIN, E_MONTANT, E_REFERENCE, FRACTION, GENRE, I_NIR,
    I_NOM, MOIS, NIC, ORDRE, RATTACHEMENT, REMPLACE, SIREN, V_BIC, V_DATE, V_DEBUT, V_FIN, V_IBAN, V_MODE,
    V_MONTANT, V_ORGANISME, V_PAYEUR,
};
use crate::rubrique::{Bloc, Rubrique};
use crate::valeur::{Code, date, lire_date, lire_montant, mois, montant, texte};

/// La base assujettie en cours, pour le détail.
#[derive(Clone, Copy, Default)]
struct Base {
    code: Option<Code<2>>,
    debut: Option<Date>,
    fin: Option<Date>,
}

/// Une déclaration en train d'être lue.
pub(crate) struct EnCours {
    pub(crate) declaration: Declaration,
    siren: Option<Code<9>>,
    pub(crate) ordre: Option<u64>,
    pub(crate) constituee_le: Option<Date>,
    /// Place dans `caisses` de l'organisme de la cotisation ou du versement en cours, si c'est une caisse de MSA.
    pub(crate) caisse: Option<usize>,
    /// Idem pour le versement.
    caisse_versement: Option<usize>,
    etablissement: Option<CotisationEtablissement>,
    base: Base,
    cotisation: Option<CotisationIndividuelle>,
    /// L'individu en cours a commencé par son NIR : son nom n'en commence pas un autre.
    nir_lu: bool,
    dans_individu: bool,
}

impl EnCours {
    /// Une déclaration dont rien n'est encore lu que sa nature, à la ligne `ligne`.
    pub(crate) fn nouvelle(rang: u32, ligne: u64, envoi: Envoi, nature: Code<2>) -> Self {
        Self {
            declaration: Declaration {
                rang,
                lignes: (ligne, ligne),
                envoi,
                nature,
                genre: Code::de(b"01"),
                fraction: Code::de(b"11"),
                identifiant: None,
                mois: None,
                remplace: None,
                champ: None,
                siret: None,
                individus: 0,
                caisses: Vec::new(),
            },
            siren: None,
            ordre: None,
            constituee_le: None,
            caisse: None,
            caisse_versement: None,
            etablissement: None,
            base: Base::default(),
            cotisation: None,
            nir_lu: false,
            dans_individu: false,
        }
    }

    #[inline]
    pub(crate) fn commencer_cotisation(&mut self, ligne: Ligne<'_>) -> Result<(), Faute> {
        self.caisse = None;
        Code::<3>::lire(ligne.valeur)
            .map(|_| ())
            .ok_or(Faute::Code(ligne.rubrique))
    }

    /// La place de la caisse de MSA que nomme un organisme ; `None` pour tout autre organisme.
    #[inline]
    pub(crate) fn caisse(&mut self, organisme: &[u8]) -> Option<usize> {
        let caisses = &mut self.declaration.caisses;
        if let [seule] = caisses.as_slice()
            && seule.code.octets() == organisme
        {
            return Some(0);
        }
        let code = msa(organisme)?;
        Some(caisses.iter().position(|c| c.code == code).unwrap_or_else(|| {
            caisses.push(Caisse {
                code,
                declare: Montant::ZERO,
                versements: Vec::new(),
            });
            caisses.len() - 1
        }))
    }

    #[inline]
    pub(crate) fn cotiser(&mut self, ligne: Ligne<'_>) -> Result<(), Faute> {
        let Some(caisse) = self.caisse.and_then(|i| self.declaration.caisses.get_mut(i)) else {
            return Ok(());
        };
        let m = lire_montant(ligne.rubrique, ligne.valeur)?;
        caisse.declare = caisse
            .declare
            .checked_add(m)
            .map_err(|_| Faute::Depassement(ligne.rubrique))?;
        Ok(())
    }

    #[inline]
    pub(crate) fn individu(&mut self, r: Rubrique) {
        if r == I_NIR || !self.nir_lu {
            self.declaration.individus += 1;
        }
        self.nir_lu = r == I_NIR;
    }

    pub(crate) fn rare(
        &mut self,
        recepteur: &mut impl Recepteur,
        numero: u64,
        ligne: Ligne<'_>,
    ) -> Result<(), Faute> {
        let Ligne { rubrique: r, valeur } = ligne;
        let d = &mut self.declaration;
        match r {
            GENRE => d.genre = Code::lire(valeur).ok_or(Faute::Code(r))?,
            FRACTION => d.fraction = Code::lire(valeur).ok_or(Faute::Code(r))?,
            ORDRE => self.ordre = ordre(valeur),
            MOIS => d.mois = Some(mois(valeur).ok_or(Faute::Date(r))?),
            REMPLACE => d.remplace = identifiant(valeur),
            CONSTITUTION => self.constituee_le = date(valeur),
            CHAMP => d.champ = Code::lire(valeur),
            // Une déclaration néant nomme ainsi la caisse qui la reçoit.
            RATTACHEMENT => {
                self.caisse(valeur);
            }
            SIREN => self.siren = Code::lire(valeur),
            NIC => {
                let siret = self.siren.map(|s| format!("{s}{}", texte(valeur)));
                d.siret = siret.and_then(|s| Code::lire(s.as_bytes()));
            }
            _ if r.bloc() == B_ETABLISSEMENT => return self.etablissement(recepteur, numero, ligne),
            _ if r.bloc() == V_ORGANISME.bloc() => return self.versement(numero, ligne),
            _ => {}
        }
        Ok(())
    }

    fn versement(&mut self, numero: u64, ligne: Ligne<'_>) -> Result<(), Faute> {
        let Ligne { rubrique: r, valeur } = ligne;
        if r == V_ORGANISME {
            self.caisse_versement = self.caisse(valeur);
        }
        let Some(caisse) = self
            .caisse_versement
            .and_then(|i| self.declaration.caisses.get_mut(i))
        else {
            return Ok(());
        };
        if r == V_ORGANISME {
            caisse.versements.push(Versement {
                ligne: numero,
                montant: Montant::ZERO,
                debut: None,
                fin: None,
                mode: None,
                echeance: None,
                payeur: None,
                bic: None,
                iban: None,
            });
            return Ok(());
        }
        let Some(v) = caisse.versements.last_mut() else {
            return Ok(());
        };
        match r {
            V_BIC => v.bic = Some(texte(valeur).into_owned()),
            V_IBAN => v.iban = Some(texte(valeur).into_owned()),
            V_MONTANT => v.montant = lire_montant(r, valeur)?,
            V_DEBUT => v.debut = Some(lire_date(r, valeur)?),
            V_FIN => v.fin = Some(lire_date(r, valeur)?),
            V_MODE => v.mode = Some(Code::lire(valeur).ok_or(Faute::Code(r))?),
            V_DATE => v.echeance = Some(lire_date(r, valeur)?),
            V_PAYEUR => v.payeur = Code::lire(valeur),
            _ => {}
        }
        Ok(())
    }

    fn etablissement(
        &mut self,
        recepteur: &mut impl Recepteur,
        numero: u64,
        ligne: Ligne<'_>,
    ) -> Result<(), Faute> {
        let Ligne { rubrique: r, valeur } = ligne;
        if r == E_MONTANT {
            self.rendre_etablissement(recepteur);
            self.etablissement = Some(CotisationEtablissement {
                ligne: numero,
                montant: montant(valeur),
                code: None,
                debut: None,
                fin: None,
                caisse: None,
            });
            return Ok(());
        }
        let Some(e) = self.etablissement.as_mut() else {
            return Ok(());
        };
        match r {
            E_CODE => e.code = Code::lire(valeur),
            E_DEBUT => e.debut = date(valeur),
            E_FIN => e.fin = date(valeur),
            E_REFERENCE => {
                e.caisse = msa(valeur);
                if e.caisse.is_some() {
                    let m = e.montant.ok_or(Faute::Montant(E_MONTANT))?;
                    if let Some(caisse) = self
                        .caisse(valeur)
                        .and_then(|i| self.declaration.caisses.get_mut(i))
                    {
                        caisse.declare = caisse.declare.checked_add(m).map_err(|_| Faute::Depassement(r))?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn detail(
        &mut self,
        recepteur: &mut impl Recepteur,
        numero: u64,
        ligne: Ligne<'_>,
    ) -> Result<(), Faute> {
        let Ligne { rubrique: r, valeur } = ligne;
        match r {
            B_CODE => {
                self.base = Base {
                    code: Code::lire(valeur),
                    ..Base::default()
                };
            }
            B_DEBUT => self.base.debut = date(valeur),
            B_FIN => self.base.fin = date(valeur),
            _ => {}
        }
        if r.bloc() == B_COTISATION {
            self.detail_cotisation(recepteur, numero, ligne)?;
        } else {
            self.rendre_cotisation(recepteur);
        }
        // Le rang de l'individu se lit sur sa première rubrique, avant que les totaux ne l'aient compté.
        if r.bloc() == B_INDIVIDU {
            self.dans_individu = true;
        } else if r.bloc() == NIC.bloc()
            || r.bloc() == Bloc::de("S21.G00.85")
            || r.chiffres() / 10_000_000 == 89
        {
            self.dans_individu = false;
        }
        let commence = r == I_NIR || (r == I_NOM && !self.nir_lu);
        let individu = match (self.dans_individu, commence) {
            (false, _) => 0,
            (true, true) => self.declaration.individus + 1,
            (true, false) => self.declaration.individus,
        };
        recepteur.ligne(numero, ligne, individu);
        Ok(())
    }

    fn detail_cotisation(
        &mut self,
        recepteur: &mut impl Recepteur,
        numero: u64,
        ligne: Ligne<'_>,
    ) -> Result<(), Faute> {
        let Ligne { rubrique: r, valeur } = ligne;
        if r == C_CODE {
            self.rendre_cotisation(recepteur);
            self.cotisation = Some(CotisationIndividuelle {
                ligne: numero,
                individu: self.declaration.individus,
                base: self.base.code,
                debut: self.base.debut,
                fin: self.base.fin,
                code: Code::lire(valeur).ok_or(Faute::Code(r))?,
                caisse: None,
                assiette: None,
                montant: None,
            });
        } else if let Some(c) = self.cotisation.as_mut() {
            match r {
                C_ORGANISME => c.caisse = msa(valeur),
                C_ASSIETTE => c.assiette = montant(valeur),
                C_MONTANT => c.montant = montant(valeur),
                _ => {}
            }
        }
        Ok(())
    }

    fn rendre_cotisation(&mut self, recepteur: &mut impl Recepteur) {
        if let Some(c) = self.cotisation.take() {
            recepteur.cotisation_individuelle(c);
        }
    }

    fn rendre_etablissement(&mut self, recepteur: &mut impl Recepteur) {
        if let Some(e) = self.etablissement.take() {
            recepteur.cotisation_etablissement(e);
        }
    }

    pub(crate) fn rendre(&mut self, recepteur: &mut impl Recepteur) {
        self.rendre_cotisation(recepteur);
        self.rendre_etablissement(recepteur);
    }
}

/// Le code d'une caisse de MSA : `DMSA` et deux chiffres.
#[inline]
fn msa(organisme: &[u8]) -> Option<CodeMsa> {
    match organisme {
        [b'D', b'M', b'S', b'A', a, b] if a.is_ascii_digit() && b.is_ascii_digit() => Code::lire(organisme),
        _ => None,
    }
}

fn ordre(valeur: &[u8]) -> Option<u64> {
    std::str::from_utf8(valeur).ok()?.parse().ok()
}

/// `JJMMAAAA` puis le numéro d'ordre (S20.G00.05.006).
fn identifiant(valeur: &[u8]) -> Option<Identifiant> {
    let (constituee_le, n) = valeur.split_at_checked(8)?;
    Some(Identifiant {
        constituee_le: date(constituee_le)?,
        ordre: ordre(n)?,
    })
}
