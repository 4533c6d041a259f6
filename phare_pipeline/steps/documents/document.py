"""What makes a document out of an edition; which makers there are is said in `making`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from phare_pipeline.contract.documents import Document
from phare_pipeline.steps.common.context import Context


@dataclass(frozen=True)
class Maker:
    """How the documents of one kind are made and when they are due.

    Attributes:
        document: what is made.
        years: editions of which a release holds the documents; others can be made beside it.
        fingerprint: hash of all that the documents of an edition depend on.
        make: yields slug and content for each of the slugs it is given.
    """

    document: Document
    years: Callable[[Context], tuple[int, ...]]
    fingerprint: Callable[[Context, int], str]
    make: Callable[[Context, int, Sequence[str]], Iterator[tuple[str, bytes]]]
