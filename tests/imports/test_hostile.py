"""Whatever a file holds, the library is as before or as the file says, and nobody sees a traceback."""

import csv
import io

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from musicdb.exports.csv_injection import escape_formula, unescape_formula
from musicdb.imports import ImportOptions, ImportRefusedError, Source, preview, run_import
from musicdb.imports.formats.detect import FORMATS
from musicdb.models import Album, Artist, Genre, Import, Label, Track
from tests.imports.files import SAMPLES

MODELS = (Genre, Artist, Label, Album, Track, Import)
LETTERS = st.characters(codec="utf-8")
ODD_CELLS = (
    *("", "0", "-1", "nan", "1e999", "undefined", "NA", "true", "7/2/2021", "2021", "2021-02-30", "\0", "0.5", "120"),
    *("=1+1", "@x", "javascript:alert(1)", "https://a.example/b", "a;b\\;c", "a, b\\, c", "١٢", "1_0"),
    *("spotify:track:0000000000000000000001", "0000000000000000000002", "spotify:local:a:b:c:1", "spotify:artist:x, y"),
)
CELLS = st.one_of(
    st.text(LETTERS, max_size=30),
    st.sampled_from(ODD_CELLS),
)


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """A file with a file format's header, whole or with a column gone, and rows of any length of anything."""
    file_format = draw(st.sampled_from(FORMATS))
    header = [str(column.column_name) for column in file_format.columns().values()]
    if draw(st.booleans()):
        header = header[: draw(st.integers(1, len(header)))]
    rows = draw(st.lists(st.lists(CELLS, max_size=len(header) + 1), max_size=6))
    text = io.StringIO()
    csv.writer(text, delimiter=draw(st.sampled_from(",;\t"))).writerows([header, *rows])
    return text.getvalue().encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])), errors="replace")


def mangled() -> st.SearchStrategy[bytes]:
    """A sample, cut short and with some bytes changed."""
    samples = st.sampled_from([path.read_bytes() for path in sorted(SAMPLES.glob("*.csv"))])
    return st.builds(
        lambda data, end, changes: _changed(data[: end * len(data) // 100], changes),
        samples,
        st.integers(1, 100),
        st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=5),
    )


def _changed(data: bytes, changes: list[tuple[int, int]]) -> bytes:
    mutable = bytearray(data)
    for place, value in changes:
        mutable[place % len(mutable)] = value
    return bytes(mutable)


def counts() -> list[int]:
    return [model._default_manager.count() for model in MODELS]


@pytest.mark.slow
class TestAnyFile(TestCase):
    @settings(max_examples=150, suppress_health_check=list(HealthCheck))
    @given(data=st.one_of(tables(), mangled(), st.binary(max_size=200)), skip_bad=st.booleans())
    @example(data=b"PK\x03\x04", skip_bad=True)
    @example(data=b'""', skip_bad=True)
    def test_is_imported_or_refused(self, data: bytes, skip_bad: bool) -> None:
        before = counts()
        options = ImportOptions(skip_bad=skip_bad)
        try:
            looked = preview([Source("any.csv", data)], options)
        except ImportRefusedError:
            assert counts() == before
            with pytest.raises(ImportRefusedError, match=r"\w"):
                run_import([Source("any.csv", data)], options, None)
            assert counts() == before
            return
        assert counts() == before
        try:
            done = run_import([Source("any.csv", data)], options, None)
        except ImportRefusedError:
            assert looked.parsed.questions or (looked.parsed.problems and not skip_bad)
            assert counts() == before
            return
        # What the preview promised is what came; what came is valid; and to do it again changes nothing.
        assert done.counts == looked.counts
        parsed = looked.parsed
        assert sum(map(len, (parsed.problems, parsed.tracks, parsed.entities))) + parsed.skipped.total() == parsed.rows
        for model in MODELS[:-1]:
            for row in model._default_manager.all():
                row.full_clean()
        assert not preview([Source("any.csv", data)], options).changes_anything


@given(text=st.text())
@example(text="'=x")
@example(text="''")
@example(text="\t=1")
def test_an_escaped_cell_comes_back_as_it_was_and_runs_nowhere(text: str) -> None:
    escaped = escape_formula(text)
    assert unescape_formula(escaped) == text
    assert not escaped.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
