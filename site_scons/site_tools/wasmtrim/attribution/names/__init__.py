"""The files beside a module that name its functions."""
