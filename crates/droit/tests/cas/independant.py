#!/usr/bin/env python3
"""Table de cas de délais légaux, calculée indépendamment, depuis la lecture des articles.

Seule la bibliothèque standard est employée. Le programme écrit `delais.csv` (toujours le même),
à côté de lui :    python3 independant.py
Le calcul est littéral : on ne cherche ni la vitesse ni l'abstraction, mais une ligne par règle de droit.
"""
import csv
import os
from datetime import date, timedelta

ICI = os.path.dirname(os.path.abspath(__file__))

# ---------------------------------------------------------------------------------------------
# 1. Pâques (algorithme de Meeus, calendrier grégorien)
# ---------------------------------------------------------------------------------------------

def paques(annee):
    a = annee % 19
    b, c = divmod(annee, 100)
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * l) // 451
    mois, jour = divmod(h + l - 7 * m + 114, 31)
    return date(annee, mois, jour + 1)

# Liste écrite à la main, de 1970 à 2050, plus quelques années remarquables (jour/mois).
PAQUES_A_LA_MAIN = {}
_SUITE = """29/3 11/4 2/4 22/4 14/4 30/3 18/4 10/4 26/3 15/4
6/4 19/4 11/4 3/4 22/4 7/4 30/3 19/4 3/4 26/3
15/4 31/3 19/4 11/4 3/4 16/4 7/4 30/3 12/4 4/4
23/4 15/4 31/3 20/4 11/4 27/3 16/4 8/4 23/3 12/4
4/4 24/4 8/4 31/3 20/4 5/4 27/3 16/4 1/4 21/4
12/4 4/4 17/4 9/4 31/3 20/4 5/4 28/3 16/4 1/4
21/4 13/4 28/3 17/4 9/4 25/3 13/4 5/4 25/4 10/4
1/4 21/4 6/4 29/3 17/4 9/4 25/3 14/4 5/4 18/4 10/4""".split()
for _n, _jm in enumerate(_SUITE):
    PAQUES_A_LA_MAIN[1970 + _n] = _jm
PAQUES_A_LA_MAIN.update({2076: "19/4", 2095: "24/4", 2099: "12/4", 2100: "28/3"})

def verifier_paques():
    for annee, jm in PAQUES_A_LA_MAIN.items():
        j, m = jm.split("/")
        assert paques(annee) == date(annee, int(m), int(j)), (annee, jm, paques(annee))

# ---------------------------------------------------------------------------------------------
# 2. Jours fériés, par zone, d'après les articles
# ---------------------------------------------------------------------------------------------

METROPOLE = ["metropole", "alsace-moselle"]
OUTRE_MER_JURIDICTION = ["guadeloupe", "guyane", "martinique", "la-reunion", "mayotte", "saint-barthelemy",
                         "saint-martin", "saint-pierre-et-miquelon", "wallis-et-futuna"]      # CPC 644
OUTRE_MER_RESIDENCE = OUTRE_MER_JURIDICTION + ["polynesie-francaise", "nouvelle-caledonie",
                                               "terres-australes"]                            # CPC 643
ZONES = METROPOLE + OUTRE_MER_JURIDICTION
RESIDENCES = METROPOLE + OUTRE_MER_RESIDENCE + ["etranger"]

# CT L3422-2 : jour de commémoration de l'abolition de l'esclavage (mois, jour)
ABOLITION = {"mayotte": (4, 27), "martinique": (5, 22), "guadeloupe": (5, 27), "saint-martin": (5, 27),
             "guyane": (6, 10), "saint-barthelemy": (10, 9), "la-reunion": (12, 20)}

