//! Les couches, dans le seul ordre qui convienne.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
};

use jiff::Timestamp;

use crate::{Debit, TAILLE_MAX_FORMULAIRE, debit, entetes, origine, requete};

/// Pose sur toutes les routes, de l'extérieur vers l'intérieur : le numéro de requête, les en-têtes, le
/// débit par adresse, le refus des origines étrangères, la taille des corps.
///
/// `horloge` donne l'heure présente, ou un instant fixe dans un essai.
///
/// À appeler une fois, sur le routeur entier : une route ajoutée ensuite ne serait pas gardée.
pub fn proteger<S: Clone + Send + Sync + 'static>(
    routeur: Router<S>,
    debit: Debit,
    horloge: impl Fn() -> Timestamp + Send + Sync + 'static,
) -> Router<S> {
    routeur
        .layer(DefaultBodyLimit::max(TAILLE_MAX_FORMULAIRE))
        .layer(from_fn(origine::filtrer))
        .layer(from_fn_with_state(
            debit::Garde::nouvelle(debit, horloge),
            debit::garder,
        ))
        .layer(from_fn(entetes::fermer))
        .layer(from_fn(requete::numeroter))
}
