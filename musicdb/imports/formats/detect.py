"""Which dialect a file is of, by its header."""

from collections.abc import Sequence

from musicdb.imports.formats.base import Choices, Dialect
from musicdb.imports.formats.exportify_app import ExportifyApp
from musicdb.imports.formats.exportify_net import ExportifyNet
from musicdb.imports.formats.kaggle import Kaggle
from musicdb.imports.formats.native import OWN
from musicdb.imports.formats.tidytuesday import TidyTuesday
from musicdb.imports.records import ImportRefusedError

# Where a header fits two equally well, the first is taken.
DIALECTS: tuple[type[Dialect], ...] = (ExportifyApp, ExportifyNet, Kaggle, TidyTuesday, *OWN)
# What people call each; one of them has several kinds of table.
CALLED = {dialect.name: dialect.called for dialect in DIALECTS}


def recognise(file: str, header: Sequence[str], choices: Choices, wanted: str = "") -> Dialect:
    """Return the dialect of a file with this header: the one called ``wanted``, or else the best that fits.

    Raises ImportRefusedError, with the columns that are missing from it and the dialect that is nearest.
    """
    considered = [dialect for dialect in DIALECTS if wanted in ("", dialect.name)]
    fitting = [dialect for dialect in considered if not dialect.missing_from(header, file)]
    if fitting:
        return max(fitting, key=lambda dialect: (dialect.is_named_by(file), dialect.share_found(header)[1]))(
            header, choices
        )
    nearest = max(considered, key=lambda dialect: dialect.share_found(header))
    missing = ", ".join(f"“{heading}”" for heading in nearest.missing_from(header))
    if wanted:
        raise ImportRefusedError(f"{file} is not of the dialect {nearest.called}: it lacks the columns {missing}.")
    raise ImportRefusedError(
        f"{file} is of no dialect that musicdb knows. The nearest is {nearest.called}, and it lacks {missing}."
    )
