"""A demonstration round: made up by a seeded generator, labelled illustrative everywhere.

The recipe is data (`recipe.yaml`, `names.yaml`); the code only draws numbers by it.
"""

from chiso.rounds.demo.writing import make_demo

__all__ = ["make_demo"]
