"""Rows that are prepared in temporary tables come into their own as if they were written at once."""

import pytest
from django.db import IntegrityError, connection, transaction

from musicdb.db import StagedWriter, staged_writer
from musicdb.models import Album, AlbumLabel, Label

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="Others can write to PostgreSQL meanwhile"),
]
FIELDS = ["id", "name", "slug", "visibility"]
BLANKS = {"release_precision": "", "image_url": "", "album_type": "", "upc": "", "copyrights": ""}


def write(writer: StagedWriter) -> list[tuple[int, int]]:
    reported: list[tuple[int, int]] = []
    writer.write(lambda done, total: reported.append((done, total)))
    return reported


def tables() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_temp_master")
        return int(cursor.fetchone()[0])


def test_rows_wait_until_they_are_written() -> None:
    with staged_writer() as writer:
        writer.insert(
            Label, FIELDS, ((number, f"Label {number}", str(number), "automatic") for number in range(10_001))
        )
        assert not Label.objects.exists()
        assert write(writer) == [(0, 10_001), (10_001, 10_001)]
    assert Label.objects.count() == 10_001
    assert tables() == 0


def test_they_get_their_keys_and_the_types_of_their_columns() -> None:
    with staged_writer() as writer:
        writer.insert(Label, FIELDS, [(1, "The Éclair", "1", "automatic")])
        writer.insert(Album, ["id", "title", "slug", *BLANKS], [(1, "1999", "1999", *BLANKS.values())])
        write(writer)
    assert Label.objects.values_list("search_key", "slug").get() == ("the eclair", "1")
    assert Album.objects.get(title="1999").slug == "1999"


def test_updates_keep_their_order() -> None:
    one, two = (Label.objects.create(name=name, slug=name) for name in ("one", "two"))
    with staged_writer() as writer:
        writer.update(Label, ["slug"], [("three", two.pk), ("two", one.pk)])
        write(writer)
    assert dict(Label.objects.values_list("name", "slug")) == {"one": "two", "two": "three"}


def test_the_rows_of_an_owner_are_replaced() -> None:
    album, other = (Album.objects.create(title=title) for title in ("A", "B"))
    label, new = (Label.objects.create(name=name) for name in ("Old", "New"))
    for one in (album, other):
        AlbumLabel.objects.create(album=one, label=label)
    with staged_writer() as writer:
        writer.delete_of(AlbumLabel, "album", [album.pk])
        writer.insert(AlbumLabel, ["album", "label", "position"], [(album.pk, new.pk, 0)])
        write(writer)
    assert set(AlbumLabel.objects.values_list("album__title", "label__name")) == {("A", "New"), ("B", "Old")}


def test_a_row_that_breaks_a_constraint_raises_djangos_error() -> None:
    with staged_writer() as writer:
        writer.insert(Label, FIELDS, [(1, "One", "one", "automatic"), (2, "One", "two", "automatic")])
        with pytest.raises(IntegrityError), transaction.atomic():
            write(writer)
    assert not Label.objects.exists()
    assert tables() == 0


def test_what_was_never_written_is_dropped() -> None:
    with staged_writer() as writer:
        writer.insert(Label, FIELDS, [(1, "One", "one", "automatic")])
    assert (tables(), Label.objects.count()) == (0, 0)
