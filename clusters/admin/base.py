"""What the pages about the parts of a run have in common."""

from typing import Any, TypeVar

from django.db import models
from django.http import HttpRequest

from musicdb.admin.base import ReadOnlyAdmin

M = TypeVar("M", bound=models.Model)


class RunChildAdmin(ReadOnlyAdmin[M]):
    def view_on_site(self, obj: Any) -> str | None:
        return None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A part is never deleted by itself, and never in the way of deleting the run or track it belongs to."""
        page = request.resolver_match.url_name if request.resolver_match else None
        return page is not None and not page.startswith(f"{self.opts.app_label}_{self.opts.model_name}_")
