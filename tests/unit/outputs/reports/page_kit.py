"""Reads a page strictly: what a browser would forgive is an error here."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "br", "img", "hr", "input", "col", "wbr"})


@dataclass
class Element:
    """An element with its attributes, children and the element around it."""

    tag: str
    attributes: dict[str, str | None]
    parent: Element | None
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    def walk(self):
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.walk() if element.tag in tags]

    def has_around(self, test) -> bool:
        element: Element | None = self
        while element is not None:
            if test(element):
                return True
            element = element.parent
        return False

    def texts(self):
        """Yield each text with the element it stands in."""
        for child in self.children:
            if isinstance(child, str):
                yield child, self
            else:
                yield from child.texts()


class _Strict(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#document", {}, None)
        self._open = self.root

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {attrs}"
        element = Element(tag, dict(attrs), self._open)
        self._open.children.append(element)
        if tag not in VOID:
            self._open = element

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert tag == self._open.tag, f"</{tag}> closes <{self._open.tag}>, at {self.getpos()}"
        assert self._open.parent is not None
        self._open = self._open.parent

    def handle_data(self, data):
        self._open.children.append(data)


def parse_page(html: str) -> Element:
    """Parse a page; every element must be closed where it was opened."""
    parser = _Strict()
    parser.feed(html)
    parser.close()
    assert parser._open is parser.root, f"<{parser._open.tag}> is never closed"
    return parser.root
