"""Playlists: tracks in an order that a person or a file gave them, or the tracks that a rule finds now."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from musicdb.models.catalogue import Track
from musicdb.models.constraints import UniqueName
from musicdb.models.fields import NameField
from musicdb.models.history import PlaylistVersion, Versions
from musicdb.models.name_keys import KeyedByName, ListedByName, list_index, search_index
from musicdb.models.querysets.playlists import PlaylistQuerySet
from musicdb.models.slugged import SluggedModel
from musicdb.models.visibility import Visibility

MAX_RULE = 2_000


class Playlist(SluggedModel, KeyedByName, ListedByName):
    """A list of tracks. Its entries are the list, unless it has a rule: then the list is what the rule finds now.

    ``rule`` is a query of the FilterSet of tracks, such as "genre=dub&liked=true". ``musicdb.search`` reads it.
    """

    name = NameField(max_length=300)
    description = models.TextField(blank=True, help_text="Shown at the top of the playlist’s page.")
    visibility = models.CharField(
        max_length=9,
        choices=Visibility.choices,
        default=Visibility.AUTOMATIC,
        help_text="Whether the playlist has a page. “Automatic” means that it has one.",
    )
    source = models.CharField(
        max_length=500, blank=True, help_text="The file or the web address that the playlist comes from. Not public."
    )
    rule = models.CharField(max_length=MAX_RULE, null=True, blank=True, editable=False)
    tracks = models.ManyToManyField(Track, through="PlaylistEntry", related_name="playlists")

    objects = PlaylistQuerySet.as_manager()
    history = Versions(PlaylistVersion)

    class Meta:
        ordering = ["sort_key", "pk"]
        permissions = [("merge_playlist", "Can merge playlists")]
        indexes = [list_index("playlist_list"), search_index("playlist_search_key")]
        constraints = [
            UniqueName(
                fields=["name_key"],
                name="playlist_name_unique",
                violation_error_message="There is a playlist of that name.",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="playlist_name_not_empty"),
            models.CheckConstraint(condition=~Q(slug=""), name="playlist_slug_not_empty"),
            models.CheckConstraint(condition=~Q(rule=""), name="playlist_rule_not_empty"),
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="playlist_visibility_known"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("playlist", args=[self.slug])

    @property
    def has_page(self) -> bool:
        """Whether the playlist has a page."""
        return self.visibility != Visibility.HIDDEN

    @property
    def has_rule(self) -> bool:
        return self.rule is not None


class PlaylistEntry(models.Model):
    """A track of a playlist, at its place in the order. A playlist may have a track twice.

    ``added_at`` is null where it is unknown. ``added_by`` names a person, so only editors see it.
    """

    playlist = models.ForeignKey(Playlist, on_delete=models.CASCADE, related_name="entries")
    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="playlist_entries")
    position = models.PositiveIntegerField()
    added_at = models.DateTimeField(null=True, blank=True)
    added_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["position"]
        verbose_name = "entry of a playlist"
        verbose_name_plural = "entries of playlists"
        constraints = [models.UniqueConstraint(fields=["playlist", "position"], name="playlist_entry_order")]

    def __str__(self) -> str:
        return str(self.track.title)
