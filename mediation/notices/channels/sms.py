"""SMS by the district's gateway: one HTTP POST per message, signed.

Operators differ; a district's gateway (or ten lines in front of it) takes
`POST {"id", "to", "text"}` with `X-Signature: hex(HMAC-SHA256(secret, body))` and answers
2xx: taken; 400, 404, 422: this number never; anything else: later. `id` is the same each time it is tried.
"""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from typing import Final

from pydantic import SecretStr

from mediation.notices.channels.contract import Parcel, Undeliverable

TIMEOUT_S: Final = 20
_NEVER: Final = {400, 404, 422}


class Gateway:
    name = "gateway"

    def __init__(self, url: str, secret: SecretStr) -> None:
        self._url = url
        self._secret = secret.get_secret_value().encode()

    def send(self, parcel: Parcel) -> None:
        body = json.dumps({"id": parcel.public_id, "to": parcel.to, "text": parcel.body}, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Signature": hmac.new(self._secret, body, hashlib.sha256).hexdigest(),
        }
        request = urllib.request.Request(self._url, data=body, headers=headers, method="POST")  # noqa: S310 - http(s) only, checked by Settings
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S):  # noqa: S310
                return
        except urllib.error.HTTPError as error:
            if error.code in _NEVER:
                raise Undeliverable(f"gateway answered {error.code}") from error
            raise
