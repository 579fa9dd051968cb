"""What the page of a cluster says beside its tracks: its picture, its sound, artists, years, the nearest clusters."""

from collections.abc import Sequence
from typing import Any

from clusters.models import Cluster, Membership
from clusters.pages import charts
from clusters.runs import Centres
from musicdb.models.named_rows import named_rows
from musicdb.pages.generic import Page, Paginator


class RankedPage(Page):
    """Memberships by rank. ``introducing``: on the first page, those that introduce the cluster."""

    introducing: Sequence[Membership] = ()


class RankPaginator(Paginator):
    """The memberships of a cluster, a page being so many ranks. Nothing is counted, and no page reads those before it.

    A page has fewer rows where tracks have been deleted since the run.
    """

    def __init__(self, cluster: Cluster, memberships: Any, per_page: int) -> None:
        super().__init__(memberships, per_page)
        self.count = cluster.size

    def page(self, number: int | str) -> Page:
        number = self.validate_number(number)
        first, last = (number - 1) * self.per_page + 1, number * self.per_page
        memberships: Any = self.object_list
        rows = list(memberships.ranked(first, last))
        page = RankedPage([row for row in rows if row.rank <= last], number, self)
        if number == 1:
            page.introducing = [row for row in rows if row.place is not None]
        return page


def portrait_of(cluster: Cluster, introducing: Sequence[Membership], centres: Centres) -> dict[str, Any]:
    """Return what the page shows of ``cluster`` before its tracks. At most one query."""
    profile = cluster.run.known_profile
    found: dict[str, Any] = {"introducing": introducing, "nearest": centres.nearest}
    if profile is None:
        return {**found, "bars": charts.bars(cluster.centroid, {})}
    own = profile.clusters.get(str(cluster.number), {"artists": [], "years": []})
    artists, _, _ = named_rows([key for key, _ in own["artists"]])
    return {
        **found,
        "bars": charts.bars(cluster.centroid, profile.means),
        "artists": [(artists[key], count) for key, count in own["artists"] if key in artists],
        "years": charts.years(own["years"]),
        "picture": charts.picture(profile.points, cluster.number),
    }
