"""The study of 2016 in a release: what is published, under which name, and what is refused."""

import json

import pandas as pd
import pytest
import tomlkit

from phare_pipeline.cli.main import main
from phare_pipeline.contract.tables import PUBLISHED_FROM, table_of
from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.steps.common.studies import entering, waves
from tests.integration.small import RUN, STUDY, published_files, verify_current

pytestmark = pytest.mark.slow

TABLES = ("out_survey_results", "out_actor_vision", "out_actor_agreement", "out_perception")


@pytest.fixture(scope="module")
def marts(published_small):
    folder = published_small.warehouse / "current" / "marts"
    return {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}


def test_every_published_figure_has_its_row(marts):
    results = marts["out_survey_results"]
    assert len(results) == 642
    assert set(results["year"]) == {2016} and set(results["provenance"]) == {"published"}
    assert not results["is_synthetic"].any()
    hidden = results[results["disclosure"] != "shown"]
    assert len(hidden) == 21
    assert hidden["value"].isna().all() and hidden["value_printed"].isna().all()
    assert hidden["reason_fr"].notna().all()
    shown = results[results["disclosure"] == "shown"]
    assert shown["value"].notna().all() and shown["reason_fr"].isna().all()


def test_nothing_private_is_published(published_small, marts):
    assert "unrounded_value" not in {c for frame in marts.values() for c in frame.columns}
    assert all("unrounded_value" not in table_of(name).columns for name in PUBLISHED_FROM)
    current = (published_small.warehouse / "current").resolve()
    assert not [path for path in current.rglob("*") if "survey_phare" in path.name]
    staged = published_small.warehouse / "build" / "surveys" / STUDY
    assert {path.stem for path in staged.iterdir()} == {"citoyens", "associations", "entreprises"}


def test_figures_bear_the_name_of_their_own_area(marts):
    for name in TABLES:
        frame = marts[name]
        codes = frame.groupby("area_label")["region_code"].agg(lambda c: set(c.dropna()))
        assert codes["Hauts-de-France"] == {"32"}
        assert codes.drop("Hauts-de-France").map(len).eq(0).all()
    results = marts["out_survey_results"]
    associations = results[results["actor"] == "associations"]
    assert set(associations["area_label"]) == {"Nord Est", "France entière"}
    assert set(associations["area_kind"]) == {"super_region", "national"}


def test_a_region_gets_its_own_rows_and_no_others(published_small, marts):
    current = published_small.warehouse / "current"
    for name in TABLES:
        cut = pd.read_parquet(current / name / "region=hauts-de-france" / "2016.parquet")
        own = marts[name][marts[name]["region_code"] == "32"]
        assert len(cut) == len(own) > 0
        assert set(cut["area_label"]) == {"Hauts-de-France"}
        other = pd.read_parquet(current / name / "region=grand-est" / "2016.parquet")
        assert other.empty


def test_the_vision_of_the_actors(marts):
    vision = marts["out_actor_vision"]
    assert len(vision) == 6 * 16
    row = vision[
        (vision["actor"] == "citoyens")
        & (vision["area_id"] == "hauts-de-france")
        & (vision["domain_id"] == "emploi")
    ].iloc[0]
    assert (row["mean_note"], row["national_note"], row["national_diff"]) == (7.3, 7.1, 0.2)
    assert (row["note_rank"], row["is_major_fragility"], row["major_actor_count"]) == (1, True, 2)
    assert row["error_kind"] == "upper_bound" and row["base_n"] == 182
    agreement = marts["out_actor_agreement"].set_index("area_id")
    assert agreement.loc["france", "actors"] == "citoyens, associations, entreprises"
    assert agreement.loc["hauts-de-france", "common_domains"] == "emploi, securite"


