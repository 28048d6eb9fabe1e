"""The compilers: Go source becomes a module. A file each, since they share no flags."""
