//! Ce que les agents ont écrit et fait : la fiche des commentaires et les événements du dossier.

use droit::Branche;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{Echeance, jour_ouvre, plus_jours};
use crate::{
    agents::Service,
    debiteur::{Commentaire, Evenement},
    tirage::Tirage,
};

const SUR_COTISATIONS: &[&str] = &[
    "Appel du débiteur : demande un échéancier sur six mois, récolte perdue par le gel. Justificatifs demandés.",
    "Comptable du cabinet joint : la déclaration du mois a été rectifiée, le virement suit.",
    "Trésorerie tendue jusqu’au versement des aides de la PAC. À rappeler ensuite.",
    "Le débiteur a changé de banque : nouveau mandat de prélèvement envoyé.",
    "Conteste l’effectif retenu pour la cotisation d’accidents du travail. Transmis au service cotisations.",
    "Exploitation reprise par le fils au 1er janvier, vérifier l’affiliation avant toute relance.",
    "Message laissé sur le répondeur, pas de rappel à ce jour.",
    "S’engage à solder avant la fin du mois. « On ne l’a jamais fait attendre, la MSA. »",
];

const SUR_INDUS: &[&str] = &[
    "L’allocataire dit avoir déclaré sa reprise d’emploi par téléphone. Recherche du contact en cours.",
    "Demande une remise : un seul revenu au foyer. Formulaire envoyé.",
    "Accepte une retenue de 50 € par mois sur les prestations à venir.",
    "Courrier revenu « n’habite pas à l’adresse indiquée ». Nouvelle adresse à rechercher.",
    "Un proche appelle pour le débiteur : procuration demandée avant de répondre.",
    "Paiement annoncé par carte sur l’espace en ligne, à vérifier la semaine prochaine.",
    "Ne comprend pas la période réclamée ; décompte renvoyé avec explications.",
];

const SUR_SOINS: &[&str] = &[
    "Le cabinet conteste deux factures du lot, pièces reçues par courriel et transmises au service médical.",
    "Secrétariat joint : règlement par virement dès le retour de congés.",
    "Demande de compensation sur les prochains bordereaux.",
    "Observations écrites reçues dans le délai, réponse à préparer.",
];

/// Les commentaires et les événements, par date.
pub(super) fn fiche(
    echeances: &[Echeance],
    aujourdhui: Date,
    tirage: &mut Tirage,
) -> (Vec<Commentaire>, Vec<Evenement>) {
    let Some(premiere) = echeances.first().and_then(|echeance| echeance.creances.first()) else {
        return (Vec::new(), Vec::new());
    };
    let branche = premiere.nature.branche();
    let mut evenements = Vec::new();
    let jours: Vec<Date> = jours_de_commentaire(premiere.emise_le, aujourdhui, tirage);
    let mut commentaires = Vec::with_capacity(jours.len());
    for jour in jours {
        if tirage.sur_mille(450) {
            evenements.push(contact(jour, branche, tirage));
        }
        commentaires.push(commentaire(jour, branche, tirage));
    }
    evenements.sort_by_key(|evenement| evenement.jour);
    (commentaires, evenements)
}

/// De zéro à deux jours entre la première créance et hier.
fn jours_de_commentaire(debut: Date, aujourdhui: Date, tirage: &mut Tirage) -> Vec<Date> {
    let hier = plus_jours(aujourdhui, -1);
    let combien = tirage.pondere(&[(560, 0), (330, 1), (110, 2)]);
    let etendue = i64::from(hier.since(debut).map_or(0, |duree| duree.get_days()));
    if etendue < 1 {
        return Vec::new();
    }
    let mut jours: Vec<Date> = (0..combien)
        .map(|_| jour_ouvre(plus_jours(debut, tirage.entre(1, etendue))))
        .filter(|jour| *jour <= hier)
        .collect();
    jours.sort_unstable();
    jours.dedup();
    jours
}

fn commentaire(jour: Date, branche: Branche, tirage: &mut Tirage) -> Commentaire {
    let (textes, metier) = match branche {
        Branche::Cotisations => (SUR_COTISATIONS, Service::Cotisations),
        Branche::Prestations => (SUR_INDUS, Service::Prestations),
        Branche::ProfessionnelsSante => (SUR_SOINS, Service::Prestations),
    };
    let auteur = tirage.pondere(&[(6, metier), (3, Service::Recouvrement), (1, Service::Comptable)]);
    Commentaire {
        ecrit_le: instant(jour, tirage),
        auteur: auteur.identifiant(),
        texte: tirage.parmi(textes).to_owned(),
    }
}

/// Une heure de bureau, en temps universel.
fn instant(jour: Date, tirage: &mut Tirage) -> Timestamp {
    let heure = i8::try_from(tirage.entre(7, 15)).unwrap_or(9);
    let minute = i8::try_from(tirage.entre(0, 59)).unwrap_or(0);
    TimeZone::UTC
        .to_timestamp(jour.at(heure, minute, 0, 0))
        .expect("le jour de la démonstration est borné à la construction de la population")
}

fn contact(jour: Date, branche: Branche, tirage: &mut Tirage) -> Evenement {
    let (nature, libelle) = tirage.pondere(&[
        (6, ("appel_recu", "Appel du débiteur")),
        (4, ("courrier_recu", "Courrier du débiteur")),
    ]);
    Evenement {
        jour,
        nature,
        libelle: libelle.to_owned(),
        auteur: Service::Recouvrement.identifiant(),
        branche,
    }
}
