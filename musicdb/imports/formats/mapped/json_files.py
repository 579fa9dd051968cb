"""Reads a mapping that was written as JSON."""

import json
from collections.abc import Sequence
from typing import Any

from musicdb.imports.column_mapping import IGNORE, ColumnMapping, MappedColumn
from musicdb.imports.formats.mapped.file_format import check_mapping, storable
from musicdb.imports.messages import ImportRefusedError

MAX_CELL_SHOWN = 60


def read_mapping(text: str, name: str) -> ColumnMapping:
    """Return the mapping in a JSON text, as ``mapping_as_json`` writes it. ``name`` is what messages call it.

    Raises ImportRefusedError for a text that is none, and MappingRefusedError for one that cannot be used.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ImportRefusedError(f"{name} is not JSON: {error}.") from None
    return mapping_in(found, name)


def mapping_as_json(mapping: ColumnMapping, rows: Sequence[Sequence[str]]) -> str:
    """Return a mapping as JSON for a person to correct. ``rows`` have the first cells of each column, to be shown."""
    columns = [
        {**column, "cells": [cells[position].strip()[:MAX_CELL_SHOWN] for cells in rows]}
        for position, column in enumerate(mapping.as_dict()["columns"])
    ]
    return json.dumps({"columns": columns}, ensure_ascii=False, indent=2)


def mapping_in(found: Any, name: str) -> ColumnMapping:
    """Return the mapping in what a JSON text has. Raises as ``read_mapping`` does."""
    columns = found.get("columns") if isinstance(found, dict) else None
    if not isinstance(columns, list) or not columns:
        raise ImportRefusedError(f"{name} has no list of “columns”. --print-map writes one.")
    mapping = ColumnMapping(tuple(_column(column, name) for column in columns))
    check_mapping(mapping)
    return mapping


def _column(found: Any, name: str) -> MappedColumn:
    texts = {part: found.get(part) for part in ("heading", "field", "reading")} if isinstance(found, dict) else {}
    if not texts or not all(text is None or isinstance(text, str) for text in texts.values()):
        raise ImportRefusedError(f"{name}: each of the columns is an object with “heading”, “field” and “reading”.")
    return MappedColumn(storable(texts["heading"] or ""), texts["field"] or IGNORE, texts["reading"] or "")
