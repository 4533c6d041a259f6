"""The demonstration study, alone: computed from made-up answers, hidden where too few, marked."""

import contextlib
import io
import json

import pandas as pd
import pyarrow.parquet as pq
import pytest

from examples.phare_demo import write_demo_exports
from phare_pipeline.cli.main import main
from phare_pipeline.config import Workspace
from phare_pipeline.contract import DISCLOSURE_RULE
from phare_pipeline.registry.loader import load_registry
from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.survey.codebook import SYNTHETIC_FR
from phare_pipeline.survey.disclosure import FLAGGED_BELOW, HIDDEN_BELOW
from phare_pipeline.survey.protection import WIDTHS
from tests.integration.small import sha256_of, verify_release

pytestmark = pytest.mark.slow

DEMO = "phare-demo"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """A warehouse in which only the demonstration has been run, from the shipped files."""
    folder = tmp_path_factory.mktemp("demo") / "warehouse"
    told = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(told):
        patch.setenv("PHARE_WAREHOUSE", str(folder))
        surveys = Workspace.from_environment().surveys
        write_demo_exports(surveys, folder.parent / "given", load_registry())
        assert main(["run", "--study", DEMO, "--exports", str(folder.parent / "given")]) == 0
    (folder.parent / "told.txt").write_text(told.getvalue(), "utf-8")
    return folder


@pytest.fixture(scope="module")
def current(warehouse):
    return warehouse / "studies" / DEMO / "current"


@pytest.fixture(scope="module")
def results(current):
    return pd.read_parquet(current / "marts" / "out_survey_results.parquet")


def test_it_has_a_release_of_its_own_and_nothing_else(warehouse, current):
    verify_release(current.resolve())
    assert not (warehouse / "current").exists()
    assert {path.stem for path in (current / "marts").iterdir()} == {
        *("out_survey_results", "out_actor_vision", "out_actor_agreement", "dim_study"),
        *("dim_actor", "dim_question", "data_issues", "dim_domain", "dim_region"),
        "dim_dictionary",
    }
    manifest = json.loads((current / "manifest.json").read_text("utf-8"))
    assert manifest["inputs"]["is_synthetic"] is True


def test_every_file_says_that_it_is_made_up(current, results):
    for path in current.rglob("*.parquet"):
        assert pq.read_schema(path).metadata[b"synthetic"] == SYNTHETIC_FR.encode()
    assert results["is_synthetic"].all()
    assert set(results["provenance"]) == {"computed"}
    for name in ("dim_actor", "dim_question", "dim_study"):
        assert pd.read_parquet(current / "marts" / f"{name}.parquet")["is_synthetic"].all()
    title = pd.read_parquet(current / "marts" / "dim_study.parquet")["study_title"].item()
    assert SYNTHETIC_FR in title


def test_it_never_enters_the_default_studies(repository):
    context = load_context()
    assert DEMO not in context.studies and "phare-2016" in context.studies


def test_all_regions_of_all_actors_are_there(results):
    regions = results[results["area_kind"] == "region"].groupby("actor")["region_code"].nunique()
    assert set(regions.index) == {"citoyens", "associations", "entreprises"}
    assert regions.le(13).all() and regions["citoyens"] == 13


def test_small_bases_are_hidden(results):
    shown = results[results["disclosure"] == "shown"]
    assert (shown["base_n"] >= HIDDEN_BELOW).all()
    fragile = shown[shown["base_n"] < FLAGGED_BELOW]
    assert len(fragile) and (fragile["reliability"] == "fragile").all()
    hidden = results[results["disclosure"] != "shown"]
    assert set(hidden["disclosure"]) == {"small_base", "small_cell", "secondary"}
    small = hidden[hidden["disclosure"] != "secondary"]
    assert (small["reliability"] == "insufficient").all()


def test_whatever_stands_beside_a_hidden_figure_is_void(results, current):
    hidden = results[results["disclosure"] != "shown"]
    numbers = [*hidden.select_dtypes("number").columns, "test_outcome", "value_printed"]
    about = {"year", "study_year", "item_order", "slide", "origin_line"}
    assert hidden[[name for name in numbers if name not in about]].isna().all(axis=None)
    assert hidden["reason_fr"].notna().all()
    vision = pd.read_parquet(current / "marts" / "out_actor_vision.parquet")
    unknown = vision["mean_note"].isna()
    made_of_it = ["base_n", "se", "national_note", "national_diff", "note_rank"]
    assert unknown.any()
    assert vision.loc[unknown, [*made_of_it, "is_major_fragility"]].isna().all(axis=None)
    assert vision.loc[~unknown, "is_major_fragility"].notna().all()


