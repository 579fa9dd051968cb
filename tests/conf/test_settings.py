"""The settings as a process finds them, with an environment of its own."""

import json
import os
import runpy
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import global_settings
from django.core.exceptions import ImproperlyConfigured

from musicdb.conf.secret_key import find_secret_key

PROJECT = Path(__file__).resolve().parents[2]


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``code`` with the project's own settings and nothing in the environment but ``environment``."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "musicdb.settings", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def settings(*names: str, **environment: str) -> list[Any]:
    """Run the file of the project's settings with nothing in the environment but ``environment``."""
    with mock.patch.dict(os.environ, {"SECRET_KEY": "from the environment", **environment}, clear=True):
        found = {**vars(global_settings), **runpy.run_path(str(PROJECT / "musicdb" / "settings.py"))}
    return json.loads(json.dumps([found[name] for name in names], default=str))


class TestSecretKey:
    def test_a_server_without_one_refuses_to_start(self, tmp_path: Path) -> None:
        file = tmp_path / ".secret_key"
        run = python("import django; django.setup()", SECRET_KEY_FILE=str(file))

        assert run.returncode == 1
        assert run.stderr.splitlines()[-1] == (
            "django.core.exceptions.ImproperlyConfigured: SECRET_KEY is not set. Set it to a long random text "
            "(and keep it), or set DEBUG=1 for a local run, which writes one to .secret_key and reads it from there."
        )
        assert list(tmp_path.iterdir()) == []

    def test_a_local_run_writes_one_once_for_its_owner_only(self, tmp_path: Path) -> None:
        file = tmp_path / ".secret_key"
        show = "from django.conf import settings; print(settings.SECRET_KEY)"
        first, second = (python(show, DEBUG="1", SECRET_KEY_FILE=str(file)) for _ in range(2))

        assert first.returncode == second.returncode == 0
        assert first.stdout == second.stdout == file.read_text()
        assert len(file.read_text().strip()) == 50
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert list(tmp_path.iterdir()) == [file]

    def test_what_a_local_run_wrote_is_read_with_debug_off(self, tmp_path: Path) -> None:
        file = tmp_path / ".secret_key"
        file.write_text("written before\n")

        assert find_secret_key("", file, can_generate=False) == "written before"

    def test_the_environment_wins(self, tmp_path: Path) -> None:
        file = tmp_path / ".secret_key"
        file.write_text("from the file\n")

        assert settings("SECRET_KEY", SECRET_KEY="from the environment", SECRET_KEY_FILE=str(file)) == [
            "from the environment"
        ]

    def test_where_the_environment_has_one_no_file_is_written(self, tmp_path: Path) -> None:
        assert find_secret_key("from the environment", tmp_path / "key", can_generate=True) == "from the environment"
        assert list(tmp_path.iterdir()) == []

    def test_one_that_another_process_wrote_meanwhile_is_taken(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / ".secret_key"

        def the_other_is_first(source: Path, target: Path) -> None:
            file.write_text("of the other process\n")
            raise FileExistsError

        monkeypatch.setattr(os, "link", the_other_is_first)

        assert find_secret_key("", file, can_generate=True) == "of the other process"
        assert list(tmp_path.iterdir()) == [file]

    @pytest.mark.parametrize("can_generate", [True, False])
    def test_an_empty_file_is_no_key(self, tmp_path: Path, can_generate: bool) -> None:
        file = tmp_path / ".secret_key"
        file.write_text(" \n")

        with pytest.raises(ImproperlyConfigured, match=r"is empty\. Remove it; a local run with DEBUG=1"):
            find_secret_key("", file, can_generate=can_generate)


class TestEnvironment:
    def test_nothing_said_is_safe(self) -> None:
        assert settings("DEBUG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SERVE_MEDIA", "TIME_ZONE") == [
            False,
            ["127.0.0.1", "localhost", "[::1]"],
            [],
            False,
            "UTC",
        ]

    @pytest.mark.parametrize("value", ["0", "off", "False", "no", "", "perhaps"])
    def test_debug_is_off_unless_it_is_turned_on(self, value: str) -> None:
        assert settings("DEBUG", DEBUG=value) == [False]

    def test_debug_turned_on(self) -> None:
        assert settings("DEBUG", "SERVE_MEDIA", DEBUG="1") == [True, True]

    def test_lists_may_be_written_with_blanks(self) -> None:
        environment = {
            "ALLOWED_HOSTS": "music.example, www.music.example ,",
            "CSRF_TRUSTED_ORIGINS": "https://music.example, https://www.music.example",
        }

        assert settings("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", **environment) == [
            ["music.example", "www.music.example"],
            ["https://music.example", "https://www.music.example"],
        ]

    def test_media(self, tmp_path: Path) -> None:
        assert settings("MEDIA_ROOT", MEDIA_ROOT=str(tmp_path)) == [str(tmp_path)]
        assert settings("MEDIA_ROOT") == [str(PROJECT / "media")]

    def test_https_turns_on_all_that_assumes_it(self) -> None:
        names = (
            "SECURE_SSL_REDIRECT",
            "SESSION_COOKIE_SECURE",
            "CSRF_COOKIE_SECURE",
            "SECURE_HSTS_SECONDS",
            "SECURE_HSTS_INCLUDE_SUBDOMAINS",
            "SECURE_HSTS_PRELOAD",
        )
        assert settings(*names) == [False, False, False, 0, False, False]
        assert settings(*names, HTTPS="1") == [True, True, True, 3600, True, True]

    def test_only_behind_a_proxy_is_its_word_taken(self) -> None:
        assert settings("SECURE_PROXY_SSL_HEADER") == [None]
        assert settings("SECURE_PROXY_SSL_HEADER", BEHIND_PROXY="1") == [["HTTP_X_FORWARDED_PROTO", "https"]]


class TestDatabase:
    def test_the_default_is_a_file_beside_the_code(self) -> None:
        ((default,),) = (list(database.values()) for database in settings("DATABASES"))

        assert (default["ENGINE"], default["NAME"]) == ("django.db.backends.sqlite3", str(PROJECT / "db.sqlite3"))

    def test_sqlite_is_set_up_for_readers_beside_a_writer(self, tmp_path: Path) -> None:
        code = """
import json, django
django.setup()
from django.db import connection, transaction
statements = ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
with connection.cursor() as cursor:
    figures = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in statements]
connection.force_debug_cursor = True
with transaction.atomic():
    pass
print(json.dumps([*figures, connection.queries[0]["sql"]]))
"""
        run = python(code, SECRET_KEY="x", DATABASE_URL=f"sqlite:///{tmp_path / 'library.sqlite3'}")

        assert run.stderr == ""
        assert json.loads(run.stdout) == ["wal", 1, 20_000, 1, "BEGIN IMMEDIATE"]

    def test_postgresql(self) -> None:
        (databases,) = settings("DATABASES", DATABASE_URL="postgres://me:secret@db.example:5433/music")
        default = databases["default"]

        assert [default[name] for name in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
            "django.db.backends.postgresql",
            "music",
            "me",
            "secret",
            "db.example",
            5433,
        ]
        assert (default["CONN_MAX_AGE"], default["CONN_HEALTH_CHECKS"]) == (60, True)
        assert "init_command" not in default.get("OPTIONS", {})

    def test_an_unknown_kind_of_database_is_refused(self) -> None:
        run = python("import django; django.setup()", SECRET_KEY="x", DATABASE_URL="oracel://db.example/music")

        assert run.returncode == 1
