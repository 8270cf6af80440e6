//! La fiche à l'écran.

use acces::{CodeAction, Visite, actions};
use askama::Template;
use axum::response::Response;
use jiff::civil::Date;
use valeurs::{DossierId, Montant, Periode, date_longue};
use web::fragments::{
    self, Champ, Chiffre, Chiffres, Choix, EntetePage, Filtres, Html, Lien, Ton, Vide, mene,
};
use web::{Adresse, Numero};

use crate::fiche::{
    EnTete, Explication, Fiche, Intervalle, LigneFamille, MOIS_MAX, MoisDeFiche, Totaux, tendance,
};
use crate::pages::ECARTS;
use crate::pages::lieux::{Lieu, lieux};
use crate::rapprocher::Classe;

type Consultation = Visite<actions::ConsulterDsn>;

/// La table que le graphique résume.
const TABLE_DES_MOIS: &str = "par-mois";

/// Un mois de la table : ses sommes, et ses écarts qui mènent à leur explication.
struct LigneMois {
    mois: Html,
    echeance: Option<Date>,
    totaux: Totaux,
    ecarts: Vec<(String, &'static str)>,
}

/// Un écart expliqué.
struct EcartMontre {
    id: String,
    mois: String,
    classe: &'static str,
    montant: Montant,
    phrase: String,
    suite: &'static str,
    /// Où les agents le suivent.
    suivi: Option<String>,
    lieux: Vec<Lieu>,
}

/// Un mois, famille par famille.
struct GroupeMois {
    mois: Html,
    libelle: String,
    familles: Vec<LigneFamille>,
    totaux: Totaux,
    difference: Montant,
}

struct AutreLigne {
    periode: Html,
    famille: &'static str,
    emis: Montant,
    impute: Montant,
    reste: Montant,
}

#[derive(Template)]
#[template(path = "fiche/synthese.html")]
struct Vue {
    entete: EntetePage,
    filtres: Filtres,
    vide: Option<Vide>,
    chiffres: Chiffres,
    graphique: Html,
    mois: Vec<LigneMois>,
    totaux: Totaux,
    ecarts: Vec<EcartMontre>,
    groupes: Vec<GroupeMois>,
    difference: Montant,
    negatives: bool,
    autres: Vec<AutreLigne>,
}

/// La fiche de synthèse d'un dossier.
pub(super) async fn montrer(
    visite: Consultation,
    Numero(id): Numero<DossierId>,
    adresse: Adresse,
) -> Result<Response, web::Erreur> {
    let fiche = super::lire(&visite, id, &adresse).await?;
    let vue = vue(&visite, &fiche)?;
    Ok(web::page(
        &visite.cadre(format!("Fiche de synthèse, dossier {id}")),
        vue,
    ))
}

fn vue(visite: &Consultation, fiche: &Fiche) -> Result<Vue, web::Erreur> {
    let liens = Liens::nouveaux(visite, &fiche.en_tete);
    let difference = |t: &Totaux| t.emis.checked_sub(t.declare).map_err(crate::Erreur::from);
    Ok(Vue {
        entete: entete(visite, fiche, &liens),
        filtres: choisir(visite, &fiche.en_tete, &liens.fiche),
        vide: fiche.est_vide().then(|| vide(&fiche.en_tete, &liens)),
        chiffres: chiffres(fiche),
        graphique: tendance(fiche).decrit_par(TABLE_DES_MOIS).html(),
        mois: fiche.mois.iter().map(|m| ligne(m, &liens)).collect(),
        ecarts: fiche.ecarts().map(|(mois, e)| ecart(visite, mois, e)).collect(),
        groupes: fiche
            .mois
            .iter()
            .filter(|m| !m.familles.is_empty())
            .map(|m| {
                Ok(GroupeMois {
                    mois: liens.mois(m.mois),
                    libelle: m.mois.libelle(),
                    familles: m.familles.clone(),
                    totaux: m.totaux,
                    difference: difference(&m.totaux)?,
                })
            })
            .collect::<Result<_, crate::Erreur>>()?,
        difference: difference(&fiche.totaux)?,
        negatives: fiche.mois.iter().any(MoisDeFiche::a_une_famille_negative),
        autres: fiche
            .autres_periodes
            .iter()
            .map(|a| AutreLigne {
                periode: liens.periode(a.periode, &a.libelle),
                famille: a.famille.libelle(),
                emis: a.emis,
                impute: a.impute,
                reste: a.reste,
            })
            .collect(),
        totaux: fiche.totaux,
    })
}

/// Où la fiche mène.
struct Liens {
    dossier: String,
    fiche: String,
    /// Le compte, si l'agent peut le voir.
    cai: Option<String>,
}

impl Liens {
    fn nouveaux(visite: &Consultation, en_tete: &EnTete) -> Self {
        let dossier = visite.url(&format!("/{{caisse}}/dossiers/{}", en_tete.dossier));
        Self {
            fiche: format!("{dossier}/synthese"),
            cai: visite
                .peut(CodeAction::ConsulterCai)
                .then(|| format!("{dossier}/cai")),
            dossier,
        }
    }

    /// Le mois, qui mène à ses mouvements au compte.
    fn mois(&self, mois: Periode) -> Html {
        self.periode((mois.debut(), mois.fin()), &mois.libelle())
    }

    fn periode(&self, (debut, fin): (Date, Date), libelle: &str) -> Html {
        self.cai.as_ref().map_or_else(
            || Html::texte(libelle),
            |cai| mene(format!("{cai}?periode={debut}_{fin}#mouvements"), libelle).into(),
        )
    }

