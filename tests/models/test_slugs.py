from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.forms import modelform_factory
from hypothesis import given
from hypothesis import strategies as st

from musicdb.models import Album, Artist, Genre, Label, Track
from musicdb.models.slugs import MAX_LENGTH, SlugMaker, first_free, slug_base, unique_slug
from musicdb.models.validators import validate_slug_text
from musicdb.music import normalise_name


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("korean pop", "korean-pop"),
        ("코어콘텐츠미디어", "koeokontencheumidieo"),
        ("Hwa&Dam pictures", "hwa-dam-pictures"),
        ("SM Entertainment – NCT Dream", "sm-entertainment-nct-dream"),
        ("AC/DC", "ac-dc"),
        ("ACDC", "acdc"),
        ("Beyoncé", "beyonce"),
        ("Straße", "strasse"),
        ("Молчат Дома", "molchat-doma"),
        ("فيروز", "fyrwz"),
        ("Slightly Tipsy (She is My Type♡ X SANDEUL)", "slightly-tipsy-she-is-my-type-x-sandeul"),
        # Nothing to read: spelt out.
        ("♡", "white-heart-suit"),
        ("🎹🎶", "musical-keyboard-multiple-musical-notes"),
        ("❤\ufe0f", "heavy-black-heart"),
        ("👩\u200d🎤", "woman-microphone"),
        ("!!!", "exclamation-mark-exclamation-mark-exclamation-mark"),
        ("÷", "division-sign"),
        # Nothing to see either.
        ("\u200b\u200b", "artist"),
        ("\ue000", "artist"),
        ("", "artist"),
    ],
)
def test_base(name: str, slug: str) -> None:
    assert slug_base(name, fallback="artist") == slug


def test_a_long_name_is_cut_and_not_left_with_a_hyphen_at_its_end() -> None:
    assert slug_base("x" * 300, fallback="artist") == "x" * MAX_LENGTH
    assert slug_base("x" * 99 + " " + "y" * 200, fallback="artist") == "x" * 99


def _check(slug: str) -> None:
    validate_slug_text(slug)
    assert 1 <= len(slug) <= MAX_LENGTH


@given(st.text(st.characters(codec=None), max_size=150))
def test_any_name_gets_a_valid_slug(text: str) -> None:
    _check(slug_base(normalise_name(text), fallback="artist"))
    _check(slug_base(text, fallback="artist"))


@given(st.text("ab-", min_size=95, max_size=MAX_LENGTH), st.integers(1, 30))
def test_any_number_of_equal_names_get_valid_slugs_all_different(name: str, count: int) -> None:
    base = slug_base(name, fallback="artist")
    taken: list[str] = []
    for _ in range(count):
        taken.append(first_free(base, taken))
        _check(taken[-1])

    assert len(set(taken)) == count


def test_the_first_free_number_is_taken() -> None:
    assert first_free("acdc", {"ac-dc"}) == "acdc"
    assert first_free("acdc", {"acdc", "acdc-2", "acdc-4"}) == "acdc-3"


