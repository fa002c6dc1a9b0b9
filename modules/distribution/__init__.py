"""Distribution: fees and emission for stakers, commission, and the community pool."""
