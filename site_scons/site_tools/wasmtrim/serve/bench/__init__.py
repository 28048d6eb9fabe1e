"""What a service takes: load from a closed and an open loop, on modes side by side."""
