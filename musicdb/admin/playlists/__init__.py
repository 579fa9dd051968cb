"""The admin of playlists: their list and form, the page of their tracks, and what makes one from a list of tracks."""

from musicdb.admin.playlists.admin import PlaylistAdmin
from musicdb.admin.playlists.from_tracks import PlaylistMaker

__all__ = ["PlaylistAdmin", "PlaylistMaker"]
