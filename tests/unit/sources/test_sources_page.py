"""The page of the options is what the code reads, option by option."""

from __future__ import annotations

import pytest

from phare_pipeline.errors import SourceError
from phare_pipeline.sources.table_parsing import read_file_options
from tools.sources_page import MEANINGS, PAGE, READ_BY, options_of, page_of, shipped, used_options


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page_of(shipped()), (
        "docs/sources.md is not what the code says: run python -m tools.sources_page"
    )


@pytest.mark.parametrize("family", READ_BY)
def test_every_option_that_the_code_reads_has_a_meaning(family: str) -> None:
    assert set(options_of(family)) == set(MEANINGS[family])


def test_the_readers_know_no_other_option() -> None:
    """What an unknown key is refused with is the list of the known ones."""
    options = {"territory": {"column": "a", "level": "region"}, "period": {"fixed": "2016"}}
    with pytest.raises(SourceError) as refused:
        read_file_options({**options, "header_lines": [1], "unheard_of": 1}, "essai")
    assert refused.value.expected is not None
    known = set(refused.value.expected.split(", "))
    documented = {path for path in options_of("table") if "." not in path}
    assert known <= documented
    assert documented - known == {
        "encoding",
        "delimiter",
        "expect",
        "absent",
        "blocks",
        "sum_years",
    }


def test_every_top_level_option_in_use_is_documented() -> None:
    """Keys of tables of texts are the file's own; `level` of a block is short for another."""
    for family, path in used_options(shipped()):
        if "." not in path and path != "level":
            documented = set(options_of(family))
            documented |= set(options_of("table")) if family == "bdm_family" else set()
            assert path in documented, (family, path)
