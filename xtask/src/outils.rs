//! Ce que les essais demandent à la machine, installé s'il manque.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::executer;

/// Un outil : le fichier qui prouve sa présence, les paquets Debian qui l'apportent.
pub(crate) struct Outil {
    nom: &'static str,
    present: fn() -> bool,
    paquets: &'static [&'static str],
}

pub(crate) const POSTGRES: Outil = Outil {
    nom: "PostgreSQL",
    present: || crate::postgres::programmes().is_some(),
    paquets: &["postgresql"],
};

pub(crate) const CHROMIUM: Outil = Outil {
    nom: "Chromium",
    present: || Path::new("/usr/bin/chromium").exists(),
    // Sans l10n, les champs de date et de fichier parlent anglais.
    paquets: &["chromium", "chromium-l10n"],
};

pub(crate) const NODE: Outil = Outil {
    nom: "Node.js et npm",
    present: || {
        ["node", "npm"]
            .iter()
            .all(|p| Command::new(p).arg("--version").output().is_ok())
    },
    paquets: &["nodejs", "npm"],
};

/// Les fichiers que la banque lira sont validés par un autre programme que le nôtre.
pub(crate) const XMLLINT: Outil = Outil {
    nom: "xmllint",
    present: || Command::new("xmllint").arg("--version").output().is_ok(),
    paquets: &["libxml2-utils"],
};

/// Un autre programme que le nôtre lit le texte et les balises des actes.
pub(crate) const POPPLER: Outil = Outil {
    nom: "pdfinfo",
    present: || Command::new("pdfinfo").arg("-v").output().is_ok(),
    paquets: &["poppler-utils"],
};

/// Installe par apt les outils absents (en root, ou par sudo sans mot de passe).
pub(crate) fn installer(outils: &[Outil]) -> Result<()> {
    let absents: Vec<&Outil> = outils.iter().filter(|o| !(o.present)()).collect();
    if absents.is_empty() {
        return Ok(());
    }
    let noms: Vec<&str> = absents.iter().map(|o| o.nom).collect();
    eprintln!("xtask : installation de {}", noms.join(", "));
    apt(&["update", "-qq"])?;
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(absents.iter().flat_map(|o| o.paquets));
    apt(&arguments)?;
    match absents.iter().find(|o| !(o.present)()) {
        Some(o) => bail!(
            "{} reste introuvable après apt install {}",
            o.nom,
            o.paquets.join(" ")
        ),
        None => Ok(()),
    }
}

fn apt(arguments: &[&str]) -> Result<()> {
    let mut commande = if est_root()? {
        Command::new("apt-get")
    } else {
        let mut c = Command::new("sudo");
        c.args(["-n", "apt-get"]);
        c
    };
    executer(commande.args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
        .context("installez vous-même ces paquets, ou relancez en root")
}

/// Vrai si le processus tourne en root.
pub(crate) fn est_root() -> Result<bool> {
    let sortie = Command::new("id").arg("-u").output().context("id -u")?;
    Ok(sortie.stdout.trim_ascii() == b"0")
}

/// Installe cargo-deny depuis le registre des crates, s'il manque.
pub(crate) fn installer_deny() -> Result<()> {
    let present = Command::new("cargo")
        .args(["deny", "--version"])
        .output()
        .is_ok_and(|s| s.status.success());
    if present {
        return Ok(());
    }
    executer(Command::new("cargo").args(["install", "--locked", "--quiet", "cargo-deny"]))
}
