//! Ce qui doit rester vrai d'une caisse quoi qu'il lui arrive.

use creances::{Bilan, Erreur};
use storage::essais::Banc;
use storage::{lire, sql};

use crate::commun::{nombre, verifiee};

/// Le résultat d'un geste que la caisse peut refuser : `None` pour un refus du métier. Tout autre échec (moteur,
/// déséquilibre, valeur illisible) est un défaut.
pub(crate) fn admis<T>(r: Result<T, Erreur>) -> Option<T> {
    match r {
        Ok(valeur) => Some(valeur),
        Err(
            Erreur::DebiteurEnDouble
            | Erreur::CreanceInconnue
            | Erreur::ReferenceEnDouble
            | Erreur::PlusQueLeReste { .. }
            | Erreur::SansObjet(_)
            | Erreur::NonValeurTropTot { .. }
            | Erreur::RecetteInconnue
            | Erreur::PlusQueLaRac { .. }
            | Erreur::IndefaisableCar(_)
            | Erreur::LigneDejaDecidee,
        ) => None,
        Err(defaut) => panic!("{defaut:?}"),
    }
}

/// Requêtes qui comptent ce qui ne doit jamais exister, et ce que chacune compte.
const JAMAIS: &[(&str, &str)] = &[
    (
        "créances dont un reste est négatif",
        "SELECT COUNT(*) FROM creance WHERE reste_part_ouvriere < 0 OR reste_part_patronale < 0 \
         OR reste_principal < 0 OR reste_majoration < 0 OR reste_penalite < 0 OR reste_frais < 0",
    ),
    (
        "postes de créance qui ont rendu plus d'argent qu'ils n'en ont reçu",
        "SELECT COUNT(*) FROM (SELECT creance_id, poste FROM ecriture \
         WHERE creance_id IS NOT NULL AND encaissement_id IS NOT NULL \
         GROUP BY creance_id, poste HAVING SUM(montant_centimes) > 0) x",
    ),
    (
        "créances qui doivent, ou ont annulé, plus que leur émission",
        "SELECT COUNT(*) FROM creance \
         WHERE reste_part_ouvriere + reste_part_patronale + reste_principal > montant_centimes",
    ),
    (
        "recettes dont l'attente dépasse le montant, ou est de l'autre sens",
        "SELECT COUNT(*) FROM encaissement \
         WHERE (montant_centimes > 0 AND (rac_centimes < 0 OR rac_centimes > montant_centimes)) \
         OR (montant_centimes < 0 AND (rac_centimes > 0 OR rac_centimes < montant_centimes))",
    ),
    (
        "recettes qui n'attendent rien et disent pourquoi elles attendent",
        "SELECT COUNT(*) FROM encaissement WHERE rac_centimes = 0 AND attente IS NOT NULL",
    ),
    (
        "recettes qui ont placé, remboursé ou ventilé plus qu'elles n'ont reçu",
        "SELECT COUNT(*) FROM (SELECT e.encaissement_id FROM ecriture e JOIN encaissement r ON r.id = e.encaissement_id \
         WHERE r.montant_centimes > 0 AND e.compte IN ('creance', 'rembourse') \
         GROUP BY e.encaissement_id, r.montant_centimes \
         HAVING SUM(e.montant_centimes) > 0 OR -SUM(e.montant_centimes) > r.montant_centimes) x",
    ),
    (
        "recettes défaites par plus d'un retour",
        "SELECT COUNT(*) FROM (SELECT retour_de FROM encaissement WHERE retour_de IS NOT NULL \
         GROUP BY retour_de HAVING COUNT(*) > 1) x",
    ),
];

/// Prouve la base : rien d'anormal pour `verifier`, l'argent s'y conserve, et rien de ce qui ne doit jamais exister.
pub(crate) async fn prouvee(banc: &Banc) -> Bilan {
    let bilan = verifiee(banc).await;
    for (quoi, texte) in JAMAIS {
        assert_eq!(nombre(banc, texte).await, 0, "{} : {quoi}", banc.db.moteur());
    }
    bilan
}

/// L'argent que la banque a donné, retours déduits, en centimes.
pub(crate) async fn encaisse(banc: &Banc) -> i64 {
    nombre(
        banc,
        "SELECT CAST(COALESCE(SUM(montant_centimes), 0) AS BIGINT) FROM ecriture WHERE compte = 'banque'",
    )
    .await
}

/// Les valeurs d'une colonne de textes, rangées.
pub(crate) async fn textes(banc: &Banc, texte: &'static str) -> Vec<String> {
    let r: Result<Vec<(String,)>, storage::Erreur> = lire!(banc.db, |tx| sql!(texte).toutes(tx).await);
    let mut textes: Vec<String> = r.unwrap().into_iter().map(|t| t.0).collect();
    textes.sort();
    textes
}

pub(crate) async fn ids(banc: &Banc, texte: &'static str) -> Vec<i64> {
    let r: Result<Vec<(i64,)>, storage::Erreur> = lire!(banc.db, |tx| sql!(texte).toutes(tx).await);
    r.unwrap().into_iter().map(|n| n.0).collect()
}

