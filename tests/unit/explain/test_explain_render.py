"""An explanation as text: the verdict first, long lists cut, what can be followed left closed."""

from dataclasses import replace

from phare_pipeline.explain.rendering.render import MAX_PARTS, as_text
from phare_pipeline.explain.rendering.tree import Explanation, Step, plain

CELLS = tuple(Step(f"ligne {n}", "1", 1.0) for n in range(MAX_PARTS + 3))


def explanation(root, published=1.0, recomputed=1.0):
    return Explanation("a" * 16, replace(root, number=published), recomputed)


def lines(root, **options):
    return list(as_text(explanation(root), **options))


def test_the_verdict_comes_first():
    root = Step("x")
    assert "égal à la valeur publiée" in list(as_text(explanation(root)))[2]
    wrong = list(as_text(explanation(root, 1.0, 2.0)))
    assert wrong[2].startswith("ATTENTION : recalculé 2.0, publié 1.0")
    assert list(as_text(explanation(root, None, None)))[2] == "valeur absente"


def test_the_verdict_says_from_what_the_number_follows():
    assert (
        lines(Step("x"))[2]
        == "recalculé depuis les cellules des sources : égal à la valeur publiée"
    )
    from_notes = replace(explanation(Step("x")), basis="les notes publiées")
    assert list(as_text(from_notes))[2].startswith("recalculé depuis les notes publiées :")


def test_a_number_that_is_missing_where_one_follows_is_said():
    missing = list(as_text(explanation(Step("x"), None, 12.5)))
    assert missing[2:4] == ["valeur absente", "ATTENTION : recalculé 12.5, publié None"]


def test_a_reason_is_promised_only_where_there_is_one():
    reason = Step("x", parts=(Step("y", facts=(("motif d’absence", "secret"),)),))
    assert list(as_text(explanation(reason, None, None)))[2].endswith("le motif est ci-dessous")


def test_what_is_absent_and_not_recomputed_is_both():
    private = replace(explanation(Step("x"), None, None), unverified="les réponses restent privées")
    assert private.is_equal is None
    assert list(as_text(private))[2:4] == [
        "valeur absente", "non recalculé : les réponses restent privées",
    ]  # fmt: skip


def test_long_lists_are_cut_unless_all_is_asked_for():
    root = Step("x", parts=CELLS)
    cut = lines(root)
    assert sum(line.startswith("- ligne") for line in cut) == MAX_PARTS
    assert cut[-1] == "… et 3\u00a0autres parties (--all)"
    assert sum(line.startswith("- ligne") for line in lines(root, everything=True)) == len(CELLS)


def test_parts_with_a_reference_are_closed_below_the_first_level():
    deep = Step("domaine", parts=(Step("note"),), reference="HDF-2016-domaine:emploi")
    root = Step("indice", parts=(Step("axe", parts=(deep,), reference="HDF-2016-axe:social"),))
    text = "\n".join(lines(root))
    assert "- axe   → HDF-2016-axe:social" in text
    assert "  - domaine   → HDF-2016-domaine:emploi" in text
    assert "note" not in text
    assert "note" in "\n".join(lines(root, everything=True))


def test_formula_and_facts_stand_below_their_step():
    root = Step("x", "3", 3.0, formula="1 + 2 = 3", facts=(("statut", "observé"),))
    assert lines(root)[4:] == ["1 + 2 = 3", "statut : observé"]


def test_the_verdict_says_what_was_drawn_or_not_recomputed():
    drawn = replace(explanation(Step("x")), draws="10 000 tirages, graine 2016")
    assert list(as_text(drawn))[2].startswith("refait (10 000 tirages, graine 2016)")
    private = replace(explanation(Step("x"), 1.0, None), unverified="les réponses restent privées")
    assert private.is_equal is None
    assert list(as_text(private))[2] == "non recalculé : les réponses restent privées"


def test_what_rounding_leaves_of_nothing_is_written_zero():
    assert plain(3.7e-28) == "0" and plain(-1e-15) == "0"
    assert plain(1e-9) == "0,000000001"