def feries(annee, zone):
    """{date: nom} des jours fériés de l'année dans la zone."""
    p = paques(annee)
    jours = {}
    def ajouter(d, nom):
        jours[d] = jours[d] + " et " + nom if d in jours else nom      # l'Ascension peut tomber le 1er ou le 8 mai
    # CT L3133-1
    ajouter(date(annee, 1, 1), "1er janvier")
    ajouter(p + timedelta(days=1), "lundi de Pâques")
    ajouter(date(annee, 5, 1), "1er mai")
    if annee >= 1982:                                                   # loi du 2 octobre 1981
        ajouter(date(annee, 5, 8), "8 mai")
    ajouter(p + timedelta(days=39), "Ascension")
    ajouter(p + timedelta(days=50), "lundi de Pentecôte")
    ajouter(date(annee, 7, 14), "14 juillet")
    ajouter(date(annee, 8, 15), "Assomption")
    ajouter(date(annee, 11, 1), "Toussaint")
    ajouter(date(annee, 11, 11), "11 novembre")
    ajouter(date(annee, 12, 25), "Noël")
    # CT L3134-13, compté pour toute la zone
    if zone == "alsace-moselle":
        ajouter(p - timedelta(days=2), "Vendredi saint")
        ajouter(date(annee, 12, 26), "second jour de Noël")
    # CT L3422-2, depuis 1984
    if zone in ABOLITION and annee >= 1984:
        m, j = ABOLITION[zone]
        ajouter(date(annee, m, j), "abolition de l'esclavage")
    return jours

# ---------------------------------------------------------------------------------------------
# 3. Calcul des délais
# ---------------------------------------------------------------------------------------------

def dernier_jour_du_mois(annee, mois):
    if mois == 12:
        return 31
    return (date(annee, mois + 1, 1) - timedelta(days=1)).day

def plus_mois(jour, n):
    """CPC 641 al. 2 : même quantième, à défaut le dernier jour du mois."""
    rang = jour.year * 12 + (jour.month - 1) + n
    annee, mois = rang // 12, rang % 12 + 1
    return date(annee, mois, min(jour.day, dernier_jour_du_mois(annee, mois)))

def report(jour, zone):
    """CPC 642 al. 2 : jusqu'au premier jour ouvrable suivant."""
    while jour.weekday() >= 5 or jour in feries(jour.year, zone):
        jour += timedelta(days=1)
    return jour

def mois_de_distance(zone, residence):
    """CPC 643 (juridiction en métropole) et 644 (juridiction outre-mer)."""
    if residence == "etranger":
        return 2
    if zone in METROPOLE:
        return 0 if residence in METROPOLE else 1
    return 0 if residence == zone else 1

