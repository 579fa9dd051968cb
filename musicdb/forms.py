"""Forms for editors: what they type or paste, as the catalogue keeps it."""

import re
from typing import Any

from django import forms
from django.db import models
from django.db.models import F
from django.forms.models import BaseInlineFormSet

from musicdb.dates import format_release_date, parse_release_date
from musicdb.models import Album, Artist, Track
from musicdb.validators import validate_spotify_id

_SPOTIFY_ADDRESS = re.compile(
    r"(?:https?://open\.spotify\.com/(?:intl-\w+/)?|spotify:)(?:track|album|artist)[/:](?P<id>[0-9A-Za-z]{22})(?:\?.*)?"
)
# Where rows wait while others take their places: above any place that is in use.
_ASIDE = 16_000


class SpotifyIdField(forms.CharField):
    """A Spotify id; a pasted address or URI is as good."""

    default_validators = [validate_spotify_id]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "The id, or a pasted link such as https://open.spotify.com/track/…")
        super().__init__(label="Spotify id", required=False, max_length=300, empty_value=None, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        match = _SPOTIFY_ADDRESS.fullmatch(text or "")
        return match["id"] if match else text


class ArtistForm(forms.ModelForm):
    spotify_id = SpotifyIdField()

    class Meta:
        model = Artist
        fields = ["name", "slug", "spotify_id", "is_public"]


class TrackForm(forms.ModelForm):
    spotify_id = SpotifyIdField()

    class Meta:
        model = Track
        exclude = ["artists"]


class AlbumForm(forms.ModelForm):
    """An album whose release date is one box, as precise as the editor knows it."""

    spotify_id = SpotifyIdField()
    released = forms.CharField(
        required=False, max_length=10, help_text="As precise as it is known: 1983, 1983-05 or 1983-05-12."
    )

    class Meta:
        model = Album
        fields = ["title", "slug", "spotify_id", "image_url"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("released", self.instance.released)

    def clean_released(self) -> str:
        text = self.cleaned_data["released"]
        if not text:
            self.instance.release_date, self.instance.release_precision = None, ""
            return ""
        try:
            first_day, precision = parse_release_date(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        self.instance.release_date, self.instance.release_precision = first_day, precision
        return format_release_date(first_day, precision)


class OrderedForm(forms.ModelForm):
    """A row of an ordered list. Its place is not the column itself, which two rows may not share even for a moment."""

    place = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=10_000,
        label="order",
        help_text="Smaller comes first; blank comes last.",
        widget=forms.NumberInput(attrs={"class": "vPlaceField"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["place"] = self.instance.position + 1


class OrderedFormSet(BaseInlineFormSet):
    """Rows with a ``position`` that is unique within their owner, numbered 0, 1, 2, … by what the editor typed."""

    def save(self, commit: bool = True) -> list[models.Model]:
        """Save the rows, then their order. Needs a transaction around it, as the admin gives."""
        kept = [form for form in self.forms if self._is_kept(form)]
        for number, form in enumerate(kept):
            if form.instance.pk is None:
                form.instance.position = _ASIDE + number
        saved = super().save(commit)
        last = 10_001
        in_order = sorted(kept, key=lambda form: last if (place := form.cleaned_data["place"]) is None else place)
        rows = self.model._default_manager.filter(**{self.fk.name: self.instance})
        if [form.instance.position for form in in_order] != list(range(len(in_order))):
            rows.filter(position__lt=_ASIDE).update(position=F("position") + _ASIDE // 2)
            for position, form in enumerate(in_order):
                rows.filter(pk=form.instance.pk).update(position=position)
                form.instance.position = position
        return saved

    def _is_kept(self, form: forms.ModelForm) -> bool:
        if self._should_delete_form(form):
            return False
        return form.instance.pk is not None or form.has_changed()
