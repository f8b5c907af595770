"""The macros as a reader of the page meets them: linked errors, kept values, escaped text."""

import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FileField,
    Form,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
HOSTILE = "\"><script>alert('x')</script>{{ 7*7 }}"


def choices(**labels: str) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in labels.items()]


class Sample(Form):
    name = StringField("Name", [InputRequired("Please write the name.")])
    story = TextAreaField("What happened", [Length(max=5, message="Too long.")])
    kind = RadioField("Kind", [InputRequired("Please choose.")], choices=choices(a="Water", b="Noise"))
    place = SelectField("Place", choices=choices(t="Taoxi", l="Liuyin"))
    needs = SelectMultipleField("Needs", choices=choices(sign="Sign language", wheel="Wheelchair"))
    agree = BooleanField("I agree", [InputRequired("Please agree.")])
    proof = FileField("Photos")
    token = HiddenField("token")


@pytest.fixture
def env() -> Environment:
    env = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, extensions=["jinja2.ext.i18n"])
    env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    return env


def call(env: Environment, macro: str, *args: Any, body: str | None = None, **kwargs: Any) -> str:
    names = {f"a{i}": value for i, value in enumerate(args)} | kwargs
    passed = ", ".join([f"a{i}" for i in range(len(args))] + [f"{name}={name}" for name in kwargs])
    source = f'{{% from "components/{macro}.html" import {macro} %}}'
    if body is None:
        source += f"{{{{ {macro}({passed}) }}}}"
    else:
        source += f"{{% call {macro}({passed}) %}}{body}{{% endcall %}}"
    return env.from_string(source).render(names)


def refused(**typed: str) -> Sample:
    form = Sample(MultiDict(typed))
    assert not form.validate()
    return form


def ids(html: str) -> set[str]:
    return set(re.findall(r'\sid="([^"]+)"', html))


@pytest.mark.parametrize("name", ["name", "story", "kind", "agree"])
def test_a_refused_field_names_its_error_to_a_screen_reader(env: Environment, name: str) -> None:
    form = refused(story="far too long")
    html = call(env, "field", form[name], hint="As in the papers")
    (described,) = re.findall(r'aria-describedby="([^"]+)"', html)
    assert described.split() == [f"{name}-hint", f"{name}-error"]
    assert set(described.split()) <= ids(html)
    assert form[name].errors[0] in html


def test_a_field_without_fault_claims_none(env: Environment) -> None:
    html = call(env, "field", Sample().name)
    assert "aria-invalid" not in html
    assert "aria-describedby" not in html


def test_what_was_typed_stays_and_is_only_text(env: Environment) -> None:
    html = call(env, "field", refused(name=HOSTILE, story=HOSTILE).name)
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "{{ 7*7 }}" in html
    assert "<script" not in call(env, "field", refused(story=HOSTILE).story)


def test_every_kind_of_field_finds_its_macro(env: Environment) -> None:
    form = Sample(MultiDict({"kind": "b", "needs": "wheel", "place": "l", "agree": "y"}))
    assert re.search(r"<fieldset.*<legend", call(env, "field", form.kind), re.DOTALL)
    assert re.search(r'type="radio" value="b"|checked[^>]*value="b"', call(env, "field", form.kind))
    assert re.search(r'value="wheel"[^>]* checked', call(env, "field", form.needs))
    assert 'type="checkbox"' in call(env, "field", form.agree)
    assert re.search(r'<option selected value="l">', call(env, "field", form.place))
    assert 'type="file"' in call(env, "field", form.proof, accept="image/*")
    assert 'accept="image/*"' in call(env, "field", form.proof, accept="image/*")
    assert "label" not in call(env, "field", form.token)


def test_only_fields_that_may_stay_empty_say_so(env: Environment) -> None:
    assert "(optional)" not in call(env, "field", Sample().name)
    assert "(optional)" in call(env, "field", Sample().story)


def test_the_summary_of_faults_links_to_controls_that_exist(env: Environment) -> None:
    form = refused(story="far too long", place="l")
    summary = call(env, "error_summary", form)
    page = "".join(call(env, "field", f) for f in form)
    targets = set(re.findall(r'href="#([^"]+)"', summary))
    assert targets == {"name", "story", "kind-0", "agree"}
    assert targets <= ids(page)


def test_a_form_without_faults_has_no_summary(env: Environment) -> None:
    assert call(env, "error_summary", Sample()).strip() == ""


def test_a_one_time_code_is_never_echoed(env: Environment) -> None:
    html = call(env, "code_input", refused(name="123456").name)
    assert "123456" not in html
    assert 'autocomplete="one-time-code"' in html


def test_a_table_cell_on_a_phone_carries_its_heading(env: Environment) -> None:
    html = call(env, "table", ["Case", ("Days", "number")], [[HOSTILE, 3]])
    assert 'data-label="Days"' in html
    assert "<script" not in html


def test_a_light_is_words_too(env: Environment) -> None:
    assert "2 days left" in call(env, "light", "yellow", "2 days left")


def test_a_time_is_chosen_by_its_whole_name(env: Environment) -> None:
    html = call(env, "slot_times", [{"value": "s1", "clock": "14:30", "label": "Monday 23 November, 14:30, Qin"}])
    assert '<span class="visually-hidden">Monday 23 November, 14:30, Qin</span>' in html
    assert re.search(r'type="submit"\s+name="slot"\s+value="s1"', html)


def test_every_component_file_holds_the_macro_of_its_name(env: Environment) -> None:
    missing = [
        file.name
        for file in (TEMPLATES / "components").glob("*.html")
        if file.stem != "hint" and f"macro {file.stem}(" not in file.read_text(encoding="utf-8")
    ]
    assert missing == []


def test_no_template_carries_inline_script_style_or_handler() -> None:
    inline = re.compile(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=", re.IGNORECASE)
    pages = [f for f in TEMPLATES.rglob("*.html") if not {"documents", "notices"} & set(f.relative_to(TEMPLATES).parts)]
    guilty = [str(f.relative_to(TEMPLATES)) for f in pages if inline.search(f.read_text(encoding="utf-8"))]
    assert guilty == []


def test_a_component_knows_no_user_and_no_request(env: Environment) -> None:
    for file in (TEMPLATES / "components").glob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"current_user|request\.|session\.|url_for\(", text), file.name


def test_undefined_names_do_not_hide_in_components(env: Environment) -> None:
    env.undefined = StrictUndefined
    call(env, "step_header", "Who is it about?", 2, 4, back="/back")
    call(env, "person", "罗**", "applicant")
    call(env, "dialog", "cancel", "Cancel", body="Sure?")
    call(env, "card", "Title", body="Text")