# règle : (mois, jours, nature, distance ?, premier jour d'application ou None, articles)
REGLES = {
    "mise-en-demeure": (1, 0, "acte", False, None, "CRPM R725-6, R725-7 + CPC 641, 642"),
    "mise-en-demeure-cotisations": (1, 0, "terme", False, None, "CRPM R725-7 + CSS L244-8-1 + CPC 641"),
    "opposition-contrainte": (0, 15, "acte", True, None, "CRPM R725-9 + CPC 641, 642"),
    "recours-cra": (2, 0, "acte", False, None, "CSS R142-1 + CPC 641, 642"),
    "silence-cra": (2, 0, "terme", False, None, "CSS R142-6 + CPC 641"),
    "recours-tribunal": (2, 0, "acte", True, None, "CSS R142-1-A, R142-10-1 + CPC 641, 642"),
    "appel": (1, 0, "acte", True, None, "CSS R142-11 + CPC 538, 641, 642"),
    "appel-refere": (0, 15, "acte", True, None, "CPC 490, 641, 642"),
    "appel-jex": (0, 15, "acte", True, None, "CPCE R121-20 + CPC 641, 642"),
    "cassation": (2, 0, "acte", True, None, "CSS R142-15 + CPC 612, 641, 642"),
    "recours-tribunal-administratif": (2, 0, "franc", True, None, "CJA R421-1 + CPC 642"),
    "cassation-conseil-etat": (2, 0, "franc", True, None, "CJA R821-1 + CPC 642"),
    "rectification-indu": (0, 20, "acte", False, date(2021, 3, 25), "CSS R133-9-2 I + CRPM R725-22-0 + CPC 641, 642"),
    "silence-rectification": (1, 0, "terme", False, date(2021, 3, 25), "CSS R133-9-2 II + CPC 641"),
    "contestation-opposition-tiers": (1, 0, "acte", False, date(2019, 1, 1), "CSS L133-4-9, R133-9-6 + CPC 641, 642"),
    "reponse-tiers-detenteur": (0, 2, "acte", False, date(2019, 1, 1), "CSS R133-9-8 + CPC 641, 642"),
    "remise-majorations": (6, 0, "acte", False, None, "CRPM R731-75, R741-26 + CPC 641, 642"),
    "declaration-creance": (2, 0, "acte", False, date(2006, 1, 1), "C. com. L622-24, R622-24 + CPC 641, 642"),
    "releve-de-forclusion": (6, 0, "acte", False, date(2006, 1, 1), "C. com. L622-26 + CPC 641, 642"),
    "notification-soins": (2, 0, "acte", False, date(2012, 9, 10), "CSS L133-4, R133-9-1 + CRPM R725-22-1 + CPC 641, 642"),
    "suspension-amiable": (2, 0, "terme", False, None, "CRPM L351-5 al. 1 + CPC 641"),
    "suspension-amiable-prorogee": (4, 0, "terme", False, None, "CRPM L351-5 al. 1 + CPC 641"),
    "justification-rectification-orale": (0, 20, "acte", False, date(2021, 3, 25), "CSS R133-9-2 IV 2° + CPC 641, 642"),
    "controle-observations": (0, 30, "acte", False, None, "CSS R243-59 III + CRPM R724-9 + CPC 641, 642"),
    "controle-observations-prolonge": (0, 60, "acte", False, None, "CSS R243-59 III + CRPM R724-9 + CPC 641, 642"),
    "prescription-cotisations": (36, 0, "prescription", False, None, "CRPM L725-7 I"),
    "prescription-cotisations-fraude": (60, 0, "prescription", False, None, "CRPM L725-7 I, L725-12 I"),
    "prescription-action-cotisations": (36, 0, "prescription", False, None, "CRPM L725-7 I + CSS L244-8-1"),
    "prescription-execution-contrainte": (36, 0, "prescription", False, None, "CRPM L725-3 II + CSS L244-9"),
    "prescription-execution-jugement": (120, 0, "prescription", False, date(2012, 6, 1), "CPCE L111-4"),
    "prescription-indu": (24, 0, "prescription", False, None, "CSS L160-11, L332-1, L355-3, L553-1"),
    "prescription-indu-fraude": (60, 0, "prescription", False, None, "CSS L553-1"),
    "prescription-soins": (36, 0, "prescription", False, date(2012, 9, 10), "CSS L133-4 III"),
}

SEMAINE = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
MOIS = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
        "novembre", "décembre"]

def fr(d):
    return f"{'1er' if d.day == 1 else d.day} {MOIS[d.month - 1]} {d.year}"

def frs(d):
    return f"{SEMAINE[d.weekday()]} {fr(d)}"

def duree(mois, jours):
    mots = []
    if mois:
        mots.append(f"{mois // 12} ans" if mois % 12 == 0 else f"{mois} mois")
    if jours:
        mots.append(f"{jours} jours")
    return " + ".join(mots)

def calcul(regle, depuis, zone, residence):
    """Renvoie (échéance, articles, raisonnement)."""
    mois, jours, nature, distance, debut, articles = REGLES[regle]
    assert debut is None or depuis >= debut, (regle, depuis)
    texte = fr(depuis)
    jour_zero = depuis
    # points de départ particuliers
    if regle in ("prescription-cotisations", "prescription-cotisations-fraude"):
        jour_zero = date(depuis.year, 12, 31)
        texte = f"cotisation de {depuis.year}, {fr(jour_zero)}"
    if regle == "prescription-action-cotisations":
        jour_zero = plus_mois(depuis, 1)                  # le mois imparti, sans report
        texte = f"{fr(depuis)} + 1 mois = {fr(jour_zero)}, puis"
    # distance
    supplement = mois_de_distance(zone, residence) if distance else 0
    if supplement:
        if nature == "franc":
            articles += " + CJA R421-7"
        else:
            articles += ", 643" if zone in METROPOLE else ", 644"
    # mois d'abord, jours ensuite (CPC 641 al. 3)
    fin = plus_mois(jour_zero, mois + supplement) + timedelta(days=jours)
    texte += f" + {duree(mois, 0)}" if mois else ""
    if supplement:
        texte += f" + {supplement} mois de distance"
    texte += f" + {jours} jours" if jours else ""
    if mois + supplement and jours == 0 and fin.day != jour_zero.day:
        texte += f" (pas de {jour_zero.day} en {MOIS[fin.month - 1]})"
    if mois + supplement and jours:
        etape = plus_mois(jour_zero, mois + supplement)
        texte += f" (d'abord {fr(etape)})"
    if nature == "franc":
        texte += f" = {fr(fin)}, délai franc, lendemain"
        fin += timedelta(days=1)
    texte += f" = {frs(fin)}"
    if nature in ("acte", "franc"):
        final = report(fin, zone)
        if final == fin:
            texte += ", ouvré"
        else:
            motifs, j = [], fin
            while j < final:
                nom = feries(j.year, zone).get(j)
                motifs.append(nom if nom else SEMAINE[j.weekday()])
                j += timedelta(days=1)
            premier, suite = motifs[0], motifs[1:]
            texte += ", chômé" if premier in SEMAINE else f" ({premier})"
            texte += f", puis {', '.join(suite)}" if suite else ""
            texte += f", reporté au {frs(final)}"
        fin = final
    elif nature == "terme":
        texte += ", terme non reporté"
    else:
        texte += ", prescription non reportée"
    return fin, articles, texte

