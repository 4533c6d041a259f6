"""The definition of the index once more, in fractions and plain loops; tables to try it on."""

from fractions import Fraction

from hypothesis import strategies as st

from phare_pipeline.index.hierarchy import Hierarchy

NAN = float("nan")


class Exact:
    """The definition once more, in fractions and plain loops, for one unit (None = missing)."""

    def __init__(self, z, tree: Hierarchy, used) -> None:
        w, v, u = (
            [Fraction(x) for x in a] for a in (tree.weights, tree.domain_weights, tree.axis_weights)
        )
        self.domain = [
            self.composite(
                [(w[i], z[i], z[i], z[i]) for i in used if tree.domain_of[i] == d],
                Fraction(2, 3),
                is_hole_when_short=True,
            )
            for d in range(len(v))
        ]
        self.axis = [
            self.rounded(
                self.composite(
                    [(v[d], *self.domain[d]) for d in range(len(v)) if tree.axis_of[d] == a],
                    Fraction(1, 2),
                    is_hole_when_short=False,
                )
            )
            for a in range(len(u))
        ]
        score, low, high = self.composite(
            [(u[a], *self.axis[a]) for a in range(len(u))], Fraction(1), is_hole_when_short=False
        )
        in_axis = [
            sum(x for x, b in zip(v, tree.axis_of, strict=True) if b == a) for a in range(len(u))
        ]
        self.coverage = sum(
            u[a] / sum(u) * v[d] / in_axis[a]
            for d, a in enumerate(tree.axis_of)
            if self.domain[d][0] is not None
        )
        self.index = (score if self.coverage >= Fraction(6, 10) else None, low, high)

    @staticmethod
    def mean(parts):
        return sum(w * z * z for w, z in parts) / sum(w * z for w, z in parts)

    def composite(self, parts, threshold, *, is_hole_when_short):
        """(F or None, low, high) of parts (weight, F or None, low, high)."""
        parts = [p for p in parts if p[0] > 0]
        total, present = sum(p[0] for p in parts), sum(p[0] for p in parts if p[1] is not None)
        is_scored = bool(parts) and present >= threshold * total
        if not parts or (is_hole_when_short and not is_scored):
            return None, Fraction(70), Fraction(130)
        low = self.mean([(p[0], Fraction(70) if p[2] is None else p[2]) for p in parts])
        high = self.mean([(p[0], Fraction(130) if p[3] is None else p[3]) for p in parts])
        known = [(p[0], p[1]) for p in parts if p[1] is not None]
        return self.mean(known) if is_scored else None, low, high

    @staticmethod
    def rounded(level):
        return tuple(None if x is None else round(x, 6) for x in level)


def as_floats(values):
    return [NAN if v is None else float(v) for v in values]


@st.composite
def tables(draw) -> tuple[Hierarchy, list[list[Fraction | None]]]:
    n_axes = draw(st.integers(1, 3))
    n_domains = n_axes + draw(st.integers(0, 3))
    axis_of = [
        *range(n_axes),
        *(draw(st.integers(0, n_axes - 1)) for _ in range(n_domains - n_axes)),
    ]
    m = draw(st.integers(1, 9))
    tree = Hierarchy(
        weights=[1, *(draw(st.integers(0, 3)) for _ in range(m - 1))],
        domain_of=[draw(st.integers(0, n_domains - 1)) for _ in range(m)],
        domain_weights=[draw(st.integers(1, 3)) for _ in range(n_domains)],
        axis_of=axis_of,
        axis_weights=[draw(st.integers(1, 3)) for _ in range(n_axes)],
    )
    value = st.integers(280, 520).map(lambda x: Fraction(x, 4))
    rows = draw(
        st.lists(
            st.lists(st.one_of(value, value, value, st.none()), min_size=m, max_size=m),
            min_size=1,
            max_size=4,
        )
    )
    return tree, rows
