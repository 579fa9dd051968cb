"""Which format a file has, as its header shows."""

from collections.abc import Sequence

from musicdb.imports.formats.base import FileFormat
from musicdb.imports.formats.datasets.music_genre import MusicGenre
from musicdb.imports.formats.datasets.organize_your_music import OrganizeYourMusic
from musicdb.imports.formats.datasets.popularity import PopularitySets
from musicdb.imports.formats.datasets.python_lists import PythonLists
from musicdb.imports.formats.datasets.spotify_tracks import SpotifyTracks
from musicdb.imports.formats.datasets.tidytuesday import TidyTuesday
from musicdb.imports.formats.datasets.top_hits import TopHits
from musicdb.imports.formats.exportify.app import ExportifyApp
from musicdb.imports.formats.exportify.net import ExportifyNet
from musicdb.imports.formats.listening.audio_features import FeaturesById
from musicdb.imports.formats.listening.playlist_files import PlaylistFile
from musicdb.imports.formats.listening.plays import PlayHistory
from musicdb.imports.formats.listening.spotify_library import SpotifyLibrary, SpotifyPlaylist
from musicdb.imports.formats.native import NATIVE_FORMATS
from musicdb.imports.formats.services.skiley import Skiley
from musicdb.imports.formats.services.soundiiz import Soundiiz
from musicdb.imports.formats.services.tunemymusic import TuneMyMusic
from musicdb.imports.formats.unknown import describe_unknown
from musicdb.imports.messages import ImportRefusedError
from musicdb.imports.options import ParseOptions

# All formats. Where a header fits two equally well, the first is taken.
FORMATS: tuple[type[FileFormat], ...] = (
    ExportifyApp,
    ExportifyNet,
    SpotifyTracks,
    PythonLists,
    TidyTuesday,
    PopularitySets,
    TopHits,
    OrganizeYourMusic,
    MusicGenre,
    TuneMyMusic,
    Soundiiz,
    Skiley,
    PlayHistory,
    SpotifyLibrary,
    SpotifyPlaylist,
    FeaturesById,
    PlaylistFile,
    *NATIVE_FORMATS,
)
# What people call each. The tables of the native format share a name.
FORMAT_LABELS = {file_format.name: file_format.label for file_format in FORMATS}


def detect(file: str, header: Sequence[str], parse_options: ParseOptions, wanted: str = "") -> FileFormat:
    """Return the format of a file with this header: the one named ``wanted``, or else the one that fits best.

    Raises ImportRefusedError, with what the file lacks, where none fits.
    """
    considered = [file_format for file_format in FORMATS if wanted in ("", file_format.name)]
    fitting = [file_format for file_format in considered if not file_format.missing_columns(header, file)]
    if fitting:
        best = max(fitting, key=lambda one: (one.matches_file_name(file), one.match_score(header)[1]))
        return best(file, header, parse_options)
    if not wanted:
        raise ImportRefusedError(describe_unknown(file, header, FORMATS, Soundiiz))
    nearest = max(considered, key=lambda one: one.match_score(header))
    missing = ", ".join(f"“{heading}”" for heading in nearest.missing_columns(header))
    raise ImportRefusedError(f"{file} is not in the format {nearest.label}: it lacks the columns {missing}.")
