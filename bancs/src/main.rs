//! Les mesures : `cargo xtask bench`. Toujours des rapports à un étalon nu, dans le même passage.

#![expect(
    clippy::float_arithmetic,
    reason = "des durées et leurs rapports, jamais de l'argent"
)]

mod caisse;
mod campagne;
mod dsn;
mod import;
mod mesure;
mod pages;
mod rejeu;

use anyhow::Result;

#[tokio::main]
async fn main() -> Result<()> {
    if let Some(chemin) = std::env::args()
        .nth(2)
        .filter(|_| std::env::args().nth(1).as_deref() == Some(dsn::LIRE))
    {
        return dsn::lire_seul(&chemin);
    }
    let demandes: Vec<String> = std::env::args().skip(1).collect();
    let voulu = |nom: &str| demandes.is_empty() || demandes.iter().any(|d| d == nom);
    let mut tient = true;
    if voulu("import") {
        tient &= import::mesurer().await?;
    }
    if voulu("dsn") {
        tient &= dsn::mesurer().await?;
    }
    if voulu("pages") {
        tient &= pages::mesurer().await?;
    }
    if voulu("campagne") {
        tient &= campagne::mesurer().await?;
    }
    anyhow::ensure!(tient, "une mesure est hors de sa borne");
    Ok(())
}
