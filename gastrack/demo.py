"""`gastrack demo`: everything on this machine, with simulated gas."""

from deploy.local.demo import demo as run_demo


def demo(history: str = "3y", port: int = 8080, live: bool = True) -> int:  # noqa: FBT001, FBT002 - typer's flags
    """Start MongoDB, Kafka, the five services and a simulator here, until Ctrl-C.

    Args:
        history: How much is filled first: days, months or years, as 30d, 6m or 3y.
        port: Where people and programs find it, on this machine only.
        live: Keep telegrams coming after the history.
    """
    return run_demo(history, port, live=live)
