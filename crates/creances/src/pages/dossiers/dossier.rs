use acces::{CodeAction, Permis, Visite, actions, date_de_paris, instant_fr};
use askama::Template;
use axum::response::Response;
use jiff::civil::Date;
use storage::{Tx, lire};
use valeurs::{DossierId, date_fr};
use web::fragments::{
    self, Champ, Chronologie, Commentaire, Commentaires, Definitions, EntetePage, Lien, Onglet, Onglets, Ton,
};
use web::{Adresse, Numero};

use super::chiffres;
use super::identite::{identite, nommer};
use super::recettes::{Recette, avec_rac, recettes};
use super::tables::{TableCreances, TableRecettes};
use crate::Erreur;
use crate::creances::{Creance, creances};
use crate::dossiers::{self, Debiteur, Evenement, Resume};
use crate::pages::portee;

/// Ce que la page montre dans sa table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    /// Les créances ouvertes.
    Ouvertes,
    /// Toutes les créances.
    Toutes,
    /// Les règlements.
    Reglements,
}

impl Table {
    const TOUTES: [Self; 3] = [Self::Ouvertes, Self::Toutes, Self::Reglements];

    /// Le mot de l'adresse ; vide pour celle qui s'ouvre d'abord.
    pub(super) const fn cle(self) -> &'static str {
        match self {
            Self::Ouvertes => "",
            Self::Toutes => "toutes",
            Self::Reglements => "reglements",
        }
    }

    fn lire(adresse: &Adresse) -> Self {
        let cle = adresse.parametre("vue").unwrap_or_default();
        Self::TOUTES
            .into_iter()
            .find(|t| t.cle() == cle)
            .unwrap_or(Self::Ouvertes)
    }
}

/// La page demandée : quel dossier, à quelle date, quelle table.
pub(super) struct Demande {
    /// L'adresse de la page, sans paramètre.
    pub(super) url: String,
    /// La date de l'état, incluse.
    pub(super) au: Date,
    /// Elle n'est pas celle d'aujourd'hui.
    pub(super) passe: bool,
    pub(super) table: Table,
}

impl Demande {
    /// La date, telle que les liens de la page la gardent.
    pub(super) fn au_des_liens(&self) -> String {
        if self.passe {
            self.au.to_string()
        } else {
            String::new()
        }
    }

    fn lien(&self, table: Table) -> String {
        let parametres: Vec<String> = [("vue", table.cle().to_owned()), ("au", self.au_des_liens())]
            .into_iter()
            .filter(|(_, valeur)| !valeur.is_empty())
            .map(|(nom, valeur)| format!("{nom}={valeur}"))
            .collect();
        if parametres.is_empty() {
            self.url.clone()
        } else {
            format!("{}?{}", self.url, parametres.join("&"))
        }
    }
}

/// Tout ce que le dossier tient à une date, lu d'une même vue de la base.
pub(super) struct Contenu {
    pub(super) debiteur: Debiteur,
    pub(super) resume: Resume,
    pub(super) creances: Vec<Creance>,
    pub(super) recettes: Vec<Recette>,
    evenements: Vec<Evenement>,
    commentaires: Vec<dossiers::Commentaire>,
}

#[derive(Template)]
#[template(path = "dossiers/dossier.html")]
struct Vue {
    entete: EntetePage,
    identite: Definitions,
    etat_au: Champ,
    url: String,
    vue: &'static str,
    passe: Option<String>,
    chiffres: fragments::Chiffres,
    onglets: Onglets,
    creances: Option<TableCreances>,
    recettes: Option<TableRecettes>,
    chronologie: Option<Chronologie>,
    commentaires: Option<FicheDeCommentaires>,
}

struct FicheDeCommentaires {
    lus: Option<Commentaires>,
    saisie: Option<Champ>,
    url: String,
    jeton: fragments::ChampJeton,
}

/// Le dossier d'un débiteur, tel qu'il est ou tel qu'il était à une date.
pub(super) async fn montrer(
    visite: Visite<actions::ConsulterDossier>,
    Numero(id): Numero<DossierId>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let permis = portee::dossier(&visite, id).await?;
    let aujourdhui = visite.aujourdhui();
    let au = adresse.au().map_or(aujourdhui, |au| au.min(aujourdhui));
    let url = visite.url(&format!("/{{caisse}}/dossiers/{id}"));
    let demande = Demande {
        url,
        au,
        passe: au != aujourdhui,
        table: Table::lire(&adresse),
    };
    let contenu: Result<Contenu, Erreur> =
        lire!(visite.db(), |tx| Contenu::lire(visite.db(), tx, &permis, id, au)
            .await);
    let vue = vue(&visite, &permis, &adresse, &demande, &contenu?);
    Ok(web::page(&visite.cadre(format!("Dossier {id}")), vue))
}

impl Contenu {
    async fn lire(
        db: &storage::Db,
        tx: &mut Tx,
        permis: &Permis<actions::ConsulterDossier>,
        id: DossierId,
        au: Date,
    ) -> Result<Self, Erreur> {
        Ok(Self {
            debiteur: dossiers::debiteur(db, tx, permis, id)
                .await?
                .ok_or(Erreur::DossierInconnu)?,
            resume: dossiers::resume(tx, permis, id, au).await?,
            creances: creances(tx, permis, id, au, crate::creances::Tri::Exigibilite, false).await?,
            recettes: recettes(tx, permis, id, au).await?,
            evenements: dossiers::evenements(tx, permis, id)
                .await?
                .into_iter()
                .filter(|e| e.jour <= au)
                .collect(),
            commentaires: dossiers::commentaires(db, tx, permis, id)
                .await?
                .into_iter()
                .filter(|c| date_de_paris(c.ecrit_le) <= au)
                .collect(),
        })
    }
}

