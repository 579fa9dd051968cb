"""Print, as JSON, the addresses that ``benchmarks.pages`` asks for in its library, by name."""

import json
from typing import Any

import django


def addresses() -> dict[str, str]:
    from django.db.models import Count
    from django.test import RequestFactory
    from django.urls import resolve, reverse

    from clusters.models import CollectionKind, Membership, Run
    from musicdb.models import Artist

    def last_page_of(name: str) -> str:
        path = reverse(name)
        answer: Any = resolve(path).func(RequestFactory(headers={"Host": "localhost"}).get(path))
        return f"{path}?page={answer.context_data['paginator'].num_pages}"

    published = Run.objects.filter(is_published=True)
    largest = published.filter(collection__kind=CollectionKind.GENRE).order_by("-track_count", "pk")[0]
    genre = largest.collection.owner.slug
    artist = Artist.objects.alias(number=Count("tracks")).order_by("-number", "pk")[0]
    library = published.get(collection__kind=CollectionKind.LIBRARY)
    track = Membership.objects.filter(run=library).order_by("pk")[0].track
    return {
        "clusters": reverse("genre-clusters", args=[genre]),
        "cluster": reverse("genre-cluster", args=[genre, 1]),
        "artist": artist.get_absolute_url(),
        "similar": reverse("similar", args=[track.slug]),
        "search": f"{reverse('search')}?q=love",
        "home": reverse("home"),
        "tracks": reverse("tracks"),
        "tracks-last": last_page_of("tracks"),
        "artists": reverse("artists"),
        "artists-last": last_page_of("artists"),
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(addresses()))
