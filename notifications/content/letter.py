"""An e-mail in parts, from the same template as its text: what HTML shows as fact, button or place.

The template itself says what is what, before any word is filled in, so that nothing a visitor
typed can become a part of its own. Parts are set apart by an empty line:

* one whose last line is ``{link}`` is the button, its first line the button's label;
* one whose lines are all ``Label: {word}`` is a list of facts;
* ``{place}`` is the signature; anything else a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from notifications.content.rendering import LINK, fill

_FACT = re.compile(r"([^{}:]+?)\s*: (\{[a-z_]+\})")
_COLON = re.compile(r"\s*:\s*")


@dataclass(frozen=True, slots=True)
class Letter:
    """The parts in words: ``title`` is the subject's first half, ``label`` the button's.

    ``plate``, with its country, and ``when`` head the ticket; ``is_off`` strikes the time out.
    """

    title: str
    subject: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    label: str
    place: tuple[str, ...]
    when: str = ""
    plate: str = ""
    plate_country: str = ""
    is_off: bool = False


def compose(subject: str, template: str, words: Mapping[str, str]) -> Letter:
    """The letter of two templates and the words that go into them.

    The title is what the subject says before its colon. Raises KeyError for a place without a word.
    """
    parts = [part for part in template.strip().split("\n\n") if part]
    facts = [part for part in parts if _facts_of(part)]
    buttons = [part for part in parts if part.endswith(LINK)]
    plain = [part for part in parts if part not in {*facts, *buttons, "{place}"}]
    return Letter(
        title=fill(_COLON.split(subject)[0], words),
        subject=fill(subject, words),
        paragraphs=tuple(fill(part, words) for part in plain),
        facts=tuple((label, fill(word, words)) for part in facts for label, word in _facts_of(part)),
        label=fill(_COLON.split(buttons[0].split("\n")[0])[0], words) if buttons else "",
        place=tuple(words.get("place", "").split("\n")) if "{place}" in parts else (),
        when=words.get("when", ""),
    )


def without_empty_facts(template: str, words: Mapping[str, str]) -> str:
    """The template without the facts whose word is empty."""
    kept = []
    for line in template.split("\n"):
        fact = _FACT.fullmatch(line)
        if fact is None or words[fact[2].strip("{}")]:
            kept.append(line)
    return "\n".join(kept)


def _facts_of(part: str) -> list[tuple[str, str]]:
    """The labels and words of a part, if each of its lines is a fact."""
    found = [_FACT.fullmatch(line) for line in part.split("\n")]
    return [(match[1], match[2]) for match in found if match is not None] if all(found) else []
