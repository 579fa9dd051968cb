"""The page where an editor says what the columns of a table are: guessed, corrected, kept, offered again, forgotten."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from musicdb.imports import ImportOptions, Source, run_import
from musicdb.models import Import, SavedMapping, Track
from tests.admin.test_imports import ADD, confirm, logged_in, messages_of, upload, uploads
from tests.imports.files import as_csv, net_row, sample, track_id
from tests.imports.library import zipped
from tests.pages.html import parse

pytestmark = pytest.mark.django_db
COLUMNS = reverse("admin:musicdb_import_columns")
HEADER = "Track ID,Track Name,Artist(s),Album,Danceability Rating,Energy Rating,Tempo Rating"
RATINGS = Source(
    "ratings.csv",
    f'{HEADER}\n{track_id(1)},Song One,"Paul McCartney, Linda McCartney",Ram,0.59,0.721,105.757\n'.encode(),
)
SHORT = Source("short.csv", b"Lied;Wer\nOne;A & B\n")


@pytest.fixture
def editor(client: Client) -> Client:
    return logged_in(client, "editor", "add_import", "view_import", "change_import")


def chosen(page: Any) -> dict[str, str]:
    """Return what is chosen for each column."""
    return {column.label: column.value for column in page.context["columns"]}


def send(client: Client, page: Any, button: str = "", **choices: str) -> Any:
    """Send the page of columns as a browser does, with ``choices`` by the columns' headings."""
    fields = {**chosen(page), **choices}
    data: dict[str, Any] = {"column": list(fields.values()), "header": page.context["table"].key}
    data["first_row"] = "data" if page.context["table"].is_without_headings else "headings"
    data |= {"token": page.context["token"], "mappings": page.context["mappings"]}
    for name, value in page.context["carried"]:
        data.setdefault(name, []).append(value)
    return client.post(COLUMNS, {**data, **({button: "1"} if button else {})}, follow=True)


def read_again(client: Client, page: Any, first_row: str) -> Any:
    """Press the button of the page of columns that says what the first row is."""
    buttons = parse(page).all("button", name="read_again")
    assert [button.attrs["value"] for button in buttons] == [first_row]
    table = page.context["table"]
    data = {"header": table.key, "token": page.context["token"], "mappings": "", "read_again": first_row}
    return client.post(COLUMNS, {**data, **dict(page.context["carried"])})


def is_preview(page: Any) -> bool:
    return "Nothing has been changed yet." in page.content.decode()


def test_features_under_other_names_are_guessed_previewed_and_imported(editor: Client) -> None:
    page = upload(editor, RATINGS, genre="Mine")
    text = page.content.decode()
    assert "ratings.csv looks like a file of Exportify (exportify.net), but" in text
    assert "<bdi>Paul McCartney, Linda McCartney</bdi>" in text
    looked = send(editor, page)
    assert is_preview(looked)
    assert not Track.objects.exists()
    assert not SavedMapping.objects.exists()
    confirm(editor, looked)
    track = Track.objects.get()
    assert (track.danceability, track.energy, track.tempo) == (0.59, 0.721, 105.757)
    assert [artist.name for artist in track.artists_in_order] == ["Paul McCartney", "Linda McCartney"]
    # What was chosen at the upload is not lost on the way.
    assert track.genres.filter(name="Mine").exists()
    assert Import.objects.get().file_format == "Columns mapped by hand"


def test_a_guess_is_corrected(editor: Client) -> None:
    page = upload(editor, SHORT)
    assert chosen(page) == {"Lied": "title", "Wer": "ignore"}
    assert "no column looks like an artist" in page.content.decode()
    confirm(editor, send(editor, page, Wer="artists:ampersand"))
    assert [artist.name for artist in Track.objects.get().artists_in_order] == ["A", "B"]


def test_the_page_shows_the_header_and_five_rows(editor: Client) -> None:
    rows = "".join(f"Song {number},Sia,\n" for number in range(1, 8))
    page = upload(editor, Source("x.csv", f"Song,Band,<b>Mood\n{rows}".encode()))
    assert [column.label for column in page.context["columns"]] == ["Song", "Band", "<b>Mood"]
    assert page.context["columns"][0].cells == [f"Song {number}" for number in range(1, 6)]
    text = page.content.decode()
    assert "&lt;b&gt;Mood" in text
    assert "Song 6" not in text


