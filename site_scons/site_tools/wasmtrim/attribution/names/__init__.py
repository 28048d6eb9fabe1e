"""What names functions beside the module itself: the files that a build leaves beside it."""
