"""The two ways in which a program of team-runtime ends without having done its work."""


class Refused(Exception):
    """The input must not be carried out; nothing was changed. Exit status 2.

    `problems` holds one sentence per offending item: all of them, so that one round of repair is enough.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Failed(Exception):
    """A step could not be done. Exit status 1. The text is one sentence: what, where, why, what to do."""


def in_words(error: Failed | OSError) -> str:
    """The sentence for an error that ends a step."""
    if isinstance(error, Failed):
        return str(error)
    where = f" {error.filename}" if error.filename else ""
    return f"{error.strerror or error}{where}. Remove the cause and run it again."
