"""Parts of an index written back as YAML: the formula of a criterion, or the whole index."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML

from chiso.index.expressions import Expression
from chiso.index.model import Index
from chiso.language import Text


def as_yaml(value: Any) -> str:
    """A value of an index as YAML text that reads back to the same value."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None
    yaml.allow_unicode = True
    yaml.width = 90
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    out = io.StringIO()
    yaml.dump(plain(value), out)
    return out.getvalue()


def index_yaml(index: Index) -> bytes:
    """The file of an index as it stands; written anew for an index that was built in code."""
    path = Path(index.file) if index.file else None
    if path is not None and path.is_file():
        return path.read_bytes()
    return as_yaml(index).encode("utf-8")


def plain(value: Any) -> Any:
    """Mappings, lists, texts and numbers in place of models; defaults are left out."""
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, Text):
        return value.vi if value.vi == value.en else {"vi": value.vi, "en": value.en}
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        return {
            fields[name].alias or name: plain(getattr(value, name))
            for name in fields
            if name in value.model_fields_set
        }
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
