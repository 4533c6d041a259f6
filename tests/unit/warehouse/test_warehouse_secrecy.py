"""Releases that hide by another rule: refused as the current one, and gone when a new one comes."""

import pytest

from phare_pipeline.contract import DISCLOSURE_RULE
from phare_pipeline.errors import ReleaseError
from phare_pipeline.warehouse.assemble import assemble
from phare_pipeline.warehouse.releases import all_releases, name_release, release_names
from phare_pipeline.warehouse.secrecy import INPUT, is_superseded, withdraw
from phare_pipeline.warehouse.switch import rollback
from tests.unit.warehouse import kit

pytestmark = pytest.mark.slow


def publish(place, provenance, rule, value):
    """Publish results of a study that say by which rule they are hidden (None: not said)."""
    return assemble(
        place,
        files={},
        marts={
            **kit.marts(value),
            "out_survey_results": kit.table("out_survey_results", provenance=provenance),
        },
        inputs={**kit.INPUTS, **({} if rule is None else {INPUT: rule})},
        keep=9,
    )


@pytest.fixture
def place(tmp_path):
    return kit.workspace(tmp_path)


@pytest.mark.parametrize("rule", [None, DISCLOSURE_RULE - 1, DISCLOSURE_RULE + 1])
def test_results_of_answers_by_another_rule_are_refused_and_withdrawn(place, rule):
    old = publish(place, "computed", rule, 1.0)
    name_release(place, "etude", old)
    assert is_superseded(old)
    with pytest.raises(ReleaseError, match="two rules give respondents away"):
        rollback(place, old.release_id)
    new = publish(place, "computed", DISCLOSURE_RULE, 2.0)
    assert [r.release_id for r in all_releases(place)] == [new.release_id]
    assert release_names(place) == {} and not old.path.exists()


def test_what_is_printed_is_public_and_the_present_rule_stays(place):
    printed = publish(place, "published", None, 1.0)
    present = publish(place, "computed", DISCLOSURE_RULE, 2.0)
    newest = publish(place, "computed", DISCLOSURE_RULE, 3.0)
    assert not any(map(is_superseded, (printed, present, newest)))
    assert withdraw(place) == [] and len(all_releases(place)) == 3
    assert rollback(place, printed.release_id).release_id == printed.release_id
