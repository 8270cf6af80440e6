//! Des données de même forme, sans les valeurs : de quoi retrouver une erreur sans citer personne.

use serde_json::{Map, Value};

use crate::Modele;

/// Efface les valeurs : chaque lettre devient « x », chaque chiffre « 1 », chaque nombre 1 (ou −1, ou 0).
///
/// « 2026-04-30 » devient « 1111-11-11 », qui est encore une date : un modèle qui la lit va au même
/// endroit. Une clé n'est gardée que si le modèle l'écrit ; les autres sont des données (une table par
/// nom, par exemple). Restent la forme, les longueurs, les signes, les oui et les non.
pub(crate) fn effacer(donnees: Value, modele: &Modele) -> Value {
    match donnees {
        Value::Null | Value::Bool(_) => donnees,
        Value::Number(ref nombre) => match nombre.as_i64() {
            Some(0) => Value::from(0),
            Some(entier) => Value::from(entier.signum()),
            None if nombre.is_f64() => Value::from(1.5),
            None => Value::from(1),
        },
        Value::String(texte) => Value::String(effacer_texte(&texte)),
        Value::Array(suite) => suite.into_iter().map(|v| effacer(v, modele)).collect(),
        Value::Object(table) => table
            .into_iter()
            .enumerate()
            .map(|(rang, (cle, valeur))| {
                let cle = if modele.ecrit(&cle) {
                    cle
                } else {
                    format!("cle-{rang}")
                };
                (cle, effacer(valeur, modele))
            })
            .collect::<Map<_, _>>()
            .into(),
    }
}

fn effacer_texte(texte: &str) -> String {
    texte
        .chars()
        .map(|c| match c {
            c if c.is_numeric() => '1',
            c if c.is_alphabetic() => 'x',
            // Ponctuation et espaces ordinaires gardent leur place ; le reste n'est peut-être dans aucune police.
            c if c.is_ascii() => c,
            _ => 'x',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn une_valeur_effacee_garde_sa_forme_et_rien_d_autre() {
        let donnees = json!({
            "nom": "Élodie O’Inventée", "ne_le": "1984-07-02", "du": -123_456, "taux": 0.25, "rien": null,
            "exact": 0, "mort": false, "lignes": [{ "nom": "Périgueux" }],
        });
        let source = "#d.nom #d.ne_le #d.du #d.taux #d.rien #d.exact #d.mort #d.lignes";
        assert_eq!(
            effacer(donnees, &Modele::new("essai", source)),
            json!({
                "nom": "xxxxxx xxxxxxxxxx", "ne_le": "1111-11-11", "du": -1, "taux": 1.5, "rien": null,
                "exact": 0, "mort": false, "lignes": [{ "nom": "xxxxxxxxx" }],
            })
        );
    }

    #[test]
    fn une_cle_que_le_modele_n_ecrit_pas_est_une_donnee() {
        let donnees = json!({ "Dupuy": 12, "total": 7 });
        assert_eq!(
            effacer(donnees, &Modele::new("essai", "#d.total #d.Dupuydelome")),
            json!({ "cle-0": 1, "total": 1 })
        );
    }
}
