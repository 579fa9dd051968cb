"""The widgets that read what only other programs write: clocks, percent, keys and modes in words."""

import pytest
from import_export.widgets import Widget

from musicdb.exports.widgets import FeatureWidget
from musicdb.imports.formats.widgets import (
    DurationWidget,
    KeyWidget,
    ModeWidget,
    RatingWidget,
    ScaledWidget,
    feature_named,
)

PERCENT = ScaledWidget(FeatureWidget(feature_named("energy")), 100)
CLOCK = DurationWidget()


@pytest.mark.parametrize(
    ("widget", "cell", "value"),
    [
        (CLOCK, "3:36", 216_000),
        (CLOCK, "03:36.5", 216_500),
        (CLOCK, "1:03:36", 3_816_000),
        (CLOCK, "75:00", 4_500_000),
        (CLOCK, "0:00", None),
        (CLOCK, "", None),
        (DurationWidget(1000), "216.453", 216_453),
        (DurationWidget(1000), "216,5", 216_500),
        (DurationWidget(60_000), "3.5", 210_000),
        (PERCENT, "59", 0.59),
        (PERCENT, "57.3 %", 0.573),
        (PERCENT, "0%", 0),
        (PERCENT, "n/a", None),
        (KeyWidget(), "10", 10),
        (KeyWidget(), "-1", None),
        (KeyWidget(), "?", None),
        (KeyWidget(), "A#", 10),
        (KeyWidget(), "B♭ minor", 10),
        (KeyWidget(), "C♯/D♭", 1),
        (KeyWidget(), "Cb", 11),
        (KeyWidget(), "F#m", 6),
        (KeyWidget(), "8A", 9),
        (KeyWidget(), "8B", 0),
        (KeyWidget(), "1B", 11),
        (KeyWidget(), "12A", 1),
        (ModeWidget(), "Minor", 0),
        (ModeWidget(), "MAJOR", 1),
        (ModeWidget(), "1", 1),
        (ModeWidget(), "?", None),
        (RatingWidget(1), "4", 4),
        (RatingWidget(1), "4.5", 5),
        (RatingWidget(1), "0,5", 1),
        (RatingWidget(1), "0", None),
        (RatingWidget(1), "", None),
        (RatingWidget(1), "★★★☆☆", 3),
        (RatingWidget(1), "★★★½", 4),
        (RatingWidget(1), "☆☆☆☆☆", None),
        (RatingWidget(2), "9", 5),
        (RatingWidget(2), "10", 5),
        (RatingWidget(20), "80", 4),
        (RatingWidget(20), "50", 3),
        (RatingWidget(20), "0", None),
    ],
)
def test_a_cell_becomes_a_value(widget: Widget, cell: str, value: float | None) -> None:
    assert widget.clean(cell) == value


@pytest.mark.parametrize(
    ("widget", "cell", "said"),
    [
        (CLOCK, "216453", "such as 3:36"),
        (CLOCK, "3:6", "such as 3:36"),
        (CLOCK, "3:75", "such as 3:36"),
        (DurationWidget(1000), "3:36", "not a number"),
        (DurationWidget(1000), "-4", "not a duration"),
        (PERCENT, "101", "from 0 to 100"),
        (PERCENT, "high", "from 0 to 100"),
        (KeyWidget(), "H", "no key"),
        (KeyWidget(), "13A", "no key"),
        (ModeWidget(), "dorian", "no mode"),
    ],
)
def test_what_is_no_such_value_is_refused_in_words(widget: Widget, cell: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        widget.clean(cell)
