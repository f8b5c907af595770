"""`flask media drain` and `accept`: one of several Janus servers taken out of use, and back."""

import asyncio

import click
from flask import current_app
from flask.cli import AppGroup

from mediation.live.engines.janus import JanusError, let_in
from mediation.settings import Settings

media = AppGroup("media", help="The media servers.")


@media.command("drain")
@click.argument("admin_url")
def media_drain(admin_url: str) -> None:
    """The Janus server at ADMIN_URL takes no more; its hearings go to the others within seconds."""
    _switch(admin_url, accept=False)
    click.echo(f"{admin_url} is drained; `flask media accept {admin_url}` takes it into use again")


@media.command("accept")
@click.argument("admin_url")
def media_accept(admin_url: str) -> None:
    """The Janus server at ADMIN_URL takes hearings again."""
    _switch(admin_url, accept=True)
    click.echo(f"{admin_url} takes hearings")


def _switch(admin_url: str, *, accept: bool) -> None:
    settings: Settings = current_app.extensions["settings"]
    if admin_url not in settings.janus_admin_urls:
        raise click.ClickException(f"{admin_url} is none of JANUS_ADMIN_URLS: {', '.join(settings.janus_admin_urls)}")
    try:
        asyncio.run(let_in(admin_url, settings.janus_admin_secret.get_secret_value(), accept=accept))
    except JanusError as error:
        raise click.ClickException(str(error)) from error