# ---------------------------------------------------------------------------------------------
# 4. Les cas
# ---------------------------------------------------------------------------------------------

CAS = []          # (règle, depuis, zone, résidence), dans l'ordre d'ajout, sans doublon

def cas(regle, depuis, zone="metropole", residence=None):
    if isinstance(depuis, str):
        depuis = date.fromisoformat(depuis)
    c = (regle, depuis, zone, residence or zone)
    debut = REGLES[regle][4]
    if (debut is None or depuis >= debut) and c not in CAS:
        CAS.append(c)

def vise(regle, fin, zone="metropole", residence=None):
    """Ajoute le cas dont le délai, avant report, finit le jour `fin` (s'il en existe un)."""
    if isinstance(fin, str):
        fin = date.fromisoformat(fin)
    mois, jours, nature, distance, debut, _ = REGLES[regle]
    residence = residence or zone
    m = mois + (mois_de_distance(zone, residence) if distance else 0)
    cible = fin - timedelta(days=jours + (1 if nature == "franc" else 0))
    depart = plus_mois(cible, -m)
    if plus_mois(depart, m) == cible:
        cas(regle, depart, zone, residence)

def construire():
    # --- a. un jour ordinaire pour chaque règle, puis un peu partout entre 1984 et 2099
    for regle in REGLES:
        cas(regle, "2026-03-02")
        cas(regle, "2022-09-14")
    cas("opposition-contrainte", "1984-01-02")
    cas("opposition-contrainte", "1999-12-20")
    cas("appel", "1987-06-11")
    cas("appel", "2061-08-09")
    cas("recours-tribunal", "1993-02-17")
    cas("recours-tribunal", "2088-04-21")
    cas("cassation", "1996-07-05")
    cas("cassation", "2075-03-15")
    cas("remise-majorations", "2050-05-03")
    cas("recours-cra", "2044-10-10")
    cas("mise-en-demeure", "1990-09-19")

    # --- b. 29 février : point de départ, arrivée, années bissextiles ou non (2100 ne l'est pas)
    for regle in ("appel", "recours-tribunal", "remise-majorations", "mise-en-demeure-cotisations", "silence-cra",
                  "recours-tribunal-administratif", "opposition-contrainte"):
        for an in (2000, 2024, 2028):
            cas(regle, date(an, 2, 29))
    for an in (1984, 1996, 2048, 2096):
        cas("appel", date(an, 2, 29))
        cas("silence-cra", date(an, 2, 29))
    for an in (2023, 2024, 2027, 2028, 2095, 2096):                 # arrivée au dernier jour de février
        for j in (28, 29, 30, 31):
            cas("mise-en-demeure-cotisations", date(an, 1, j))
        cas("appel", date(an, 1, 31))
        cas("silence-cra", date(an, 12, 31))
        cas("recours-tribunal", date(an, 12, 30))
        cas("recours-tribunal-administratif", date(an, 12, 31))
        cas("remise-majorations", date(an, 8, 31))
    cas("silence-cra", "2099-12-31")
    cas("recours-tribunal", "2099-12-31")
    cas("recours-tribunal-administratif", "2099-12-31")
    cas("recours-tribunal-administratif", "2099-12-28")
    cas("remise-majorations", "2099-08-31")
    cas("opposition-contrainte", "2024-02-14")                      # + 15 jours = 29 février
    cas("opposition-contrainte", "2023-02-14")
    cas("appel-refere", "2028-02-14")
    cas("appel-jex", "2096-02-14")
    cas("rectification-indu", "2024-02-09")                         # + 20 jours = 29 février
    cas("rectification-indu", "2028-02-09")
    cas("reponse-tiers-detenteur", "2024-02-27")
    cas("reponse-tiers-detenteur", "2023-02-27")
    cas("reponse-tiers-detenteur", "2028-02-28")
    for regle in ("prescription-indu", "prescription-indu-fraude", "prescription-execution-contrainte",
                  "prescription-soins"):
        cas(regle, "2024-02-29")
        cas(regle, "2028-02-29")
        cas(regle, "2026-02-28")
        cas(regle, "2025-02-28")
        cas(regle, "2096-02-29")

    # --- c. fins de mois
    for depart in ("2026-01-31", "2026-03-31", "2026-05-31", "2026-08-31", "2026-10-31", "2026-12-31",
                   "2025-01-30", "2025-06-30", "2025-11-30", "2025-12-29"):
        cas("appel", depart)
        cas("recours-cra", depart)
        cas("mise-en-demeure", depart)
        cas("recours-tribunal-administratif", depart)
    for depart in ("2026-08-29", "2026-08-30", "2026-08-31", "2027-08-29", "2027-08-31", "2026-05-31", "2026-03-31"):
        cas("remise-majorations", depart)
        cas("releve-de-forclusion", depart)

    # --- d. années ISO de 53 semaines et passages d'année
    for an in (1992, 2004, 2009, 2015, 2020, 2026, 2032, 2037, 2099):
        cas("opposition-contrainte", date(an, 12, 15))
        cas("opposition-contrainte", date(an, 12, 17))
        cas("appel", date(an, 12, 1))
        cas("recours-cra", date(an, 10, 31))
        cas("recours-tribunal-administratif", date(an, 10, 31))
        cas("reponse-tiers-detenteur", date(an, 12, 30))
    for an in (2019, 2021, 2022, 2023, 2027, 2028):
        cas("reponse-tiers-detenteur", date(an, 12, 23))
        cas("reponse-tiers-detenteur", date(an, 12, 31))
        cas("appel-jex", date(an, 12, 10))
        cas("appel-refere", date(an, 12, 17))

    # --- e. suites de jours chômés : Vendredi saint - lundi de Pâques
    for an in (1989, 2008, 2024, 2026, 2038, 2095):
        p = paques(an)
        for ecart in (-3, -2, -1, 0, 1, 2):
            vise("opposition-contrainte", p + timedelta(days=ecart), "alsace-moselle")
        for ecart in (-2, 1):
            vise("opposition-contrainte", p + timedelta(days=ecart), "metropole")
        vise("recours-tribunal-administratif", p - timedelta(days=2), "alsace-moselle")
        vise("silence-cra", p - timedelta(days=2), "alsace-moselle")
    # Ascension, Pentecôte, 1er et 8 mai (Ascension le 1er mai : 2008 - le 8 mai : 1986, 1997, 2059)
    for an in (1986, 1997, 2005, 2008, 2016, 2026, 2027, 2059, 2081):
        p = paques(an)
        vise("opposition-contrainte", p + timedelta(days=39))
        vise("recours-tribunal", p + timedelta(days=50))
        vise("appel-refere", date(an, 5, 1))
        vise("appel-jex", date(an, 5, 8))
        vise("recours-cra", p + timedelta(days=48))
    # 24-27 décembre autour des fins de semaine, et 1er janvier
    for an in (2020, 2021, 2022, 2024, 2025, 2026, 2027, 2033):
        for j in (24, 25, 26, 27):
            vise("opposition-contrainte", date(an, 12, j), "alsace-moselle")
        vise("opposition-contrainte", date(an, 12, 25), "metropole")
        vise("opposition-contrainte", date(an, 12, 26), "metropole")
        vise("appel", date(an, 12, 26), "alsace-moselle")
    # tous les jours fériés nationaux d'une année, en appel
    for an in (1985, 2029, 2090):
        for d in sorted(feries(an, "metropole")):
            vise("appel", d)
    # samedis et dimanches simples
    for an in (1991, 2013, 2031, 2066):
        vise("cassation", date(an, 3, 2) + timedelta(days=(5 - date(an, 3, 2).weekday()) % 7))
        vise("cassation", date(an, 3, 2) + timedelta(days=(6 - date(an, 3, 2).weekday()) % 7))
    # jours chômés et termes : aucun report
    for fin in ("2026-12-25", "2026-11-01", "2027-05-01", "2028-01-01", "2022-05-08", "2025-12-25"):
        vise("silence-cra", fin)
        vise("mise-en-demeure-cotisations", fin)
        vise("silence-rectification", fin)

    # --- f. jours de l'outre-mer, qui ne reportent que dans leur zone
    for zone, (m, j) in ABOLITION.items():
        for an in (1984, 2025, 2026, 2098):
            vise("opposition-contrainte", date(an, m, j), zone)
        for an in (2022, 2027):
            vise("recours-tribunal", date(an, m, j), zone)
            vise("recours-tribunal-administratif", date(an, m, j), zone)
            vise("silence-cra", date(an, m, j), zone)
        for autre in ZONES:
            vise("mise-en-demeure", date(2026, m, j), autre)
    # Guadeloupe 2026 : lundi de Pentecôte 25 mai, abolition 27 mai - Martinique 2023 et suivantes
    for fin in ("2026-05-23", "2026-05-24", "2026-05-25", "2026-05-26", "2026-05-27"):
        for zone in ("guadeloupe", "martinique", "saint-martin", "saint-barthelemy"):
            vise("opposition-contrainte", fin, zone)
    # le Vendredi saint et le 26 décembre ne chôment nulle part ailleurs qu'en Alsace-Moselle
    for zone in ZONES:
        vise("mise-en-demeure", "2026-04-03", zone)
        vise("appel", "2025-12-26", zone)
        vise("opposition-contrainte", "2025-07-14", zone)
        cas("recours-tribunal", "2025-09-11", zone)                 # + 2 mois = 11 novembre
        cas("recours-tribunal-administratif", "2023-06-14", zone)   # franc : + 2 mois = 14 août, lendemain 15 août
        cas("remise-majorations", "2033-10-20", zone)

    # --- g. distance : toutes les paires juridiction - résidence (un mois de 31 jours, puis + 15 jours)
    for zone in ZONES:
        for residence in RESIDENCES:
            cas("opposition-contrainte", "2026-01-31", zone, residence)
    for residence in RESIDENCES:
        for zone in ("alsace-moselle", "la-reunion"):
            cas("appel", "2027-01-31", zone, residence)
        for zone in ("metropole", "saint-barthelemy"):
            cas("recours-tribunal", "2027-12-31", zone, residence)
        cas("recours-tribunal-administratif", "2026-11-30", "metropole", residence)
        cas("recours-tribunal-administratif", "2026-11-30", "mayotte", residence)
        cas("cassation", "2023-12-31", "metropole", residence)
        cas("cassation-conseil-etat", "2025-11-28", "metropole", residence)
        cas("appel-refere", "2024-01-31", "guadeloupe", residence)
        cas("appel-jex", "2024-01-30", "metropole", residence)
    # mois d'abord, jours ensuite : l'ordre inverse donnerait un autre jour
    for depart in ("2026-01-29", "2026-01-31", "2027-01-30", "2028-01-31", "2028-01-20", "2028-02-15", "2026-02-14",
                   "2026-02-20", "2027-03-31", "2026-05-31", "2026-08-31", "2026-10-31", "2026-12-31"):
        cas("opposition-contrainte", depart, "metropole", "martinique")
        cas("opposition-contrainte", depart, "guyane", "metropole")
        cas("appel-jex", depart, "metropole", "etranger")
        cas("appel-refere", depart, "wallis-et-futuna", "nouvelle-caledonie")
    # le mois de distance déplace l'échéance sur un jour chômé de la zone
    vise("opposition-contrainte", "2026-04-03", "alsace-moselle", "la-reunion")
    vise("opposition-contrainte", "2026-05-27", "guadeloupe", "saint-martin")
    vise("opposition-contrainte", "2026-05-27", "saint-martin", "guadeloupe")
    vise("opposition-contrainte", "2026-12-20", "la-reunion", "mayotte")
    vise("opposition-contrainte", "2027-12-20", "la-reunion", "mayotte")
    vise("opposition-contrainte", "2026-04-27", "mayotte", "la-reunion")
    vise("opposition-contrainte", "2026-12-25", "alsace-moselle", "etranger")
    vise("appel", "2026-06-10", "guyane", "metropole")
    vise("appel", "2026-10-09", "saint-barthelemy", "saint-martin")
    vise("recours-tribunal", "2028-05-22", "martinique", "guadeloupe")
    vise("cassation", "2028-05-22", "metropole", "martinique")      # férié chez lui, ouvré à Paris
    vise("appel", "2026-05-27", "metropole", "guadeloupe")
    # la distance ne joue pas pour ces règles
    for regle in ("mise-en-demeure", "mise-en-demeure-cotisations", "recours-cra", "silence-cra", "rectification-indu",
                  "silence-rectification", "contestation-opposition-tiers", "reponse-tiers-detenteur",
                  "remise-majorations", "notification-soins", "prescription-indu", "prescription-cotisations",
                  "prescription-action-cotisations"):
        cas(regle, "2026-01-31", "metropole", "etranger")
        cas(regle, "2026-01-31", "metropole", "la-reunion")
        cas(regle, "2026-01-31", "guadeloupe", "metropole")

    # --- h. prescriptions
    for an in (1984, 1999, 2020, 2023, 2024, 2029, 2099):
        cas("prescription-cotisations", date(an, 1, 1))
        cas("prescription-cotisations", date(an, 12, 31))
        cas("prescription-cotisations-fraude", date(an, 6, 30))
    for depart in ("2017-01-31", "2024-01-30", "2024-01-31", "2024-02-29", "2025-01-29", "2025-01-31", "2025-12-31",
                   "2026-05-31", "2023-11-25", "2023-11-30", "2095-01-31"):
        cas("prescription-action-cotisations", depart)
    for depart in ("2017-03-05", "2023-12-25", "2024-11-01", "2025-08-31", "2026-12-31", "2031-07-14"):
        cas("prescription-execution-contrainte", depart)
        cas("prescription-indu", depart)
        cas("prescription-indu-fraude", depart)
        cas("prescription-soins", depart)

    # --- i. premiers jours d'application
    cas("rectification-indu", "2021-03-25")
    cas("silence-rectification", "2021-03-25")
    cas("contestation-opposition-tiers", "2019-01-01")
    cas("reponse-tiers-detenteur", "2019-01-01")
    cas("declaration-creance", "2006-01-01")
    cas("releve-de-forclusion", "2006-01-01")
    for fin in ("2021-05-01", "2026-05-14", "2026-07-14", "2030-12-25"):
        vise("rectification-indu", fin)
        vise("notification-soins", fin)
        vise("contestation-opposition-tiers", fin)
        vise("declaration-creance", fin)
        vise("releve-de-forclusion", fin)
        vise("reponse-tiers-detenteur", fin)
    for depart in ("2026-04-02", "2026-04-03", "2026-12-23", "2026-12-24", "2027-05-06"):
        cas("reponse-tiers-detenteur", depart)
        cas("reponse-tiers-detenteur", depart, "alsace-moselle")
    for depart in ("2026-03-14", "2026-12-04", "2027-03-06"):
        cas("rectification-indu", depart)
        cas("rectification-indu", depart, "alsace-moselle")

    # --- j. contrôle : trente jours et soixante jours, de la réception de la lettre d'observations
    for regle in ("controle-observations", "controle-observations-prolonge"):
        for depart in ("2026-01-30", "2026-01-31", "2028-01-30", "2026-12-01", "2027-07-01", "2027-11-02"):
            cas(regle, depart)
            cas(regle, depart, "guadeloupe", "metropole")           # la distance ne joue pas
        for fin in ("2026-04-03", "2026-05-01", "2026-05-25", "2026-08-15", "2026-12-26", "2028-02-29"):
            vise(regle, fin)
            vise(regle, fin, "alsace-moselle")

    # --- k. règlement amiable : deux mois, puis deux mois ; jamais de 29, 30 ou 31 ici, les deux mois s'y comptant l'un
    # après l'autre
    for depart in ("2014-07-01", "2025-10-20", "2026-01-15", "2026-03-01", "2027-10-25", "2028-06-28"):
        cas("suspension-amiable", depart)
        cas("suspension-amiable-prorogee", depart, "metropole", "etranger")
    for depart in ("2026-12-31", "2027-12-30", "2027-12-31", "2028-08-31"):
        cas("suspension-amiable", depart)

    # --- l. pièces d'une demande orale : vingt jours, de l'invitation reçue
    for depart in ("2021-03-25", "2024-02-09", "2026-10-22", "2026-12-05", "2027-04-28", "2028-12-12"):
        cas("justification-rectification-orale", depart)
        cas("justification-rectification-orale", depart, "alsace-moselle", "etranger")

    # --- m. jugement : dix ans
    for depart in ("2012-06-01", "2024-02-29", "2026-01-31", "2026-12-31", "2028-02-29", "2095-11-30"):
        cas("prescription-execution-jugement", depart)
        cas("prescription-execution-jugement", depart, "guadeloupe", "etranger")

