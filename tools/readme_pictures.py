"""Take the pictures of the README from the current release, in a headless Chromium.

Development tool only: the bytes depend on the fonts of the machine. Look at them before committing.

Usage: python -m tools.readme_pictures
"""

from __future__ import annotations

import base64
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PROJECT = Path(__file__).parents[1]
CURRENT = PROJECT / "warehouse" / "current"
IMAGES = PROJECT / "docs" / "images"
REPORT = "reports/region=hauts-de-france/2016.html"
# Where the three parts of the report begin that stand side by side.
PARTS = ("body", "#indice", "#domaine-emploi")
# What the explorer shows: a figure that every edition has.
VIEW = "edition=2016&region=hauts-de-france&domaine=emploi&indicateur=taux_chomage"
PAGE = {"width": 1180, "height": 1300}
SHOWN = 420
LARGEST = 250_000


def main() -> int:
    """Write the pictures; return 1 when nothing is published or a picture is too large."""
    if not (CURRENT / REPORT).is_file():
        print("Nothing is published yet: make run", file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        made = {"rapport.png": _report(browser), "explorateur.png": _explorer(browser)}
        browser.close()
    for name, content in made.items():
        (IMAGES / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")
    return int(any(len(content) > LARGEST for content in made.values()))


def _report(browser: Browser) -> bytes:
    """Return three parts of a report side by side."""
    page = browser.new_page(viewport=PAGE)  # type: ignore[arg-type]
    page.goto((CURRENT / REPORT).as_uri())
    shots = []
    for part in PARTS:
        page.locator(part).evaluate("e => window.scrollTo(0, e.getBoundingClientRect().top"
                                    " + window.scrollY - 24)")  # fmt: skip
        shots.append(base64.b64encode(page.screenshot()).decode("ascii"))
    images = "".join(f'<img src="data:image/png;base64,{shot}">' for shot in shots)
    sheet = browser.new_page(viewport={"width": 3 * SHOWN + 64, "height": 100})
    sheet.set_content(
        "<style>body { margin: 0; padding: 16px; background: #c9ced6; display: flex; gap: 16px;"
        " align-items: flex-start; }"
        f"img {{ width: {SHOWN}px; }}</style>{images}"
    )
    sheet.wait_for_timeout(300)
    return sheet.screenshot(full_page=True)


def _explorer(browser: Browser) -> bytes:
    page = browser.new_page(viewport={"width": 1200, "height": 1020})
    page.goto(f"{(CURRENT / 'explorer.html').as_uri()}#{VIEW}")
    page.wait_for_selector("svg.map")
    return page.screenshot()


if __name__ == "__main__":
    raise SystemExit(main())
