"""What the documents name is there."""

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
GUIDES: Final = [DOCS / "architecture.md", DOCS / "glossary.md", *sorted((DOCS / "howto").glob("*.md"))]
PAGES: Final = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
NAMED: Final = re.compile(r"`([\w./-]+/(?:[\w.-]+\.(?:py|sql|md))?)`")
LINK: Final = re.compile(r"\]\(([\w./-]+)(?:#[\w-]*)?\)")


def places() -> set[str]:
    """Files and folders of the project, by each end of their paths: `rating/bill.py` is one of them."""
    found: set[str] = set()
    for top in ("services", "shared", "deploy", "tests", "docs"):
        for path in (ROOT / top).rglob("*"):
            parts = path.relative_to(ROOT).parts
            end = "/" if path.is_dir() else ""
            found |= {"/".join(parts[start:]) + end for start in range(len(parts))}
    return found | {f"{top}/" for top in ("services", "shared", "deploy", "tests", "docs")}


def test_places_that_guides_name_are_there() -> None:
    there = places()
    named = {f"{guide.name}: {place}": place for guide in GUIDES for place in NAMED.findall(guide.read_text("utf-8"))}
    assert len(named) > 100
    assert [where for where, place in named.items() if place not in there] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_layers_of_the_architecture_are_those_that_are_checked() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    page = (DOCS / "architecture.md").read_text("utf-8")
    for contract in contracts:
        if contract["type"] == "layers":
            drawn = "\n".join(contract["layers"])
            assert f"**{contract['containers'][0]}**\n\n```\n{drawn}\n```" in page, contract["name"]
