"""What is published: the static site of a round, in Vietnamese and English."""

from chiso.release.site import Site, build_site

__all__ = ["Site", "build_site"]
