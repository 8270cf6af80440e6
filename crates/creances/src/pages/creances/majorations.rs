use acces::{Action, CodeAction, Visite, actions};
use axum::response::Response;
use droit::{Article, Branche};
use jiff::civil::Date;
use storage::ecrire;
use valeurs::{Montant, date_fr};
use web::fragments::{ActionPost, Champ, action_post};
use web::{Avis, Formulaire, Numero, Rien};

use super::creance::Contenu;
use crate::Erreur;
use crate::creances::{self, MajorationDue};
use crate::pages::portee;

/// Un pas du calcul, ses articles cités.
pub(super) struct Pas {
    pub(super) phrase: String,
    pub(super) articles: String,
    pub(super) montant: Option<Montant>,
}

/// Une condition pour que les majorations soient écartées.
pub(super) struct Condition {
    pub(super) phrase: String,
    pub(super) articles: String,
    pub(super) remplie: bool,
}

/// Ce que le retard ajoute à la créance à une date.
pub(super) struct Calcul {
    pub(super) pas: Vec<Pas>,
    pub(super) total: Montant,
    pub(super) deja: Montant,
    pub(super) due: Montant,
    pub(super) version: &'static str,
    pub(super) ecartees: bool,
    pub(super) conditions: Vec<Condition>,
}

pub(super) struct VueMajorations {
    pub(super) url: String,
    pub(super) date: Champ,
    pub(super) au: String,
    pub(super) calcul: Option<Calcul>,
    pub(super) notifier: Option<ActionPost>,
}

impl VueMajorations {
    /// La section des majorations ; rien pour une créance qui n'en porte pas.
    pub(super) fn de(visite: &Visite<impl Action>, contenu: &Contenu, url: &str, au: Date) -> Option<Self> {
        (contenu.creance.branche() == Branche::Cotisations).then(|| {
            let due = contenu.majorations.as_ref();
            let peut = visite.peut(CodeAction::NotifierMajorations) && au == visite.aujourdhui();
            let notifier = due.filter(|m| peut && !m.due.est_nul()).map(|m| {
                action_post(
                    format!("Notifier {}", m.due),
                    format!("{url}/majorations"),
                    visite.jeton(),
                )
                .precision("de majorations de retard")
                .principale()
            });
            Self {
                url: url.to_owned(),
                date: Champ::date("au", "Majorations arrêtées au").valeur(au),
                au: date_fr(au),
                calcul: due.map(Calcul::de),
                notifier,
            }
        })
    }
}

impl Calcul {
    fn de(m: &MajorationDue) -> Self {
        let pas = m.calcul.explication.iter().map(|e| Pas {
            phrase: web::majuscule(&e.phrase),
            articles: citer(e.articles),
            montant: e.montant,
        });
        let conditions = m.non_application.conditions.iter().map(|c| Condition {
            phrase: web::majuscule(&c.phrase),
            articles: citer(c.articles),
            remplie: c.remplie,
        });
        Self {
            pas: pas.collect(),
            total: m.calcul.total,
            deja: m.deja,
            due: m.due,
            version: m.calcul.version,
            ecartees: m.non_application.acquise,
            conditions: conditions.collect(),
        }
    }
}

fn citer(articles: &[Article]) -> String {
    articles
        .iter()
        .map(Article::to_string)
        .collect::<Vec<_>>()
        .join(" ; ")
}

/// Met au débit les majorations que la loi calcule aujourd'hui.
pub(super) async fn notifier(
    visite: Visite<actions::NotifierMajorations>,
    Numero(id): Numero<i64>,
    Formulaire(Rien {}): Formulaire<Rien>,
) -> Result<Response, web::Erreur> {
    let (permis, dossier) = portee::creance(&visite, id).await?;
    let jour = visite.aujourdhui();
    let posees: Result<Vec<MajorationDue>, Erreur> = ecrire!(visite.db(), |tx| {
        tx.verrouiller_dossiers(&[dossier.get()]).await?;
        creances::notifier(tx, &[id], jour, permis.acteur(), permis.quand()).await
    });
    posees?;
    let avis = Avis::Succes("Les majorations sont notifiées : elles sont au débit de la créance.".to_owned());
    visite
        .rediriger(&visite.url(&format!("/{{caisse}}/creances/{id}")), avis)
        .await
}
