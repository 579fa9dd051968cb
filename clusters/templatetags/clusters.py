"""The door through which the catalogue's own pages show clusters."""

from django import template
from django.db.models import QuerySet

from clusters.models import Membership, Run
from musicdb.models import Genre, Track

register = template.Library()


@register.simple_tag
def published_run(genre: Genre) -> Run | None:
    """Return the genre's published run, if it has one. One query."""
    return Run.objects.of_genre(genre).published().first()


@register.simple_tag
def places_of(track: Track) -> QuerySet[Membership]:
    """Return the track's memberships in published runs, with cluster and genre. One query."""
    return Membership.objects.of_track(track)
