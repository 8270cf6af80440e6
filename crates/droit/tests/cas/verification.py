#!/usr/bin/env python3
"""Seconde dérivation des cas de `delais.csv`, sans `datetime` ni formule de Pâques.

On déroule un calendrier jour par jour depuis le dimanche 1er janvier 1984, on y marque les jours chômés en avançant,
et chaque délai se compte en marchant sur ce calendrier.   python3 verification.py
"""
import csv
import os

ICI = os.path.dirname(os.path.abspath(__file__))

# --- le calendrier : une liste de (année, mois, jour, jour de semaine) ; 0 = dimanche
CAL, RANG = [], {}
semaine = 0                                                  # le 1er janvier 1984 est un dimanche
for annee in range(1984, 2106):
    bissextile = annee % 4 == 0 and (annee % 100 != 0 or annee % 400 == 0)
    for mois, n in enumerate([31, 29 if bissextile else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], 1):
        for jour in range(1, n + 1):
            RANG[(annee, mois, jour)] = len(CAL)
            CAL.append((annee, mois, jour, semaine))
            semaine = (semaine + 1) % 7

# --- Pâques par le comput des tables : nombre d'or, épacte, pleine lune, puis le dimanche qui suit
def rang_paques(annee):
    nombre_or = annee % 19 + 1
    siecle = annee // 100 + 1
    solaire = 3 * siecle // 4 - 12
    lunaire = (8 * siecle + 5) // 25 - 5
    epacte = (11 * nombre_or + 20 + lunaire - solaire) % 30
    if epacte == 24 or (epacte == 25 and nombre_or > 11):
        epacte += 1
    lune = 44 - epacte                                       # quantième compté en mars
    if lune < 21:
        lune += 30
    i = RANG[(annee, 3, 1)] + lune - 1
    i += 1                                                   # strictement après la pleine lune
    while CAL[i][3] != 0:
        i += 1
    return i

FIXES = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
LOCAUX = {"mayotte": (4, 27), "martinique": (5, 22), "guadeloupe": (5, 27), "saint-martin": (5, 27), "guyane": (6, 10),
          "saint-barthelemy": (10, 9), "la-reunion": (12, 20), "alsace-moselle": (12, 26)}
MOBILES, VENDREDI_SAINT = set(), set()
for annee in range(1984, 2106):
    p = rang_paques(annee)
    VENDREDI_SAINT.add(p - 2)
    MOBILES.update((p + 1, p + 39, p + 50))

def chome(i, zone):
    a, m, j, s = CAL[i]
    return (s in (0, 6) or (m, j) in FIXES or i in MOBILES or LOCAUX.get(zone) == (m, j)
            or (zone == "alsace-moselle" and i in VENDREDI_SAINT))

def avancer_mois(i, n):
    """Marche mois par mois en gardant le quantième de départ."""
    voulu = CAL[i][2]
    while CAL[i][2] != 1:                                    # revenir au premier du mois
        i -= 1
    for _ in range(n):                                       # passer n premiers du mois
        i += 1
        while CAL[i][2] != 1:
            i += 1
    while CAL[i][2] != voulu and CAL[i + 1][2] != 1:         # aller au quantième, ou au dernier jour
        i += 1
    return i

DISTANCE = {"opposition-contrainte", "recours-tribunal", "appel", "appel-refere", "appel-jex", "cassation",
            "recours-tribunal-administratif", "cassation-conseil-etat"}
FRANCS = {"recours-tribunal-administratif", "cassation-conseil-etat"}
NE_BOUGE_PAS = {"mise-en-demeure-cotisations", "silence-cra", "silence-rectification", "suspension-amiable",
                "suspension-amiable-prorogee"}
EN_JOURS = {"opposition-contrainte": 15, "appel-refere": 15, "appel-jex": 15, "rectification-indu": 20,
            "reponse-tiers-detenteur": 2, "justification-rectification-orale": 20, "controle-observations": 30, "controle-observations-prolonge": 60}
EN_MOIS = {"mise-en-demeure": 1, "mise-en-demeure-cotisations": 1, "recours-cra": 2, "silence-cra": 2,
           "recours-tribunal": 2, "appel": 1, "cassation": 2, "recours-tribunal-administratif": 2,
           "cassation-conseil-etat": 2, "silence-rectification": 1, "contestation-opposition-tiers": 1,
           "remise-majorations": 6, "declaration-creance": 2, "releve-de-forclusion": 6, "notification-soins": 2,
           "suspension-amiable": 2, "suspension-amiable-prorogee": 4}
EN_ANNEES = {"prescription-cotisations": 3, "prescription-cotisations-fraude": 5, "prescription-action-cotisations": 3,
             "prescription-execution-contrainte": 3, "prescription-execution-jugement": 10, "prescription-indu": 2, "prescription-indu-fraude": 5,
             "prescription-soins": 3}

def echeance(regle, a, m, j, zone, residence):
    i = RANG[(a, m, j)]
    if regle in EN_ANNEES:
        if regle.startswith("prescription-cotisations"):
            while CAL[i][1:3] != (12, 31):
                i += 1
        if regle == "prescription-action-cotisations":
            i = avancer_mois(i, 1)
        return CAL[avancer_mois(i, 12 * EN_ANNEES[regle])][:3]
    loin = 0
    if regle in DISTANCE:
        ici = "metropole" if zone == "alsace-moselle" else zone
        chez_lui = "metropole" if residence == "alsace-moselle" else residence
        loin = 2 if residence == "etranger" else 0 if ici == chez_lui else 1
    i = avancer_mois(i, EN_MOIS.get(regle, 0) + loin)
    for _ in range(EN_JOURS.get(regle, 0)):
        i += 1
    if regle in FRANCS:
        i += 1
    if regle not in NE_BOUGE_PAS:
        while chome(i, zone):
            i += 1
    return CAL[i][:3]

faux = total = 0
with open(os.path.join(ICI, "delais.csv"), encoding="utf-8") as f:
    for ligne in csv.DictReader(f, delimiter=";"):
        a, m, j = map(int, ligne["depuis"].split("-"))
        trouve = "%04d-%02d-%02d" % echeance(ligne["regle"], a, m, j, ligne["zone"], ligne["residence"])
        total += 1
        if trouve != ligne["echeance"]:
            faux += 1
            print("écart :", ligne["regle"], ligne["depuis"], ligne["zone"], ligne["residence"], ligne["echeance"], trouve)
print(f"{total} cas refaits, {faux} écarts")
raise SystemExit(1 if faux else 0)
