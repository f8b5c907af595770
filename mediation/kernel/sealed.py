"""Encrypted files that grow while they are written and are read from anywhere: AES-256-GCM, record by record.

A file is a mark and then records: four bytes length, 12 bytes nonce, ciphertext and tag. A record is bound to its
file (`context`) and to its number, so that none can be moved, swapped or put into another file. A process that is
killed leaves whole records and perhaps the beginning of one; all whole ones are readable. That nothing was cut off at
the end is seen by the hash that the database keeps.
"""

import hashlib
import io
import os
from bisect import bisect_right
from struct import Struct
from typing import Any, BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mediation.kernel.crypto import Undecipherable

CHUNK: Final = 64 * 1024
"""Plain bytes of each record of a `SealedFile` but the last."""
_MARK: Final = b"TIAOSEA1"
_LENGTH: Final = Struct("!I")
_NONCE, _TAG = 12, 16
_AROUND: Final = _NONCE + _TAG
_SLOT: Final = _LENGTH.size + _AROUND + CHUNK


def new_key() -> bytes:
    return AESGCM.generate_key(256)


class _Seal:
    def __init__(self, key: bytes, context: str) -> None:
        self._aead, self._context = AESGCM(key), context.encode()

    def _bound(self, number: int) -> bytes:
        return self._context + _LENGTH.pack(number)

    def close(self, plain: bytes, number: int) -> bytes:
        nonce = os.urandom(_NONCE)
        return _LENGTH.pack(_AROUND + len(plain)) + nonce + self._aead.encrypt(nonce, plain, self._bound(number))

    def open(self, sealed: bytes, number: int) -> bytes:
        """`sealed` without its length. Raises: Undecipherable."""
        try:
            return self._aead.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._bound(number))
        except InvalidTag as error:
            raise Undecipherable from error


class SealedLog:
    """Only grows; each `append` is a record that stays readable whatever happens after it."""

    def __init__(self, file: BinaryIO, key: bytes, context: str) -> None:
        """`file`: empty, without a buffer of its own. Raises: OSError."""
        self._file, self._seal = file, _Seal(key, context)
        self._number = self.n_bytes = 0
        self._hash = hashlib.sha256()
        file.write(_MARK)

    def append(self, plain: bytes) -> None:
        """Raises: OSError; what was appended before stays as it is."""
        record = memoryview(self._seal.close(plain, self._number))
        while record:
            record = record[self._file.write(record) :]
        self._number += 1
        self._hash.update(plain)
        self.n_bytes += len(plain)

    def sync(self) -> None:
        """What was appended survives a power loss. Raises: OSError."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


class SealedFile:
    """Written from anywhere, as a muxer writes that comes back to its header. A record that changes is sealed anew."""

    def __init__(self, file: BinaryIO, key: bytes, context: str) -> None:
        """`file`: empty, opened for writing and reading."""
        self._file, self._seal = file, _Seal(key, context)
        self._at = self._number = self._n_chunks = 0
        self._chunk, self._changed = bytearray(), False
        file.write(_MARK)

    def write(self, data: Any) -> int:
        rest = memoryview(data).cast("B")
        n_bytes = len(rest)
        while rest:
            number, offset = divmod(self._at, CHUNK)
            self._turn_to(number)
            n = min(CHUNK - offset, len(rest))
            if len(self._chunk) < offset:
                self._chunk.extend(bytes(offset - len(self._chunk)))
            self._chunk[offset : offset + n] = rest[:n]
            self._changed = True
            self._at += n
            rest = rest[n:]
        return n_bytes

    def _turn_to(self, number: int) -> None:
        if number == self._number:
            return
        self._keep()
        self._number, self._chunk = number, bytearray()
        if number < self._n_chunks:
            self._file.seek(len(_MARK) + number * _SLOT)
            (length,) = _LENGTH.unpack(self._file.read(_LENGTH.size))
            self._chunk = bytearray(self._seal.open(self._file.read(length), number))

    def _keep(self) -> None:
        if self._changed:
            self._file.seek(len(_MARK) + self._number * _SLOT)
            self._file.write(self._seal.close(bytes(self._chunk), self._number))
            self._n_chunks = max(self._n_chunks, self._number + 1)
            self._changed = False

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            self._keep()
            last = self._n_chunks - 1
            if last >= 0:
                self._turn_to(last)
                offset += last * CHUNK + len(self._chunk)
        elif whence == io.SEEK_CUR:
            offset += self._at
        self._at = offset
        return offset

    def tell(self) -> int:
        return self._at

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        """On the disk when this returns. Raises: OSError."""
        self._keep()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


class SealedReader(io.RawIOBase):
    """The plain bytes of either, from anywhere, as far as whole records reach."""

    def __init__(self, file: BinaryIO, key: bytes, context: str) -> None:
        """Raises: Undecipherable when it is no such file."""
        super().__init__()
        self._file, self._seal = file, _Seal(key, context)
        self._starts: list[int] = []
        """Of each record, its first plain byte."""
        self._places: list[tuple[int, int]] = []
        """Of each record, where it lies and how long it is."""
        self.size = self._at = 0
        self._open: tuple[int, bytes] = (-1, b"")
        if file.read(len(_MARK)) != _MARK:
            raise Undecipherable
        self._survey()

    def _survey(self) -> None:
        at = len(_MARK)
        end = self._file.seek(0, io.SEEK_END)
        while at + _LENGTH.size + _AROUND <= end:
            self._file.seek(at)
            (length,) = _LENGTH.unpack(self._file.read(_LENGTH.size))
            at += _LENGTH.size
            if length < _AROUND or at + length > end:
                return
            self._starts.append(self.size)
            self._places.append((at, length))
            self.size += length - _AROUND
            at += length

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Raises: Undecipherable when the bytes were changed."""
        if self._at >= self.size:
            return 0
        number = bisect_right(self._starts, self._at) - 1
        while self._starts[number] + self._places[number][1] - _AROUND <= self._at:  # an empty record
            number += 1
        offset = self._at - self._starts[number]
        found = self._plain(number)[offset : offset + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _plain(self, number: int) -> bytes:
        if self._open[0] != number:
            at, length = self._places[number]
            self._file.seek(at)
            self._open = number, self._seal.open(self._file.read(length), number)
        return self._open[1]

    def close(self) -> None:
        self._file.close()
        super().close()
