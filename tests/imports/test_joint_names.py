"""An artist that was split does not come back: its name means the artists that it stands for, whatever file has it."""

import itertools
from typing import Any

import pytest
from django.contrib.auth.models import User

from musicdb.editing import Split, SplitPart, merge, split_artist, undo_edit
from musicdb.imports import BadRowsError, ImportOptions, Source, preview
from musicdb.imports.earlier import Earlier
from musicdb.imports.options import Existing
from musicdb.imports.resolvers import ResolvedTrack, resolve
from musicdb.models import Album, Artist, ArtistAlias, Track
from tests.factories import ArtistFactory
from tests.imports.files import as_csv, net_file, net_row, records_of, track_id
from tests.imports.library import exported, run, state, wipe, zipped

pytestmark = pytest.mark.django_db
HEADER = (
    *("Track URI", "Track Name", "Artist URI(s)", "Artist Name(s)"),
    *("Album URI", "Album Name", "Album Artist URI(s)", "Album Artist Name(s)"),
)
A, B, BOTH, OTHER = (f"{letter * 22}" for letter in "abcd")


def file(*tracks: tuple[str, str, str], album: str = "Album") -> Source:
    """A file of exportify.app: of each track the number (blank: without an id), the artist's id and name."""
    rows = []
    for number, artist_id, name in tracks:
        track, artist = (
            f"spotify:{kind}:{key}" if key else ""
            for kind, key in (("track", number and track_id(int(number))), ("artist", artist_id))
        )
        rows.append((track, f"Song {number or 0}", artist, name, "", album, artist, name))
    return Source("songs.csv", as_csv(rows, HEADER).encode())


@pytest.fixture
def user() -> User:
    return User.objects.create_user("curator")


def split(name: str, user: User, *parts: Any) -> None:
    of = [SplitPart(part.pk) if isinstance(part, Artist) else SplitPart(name=part) for part in parts or ("A", "B")]
    split_artist(Artist.objects.get(name=name), Split(of, is_joint=True), user)


def credited() -> dict[str, list[str]]:
    return {track.title: [artist.name for artist in track.artists_in_order] for track in Track.objects.order_by("pk")}


def names() -> list[str]:
    return sorted(Artist.objects.values_list("name", flat=True))


@pytest.mark.parametrize("existing", list(Existing))
@pytest.mark.parametrize(("number", "artist_id"), list(itertools.product(["1", ""], ["", BOTH])))
def test_the_same_file_changes_nothing(user: User, existing: Existing, number: str, artist_id: str) -> None:
    source = file((number, artist_id, "A feat. B"))
    run(source)
    split("A feat. B", user)
    before = state()

    outcome = run(source, existing=existing)

    assert state() == before
    assert names() == ["A", "B"]
    assert list(credited().values()) == [["A", "B"]]
    assert [artist.name for artist in Album.objects.get().artists_in_order] == ["A", "B"]
    assert not outcome.changes_anything


def test_new_tracks_of_the_name_get_all_in_order(user: User) -> None:
    run(file(("1", "", "A feat. B")))
    split("A feat. B", user, "B", "A")
    run(file(("2", "", "A feat. B"), ("3", "", "a FEAT. b"), ("4", BOTH, "A feat. B")))
    assert set(map(tuple, credited().values())) == {("B", "A")}
    assert names() == ["A", "B"]


def test_an_id_of_the_joint_name_means_it_whatever_the_name_is(user: User) -> None:
    run(file(("1", BOTH, "A feat. B")))
    split("A feat. B", user)
    run(file(("2", BOTH, "A featuring B")))
    assert credited()["Song 2"] == ["A", "B"]


def test_an_id_of_somebody_else_means_somebody_else(user: User) -> None:
    run(file(("1", BOTH, "A feat. B")))
    split("A feat. B", user)
    run(file(("2", OTHER, "A feat. B")))
    assert credited()["Song 2"] == ["A feat. B"]
    assert Artist.objects.get(name="A feat. B").spotify_id == OTHER
    assert Artist.objects.get(name="A").spotify_id is None


def test_an_artist_of_the_very_name_is_meant_first(user: User) -> None:
    run(file(("1", "", "Wind & Fire")))
    split("Wind & Fire", user, "Wind", "Fire")
    ArtistFactory(name="Wind & Fire", spotify_id=None)
    run(file(("2", "", "Wind & Fire")))
    assert credited()["Song 2"] == ["Wind & Fire"]


def test_an_artist_that_stays_with_its_id_gets_the_others_too(user: User) -> None:
    run(file(("1", A, "A feat. B")))
    artist = Artist.objects.get()
    split_artist(artist, Split([SplitPart(artist.pk, "A"), SplitPart(name="B")], is_joint=True), user)
    run(file(("2", A, "A feat. B"), ("3", A, "A")))
    assert (credited()["Song 2"], credited()["Song 3"]) == (["A", "B"], ["A"])


