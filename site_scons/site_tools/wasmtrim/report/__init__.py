"""What a build says about itself: `model.Report`, and one file for each format it is told in."""
