"""`gastrack demo`: everything on this machine, with simulated gas."""

from deploy.local.demo import demo as run_demo


def demo(
    history: str = "3y",
    port: int = 8080,
    live: bool = True,  # noqa: FBT001, FBT002 - typer's flag
    https_port: int | None = None,
    *,
    require_certificate: bool = False,
) -> int:
    """Start MongoDB, Kafka, the five services and a simulator here, until Ctrl-C.

    Args:
        history: How much is filled first: days, months or years, as 30d, 6m or 3y.
        port: Where people and programs find it, on this machine only.
        live: Keep telegrams coming after the history.
        https_port: Where it asks for client certificates, by TLS; without it 363 above the port: 8443.
        require_certificate: By TLS alone, and to nobody without a client certificate.
    """
    return run_demo(history, port, live=live, https_port=https_port, certificate_required=require_certificate)
