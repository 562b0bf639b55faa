"""What the tests read out of a rendered page: the structure that a reader depends on."""

import re

from bs4 import BeautifulSoup


def words(node):
    return re.sub(r"\s+", " ", node.get_text(" ", strip=True).replace("\xa0", " ")).strip()


def page(path):
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def structure(path):
    main = page(path).find("main")
    for nav in main.find_all("nav"):
        nav.decompose()
    floats = [node for node in main.find_all(id=re.compile("^(fig|tbl)-")) if node.name == "div"]
    return {
        "headings": [(node.name, words(node)) for node in main.find_all(re.compile("^h[1-6]$"))],
        "floats": [(node["id"], words(node.find("figcaption"))) for node in floats],
        "references": [(words(node), node["href"]) for node in main.select("a.quarto-xref")],
        "callouts": [words(node.select_one(".callout-header")) for node in main.select(".callout")],
        "notes": len(main.select("section.footnotes li")),
        "citations": [words(node) for node in main.select(".citation")],
    }
