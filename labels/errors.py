"""The one error of this package."""


class LabelError(Exception):
    """A label that cannot be made as asked.

    `code` is a stable English word for programs, `message` one Chinese sentence that says what
    to do, without a full stop, `field` the key of the value at fault where there is one.
    """

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
