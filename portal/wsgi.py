"""The door for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()

# Checks run with manage.py, but not with gunicorn.
from portal.checks import refuse_to_start  # noqa: E402

refuse_to_start()

# After Django is set up: a worker that starts just before the database goes can still serve the guides.
from guidance.snapshot import warm  # noqa: E402

warm()

# Views, words and addresses before the threads begin: the first of them would each load these at the same time, and
# what they leave behind in memory stays with the process.
from django.conf import settings  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils.translation import override  # noqa: E402

for language, _name in settings.LANGUAGES:
    with override(language):
        reverse("home", urlconf=settings.PUBLIC_URLCONF)
