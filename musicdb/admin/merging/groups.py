"""The page that confirms the merge of several groups: what is kept and what goes in each, and which values stay."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from django import forms

from musicdb.admin.base import is_valid_pk
from musicdb.admin.merging.forms import MergeForm
from musicdb.editing import Difference, MergeGroup
from musicdb.history.diff import name_of
from musicdb.history.versions import last_versions

MAX_GROUPS = 50


def posted_groups(values: Iterable[str], most_rows: int) -> list[list[int]]:
    """Return the keys of each group that a browser sends, such as "12,15". Invalid ones are left out."""
    found = [[int(key) for key in dict.fromkeys(value.split(",")) if is_valid_pk(key)] for value in values]
    return [keys[:most_rows] for keys in found[:MAX_GROUPS] if len(keys) > 1]


class GroupForm(MergeForm):
    """One of the groups: whether it is merged, which row is kept, which rows are left out, which values stay.

    It asks only for values that would be lost: a title or an id of a row that goes becomes an alias.
    """

    value_widget = forms.Select
    include = forms.BooleanField(required=False, initial=True)
    leave_out = forms.TypedMultipleChoiceField(coerce=int, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, objs: Sequence[Any], differences: Sequence[Difference], data: Mapping[str, Any] | None = None
    ) -> None:
        keys = sorted(obj.pk for obj in objs)
        super().__init__(objs, [one for one in differences if one.is_lost], data, prefix=f"group-{keys[0]}")
        self.group = ",".join(map(str, keys))
        self.fields["leave_out"].choices = [(obj.pk, str(obj)) for obj in objs]  # type: ignore[attr-defined]
        self.initial["include"] = True
        facts = [*((obj.pk, str(obj), obj.slug) for obj in sorted(objs, key=lambda obj: obj.pk)), *differences]
        self.digest = sha256(repr(facts).encode()).hexdigest()[:16]
        self.initial["seen"] = self.digest

    @property
    def is_included(self) -> bool:
        return bool(self.cleaned_data.get("include"))

    @property
    def has_changed_since(self) -> bool:
        """Whether the rows are others than those that the page showed."""
        return bool(self.cleaned_data.get("seen") != self.digest)

    @property
    def rows(self) -> list[tuple[Any, bool, bool]]:
        """The rows, each with whether it is kept and whether it is left out."""
        left_out = {str(key) for key in self["leave_out"].value() or ()}
        kept = str(self["survivor"].value())
        return [(obj, str(obj.pk) == kept, str(obj.pk) in left_out) for obj in self.objs]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        left_out = set(cleaned.get("leave_out") or ())
        if cleaned.get("include"):
            if cleaned.get("survivor") in left_out:
                raise forms.ValidationError("The one that stays cannot be left out: keep another one.")
            if len(left_out) > len(self.objs) - 2:
                raise forms.ValidationError("Leave at least two to merge, or clear the box of the whole group.")
        return cleaned

    @property
    def merge_group(self) -> MergeGroup:
        survivor, others = self.survivor_and_others
        left_out = set(self.cleaned_data["leave_out"])
        merged = {obj.pk for obj in self.objs} - left_out
        choices = {name: key for name, key in self.choices.items() if key in merged}
        return MergeGroup(survivor, [other for other in others if other.pk in merged], choices)


def gone_rows(model: Any, keys: Iterable[int]) -> list[str]:
    """Return a sentence for each row that a group had and that is no longer there."""
    return [
        f"“{name_of(version)}” no longer exists: somebody may have merged or deleted it just now."
        for version in last_versions(model, keys).values()
    ]
