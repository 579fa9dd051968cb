"""The bar of saved filters above a list of the admin."""

from typing import Any

from django import template
from django.contrib.admin.views.main import ChangeList
from django.urls import reverse

from musicdb.admin.changelist.saved_filters import normalise_query
from musicdb.models import SavedFilter

register = template.Library()


@register.inclusion_tag("admin/musicdb/saved_filters.html", takes_context=True)
def saved_filters(context: template.Context, changelist: ChangeList) -> dict[str, Any]:
    """Show the saved filters of a list and, if it is filtered in a new way, the link to save that. One query."""
    user, model_label = context["request"].user, changelist.opts.label_lower
    if changelist.is_popup:
        return {}
    try:
        query = normalise_query(context["request"].GET.urlencode())
    except ValueError:
        query = ""
    filters: list[Any] = list(SavedFilter.objects.for_list_page(model_label, user))
    for saved in filters:
        saved.is_open, saved.is_own = saved.query == query, saved.owner_id == user.pk
    is_saved = any(saved.is_open for saved in filters)
    can_save = query and not is_saved and user.has_perm("musicdb.add_savedfilter")
    can_manage = filters and user.has_perm("musicdb.change_savedfilter")
    add_query = {"model_label": model_label, "query": query}
    manage_query = {"model_label": model_label}
    return {
        "filters": filters,
        "list_name": changelist.opts.verbose_name_plural,
        "save_url": reverse("admin:musicdb_savedfilter_add", query=add_query) if can_save else "",
        "manage_url": reverse("admin:musicdb_savedfilter_changelist", query=manage_query) if can_manage else "",
    }
