use acces::Perimetre;
use droit::{FamilleCotisation, Nature, Prestation, Regime};
use jiff::civil::date;
use storage::essais::bancs;
use storage::{Db, ecrire, lire};
use valeurs::{DossierId, Montant};

use super::Cai;
use super::compte::{TOUTES_BRANCHES, compte_vu};
use crate::Erreur;
use crate::creances::{CreanceAEmettre, Parts, emettre};
use crate::dossiers::{NouveauDebiteur, inscrire};

fn debiteur() -> NouveauDebiteur {
    NouveauDebiteur {
        matricule: "NSA001".parse().unwrap(),
        regime: Regime::NonSalarie,
        nom: "Le Goff".into(),
        prenom: "Annaïg".into(),
        siret: None,
        nir: None,
        commune: "Plouha".into(),
        code_commune: None,
        code_agent: String::new(),
        code_tiers: String::new(),
        mode_paiement: "cheque".into(),
        contacts: Vec::new(),
        ibans: Vec::new(),
    }
}

fn creance(dossier: DossierId, nature: Nature, regime: Regime) -> CreanceAEmettre {
    CreanceAEmettre {
        reference: nature.code(),
        dossier,
        nature,
        regime,
        periode: (date(2026, 1, 15), date(2026, 2, 14)),
        emise_le: date(2026, 3, 1),
        exigible_le: date(2026, 4, 1),
        libelle: "Essai".into(),
        cause: Some("Essai".into()),
        parts: Parts::Principal(Montant::de_centimes(1_000)),
    }
}

async fn vu(db: &Db, dossier: DossierId, branches: i64, bancaire: bool) -> Result<Cai, Erreur> {
    let perimetre = Perimetre {
        branches,
        identification: true,
        nir: false,
        bancaire,
        commentaires: false,
    };
    lire!(db, |tx| compte_vu(tx, &perimetre, dossier, date(2026, 12, 31))
        .await)
}

#[tokio::test]
async fn un_service_ne_voit_que_ses_branches_et_la_rac_seulement_si_elle_est_de_ses_attributions() {
    let migrations: Vec<_> = acces::MIGRATIONS
        .iter()
        .chain(crate::MIGRATIONS)
        .copied()
        .collect();
    for banc in bancs(&migrations).await {
        let quand = "2026-03-01T08:00:00Z".parse().unwrap();
        let dossier: Result<DossierId, Erreur> = ecrire!(banc.db, |tx| {
            let d = inscrire(&banc.db, tx, &[debiteur()], date(2026, 1, 1)).await?[0];
            let siennes = [
                creance(
                    d,
                    Nature::Cotisation(FamilleCotisation::Amexa),
                    Regime::NonSalarie,
                ),
                creance(d, Nature::Indu(Prestation::Rsa), Regime::Assure),
            ];
            emettre(tx, &siennes, "essai", quand).await?;
            Ok(d)
        });
        let dossier = dossier.unwrap();
        let cotisations = vu(&banc.db, dossier, Perimetre::COTISATIONS, false)
            .await
            .unwrap();
        assert_eq!(cotisations.lignes.len(), 1);
        assert_eq!(
            cotisations.lignes[0].periode_libelle,
            "du 15/01/2026 au 14/02/2026"
        );
        assert_eq!(cotisations.en_tete.en_attente, None);
        assert_eq!(cotisations.en_tete.solde, Montant::de_centimes(1_000));
        let comptable = vu(&banc.db, dossier, Perimetre::COTISATIONS, true).await.unwrap();
        assert_eq!(
            (comptable.lignes.len(), comptable.en_tete.en_attente),
            (1, Some(Montant::ZERO))
        );
        let tout = vu(&banc.db, dossier, TOUTES_BRANCHES, false).await.unwrap();
        assert_eq!(
            (tout.lignes.len(), tout.en_tete.en_attente),
            (2, Some(Montant::ZERO))
        );
        let ailleurs = vu(&banc.db, dossier, Perimetre::SANTE, true).await;
        assert!(matches!(ailleurs, Err(Erreur::DossierInconnu)));
    }
}