def test_what_cannot_be_is_said_at_its_column_and_nothing_is_lost(editor: Client) -> None:
    page = send(editor, upload(editor, SHORT), Wer="title", Lied="title")
    text = page.content.decode()
    assert "No column is mapped to Artists. A track needs a title and an artist." in text
    assert "“Lied” and “Wer” are both mapped to Title. Choose one of them." in text
    assert [node.attrs["id"] for node in parse(page).all("select", **{"aria-invalid": "true"})] == ["column_2"]
    assert chosen(page) == {"Lied": "title", "Wer": "title"}
    assert is_preview(send(editor, page, Wer="artists:one"))


def test_it_is_kept_offered_again_and_used_unasked_by_nobody(editor: Client) -> None:
    confirm(editor, send(editor, upload(editor, SHORT), Wer="artists:ampersand"))
    saved = SavedMapping.objects.get()
    assert saved.saved_by is not None
    assert saved.saved_by.username == "editor"
    # Another order of the columns, other capitals: the same header.
    page = upload(editor, Source("other.csv", b"wer;LIED\nC & D;Two\n"))
    assert chosen(page) == {"wer": "artists:ampersand", "LIED": "title"}
    assert "<bdi>editor</bdi> has mapped the columns of a file with this header" in page.content.decode()
    looked = send(editor, page, wer="artists:one")
    confirm(editor, looked)
    assert [artist.name for artist in Track.objects.get(title="Two").artists_in_order] == ["C & D"]
    saved.refresh_from_db()
    assert {column["heading"]: column["reading"] for column in saved.mapping["columns"]} == {"wer": "one", "LIED": ""}


def test_it_can_be_forgotten(editor: Client) -> None:
    confirm(editor, send(editor, upload(editor, SHORT), Wer="artists:ampersand"))
    page = send(editor, upload(editor, SHORT), "forget")
    assert messages_of(page) == ["What the columns are was forgotten."]
    assert chosen(page) == {"Lied": "title", "Wer": "ignore"}
    assert not SavedMapping.objects.exists()
    assert LogEntry.objects.filter(object_repr="columns Lied, Wer").exists()
    # Somebody else was quicker.
    again = send(editor, page, "forget")
    assert chosen(again) == {"Lied": "title", "Wer": "ignore"}


def test_from_the_preview_back_to_the_columns(editor: Client) -> None:
    looked = send(editor, upload(editor, SHORT), Wer="artists:one")
    assert 'name="columns"' in looked.content.decode()
    page = confirm(editor, looked, "columns")
    assert chosen(page) == {"Lied": "title", "Wer": "artists:one"}
    confirm(editor, send(editor, page, Wer="artists:ampersand"))
    assert Track.objects.get().artists.count() == 2


def test_each_header_of_a_zip_is_asked_for(editor: Client) -> None:
    archive = zipped(a=SHORT.data.decode(), b="Song;Sung by\nTwo;Sia\n", c=SHORT.data.decode(), d=as_csv([net_row(3)]))
    first = upload(editor, archive)
    assert first.context["table"].file == "a.csv"
    second = send(editor, first, Wer="artists:one")
    assert chosen(second) == {"Song": "title", "Sung by": "ignore"}
    looked = send(editor, second, **{"Sung by": "artists:one"})
    assert looked.context["outcome"].parsed.rows == 4
    text = looked.content.decode()
    assert "Change the columns “Lied” and “Wer”" in text
    confirm(editor, looked)
    assert SavedMapping.objects.count() == 2
    assert set(Track.objects.values_list("title", flat=True)) == {"One", "Two", "Song 3"}


def test_a_known_format_is_not_asked_about_unless_somebody_wants_to_map_it(editor: Client) -> None:
    assert is_preview(upload(editor, sample("exportify_net.csv")))
    page = upload(editor, sample("exportify_net.csv"), file_format="mapped")
    assert chosen(page)["Track Name"] == "title"
    assert is_preview(send(editor, page))


def test_a_format_that_was_chosen_counts_for_more_than_what_is_kept(editor: Client) -> None:
    confirm(editor, send(editor, upload(editor, sample("exportify_net.csv"), file_format="mapped")))
    assert chosen(upload(editor, sample("exportify_net.csv")))["Track Name"] == "title"
    assert is_preview(upload(editor, sample("exportify_net.csv"), file_format="exportify.net"))


def test_another_encoding_of_the_header_is_mapped_anew(editor: Client) -> None:
    source = Source("x.csv", "노래,가수\n비 오는 날,사랑했나봐\n바람이 분다,가을\n".encode("cp949"))
    looked = send(editor, upload(editor, source))
    again = confirm(editor, looked, "again", encoding="gb18030")
    # The headings are others now, so they are asked about, with all that was chosen.
    assert ("encoding", "gb18030") in again.context["carried"]
    back = send(editor, again, **dict(zip(chosen(again), ("title", "artists:one"), strict=True)))
    assert "The text is read as Chinese, simplified (gb18030)." in back.content.decode()


