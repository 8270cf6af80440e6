//! Ce que les gens lisent : la mise en page et les fragments, tels qu'ils sortent.

use askama::Template;
use axum::{body::to_bytes, response::Response};
use jiff::civil::date;
use proptest::prelude::*;
use valeurs::Montant;
use web::{
    AgentAffiche, Avis, Cadre, CaisseAffichee, ColonneTriable, Entree, ErreurChamp, LienTable, Pagination,
    Recherche, Sens, Tri,
    fragments::{
        self, Champ, Chiffre, Choix, Colonne, Commentaire, Definition, EntetePage, Evenement, Filtres, Html,
        Lien, Onglet, Ton, TonTranche, Tranche,
    },
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Par {
    Nom,
    Solde,
}

impl ColonneTriable for Par {
    const TOUTES: &'static [Self] = &[Self::Nom, Self::Solde];
    const DEFAUT: Tri<Self> = Tri {
        colonne: Self::Nom,
        sens: Sens::Croissant,
    };

    fn cle(self) -> &'static str {
        match self {
            Self::Nom => "nom",
            Self::Solde => "solde",
        }
    }
}

fn html(fragment: impl Into<Html>) -> String {
    fragment.into().to_string()
}

async fn texte(reponse: Response) -> String {
    String::from_utf8(
        to_bytes(reponse.into_body(), usize::MAX)
            .await
            .expect("requête et réponse d’essai bien formées")
            .to_vec(),
    )
    .expect("requête et réponse d’essai bien formées")
}

fn sans_empreintes(page: String) -> String {
    [
        (&*web::URL_STYLE, "/assets/style.css"),
        (&*web::URL_MODULE, "/assets/sillon.js"),
        (&*web::URL_ICONE, "/assets/favicon.svg"),
    ]
    .iter()
    .fold(page, |page, (url, nom)| page.replace(url.as_str(), nom))
}

#[tokio::test]
async fn la_mise_en_page_d_un_agent_connecte() {
    let entree = |libelle: &str, url: &str, active, compte| Entree {
        libelle: libelle.to_owned(),
        url: url.to_owned(),
        active,
        compte,
    };
    let cadre = Cadre {
        titre: "Recettes à classer".to_owned(),
        caisse: Some(CaisseAffichee {
            code: "DMSA33".to_owned(),
            nom: "MSA Gironde".to_owned(),
            url: "/DMSA33".to_owned(),
        }),
        agent: Some(AgentAffiche {
            nom: "Camille <Darrieux>".to_owned(),
            roles: vec!["recouvrement".to_owned(), "contentieux".to_owned()],
            deconnexion: "/deconnexion".to_owned(),
            mot_de_passe: Some("/mot-de-passe".to_owned()),
        }),
        navigation: vec![
            entree("Débiteurs", "/DMSA33/debiteurs", true, None),
            entree("Recettes à classer", "/DMSA33/rac", false, Some(1_284)),
        ],
        recherche: Some(Recherche {
            action: "/DMSA33/recherche".to_owned(),
            libelle: "Nom, NIR…".to_owned(),
        }),
        jeton: "j&j".to_owned(),
        avis: Some(Avis::Erreur("L’encaissement n’a pas été classé.".to_owned())),
        chemin: "/DMSA33/rac".to_owned(),
        affichage: web::Affichage::Large,
    };
    let page = sans_empreintes(texte(web::page(&cadre, EntetePage::nouveau("Recettes à classer"))).await);
    insta::assert_snapshot!(page);
}

