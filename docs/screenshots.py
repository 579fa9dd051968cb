"""Take the pictures of the README, of the sample library, in light and in dark: ``make screenshots``."""

import io
import os
import secrets
import tempfile
from dataclasses import replace
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from benchmarks.library import served, sqlite

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FOLDER = Path(__file__).parent / "images"
WIDTH, HEIGHT = 1100, 900
QUALITY = 80
EDITOR = "editor"
EMPTY = '<svg xmlns="http://www.w3.org/2000/svg"/>'
PICTURES = {
    "clusters": "/genres/korean-pop/clusters/",
    "track": "/tracks/hmm-bop/",
    "admin": "/admin/musicdb/track/",
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    password = secrets.token_urlsafe()
    with tempfile.TemporaryDirectory(prefix="musicdb-pictures-") as scratch, sqlite(Path(scratch)) as empty:
        library = replace(empty, environment={**empty.environment, "DJANGO_SUPERUSER_PASSWORD": password})
        library.manage("migrate", "--verbosity", "0")
        library.manage("createsuperuser", "--noinput", "--username", EDITOR, "--email", "editor@example.org")
        library.manage("bootstrap")
        library.manage("recluster")
        with served(library) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, base_url=address)
            # The art of albums is not ours to publish here.
            page.route(
                lambda url: not url.startswith(address),
                lambda route: route.fulfill(content_type="image/svg+xml", body=EMPTY),
            )
            log_in(page, password)
            for name, path in PICTURES.items():
                for scheme in ("light", "dark"):
                    take(page, path, scheme, FOLDER / f"{name}-{scheme}.webp")
            browser.close()


def log_in(page: Page, password: str) -> None:
    page.goto("/admin/")
    page.fill("[name=username]", EDITOR)
    page.fill("[name=password]", password)
    page.click("[type=submit]")
    page.wait_for_url("**/admin/")


def take(page: Page, path: str, scheme: str, file: Path) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    Image.open(io.BytesIO(page.screenshot())).save(file, quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
