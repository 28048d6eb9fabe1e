"""The kinds of node: a file each; `spec` has what they share."""
