use crate::Erreur;

/// Des octets imprévisibles, du générateur du système.
pub(crate) fn octets<const N: usize>() -> Result<[u8; N], Erreur> {
    let mut octets = [0_u8; N];
    getrandom::fill(&mut octets).map_err(|_| Erreur::Alea)?;
    Ok(octets)
}
