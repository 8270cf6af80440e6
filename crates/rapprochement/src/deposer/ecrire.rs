//! Une transaction du dépôt : des déclarations, leurs débiteurs, leurs créances.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use acces::{Permis, actions};
use creances::dossiers::{NouveauDebiteur, inscrire, ouvrir_aux_cotisations};
use creances::encaissements::retenter;
use droit::Regime;
use dsn::{CodeMsa, Declaration, Identifiant};
use jiff::civil::Date;
use storage::{Cle, Db, Lot, Tx, sql};
use valeurs::{DossierId, Matricule, Montant, Periode, Siret};

use super::avancer::Avancement;
use super::garde::{Gardee, autres_caisses};
use super::sceller::{ASceller, Scellement, Scelles};
use super::{BilanDepot, ajuster_mois};
use crate::Erreur;

/// Contexte de scellement des rubriques d'un établissement.
pub(crate) const ETABLISSEMENT: &str = "dsn_declaration.etablissement";

/// Un dépôt en cours.
pub(super) struct Depot<'a> {
    pub(super) db: &'a Db,
    pub(super) permis: &'a Permis<actions::DeposerDsn>,
    pub(super) aujourdhui: Date,
    pub(super) caisse: CodeMsa,
    pub(super) nom: &'a str,
    pub(super) empreinte: Vec<u8>,
    pub(super) bilan: BilanDepot,
    pub(super) avancement: Avancement,
}

/// Ce qui situe une déclaration mensuelle ou de substitution.
pub(super) struct Situation {
    siret: Siret,
    mois: Periode,
    identifiant: Identifiant,
    fraction: (i64, i64),
}

/// Situe une déclaration ; dit ce qui manque pour la garder. Un signalement n'a pas à être situé : il n'est pas gardé.
pub(super) fn situer(d: &Declaration) -> Result<Option<Situation>, &'static str> {
    if !matches!(d.nature.octets(), b"01" | b"09") || !d.envoi.compte() {
        return Ok(None);
    }
    let siret = d.siret.as_ref().and_then(|s| s.as_str().parse().ok());
    let [n, sur] = d.fraction.octets();
    let chiffre = |o: &u8| Some(i64::from(o.checked_sub(b'0')?)).filter(|n| (1..=9).contains(n));
    if !matches!(d.genre.octets(), b"01" | b"02" | b"03" | b"04" | b"05") {
        return Err("le type de la déclaration (S20.G00.05.002) n'est pas de la norme");
    }
    Ok(Some(Situation {
        siret: siret.ok_or("le SIREN (S21.G00.06.001) et le NIC (S21.G00.11.001) ne font pas un SIRET juste")?,
        mois: d.mois.ok_or("le mois principal déclaré (S20.G00.05.005) manque")?,
        identifiant: d
            .identifiant
            .clone()
            .ok_or("la date de constitution (S20.G00.05.007) ou le numéro d'ordre (S20.G00.05.004) manque ou est faux")?,
        fraction: chiffre(n)
            .zip(chiffre(sur))
            .filter(|(n, sur)| n <= sur)
            .ok_or("le numéro de fraction (S20.G00.05.003) n'est pas « n sur d »")?,
    }))
}

/// Une déclaration nouvelle, et où elle va.
struct Nouvelle<'a> {
    gardee: &'a Gardee,
    situation: Situation,
    id: i64,
    dossier: Option<i64>,
}

impl Nouvelle<'_> {
    const fn declaration(&self) -> &Declaration {
        &self.gardee.declaration
    }

    fn est_routee(&self, caisse: CodeMsa) -> bool {
        self.declaration().caisses.iter().any(|c| c.code == caisse)
    }

    fn totaux(&self, caisse: CodeMsa) -> Result<(Montant, Montant), valeurs::Depassement> {
        let caisse = self.declaration().caisses.iter().find(|c| c.code == caisse);
        caisse.map_or(Ok((Montant::ZERO, Montant::ZERO)), |c| {
            Ok((c.declare, c.ordonne()?))
        })
    }
}

