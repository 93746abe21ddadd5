"""What the page's files may hold: little, and nothing that turns words into markup or asks another host."""

from adapters.playground.server import PAGE


def test_the_whole_page_is_small_and_says_nothing_as_markup() -> None:
    files = list(PAGE.iterdir())
    assert sum(file.stat().st_size for file in files) < 150_000
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