def test_bad_rows_are_mended_with_what_is_kept(editor: Client) -> None:
    bad = Source("x.csv", b"Song,Band,BPM\nOne,Sia,120\nTwo,Sia,fast\n")
    looked = send(editor, upload(editor, bad), BPM="tempo")
    confirm(editor, looked, skip_bad="on")
    address = reverse("admin:musicdb_import_bad_rows", args=[Import.objects.get().pk])
    text = b"".join(editor.get(address).streaming_content)  # type: ignore[attr-defined]
    page = upload(editor, Source("bad.csv", text.replace(b"fast,", b"99,", 1)))
    assert chosen(page) == {"Song": "title", "Band": "artists:one", "BPM": "tempo"}
    confirm(editor, send(editor, page))
    assert Track.objects.get(title="Two").tempo == 99


@pytest.mark.parametrize(
    "text",
    [
        ",Song,Song,Band\n1,,One,Sia\n",
        "\ufeff\ufeffSong,Band\nOne,Sia\n",
        "Song,Band,=cmd|' /C calc'!A0,@x\nOne,Sia,1,2\n",
        "Song,Band,\0,a\0b\nOne,Sia,1,2\n",
        "Song,Band," + ",".join(f"c{number}" for number in range(198)) + "\nOne,Sia," + "," * 197 + "\n",
        "Song,Band," + "x" * 10_000 + "\nOne,Sia," + "y" * 50_000 + "\n",
    ],
    ids=["empty and twice", "BOM", "formula", "NUL", "200 columns", "huge"],
)
def test_hostile_headers_are_mapped_imported_and_kept(editor: Client, text: str) -> None:
    source = Source("x.csv", text.encode())
    page = upload(editor, source)
    labels = [column.label for column in page.context["columns"]]
    assert len(set(labels)) == len(labels)
    assert all(labels)
    confirm(editor, send(editor, page))
    assert Track.objects.get().title == "One"
    assert SavedMapping.objects.count() == 1
    assert [column.value for column in upload(editor, source).context["columns"]].count("title") == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"token": "x"},
        {"mappings": "{"},
        {"mappings": "[1]"},
        {"mappings": '[{"columns": [{"heading": "Lied", "field": "title"}]}]'},
        {"header": "x"},
        {"column": ["title"]},
    ],
)
def test_a_form_that_does_not_belong_to_the_file(editor: Client, changed: dict[str, Any]) -> None:
    page = upload(editor, SHORT)
    data = {"token": page.context["token"], "header": page.context["table"].key, "column": ["title", "ignore"]}
    done = editor.post(COLUMNS, {**data, **changed}, follow=True)
    (message,) = messages_of(done)
    assert message.endswith("Nothing was imported.")


def test_a_field_that_does_not_exist_is_refused(editor: Client) -> None:
    page = send(editor, upload(editor, SHORT), Wer="artists:x")
    assert "“x” is no reading of artists." in page.content.decode()


def test_a_mapping_with_a_field_that_is_gone_is_guessed_anew(editor: Client) -> None:
    confirm(editor, send(editor, upload(editor, SHORT), Wer="artists:one"))
    saved = SavedMapping.objects.get()
    saved.mapping["columns"][1]["field"] = "mood"
    saved.save()
    assert chosen(upload(editor, SHORT)) == {"Lied": "title", "Wer": "ignore"}


def test_the_upload_of_a_file_that_is_mapped_is_kept_until_it_is_imported(
    editor: Client, settings: LazySettings
) -> None:
    page = upload(editor, SHORT)
    assert len(uploads(settings)) == 1
    confirm(editor, send(editor, page, Wer="artists:one"))
    assert uploads(settings) == []


def test_columns_without_a_heading_are_shown_with_their_cells_and_mapped(editor: Client) -> None:
    page = upload(editor, Source("x.csv", b"Lied,,Wer\nOne,Ram,Sia,120\nTwo,Ram,Sia,99\n"), genre="Mine")
    assert chosen(page) == {"Lied": "title", "Column 2": "ignore", "Wer": "ignore", "Column 4": "ignore"}
    assert page.context["columns"][3].cells == ["120", "99"]
    looked = send(editor, page, **{"Column 2": "album", "Wer": "artists:one", "Column 4": "tempo"})
    confirm(editor, looked)
    assert Track.objects.get(title="One").tempo == 120
    assert Track.objects.filter(album__title="Ram", genres__name="Mine").count() == 2


