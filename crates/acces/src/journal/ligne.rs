use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Octets gardés de l'empreinte d'une ligne : 128 bits, à clé.
pub(super) const EMPREINTE: usize = 16;

/// Une ligne du journal, telle que la base la garde.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Ligne {
    pub(super) id: i64,
    pub(super) quand_ms: i64,
    pub(super) acteur: String,
    pub(super) role: String,
    pub(super) action: String,
    pub(super) dossier_id: Option<i64>,
    pub(super) nombre: i64,
    pub(super) resultat: String,
    pub(super) motif: Option<String>,
    pub(super) repere: String,
}

impl Ligne {
    /// L'empreinte à clé de tous ses champs, chacun précédé de sa longueur : deux lignes qui diffèrent ne se
    /// confondent pas.
    pub(super) fn empreinte(&self, cle: &[u8; 32]) -> [u8; EMPREINTE] {
        let mut mac = mac(cle);
        mac.update(b"ligne");
        for entier in [
            Some(self.id),
            Some(self.quand_ms),
            self.dossier_id,
            Some(self.nombre),
        ] {
            ajouter(
                &mut mac,
                entier.map(i64::to_be_bytes).as_ref().map(<[u8; 8]>::as_slice),
            );
        }
        for texte in [
            &self.acteur,
            &self.role,
            &self.action,
            &self.resultat,
            &self.repere,
        ] {
            ajouter(&mut mac, Some(texte.as_bytes()));
        }
        ajouter(&mut mac, self.motif.as_deref().map(str::as_bytes));
        let entiere = mac.finalize().into_bytes();
        let mut courte = [0_u8; EMPREINTE];
        courte.copy_from_slice(&entiere[..EMPREINTE]);
        courte
    }
}

pub(super) fn mac(cle: &[u8; 32]) -> Hmac<Sha256> {
    match Hmac::<Sha256>::new_from_slice(cle) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC prend une clé de toute longueur"),
    }
}

/// Ajoute un champ : absent, ou sa longueur puis ses octets.
pub(super) fn ajouter(mac: &mut Hmac<Sha256>, champ: Option<&[u8]>) {
    match champ {
        None => mac.update(&[0]),
        Some(octets) => {
            mac.update(&[1]);
            mac.update(&u64::try_from(octets.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(octets);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ligne() -> impl Strategy<Value = Ligne> {
        let textes = (
            "[ab]{0,2}",
            "[ab]{0,2}",
            "[ab]{0,2}",
            proptest::option::of("[ab]{0,2}"),
            "[ab]{0,2}",
        );
        (
            0_i64..3,
            0_i64..3,
            proptest::option::of(0_i64..3),
            0_i64..3,
            textes,
        )
            .prop_map(
                |(id, quand_ms, dossier_id, nombre, (acteur, role, action, motif, repere))| Ligne {
                    id,
                    quand_ms,
                    acteur,
                    role,
                    action,
                    dossier_id,
                    nombre,
                    resultat: "accorde".into(),
                    motif,
                    repere,
                },
            )
    }

    proptest! {
        #[test]
        fn deux_lignes_ont_la_meme_empreinte_si_elles_sont_la_meme(a in ligne(), b in ligne()) {
            let cle = [7; 32];
            prop_assert_eq!(a.empreinte(&cle) == b.empreinte(&cle), format!("{a:?}") == format!("{b:?}"));
            prop_assert_ne!(a.empreinte(&cle), a.empreinte(&[8; 32]));
        }
    }
}
