"""Gathers what the answers to one question need, and deals codes out to respondents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from examples.phare_demo.allocation import deal
from examples.phare_demo.people import Crowd, generator_of
from examples.phare_demo.targets import Printed, printed_of
from phare_pipeline.index.checks import Floats
from phare_pipeline.survey.codebook import Codebook, OptionKind, Question
from phare_pipeline.survey.published import PublishedResult

Cells = NDArray[np.object_]
Booleans = NDArray[np.bool_]
Part = tuple[str | None, int | None]
"""Item and rank of a column of a question."""

_REGION_LEAN, _PERSON_LEAN = 0.35, 0.4


@dataclass(frozen=True, eq=False)
class Work:
    """A question with the printed figures and those who are asked, in both groups.

    Attributes:
        own, others: (n,) who is asked in the own area, and elsewhere.
        own_weights: (n,) in the own area.
        country_weights: (n,) in the country.
        here, country: printed figures of the own area and of the country.
        lean: (n,) opinion of each person and region, before each item adds its own chance.
    """

    question: Question
    own: Booleans
    others: Booleans
    own_weights: Floats
    country_weights: Floats
    here: Printed
    country: Printed
    lean: Floats
    rng: np.random.Generator

    @classmethod
    def of(
        cls,
        codebook: Codebook,
        crowd: Crowd,
        question: Question,
        results: Sequence[PublishedResult],
        codes: Mapping[str, Cells],
    ) -> Work:
        """Gather what a question needs; filters look at earlier questions and at the profile."""
        n = len(crowd.respondents)
        columns = dict(codes)
        for uid, options in crowd.profile.items():
            scale = codebook.variables[str(uid)].scale
            by_id = {} if scale is None else {o.option_id: o.code for o in scale.options}
            coded = np.array([by_id[option] for option in options], dtype=object)
            columns[str(uid).partition(":")[2]] = coded
        asked = np.ones(n, dtype=np.bool_)
        if question.filter is not None:
            asked = question.filter.mask(columns)
        rng = generator_of(question.question_id)
        regions, places = np.unique(
            crowd.respondents["region_code"].astype(str), return_inverse=True
        )
        lean = _REGION_LEAN * rng.standard_normal(regions.size)[places]
        return cls(
            question=question,
            own=crowd.own.members & asked,
            others=~crowd.own.members & asked,
            own_weights=crowd.own.weights,
            country_weights=crowd.country.weights,
            here=printed_of(question, crowd.own.area_id, results),
            country=printed_of(question, crowd.country.area_id, results),
            lean=lean + _PERSON_LEAN * generator_of(crowd.actor, "persons").standard_normal(n),
            rng=rng,
        )

    def latent(self, where: Booleans) -> Floats:
        """An opinion on one item for some respondents: lean and chance."""
        return self.lean[where] + self.rng.standard_normal(int(where.sum()))

    def blank(self) -> Cells:
        """A column in which nobody has answered."""
        return np.full(self.own.size, None, dtype=object)

    def deal(self, here: Mapping[str, float], country: Mapping[str, float] | None) -> Cells:
        """Deal codes out to both groups.

        Args:
            here: code → share in the own area, in any unit.
            country: code → share in the country; None where the others answer as the own area.
        """
        cells, names = self.blank(), list(here)
        codes = np.array(names, dtype=object)
        own_w, other_w = self.country_weights[self.own], self.country_weights[self.others]
        labels = deal(self.own_weights[self.own], list(here.values()), self.latent(self.own))
        cells[self.own] = codes[labels]
        wanted = np.array([here[name] for name in names])
        if country is not None:
            shares = np.array([country[name] for name in names])
            total = own_w.sum() + other_w.sum()
            wanted = shares / shares.sum() * total - np.bincount(labels, own_w, len(names))
        wanted = np.maximum(wanted, 0.0)
        cells[self.others] = codes[deal(other_w, wanted, self.latent(self.others))]
        return cells

    def pick(self, where: Booleans, weights: Floats, wanted: float) -> Booleans:
        """Pick those of a group who lean most to an answer and weigh together what is wanted."""
        picked = np.zeros(where.size, dtype=np.bool_)
        w = weights[where]
        if w.size and wanted > 0:
            labels = deal(w, [min(wanted, w.sum()), max(w.sum() - wanted, 0.0)], self.latent(where))
            picked[where] = labels == 0
        return picked

    def code(self, kind: OptionKind) -> str:
        """The first code of a kind of the question's scale."""
        assert self.question.scale is not None
        return self.question.scale.codes(kind)[0]

    def among(self, where: Booleans) -> Work:
        """The same question, asked of a part of the respondents only."""
        return replace(self, own=self.own & where, others=self.others & where)