def test_rows_with_too_many_cells_make_no_column(editor: Client) -> None:
    rows = "".join(f"Song {number},Sia\n" for number in range(9))
    page = upload(editor, Source("x.csv", f"Lied,Wer\n{rows}Hello, Goodbye,The Beatles\n".encode()))
    assert list(chosen(page)) == ["Lied", "Wer"]
    looked = send(editor, page, Wer="artists:one")
    assert "has 3 cells, but the header has 2." in looked.content.decode()


def test_the_first_row_is_data_if_the_editor_says_so(editor: Client) -> None:
    page = upload(editor, Source("x.csv", b"One,Sia\nTwo,Sia\n"), genre="Mine")
    assert chosen(page) == {"One": "ignore", "Sia": "ignore"}
    page = read_again(editor, page, "data")
    assert chosen(page) == {"Column 1": "ignore", "Column 2": "ignore"}
    assert page.context["columns"][0].cells == ["One", "Two"]
    wrong = send(editor, page, **{"Column 1": "title"})
    assert chosen(wrong) == {"Column 1": "title", "Column 2": "ignore"}
    looked = send(editor, wrong, **{"Column 2": "artists:one"})
    assert "its first row is read like the others." in looked.content.decode()
    confirm(editor, looked)
    assert sorted(Track.objects.filter(genres__name="Mine").values_list("title", flat=True)) == ["One", "Two"]
    # It is offered for the next file, once its first row is said to be data, too.
    page = read_again(editor, upload(editor, Source("y.csv", b"Three,IU\n")), "data")
    assert chosen(page) == {"Column 1": "title", "Column 2": "artists:one"}
    assert "a file with as many columns and no headings" in page.content.decode()


def test_what_was_kept_is_not_offered_for_cells_that_are_something_else(editor: Client) -> None:
    page = upload(editor, Source("x.csv", b"One,Sia,3:45\nTwo,Sia,2:10\n"))
    confirm(editor, send(editor, page, **{"Column 1": "title", "Column 2": "artists:one"}))
    offered = upload(editor, Source("y.csv", b"Three,IU,4:05\n"))
    assert list(chosen(offered).values()) == ["title", "artists:one", "duration_ms:clock"]
    assert "Its first row looks like data" in offered.content.decode()
    page = read_again(editor, upload(editor, Source("z.csv", b"Three,IU,Pop\n")), "data")
    assert set(chosen(page).values()) == {"ignore"}


def test_a_first_row_that_looks_like_data_is_read_so_and_may_be_the_headings_after_all(editor: Client) -> None:
    page = upload(editor, Source("x.csv", b"2021,Wer\nOne,Sia\n"))
    assert "Its first row looks like data, not like headings: “2021”." in page.content.decode()
    assert chosen(page) == {"Column 1": "ignore", "Column 2": "ignore"}
    page = read_again(editor, page, "headings")
    confirm(editor, send(editor, page, **{"2021": "title", "Wer": "artists:one"}))
    assert list(Track.objects.values_list("title", flat=True)) == ["One"]


def test_from_the_preview_back_to_the_columns_of_a_file_without_headings(editor: Client) -> None:
    page = read_again(editor, upload(editor, Source("x.csv", b"One,Sia\n")), "data")
    looked = send(editor, page, **{"Column 1": "title", "Column 2": "artists:one"})
    back = confirm(editor, looked, "columns")
    assert chosen(back) == {"Column 1": "title", "Column 2": "artists:one"}


def test_headings_that_mean_fields_are_not_offered_as_data(editor: Client) -> None:
    page = upload(editor, RATINGS)
    assert not parse(page).all("button", name="read_again")


def described(page: Any) -> list[list[str]]:
    """Return what the page says of each column: its heading, and what it is read as."""
    return [
        [row.one("th").text, row.one("td").text] for row in parse(page).one("table", class_="mapping").all("tr")[1:]
    ]


def test_the_preview_and_the_import_say_what_the_columns_are(editor: Client) -> None:
    source = Source("x.csv", b"Lied,Wer,Mood\nOne,A & B,sad\n")
    looked = send(editor, upload(editor, source), Wer="artists:ampersand")
    words = [["Lied", "Title"], ["Wer", "Artists, separated by &"], ["Mood", "Not read"]]
    assert described(looked) == words
    assert described(confirm(editor, looked)) == words


