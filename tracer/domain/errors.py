"""The one family of errors a user can cause: a code for programs, a sentence for people."""

from __future__ import annotations


class Refusal(Exception):
    """A request that is not carried out, and why.

    ``code`` is stable and machine-readable. ``message`` is one Chinese sentence
    that says what to do. ``field`` names the input at fault; ``hint`` adds where to look.
    """

    def __init__(
        self, code: str, message: str, field: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.hint = hint

    def as_dict(self) -> dict[str, str | None]:
        """The body of the error shape that every JSON answer uses."""
        return {
            "code": self.code,
            "message": self.message,
            "field": self.field,
            "hint": self.hint,
        }


class NotFound(Refusal):
    """There is no such thing, or it is not the asker's: the two are never told apart."""

    def __init__(self, message: str = "没有找到这条记录，请回到列表重新选择") -> None:
        super().__init__("not_found", message)


class Forbidden(Refusal):
    """The signed-in account's role does not do this."""

    def __init__(self, message: str = "这个账号没有办理此事的权限") -> None:
        super().__init__("forbidden", message)


class Conflict(Refusal):
    """The request contradicts something that is already recorded."""
