//! Des lignes aux déclarations : un seul passage, sans garder le fichier.

use std::io::Read;

use jiff::civil::Date;
use valeurs::Montant;

use crate::declaration::{
    Caisse, CodeMsa, CotisationEtablissement, CotisationIndividuelle, Declaration, Envoi, Identifiant,
    SousLot, Versement,
};
use crate::erreur::{Erreur, Faute};
use crate::lecteur::{Encodage, Lecteur, reconnaitre};
use crate::ligne::{Ligne, Lignes};
use crate::rubrique::{Bloc, Rubrique};
use crate::valeur::{Code, date, lire_date, lire_montant, mois, montant, texte};

/// Qui reçoit ce qu'un fichier déclare, à mesure.
pub trait Recepteur {
    /// Faux : [`Self::cotisation_individuelle`] et [`Self::ligne`] ne sont pas appelées, et la lecture va plus vite.
    const DETAIL: bool;

    /// Une ligne d'une déclaration ; `individu` est le rang de celui qu'elle concerne, 0 si elle n'en concerne aucun.
    fn ligne(&mut self, _numero: u64, _ligne: Ligne<'_>, _individu: u32) {}

    /// Une cotisation d'un individu.
    fn cotisation_individuelle(&mut self, _cotisation: CotisationIndividuelle) {}

    /// Une cotisation de l'établissement.
    fn cotisation_etablissement(&mut self, _cotisation: CotisationEtablissement) {}

    /// La déclaration finie.
    fn declaration(&mut self, declaration: Declaration);
}

impl<R: Recepteur> Recepteur for &mut R {
    const DETAIL: bool = R::DETAIL;

    fn ligne(&mut self, numero: u64, ligne: Ligne<'_>, individu: u32) {
        R::ligne(self, numero, ligne, individu);
    }

    fn cotisation_individuelle(&mut self, cotisation: CotisationIndividuelle) {
        R::cotisation_individuelle(self, cotisation);
    }

    fn cotisation_etablissement(&mut self, cotisation: CotisationEtablissement) {
        R::cotisation_etablissement(self, cotisation);
    }

    fn declaration(&mut self, declaration: Declaration) {
        R::declaration(self, declaration);
    }
}

impl Recepteur for Vec<Declaration> {
    const DETAIL: bool = false;

    fn declaration(&mut self, declaration: Declaration) {
        self.push(declaration);
    }
}

/// Lit toutes les déclarations d'une source, en donnant chacune à `recepteur` ; rend le nombre de lignes.
///
/// ```no_run
/// let fichier = std::fs::File::open("janvier.dsn")?;
/// let mut declarations: Vec<dsn::Declaration> = Vec::new();
/// dsn::lire(fichier, "janvier.dsn", &mut declarations)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Le fichier n'est pas une DSN entière et lisible : [`Erreur`] en donne la ligne et la règle. Ce que `recepteur` a
/// reçu avant l'erreur est à oublier.
pub fn lire<R: Read>(source: R, fichier: &str, recepteur: &mut impl Recepteur) -> Result<u64, Erreur> {
    let mut lecture = Lecture::nouvelle(source, fichier, recepteur);
    while lecture.avancer()? {}
    Ok(lecture.lignes())
}

/// Une lecture que l'on mène pas à pas : entre deux pas, on traite ce que le récepteur a reçu.
pub struct Lecture<S, R> {
    lecteur: Lecteur<S>,
    pliage: Pliage<R>,
}

impl<S: Read, R: Recepteur> Lecture<S, R> {
    /// Une lecture qui n'a pas commencé.
    #[must_use]
    pub fn nouvelle(source: S, fichier: &str, recepteur: R) -> Self {
        Self {
            lecteur: Lecteur::nouveau(source, fichier),
            pliage: Pliage::nouveau(recepteur),
        }
    }

    /// Lit un bloc de plus ; faux quand la source est finie.
    ///
    /// # Errors
    /// Comme [`lire`].
    pub fn avancer(&mut self) -> Result<bool, Erreur> {
        match self.lecteur.bloc() {
            Ok(Some(bloc)) => match self.pliage.bloc(bloc) {
                Ok(()) => Ok(true),
                Err(place) => Err(place.dans(self.lecteur.fichier())),
            },
            Ok(None) => {
                self.pliage
                    .finir()
                    .map_err(|place| place.dans(self.lecteur.fichier()))?;
                Ok(false)
            }
            Err(mut e) => {
                e.ligne += self.pliage.ligne;
                Err(e)
            }
        }
    }

    /// Le récepteur.
    pub const fn recepteur(&mut self) -> &mut R {
        &mut self.pliage.recepteur
    }

