"""Other spellings of genres, artists and labels: they lead to what they stand for, in addresses and in imports."""

from typing import Any

from django.db import models
from django.db.models import Q

from musicdb.models.catalogue import Artist, Genre, Label
from musicdb.models.fields import NameField
from musicdb.models.name_keys import KeyedByName, KeyedQuerySet
from musicdb.models.slugs import MAX_LENGTH
from musicdb.models.validators import validate_slug_text, validate_spotify_id


class Alias(KeyedByName):
    """Another spelling. ``slug``: the address that it had while it was a thing of its own; null if it never was."""

    name = NameField("other spelling", max_length=300)
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
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class GenreAlias(Alias):
    target = models.ForeignKey(Genre, on_delete=models.CASCADE, related_name="aliases")

    class Meta(Alias.Meta):
        verbose_name = "other spelling of a genre"
        verbose_name_plural = "other spellings of genres"
        constraints = [
            models.UniqueConstraint(
                fields=["name_key"],
                name="genrealias_name_unique",
                violation_error_message="This is another spelling of a genre already.",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="genrealias_name_not_empty"),
        ]


class LabelAlias(Alias):
    target = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="aliases")

    class Meta(Alias.Meta):
        verbose_name = "other spelling of a label"
        verbose_name_plural = "other spellings of labels"
        indexes = [models.Index(fields=["name_key"], name="labelalias_name_key")]
        constraints = [
            models.UniqueConstraint(
                "name",
                name="labelalias_name_unique",
                violation_error_message="This is another spelling of a label already.",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="labelalias_name_not_empty"),
        ]


class ArtistAlias(Alias):
    """Another spelling of an artist, or a second entry of Spotify's. Two artists may share a name, so no name is
    unique here."""

    target = models.ForeignKey(Artist, on_delete=models.CASCADE, related_name="aliases")
    spotify_id = models.CharField(
        "Spotify id", max_length=22, null=True, blank=True, unique=True, validators=[validate_spotify_id]
    )

    class Meta(Alias.Meta):
        verbose_name = "other spelling of an artist"
        verbose_name_plural = "other spellings of artists"
        # With whose it is, so that a search of tracks reads nothing else.
        indexes = [
            models.Index(fields=["name", "target"], name="artistalias_name"),
            models.Index(fields=["name_key"], name="artistalias_name_key"),
        ]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="artistalias_name_not_empty")]
