"""Debug information: where functions and variables are in the sources, by DWARF."""
