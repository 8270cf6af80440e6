//! Rien ne se perd, rien ne compte deux fois, dans des histoires tirées au hasard, sur les deux moteurs.
#![expect(clippy::unwrap_used, reason = "un essai s’arrête au premier refus inattendu")]
#![expect(
    clippy::inconsistent_digit_grouping,
    reason = "les centimes se lisent à part des euros"
)]

mod commun;
mod preuve;

use std::collections::HashMap;

use commun::{
    IBANS, SIRETS, assure, caisses, cotisation, csv, emettre_une, employeur, importer_texte, indu,
    inscrire_un, maintenant, nombre, restes,
};
use creances::Erreur;
use creances::creances::{CreanceAEmettre, Extinction, MajorationDue, eteindre, notifier};
use creances::encaissements::{
    Placement, autre_paiement, classer, confirmer_doublon, declasser, rembourser, ventiler,
};
use droit::{Branche, Poste};
use jiff::civil::{Date, date};
use preuve::{Avis, admis, argent, camt054, encaisse, ids, photo, prouvee, restes_des_creances, textes};
use proptest::prelude::*;
use proptest::sample::Index;
use storage::essais::Banc;
use storage::{ecrire, lire, sql};
use valeurs::{DossierId, Montant};

/// Un SIRET de clé juste que la caisse ne connaîtra jamais.
const SIRET_INCONNU: &str = "35600000000048";
/// Jour des gestes d'agents.
const DECISION: Date = date(2026, 7, 1);

/// Une ligne d'un CSV de paiements.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Paiement {
    jour: u8,
    mois: u8,
    /// Rang dans [`SIRETS`] ; au-delà, un SIRET inconnu.
    siret: usize,
    periode: u8,
    centimes: i64,
    iban: bool,
    autre_caisse: bool,
}

impl Paiement {
    fn ligne(&self) -> String {
        let texte = csv(&[(
            &format!("{:02}{:02}2026", self.jour, self.mois),
            SIRETS.get(self.siret).copied().unwrap_or(SIRET_INCONNU),
            &format!("2026-{:02}", self.periode),
            &format!("{}.{:02}", self.centimes / 100, self.centimes % 100),
            if self.iban { IBANS[1] } else { "" },
        )]);
        let ligne = texte.lines().nth(1).unwrap();
        if self.autre_caisse {
            ligne.replace("DMSA33", "DMSA35")
        } else {
            ligne.to_owned()
        }
    }
}

fn fichier(paiements: &[Paiement]) -> String {
    let lignes: Vec<String> = paiements.iter().map(|p| p.ligne() + "\r\n").collect();
    csv(&[]) + &lignes.concat()
}

/// Peu de valeurs différentes : des lignes se répètent dans un fichier et d'un fichier à l'autre.
fn paiement() -> impl Strategy<Value = Paiement> {
    (
        prop_oneof![Just(10_u8), Just(28)],
        2_u8..=5,
        0_usize..=SIRETS.len(),
        1_u8..=4,
        prop_oneof![Just(100_00_i64), Just(250_00), 1_i64..=2_000_00],
        any::<bool>(),
        prop::bool::weighted(0.08),
    )
        .prop_map(
            |(jour, mois, siret, periode, centimes, iban, autre_caisse)| Paiement {
                jour,
                mois,
                siret,
                periode,
                centimes,
                iban,
                autre_caisse,
            },
        )
}

