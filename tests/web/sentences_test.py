"""Each refusal has one sentence: a capability does not retell another's."""

import pytest
from flask import Flask

from mediation.web import problems

pytestmark = pytest.mark.db


def test_a_code_that_has_its_sentence_gets_no_second_one(app: Flask) -> None:
    with pytest.raises(ValueError, match="not_your_place"):
        problems.sentences({"not_your_place": ("This place is kept by somebody else.", "Choose one of your own.")})
