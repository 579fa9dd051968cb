"""Django's generic views, typed for any model. Their type stubs are generic, the classes themselves are not."""

from typing import TYPE_CHECKING, Any

from django.views import generic

if TYPE_CHECKING:
    DetailView = generic.DetailView[Any]
    ListView = generic.ListView[Any]
else:
    DetailView = generic.DetailView
    ListView = generic.ListView
