"""A small study with every type of question, written to a folder for a test to read or damage."""

from __future__ import annotations

from pathlib import Path

from phare_pipeline.registry.loader import load_registry
from phare_pipeline.survey.codebook import Codebook, load_codebook

REGISTRY = load_registry()
STUDY = "essai-2020"

STUDY_TOML = """\
study_id = "essai-2020"
title = "Étude d’essai"
producer = "Le projet"
vintage = "2020"
licence = "libre"
note_fr = ""

[actors.citoyens]
label_fr = "Citoyens"
unit_fr = "personnes"
population_fr = "18 ans et plus"
mode_fr = "CAWI"
field_start = "2020-01-06"
field_end = "2020-02"
sampling_fr = "Quotas"
areas = ["hauts-de-france", "france"]

[actors.associations]
label_fr = "Associations"
unit_fr = "associations"
population_fr = "Associations"
mode_fr = "CAWI"
sampling_fr = "Lieu"
areas = ["nord-est", "france"]

[[files]]
kind = "results"
path = "published/essai-2020.csv"
sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
bytes = 12

[[exports]]
actor = "citoyens"
path = "exports/citoyens.csv"
format = "institute"
"""

TABLES = {
    "areas.csv": """\
area_id,label_fr,kind,region_code,note_fr
hauts-de-france,Hauts-de-France,region,32,
bretagne,Bretagne,region,53,
nord-est,Nord Est,super_region,,
france,France entière,national,,
""",
    "options.csv": """\
scale_id,option_id,code,label_fr,aliases,kind,is_positive
note,note_1,1,1,,answer,false
note,note_2,2,2,,answer,false
note,note_3,3,3,,answer,false
note,note_4,4,4,,answer,false
note,note_5,5,5,,answer,false
note,note_6,6,6,,answer,false
note,note_7,7,7,,answer,false
note,note_8,8,8,,answer,false
note,note_9,9,9,,answer,false
note,note_10,10,10,,answer,false
note,nsp,98,NSP,Ne sait pas,dont_know,false
note,refus,99,Refus,,refused,false
note,non_pose,97,Non posée,,not_asked,false
accord,tout_a_fait,1,Tout à fait,,answer,true
accord,plutot,2,Plutôt,,answer,true
accord,plutot_pas,3,Plutôt pas,,answer,false
accord,pas_du_tout,4,Pas du tout,,answer,false
accord,nsp,98,NSP,,dont_know,false
accord,refus,99,Refus,,refused,false
accord,non_pose,97,Non posée,,not_asked,false
oui_non,oui,1,Oui,,answer,true
oui_non,non,2,Non,,answer,false
oui_non,nsp,98,NSP,,dont_know,false
oui_non,refus,99,Refus,,refused,false
oui_non,non_pose,97,Non posée,,not_asked,false
avenir,developper,1,Se développer,,answer,true
avenir,stagner,2,Stagner,,answer,false
avenir,diminuer,3,Diminuer,,answer,false
avenir,nsp,98,NSP,,dont_know,false
avenir,non_pose,97,Non posée,,not_asked,false
coche,non,0,Non,,answer,false
coche,oui,1,Oui,,answer,true
coche,refus,99,Refus,,refused,false
coche,non_pose,97,Non posée,,not_asked,false
rang,rang_1,1,En premier,,answer,true
rang,rang_2,2,En deuxième,,answer,true
rang,rang_3,3,En troisième,,answer,true
rang,nsp,98,NSP,,dont_know,false
rang,refus,99,Refus,,refused,false
rang,non_pose,97,Non posée,,not_asked,false
sexe,homme,1,Homme,,answer,false
sexe,femme,2,Femme,,answer,false
age,jeune,1,18-49 ans,,answer,false
age,vieux,2,50 ans et plus,,answer,false
""",
    "bands.csv": """\
actor,type,statistic,label_fr,codes
citoyens,note_1_10,share_band_low,1-5,1 2 3 4 5
citoyens,note_1_10,share_band_mid,6-7,6 7
citoyens,note_1_10,share_band_high,8-10,8 9 10
citoyens,agree4,share_top1,tout à fait,1
citoyens,agree4,share_top2,d’accord,1 2
citoyens,top3_rank,share_first,en premier,1
citoyens,top3_rank,share_top3_total,total 3 choix,1 2 3
""",
    "derived.csv": """\
uid,item_code,label_fr,aliases,statistic,plus,minus,part_of
citoyens:Q7,net,Différentiel,,net_balance,developper,diminuer,
citoyens:Q7,non_diminuer,Se maintient,,share_net,developper stagner,,
""",
    "items.csv": """\
question_id,item_code,code,label_fr,aliases,domain_id,no_domain_fr,kind,is_exclusive
citoyens:Q1,emploi,,Emploi,Travail | Chômage,emploi,,item,false
citoyens:Q1,sante,,Santé,,sante,,item,false
citoyens:Q2,aide,,Aider,,,objectif,item,false
citoyens:Q4,local,,Local,,,niveau,item,false
citoyens:Q4,regional,,Régional,,,niveau,item,false
citoyens:Q4,aucun,,Aucun,,,aucun niveau,none,true
citoyens:Q5,emploi,1,Emploi,,emploi,,item,false
citoyens:Q5,sante,2,Santé,,sante,,item,false
citoyens:Q5,logement,3,Logement,,logement,,item,false
citoyens:Q5,culture,4,Culture,,culture,,item,false
""",
    "questions.csv": """\
question_id,actor,topic,type,scale_id,wording_fr,max_choices,filter,base_fr,statistics,slides,\
id_printed,confidence,note_fr
citoyens:Q1,citoyens,fragilite,note_1_10,note,Note de fragilité,,,Tous,\
share_band_low share_band_mid share_band_high share_nsp mean,1,true,certain,
citoyens:Q2,citoyens,objectif,agree4,accord,Objectif,,,Tous,share_top1 share_top2 share_nsp,2,\
true,certain,
citoyens:Q3,citoyens,pratique,single,oui_non,Engagement,1,,Tous,share,3,true,certain,
citoyens:Q4,citoyens,niveau,multi,coche,Niveaux,2,Q3 in [1],Engagés,share_multi,3,true,certain,
citoyens:Q5,citoyens,priorite,top3_rank,rang,Trois priorités,3,,Tous,share_first share_top3_total,\
4,true,certain,
citoyens:Q6,citoyens,nombre,numeric,,Nombre d’actions,,Q3 == 1,Engagés,,4,true,certain,
citoyens:Q7,citoyens,avenir,single,avenir,Avenir,1,Q6 >= 2 and sexe in [2],Quelques-unes,\
share share_net net_balance,4,true,certain,
""",
    "variables.csv": """\
variable_id,actor,type,label_fr,scale_id,slide,note_fr
citoyens:ident,citoyens,id,Identifiant,,,
citoyens:region,citoyens,region,Région,,,
citoyens:poids,citoyens,weight,Poids,,,
citoyens:jour,citoyens,date,Jour,,,
citoyens:sexe,citoyens,quota,Sexe,sexe,,
citoyens:age,citoyens,quota,Âge,age,,
citoyens:salaries,citoyens,numeric,Salariés,,,
associations:ident,associations,id,Identifiant,,,
associations:zone,associations,area,Grande région,,,
""",
    "segments.csv": """\
actor,segment_id,label_fr,variable_id,options,note_fr
citoyens,ensemble,Ensemble,,,
citoyens,femmes,Femmes,citoyens:sexe,femme,
citoyens,engages,Engagés,,,La page ne dit pas qui.
associations,ensemble,Ensemble,,,
""",
    "samples.csv": """\
actor,area_id,sample_n,universe_n,share_of_france_pct,slide,note_fr
citoyens,hauts-de-france,182,6000000,9,71,
citoyens,france,2024,,,71,
""",
    "columns.csv": """\
actor,column,uid,item_code,rank
citoyens,ident,citoyens:ident,,
citoyens,region,citoyens:region,,
citoyens,poids,citoyens:poids,,
citoyens,jour,citoyens:jour,,
citoyens,sexe,citoyens:sexe,,
citoyens,age,citoyens:age,,
citoyens,salaries,citoyens:salaries,,
citoyens,Q1[SQ001],citoyens:Q1,emploi,
citoyens,Q1[SQ002],citoyens:Q1,sante,
citoyens,Q2[SQ001],citoyens:Q2,aide,
citoyens,Q3,citoyens:Q3,,
citoyens,Q4[SQ001],citoyens:Q4,local,
citoyens,Q4[SQ002],citoyens:Q4,regional,
citoyens,Q4[SQ003],citoyens:Q4,aucun,
citoyens,Q5[1],citoyens:Q5,,1
citoyens,Q5[2],citoyens:Q5,,2
citoyens,Q5[3],citoyens:Q5,,3
citoyens,Q6,citoyens:Q6,,
citoyens,Q7,citoyens:Q7,,
""",
    "margins.csv": """\
actor,area_id,variable_id,categories,target,unit,source_fr
citoyens,france,citoyens:sexe,homme,48,%,INSEE
citoyens,france,citoyens:sexe,femme,52,%,INSEE
citoyens,france,citoyens:region,hauts-de-france,60,count,INSEE
citoyens,france,citoyens:region,bretagne,40,count,INSEE
citoyens,france,citoyens:salaries,,1200.5,total,INSEE
""",
}


def write_study(parent: Path, name: str = STUDY) -> Path:
    """Write the study below a folder and return its own folder."""
    folder = parent / name
    folder.mkdir(parents=True)
    (folder / "study.toml").write_text(STUDY_TOML, "utf-8")
    for table, text in TABLES.items():
        (folder / table).write_text(text, "utf-8")
    return folder


def change(folder: Path, table: str, old: str, new: str) -> None:
    """Replace a text that stands once in a table; another number of times is the test's fault."""
    text = (folder / table).read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {table}"
    (folder / table).write_text(text.replace(old, new), "utf-8")


def load(folder: Path) -> Codebook:
    return load_codebook(folder, REGISTRY)