def test_what_is_made_of_shares_has_no_more_digits_than_they(results):
    shown = results[results["disclosure"] == "shown"]
    gap = (shown["value"] - shown["national_value"] - shown["national_diff"]).dropna()
    assert len(gap) and gap.abs().max() < 1e-9
    # Two figures that are printed alike on samples alike have one error, whatever their digits.
    is_share = (shown["unit"] == "%") & (shown["actor"] == "citoyens")
    same = shown[is_share].groupby(["area_id", "question_id", "value", "n_eff"])["se"]
    assert (same.max() / same.min()).max() < 1.5


def test_the_last_region_is_not_the_country_less_the_others(results):
    """Bases stand for weights; each printed figure is within half a unit of the true one."""
    keys = ["actor", "question_id", "item_code", "statistic", "unit"]
    whole = results[results["segment_id"] == "ensemble"]
    secret = whole[(whole["disclosure"] == "small_cell") & (whole["area_kind"] == "region")]
    wanted = set(secret[keys].itertuples(index=False, name=None))
    half = {"%": 0.5, "note": 0.05, "points": 0.5}
    widths = []
    for key, own in whole.groupby(keys):
        regions = own[own["area_kind"] == "region"]
        [country] = own[own["area_kind"] == "national"].to_dict("records")
        if regions["value"].isna().sum() != 1 or key not in wanted:
            continue
        known = regions["base_n"].sum()
        last = country["base_n"] - known
        assert 0 < last < 11
        width = 2 * half[key[-1]] * (country["base_n"] + known) / last
        widths.append(width / WIDTHS[key[-1]])
    assert len(widths) > 100 and min(widths) > 1


def test_no_count_of_answers_follows_from_the_others(results):
    """Answered bases add up: beside a secret only that of everybody in the country is shown."""
    secret = set(results.loc[results["disclosure"] == "small_cell", "question_id"])
    beside = results[results["question_id"].isin(secret) & results["base_answered_n"].notna()]
    assert set(beside["area_id"]) == {"france"} and set(beside["segment_id"]) == {"ensemble"}


def test_the_release_says_by_which_rule_it_hides(current):
    manifest = json.loads((current / "manifest.json").read_text("utf-8"))
    assert manifest["inputs"]["disclosure_rule"] == DISCLOSURE_RULE
    for path in current.rglob("*.parquet"):
        assert pq.read_schema(path).metadata[b"disclosure_rule"] == b"%d" % DISCLOSURE_RULE
    study = pd.read_parquet(current / "marts" / "dim_study.parquet")
    assert study["disclosure_rule"].item() == DISCLOSURE_RULE


def test_nobody_s_answers_leave_the_build_area(warehouse, current):
    for path in current.rglob("*.parquet"):
        # A domain has a weight in the index, which is nobody's.
        private = {"respondent_id", "answer", "unrounded_value"}
        private |= set() if path.stem == "dim_domain" else {"weight"}
        assert not private & set(pq.read_schema(path).names)
    made = warehouse / "studies" / DEMO / "build" / "made"
    exports = [path for path in made.rglob("*") if path.is_file()]
    assert {path.suffix for path in exports} == {".sav", ".csv", ".xlsx"}
    assert not [path for path in current.rglob("*") if path.suffix in (".sav", ".xlsx")]
    # What is declared travels with the release: registry and codebooks, never an export.
    texts = [path.relative_to(current) for path in current.rglob("*.csv")]
    declared = {
        ("registry",),
        ("surveys", "codebooks", "phare-2016"),
        ("surveys", "codebooks", DEMO),
    }
    assert {path.parts[2:-1] for path in texts} == declared
    hashes = {sha256_of(path) for path in exports}
    assert not hashes & {sha256_of(current / path) for path in texts}


def test_the_printed_notes_of_2016_come_out_again(current, repository):
    """Citizens of Hauts-de-France and of France, 182 and 2 024 answers."""
    vision = pd.read_parquet(current / "marts" / "out_actor_vision.parquet")
    printed = pd.read_csv(repository / "raw/surveys/published/phare-2016.csv")
    notes = printed[(printed["question_id"] == "citoyens:Q1") & (printed["statistic"] == "mean")]
    found = vision[vision["actor"] == "citoyens"].set_index(["area_id", "domain_id"])["mean_note"]
    domains = load_registry().domains
    compared = [n for n in notes.to_dict("records") if n["item_code"] in domains]
    assert len(compared) == 2 * 16
    for note in compared:
        assert found[note["area_id"], note["item_code"]] == pytest.approx(note["value"], abs=1e-9)


