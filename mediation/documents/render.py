"""Content -> PDF, with WeasyPrint and the machine's Chinese fonts. Nothing is fetched from anywhere."""

from base64 import b64decode
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mediation.kernel.clock import CHINA

_TEMPLATES: Final = Path(__file__).parents[2] / "templates" / "documents"


class NothingFetched(ValueError):
    """A paper names an address: its words come from people, and no address is opened for them."""


def chinese_day(value: date | datetime | None) -> str:
    """2026年11月23日."""
    if value is None:
        return ""
    on = value.astimezone(CHINA).date() if isinstance(value, datetime) else value
    return f"{on.year}年{on.month}月{on.day}日"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined)
    environment.filters["chinese_day"] = chinese_day
    return environment


def html(template: str, content: dict[str, Any]) -> str:
    return _environment().get_template(template).render(content)


def pdf(template: str, content: dict[str, Any]) -> bytes:
    """The paper. The import is here because it costs a second and only the worker needs it."""
    from weasyprint import HTML  # noqa: PLC0415

    rendered: bytes = HTML(string=html(template, content), url_fetcher=_fetch).write_pdf()
    return rendered


def _fetch(url: str, *_args: Any, **_kwargs: Any) -> Any:
    """Pictures inside the paper only."""
    if not url.startswith("data:image/png;base64,"):
        raise NothingFetched(url[:40])
    from weasyprint.urls import URLFetcherResponse  # noqa: PLC0415

    return URLFetcherResponse(url, b64decode(url.partition(",")[2]), headers={"Content-Type": "image/png"})
