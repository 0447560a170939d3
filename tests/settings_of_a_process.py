"""The settings of a process that a test starts: those of the tests, in the test's own database."""

import os

from tests.settings import *  # noqa: F403  (the same settings)
from tests.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE_NAME"]
