use storage::essais::{Banc, bancs};

use super::*;
use crate::actions::GererAgents;
use crate::essais::horloge;
use crate::{Erreur, MIGRATIONS, Objet, Permis, Role};

async fn permis(banc: &Banc) -> Permis<GererAgents> {
    Permis::operateur(&banc.db, &horloge(), "root", Objet::Caisse)
        .await
        .unwrap()
}

fn nouveau(identifiant: &str, role: Role) -> NouvelAgent {
    NouvelAgent::lire(identifiant, "  Maïté   Etcheverry ", role).unwrap()
}

#[test]
fn un_identifiant_se_lit_sans_casse_ni_espaces() {
    assert_eq!(
        " M.Etcheverry ".parse::<Identifiant>().unwrap().as_str(),
        "m.etcheverry"
    );
    for faux in ["", "a", "maïté", "a b", &"a".repeat(65)] {
        assert_eq!(
            faux.parse::<Identifiant>(),
            Err(ErreurAgent::Identifiant),
            "{faux}"
        );
    }
    assert_eq!(
        NouvelAgent::lire("ab", " ", Role::Dpo).unwrap_err(),
        ErreurAgent::Nom
    );
}

#[tokio::test]
async fn un_compte_cree_se_liste_et_son_identifiant_est_unique() {
    for banc in bancs(MIGRATIONS).await {
        let permis = permis(&banc).await;
        let provisoire = creer_agent(&banc.db, &permis, &nouveau("m.etcheverry", Role::Prestations))
            .await
            .unwrap();
        let agents = lister(&banc.db, &permis).await.unwrap();
        assert_eq!(agents.len(), 1);
        assert_eq!(
            (agents[0].nom.as_str(), agents[0].role),
            ("Maïté Etcheverry", Role::Prestations)
        );
        assert!(agents[0].actif && !agents[0].second_facteur && agents[0].dernier_acces.is_none());
        let compte = compte(&banc.db, "m.etcheverry").await.unwrap().unwrap();
        assert!(compte.a_changer && verifier(&provisoire, Some(&compte.hache)).await.unwrap());
        let refus = creer_agent(&banc.db, &permis, &nouveau("M.Etcheverry", Role::Dpo)).await;
        assert!(matches!(refus, Err(Erreur::Agent(ErreurAgent::Pris))));
    }
}

#[tokio::test]
async fn le_dernier_administrateur_reste() {
    for banc in bancs(MIGRATIONS).await {
        let (db, permis) = (&banc.db, permis(&banc).await);
        let (un, deux): (Identifiant, Identifiant) = ("admin1".parse().unwrap(), "admin2".parse().unwrap());
        creer_agent(db, &permis, &nouveau("admin1", Role::Administrateur))
            .await
            .unwrap();
        for refus in [
            desactiver(db, &permis, &un).await,
            changer_role(db, &permis, &un, Role::Dpo).await,
        ] {
            assert!(matches!(
                refus,
                Err(Erreur::Agent(ErreurAgent::DernierAdministrateur))
            ));
        }
        creer_agent(db, &permis, &nouveau("admin2", Role::Administrateur))
            .await
            .unwrap();
        desactiver(db, &permis, &un).await.unwrap();
        assert!(matches!(
            desactiver(db, &permis, &deux).await,
            Err(Erreur::Agent(ErreurAgent::DernierAdministrateur))
        ));
        activer(db, &permis, &un).await.unwrap();
        desactiver(db, &permis, &deux).await.unwrap();
        let inconnu = desactiver(db, &permis, &"personne".parse().unwrap()).await;
        assert!(matches!(inconnu, Err(Erreur::Agent(ErreurAgent::Introuvable))));
    }
}

#[tokio::test]
async fn reinitialiser_oublie_le_second_facteur_et_ferme_les_sessions() {
    for banc in bancs(MIGRATIONS).await {
        let (db, horloge) = (&banc.db, horloge());
        let identifiant = crate::essais::agent(db, &horloge, Role::Recouvrement).await;
        let avant = compte(db, &identifiant).await.unwrap().unwrap();
        assert_eq!(avant.secret(db).await.unwrap(), Some(crate::essais::SECRET));
        let etape = crate::session::Etape::Ouverte;
        let jeton = crate::session::ouvrir(db, avant.agent.id, etape, None, horloge.maintenant())
            .await
            .unwrap();
        let provisoire = reinitialiser(db, &permis(&banc).await, &identifiant.parse().unwrap())
            .await
            .unwrap();
        let apres = compte(db, &identifiant).await.unwrap().unwrap();
        assert!(apres.a_changer && !apres.agent.second_facteur);
        assert_eq!(apres.secret(db).await.unwrap(), None);
        assert!(verifier(&provisoire, Some(&apres.hache)).await.unwrap());
        assert!(
            crate::session::trouver(db, &jeton, horloge.maintenant())
                .await
                .unwrap()
                .is_none()
        );
    }
}
