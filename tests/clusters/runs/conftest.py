"""What the tests of runs share."""

import pytest

from musicdb.models import Genre
from tests.factories import GenreFactory, TrackFactory


@pytest.fixture
def genre() -> Genre:
    """A genre with twelve tracks that can be clustered."""
    genre = GenreFactory(name="korean pop")
    TrackFactory.create_batch(12, genres=[genre])
    return genre
