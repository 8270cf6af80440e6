// Une page qui oublie de demander son permis ne lance pas la requête.
use acces::actions::ConsulterJournal;
use acces::journal::{FiltreJournal, consulter_journal};
use acces::Visite;

async fn page(visite: Visite<ConsulterJournal>) {
    let _ = consulter_journal(visite.db(), &FiltreJournal::default(), None, 50).await;
}

fn main() {}