    /// Lignes lues jusqu'ici.
    #[must_use]
    pub const fn lignes(&self) -> u64 {
        self.pliage.ligne
    }
}

/// Une part d'un fichier, lue sans savoir ce qui la précède.
pub(crate) struct Morceau {
    declarations: Vec<Declaration>,
    lignes: u64,
    etat: Etat,
}

/// Lit un morceau qui commence au début du fichier (`premier`) ou devant une déclaration ; `None` s'il est fautif.
pub(crate) fn lire_morceau<R: Read>(source: R, premier: bool, fichier: &str) -> Option<Morceau> {
    let mut pliage = Pliage::nouveau(Vec::new());
    let mut lecteur = if premier {
        Lecteur::nouveau(source, fichier)
    } else {
        pliage.etat = Etat::herite();
        Lecteur::suite(source, fichier)
    };
    while let Some(bloc) = lecteur.bloc().ok()? {
        pliage.bloc(bloc).ok()?;
    }
    pliage.fermer_declaration(pliage.ligne);
    Some(Morceau {
        lignes: pliage.ligne,
        etat: pliage.etat,
        declarations: pliage.recepteur,
    })
}

impl Morceau {
    /// Les déclarations du fichier dont voici les morceaux, dans l'ordre, et le nombre de ses lignes ; `None` s'il est
    /// tronqué.
    pub(crate) fn assembler(morceaux: Vec<Self>) -> Option<(Vec<Declaration>, u64)> {
        let mut toutes: Vec<Declaration> = Vec::new();
        let mut lignes = 0;
        let mut etat = Etat::default();
        for morceau in morceaux {
            let rang = u32::try_from(toutes.len()).ok()?;
            let Etat {
                message_herite,
                sous_lot_herite,
                ..
            } = morceau.etat;
            for mut d in morceau.declarations {
                if d.rang <= message_herite.declarations {
                    d.envoi.norme = etat.norme?;
                    d.envoi.essai = etat.essai;
                    d.envoi.depose_le = etat.depose_le;
                }
                if d.rang <= sous_lot_herite.declarations {
                    d.envoi.sous_lot = etat.sous_lot;
                }
                d.rang += rang;
                d.lignes = (d.lignes.0 + lignes, d.lignes.1 + lignes);
                for v in d.caisses.iter_mut().flat_map(|c| &mut c.versements) {
                    v.ligne += lignes;
                }
                toutes.push(d);
            }
            lignes += morceau.lignes;
            let precedent = etat;
            etat = morceau.etat;
            etat.enveloppe = etat.enveloppe.or(precedent.enveloppe);
            if message_herite.encore {
                etat.norme = precedent.norme;
                etat.essai = precedent.essai;
                etat.depose_le = precedent.depose_le;
            }
            if sous_lot_herite.encore {
                etat.sous_lot = precedent.sous_lot;
            }
        }
        etat.entier().ok()?;
        Some((toutes, lignes))
    }
}

/// Lit des octets déjà en mémoire, comme [`lire`], sans les copier.
///
/// # Errors
/// Comme [`lire`].
pub fn lire_octets(octets: &[u8], fichier: &str, recepteur: &mut impl Recepteur) -> Result<u64, Erreur> {
    let mut pliage = Pliage::nouveau(recepteur);
    reconnaitre(octets).map_err(|f| f.dans(fichier))?;
    if let Err(avant) = Encodage::default().verifier(octets) {
        pliage.bloc(&octets[..avant]).map_err(|f| f.dans(fichier))?;
        let (ligne, faute) = (pliage.ligne + 1, Faute::Utf8);
        return Err(Place { ligne, faute }.dans(fichier));
    }
    pliage.bloc(octets).map_err(|f| f.dans(fichier))?;
    pliage.finir().map_err(|f| f.dans(fichier))?;
    Ok(pliage.ligne)
}

/// Une faute et sa ligne, avant qu'on sache le nom du fichier.
#[derive(Debug)]
struct Place {
    ligne: u64,
    faute: Faute,
}

impl Place {
    fn dans(self, fichier: &str) -> Erreur {
        Erreur {
            fichier: fichier.to_owned(),
            ligne: self.ligne,
            faute: self.faute,
        }
    }
}

macro_rules! rubriques {
    ($($nom:ident = $texte:literal;)+) => { $(const $nom: Rubrique = Rubrique::de($texte);)+ };
}

rubriques! {
    LOT = "S05.G51.00.001";
    FIN_LOT = "S95.G51.00.002";
    SOUS_LOT = "S06.G51.00.001";
    FIN_SOUS_LOT = "S96.G51.00.001";
    LOGICIEL = "S10.G00.00.001";
    ESSAI = "S10.G00.00.005";
    NORME = "S10.G00.00.006";
    DEPOT = "S10.G00.95.008";
    NATURE = "S20.G00.05.001";
    GENRE = "S20.G00.05.002";
    FRACTION = "S20.G00.05.003";
    ORDRE = "S20.G00.05.004";
    MOIS = "S20.G00.05.005";
    REMPLACE = "S20.G00.05.006";
    CONSTITUTION = "S20.G00.05.007";
    CHAMP = "S20.G00.05.008";
    RATTACHEMENT = "S20.G00.08.001";
    SIREN = "S21.G00.06.001";
    NIC = "S21.G00.11.001";
    V_ORGANISME = "S21.G00.20.001";
    V_BIC = "S21.G00.20.003";
    V_IBAN = "S21.G00.20.004";
    V_MONTANT = "S21.G00.20.005";
    V_DEBUT = "S21.G00.20.006";
    V_FIN = "S21.G00.20.007";
    V_MODE = "S21.G00.20.010";
    V_DATE = "S21.G00.20.011";
    V_PAYEUR = "S21.G00.20.012";
    I_NIR = "S21.G00.30.001";
    I_NOM = "S21.G00.30.002";
    B_CODE = "S21.G00.78.001";
    B_DEBUT = "S21.G00.78.002";
    B_FIN = "S21.G00.78.003";
    C_CODE = "S21.G00.81.001";
    C_ORGANISME = "S21.G00.81.002";
    C_ASSIETTE = "S21.G00.81.003";
    C_MONTANT = "S21.G00.81.004";
    E_MONTANT = "S21.G00.82.001";
    E_CODE = "S21.G00.82.002";
    E_DEBUT = "S21.G00.82.003";
    E_FIN = "S21.G00.82.004";
    E_REFERENCE = "S21.G00.82.005";
    S90_TOTAL = "S90.G00.90.001";
    S90_NOMBRE = "S90.G00.90.002";
}
const B_INDIVIDU: Bloc = Bloc::de("S21.G00.30");
const B_COTISATION: Bloc = Bloc::de("S21.G00.81");
const B_ETABLISSEMENT: Bloc = Bloc::de("S21.G00.82");
/// Les blocs d'individu S21.G00.31 à 79, hors 30, 81 et 82 : rien de ce qui s'additionne n'y est.
const SANS_EFFET: std::ops::RangeInclusive<u32> = 210_031_000..=210_079_999;
/// Les rubriques de S21.G00.81.
const COTISATION: std::ops::RangeInclusive<u32> = 210_081_000..=210_081_999;
/// La plus ancienne norme qui se lit.
const NORME_LA_PLUS_ANCIENNE: &str = "P22V01";

/// La base assujettie en cours, pour le détail.
#[derive(Clone, Copy, Default)]
struct Base {
    code: Option<Code<2>>,
    debut: Option<Date>,
    fin: Option<Date>,
}

/// Une déclaration en train d'être lue.
struct EnCours {
    declaration: Declaration,
    siren: Option<Code<9>>,
    ordre: Option<u64>,
    constituee_le: Option<Date>,
    /// Place dans `caisses` de l'organisme de la cotisation ou du versement en cours, si c'est une caisse de MSA.
    caisse: Option<usize>,
    /// Idem pour le versement.
    caisse_versement: Option<usize>,
    etablissement: Option<CotisationEtablissement>,
    base: Base,
    cotisation: Option<CotisationIndividuelle>,
    /// L'individu en cours a commencé par son NIR : son nom n'en commence pas un autre.
    nir_lu: bool,
    dans_individu: bool,
}

/// L'état de la lecture.
struct Pliage<R> {
    recepteur: R,
    ligne: u64,
    rang: u32,
    etat: Etat,
    courante: Option<Box<EnCours>>,
}

/// Le message en cours.
#[derive(Clone, Copy, Default)]
struct Etat {
    sous_lot: Option<SousLot>,
    essai: bool,
    norme: Option<Code<6>>,
    depose_le: Option<Date>,
    /// Un message est ouvert par son S10 ; le dernier est fermé par son S90.
    ouvert: bool,
    ferme: bool,
    /// L'enveloppe du portail est ouverte par S05, ou fermée par S95.
    enveloppe: Option<Enveloppe>,
    message_herite: Heritage,
    sous_lot_herite: Heritage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Enveloppe {
    Ouverte,
    Fermee,
}

/// Ce qu'un morceau tient de ce qui le précède : combien de ses déclarations, et si c'est encore vrai.
#[derive(Clone, Copy, Default)]
struct Heritage {
    encore: bool,
    declarations: u32,
}

impl Heritage {
    const ENCORE: Self = Self {
        encore: true,
        declarations: 0,
    };

