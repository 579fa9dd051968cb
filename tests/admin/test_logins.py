"""Wrong passwords: counted and logged with the address, then locked out for a while."""

import logging
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client, RequestFactory
from django.urls import reverse

from musicdb.conf.client_address import client_address
from musicdb.settings import AUTHENTICATION_BACKENDS
from tests.admin.helpers import page_of

pytestmark = pytest.mark.django_db

PASSWORD = "of the editor"
HERE, THERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture(autouse=True)
def _counted(settings: LazySettings) -> None:
    settings.AXES_ENABLED = True
    settings.AUTHENTICATION_BACKENDS = AUTHENTICATION_BACKENDS
    User.objects.create_superuser("editor", password=PASSWORD)


def log_in(password: str, address: str = HERE, **headers: Any) -> Any:
    data = {"username": "editor", "password": password, "next": reverse("admin:index")}
    return Client(REMOTE_ADDR=address).post(reverse("admin:login"), data, **headers)


def test_a_wrong_password_is_counted_and_logged_with_its_address(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "axes"):
        assert log_in("wrong").status_code == 200
    attempt = AccessAttempt.objects.get()
    assert (attempt.username, attempt.ip_address, attempt.failures_since_start) == ("editor", HERE, 1)
    (line,) = [record.getMessage() for record in caplog.records if "login failure" in record.getMessage()]
    assert HERE in line
    assert "wrong" not in line
    assert "editor" not in line


def test_five_wrong_passwords_lock_that_name_out_for_that_address() -> None:
    statuses = [log_in("wrong").status_code for _ in range(5)]
    assert statuses == [200] * 4 + [429]
    page = log_in(PASSWORD)
    assert page.status_code == 429
    assert "The password for this account was wrong 5 times. Wait 15 minutes, then try again." in page.text
    assert reverse("home") in page.text
    assert log_in(PASSWORD, THERE).status_code == 302


def test_the_right_password_starts_the_count_again() -> None:
    for _ in range(2):
        for _ in range(4):
            assert log_in("wrong").status_code == 200
        assert log_in(PASSWORD).status_code == 302


def test_a_superuser_ends_a_lockout() -> None:
    for _ in range(5):
        log_in("wrong")
    admin = Client()
    admin.force_login(User.objects.get(), backend=AUTHENTICATION_BACKENDS[-1])
    attempt = AccessAttempt.objects.get()
    assert admin.get(page_of(AccessAttempt)).status_code == 200
    assert admin.post(page_of(AccessAttempt, "delete", attempt.pk), {"post": "yes"}).status_code == 302
    assert log_in(PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", HERE),
        (0, "198.51.100.7", HERE),
        (1, "", HERE),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7, 192.0.2.9", "198.51.100.7"),
        (2, "198.51.100.7", HERE),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "no address", HERE),
    ],
)
def test_the_address_is_what_the_outermost_proxy_saw(
    settings: LazySettings, proxies: int, forwarded: str, address: str
) -> None:
    settings.PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=HERE)) == address
