"""The search for the recipe that makes a module smallest, and the proof that it is the same.

Recipes are tried in other processes (`scheduler`), in an order that hangs on the seed alone
(`search`); what wins is verified as a release is (`verdict`).
"""
