"""Why a tool refuses a file; `protocol.messages` has the words for people."""


class RefusedError(Exception):
    """A file that must not be used as asked.

    Parameters
    ----------
    code
        The reason, as `protocol.messages` knows it.
    detail
        Numbers and names that belong to it; never anything secret.
    """

    def __init__(self, code: str, **detail: object) -> None:
        super().__init__(f"{code} {detail}" if detail else code)
        self.code = code
        self.detail = detail
