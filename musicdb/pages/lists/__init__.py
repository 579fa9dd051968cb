"""Lists that visitors filter, sort and page through. The address of a list holds all that it shows."""

from musicdb.pages.lists.filtered import FilteredListView, with_query
from musicdb.pages.lists.jump_letters import JumpLettersView

__all__ = ["FilteredListView", "JumpLettersView", "with_query"]
