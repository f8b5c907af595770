"""The web application: extensions, wiring, the list of blueprints."""

import importlib
import importlib.util
from pathlib import Path
from typing import Final

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from mediation import cli, wiring
from mediation.app import navigation
from mediation.kernel import db as kernel_db
from mediation.kernel import logging
from mediation.kernel.clock import Clock, system_clock
from mediation.kernel.wake import Nudger
from mediation.settings import Settings
from mediation.web import assets, filters, i18n, problems, security
from mediation.web import views as web_views
from mediation.web.db import db

ROOT: Final = Path(__file__).parents[2]
WITH_PAGES: Final = (
    "orgs",
    "access",
    "files",
    "people",
    "disputes",
    "scheduling",
    "hearings",
    "agreements",
    "documents",
    "stations",
    "supervision",
    "notices",
)


def create_app(settings: Settings, *, clock: Clock = system_clock) -> Flask:
    """A Flask application on `settings`. Starts nothing and reads no environment."""
    logging.configure(json=not settings.development, level=settings.log_level)
    wiring.configure(settings)
    app = Flask("mediation", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static" / "dist"))
    app.extensions["settings"] = settings
    app.extensions["clock"] = clock
    app.extensions["nudger"] = Nudger((*(ports.wake for ports in settings.live_ports), settings.worker_port))
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 365 * 24 * 3600
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    db.init_app(app)
    with app.app_context():
        kernel_db.configure(db.engine)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    i18n.init_app(app)
    filters.init_app(app)
    assets.init_app(app)
    problems.init_app(app)
    security.init_app(app, settings)
    _add_pages(app, settings)
    navigation.init_app(app)
    cli.init_app(app)
    return app


def _add_pages(app: Flask, settings: Settings) -> None:
    app.jinja_env.globals["settings_public"] = {
        "district_name": settings.district_name,
        "help_phone": settings.help_phone,
        "development": settings.development,
    }
    app.register_blueprint(web_views.bp)
    for capability in WITH_PAGES:
        name = f"mediation.{capability}.views"
        if importlib.util.find_spec(name) is not None:
            app.register_blueprint(importlib.import_module(name).bp)
