"""Collections: the sets of tracks that are clustered, and what editors have settled about each."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from clusters.core.params import MAX_CLUSTERS, MIN_CLUSTERS
from clusters.models.collection_querysets import OWNERS, CollectionQuerySet
from musicdb.models import Artist, Genre, Label, Playlist


class CollectionKind(models.TextChoices):
    LIBRARY = "library"
    GENRE = "genre"
    PLAYLIST = "playlist"
    ARTIST = "artist"
    LABEL = "label"


def _owned_by(kind: str) -> Q:
    return Q(kind=kind, **{f"{owner}__isnull": owner != kind for owner in OWNERS})


class Collection(models.Model):
    """All tracks of the library, a genre, a playlist, an artist or a label, as one set to cluster.

    What is here holds for all its runs. Its row is the lock for all that changes which of them is published.
    """

    # Without a run, it says nothing about its owner that an undo of what made the owner would lose.
    used_through = "runs"

    kind = models.CharField(max_length=8, choices=CollectionKind, editable=False)
    genre = models.OneToOneField(Genre, on_delete=models.CASCADE, null=True, editable=False)
    playlist = models.OneToOneField(Playlist, on_delete=models.CASCADE, null=True, editable=False)
    artist = models.OneToOneField(Artist, on_delete=models.CASCADE, null=True, editable=False)
    label = models.OneToOneField(Label, on_delete=models.CASCADE, null=True, editable=False)
    requires_review = models.BooleanField(
        "runs wait for review",
        default=False,
        help_text="A finished run is shown to visitors only when an editor publishes it.",
    )
    clusters = models.PositiveSmallIntegerField(
        "number of clusters",
        null=True,
        blank=True,
        validators=[MinValueValidator(MIN_CLUSTERS), MaxValueValidator(MAX_CLUSTERS)],
        help_text="Leave it empty to have the number chosen by how the tracks sound.",
    )
    is_off = models.BooleanField(
        "not clustered",
        default=False,
        help_text="It is left out when collections are reclustered. The run that it has stays.",
    )
    next_number = models.PositiveIntegerField(
        default=1, editable=False, help_text="The first number that no cluster of the collection ever had."
    )

    objects = CollectionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="library"), name="collection_one_library"),
            models.CheckConstraint(
                condition=_owned_by("library")
                | _owned_by("genre")
                | _owned_by("playlist")
                | _owned_by("artist")
                | _owned_by("label"),
                name="collection_owner_of_kind",
            ),
            models.CheckConstraint(condition=Q(next_number__gte=1), name="collection_next_number_from_1"),
            models.CheckConstraint(
                condition=Q(clusters__isnull=True) | Q(clusters__range=(MIN_CLUSTERS, MAX_CLUSTERS)),
                name="collection_clusters_range",
            ),
        ]

    def __str__(self) -> str:
        if self.kind == CollectionKind.GENRE or self.owner is None:
            return self.name
        return f"{self.name} ({self.kind})"

    def save(self, **options: Any) -> None:
        # A form that adds the collection of a row knows only the row.
        owners = [kind for kind in OWNERS if getattr(self, f"{kind}_id") is not None]
        self.kind = owners[0] if owners else CollectionKind.LIBRARY.value
        super().save(**options)

    def get_absolute_url(self) -> str:
        return self.address("clusters")

    @property
    def owner(self) -> Any:
        """The genre, playlist, artist or label; None for the library."""
        return None if self.kind == CollectionKind.LIBRARY else getattr(self, self.kind)

    @property
    def editors_row(self) -> Any:
        """The row that has its page and history in the admin: its owner, and for the library itself."""
        return self.owner or self

    @property
    def name(self) -> str:
        """Its name within a sentence."""
        return "the library" if self.owner is None else str(self.owner.name)

    @property
    def has_page(self) -> bool:
        """Whether visitors can see its clusters: it has no owner, or its owner has a page."""
        return bool(getattr(self.owner, "has_page", True))

    @property
    def preposition(self) -> str:
        """Of its clusters: those *in* a genre, those *of* an artist."""
        return "of" if self.kind in (CollectionKind.ARTIST, CollectionKind.LABEL) else "in"

    @property
    def key(self) -> str:
        """What names it on a command line and in reports: ``library``, or such as ``genre:korean-pop``."""
        return "library" if self.owner is None else f"{self.kind}:{self.owner.slug}"

    def address(self, page: str, *more: int | str, api: bool = False) -> str:
        """Return the path of one of its pages, such as ``clusters`` or ``cluster`` with a number; or in the API."""
        name = f"{self.kind}-{page}"
        return reverse(f"api:{name}" if api else name, args=[*self.address_arguments, *more])

    @property
    def address_arguments(self) -> list[str]:
        """What the addresses of its pages begin with: the slug of its owner, if it has one."""
        return [self.owner.slug] if self.owner else []
