"""The pictures of the simulator: each file draws one, ``python -m figures`` draws all of them.

A file has a function ``draw`` that returns the figure and the Dataset it shows. Its docstring is
its text in the gallery: the first line is the title, the rest says what is shown, from where, in
which setting and what there is to see. A name that starts with an underscore is no picture.

A new file is a new picture. ``python -m figures --gallery docs`` adds it to the documentation, and
``python -m tests.figures.images`` to the pictures that the tests compare.
"""
