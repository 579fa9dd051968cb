"""Undo a merge as a whole: say first what it would put back and what it cannot, then do it."""

from musicdb.editing.undo.merges import undo_merge
from musicdb.editing.undo.plan import UndoPlan, UndoRefusedError, plan_undo

__all__ = ["UndoPlan", "UndoRefusedError", "plan_undo", "undo_merge"]
