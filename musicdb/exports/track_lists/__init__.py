"""A list of tracks as a file that visitors take with them: a playlist for a player, a table, or its Spotify links."""

from musicdb.exports.track_lists.csv_file import Csv
from musicdb.exports.track_lists.jspf import Jspf
from musicdb.exports.track_lists.links import Links
from musicdb.exports.track_lists.m3u8 import M3u8
from musicdb.exports.track_lists.track_list import Heading, TrackList, TrackListFormat
from musicdb.exports.track_lists.writing import write_track_list
from musicdb.exports.track_lists.xspf import Xspf

TRACK_LIST_FORMATS: tuple[type[TrackListFormat], ...] = (M3u8, Xspf, Jspf, Csv, Links)

__all__ = ["TRACK_LIST_FORMATS", "Heading", "TrackList", "TrackListFormat", "write_track_list"]
