"""What a cell shows, as a notebook keeps it."""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode, from_dict

#: What a notebook keeps of each kind of output.
_PLAIN = {
    "stream": ("name", "text"),
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "metadata", "execution_count"),
}
#: The kinds of data that may hold anything; all others hold text, or lines of it.
_JSON = re.compile(r"application/(.*\+)?json")


def read_output(kind: str, content: dict[str, Any]) -> NotebookNode | None:
    """Return the output that a message's content makes, or None where it is for nbformat to make or refuse.

    To check it against the format's schema takes longer than all else. It has to be done for what is not
    plainly well-formed, and now: a notebook that is saved with it is only warned of, and its report fails.

    >>> read_output("stream", {"name": "stdout", "text": "said"})
    {'output_type': 'stream', 'name': 'stdout', 'text': 'said'}
    >>> read_output("display_data", {"data": {"text/markdown": 5}, "metadata": {}}) is None
    True
    """
    if kind not in _PLAIN:
        return None
    kept = {name: content[name] for name in _PLAIN[kind]}
    return from_dict({"output_type": kind, **kept}) if _is_well_formed(kept) else None


def _is_well_formed(kept: dict[str, Any]) -> bool:
    data = kept.get("data", {})
    if not isinstance(data, dict) or not isinstance(kept.get("metadata", {}), dict):
        return False
    texts = [kept.get("text", ""), *(value for kind, value in data.items() if not _JSON.fullmatch(kind))]
    lines = [line for text in texts for line in (text if isinstance(text, list) else [text])]
    return all(isinstance(line, str) for line in lines)


def shown_size(content: dict[str, Any]) -> int:
    """Return about how many bytes a message shows.

    >>> shown_size({"data": {"text/plain": ["one", "two"], "application/json": {"a": [1.5, "x"]}}})
    16
    """
    shown = [content.get("text", ""), *content.get("data", {}).values(), *content.get("traceback", ())]
    return sum(map(_size, shown))


def _size(part: object) -> int:
    if isinstance(part, str):
        return len(part)
    if isinstance(part, dict):
        return sum(len(str(name)) + _size(value) for name, value in part.items())
    if isinstance(part, (list, tuple)):
        return sum(map(_size, part))
    # A number is some digits; to write each out would take longer than to send it.
    return 8
