//! Des déclarations à leurs lignes, dans l'ordre de la norme.

use std::io::Write;

use dsn::{Bloc, Ecrivain, ErreurEcriture, FinDeLigne, Lot, SousLot};
use jiff::civil::{Date, DateTime};
use valeurs::{Montant, Periode};

use super::contenu::{Base, Declaration, Genre, Individu, Lieu, Mode, Versement};

/// L'émetteur de tous les fichiers : un cabinet qui n'existe pas.
const EMETTEUR: (&str, &str) = ("732829320", "00074");
/// Activité, convention collective, type de voie : une exploitation viticole.
const ACTIVITE: &str = "0121Z";
const CONVENTION: &str = "7024";
const BIC: &str = "AGRIFRPPXXX";
const VERSION_ENVELOPPE: &str = "V01R02";
/// Mensualité d'un temps plein, en centièmes d'heure.
pub(super) const TEMPS_PLEIN: i64 = 15_167;

const ENVOI: Bloc = Bloc::de("S10.G00.00");
const SOCIETE: Bloc = Bloc::de("S10.G00.01");
const CONTACT: Bloc = Bloc::de("S10.G00.02");
const DEPOT: Bloc = Bloc::de("S10.G00.95");
const DECLARATION: Bloc = Bloc::de("S20.G00.05");
const DECLARANT: Bloc = Bloc::de("S20.G00.07");
const ENTREPRISE: Bloc = Bloc::de("S21.G00.06");
const ETABLISSEMENT: Bloc = Bloc::de("S21.G00.11");
const VERSEMENT: Bloc = Bloc::de("S21.G00.20");
const INDIVIDU: Bloc = Bloc::de("S21.G00.30");
const CONTRAT: Bloc = Bloc::de("S21.G00.40");
const PAIE: Bloc = Bloc::de("S21.G00.50");
const REMUNERATION: Bloc = Bloc::de("S21.G00.51");
const ACTIVITE_PAYEE: Bloc = Bloc::de("S21.G00.53");
const MONTANT_NET: Bloc = Bloc::de("S21.G00.58");
const RETRAITE: Bloc = Bloc::de("S21.G00.71");
const BASE: Bloc = Bloc::de("S21.G00.78");
const COMPOSANT: Bloc = Bloc::de("S21.G00.79");
const COTISATION: Bloc = Bloc::de("S21.G00.81");
const COTISATION_ETABLISSEMENT: Bloc = Bloc::de("S21.G00.82");
const LIEU_DE_TRAVAIL: Bloc = Bloc::de("S21.G00.85");
const ANCIENNETE: Bloc = Bloc::de("S21.G00.86");

type Ecrit = Result<(), ErreurEcriture>;

/// Ce qui s'écrit d'un individu.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Composition {
    /// Tout ce qu'une paie écrit.
    Entiere,
    /// Ce que la norme exige, et rien de plus du contrat ni de la rémunération.
    Reduite,
}

/// Écrit un fichier, déclaration après déclaration.
pub(super) struct Plume<W> {
    ecrivain: Ecrivain<W>,
    composition: Composition,
    portail: bool,
}

impl<W: Write> Plume<W> {
    /// Ouvre le message. `portail` : l'enveloppe du portail national, et le moment où il reçut le dépôt.
    pub(super) fn ouvrir(
        sortie: W,
        fin_de_ligne: FinDeLigne,
        portail: Option<DateTime>,
        neant: bool,
    ) -> Result<Self, ErreurEcriture> {
        let mut plume = Self {
            ecrivain: Ecrivain::nouveau(sortie).avec(fin_de_ligne),
            composition: Composition::Entiere,
            portail: portail.is_some(),
        };
        if let Some(moment) = portail {
            plume.ecrivain.ouvrir_lot(&Lot {
                version: VERSION_ENVELOPPE.to_owned(),
                identifiant: moment.strftime("%y%m%d%H%M%S").to_string(),
                nature: "01".to_owned(),
                constitue_le: moment,
                messages: 1,
            })?;
            plume.ecrivain.ouvrir_sous_lot(SousLot::Acceptees)?;
        }
        plume.en_tete(portail, neant)?;
        Ok(plume)
    }

    /// La même, qui écrit des individus réduits.
    pub(super) fn reduite(mut self) -> Self {
        self.composition = Composition::Reduite;
        self
    }

    /// Ferme le message et en ouvre un autre, hors de toute enveloppe.
    pub(super) fn message_suivant(&mut self) -> Ecrit {
        self.ecrivain.fermer_message()?;
        self.en_tete(None, false)
    }