/// Ce qui a été payé à chaque débiteur, et ce qui attend en tout en RAC.
pub(crate) async fn argent(banc: &Banc) -> Vec<String> {
    textes(
        banc,
        "SELECT d.matricule || ' ' || CAST(-SUM(e.montant_centimes) AS TEXT) FROM ecriture e \
         JOIN debiteur d ON d.id = e.dossier_id WHERE e.compte = 'creance' AND e.encaissement_id IS NOT NULL \
         GROUP BY d.matricule HAVING SUM(e.montant_centimes) <> 0 \
         UNION ALL SELECT 'RAC ' || CAST(COALESCE(SUM(rac_centimes), 0) AS TEXT) FROM encaissement",
    )
    .await
}

/// Les restes de chaque créance, par sa référence.
pub(crate) async fn restes_des_creances(banc: &Banc) -> Vec<String> {
    textes(
        banc,
        "SELECT reference || ' ' || CAST(reste_part_ouvriere AS TEXT) || ' ' || CAST(reste_part_patronale AS TEXT) \
         || ' ' || CAST(reste_principal AS TEXT) || ' ' || CAST(reste_majoration AS TEXT) FROM creance",
    )
    .await
}

/// Tout le contenu comptable, sans identifiants ni hachés : deux bases qui ont vécu la même histoire ont la même.
pub(crate) async fn photo(banc: &Banc) -> Vec<String> {
    let mut photo = textes(
        banc,
        "SELECT 'recette ' || e.jour || ' ' || CAST(e.montant_centimes AS TEXT) || ' ' || e.mode || ' ' \
         || COALESCE(e.siret, '-') || ' ' || COALESCE(e.periode, '-') || ' ' || COALESCE(e.libelle, '-') || ' ' \
         || CAST(e.rac_centimes AS TEXT) || ' ' || COALESCE(e.attente, '-') || ' ' || COALESCE(d.matricule, '-') \
         FROM encaissement e LEFT JOIN debiteur d ON d.id = e.dossier_id",
    )
    .await;
    photo.extend(restes_des_creances(banc).await);
    photo.extend(
        textes(
            banc,
            "SELECT 'solde ' || matricule || ' ' || CAST(solde_centimes AS TEXT) || ' ' || CAST(branches AS TEXT) \
             FROM debiteur",
        )
        .await,
    );
    photo.extend(
        textes(
            banc,
            "SELECT 'ligne ' || m.nature || ' ' || m.jour || ' ' || COALESCE(m.motif, '-') || ' ' || e.compte || ' ' \
             || CAST(e.montant_centimes AS TEXT) || ' ' || COALESCE(d.matricule, '-') || ' ' \
             || COALESCE(c.reference, '-') || ' ' || COALESCE(e.poste, '-') || ' ' || COALESCE(e.raison, '-') \
             FROM ecriture e JOIN mouvement m ON m.id = e.mouvement_id \
             LEFT JOIN debiteur d ON d.id = e.dossier_id LEFT JOIN creance c ON c.id = e.creance_id",
        )
        .await,
    );
    photo.extend(
        textes(
            banc,
            "SELECT 'fichier ' || nom || ' ' || CAST(termine AS TEXT) FROM fichier_importe",
        )
        .await,
    );
    photo
}

/// Une écriture d'un avis camt.054.
pub(crate) struct Avis {
    /// Référence de l'écriture à la banque.
    pub(crate) reference: String,
    /// Référence de bout en bout.
    pub(crate) bout_en_bout: String,
    /// Libellé du paiement.
    pub(crate) libelle: String,
    /// Montant, en centimes.
    pub(crate) centimes: i64,
    /// Un prélèvement qui revient, ou un paiement.
    pub(crate) retour: bool,
}

/// Un avis camt.054 de ces écritures.
pub(crate) fn camt054(avis: &[Avis]) -> String {
    let mut entrees = String::new();
    for a in avis {
        let montant = format!("{}.{:02}", a.centimes / 100, a.centimes % 100);
        let (sens, sous_famille, retour) = if a.retour {
            ("DBIT", "UPDD", "<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>")
        } else {
            ("CRDT", "ESDD", "")
        };
        entrees.push_str(&format!(
            "<Ntry><Amt Ccy=\"EUR\">{montant}</Amt><CdtDbtInd>{sens}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
             <BookgDt><Dt>2026-03-02</Dt></BookgDt><AcctSvcrRef>{}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly>\
             <Cd>IDDT</Cd><SubFmlyCd>{sous_famille}</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs>\
             <EndToEndId>{}</EndToEndId></Refs><Amt Ccy=\"EUR\">{montant}</Amt><CdtDbtInd>{sens}</CdtDbtInd>\
             <RmtInf><Ustrd>{}</Ustrd></RmtInf>{retour}</TxDtls></NtryDtls></Ntry>",
            a.reference, a.bout_en_bout, a.libelle
        ));
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn><GrpHdr>\
         <MsgId>M</MsgId><CreDtTm>2026-03-02T20:00:00</CreDtTm></GrpHdr><Ntfctn><Id>S</Id>\
         <CreDtTm>2026-03-02T20:00:00</CreDtTm><Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy>\
         </Acct>{entrees}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>\n"
    )
}
