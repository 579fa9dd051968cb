"""Pages of the catalogue as Markdown."""

from musicdb.pages.markdown.tables import TABLE_HEAD, Absolute, escape, link, track_row

__all__ = ["TABLE_HEAD", "Absolute", "escape", "link", "track_row"]