    fn en_tete(&mut self, portail: Option<DateTime>, neant: bool) -> Ecrit {
        self.bloc(
            ENVOI,
            &[
                (1, "PAIE-AGRI"),
                (2, "EDITEUR FICTIF"),
                (3, "2026.1"),
                (5, "02"),
                (6, "P26V01"),
                (7, "02"),
                (8, if neant { "02" } else { "01" }),
            ],
        )?;
        self.bloc(
            SOCIETE,
            &[
                (1, EMETTEUR.0),
                (2, EMETTEUR.1),
                (3, "CABINET COMPTABLE FICTIF"),
                (4, "1 ROUTE DES VIGNES"),
                (5, "33000"),
                (6, "BORDEAUX"),
            ],
        )?;
        self.bloc(
            CONTACT,
            &[
                (1, "02"),
                (2, "DUPONT MARIE"),
                (4, "contact@exemple.invalid"),
                (5, "0102030405"),
            ],
        )?;
        if let Some(moment) = portail {
            let recu = moment.strftime("%Y%m%d%H%M%S").to_string();
            self.bloc(DEPOT, &[(8, &recu)])?;
        }
        Ok(())
    }

    /// Ferme le message, puis l'enveloppe.
    pub(super) fn finir(mut self) -> Result<W, ErreurEcriture> {
        self.ecrivain.fermer_message()?;
        if self.portail {
            self.ecrivain.fermer_sous_lot()?;
            self.ecrivain.fermer_lot()?;
        }
        self.ecrivain.finir()
    }

    fn bloc(&mut self, bloc: Bloc, rubriques: &[(u32, &str)]) -> Ecrit {
        for (numero, valeur) in rubriques {
            self.ecrivain.rubrique(bloc.rubrique(*numero), valeur)?;
        }
        Ok(())
    }

    /// Écrit une déclaration.
    pub(super) fn declaration(&mut self, d: &Declaration) -> Ecrit {
        let (siren, nic) = d.siret.as_str().split_at(9);
        self.situer(d)?;
        self.bloc(
            DECLARANT,
            &[
                (1, "DURAND PAUL"),
                (2, "0102030405"),
                (3, "paie@exemple.invalid"),
                (4, "04"),
            ],
        )?;
        let Lieu {
            voie,
            code_postal,
            localite,
        } = &d.lieu;
        self.bloc(
            ENTREPRISE,
            &[
                (1, siren),
                (2, nic),
                (3, ACTIVITE),
                (4, voie),
                (5, code_postal),
                (6, localite),
                (15, CONVENTION),
            ],
        )?;
        self.bloc(
            ETABLISSEMENT,
            &[
                (1, nic),
                (2, ACTIVITE),
                (3, voie),
                (4, code_postal),
                (5, localite),
                (17, "01"),
                (22, CONVENTION),
                (23, "01"),
            ],
        )?;
        for (code, montant) in &d.etablissement {
            self.bloc(
                COTISATION_ETABLISSEMENT,
                &[
                    (1, &euros(*montant)),
                    (2, code),
                    (3, &jour(d.mois.debut())),
                    (4, &jour(d.mois.fin())),
                    (5, d.caisse.code()),
                ],
            )?;
        }
        for versement in &d.versements {
            self.versement(versement, d.mois)?;
        }
        for (rang, individu) in (1_u32..).zip(&d.individus) {
            self.individu(individu, rang, d)?;
        }
        self.bloc(
            LIEU_DE_TRAVAIL,
            &[
                (1, d.siret.as_str()),
                (2, ACTIVITE),
                (3, voie),
                (4, code_postal),
                (5, localite),
                (11, "33394"),
            ],
        )
    }

    fn situer(&mut self, d: &Declaration) -> Ecrit {
        let (genre, remplacee) = match d.genre {
            Genre::Normale => ("01", None),
            Genre::Remplace(le, ordre) => ("03", Some(format!("{}{ordre}", jour(le)))),
            Genre::RemplaceParNeant => ("05", None),
        };
        let metier = format!("{}{:06}", d.mois.debut().strftime("%Y%m"), d.ordre);
        self.bloc(
            DECLARATION,
            &[
                (1, "01"),
                (2, genre),
                (3, &format!("{}{}", d.fraction.0, d.fraction.1)),
                (4, &d.ordre.to_string()),
                (5, &jour(d.mois.debut())),
            ],
        )?;
        if let Some(remplacee) = remplacee {
            self.bloc(DECLARATION, &[(6, &remplacee)])?;
        }
        self.bloc(
            DECLARATION,
            &[(7, &jour(d.constituee_le)), (8, "01"), (9, &metier), (10, "01")],
        )
    }

    fn versement(&mut self, v: &Versement, mois: Periode) -> Ecrit {
        self.bloc(VERSEMENT, &[(1, v.caisse.code())])?;
        if let Mode::Sepa(iban) = &v.mode {
            self.bloc(VERSEMENT, &[(3, BIC), (4, iban.as_str())])?;
        }
        let mode = match v.mode {
            Mode::Virement => "02",
            Mode::Sepa(_) => "05",
            Mode::ParAutre(_) => "06",
        };
        self.bloc(
            VERSEMENT,
            &[
                (5, &euros(v.montant)),
                (6, &jour(mois.debut())),
                (7, &jour(mois.fin())),
                (10, mode),
                (11, &jour(v.echeance)),
            ],
        )?;
        match &v.mode {
            Mode::ParAutre(payeur) => self.bloc(VERSEMENT, &[(12, payeur.as_str())]),
            Mode::Virement | Mode::Sepa(_) => Ok(()),
        }
    }