def test_it_is_not_done_again(warehouse, current, monkeypatch, capsys):
    before = current.resolve().name
    monkeypatch.setenv("PHARE_WAREHOUSE", str(warehouse))
    capsys.readouterr()
    assert main(["run", "--study", DEMO]) == 0
    out = capsys.readouterr().out
    assert "staging" not in out and SYNTHETIC_FR in out
    assert current.resolve().name == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--study", "phare-2015"], "no such study"),
        (["--study", "phare-2016", "--exports", "."], "leave --exports out"),
        (["--study", DEMO], "examples.phare_demo"),
        (["--study", DEMO, "--exports", "nowhere"], "examples.phare_demo"),
        (["--exports", "nowhere"], "--exports without --study"),
        (["--study", DEMO, "--year", "2016"], "published whole"),
        (["--study", DEMO, "--region", "32"], "published whole"),
    ],
)
def test_what_cannot_be_run(options, message, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("PHARE_WAREHOUSE", str(tmp_path / "warehouse"))
    assert main(["run", *options]) == 1
    assert message in capsys.readouterr().err


def test_a_computed_figure_is_explained_down_to_its_weights(warehouse, monkeypatch, capsys):
    monkeypatch.setenv("PHARE_WAREHOUSE", str(warehouse))
    assert main(["explain", "--json", "france", "citoyens:Q1:emploi", DEMO]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["reference"] == "FRA-2016-citoyens:Q1:emploi:mean"
    assert SYNTHETIC_FR in found["title"]
    assert found["is_equal"] is None and "réponses individuelles" in found["unverified"]
    parts = {part["label"]: dict(part["facts"]) for part in found["root"]["parts"]}
    assert parts["Poids"]["calage"].startswith("par ratissage")
    assert "effet des poids (Kish)" in parts["Poids"]
    assert not any("texte" in name for facts in parts.values() for name in facts)
    effect = parts["Poids"]["effet des poids (Kish)"]
    assert float(effect.split(" = ")[1].replace(",", ".")) >= 1
    # Places are made of the means as printed, and can be made again from them.
    place = "FRA-2016-vision:citoyens:emploi.rang"
    assert main(["explain", "--json", "--study", DEMO, place]) == 0
    assert json.loads(capsys.readouterr().out)["is_equal"] is True


def test_the_release_holds_what_was_declared_and_no_answer(current):
    files = [path.relative_to(current).as_posix() for path in (current / "origins").rglob("*.*")]
    assert any(file.endswith(f"surveys/codebooks/{DEMO}/margins.csv") for file in files)
    assert any(file.endswith("registry/regions.csv") for file in files)
    assert not any("export" in file or not file.endswith((".csv", ".toml")) for file in files)


# --- what is private -----------------------------------------------------------------------------
def test_what_no_release_holds_is_its_owners_only(warehouse, current):
    """Answers, and results before they are reduced: 0600 in folders 0700. Others read the rest."""
    build = warehouse / "studies" / DEMO / "build"
    released = {sha256_of(p) for p in (build.parent / "releases").rglob("*") if p.is_file()}
    assert released
    private = [
        path
        for path in build.rglob("*")
        if path.is_file()
        and sha256_of(path) not in released
        and path.relative_to(build).parts[0] not in ("ledger", "lock")
    ]
    assert {(p.relative_to(build).parts[0], p.stem.partition("-")[0]) for p in private} == {
        (folder, actor)
        for folder in ("made", "surveys")
        for actor in ("citoyens", "associations", "entreprises")
    }
    for path in private:
        assert path.stat().st_mode & 0o777 == 0o600, path.name
        for folder in path.relative_to(build).parents[:-1]:
            assert (build / folder).stat().st_mode & 0o777 == 0o700, folder
    assert (current / "manifest.json").stat().st_mode & 0o044 == 0o044


def test_responses_set_aside_are_told(warehouse):
    told = (warehouse.parent / "told.txt").read_text("utf-8")
    assert "2 of 765 responses are incomplete and were set aside" in told