fn vue(
    visite: &Visite<actions::ConsulterDossier>,
    permis: &Permis<actions::ConsulterDossier>,
    adresse: &Adresse,
    demande: &Demande,
    contenu: &Contenu,
) -> Vue {
    let montre = |table| demande.table == table;
    let creances =
        (!montre(Table::Reglements)).then(|| TableCreances::nouvelle(visite, adresse, demande, contenu));
    let recettes = montre(Table::Reglements)
        .then(|| TableRecettes::nouvelle(visite, adresse, demande, contenu, avec_rac(permis.perimetre())));
    Vue {
        entete: entete(visite, contenu),
        identite: identite(&contenu.debiteur, permis.perimetre()),
        etat_au: Champ::date("au", "État du dossier au").valeur(demande.au),
        url: demande.url.clone(),
        vue: demande.table.cle(),
        passe: demande.passe.then(|| date_fr(demande.au)),
        chiffres: chiffres::chiffres(contenu, permis.perimetre(), demande.au),
        onglets: onglets(demande, contenu),
        creances,
        recettes,
        chronologie: chronologie(&contenu.evenements),
        commentaires: permis
            .perimetre()
            .commentaires
            .then(|| fiche(visite, demande, &contenu.commentaires)),
    }
}

fn entete(visite: &Visite<actions::ConsulterDossier>, contenu: &Contenu) -> EntetePage {
    let d = &contenu.debiteur;
    let mut entete = EntetePage::nouveau(nommer(&d.nom, &d.prenom))
        .fil(vec![Lien::nouveau(
            "Débiteurs",
            visite.url("/{caisse}/recherche"),
        )])
        .sous_titre(format!("{}, matricule {}", d.regime.libelle(), d.matricule));
    if visite.peut(CodeAction::ConsulterCai) {
        entete = entete.lien(
            "Compte adhérent",
            visite.url(&format!("/{{caisse}}/dossiers/{}/cai", d.id)),
        );
    }
    // Ces pages sont de tranches en aval : on n'en connaît que l'adresse.
    entete = entete.lien(
        "Histoire",
        visite.url(&format!("/{{caisse}}/dossiers/{}/histoire", d.id)),
    );
    if d.siret.is_some() && visite.peut(CodeAction::ConsulterDsn) {
        entete = entete.lien(
            "Fiche de synthèse",
            visite.url(&format!("/{{caisse}}/dossiers/{}/synthese", d.id)),
        );
    }
    if visite.peut(CodeAction::SaisirCreance) {
        entete = entete.lien(
            "Saisir une créance",
            visite.url(&format!("/{{caisse}}/dossiers/{}/creances/nouvelle", d.id)),
        );
    }
    entete
}

fn onglets(demande: &Demande, contenu: &Contenu) -> Onglets {
    let compte = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let ouvertes = contenu.creances.iter().filter(|c| c.est_ouverte()).count();
    let comptes = [
        (Table::Ouvertes, "Créances ouvertes", compte(ouvertes)),
        (
            Table::Toutes,
            "Toutes les créances",
            compte(contenu.creances.len()),
        ),
        (Table::Reglements, "Règlements", compte(contenu.recettes.len())),
    ];
    let onglet = |(table, libelle, compte)| {
        Onglet::nouveau(libelle, demande.lien(table))
            .actif(demande.table == table)
            .compte(compte)
    };
    fragments::onglets("Tables du dossier", comptes.map(onglet).into())
}

fn chronologie(evenements: &[Evenement]) -> Option<Chronologie> {
    let lus = evenements.iter().map(|e| {
        let ton = if e.procedure { Ton::Attention } else { Ton::Neutre };
        fragments::Evenement::nouveau(e.jour, &e.libelle)
            .auteur(&e.auteur)
            .ton(ton)
    });
    (!evenements.is_empty()).then(|| fragments::chronologie(lus.collect()))
}

fn fiche(
    visite: &Visite<actions::ConsulterDossier>,
    demande: &Demande,
    commentaires: &[dossiers::Commentaire],
) -> FicheDeCommentaires {
    let lus = commentaires
        .iter()
        .map(|c| Commentaire::nouveau(&c.auteur, instant_fr(c.ecrit_le), &c.texte));
    let saisie = Champ::zone("texte", "Ajouter un commentaire", 3)
        .aide("Signé de votre nom et daté ; personne ne peut ensuite le modifier ni l’effacer.")
        .obligatoire()
        .longueur_max(4_000);
    FicheDeCommentaires {
        lus: (!commentaires.is_empty()).then(|| fragments::commentaires(lus.collect())),
        saisie: (!demande.passe && visite.peut(CodeAction::CommenterDossier)).then_some(saisie),
        url: format!("{}/commentaires", demande.url),
        jeton: fragments::champ_jeton(visite.jeton()),
    }
}
