"""What the tests of runs share."""

import pytest

from musicdb.models import Genre
from tests.factories import GenreFactory, grouped_tracks


@pytest.fixture
def genre() -> Genre:
    """A genre with twelve tracks that can be divided into two, three or four clusters."""
    genre = GenreFactory(name="korean pop")
    grouped_tracks(12, groups=4, genres=[genre])
    return genre
