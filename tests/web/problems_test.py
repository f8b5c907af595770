"""How a problem reads."""

from mediation.web.problems import Sentence


def test_two_sentences_stand_apart_as_their_language_wants() -> None:
    assert str(Sentence("That is wrong.", "Try again.")) == "That is wrong. Try again."
    assert str(Sentence("填错了。", "请再填一次。")) == "填错了。请再填一次。"
    assert str(Sentence("That is wrong.", "")) == "That is wrong."
