"""What gunicorn serves."""

import os
import sys
from pathlib import Path

from django.core.wsgi import get_wsgi_application

# The template lets apps be imported without the project's name as well.
sys.path.append(str(Path(__file__).resolve().parent.parent / "acme"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = get_wsgi_application()