def test_the_next_file_is_imported_with_the_columns_of_an_import(editor: Client) -> None:
    done = confirm(editor, send(editor, upload(editor, SHORT), Wer="artists:ampersand"))
    (link,) = [link.attrs["href"] for link in parse(done).all("a") if "columns_of" in link.attrs["href"]]
    start = editor.get(link)
    record = Import.objects.get()
    assert parse(start).one("input", name="columns_of").attrs["value"] == str(record.pk)
    # The file has the same columns in another order: nothing is asked.
    looked = upload(editor, Source("other.csv", b"Wer;Lied\nC & D;Two\n"), columns_of=record.pk, genre="Mine")
    assert is_preview(looked)
    confirm(editor, looked)
    track = Track.objects.get(title="Two", genres__name="Mine")
    assert [artist.name for artist in track.artists_in_order] == ["C", "D"]


def test_the_next_file_without_headings_too(editor: Client) -> None:
    page = read_again(editor, upload(editor, Source("x.csv", b"One,Sia\n")), "data")
    confirm(editor, send(editor, page, **{"Column 1": "title", "Column 2": "artists:one"}))
    looked = upload(editor, Source("y.csv", b"Two,IU\n"), columns_of=Import.objects.get().pk)
    assert is_preview(looked)
    confirm(editor, looked)
    assert Track.objects.count() == 2


def test_a_next_file_with_other_columns_is_asked_about(editor: Client) -> None:
    confirm(editor, send(editor, upload(editor, SHORT), Wer="artists:one"))
    page = upload(editor, Source("y.csv", b"Song,Sung by\nTwo,Sia\n"), columns_of=Import.objects.get().pk)
    assert messages_of(page) == ["y.csv has other columns than short.csv. Say what they are."]
    looked = send(editor, page, **{"Sung by": "artists:one"})
    assert messages_of(looked) == []
    confirm(editor, looked)
    assert Track.objects.count() == 2


def test_an_import_by_columns_that_were_kept_has_them_too(editor: Client) -> None:
    confirm(editor, send(editor, upload(editor, SHORT), Wer="artists:one"))
    run_import([Source("again.csv", b"Lied;Wer\nTwo;Sia\n")], ImportOptions(), None)
    record = Import.objects.get(file_name="again.csv")
    assert described(editor.get(reverse("admin:musicdb_import_change", args=[record.pk]))) == [
        ["Lied", "Title"],
        ["Wer", "Artists, one name a cell"],
    ]


def test_columns_of_an_import_that_is_none(editor: Client) -> None:
    for key in ("9999999", "x"):
        assert not parse(editor.get(ADD, {"columns_of": key})).one("input", name="columns_of").attrs.get("value")
    refused = upload(editor, SHORT, columns_of="9999999")
    assert "Select a valid choice." in refused.content.decode()
    assert not Import.objects.exists()


def test_an_import_of_a_known_format_has_no_columns_to_say(editor: Client) -> None:
    done = confirm(editor, upload(editor, sample("exportify_net.csv")))
    assert "columns_of" not in done.content.decode()
    assert not parse(done).all("table", class_="mapping")


@pytest.mark.parametrize("columns", [3, 30])
@pytest.mark.parametrize("saved", [False, True])
def test_the_page_of_columns_needs_as_many_queries_for_any_table(
    editor: Client, django_assert_num_queries: Any, columns: int, saved: bool
) -> None:
    more = "".join(f",c{number}" for number in range(columns - 2))
    source = Source("x.csv", f"Song,Band{more}\nOne,Sia{',1' * (columns - 2)}\n".encode())
    if saved:
        confirm(editor, send(editor, upload(editor, source)))
    # Session, user, two of permissions, the saved mapping with who saved it.
    with django_assert_num_queries(5):
        page = upload(editor, source)
    assert len(page.context["columns"]) == columns


@pytest.mark.parametrize("rows", [3, 30])
def test_the_preview_needs_as_many_queries_for_any_number_of_rows(
    editor: Client, django_assert_num_queries: Any, rows: int
) -> None:
    text = "".join(f"Song {number},Singer {number},Album {number},Genre {number}\n" for number in range(rows))
    page = upload(editor, Source("x.csv", f"Song,Band,Album,Genre\n{text}".encode()))
    # Session, user, two of permissions; the saved mapping; 8 of what the rows name, 4 of its history; twice the site's
    # rule; the addresses of the first three new pages of each of four kinds.
    with django_assert_num_queries(32):
        looked = send(editor, page)
    assert looked.context["outcome"].parsed.rows == rows


def test_the_upload_page_asks_the_database_only_who_it_is(editor: Client, django_assert_num_queries: Any) -> None:
    # Session, user, two of permissions.
    with django_assert_num_queries(4):
        editor.get(ADD)
