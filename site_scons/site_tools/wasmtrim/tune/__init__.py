"""The search for the recipe that makes a module smallest, and the proof that it is the same.

Recipes are tried in other processes (`scheduler`), in an order that depends on the seed alone
(`search`); what wins is verified as a release is (`verdict`).
"""

from typing import Final

BUDGET: Final = 48
"""How many candidates are tried where nobody says: ten minutes for 500 kB on two cores."""
