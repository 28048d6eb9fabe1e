"""Why something is in a module: the call graph, what keeps what, and what would leave."""
