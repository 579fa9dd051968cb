"""Tracks that sound unlike their genre and like another."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from musicdb.models import Genre, Track
from musicdb.models.fields import FiniteFloatField


class MisplacedTrackQuerySet(models.QuerySet["MisplacedTrack"]):
    def current(self) -> Self:
        """The finds whose track is still in the one genre, and not in the other, both of which still exist."""
        places = Track.genres.through.objects.filter(track=OuterRef("track"))
        exists = Exists(Genre.objects.filter(pk=OuterRef("sounds_like")))
        is_in, is_in_other = (Exists(places.filter(genre=OuterRef(name))) for name in ("genre", "sounds_like"))
        return self.filter(exists, is_in, ~is_in_other)

    def pending(self) -> Self:
        """The current finds that no editor has dismissed."""
        return self.current().filter(is_dismissed=False)


class MisplacedTrack(models.Model):
    """A track in ``genre`` that is nearer to a cluster of the genre that it ``sounds_like``.

    Each computation replaces the finds, except the dismissed ones, which remember what an editor has decided. A find
    never keeps a track or genre from being deleted, and is not part of what an undo restores: its keys may point at
    nothing.
    """

    track = models.ForeignKey(Track, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    genre = models.ForeignKey(
        Genre, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name="is in"
    )
    sounds_like = models.ForeignKey(Genre, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    own_distance = FiniteFloatField(
        help_text="To the nearest cluster centre of its own genres, as a multiple of what is usual there."
    )
    other_distance = FiniteFloatField(
        help_text="To the nearest one of the other genres, as a multiple of what is usual there."
    )
    rate = FiniteFloatField(help_text="The share of the finds down to this one that chance alone gives, 0 to 1.")
    is_dismissed = models.BooleanField("dismissed", default=False)
    dismissed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    found_at = models.DateTimeField("found")

    objects = MisplacedTrackQuerySet.as_manager()

    class Meta:
        # The permissions to view and change tracks are also those to view and decide on these.
        default_permissions = ()
        ordering = ["pk"]
        verbose_name = "track that sounds like another genre"
        verbose_name_plural = "tracks that sound like another genre"
        constraints = [
            models.UniqueConstraint(fields=["track", "genre"], name="misplacedtrack_once_per_genre"),
            models.CheckConstraint(condition=Q(rate__range=(0.0, 1.0)), name="misplacedtrack_rate_range"),
        ]

    def __str__(self) -> str:
        return f"{self.track}: is in {self.genre}, sounds like {self.sounds_like}"
