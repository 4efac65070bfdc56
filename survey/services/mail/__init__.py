"""Letters by e-mail to all raters of some units: words, waves, hours, bounces."""
