"""Reports are part of a release: named, hashed, the same bytes again, never stale."""

from __future__ import annotations

import hashlib
import json

import pytest

from phare_pipeline.cli.main import main
from phare_pipeline.contract.documents import NATIONAL, REPORT
from phare_pipeline.errors import ReleaseError
from phare_pipeline.steps.common.loading import load_context
from phare_pipeline.steps.documents import making as documents
from phare_pipeline.steps.release.gather import make_release
from tests.integration.small import RUN, YEAR

pytestmark = pytest.mark.slow


def manifest_of(small):
    return json.loads((small.warehouse / "current" / "manifest.json").read_text("utf-8"))


def test_a_release_holds_the_reports_of_all_regions_and_of_france(small):
    context, files = load_context(), manifest_of(small)["files"]
    for slug in (*context.slugs, NATIONAL):
        path = small.warehouse / "current" / REPORT.path(slug, YEAR)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        assert files[REPORT.path(slug, YEAR)]["sha256"] == sha256
        assert path.read_bytes().startswith(b"<!DOCTYPE html>")


def test_reports_made_again_have_the_same_bytes(small):
    context = load_context()
    (maker,) = documents.MAKERS
    before = {
        slug: documents.document_file(context, maker, slug, YEAR).read_bytes()
        for slug in context.slugs
    }
    documents.make_documents(context, maker, YEAR, context.slugs)
    after = {
        slug: documents.document_file(context, maker, slug, YEAR).read_bytes()
        for slug in context.slugs
    }
    assert after == before


def test_a_missing_report_is_made_again_and_nothing_else(small, capsys):
    context = load_context()
    (maker,) = documents.MAKERS
    documents.document_file(context, maker, "bretagne", YEAR).unlink()
    before = (small.warehouse / "current").resolve()
    assert main(RUN) == 0
    assert "writing 1 documents" in capsys.readouterr().out
    assert (small.warehouse / "current").resolve() == before


def test_a_report_of_another_state_of_its_edition_holds_the_release_back(small):
    context = load_context()
    (maker,) = documents.MAKERS
    path = documents.document_file(context, maker, "corse", YEAR)
    context.ledger.record(documents.document_key(maker, "corse", YEAR), "another state", [path], {})
    before = (small.warehouse / "current").resolve()
    with pytest.raises(ReleaseError, match=f"1 documents of {YEAR}"):
        make_release(context)
    assert (small.warehouse / "current").resolve() == before
    assert main(RUN) == 0
    assert REPORT.path("corse", YEAR) in manifest_of(small)["files"]
