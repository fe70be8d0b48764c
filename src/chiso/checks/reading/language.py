"""Telling Vietnamese text by its letters."""

from __future__ import annotations

_MARKED = frozenset("ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ")


def vietnamese_share(text: str) -> float:
    """The share of words, in [0, 1], with a letter that Vietnamese has and English has not."""
    words = [word for word in text[:20_000].casefold().split() if any(c.isalpha() for c in word)]
    marked = sum(any(c in _MARKED for c in word) for word in words)
    return marked / len(words) if words else 0.0