#[test]
fn un_montant_et_une_date_disent_leur_nature() {
    let montant = |centimes| html(fragments::montant(Montant::de_centimes(centimes)));
    insta::assert_snapshot!(montant(123_456), @r##"<span class="montant">1 234,56 €</span>"##);
    insta::assert_snapshot!(montant(-5), @r##"<span class="montant negatif">−0,05 €</span>"##);
    insta::assert_snapshot!(montant(0), @r##"<span class="montant nul">0,00 €</span>"##);
    insta::assert_snapshot!(html(fragments::cellule_date("Due", None)), @r#"<td class="date" data-label="Due"><span aria-hidden="true">–</span><span class="lu">sans date</span></td>"#);
    insta::assert_snapshot!(html(fragments::cellule_date("Due", date(2026, 3, 5))), @r#"<td class="date" data-label="Due"><time datetime="2026-03-05">05/03/2026</time></td>"#);
}

#[test]
fn un_champ_relie_son_etiquette_son_aide_et_son_erreur() {
    let champ = Champ::montant("montant", "Montant")
        .valeur("12,345")
        .aide("En euros.")
        .erreur("Deux décimales au plus.")
        .obligatoire();
    insta::assert_snapshot!(html(champ), @r##"<div class="champ court en-erreur"><label for="champ-montant">Montant <span class="obligatoire">(obligatoire)</span></label><p class="aide" id="champ-montant-aide">En euros.</p><p class="erreur" id="champ-montant-erreur"><span class="lu">Erreur : </span>Deux décimales au plus.</p><input type="text" id="champ-montant" name="montant" required aria-invalid="true" aria-describedby="champ-montant-erreur champ-montant-aide" value="12,345" autocomplete="off" inputmode="decimal"></div>"##);
    let cause = Champ::radios(
        "cause",
        "Cause",
        vec![Choix::nouveau("a", "A"), Choix::nouveau("b", "B")],
    )
    .valeur("b");
    insta::assert_snapshot!(html(cause), @r##"<fieldset class="champ radios" id="champ-cause"><legend>Cause</legend><p class="case"><input type="radio" id="champ-cause-1" name="cause" value="a"><label for="champ-cause-1">A</label></p><p class="case"><input type="radio" id="champ-cause-2" name="cause" value="b" checked><label for="champ-cause-2">B</label></p></fieldset>"##);
}

#[test]
fn un_mot_de_passe_n_est_pas_reaffiche() {
    assert!(!html(Champ::mot_de_passe("secret", "Mot de passe").valeur("hunter2")).contains("hunter2"));
}

#[test]
fn chaque_erreur_du_resume_mene_a_son_champ() {
    let erreurs = [
        ErreurChamp::nouvelle("du", "Écrivez une date."),
        ErreurChamp::nouvelle("au", "Écrivez une date après le début."),
    ];
    insta::assert_snapshot!(html(fragments::resume_erreurs(&erreurs)), @r##"<div class="resume-erreurs" role="alert" tabindex="-1" autofocus><h2>2 champs sont à corriger</h2><ul><li><a href="#champ-du">Écrivez une date.</a></li><li><a href="#champ-au">Écrivez une date après le début.</a></li></ul></div>"##);
    assert_eq!(html(fragments::resume_erreurs(&[])).trim(), "");
    assert!(html(Champ::date("au", "Au").parmi(&erreurs)).contains("après le début"));
    assert!(!html(Champ::date("autre", "Autre").parmi(&erreurs)).contains("aria-invalid"));
}

#[test]
fn les_intitules_trient_par_des_liens_ou_par_un_formulaire() {
    let colonnes = || {
        vec![
            Colonne::nouvelle("Nom").triable(Par::Nom),
            Colonne::nouvelle("Solde").triable(Par::Solde).nombre(),
            Colonne::nouvelle("Actions").muette(),
        ]
    };
    let lien = LienTable::lire("/rac", &[("mode", "virement")]);
    let entetes =
        |lien: &LienTable, tri| html(fragments::entetes(lien, tri, &Pagination::default(), colonnes()));
    insta::assert_snapshot!(entetes(&lien, Par::DEFAUT), @r##"<thead><tr><th scope="col" aria-sort="ascending"><a class="tri" href="/rac?mode=virement&#38;tri=nom&#38;sens=desc">Nom<span class="lu">, trier en ordre décroissant</span><span class="fleche" aria-hidden="true">↑</span></a></th><th scope="col" class="nombre"><a class="tri" href="/rac?mode=virement&#38;tri=solde&#38;sens=asc">Solde<span class="lu">, trier</span><span class="fleche" aria-hidden="true">↕</span></a></th><th scope="col"><span class="lu">Actions</span></th></tr></thead>"##);
    let tri = Tri {
        colonne: Par::Solde,
        sens: Sens::Decroissant,
    };
    insta::assert_snapshot!(entetes(&LienTable::poster("/recherche", "suite"), tri), @r##"<thead><tr><th scope="col"><button type="submit" class="tri" form="suite" formaction="/recherche">Nom<span class="lu">, trier</span><span class="fleche" aria-hidden="true">↕</span></button></th><th scope="col" class="nombre" aria-sort="descending"><button type="submit" class="tri" form="suite" formaction="/recherche?tri=solde&#38;sens=asc">Solde<span class="lu">, trier en ordre croissant</span><span class="fleche" aria-hidden="true">↓</span></button></th><th scope="col"><span class="lu">Actions</span></th></tr></thead>"##);
}

#[test]
fn la_pagination_garde_le_tri() {
    let tri = Tri {
        colonne: Par::Solde,
        sens: Sens::Decroissant,
    };
    let pagination = Pagination::lire(&"/rac?page=3".parse().unwrap());
    let liens = |lien: &LienTable| {
        html(fragments::pagination(
            lien,
            tri,
            &pagination,
            &pagination.suite(1_000),
        ))
    };
    insta::assert_snapshot!(liens(&LienTable::lire("/rac", &[])), @r##"<div class="pagination"><p>Lignes <strong>101</strong> à <strong>150</strong> sur <strong>1 000</strong></p><nav aria-label="Pages de la table"><ul><li><a class="bouton" href="/rac?tri=solde&#38;sens=desc">Début</a></li><li><a class="bouton" href="/rac?tri=solde&#38;sens=desc&#38;page=2">Page précédente</a></li><li><a class="bouton" href="/rac?tri=solde&#38;sens=desc&#38;page=4">Page suivante</a></li></ul></nav></div>"##);
    insta::assert_snapshot!(liens(&LienTable::poster("/rac", "suite")), @r##"<div class="pagination"><p>Lignes <strong>101</strong> à <strong>150</strong> sur <strong>1 000</strong></p><nav aria-label="Pages de la table"><ul><li><button type="submit" class="bouton" form="suite" formaction="/rac?tri=solde&#38;sens=desc">Début</button></li><li><button type="submit" class="bouton" form="suite" formaction="/rac?tri=solde&#38;sens=desc&#38;page=2">Page précédente</button></li><li><button type="submit" class="bouton" form="suite" formaction="/rac?tri=solde&#38;sens=desc&#38;page=4">Page suivante</button></li></ul></nav></div>"##);
}

#[test]
fn la_barre_d_anciennete_remplit_sa_largeur() {
    let tranche = |ton, centimes| Tranche {
        libelle: "T".to_owned(),
        ton,
        montant: Montant::de_centimes(centimes),
        lignes: 1,
    };
    let barre = fragments::anciennete(
        "Ancienneté",
        &[
            tranche(TonTranche::Frais, 100),
            tranche(TonTranche::Moyen, 0),
            tranche(TonTranche::Vieux, 200),
        ],
    );
    insta::assert_snapshot!(html(barre), @r##"<figure class="anciennete"><figcaption>Ancienneté</figcaption>
<svg viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="age-1" x="0" y="0" width="333" height="12"/><rect class="age-3" x="333" y="0" width="667" height="12"/></svg><ul><li><span class="cle age-1" aria-hidden="true"></span><span class="libelle">T</span> <span class="montant">1,00 €</span> <span class="lignes">1 ligne</span></li><li><span class="cle age-2" aria-hidden="true"></span><span class="libelle">T</span> <span class="montant nul">0,00 €</span> <span class="lignes">1 ligne</span></li><li><span class="cle age-3" aria-hidden="true"></span><span class="libelle">T</span> <span class="montant">2,00 €</span> <span class="lignes">1 ligne</span></li></ul></figure>"##);
}

/// Tous les fragments, nourris du même texte.
fn tous(t: &str) -> String {
    let lien = LienTable::lire(t, &[("f", t)]);
    let poste = LienTable::poster(t, t);
    let colonnes = || {
        vec![
            Colonne::nouvelle(t).triable(Par::Nom),
            Colonne::nouvelle(t).muette(),
        ]
    };
    let pagination = Pagination::lire(
        &"/?page=2"
            .parse()
            .expect("requête et réponse d’essai bien formées"),
    );
    let suite = pagination.suite(500);
    let champs = || {
        let options = vec![Choix::nouveau(t, t)];
        vec![
            Champ::texte(t, t).valeur(t).aide(t).erreur(t),
            Champ::zone(t, t, 3).valeur(t),
            Champ::liste(t, t, options.clone()).valeur(t),
            Champ::radios(t, t, options).valeur(t),
            Champ::case(t, t).valeur(t),
        ]
    };
    [
        Html::from(
            EntetePage::nouveau(t)
                .fil(vec![Lien::nouveau(t, t)])
                .sous_titre(t)
                .lien(t, t),
        ),
        fragments::pastille(Ton::Info, t).into(),
        fragments::onglets(t, vec![Onglet::nouveau(t, t).actif(true).compte(3)]).into(),
        fragments::definitions(vec![Definition::nouvelle(t, t)]).into(),
        fragments::chiffres(vec![Chiffre::nouveau(t, t).precision(t)]).into(),
        fragments::chronologie(vec![Evenement::nouveau(date(2026, 1, 1), t).detail(t).auteur(t)]).into(),
        fragments::commentaires(vec![Commentaire::nouveau(t, t, t)]).into(),
        fragments::vide(t, t).lien(t, t).into(),
        fragments::action_post(t, t, t).champ(t, t).precision(t).into(),
        fragments::formulaire_cache(t, t, t, &[(t, t)]).into(),
        fragments::resume_erreurs(&[ErreurChamp::nouvelle(t.to_owned(), t)]).into(),
        fragments::cellule_montant(t, Montant::ZERO).into(),
        fragments::cellule_date(t, None).into(),
        fragments::entetes(&lien, Par::DEFAUT, &pagination, colonnes()).into(),
        fragments::entetes(&poste, Par::DEFAUT, &pagination, colonnes()).into(),
        fragments::pagination(&poste, Par::DEFAUT, &pagination, &suite).into(),
        Filtres::poster(t, t, champs()).effacer(t).into(),
        Filtres::lire(t, champs()).into(),
    ]
    .map(|html: Html| html.to_string())
    .concat()
}

proptest! {
    #[test]
    fn aucun_texte_ne_devient_du_balisage(texte in r#"[<>"'&a-z /=\-]{1,12}"#) {
        let temoin = tous("x");
        let rendu = tous(&texte);
        for signe in ['<', '>', '"', '\''] {
            prop_assert_eq!(rendu.matches(signe).count(), temoin.matches(signe).count(), "{}", signe);
        }
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = "{{ fragments::pastille(Ton::Info, mot) }}{% if let Some(m) = montant %}{{ fragments::montant(m) }}{% endif %}{{ fragments::milliers(n) }}"
)]
struct Usage {
    mot: String,
    montant: Option<Montant>,
    n: u64,
}

#[test]
fn un_fragment_s_ecrit_tel_quel_dans_le_gabarit_d_un_autre_crate() {
    let vue = Usage {
        mot: "Soldé & clos".to_owned(),
        montant: Some(Montant::ZERO),
        n: 12_482,
    };
    insta::assert_snapshot!(vue.render().unwrap(), @r##"<span class="pastille info">Soldé &#38; clos</span><span class="montant nul">0,00 €</span>12 482"##);
}