/// Ce qui arrive à la caisse. Un `Index` choisit parmi ce qu'elle tient à ce moment.
#[derive(Clone, Debug)]
enum Acte {
    EmettreCotisation {
        debiteur: Index,
        mois: i8,
        ouvriere: i64,
        patronale: i64,
    },
    EmettreIndu {
        centimes: i64,
    },
    Importer(Vec<Paiement>),
    /// Un fichier antérieur, et des lignes de plus.
    Chevaucher(Index, Vec<Paiement>),
    Reimporter(Index),
    Prelever {
        debiteur: Index,
        centimes: i64,
    },
    /// Le retour d'un prélèvement, connu ou encore à venir.
    Rejeter {
        prelevement: Index,
        a_venir: bool,
    },
    InscrireLeManquant,
    Notifier(Index),
    Eteindre {
        creance: Index,
        comment: u8,
        part: i64,
    },
    Classer {
        recette: Index,
        creance: Index,
        sur_le_dossier: bool,
        part: Option<i64>,
    },
    Ventiler {
        recette: Index,
        part: i64,
    },
    Rembourser {
        recette: Index,
        part: Option<i64>,
    },
    Declasser(Index),
    Decider {
        ligne: Index,
        autre: bool,
    },
}

fn acte() -> impl Strategy<Value = Acte> {
    let i = any::<Index>;
    let lignes = || prop::collection::vec(paiement(), 1..8);
    let somme = || prop_oneof![Just(1_i64), Just(100_00), 1_i64..=900_00];
    prop_oneof![
        4 => (i(), 1_i8..=4, 0_i64..=400_00, 1_i64..=600_00).prop_map(|(debiteur, mois, ouvriere, patronale)| {
            Acte::EmettreCotisation { debiteur, mois, ouvriere, patronale }
        }),
        1 => (1_i64..=300_00).prop_map(|centimes| Acte::EmettreIndu { centimes }),
        6 => lignes().prop_map(Acte::Importer),
        3 => (i(), lignes()).prop_map(|(f, l)| Acte::Chevaucher(f, l)),
        1 => i().prop_map(Acte::Reimporter),
        4 => (i(), somme()).prop_map(|(debiteur, centimes)| Acte::Prelever { debiteur, centimes }),
        3 => (i(), prop::bool::weighted(0.2)).prop_map(|(prelevement, a_venir)| Acte::Rejeter { prelevement, a_venir }),
        2 => Just(Acte::InscrireLeManquant),
        2 => i().prop_map(Acte::Notifier),
        4 => (i(), 0_u8..6, somme()).prop_map(|(creance, comment, part)| Acte::Eteindre { creance, comment, part }),
        4 => (i(), i(), any::<bool>(), prop::option::of(somme())).prop_map(|(recette, creance, sur_le_dossier, part)| {
            Acte::Classer { recette, creance, sur_le_dossier, part }
        }),
        2 => (i(), somme()).prop_map(|(recette, part)| Acte::Ventiler { recette, part }),
        2 => (i(), prop::option::of(somme())).prop_map(|(recette, part)| Acte::Rembourser { recette, part }),
        3 => i().prop_map(Acte::Declasser),
        2 => (i(), any::<bool>()).prop_map(|(ligne, autre)| Acte::Decider { ligne, autre }),
    ]
}

/// Une caisse qui vit, et ce que l'essai sait, par lui-même, de l'argent qu'elle a reçu.
struct Vie<'b> {
    banc: &'b Banc,
    employeurs: Vec<DossierId>,
    assure: DossierId,
    fichiers: Vec<String>,
    /// Combien de fois chaque ligne sans référence a été comptée.
    comptees: HashMap<String, usize>,
    /// Prélèvements : référence de bout en bout, montant ; le premier à venir suit le dernier.
    prelevements: Vec<(String, i64)>,
    retours: usize,
    attendu: i64,
}

fn c(n: i64) -> Montant {
    Montant::de_centimes(n)
}

impl<'b> Vie<'b> {
    async fn commencer(banc: &'b Banc) -> Self {
        let employeurs = vec![
            inscrire_un(banc, employeur(0)).await,
            inscrire_un(banc, employeur(1)).await,
        ];
        let assure = inscrire_un(banc, assure("ASS001")).await;
        Self {
            banc,
            employeurs,
            assure,
            fichiers: Vec::new(),
            comptees: HashMap::new(),
            prelevements: Vec::new(),
            retours: 0,
            attendu: 0,
        }
    }

