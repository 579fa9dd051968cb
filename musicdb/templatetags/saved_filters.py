"""The named views above a list of the admin."""

from typing import Any

from django import template
from django.contrib.admin.views.main import ChangeList
from django.urls import reverse

from musicdb.admin.changelist.saved_filters import as_query
from musicdb.models import SavedFilter

register = template.Library()


@register.inclusion_tag("admin/musicdb/saved_views.html", takes_context=True)
def saved_views(context: template.Context, changelist: ChangeList) -> dict[str, Any]:
    """Show the views of ``changelist`` and, where it is filtered, the link that saves that as one. One query."""
    user, listing = context["request"].user, changelist.opts.label_lower
    if changelist.is_popup:
        return {}
    try:
        now = as_query(context["request"].GET.urlencode())
    except ValueError:
        now = ""
    views = list(SavedFilter.objects.above_list(listing, user))
    for view in views:
        view.is_open, view.is_mine = view.query == now, view.owner_id == user.pk  # type: ignore[attr-defined]
    known = any(view.query == now for view in views)
    return {
        "views": views,
        "name": changelist.opts.verbose_name_plural,
        "save": (
            reverse("admin:musicdb_savedfilter_add", query={"listing": listing, "query": now})
            if now and not known and user.has_perm("musicdb.add_savedfilter")
            else ""
        ),
        "manage": (
            reverse("admin:musicdb_savedfilter_changelist", query={"listing": listing})
            if views and user.has_perm("musicdb.change_savedfilter")
            else ""
        ),
    }
