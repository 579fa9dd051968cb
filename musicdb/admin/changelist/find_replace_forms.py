"""The form of find and replace, and what its preview carries from page to page."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core import signing
from django.http import QueryDict

from musicdb.admin.base import is_valid_pk
from musicdb.editing import TEXT_FIELDS, ReplacePlan, Search, label_of
from musicdb.models.former_names import keeps_former_names

MAX_TYPED = 500
_SALT = "musicdb.find_replace"


class FindReplaceForm(forms.Form):
    """What to find in which texts of ``model``, and what to put in its place."""

    find = forms.CharField(max_length=MAX_TYPED, strip=False, widget=AdminTextInputWidget)
    replace = forms.CharField(
        label="Replace by",
        max_length=MAX_TYPED,
        strip=False,
        required=False,
        widget=AdminTextInputWidget,
        help_text="If blank, what is found is removed.",
    )
    fields_searched = forms.MultipleChoiceField(label="In", widget=forms.CheckboxSelectMultiple)
    match_case = forms.BooleanField(required=False, help_text="“Live” does not find “live”.")
    whole_words = forms.BooleanField(required=False, help_text="“art” does not find “Mozart”.")
    is_regex = forms.BooleanField(
        required=False,
        label="Regular expression",
        help_text="As Python writes them, such as “ - (\\d{4}) Remaster$”. In the replacement, \\1 is the first group.",
    )
    keep_former_names = forms.BooleanField(
        required=False,
        initial=True,
        label="Keep the old names as aliases",
        help_text="Searches and imports then still find the rows by their old names.",
    )

    def __init__(self, model: Any, data: QueryDict | None = None) -> None:
        super().__init__(data)
        choices = [(name, label_of(model, name)) for name in TEXT_FIELDS[model]]
        self.fields["fields_searched"].choices = choices  # type: ignore[attr-defined]
        self.fields["fields_searched"].initial = [choices[0][0]]
        if len(choices) == 1:
            self.fields["fields_searched"].widget = forms.MultipleHiddenInput()
        if not keeps_former_names(model):
            del self.fields["keep_former_names"]

    def _clean_typed(self, name: str) -> str:
        # Names are stored in this form.
        return unicodedata.normalize("NFC", self.cleaned_data[name])

    def clean_find(self) -> str:
        return self._clean_typed("find")

    def clean_replace(self) -> str:
        return self._clean_typed("replace")

    @property
    def search(self) -> Search:
        options = ("find", "replace", "match_case", "whole_words", "is_regex")
        return Search(**{name: self.cleaned_data[name] for name in options})


class Confirmation:
    """What a person has seen and unticked so far. The form of the preview carries it.

    ``shown`` are the digests of all changes of the first preview, by key. ``left_out`` are the keys without a tick.
    """

    def __init__(self, plan: ReplacePlan, posted: QueryDict) -> None:
        now = {row.key: row.digest for row in plan.possible}
        seen = _opened(posted.get("shown", ""))
        self.is_first = seen is None
        self.shown = now if seen is None else seen
        on_page = _keys(posted.get("on_page", ""))
        ticked = _keys(",".join(posted.getlist("tick")))
        self.left_out = (_keys(posted.get("left_out", "")) - on_page) | (on_page - ticked)
        if "tick_all" in posted:
            self.left_out = set()
        elif "untick_all" in posted:
            self.left_out = set(self.shown)
        self.left_out &= self.shown.keys()
        # The rows that somebody has changed since, so that they would change in another way or not at all.
        self.stale = {key for key, digest in self.shown.items() if now.get(key) != digest}

    @property
    def number(self) -> int:
        """How many rows change."""
        return len(self.shown.keys() - self.left_out - self.stale)

    @property
    def token(self) -> str:
        return signing.dumps(list(self.shown.items()), salt=_SALT, compress=True)

    @property
    def left_out_keys(self) -> str:
        return joined(sorted(self.left_out))


def joined(keys: Iterable[int]) -> str:
    return ",".join(map(str, keys))


def _keys(text: str) -> set[int]:
    return {int(key) for key in text.split(",") if is_valid_pk(key)}


def _opened(token: str) -> Mapping[int, str] | None:
    """Return what a token has, or None if it is none of ours."""
    try:
        return dict(signing.loads(token, salt=_SALT)) if token else None
    except (signing.BadSignature, ValueError):
        return None
