"""Names of what is downloaded, in any script (RFC 6266, RFC 8187)."""

from urllib.parse import quote

from flask import Response


def named(response: Response, name: str, *, inline: bool = False) -> Response:
    """Give the response a file name; a header carries only Latin letters, so others are written in their code."""
    plain = name.isascii() and not set(name) & set('"\\\r\n')
    extended = f"filename*=UTF-8''{quote(name, safe='')}"
    form = f'filename="{name}"' if plain else extended
    response.headers["Content-Disposition"] = f"{'inline' if inline else 'attachment'}; {form}"
    return response
