"""Template tags with which the catalogue's pages show clusters."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.db.models import QuerySet

from clusters.models import Collection, Membership, Run
from clusters.models.collection_querysets import kind_of
from clusters.pages.standings import TrackFeature, standings
from clusters.runs import MembershipExplanation, explain_membership
from musicdb.models import Track

register = template.Library()


@register.simple_tag
def published_run(owner: Any) -> Run | None:
    """Return the published run of a genre, playlist, artist or label, if it has one. One query."""
    return Run.objects.published().with_collection().filter(**{f"collection__{kind_of(type(owner))}": owner}).first()


@register.simple_tag
def page_of(collection: Collection, page: str, *number: int, api: bool = False) -> str:
    """Return the path of a page of ``collection``, or of what it is in the API."""
    return collection.address(page, *number, api=api)


@register.simple_tag
def places_of(track: Track) -> QuerySet[Membership]:
    """Return the track's memberships in published runs, with all that pages say of them. Two queries."""
    return Membership.objects.of_track(track).with_shades().with_profiles()


@register.simple_tag
def standings_of(track: Track, places: Iterable[Membership]) -> list[TrackFeature]:
    """Return how each feature of a track compares with those of the collections that it has ``places`` in."""
    return standings(track, places)


@register.filter
def explained(membership: Membership) -> MembershipExplanation:
    """Return why a track is in this cluster."""
    return explain_membership(membership)


@register.filter
def listed(words: str | Iterable[str]) -> str:
    """Return words, as a list or with commas between, with "and" before the last.

    >>> listed("slower, more acoustic, sadder")
    'slower, more acoustic and sadder'
    """
    *others, last = words.split(", ") if isinstance(words, str) else (words or [""])
    return f"{', '.join(others)} and {last}" if others else last


@register.filter
def percent(share: float) -> str:
    """Return a share in percent, to two digits where there are not as many before the point.

    >>> [percent(0.4235), percent(0.024), percent(1.0)]
    ['42%', '2.4%', '100%']
    """
    return f"{100 * share:.0f}%" if share >= 0.1 else f"{100 * share:.1f}%"
