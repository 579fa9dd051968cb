"""Which file format a file is of, by its header."""

from collections.abc import Sequence

from musicdb.imports.formats.base import FileFormat, ParseOptions
from musicdb.imports.formats.exportify_app import ExportifyApp
from musicdb.imports.formats.exportify_net import ExportifyNet
from musicdb.imports.formats.kaggle import Kaggle
from musicdb.imports.formats.native import NATIVE_FORMATS
from musicdb.imports.formats.tidytuesday import TidyTuesday
from musicdb.imports.records import ImportRefusedError

# Where a header fits two equally well, the first is taken.
FORMATS: tuple[type[FileFormat], ...] = (ExportifyApp, ExportifyNet, Kaggle, TidyTuesday, *NATIVE_FORMATS)
# What people call each; one of them has several kinds of table.
FORMAT_LABELS = {file_format.name: file_format.label for file_format in FORMATS}


def detect(file: str, header: Sequence[str], parse_options: ParseOptions, wanted: str = "") -> FileFormat:
    """Return the file format of a file with this header: the one called ``wanted``, or else the best that fits.

    Raises ImportRefusedError, with the columns that are missing from it and the file format that is nearest.
    """
    considered = [file_format for file_format in FORMATS if wanted in ("", file_format.name)]
    fitting = [file_format for file_format in considered if not file_format.missing_columns(header, file)]
    if fitting:
        return max(
            fitting, key=lambda file_format: (file_format.matches_file_name(file), file_format.match_score(header)[1])
        )(header, parse_options)
    nearest = max(considered, key=lambda file_format: file_format.match_score(header))
    missing = ", ".join(f"“{heading}”" for heading in nearest.missing_columns(header))
    if wanted:
        raise ImportRefusedError(f"{file} is not in the format {nearest.label}: it lacks the columns {missing}.")
    raise ImportRefusedError(
        f"{file} is in no format that musicdb knows. The nearest is {nearest.label}, and it lacks {missing}."
    )
