"""The public site as files in a folder, as HTML or as Markdown.

It reads the pages through the site's own middleware and views, beginning with the home page and the sitemap, and
follows their links, so a new page comes along by itself.
"""

from musicdb.pages.static_site.addresses import FileFormat
from musicdb.pages.static_site.export import Options, Report, export_site
from musicdb.pages.static_site.folder import ExportRefusedError
from musicdb.pages.static_site.parts import PARTS, chosen_parts

__all__ = [
    "PARTS",
    "ExportRefusedError",
    "FileFormat",
    "Options",
    "Report",
    "chosen_parts",
    "export_site",
]
