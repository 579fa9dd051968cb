"""Imports files of very many rows in parts, so that only one part is in memory at a time.

The rows are read once and written to the disk, those about one track to one part. Every part is then compared with the
library and written, all in one transaction. What earlier parts have written is found in the library by the later ones.
"""

from musicdb.imports.parts.reading import Divided, divide, is_divisible
from musicdb.imports.parts.totals import Totals
from musicdb.imports.parts.writing import write_parts

__all__ = ["Divided", "Totals", "divide", "is_divisible", "write_parts"]