    async fn jouer(&mut self, acte: &Acte) {
        let banc = self.banc;
        let (auteur, motif, quand, le) = ("essai", "essai de la caisse", maintenant(), DECISION);
        match acte {
            Acte::EmettreCotisation {
                debiteur,
                mois,
                ouvriere,
                patronale,
            } => {
                let creance = cotisation(*debiteur.get(&self.employeurs), *mois, *ouvriere, *patronale);
                self.emettre(creance).await;
            }
            Acte::EmettreIndu { centimes } => {
                let n = nombre(banc, "SELECT COUNT(*) FROM creance").await;
                self.emettre(indu(self.assure, &format!("INDU-2026-{n:03}"), *centimes))
                    .await;
            }
            Acte::Importer(paiements) => self.importer(fichier(paiements)).await,
            Acte::Chevaucher(f, paiements) => {
                if let Some(avant) = self.choisir_un_fichier(*f) {
                    self.importer(avant + fichier(paiements).split_once('\n').unwrap().1)
                        .await;
                }
            }
            Acte::Reimporter(f) => {
                if let Some(texte) = self.choisir_un_fichier(*f) {
                    self.importer(texte).await;
                }
            }
            Acte::Prelever { debiteur, centimes } => {
                let n = self.prelevements.len();
                // Trois employeurs, dont un peut manquer encore.
                let matricule = format!("EMP{:03}", debiteur.index(3));
                self.prelevements.push((format!("E2E-{n}"), *centimes));
                self.aviser(Avis {
                    reference: format!("PRLV{n}"),
                    bout_en_bout: format!("E2E-{n}"),
                    libelle: format!("PRELEVEMENT {matricule}"),
                    centimes: *centimes,
                    retour: false,
                })
                .await;
            }
            Acte::Rejeter { prelevement, a_venir } => self.rejeter(prelevement, *a_venir).await,
            Acte::InscrireLeManquant => {
                if self.employeurs.len() < SIRETS.len() {
                    self.employeurs
                        .push(inscrire_un(banc, employeur(self.employeurs.len())).await);
                }
            }
            Acte::Notifier(debiteur) => {
                let dossier = debiteur.get(&self.employeurs).get();
                let r: Result<Vec<MajorationDue>, Erreur> = ecrire!(banc.db, |tx| {
                    tx.verrouiller_dossiers(&[dossier]).await?;
                    let creances: Vec<(i64,)> =
                        sql!("SELECT id FROM creance WHERE dossier_id = $1 ORDER BY id")
                            .bind(dossier)
                            .toutes(tx)
                            .await?;
                    let creances: Vec<i64> = creances.into_iter().map(|c| c.0).collect();
                    notifier(tx, &creances, le, auteur, quand).await
                });
                admis(r);
            }
            Acte::Eteindre {
                creance,
                comment,
                part,
            } => {
                let Some(creance) = self.une("SELECT id FROM creance ORDER BY id", creance).await else {
                    return;
                };
                let extinction = match comment {
                    0 => Extinction::AnnulationTotale,
                    1 => Extinction::AnnulationPartielle(c(*part)),
                    2 => Extinction::Remise(Poste::Principal, c(*part)),
                    3 => Extinction::Remise(Poste::Majoration, c(*part)),
                    4 => Extinction::NonValeur,
                    _ => Extinction::Transfert,
                };
                // Une admission en non-valeur attend un an depuis l'échéance ou l'émission.
                let le = if *comment == 4 { date(2027, 12, 1) } else { le };
                let r: Result<Montant, Erreur> = ecrire!(banc.db, |tx| eteindre(
                    tx, creance, extinction, le, auteur, motif, quand
                )
                .await);
                admis(r);
            }
            Acte::Classer {
                recette,
                creance,
                sur_le_dossier,
                part,
            } => {
                let Some(recette) = self.une(RECETTES, recette).await else {
                    return;
                };
                let ou_ = if *sur_le_dossier {
                    Placement::Dossier(*creance.get(&self.employeurs), Branche::Cotisations)
                } else {
                    match self.une("SELECT id FROM creance ORDER BY id", creance).await {
                        Some(id) => Placement::Creance(id),
                        None => return,
                    }
                };
                let r: Result<Montant, Erreur> = ecrire!(banc.db, |tx| {
                    classer(tx, recette, ou_, part.map(c), auteur, Some(motif), quand).await
                });
                admis(r);
            }
            Acte::Ventiler { recette, part } => {
                let Some(recette) = self.une(RECETTES, recette).await else {
                    return;
                };
                let r: Result<i64, Erreur> = ecrire!(banc.db, |tx| {
                    ventiler(&banc.db, tx, recette, c(*part), auteur, Some(motif), quand).await
                });
                admis(r);
            }
            Acte::Rembourser { recette, part } => {
                let Some(recette) = self.une(RECETTES, recette).await else {
                    return;
                };
                let r: Result<Montant, Erreur> = ecrire!(banc.db, |tx| {
                    rembourser(tx, recette, part.map(c), le, auteur, motif, quand).await
                });
                admis(r);
            }
            Acte::Declasser(recette) => {
                let Some(recette) = self.une(RECETTES, recette).await else {
                    return;
                };
                let r: Result<Montant, Erreur> =
                    ecrire!(banc.db, |tx| declasser(tx, recette, le, auteur, motif, quand)
                        .await);
                admis(r);
            }
            Acte::Decider { ligne, autre } => self.decider(ligne, *autre).await,
        }
    }

