"""What standard Go's linker leaves in a module's memory: its version and its function table."""
