"""Two editors on one form: what one changed stays, what both changed is asked, and nothing is lost, in every form."""

from collections.abc import Callable
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.forms import (
    BooleanField,
    FloatField,
    IntegerField,
    ModelChoiceField,
    ModelMultipleChoiceField,
    MultiValueField,
    NullBooleanField,
)
from django.test import Client

from clusters.models import Cluster, Collection
from musicdb.admin.change_form.together import ConcurrentAdmin
from musicdb.models import Album, Artist, Genre, Label, Playlist, SavedFilter, SiteSettings, Track
from tests.admin.helpers import messages_of, page_of
from tests.admin.screens import Screen, said, saved
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    TrackFactory,
    stored_run,
)

pytestmark = pytest.mark.django_db


# --- Every form --------------------------------------------------------------------------------------------------


def a_cluster() -> Cluster:
    genre = GenreFactory()
    tracks = [TrackFactory(genres=[genre]) for _ in range(3)]
    return stored_run(genre, {1: tracks}, is_published=True).clusters.get()


def a_filter() -> SavedFilter:
    owner = User.objects.create_user("owner")
    return SavedFilter.objects.create(
        owner=owner, model_label="musicdb.track", name="Liked", query="liked=1", is_shared=True
    )


ROWS: dict[type, Callable[[], Any]] = {
    Genre: GenreFactory,
    Artist: ArtistFactory,
    Label: LabelFactory,
    Album: AlbumFactory,
    Track: lambda: TrackFactory(genres=[GenreFactory()], album=AlbumFactory()),
    Playlist: lambda: Playlist.objects.create(name="By rule", rule="min_score=5"),
    SavedFilter: a_filter,
    SiteSettings: SiteSettings.load,
    Cluster: a_cluster,
    Collection: lambda: Collection.objects.of(GenreFactory()),
    User: lambda: User.objects.create_user("somebody"),
    Group: lambda: Group.objects.create(name="Friends"),
}
# Where any two words will not do.
TYPED: dict[str, list[Any]] = {
    "spotify_id": ["A" * 22, "B" * 22],
    "isrc": ["USS1Z9900001", "USS1Z9900002"],
    "upc": ["036000291452", "4006381333931"],
    "released": ["1983", "1984-05"],
    "image_url": ["https://images.example/one.jpg", "https://images.example/two.jpg"],
    "preview_url": ["https://sound.example/one.mp3", "https://sound.example/two.mp3"],
    "source": ["https://lists.example/one", "https://lists.example/two"],
    "colour": ["#112233", "#332211"],
    "clusters": ["3", "4"],
    "rule_genre": ["genre-a", "genre-b"],
    "rule_artist": ["artist-a", "artist-b"],
    "rule_label": ["label-a", "label-b"],
    "rule_album": ["album-a", "album-b"],
    "rule_added_since": ["2024-01-02", "2025-03-04"],
    "rule_isrc": ["USS1Z9900001", "USS1Z9900002"],
    "username": ["one", "two"],
    "email": ["one@mail.example", "two@mail.example"],
}
# They decide how other values are stored. Tests of their own have them.
ALONE = {"kind", "is_shared", "keep_former_name"}


def make_choices() -> None:
    """Make rows that the fields of the forms can point at."""
    for name in "AB":
        Group.objects.create(name=name)
        album = AlbumFactory(title=f"Album {name}", labels=[LabelFactory(name=f"Label {name}")])
        artist, genre = ArtistFactory(name=f"Artist {name}"), GenreFactory(name=f"Genre {name}")
        TrackFactory(genres=[genre], artists=[artist], album=album)


def alternatives(name: str, box: Any, shown: list[str]) -> list[Any]:
    """Return two values that a field can get, other than the one that it shows; only one where there is no more."""
    if name in TYPED:
        return TYPED[name]
    if isinstance(box, BooleanField) and not isinstance(box, NullBooleanField):
        return [None if shown else "on"]
    return [value for value in _values(name, box) if as_shown(value) != shown][:2]


def _values(name: str, box: Any) -> list[Any]:
    widget = getattr(box.widget, "widget", box.widget)
    if isinstance(box, MultiValueField):
        return [["03/02/2001", "04:05:06"], ["04/03/2002", "05:06:07"]]
    if isinstance(box, NullBooleanField):
        return ["true", "false"]
    if isinstance(box, ModelMultipleChoiceField):
        return [[key] for key in box.queryset.order_by("-pk").values_list("pk", flat=True)[:3]]
    if isinstance(box, ModelChoiceField):
        return list(box.queryset.order_by("-pk").values_list("pk", flat=True)[:3])
    if choices := [str(value) for value, _ in getattr(widget, "choices", ()) if value]:
        return choices
    if isinstance(box, FloatField):
        low, high = box.min_value or 0, box.max_value or 1
        return [str(low + (high - low) * part) for part in (0.25, 0.5, 0.75)]
    if isinstance(box, IntegerField):
        return ["0", "1"] if box.max_value == 1 else [str((box.min_value or 1) + more) for more in range(4)]
    return [f"{name} {number}" for number in ("one", "two")]


