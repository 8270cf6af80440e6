//! Une caisse d'un débiteur et de deux créances, derrière le vrai routeur, sur les deux moteurs.

use acces::essais::{Navigateur, maison};
use acces::{Horloge, Role};
use axum::Router;
use creances::creances::{CreanceAEmettre, Parts, emettre};
use creances::dossiers::{NouveauDebiteur, inscrire};
use droit::{FamilleCotisation, Nature, Prestation, Regime};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use recouvrement::procedure::{constater, verifier};
use storage::essais::{Banc, bancs};
use storage::{Migration, ecrire};
use valeurs::{DossierId, Montant};

pub(crate) fn maintenant() -> Timestamp {
    "2026-04-01T08:00:00Z".parse().unwrap()
}

pub(crate) const AUJOURDHUI: Date = date(2026, 4, 1);

/// Un débiteur alsacien qui doit une cotisation exigible le 15 février 2026 et un RSA indu notifié le 31 janvier.
pub(crate) struct Scene {
    pub(crate) banc: Banc,
    pub(crate) routeur: Router,
    pub(crate) dossier: DossierId,
    pub(crate) cotisation: i64,
    pub(crate) indu: i64,
}

impl Scene {
    pub(crate) async fn toutes() -> Vec<Self> {
        let migrations: Vec<Migration> = acces::MIGRATIONS
            .iter()
            .chain(creances::MIGRATIONS)
            .chain(recouvrement::MIGRATIONS)
            .copied()
            .collect();
        let mut scenes = Vec::new();
        for banc in bancs(&migrations).await {
            scenes.push(Self::sur(banc).await);
        }
        scenes
    }

    async fn sur(banc: Banc) -> Self {
        let debiteur = NouveauDebiteur {
            matricule: "MIX001".parse().unwrap(),
            regime: Regime::Employeur,
            nom: "EARL du Ried".into(),
            prenom: String::new(),
            siret: Some("73282932000074".parse().unwrap()),
            nir: None,
            commune: "Sélestat".into(),
            code_commune: Some("67462".parse().unwrap()),
            code_agent: "A01".into(),
            code_tiers: "T01".into(),
            mode_paiement: "prelevement".into(),
            contacts: Vec::new(),
            ibans: Vec::new(),
        };
        let emises: Result<(DossierId, Vec<i64>), creances::Erreur> = ecrire!(banc.db, |tx| {
            let dossier = inscrire(&banc.db, tx, std::slice::from_ref(&debiteur), date(2026, 1, 1)).await?[0];
            let emises = emettre(tx, &[cotisation(dossier), indu(dossier)], "essai", maintenant()).await?;
            Ok((dossier, emises))
        });
        let (dossier, emises) = emises.unwrap();
        let [cotisation, indu] = emises[..] else {
            panic!("deux créances")
        };
        assert_eq!(constater(&banc.db, AUJOURDHUI).await.unwrap(), 2);
        assert_eq!(constater(&banc.db, AUJOURDHUI).await.unwrap(), 0);
        let routes = [
            acces::routes(),
            creances::pages::routes(),
            recouvrement::pages::routes(),
        ];
        let routeur = acces::routeur(
            routes.into_iter().flatten().collect(),
            maison(&banc, Horloge::fixe(maintenant())),
        );
        Self {
            banc,
            routeur,
            dossier,
            cotisation,
            indu,
        }
    }

    pub(crate) async fn agent(&self, role: Role) -> Navigateur {
        Navigateur::connecte(&self.routeur, &self.banc.db, &Horloge::fixe(maintenant()), role).await
    }

    pub(crate) async fn prouver(&self) {
        assert_eq!(verifier(&self.banc.db, AUJOURDHUI).await.unwrap(), []);
    }
}

fn cotisation(dossier: DossierId) -> CreanceAEmettre {
    CreanceAEmettre {
        reference: "COT-1".into(),
        dossier,
        nature: Nature::Cotisation(FamilleCotisation::AssurancesSociales),
        regime: Regime::Employeur,
        periode: (date(2026, 1, 1), date(2026, 1, 31)),
        emise_le: date(2026, 1, 31),
        exigible_le: date(2026, 2, 15),
        libelle: "Cotisations sur salaires".into(),
        cause: None,
        parts: Parts::Employeur {
            ouvriere: Montant::de_centimes(10_000),
            patronale: Montant::de_centimes(20_000),
        },
    }
}

fn indu(dossier: DossierId) -> CreanceAEmettre {
    CreanceAEmettre {
        reference: "RSA-1".into(),
        nature: Nature::Indu(Prestation::Rsa),
        regime: Regime::Assure,
        libelle: "RSA indu".into(),
        cause: Some("Ressources déclarées tardivement".into()),
        parts: Parts::Principal(Montant::de_centimes(44_444)),
        ..cotisation(dossier)
    }
}
