"""What is connected to what: keys, listeners, receivers. No views, no Flask; web, live, worker and cli call it."""

import importlib
import importlib.util
from datetime import timedelta
from typing import Final

from mediation.files import storage
from mediation.hearings import storage as recordings
from mediation.kernel import crypto
from mediation.notices import service as notices
from mediation.scheduling import service as scheduling
from mediation.scheduling.calendar import ics, outside
from mediation.settings import Settings
from mediation.stations import caps as stations
from mediation.stations.rules import Quiet

CAPABILITIES: Final = (
    "orgs", "access", "files", "people", "disputes", "scheduling",
    "hearings", "agreements", "documents", "stations", "supervision", "notices",
)  # fmt: skip


def configure(settings: Settings) -> None:
    """Install the keys, choose the channels, subscribe everybody; safe to call twice."""
    crypto.install(crypto.Keyring(settings.secrets()))
    storage.install(storage.FolderStorage(settings.files_folder))
    keep = timedelta(days=settings.recording_keep_days)
    recordings.install(recordings.RecordingFiles(settings.recordings_folder, keep))
    seconds = settings.station_quiet_s, settings.station_quiet_in_room_s, settings.station_warning_s
    stations.install(Quiet(*(timedelta(seconds=each) for each in seconds)))
    notices.configure(settings)
    outside.configure(settings.calendar_networks)
    replies_url = settings.replies_url.get_secret_value()
    scheduling.read_replies_from(settings.replies_folder, replies_url)
    ics.ask_for_answers(wanted=settings.replies_folder is not None or bool(replies_url))
    subscribe()


def subscribe() -> None:
    """Load every table and let each capability's handlers listen."""
    importlib.import_module("mediation.kernel.outbox")
    for capability in CAPABILITIES:
        importlib.import_module(f"mediation.{capability}.models")
    for capability in CAPABILITIES:
        name = f"mediation.{capability}.handlers"
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name).subscribe()
