"""A library with one of everything that the site shows."""

from clusters.models import Collection
from musicdb.models import Track
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    stored_run,
    with_neighbours,
)


def little_library(name: str = "") -> list[Track]:
    """Create a library of six tracks in two clusters, and return them. With ``name``, all in it has that name."""
    genre = GenreFactory(name=name or "dub")
    artists = [ArtistFactory(name=name or "Wendy", visibility="shown") for _ in range(2)]
    hidden = ArtistFactory(name=name or "Hidden", visibility="hidden")
    label = LabelFactory(name=name or "Sunrise", visibility="shown")
    album = AlbumFactory(title=name or "First", labels=[label], artists=artists)
    tracks = [
        TrackFactory(
            title=name or f"Song {number}",
            album=album,
            artists=[artists[number % 2], hidden],
            genres=[genre],
            score=number,
            liked=True,
        )
        for number in range(6)
    ]
    playlist = PlaylistFactory(name=name or "Mix", description=name, tracks=tracks)
    places = {1: tracks[:4], 2: tracks[4:]}
    for owner in (genre, artists[0], label, playlist):
        stored_run(owner, places, is_published=True).clusters.update(name=name)
    library = stored_run(Collection.objects.library(), places, is_published=True)
    library.clusters.update(name=name)
    with_neighbours(library, tracks)
    return tracks
