"""Every list has names in the same order: a reader's, whatever the database."""

import random
from typing import Any

import pytest
from django.test import Client

from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from tests.admin.helpers import listed, page_of
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, PlaylistFactory, TrackFactory

pytestmark = pytest.mark.django_db
IN_ORDER = [
    *("!!!", "$uicideboy$", "♥", "2 Unlimited", "007 Band", "10cc", "A-ha", "ABBA", "Ábc", "The Beatles", "Édith Piaf"),
    *("iKON", "L'Impératrice", "Los Lobos", "“Weird Al” Yankovic", "Zedd", "ZZ Top", "Σtella", "Ёлка", "Кино"),
    *("אביב", "فيروز", "ไทย", "가인", "나비", "あい", "アウ", "愛"),
]
FACTORIES: dict[Any, Any] = {
    Genre: GenreFactory,
    Artist: ArtistFactory,
    Label: LabelFactory,
    Album: AlbumFactory,
    Track: TrackFactory,
    Playlist: PlaylistFactory,
}


@pytest.fixture(params=FACTORIES, ids=lambda model: model.__name__)
def rows(request: Any) -> list[Any]:
    """Rows of one model with these names, in their order. They were made in another."""
    names = random.Random(3).sample(IN_ORDER, len(IN_ORDER))
    made = {name: FACTORIES[request.param](**{request.param.slug_source: name}) for name in names}
    return [made[name] for name in IN_ORDER]


def test_in_the_orm_and_the_admin(admin_client: Client, rows: list[Any]) -> None:
    model = type(rows[0])
    assert list(model.objects.all()) == rows
    assert listed(admin_client.get(page_of(model))) == rows
    column = 2 if model in (Album, Track) else 1
    assert listed(admin_client.get(page_of(model, o=f"-{column}"))) == rows[::-1]


def test_in_the_api(client: Client, rows: list[Any]) -> None:
    model = type(rows[0])
    for order, wanted in ((model.slug_source, rows), (f"-{model.slug_source}", rows[::-1])):
        answer = client.get(f"/api/v1/{model._meta.model_name}s/", {"ordering": order}).json()
        assert [row["slug"] for row in answer["results"]] == [row.slug for row in wanted]


@pytest.mark.parametrize(("address", "factory"), [("/artists/", ArtistFactory), ("/labels/", LabelFactory)])
def test_on_pages(client: Client, address: str, factory: Any) -> None:
    for name in sorted(IN_ORDER):
        factory(name=name)
    assert [row.name for row in client.get(address).context["object_list"]] == IN_ORDER
