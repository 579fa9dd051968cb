"""The project's settings, with what makes tests quick, repeatable and apart from any real library."""

import os
import tempfile
from pathlib import Path

_scratch = tempfile.TemporaryDirectory(prefix="musicdb-tests-")
os.environ.setdefault("SECRET_KEY", "tests sign nothing that anybody keeps")
os.environ["DEBUG"] = "0"
os.environ["CELERY_BROKER_URL"] = ""
os.environ["MEDIA_ROOT"] = str(Path(_scratch.name) / "media")
os.environ["UPLOAD_ROOT"] = str(Path(_scratch.name) / "uploads")

from musicdb.settings import *  # noqa: E402, F403
from musicdb.settings import STORAGES  # noqa: E402

ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
SERVE_MEDIA = True
# Slow on purpose in production; a test that logs in should not pay for it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Only the tests of the lockout count wrong passwords.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AXES_ENABLED = False
# Tests of the cache turn it on. For others, an answer is always made anew.
CACHES["pages"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}  # noqa: F405
# The manifest exists only after collectstatic; tests/pages/test_static.py makes one of its own.
STATIC_ROOT = Path(_scratch.name) / "static"
STATIC_ROOT.mkdir()
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
