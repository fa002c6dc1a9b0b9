"""The kit a module is written with; the only thing its author has to learn."""
