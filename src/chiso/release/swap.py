"""A folder that takes the place of another only when it is complete."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chiso.problems import InvalidInput, Problem

MARK = ".chiso-site"


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """An empty folder beside `target` that replaces it when the block ends well.

    If the block raises, `target` stays as it was. Only an empty folder, or one that was written
    this way before, is ever replaced.

    Raises:
        InvalidInput: `target` is a file, or a folder that holds something else.
    """
    target = target.absolute()
    _may_replace(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    token = secrets.token_hex(6)
    draft = target.with_name(f".{target.name[:80]}.{token}.part")
    old = target.with_name(f".{target.name[:80]}.{token}.old")
    draft.mkdir()
    try:
        yield draft
        (draft / MARK).write_text("Written by chiso; replaced as a whole.\n", encoding="utf-8")
        if target.exists():
            target.rename(old)
        try:
            draft.rename(target)
        except BaseException:
            if old.exists():
                old.rename(target)
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _may_replace(target: Path) -> None:
    if not target.exists() or (target / MARK).is_file():
        return
    if not target.is_dir() or any(target.iterdir()):
        hint = "give a new folder, an empty one, or one that an earlier build wrote"
        raise InvalidInput(
            Problem("holds something that is not a site of chiso", file=str(target), hint=hint)
        )
