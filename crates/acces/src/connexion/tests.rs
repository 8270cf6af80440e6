//! La connexion par compte local, page après page, sur les deux moteurs.

use axum::Router;
use axum::http::StatusCode;
use jiff::SignedDuration;
use storage::essais::{Banc, bancs};

use super::*;
use crate::agents::totp::Secret;
use crate::agents::{self, NouvelAgent};
use crate::essais::{MOT_DE_PASSE, Navigateur, SECRET, agent, horloge, maison};
use crate::{Horloge, MIGRATIONS, Objet, Permis, Role, routes, routeur};

const CONNEXION: &str = "/DMSA33/connexion";
const CODE: &str = "/DMSA33/connexion/code";
const MOT: &str = "/DMSA33/connexion/mot-de-passe";

async fn installer(banc: &Banc) -> (Router, Horloge) {
    let horloge = horloge();
    (routeur(routes(), maison(banc, horloge.clone())), horloge)
}

async fn identifier(n: &mut Navigateur, identifiant: &str, mot_de_passe: &str) -> crate::essais::Reponse {
    n.get(CONNEXION).await;
    n.post(
        CONNEXION,
        &[("identifiant", identifiant), ("mot_de_passe", mot_de_passe)],
    )
    .await
}

#[tokio::test]
async fn un_agent_se_connecte_par_mot_de_passe_et_code() {
    for banc in bancs(MIGRATIONS).await {
        let (routeur, horloge) = installer(&banc).await;
        agent(&banc.db, &horloge, Role::Dpo).await;
        let mut n = Navigateur::anonyme(&routeur, &banc.db);
        assert_eq!(n.get("/DMSA33/journal").await.vers.as_deref(), Some(CONNEXION));
        let r = identifier(&mut n, " DPO.essai ", MOT_DE_PASSE).await;
        assert_eq!((r.etat, r.vers.as_deref()), (StatusCode::SEE_OTHER, Some(CODE)));
        assert_eq!(
            n.get("/DMSA33/journal").await.vers.as_deref(),
            Some(CONNEXION),
            "pas avant le code"
        );
        let demi = n.clone();
        let r = n
            .post(CODE, &[("code", &SECRET.code(horloge.maintenant()))])
            .await;
        assert_eq!(r.vers.as_deref(), Some("/DMSA33/journal"));
        let cookie = r.cookies.first().unwrap();
        assert!(cookie.starts_with("__Host-sillon-DMSA33=") && cookie.contains("SameSite=Strict"));
        let page = n.get("/DMSA33/journal").await;
        assert_eq!(page.etat, StatusCode::OK);
        assert!(page.corps.contains("Connexion") && page.corps.contains("dpo.essai"));
        // Le jeton d'avant le code ne vaut plus rien.
        let mut demi = demi;
        assert_eq!(demi.get("/DMSA33/journal").await.vers.as_deref(), Some(CONNEXION));
        let r = n.post("/DMSA33/deconnexion", &[]).await;
        assert_eq!(r.vers.as_deref(), Some(CONNEXION));
        assert_eq!(n.get("/DMSA33/journal").await.vers.as_deref(), Some(CONNEXION));
    }
}

#[tokio::test]
async fn un_compte_inconnu_ferme_ou_un_mauvais_mot_de_passe_ont_la_meme_reponse() {
    for banc in bancs(MIGRATIONS).await {
        let (routeur, horloge) = installer(&banc).await;
        agent(&banc.db, &horloge, Role::Dpo).await;
        agent(&banc.db, &horloge, Role::Recouvrement).await;
        let permis = Permis::operateur(&banc.db, &horloge, "root", Objet::Caisse)
            .await
            .unwrap();
        agents::desactiver(&banc.db, &permis, &"recouvrement.essai".parse().unwrap())
            .await
            .unwrap();
        let mut corps = Vec::new();
        for (identifiant, mot_de_passe) in [
            ("personne", MOT_DE_PASSE),
            ("recouvrement.essai", MOT_DE_PASSE),
            ("dpo.essai", "faux"),
        ] {
            let mut n = Navigateur::anonyme(&routeur, &banc.db);
            let r = identifier(&mut n, identifiant, mot_de_passe).await;
            assert_eq!(r.etat, StatusCode::UNPROCESSABLE_ENTITY);
            corps.push(r.corps.replace(&n.jeton(), "JETON"));
        }
        assert_eq!(corps[0], corps[1]);
        assert_eq!(corps[0], corps[2]);
        assert!(corps[0].contains("L’identifiant ou le mot de passe n’est pas le bon."));
    }
}