def test_a_name_among_several_of_a_cell(user: User) -> None:
    run(net_file(net_row(1, **{"Artist Name(s)": "A & B;C"})))
    split("A & B", user)
    run(net_file(net_row(1, **{"Artist Name(s)": "A & B;C"}), net_row(2, **{"Artist Name(s)": "C;A & B;A"})))
    assert list(credited().values()) == [["A", "B", "C"], ["C", "A", "B"]]


def test_after_a_merge_of_a_part_the_one_that_stays_is_meant(user: User) -> None:
    run(file(("1", "", "A feat. B")))
    split("A feat. B", user)
    merge(ArtistFactory(name="Bee"), [Artist.objects.get(name="B")], user)
    run(file(("2", "", "A feat. B")))
    assert credited()["Song 2"] == ["A", "Bee"]


def test_after_the_undo_the_name_means_the_artist_again(user: User) -> None:
    run(file(("1", BOTH, "A feat. B")))
    artist = Artist.objects.get()
    done = split_artist(artist, Split([SplitPart(name="A"), SplitPart(name="B")], is_joint=True), user)
    undo_edit(done.change, user)
    run(file(("2", BOTH, "A feat. B")))
    assert credited()["Song 2"] == ["A feat. B"]
    assert list(Artist.objects.all()) == [artist]


def test_without_a_part_the_name_means_those_that_are_left(user: User) -> None:
    run(file(("1", "", "A feat. B")))
    split("A feat. B", user)
    ArtistAlias.objects.filter(target__name="B").delete()
    run(file(("2", "", "A feat. B")))
    assert credited()["Song 2"] == ["A"]


def test_a_plan_that_is_made_again_knows_what_was_split_and_undone_meanwhile(user: User) -> None:
    run(file(("1", "", "A feat. B")))
    parsed = records_of(file(("2", "", "A feat. B")))

    def planned() -> list[str]:
        (track,) = resolve(parsed, ImportOptions(), Earlier()).tracks
        assert isinstance(track, ResolvedTrack)
        return [artist.name for artist in track.artists]

    assert planned() == ["A feat. B"]
    artist = Artist.objects.get()
    done = split_artist(artist, Split([SplitPart(name="A"), SplitPart(name="B")], is_joint=True), user)
    assert planned() == ["A", "B"]
    undo_edit(done.change, user)
    assert planned() == ["A feat. B"]


@pytest.mark.parametrize("existing", list(Existing))
@pytest.mark.parametrize(("number", "same_name"), list(itertools.product(["", "1"], [True, False])))
def test_of_two_artists_of_one_name_each_track_keeps_its_own(
    user: User, existing: Existing, number: str, same_name: bool
) -> None:
    source = file((number, "", "Nirvana"), ("2", "", "Nirvana"))
    run(source)
    nirvana = Artist.objects.get()
    first = Track.objects.get(title=f"Song {number or 0}")
    parts = [SplitPart(nirvana.pk), SplitPart(name="Nirvana" if same_name else "Nirvana (London)")]
    split_artist(nirvana, Split(parts, False, rest=0, tracks={first.pk: 1}), user)
    before = state()

    run(source, existing=existing)

    assert state() == before
    assert first.artists.get() != nirvana


# --- The library file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [".zip", ".xlsx"])
def test_the_library_file_has_joint_names(user: User, kind: str) -> None:
    run(file(("1", BOTH, "A feat. B")))
    split("A feat. B", user)
    library, before = exported(kind), state()
    wipe()
    run(library)
    assert state() == before
    standing = ArtistAlias.objects.joint().values_list("name", "spotify_id", "target__name", "joint_position")
    assert list(standing) == [("A feat. B", BOTH, "A", 0), ("A feat. B", None, "B", 1)]
    assert not preview([library], ImportOptions()).changes_anything
    run(file(("2", "", "A feat. B")))
    assert credited()["Song 2"] == ["A", "B"]


@pytest.mark.parametrize("existing", list(Existing))
def test_a_library_file_from_before_the_split_does_not_bring_the_artist_back(user: User, existing: Existing) -> None:
    run(file(("1", "", "A feat. B"), ("", "", "A feat. B")))
    library = exported(".zip")
    split("A feat. B", user)
    before = state()
    run(library, existing=existing)
    assert state() == before


def test_a_joint_name_whose_place_is_no_number_is_refused() -> None:
    header = "slug,name,spotify_id,visibility,other_spellings,joint_positions"
    with pytest.raises(BadRowsError) as refused:
        run(zipped(artists=f"{header}\na,A,,automatic,A & B,first\n"))
    assert "joint_positions" in str(refused.value.problems[0])
    assert not Artist.objects.exists()
