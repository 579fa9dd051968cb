"""Who may merge rows of a model, and undo that."""

from typing import Any

from django.contrib.auth import get_permission_codename
from django.db.models import Model
from django.http import HttpRequest

from musicdb.models.aggregates import CATALOGUE


def may_merge(request: HttpRequest, model: type[Model]) -> bool:
    """Return whether the user may merge rows of ``model``: change them, and merge, which is a permission of its own."""
    opts = model._meta
    codenames = (get_permission_codename(action, opts) for action in ("merge", "change"))
    user: Any = request.user
    return all(user.has_perm(f"{opts.app_label}.{codename}") for codename in codenames)


def mergeable_models(request: HttpRequest) -> set[str]:
    """Return the names of the models whose rows the user may merge."""
    return {aggregate.name for aggregate in CATALOGUE if may_merge(request, aggregate.model)}
