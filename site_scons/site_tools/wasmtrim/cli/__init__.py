"""The command `wasmtrim`: a file a subcommand."""
