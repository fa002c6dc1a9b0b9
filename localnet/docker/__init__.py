"""A network of containers: the image, the daemon where none runs, and the networks that compose files describe."""
