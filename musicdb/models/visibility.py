"""Whether an artist or a label has a page. Everything that shows or hides one asks the condition in this module.

The condition is SQL and reads the site's rule from the database, so a change of the rule, or of a track, holds from
the next query on, and no cache can show an older state.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils.functional import cached_property

from musicdb.models.site_settings import THE_ROW, PageRule, SiteSettings

Rows = TypeVar("Rows", bound="models.QuerySet[Any]")

# By model, how it leads to its tracks: the rows that have it as a member, and the path from these to a track.
_TRACKS = {"artist": ("track_artists", "track"), "label": ("album_labels", "album__tracks")}


class Visibility(models.TextChoices):
    """``AUTOMATIC`` leaves it to the site's rule; the other two are an editor's decision, which no rule changes."""

    AUTOMATIC = "automatic", "automatic"
    SHOWN = "shown", "shown"
    HIDDEN = "hidden", "hidden"


class _HasEnough(Subquery):
    """Whether a query finds as many rows as the site's rule asks for. It reads no more than those.

    The number comes from the database too, and Django's own slices take only a number that is known beforehand.
    """

    template = "EXISTS(%(subquery)s LIMIT 1 OFFSET COALESCE((SELECT min_tracks - 1 FROM musicdb_sitesettings), 0))"
    output_field = models.BooleanField()


def page_condition(model: type[models.Model], path: str = "", *, of_few: bool = False) -> Q:
    """Return the condition that an artist or label has a page. ``path`` leads to it from the rows of the query.

    Where the rule counts tracks, the tracks of each row are found by the index on the artist in the rows that join
    tracks and artists, or by those on the label and on a track's album, until there are enough. Where it asks for a
    liked track, all liked tracks are found once, by the index ``track_liked``; or, with ``of_few``, those of each row.
    """
    name = str(model._meta.model_name)
    through_name, track = _TRACKS[name]
    through: Any = model._meta.get_field(through_name).related_model
    every = through.objects.order_by().values(name)
    rows = every.filter(**{name: OuterRef(f"{path}pk")})
    # Each of the rows that join artists and tracks is one track already.
    tracks = rows if track == "track" else rows.filter(**{f"{track}__isnull": False})
    liked = {f"{track}__liked": True}
    has_liked = Q(Exists(rows.filter(**liked))) if of_few else Q(**{f"{path}pk__in": every.filter(**liked)})
    rule = Coalesce(Subquery(SiteSettings.objects.filter(pk=THE_ROW).values("page_rule")), Value(PageRule.ALL.value))
    by_rule = (
        Q(Exact(rule, PageRule.ALL.value))
        | Q(Exact(rule, PageRule.TRACKS.value)) & Q(_HasEnough(tracks))
        | Q(Exact(rule, PageRule.LIKED.value)) & has_liked
    )
    visibility = f"{path}visibility"
    return Q(**{visibility: Visibility.SHOWN.value}) | Q(**{visibility: Visibility.AUTOMATIC.value}) & by_rule


def with_page_state(rows: Rows, owner: str = "") -> Rows:
    """Annotate ``rows`` with ``has_page``, of themselves or of the artist or label that their column ``owner`` names.

    It costs no query of its own. It is for the rows of a page: the database finds it out for each row by itself.
    """
    model: Any = rows.model._meta.get_field(owner).related_model if owner else rows.model
    condition = page_condition(model, f"{owner}__" if owner else "", of_few=True)
    annotated: Rows = rows.annotate(has_page=ExpressionWrapper(condition, output_field=models.BooleanField()))
    return annotated


def members_in_order(rows: Iterable[Any], member: str) -> list[Any]:
    """Return the artists or labels that ``rows`` join. What ``with_page_state`` found of each goes with it."""
    found = []
    for row in rows:
        owner = getattr(row, member)
        if "has_page" in row.__dict__:
            owner.has_page = row.has_page
        found.append(owner)
    return found


def visibility_field() -> "models.CharField[Any, Any]":
    return models.CharField(
        max_length=9,
        choices=Visibility,
        default=Visibility.AUTOMATIC.value,
        help_text="Whether it has a page, to which its name links everywhere. “Automatic” follows the site settings.",
    )


def visibility_constraint() -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="%(class)s_visibility")


class WithVisibility(models.Model):
    """An artist or a label: a name that may have a page."""

    class Meta:
        abstract = True

    @cached_property
    def has_page(self) -> bool:
        """Whether it has a page now. One query, unless the row was read by ``with_page_state``."""
        model = type(self)
        return model._default_manager.filter(page_condition(model, of_few=True), pk=self.pk).exists()
