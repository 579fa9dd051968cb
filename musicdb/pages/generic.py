"""Django's generic views and pages of lists, typed for any model: the type stubs are generic, the classes are not."""

from typing import TYPE_CHECKING, Any

from django.core import paginator
from django.views import generic

if TYPE_CHECKING:
    DetailView = generic.DetailView[Any]
    ListView = generic.ListView[Any]
    Page = paginator.Page[Any]
    Paginator = paginator.Paginator[Any]
else:
    DetailView = generic.DetailView
    ListView = generic.ListView
    Page = paginator.Page
    Paginator = paginator.Paginator