def ecrire():
    with open(os.path.join(ICI, "delais.csv"), "w", encoding="utf-8", newline="") as f:
        ecriture = csv.writer(f, delimiter=";", lineterminator="\n")
        ecriture.writerow("regle depuis zone residence echeance source raisonnement".split())
        for regle, depuis, zone, residence in CAS:
            fin, articles, texte = calcul(regle, depuis, zone, residence)
            assert ";" not in texte and ";" not in articles
            ecriture.writerow([regle, depuis.isoformat(), zone, residence, fin.isoformat(), articles, texte])

def points_fixes():
    """Quelques échéances faites à la main, sans programme, avant toute écriture."""
    def e(*a):
        return calcul(a[0], date.fromisoformat(a[1]), *a[2:])[0].isoformat()
    assert e("opposition-contrainte", "2026-03-02", "metropole", "metropole") == "2026-03-17"
    assert e("opposition-contrainte", "2026-03-19", "alsace-moselle", "alsace-moselle") == "2026-04-07"
    assert e("opposition-contrainte", "2026-03-19", "metropole", "metropole") == "2026-04-03"
    assert e("appel", "2026-01-31", "metropole", "metropole") == "2026-03-02"       # 28 février 2026, samedi
    assert e("appel", "2026-01-31", "metropole", "la-reunion") == "2026-03-31"
    assert e("appel", "2024-01-31", "metropole", "metropole") == "2024-02-29"
    assert e("recours-tribunal-administratif", "2027-03-02", "metropole", "metropole") == "2027-05-03"
    assert e("recours-tribunal-administratif", "2025-12-31", "metropole", "metropole") == "2026-03-02"
    assert e("opposition-contrainte", "2026-01-31", "metropole", "martinique") == "2026-03-16"  # 28/2 puis 15/3, dimanche
    assert e("prescription-cotisations", "2023-05-15", "metropole", "metropole") == "2026-12-31"
    assert e("prescription-action-cotisations", "2025-01-31", "metropole", "metropole") == "2028-02-28"
    assert e("silence-cra", "2026-10-25", "metropole", "metropole") == "2026-12-25"
    assert e("controle-observations", "2026-03-02", "metropole", "metropole") == "2026-04-01"
    assert e("controle-observations-prolonge", "2026-03-02", "metropole", "metropole") == "2026-05-04"   # 1er mai

if __name__ == "__main__":
    verifier_paques()
    points_fixes()
    construire()
    ecrire()
    print(len(CAS), "cas écrits")
