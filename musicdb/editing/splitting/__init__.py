"""Split an artist that is several, and show first what that changes."""

from musicdb.editing.splitting.preview import PreviewedPart, SplitPreview, preview_split
from musicdb.editing.splitting.split import (
    MAX_PARTS,
    Split,
    SplitChangedError,
    SplitDone,
    SplitError,
    SplitPart,
    split_artist,
)

__all__ = [
    "MAX_PARTS",
    "PreviewedPart",
    "Split",
    "SplitChangedError",
    "SplitDone",
    "SplitError",
    "SplitPart",
    "SplitPreview",
    "preview_split",
    "split_artist",
]
