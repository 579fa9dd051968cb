"""The form that asks into which artists an artist is split, and which of its tracks and albums each of them gets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from musicdb.admin.base import is_valid_pk
from musicdb.admin.changelist.bulk_forms import MemberField
from musicdb.editing import Split, SplitPart
from musicdb.editing.splitting import MAX_PARTS
from musicdb.models import Album, Artist, Track, TrackArtist
from musicdb.models.linked_rows import tracks_linked_to
from musicdb.models.querysets import rows_with
from musicdb.music import name_key, names_in

JOINT, APART = "joint", "apart"
MIN_ROWS = 3
# A browser may send 2,000 fields, and there may be as many albums of tracks, and albums of its own, as tracks.
MAX_LISTED = 600


@dataclass(frozen=True)
class ListedAlbum:
    """An album with the tracks of the artist on it. Tracks without an album have None for it."""

    album: Album | None
    tracks: Sequence[Track]


class SplitForm(forms.Form):
    """How an artist is split. Without ``data`` and ``initial``, it shows a guess from the artist's name.

    ``albums`` have the albums and tracks of which each can go to an artist of its own: the first MAX_LISTED of
    ``number`` tracks.
    """

    how = forms.ChoiceField(
        choices=[
            (JOINT, "Several artists under one name, such as “A feat. B”: every track and album goes to all of them"),
            (APART, "Several artists of one name: each track and album goes to one of them"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one."},
    )
    rows = forms.IntegerField(widget=forms.HiddenInput, required=False)
    rest = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label="All others go to")

    def __init__(
        self, artist: Artist, data: Mapping[str, Any] | None = None, initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.artist = artist
        if data is None and initial is None:
            self._guess()
        self.number_of_rows = self.initial["rows"] = self._number_of_rows()
        for row in range(self.number_of_rows):
            self.fields[f"artist_{row}"] = MemberField(TrackArtist, "artist", Artist, label=f"Artist {row + 1}")
            self.fields[f"name_{row}"] = forms.CharField(
                label=f"Name of a new artist {row + 1}", required=False, max_length=300
            )
        tracks = _tracks_of(artist)
        self.number = tracks.count()
        self.listed_tracks = list(tracks[:MAX_LISTED])
        self.albums = list(_by_album(self.listed_tracks, _albums_of(artist)[:MAX_LISTED]))
        for listed in self.albums:
            if listed.album:
                self._add_choice(f"album_{listed.album.pk}", f"{listed.album} goes to", "as all others")
            blank = "as its album" if listed.album else "as all others"
            for track in listed.tracks:
                self._add_choice(f"track_{track.pk}", f"{track} goes to", blank)
        self.fields["rest"].choices = self._row_choices  # type: ignore[attr-defined]

    @property
    def has_more_rows(self) -> bool:
        return self.number_of_rows < MAX_PARTS

    @property
    def part_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"artist_{row}"], self[f"name_{row}"]) for row in range(self.number_of_rows)]

    @property
    def choices_of_albums(self) -> list[tuple[ListedAlbum, Any, list[tuple[Track, Any]]]]:
        """Each album with the box that says where it goes, and its tracks with theirs."""
        return [
            (
                listed,
                self[f"album_{listed.album.pk}"] if listed.album else None,
                [(track, self[f"track_{track.pk}"]) for track in listed.tracks],
            )
            for listed in self.albums
        ]

    # --- The start ---------------------------------------------------------------------------------------------------

    def _guess(self) -> None:
        """Guess the parts: the names in the artist's name, or two of the same name."""
        names = names_in(self.artist.name)[:MAX_PARTS]
        self.initial.update(how=JOINT if len(names) > 1 else APART, rows=len(names) + 1)
        if len(names) == 1:
            self.initial.update(artist_0=self.artist.pk, name_1=self.artist.name)
            return
        known: dict[str, int] = {}
        for artist in Artist.objects.filter(name_key__in=names).exclude(pk=self.artist.pk).order_by("pk"):
            known.setdefault(artist.name_key, artist.pk)
        for row, name in enumerate(names):
            key = known.get(name_key(name))
            self.initial[f"artist_{row}" if key else f"name_{row}"] = key or name

    def _number_of_rows(self) -> int:
        sent = str(self["rows"].value() or "")
        return max(MIN_ROWS, min(int(sent) if is_valid_pk(sent) else 0, MAX_PARTS))

    @cached_property
    def _row_choices(self) -> list[tuple[str, str]]:
        """The rows as choices, with the names of new artists where they are known."""
        found = []
        for row in range(self.number_of_rows):
            name = str(self[f"name_{row}"].value() or "").strip()
            if not name and str(self[f"artist_{row}"].value() or "") == str(self.artist.pk):
                name = self.artist.name
            found.append((str(row), f"Artist {row + 1}{f': {name[:60]}' if name else ''}"))
        return found

    def _add_choice(self, name: str, label: str, blank: str) -> None:
        choices = [("", blank), *self._row_choices]
        box = forms.Select(attrs={"aria-label": label})
        self.fields[name] = forms.TypedChoiceField(
            coerce=int, empty_value=None, required=False, choices=choices, widget=box
        )

    # --- What was sent -----------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        seen: set[Any] = set()
        for row in range(self.number_of_rows):
            self._clean_part(row, seen)
        if not self.errors and len(seen) < 2:
            raise ValidationError("Name at least two artists: choose existing ones, or enter the names of new ones.")
        if not self.errors and cleaned.get("how") == APART:
            self._clean_shares()
        return cleaned

    def _clean_part(self, row: int, seen: set[Any]) -> None:
        artist, text = self.cleaned_data.get(f"artist_{row}"), self.cleaned_data.get(f"name_{row}")
        name = ""
        if text:
            try:
                name = Artist._meta.get_field("name").clean(text, None)
            except ValidationError as error:
                self.add_error(f"name_{row}", error)
                return
        self.cleaned_data[f"name_{row}"] = name
        if artist and name and artist != self.artist:
            self.add_error(f"name_{row}", "Choose an artist or enter the name of a new one, not both.")
        elif artist or name:
            part = artist.pk if artist else name_key(name)
            if part in seen:
                self.add_error(f"artist_{row}" if artist else f"name_{row}", "This artist is there twice.")
            seen.add(part)

    def _clean_shares(self) -> None:
        places = self._places
        self.cleaned_data["rest"] = self.cleaned_data.get("rest") or 0
        for name, row in list(self.cleaned_data.items()):
            is_choice = name == "rest" or name.startswith(("album_", "track_"))
            if is_choice and row is not None and row not in places:
                self.add_error(name, f"Artist {row + 1} is blank: choose another one.")

    @property
    def _places(self) -> dict[int, int]:
        """The places of the parts, by their rows: rows may be blank."""
        cleaned = self.cleaned_data
        filled = [
            row for row in range(self.number_of_rows) if cleaned.get(f"artist_{row}") or cleaned.get(f"name_{row}")
        ]
        return {row: place for place, row in enumerate(filled)}

    @property
    def split(self) -> Split:
        """The split that the cleaned form describes."""
        cleaned, places = self.cleaned_data, self._places
        parts = []
        for row in places:
            artist = cleaned.get(f"artist_{row}")
            parts.append(SplitPart(artist.pk if artist else None, cleaned.get(f"name_{row}") or ""))
        if cleaned["how"] == JOINT:
            return Split(parts, is_joint=True)
        shares: dict[str, dict[int, int]] = {"album": {}, "track": {}}
        for name, row in cleaned.items():
            kind, _, key = name.partition("_")
            if kind in shares and row is not None:
                shares[kind][int(key)] = places[row]
        return Split(parts, False, places[cleaned["rest"]], shares["track"], shares["album"])


def _tracks_of(artist: Artist) -> "QuerySet[Track]":
    found = tracks_linked_to(Artist, artist.pk).select_related("album")
    return found.order_by("album__sort_key", "album", "disc_number", "track_number", "sort_key", "pk").prefetch_related(
        rows_with(Track, "track_artists", "artist")
    )


def _albums_of(artist: Artist) -> "QuerySet[Album]":
    return Album.objects.filter(album_artists__artist=artist).order_by("sort_key", "pk")


def _by_album(tracks: Iterable[Track], albums: Iterable[Album]) -> Iterable[ListedAlbum]:
    """Yield the albums in the order of their titles, each with its tracks. Tracks without an album come last."""
    of_albums: dict[Album | None, list[Track]] = {}
    for track in tracks:
        of_albums.setdefault(track.album, []).append(track)
    for album in albums:
        of_albums.setdefault(album, [])
    without = of_albums.pop(None, [])
    for album in sorted(filter(None, of_albums), key=lambda one: (one.sort_key, one.pk)):
        yield ListedAlbum(album, of_albums[album])
    if without:
        yield ListedAlbum(None, without)
