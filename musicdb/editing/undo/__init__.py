"""Undo a change of many rows as a whole: say first what it would put back and what it cannot, then do it."""

from musicdb.editing.undo.edits import EditUndo, count_written, plan_edit_undo, undo_edit
from musicdb.editing.undo.merges import undo_merge
from musicdb.editing.undo.plan import UndoPlan, UndoRefusedError, plan_undo

__all__ = [
    "EditUndo",
    "UndoPlan",
    "UndoRefusedError",
    "count_written",
    "plan_edit_undo",
    "plan_undo",
    "undo_edit",
    "undo_merge",
]