def test_perceived_beside_measured(marts):
    perception = marts["out_perception"]
    index = perception[perception["component_level"] == "index"].set_index(["actor", "area_id"])
    assert len(perception) == 3 * 17 and len(index) == 3
    assert index["perceived"].between(70, 130).all()
    assert index["reason_fr"].notna().all() == index["measured"].isna().all()
    # A super-region has no F, and no region lends it one.
    apart = perception[perception["area_id"] == "nord-est"]
    assert len(apart) == 17 and apart["region_code"].isna().all()
    assert apart["measured"].isna().all() and apart["perception_gap"].isna().all()
    assert apart["reason_fr"].str.contains("pas une région").all()
    scores = marts["out_scores"]
    own = scores[(scores["region_code"] == "32") & (scores["component_level"] == "domain")]
    measured = own.set_index("component_id")["score"]
    here = perception[
        (perception["area_id"] == "hauts-de-france")
        & (perception["actor"] == "citoyens")
        & (perception["component_level"] == "domain")
    ].set_index("component_id")
    for domain, row in here.iterrows():
        if pd.notna(measured[domain]):
            assert row["measured"] == measured[domain]
            assert row["perception_gap"] == pytest.approx(row["perceived"] - row["measured"])
            assert row["quadrant"] in ("recognised", "unrecognised", "felt", "low")
    assert here["measured"].notna().any()
    # The enterprises of the region have no printed base, hence no error, hence nothing is told.
    enterprises = perception[perception["actor"] == "entreprises"]
    assert enterprises["perceived_se"].isna().all() and enterprises["is_told_apart"].isna().all()


def test_faults_of_the_report_are_published_with_their_proof(marts):
    issues = marts["data_issues"]
    assert len(issues) == 95
    first = issues.sort_values("issue_order").iloc[0]
    assert first["severity"] == "high" and first["message_fr"].startswith("Imprimé +28")
    assert first["origin_file"] == f"surveys/published/{STUDY}.csv" and first["slides"] == "50"
    assert {len(marts[name]) for name in ("dim_study", "dim_actor", "dim_question")} == {1, 3, 24}


def test_the_manifest_names_the_files_of_the_study(published_small):
    manifest = json.loads((published_small.warehouse / "current" / "manifest.json").read_text())
    files = manifest["inputs"]["studies"][STUDY]
    assert f"published/{STUDY}.csv" in files
    assert f"codebooks/{STUDY}/questions.csv" in files


def test_editions_of_its_year_and_eight_more(published_small, monkeypatch):
    for name, value in published_small.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PHARE_EDITIONS")
    context = load_context()
    taken = [year for year in context.editions if entering(context, year)]
    assert taken == list(range(2016, 2025))
    assert len(waves(context)) == 3


def test_a_changed_file_is_refused_and_the_release_stands(small, capsys):
    before = verify_current(small)
    path = small.raw / "surveys" / "published" / f"{STUDY}.csv"
    path.write_bytes(path.read_bytes().replace(b",7.3,7.3,", b",7.9,7.9,"))
    capsys.readouterr()
    assert main(RUN) == 1
    err = capsys.readouterr().err
    assert "has changed since it was pinned" in err and "study.toml" in err
    assert verify_current(small) == before


def test_nothing_is_due_again_and_a_codebook_is_part_of_what_is(small, capsys):
    before = published_files(small)
    assert main(RUN) == 0
    assert "release unchanged" in capsys.readouterr().out
    assert published_files(small) == before
    table = small.raw / "surveys" / "codebooks" / STUDY / "questions.csv"
    text = table.read_text("utf-8").replace("Note de fragilité du territoire", "Note du territoire")
    table.write_text(text, "utf-8")
    assert main(RUN) == 0
    assert published_files(small) != before
    results = pd.read_parquet(small.warehouse / "current/marts/out_survey_results.parquet")
    assert results["question_label"].str.startswith("Note du territoire").any()


def test_a_synthetic_study_never_enters(small, capsys):
    """A made-up study with published figures of its own: its codebook keeps it out."""
    before = published_files(small)
    books = small.raw / "surveys" / "codebooks"
    made_up = books / "inventee"
    made_up.mkdir()
    for path in (books / STUDY).iterdir():
        (made_up / path.name).write_bytes(path.read_bytes())
    toml = tomlkit.parse((made_up / "study.toml").read_text("utf-8"))
    toml["study_id"], toml["synthetic"] = "inventee", True
    toml["title"] = "Étude inventée (données synthétiques)"
    (made_up / "study.toml").write_text(tomlkit.dumps(toml), "utf-8")
    assert main(RUN) == 0
    assert published_files(small) == before
    assert "inventee" not in load_context().studies


def test_an_installation_without_surveys_has_empty_tables(small):
    for folder in ("codebooks", "published"):
        for path in (small.raw / "surveys" / folder).rglob("*.*"):
            path.unlink()
    assert main(RUN) == 0
    current = small.warehouse / "current" / "marts"
    assert all(pd.read_parquet(current / f"{name}.parquet").empty for name in TABLES)
    verify_current(small)
