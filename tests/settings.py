"""The settings of the tests: those of the portal, with what must be fast or strict."""

import os
from typing import Any

from tests.harness import environment
from tests.harness.templates import Undefined

FOLDER = environment.prepare()

from portal.settings import *  # noqa: E402, F403  (the environment above has to stand first)
from portal.settings import DATABASES, STORAGES, TEMPLATES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
STATIC_ROOT = FOLDER / "static"
MEDIA_ROOT = str(FOLDER / "media")
OPTIONS: Any = TEMPLATES[0]["OPTIONS"]
OPTIONS["string_if_invalid"] = Undefined()
STATIC_ROOT.mkdir(exist_ok=True)

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, because threads of one process share a database in memory in a way the real one does not.
    DATABASES["default"]["TEST"] = {"NAME": str(FOLDER / f"test-{os.getpid()}.sqlite3")}
