"""Every page in Chromium under axe-core: no serious finding. Contrast in both colour schemes is in test_browser."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import chromium
import oidc_provider
import pytest
from lineage_counts import counted
from test_browser import Served, sign_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not chromium.BINARY, reason="BROWSER TESTS SKIPPED: no Chromium on this machine"),
    pytest.mark.skipif(bool(oidc_provider.missing()), reason=oidc_provider.missing() or "here"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]
LOOK = """axe.run().then(found => JSON.stringify(found.violations
  .filter(v => ["serious", "critical"].includes(v.impact)).map(v => [v.id, v.nodes[0].html.slice(0, 200)])))"""


def test_axe_finds_nothing_serious(make_site: Any, tmp_path: Path) -> None:
    """What a screen reader, a keyboard or weak eyes would stumble over, by the rules of WCAG 2.2 that axe can check."""
    now = time.time_ns() // 1_000_000
    site = make_site(console={"public_read": False}, now=now)
    site.context.rollup = counted(tmp_path / "lineage", now)
    request = site.hold(tier="standard", purpose="monthly settlement")
    served = Served(site)
    axe = (oidc_provider.folder() / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    paths = ["/", "/history?kind=email", "/stats", "/lineage?topic=orders", "/people", "/passkey", "/api/docs"]
    paths += [f"/r/{request.request_id}", f"/r/{request.request_id}/whole"]

    async def play() -> dict[str, Any]:
        found = {}
        async with chromium.Chromium() as page:
            await sign_in(page, served, "anna")
            for path in paths:
                await page.go(served.url + path)
                await page.js(f"{axe};0")
                found[path] = json.loads(await page.js(LOOK))
        return found

    try:
        found = asyncio.run(play())
    finally:
        served.close()
    assert found == {path: [] for path in paths}
