"""Says whether an upload has so many rows that no request should wait for them."""

from itertools import chain, islice

from django.conf import settings

from musicdb.exports.limits import MEGABYTE
from musicdb.imports.messages import ImportRefusedError
from musicdb.imports.options import Source
from musicdb.imports.tables import read_sources

# To count the rows of a zip or of JSON, all of it has to be read. A larger file is not looked into.
MAX_COUNTED_SIZE = 4 * MEGABYTE


def is_large(source: Source) -> bool:
    """Return whether ``source`` has more rows than the setting TRANSFER_ROWS. What cannot be read has none."""
    if source.size > MAX_COUNTED_SIZE:
        return True
    try:
        rows = chain.from_iterable(table.rows() for table in read_sources([source]))
        return next(islice(rows, settings.TRANSFER_ROWS, None), None) is not None
    except ImportRefusedError:
        return False
