"""Users and groups, whose forms two people can edit at the same time as all others."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from musicdb.admin.change_form.together import ConcurrentAdmin

admin.site.unregister([User, Group])


@admin.register(User)
class ConcurrentUserAdmin(ConcurrentAdmin[User], UserAdmin):  # type: ignore[type-arg]
    """Users. A password has a page of its own."""


@admin.register(Group)
class ConcurrentGroupAdmin(ConcurrentAdmin[Group], GroupAdmin):
    """Groups and their permissions."""
