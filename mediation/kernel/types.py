"""Column types: aware UTC instants, encrypted text, codes."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Boolean, ColumnElement, DateTime, Dialect, LargeBinary, String, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine

from mediation.kernel import crypto

EnumT = TypeVar("EnumT", bound=StrEnum)


class UTCDateTime(TypeDecorator[datetime]):
    """Aware instants in Python, naive UTC in the database; the same on SQLite and PostgreSQL."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "naive instant"
            raise ValueError(msg)
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.replace(tzinfo=UTC)


class EncryptedText(TypeDecorator[str]):
    """Text that only a process with the keyring can read."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        return None if value is None else crypto.keyring().encrypt(value.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else crypto.keyring().decrypt(value).decode()


class EncryptedJSON(TypeDecorator[Any]):
    """A JSON value, encrypted as one text."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        if value is None:
            return None
        return crypto.keyring().encrypt(json.dumps(value, ensure_ascii=False).encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else json.loads(crypto.keyring().decrypt(value))


class CodeEnum(TypeDecorator[StrEnum]):
    """A StrEnum stored as its value in a text column: a new code needs no migration of the column."""

    impl = String(40)
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        return None if value is None else self.enum(value)


class IdList(TypeDecorator[list[int]]):
    """Ids as one text: of an array for PostgreSQL, where psycopg would take a list number by number, else of JSON.

    Untyped for PostgreSQL, so that `CAST(... AS INTEGER[])` makes the parameter itself an array: a text that is cast
    in the query would be read again for each row (14 ms for 500 ids beside 500 rows, 0.3 ms so).
    """

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(NullType() if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: list[int] | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        text = ",".join(map(str, value))
        return f"{{{text}}}" if dialect.name == "postgresql" else f"[{text}]"


class among(FunctionElement[bool]):  # noqa: N801 - reads as a function in a query, as SQLAlchemy's own
    """Whether a column is one of the ids of a named parameter, however many: the statement's text stays the same.

    `IN` writes a placeholder for each id; for 500 that costs more than the rows it finds.
    """

    inherit_cache = True
    type = Boolean()

    def __init__(self, column: ColumnElement[int], name: str) -> None:
        super().__init__(column, bindparam(name, type_=IdList()))


@compiles(among, "sqlite")
def _among_json(element: among, compiler: SQLCompiler, **words: Any) -> str:
    column, ids = (compiler.process(one, **words) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - a column's name and a placeholder


@compiles(among, "postgresql")
def _among_array(element: among, compiler: SQLCompiler, **words: Any) -> str:
    column, ids = (compiler.process(one, **words) for one in element.clauses)
    return f"{column} = ANY (CAST({ids} AS INTEGER[]))"
