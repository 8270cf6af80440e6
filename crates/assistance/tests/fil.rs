//! Ce que le script du site écrit vraiment (`e2e/assistance/fil.test.mjs` le tient à jour), tel que le relais le vérifie.
#![expect(clippy::unwrap_used, reason = "un essai qui ne se prépare pas échoue")]

use assistance::{Classe, Classes, Faute, Fil, Prise};

const PAGE: &[u8] = include_bytes!("fils/page.fil");

/// Les messages du fichier : quatre octets de longueur, puis le message.
fn messages() -> Vec<&'static [u8]> {
    let mut reste = PAGE;
    let mut messages = Vec::new();
    while let Some((taille, suite)) = reste.split_first_chunk::<4>() {
        let taille = usize::try_from(u32::from_be_bytes(*taille)).unwrap();
        let (message, apres) = suite.split_at(taille);
        messages.push(message);
        reste = apres;
    }
    messages
}

fn toutes() -> Classes {
    Classe::TOUTES.into_iter().collect()
}

#[test]
fn une_page_qui_vit_passe_entiere_quand_tout_est_accorde() {
    let mut fil = Fil::nouveau(1, toutes());
    let vues: Vec<Classes> = messages()
        .into_iter()
        .map(|message| fil.verifier(message).unwrap())
        .collect();
    for classe in Classe::TOUTES {
        assert!(vues.iter().any(|vue| vue.contient(classe)), "{classe:?}");
    }
}

#[test]
fn chaque_classe_otee_de_l_accord_arrete_la_vue() {
    for otee in Classe::TOUTES {
        let accord = Classe::TOUTES
            .into_iter()
            .filter(|classe| *classe != otee)
            .collect();
        let mut fil = Fil::nouveau(1, accord);
        let refus = messages()
            .into_iter()
            .find_map(|message| fil.verifier(message).err());
        assert_eq!(refus.map(|refus| refus.faute), Some(Faute::Classe), "{otee:?}");
    }
}

/// Le même fil, où la classe identification est dite publique : ce que ferait un site mal marqué.
#[test]
fn un_nir_que_le_site_marque_mal_arrete_la_vue() {
    let premier = messages().remove(0);
    let texte = "Camille Exemple";
    let place = premier
        .windows(texte.len())
        .position(|octets| octets == texte.as_bytes())
        .unwrap();
    let classe = premier
        .iter()
        .take(place)
        .rposition(|octet| *octet == Classe::Identification.octet())
        .unwrap();
    // Devant le texte : sa longueur, son genre, le nombre d'enfants et d'attributs, puis la classe.
    let candidats: Vec<usize> = (classe.saturating_sub(8)..place)
        .filter(|rang| premier.get(*rang) == Some(&Classe::Identification.octet()))
        .collect();
    let prises = candidats.into_iter().filter(|rang| {
        let mut mal_marque = premier.to_vec();
        if let Some(octet) = mal_marque.get_mut(*rang) {
            *octet = Classe::Publique.octet();
        }
        let refus = Fil::nouveau(1, toutes()).verifier(&mal_marque).err();
        refus.is_some_and(|refus| {
            let dit = refus.to_string();
            refus.faute == Faute::Prise(Prise::Nir)
                && dit.contains("marquez la région")
                && !dit.contains("255")
        })
    });
    assert_eq!(prises.count(), 1);
}