def fields_of(screen: Screen) -> dict[str, Any]:
    form = screen.client.get(screen.address).context["adminform"].form
    return {name: box for name, box in form.fields.items() if not box.disabled and name not in ALONE}


def enter(screen: Screen, name: str, box: Any, value: Any) -> None:
    if isinstance(box, MultiValueField):
        screen.type(**{f"{name}_{number}": part for number, part in enumerate(value)})
    else:
        screen.type(**{name: value})


def shown(screen: Screen, name: str, box: Any) -> Any:
    if isinstance(box, MultiValueField):
        return [screen.shown(f"{name}_{number}")[0] for number in range(len(box.fields))]
    return screen.shown(name)


def as_shown(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [] if value is None else [str(value)]


def test_every_form_of_the_admin_is_tried() -> None:
    request = type("Request", (), {"user": User(is_superuser=True, is_active=True), "resolver_match": None})()
    editable = {model for model, site in admin.site._registry.items() if site.has_change_permission(request)}  # type: ignore[arg-type]
    assert editable - {AccessAttempt} == ROWS.keys()
    assert all(isinstance(admin.site.get_model_admin(model), ConcurrentAdmin) for model in ROWS)


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_values_that_only_one_of_two_editors_changed_are_all_stored(mina: Client, otto: Client, model: Any) -> None:
    make_choices()
    row = ROWS[model]()
    hers, his = Screen(mina, row), Screen(otto, row)
    fields = fields_of(hers)
    typed = {name: alternatives(name, box, hers.shown(name))[0] for name, box in fields.items()}
    for number, name in enumerate(fields):
        enter((hers, his)[number % 2], name, fields[name], typed[name])
    saved(hers)
    answer = saved(his)
    after = Screen(mina, row)
    assert {name: shown(after, name, box) for name, box in fields.items()} == {
        name: as_shown(value) for name, value in typed.items()
    }
    (kept,) = (text for level, text in messages_of(answer) if level == "warning")
    assert kept.startswith("mina has changed “")
    assert "since you opened it. These changes are kept: " in kept


@pytest.mark.parametrize("choice", ["mine", pytest.param("theirs", marks=pytest.mark.slow)])
@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
def test_the_second_is_asked_about_every_value_that_both_changed(
    mina: Client, otto: Client, model: Any, choice: str
) -> None:
    make_choices()
    row = ROWS[model]()
    hers, his = Screen(mina, row), Screen(otto, row)
    fields = fields_of(hers)
    both = {name: alternatives(name, box, hers.shown(name)) for name, box in fields.items()}
    both = {name: typed for name, typed in both.items() if len(typed) == 2}
    for name, (one, two) in both.items():
        enter(hers, name, fields[name], one)
        enter(his, name, fields[name], two)
    saved(hers)
    assert his.save().status_code == 200
    assert len(his.questions) == len(both)
    stored = Screen(mina, row)
    assert {name: shown(stored, name, fields[name]) for name in both} == {
        name: as_shown(one) for name, (one, _) in both.items()
    }
    # Without an answer nothing is stored, and what was typed is still there.
    assert his.save().status_code == 200
    assert len(his.questions) == len(both)
    assert {name: shown(his, name, fields[name]) for name in both} == {
        name: as_shown(two) for name, (_, two) in both.items()
    }
    saved(his.choose(choice))
    after = Screen(mina, row)
    wanted = 1 if choice == "mine" else 0
    assert {name: shown(after, name, fields[name]) for name in both} == {
        name: as_shown(typed[wanted]) for name, typed in both.items()
    }


@pytest.mark.parametrize("model", [model for model in ROWS if model not in (SiteSettings, Cluster, Collection)])
def test_what_was_typed_for_a_row_that_is_gone_is_still_on_the_screen(mina: Client, otto: Client, model: Any) -> None:
    row = ROWS[model]()
    column = next(name for name in ("name", "title", "username") if hasattr(row, name))
    his = Screen(otto, row).type(**{column: "Typed in vain"})
    assert mina.post(page_of(model, "delete", row.pk), {"post": "yes"}).status_code == 302
    answer = his.save()
    assert answer.status_code == 410
    text = said(answer)
    assert f"mina has deleted this {model._meta.verbose_name}" in text
    assert "Nothing was saved." in text
    assert "Typed in vain" in text
