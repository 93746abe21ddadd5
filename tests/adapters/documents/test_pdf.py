"""PDF: the same bytes for the same document, text that can be selected, and any script."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from adapters.documents.pdf import ReportlabTypesetter
from bot.messages.document import Document, Section
from bot.messages.model import Code, Line, Link, Plain, Strong, Verbatim, Who
from bot.messages.words import line

SAID: Line = (
    Plain("Urgent: "),
    Strong("now "),
    Verbatim("<b>fire & smoke</b>"),
    Code("/x"),
    Who("U1", "Ana"),
)
ROOT = Path(__file__).parents[3]


def document(*words: str) -> Document:
    lines = tuple(line(Verbatim(each)) for each in words)
    return Document(
        line("Policy"), (SAID,), (Section("Part", lines, lines),), (line("Small print"),), "policy"
    )


def read(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_what_is_said_can_be_selected_and_is_never_markup() -> None:
    said = read(ReportlabTypesetter().pdf(document("5 < 6 & <font size=99>7</font>")))
    assert "Urgent: now <b>fire & smoke</b>/xAna" in said
    assert "5 < 6 & <font size=99>7</font>" in said
    assert "Small print" in said


@pytest.mark.parametrize(
    "words", ["Ünal Łódź Ðorđe", "Ελένη Доброе ქართ", "健二の小組", "김민준", "李雷 & 韩梅梅"]
)
def test_names_of_many_scripts_can_be_selected(words: str) -> None:
    found = read(ReportlabTypesetter().pdf(document(words)))
    assert words in found


def test_hebrew_stands_from_right_to_left_and_is_read_in_the_order_in_which_it_was_typed() -> None:
    assert "חנה נד" in read(ReportlabTypesetter().pdf(document("חנה נד")))


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_set(words: str) -> None:
    assert ReportlabTypesetter().pdf(document(words)).startswith(b"%PDF-")


def test_halves_of_characters_are_set_too() -> None:
    broken = replace(document("\ud83d"), title=line(Verbatim("x \ud83d")), small=(line("\udc00"),))
    assert ReportlabTypesetter().pdf(broken).startswith(b"%PDF-")


def test_the_same_document_gives_the_same_bytes_in_another_process() -> None:
    code = (
        "import sys, hashlib; from tests.adapters.documents.test_pdf import document, ReportlabTypesetter;"
        "sys.stdout.write(hashlib.sha256(ReportlabTypesetter().pdf(document('健二 Ünal'))).hexdigest())"
    )
    first, second = (
        subprocess.run(  # noqa: S603 -- ourselves
            [sys.executable, "-c", code], cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True,
            check=True, text=True,
        ).stdout
        for seed in ("1", "2")
    )  # fmt: skip
    assert first == second
    assert len(first) == 64


def test_a_long_document_gets_pages_with_numbers_and_the_small_print() -> None:
    pages = PdfReader(io.BytesIO(ReportlabTypesetter().pdf(document(*["A line."] * 90)))).pages
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        assert "Small print" in page.extract_text()
        assert str(number) in page.extract_text()


def test_a_link_shows_where_it_leads() -> None:
    linked = replace(document(), about=((Link("the code", "https://a.example/x"),),))
    assert "the code (https://a.example/x)" in read(ReportlabTypesetter().pdf(linked))


def test_who_made_it_is_said_and_no_date_of_making() -> None:
    info = PdfReader(io.BytesIO(ReportlabTypesetter().pdf(document()))).metadata
    assert info is not None
    assert (info.title, info.author) == ("Policy", "Boundary Bot")
    assert info.creation_date is None or info.creation_date.year == 2000
