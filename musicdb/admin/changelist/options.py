"""The options of an autocomplete box: the best first, each with what tells it from others of its name."""

import unicodedata
from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.paginator import Paginator
from django.db.models import Model

from musicdb.admin.base import CatalogueAdmin
from musicdb.search import DeferredJoinPaginator

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


class OptionsView(AutocompleteJsonView):
    """Django's view, with the text that the model's admin class has for an option."""

    model_admin: Any

    def get_paginator(self, *args: Any, **kwargs: Any) -> "Paginator[Any]":
        paginator = super().get_paginator(*args, **kwargs)
        if isinstance(paginator, DeferredJoinPaginator) and paginator.rows is not None:
            paginator.rows = self.model_admin.with_option_facts(paginator.rows)
        return paginator

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        option: dict[str, str] = super().serialize_result(obj, to_field_name)
        if isinstance(self.model_admin, CatalogueAdmin):
            facts = ", ".join(fact for fact in self.model_admin.option_facts(obj) if fact)
            option["text"] = isolated(option["text"]) + (f" ({facts})" if facts else "")
        return option


def isolated(name: str) -> str:
    """Return a name for a text without HTML, so that one that runs from right to left does not turn the rest round."""
    runs_left = any(unicodedata.bidirectional(character) in {"R", "AL", "AN"} for character in name)
    return f"{_FIRST_STRONG_ISOLATE}{name}{_POP_ISOLATE}" if runs_left else name
