"""The explorer compares figures as ranks do: the same bits from JavaScript as from numpy."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np

from phare_pipeline.index.ties import comparable

READ = (
    "const page = require(process.argv[1]);"
    "const values = JSON.parse(require('fs').readFileSync(0));"
    "console.log(JSON.stringify(values.map(page.comparable)));"
)


def test_javascript_gives_the_same_bits(
    require_program: Callable[[str, str], Path], repository: Path
) -> None:
    node = require_program("node", "nodejs")
    random, powers = np.random.default_rng(), 10.0 ** np.arange(15)
    figures = random.normal(size=5000) * 10.0 ** random.integers(-12, 14, 5000)
    values = np.concatenate([figures, powers, np.nextafter(powers, 0), [0, 8.65, 34.6 / 4]])
    page = repository / "phare_pipeline/outputs/explorer/page/classes.js"
    found = subprocess.run(
        [str(node), "-e", READ, str(page)],
        input=json.dumps(values.tolist()),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(found.stdout) == comparable(values).tolist()
