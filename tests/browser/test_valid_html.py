"""Every kind of page is valid HTML, as the validator of the W3C (vnu) reads it."""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from django.test import Client

from musicdb.models import Track
from tests.browser.kinds_of_pages import API_DOCS, PAGES
from tests.factories import PlaylistFactory

# The jar of the npm package vnu-jar.
JAR = os.environ.get("VNU_JAR", "")

# What the validator finds and we leave, by the beginning of its message.
KNOWN = {
    # On a telephone the rows of a table are laid out as cards. Without its roles, browsers would then tell screen
    # readers that it is no table.
    "The “role” attribute must not be used on a “tr” element": "tables that stay tables",
    "The “role” attribute must not be used on a “th” element": "tables that stay tables",
    "The “role” attribute must not be used on a “td” element": "tables that stay tables",
}


@pytest.mark.skipif(not JAR, reason="VNU_JAR does not name the validator")
def test_every_kind_of_page(client: Client, whole_library: None, tmp_path: Path) -> None:
    PlaylistFactory(name="Mix", tracks=Track.objects.all()[:8])
    addresses = [*PAGES, API_DOCS]
    files = [tmp_path / f"{number}.html" for number in range(len(addresses))]
    for file, address in zip(files, addresses, strict=True):
        file.write_bytes(client.get(address).content)
    command = ["java", "-jar", JAR, "--format", "json", "--errors-only", *map(str, files)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    found = Counter(
        f"{addresses[int(Path(message['url']).stem)]}: {message['message']}"
        for message in json.loads(run.stderr)["messages"]
        if not message["message"].startswith(tuple(KNOWN))
    )
    assert found == {}
