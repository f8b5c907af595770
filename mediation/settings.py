"""Typed settings, read once from the environment; every fault reported at once.

The only reader of the environment.
"""

import os
import secrets
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, computed_field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

HIGHEST_PORT = 65535
Port = Annotated[int, Field(ge=1, le=HIGHEST_PORT)]
NEXT_PORT = 10
"""From a port of one `live` process to the same of the next."""


class LivePorts(NamedTuple):
    """Of one `live` process."""

    live: int
    media: int
    wake: int


def live_path(place: int) -> str:
    """What stands before `/ws` in the address of the `live` process in this place, where a proxy shares one name."""
    return f"/live-{place}" if place else ""


class SettingsError(ValueError):
    """One line per fault, each with the variable's name."""


def _is_mail_folder(url: str) -> bool:
    """Empty, or an address with all that reading a folder needs; its name as the server writes it, in ASCII."""
    try:
        parts = urlsplit(url)
        whole = bool(parts.hostname and parts.username and parts.password) and parts.port != 0
    except ValueError:
        return False
    return not url or (parts.scheme in {"imap", "imaps"} and whole and unquote(url).isascii())


class Settings(BaseSettings):
    """All that an installation may choose. The defaults run on one machine with nothing beside Python."""

    model_config = SettingsConfigDict(env_prefix="", frozen=True, extra="ignore")

    instance: Path = Field(default=Path("instance"), description="folder of the database, files and secrets")
    database_url: str = Field(default="", description="empty: SQLite under `instance`; or postgresql+psycopg://…")
    secret_key: SecretStr = Field(default=SecretStr(""), description="empty: made once and kept under `instance`")
    old_secret_keys: tuple[SecretStr, ...] = Field(
        default=(), description="earlier secrets, newest first, as JSON list"
    )
    environment: Literal["development", "production"] = Field(
        default="development", description="production: JSON logs, TLS demanded, no /dev pages"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="least level logged")
    district_name: str = Field(default="桃溪区", description="shown on every page")
    help_phone: str = Field(default="12348", description="the number residents may call for help")

    host: str = Field(default="127.0.0.1", description="address that web and live listen on")
    web_port: Port = Field(default=8000, description="pages, TCP")
    live_port: Port = Field(default=8001, description="WebSocket of the hearings, TCP")
    worker_port: Port = Field(default=8003, description="nudges to the worker, loopback UDP")
    live_wake_port: Port = Field(default=8004, description="nudges to live, loopback UDP")
    live_processes: int = Field(
        default=1, ge=1, le=32, description="live processes that share the hearings; one a core, each 10 ports further"
    )
    live_max_load: float = Field(
        default=0.85, gt=0, le=1, description="share of a core from which a live process takes no new hearing"
    )
    public_url: str = Field(default="", description="how residents reach web; empty: http://host:web_port")
    live_url: str = Field(
        default="",
        description="how browsers reach live; empty: the page's host, by wss:// where the page has TLS",
    )
    staff_idle_minutes: int = Field(default=30, ge=5, le=720, description="an idle staff session ends after these")
    trusted_proxies: int = Field(default=0, ge=0, le=5, description="reverse proxies in front that set X-Forwarded-*")

    caucus_answer_s: int = Field(
        default=60, ge=15, le=600, description="seconds to answer an invitation to talk apart with the mediator"
    )
    station_quiet_s: int = Field(
        default=180, ge=10, le=3600, description="seconds without a touch until a station's screen asks who is there"
    )
    station_quiet_in_room_s: int = Field(
        default=900, ge=10, le=7200, description="the same while the visitor is in the hearing's room"
    )
    station_warning_s: int = Field(
        default=30, ge=20, le=300, description="seconds that are then counted on it before it is wiped"
    )
    recording_keep_days: int = Field(
        default=90, ge=1, le=3650, description="days a recording of a hearing is kept after its end, then deleted"
    )
    start_countdown_s: int = Field(
        default=10, ge=0, le=60, description="seconds that everybody sees and hears run before a hearing begins"
    )
    media_engine: Literal["embedded", "janus"] = Field(
        default="embedded", description="who forwards sound and picture: live itself, or Janus servers"
    )
    janus_urls: tuple[str, ...] = Field(
        default=(), description="WebSocket addresses of the Janus servers, JSON list; hearings are spread over them"
    )
    janus_admin_urls: tuple[str, ...] = Field(
        default=(), description="their admin WebSocket addresses in the same order, JSON list"
    )
    janus_secret: SecretStr = Field(default=SecretStr(""), description="the Janus servers' `api_secret`")
    janus_admin_secret: SecretStr = Field(default=SecretStr(""), description="the Janus servers' `admin_secret`")
    media_host: str = Field(default="0.0.0.0", description="address the media port binds")  # noqa: S104
    media_port: Port = Field(default=8002, description="one UDP port for all media")
    media_addresses: tuple[str, ...] = Field(
        default=(), description="public addresses, JSON list; empty: this machine's"
    )
    turn_urls: tuple[str, ...] = Field(
        default=(), description="TURN servers for browsers that UDP does not reach, JSON list; empty: none"
    )
    turn_secret: SecretStr = Field(default=SecretStr(""), description="the TURN servers' `static-auth-secret`")

    calendar_networks: tuple[str, ...] = Field(
        default=(), description="own networks where mediators' outside calendars may lie, JSON list; empty: none"
    )
    replies_folder: Path | None = Field(
        default=None, description="Maildir with the answers to our invitations, sent to MAIL_FROM; empty: not read"
    )
    replies_url: SecretStr = Field(
        default=SecretStr(""),
        description="the same on a mail server: imaps://user:password@host/Folder, or imap:// with STARTTLS",
    )
    smtp_url: str = Field(
        default="", description="smtp://user:password@host:port; empty: messages stay on /dev/messages"
    )
    mail_from: str = Field(default="tiaohe@localhost", description="sender of the mails")
    sms_url: str = Field(default="", description="the district's SMS gateway; empty: messages stay on /dev/messages")
    sms_secret: SecretStr = Field(default=SecretStr(""), description="signs what is sent to the SMS gateway")

    @computed_field  # type: ignore[prop-decorator]
    @property
    def development(self) -> bool:
        return self.environment == "development"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.instance.resolve() / 'tiaohe.sqlite3'}"

    @property
    def files_folder(self) -> Path:
        return self.instance / "files"

    @property
    def recordings_folder(self) -> Path:
        return self.instance / "recordings"

    @property
    def live_ports(self) -> tuple[LivePorts, ...]:
        """By place."""
        steps = [NEXT_PORT * place for place in range(self.live_processes)]
        return tuple(
            LivePorts(self.live_port + step, self.media_port + step, self.live_wake_port + step) for step in steps
        )

    @property
    def site(self) -> str:
        return (self.public_url or f"http://{self.host}:{self.web_port}").rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether residents reach us by TLS: cookies and HSTS follow."""
        return self.site.startswith("https://")

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        faults = []
        if self.environment == "production" and not self.secret_key.get_secret_value():
            faults.append("ENVIRONMENT=production needs SECRET_KEY, for example 32 random bytes in hex")
        if self.environment == "production" and not self.secure:
            faults.append("ENVIRONMENT=production needs PUBLIC_URL=https://…")
        if self.secret_key.get_secret_value() and len(self.secret_key.get_secret_value()) < 32:  # noqa: PLR2004
            faults.append("SECRET_KEY is shorter than 32 characters")
        if self.database_url and not self.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
            faults.append("DATABASE_URL begins with sqlite:/// or postgresql+psycopg://")
        faults.extend(self._faults_of_channels())
        faults.extend(self._faults_of_media())
        faults.extend(self._faults_of_ports())
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _faults_of_ports(self) -> list[str]:
        ports = [self.web_port, self.worker_port, *(port for one in self.live_ports for port in one)]
        faults = []
        if len(set(ports)) < len(ports):
            each = f", also those of LIVE_PROCESSES={self.live_processes}" if self.live_processes > 1 else ""
            faults.append(f"WEB_PORT, LIVE_PORT, MEDIA_PORT, WORKER_PORT and LIVE_WAKE_PORT must differ{each}")
        if max(ports) > HIGHEST_PORT:
            faults.append(f"LIVE_PROCESSES={self.live_processes} needs ports above {HIGHEST_PORT}")
        return faults

    def _faults_of_channels(self) -> list[str]:
        faults = []
        if self.smtp_url and not self.smtp_url.startswith(("smtp://", "smtps://")):
            faults.append("SMTP_URL begins with smtp:// or smtps://")
        if self.sms_url and not self.sms_url.startswith(("http://", "https://")):
            faults.append("SMS_URL begins with https:// or http://")
        if self.sms_url and not self.sms_secret.get_secret_value():
            faults.append("SMS_URL needs SMS_SECRET")
        if not _is_mail_folder(self.replies_url.get_secret_value()):
            faults.append("REPLIES_URL is imaps://user:password@host:993/Folder; write @ as %40 and : as %3A in names")
        for network in self.calendar_networks:
            try:
                ip_network(network)
            except ValueError:
                faults.append(f"CALENDAR_NETWORKS: {network} is no network, as 10.1.0.0/16 is one")
        return faults

    def _faults_of_media(self) -> list[str]:
        faults = []
        secret = self.turn_secret.get_secret_value()
        if any(not url.startswith(("turn:", "turns:")) for url in self.turn_urls):
            faults.append('TURN_URLS is a JSON list as ["turn:turn.example.org:3478?transport=udp"]')
        if self.turn_urls and len(secret) < 16:  # noqa: PLR2004
            faults.append(
                "TURN_URLS needs TURN_SECRET of 16 characters or more, the same as coturn's static-auth-secret"
            )
        if secret and not self.turn_urls:
            faults.append("TURN_SECRET is set and TURN_URLS is not")
        return [*faults, *self._faults_of_janus()]

    def _faults_of_janus(self) -> list[str]:
        if self.media_engine != "janus":
            return ["JANUS_URLS is set and MEDIA_ENGINE is not janus"] if self.janus_urls else []
        faults = []
        urls, admin_urls = self.janus_urls, self.janus_admin_urls
        if not urls:
            faults.append('MEDIA_ENGINE=janus needs JANUS_URLS, as ["ws://127.0.0.1:8188"]')
        if len(admin_urls) != len(urls):
            faults.append(f"JANUS_ADMIN_URLS names {len(admin_urls)} servers and JANUS_URLS names {len(urls)}")
        if any(not url.startswith(("ws://", "wss://")) for url in (*urls, *admin_urls)):
            faults.append("JANUS_URLS and JANUS_ADMIN_URLS begin with ws:// or wss://")
        if len({*urls, *admin_urls}) < len(urls) + len(admin_urls):
            faults.append("JANUS_URLS and JANUS_ADMIN_URLS name an address twice")
        if not (self.janus_secret.get_secret_value() and self.janus_admin_secret.get_secret_value()):
            faults.append("MEDIA_ENGINE=janus needs JANUS_SECRET and JANUS_ADMIN_SECRET")
        return faults

    @classmethod
    def from_env(cls) -> "Settings":
        """Read the environment.

        Raises: SettingsError with one line per fault; also when `instance` cannot be written.
        """
        try:
            settings = cls()
        except ValidationError as error:
            lines = [f"{'.'.join(map(str, e['loc'])).upper() or 'settings'}: {e['msg']}" for e in error.errors()]
            raise SettingsError("\n".join(lines)) from error
        try:
            settings.instance.mkdir(parents=True, exist_ok=True)
            if not os.access(settings.instance, os.W_OK):
                raise PermissionError(13, "not writable")
            return settings if settings.secret_key.get_secret_value() else settings._with_kept_secret()
        except OSError as error:
            raise SettingsError(f"INSTANCE: cannot write the folder {settings.instance}: {error.strerror}") from error

    def _with_kept_secret(self) -> "Settings":
        """The secret of this installation, made at its first start; of two that start at once, one makes it."""
        path = self.instance / "secret-key"
        with suppress(FileExistsError):
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32))
        return self.model_copy(update={"secret_key": SecretStr(path.read_text().strip())})

    def secrets(self) -> list[str]:
        """All secrets for the keyring, newest first."""
        return [self.secret_key.get_secret_value(), *(old.get_secret_value() for old in self.old_secret_keys)]
