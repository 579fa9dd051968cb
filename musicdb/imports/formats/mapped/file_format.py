"""The format of a table whose columns a person has mapped."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar

from musicdb.imports.column_mapping import IGNORE, ColumnMapping, MappedColumn
from musicdb.imports.formats.base import Column, heading_key
from musicdb.imports.formats.listening.plays import RATING_RULE
from musicdb.imports.formats.mapped.fields import FIELDS, NEEDED, SECOND
from musicdb.imports.formats.sniffers import ArtistNames, DateOrder
from musicdb.imports.formats.spotify import SpotifyFormat
from musicdb.imports.messages import ImportRefusedError, Note, RowRefusedError
from musicdb.imports.options import ParseOptions
from musicdb.imports.plays import Plays
from musicdb.imports.records import TrackRecord


class MappingRefusedError(ImportRefusedError):
    """A mapping that cannot be used. ``problems`` has the position of the column, or None, and what is wrong."""

    def __init__(self, problems: Sequence[tuple[int | None, str]]) -> None:
        super().__init__(" ".join(message for _, message in problems))
        self.problems = problems


def check_mapping(mapping: ColumnMapping) -> None:
    """Raise MappingRefusedError, with everything that is wrong, for a mapping by which no track can be imported."""
    problems: list[tuple[int | None, str]] = []
    first: dict[str, MappedColumn] = {}
    known = Counter[str]()
    for position, column in enumerate(mapping.columns):
        if column.field == IGNORE:
            continue
        if (field := FIELDS.get(column.field)) is None:
            names = ", ".join((*FIELDS, IGNORE))
            problems.append((position, f"“{column.heading}”: “{column.field}” is no field. Use one of {names}."))
            continue
        if field.reading(column.reading) is None:
            codes = ", ".join(reading.code for reading in field.readings if reading.code)
            advice = f"Use one of {codes}." if codes else "This field has one reading: leave it blank."
            text = f"“{column.heading}”: “{column.reading}” is no reading of {field.name}. {advice}"
            problems.append((position, text))
        known[field.name] += 1
        other = first.setdefault(field.name, column)
        if known[field.name] > 1 + (field.name in SECOND):
            text = f"“{other.heading}” and “{column.heading}” are both mapped to {field.label}. Choose one of them."
            problems.append((position, text))
    lacking = [word for name, word in NEEDED.items() if name not in known]
    if lacking:
        text = f"No column is mapped to {' or '.join(FIELDS[name].label for name in NEEDED if name not in known)}."
        problems.append((None, f"{text} A track needs {' and '.join(NEEDED.values())}."))
    if problems:
        raise MappingRefusedError(problems)


class MappedFormat(SpotifyFormat):
    """A file with mapped columns. ``mapped_format`` makes the subclass for a mapping."""

    name = "mapped"
    label = "Columns mapped by hand"
    mapping: ClassVar[ColumnMapping]

    def __init__(self, file: str, header: Sequence[str], parse_options: ParseOptions) -> None:
        super().__init__(file, header, parse_options)
        if "rating" in self.positions:
            self.notes.append(Note("", RATING_RULE, (), file))

    @classmethod
    def positions_in(cls, header: Sequence[str]) -> dict[str, int | None]:
        """Return the position of each mapped column. Of columns with equal headings, each counts for itself."""
        places: dict[str, list[int]] = {}
        for index, heading in enumerate(header):
            places.setdefault(column_key(heading), []).append(index)
        found: dict[str, int | None] = {}
        for column in cls.mapping.columns:
            here = places.get(column_key(column.heading))
            position = here.pop(0) if here else None
            if column.field != IGNORE:
                found[SECOND[column.field] if column.field in found else column.field] = position
        return found

    @classmethod
    def is_required(cls, name: str, file: str = "") -> bool:
        # A mapping is of files that have all its columns.
        return True

    def record(self, cells: Sequence[str]) -> TrackRecord:
        record = super().record(cells)
        if not record.artists and not record.spotify_id:
            raise RowRefusedError(self.heading("artists"), "is empty. A track needs an artist.")
        if "rating" in self.positions and (rating := self.columns()["rating"].widget.clean(self.cell(cells, "rating"))):
            self._count(record, rating)
        return record

    def _count(self, record: TrackRecord, rating: int) -> None:
        if (score := record.values.get("score")) is None:
            record.plays = Plays(stated=rating)
        else:
            record.values["score"] = max(score, rating)

    def _features(self, values: dict[str, Any]) -> dict[str, Any]:
        features = super()._features(values)
        # Nobody knows better where they come from than the file, unless it says so.
        return {**features, "features_source": values.get("features_source") or self.file[:100]} if features else {}


def column_key(heading: str) -> str:
    """Return what makes two headings one. A heading may be nothing but a sign, such as a heart."""
    return heading_key(heading) or storable(heading).strip()


def storable(heading: str) -> str:
    """Return a heading without what no database stores as JSON."""
    return heading.replace("\0", "").encode("utf-8", "replace").decode()


def fingerprint(header: Sequence[str]) -> str:
    """Return what files with the same columns, in any order, have in common."""
    return hashlib.sha256(json.dumps(sorted(map(column_key, header))).encode()).hexdigest()


def spread(mapping: ColumnMapping, header: Sequence[str]) -> ColumnMapping:
    """Return ``mapping`` for a table with this header: a field for each of its columns, in their order."""
    mapped: dict[str, list[MappedColumn]] = {}
    for column in mapping.columns:
        mapped.setdefault(column_key(column.heading), []).append(column)
    columns = []
    for heading in header:
        same = mapped.get(column_key(heading))
        column = same.pop(0) if same else MappedColumn("")
        columns.append(replace(column, heading=storable(heading)))
    return ColumnMapping(tuple(columns))


@lru_cache(maxsize=20)
def mapped_format(mapping: ColumnMapping) -> type[MappedFormat]:
    """Return the format of the files that have the columns of ``mapping``. Raises MappingRefusedError."""
    check_mapping(mapping)
    columns: dict[str, Any] = {}
    for mapped in mapping.columns:
        if mapped.field != IGNORE and (reading := FIELDS[mapped.field].reading(mapped.reading)):
            name = SECOND[mapped.field] if mapped.field in columns else mapped.field
            columns[name] = Column(mapped.heading, reading.widget)
    # A sniffer reads every row, so there is none without its column.
    sniffers = [sniffer for name, sniffer in (("released", DateOrder), ("artist_ids", ArtistNames)) if name in columns]
    return type("MappedColumns", (MappedFormat,), {**columns, "mapping": mapping, "sniffers": tuple(sniffers)})