    async fn une(&self, texte: &'static str, choix: &Index) -> Option<i64> {
        let ids = ids(self.banc, texte).await;
        (!ids.is_empty()).then(|| *choix.get(&ids))
    }

    fn choisir_un_fichier(&self, choix: Index) -> Option<String> {
        (!self.fichiers.is_empty()).then(|| choix.get(&self.fichiers).clone())
    }

    async fn emettre(&self, creance: CreanceAEmettre) {
        admis(emettre_une(self.banc, creance).await);
    }

    /// Importe un CSV, et vérifie son bilan contre le compte que l'essai tient lui-même.
    async fn importer(&mut self, texte: String) {
        let mut lignes: HashMap<&str, usize> = HashMap::new();
        let (mut lus, mut autres, mut neuves, mut somme) = (0, 0, 0, 0);
        for ligne in texte.lines().skip(1).filter(|l| !l.is_empty()) {
            lus += 1;
            if ligne.contains("DMSA35") {
                autres += 1;
                continue;
            }
            let rang = lignes.entry(ligne).or_default();
            *rang += 1;
            if *rang > self.comptees.get(ligne).copied().unwrap_or_default() {
                neuves += 1;
                somme += Montant::lire_point(ligne.split(';').nth(4).unwrap())
                    .unwrap()
                    .centimes();
            }
        }
        for (ligne, n) in lignes {
            let comptees = self.comptees.entry(ligne.to_owned()).or_default();
            *comptees = n.max(*comptees);
        }
        let nom = format!("f{}.csv", self.fichiers.len());
        let b = importer_texte(self.banc, &nom, &texte).await.unwrap();
        self.fichiers.push(texte);
        self.attendu += somme;
        assert_eq!(b.imputes + b.en_rac, neuves);
        assert_eq!(
            (b.lus, b.deja_connus, b.autre_caisse),
            (lus, lus - autres - neuves, autres)
        );
        assert_eq!(b.montant_centimes, somme);
        assert_eq!(
            encaisse(self.banc).await,
            self.attendu,
            "{}",
            self.banc.db.moteur()
        );
    }

    async fn aviser(&mut self, avis: Avis) {
        let somme = if avis.retour {
            -avis.centimes
        } else {
            avis.centimes
        };
        let nom = format!("{}.xml", avis.reference);
        let texte = camt054(&[avis]);
        for (deja, somme) in [(0, somme), (1, 0)] {
            let b = importer_texte(self.banc, &nom, &texte).await.unwrap();
            assert_eq!((b.lus, b.deja_connus, b.montant_centimes), (1, deja, somme));
        }
        self.attendu += somme;
        assert_eq!(
            encaisse(self.banc).await,
            self.attendu,
            "{}",
            self.banc.db.moteur()
        );
    }

