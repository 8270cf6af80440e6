//! Ce qu'un relevé a compté, rendu ou non.

/// Les comptes d'un relevé, complets quand l'itérateur a rendu `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bilan {
    /// Lignes rendues.
    pub lignes: u64,
    /// Écritures camt au statut `PDNG` ou `FUTR` : pas encore comptabilisées, donc laissées de côté.
    pub en_attente: u64,
    /// Écritures camt au statut `INFO` : sans effet sur le compte, laissées de côté.
    pub informatives: u64,
    /// Écritures ou détails d'un montant nul, qui ne portent aucun argent, laissés de côté.
    pub nulles: u64,
}
