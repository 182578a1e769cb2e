"""What the whole catalogue publishes, each metric with a value, is as Prometheus wants it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from deploy.local.prometheus import PROMTOOL

PUBLISHING = """
import sys
from prometheus_client import Histogram, generate_latest
from shared.runtime import metrics

for metric in metrics.UNITS:
    labels = metric._labelnames
    one = metric.labels(*("some" for _ in labels)) if labels else metric
    one.observe(1) if isinstance(one, Histogram) else one.inc()
sys.stdout.buffer.write(generate_latest(metrics.CATALOGUE))
"""


@pytest.mark.skipif(PROMTOOL.find() is None, reason=PROMTOOL.sentence)
def test_promtool_finds_no_fault_in_the_catalogue() -> None:
    """Also in metrics that a service publishes only when something happens."""
    told = subprocess.run([sys.executable, "-c", PUBLISHING], capture_output=True, check=True, timeout=60).stdout
    assert told.count(b"# TYPE") > 60
    done = subprocess.run(
        [PROMTOOL.require(), "check", "metrics"], input=told, capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")