    async fn rejeter(&mut self, prelevement: &Index, a_venir: bool) {
        let (bout_en_bout, centimes) = if a_venir {
            (format!("E2E-{}", self.prelevements.len()), 100_00)
        } else if self.prelevements.is_empty() {
            return;
        } else {
            prelevement.get(&self.prelevements).clone()
        };
        self.retours += 1;
        self.aviser(Avis {
            reference: format!("REJET{}", self.retours),
            bout_en_bout,
            libelle: "IMPAYE".to_owned(),
            centimes,
            retour: true,
        })
        .await;
    }

    async fn decider(&mut self, choix: &Index, autre: bool) {
        let lignes: Result<Vec<(i64, i64, i64)>, storage::Erreur> = lire!(self.banc.db, |tx| {
            sql!(
            "SELECT p.fichier_id, p.ligne, r.montant_centimes FROM ligne_presumee p \
             JOIN encaissement r ON r.id = p.encaissement_id WHERE p.decide_le IS NULL ORDER BY p.fichier_id, p.ligne"
        )
        .toutes(tx)
        .await
        });
        let lignes = lignes.unwrap();
        if lignes.is_empty() {
            return;
        }
        let (fichier, ligne, montant) = *choix.get(&lignes);
        let db = &self.banc.db;
        let r: Result<(), Erreur> = ecrire!(db, |tx| {
            if autre {
                autre_paiement(db, tx, "essai", maintenant(), fichier, ligne).await?;
                Ok(())
            } else {
                confirmer_doublon(tx, "essai", maintenant(), fichier, ligne).await
            }
        });
        r.unwrap();
        if autre {
            self.attendu += montant;
        }
        assert_eq!(
            encaisse(self.banc).await,
            self.attendu,
            "{}",
            self.banc.db.moteur()
        );
    }
}

const RECETTES: &str = "SELECT id FROM encaissement ORDER BY id";

fn attendre<F: Future>(essai: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(essai)
}

/// Cas par propriété : chacun ouvre une base neuve sur chaque moteur.
const CAS: u32 = 12;

