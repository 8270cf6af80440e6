use std::fs::File;
use std::io;

use acces::{Objet, Visite, actions};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use valeurs::Montant;
use web::fragments::{self, Champ, ChampJeton, EntetePage, ResumeErreurs};
use web::{ErreurChamp, FichierRecu, FormulaireFichier};

use crate::Erreur;
use crate::creances::{BilanImport, importer as importer_fichier};
use crate::pages::erreur::du_champ;

type Import = Visite<actions::ImporterCreances>;

const ICI: &str = "/{caisse}/creances/importer";
/// Le nom du champ du fichier.
const FICHIER: &str = "fichier";

/// Une colonne du fichier, telle que la page la documente : son nom, quand elle est exigée, ce qu'elle contient.
struct Colonne(&'static str, &'static str, &'static str);

const COLONNES: [Colonne; 18] = [
    Colonne(
        "reference",
        "toujours",
        "Unique dans la caisse, 40 caractères au plus ; gardée en capitales.",
    ),
    Colonne("matricule", "l’un des deux", "Le débiteur."),
    Colonne("siret", "l’un des deux", "Le débiteur, 14 chiffres."),
    Colonne(
        "nom",
        "débiteur inconnu",
        "Nom ou raison sociale, pour l’inscrire ; demande aussi son matricule.",
    ),
    Colonne("prenom", "facultative", "Prénom d’un débiteur inconnu."),
    Colonne(
        "nir",
        "facultative",
        "NIR d’un débiteur inconnu, 13 ou 15 caractères.",
    ),
    Colonne("commune", "facultative", "Commune d’un débiteur inconnu."),
    Colonne("code_commune", "facultative", "Son code INSEE."),
    Colonne(
        "regime",
        "toujours",
        "employeur, non_salarie, solidarite, assure ou professionnel_sante.",
    ),
    Colonne(
        "nature",
        "toujours",
        "cotisation:amexa, indu:rsa, soins:facturation…",
    ),
    Colonne("periode", "ou debut et fin", "2026-01, 2026-T1 ou 2026."),
    Colonne(
        "debut, fin",
        "ou periode",
        "Premier et dernier jours, inclus, AAAA-MM-JJ.",
    ),
    Colonne("emise_le", "toujours", "AAAA-MM-JJ."),
    Colonne("exigible_le", "toujours", "AAAA-MM-JJ."),
    Colonne(
        "part_ouvriere, part_patronale",
        "employeur",
        "En euros, à point ou à virgule.",
    ),
    Colonne("principal", "tout autre", "En euros, à point ou à virgule."),
    Colonne(
        "cause",
        "indu",
        "Ce qui est dit à qui le doit (CSS art. R133-9-2).",
    ),
    Colonne("libelle", "facultative", "À défaut, celui de la nature."),
];

#[derive(Template)]
#[template(path = "creances/importer.html")]
struct Vue {
    entete: EntetePage,
    resume: ResumeErreurs,
    url: String,
    jeton: ChampJeton,
    fichier: Champ,
    bilan: Option<BilanImport>,
    colonnes: &'static [Colonne],
}

/// Le formulaire d'envoi, et les colonnes que le fichier peut porter.
pub(super) async fn montrer(visite: Import) -> Response {
    page(&visite, None, &[])
}

/// Importe le fichier envoyé, et montre ce qu'il a donné.
pub(super) async fn importer(visite: Import, envoi: FormulaireFichier) -> Result<Response, web::Erreur> {
    let Some(recu) = envoi
        .fichiers
        .into_iter()
        .find(|f| f.champ == FICHIER && f.taille > 0)
    else {
        return Ok(reprendre(
            &visite,
            ErreurChamp::nouvelle(FICHIER, "Choisissez un fichier qui n’est pas vide."),
        ));
    };
    let permis = visite.permis(Objet::Caisse, None).await?;
    let dossier = tempfile::tempdir().map_err(|e| web::Erreur::interne(&e))?;
    let chemin = dossier.path().join(recu.nom_sur());
    copier(recu, &chemin).map_err(|e| web::Erreur::interne(&e))?;
    let importe = importer_fichier(visite.db(), &permis, visite.aujourdhui(), &chemin).await;
    match importe {
        Ok(bilan) => Ok(page(&visite, Some(bilan), &[])),
        Err(refus @ (Erreur::Ligne { .. } | Erreur::Droit(_))) => Ok(reprendre(&visite, du_champ(refus)?)),
        Err(panne) => Err(panne.into()),
    }
}

fn copier(mut recu: FichierRecu, chemin: &std::path::Path) -> io::Result<()> {
    io::copy(&mut recu.contenu, &mut File::create(chemin)?)?;
    Ok(())
}

fn reprendre(visite: &Import, refus: ErreurChamp) -> Response {
    let refus = [ErreurChamp {
        champ: FICHIER.into(),
        ..refus
    }];
    (StatusCode::UNPROCESSABLE_ENTITY, page(visite, None, &refus)).into_response()
}

fn page(visite: &Import, bilan: Option<BilanImport>, erreurs: &[ErreurChamp]) -> Response {
    let vue = Vue {
        entete: EntetePage::nouveau("Importer des créances")
            .sous_titre("Une référence déjà émise avec le même contenu est laissée de côté : un fichier peut être renvoyé."),
        resume: fragments::resume_erreurs(erreurs),
        url: visite.url(ICI),
        jeton: fragments::champ_jeton(visite.jeton()),
        fichier: Champ::fichier(FICHIER, "Fichier", ".csv,.jsonl,.ndjson,.txt")
            .aide("CSV en UTF-8 à points-virgules, avec sa ligne d’intitulés, ou JSON Lines ; 64 Mio au plus.")
            .obligatoire()
            .parmi(erreurs),
        bilan,
        colonnes: &COLONNES,
    };
    web::page(&visite.cadre("Importer des créances"), vue)
}

impl Vue {
    fn montant(bilan: &BilanImport) -> Montant {
        Montant::de_centimes(bilan.montant_centimes)
    }
}
