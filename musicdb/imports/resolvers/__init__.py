"""Finds out what the records of an import mean: existing rows of the catalogue, or new ones. Reads only."""

from musicdb.imports.resolvers.albums import AlbumResolver
from musicdb.imports.resolvers.joint_names import JointNames
from musicdb.imports.resolvers.named import NamedResolver
from musicdb.imports.resolvers.resolve import Resolution, ResolvedRow, ResolvedTrack, UnknownTrack, resolve

__all__ = [
    "AlbumResolver",
    "JointNames",
    "NamedResolver",
    "Resolution",
    "ResolvedRow",
    "ResolvedTrack",
    "UnknownTrack",
    "resolve",
]
