"""The templates of targets; `<< >>` and `<% %>` leave the braces of workflows alone."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

TEMPLATES = Path(__file__).with_name("templates")


def render(name: str, **values: object) -> str:
    """A template with its values in place."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  YAML; what is put in is quoted where it is not ours
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
    )
    environment.filters.update(quoted=shlex.quote, json=json.dumps)
    return environment.get_template(name).render(values)
