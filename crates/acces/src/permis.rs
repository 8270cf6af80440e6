use std::marker::PhantomData;

use jiff::Timestamp;
use storage::Db;
use valeurs::DossierId;

use crate::agents::{Identifiant, compte};
use crate::journal::{Issue, Note, noter};
use crate::{Action, Caisse, Erreur, Horloge, Perimetre};

/// Ce sur quoi porte un accès, pour le journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objet {
    /// Le dossier d'un débiteur.
    Dossier(DossierId),
    /// Une liste de dossiers ou de lignes de plusieurs dossiers : combien sont montrés.
    Liste {
        /// Lignes montrées.
        nombre: u64,
    },
    /// La caisse entière : import, calcul, réglage.
    Caisse,
}

impl Objet {
    pub(crate) fn dossier(self) -> Option<DossierId> {
        match self {
            Self::Dossier(id) => Some(id),
            Self::Liste { .. } | Self::Caisse => None,
        }
    }

    pub(crate) fn nombre(self) -> i64 {
        match self {
            Self::Dossier(_) => 1,
            Self::Liste { nombre } => i64::try_from(nombre).unwrap_or(i64::MAX),
            Self::Caisse => 0,
        }
    }
}

/// La preuve qu'un accès a été accordé pour l'action `A`, et qu'il est déjà inscrit au journal.
///
/// Rien hors de cette crate n'en fabrique : une requête sur des données personnelles qui prend un
/// `&Permis<A>` ne se lance pas sans qu'un agent habilité l'ait obtenu. Sa portée ([`Permis::perimetre`])
/// devient le WHERE de la requête.
#[derive(Debug)]
pub struct Permis<A: Action> {
    perimetre: Perimetre,
    objet: Objet,
    acteur: String,
    quand: Timestamp,
    action: PhantomData<fn() -> A>,
}

impl<A: Action> Permis<A> {
    pub(crate) fn accorder(perimetre: Perimetre, objet: Objet, acteur: String, quand: Timestamp) -> Self {
        Self {
            perimetre,
            objet,
            acteur,
            quand,
            action: PhantomData,
        }
    }

    /// Le permis de l'opérateur de la ligne de commande, qui tient déjà les fichiers de la caisse : journalisé
    /// sous `operateur:UTILISATEUR` avant d'être rendu.
    ///
    /// # Errors
    /// La base refuse l'inscription au journal ; aucun permis n'est alors donné.
    pub async fn operateur(
        db: &Db,
        horloge: &Horloge,
        utilisateur_systeme: &str,
        objet: Objet,
    ) -> Result<Self, storage::Erreur> {
        let (acteur, quand) = (format!("operateur:{utilisateur_systeme}"), horloge.maintenant());
        noter(
            db,
            &Note {
                quand,
                acteur: &acteur,
                role: "operateur",
                action: A::CODE.code(),
                objet,
                issue: Issue::Accorde,
                motif: None,
                repere: "ligne de commande",
            },
        )
        .await?;
        Ok(Self::accorder(Perimetre::TOUT, objet, acteur, quand))
    }

    /// Le permis d'un agent pour ce qu'il a demandé plus tôt et qui se fait sans lui : journalisé sous son nom avant
    /// d'être rendu. Rien si ce n'est pas un compte actif de la caisse qui a l'action aujourd'hui : ce qu'il a demandé
    /// ne se fait plus.
    ///
    /// # Errors
    /// La base refuse ; aucun permis n'est alors donné.
    pub async fn differe(
        caisse: &Caisse,
        horloge: &Horloge,
        identifiant: &str,
        objet: Objet,
    ) -> Result<Option<Self>, Erreur> {
        Self::au_nom_de(caisse, horloge, identifiant, objet, "tâche différée").await
    }

