"""The admin of the catalogue, where editors work.

``catalogue`` has the models, ``base`` what they share, ``changelist`` what their lists can do, ``change_form`` the
forms of a row, ``imports`` the pages of an import, ``exports`` the files that the admin writes. Each other module adds
one thing to a page or is a page of its own.
"""

# These modules register their models.
from musicdb.admin import catalogue, logins, site_settings, users  # noqa: F401
from musicdb.admin.changelist import saved_filters  # noqa: F401
from musicdb.admin.imports import views  # noqa: F401
