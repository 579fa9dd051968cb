"""No link of the site leads to nothing, and no anchor is without its target."""

import io

import pytest
from django.core.management import call_command
from django.test import Client

from tests.pages.links import broken_links_of_site
from tests.pages.little_library import little_library


def test_from_the_home_page_every_link_leads_somewhere(client: Client, db: None) -> None:
    little_library()
    broken, seen = broken_links_of_site(client)
    assert broken == []
    assert {
        "/genres/dub/clusters/1/",
        "/genres/dub/clusters/how/",
        "/playlists/mix/",
        "/index.md",
        "/clusters/2/",
    } <= seen


@pytest.mark.slow
def test_in_the_sample_library(client: Client, seed_library: None) -> None:
    call_command("recluster", jobs=1, stdout=io.StringIO())
    broken, seen = broken_links_of_site(client)
    assert broken == []
    assert len(seen) > 1_000
