"""Rules of the source that no linter knows: what is imported where, how long things get, what is absent."""

from __future__ import annotations

import ast
import math
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("rules", "bot", "adapters")

# An allowlist, because a list of forbidden modules cannot prove purity.
RULES_MAY_IMPORT = {
    "__future__", "array", "bisect", "collections", "dataclasses", "datetime", "difflib", "enum", "functools",
    "hashlib", "itertools", "math", "operator", "re", "rules", "typing", "zoneinfo",
}  # fmt: skip
PLATFORM_SDKS = {
    "slack_bolt": "adapters/slack",
    "slack_sdk": "adapters/slack",
    "botbuilder": "adapters/teams",
    "botframework": "adapters/teams",
    "msal": "adapters/teams",
}
CHOOSE_ADAPTERS = ROOT / "bot/bootstrap"

FILE_P95, FUNCTION_P95, FUNCTION_MAX, TEST_P95 = 400, 40, 80, 35


def _sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where things come from"
            yield node.module or ""


def _functions(paths: Sequence[Path]) -> dict[str, int]:
    """Physical lines of every function, decorators left out, docstring included."""
    lengths = {}
    for path in paths:
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                lengths[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = (
                    node.end_lineno - node.lineno + 1
                )
    return lengths


def _p95(values: Sequence[int]) -> int:
    return sorted(values)[math.ceil(len(values) * 0.95) - 1]


def _longest(lengths: dict[str, int], over: int) -> str:
    return ", ".join(f"{name} ({lines})" for name, lines in lengths.items() if lines > over)


def test_rules_import_only_plain_values() -> None:
    for path in _sources("rules"):
        names = {name.partition(".")[0] for name in _imports(path)}
        assert names <= RULES_MAY_IMPORT, (path, names - RULES_MAY_IMPORT)


def test_only_bootstrap_and_the_playground_choose_adapters() -> None:
    for path in _sources("bot"):
        if CHOOSE_ADAPTERS not in path.parents:
            assert not any(name.partition(".")[0] == "adapters" for name in _imports(path)), path


def test_the_source_never_imports_its_tests() -> None:
    for path in _sources(*PACKAGES):
        assert not any(name.partition(".")[0] in ("tests", "pytest") for name in _imports(path)), path


@pytest.mark.parametrize("sdk", PLATFORM_SDKS)
def test_a_platform_sdk_is_imported_by_its_adapter_only(sdk: str) -> None:
    for path in _sources(*PACKAGES):
        if not path.is_relative_to(ROOT / PLATFORM_SDKS[sdk]):
            assert not any(name.partition(".")[0] == sdk for name in _imports(path)), path


def test_no_module_hides_one_of_the_standard_library() -> None:
    for path in _sources(*PACKAGES):
        inside = path.parent.name if path.stem == "__init__" else path.stem
        top = path.parent == ROOT or (path.stem == "__init__" and path.parent.parent == ROOT)
        assert not (top and inside in sys.stdlib_module_names), path


def test_tests_are_no_packages() -> None:
    # One tests/rules/__init__.py would hide the source package `rules`.
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_every_source_folder_is_a_package() -> None:
    for path in _sources(*PACKAGES):
        assert (path.parent / "__init__.py").is_file(), path.parent


def test_files_stay_short() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in _sources(*PACKAGES)
    }
    assert _p95(list(lengths.values())) <= FILE_P95, _longest(lengths, FILE_P95)


def test_functions_stay_short() -> None:
    lengths = _functions(_sources(*PACKAGES))
    assert max(lengths.values()) <= FUNCTION_MAX, _longest(lengths, FUNCTION_MAX)
    assert _p95(list(lengths.values())) <= FUNCTION_P95, _longest(lengths, FUNCTION_P95)


def test_test_functions_stay_short() -> None:
    lengths = {name: lines for name, lines in _functions(_sources("tests")).items() if " test_" in name}
    assert _p95(list(lengths.values())) <= TEST_P95, _longest(lengths, TEST_P95)


def test_tests_are_named_as_sentences() -> None:
    for name in _functions(_sources("tests")):
        bare = name.rpartition(" ")[2]
        assert not bare.startswith("test_") or bare.count("_") >= 2, f"{name}: say what holds, as a sentence"


def test_our_own_code_is_never_mocked() -> None:
    for path in _sources("tests"):
        assert not {"unittest.mock", "mock"} & set(_imports(path)), f"{path}: use a fake that speaks the wire"


def test_public_functions_and_classes_are_explained() -> None:
    missing, all_ = [], 0
    for path in _sources(*PACKAGES):
        for node in _tree(path).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                all_ += not node.name.startswith("_")
                if not node.name.startswith("_") and ast.get_docstring(node) is None:
                    missing.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert len(missing) / all_ <= 0.1, missing


def test_every_module_says_what_it_is_for() -> None:
    for path in _sources(*PACKAGES, "tests"):
        tree = _tree(path)
        if tree.body and not (len(tree.body) == 1 and path.stem == "__init__"):
            assert ast.get_docstring(tree), path


def test_lock_files_name_no_package_index() -> None:
    # Built from parts, or this file would be found by the search for it in the whole tree.
    index = re.compile(r"--(extra-)?index-url|--find-links|https?://", re.IGNORECASE)
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not index.search(text), name
        pins = re.findall(r"^[\w.-]+==.*$\n.*", text, re.MULTILINE)
        assert pins
        assert all(" \\\n    --hash=sha256:" in pin for pin in pins), name


def test_both_lock_files_pin_the_same_versions() -> None:
    runtime, dev = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert runtime.items() <= dev.items()


def test_every_ignore_says_which_rule_and_why() -> None:
    for path in _sources(*PACKAGES):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if "# noqa" in line:
                assert re.search(r"# noqa: [A-Z]+\d+(, [A-Z]+\d+)* --? \w", line), f"{path}:{number}"
