"""chiso (*chỉ số*): assess and rank public bodies with indexes that explain every number."""

__version__ = "0.1.0"
