"""Model fields that keep their invariant in forms, fixtures, look-ups and the ORM's bulk calls alike."""

import math
from typing import Any

from django.db import models

from musicdb.models.validators import validate_finite
from musicdb.music import normalise_name


class NameField(models.CharField):
    """A name or title, always stored as ``normalise_name`` writes it."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return normalise_name(text) if isinstance(text, str) else text

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return normalise_name(prepared) if isinstance(prepared, str) else prepared

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        # So that the instance has the value that the row gets.
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


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