proptest! {
    #![proptest_config(ProptestConfig { cases: CAS, max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Quoi qu'il arrive à la caisse : `verifier` ne trouve rien, l'argent reçu est celui que l'essai a compté de son
    /// côté, aucun reste n'est négatif, un refus n'écrit rien, et les deux moteurs tiennent le même grand livre.
    #[test]
    fn dans_toute_histoire_l_argent_se_conserve(actes in prop::collection::vec(acte(), 8..40)) {
        attendre(async {
            let mut photos = Vec::new();
            for banc in caisses().await {
                let mut vie = Vie::commencer(&banc).await;
                for acte in &actes {
                    vie.jouer(acte).await;
                }
                let bilan = prouvee(&banc).await;
                assert_eq!(bilan.encaisse_centimes, vie.attendu, "{}", banc.db.moteur());
                photos.push(photo(&banc).await);
            }
            assert_eq!(&photos[0], &photos[1], "les deux moteurs divergent");
        });
    }

    /// Les mêmes fichiers dans un autre ordre donnent le même argent à chaque débiteur et le même total en RAC, tant
    /// que les paiements précèdent les échéances : au-delà, l'ordre d'arrivée change les majorations que la loi compte.
    #[test]
    fn l_ordre_des_fichiers_ne_change_pas_l_argent(
        creances in prop::collection::vec((0_usize..2, 1_i8..=4, 0_i64..=400_00, 1_i64..=600_00), 1..8),
        fichiers in prop::collection::vec(prop::collection::vec(paiement(), 1..8), 2..5),
        ordre in Just((0..4_usize).collect::<Vec<_>>()).prop_shuffle(),
        reprise in any::<Index>(),
    ) {
        attendre(async {
            let mut fins = Vec::new();
            // Le dernier fichier reprend en plus toutes les lignes d'un autre.
            let mut fichiers = fichiers.clone();
            let repris = reprise.get(&fichiers).clone();
            fichiers.last_mut().unwrap().extend(repris);
            for (banc, ordre) in caisses().await.iter().zip([&[0, 1, 2, 3][..], &ordre]) {
                let mut vie = Vie::commencer(banc).await;
                for &(debiteur, mois, ouvriere, patronale) in &creances {
                    let creance = cotisation(vie.employeurs[debiteur], mois, ouvriere, patronale);
                    vie.emettre(CreanceAEmettre { exigible_le: date(2026, 12, 15), ..creance }).await;
                }
                for paiements in ordre.iter().filter_map(|&rang| fichiers.get(rang)) {
                    vie.importer(fichier(paiements)).await;
                }
                prouvee(banc).await;
                fins.push(argent(banc).await);
            }
            assert_eq!(&fins[0], &fins[1]);
        });
    }

    /// Sans trop-payé, même les restes de chaque créance ne dépendent pas de l'ordre des fichiers, retours compris,
    /// qu'ils arrivent avant ou après le prélèvement qu'ils défont.
    #[test]
    fn un_retour_peut_arriver_avant_son_prelevement(
        sommes in prop::collection::vec((0_usize..2, 1_i64..=90_00, any::<bool>()), 1..6),
        ordre in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        attendre(async {
            let mut avis = Vec::new();
            for (n, &(debiteur, centimes, rejete)) in sommes.iter().enumerate() {
                for retour in [false, true].into_iter().filter(|retour| !retour || rejete) {
                    avis.push(Avis {
                        reference: format!("{}{n}", if retour { "RJ" } else { "PR" }),
                        bout_en_bout: format!("E2E-{n}"),
                        libelle: format!("PRELEVEMENT EMP{debiteur:03}"),
                        centimes,
                        retour,
                    });
                }
            }
            let textes: Vec<String> = avis.iter().map(|a| camt054(std::slice::from_ref(a))).collect();
            let dans_l_ordre: Vec<usize> = (0..12).collect();
            let mut fins = Vec::new();
            for (banc, ordre) in caisses().await.iter().zip([&dans_l_ordre, &ordre]) {
                let vie = Vie::commencer(banc).await;
                for dossier in &vie.employeurs {
                    let creance = cotisation(*dossier, 1, 300_00, 700_00);
                    vie.emettre(CreanceAEmettre { exigible_le: date(2026, 12, 15), ..creance }).await;
                }
                for &rang in ordre.iter().filter(|rang| **rang < textes.len()) {
                    importer_texte(banc, &format!("a{rang}.xml"), &textes[rang]).await.unwrap();
                }
                let bilan = prouvee(banc).await;
                assert_eq!(bilan.rac_centimes, 0);
                let attendu: i64 = sommes.iter().filter(|s| !s.2).map(|s| s.1).sum();
                assert_eq!(bilan.impute_centimes, attendu);
                fins.push((argent(banc).await, restes_des_creances(banc).await));
            }
            assert_eq!(&fins[0], &fins[1]);
        });
    }

    /// Importer puis tout déclasser : le principal de chaque créance revient à ce qui fut émis, et tout l'argent
    /// attend en RAC.
    #[test]
    fn tout_declasser_rend_les_creances_telles_qu_emises(
        creances in prop::collection::vec((0_usize..2, 1_i8..=4, 0_i64..=400_00, 1_i64..=600_00), 1..8),
        paiements in prop::collection::vec(paiement(), 1..20),
    ) {
        attendre(async {
            for banc in caisses().await {
                let mut vie = Vie::commencer(&banc).await;
                for &(debiteur, mois, ouvriere, patronale) in &creances {
                    vie.emettre(cotisation(vie.employeurs[debiteur], mois, ouvriere, patronale)).await;
                }
                let emis = textes(&banc, PRINCIPAL).await;
                vie.importer(fichier(&paiements)).await;
                let mut defaites = 0;
                for recette in ids(&banc, RECETTES).await {
                    let r: Result<Montant, Erreur> = ecrire!(banc.db, |tx| {
                        declasser(tx, recette, DECISION, "essai", "tout défaire", maintenant()).await
                    });
                    defaites += admis(r).map_or(0, Montant::centimes);
                }
                let bilan = prouvee(&banc).await;
                assert_eq!(textes(&banc, PRINCIPAL).await, emis, "{}", banc.db.moteur());
                assert_eq!((bilan.impute_centimes, bilan.rac_centimes), (0, vie.attendu));
                assert!(defaites <= vie.attendu);
            }
        });
    }
}

