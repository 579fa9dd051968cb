"""Kaggle's sets of popular and unpopular tracks: tidytuesday's columns with those of Spotify's analysis."""

from typing import ClassVar

from musicdb.exports.widgets import TextWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column, Sniffer
from musicdb.imports.formats.comma_lists import CommaList
from musicdb.imports.formats.datasets.tidytuesday import TidyTuesday
from musicdb.imports.formats.sniffers import DateOrder


class PopularitySets(TidyTuesday):
    name = "kaggle-popularity"
    label = "Kaggle, tracks of high and low popularity"
    source = "Spotify (Kaggle)"
    sniffers: ClassVar[tuple[type[Sniffer], ...]] = (DateOrder, CommaList)

    artists = Column("track_artist", spotify.ARTISTS_BY_COMMA_AND_BLANK, required=True)
    # Only by these do they differ from tidytuesday's.
    analysis_url = Column("analysis_url", TextWidget(), required=True)
    track_href = Column("track_href", TextWidget(), required=True)
