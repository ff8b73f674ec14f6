"""The product as its users meet it: the main job by its own command, and the pages that they look at."""