#[tokio::test]
async fn les_essais_repetes_sont_freines_que_le_compte_existe_ou_non() {
    for banc in bancs(MIGRATIONS).await {
        let (routeur, horloge) = installer(&banc).await;
        agent(&banc.db, &horloge, Role::Dpo).await;
        for identifiant in ["dpo.essai", "personne"] {
            let mut n = Navigateur::anonyme(&routeur, &banc.db);
            for _ in 0..6 {
                let r = identifier(&mut n, identifiant, "faux").await;
                assert_eq!(r.etat, StatusCode::UNPROCESSABLE_ENTITY);
            }
            let r = identifier(&mut n, identifiant, MOT_DE_PASSE).await;
            assert_eq!(r.etat, StatusCode::TOO_MANY_REQUESTS, "{identifiant}");
            assert!(r.corps.contains("Trop d’essais : attendez 2\u{a0}s"));
        }
        horloge.avancer(SignedDuration::from_secs(3));
        let mut n = Navigateur::anonyme(&routeur, &banc.db);
        assert_eq!(
            identifier(&mut n, "dpo.essai", MOT_DE_PASSE)
                .await
                .vers
                .as_deref(),
            Some(CODE)
        );
    }
}

#[tokio::test]
async fn les_essais_simultanes_comptent_tous() {
    for banc in bancs(MIGRATIONS).await {
        let maintenant = horloge().maintenant();
        let mut taches = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let db = banc.db.clone();
            taches.spawn(async move { frein::essayer(&db, frein::COMPTE, "x", maintenant).await.unwrap() });
        }
        let freines = taches
            .join_all()
            .await
            .into_iter()
            .filter(Option::is_some)
            .count();
        assert_eq!(freines, 14, "cinq essais libres, le sixième ferme");
    }
}

#[tokio::test]
async fn un_code_ne_sert_qu_une_fois_et_les_mauvais_sont_freines() {
    for banc in bancs(MIGRATIONS).await {
        let (routeur, horloge) = installer(&banc).await;
        agent(&banc.db, &horloge, Role::Dpo).await;
        let code = SECRET.code(horloge.maintenant());
        let mut premier = Navigateur::anonyme(&routeur, &banc.db);
        identifier(&mut premier, "dpo.essai", MOT_DE_PASSE).await;
        assert_eq!(
            premier.post(CODE, &[("code", &code)]).await.etat,
            StatusCode::SEE_OTHER
        );
        let mut second = Navigateur::anonyme(&routeur, &banc.db);
        identifier(&mut second, "dpo.essai", MOT_DE_PASSE).await;
        for _ in 0..6 {
            let r = second.post(CODE, &[("code", &code)]).await;
            assert_eq!(r.etat, StatusCode::UNPROCESSABLE_ENTITY);
        }
        horloge.avancer(SignedDuration::from_secs(1));
        let r = second.post(CODE, &[("code", &code)]).await;
        assert_eq!(r.etat, StatusCode::TOO_MANY_REQUESTS);
    }
}