    /// Comme [`Permis::differe`] ; `repere` dit au journal ce qui demande.
    pub(crate) async fn au_nom_de(
        caisse: &Caisse,
        horloge: &Horloge,
        identifiant: &str,
        objet: Objet,
        repere: &str,
    ) -> Result<Option<Self>, Erreur> {
        // Ce qui n'a pas la forme d'un identifiant n'entre pas au journal : ce peut être n'importe quoi.
        let Ok(lu) = identifiant.parse::<Identifiant>() else {
            return Ok(None);
        };
        let Some(compte) = compte(&caisse.db, lu.as_str()).await? else {
            return Ok(None);
        };
        let (agent, quand) = (compte.agent, horloge.maintenant());
        let perimetre = caisse.habilitations.perimetre(agent.role, A::CODE);
        let perimetre = perimetre.filter(|_| agent.actif);
        noter(
            &caisse.db,
            &Note {
                quand,
                acteur: &agent.identifiant,
                role: agent.role.code(),
                action: A::CODE.code(),
                objet,
                issue: if perimetre.is_some() {
                    Issue::Accorde
                } else {
                    Issue::Refuse
                },
                motif: None,
                repere,
            },
        )
        .await?;
        Ok(perimetre.map(|p| Self::accorder(p, objet, agent.identifiant, quand)))
    }

    /// Ce que le permis laisse voir.
    #[must_use]
    pub fn perimetre(&self) -> &Perimetre {
        &self.perimetre
    }

    /// Ce sur quoi il porte.
    #[must_use]
    pub fn objet(&self) -> Objet {
        self.objet
    }

    /// Porte-t-il sur ce dossier ? Faux s'il a été donné pour un autre.
    #[must_use]
    pub fn porte_sur(&self, dossier: DossierId) -> bool {
        self.objet.dossier().is_none_or(|sien| sien == dossier)
    }

    /// Qui l'a obtenu : l'identifiant de l'agent, ou `operateur:UTILISATEUR`. C'est l'auteur des écritures.
    #[must_use]
    pub fn acteur(&self) -> &str {
        &self.acteur
    }

    /// L'instant où il a été accordé.
    #[must_use]
    pub fn quand(&self) -> Timestamp {
        self.quand
    }
}

#[cfg(test)]
mod tests {
    use storage::essais::bancs;

    use super::*;
    use crate::actions::{DeposerDsn, GererAgents};
    use crate::agents::desactiver;
    use crate::essais::{agent, horloge};
    use crate::journal::{FiltreJournal, consulter_journal};
    use crate::{MIGRATIONS, Role};

    #[tokio::test]
    async fn ce_qui_se_fait_plus_tard_veut_un_agent_qui_le_puisse_encore() {
        for banc in bancs(MIGRATIONS).await {
            let horloge = horloge();
            let caisse = Caisse::preparer(banc.db.clone(), banc.dossier.path()).unwrap();
            let (peut, ne_peut_pas) = (
                agent(&banc.db, &horloge, Role::Cotisations).await,
                agent(&banc.db, &horloge, Role::Recouvrement).await,
            );
            let differe = async |identifiant: &str| {
                let permis =
                    Permis::<DeposerDsn>::differe(&caisse, &horloge, identifiant, Objet::Caisse).await;
                permis.unwrap().map(|p| p.acteur().to_owned())
            };
            assert_eq!(differe(&peut).await.as_ref(), Some(&peut));
            assert_eq!(differe(&ne_peut_pas).await, None);
            assert_eq!(differe("personne").await, None);
            assert_eq!(differe("../x").await, None);
            let gerant = Permis::<GererAgents>::operateur(&banc.db, &horloge, "root", Objet::Caisse)
                .await
                .unwrap();
            desactiver(&banc.db, &gerant, &peut.parse().unwrap())
                .await
                .unwrap();
            assert_eq!(differe(&peut).await, None);
            let dpo = Permis::operateur(&banc.db, &horloge, "dpo", Objet::Caisse)
                .await
                .unwrap();
            let journal = consulter_journal(&banc.db, &dpo, &FiltreJournal::default(), None, 50)
                .await
                .unwrap();
            let differes = journal.iter().filter(|l| l.repere == "tâche différée");
            let vus: Vec<(&str, bool)> = differes.map(|l| (l.acteur.as_str(), l.accorde)).collect();
            assert_eq!(vus, [(&*peut, false), (&*ne_peut_pas, false), (&*peut, true)]);
        }
    }
}
