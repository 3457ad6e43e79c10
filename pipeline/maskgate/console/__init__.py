"""The review pages and the HTTP API: they show and pass on; only the gate decides."""
