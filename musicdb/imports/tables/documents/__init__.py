"""Reads files that are no tables, such as JSON, as tables with a known header."""

from musicdb.imports.tables.documents.reading import NoMusicError, is_document, may_be_document, read_document

__all__ = ["NoMusicError", "is_document", "may_be_document", "read_document"]