    fn individu(&mut self, i: &Individu, rang: u32, d: &Declaration) -> Ecrit {
        let contrat = format!("{rang:05}");
        self.bloc(
            INDIVIDU,
            &[
                (1, &i.nir),
                (2, i.nom),
                (4, i.prenom),
                (6, &i.naissance),
                (7, "LIBOURNE"),
                (8, &i.voie),
                (9, &d.lieu.code_postal),
                (10, &d.lieu.localite),
                (13, "01"),
                (14, i.nir.get(5..7).unwrap_or("33")),
                (15, "FR"),
                (19, &format!("{rang:06}")),
                (24, "03"),
                (25, "05"),
            ],
        )?;
        self.contrat(i, &contrat, d)?;
        self.bloc(RETRAITE, &[(2, "RUAA")])?;
        let net = i.brut * 78 / 100;
        let preleve = net * 3 / 100;
        let net_ecrit = euros(net);
        self.bloc(
            PAIE,
            &[
                (1, &jour(d.mois.fin())),
                (2, &net_ecrit),
                (3, "01"),
                (4, &euros(net - preleve)),
                (6, "3.00"),
                (7, "01"),
                (8, "412345678"),
                (9, &euros(preleve)),
                (13, &net_ecrit),
            ],
        )?;
        self.remuneration(i, &contrat, d.mois, &net_ecrit)?;
        for base in &i.bases {
            self.base(base, d.caisse.code())?;
        }
        if self.composition == Composition::Reduite {
            return Ok(());
        }
        let anciennete = i.anciennete.to_string();
        for genre in ["07", "02"] {
            self.bloc(
                ANCIENNETE,
                &[(1, genre), (2, "02"), (3, &anciennete), (5, &contrat)],
            )?;
        }
        Ok(())
    }

    fn remuneration(&mut self, i: &Individu, contrat: &str, mois: Periode, net: &str) -> Ecrit {
        let (debut, fin, brut) = (jour(mois.debut()), jour(mois.fin()), euros(i.brut));
        let entiere = self.composition == Composition::Entiere;
        let genres = if entiere {
            &["001", "002", "003", "010"][..]
        } else {
            &["001"]
        };
        for genre in genres {
            self.bloc(
                REMUNERATION,
                &[(1, &debut), (2, &fin), (10, contrat), (11, genre), (13, &brut)],
            )?;
            if *genre == "002" {
                self.bloc(ACTIVITE_PAYEE, &[(1, "01"), (2, &euros(i.heures)), (3, "10")])?;
            }
        }
        if !entiere {
            return Ok(());
        }
        self.bloc(MONTANT_NET, &[(3, "03"), (4, net)])
    }

    fn contrat(&mut self, i: &Individu, numero: &str, d: &Declaration) -> Ecrit {
        let plein = i.heures >= TEMPS_PLEIN;
        self.bloc(
            CONTRAT,
            &[
                (1, &i.embauche),
                (2, "07"),
                (3, "04"),
                (4, "691b"),
                (6, i.emploi),
                (7, "01"),
                (8, "99"),
                (9, numero),
            ],
        )?;
        if self.composition == Composition::Reduite {
            return Ok(());
        }
        self.bloc(
            CONTRAT,
            &[
                (11, "10"),
                (12, &euros(TEMPS_PLEIN)),
                (13, &euros(i.heures)),
                (14, if plein { "10" } else { "20" }),
                (16, "99"),
                (17, CONVENTION),
                (18, "300"),
                (19, d.siret.as_str()),
                (20, "300"),
                (24, "99"),
                (26, "99"),
                (36, "02"),
                (37, "02"),
                (39, "300"),
                (40, "RA110"),
                (41, "ECHELON 2"),
                (42, "02"),
                (43, "2.10"),
                (48, "01"),
                (49, "02"),
                (72, "01"),
                (73, "01"),
            ],
        )
    }

    fn base(&mut self, b: &Base, caisse: &str) -> Ecrit {
        self.bloc(
            BASE,
            &[
                (1, b.code),
                (2, &jour(b.periode.debut())),
                (3, &jour(b.periode.fin())),
                (4, &euros(b.montant)),
            ],
        )?;
        if let Some(smic) = b.smic {
            self.bloc(COMPOSANT, &[(1, "01"), (4, &euros(smic))])?;
        }
        for c in &b.cotisations {
            self.bloc(
                COTISATION,
                &[
                    (1, c.code),
                    (2, caisse),
                    (3, &euros(c.assiette)),
                    (4, &euros(c.montant)),
                ],
            )?;
            if let Some(taux) = c.taux {
                self.bloc(
                    COTISATION,
                    &[(7, &format!("{}.{:03}", taux / 1_000, taux % 1_000))],
                )?;
            }
        }
        Ok(())
    }
}

/// `JJMMAAAA`.
pub(super) fn jour(date: Date) -> String {
    format!("{:02}{:02}{:04}", date.day(), date.month(), date.year())
}

/// Deux décimales et un point : des euros comme des heures.
pub(super) fn euros(centiemes: i64) -> String {
    Montant::de_centimes(centiemes).en_point()
}
