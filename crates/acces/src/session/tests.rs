use jiff::SignedDuration;
use storage::ecrire;
use storage::essais::bancs;

use super::*;
use crate::essais::{agent, horloge};
use crate::{Horloge, MIGRATIONS};

async fn ouverte(db: &storage::Db, horloge: &Horloge, etape: Etape) -> (Jeton, i64) {
    let identifiant = agent(db, horloge, Role::Cotisations).await;
    let id = crate::agents::compte(db, &identifiant)
        .await
        .unwrap()
        .unwrap()
        .agent
        .id;
    (
        ouvrir(db, id, etape, None, horloge.maintenant()).await.unwrap(),
        id,
    )
}

#[tokio::test]
async fn une_session_se_ferme_apres_une_heure_de_silence() {
    for banc in bancs(MIGRATIONS).await {
        let (db, horloge) = (&banc.db, horloge());
        let (jeton, _) = ouverte(db, &horloge, Etape::Ouverte).await;
        horloge.avancer(INACTIVITE - SignedDuration::from_secs(1));
        let session = trouver(db, &jeton, horloge.maintenant()).await.unwrap().unwrap();
        assert!(session.a_rafraichir && session.agent.role == Role::Cotisations);
        toucher(db, &jeton, horloge.maintenant()).await.unwrap();
        horloge.avancer(SignedDuration::from_mins(59));
        assert!(trouver(db, &jeton, horloge.maintenant()).await.unwrap().is_some());
        horloge.avancer(SignedDuration::from_mins(1));
        assert!(trouver(db, &jeton, horloge.maintenant()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn une_session_active_ne_depasse_pas_dix_heures() {
    for banc in bancs(MIGRATIONS).await {
        let (db, horloge) = (&banc.db, horloge());
        let (jeton, _) = ouverte(db, &horloge, Etape::Ouverte).await;
        for _ in 0..20 {
            assert!(trouver(db, &jeton, horloge.maintenant()).await.unwrap().is_some());
            horloge.avancer(SignedDuration::from_mins(30));
            toucher(db, &jeton, horloge.maintenant()).await.unwrap();
        }
        assert!(trouver(db, &jeton, horloge.maintenant()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn une_connexion_commencee_expire_en_dix_minutes() {
    for banc in bancs(MIGRATIONS).await {
        let (db, horloge) = (&banc.db, horloge());
        let (jeton, _) = ouverte(db, &horloge, Etape::Code).await;
        assert_eq!(
            trouver(db, &jeton, horloge.maintenant())
                .await
                .unwrap()
                .unwrap()
                .etape,
            Etape::Code
        );
        horloge.avancer(DUREE_CONNEXION);
        assert!(trouver(db, &jeton, horloge.maintenant()).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn un_jeton_neuf_remplace_l_ancien_et_un_compte_ferme_n_a_plus_de_session() {
    for banc in bancs(MIGRATIONS).await {
        let (db, horloge) = (&banc.db, horloge());
        let (ancien, id) = ouverte(db, &horloge, Etape::Code).await;
        let neuf = ouvrir(db, id, Etape::Ouverte, Some(&ancien), horloge.maintenant())
            .await
            .unwrap();
        assert!(
            trouver(db, &ancien, horloge.maintenant())
                .await
                .unwrap()
                .is_none()
        );
        assert!(trouver(db, &neuf, horloge.maintenant()).await.unwrap().is_some());
        let r: Result<_, storage::Erreur> =
            ecrire!(db, |tx| storage::sql!("UPDATE agent SET actif = 0 WHERE id = $1")
                .bind(id)
                .executer(tx)
                .await);
        r.unwrap();
        assert!(trouver(db, &neuf, horloge.maintenant()).await.unwrap().is_none());
    }
}
