"""The one error of this folder: a start that cannot go on, told in a sentence that says what to do."""


class StartError(Exception):
    """Something outside our programs prevents the start; the message is one sentence for the person at the keyboard."""


class ServerDiedError(StartError):
    """A server or service ended while it was needed; the message carries the end of its log."""