#[tokio::test]
async fn la_premiere_connexion_enrole_puis_change_le_mot_de_passe() {
    for banc in bancs(MIGRATIONS).await {
        let (routeur, horloge) = installer(&banc).await;
        let permis = Permis::operateur(&banc.db, &horloge, "root", Objet::Caisse)
            .await
            .unwrap();
        let nouveau = NouvelAgent::lire("m.etcheverry", "Maïté Etcheverry", Role::Administrateur).unwrap();
        let provisoire = agents::creer_agent(&banc.db, &permis, &nouveau).await.unwrap();
        let mut n = Navigateur::anonyme(&routeur, &banc.db);
        identifier(&mut n, "m.etcheverry", provisoire.reveler()).await;
        let page = n.get(CODE).await.corps;
        assert!(
            page.contains("<svg viewBox=") && page.contains("otpauth://totp/Sillon%20DMSA33:m.etcheverry")
        );
        let secret = page.split("secret=").nth(1).unwrap().get(..32).unwrap();
        let secret = Secret::depuis_base32(secret).unwrap();
        assert_eq!(n.post(MOT, &[]).await.etat, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            n.get(MOT).await.vers.as_deref(),
            Some(CODE),
            "pas avant le second facteur"
        );
        let r = n
            .post(CODE, &[("code", &secret.code(horloge.maintenant()))])
            .await;
        assert_eq!(r.vers.as_deref(), Some(MOT));
        assert_eq!(n.get("/DMSA33/agents").await.vers.as_deref(), Some(CONNEXION));
        let saisie = |present: &'static str, choisi: &'static str, encore: &'static str| {
            [("present", present), ("choisi", choisi), ("encore", encore)]
        };
        let recu: &'static str = provisoire.reveler().to_owned().leak();
        for (faux, message) in [
            (saisie(recu, "azertyuiop123", "azertyuiop123"), "trop courant"),
            (saisie(recu, "court", "court"), "au moins 12"),
            (saisie(recu, MOT_DE_PASSE, "autre chose ici"), "diffèrent"),
            (
                saisie("faux", MOT_DE_PASSE, MOT_DE_PASSE),
                "actuel n’est pas le bon",
            ),
            (saisie(recu, recu, recu), "différent de celui"),
        ] {
            let r = n.post(MOT, &faux).await;
            assert_eq!(r.etat, StatusCode::UNPROCESSABLE_ENTITY, "{message}");
            assert!(r.corps.contains(message), "{message}");
            horloge.avancer(SignedDuration::from_secs(20));
        }
        let r = n.post(MOT, &saisie(recu, MOT_DE_PASSE, MOT_DE_PASSE)).await;
        assert_eq!(r.vers.as_deref(), Some("/DMSA33/agents"));
        assert_eq!(n.get("/DMSA33/agents").await.etat, StatusCode::OK);
        // La page de code ne montre plus jamais le secret.
        horloge.avancer(SignedDuration::from_mins(1));
        let mut autre = Navigateur::anonyme(&routeur, &banc.db);
        identifier(&mut autre, "m.etcheverry", MOT_DE_PASSE).await;
        assert!(!autre.get(CODE).await.corps.contains("otpauth"));
    }
}

#[tokio::test]
async fn un_formulaire_sans_son_jeton_est_refuse() {
    for banc in bancs(MIGRATIONS).await {
        let (routeur, horloge) = installer(&banc).await;
        agent(&banc.db, &horloge, Role::Dpo).await;
        let champs = [("identifiant", "dpo.essai"), ("mot_de_passe", MOT_DE_PASSE)];
        let mut n = Navigateur::anonyme(&routeur, &banc.db);
        assert_eq!(n.post_brut(CONNEXION, &champs).await.etat, StatusCode::FORBIDDEN);
        n.get(CONNEXION).await;
        assert_eq!(n.post_brut(CONNEXION, &champs).await.etat, StatusCode::FORBIDDEN);
        let autre = Navigateur::connecte(&routeur, &banc.db, &horloge, Role::Dpo)
            .await
            .jeton();
        let vole: Vec<_> = champs
            .into_iter()
            .chain([(web::CHAMP_JETON, autre.as_str())])
            .collect();
        assert_eq!(n.post_brut(CONNEXION, &vole).await.etat, StatusCode::FORBIDDEN);
    }
}
