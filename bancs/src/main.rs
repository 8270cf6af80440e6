//! Les mesures : `cargo xtask bench`. Toujours des rapports à un étalon nu, dans le même passage.

#![expect(
    clippy::float_arithmetic,
    reason = "des durées et leurs rapports, jamais de l'argent"
)]

mod caisse;
mod import;
mod mesure;
mod pages;

use anyhow::Result;

#[tokio::main]
async fn main() -> Result<()> {
    let demandes: Vec<String> = std::env::args().skip(1).collect();
    let voulu = |nom: &str| demandes.is_empty() || demandes.iter().any(|d| d == nom);
    let mut tient = true;
    if voulu("import") {
        tient &= import::mesurer().await?;
    }
    if voulu("pages") {
        tient &= pages::mesurer().await?;
    }
    anyhow::ensure!(tient, "une mesure est hors de sa borne");
    Ok(())
}
