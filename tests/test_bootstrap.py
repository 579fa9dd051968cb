"""``manage.py bootstrap``: what a newcomer's first start does, and what every later start leaves alone."""

import io
import re

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command

from musicdb.models import Album, Artist, Genre, Label, Track
from tests.factories import GenreFactory

pytestmark = pytest.mark.django_db

EDITOR_LINES = re.compile(
    r"Editor for /admin/: name “editor”, password “(?P<password>[\w-]{16})”\n"
    r"The password is not shown again\. To set another one: manage\.py changepassword editor\n"
)
LIBRARY_IS_THERE = "The database has a library already: nothing was loaded.\n"


def bootstrap(*arguments: str) -> str:
    output = io.StringIO()
    call_command("bootstrap", *arguments, stdout=output, no_color=True)
    return output.getvalue()


def everything() -> str:
    output = io.StringIO()
    call_command("dumpdata", stdout=output)
    return output.getvalue()


def test_an_empty_database_gets_the_library_and_an_editor() -> None:
    loaded, editor = bootstrap().split("\n", 1)

    assert loaded == "Loaded the sample library: 220 tracks."
    assert [model.objects.count() for model in (Track, Album, Artist, Label, Genre)] == [220, 88, 129, 54, 62]
    match = EDITOR_LINES.fullmatch(editor)
    assert match
    user = authenticate(username="editor", password=match["password"])
    assert user == get_user_model().objects.get()
    assert user.is_staff
    assert user.is_superuser
    assert match["password"] not in everything()


def test_without_the_sample_the_library_is_empty_and_there_is_an_editor() -> None:
    said, editor = bootstrap("--without-sample").split("\n", 1)

    assert said == "The tables are ready. The sample library was left out."
    assert EDITOR_LINES.fullmatch(editor)
    assert not Track.objects.exists()


def test_a_second_run_changes_no_data_and_tells_no_password() -> None:
    bootstrap()
    Track.objects.filter(spotify_id="02b8ldrByRJbFE5M71q34w").update(title="Hmm Bop!", score=None)
    Genre.objects.get(slug="k-rock").delete()
    before = everything()

    assert bootstrap() == LIBRARY_IS_THERE
    assert everything() == before


@pytest.mark.parametrize("model", [Genre, Artist, Label, Album, Track])
def test_a_database_with_a_single_row_is_left_alone(model: type[Genre]) -> None:
    model.objects.create(**{model.slug_source: "mine"})

    assert EDITOR_LINES.fullmatch(bootstrap().removeprefix(LIBRARY_IS_THERE))
    assert [other.objects.count() for other in (Genre, Artist, Label, Album, Track) if other is not model] == [0] * 4
    assert str(model.objects.get()) == "mine"


def test_where_there_is_a_user_none_is_made() -> None:
    get_user_model().objects.create_user("reader", password="a word of their own")
    GenreFactory()

    assert bootstrap() == LIBRARY_IS_THERE
    assert [user.username for user in get_user_model().objects.all()] == ["reader"]


def test_two_first_runs_have_two_passwords() -> None:
    words = []
    for _ in range(2):
        get_user_model().objects.all().delete()
        match = EDITOR_LINES.search(bootstrap("--without-sample"))
        assert match
        words.append(match["password"])

    assert words[0] != words[1]