const PRINCIPAL: &str = "SELECT reference || ' ' || CAST(reste_part_ouvriere AS TEXT) || ' ' \
     || CAST(reste_part_patronale AS TEXT) || ' ' || CAST(reste_principal AS TEXT) FROM creance";

#[tokio::test]
async fn annuler_une_creance_ne_rend_pas_l_argent_qu_un_rejet_avait_repris() {
    for banc in caisses().await {
        let d = inscrire_un(&banc, employeur(0)).await;
        let creance = emettre_une(&banc, cotisation(d, 1, 40_00, 60_00)).await.unwrap();
        for (n, retour) in [(1, false), (2, false), (1, true)] {
            let avis = Avis {
                reference: format!("R{n}{retour}"),
                bout_en_bout: format!("E{n}"),
                libelle: "PRELEVEMENT EMP000".to_owned(),
                centimes: 30_00,
                retour,
            };
            importer_texte(&banc, &format!("{n}{retour}.xml"), &camt054(&[avis]))
                .await
                .unwrap();
        }
        assert_eq!(restes(&banc, creance).await, [30_00, 40_00, 0, 0]);
        let r: Result<Montant, Erreur> = ecrire!(banc.db, |tx| {
            let totale = Extinction::AnnulationTotale;
            eteindre(tx, creance, totale, DECISION, "essai", "jamais due", maintenant()).await
        });
        assert_eq!(r.unwrap(), c(100_00));
        let bilan = prouvee(&banc).await;
        assert_eq!(
            (bilan.encaisse_centimes, bilan.impute_centimes, bilan.rac_centimes),
            (30_00, 0, 30_00)
        );
        assert_eq!(restes(&banc, creance).await, [0; 4]);
    }
}

#[tokio::test]
async fn une_non_valeur_attend_un_an_l_echeance_d_une_cotisation_et_l_emission_d_un_indu() {
    for banc in caisses().await {
        let d = inscrire_un(&banc, employeur(0)).await;
        // Émises le 31 janvier 2026 ; la cotisation, exigible le 15 février.
        let cotisation = emettre_une(&banc, cotisation(d, 1, 40_00, 60_00)).await.unwrap();
        let rsa = emettre_une(&banc, indu(d, "RSA-1", 50_00)).await.unwrap();
        for (creance, des_le, du) in [
            (cotisation, date(2027, 2, 16), 100_00),
            (rsa, date(2027, 2, 1), 50_00),
        ] {
            let admettre = async |le: Date| -> Result<Montant, Erreur> {
                ecrire!(banc.db, |tx| {
                    let tout = Extinction::NonValeur;
                    eteindre(tx, creance, tout, le, "essai", "insolvable", maintenant()).await
                })
            };
            let refus = admettre(des_le.yesterday().unwrap()).await.unwrap_err();
            assert!(
                matches!(refus, Erreur::NonValeurTropTot { des_le: dit, .. } if dit == des_le),
                "{refus}"
            );
            assert_eq!(admettre(des_le).await.unwrap(), c(du));
        }
        prouvee(&banc).await;
    }
}
