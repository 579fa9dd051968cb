"""The rows that somebody has selected in a list, as the pages of an action carry them."""

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest


def selection_fields(request: HttpRequest, action: str) -> list[tuple[str, str]]:
    """Return the hidden fields by which a form calls ``action`` again for the rows that ``request`` has selected."""
    selects_all = request.POST.get("select_across", "0") == "1"
    selected = request.POST.getlist(ACTION_CHECKBOX_NAME)
    # If the user selected all that the filter finds, Django needs any one key to run the action.
    keys = selected[:1] if selects_all else selected
    return [
        ("action", action),
        ("select_across", str(int(selects_all))),
        *((ACTION_CHECKBOX_NAME, key) for key in keys),
    ]
