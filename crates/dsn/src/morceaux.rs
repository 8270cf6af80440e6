//! Un grand fichier lu par plusieurs cœurs : il se coupe devant une déclaration, chacun lit son morceau au fil de l'eau.

use std::io::{self, Read, Seek, SeekFrom};
use std::num::NonZero;
use std::ops::Range;
use std::thread;

use memchr::memmem;

use crate::declaration::Declaration;
use crate::erreur::{Erreur, Faute};
use crate::lecteur::Lecteur;
use crate::pliage::{Etat, Pliage, lire};

/// Ce qui commence une déclaration, au début d'une ligne.
const COUPE: &[u8] = b"\nS20.G00.05.001,'";
/// Octets lus à la fois pour trouver où couper.
const RECHERCHE: u64 = 1 << 16;
/// Sous cette taille, un cœur suffit.
const PETIT: u64 = 4 << 20;

/// Lit les déclarations d'un fichier avec plusieurs cœurs ; rend ce que [`lire`] rendrait, et le nombre de lignes.
///
/// `ouvrir` donne une nouvelle source du même contenu, de `longueur` octets ; chaque cœur a la sienne.
///
/// # Errors
/// Comme [`lire`].
pub fn lire_en_parallele<S: Read + Seek>(
    ouvrir: impl Fn() -> io::Result<S> + Sync,
    longueur: u64,
    fichier: &str,
    coeurs: NonZero<usize>,
) -> Result<(Vec<Declaration>, u64), Erreur> {
    if coeurs.get() > 1
        && longueur >= PETIT
        && let Ok(coupes) = coupes(&ouvrir, longueur, coeurs)
        && let Some(lu) = par_morceaux(&ouvrir, &coupes, fichier)
    {
        return Ok(lu);
    }
    // Un seul cœur, ou un défaut : la lecture d'un trait en dit la ligne exacte.
    let source = ouvrir().map_err(|e| Erreur {
        fichier: fichier.to_owned(),
        ligne: 1,
        faute: Faute::de_lecture(&e),
    })?;
    let mut declarations = Vec::new();
    let lignes = lire(source, fichier, &mut declarations)?;
    Ok((declarations, lignes))
}

fn par_morceaux<S: Read + Seek>(
    ouvrir: &(impl Fn() -> io::Result<S> + Sync),
    coupes: &[Range<u64>],
    fichier: &str,
) -> Option<(Vec<Declaration>, u64)> {
    let morceaux: Vec<Option<Morceau>> = thread::scope(|s| {
        let fils: Vec<_> = coupes
            .iter()
            .map(|c| {
                s.spawn(move || {
                    let mut source = ouvrir().ok()?;
                    source.seek(SeekFrom::Start(c.start)).ok()?;
                    lire_morceau(source.take(c.end - c.start), c.start == 0, fichier)
                })
            })
            .collect();
        fils.into_iter().map(|f| f.join().ok().flatten()).collect()
    });
    Morceau::assembler(morceaux.into_iter().collect::<Option<Vec<_>>>()?)
}

/// Les morceaux du fichier, chacun finissant devant une déclaration.
fn coupes<S: Read + Seek>(
    ouvrir: &impl Fn() -> io::Result<S>,
    longueur: u64,
    coeurs: NonZero<usize>,
) -> io::Result<Vec<Range<u64>>> {
    let mut source = ouvrir()?;
    let part = longueur / u64::try_from(coeurs.get()).unwrap_or(1);
    let mut coupes = Vec::with_capacity(coeurs.get());
    let mut debut = 0;
    while debut < longueur {
        let fin = if coupes.len() + 1 < coeurs.get() {
            coupe_apres(&mut source, debut + part, longueur)?
        } else {
            longueur
        };
        coupes.push(debut..fin);
        debut = fin;
    }
    Ok(coupes)
}

/// Le début de la première déclaration qui commence après `place` ; la fin du fichier s'il n'y en a plus.
fn coupe_apres(source: &mut (impl Read + Seek), place: u64, longueur: u64) -> io::Result<u64> {
    let cherche = memmem::Finder::new(COUPE);
    let mut place = place;
    while place < longueur {
        source.seek(SeekFrom::Start(place))?;
        let mut lus = Vec::new();
        source.by_ref().take(RECHERCHE).read_to_end(&mut lus)?;
        if let Some(i) = cherche.find(&lus) {
            return Ok(place + octets(i) + 1);
        }
        if lus.len() < COUPE.len() {
            break;
        }
        // Une coupe à cheval sur deux lectures se retrouve dans la suivante.
        place += octets(lus.len() - COUPE.len() + 1);
    }
    Ok(longueur)
}

fn octets(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// Une part d'un fichier, lue sans savoir ce qui la précède.
struct Morceau {
    declarations: Vec<Declaration>,
    lignes: u64,
    etat: Etat,
}

/// Lit un morceau qui commence au début du fichier (`premier`) ou devant une déclaration ; `None` s'il est fautif.
fn lire_morceau<R: Read>(source: R, premier: bool, fichier: &str) -> Option<Morceau> {
    let mut pliage = Pliage::nouveau(Vec::new());
    let mut lecteur = if premier {
        Lecteur::nouveau(source, fichier)
    } else {
        pliage.etat = Etat::herite();
        Lecteur::suite(source, fichier)
    };
    while let Some(bloc) = lecteur.bloc().ok()? {
        pliage.bloc(bloc).ok()?;
    }
    pliage.fermer_declaration(pliage.ligne);
    Some(Morceau {
        lignes: pliage.ligne,
        etat: pliage.etat,
        declarations: pliage.recepteur,
    })
}

impl Morceau {
    /// Les déclarations du fichier dont voici les morceaux, dans l'ordre, et le nombre de ses lignes ; `None` s'il est
    /// tronqué.
    fn assembler(morceaux: Vec<Self>) -> Option<(Vec<Declaration>, u64)> {
        let mut toutes: Vec<Declaration> = Vec::new();
        let mut lignes = 0;
        let mut etat = Etat::default();
        for morceau in morceaux {
            let rang = u32::try_from(toutes.len()).ok()?;
            let Etat {
                message_herite,
                sous_lot_herite,
                ..
            } = morceau.etat;
            for mut d in morceau.declarations {
                if d.rang <= message_herite.declarations {
                    d.envoi.norme = etat.norme?;
                    d.envoi.essai = etat.essai;
                    d.envoi.depose_le = etat.depose_le;
                }
                if d.rang <= sous_lot_herite.declarations {
                    d.envoi.sous_lot = etat.sous_lot;
                }
                d.rang += rang;
                d.lignes = (d.lignes.0 + lignes, d.lignes.1 + lignes);
                for v in d.caisses.iter_mut().flat_map(|c| &mut c.versements) {
                    v.ligne += lignes;
                }
                toutes.push(d);
            }
            lignes += morceau.lignes;
            let precedent = etat;
            etat = morceau.etat;
            etat.enveloppe = etat.enveloppe.or(precedent.enveloppe);
            if message_herite.encore {
                etat.norme = precedent.norme;
                etat.essai = precedent.essai;
                etat.depose_le = precedent.depose_le;
            }
            if sous_lot_herite.encore {
                etat.sous_lot = precedent.sous_lot;
            }
        }
        etat.entier().ok()?;
        Some((toutes, lignes))
    }
}
