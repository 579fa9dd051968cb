"""The form that asks which of several rows stays, and which of their values."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db import models

from musicdb.editing import Difference


class MergeForm(forms.Form):
    """Which of ``objs`` stays, and which value where they differ. The first row is chosen at the start.

    A value for which nothing is chosen is that of the row that stays.
    """

    survivor = forms.TypedChoiceField(coerce=int, error_messages={"required": "Choose which one stays."})
    value_widget: type[forms.Widget] = forms.RadioSelect

    def __init__(
        self,
        objs: Sequence[models.Model],
        differences: Sequence[Difference] = (),
        data: Mapping[str, Any] | None = None,
        prefix: str | None = None,
    ) -> None:
        super().__init__(data, initial={"survivor": objs[0].pk}, prefix=prefix)
        self.objs, self._differences = objs, differences
        self.fields["survivor"].choices = [(obj.pk, str(obj)) for obj in objs]  # type: ignore[attr-defined]
        for difference in differences:
            self.fields[_name(difference)] = forms.ChoiceField(
                label=difference.label,
                choices=[("", difference.unless_chosen), *((str(key), text) for key, text in difference.options)],
                required=False,
                widget=self.value_widget,
            )

    @property
    def values(self) -> list[forms.BoundField]:
        """The fields of the values in which the rows differ."""
        return [self[_name(difference)] for difference in self._differences]

    @property
    def choices(self) -> dict[str, int]:
        """The key of the row whose value stays, by the name of the value."""
        chosen = {one.name: self.cleaned_data.get(_name(one)) for one in self._differences}
        return {name: int(key) for name, key in chosen.items() if key}

    @property
    def survivor_and_others(self) -> tuple[Any, list[Any]]:
        chosen = self.cleaned_data["survivor"]
        (survivor,) = (obj for obj in self.objs if obj.pk == chosen)
        return survivor, [obj for obj in self.objs if obj.pk != chosen]


def _name(difference: Difference) -> str:
    return f"value_{difference.name}"
