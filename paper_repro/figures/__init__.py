"""One file for each figure: the runs that it needs at each scale, and its drawing."""
