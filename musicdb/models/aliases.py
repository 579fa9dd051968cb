"""Aliases: other names of genres, artists, labels and playlists, and what albums and tracks were before a merge.

Searches and imports find the row by them, and a former address redirects to it.
"""

from typing import Any

from django.db import models
from django.db.models import Q

from musicdb.models.catalogue import Album, Artist, Genre, Label, Track
from musicdb.models.constraints import UniqueName
from musicdb.models.fields import IsrcField, NameField
from musicdb.models.name_keys import KeyedByName, KeyedQuerySet, ListedByName, NameKeyField, search_index
from musicdb.models.playlists import Playlist
from musicdb.models.slugs import MAX_LENGTH
from musicdb.models.validators import validate_slug_text, validate_spotify_id, validate_upc


def _search_index(name: str) -> models.Index:
    # It includes the target, so that a search reads nothing else.
    return search_index(name, "target")


class Alias(KeyedByName, ListedByName):
    """Another name of ``target``. ``slug`` is the address of the row that was merged into the target, or null."""

    name = NameField("alias", max_length=300)
    slug = models.SlugField(
        "former address",
        max_length=MAX_LENGTH,
        unique=True,
        null=True,
        blank=True,
        editable=False,
        validators=[validate_slug_text],
    )
    target: Any

    objects = KeyedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["sort_key", "pk"]

    def __str__(self) -> str:
        return str(self.name)


class GenreAlias(Alias):
    target = models.ForeignKey(Genre, on_delete=models.CASCADE, related_name="aliases")

    class Meta(Alias.Meta):
        verbose_name = "alias of a genre"
        verbose_name_plural = "aliases of genres"
        indexes = [_search_index("genrealias_search_key")]
        constraints = [
            UniqueName(
                fields=["name_key"],
                name="genrealias_name_unique",
                violation_error_message="This is already an alias of a genre.",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="genrealias_name_not_empty"),
        ]


class LabelAlias(Alias):
    target = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="aliases")

    class Meta(Alias.Meta):
        verbose_name = "alias of a label"
        verbose_name_plural = "aliases of labels"
        indexes = [
            _search_index("labelalias_search_key"),
            models.Index(fields=["name_key"], name="labelalias_name_key"),
        ]
        constraints = [
            UniqueName(
                "name",
                name="labelalias_name_unique",
                violation_error_message="This is already an alias of a label.",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="labelalias_name_not_empty"),
        ]


class ArtistAliasQuerySet(KeyedQuerySet["ArtistAlias"]):
    def joint(self) -> "ArtistAliasQuerySet":
        """Return the joint names: those of one name together, in the order of their artists."""
        return self.filter(joint_position__isnull=False).order_by("name_key", "joint_position", "pk")


class ArtistAlias(Alias):
    """Another name of an artist, or the id of a second Spotify entry. Artists may share a name, so it is not unique.

    With a ``joint_position`` it is a joint name, such as "A feat. B": it stands for several artists together. Each of
    them has it as an alias, and the position is the artist's place among them, from 0. Without one it is null.
    """

    target = models.ForeignKey(Artist, on_delete=models.CASCADE, related_name="aliases")
    spotify_id = models.CharField(
        "Spotify id", max_length=22, null=True, blank=True, unique=True, validators=[validate_spotify_id]
    )
    joint_position = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)

    objects = ArtistAliasQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Alias.Meta):
        verbose_name = "alias of an artist"
        verbose_name_plural = "aliases of artists"
        indexes = [
            _search_index("artistalias_search_key"),
            models.Index(fields=["name_key"], name="artistalias_name_key"),
            models.Index(
                fields=["name_key", "joint_position"],
                condition=Q(joint_position__isnull=False),
                name="artistalias_joint",
            ),
        ]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="artistalias_name_not_empty")]


class TitleAlias(Alias):
    """Another title of ``target``, or the id of a second entry of a service. Rows may share a title, so aliases may."""

    name = NameField("alias", max_length=500)
    # Folding can make three letters of one.
    name_key = NameKeyField(max_length=1_500)
    spotify_id = models.CharField(
        "Spotify id", max_length=22, null=True, blank=True, unique=True, validators=[validate_spotify_id]
    )

    class Meta(Alias.Meta):
        abstract = True


class AlbumAlias(TitleAlias):
    target = models.ForeignKey(Album, on_delete=models.CASCADE, related_name="aliases")
    upc = models.CharField("UPC", max_length=14, blank=True, db_index=True, validators=[validate_upc])

    class Meta(TitleAlias.Meta):
        verbose_name = "alias of an album"
        verbose_name_plural = "aliases of albums"
        indexes = [
            _search_index("albumalias_search_key"),
            models.Index(fields=["name_key"], name="albumalias_name_key"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="albumalias_name_not_empty")]


class TrackAlias(TitleAlias):
    target = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="aliases")
    isrc = IsrcField("ISRC", blank=True, db_index=True)

    class Meta(TitleAlias.Meta):
        verbose_name = "alias of a track"
        verbose_name_plural = "aliases of tracks"
        indexes = [
            _search_index("trackalias_search_key"),
            models.Index(fields=["name_key"], name="trackalias_name_key"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="trackalias_name_not_empty")]


class PlaylistAlias(Alias):
    target = models.ForeignKey(Playlist, on_delete=models.CASCADE, related_name="aliases")

    class Meta(Alias.Meta):
        verbose_name = "alias of a playlist"
        verbose_name_plural = "aliases of playlists"
        indexes = [_search_index("playlistalias_search_key")]
        constraints = [
            UniqueName(
                fields=["name_key"],
                name="playlistalias_name_unique",
                violation_error_message="This is already an alias of a playlist.",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="playlistalias_name_not_empty"),
        ]