    /// Cette fiche sous une autre forme, pour les mêmes mois.
    fn export(&self, en_tete: &EnTete, extension: &str) -> String {
        let (du, au) = (en_tete.intervalle.du(), en_tete.intervalle.au());
        format!("{}.{extension}?du={du}&au={au}", self.fiche)
    }
}

fn entete(visite: &Consultation, fiche: &Fiche, liens: &Liens) -> EntetePage {
    let e = &fiche.en_tete;
    let siret = e
        .siret
        .as_ref()
        .map_or_else(|| "sans SIRET".to_owned(), |s| format!("SIRET {s}"));
    let mut fil = Vec::new();
    if visite.peut(CodeAction::ConsulterDossier) {
        fil.push(Lien::nouveau(&e.nom, &liens.dossier));
    }
    let mut entete = EntetePage::nouveau("Fiche de synthèse")
        .fil(fil)
        .sous_titre(format!(
            "{}, matricule {}, {siret} ; {}, situation au {}",
            e.nom,
            e.matricule,
            e.intervalle.libelle(),
            date_longue(e.au)
        ));
    if let Some(cai) = &liens.cai {
        entete = entete.lien("Compte adhérent", cai);
    }
    entete = entete.lien("Déclarations", format!("{}/declarations", liens.dossier));
    if fiche.est_vide() {
        return entete;
    }
    entete
        .lien("PDF à remettre", liens.export(e, "pdf"))
        .lien("Exporter en XLSX", liens.export(e, "xlsx"))
}

/// Les mois proposés : ceux qu'une fiche peut couvrir jusqu'à aujourd'hui, et ceux qu'elle montre.
fn choisir(visite: &Consultation, en_tete: &EnTete, url: &str) -> Filtres {
    let (du, au) = (en_tete.intervalle.du(), en_tete.intervalle.au());
    let courant = Periode::mois_du(visite.aujourdhui()).ok();
    let mut mois: Vec<Periode> = (0..MOIS_MAX)
        .filter_map(|combien| courant?.mois_avant(combien).ok())
        .chain([du, au])
        .collect();
    mois.sort_unstable();
    mois.dedup();
    let liste = |nom, libelle, choisi: Periode| {
        let choix = mois.iter().rev().map(|m| Choix::nouveau(m, m.libelle()));
        Champ::liste(nom, libelle, choix.collect()).valeur(choisi)
    };
    let champs = vec![liste("du", "Premier mois", du), liste("au", "Dernier mois", au)];
    let filtres = Filtres::lire(url, champs);
    match Intervalle::demande(None, None, visite.aujourdhui()) {
        Ok(ordinaire) if ordinaire == en_tete.intervalle => filtres,
        _ => filtres.effacer(url),
    }
}

fn vide(en_tete: &EnTete, liens: &Liens) -> Vide {
    let texte = if en_tete.siret.is_none() {
        "Cet adhérent n’a pas de SIRET au dossier : aucune déclaration ne peut lui être rattachée. Complétez son \
         dossier, ou choisissez celui de son établissement."
    } else {
        "Sur ces mois, cet employeur n’a rien déclaré par DSN, rien payé, et son compte n’a rien émis. Choisissez \
         d’autres mois, ou vérifiez que ses déclarations sont déposées."
    };
    fragments::vide("Rien à rapprocher", texte).lien("Voir le dossier", &liens.dossier)
}

fn chiffres(fiche: &Fiche) -> Chiffres {
    let t = &fiche.totaux;
    let montant = fragments::montant;
    let (ton, precision) = if t.solde.est_nul() {
        (Ton::Positif, "ordonné et encaissé concordent")
    } else if t.solde.est_negatif() {
        (Ton::Info, "encaissé au-delà de l’ordonné")
    } else {
        (Ton::Attention, "ordonné, pas encore encaissé")
    };
    let suivis = fiche
        .ecarts()
        .filter(|(_, e)| e.classe != Classe::Remplace)
        .count();
    fragments::chiffres(vec![
        Chiffre::nouveau("Déclaré", montant(t.declare)),
        Chiffre::nouveau("Ordonné", montant(t.ordonne)),
        Chiffre::nouveau("Encaissé", montant(t.encaisse)),
        Chiffre::nouveau("Solde", montant(t.solde))
            .ton(ton)
            .precision(precision),
        Chiffre::nouveau("Reste dû au compte", montant(t.reste)).precision("cotisations de ces mois"),
        Chiffre::nouveau("Écarts", suivis.to_string()).ton(if suivis == 0 {
            Ton::Positif
        } else {
            Ton::Attention
        }),
    ])
}

fn ligne(m: &MoisDeFiche, liens: &Liens) -> LigneMois {
    LigneMois {
        mois: liens.mois(m.mois),
        echeance: m.echeance,
        totaux: m.totaux,
        ecarts: m
            .ecarts
            .iter()
            .map(|e| (format!("#{}", ancre(m.mois, e.classe)), e.classe.libelle()))
            .collect(),
    }
}

fn ecart(visite: &Consultation, mois: Periode, e: &Explication) -> EcartMontre {
    EcartMontre {
        id: ancre(mois, e.classe),
        mois: mois.libelle(),
        classe: e.classe.libelle(),
        montant: e.montant,
        phrase: e.phrase.clone(),
        suite: e.classe.suite(),
        suivi: e.constate.map(|id| format!("{}/{id}", visite.url(ECARTS))),
        lieux: lieux(visite, &e.preuves),
    }
}

fn ancre(mois: Periode, classe: Classe) -> String {
    format!("ecart-{mois}-{}", classe.slug())
}
