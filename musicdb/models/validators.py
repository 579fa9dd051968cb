"""Validators of stored values, for models, forms and imports."""

import math

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator, URLValidator

# The largest value of an integer column on PostgreSQL. SQLite would store larger ones.
MAX_INTEGER = 2**31 - 1
MAX_SMALL_INTEGER = 2**15 - 1
validate_integer_size = MaxValueValidator(MAX_INTEGER)
MAX_POPULARITY = 100
validate_popularity = MaxValueValidator(MAX_POPULARITY)
# Tracks and discs are numbered from 1.
validate_number_in_order = MinValueValidator(1)
validate_spotify_id = RegexValidator(
    r"\A[0-9A-Za-z]{22}\Z",
    "A Spotify id has 22 letters and digits, such as 3kiQOTlExsRTAQW0P0jcTH.",
)
validate_isrc = RegexValidator(
    r"\A[A-Z]{2}[A-Z0-9]{3}[0-9]{7}\Z",
    "An ISRC has two letters, three letters or digits, and seven digits, such as KRA381001057.",
)
# UPC-E and EAN-8 have 8 digits, UPC-A 12, EAN-13 13 and GTIN-14 14. Some shops write one without its leading zeros.
validate_upc = RegexValidator(r"\A[0-9]{8,14}\Z", "A UPC has 8 to 14 digits, such as 602435971889.")
validate_slug_text = RegexValidator(
    r"\A[a-z0-9]+(?:-[a-z0-9]+)*\Z",
    "An address part has small Latin letters, digits and single hyphens between them.",
)
validate_colour = RegexValidator(
    r"\A#[0-9A-Fa-f]{6}\Z",
    "Enter a colour as # and six digits from 0 to f, two each for red, green and blue, such as #3b3a8f.",
)
# Other schemes, above all "javascript:", could run code in the reader's browser.
validate_web_url = URLValidator(schemes=["http", "https"], message="Enter a web address that begins with https://.")


def validate_finite(value: float) -> None:
    """Refuse NaN and infinity, which range checks do not reliably catch."""
    if not math.isfinite(value):
        raise ValidationError("Enter a finite number.")
