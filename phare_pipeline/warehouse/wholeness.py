"""Compares the files of a release with its manifest; what the tables in them say is elsewhere."""

from __future__ import annotations

from pathlib import Path

from phare_pipeline.warehouse.files import sha256_of
from phare_pipeline.warehouse.manifest import CATALOGUE, MANIFEST, id_of, read_manifest


def damages(release: Path) -> list[str]:
    """Return what is not as the manifest says, a sentence each; none for a whole release.

    The catalogue must be there; its rows are not compared here.

    Raises:
        ReleaseError: there is no manifest that can be read.
    """
    manifest = read_manifest(release)
    found = []
    name = id_of((release / MANIFEST).read_bytes())
    if name != release.name:
        found.append(f"{MANIFEST} is that of {name}")
    expected = manifest["files"]
    present = {
        path.relative_to(release).as_posix() for path in release.rglob("*") if path.is_file()
    } - {MANIFEST, CATALOGUE}
    found += [f"{path} is missing" for path in sorted(expected.keys() - present)]
    found += [f"{path} is not in the manifest" for path in sorted(present - expected.keys())]
    for path in sorted(expected.keys() & present):
        size, sha256 = (release / path).stat().st_size, sha256_of(release / path)
        if (size, sha256) != (expected[path]["bytes"], expected[path]["sha256"]):
            found.append(
                f"{path} has {size} bytes and sha256 {sha256[:12]}…, expected "
                f"{expected[path]['bytes']} and {expected[path]['sha256'][:12]}…"
            )
    if not (release / CATALOGUE).is_file():
        found.append(f"{CATALOGUE} is missing")
    return found
