"""Take back an import: all of it that nothing else has changed or uses since."""

from musicdb.history.undo.carry_out import carry_out
from musicdb.history.undo.plan import UndoCounts, UndoPlan, make_plan
from musicdb.history.undo.reasons import Left

__all__ = ["Left", "UndoCounts", "UndoPlan", "carry_out", "make_plan"]
