"""The form of a playlist, with the fields of its rule, and the forms that add tracks to one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from musicdb.admin.changelist.bulk_forms import MembersField
from musicdb.admin.generic import ModelChoiceField, ModelForm
from musicdb.models import Playlist
from musicdb.models.playlists import MAX_RULE
from musicdb.search import RuleFilter, rule_of

BY_HAND, BY_RULE = "hand", "rule"
KINDS = ((BY_HAND, "chosen by hand, or by an import"), (BY_RULE, "those that a rule finds"))
# The fields of the FilterSet, under names that no field of the model has.
RULE_FIELDS = {f"rule_{name}": name for name in RuleFilter.base_filters}


class PlaylistForm(ModelForm[Playlist]):
    """A playlist. The fields of the rule are those of the FilterSet of tracks, and count only for a rule."""

    kind = forms.ChoiceField(label="Its tracks are", choices=KINDS, widget=forms.RadioSelect, initial=BY_HAND)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.rule is not None:
            rule = QueryDict(self.instance.rule).dict()
            self.initial.update({"kind": BY_RULE, **{f"rule_{name}": value for name, value in rule.items()}})
        elif self.instance.pk:
            self.initial["kind"] = BY_HAND

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.instance.rule = None
        if cleaned.get("kind") == BY_RULE:
            self.instance.rule = rule_of(
                (name, self.data.get(self.add_prefix(field), "")) for field, name in RULE_FIELDS.items()
            )
            if not self.instance.rule:
                raise ValidationError("A rule needs at least one condition. Without one it would find every track.")
            if len(self.instance.rule) > MAX_RULE:
                raise ValidationError(f"The rule is too long: it may have {MAX_RULE:,} characters.")
        return cleaned


_FIELDS = {f"rule_{name}": field for name, field in RuleFilter().form.fields.items()}
PlaylistForm.declared_fields |= _FIELDS
PlaylistForm.base_fields |= _FIELDS


class AddTracksForm(forms.Form):
    """Which tracks to add to a playlist, and where."""

    tracks = MembersField(Playlist, "tracks", label="Tracks", help_text="Search by title, artist or album.")
    place = forms.IntegerField(
        label="At place", required=False, min_value=1, help_text="If blank, they come after the last track."
    )

    def clean_tracks(self) -> list[int]:
        found = [track.pk for track in self.cleaned_data["tracks"]]
        if not found:
            raise ValidationError("Choose at least one track.")
        return found


class NewPlaylistForm(forms.Form):
    """What to do with selected tracks: make a playlist of them, or add them to one."""

    name = forms.CharField(label="New playlist", max_length=300, required=False)
    playlist = ModelChoiceField(
        Playlist.objects.filter(rule=None).order_by("sort_key", "pk"),
        label="Or add them to",
        required=False,
        empty_label="(a new playlist)",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and bool(cleaned.get("name")) == bool(cleaned.get("playlist")):
            raise ValidationError("Either name a new playlist, or choose one that exists.")
        name = cleaned.get("name")
        if name and (playlist := Playlist.objects.filter(name_key=name).first()):
            self.add_error("name", f"There is a playlist of that name. It is “{playlist}” ({playlist.slug}).")
        return cleaned
