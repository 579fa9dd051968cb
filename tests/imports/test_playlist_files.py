"""M3U, XSPF and JSPF: playlists of the tracks that the library has."""

import json

import pytest

from musicdb.imports import ImportRefusedError, Source
from musicdb.models import Playlist, Track
from tests.factories import ArtistFactory, TrackFactory
from tests.imports.files import track_id
from tests.imports.library import run

pytestmark = pytest.mark.django_db

URI = f"spotify:track:{track_id(1)}"
M3U = f"""#EXTM3U
#PLAYLIST:Road trip
#EXTINF:201,ANN - Cafe
music/one.mp3
#EXTINF:180,Nobody - Unknown
music/two.mp3
{URI}
#EXTINF:201,Ann - Café
music/one.mp3
"""
XSPF = f"""<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/"><title>Road trip</title><trackList>
<track><title>Cafe</title><creator>ann</creator></track>
<track><title>Unknown</title><creator>Nobody</creator></track>
<track><location>{URI}</location></track>
<track><location>file:///music/Ann%20-%20Caf%C3%A9.ogg</location></track>
</trackList></playlist>"""
JSPF = json.dumps(
    {
        "playlist": {
            "title": "Road trip",
            "track": [
                {"title": "Cafe", "creator": "Ann"},
                {"title": "Unknown", "creator": "Nobody", "identifier": "https://musicbrainz.org/recording/x"},
                {"title": "Other", "creator": "Other", "location": [URI]},
                {"title": "x", "creator": "x", "identifier": ["isrc:USS1Z9900001"]},
            ],
        }
    }
)


@pytest.mark.parametrize(("name", "text"), [("a.m3u8", M3U), ("a.xspf", XSPF), ("a.jspf", JSPF)])
def test_known_tracks_come_in_order_and_the_others_are_listed(name: str, text: str) -> None:
    TrackFactory(title="Café", artists=[ArtistFactory(name="Ann")], isrc="USS1Z9900001")
    TrackFactory(title="By id", spotify_id=track_id(1))
    outcome = run(Source(name, text.encode()))
    entries = Playlist.objects.get(name="Road trip").entries.order_by("position")
    assert list(entries.values_list("track__title", flat=True)) == ["Café", "By id", "Café"]
    assert Track.objects.count() == 2
    assert any("“Unknown” by Nobody" in str(note) for note in outcome.notes)


def test_the_code_page_of_windows_is_read() -> None:
    TrackFactory(title="Café", artists=[ArtistFactory(name="Ann")])
    run(Source("Old list.m3u", "#EXTM3U\n#EXTINF:1,Ann - Café\nx.mp3\n".encode("cp1252")))
    assert Playlist.objects.get().entries.count() == 1


LAUGHS = '<?xml version="1.0"?><!DOCTYPE playlist [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><playlist>&b;</playlist>'


@pytest.mark.parametrize(("text", "reason"), [(LAUGHS, "expand itself"), (XSPF[:-20], "damaged XML file")])
def test_hostile_and_damaged_xml_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ImportRefusedError, match=reason):
        run(Source("a.xspf", text.encode()))
    assert not Playlist.objects.exists()
