//! Les essais du contrôle : chaque contrôle parle quand il faut, et se tait quand il faut.

mod catalogue;
mod fabrique;
mod fichiers;
#[rustfmt::skip]
mod table;

use std::collections::BTreeSet;

use fabrique::{anomalies, controles, debut, message};

use super::{CONTROLES, Gravite};

/// Une ligne de plus de 256 caractères ne s'écrit pas dans la table.
fn deplier(changements: &str) -> String {
    changements.replace("@long", &"A".repeat(300))
}

#[test]
fn un_message_juste_n_a_aucune_anomalie() {
    assert_eq!(anomalies(&message("")).0, []);
}

#[test]
fn chaque_controle_parle_quand_il_faut_et_se_tait_quand_il_faut() {
    let mut faux = Vec::new();
    for (nom, fautifs, justes) in table::CAS {
        let vus = controles(&message(&deplier(fautifs)));
        if !vus.contains(nom) {
            faux.push(format!("{nom} se tait : {fautifs} ; {vus:?}"));
        }
        let vus = controles(&message(&deplier(justes)));
        if vus.contains(nom) {
            faux.push(format!("{nom} parle à tort : {justes}"));
        }
    }
    assert!(faux.is_empty(), "{}", faux.join("\n"));
}

/// Les contrôles de lignes et d'enveloppe, faussés octet par octet.
fn fautes_d_octets() -> Vec<(&'static str, Vec<u8>)> {
    let juste = message("");
    let avec = |nom: &str, decalage: usize, octets: &[u8], retires: usize| {
        let mut copie = juste.clone();
        let place = debut(&copie, nom) + decalage;
        copie.splice(place..place + retires, octets.iter().copied());
        copie
    };
    let lot = |avant: &str, apres: &str| [avant.as_bytes(), &juste, apres.as_bytes()].concat();
    let ouvre =
        "S05.G51.00.001,'V01R02'\r\nS05.G51.00.002,'7'\r\nS05.G51.00.006,'1'\r\nS06.G51.00.001,'DSNOK'\r\n";
    let ferme =
        "S96.G51.00.001,'FINSL'\r\nS96.G51.00.002,'1'\r\nS95.G51.00.001,'7'\r\nS95.G51.00.002,'1'\r\n";
    assert_eq!(controles(&lot(ouvre, ferme)), [""; 0]);
    vec![
        ("SYNTAXE/ligne-vide", avec("S21.G00.30.002", 0, b"\r\n", 0)),
        ("SYNTAXE/octet-nul", avec("S21.G00.30.002", 17, b"\0", 0)),
        ("SYNTAXE/retour-chariot", avec("S21.G00.30.002", 17, b"\r", 0)),
        (
            "SYNTAXE/caractere-de-controle",
            avec("S21.G00.30.002", 17, b"\t", 0),
        ),
        ("SYNTAXE/rubrique", avec("S21.G00.30.002", 0, b"X", 0)),
        ("SYNTAXE/rubrique", avec("S21.G00.30.002", 14, b";", 1)),
        ("SYNTAXE/apostrophe", avec("S21.G00.40.007", 18, b"", 1)),
        ("SYNTAXE/apostrophe", avec("S21.G00.40.007", 15, b"", 1)),
        ("SYNTAXE/valeur-vide", avec("S21.G00.40.007", 16, b"", 2)),
        ("SYNTAXE/utf8", [b"\xEF\xBB\xBF", &juste[..]].concat()),
        ("ENVELOPPE/ordre", lot(&ouvre[..ouvre.len() - 24], ferme)),
        ("ENVELOPPE/sous-lot", lot(ouvre, &ferme.replacen("'1'", "'2'", 1))),
        (
            "ENVELOPPE/lot",
            lot(ouvre, &ferme.replace("S95.G51.00.002,'1'", "S95.G51.00.002,'3'")),
        ),
        ("ENVELOPPE/identifiant", lot(ouvre, &ferme.replace("'7'", "'8'"))),
        ("ENVELOPPE/annonce", lot(&ouvre.replace("'1'", "'2'"), ferme)),
        ("ENVELOPPE/tronquee", lot(ouvre, "")),
    ]
}

#[test]
fn une_ligne_malformee_est_une_anomalie_et_la_lecture_continue() {
    for (nom, octets) in fautes_d_octets() {
        let vus = controles(&octets);
        assert_eq!(vus.first(), Some(&nom), "{nom} : {vus:?}");
        let lignes = anomalies(&octets).1.lignes;
        let attendues = memchr::memchr_iter(b'\n', &octets).count();
        assert_eq!(lignes, u64::try_from(attendues).unwrap(), "{nom}");
    }
}

#[test]
fn tout_controle_de_la_liste_a_son_essai() {
    let essayes: BTreeSet<&str> = table::CAS.iter().map(|(nom, ..)| *nom).collect();
    let octets: BTreeSet<&str> = fautes_d_octets().iter().map(|(nom, _)| *nom).collect();
    let liste: BTreeSet<&str> = CONTROLES.iter().map(|c| c.nom).collect();
    assert_eq!(essayes.union(&octets).copied().collect::<BTreeSet<_>>(), liste);
}

#[test]
fn tout_controle_a_un_message_qui_dit_quelque_chose() {
    for c in CONTROLES.iter() {
        let officiel = crate::message_controle(c.nom);
        assert_eq!(c.est_de_la_norme(), officiel.is_some(), "{}", c.nom);
        let message = if c.message.is_empty() {
            officiel.unwrap()
        } else {
            c.message
        };
        assert!(
            message.len() > 10 && !message.starts_with('['),
            "{} : {message}",
            c.nom
        );
        assert!(!message.eq_ignore_ascii_case("valeurs autorisées"), "{}", c.nom);
        assert_eq!(
            c.gravite == Gravite::Signalement,
            c.nom.contains("/SIG-") || !c.est_de_la_norme() && signale(c.nom)
        );
    }
}

fn signale(nom: &str) -> bool {
    matches!(
        nom,
        "SYNTAXE/caractere-reserve"
            | "ENVELOPPE/annonce"
            | "CLE/siret-payeur"
            | "INDIVIDU/departement-20"
            | "INDIVIDU/nir-20"
    )
}

#[test]
fn aucune_anomalie_ne_cite_la_valeur_fautive() {
    let fautif = message(
        "30.001=1999999999999 30.002=~SECRETNOM 20.004=FR9912345678901234567890104 40.007=ZZ 06.001=111111119",
    );
    for a in anomalies(&fautif).0 {
        for secret in ["1999999999999", "SECRETNOM", "123456789012345", "ZZ", "111111119"] {
            assert!(!a.message.contains(secret), "{} cite {secret}", a.controle);
        }
    }
}

#[test]
fn une_autre_version_de_la_norme_rend_signalements_les_codes_et_rubriques_inconnus() {
    let octets = message("S10.G00.00.006=P25V01 81.001=999 11.022+11.099=X");
    let (vues, bilan) = anomalies(&octets);
    assert_eq!(bilan.signalements, 2, "{vues:?}");
    assert!(bilan.accepte());
}

#[test]
fn mille_anomalies_sont_toutes_dites_et_comptees() {
    let suite = "81.007+".to_owned() + &vec!["81.001=ZZZ,81.002=DMSA33"; 1_000].join(",");
    let (vues, bilan) = anomalies(&message(&suite));
    assert_eq!((vues.len(), bilan.bloquants), (1_000, 1_000));
    assert_eq!(bilan.par_controle["VALEUR/enumeration"], 1_000);
}
