//! Le temps écoulé et le temps de processeur d'un travail.

use std::time::{Duration, Instant};

/// Ce qu'un travail a coûté.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cout {
    pub(crate) ecoule: Duration,
    pub(crate) processeur: Duration,
}

/// Un chronomètre de ce processus.
pub(crate) struct Chrono {
    debut: Instant,
    processeur: Duration,
}

impl Chrono {
    pub(crate) fn partir() -> Self {
        Self {
            debut: Instant::now(),
            processeur: processeur(),
        }
    }

    pub(crate) fn arreter(&self) -> Cout {
        Cout {
            ecoule: self.debut.elapsed(),
            processeur: processeur().saturating_sub(self.processeur),
        }
    }
}

/// Temps de processeur de ce processus, tous fils compris (`/proc/self/stat`, en centièmes de seconde).
fn processeur() -> Duration {
    let texte = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let champs = texte.rsplit_once(')').map_or("", |(_, fin)| fin);
    let centiemes: u64 = champs
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|n| n.parse::<u64>().ok())
        .sum();
    Duration::from_millis(centiemes * 10)
}

/// Médiane de durées, en microsecondes.
pub(crate) fn mediane(mut durees: Vec<Duration>) -> f64 {
    durees.sort_unstable();
    durees
        .get(durees.len() / 2)
        .map_or(0.0, |d| d.as_secs_f64() * 1e6)
}

/// Imprime une mesure et sa borne ; vrai si elle la tient.
pub(crate) fn dire(nom: &str, valeur: f64, borne: &str, tient: bool) -> bool {
    println!(
        "{:<64} {valeur:>10.2}   {borne:<14} {}",
        nom,
        if tient { "tient" } else { "HORS BORNE" }
    );
    tient
}
