"""The bench of the library keeps working: it loads everything, and judges all ten drugs."""

import json

import pytest

from tests.bench.test_bench_own_side import bench


@pytest.mark.parametrize("mode", ["load", "bare", "judge"])
def test_it_prints_its_seconds(mode: str) -> None:
    assert json.loads(bench("catalogue.py", mode))["seconds"] > 0
