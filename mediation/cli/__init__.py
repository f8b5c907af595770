"""Commands: `flask district begin`, `audit`, `files` and `scheduling verify`, `settings check`, `media`, copies."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from mediation.cli import backup as copies
from mediation.cli import district as beginnings
from mediation.cli.media import media
from mediation.files import service as stored_files
from mediation.kernel import log
from mediation.kernel.errors import Problem
from mediation.scheduling import service as booked_time
from mediation.settings import Settings, SettingsError
from mediation.web.db import clock, reading, write

audit = AppGroup("audit", help="The event log.")


@audit.command("verify")
def audit_verify() -> None:
    """Prove every chain; exit 1 and name each break when one does not hold."""
    breaks = list(log.verify(reading()))
    for fault in breaks:
        click.echo(f"{fault.stream} row {fault.seq}: {fault.fault}")
    click.echo("audit: 0 differences" if not breaks else f"audit: {len(breaks)} differences")
    sys.exit(1 if breaks else 0)


files = AppGroup("files", help="The stored files.")


@files.command("verify")
def files_verify() -> None:
    """Compare each stored file with its hash; exit 1 and name each that is missing, changed or nobody's."""
    faults = list(stored_files.verify(reading()))
    for fault in faults:
        click.echo(f"{fault.key}: {fault.fault}")
    click.echo(f"files: {len(faults)} differences")
    sys.exit(1 if faults else 0)


scheduling = AppGroup("scheduling", help="Booked time.")


@scheduling.command("verify")
@click.option("--rebuild", is_flag=True, help="First make the bitmaps anew out of the claims.")
def scheduling_verify(*, rebuild: bool) -> None:
    """Compare bookings with the time they own, and the bitmaps with both; exit 1 and name each difference."""
    if rebuild:
        with write() as session:
            booked_time.rebuild(session)
    faults = list(booked_time.verify(reading()))
    for fault in faults:
        click.echo(f"{fault.where}: {fault.fault}")
    click.echo(f"scheduling: {len(faults)} differences")
    sys.exit(1 if faults else 0)


district = AppGroup("district", help="The district itself.")


@district.command("begin")
@click.argument("name")
@click.argument("name_en")
@click.argument("username")
@click.argument("administrator")
def district_begin(name: str, name_en: str, username: str, administrator: str) -> None:
    """Make the district NAME (NAME_EN) and its first administrator; their password is printed once."""
    command = beginnings.BeginDistrict(name, name_en, username, administrator)
    try:
        with write() as session:
            password = beginnings.begin(session, command, clock=clock())
    except Problem as problem:
        raise click.ClickException(f"{problem.code}: nothing was changed") from problem
    click.echo(f"{name}: sign in as {username} with {password} and change it under My account")


settings_commands = AppGroup("settings", help="The settings.")


@settings_commands.command("check")
def settings_check() -> None:
    """Show each setting as it holds now; secrets as stars. Wrong ones never get this far: they are named instead."""
    for name, value in sorted(_settings().model_dump(exclude={"development"}).items()):
        click.echo(f"{name.upper()}={value}")


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
@with_appcontext
def backup(folder: Path) -> None:
    """Copy the database, the files and the kept secret into a new FOLDER; the system may be in use."""
    _copy(copies.backup, folder, "copied")


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path))
@with_appcontext
def restore(folder: Path) -> None:
    """Bring the copy in FOLDER back into an INSTANCE folder without a database."""
    _copy(copies.restore, folder, "restored")


def _copy(how: Callable[[Settings, Path], int], folder: Path, done: str) -> None:
    try:
        click.echo(f"{how(_settings(), folder)} files {done}; every sum holds")
    except (SettingsError, OSError) as error:
        raise click.ClickException(str(error)) from error


def _settings() -> Settings:
    return cast("Settings", current_app.extensions["settings"])


def init_app(app: Flask) -> None:
    for command in (district, audit, files, scheduling, settings_commands, media, backup, restore):
        app.cli.add_command(command)
