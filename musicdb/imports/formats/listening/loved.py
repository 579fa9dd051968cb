"""The loved tracks of Last.fm, and what people have told ListenBrainz of recordings."""

from collections.abc import Sequence

from musicdb.exports.widgets import NamesWidget, YesNoWidget
from musicdb.imports.formats import spotify
from musicdb.imports.formats.base import Column
from musicdb.imports.formats.listening.mentions import MentionFormat
from musicdb.imports.messages import RowSkipped
from musicdb.imports.records import TrackRecord


class LovedTracks(MentionFormat):
    """A loved track a row, which becomes liked."""

    name = "loved"
    label = "Loved tracks of Last.fm and ListenBrainz"

    loved = Column("Loved", YesNoWidget(), required=True)
    title = Column("Track Name", spotify.TITLE, required=True)
    own_keys = Column("Recording IDs", NamesWidget(" ", 100), required=True)

    def record(self, cells: Sequence[str]) -> TrackRecord:
        values = self.read(cells)
        if not values["loved"]:
            raise RowSkipped("not a loved track")
        if values["own_keys"] and not (values["title"] and values["artists"]):
            # Only a listen in the same upload says which track that is.
            return TrackRecord(
                "",
                (),
                own_keys=values["own_keys"],
                values={"liked": True},
                must_exist=True,
                is_mention=True,
            )
        record = self.mention(values)
        record.own_keys, record.values["liked"] = values["own_keys"], True
        return record
