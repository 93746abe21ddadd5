"""What the page's files may hold: little, and nothing that turns words into markup or asks another host."""

import re

from adapters.playground.server import PAGE


def test_the_whole_page_is_small_and_says_nothing_as_markup() -> None:
    files = list(PAGE.iterdir())
    assert sum(file.stat().st_size for file in files) < 300_000
    scripts = [file.read_text(encoding="utf-8") for file in files if file.suffix == ".js"]
    assert not [
        name
        for text in scripts
        for name in ("innerHTML =", "outerHTML", "insertAdjacentHTML", "document.write", "eval(")
        if name in text
    ]
    assert not [
        text
        for text in scripts
        if "http://" in text.replace("http://www.w3.org/2000/svg", "") or "https://" in text
    ]


def test_every_colour_has_a_plain_one_for_older_browsers() -> None:
    plain, _, newer = (PAGE / "tokens.css").read_text(encoding="utf-8").partition("@supports")
    pairs = re.findall(r"(--[\w-]+): light-dark\((rgb\(.*?\)|#\w+),", newer)
    assert len(pairs) > 30
    assert "light-dark" not in plain.partition(":root")[2].partition("/*")[0]
    assert [(name, light) for name, light in pairs if f"{name}: {light};" not in plain] == []
    others = [file for file in PAGE.glob("*.css") if file.name != "tokens.css"]
    assert not [file.name for file in others if "light-dark(" in file.read_text(encoding="utf-8")]
