"""Finds out what the records of an import mean: existing rows of the catalogue, or new ones. Reads only."""

from musicdb.imports.resolvers.resolve import Resolution, ResolvedRow, ResolvedTrack, UnknownTrack, resolve

__all__ = ["Resolution", "ResolvedRow", "ResolvedTrack", "UnknownTrack", "resolve"]
