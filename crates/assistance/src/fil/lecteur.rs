use super::Faute;

/// Les valeurs d'un message, dans l'ordre.
pub(super) struct Lecteur<'a> {
    octets: &'a [u8],
    place: usize,
}

impl<'a> Lecteur<'a> {
    pub(super) const fn nouveau(octets: &'a [u8]) -> Self {
        Self { octets, place: 0 }
    }

    pub(super) const fn place(&self) -> usize {
        self.place
    }

    pub(super) const fn fini(&self) -> bool {
        self.place >= self.octets.len()
    }

    pub(super) fn octet(&mut self) -> Result<u8, Faute> {
        let octet = *self.octets.get(self.place).ok_or(Faute::Coupe)?;
        self.place += 1;
        Ok(octet)
    }

    /// Un octet, au plus celui-ci.
    pub(super) fn au_plus(&mut self, max: u8) -> Result<u8, Faute> {
        let octet = self.octet()?;
        if octet > max {
            return Err(Faute::MalEcrit);
        }
        Ok(octet)
    }

    /// Un entier LEB128, au plus 2³² − 1, sans octet nul de trop.
    pub(super) fn entier(&mut self) -> Result<u32, Faute> {
        let mut n = 0_u64;
        for rang in 0..5_u32 {
            let octet = self.octet()?;
            n |= u64::from(octet & 0x7f) << (rang * 7);
            if octet & 0x80 == 0 {
                if octet == 0 && rang > 0 {
                    return Err(Faute::MalEcrit);
                }
                return u32::try_from(n).map_err(|_| Faute::MalEcrit);
            }
        }
        Err(Faute::MalEcrit)
    }

    pub(super) fn texte(&mut self, max: usize) -> Result<&'a str, Faute> {
        let longueur = usize::try_from(self.entier()?).map_err(|_| Faute::MalEcrit)?;
        if longueur > max {
            return Err(Faute::MalEcrit);
        }
        let fin = self.place.checked_add(longueur).ok_or(Faute::MalEcrit)?;
        let octets = self.octets.get(self.place..fin).ok_or(Faute::Coupe)?;
        self.place = fin;
        str::from_utf8(octets).map_err(|_| Faute::MalEcrit)
    }
}
