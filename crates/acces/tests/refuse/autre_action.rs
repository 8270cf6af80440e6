// Le permis d'une action n'ouvre pas les requêtes d'une autre.
use acces::actions::{ConsulterDossier, ConsulterJournal};
use acces::journal::{FiltreJournal, consulter_journal};
use acces::{Objet, Visite};

async fn page(visite: Visite<ConsulterDossier>) {
    let Ok(permis) = visite.permis(Objet::Caisse, None).await else { return };
    let _ = consulter_journal(visite.db(), &permis, &FiltreJournal::default(), None, 50).await;
}

fn exige(_: ConsulterJournal) {}

fn main() {
    let _ = exige;
}
