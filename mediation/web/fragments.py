"""A whole page, or for htmx the fragment of it, from the same template."""

from typing import Any

from flask import render_template, request


def page_or_fragment(page: str, fragment: str, **values: Any) -> str:
    return render_template(fragment if request.headers.get("HX-Request") else page, **values)