@pytest.mark.django_db
class TestUniqueSlug:
    def test_three_equal_names(self) -> None:
        slugs = [Artist.objects.create(name="Hui").slug for _ in range(3)]

        assert slugs == ["hui", "hui-2", "hui-3"]

    def test_two_names_with_one_transliteration(self) -> None:
        assert [Artist.objects.create(name=name).slug for name in ("高橋", "髙橋")] == ["gaoqiao", "gaoqiao-2"]

    def test_names_that_differ_by_a_separator_only(self) -> None:
        assert [Artist.objects.create(name=name).slug for name in ("AC/DC", "ACDC")] == ["ac-dc", "acdc"]

    def test_one_name_in_two_normal_forms_is_one_slug(self) -> None:
        assert [Artist.objects.create(name=name).slug for name in ("Ame\u0301lie", "Amélie")] == ["amelie", "amelie-2"]

    def test_long_names_that_begin_alike(self) -> None:
        slugs = [Artist.objects.create(name="x" * 290 + str(number)).slug for number in range(3)]

        assert slugs == ["x" * 100, "x" * 98 + "-2", "x" * 98 + "-3"]

    def test_the_longest_name_that_the_field_takes(self) -> None:
        artist = Artist(name="가" * 300)
        artist.full_clean()
        artist.save()

        assert artist.slug == "ga" * 50

    def test_a_name_without_letters(self) -> None:
        assert Genre.objects.create(name="🎹🎶").slug == "musical-keyboard-multiple-musical-notes"

    def test_a_name_that_cannot_be_spelt_out_has_its_kind_for_a_slug(self) -> None:
        assert [Artist.objects.create(name=name).slug for name in ("\ue000", "\ue001")] == ["artist", "artist-2"]

    def test_each_kind_has_its_own(self) -> None:
        assert Artist.objects.create(name="Stone").slug == Label.objects.create(name="Stone").slug == "stone"

    def test_renaming_keeps_the_address(self) -> None:
        artist = Artist.objects.create(name="HUI")
        artist.name = "Lee Hoe-taek"
        artist.save()

        assert Artist.objects.values_list("name", "slug").get() == ("Lee Hoe-taek", "hui")

    def test_a_slug_that_was_given_is_kept(self) -> None:
        assert Artist.objects.create(name="HUI", slug="hui-of-pentagon").slug == "hui-of-pentagon"

    def test_an_emptied_slug_is_made_anew_even_where_only_the_name_is_saved(self) -> None:
        artist = Artist.objects.create(name="HUI")
        artist.slug = ""
        artist.name = "Lee Hoe-taek"
        artist.save(update_fields=["name"])

        assert Artist.objects.values_list("name", "slug").get() == ("Lee Hoe-taek", "lee-hoe-taek")

    def test_an_emptied_slug_does_not_make_way_for_itself(self) -> None:
        artist = Artist.objects.create(name="Hui")
        artist.slug = ""
        artist.save()

        assert artist.slug == "hui"

    def test_a_form_may_leave_it_blank(self) -> None:
        for model, source in ((Genre, "name"), (Artist, "name"), (Label, "name"), (Album, "title"), (Track, "title")):
            form = modelform_factory(model, fields=[source, "slug"])({source: "Hui", "slug": ""})

            assert form.errors == {}
            assert form.save().slug == "hui"

    def test_a_form_refuses_what_no_address_can_hold(self) -> None:
        for slug in ("Hui", "h_i", "-hui", "hui-", "hu--i", "휘", "x" * 101):
            form = modelform_factory(Artist, fields=["name", "slug"])({"name": "Hui", "slug": slug})

            assert list(form.errors) == ["slug"], slug

    def test_one_query(self, django_assert_num_queries: Callable) -> None:
        for _ in range(3):
            Track.objects.create(title="Intro")

        with django_assert_num_queries(1):
            assert unique_slug(Track, "Intro") == "intro-4"

    def test_many_at_once_get_the_first_that_are_free(self) -> None:
        taken = ["intro", *(f"intro-{number}" for number in range(2, 40) if number not in (5, 30)), "outro-2"]
        Track.objects.bulk_create(Track(title="x", slug=slug) for slug in taken)
        rows = [("", "Intro")] * 3 + [("", "Outro")] * 3 + [("kept", "Intro"), ("intro-2", "Intro"), ("", "Kept")]

        slugs = SlugMaker(Track).slugs(rows, reserved=["intro-40"])

        assert slugs[:3] == ["intro-5", "intro-30", "intro-41"]
        assert slugs[3:] == ["outro", "outro-3", "outro-4", "kept", "intro-42", "kept-2"]

    def test_two_processes_with_one_slug_cannot_both_store_it(self) -> None:
        Artist.objects.create(name="Hui")
        with pytest.raises(IntegrityError), transaction.atomic():
            Artist.objects.bulk_create([Artist(name="Hui", slug="hui")])

        assert Artist.objects.count() == 1
