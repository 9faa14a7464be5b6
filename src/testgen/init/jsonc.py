"""JSON with comments, as VS Code writes it, edited in place: what is not ours stays to the byte."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from tree_sitter import Node

Item: TypeAlias = Mapping[str, object]
Edit: TypeAlias = tuple[int, int, str]  # from byte, to byte, what stands there then


class NotJsonError(ValueError):
    """The text is not JSON, comments and trailing commas aside; says where."""


def with_items(text: str, member: str, name: str, items: Sequence[Item]) -> str:
    """The object with the items in its list `member`: in place of those of the same `name`, else at the end.

    Raises NotJsonError if the text holds no object, or something else than a list under `member`.
    """
    root, step = _object(text.encode("utf-8")), _step(text)
    array = _value(root, member)
    if array is None:
        listed = ",\n".join(_shown(item, step) for item in items)
        return _edited(text, _added(root, f'"{member}": [\n{listed}\n{step}]', step, 1))
    if array.type != "array":
        raise NotJsonError(f"line {_line(array)}: {member} is not a list")
    there = {_text(value): node for node in _values(array) if (value := _value(node, name)) is not None}
    known = [item for item in items if json.dumps(item[name]) in there]
    edits = [_replaced(there[json.dumps(item[name])], _shown(item, step).lstrip()) for item in known]
    if fresh := [_shown(item, step) for item in items if item not in known]:
        edits += _added(array, ",\n".join(fresh).lstrip(), step, 2)
    return _edited(text, edits)


def _step(text: str) -> str:
    """By how much the text indents; a tab, as VS Code does, where it does not."""
    indents = re.findall(r"^([ \t]+)\S", text, re.MULTILINE)
    return "\t" if any("\t" in one for one in indents) else min(indents, default="\t")


def _object(content: bytes) -> Node:
    import tree_sitter_json
    from tree_sitter import Language, Parser

    document = Parser(Language(tree_sitter_json.language())).parse(content).root_node
    if amiss := next(_amiss(document), None):
        raise NotJsonError(f"line {_line(amiss)} is not JSON")
    values = _values(document)
    if len(values) != 1 or values[0].type != "object":
        raise NotJsonError("it holds no object")
    return values[0]


def _amiss(node: Node) -> Iterator[Node]:
    """Where the text is not JSON; a comma after the last value is let pass, as VS Code does."""
    if (node.is_missing or node.is_error) and not _trails(node):
        yield node
    elif node.has_error:
        for child in node.children:
            yield from _amiss(child)


def _trails(node: Node) -> bool:
    """Whether something odd is no more than a comma, or what is missing behind it, before the bracket."""
    after = node.next_sibling
    while after is not None and (after.type == "comment" or after.is_missing):
        after = after.next_sibling
    closes = after is not None and after.type in ("]", "}")
    return closes and _text(node) in (",", "") and node.parent is not None and bool(_values(node.parent))


def _values(node: Node) -> list[Node]:
    return [
        child
        for child in node.named_children
        if not (child.type == "comment" or child.is_error or child.is_missing)
    ]


def _value(node: Node, key: str) -> Node | None:
    """What stands under a key of an object; None if nothing does."""
    for pair in _values(node):
        name = pair.child_by_field_name("key")
        if name is not None and _text(name) == json.dumps(key):
            return pair.child_by_field_name("value")
    return None


def _replaced(node: Node, shown: str) -> Edit:
    return (node.start_byte, node.end_byte, shown)


def _added(container: Node, shown: str, step: str, depth: int) -> list[Edit]:
    """The edits that add a text as the last thing in an object or a list."""
    values, indent = _values(container), step * depth
    if not values:
        start = container.start_byte + 1
        return [(start, start, f"\n{indent}{shown}\n{step * (depth - 1)}")]
    end, comma = _line_end(values[-1])
    added = (end, end, f"\n{indent}{shown}")
    return [added] if comma else [added, (values[-1].end_byte, values[-1].end_byte, ",")]


def _line_end(value: Node) -> tuple[int, bool]:
    """Where the last value, its comma and the comments beside it end, and whether there is a comma."""
    end, comma, after = value.end_byte, False, value.next_sibling
    while after is not None and (_text(after) == "," or after.type == "comment"):
        if after.type == "comment" and after.start_point.row != value.end_point.row:
            break
        end, comma, after = after.end_byte, comma or after.type != "comment", after.next_sibling
    return end, comma


def _edited(text: str, edits: Sequence[Edit]) -> str:
    """The text with the edits; of two at one place the later stands first."""
    content = text.encode("utf-8")
    for start, end, new in sorted(edits, key=lambda edit: edit[0], reverse=True):
        content = content[:start] + new.encode("utf-8") + content[end:]
    return content.decode("utf-8")


def _shown(item: Item, step: str) -> str:
    """An item of a list that is a member of the object."""
    return textwrap.indent(json.dumps(item, indent=step, ensure_ascii=False), step * 2)


def _text(node: Node) -> str:
    return node.text.decode("utf-8") if node.text else ""


def _line(node: Node) -> int:
    return node.start_point.row + 1
