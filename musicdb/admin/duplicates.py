"""Telling apart what looks alike, on the pages that suggest it."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import model_ngettext
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from musicdb.admin.base import is_valid_pk
from musicdb.editing.duplicates import Looked, TooManyError, dismiss, take_back

GROUPS_A_PAGE = 25
# In the address: the groups that are told apart, and not those still to be looked at.
APART = "apart"


def groups_context(request: HttpRequest, looked: Looked) -> dict[str, Any]:
    """Return a page of the groups that are asked for, and what a template says around them."""
    shows_apart = APART in request.GET
    page = Paginator(looked.apart if shows_apart else looked.open, GROUPS_A_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "shows_apart": shows_apart, "open_count": len(looked.open), "apart_count": len(looked.apart)}


def answer(request: HttpRequest, model: type[Model]) -> HttpResponse:
    """Do what an editor said of a group, and return to the page."""
    if not request.user.has_perm(f"{model._meta.app_label}.change_{model._meta.model_name}"):
        raise PermissionDenied
    keys = [int(key) for key in request.POST.getlist("id") if is_valid_pk(key)]
    try:
        if APART in request.GET:
            number = take_back(model, keys)
            said = f"{number} {model_ngettext(model._meta, number)} may be the same after all."
        else:
            number = dismiss(model, keys, request.user)
            said = f"{number} {model_ngettext(model._meta, number)} told apart: they are not suggested again."
    except TooManyError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return HttpResponseRedirect(request.get_full_path())
