"""The door for a WSGI server."""

from mediation.app import create_app
from mediation.settings import Settings

app = create_app(Settings.from_env())