    fn compter(&mut self) {
        self.declarations += u32::from(self.encore);
    }
}

impl Etat {
    /// Rien ne manque à la fin du fichier.
    fn entier(&self) -> Result<(), Faute> {
        match self.enveloppe {
            _ if self.ouvert => Err(Faute::Tronque),
            Some(Enveloppe::Ouverte) => Err(Faute::LotTronque),
            // Un lot peut n'avoir aucun message.
            None if !self.ferme => Err(Faute::Tronque),
            None | Some(Enveloppe::Fermee) => Ok(()),
        }
    }

    /// Celui d'un morceau qui ne commence pas le fichier.
    fn herite() -> Self {
        Self {
            // Remplacée à l'assemblage par celle du morceau d'avant.
            norme: Some(Code::de(b"P22V01")),
            ouvert: true,
            message_herite: Heritage::ENCORE,
            sous_lot_herite: Heritage::ENCORE,
            ..Self::default()
        }
    }
}

impl<R: Recepteur> Pliage<R> {
    fn nouveau(recepteur: R) -> Self {
        Self {
            recepteur,
            ligne: 0,
            rang: 0,
            etat: Etat::default(),
            courante: None,
        }
    }

    fn bloc(&mut self, bloc: &[u8]) -> Result<(), Place> {
        for ligne in Lignes::nouvelles(bloc) {
            self.ligne += 1;
            let lue = match ligne {
                Ok(ligne) if !R::DETAIL && self.courante.is_some() && est_sans_effet(ligne.rubrique) => Ok(()),
                Ok(ligne) => self.ligne(ligne),
                Err(faute) => Err(faute),
            };
            if let Err(faute) = lue {
                let ligne = self.ligne;
                return Err(Place { ligne, faute });
            }
        }
        Ok(())
    }

