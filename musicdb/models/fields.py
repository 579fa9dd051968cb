"""Model fields that keep their invariant in forms, fixtures, look-ups and the ORM's bulk calls alike."""

import math
from typing import Any

from django.db import models

from musicdb.models.validators import validate_finite, validate_isrc
from musicdb.music import normalise_isrc, normalise_name


class _NormalisedField(models.CharField):
    """A text that is always stored as ``normalise`` writes it. Look-ups normalise what they are given, too."""

    @staticmethod
    def normalise(text: str) -> str:
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return self.normalise(text) if isinstance(text, str) else text

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return self.normalise(prepared) if isinstance(prepared, str) else prepared

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        # So that the instance has the value that the row gets.
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class NameField(_NormalisedField):
    """A name or title, always stored as ``normalise_name`` writes it. One without a visible character is blank."""

    default_error_messages = {"blank": "Enter at least one visible character."}

    @staticmethod
    def normalise(text: str) -> str:
        return normalise_name(text)


class IsrcField(_NormalisedField):
    """An ISRC, or blank. It can be given as it is printed: "US-S1Z-99-00001"."""

    # As records print it: with hyphens, and "ISRC" in front.
    MAX_TYPED = 40

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_length": 12, "validators": [validate_isrc], **options})

    @staticmethod
    def normalise(text: str) -> str:
        return normalise_isrc(text)

    def formfield(self, *args: Any, **options: Any) -> Any:
        return super().formfield(*args, **{"max_length": self.MAX_TYPED, **options})


class FiniteFloatField(models.FloatField):
    """A number or unknown (null), never NaN or infinite.

    SQLite would store NaN as null and PostgreSQL as NaN. Here both raise ValueError.
    """

    default_validators = [validate_finite]

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        if prepared is not None and not math.isfinite(prepared):
            raise ValueError(f"{self.name} is {prepared}: it must be a finite number, or None where it is unknown.")
        return prepared
