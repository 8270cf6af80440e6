//! Les contrôles que la norme ne nomme pas.

use super::{Controle, b, s};

pub(super) static CONTROLES: [Controle; 36] = [
    b("SYNTAXE/ligne-vide", "Aucune ligne n'est vide.", "La ligne est vide. Faites-la retirer."),
    b("SYNTAXE/longueur", "Une ligne a 256 caractères au plus, fin de ligne non comprise.", "La ligne dépasse 256 caractères. Faites raccourcir la valeur, ou rétablir la fin de ligne qui manque."),
    b("SYNTAXE/octet-nul", "Aucun octet nul.", "La ligne contient un octet nul. Redemandez le fichier à son émetteur."),
    b("SYNTAXE/retour-chariot", "Un retour chariot est suivi d'un saut de ligne.", "La ligne contient un retour chariot sans saut de ligne. Faites terminer chaque ligne par CR LF, ou par LF."),
    b("SYNTAXE/caractere-de-controle", "Aucun autre caractère de contrôle (moins de 0x20, ou 0x7F).", "La ligne contient un caractère de contrôle. Faites-le retirer."),
    b("SYNTAXE/rubrique", "Une ligne commence par une rubrique et une virgule.", "La ligne ne commence pas par une rubrique et une virgule (S00.G00.00.000,). Redemandez le fichier à son émetteur."),
    b("SYNTAXE/apostrophe", "Deux apostrophes entourent la valeur.", "Une apostrophe manque au début ou à la fin de la valeur. Faites entourer la valeur d'apostrophes."),
    b("SYNTAXE/valeur-vide", "La valeur n'est pas vide.", "La valeur est vide. Faites renseigner la rubrique, ou retirer la ligne."),
    b("SYNTAXE/blanc", "Aucun blanc au début ni à la fin de la valeur.", "La valeur commence ou finit par un blanc. Faites-le retirer."),
    b("SYNTAXE/utf8", "Le texte est en ISO-8859-1 : aucun caractère UTF-8 de plusieurs octets, ni marque d'UTF-8 en tête.", "Le texte est encodé en UTF-8, la norme veut ISO-8859-1. Reprenez le fichier d'origine, ou faites-le convertir."),
    s("SYNTAXE/caractere-reserve", "Aucun octet de 0x80 à 0x9F, qu'ISO-8859-1 n'imprime pas.", "La valeur contient un caractère qu'ISO-8859-1 n'imprime pas : le texte vient sans doute de Windows-1252. Faites-le remplacer."),

    b("STRUCTURE/rubrique-inconnue", "La rubrique est dans les tables de la norme. Signalement si l'envoi suit une autre version, ou si le portail l'a ajoutée.", "La rubrique n'est pas dans la norme. Faites-la corriger ou retirer."),
    b("STRUCTURE/ordre-rubrique", "Les rubriques d'un bloc suivent l'ordre de la norme.", "La rubrique n'est pas à sa place dans le bloc. Faites remettre les rubriques dans l'ordre de la norme."),
    b("STRUCTURE/doublon", "Une rubrique n'est qu'une fois dans son bloc.", "La rubrique est répétée dans le bloc, ou la première rubrique d'un nouveau bloc manque devant elle. Faites retirer la ligne en trop, ou ajouter celle qui manque."),
    b("STRUCTURE/contigu", "Les rubriques d'un bloc se suivent, sans bloc enfant entre elles.", "La rubrique est séparée des autres de son bloc. Faites-la remettre avec elles, avant les blocs enfants."),
    b("STRUCTURE/ordre-bloc", "Les blocs frères suivent l'ordre de l'arborescence.", "Le bloc n'est pas à sa place. Faites remettre les blocs dans l'ordre de la norme."),
    b("STRUCTURE/parent", "Un bloc se trouve sous son parent.", "Le bloc parent manque. Faites-le ajouter."),
    b("STRUCTURE/cardinalite-maximale", "Un bloc n'est pas sous son parent plus souvent que l'arborescence ne le permet.", "Le bloc ne peut être déclaré qu'une fois ici. Faites retirer le bloc en trop."),
    b("STRUCTURE/bloc-absent", "Un bloc que l'arborescence exige est sous son parent. Pour les blocs d'un individu : DSN mensuelle seulement.", "Un bloc manque. Faites compléter la déclaration."),
    b("STRUCTURE/rubrique-absente", "Une rubrique sans laquelle son bloc ne se lit pas est là (liste ci-dessous).", "Une rubrique manque. Faites-la renseigner."),

    b("VALEUR/longueur", "La valeur a la longueur que la norme permet.", "La valeur n'a pas la longueur permise. Faites-la corriger."),
    b("VALEUR/forme", "La valeur suit l'expression régulière de la norme.", "La valeur n'a pas la forme permise. Faites-la corriger."),
    b("VALEUR/enumeration", "La valeur est l'un des codes de la norme. Signalement si l'envoi suit une autre version.", "Le code n'est pas permis. Faites-le corriger."),
    b("VALEUR/date", "La date existe dans le calendrier.", "La date n'existe pas dans le calendrier. Faites-la corriger par le déclarant."),
    b("VALEUR/fraction", "Le numéro de fraction est n sur d, n au plus égal à d.", "Le numéro de fraction annonce plus de fractions déposées qu'il n'y en a. Faites-le corriger par le déclarant."),

    b("TOTAL/rubriques", "S90.G00.90.001 est le nombre de rubriques du message, elle-même et celles du portail comprises.", "Le nombre total de rubriques n'est pas celui des lignes du message. Le fichier est tronqué ou modifié : redemandez-le à son émetteur."),
    b("TOTAL/declarations", "S90.G00.90.002 est le nombre de déclarations (S20.G00.05) du message.", "Le nombre de DSN n'est pas celui des déclarations du message. Le fichier est tronqué ou modifié : redemandez-le à son émetteur."),

    b("ENVELOPPE/ordre", "S05, puis des sous-lots de S06 à S96, puis S95.", "L'enveloppe du portail est dans le désordre. Redemandez le fichier au portail."),
    b("ENVELOPPE/sous-lot", "S96.G51.00.002 est le nombre de messages du sous-lot.", "Le nombre de messages du sous-lot n'est pas celui du fichier. Redemandez le fichier au portail."),
    b("ENVELOPPE/lot", "S95.G51.00.002 est le nombre de messages du lot.", "Le nombre de messages du lot n'est pas celui du fichier. Redemandez le fichier au portail."),
    b("ENVELOPPE/identifiant", "S95.G51.00.001 est l'identifiant que donne S05.G51.00.002.", "La fin de lot ne porte pas l'identifiant du lot. Redemandez le fichier au portail."),
    s("ENVELOPPE/annonce", "S05.G51.00.006 est le nombre de messages du lot.", "L'en-tête du lot n'annonce pas le nombre de messages du fichier. Vérifiez que le fichier est entier."),
    b("ENVELOPPE/tronquee", "Un lot commencé par S05 finit par S95.", "Le lot n'est pas fermé par S95.G51.00. Le fichier est tronqué : redemandez-le au portail."),

    s("CLE/siret-payeur", "La clé du SIRET payeur (S21.G00.20.012).", "Le SIRET payeur ne respecte pas la clé SIRET. Faites-le vérifier par le déclarant."),
    s("INDIVIDU/departement-20", "Le département de naissance 20 n'est pas celui d'une personne née à partir de 1976 : la part de S21.G00.30.014/CCH-11 que Sillon ne bloque pas.", "Une personne née à partir de 1976 a pour département de naissance 2A ou 2B, et non 20. Faites vérifier le département par le déclarant."),
    s("INDIVIDU/nir-20", "Le département 20 d'un NIR n'est pas celui d'une personne née à partir de 1976 : la part de S21.G00.30.001/CCH-11 que Sillon ne bloque pas.", "Le NIR d'une personne née à partir de 1976 porte 2A ou 2B, et non 20. Faites vérifier le NIR par le déclarant."),
];
