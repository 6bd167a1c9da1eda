"""What a user can mend, apart from bugs."""


class Mendable(ValueError):  # noqa: N818
    """A request or a file that cannot be used; the message is one sentence that says what to do.

    The command line prints it and ends with status 2. Every other error is a bug of the package
    and keeps its traceback.
    """