impl Depot<'_> {
    /// Garde des déclarations, en une transaction qui peut être rejouée ; `lus` octets du fichier les ont données, elles
    /// et celles d'avant.
    pub(super) async fn garder(
        &self,
        tx: &mut Tx,
        pretes: &[Gardee],
        lus: u64,
    ) -> Result<BilanDepot, Erreur> {
        // Deux dépôts à la fois créeraient deux fois le même débiteur, ou la même créance.
        tx.verrouiller_travail("depot_dsn").await?;
        let depot = self.ouvrir(tx).await?;
        self.avancer(tx, depot, lus).await?;
        let mut bilan = BilanDepot {
            lues: compte(pretes.len()),
            ..BilanDepot::default()
        };
        let mut nouvelles = self.nouvelles(tx, pretes).await?;
        bilan.gardees = compte(nouvelles.len());
        bilan.deja_connues = bilan.lues - bilan.gardees;
        bilan.debiteurs_crees = self.situer_dossiers(tx, &mut nouvelles).await?;
        let dossiers: BTreeSet<i64> = nouvelles.iter().filter_map(|n| n.dossier).collect();
        let dossiers: Vec<i64> = dossiers.into_iter().collect();
        tx.verrouiller_dossiers(&dossiers).await?;
        let cles = self.db.coffre().cles(&dossiers).await?;
        let scellement = Scellement::commencer(self.db.coffre(), a_sceller(&nouvelles, &cles));
        self.ecrire_declarations(tx, depot, &nouvelles, &cles).await?;
        self.ecrire_details(tx, &nouvelles).await?;
        for n in &nouvelles {
            let (declare, ordonne) = n.totaux(self.caisse)?;
            bilan.declare_centimes += declare.centimes();
            bilan.ordonne_centimes += ordonne.centimes();
        }
        let mois: BTreeSet<(i64, Periode)> = nouvelles
            .iter()
            .filter_map(|n| Some((n.dossier?, n.situation.mois)))
            .collect();
        let (auteur, maintenant) = (self.permis.acteur(), self.permis.quand());
        let ajuste = ajuster_mois(tx, &mois, self.aujourdhui, auteur, maintenant).await?;
        bilan.creances_emises = ajuste.emises;
        bilan.creances_annulees = ajuste.annulees;
        let scelles = scellement.finir().await?;
        ecrire_regularisations(tx, &nouvelles, &scelles).await?;
        bilan.individus = ecrire_individus(tx, scelles).await?;
        let dossiers: Vec<DossierId> = dossiers.into_iter().map(DossierId::new).collect();
        bilan.recettes_placees = retenter(self.db, tx, &dossiers, auteur, maintenant).await?;
        Ok(bilan)
    }

    /// Le fichier est traité jusqu'au bout.
    pub(super) async fn terminer(&self, tx: &mut Tx) -> Result<(), Erreur> {
        let depot = self.ouvrir(tx).await?;
        self.avancer(tx, depot, self.avancement.octets).await?;
        sql!(
            "UPDATE dsn_depot SET termine = 1, lues = $2, autres_caisses = $3, sans_effet = $4, signalements = $5 \
             WHERE id = $1"
        )
        .bind(depot)
        .bind(entier(self.bilan.lues))
        .bind(entier(self.bilan.autres_caisses))
        .bind(entier(self.bilan.sans_effet))
        .bind(entier(self.bilan.signalements))
        .executer(tx)
        .await?;
        Ok(())
    }

    async fn ouvrir(&self, tx: &mut Tx) -> Result<i64, Erreur> {
        let connu: Option<(i64,)> = sql!("SELECT id FROM dsn_depot WHERE empreinte = $1")
            .bind(self.empreinte.clone())
            .au_plus_une(tx)
            .await?;
        if let Some((id,)) = connu {
            return Ok(id);
        }
        let ids = tx.reserver("dsn_depot", 1).await?;
        let id = ids.first().copied().ok_or(Erreur::Illisible("dsn_depot"))?;
        sql!(
            "INSERT INTO dsn_depot (id, empreinte, nom, depose_le, auteur, lues, autres_caisses, \
             sans_effet, signalements, termine) VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0)"
        )
        .bind(id)
        .bind(self.empreinte.clone())
        .bind(self.nom)
        .bind(self.permis.quand().to_string())
        .bind(self.permis.acteur())
        .executer(tx)
        .await?;
        Ok(id)
    }

    /// Les déclarations que la base ne connaît pas, chacune une fois.
    async fn nouvelles<'g>(&self, tx: &mut Tx, pretes: &'g [Gardee]) -> Result<Vec<Nouvelle<'g>>, Erreur> {
        let connues: Vec<(Vec<u8>,)> = Lot::nouveau()
            .octets("identite", pretes.iter().map(|g| Some(g.identite.clone())))
            .toutes(
                tx,
                "SELECT d.identite FROM v CROSS JOIN dsn_declaration d WHERE d.identite = v.identite",
            )
            .await?;
        let mut connues: HashSet<Vec<u8>> = connues.into_iter().map(|(i,)| i).collect();
        let mut nouvelles = Vec::new();
        for gardee in pretes {
            let fautive = |regle| Erreur::Declaration {
                fichier: self.nom.to_owned(),
                ligne: gardee.declaration.lignes.0,
                regle,
            };
            if let Some(situation) = situer(&gardee.declaration).map_err(fautive)?
                && connues.insert(gardee.identite.clone())
            {
                nouvelles.push(Nouvelle {
                    gardee,
                    situation,
                    id: 0,
                    dossier: None,
                });
            }
        }
        let ids = tx.reserver("dsn_declaration", nouvelles.len()).await?;
        for (n, id) in nouvelles.iter_mut().zip(ids) {
            n.id = id;
        }
        Ok(nouvelles)
    }

    /// Rattache chaque déclaration à son débiteur, créé s'il est inconnu ; rend combien l'ont été. Une déclaration qui
    /// ne vient que remplacer ne crée personne.
    async fn situer_dossiers(&self, tx: &mut Tx, nouvelles: &mut [Nouvelle<'_>]) -> Result<u64, Erreur> {
        let sirets: BTreeSet<&str> = nouvelles.iter().map(|n| n.situation.siret.as_str()).collect();
        let mut dossiers: HashMap<String, i64> = Lot::nouveau()
            .textes("siret", sirets.iter().copied())
            .toutes::<(String, i64)>(
                tx,
                "SELECT v.siret, d.id FROM v CROSS JOIN debiteur d WHERE d.siret = v.siret",
            )
            .await?
            .into_iter()
            .collect();
        let mut inconnus: BTreeMap<&str, &str> = BTreeMap::new();
        for n in nouvelles.iter().filter(|n| n.est_routee(self.caisse)) {
            if !dossiers.contains_key(n.situation.siret.as_str()) {
                inconnus.insert(n.situation.siret.as_str(), &n.gardee.commune);
            }
        }
        let debiteurs = inconnus
            .iter()
            .map(|(siret, commune)| employeur(siret, commune))
            .collect::<Result<Vec<_>, _>>()?;
        let crees = inscrire(self.db, tx, &debiteurs, self.aujourdhui).await?;
        for (siret, dossier) in inconnus.keys().zip(&crees) {
            dossiers.insert((*siret).to_owned(), dossier.get());
        }
        for n in nouvelles {
            n.dossier = dossiers.get(n.situation.siret.as_str()).copied();
        }
        let connus: Vec<DossierId> = dossiers.values().copied().map(DossierId::new).collect();
        ouvrir_aux_cotisations(tx, &connus).await?;
        Ok(compte(crees.len()))
    }

    async fn ecrire_declarations(
        &self,
        tx: &mut Tx,
        depot: i64,
        nouvelles: &[Nouvelle<'_>],
        cles: &HashMap<i64, Cle>,
    ) -> Result<(), Erreur> {
        let mut scelles = Vec::with_capacity(nouvelles.len());
        let mut totaux = Vec::with_capacity(nouvelles.len());
        for n in nouvelles {
            let clair = &n.gardee.etablissement;
            scelles.push(match n.dossier.and_then(|d| cles.get(&d)) {
                Some(cle) => Some(cle.sceller(ETABLISSEMENT, clair)?),
                None => None,
            });
            totaux.push(n.totaux(self.caisse)?);
        }
        let lignes = || nouvelles.iter();
        Lot::nouveau()
            .entiers("id", lignes().map(|n| n.id))
            .octets("identite", lignes().map(|n| Some(n.gardee.identite.clone())))
            .entiers("depot_id", lignes().map(|_| depot))
            .entiers("rang", lignes().map(|n| i64::from(n.declaration().rang)))
            .entiers("ligne_debut", lignes().map(|n| entier(n.declaration().lignes.0)))
            .entiers("ligne_fin", lignes().map(|n| entier(n.declaration().lignes.1)))
            .textes("norme", lignes().map(|n| n.declaration().envoi.norme.to_string()))
            .textes("siret", lignes().map(|n| n.situation.siret.as_str()))
            .textes("mois", lignes().map(|n| n.situation.mois.to_string()))
            .textes("nature", lignes().map(|n| n.declaration().nature.to_string()))
            .textes("genre", lignes().map(|n| n.declaration().genre.to_string()))
            .entiers("fraction", lignes().map(|n| n.situation.fraction.0))
            .entiers("fractions", lignes().map(|n| n.situation.fraction.1))
            .textes_opt("champ", lignes().map(|n| n.declaration().champ.map(|c| c.to_string())))
            .textes(
                "constituee_le",
                lignes().map(|n| n.situation.identifiant.constituee_le.to_string()),
            )
            .entiers("ordre", lignes().map(|n| entier(n.situation.identifiant.ordre)))
            .textes_opt("remplace_le", lignes().map(|n| n.declaration().remplace.as_ref().map(|r| r.constituee_le.to_string())))
            .entiers_opt("remplace_ordre", lignes().map(|n| n.declaration().remplace.as_ref().map(|r| entier(r.ordre))))
            .textes(
                "deposee_le",
                lignes().map(|n| {
                    let constituee_le = n.situation.identifiant.constituee_le;
                    n.declaration().envoi.depose_le.unwrap_or(constituee_le).to_string()
                }),
            )
            .entiers("individus", lignes().map(|n| i64::from(n.declaration().individus)))
            .entiers("routee", lignes().map(|n| i64::from(n.est_routee(self.caisse))))
            .entiers("declare_centimes", totaux.iter().map(|t| t.0.centimes()))
            .entiers("ordonne_centimes", totaux.iter().map(|t| t.1.centimes()))
            .entiers_opt("dossier_id", lignes().map(|n| n.dossier))
            .octets("etablissement_scelle", scelles)
            .executer(
                tx,
                "INSERT INTO dsn_declaration (id, identite, depot_id, rang, ligne_debut, ligne_fin, norme, siret, mois, \
                 nature, genre, fraction, fractions, champ, constituee_le, ordre, remplace_le, remplace_ordre, \
                 deposee_le, individus, routee, declare_centimes, ordonne_centimes, dossier_id, etablissement_scelle) \
                 SELECT id, identite, depot_id, rang, ligne_debut, ligne_fin, norme, siret, mois, nature, genre, \
                 fraction, fractions, champ, constituee_le, ordre, remplace_le, remplace_ordre, deposee_le, individus, \
                 routee, declare_centimes, ordonne_centimes, dossier_id, etablissement_scelle FROM v",
            )
            .await?;
        Ok(())
    }

    async fn ecrire_details(&self, tx: &mut Tx, nouvelles: &[Nouvelle<'_>]) -> Result<(), Erreur> {
        let cotisations: Vec<_> = nouvelles
            .iter()
            .flat_map(|n| {
                (1_i64..)
                    .zip(&n.gardee.cotisations)
                    .map(move |(rang, c)| (n.id, rang, c.0, c.1))
            })
            .collect();
        let jour = |d: Option<Date>| d.map(|d| d.to_string());
        Lot::nouveau()
            .entiers("declaration_id", cotisations.iter().map(|c| c.0))
            .entiers("rang", cotisations.iter().map(|c| c.1))
            .entiers("bloc", cotisations.iter().map(|c| c.2.bloc.numero()))
            .textes("code", cotisations.iter().map(|c| c.2.code.to_string()))
            .textes_opt("debut", cotisations.iter().map(|c| jour(c.2.debut)))
            .textes_opt("fin", cotisations.iter().map(|c| jour(c.2.fin)))
            .entiers("nombre", cotisations.iter().map(|c| i64::from(c.3.nombre)))
            .entiers("montant_centimes", cotisations.iter().map(|c| c.3.montant.centimes()))
            .entiers("ligne_debut", cotisations.iter().map(|c| entier(c.3.lignes.0)))
            .entiers("ligne_fin", cotisations.iter().map(|c| entier(c.3.lignes.1)))
            .executer(
                tx,
                "INSERT INTO dsn_cotisation (declaration_id, rang, bloc, code, debut, fin, nombre, montant_centimes, \
                 ligne_debut, ligne_fin) SELECT declaration_id, rang, bloc, code, debut, fin, nombre, \
                 montant_centimes, ligne_debut, ligne_fin FROM v",
            )
            .await?;
        let versements: Vec<_> = nouvelles
            .iter()
            .flat_map(|n| {
                let caisses = n
                    .gardee
                    .declaration
                    .caisses
                    .iter()
                    .filter(|c| c.code == self.caisse);
                let versements = caisses.flat_map(|c| &c.versements);
                (1_i64..).zip(versements).map(move |(rang, v)| (n.id, rang, v))
            })
            .collect();
        Lot::nouveau()
            .entiers("declaration_id", versements.iter().map(|v| v.0))
            .entiers("rang", versements.iter().map(|v| v.1))
            .entiers("ligne", versements.iter().map(|v| entier(v.2.ligne)))
            .entiers("montant_centimes", versements.iter().map(|v| v.2.montant.centimes()))
            .textes_opt("debut", versements.iter().map(|v| jour(v.2.debut)))
            .textes_opt("fin", versements.iter().map(|v| jour(v.2.fin)))
            .textes_opt("mode", versements.iter().map(|v| v.2.mode.map(|m| m.to_string())))
            .textes_opt("echeance", versements.iter().map(|v| jour(v.2.echeance)))
            .textes_opt("payeur", versements.iter().map(|v| v.2.payeur.map(|p| p.to_string())))
            .executer(
                tx,
                "INSERT INTO dsn_versement (declaration_id, rang, ligne, montant_centimes, debut, fin, mode, echeance, \
                 payeur) SELECT declaration_id, rang, ligne, montant_centimes, debut, fin, mode, echeance, payeur FROM v",
            )
            .await?;
        let mut autres = Vec::new();
        for n in nouvelles {
            for code in autres_caisses(n.declaration(), self.caisse) {
                let caisse = n.declaration().caisses.iter().find(|c| c.code == code);
                let Some(caisse) = caisse else { continue };
                autres.push((
                    n.id,
                    code.to_string(),
                    caisse.declare.centimes(),
                    caisse.ordonne()?.centimes(),
                ));
            }
        }
        Lot::nouveau()
            .entiers("declaration_id", autres.iter().map(|a| a.0))
            .textes("caisse", autres.iter().map(|a| a.1.as_str()))
            .entiers("declare_centimes", autres.iter().map(|a| a.2))
            .entiers("ordonne_centimes", autres.iter().map(|a| a.3))
            .executer(
                tx,
                "INSERT INTO dsn_autre_caisse (declaration_id, caisse, declare_centimes, ordonne_centimes) \
                 SELECT declaration_id, caisse, declare_centimes, ordonne_centimes FROM v",
            )
            .await?;
        Ok(())
    }
}

fn a_sceller(nouvelles: &[Nouvelle<'_>], cles: &HashMap<i64, Cle>) -> Vec<ASceller> {
    let a_sceller = nouvelles.iter().filter_map(|n| {
        Some(ASceller {
            declaration: n.id,
            cle: cles.get(&n.dossier?)?.clone(),
            individus: n.gardee.individus.clone(),
        })
    });
    a_sceller.collect()
}

async fn ecrire_regularisations(
    tx: &mut Tx,
    nouvelles: &[Nouvelle<'_>],
    scelles: &Scelles,
) -> Result<(), Erreur> {
    let mut regularisations = Vec::new();
    for n in nouvelles {
        let individus = scelles.get(&n.id).map(Vec::as_slice).unwrap_or_default();
        for r in &n.gardee.regularisations {
            let place = usize::try_from(r.individu)
                .ok()
                .and_then(|rang| rang.checked_sub(1));
            if let Some(individu) = place.and_then(|place| individus.get(place)) {
                regularisations.push((n.id, r, &individu.hache));
            }
        }
    }
    Lot::nouveau()
        .entiers("declaration_id", regularisations.iter().map(|r| r.0))
        .entiers("ligne", regularisations.iter().map(|r| entier(r.1.ligne)))
        .octets("individu_hache", regularisations.iter().map(|r| Some(r.2.clone())))
        .textes("code", regularisations.iter().map(|r| r.1.code.to_string()))
        .textes("mois", regularisations.iter().map(|r| r.1.mois.to_string()))
        .entiers("montant_centimes", regularisations.iter().map(|r| r.1.montant.centimes()))
        .executer(
            tx,
            "INSERT INTO dsn_regularisation (declaration_id, ligne, individu_hache, code, mois, montant_centimes) \
             SELECT declaration_id, ligne, individu_hache, code, mois, montant_centimes FROM v",
        )
        .await?;
    Ok(())
}

/// Rend combien.
async fn ecrire_individus(tx: &mut Tx, scelles: Scelles) -> Result<u64, Erreur> {
    let (mut declarations, mut rangs, mut haches, mut contenus) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (declaration, individus) in scelles {
        for (rang, i) in (1_i64..).zip(individus) {
            declarations.push(declaration);
            rangs.push(rang);
            haches.push(Some(i.hache));
            contenus.push(Some(i.scelle));
        }
    }
    let nombre = compte(declarations.len());
    Lot::nouveau()
        .entiers("declaration_id", declarations)
        .entiers("rang", rangs)
        .octets("individu_hache", haches)
        .octets("individu_scelle", contenus)
        .executer(
            tx,
            "INSERT INTO dsn_individu (declaration_id, rang, individu_hache, individu_scelle) \
             SELECT declaration_id, rang, individu_hache, individu_scelle FROM v",
        )
        .await?;
    Ok(nombre)
}

/// Un employeur que seule sa DSN fait connaître : elle ne dit pas son nom, son SIRET lui en tient lieu.
fn employeur(siret: &str, commune: &str) -> Result<NouveauDebiteur, Erreur> {
    Ok(NouveauDebiteur {
        matricule: siret
            .parse::<Matricule>()
            .map_err(|_| Erreur::Illisible("siret"))?,
        regime: Regime::Employeur,
        nom: format!("Employeur {siret}"),
        prenom: String::new(),
        siret: Some(siret.parse().map_err(|_| Erreur::Illisible("siret"))?),
        nir: None,
        commune: commune.to_owned(),
        code_commune: None,
        code_agent: String::new(),
        code_tiers: String::new(),
        mode_paiement: String::new(),
        contacts: Vec::new(),
        ibans: Vec::new(),
    })
}

fn compte(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

pub(super) fn entier(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
