"""The catalogue's admin: where editors spend their day."""

# These modules register their models.
from musicdb.admin import catalogue  # noqa: F401
from musicdb.admin.changelist import saved_filters  # noqa: F401
from musicdb.admin.imports import views  # noqa: F401
