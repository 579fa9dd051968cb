"""Measure the frames and the transfers of the interactive map: ``make bench-map``.

*Ours*: a headless Chromium with its processor slowed down four times moves and zooms the map of 10,000 and of 100,000
tracks. *The baseline*: the frames of the same browser on the same page while nothing happens. A frame of 1/60 s is the
shortest that the browser has, so a ratio of 1 means that no frame is late.
"""

import os
import sys
import tempfile
import time
from gzip import compress
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.library import PROJECT, served, sqlite
from benchmarks.report import Report

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
TRACKS = (10_000, 100_000)
SLOWDOWN = 4
ROUNDS = 3
FRAME = 1 / 60
MAX_SCRIPT = 15_000
# 400 kB for 90,000 points.
MAX_BYTES_A_POINT = 400_000 / 90_000
# Of the median and the 95th percentile of the frames, in frames of the page at rest.
MAX_RATIOS = {10_000: (1.1, 1.6), 100_000: (1.6, 3.5)}

RECORD = """() => {
    window.frames_seen = [];
    let before = null;
    const note = (now) => {
        if (before !== null) window.frames_seen.push(now - before);
        before = now;
        window.recording = requestAnimationFrame(note);
    };
    window.recording = requestAnimationFrame(note);
}"""
STOP = "() => { cancelAnimationFrame(window.recording); return window.frames_seen; }"


def main() -> int:
    report = Report()
    script = (PROJECT / "clusters" / "static" / "clusters" / "map.js").read_bytes()
    report.at_most("script", len(compress(script)), MAX_SCRIPT)
    for tracks in TRACKS:
        with tempfile.TemporaryDirectory(prefix="musicdb-bench-") as scratch, sqlite(Path(scratch)) as library:
            library.python("-c", FILL, str(tracks))
            library.manage("recluster", "library")
            with served(library) as address:
                _measure(report, tracks, address)
    return report.verdict()


# Tracks in eight groups, and many between them.
FILL = """
import sys
import django
django.setup()
import numpy as np
from clusters.core.features import FEATURE_NAMES
from musicdb.models import Track
count = int(sys.argv[1])
random = np.random.default_rng(2026)
centres = random.uniform(0.2, 0.8, (8, len(FEATURE_NAMES)))
values = np.clip(centres[random.integers(0, 8, count)] + random.normal(0, 0.13, (count, len(FEATURE_NAMES))), 0, 1)
values[:, -2] = 60 + 120 * values[:, -2]
values[:, -1] = 60 * values[:, -1] - 60
Track.objects.bulk_create(
    (
        Track(title=f"Track {n}", slug=f"track-{n}", spotify_id=f"{n:022}", **dict(zip(FEATURE_NAMES, row)))
        for n, row in enumerate(values.tolist())
    ),
    batch_size=2_000,
)
"""


def _measure(report: Report, tracks: int, address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        with page.expect_response(lambda response: response.url.endswith("points.bin")) as points:
            page.goto(f"{address}/clusters/")
        size = points.value.request.sizes()["responseBodySize"]
        report.figure(f"{tracks}.points_file", size / 1000, "kB")
        report.at_most(f"{tracks}.bytes_a_point", size / tracks, MAX_BYTES_A_POINT)
        page.locator(".map").wait_for()
        page.wait_for_timeout(3_000)
        devtools = page.context.new_cdp_session(page)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
        rest: list[float] = []
        moving: list[float] = []
        for number in range(ROUNDS + 1):
            page.evaluate(RECORD)
            page.wait_for_timeout(1_000)
            at_rest = page.evaluate(STOP)
            page.evaluate(RECORD)
            _move_and_zoom(page)
            # The first round warms up.
            if number:
                rest += at_rest
                moving += page.evaluate(STOP)
        browser.close()
    ends = (50, 95)
    for end, now, before, bar in zip(
        ends, np.percentile(moving, ends), np.percentile(rest, ends), MAX_RATIOS[tracks], strict=True
    ):
        name = "median" if end == 50 else f"p{end}"
        report.figure(f"{tracks}.frame_{name}", float(now), "ms")
        report.figure(f"{tracks}.frame_{name}_at_rest", float(before), "ms")
        report.at_most(f"{tracks}.frame_{name}_to_rest", float(now / before), bar)


def _move_and_zoom(page: Page) -> None:
    """Drag the map to and fro, zoom in and out: an event in each frame."""
    edge = page.locator(".map").evaluate("box => box.getBoundingClientRect().toJSON()")
    x, y = edge["x"] + edge["width"] / 2, edge["y"] + edge["height"] / 2
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    for step in range(60):
        page.mouse.wheel(0, -40 if step < 30 else 40)
        time.sleep(FRAME)
    page.keyboard.up("Control")
    page.mouse.down()
    for step in range(90):
        page.mouse.move(x + 150 * np.sin(step / 14), y + 80 * np.sin(step / 9))
        time.sleep(FRAME)
    page.mouse.move(x, y)
    page.mouse.up()


if __name__ == "__main__":
    sys.exit(main())
