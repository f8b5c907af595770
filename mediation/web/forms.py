"""The base of all forms: what was typed is kept, a refusal stands at its field."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field

from mediation.kernel.errors import Problem
from mediation.web.problems import Sentence, sentence


class Form(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """A form whose problems are shown beside its fields, or above it when they belong to none."""

    problems: list[Sentence]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems = []

    @contextmanager
    def shows(self, *kinds: type[Problem]) -> Iterator[None]:
        """Turn a Problem raised inside into an error of the form; the view then renders it again with 422."""
        try:
            yield
        except kinds as problem:
            self.show(problem)

    def show(self, problem: Problem) -> None:
        text = sentence(problem)
        field = self._fields.get(problem.field or "")
        if isinstance(field, Field):
            field.errors = [*field.errors, str(text)]
        else:
            self.problems.append(text)

    @property
    def faults(self) -> list[tuple[Field, str]]:
        """Each field's first error, in the order of the page, for the summary at its top."""
        return [(field, str(field.errors[0])) for field in self if field.errors and field.name != "csrf_token"]
