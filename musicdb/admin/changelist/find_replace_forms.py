"""The form of find and replace, and what its preview carries from page to page."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core import signing
from django.http import QueryDict
from django.utils.text import get_text_list

from musicdb.editing import TEXT_FIELDS, ReplacePlan, Search, label_of
from musicdb.models.former_values import id_columns

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
        help_text="Searches and imports then still find the rows by them.",
    )

    def __init__(self, model: Any, data: QueryDict | None = None) -> None:
        super().__init__(data)
        choices = [(name, label_of(model, name)) for name in TEXT_FIELDS[model]]
        self.fields["fields_searched"].choices = choices  # type: ignore[attr-defined]
        self.fields["fields_searched"].initial = [choices[0][0]]
        columns = [model._meta.get_field(name) for name in id_columns(model) if name in TEXT_FIELDS[model]]
        what = get_text_list(["names", *(f"{column.verbose_name}s" for column in columns)], "and")
        self.fields["keep_former_names"].label = f"Keep the old {what} as aliases"

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
        on_page = set(posted.get("on_page", "").split(","))
        ticked = set(posted.getlist("tick"))
        self.left_out = (set(posted.get("left_out", "").split(",")) - on_page) | (on_page - ticked)
        if "tick_all" in posted:
            self.left_out = set()
        elif "untick_all" in posted:
            self.left_out = set(self.shown)
        self.left_out &= self.shown.keys()
        # What somebody has changed since, so that it would change in another way or not at all.
        self.stale = {key for key, digest in self.shown.items() if now.get(key) != digest}

    @property
    def confirmed(self) -> dict[str, str]:
        """The digests of what has a tick, by key."""
        return {key: digest for key, digest in self.shown.items() if key not in self.left_out}

    @property
    def changing(self) -> set[str]:
        """The keys of what changes."""
        return self.confirmed.keys() - self.stale

    @property
    def token(self) -> str:
        return signing.dumps(list(self.shown.items()), salt=_SALT, compress=True)

    @property
    def left_out_keys(self) -> str:
        return ",".join(sorted(self.left_out))


def _opened(token: str) -> Mapping[str, str] | None:
    """Return what a token has, or None if it is none of ours."""
    try:
        return dict(signing.loads(token, salt=_SALT)) if token else None
    except (signing.BadSignature, ValueError):
        return None
