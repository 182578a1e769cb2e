"""What the settings of the edge say that only a test of minutes could see, and that the committed ones are current."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from deploy.edge import nginx
from deploy.edge.doors import Address, Door, Tls
from deploy.edge.envoy import envoy_settings, routes
from deploy.edge.examples import NAMES, envoy_example, names_table, nginx_example
from deploy.edge.nginx import nginx_settings
from deploy.edge.routes import ROUTES, SERVICES, service_of
from services.export.wiring import BODY_LIMIT_BYTES as EXPORT_BYTES
from services.ingest.api import MAX_BODY_BYTES as INGEST_BYTES
from services.query.wiring import BODY_LIMIT_BYTES as QUERY_BYTES

NEVER = "0s"
ROOT = Path(__file__).parents[3]
EDGE = ROOT / "deploy" / "edge"
SERVED = {name: Address("127.0.0.1", "3") for name in SERVICES}
TLS = Tls("server.pem", "server.key", "authorities.pem")
DOOR = Door(Address("127.0.0.1", "1"), "secret", TLS)


def settings(*doors: Door) -> dict[str, Any]:
    """Return Envoy's settings for some doors."""
    return envoy_settings(doors or (DOOR,), SERVED, Address("127.0.0.1", "2"))


def managers(settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the connection manager of each listener."""
    listeners = settings["static_resources"]["listeners"]
    return [listener["filter_chains"][0]["filters"][0]["typed_config"] for listener in listeners]


def test_no_route_ends_what_is_still_coming() -> None:
    """Envoy cuts answers off after 15 s, and silent streams after 5 minutes, where it is not told otherwise."""
    assert {route["route"]["timeout"] for route in routes()} == {NEVER}
    assert [manager["stream_idle_timeout"] for manager in managers(settings())] == [NEVER]


def test_the_routes_are_those_of_the_table() -> None:
    """Both proxies have each of them, in its order, and the rest after it."""
    expected = [(route.path, route.service) for route in ROUTES]
    named = [(r["match"]["path_separated_prefix"], r["route"]["cluster"]) for r in routes()[:-1]]
    assert named == expected
    assert routes()[-1] == {"match": {"prefix": "/"}, "route": routes()[-1]["route"]}
    rows = re.findall(r'^ +"~\^\S+ (\S+?)\(\?:.* (\w+);$', nginx_example(), re.MULTILINE)
    assert [(path.replace("\\", ""), service) for path, service in rows] == expected


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_service_documents_comes_to_it(service: str) -> None:
    """At the one address: every operation of its document."""
    document = json.loads((ROOT / "docs" / "openapi" / f"{service}.json").read_text(encoding="utf-8"))
    asked = [(path, method.upper()) for path, operations in document["paths"].items() for method in operations]
    assert len(asked) > 3
    assert [one for one in asked if service_of(*one) != service] == []


@pytest.mark.parametrize(
    "path", ["/v1/access/applications", "/v1/oauth/token", "/v1/oauth/keys", "/apply", "/static/a.js"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_rest_is_querys(path: str, method: str) -> None:
    """Also what only comes with access."""
    assert service_of(path, method) == "query"


def test_bodies_are_the_services_to_refuse() -> None:
    """They say what is too large, and why; the edge bounds what no service takes."""
    assert re.fullmatch(r"\d+m", nginx.LARGEST_BODY)
    assert int(nginx.LARGEST_BODY[:-1]) * 1024**2 > max(INGEST_BYTES, EXPORT_BYTES, QUERY_BYTES)


def test_nginx_has_one_way_to_the_services() -> None:
    """A second one would inherit none of the headers, and a client's own would pass."""
    text = nginx_example()
    assert text.count("proxy_pass ") == 1
    before, after = text.split("location / {")
    assert "proxy_set_header" not in before
    assert "proxy_set_header" not in after.partition("\n        }\n")[2]


def test_sessions_are_not_resumed() -> None:
    """A resumed one is not verified again, and would outlive its certificate."""
    (listener,) = settings()["static_resources"]["listeners"]
    transport = listener["filter_chains"][0]["transport_socket"]["typed_config"]
    assert transport["disable_stateless_session_resumption"] is True
    assert transport["disable_stateful_session_resumption"] is True
    text = nginx_example()
    assert "ssl_session_cache off;" in text
    assert "ssl_session_tickets off;" in text


def test_tls_is_of_today() -> None:
    """Each of versions and ciphers would do; both are said, so that one who widens one is still held by the other."""
    (listener,) = settings()["static_resources"]["listeners"]
    shared = listener["filter_chains"][0]["transport_socket"]["typed_config"]["common_tls_context"]
    assert shared["tls_params"]["tls_minimum_protocol_version"] == "TLSv1_2"
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in nginx_example()
    assert all(cipher.startswith("ECDHE-") for cipher in shared["tls_params"]["cipher_suites"])
    assert f"ssl_ciphers {':'.join(shared['tls_params']['cipher_suites'])};" in nginx_example()


def test_browsers_are_told_to_stay_with_tls_where_it_lasts() -> None:
    """Not by the demo: it would hold for everything on that browser's localhost."""
    lasting = Door(DOOR.address, DOOR.secret_file, TLS, lasting=True)
    assert "strict-transport-security" in json.dumps(settings(lasting))
    assert "strict-transport-security" not in json.dumps(settings())
    assert "Strict-Transport-Security" in nginx_settings(lasting, SERVED, "state")
    assert "Strict-Transport-Security" not in nginx_settings(DOOR, SERVED, "state")


def test_nginx_needs_tls_and_a_secret() -> None:
    """Its one door is that of the world."""
    with pytest.raises(ValueError, match="one door"):
        nginx_settings(Door(DOOR.address, "secret"), SERVED, "state")


def test_a_plain_door_without_a_secret_says_none() -> None:
    """As in tests of single services: no service takes it for the edge's."""
    text = json.dumps(settings(Door(DOOR.address)))
    assert "credential_injector" not in text
    assert "secrets" not in settings(Door(DOOR.address))["static_resources"]
    assert '"remove": "x-gastrack-edge"' in text


@pytest.mark.parametrize("written", [envoy_example, nginx_example])
def test_examples_have_the_names_that_are_told(written: Any) -> None:
    """No other, and each is in the README's table."""
    found = set(re.findall(r"\$\{(\w+)\}", written()))
    assert found <= set(NAMES)
    assert len(found) >= len(NAMES) - 2


def test_the_readme_tells_every_name() -> None:
    """With what it is."""
    assert names_table() in (EDGE / "README.md").read_text(encoding="utf-8")