    fn finir(&mut self) -> Result<(), Place> {
        self.fermer_declaration(self.ligne);
        self.etat.entier().map_err(|faute| Place {
            ligne: self.ligne.max(1),
            faute,
        })
    }

    #[inline]
    fn ligne(&mut self, ligne: Ligne<'_>) -> Result<(), Faute> {
        let r = ligne.rubrique;
        let Some(c) = self.courante.as_deref_mut() else {
            return self.rare(ligne);
        };
        if R::DETAIL && est_de_declaration(r) && r != NATURE {
            c.detail(&mut self.recepteur, self.ligne, ligne)?;
        }
        // Les rubriques les plus nombreuses d'abord.
        match r {
            C_CODE => c.caisse = None,
            C_ORGANISME => c.caisse = c.caisse(ligne.valeur),
            C_MONTANT => return c.cotiser(ligne),
            _ if COTISATION.contains(&r.chiffres()) => {}
            I_NIR | I_NOM => c.individu(r),
            _ => return self.rare(ligne),
        }
        Ok(())
    }

    #[inline(never)]
    fn rare(&mut self, ligne: Ligne<'_>) -> Result<(), Faute> {
        let Ligne { rubrique: r, valeur } = ligne;
        if self.etat.ouvert && (est_de_l_enveloppe(r) || r == LOGICIEL || (est_d_en_tete(r) && self.courante.is_some())) {
            return Err(Faute::MessageOuvert(r));
        }
        match r {
            SOUS_LOT | FIN_SOUS_LOT => {
                self.fermer_declaration(self.ligne - 1);
                self.etat.sous_lot_herite.encore = false;
                self.etat.sous_lot = (r == SOUS_LOT).then(|| SousLot::lire(valeur));
            }
            LOT => self.etat.enveloppe = Some(Enveloppe::Ouverte),
            FIN_LOT => self.etat.enveloppe = Some(Enveloppe::Fermee),
            LOGICIEL => {
                self.fermer_declaration(self.ligne - 1);
                self.etat.message_herite.encore = false;
                self.etat.ouvert = true;
                self.etat.ferme = false;
                self.etat.norme = None;
                self.etat.essai = false;
                self.etat.depose_le = None;
            }
            ESSAI => self.etat.essai = valeur == b"01",
            NORME => {
                let norme =
                    Code::lire(valeur).filter(|n| n.as_str() >= NORME_LA_PLUS_ANCIENNE && n.as_str() < "Q");
                self.etat.norme = Some(norme.ok_or(Faute::Norme(r))?);
                self.etat.ouvert = true;
            }
            DEPOT => self.etat.depose_le = instant(valeur),
            NATURE => {
                self.fermer_declaration(self.ligne - 1);
                return self.ouvrir_declaration(r, valeur);
            }
            S90_TOTAL => self.fermer_declaration(self.ligne - 1),
            S90_NOMBRE => {
                self.fermer_declaration(self.ligne - 1);
                self.etat.message_herite.encore = false;
                self.etat.norme = None;
                self.etat.ouvert = false;
                self.etat.ferme = true;
            }
            _ => match self.courante.as_deref_mut() {
                Some(c) => return c.rare(&mut self.recepteur, self.ligne, ligne),
                None if est_de_declaration(r) => {
                    return Err(Faute::HorsDeclaration(r));
                }
                None => {}
            },
        }
        Ok(())
    }

