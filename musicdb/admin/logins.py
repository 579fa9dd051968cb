"""Wrong passwords in the admin: who typed them from where, and how a superuser ends a lockout."""

from axes.models import AccessAttempt
from django.contrib import admin
from django.http import HttpRequest

from musicdb.admin.generic import ModelAdmin

COLUMNS = ["username", "ip_address", "failures_since_start", "attempt_time"]


@admin.register(AccessAttempt)
class FailedLoginAdmin(ModelAdmin[AccessAttempt]):
    """A name and address with wrong passwords. Deleting the row ends the lockout at once."""

    list_display = [*COLUMNS]
    search_fields = ["username", "ip_address"]
    search_help_text = "Name or address"
    ordering = ["-attempt_time"]
    fields = [*COLUMNS, "user_agent", "path_info"]
    readonly_fields = [*COLUMNS, "user_agent", "path_info"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AccessAttempt | None = None) -> bool:
        return False
