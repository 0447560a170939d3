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
