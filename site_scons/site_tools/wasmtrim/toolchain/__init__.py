"""The programs that do the work: which versions, where from, and whether they fit."""