    fn ouvrir_declaration(&mut self, r: Rubrique, valeur: &[u8]) -> Result<(), Faute> {
        self.rang += 1;
        let envoi = Envoi {
            norme: self.etat.norme.ok_or(Faute::HorsMessage(r))?,
            essai: self.etat.essai,
            depose_le: self.etat.depose_le,
            sous_lot: self.etat.sous_lot,
        };
        let mut c = Box::new(EnCours {
            declaration: Declaration {
                rang: self.rang,
                lignes: (self.ligne, self.ligne),
                envoi,
                nature: Code::lire(valeur).ok_or(Faute::Code(r))?,
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
        });
        if R::DETAIL {
            c.detail(&mut self.recepteur, self.ligne, Ligne { rubrique: r, valeur })?;
        }
        self.courante = Some(c);
        Ok(())
    }

    /// Ferme la déclaration en cours, dont la dernière ligne est `fin`.
    fn fermer_declaration(&mut self, fin: u64) {
        if let Some(mut c) = self.courante.take() {
            c.rendre(&mut self.recepteur);
            self.etat.message_herite.compter();
            self.etat.sous_lot_herite.compter();
            c.declaration.lignes.1 = fin;
            c.declaration.identifiant = c
                .constituee_le
                .zip(c.ordre)
                .map(|(constituee_le, ordre)| Identifiant { constituee_le, ordre });
            self.recepteur.declaration(c.declaration);
        }
    }
}

impl EnCours {
    /// La place de la caisse de MSA que nomme un organisme ; `None` pour tout autre organisme.
    #[inline]
    fn caisse(&mut self, organisme: &[u8]) -> Option<usize> {
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
    fn cotiser(&mut self, ligne: Ligne<'_>) -> Result<(), Faute> {
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
    fn individu(&mut self, r: Rubrique) {
        if r == I_NIR || !self.nir_lu {
            self.declaration.individus += 1;
        }
        self.nir_lu = r == I_NIR;
    }

    fn rare(&mut self, recepteur: &mut impl Recepteur, numero: u64, ligne: Ligne<'_>) -> Result<(), Faute> {
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

    fn detail(&mut self, recepteur: &mut impl Recepteur, numero: u64, ligne: Ligne<'_>) -> Result<(), Faute> {
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
                C_ASSIETTE => c.assiette = Some(lire_montant(r, valeur)?),
                C_MONTANT => c.montant = Some(lire_montant(r, valeur)?),
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

    fn rendre(&mut self, recepteur: &mut impl Recepteur) {
        self.rendre_cotisation(recepteur);
        self.rendre_etablissement(recepteur);
    }
}

/// Les sections S20, S21 et S89 sont dans une déclaration ; les autres l'entourent.
fn est_de_declaration(r: Rubrique) -> bool {
    matches!(r.chiffres() / 10_000_000, 20 | 21 | 89)
}

/// La section S10 ouvre un message.
fn est_d_en_tete(r: Rubrique) -> bool {
    r.chiffres() / 10_000_000 == 10
}

/// Les sections S05, S06, S96 et S95 entourent les messages.
fn est_de_l_enveloppe(r: Rubrique) -> bool {
    matches!(r.chiffres() / 10_000_000, 5 | 6 | 95 | 96)
}

/// Une rubrique que la lecture sans détail peut passer.
#[inline]
fn est_sans_effet(r: Rubrique) -> bool {
    SANS_EFFET.contains(&r.chiffres())
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

/// Le jour d'un instant `AAAAMMJJhhmmss`, tel que le portail national l'écrit.
fn instant(valeur: &[u8]) -> Option<Date> {
    let [a1, a2, a3, a4, m1, m2, j1, j2, ..] = *valeur else {
        return None;
    };
    date(&[j1, j2, m1, m2, a1, a2, a3, a4])
}
