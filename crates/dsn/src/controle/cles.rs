//! Les clés des identifiants : celles de `valeurs`, sur les octets d'un fichier.

use valeurs::{ErreurIban, Iban, Siren, Siret};

/// Une clé fausse d'un compte.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FauteDeCompte {
    /// La clé de l'IBAN, sa longueur ou sa forme.
    Iban,
    /// La clé RIB du compte français.
    Bban,
}

fn texte(valeur: &[u8]) -> &str {
    std::str::from_utf8(valeur).unwrap_or_default()
}

pub(super) fn siren(valeur: &[u8]) -> bool {
    texte(valeur).parse::<Siren>().is_ok()
}

pub(super) fn siret(valeur: &[u8]) -> bool {
    texte(valeur).parse::<Siret>().is_ok()
}

/// Le SIRET d'un SIREN et d'un NIC, si leurs longueurs sont justes.
pub(super) fn joindre(siren: &[u8], nic: &[u8]) -> Option<[u8; 14]> {
    let mut siret = [0; 14];
    let (debut, fin) = siret.split_at_mut(9);
    if siren.len() != debut.len() || nic.len() != fin.len() {
        return None;
    }
    debut.copy_from_slice(siren);
    fin.copy_from_slice(nic);
    Some(siret)
}

pub(super) fn compte(valeur: &[u8]) -> Option<FauteDeCompte> {
    match texte(valeur).parse::<Iban>() {
        Ok(_) => None,
        Err(ErreurIban::CleRib) => Some(FauteDeCompte::Bban),
        Err(_) => Some(FauteDeCompte::Iban),
    }
}
