//! Le débit : un seau à jetons par adresse de client, en mémoire bornée.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;

use crate::Erreur;

/// Deux générations de cette taille au plus : environ six mégaoctets.
const ADRESSES_PAR_GENERATION: usize = 50_000;

/// L'adresse du client, quand un mandataire de confiance est devant : mise dans les extensions par qui le
/// connaît. Sans elle, l'adresse de la connexion compte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdresseClient(pub IpAddr);

/// Une allure : combien par minute en continu, combien d'un coup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Debit {
    par_minute: u32,
    rafale: u32,
}

impl Debit {
    /// Les pages. Toute une caisse peut sortir par une même adresse : cent agents, une page par seconde.
    pub const PAGES: Self = Self::nouveau(6_000, 600);

    /// `par_minute` requêtes en continu, `rafale` d'un coup ; zéro compte pour une.
    #[must_use]
    pub const fn nouveau(par_minute: u32, rafale: u32) -> Self {
        Self {
            par_minute: if par_minute == 0 { 1 } else { par_minute },
            rafale: if rafale == 0 { 1 } else { rafale },
        }
    }

    /// Le temps que coûte une requête, en microsecondes.
    fn intervalle(self) -> i64 {
        60_000_000 / i64::from(self.par_minute)
    }
}

/// Les seaux. Chacun se réduit à l'instant où il sera de nouveau plein (algorithme GCRA).
pub struct Seaux {
    debit: Debit,
    capacite: usize,
    recents: HashMap<IpAddr, i64>,
    anciens: HashMap<IpAddr, i64>,
}

impl Seaux {
    /// Des seaux pleins pour tout le monde.
    #[must_use]
    pub fn nouveaux(debit: Debit) -> Self {
        Self::bornes(debit, ADRESSES_PAR_GENERATION)
    }

    fn bornes(debit: Debit, capacite: usize) -> Self {
        Self {
            debit,
            capacite,
            recents: HashMap::new(),
            anciens: HashMap::new(),
        }
    }

    /// Prend un jeton à cette adresse.
    ///
    /// Une adresse oubliée (plus de cinquante mille autres vues depuis) retrouve un seau plein.
    ///
    /// # Errors
    /// Le seau est vide : le temps à attendre.
    pub fn prendre(&mut self, adresse: IpAddr, maintenant: Timestamp) -> Result<(), Duration> {
        let adresse = reseau(adresse);
        let instant = maintenant.as_microsecond();
        let intervalle = self.debit.intervalle();
        let connu = self.recents.get(&adresse).or_else(|| self.anciens.get(&adresse));
        let plein_a = connu
            .map_or(instant, |plein| instant.max(*plein))
            .saturating_add(intervalle);
        let attente = plein_a - instant - intervalle.saturating_mul(self.debit.rafale.into());
        if attente > 0 {
            return Err(Duration::from_micros(attente.unsigned_abs()));
        }
        if self.recents.len() >= self.capacite && !self.recents.contains_key(&adresse) {
            self.anciens = std::mem::take(&mut self.recents);
        }
        self.recents.insert(adresse, plein_a);
        Ok(())
    }
}

/// Un abonné IPv6 dispose d'un /64 entier : c'est lui qu'on compte.
fn reseau(adresse: IpAddr) -> IpAddr {
    match adresse.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// L'état de la couche.
#[derive(Clone)]
pub(crate) struct Garde {
    seaux: Arc<Mutex<Seaux>>,
    horloge: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Garde {
    pub(crate) fn nouvelle(debit: Debit, horloge: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self {
            seaux: Arc::new(Mutex::new(Seaux::nouveaux(debit))),
            horloge: Arc::new(horloge),
        }
    }
}

/// Refuse avec [`Erreur::TropDeRequetes`] l'adresse qui va trop vite. Les requêtes dont l'adresse n'est pas
/// connue partagent un seau.
pub(crate) async fn garder(State(garde): State<Garde>, requete: Request, suite: Next) -> Response {
    let extensions = requete.extensions();
    let adresse = extensions
        .get::<AdresseClient>()
        .map(|client| client.0)
        .or_else(|| {
            extensions
                .get::<ConnectInfo<SocketAddr>>()
                .map(|connexion| connexion.0.ip())
        })
        .unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
    let maintenant = (garde.horloge)();
    let pris = garde
        .seaux
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .prendre(adresse, maintenant);
    match pris {
        Ok(()) => suite.run(requete).await,
        Err(apres) => Erreur::TropDeRequetes { apres }.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use jiff::ToSpan;
    use proptest::prelude::*;

    use super::*;

    const LUNDI: Timestamp = Timestamp::UNIX_EPOCH;

    fn v4(n: u32) -> IpAddr {
        Ipv4Addr::from(n).into()
    }

    #[test]
    fn la_rafale_passe_puis_l_attente_est_dite() {
        let mut seaux = Seaux::nouveaux(Debit::nouveau(60, 3));
        for _ in 0..3 {
            assert_eq!(seaux.prendre(v4(1), LUNDI), Ok(()));
        }
        assert_eq!(seaux.prendre(v4(1), LUNDI), Err(Duration::from_secs(1)));
        assert_eq!(seaux.prendre(v4(2), LUNDI), Ok(()));
        assert_eq!(seaux.prendre(v4(1), LUNDI + 1.second()), Ok(()));
        assert!(seaux.prendre(v4(1), LUNDI + 1.second()).is_err());
    }

    #[test]
    fn une_horloge_qui_recule_ne_rend_pas_de_jetons() {
        let mut seaux = Seaux::nouveaux(Debit::nouveau(60, 1));
        assert!(seaux.prendre(v4(1), LUNDI + 1.hour()).is_ok());
        assert!(seaux.prendre(v4(1), LUNDI).is_err());
    }

    #[test]
    fn un_meme_reseau_ipv6_est_un_seul_client() {
        let mut seaux = Seaux::nouveaux(Debit::nouveau(60, 1));
        assert!(seaux.prendre("2001:db8::1".parse().unwrap(), LUNDI).is_ok());
        assert!(seaux.prendre("2001:db8::2".parse().unwrap(), LUNDI).is_err());
        assert!(seaux.prendre("2001:db8:0:1::1".parse().unwrap(), LUNDI).is_ok());
        assert!(seaux.prendre("10.0.0.1".parse().unwrap(), LUNDI).is_ok());
        assert!(seaux.prendre("::ffff:10.0.0.1".parse().unwrap(), LUNDI).is_err());
    }

    proptest! {
        #[test]
        fn la_memoire_reste_bornee(adresses in prop::collection::vec(0_u32..1_000, 0..400)) {
            let mut seaux = Seaux::bornes(Debit::nouveau(60, 5), 10);
            for adresse in adresses {
                let _ = seaux.prendre(v4(adresse), LUNDI);
                prop_assert!(seaux.recents.len() <= 10 && seaux.anciens.len() <= 10);
            }
        }

        #[test]
        fn jamais_plus_que_la_rafale_et_le_debit(instants in prop::collection::vec(0_i64..120, 1..300)) {
            let mut instants = instants;
            instants.sort_unstable();
            let mut seaux = Seaux::nouveaux(Debit::nouveau(60, 5));
            let passes = instants
                .iter()
                .filter(|seconde| seaux.prendre(v4(7), LUNDI + seconde.seconds()).is_ok())
                .count();
            let duree = instants.last().unwrap() - instants.first().unwrap();
            prop_assert!(i64::try_from(passes).unwrap() <= 5 + duree);
        }
    }
}
