#!/usr/bin/env python3
"""Compare les jours fériés lus dans les articles avec deux bibliothèques, de 1970 à 2100.

    pip install holidays==0.109 workalendar==17.0.0 ; python3 comparaison_feries.py
Écrit feries.csv (jours où les articles et toutes les bibliothèques connaissant la zone s'accordent) et
feries_desaccord.csv (tous les autres). La réunion de feries.csv et des lignes « retenu = oui » est la table des articles.
"""
import csv
import os
from collections import Counter
from datetime import timedelta

import holidays
from workalendar.europe.france import France, FranceAlsaceMoselle

from independant import ZONES, feries, paques

ICI = os.path.dirname(os.path.abspath(__file__))
ANNEES = range(1970, 2101)
SUBDIVISION = {"metropole": None, "alsace-moselle": "6AE", "guadeloupe": "971", "guyane": "973", "martinique": "972",
               "la-reunion": "974", "mayotte": "976", "saint-barthelemy": "BL", "saint-martin": "MF",
               "saint-pierre-et-miquelon": "PM", "wallis-et-futuna": "WF"}
WORKALENDAR = {"metropole": France(), "alsace-moselle": FranceAlsaceMoselle()}       # le reste lui est inconnu

def article(zone, d):
    """L'article qui fonde la réponse retenue."""
    p = paques(d.year)
    if (d.month, d.day) == (5, 8):
        return "CT L3133-1 4° (loi 81-893 du 2 octobre 1981, à partir de 1982)"
    if d == p + timedelta(days=50):
        return "CT L3133-1 6° (journée de solidarité, toujours fête légale)"
    if d == p - timedelta(days=2):
        return "CT L3134-13 2°" if zone == "alsace-moselle" else "absent de CT L3133-1 et L3422-2"
    if zone in ("saint-martin", "saint-barthelemy", "la-reunion") and d.month in (5, 10, 12):
        n = {"saint-martin": "3°", "saint-barthelemy": "5°", "la-reunion": "6°"}[zone]
        return f"CT L3422-2 {n}"
    return "absent de CT L3133-1 et L3422-2"

accord, desaccord, genres = [], [], Counter()
for zone in ZONES:
    for annee in ANNEES:
        droit = set(feries(annee, zone))
        h = set(holidays.country_holidays("FR", subdiv=SUBDIVISION[zone], years=annee))
        if zone == "alsace-moselle":
            assert h == set(holidays.country_holidays("FR", subdiv="57", years=annee))
        h = {d for d in h if d.year == annee}
        w = {d for d, _ in WORKALENDAR[zone].holidays(annee)} if zone in WORKALENDAR else None
        avis = [droit, h] + ([w] if w is not None else [])
        communs = set.intersection(*avis)
        accord.append([zone, annee, " ".join(f"{d:%m-%d}" for d in sorted(communs))])
        for d in sorted(set.union(*avis) - communs):
            ligne = [zone, d.isoformat(), "oui" if d in droit else "non", "oui" if d in h else "non",
                     "vide" if w is None else "oui" if d in w else "non", article(zone, d)]
            desaccord.append(ligne)
            p = paques(annee)
            jour = {p - timedelta(days=2): "Vendredi saint", p + timedelta(days=50): "lundi de Pentecôte",
                    p - timedelta(days=24): "mi-carême"}.get(d, f"{d:%m-%d}")
            genres[(zone, jour, *ligne[2:])] += 1

def ecrire(nom, entete, lignes):
    with open(os.path.join(ICI, nom), "w", encoding="utf-8", newline="") as f:
        e = csv.writer(f, delimiter=";", lineterminator="\n")
        e.writerow(entete)
        e.writerows(lignes)

ecrire("feries.csv", ["zone", "annee", "jours"], accord)
ecrire("feries_desaccord.csv", ["zone", "jour", "retenu", "holidays", "workalendar", "article"], desaccord)
print(len(accord), "lignes d'accord,", len(desaccord), "jours en désaccord")
for cle, n in sorted(genres.items()):
    print(n, *cle, sep=" | ")
